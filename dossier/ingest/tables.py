"""Ruled tables: from the lines drawn on a page to cells with row and column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ..model import Cell


class Rule(NamedTuple):
    """A drawn line, in points from the top left; upright if `left == right`."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class RuledCell:
    """One cell, merged ones whole, with its place on the page in points."""

    cell: Cell
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Table:
    """The cells of one table, by row and column, and its outline."""

    cells: tuple[RuledCell, ...]
    left: float
    top: float
    right: float
    bottom: float

    def at(self, x: float, y: float) -> RuledCell | None:
        """The cell around a point, or None."""
        if not (self.left <= x <= self.right and self.top <= y <= self.bottom):
            return None
        for cell in self.cells:
            if cell.left <= x <= cell.right and cell.top <= y <= cell.bottom:
                return cell
        return None


_TOUCH = 3.0
"""Points by which rules may miss each other at a corner."""
_MANY = 2000
"""Rules beyond this are a drawing or hatching."""


def find_tables(rules: Sequence[Rule]) -> list[Table]:
    """Tables of at least two cells, top to bottom; frames and underlines are none."""
    across = _merged([rule for rule in rules if rule.right - rule.left >= 8])
    down = _merged([_swap(rule) for rule in rules if rule.bottom - rule.top >= 6])
    down = [_swap(rule) for rule in down]
    if not 2 <= len(across) <= _MANY or not 2 <= len(down) <= _MANY:
        return []
    tables: list[Table] = []
    for group_across, group_down in _groups(across, down):
        if len(group_across) >= 2 and len(group_down) >= 2:
            found = _table(group_across, group_down, len(tables))
            if found is not None:
                tables.append(found)
    tables.sort(key=lambda table: (table.top, table.left))
    return [
        Table(
            tuple(
                RuledCell(
                    Cell(number, c.cell.row, c.cell.column, c.cell.row_span, c.cell.column_span),
                    c.left, c.top, c.right, c.bottom,
                )
                for c in table.cells
            ),
            table.left, table.top, table.right, table.bottom,
        )
        for number, table in enumerate(tables)
    ]  # fmt: skip


def _swap(rule: Rule) -> Rule:
    return Rule(rule.top, rule.left, rule.bottom, rule.right)


def _merged(rules: Sequence[Rule]) -> list[Rule]:
    """Level rules joined where they touch: borders are drawn cell by cell, often twice."""
    rows: dict[int, list[Rule]] = defaultdict(list)
    levels: list[float] = []
    for rule in sorted(rules, key=lambda rule: (rule.top + rule.bottom, rule.left)):
        level = (rule.top + rule.bottom) / 2
        if not levels or level - levels[-1] > 1.5:
            levels.append(level)
        rows[len(levels) - 1].append(rule)
    merged = []
    for index, row in rows.items():
        start, end = None, 0.0
        for rule in sorted(row, key=lambda rule: rule.left):
            if start is not None and rule.left <= end + 1.5:
                end = max(end, rule.right)
                continue
            if start is not None:
                merged.append(Rule(start, levels[index], end, levels[index]))
            start, end = rule.left, rule.right
        if start is not None:
            merged.append(Rule(start, levels[index], end, levels[index]))
    return merged


def _meet(level: Rule, upright: Rule) -> bool:
    return (
        level.left - _TOUCH <= upright.left <= level.right + _TOUCH
        and upright.top - _TOUCH <= level.top <= upright.bottom + _TOUCH
    )


def _groups(across: Sequence[Rule], down: Sequence[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rules hanging together."""
    parent = list(range(len(across) + len(down)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for i, level in enumerate(across):
        for j, upright in enumerate(down):
            if _meet(level, upright):
                parent[root(i)] = root(len(across) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, level in enumerate(across):
        groups[root(i)][0].append(level)
    for j, upright in enumerate(down):
        groups[root(len(across) + j)][1].append(upright)
    return list(groups.values())


def _places(values: Sequence[float]) -> list[float]:
    places: list[float] = []
    for value in sorted(values):
        if not places or value - places[-1] > _TOUCH:
            places.append(value)
    return places


def _table(across: Sequence[Rule], down: Sequence[Rule], number: int) -> Table | None:
    xs = _places([rule.left for rule in down])
    ys = _places([rule.top for rule in across])
    columns, rows = len(xs) - 1, len(ys) - 1
    if columns < 1 or rows < 1 or columns * rows < 2 or columns * rows > 5000:
        return None
    parent = list(range(columns * rows))

    def root(item: int) -> int:
        while parent[item] != item:
            item = parent[item]
        return item

    for row in range(rows):
        for column in range(columns):
            at = row * columns + column
            if column + 1 < columns and not _covered(down, xs[column + 1], ys[row], ys[row + 1]):
                parent[root(at + 1)] = root(at)
            if row + 1 < rows and not _covered(
                [_swap(rule) for rule in across], ys[row + 1], xs[column], xs[column + 1]
            ):
                parent[root(at + columns)] = root(at)
    merged: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for at in range(columns * rows):
        merged[root(at)].append(divmod(at, columns))
    if len(merged) < 2:
        return None
    cells = []
    for places in merged.values():
        top, bottom = min(r for r, _ in places), max(r for r, _ in places) + 1
        left, right = min(c for _, c in places), max(c for _, c in places) + 1
        cell = Cell(number, top, left, bottom - top, right - left)
        cells.append(RuledCell(cell, xs[left], ys[top], xs[right], ys[bottom]))
    cells.sort(key=lambda c: (c.cell.row, c.cell.column))
    return Table(tuple(cells), xs[0], ys[0], xs[-1], ys[-1])


def _covered(down: Sequence[Rule], x: float, top: float, bottom: float) -> bool:
    """Does an upright rule part what lies left and right of `x` between two levels?"""
    length = 0.0
    for rule in down:
        if abs(rule.left - x) <= _TOUCH:
            length += max(0.0, min(bottom, rule.bottom) - max(top, rule.top))
    return length > 0.6 * (bottom - top)
