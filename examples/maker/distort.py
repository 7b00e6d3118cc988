"""Turns a clean page into a scan or a photo, and says where each point of it went.

The matrix returned maps drawing pixels to pixels of the *upright* picture; a picture stored
sideways is turned afterwards and its `turn` says how to turn it back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .raster import DPI, Pixels

SCAN_DPI = 150


@dataclass(frozen=True)
class Picture:
    """What the scanner or telephone saw, upright."""

    pixels: Pixels
    matrix: NDArray[np.float64]
    """3 × 3, drawing pixels → picture pixels"""


def scan(page: Pixels, seed: int, *, colour: bool, worn: bool = False) -> Picture:
    """A flat-bed scan at 150 dpi: skew up to 1.5°, paper tone, soft print, specks, shadow at the
    binding. `worn` is a weak, smeared copy."""
    rng = np.random.default_rng(seed)
    ratio = SCAN_DPI / DPI
    wide, high = round(page.shape[1] * ratio), round(page.shape[0] * ratio)
    angle = math.radians(float(np.clip(rng.normal(0, 0.7), -1.5, 1.5)))
    zoom = ratio * float(rng.uniform(0.985, 1.0))
    cos, sin = math.cos(angle) * zoom, math.sin(angle) * zoom
    shift = rng.normal(0, 4, 2)
    cx, cy = page.shape[1] / 2, page.shape[0] / 2
    matrix = np.array(
        [
            [cos, -sin, wide / 2 - cos * cx + sin * cy + shift[0]],
            [sin, cos, high / 2 - sin * cx - cos * cy + shift[1]],
            [0, 0, 1],
        ]
    )
    soft = cv2.GaussianBlur(page, (0, 0), 0.75 if not worn else 1.25)
    picture = cv2.warpPerspective(
        soft, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderValue=(255, 255, 255)
    ).astype(np.float32)
    if worn:
        picture = 255 - (255 - picture) * float(rng.uniform(0.58, 0.68))
    tone = np.array([250, 249, 244] if colour else [247, 247, 247], np.float32)
    picture *= tone / np.float32(255)
    across = np.arange(wide, dtype=np.float32)[None, :, None]
    picture -= 26 * np.exp(-across / 16)
    uneven = cv2.resize(rng.normal(0, 1.4, (6, 5)).astype(np.float32), (wide, high),
                        interpolation=cv2.INTER_CUBIC)  # fmt: skip
    picture += uneven[..., None]
    picture += rng.normal(0, 2.0, (high, wide, 1)).astype(np.float32)
    for _ in range(int(rng.integers(10, 30))):
        x, y = int(rng.integers(0, wide)), int(rng.integers(0, high))
        cv2.circle(picture, (x, y), int(rng.integers(0, 2)), (120.0, 120.0, 120.0), -1)
    for hole in (0.30, 0.5, 0.70):
        # punch holes of the binding
        cv2.circle(picture, (14, int(high * hole)), 7, (206.0, 206.0, 204.0), -1)
    pixels: Pixels = np.clip(picture, 0, 255).astype(np.uint8)
    if not colour:
        pixels = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    return Picture(pixels, matrix)


def photo(page: Pixels, seed: int) -> Picture:
    """A telephone photo, 1200 × 1600: perspective, a desk around the sheet, uneven light."""
    rng = np.random.default_rng(seed)
    wide, high = 1200, 1600
    corners = np.array(
        [[70, 55], [wide - 70, 55], [wide - 70, high - 55], [70, high - 55]], np.float32
    )
    corners += rng.uniform(-34, 34, (4, 2)).astype(np.float32)
    h, w = page.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(source, corners), np.float64)
    soft = cv2.GaussianBlur(page, (0, 0), 0.8)
    desk = np.empty((high, wide, 3), np.float32)
    desk[:] = (112, 86, 62)
    grain = cv2.resize(rng.normal(0, 9, (200, 12)).astype(np.float32), (wide, high))
    desk += grain[..., None]
    sheet = cv2.warpPerspective(soft, matrix, (wide, high), flags=cv2.INTER_LINEAR)
    inside = cv2.warpPerspective(np.full((h, w), 255, np.uint8), matrix, (wide, high))
    share = (cv2.GaussianBlur(inside, (0, 0), 1.2).astype(np.float32) / 255)[..., None]
    picture = desk * (1 - share) + sheet.astype(np.float32) * share
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    lamp = rng.uniform([0.2, 0.1], [0.8, 0.5])
    far = np.hypot(x / wide - lamp[0], y / high - lamp[1])
    light = 1.0 - 0.34 * far**1.3
    side = 1 / (1 + np.exp(-((x + 0.35 * y) - wide * rng.uniform(0.05, 0.2)) / 60))
    light *= 0.80 + 0.20 * side
    picture *= light[..., None] * np.array([0.985, 0.965, 0.915], np.float32)
    picture += rng.normal(0, 2.6, (high, wide, 1)).astype(np.float32)
    return Picture(np.clip(picture, 0, 255).astype(np.uint8), matrix)


def turned(pixels: Pixels, degrees: int) -> Pixels:
    """Pixels turned clockwise by a multiple of 90°."""
    return np.ascontiguousarray(np.rot90(pixels, -(degrees // 90)))
