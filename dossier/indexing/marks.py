"""Where a match stands: in the text, in a snippet of it, and on the page image."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..model import Box, Line, line_starts
from ..search import Plan, formed, spans

Span = tuple[int, int]

_BEFORE, _LENGTH = 24, 96
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of the text around matches; `marks` are the matches, as offsets into `text`.

    `start`  where the piece begins in the page's or judgment's text
    """

    text: str
    marks: tuple[Span, ...]
    start: int = 0

    def marked(self, before: str = "【", after: str = "】") -> str:
        """The piece with its matches between `before` and `after`."""
        parts, at = [], 0
        for begin, end in self.marks:
            parts += [self.text[at:begin], before, self.text[begin:end], after]
            at = end
        return "".join([*parts, self.text[at:]])


def matches(plan: Plan, text: str, most: int = 1000) -> list[Span]:
    """Where the plan's words stand in a text, as offsets into it, in order; at most `most`."""
    form = formed(text)
    return [form.span(begin, end) for begin, end in spans(plan, form.text)[:most]]


def snippet(text: str, found: Sequence[Span]) -> Snippet:
    """The piece of the text that shows most of what was found, or its beginning."""
    begin = max(0, _best_start(found) - _BEFORE)
    end = min(len(text), begin + _LENGTH)
    for start, stop in found:
        if start < end < stop <= end + _LENGTH // 2:
            end = stop  # not half of a match
    inside = [(max(a, begin), min(b, end)) for a, b in found if a < end and b > begin]
    if inside and found and inside[0][1] - inside[0][0] > _LENGTH - _BEFORE:
        inside = [(inside[0][0], end)]
    # white space between Chinese characters goes, other white space becomes one blank
    parts: list[str] = []
    marks: list[Span] = []
    length, at = 0, begin
    for start, stop in [*inside, (end, end)]:
        between, marked = _tidy(text, at, start), _tidy(text, start, stop)
        length += len(between)
        if marked:
            marks.append((length, length + len(marked)))
        length += len(marked)
        parts += [between, marked]
        at = stop
    return Snippet("".join(parts), tuple(marks), begin)


def _best_start(found: Sequence[Span]) -> int:
    """The match from which on most characters of matches fall into one snippet."""
    best, most = 0, -1
    last = covered = 0
    for first, (start, _) in enumerate(found):
        while last < len(found) and found[last][1] <= start + _LENGTH - _BEFORE:
            covered += found[last][1] - found[last][0]
            last += 1
        if covered > most:
            best, most = start, covered
        if last > first:
            covered -= found[first][1] - found[first][0]
        else:
            last = first + 1
    return best


def _tidy(text: str, start: int, stop: int) -> str:
    """Part of a text as one line."""
    # with a neighbour on each side, to know whether a blank at the edge parts words
    around = text[max(0, start - 1) : stop + 1]
    piece = text[start:stop]
    if not _BLANKS.search(piece):
        return piece
    left = start - max(0, start - 1)
    kept = []
    for place, char in enumerate(piece, left):
        if not char.isspace():
            kept.append(char)
            continue
        before = _next(around, place, -1)
        after = _next(around, place, 1)
        wide = any(c and ord(c) >= 0x2E80 for c in (before, after))
        if not wide and before and after and (not kept or kept[-1] != " "):
            kept.append(" ")
    return "".join(kept)


def _next(text: str, place: int, step: int) -> str:
    place += step
    while 0 <= place < len(text):
        if not text[place].isspace():
            return text[place]
        place += step
    return ""


def boxes(lines: Sequence[Line], found: Sequence[Span]) -> tuple[Box, ...]:
    """Rectangles around what was found, in page units: one for each line a match touches.

    `found` are offsets into the text of these lines (`PageLayer.text`).
    """
    starts = line_starts(lines)
    out: list[Box] = []
    place = 0
    for begin, end in found:
        while place < len(lines) and starts[place] + len(lines[place].text) <= begin:
            place += 1
        at = place
        while at < len(lines) and starts[at] < end:
            line, start = lines[at], starts[at]
            first, last = max(begin - start, 0), min(end - start, len(line.text))
            part = line.text[first:last]
            if part.strip():
                first += len(part) - len(part.lstrip())
                last -= len(part) - len(part.rstrip())
                out.append(_on_page(line.part_box(first, last)))
            at += 1
    return tuple(out)


def _on_page(box: Box) -> Box:
    """What of a box lies on the page: a line may reach over its edge."""
    return Box(
        min(max(box.left, 0.0), 1.0),
        min(max(box.top, 0.0), 1.0),
        min(max(box.right, 0.0), 1.0),
        min(max(box.bottom, 0.0), 1.0),
    )
