"""What the caller types becomes settings."""

from __future__ import annotations

import pickle

import pytest

from dossier.errors import EngineNotFound
from dossier.ocr import OcrSettings


@pytest.mark.parametrize(
    ("ocr", "languages", "engine", "quality", "codes"),
    [
        ("auto", (), "rapidocr", "normal", ("chi_sim",)),
        ("auto", ("chi_sim", "eng"), "rapidocr", "normal", ("chi_sim", "eng")),
        ("auto", ("bod",), "tesseract", "normal", ("bod",)),
        ("auto", ("chi_sim+uig",), "tesseract", "normal", ("chi_sim", "uig")),
        ("fast", (), "rapidocr", "fast", ("chi_sim",)),
        ("tesseract", ("uig",), "tesseract", "normal", ("uig",)),
        ("off", (), "off", "normal", ("chi_sim",)),
        ("somebody-elses", (), "somebody-elses", "normal", ("chi_sim",)),
    ],
)
def test_parse(
    ocr: str, languages: tuple[str, ...], engine: str, quality: str, codes: tuple[str, ...]
) -> None:
    settings = OcrSettings.parse(ocr, languages)
    assert (settings.engine, settings.quality, settings.languages) == (engine, quality, codes)
    assert settings.off == (engine == "off")


def test_key_tells_apart_what_changes_the_result() -> None:
    made = [
        OcrSettings(),
        OcrSettings(quality="fast"),
        OcrSettings(engine="tesseract"),
        OcrSettings(languages=("chi_sim", "eng")),
        OcrSettings(orient=False),
        OcrSettings(remove_seals=False),
        OcrSettings(max_side=3000),
    ]
    assert len({settings.key for settings in made}) == len(made)
    assert OcrSettings(timeout=5).key == OcrSettings().key


def test_travels_to_workers() -> None:
    settings = OcrSettings.parse("fast", ("chi_sim", "eng"))
    assert pickle.loads(pickle.dumps(settings)) == settings  # noqa: S301


@pytest.mark.parametrize("code", ["chi sim", "-l", "../bod", "", "a;b", "chi_sim --psm"])
def test_a_language_is_never_an_option_of_the_program(code: str) -> None:
    with pytest.raises(EngineNotFound):
        OcrSettings(languages=(code,))


def test_no_language() -> None:
    with pytest.raises(EngineNotFound):
        OcrSettings(languages=())
