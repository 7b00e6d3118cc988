"""Making images smaller and turning them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def within(
    image: NDArray[np.uint8], side: int, *, multiple: int = 1, least: int = 1
) -> NDArray[np.uint8]:
    """The image at the scale of a sheet whose long side has `side` pixels.

    Long strips (chats saved as one picture, a single line) may be longer: what counts is 1.5
    times their short side, but at least an eighth of the long one. Never enlarged, except to the
    next `multiple` of both sides and to `least`.
    """
    height, width = image.shape[:2]
    long, short = max(height, width), min(height, width)
    scale = min(1.0, side / min(long, max(1.5 * short, long / 8)))
    target = tuple(
        max(least, multiple, round(size * scale / multiple) * multiple) for size in (width, height)
    )
    # halving is eight times quicker than scaling by any other factor
    while min(image.shape[1] / target[0], image.shape[0] / target[1]) >= 2:
        half = (image.shape[1] // 2, image.shape[0] // 2)
        image = image[: 2 * half[1], : 2 * half[0]]
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.uint8)
    if (image.shape[1], image.shape[0]) == target:
        return image
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, target, interpolation=how), np.uint8)


def turn(image: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    if degrees % 360 == 0:
        return image
    return np.asarray(cv2.rotate(image, _TURNS[degrees % 360]), np.uint8)
