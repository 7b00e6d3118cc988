"""Fixtures of the OCR tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from drawn_pages import FONTS, Sheet

from dossier.ocr import OcrSettings


@pytest.fixture(scope="session")
def font_file() -> str:
    for path in FONTS:
        if Path(path).is_file():
            return path
    pytest.skip("no Chinese font (Debian: fonts-arphic-uming or fonts-noto-cjk)")


@pytest.fixture
def sheet(font_file: str) -> Sheet:
    return Sheet(font_file)


@pytest.fixture
def fast() -> OcrSettings:
    return OcrSettings.parse("fast")
