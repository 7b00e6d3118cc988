"""The values that travel from the reader to the records: boxes, lines, pages, outcomes.

Coordinates are in page units: [0, 1] of the width and height of the page *as a reader sees it*
(upright, EXIF and /Rotate applied), origin top left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from unicodedata import bidirectional

Quad = tuple[float, float, float, float, float, float, float, float]
"""Four corners x, y: top left, top right, bottom right, bottom left *of the text* (so a line of
text running downwards has its "top left" at the right)."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in page units."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    def intersection(self, other: Box) -> float:
        """Area common to both boxes."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 (apart) to 1 (the same)."""
        common = self.intersection(other)
        whole = self.area + other.area - common
        return common / whole if whole > 0 else 0.0

    def union(self, other: Box) -> Box:
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def quad(self) -> Quad:
        return (
            self.left, self.top, self.right, self.top,
            self.right, self.bottom, self.left, self.bottom,
        )  # fmt: skip

    @classmethod
    def around(cls, quad: Sequence[float]) -> Box:
        """The upright rectangle around x, y pairs."""
        across, down = quad[0::2], quad[1::2]
        return cls(min(across), min(down), max(across), max(down))


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a line stands in a table: all counted from 0."""

    table: int
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as it stands on the page.

    `quad`        its four corners in page units
    `confidence`  0 to 1; 1 for text that was never an image
    `spans`       2 × len(text) numbers: where each character starts and ends along the line, as
                  shares of its length; empty when unknown (then widths are estimated)
    `block`       reading-order block (column, paragraph group, table) on the page
    `cell`        place in a table, if it stands in one
    """

    text: str
    quad: Quad
    confidence: float = 1.0
    spans: tuple[float, ...] = ()
    block: int = 0
    cell: Cell | None = None

    @property
    def box(self) -> Box:
        return Box.around(self.quad)

    def char_spans(self) -> tuple[float, ...]:
        """`spans`, or an estimate from full and half character widths."""
        if len(self.spans) == 2 * len(self.text):
            return self.spans
        widths = [0.5 if ord(char) < 0x2000 else 1.0 for char in self.text]
        whole = sum(widths) or 1.0
        edges, at = [], 0.0
        for width in widths:
            edges += [at / whole, (at + width) / whole]
            at += width
        return tuple(edges)

    def part_box(self, start: int, stop: int) -> Box:
        """The rectangle around characters `start` to `stop` (exclusive) of this line."""
        if not 0 <= start < stop <= len(self.text):
            raise IndexError(f"no characters {start}:{stop} in a line of {len(self.text)}")
        inside = self.measured().spans[2 * start : 2 * stop]
        return Box.around(_slice(self.quad, min(inside), max(inside)))

    def measured(self) -> Line:
        """This line with its `spans`, estimated if they are unknown: for many `part_box` of one
        long line."""
        if len(self.spans) == 2 * len(self.text):
            return self
        spans = self.char_spans()
        if not self.spans and _from_right(self.text):
            spans = tuple(1 - edge for edge in spans)
        return replace(self, spans=spans)


def _from_right(text: str) -> bool:
    """Whether most of a text runs from right to left (Uyghur, Kazakh)."""
    return sum(bidirectional(char) in ("R", "AL") for char in text) > len(text) / 2


