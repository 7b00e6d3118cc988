"""A page image becomes text, boxes, seals."""

from __future__ import annotations

import json

import numpy as np
import pytest
from drawn_pages import Sheet, certificate, goods, statement
from PIL import Image

from dossier.errors import EngineNotFound
from dossier.model import Box, Origin, PageLayer
from dossier.ocr import OcrSettings, recognise

PAGES = {"statement": statement, "certificate": certificate, "goods": goods}


def squeezed(text: str) -> str:
    return "".join(text.split()).translate(str.maketrans(":,?", "：，？"))


@pytest.mark.parametrize("quality", ["normal", "fast"])
def test_a_page_is_read_whole(sheet: Sheet, quality: str) -> None:
    statement(sheet)
    layer = recognise(sheet.noisy(), OcrSettings.parse(quality.replace("normal", "auto")), dpi=150)
    assert [squeezed(line.text) for line in layer.lines] == [squeezed(t) for t in sheet.boxes]
    assert layer.origin is Origin.OCR
    assert layer.rotation == 0
    assert abs(layer.skew) < 0.3
    assert (layer.width, layer.height) == pytest.approx((595.2, 841.9), abs=0.1)
    assert layer.confidence > 0.95
    assert layer.engine.startswith(f"rapidocr/{quality}")
    assert PageLayer.from_json(json.loads(json.dumps(layer.to_json()))).text == layer.text


def test_boxes_lie_on_the_print(sheet: Sheet, fast: OcrSettings) -> None:
    """Of whole lines and of a date or a name inside them."""
    statement(sheet)
    layer = recognise(sheet.image, fast, dpi=150)
    for line, (text, box) in zip(layer.lines, sheet.boxes.items(), strict=True):
        assert line.box.iou(box) > 0.7, text
    whole = next(text for text in sheet.boxes if "1985年" in text)
    line = next(line for line in layer.lines if "1985年" in line.text)
    start = line.text.index("1985年")
    found = line.part_box(start, start + len("1985年3月12日"))
    left, right = _inked(sheet, whole, "1985年3月12日")
    expected = Box(left, sheet.boxes[whole].top, right, sheet.boxes[whole].bottom)
    assert found.iou(expected) > 0.7


def _inked(sheet: Sheet, whole: str, part: str) -> tuple[float, float]:
    from PIL import ImageFont

    font = ImageFont.truetype(sheet.font_file, 33)
    start = sheet.boxes[whole].left * sheet.width + font.getlength(whole[: whole.index(part)])
    return start / sheet.width, (start + font.getlength(part)) / sheet.width


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
@pytest.mark.parametrize("page", sorted(PAGES))
def test_turned_upright(font_file: str, fast: OcrSettings, page: str, degrees: int) -> None:
    """Text, a table, and a page with hardly any text, lying any way round."""
    sheet = PAGES[page](Sheet(font_file))
    turned = sheet.image.rotate(-degrees, expand=True)
    layer = recognise(turned, fast, dpi=150)
    assert layer.rotation == (360 - degrees) % 360
    assert (layer.width < layer.height) == (sheet.width < sheet.height)
    title = next(iter(sheet.boxes))
    found = next(line for line in layer.lines if squeezed(line.text) == title)
    assert found.box.iou(sheet.boxes[title]) > 0.6


def test_text_running_downwards_does_not_turn_the_page(sheet: Sheet, fast: OcrSettings) -> None:
    columns = [
        "兰州市城关区某某法院刑事判决书",
        "被告人马某某因涉嫌盗窃罪被羁押",
        "经审理查明事实如下",
    ]
    for k, text in enumerate(columns):
        for n, char in enumerate(text):
            sheet.text(1000 - 90 * k, 150 + 52 * n, char, 44)
    layer = recognise(sheet.image, fast)
    assert layer.rotation == 0
    assert [line.text for line in layer.lines] == columns  # from right to left
    assert all(line.box.height > 3 * line.box.width for line in layer.lines)


@pytest.mark.parametrize("degrees", [-4.0, 2.5])
def test_skew_is_told_and_harmless(sheet: Sheet, fast: OcrSettings, degrees: float) -> None:
    statement(sheet)
    leaning = sheet.image.rotate(-degrees, resample=Image.Resampling.BICUBIC, fillcolor="white")
    layer = recognise(leaning, fast, dpi=150)
    assert layer.skew == pytest.approx(degrees, abs=0.3)
    assert [squeezed(line.text) for line in layer.lines] == [squeezed(t) for t in sheet.boxes]


