"""Red seals (印章) and fingerprints (指印): found, recorded, and taken off the print under them.

Only round or square blobs of red ink on bright paper count. Red *text* (红头, stamps made of one
line) keeps its colour: it is read like any other text. The stored original is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_LOOK = 1000
"""Longest side in pixels of the small copy on which seals are looked for."""

_REDNESS = 0.10
"""How much more red than green and blue light (paper = 1) makes a pixel red: a faint seal has
0.15, coloured noise of a scan stays below 0.06."""


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
    scale = min(1.0, _LOOK / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    light = _flatten(small)
    red = _redness(light) > _REDNESS
    if np.count_nonzero(red) < 30:
        return []
    marks = []
    for left, top, right, bottom in _blobs(red.astype(np.uint8)):
        if _is_mark(red, light, left, top, right, bottom):
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
    paper = cv2.GaussianBlur(paper, (0, 0), side)
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
    red: NDArray[np.bool_], light: NDArray[np.float32], left: int, top: int, right: int, bottom: int
) -> bool:
    page_height, page_width = red.shape
    across, down = right - left, bottom - top
    long, short = max(across, down), min(across, down)
    page = max(page_height, page_width)
    # 9 mm (a fingerprint) to 75 mm on A4
    if not 0.03 * page <= long <= 0.25 * page:
        return False
    cut_off = left <= 2 or top <= 2 or right >= page_width - 2 or bottom >= page_height - 2
    # a seal across the edges of pages (骑缝章) shows only a slice
    if short < long * (0.15 if cut_off else 0.55):
        return False
    inside = red[top:bottom, left:right]
    share = np.count_nonzero(inside) / inside.size
    # a filled red thing is an object in a photograph, scattered dots are noise
    if not 0.06 <= share <= 0.75:
        return False
    rest = light[top:bottom, left:right][~inside]
    return not rest.size or float((rest.min(axis=1) > 0.7).mean()) > 0.5


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
        part = image[rows, columns]
        paper = np.percentile(part.reshape(-1, 3), 80, axis=0).astype(np.float32)
        light = np.clip(part.astype(np.float32) / np.maximum(paper, 32), 0, 1.2)
        red = np.maximum(_redness(light), 0)
        strong = red > max(_REDNESS, float(np.percentile(red, 90)) * 0.7)
        lift = 0.0
        if strong.any():
            # brighter half: pure ink, not ink over print
            bare = light[..., 0][strong]
            keep = bare >= np.median(bare)
            lift = float(np.median((1 - bare[keep]) / red[strong][keep]))
        value = np.clip(light[..., 0] + max(0.0, lift) * red, 0, 1)
        fade = np.clip(red / _REDNESS, 0, 1)[..., None]
        repaired = value[..., None] * paper
        clean[rows, columns] = np.clip(
            fade * repaired + (1 - fade) * part.astype(np.float32), 0, 255
        ).astype(np.uint8)
    return clean
