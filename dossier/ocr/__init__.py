"""Reading page images: engines, page preparation, layout.

from dossier.ocr import OcrSettings, recognise
layer = recognise(image, OcrSettings.parse("fast"), dpi=300)
"""

from .engines import OcrEngine, engine_names, get_engine
from .page import recognise
from .settings import OcrSettings

__all__ = ["OcrEngine", "OcrSettings", "engine_names", "get_engine", "recognise"]
