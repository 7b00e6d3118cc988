"""Which way up is this page? 0, 90, 180 or 270 degrees.

Lines of text tell: their shape gives the axis, and read both ways round only one way makes sense.
An image classifier decides where the letters do not (scripts the reader does not know, pages
with hardly any text).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from .detect import Detector, DetectorSettings
from .models import ORIENTATION, TINY_DETECTOR, network
from .scale import within
from .strips import cut, stacked
from .transcribe import Reader, tiny_reader

_LOOK = 736
"""Longest side in pixels at which lines are looked for: their shape suffices."""

_SAMPLE = 6
"""Lines read both ways round."""

_CLEAR = 0.15
"""Difference of the mean confidences that settles which way is up; true pages have 0.3 or more."""


def quarter_turns(image: NDArray[np.uint8]) -> int:
    """Degrees clockwise (0, 90, 180, 270) by which the image (RGB) must be turned to stand upright.

    A page without recognisable text stays as it is.
    """
    boxes, scores = Detector(network(TINY_DETECTOR), DetectorSettings(side=_LOOK)).find(image)
    if not len(boxes):
        return 0
    across = np.linalg.norm(boxes[:, 1] - boxes[:, 0], axis=1)
    down = np.linalg.norm(boxes[:, 3] - boxes[:, 0], axis=1)
    # near squares say nothing about the axis
    wide = float(np.maximum(across - 1.2 * down, 0).sum())
    tall = float(np.maximum(down - 1.2 * across, 0).sum())
    sideways = tall > wide
    votes: dict[int, float] = {}
    both = min(wide, tall) > 0.4 * max(wide, tall)
    for lying in (False, True) if both or wide == tall else (sideways,):
        long, short = (down, across) if lying else (across, down)
        chosen = _telling(long, short, scores)
        strips = [_upright_strip(image, boxes[k], lying) for k in chosen]
        ahead, back = _confidences(tiny_reader(), strips)
        votes[270 if lying else 0] = ahead
        votes[90 if lying else 180] = back
        if lying and _stands(image, strips, votes):
            return 0
    ranked = sorted(votes, key=lambda turn: votes[turn], reverse=True)
    if votes[ranked[0]] - votes[ranked[1]] >= _CLEAR and votes[ranked[0]] > 0.6:
        return ranked[0]
    return _by_look(image, ranked, votes)


def _stands(
    image: NDArray[np.uint8], strips: Sequence[NDArray[np.uint8]], votes: dict[int, float]
) -> bool:
    """The page is upright after all: its text runs downwards, character under character.

    Letters lying on their side are read nearly as well, so the classifier has its say.
    """
    laid = [stacked(np.ascontiguousarray(np.rot90(strip, -1))) for strip in strips]
    columns = [pair[0] for pair in laid if pair is not None]
    if 2 * len(columns) <= len(strips):
        return False
    lying = max((90, 270), key=lambda turn: votes[turn])
    if _confidences(tiny_reader(), columns)[0] < votes[lying] - 0.05:
        return False
    seen = classify(image)
    return bool(seen[0] > seen[(360 - lying) // 90])


def _telling(
    long: NDArray[np.float32], short: NDArray[np.float32], scores: NDArray[np.float32]
) -> list[int]:
    """Lines worth reading: clear ones of some length, from all over the page."""
    shape = long / np.maximum(short, 1)
    worth = np.minimum(shape, 12) * scores
    best = np.argsort(-worth)[: 4 * _SAMPLE]
    return sorted(int(k) for k in best)[:: max(1, len(best) // _SAMPLE)][:_SAMPLE]


def _upright_strip(
    image: NDArray[np.uint8], box: NDArray[np.float32], lying: bool
) -> NDArray[np.uint8]:
    strip = cut(image, np.roll(box, -1, axis=0) if lying else box)
    # a dozen characters say enough
    return strip[:, : 12 * strip.shape[0]]


def _confidences(reader: Reader, strips: Sequence[NDArray[np.uint8]]) -> tuple[float, float]:
    """Mean confidence of the strips as they are and turned upside down."""
    if not strips:
        return 0.0, 0.0
    readings = reader.read([*strips, *(strip[::-1, ::-1] for strip in strips)])
    half = len(strips)

    def mean(part: Sequence[tuple[str, float]]) -> float:
        weights = [min(len(text), 12) for text, _ in part]
        whole = sum(weights)
        return (
            sum(w * score for w, (_, score) in zip(weights, part, strict=True)) / whole
            if whole
            else 0.0
        )

    pairs = [(reading.text, reading.confidence) for reading in readings]
    return mean(pairs[:half]), mean(pairs[half:])


def _by_look(image: NDArray[np.uint8], ranked: list[int], votes: dict[int, float]) -> int:
    """What the image classifier sees, unless it is unsure too; then the better reading."""
    scores = classify(image)
    best = int(scores.argmax())
    # trained with smoothed labels: 0.93 is its utmost
    if scores[best] >= 0.7:
        return (360 - 90 * best) % 360
    return ranked[0] if votes[ranked[0]] > 0.6 else 0


def classify(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scores (sum 1) that the page lies turned clockwise by 0, 90, 180, 270 degrees."""
    height, width = image.shape[:2]
    scale = 256 / max(1, min(height, width))
    size = (max(224, round(width * scale)), max(224, round(height * scale)))
    small = cv2.resize(within(image, 2 * max(size)), size, interpolation=cv2.INTER_AREA)
    top, left = (size[1] - 224) // 2, (size[0] - 224) // 2
    crop = small[top : top + 224, left : left + 224].astype(np.float32) / 255
    normal = (crop - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    batch = np.ascontiguousarray(normal.transpose(2, 0, 1)[None], np.float32)
    return np.asarray(network(ORIENTATION)(batch)[0], np.float32)
