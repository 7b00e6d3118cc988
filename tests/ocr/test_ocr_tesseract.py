"""Tesseract: Chinese line by line, other scripts by the page."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from drawn_pages import Sheet, goods, statement
from PIL import Image, ImageDraw, ImageFont, features

from dossier.errors import EngineNotFound, RecognitionFailed
from dossier.ocr import OcrSettings, get_engine, recognise
from dossier.ocr.tesseract import joined

ARABIC_FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.fixture(scope="module")
def installed() -> set[str]:
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed (Debian: tesseract-ocr)")
    listed = subprocess.run(
        ["tesseract", "--list-langs"], check=True, capture_output=True, text=True
    )
    return set(listed.stdout.split())


@pytest.fixture
def chinese(installed: set[str]) -> OcrSettings:
    if "chi_sim" not in installed:
        pytest.skip("no Chinese for tesseract (Debian: tesseract-ocr-chi-sim)")
    return OcrSettings(engine="tesseract", quality="fast")


def test_no_spaces_inside_chinese(sheet: Sheet, chinese: OcrSettings) -> None:
    statement(sheet)
    layer = recognise(sheet.image, chinese, dpi=150)
    assert layer.engine.startswith("tesseract/chi_sim")
    text = layer.text
    for wanted in ("讯问笔录", "我们是派出所的民警", "手机现在在哪里", "2023年1月8日"):
        assert wanted in text
    for line in layer.lines:
        assert not any(
            line.text[k].isspace() and ord(line.text[k - 1]) > 0x2E7F
            for k in range(1, len(line.text))
        )
        assert 0 <= line.confidence <= 1
    title = next(line for line in layer.lines if line.text == "讯问笔录")
    assert title.box.iou(sheet.boxes["讯问笔录"]) > 0.6


def test_tables_seals_and_turned_pages(sheet: Sheet, chinese: OcrSettings) -> None:
    goods(sheet)
    sheet.seal(900, 900)
    layer = recognise(sheet.image.rotate(180), chinese, dpi=150)
    assert layer.rotation == 180
    assert len(layer.seals) == 1
    places = {line.text: (line.cell.row, line.cell.column) for line in layer.lines if line.cell}
    assert places["身份证"] == (3, 1)
    assert places["412元"] == (2, 2)


def test_uyghur(installed: set[str]) -> None:
    if "uig" not in installed:
        pytest.skip("no Uyghur for tesseract (Debian: tesseract-ocr-uig)")
    if not ARABIC_FONT.is_file() or not features.check("raqm"):
        pytest.skip("no font or shaping for Arabic script (Debian: fonts-dejavu-core)")
    words = ["سوت", "ھۆكۈمى", "جىنايەت", "ئەنزىسى", "گۇۋاھچى", "شەھىرى", "ئاپتونوم"]
    font = ImageFont.truetype(str(ARABIC_FONT), 44)
    image = Image.new("RGB", (1240, 1000), "white")
    draw = ImageDraw.Draw(image)
    for k in range(6):
        text = " ".join(words[(k + n) % len(words)] for n in range(5))
        draw.text((1140, 120 + 100 * k), text, font=font, fill="black", anchor="ra")
    layer = recognise(image, OcrSettings.parse("auto", ("uig",)), dpi=150)
    assert layer.engine.startswith("tesseract/uig")
    assert layer.rotation == 0
    assert len(layer.lines) == 6
    read = layer.text.split()
    assert sum(word in words for word in read) >= 0.7 * 30
    for line in layer.lines:
        assert len(line.char_spans()) == 2 * len(line.text)
        first, last = line.part_box(0, 3), line.part_box(len(line.text) - 3, len(line.text))
        assert first.left > last.left  # read from the right


def test_a_language_that_is_not_there(installed: set[str]) -> None:
    with pytest.raises(EngineNotFound, match="apt install tesseract-ocr-xyz"):
        get_engine(OcrSettings(engine="tesseract", languages=("xyz",)))


def test_the_program_is_stopped_after_a_while(sheet: Sheet, chinese: OcrSettings) -> None:
    statement(sheet)
    hurried = OcrSettings(engine="tesseract", quality="fast", timeout=0.05)
    with pytest.raises(RecognitionFailed, match="timeout"):
        recognise(sheet.image, hurried, dpi=150)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["被告", "人", "张某"], "被告人张某"),
        (["IMEI", "86753", "手机"], "IMEI 86753手机"),
        (["共", "3", "项"], "共3项"),
        (["ھۆكۈمى", "سوت"], "ھۆكۈمى سوت"),
        ([], ""),
    ],
)
def test_words_joined(words: list[str], text: str) -> None:
    assert joined(words) == text
