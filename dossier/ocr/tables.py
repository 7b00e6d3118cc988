"""Ruled tables: the rules of a page image, the cells between them, their rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..model import Box, Cell
from .scale import within

_LOOK = 1754
"""Longest side in pixels at which rules are looked for: 150 dpi on A4."""

_RULE = 35
"""Shortest piece of an upright rule in those pixels: 6 mm, more than the strokes of ordinary
print. Level rules run past several columns, so 1.6 times that is asked of them."""

_REACH = 9
"""Gaps in rules and differences of edges up to this are overlooked (1.5 mm)."""

_LEAST = 10
"""Cells narrower or lower than this are the space between double rules."""


@dataclass(frozen=True)
class Table:
    """One ruled table.

    `box`    around it, in shares of the page
    `labels` map of the (levelled, scaled) page: number of the cell at each pixel, 0 for rules
             and -1 outside the table
    `to_map` 2 × 3 matrix from shares of the page to pixels of that map
    `cells`  place of each cell, by its number (1 and on)
    """

    box: Box
    labels: NDArray[np.int32]
    to_map: NDArray[np.float64]
    cells: dict[int, Cell]

    def cell_at(self, points: Sequence[tuple[float, float]]) -> list[int]:
        """Numbers of the cells at points (shares of the page); 0 on rules, -1 outside."""
        at = np.array([(x, y, 1.0) for x, y in points]) @ self.to_map.T
        height, width = self.labels.shape
        columns = np.round(at[:, 0]).astype(int)
        rows = np.round(at[:, 1]).astype(int)
        inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
        found = np.full(len(at), -1, np.int32)
        found[inside] = self.labels[rows[inside], columns[inside]]
        return [int(number) for number in found]


def find_tables(image: NDArray[np.uint8], degrees: float) -> list[Table]:
    """Ruled tables of an RGB page whose text leans by `degrees`, from top to bottom."""
    level, matrix = _levelled(image, degrees)
    across, down = rules(level)
    net = cv2.bitwise_or(across, down)
    net = np.asarray(cv2.dilate(net, np.ones((3, 3), np.uint8)), np.uint8)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(net, connectivity=8)
    found: list[tuple[int, Table]] = []
    for k in range(1, count):
        left, top, width, height, _ = (int(value) for value in stats[k])
        if width < 0.08 * level.shape[1] or height < 2 * _LEAST:
            continue
        table = _table(np.asarray(parts, np.int32), k, (left, top, width, height), matrix)
        if table is not None:
            found.append((top, table))
    found.sort(key=lambda pair: pair[0])
    return [_numbered(table, number) for number, (_, table) in enumerate(found)]


def table_rules(image: NDArray[np.uint8], boxes: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Mask of the rules of tables on a small copy of an RGB page: 1 where a rule runs.

    Strokes inside the boxes of lines of print (n × 4 × 2, pixels of the page) are left out.
    """
    grey = cv2.cvtColor(within(image, _LOOK), cv2.COLOR_RGB2GRAY)
    scale = grey.shape[0] / image.shape[0]
    lines = [(*box.min(axis=0) * scale - 3, *box.max(axis=0) * scale + 3) for box in boxes]
    across, down = rules(np.asarray(grey, np.uint8))
    net = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    count, parts, stats, _ = cv2.connectedComponentsWithStats(net, connectivity=8)
    keep = np.zeros(count, bool)
    for k in range(1, count):
        left, top, width, height, _ = (int(value) for value in stats[k])
        window = (slice(top, top + height), slice(left, left + width))
        here = parts[window] == k
        crossing = np.any(here & (across[window] > 0)) and np.any(here & (down[window] > 0))
        keep[k] = crossing and width >= 0.08 * net.shape[1] and height >= 2 * _LEAST
        keep[k] &= not any(
            x0 <= left and y0 <= top and left + width <= x1 and top + height <= y1
            for x0, y0, x1, y1 in lines
        )
    return np.asarray(keep[parts], np.uint8)


def _levelled(
    image: NDArray[np.uint8], degrees: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Grey, scaled and turned level; and the matrix from shares of the page to its pixels."""
    grey = cv2.cvtColor(within(image, _LOOK), cv2.COLOR_RGB2GRAY)
    size = (grey.shape[1], grey.shape[0])
    matrix = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), degrees, 1.0)
    if abs(degrees) > 0.1:
        grey = cv2.warpAffine(
            grey, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    else:
        matrix = np.array([[1.0, 0, 0], [0, 1.0, 0]])
    to_map = matrix @ np.diag([size[0], size[1], 1.0])
    return np.asarray(grey, np.uint8), np.asarray(to_map, np.float64)


def rules(grey: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Masks (0, 255) of level and upright rules of a grey page, gaps closed."""
    around = cv2.blur(grey, (31, 31)).astype(np.int16)
    darker = around - grey
    # rules are as dark as print; folds of the paper and shadows are not
    print_darkness = float(np.percentile(darker, 99))
    ink = (darker > min(60.0, max(12.0, 0.3 * print_darkness))).astype(np.uint8) * 255
    masks = []
    for level in (True, False):

        def oriented(long: int, thick: int, level: bool = level) -> NDArray[np.uint8]:
            return np.ones((thick, long) if level else (long, thick), np.uint8)

        # thickened first, so that a leaning rule does not fall apart into steps
        mask = cv2.dilate(ink, oriented(1, 3))
        least = round(1.6 * _RULE) if level else _RULE
        mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, oriented(least, 1))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, oriented(2 * _REACH + 1, 1))
        masks.append(_thin(np.asarray(mask, np.uint8), level))
    return masks[0], masks[1]


