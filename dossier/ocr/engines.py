"""Finding OCR engines by name: entry points of the group `dossier.ocr_engines`."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .. import plugins
from ..errors import EngineNotFound
from ..model import Line
from .settings import OcrSettings

GROUP = "dossier.ocr_engines"


@runtime_checkable
class OcrEngine(Protocol):
    """Reads one upright page image. An entry point is called with the `OcrSettings`.

    An engine lives in one process and is used by one thread at a time.
    """

    @property
    def name(self) -> str:
        """Engine and setting, as recorded with the page: "rapidocr/normal 3.10.0"."""

    def read(self, image: NDArray[np.uint8]) -> list[Line]:
        """Lines of an RGB image (height × width × 3); order does not matter.

        Quads are in shares [0, 1] of the image, `spans` given wherever the engine knows them.
        Raises RecognitionFailed when the engine breaks on this image.
        """


def engine_names() -> tuple[str, ...]:
    """Names of all installed engines, sorted."""
    return plugins.names(GROUP)


@lru_cache(maxsize=4)
def get_engine(settings: OcrSettings) -> OcrEngine:
    """The engine of these settings, made once per process.

    Raises EngineNotFound (no such engine, or it lacks a language) and ProgramMissing.
    """
    make, point = plugins.load(GROUP, settings.engine, "OCR engine", EngineNotFound)
    engine = make(settings)
    if not isinstance(engine, OcrEngine):
        raise EngineNotFound(
            f"{point.value} is not an OCR engine (needs name and read)",
            advice="see docs/ocr.md on writing an engine",
        )
    return engine
