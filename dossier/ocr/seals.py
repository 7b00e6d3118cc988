"""Red seals (印章) and fingerprints (指印): found, recorded, and taken off the print under them.

Only round or square blobs of red ink on bright paper count. Red *text* (红头, stamps made of one
line) keeps its colour: it is read like any other text. The stored original is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .scale import within

_LOOK = 1000
"""Longest side in pixels of the small copy on which seals are looked for."""

_REDNESS = 0.10
"""How much more red than green and blue light (paper = 1) makes a pixel red: a faint seal has
0.15, coloured noise of a scan stays below 0.06."""

_LARGEST_LETTER = 0.065
"""Height of letters in shares of the page: 19 mm on A4."""

_WHITE = 0.85
"""Brightness from which a lifted pixel counts as paper; measured: above 0.9 remains of the seal
are read as text, below 0.8 thin strokes of the print are lost."""


@dataclass(frozen=True, slots=True)
class RedMark:
    """One seal or fingerprint, in pixels of the image."""

    left: int
    top: int
    right: int
    bottom: int


def find_red_marks(image: NDArray[np.uint8]) -> list[RedMark]:
    """Seals and fingerprints of an RGB page image, top to bottom."""
    height, width = image.shape[:2]
    small = within(image, _LOOK)
    scale = max(small.shape[:2]) / max(height, width)
    light = _flatten(small)
    red = _redness(light) > _REDNESS
    if np.count_nonzero(red) < 30:
        return []
    marks = []
    blobs = _blobs(red.astype(np.uint8))
    for left, top, right, bottom in blobs:
        place = (left, top, right, bottom)
        if _is_mark(red, light, small, place) and not _is_letter(place, blobs, max(red.shape)):
            marks.append(
                RedMark(
                    max(0, round(left / scale)),
                    max(0, round(top / scale)),
                    min(width, round(right / scale)),
                    min(height, round(bottom / scale)),
                )
            )
    return sorted(marks, key=lambda mark: (mark.top, mark.left))


def _flatten(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The image over its paper: 1 where it is as bright as the paper around, whatever its tint."""
    side = max(3, max(image.shape[:2]) // 40) | 1
    paper = cv2.dilate(image, np.ones((side, side), np.uint8))
    paper = cv2.blur(cv2.blur(paper, (side, side)), (side, side))
    return np.asarray(np.clip(image.astype(np.float32) / np.maximum(paper, 32), 0, 1), np.float32)


def _redness(light: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(light[..., 0] - np.maximum(light[..., 1], light[..., 2]), np.float32)


def _blobs(red: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """Boxes around red pixels that belong together: ring, star and letters of one seal."""
    red = np.asarray(cv2.medianBlur(red, 3), np.uint8)
    reach = max(3, round(max(red.shape) * 0.012)) | 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, kernel)
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = []
    for k in range(1, count):
        left, top, across, down, area = (int(value) for value in stats[k])
        if area >= 30:
            boxes.append((left, top, left + across, top + down))
    return _merge(boxes)


def _merge(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Boxes standing inside one another made one (the star inside the ring)."""
    boxes = sorted(boxes, key=lambda b: (b[2] - b[0]) * (b[3] - b[1]), reverse=True)
    merged: list[tuple[int, int, int, int]] = []
    for box in boxes:
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        if not any(b[0] <= middle[0] <= b[2] and b[1] <= middle[1] <= b[3] for b in merged):
            merged.append(box)
    return merged


def _is_mark(
    red: NDArray[np.bool_],
    light: NDArray[np.float32],
    image: NDArray[np.uint8],
    place: tuple[int, int, int, int],
) -> bool:
    left, top, right, bottom = place
    across, down = right - left, bottom - top
    long, short = max(across, down), min(across, down)
    page = max(red.shape)
    # 9 mm (a fingerprint) to 75 mm on A4
    if not 0.03 * page <= long <= 0.25 * page:
        return False
    # a seal across the edges of pages (骑缝章) shows only a slice
    least = 0.15 if short < 0.55 * long and _at_paper_edge(image, place) else 0.55
    if short < least * long:
        return False
    inside = red[top:bottom, left:right]
    share = np.count_nonzero(inside) / inside.size
    # a filled red thing is an object in a photograph, scattered dots are noise
    if not 0.06 <= share <= 0.75:
        return False
    rest = light[top:bottom, left:right][~inside]
    if rest.size and float((rest.min(axis=1) > 0.7).mean()) <= 0.5:
        return False
    # inside a large red thing the paper around is red too
    plain = (image[top:bottom, left:right][~inside] / 255).astype(np.float32)
    return not plain.size or float((_redness(plain) < 1.5 * _REDNESS).mean()) > 0.5


def _is_letter(
    place: tuple[int, int, int, int], blobs: list[tuple[int, int, int, int]], page: int
) -> bool:
    """One of a row of red blobs of like height: letters of a red heading (红头).

    Two seals may stand side by side, so among large blobs only rows of four count.
    """
    left, top, right, bottom = place
    height = bottom - top
    row = []
    for other in blobs:
        level = abs(other[1] + other[3] - top - bottom) / 2 < 0.3 * height
        if other != place and level and 0.6 < (other[3] - other[1]) / height < 1.6:
            row.append(max(other[0] - right, left - other[2]))
    near = [gap for gap in row if gap < 0.7 * height]
    return bool(near) and (height < _LARGEST_LETTER * page or len(row) >= 3)


def _at_paper_edge(image: NDArray[np.uint8], place: tuple[int, int, int, int]) -> bool:
    """One of the long sides of this place lies at the edge of the image or of the paper in it."""
    left, top, right, bottom = place
    height, width = image.shape[:2]
    step = max(3, max(height, width) // 100)
    upright = bottom - top > right - left
    if upright and (left <= 2 or right >= width - 2):
        return True
    if not upright and (top <= 2 or bottom >= height - 2):
        return True
    grey = image.max(axis=2)
    paper = float(np.percentile(grey[top:bottom, left:right], 80))
    if upright:
        beyond = [grey[top:bottom, max(0, left - 2 * step) : max(1, left - step)]]
        beyond.append(grey[top:bottom, right + step : right + 2 * step])
    else:
        beyond = [grey[max(0, top - 2 * step) : max(1, top - step), left:right]]
        beyond.append(grey[bottom + step : bottom + 2 * step, left:right])
    return any(part.size and float(np.median(part)) < 0.65 * paper for part in beyond)


def without_red_marks(image: NDArray[np.uint8], marks: list[RedMark]) -> NDArray[np.uint8]:
    """A copy with the red ink of these marks lifted to paper; black print under it stays.

    Under red ink the red channel still shows the print. What the ink itself takes from the red
    channel is in proportion to its redness, so that share is given back.
    """
    if not marks:
        return image
    clean = image.copy()
    for mark in marks:
        margin = max(2, (mark.bottom - mark.top) // 40)
        rows = slice(max(0, mark.top - margin), mark.bottom + margin)
        columns = slice(max(0, mark.left - margin), mark.right + margin)
        part = image[rows, columns].astype(np.float32)
        paper = np.percentile(part.reshape(-1, 3), 80, axis=0).astype(np.float32)
        light = np.clip(part / np.maximum(paper, 32), 0, 1.2).astype(np.float32)
        red = np.maximum(_redness(light), 0)
        lift = _lift(light, red)
        # JPEG blurs colour but not brightness: edges of strokes are redder than they look
        red = cv2.dilate(cv2.GaussianBlur(red, (0, 0), 0.8), np.ones((3, 3), np.uint8))
        value = np.clip((light[..., 0] + lift * red) / _WHITE, 0, 1)
        fade = np.clip(red / _REDNESS, 0, 1)[..., None]
        repaired = value[..., None] * paper
        clean[rows, columns] = np.clip(fade * repaired + (1 - fade) * part, 0, 255).astype(np.uint8)
    return clean


def _lift(light: NDArray[np.float32], red: NDArray[np.float32]) -> float:
    """What this ink takes from the red channel, per unit of redness."""
    strong = red > max(_REDNESS, float(np.percentile(red, 90)) * 0.7)
    if not strong.any():
        return 0.0
    # the brighter half is ink on bare paper, the rest may be ink over print
    bare = light[..., 0][strong]
    keep = bare >= np.median(bare)
    return max(0.0, float(np.median((1 - bare[keep]) / red[strong][keep])))
