"""Reading order: tables cell by cell, columns one after the other, the rest row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ..model import Line
from .lean import Lean
from .tables import Table, find_tables


@dataclass(frozen=True)
class Piece:
    """Something that stands on the page as a whole: a line, or a table with all its lines.

    Edges in page heights, levelled. `chars` is what one row of it holds.
    """

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[Line, ...]
    is_table: bool = False

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2

    @property
    def height(self) -> float:
        return self.bottom - self.top


Row = list[Piece]


def in_reading_order(lines: Sequence[Line], image: NDArray[np.uint8], lean: Lean) -> list[Line]:
    """Lines of an upright RGB page in reading order, with `block` and `cell` set.

    A line that runs across the rules of a table is cut at them.
    """
    if not lines:
        return []
    if _mostly_downwards(lines, lean.aspect):
        return _numbered([_by_columns_from_right(lines)])
    pieces, rest = _table_pieces(lines, find_tables(image, lean.degrees), lean)
    pieces += [_piece(line, lean) for line in rest]
    return _numbered(block for flow in _flows(pieces) for block in _blocks(flow))


# --- tables --------------------------------------------------------------------------------------


def _table_pieces(
    lines: Sequence[Line], tables: Sequence[Table], lean: Lean
) -> tuple[list[Piece], list[Line]]:
    """Tables with their lines, and the lines that stand in none."""
    rest = list(lines)
    pieces = []
    for table in tables:
        if any(_holds(line, table) for line in rest):
            continue  # strokes of a large title that look like rules
        outside: list[Line] = []
        inside: list[Line] = []
        for line in rest:
            parts = _cut_at_rules(line, table)
            inside += [part for part in parts if part.cell is not None]
            outside += [part for part in parts if part.cell is None]
        if len({line.cell for line in inside}) < 2:
            continue  # a frame around something, not a table
        rest = outside
        edges = [_piece(line, lean) for line in inside]
        ordered = tuple(_in_cells(inside, lean))
        pieces.append(
            Piece(
                min(edge.left for edge in edges),
                min(edge.top for edge in edges),
                max(edge.right for edge in edges),
                max(edge.bottom for edge in edges),
                ordered,
                is_table=True,
            )
        )
    # tables that turned out to be frames leave gaps in the numbering
    for number, piece in enumerate(pieces):
        pieces[number] = replace(
            piece,
            lines=tuple(
                replace(line, cell=replace(line.cell, table=number)) if line.cell else line
                for line in piece.lines
            ),
        )
    return pieces, rest


def _holds(line: Line, table: Table) -> bool:
    """The whole table stands inside this line, or hardly rises above it."""
    box, net = line.box, table.box
    common = min(box.bottom, net.bottom) - max(box.top, net.top)
    # the height of its print: nothing for text running downwards
    print_height = abs(line.quad[7] - line.quad[1])
    beside = box.intersection(net) > 0
    return beside and net.height < 1.35 * print_height and common > 0.7 * net.height


def _cut_at_rules(line: Line, table: Table) -> list[Line]:
    """The line as one part for each cell it runs through; `cell` None if outside the table."""
    box = line.box
    if not box.intersection(table.box):
        return [line]
    spans = line.char_spans()
    numbers = table.cell_at([_at(line, (a + b) / 2) for a, b in _pairs(spans)])
    # a rule itself may be read as a stroke
    keep = [
        not (number == 0 and char in "|丨｜")
        for number, char in zip(numbers, line.text, strict=True)
    ]
    runs: list[tuple[int, int, int]] = []
    for k, number in enumerate(numbers):
        if not keep[k]:
            continue
        if runs and (number in (0, runs[-1][0]) or runs[-1][0] == 0):
            runs[-1] = (runs[-1][0] or number, runs[-1][1], k + 1)
        else:
            runs.append((number, k, k + 1))
    parts = []
    for number, start, stop in runs:
        part = part_of(line, start, stop)
        if part is not None:
            parts.append(replace(part, cell=table.cells.get(number)))
    return parts


def part_of(line: Line, start: int, stop: int) -> Line | None:
    """Characters `start` to `stop` of a line as a line; None if there are only spaces."""
    while start < stop and line.text[start].isspace():
        start += 1
    while stop > start and line.text[stop - 1].isspace():
        stop -= 1
    if start == stop:
        return None
    if start == 0 and stop == len(line.text):
        return line
    spans = line.char_spans()
    begin, end = spans[2 * start], spans[2 * stop - 1]
    # the outermost characters reach to the ends of the quad
    begin = 0.0 if start == 0 else begin
    end = 1.0 if stop == len(line.text) else end
    length = max(end - begin, 1e-6)
    q = line.quad
    corners: list[float] = []
    for a, b, share in ((0, 2, begin), (0, 2, end), (6, 4, end), (6, 4, begin)):
        corners += [q[a] + (q[b] - q[a]) * share, q[a + 1] + (q[b + 1] - q[a + 1]) * share]
    x0, y0, x1, y1, x2, y2, x3, y3 = corners
    return replace(
        line,
        text=line.text[start:stop],
        quad=(x0, y0, x1, y1, x2, y2, x3, y3),
        spans=tuple((span - begin) / length for span in spans[2 * start : 2 * stop]),
    )


def _at(line: Line, share: float) -> tuple[float, float]:
    """The point on the middle of a line at a share of its length."""
    q = line.quad
    x0, y0, x1, y1 = (q[0] + q[6]) / 2, (q[1] + q[7]) / 2, (q[2] + q[4]) / 2, (q[3] + q[5]) / 2
    return x0 + (x1 - x0) * share, y0 + (y1 - y0) * share


def _pairs(spans: Sequence[float]) -> Iterable[tuple[float, float]]:
    return zip(spans[0::2], spans[1::2], strict=True)


def _in_cells(lines: Iterable[Line], lean: Lean) -> list[Line]:
    """Row by row, column by column, and inside a cell from top to bottom."""
    cells: dict[tuple[int, int], list[Piece]] = {}
    for line in lines:
        if line.cell is not None:
            place = (line.cell.row, line.cell.column)
            cells.setdefault(place, []).append(_piece(line, lean))
    return [
        line
        for place in sorted(cells)
        for row in rows_of(cells[place])
        for piece in row
        for line in piece.lines
    ]


# --- columns -------------------------------------------------------------------------------------


def _flows(pieces: list[Piece]) -> list[list[Row]]:
    """Stretches of rows that are read one after the other."""
    gutter = _gutter(pieces)
    if gutter is None:
        return [rows_of(pieces)]
    flows: list[list[Row]] = []
    for left, right, across in _stretches(pieces, gutter):
        if across:
            flows.append(rows_of(across))
        elif _are_columns(left, right, pieces):
            flows += [*_flows(left), *_flows(right)]
        else:
            flows.append(rows_of([*left, *right]))
    return flows


def _gutter(pieces: list[Piece]) -> float | None:
    """Where the page is parted into two columns of running text, if it is."""
    if len(pieces) < 8:
        return None
    begin, end = min(p.left for p in pieces), max(p.right for p in pieces)
    best: tuple[int, float] | None = None
    for step in range(48):
        place = begin + (end - begin) * (0.26 + 0.48 * step / 47)
        held = sum(
            len(left) + len(right)
            for left, right, across in _stretches(pieces, place)
            if not across and _are_columns(left, right, pieces)
        )
        if held and (best is None or held > best[0]):
            best = (held, place)
    return best[1] if best else None


def _stretches(
    pieces: list[Piece], place: float
) -> Iterable[tuple[list[Piece], list[Piece], list[Piece]]]:
    """From top to bottom: what stands left and right of a place, or across it."""
    left: list[Piece] = []
    right: list[Piece] = []
    across: list[Piece] = []
    for piece in sorted(pieces, key=lambda p: p.top if p.is_table else p.middle):
        slack = 0.3 * min(piece.height, 0.02)
        if piece.left < place - slack and piece.right > place + slack:
            if left or right:
                yield left, right, []
                left, right = [], []
            across.append(piece)
            continue
        if across:
            yield [], [], across
            across = []
        (left if piece.right <= place + slack else right).append(piece)
    if across:
        yield [], [], across
    if left or right:
        yield left, right, []


def _are_columns(left: list[Piece], right: list[Piece], page: list[Piece]) -> bool:
    """Running text on both sides. Aligned short entries (a table without rules) are not."""
    if min(len(left), len(right)) < 4:
        return False
    whole = max(p.right for p in page) - min(p.left for p in page)
    spans = []
    for side in (left, right):
        begin, end = min(p.left for p in side), max(p.right for p in side)
        texts = [line.text for p in side for line in p.lines]
        filled = [sum(p.right - p.left for p in row) / (end - begin) for row in rows_of(side)]
        if end - begin < 0.25 * whole or sum(filled) < 0.6 * len(filled):
            return False
        if sum(map(len, texts)) < 8 * len(texts):
            return False
        spans.append((min(p.top for p in side), max(p.bottom for p in side)))
    common = min(s[1] for s in spans) - max(s[0] for s in spans)
    return common > 0.5 * min(s[1] - s[0] for s in spans)


# --- rows and blocks -----------------------------------------------------------------------------


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """Pieces gathered into rows from top to bottom, each from left to right."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda p: p.top if p.is_table else p.middle):
        if rows and _same_row(rows[-1], piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda p: p.left) for row in rows]


