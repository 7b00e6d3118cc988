"""The default engine: PP-OCRv6 on onnxruntime, with models from installed wheels."""

from __future__ import annotations

from importlib import metadata

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import RecognitionFailed
from ..model import Line, Quad
from .detect import Detector, DetectorSettings
from .models import (
    SMALL_DETECTOR,
    SMALL_READER,
    TINY_ALPHABET,
    TINY_DETECTOR,
    TINY_READER,
    locate,
    network,
)
from .settings import OcrSettings
from .transcribe import Reader, ReaderSettings

_TALL = 1.5
"""A region this much taller than wide is a line running downwards (PP-OCR's own rule)."""


class RapidEngine:
    """PP-OCRv6: small models normally, tiny ones for `quality="fast"`."""

    least_confidence = 0.5

    def __init__(self, settings: OcrSettings) -> None:
        fast = settings.quality == "fast"
        self._name = f"rapidocr/{settings.quality} {metadata.version('rapidocr')}"
        if fast:
            alphabet = locate(TINY_ALPHABET).read_text("utf-8").rstrip("\n").split("\n")
            self.detector = Detector(network(TINY_DETECTOR), DetectorSettings())
            self.reader = Reader(network(TINY_READER), alphabet, ReaderSettings())
        else:
            small = network(SMALL_READER)
            alphabet = small.metadata["character"].rstrip("\n").split("\n")
            self.detector = Detector(network(SMALL_DETECTOR), DetectorSettings())
            self.reader = Reader(small, alphabet, ReaderSettings())

    @property
    def name(self) -> str:
        return self._name

    def read(self, image: NDArray[np.uint8]) -> list[Line]:
        """See `OcrEngine.read`."""
        try:
            boxes, _ = self.detector.find(image)
            boxes = np.stack([along_text(box) for box in boxes]) if len(boxes) else boxes
            readings = self.reader.read([cut(image, box) for box in boxes])
        except (cv2.error, MemoryError, ValueError, RuntimeError) as error:
            raise RecognitionFailed(
                f"{self._name} broke on an image of {image.shape[1]} × {image.shape[0]}: {error}",
                advice="try another engine (--ocr tesseract)",
            ) from error
        height, width = image.shape[:2]
        return [
            Line(reading.text, _shares(box, width, height), reading.confidence, reading.spans)
            for box, reading in zip(boxes, readings, strict=True)
            if reading.text and reading.confidence >= self.least_confidence
        ]


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


def _shares(box: NDArray[np.float32], width: int, height: int) -> Quad:
    at = np.clip(box / np.array([width, height], np.float32), 0, 1).reshape(-1).tolist()
    return (at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7])
