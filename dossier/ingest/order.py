"""Reading order of lines whose places are known: columns, then rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from ..model import Line


@dataclass(frozen=True, slots=True)
class Piece:
    """What is read in one go: a line, or all lines of a table. Points from the top left."""

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[Line, ...]


_MANY = 1500
"""Pages with more pieces than this are drawings: rows only."""


def reading_order(pieces: Sequence[Piece]) -> list[Line]:
    """Lines in the order they are read; `block` counts columns, paragraph groups and tables."""
    if not pieces:
        return []
    heights = [max(piece.bottom - piece.top, 1.0) for piece in pieces if len(piece.lines) == 1]
    size = median(heights) if heights else 10.0
    blocks = [list(pieces)] if len(pieces) > _MANY else _cut(list(pieces), size, 0)
    lines: list[Line] = []
    for number, block in enumerate(_gathered(blocks, size)):
        for piece in _rows(block):
            lines += [replace(line, block=number) for line in piece.lines]
    return lines


def _cut(items: list[Piece], size: float, depth: int) -> list[list[Piece]]:
    if len(items) < 2 or depth > 200:
        return [items]
    columns = _columns(items, size)
    if columns:
        return [block for column in columns for block in _cut(column, size, depth + 1)]
    split = _widest_gap(items)
    if split is None:
        return [items]
    above = [item for item in items if item.top < split]
    below = [item for item in items if item.top >= split]
    return _cut(above, size, depth + 1) + _cut(below, size, depth + 1)


def _columns(items: Sequence[Piece], size: float) -> list[list[Piece]] | None:
    """Two columns of running text, or None; forms and tables are not columns."""
    if len(items) < 6:
        return None
    reach = float("-inf")
    for item in sorted(items, key=lambda item: item.left):
        if reach > float("-inf") and item.left - reach > 1.2 * size:
            middle = (reach + item.left) / 2
            left = [other for other in items if other.right <= middle]
            right = [other for other in items if other.left >= middle]
            if _running(left, size) and _running(right, size) and _beside(left, right):
                return [left, right]
        reach = max(reach, item.right)
    return None


def _running(items: Sequence[Piece], size: float) -> bool:
    """At least three lines which mostly fill their column."""
    if len(items) < 3:
        return False
    width = max(item.right for item in items) - min(item.left for item in items)
    return width > 8 * size and median(item.right - item.left for item in items) > 0.7 * width


def _beside(left: Sequence[Piece], right: Sequence[Piece]) -> bool:
    top = max(min(item.top for item in side) for side in (left, right))
    bottom = min(max(item.bottom for item in side) for side in (left, right))
    shorter = min(
        max(item.bottom for item in side) - min(item.top for item in side) for side in (left, right)
    )
    return bottom - top > 0.5 * shorter


def _widest_gap(items: Sequence[Piece]) -> float | None:
    """Where the widest blank strip across all of them ends (points from the top)."""
    best, at = 0.0, None
    reach = float("-inf")
    for item in sorted(items, key=lambda item: item.top):
        if reach > float("-inf") and item.top - reach > best:
            best, at = item.top - reach, item.top
        reach = max(reach, item.bottom)
    return at


def _gathered(blocks: Sequence[list[Piece]], size: float) -> list[list[Piece]]:
    """Cutting went down to single rows: rows close below each other are one block again."""
    gathered: list[list[Piece]] = []
    for block in blocks:
        if gathered:
            last = gathered[-1]
            gap = min(item.top for item in block) - max(item.bottom for item in last)
            inside = min(item.left for item in block) < max(item.right for item in last) and max(
                item.right for item in block
            ) > min(item.left for item in last)
            whole = any(len(item.lines) > 1 for item in (*last, *block))
            if 0 <= gap < 1.4 * size and inside and not whole:
                last.extend(block)
                continue
        gathered.append(list(block))
    return gathered


def _rows(items: Sequence[Piece]) -> list[Piece]:
    rows: list[list[Piece]] = []
    for item in sorted(items, key=lambda item: (item.top + item.bottom, item.left)):
        if rows:
            first = rows[-1][0]
            height = max(1.0, min(first.bottom - first.top, item.bottom - item.top))
            if (item.top + item.bottom) / 2 - (first.top + first.bottom) / 2 < 0.5 * height:
                rows[-1].append(item)
                continue
        rows.append([item])
    return [item for row in rows for item in sorted(row, key=lambda item: item.left)]