def _slice(quad: Quad, begin: float, end: float) -> Quad:
    """The part of a quad between two shares of its length."""
    x0, y0, x1, y1, x2, y2, x3, y3 = quad

    def between(a: float, b: float, share: float) -> float:
        return a + (b - a) * share

    return (
        between(x0, x1, begin), between(y0, y1, begin),
        between(x0, x1, end), between(y0, y1, end),
        between(x3, x2, end), between(y3, y2, end),
        between(x3, x2, begin), between(y3, y2, begin),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal (印章) seen on the page or embedded in the file."""

    box: Box
    kind: str = "red"
    """`red`: red ink on the image; `electronic`: an electronic seal of a PDF or OFD."""


class Origin(StrEnum):
    """Where the text of a page comes from."""

    NATIVE = "native"
    """The file itself is text (DOCX, TXT, a born-digital PDF or OFD)."""
    OCR = "ocr"
    MIXED = "mixed"
    """Native text, and OCR of images standing in it."""
    NONE = "none"
    """No text: a blank page, or OCR was switched off."""


@dataclass(frozen=True, slots=True)
class PageLayer:
    """What one page says and where: the result of reading it.

    `width`, `height` in points (1/72 inch) of the page as seen
    `lines`     in reading order
    `rotation`  0, 90, 180 or 270 degrees clockwise by which the stored page was turned to stand
                upright; `lines` and `seals` refer to the upright page
    `skew`      degrees by which the print leans (clockwise positive); positions are *on the skewed
                page*, only recognition straightened it
    `engine`    OCR engine and setting, empty for native text
    `notes`     coded remarks ("text-layer-rejected: no ToUnicode")
    """

    width: float
    height: float
    lines: tuple[Line, ...] = ()
    seals: tuple[Seal, ...] = ()
    origin: Origin = Origin.NATIVE
    rotation: int = 0
    skew: float = 0.0
    engine: str = ""
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The page as plain text: a line each, cells of one table row parted by tabs, blocks
        parted by an empty line."""
        return layer_text(self.lines)

    @property
    def confidence(self) -> float:
        """Mean confidence of the characters, 0 to 1; 1 for a page without text."""
        chars = sum(len(line.text) for line in self.lines)
        if not chars:
            return 1.0
        return sum(line.confidence * len(line.text) for line in self.lines) / chars

    def to_json(self) -> dict[str, Any]:
        """A plain structure for records and work files; `from_json` is its inverse."""
        return {
            "v": 1,
            "size": [self.width, self.height],
            "origin": self.origin.value,
            "rotation": self.rotation,
            "skew": round(self.skew, 3),
            "engine": self.engine,
            "notes": list(self.notes),
            "seals": [[s.kind, *_rounded(_corners(s.box))] for s in self.seals],
            "lines": [_line_json(line) for line in self.lines],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], *, spans: bool = True) -> PageLayer:
        """The inverse of `to_json`; without `spans` (most of the memory) they are estimated."""
        width, height = data["size"]
        return cls(
            width=width,
            height=height,
            lines=tuple(_line_from_json(line, spans) for line in data["lines"]),
            seals=tuple(Seal(Box(*seal[1:]), seal[0]) for seal in data["seals"]),
            origin=Origin(data["origin"]),
            rotation=data["rotation"],
            skew=data["skew"],
            engine=data["engine"],
            notes=tuple(data["notes"]),
        )


def layer_text(lines: Iterable[Line]) -> str:
    """Plain text of lines in reading order (see `PageLayer.text`)."""
    return "".join(_pieces(lines))


def line_starts(lines: Iterable[Line]) -> list[int]:
    """Where each line begins in `layer_text` of these lines."""
    starts, at = [], 0
    for place, piece in enumerate(_pieces(lines)):
        if place % 2:
            starts.append(at)
        at += len(piece)
    return starts


def _pieces(lines: Iterable[Line]) -> Iterator[str]:
    """What parts a line from the one before, and the line, in turn."""
    before: Line | None = None
    for line in lines:
        if before is None:
            yield ""
        elif line.block != before.block:
            yield "\n\n"
        elif (
            line.cell is not None
            and before.cell is not None
            and line.cell.row == before.cell.row
            and line.cell.column != before.cell.column
        ):
            yield "\t"
        else:
            yield "\n"
        yield line.text
        before = line


def _corners(box: Box) -> tuple[float, float, float, float]:
    return (box.left, box.top, box.right, box.bottom)


def _rounded(values: Iterable[float]) -> list[float]:
    return [round(value, 5) for value in values]


def _line_json(line: Line) -> dict[str, Any]:
    data: dict[str, Any] = {
        "t": line.text,
        "q": _rounded(line.quad),
        "c": round(line.confidence, 4),
        "b": line.block,
    }
    if line.spans:
        # thousandths of the line: a tenth of a character on the longest line
        data["s"] = [round(1000 * span) for span in line.spans]
    if line.cell is not None:
        cell = line.cell
        data["k"] = [cell.table, cell.row, cell.column, cell.row_span, cell.column_span]
    return data


def _line_from_json(data: dict[str, Any], spans: bool) -> Line:
    x0, y0, x1, y1, x2, y2, x3, y3 = data["q"]
    return Line(
        text=data["t"],
        quad=(x0, y0, x1, y1, x2, y2, x3, y3),
        confidence=data["c"],
        spans=tuple(span / 1000 for span in data.get("s", ())) if spans else (),
        block=data["b"],
        cell=Cell(*data["k"]) if "k" in data else None,
    )


def turn_quad(quad: Quad, degrees: int) -> Quad:
    """The quad after its page was turned clockwise by 0, 90, 180 or 270 degrees.

    The order of corners follows the text, so it stays as it is.
    """
    turned: list[float] = []
    for x, y in zip(quad[0::2], quad[1::2], strict=True):
        match degrees % 360:
            case 0:
                turned += [x, y]
            case 90:
                turned += [1 - y, x]
            case 180:
                turned += [1 - x, 1 - y]
            case 270:
                turned += [y, 1 - x]
            case _:
                raise ValueError(f"not a multiple of 90: {degrees}")
    x0, y0, x1, y1, x2, y2, x3, y3 = turned
    return (x0, y0, x1, y1, x2, y2, x3, y3)
