"""Characters of a line gathered into runs that are stretched alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.model import Line

_SLACK = 0.06
"""How far a character may stand from its print, in text heights, before a new run begins."""

_MIN_SPACE = 0.16
"""Narrowest space between words, in text heights: readers miss narrower ones."""

MIN_CHARACTER = 0.14
"""Narrowest other character, in text heights: poppler takes two characters that begin within a
tenth of a font size for one printed twice, and breaks the word there."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters `start` to `stop` of the text, stretched by `stretch` (1 = as the font has it)."""

    start: int
    stop: int
    stretch: float


def clean(text: str) -> str:
    """The text with what no font encodes made harmless; length and places stay.

    Control characters become spaces, lone surrogates U+FFFD.
    """
    return "".join(
        " " if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 else
        "\ufffd" if 0xD800 <= ord(char) < 0xE000 else char
        for char in text
    )  # fmt: skip


def edges(line: Line, length: float, height: float) -> list[float]:
    """Where characters begin along the line, and where the last one ends: len(text) + 1 numbers.

    `length`, `height` of the line in points. A character reaches to the beginning of the next one:
    readers take a gap for a space between words, so gaps would tear Chinese words apart.
    """
    spans = line.char_spans()
    starts = [spans[i] * length for i in range(0, len(spans), 2)]
    end = max(spans[-1] * length, starts[-1])
    places = [*starts, end]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1])
    least = [(_MIN_SPACE if char == " " else MIN_CHARACTER) * height for char in line.text]
    for i, width in enumerate(least):
        places[i + 1] = max(places[i + 1], places[i] + width)
    # what was made wider must not push the line beyond its end
    limit = max(end, sum(least) + places[0])
    for i in range(len(places) - 1, 0, -1):
        if places[i] <= limit:
            break
        places[i] = limit
        limit -= least[i - 1]
    return places


def gather(places: Sequence[float], widths: Sequence[float], height: float) -> list[Run]:
    """Runs of characters of natural `widths` (points) that reach from place to place."""
    runs: list[Run] = []
    start, count = 0, len(widths)
    while start < count:
        stop = start + 1
        best = stop
        while stop <= count:
            if not _fits(places, widths, start, stop, _SLACK * height):
                break
            best = stop
            stop += 1
        natural = sum(widths[start:best])
        runs.append(Run(start, best, (places[best] - places[start]) / natural if natural else 1.0))
        start = best
    return runs


def _fits(
    places: Sequence[float], widths: Sequence[float], start: int, stop: int, slack: float
) -> bool:
    natural = sum(widths[start:stop])
    if natural <= 0:
        return False
    stretch = (places[stop] - places[start]) / natural
    at = places[start]
    for i in range(start, stop - 1):
        at += widths[i] * stretch
        if abs(at - places[i + 1]) > slack:
            return False
    return True
