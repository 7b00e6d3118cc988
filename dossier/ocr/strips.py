"""Cutting lines of text out of a page."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_TALL = 1.5
"""A region this much taller than wide is a line running downwards (PP-OCR's own rule)."""


def along_text(box: NDArray[np.float32]) -> NDArray[np.float32]:
    """Corners in the order of the text: a tall region is read downwards from its right edge."""
    width, height = np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[3] - box[0])
    return np.roll(box, -1, axis=0) if height >= _TALL * width else box


def cut(image: NDArray[np.uint8], box: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The strip inside a box, turned so that the text runs to the right."""
    width = round(float(np.linalg.norm(box[1] - box[0]) + np.linalg.norm(box[2] - box[3])) / 2)
    height = round(float(np.linalg.norm(box[3] - box[0]) + np.linalg.norm(box[2] - box[1])) / 2)
    width, height = max(1, width), max(1, height)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(box.astype(np.float32), target)
    strip = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.uint8)


def stacked(
    strip: NDArray[np.uint8],
) -> tuple[NDArray[np.uint8], list[tuple[float, float]]] | None:
    """Characters standing one under the other, laid out side by side; None if there are none.

    `strip` is upright (taller than wide). Also the start and end of each character in shares of
    the strip's height.
    """
    height, width = strip.shape[:2]
    grey = cv2.cvtColor(strip, cv2.COLOR_RGB2GRAY).astype(np.int16)
    paper, print_ = np.percentile(grey, [80, 2])
    if paper - print_ < 30:
        return None
    inked = (grey < (paper + print_) / 2).any(axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inked, [False]]).astype(np.int8)))
    pieces: list[tuple[int, int]] = []
    for begin, end in zip(edges[0::2].tolist(), edges[1::2].tolist(), strict=True):
        # parts of one character (三, 昌) stand apart too
        if pieces and end - pieces[-1][0] <= 0.95 * width:
            pieces[-1] = (pieces[-1][0], end)
        else:
            pieces.append((begin, end))
    pieces = [piece for piece in pieces if piece[1] - piece[0] > 0.05 * width]
    if len(pieces) < 2 or max(end - begin for begin, end in pieces) > 1.6 * width:
        return None
    colour = np.percentile(strip.reshape(-1, 3), 80, axis=0)
    row = np.empty((round(1.2 * width), len(pieces) * width, 3), np.uint8)
    row[:] = colour
    for k, (begin, end) in enumerate(pieces):
        part = strip[begin:end]
        if part.shape[0] > row.shape[0]:
            part = np.asarray(cv2.resize(part, (width, row.shape[0])), np.uint8)
        top = (row.shape[0] - part.shape[0]) // 2
        row[top : top + part.shape[0], k * width : (k + 1) * width] = part
    return row, [(begin / height, end / height) for begin, end in pieces]
