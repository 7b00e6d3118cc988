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
