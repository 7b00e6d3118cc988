"""Drawing the quads of lines close around the print.

The detector grows its regions by a safe margin; whoever clicks on a date wants its box.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..model import Quad
from .transcribe import Reading, usual_width

_USUAL_EM = 0.74
"""Height of the print in the height of a region, where a page does not tell (measured)."""


def page_em(boxes: NDArray[np.float32], readings: Sequence[Reading]) -> float:
    """How many heights of its region one em is, on this page: from its longer lines."""
    shares = []
    for box, reading in zip(boxes, readings, strict=True):
        if len(reading.text) >= 6 and reading.em:
            width, height = size_of(box)
            shares.append(reading.em * width / height)
    return float(np.clip(np.median(shares), 0.5, 1.0)) if len(shares) >= 3 else _USUAL_EM


def fitted(
    box: NDArray[np.float32], reading: Reading, usual: float
) -> tuple[NDArray[np.float32], tuple[float, ...]]:
    """The box (4 × 2, along the text) drawn close around what was read, and the spans on it.

    `usual` is the `page_em`, for lines too short to tell their own.
    """
    width, height = size_of(box)
    em = reading.em * width / height if len(reading.text) >= 4 else 0.0
    if not 0.75 * usual <= em <= 1.25 * usual:
        em = usual  # letterspaced, or hardly any characters
    spans = reading.spans
    if len(reading.text) == 1:
        half = min(0.5, usual_width(reading.text) * em * height / width / 2)
        spans = (0.5 - half, 0.5 + half)
    begin, end = min(spans), max(spans)
    lost = (1 - min(1.0, em)) / 2
    top = (1 - lost, lost)
    corners = []
    for across, (upper, lower) in ((begin, top), (end, top), (end, top[::-1]), (begin, top[::-1])):
        above = box[0] + (box[1] - box[0]) * across
        below = box[3] + (box[2] - box[3]) * across
        corners.append(above * upper + below * lower)
    length = max(end - begin, 1e-6)
    return (
        np.stack(corners).astype(np.float32),
        tuple(min(1.0, max(0.0, (span - begin) / length)) for span in spans),
    )


def size_of(box: NDArray[np.float32]) -> tuple[float, float]:
    """Length along the text and height of a box, in pixels."""
    along = np.linalg.norm(box[1] - box[0]) + np.linalg.norm(box[2] - box[3])
    over = np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])
    return max(1.0, float(along) / 2), max(1.0, float(over) / 2)


def shares_of(box: NDArray[np.float32] | NDArray[np.float64], width: int, height: int) -> Quad:
    """Corners in pixels as a quad in shares of an image, held inside it."""
    at = np.clip(box / np.array([width, height]), 0, 1).reshape(-1)
    x0, y0, x1, y1, x2, y2, x3, y3 = (float(share) for share in at)
    return (x0, y0, x1, y1, x2, y2, x3, y3)
