"""Reading order of the lines of a page."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..model import Line


def in_reading_order(lines: list[Line], image: NDArray[np.uint8]) -> list[Line]:
    """Lines from top to bottom, those of one row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.box.top + line.box.bottom) / 2):
        box = line.box
        middle = (box.top + box.bottom) / 2
        if rows and middle - _middle(rows[-1]) < 0.5 * box.height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.box.left)]


def _middle(row: list[Line]) -> float:
    return sum((line.box.top + line.box.bottom) / 2 for line in row) / len(row)
