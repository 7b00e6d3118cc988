"""Which way up is this page? 0, 90, 180 or 270 degrees."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .models import ORIENTATION, network


def quarter_turns(image: NDArray[np.uint8]) -> int:
    """Degrees clockwise (0, 90, 180, 270) by which the RGB image must be turned to stand upright."""
    scores = _scores(image)
    return (360 - 90 * int(scores.argmax())) % 360


def _scores(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Softmax scores of "lies turned by" 0, 90, 180, 270 degrees."""
    height, width = image.shape[:2]
    scale = 256 / min(height, width)
    size = (max(224, round(width * scale)), max(224, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    top, left = (size[1] - 224) // 2, (size[0] - 224) // 2
    crop = small[top : top + 224, left : left + 224].astype(np.float32) / 255
    normal = (crop - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    batch = np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32)
    return network(ORIENTATION)(batch)[0]


def turn(image: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(image, -(degrees // 90) % 4))
