"""Finding OCR engines by name: entry points of the group `dossier.ocr_engines`."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

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
    return tuple(sorted({point.name for point in metadata.entry_points(group=GROUP)}))


@lru_cache(maxsize=4)
def get_engine(settings: OcrSettings) -> OcrEngine:
    """The engine of these settings, made once per process.

    Raises EngineNotFound (no such engine, or it lacks a language) and ProgramMissing.
    """
    points = [p for p in metadata.entry_points(group=GROUP) if p.name == settings.engine]
    if not points:
        known = ", ".join(engine_names()) or "none"
        raise EngineNotFound(
            f"no OCR engine is called {settings.engine!r}",
            advice=f"known engines: {known}; without any, install the package itself (pip)",
        )
    try:
        make = points[0].load()
    except ImportError as error:
        raise EngineNotFound(
            f"the OCR engine {settings.engine!r} cannot be loaded: {error}",
            advice=f"reinstall {points[0].value.partition(':')[0]}",
        ) from error
    engine = make(settings)
    if not isinstance(engine, OcrEngine):
        raise EngineNotFound(
            f"{points[0].value} is not an OCR engine (needs name and read)",
            advice="see docs/ocr.md on writing an engine",
        )
    return engine