def _thin(mask: NDArray[np.uint8], level: bool) -> NDArray[np.uint8]:
    """Without pieces too short or too thick to be rules (bars, dark edges, large strokes)."""
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    keep = np.zeros(count, bool)
    for k in range(1, count):
        width, height, area = int(stats[k][2]), int(stats[k][3]), int(stats[k][4])
        long = width if level else height
        keep[k] = long >= 1.2 * _RULE and area / long <= 12
    return np.where(keep[parts], 255, 0).astype(np.uint8)


def _table(
    parts: NDArray[np.int32],
    net: int,
    place: tuple[int, int, int, int],
    matrix: NDArray[np.float64],
) -> Table | None:
    """The table of one connected net of rules, or None if it has fewer than two cells."""
    left, top, width, height = place
    # work on the table's part of the page only
    margin = 2
    window = (
        slice(max(0, top - margin), top + height + margin),
        slice(max(0, left - margin), left + width + margin),
    )
    part = (parts[window] == net).astype(np.uint8)
    points = np.argwhere(part)[:, ::-1].astype(np.int32)
    hull = np.asarray(cv2.convexHull(points), np.int32)
    # open sides are closed: many forms have no rules at their left and right edges
    closed = part.copy()
    cv2.polylines(closed, [hull], True, 1, 2)
    inside = np.zeros_like(part)
    cv2.fillPoly(inside, [hull], 1)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        ((closed == 0) & (inside == 1)).astype(np.uint8), connectivity=4
    )
    regions = [k for k in range(1, count) if min(int(stats[k][2]), int(stats[k][3])) >= _LEAST]
    if len(regions) < 2:
        return None
    upright = _upright(hull.reshape(-1, 2).astype(np.float32), part.shape)
    edges = [_edges(labels, k, stats[k], upright) for k in regions]
    columns = _borders([e[0] for e in edges] + [e[2] for e in edges])
    rows = _borders([e[1] for e in edges] + [e[3] for e in edges])
    cells: dict[int, Cell] = {}
    renumber = np.zeros(count, np.int32)
    for slot, (k, (x0, y0, x1, y1)) in enumerate(zip(regions, edges, strict=True), start=1):
        column, row = _nearest(columns, x0), _nearest(rows, y0)
        cells[slot] = Cell(
            0,
            row,
            column,
            max(1, _nearest(rows, y1) - row),
            max(1, _nearest(columns, x1) - column),
        )
        renumber[k] = slot
    found = np.full(parts.shape, -1, np.int32)
    found[window] = np.where(inside == 1, renumber[labels], -1)
    return Table(_share_box(hull, window, matrix), found, matrix, cells)


def _upright(hull: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Matrix that squares up the table: in photographs it is a crooked four-sided shape."""
    total, difference = hull.sum(axis=1), hull[:, 0] - hull[:, 1]
    corners = np.stack(
        [
            hull[total.argmin()],
            hull[difference.argmax()],
            hull[total.argmax()],
            hull[difference.argmin()],
        ]
    )
    height, width = shape[:2]
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    if cv2.contourArea(corners) < 0.9 * cv2.contourArea(hull):
        return np.eye(3)  # not four-sided: leave it
    return np.asarray(cv2.getPerspectiveTransform(corners, target), np.float64)


def _edges(
    labels: NDArray[np.int32],
    number: int,
    stats: NDArray[np.int32],
    upright: NDArray[np.float64],
) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a cell on the squared-up table."""
    x, y, width, height = (int(value) for value in stats[:4])
    mask = (labels[y : y + height, x : x + width] == number).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = max(contours, key=len).reshape(-1, 1, 2).astype(np.float64)
    points = outline + np.array([x, y], np.float64)
    squared = cv2.perspectiveTransform(points, upright).reshape(-1, 2)
    x0, y0 = np.percentile(squared, 3, axis=0)
    x1, y1 = np.percentile(squared, 97, axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _borders(values: list[float]) -> list[float]:
    """Edges of all cells gathered into the borders they share."""
    values = sorted(values)
    groups = [[values[0]]]
    for value in values[1:]:
        if value - groups[-1][-1] <= _REACH:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(group) / len(group) for group in groups]


def _nearest(borders: list[float], value: float) -> int:
    return min(range(len(borders)), key=lambda k: abs(borders[k] - value))


def _share_box(
    hull: NDArray[np.int32], window: tuple[slice, slice], matrix: NDArray[np.float64]
) -> Box:
    offset = np.array([window[1].start, window[0].start])
    back = cv2.invertAffineTransform(matrix)
    points = np.concatenate([hull.reshape(-1, 2) + offset, np.ones((len(hull), 1))], axis=1)
    return Box.around((points @ back.T).reshape(-1).tolist())


def _numbered(table: Table, number: int) -> Table:
    cells = {
        k: Cell(number, c.row, c.column, c.row_span, c.column_span) for k, c in table.cells.items()
    }
    return Table(table.box, table.labels, table.to_map, cells)
