"""Finding lines of text: a DB network (differentiable binarisation, arXiv:1911.08947)."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .models import Network
from .scale import within

_STRIDE = 32
"""The network halves its input five times."""


@dataclass(frozen=True, slots=True)
class DetectorSettings:
    """`side`       longest side in pixels at which the network looks
    `mean`, `std`   normalisation of the colours (BGR) the network was trained with
    `pixel`         probability from which a pixel belongs to text
    `region`        mean probability from which a region is a line
    `grow`          how far the shrunk region is grown back: area × grow / perimeter
    """

    side: int = 1280
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    pixel: float = 0.3
    region: float = 0.5
    grow: float = 1.6
    limit: int = 3000


class Detector:
    """Finds text lines as rectangles at any angle."""

    def __init__(self, network: Network, settings: DetectorSettings) -> None:
        self._network = network
        self.settings = settings

    def find(
        self, image: NDArray[np.uint8], side: int | None = None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Boxes (n × 4 corners × 2, pixels of the image) and their scores (n).

        `image` is RGB. Corners: top left, top right, bottom right, bottom left of the rectangle
        as it lies on the image (not of the text: that is not known yet).
        """
        height, width = image.shape[:2]
        if height > max(2.2 * width, 400):
            # a chat saved as one long picture: in pieces, or its letters would become dots
            middle = _quiet_row(image)
            upper, scores = self.find(image[:middle], side)
            lower, more = self.find(image[middle:], side)
            lower = lower + np.array([0, middle], np.float32)
            return np.concatenate([upper, lower]), np.concatenate([scores, more])
        small = within(image, side or self.settings.side, multiple=_STRIDE)
        heat = self._network(self._normalise(small))[0, 0]
        return self._boxes(heat, width / small.shape[1], height / small.shape[0])

    def _normalise(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        mean = np.array(self.settings.mean, np.float32) * 255
        std = np.array(self.settings.std, np.float32) * 255
        bgr = (image[:, :, ::-1].astype(np.float32) - mean) / std
        return np.ascontiguousarray(bgr.transpose(2, 0, 1)[None])

    def _boxes(
        self, heat: NDArray[np.float32], across: float, down: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        mask = (heat > self.settings.pixel).astype(np.uint8)
        mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        boxes: list[NDArray[np.float32]] = []
        scores: list[float] = []
        for contour in contours[: self.settings.limit]:
            (x, y), (w, h), angle = cv2.minAreaRect(contour)
            if min(w, h) < 3:
                continue
            corners = np.asarray(cv2.boxPoints(((x, y), (w, h), angle)), np.float32)
            score = _mean_inside(heat, corners)
            if score < self.settings.region:
                continue
            more = 2 * w * h * self.settings.grow / (2 * (w + h))
            grown = cv2.boxPoints(((x, y), (w + more, h + more), angle))
            boxes.append(order_corners(np.asarray(grown, np.float32)))
            scores.append(score)
        if not boxes:
            return np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32)
        found = np.stack(boxes) * np.array([across, down], np.float32)
        return found.astype(np.float32), np.array(scores, np.float32)


def _quiet_row(image: NDArray[np.uint8]) -> int:
    """A row near the middle of a tall image that runs through no text."""
    height = int(image.shape[0])
    start, stop = round(0.35 * height), round(0.65 * height)
    grey = cv2.cvtColor(image[start:stop], cv2.COLOR_RGB2GRAY).astype(np.int16)
    unrest = np.abs(np.diff(grey, axis=1)).mean(axis=1)
    unrest = np.convolve(unrest, np.ones(9) / 9, mode="same")
    distance = np.abs(np.arange(len(unrest)) / len(unrest) - 0.5)
    return start + int(np.argmin(unrest + distance * 0.5).item())


def _mean_inside(heat: NDArray[np.float32], corners: NDArray[np.float32]) -> float:
    height, width = heat.shape
    left, top = np.clip(np.floor(corners.min(0)), 0, [width - 1, height - 1]).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(0)), 0, [width - 1, height - 1]).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    inside = np.round(corners - [left, top]).astype(np.int32)
    cv2.fillPoly(mask, [inside], 1)
    return float(cv2.mean(heat[top : bottom + 1, left : right + 1], mask)[0])


def order_corners(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Four corners as top left, top right, bottom right, bottom left.

    Turned by the multiple of 90° that brings the first edge closest to pointing right.
    """
    # boxPoints goes round clockwise (y down); find the edge that points right
    edges = np.roll(corners, -1, axis=0) - corners
    if _cross(edges[0], edges[1]) < 0:
        corners = corners[::-1]
        edges = np.roll(corners, -1, axis=0) - corners
    lengths = np.linalg.norm(edges, axis=1) + 1e-6
    start = int(np.argmax(edges[:, 0] / lengths))
    return np.roll(corners, -start, axis=0)


def _cross(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(a[0] * b[1] - a[1] * b[0])
