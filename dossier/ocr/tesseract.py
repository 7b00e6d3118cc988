"""Tesseract through pytesseract: any installed language, Tibetan and Uyghur among them."""

from __future__ import annotations

import os

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray
from PIL import Image

from ..errors import EngineNotFound, ProgramMissing, RecognitionFailed
from ..model import Box, Line
from .settings import OcrSettings


class TesseractEngine:
    """The `tesseract` program, one process per page, one thread."""

    def __init__(self, settings: OcrSettings) -> None:
        try:
            version = pytesseract.get_tesseract_version()
            installed = set(pytesseract.get_languages(config=""))
        except (pytesseract.TesseractNotFoundError, OSError) as error:
            raise ProgramMissing(
                "the program tesseract is not installed",
                advice="run: apt install tesseract-ocr "
                + " ".join(_package(code) for code in settings.languages),
            ) from error
        missing = [code for code in settings.languages if code not in installed]
        if missing:
            raise EngineNotFound(
                f"tesseract lacks the language {', '.join(missing)}",
                advice="run: apt install " + " ".join(_package(code) for code in missing),
            )
        self._languages = "+".join(settings.languages)
        self._timeout = settings.timeout
        self._name = f"tesseract/{self._languages} {version}"

    @property
    def name(self) -> str:
        return self._name

    def read(self, image: NDArray[np.uint8]) -> list[Line]:
        """See `OcrEngine.read`."""
        os.environ["OMP_THREAD_LIMIT"] = "1"
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        try:
            table = pytesseract.image_to_data(
                Image.fromarray(grey),
                lang=self._languages,
                config="--psm 3",
                timeout=self._timeout,
                output_type=pytesseract.Output.DICT,
            )
        except (pytesseract.TesseractError, RuntimeError, OSError) as error:
            raise RecognitionFailed(
                f"tesseract broke on an image of {image.shape[1]} × {image.shape[0]}: {error}",
                advice="try another engine (--ocr rapidocr)",
            ) from error
        height, width = image.shape[:2]
        lines: dict[tuple[int, ...], list[int]] = {}
        for k, text in enumerate(table["text"]):
            if text.strip() and float(table["conf"][k]) >= 0:
                key = tuple(table[name][k] for name in ("block_num", "par_num", "line_num"))
                lines.setdefault(key, []).append(k)
        result = []
        for words in lines.values():
            text = "".join(table["text"][k] for k in words)
            box = Box(
                min(table["left"][k] for k in words) / width,
                min(table["top"][k] for k in words) / height,
                max(table["left"][k] + table["width"][k] for k in words) / width,
                max(table["top"][k] + table["height"][k] for k in words) / height,
            )
            confidence = float(np.mean([float(table["conf"][k]) for k in words])) / 100
            result.append(Line(text, box.quad(), confidence))
        return result


def _package(language: str) -> str:
    return "tesseract-ocr-" + language.lower().replace("_", "-").replace("/", "-")
