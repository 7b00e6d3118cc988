"""Documents without a layout (TXT, HTML, RTF, DOCX): text set on sheets in flow order.

There is no layout engine here. The places are those of a plain typewriter: right in order, in
column and in table cell, only approximate in where on the sheet. Such layers carry the note
"positions-approximate".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from PIL import Image

from ..model import Box, Cell, Line, Origin, PageLayer
from .kinds import FileKind
from .pages import OpenFile, OpenPage, Picture

A4 = (595.28, 841.89)
APPROXIMATE = "positions-approximate"
PAGE_NUMBER = "\ue0f1"
"""Stands in running heads for the number of the page; PAGE_COUNT for how many there are."""
PAGE_COUNT = "\ue0f2"

_MARGIN = 60.0
_PITCH = 1.5
"""Height of a line in parts of its font size."""
_HEAD = 36.0


@dataclass(frozen=True)
class Paragraph:
    """One paragraph or one line; "\\n" breaks it.

    `size`    font size in points
    `align`   where it stands between the margins
    `cell`    its place in a table
    `joined`  belongs to the block before it
    """

    text: str
    size: float = 12.0
    align: Literal["left", "center", "right"] = "left"
    cell: Cell | None = None
    joined: bool = False


@dataclass(frozen=True)
class Figure:
    """An image in the flow: size in points as placed, and how to draw it."""

    width: float
    height: float
    draw: Callable[[], Image.Image]
    cell: Cell | None = None


@dataclass(frozen=True)
class Break:
    """A new page starts here."""


Item = Paragraph | Figure | Break


@dataclass(frozen=True)
class Running:
    """Running heads and feet of the pages from `first` (index of a page) on."""

    head: tuple[Paragraph, ...] = ()
    foot: tuple[Paragraph, ...] = ()


@dataclass
class Sheet:
    """One page set: lines and pictures in page units."""

    lines: list[Line] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def set_pages(
    items: Sequence[Item],
    *,
    size: tuple[float, float] = A4,
    known_breaks: bool = False,
    running: Callable[[int], Running] | None = None,
    rows: int | None = None,
) -> list[Sheet]:
    """Set items on sheets of `size` points; at least one sheet.

    `known_breaks`: the breaks among the items are where pages really end, so a page that runs over
    is set closer instead of being parted. `rows`: at most so many lines on a sheet.
    """
    sheets: list[_Setter] = []
    for group in _parted(items):
        setter = _Setter(size)
        sheets.append(setter)
        for paragraphs in _units(group):
            height = setter.height_of(paragraphs)
            full = setter.used and (
                setter.used + height > setter.room or (rows and setter.rows >= rows)
            )
            if full and not known_breaks:
                setter = _Setter(size)
                sheets.append(setter)
            setter.add(paragraphs)
    return [
        setter.sheet(running(number) if running else Running(), number, len(sheets))
        for number, setter in enumerate(sheets)
    ]


def _parted(items: Sequence[Item]) -> Iterator[list[Paragraph | Figure]]:
    group: list[Paragraph | Figure] = []
    for item in items:
        if isinstance(item, Break):
            yield group
            group = []
        else:
            group.append(item)
    yield group


_Unit = list[Paragraph | Figure]


def _units(items: Sequence[Paragraph | Figure]) -> Iterator[_Unit]:
    """What stays together: a table row, a picture, or one line of a paragraph."""

    def row(item: Paragraph | Figure) -> tuple[int, int] | None:
        return (item.cell.table, item.cell.row) if item.cell else None

    for key, held in groupby(items, key=row):
        if key is not None:
            yield list(held)
            continue
        for item in held:
            if isinstance(item, Figure):
                yield [item]
            else:
                for number, text in enumerate(wrap(item.text, _across(item.size))):
                    joined = item.joined or number > 0
                    yield [Paragraph(text, item.size, item.align, None, joined)]


def _across(size: float, width: float = A4[0] - 2 * _MARGIN) -> float:
    """Full-width characters of a size in a width."""
    return max(1.0, width / size)


def char_width(char: str) -> float:
    """In parts of the font size, as `Line.char_spans` estimates."""
    return 0.5 if ord(char) < 0x2000 else 1.0


def wrap(text: str, across: float) -> list[str]:
    """Lines of at most `across` full widths; words in letters stay whole where they can."""
    lines: list[str] = []
    for part in text.split("\n"):
        start, width, gap = 0, 0.0, None
        for index, char in enumerate(part):
            width += char_width(char)
            if char == " ":
                gap = index + 1
            if width > across and index > start:
                cut = index
                if char.isascii() and char.isalnum() and gap is not None and gap > start:
                    cut = gap
                lines.append(part[start:cut].rstrip(" ") or part[start:cut])
                start, gap = cut, None
                width = sum(map(char_width, part[start : index + 1]))
        lines.append(part[start:])
    return lines


@dataclass
class _Put:
    item: Paragraph | Figure
    text: str
    left: float
    top: float
    right: float
    bottom: float
    joined: bool


class _Setter:
    """Fills one sheet from the top."""

    def __init__(self, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self.room = self.height - 2 * _MARGIN
        self.used = 0.0
        self.rows = 0
        self._puts: list[_Put] = []

    def height_of(self, unit: _Unit) -> float:
        return max((put.bottom for put in self._set(unit)), default=0.0)

    def add(self, unit: _Unit) -> None:
        below = 0.0
        for put in self._set(unit):
            below = max(below, put.bottom)
            put.top += self.used
            put.bottom += self.used
            self._puts.append(put)
        self.used += below
        self.rows += 1

    def _set(self, unit: _Unit) -> list[_Put]:
        inner = self.width - 2 * _MARGIN
        cells = [item.cell for item in unit if item.cell]
        columns = max((cell.column + cell.column_span for cell in cells), default=1)
        puts: list[_Put] = []
        depth: dict[int, float] = {}
        for item in unit:
            left, width = 0.0, inner
            column = 0
            if item.cell is not None:
                column = item.cell.column
                left = inner * column / columns
                width = inner * item.cell.column_span / columns
            top = depth.get(column, 0.0)
            if isinstance(item, Figure):
                scale = min(1.0, width / max(item.width, 1.0), self.room / max(item.height, 1.0))
                right, bottom = left + item.width * scale, top + item.height * scale
                puts.append(_Put(item, "", left, top, right, bottom, False))
                depth[column] = bottom
                continue
            for number, text in enumerate(wrap(item.text, _across(item.size, width))):
                pitch = item.size * _PITCH
                if text.strip():
                    start, end = _aligned(text, item, left, width)
                    joined = item.joined or number > 0
                    base = top + (pitch - item.size) / 2
                    puts.append(
                        _Put(item, text.strip(), start, base, end, base + item.size, joined)
                    )
                top += pitch
            depth[column] = top
        if not puts:
            # an empty paragraph takes its line
            item = unit[0]
            height = item.size * _PITCH if isinstance(item, Paragraph) else 0.0
            self.used += height
        return puts

    def sheet(self, running: Running, number: int, count: int) -> Sheet:
        """Page units; a sheet that holds more than fits is set closer."""
        sheet = Sheet()
        scale = min(1.0, self.room / self.used) if self.used else 1.0
        block = self._run(sheet, running.head, _HEAD / 2, -1, number, count)
        table: int | None = None
        for put in self._puts:
            top = (_MARGIN + put.top * scale) / self.height
            bottom = (_MARGIN + put.bottom * scale) / self.height
            left = (_MARGIN + put.left) / self.width
            right = min(1.0, (_MARGIN + put.right) / self.width)
            box = Box(left, top, right, min(1.0, bottom))
            if isinstance(put.item, Figure):
                sheet.pictures.append(Picture(box, put.item.draw))
                continue
            cell = put.item.cell
            if cell is not None and cell.table == table:
                pass
            elif cell is not None or not put.joined or block < 0 or table is not None:
                block += 1
            table = cell.table if cell else None
            sheet.lines.append(Line(put.text, box.quad(), 1.0, (), block, cell))
        foot = self.height - _HEAD
        self._run(sheet, running.foot, foot, block, number, count)
        return sheet

    def _run(
        self,
        sheet: Sheet,
        paragraphs: Sequence[Paragraph],
        top: float,
        block: int,
        number: int,
        count: int,
    ) -> int:
        started = False
        for item in paragraphs:
            text = item.text.replace(PAGE_NUMBER, str(number + 1)).replace(PAGE_COUNT, str(count))
            for part in text.split("\n"):
                if not part.strip():
                    continue
                if not started:
                    block, started = block + 1, True
                inner = self.width - 2 * _MARGIN
                left, right = _aligned(part, item, 0.0, inner)
                box = Box(
                    (_MARGIN + left) / self.width,
                    min(0.99, top / self.height),
                    min(1.0, (_MARGIN + right) / self.width),
                    min(1.0, (top + 9) / self.height),
                )
                sheet.lines.append(Line(part.strip(), box.quad(), 1.0, (), block))
                top += 10
        return block


def _aligned(text: str, item: Paragraph, left: float, width: float) -> tuple[float, float]:
    """Where the text stands between `left` and `left + width`; spaces before it count."""
    body = text.strip()
    taken = min(width, sum(map(char_width, body)) * item.size)
    before = sum(map(char_width, text[: len(text) - len(text.lstrip())])) * item.size
    if item.align == "center":
        before = (width - taken) / 2
    elif item.align == "right":
        before = width - taken
    before = max(0.0, min(before, width - taken))
    return left + before, left + before + taken


class FlowFile(OpenFile):
    """A file whose text was set by `set_pages`."""

    def __init__(
        self,
        kind: FileKind,
        sheets: Sequence[Sheet],
        *,
        size: tuple[float, float] = A4,
        notes: tuple[str, ...] = (),
    ) -> None:
        self.kind = kind
        self.sheets = sheets
        self.size = size
        self.page_count = len(sheets)
        self.notes = notes

    def page(self, number: int) -> OpenPage:
        return FlowPage(self.sheets[self._check(number)], self.size)

    def close(self) -> None:
        self.sheets = ()


class FlowPage(OpenPage):
    """A sheet of text; it cannot be drawn."""

    def __init__(self, sheet: Sheet, size: tuple[float, float]) -> None:
        self.width, self.height = size
        self._sheet = sheet

    @property
    def layer(self) -> PageLayer:
        lines = tuple(self._sheet.lines)
        origin = Origin.NATIVE if lines else Origin.NONE
        return PageLayer(
            self.width, self.height, lines, origin=origin, notes=(APPROXIMATE,) if lines else ()
        )

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return tuple(self._sheet.pictures)

    def image(self, dpi: int = 200) -> Image.Image | None:
        return None
