"""Pages for cataloguing, drawn from a small markup: no scanner, no OCR, positions as on paper."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable

import pytest

from dossier.catalogue import CataloguePage
from dossier.model import Box, Line, Origin, PageLayer

WIDTH, HEIGHT = 595.0, 842.0
STEP = 0.031


def lay(text: str, *, origin: Origin = Origin.OCR) -> PageLayer:
    """A page: `^` centred large, `=` centred, `>` right, `<` foot (counter), ` | ` columns; other
    lines are running text, broken at 28 characters."""
    lines: list[Line] = []
    top = 0.10

    def add(words: str, left: float, size: float, at: float) -> None:
        if not words:
            return
        width = sum(0.5 if ord(char) < 0x2000 else 1.0 for char in words) * size / WIDTH
        box = Box(left, at, min(0.97, left + width), at + size / HEIGHT)
        lines.append(Line(words, box.quad(), 0.98))

    def across(words: str, size: float) -> float:
        return sum(0.5 if ord(char) < 0x2000 else 1.0 for char in words) * size / WIDTH

    for row in text.split("\n"):
        mark, words = (row[:1], row[1:]) if row[:1] in "^=><" else ("", row)
        if mark == "^":
            add(words, 0.5 - across(words, 22) / 2, 22, top)
            top += 0.045
        elif mark == "=":
            add(words, 0.5 - across(words, 15) / 2, 15, top)
            top += STEP
        elif mark == ">":
            add(words, 0.86 - across(words, 14), 14, top)
            top += STEP
        elif mark == "<":
            add(words, 0.5 - across(words, 11) / 2, 11, 0.94)
        elif " | " in words:
            cells = [cell.strip() for cell in words.split(" | ")]
            for column, cell in enumerate(cells):
                add(cell, 0.12 + 0.76 * column / len(cells), 12, top)
            top += STEP
        else:
            for start in range(0, len(words), 28):
                add(words[start : start + 28], 0.14, 15, top)
                top += STEP
    return PageLayer(WIDTH, HEIGHT, tuple(lines), origin=origin)


Spec = tuple[str, int, str]


@pytest.fixture
def make() -> Callable[..., list[CataloguePage]]:
    """Pages of a dossier from (file, place in the file, markup), in order."""

    def build(
        specs: Iterable[Spec], *, volume: str | None = None, origin: Origin = Origin.OCR
    ) -> list[CataloguePage]:
        specs = list(specs)
        counts: dict[str, int] = {}
        for file, number, _ in specs:
            counts[file] = max(counts.get(file, 0), number + 1)
        return [
            CataloguePage(
                key=100 + at,
                file=file,
                number=number,
                file_pages=counts[file],
                volume=volume,
                layer=lay(text, origin=origin),
                sha256=hashlib.sha256(file.encode()).hexdigest(),
            )
            for at, (file, number, text) in enumerate(specs)
        ]

    return build


@pytest.fixture
def scan(make: Callable[..., list[CataloguePage]]) -> Callable[..., list[CataloguePage]]:
    """The pages of one scanned file."""

    def build(*texts: str, file: str = "扫描.pdf") -> list[CataloguePage]:
        return make([(file, at, text) for at, text in enumerate(texts)])

    return build