def _same_row(row: Row, piece: Piece) -> bool:
    if piece.is_table or row[0].is_table:
        return False
    # compare with the piece nearest along the row: what is left of a fan grows with distance
    other = min(row, key=lambda p: max(p.left - piece.right, piece.left - p.right))
    if min(other.right, piece.right) - max(other.left, piece.left) > 0.5 * min(
        other.right - other.left, piece.right - piece.left
    ):
        return False  # one above the other
    common = min(other.bottom, piece.bottom) - max(other.top, piece.top)
    return common > 0.5 * min(other.height, piece.height)


def _blocks(rows: list[Row]) -> Iterable[list[Line]]:
    """A flow parted at its tables and at its wide gaps."""
    heights = [piece.height for row in rows for piece in row if not piece.is_table]
    usual = median(heights) if heights else 0.0
    gaps = [max(0.0, _top(b) - _bottom(a)) for a, b in pairwise(rows)]
    wide = max(1.2 * usual, 1.8 * median(gaps)) if gaps else 0.0
    block: list[Line] = []
    for k, row in enumerate(rows):
        apart = k > 0 and (row[0].is_table or rows[k - 1][0].is_table or gaps[k - 1] > wide)
        if apart and block:
            yield block
            block = []
        block += [line for piece in row for line in piece.lines]
    if block:
        yield block


def _top(row: Row) -> float:
    return min(piece.top for piece in row)


def _bottom(row: Row) -> float:
    return max(piece.bottom for piece in row)


def _numbered(blocks: Iterable[Iterable[Line]]) -> list[Line]:
    return [replace(line, block=k) for k, block in enumerate(blocks) for line in block]


def _piece(line: Line, lean: Lean) -> Piece:
    q = line.quad
    xs, ys = zip(*(lean.level(x, y) for x, y in zip(q[0::2], q[1::2], strict=True)), strict=True)
    return Piece(min(xs), min(ys), max(xs), max(ys), (line,))


# --- text running downwards ----------------------------------------------------------------------


def _mostly_downwards(lines: Sequence[Line], aspect: float) -> bool:
    down = sum(len(line.text) for line in lines if is_downwards(line, aspect))
    return down > 0.6 * sum(len(line.text) for line in lines)


def is_downwards(line: Line, aspect: float) -> bool:
    """Text written from top to bottom."""
    q = line.quad
    return len(line.text) > 1 and abs(q[3] - q[1]) > abs(q[2] - q[0]) * aspect


def _by_columns_from_right(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-round(line.box.right, 2), line.box.top))