class TestSeals:
    def test_found_and_taken_off_the_print(self, sheet: Sheet, fast: OcrSettings) -> None:
        statement(sheet)
        sheet.seal(400, 500)
        before = sheet.image.tobytes()
        layer = recognise(sheet.image, fast, dpi=150)
        assert [squeezed(line.text) for line in layer.lines] == [squeezed(t) for t in sheet.boxes]
        (seal,) = layer.seals
        ring = Box(280 / 1240, 380 / 1754, 520 / 1240, 620 / 1754)
        assert seal.kind == "red"
        assert seal.box.iou(ring) > 0.85
        assert sheet.image.tobytes() == before

    def test_turned_with_the_page(self, sheet: Sheet, fast: OcrSettings) -> None:
        statement(sheet)
        sheet.seal(900, 1400)
        layer = recognise(sheet.image.rotate(90, expand=True), fast, dpi=150)
        (seal,) = layer.seals
        ring = Box(780 / 1240, 1280 / 1754, 1020 / 1240, 1520 / 1754)
        assert layer.rotation == 90
        assert seal.box.iou(ring) > 0.85

    def test_half_a_seal_at_the_edge(self, sheet: Sheet, fast: OcrSettings) -> None:
        """骑缝章: the other half is on the next page."""
        statement(sheet)
        sheet.seal(1240, 1300)
        (seal,) = recognise(sheet.image, fast, dpi=150).seals
        assert seal.box.right == pytest.approx(1, abs=0.01)

    def test_red_headings_are_read(self, sheet: Sheet, fast: OcrSettings) -> None:
        """红头: red text is text."""
        sheet.text(200, 130, "兰州市城关区司法局文件", 76, fill=(200, 30, 30))
        sheet.draw.line((140, 260, 1100, 260), fill=(200, 30, 30), width=5)
        sheet.lines(140, 330, ["城司发第十二号", "关于开展社区矫正工作的通知"])
        layer = recognise(sheet.image, fast, dpi=150)
        assert layer.lines[0].text == "兰州市城关区司法局文件"
        assert not layer.seals

    def test_a_red_thing_is_no_seal(self, sheet: Sheet, fast: OcrSettings) -> None:
        statement(sheet)
        sheet.draw.rectangle((500, 1100, 740, 1340), fill=(190, 40, 40))
        assert not recognise(sheet.image, fast, dpi=150).seals

    def test_left_on_when_asked(self, sheet: Sheet) -> None:
        statement(sheet)
        sheet.seal(900, 1400)
        layer = recognise(sheet.image, OcrSettings(quality="fast", remove_seals=False), dpi=150)
        assert len(layer.seals) == 1


class TestStrangeImages:
    @pytest.mark.parametrize(
        "image",
        [
            Image.new("RGB", (1240, 1754), "white"),
            Image.new("L", (1240, 1754), 0),
            Image.new("1", (40, 4000), 1),
            Image.new("RGB", (1, 1)),
            Image.new("RGB", (3, 900), "grey"),
            Image.new("RGBA", (800, 600), (0, 0, 0, 0)),
        ],
        ids=["white", "black", "strip", "pixel", "thread", "transparent"],
    )
    def test_nothing_on_it(self, image: Image.Image, fast: OcrSettings) -> None:
        layer = recognise(image, fast)
        assert layer.origin is Origin.NONE
        assert layer.lines == ()
        assert layer.text == ""
        assert layer.rotation == 0

    def test_empty_paper_with_noise(self, sheet: Sheet, fast: OcrSettings) -> None:
        assert recognise(sheet.noisy(12), fast).lines == ()

    def test_pure_noise(self, fast: OcrSettings) -> None:
        noise = np.random.default_rng(1).integers(0, 255, (900, 700, 3), np.uint8)
        assert recognise(noise, fast).confidence <= 1

    @pytest.mark.parametrize("mode", ["L", "1", "P", "RGBA", "CMYK", "I;16"])
    def test_any_mode(self, sheet: Sheet, fast: OcrSettings, mode: str) -> None:
        certificate(sheet)
        if mode == "I;16":
            grey = np.asarray(sheet.image.convert("L"), np.uint16) * 257
            image = Image.fromarray(grey)
        else:
            image = sheet.image.convert(mode)
        assert "释放证明书" in recognise(image, fast).text

    def test_arrays(self, sheet: Sheet, fast: OcrSettings) -> None:
        certificate(sheet)
        for pixels in (np.asarray(sheet.image.convert("L")), np.asarray(sheet.image)):
            assert "释放证明书" in recognise(pixels, fast).text

    def test_large_images_are_bounded(self, sheet: Sheet) -> None:
        certificate(sheet)
        large = sheet.image.resize((3720, 5262))
        layer = recognise(large, OcrSettings(quality="fast", max_side=1500), dpi=450)
        assert "释放证明书" in layer.text
        assert layer.height == pytest.approx(841.9, abs=0.1)

    def test_a_chat_in_one_long_picture(self, font_file: str, fast: OcrSettings) -> None:
        sheet = Sheet(font_file, 1080, 9000)
        texts = [f"第{k}条消息晚上八点老地方见面" for k in range(80)]
        for k, text in enumerate(texts):
            sheet.text(400 if k % 2 else 60, 60 + 110 * k, text, 44)
        layer = recognise(sheet.image, fast)
        assert [line.text for line in layer.lines] == texts

    def test_resolution_unknown(self, sheet: Sheet, fast: OcrSettings) -> None:
        certificate(sheet)
        layer = recognise(sheet.image, fast)
        assert layer.height == pytest.approx(842)


def test_off_is_not_an_engine(sheet: Sheet) -> None:
    with pytest.raises(EngineNotFound, match="switched off"):
        recognise(sheet.image, OcrSettings.parse("off"))


def test_two_seals_side_by_side(sheet: Sheet, fast: OcrSettings) -> None:
    statement(sheet)
    sheet.seal(400, 1300, 110)
    sheet.seal(650, 1310, 110, text="兰州市城关区司法局印")
    assert len(recognise(sheet.image, fast, dpi=150).seals) == 2
