"""Documents as PDF: laid out by LibreOffice, with mainland forms of the characters."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from lxml import etree
from PIL import Image, ImageChops, ImageDraw, ImageFont

from dossier.errors import DamagedFile, ProgramMissing
from dossier.ingest import Limits, office
from dossier.templates.pdf import font_rules, write_pdf
from dossier.templates.skeleton import build_docx

needs_office = pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
needs_fontconfig = pytest.mark.skipif(
    not shutil.which("fc-match") or not shutil.which("fc-list"), reason="no fontconfig here"
)

# all fonts of a document; 直 and 骨 are drawn otherwise in Japan
_MARKUP = """\
# 甘肃省临泽县人民检察院
## 起诉书
@ 临检刑诉〔2023〕58号
* 一、事实
+ （一）直骨令
被告人韩志远，男，1990年5月12日出生，直骨令。
> 二〇二三年五月八日
=
第二页
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pdfium.PdfDocument]:
    target = tmp_path_factory.mktemp("pdf") / "起诉书.pdf"
    assert write_pdf(build_docx(_MARKUP), target) == target
    with pdfium.PdfDocument(target) as opened:
        yield opened


@needs_office
def test_pdf_has_the_text_and_pages(document: pdfium.PdfDocument) -> None:
    texts = [page.get_textpage().get_text_range() for page in document]
    assert len(texts) == 2
    for part in (
        "甘肃省临泽县人民检察院",
        "临检刑诉〔2023〕58",
        "被告人韩志远",
        "二〇二三年五月八日",
    ):
        assert part in texts[0]
    assert "— 1 —" in texts[0]
    assert "— 2 —" in texts[1]
    assert [round(size) for size in document[0].get_size()] == [595, 842]


@needs_office
def test_every_character_has_a_glyph(document: pdfium.PdfDocument) -> None:
    """Characters that a font lacks are all the same box."""
    page = document[0]
    text = page.get_textpage()
    drawn = {}
    for at in range(text.count_chars()):
        char = text.get_text_range(at, 1)
        if "\u3400" <= char <= "\u9fff" and char != "一":
            drawn[char] = _trimmed(_drawn(page, text.get_charbox(at)), 48)
    assert len(drawn) > 30
    for one, other in itertools.combinations(drawn, 2):
        assert _difference(drawn[one], drawn[other]) > 10, (one, other)


@needs_office
@needs_fontconfig
def test_forms_are_those_of_the_mainland(document: pdfium.PdfDocument) -> None:
    """A Japanese face of the same font draws 直 and 骨 otherwise, and must not be taken."""
    mainland, japan = _face("Noto Serif CJK SC"), _face("Noto Serif CJK JP")
    page = document[0]
    text = page.get_textpage()
    whole = text.get_text_range()
    start = whole.index("直骨令", whole.index("出生"))
    for at in range(start, start + 2):
        drawn = _drawn(page, text.get_charbox(at))
        char = whole[at]
        assert _distance(drawn, char, mainland) < _distance(drawn, char, japan), char


def _face(name: str) -> ImageFont.FreeTypeFont:
    found = subprocess.run(
        ["fc-list", f"{name}:style=Regular", "file", "index"], capture_output=True, text=True,
        check=True,
    ).stdout.split(":")  # fmt: skip
    if not found[0]:
        pytest.skip(f"{name} is not installed")
    for index in range(10):
        font = ImageFont.truetype(found[0], 200, index=index)
        if font.getname()[0] == name:
            return font
    raise AssertionError(f"{name} is not in {found[0]}")


def _drawn(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> Image.Image:
    """The ink of one character."""
    left, bottom, right, top = box
    width, height = page.get_size()
    picture = page.render(scale=12, crop=(left, bottom, width - right, height - top)).to_pil()
    return picture.convert("L")


def _distance(drawn: Image.Image, char: str, font: ImageFont.FreeTypeFont) -> float:
    sheet = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(sheet).text((30, 0), char, font=font, fill=0)
    return _difference(_trimmed(drawn, 160), _trimmed(sheet, 160))


def _trimmed(picture: Image.Image, size: int) -> Image.Image:
    """The character without the white around it."""
    box = ImageChops.invert(picture).point(lambda value: 255 * (value > 128)).getbbox()
    assert box is not None
    return picture.crop(box).resize((size, size))


def _difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference of a pixel, 0 to 255."""
    histogram = ImageChops.difference(one, other).histogram()
    return sum(value * count for value, count in enumerate(histogram)) / (one.width * one.height)


@needs_office
def test_numbers_are_not_torn_at_the_end_of_a_line(tmp_path: Path) -> None:
    lines = (f"{'于' * size}本院受理后于2023年5月8日告知被告人1990年" * 2 for size in range(1, 12))
    target = write_pdf(build_docx("\n".join(lines)), tmp_path / "a.pdf")
    with pdfium.PdfDocument(target) as opened:
        text = "\n".join(page.get_textpage().get_text_range() for page in opened)
    assert "2023" in text
    assert re.findall(r"\d\s*[\r\n]+\s*\d", re.sub(r"— \d —", "", text)) == []


@needs_office
def test_pdf_replaces_the_old_one_in_one_step(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    write_pdf(build_docx("新"), target)
    assert target.read_bytes().startswith(b"%PDF")
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


@needs_office
def test_what_cannot_be_laid_out_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "a.pdf"
    target.write_bytes(b"old")
    with pytest.raises(DamagedFile):
        write_pdf(build_docx("新"), target, limits=Limits(office_seconds=0.01))
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.pdf"]


def test_without_libreoffice_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing) as caught:
        write_pdf(build_docx("新"), tmp_path / "a.pdf", limits=Limits(office="never"))
    assert caught.value.where == "a.pdf"
    assert "LibreOffice" in caught.value.what
    assert list(tmp_path.iterdir()) == []


def test_font_rules_are_well_formed() -> None:
    root = etree.fromstring(font_rules(Path("/etc/a & b.conf")).encode())
    assert root.findtext("include") == "/etc/a & b.conf"
    for rule in root.iter("match"):
        name = rule.findtext("test/string")
        families = [string.text for string in rule.find("edit").iter("string")]
        assert families[0] == name, "the font itself, where it is installed"
        assert len(families) == len(set(families))


@needs_fontconfig
def test_stand_ins_are_never_japanese(tmp_path: Path) -> None:
    conf = tmp_path / "fonts.conf"
    conf.write_text(font_rules(Path("/etc/fonts/fonts.conf")), encoding="utf-8")
    for name in ("方正小标宋简体", "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体"):
        found = subprocess.run(
            ["fc-match", f"{name}:lang=zh-cn", "family"], capture_output=True, text=True,
            check=True, env={**os.environ, "FONTCONFIG_FILE": str(conf)},
        ).stdout  # fmt: skip
        assert not any(word in found for word in ("JP", "Mincho", "Gothic", "Ming TW", "HK")), name
