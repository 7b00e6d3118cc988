"""The invisible text: what readers give back, and where they find it."""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from exportscans import (
    RECORD,
    Scan,
    lines_of,
    pdfium_finds,
    pdfium_text,
    pdftotext,
    record,
)
from PIL import ImageOps
from pypdf import PdfReader

from dossier.export import ExportPage, write_pdf
from dossier.model import Box, Cell, Line, Origin, PageLayer, turn_quad

LATIN = (
    "The defendant John Smith was driving under the influence.",
    "Case No. (2024) Gan 0102 Xing Chu 123, Lanzhou",
    "血液乙醇含量 ethanol 为 128.5 mg per 100 ml 以上",
)


def export(folder: Path, scan: Scan, layer: PageLayer | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    scan.image.save(folder / "scan", "JPEG", quality=60)
    page = ExportPage(folder / "scan", "image", 0, layer or scan.layer(), "1")
    write_pdf([page], folder / "out.pdf", bookmarks=(), title="卷宗")
    return folder / "out.pdf"


def pypdf_text(path: Path, number: int = 0) -> str:
    return PdfReader(path).pages[number].extract_text()


def words(path: Path) -> list[tuple[str, Box]]:
    """What `pdftotext -bbox` finds on the first page, in page units."""
    found = pdftotext(path, "-bbox")
    size = re.search(r'<page width="([\d.]+)" height="([\d.]+)"', found)
    assert size
    width, height = float(size[1]), float(size[2])
    if PdfReader(path).pages[0].rotation % 180:
        # poppler gives the boxes as seen, but the size of the page before /Rotate
        width, height = height, width
    pattern = r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>'
    return [
        (
            text,
            Box(float(x0) / width, float(y0) / height, float(x1) / width, float(y1) / height),
        )
        for x0, y0, x1, y1, text in re.findall(pattern, found)
    ]


def all_readers(path: Path) -> dict[str, list[str]]:
    found = {"pdfium": lines_of(pdfium_text(path)), "pypdf": lines_of(pypdf_text(path))}
    try:
        subprocess.run(["pdftotext", "-v"], check=True, capture_output=True)
    except FileNotFoundError:
        return found
    return found | {"poppler": lines_of(pdftotext(path))}


def test_every_reader_gives_back_every_line(tmp_path: Path) -> None:
    for reader, lines in all_readers(export(tmp_path, record())).items():
        assert lines == list(RECORD), reader


def test_words_keep_their_blanks_and_chinese_gets_none(tmp_path: Path) -> None:
    scan = Scan()
    for number, text in enumerate(LATIN):
        scan.line(120, 160 + 70 * number, text)
    for reader, lines in all_readers(export(tmp_path, scan)).items():
        assert lines == list(LATIN), reader


def test_blanks_without_any_width_are_still_blanks(tmp_path: Path) -> None:
    # recognition often gives a blank no room of its own
    scan = Scan().line(120, 200, "John Smith drives")
    line = scan.lines[0]
    spans = list(line.spans)
    for i, char in enumerate(line.text):
        if char == " ":
            spans[2 * i] = spans[2 * i + 1] = spans[2 * i - 1]
    squeezed = replace(line, spans=tuple(spans))
    layer = replace(scan.layer(), lines=(squeezed,))
    for reader, lines in all_readers(export(tmp_path, scan, layer)).items():
        assert lines == ["John Smith drives"], reader


@pytest.mark.parametrize("spread", [6, 30, 90])
def test_widely_set_chinese_stays_one_word(tmp_path: Path, spread: int) -> None:
    scan = Scan().line(120, 300, "刑事判决书", size=40, spread=spread).line(120, 420, "正文一行。")
    for reader, lines in all_readers(export(tmp_path, scan)).items():
        assert lines == ["刑事判决书", "正文一行。"], reader


def test_lines_without_known_spans(tmp_path: Path) -> None:
    scan = Scan()
    for number, text in enumerate(RECORD):
        scan.line(120, 160 + 60 * number, text, spans=False)
    for reader, lines in all_readers(export(tmp_path, scan)).items():
        assert lines == list(RECORD), reader


@pytest.mark.parametrize("degrees", [-3, -1, -0.4, 0.4, 1, 2, 3])
def test_skewed_pages(tmp_path: Path, degrees: float) -> None:
    path = export(tmp_path, record().skewed(degrees))
    for reader, lines in all_readers(path).items():
        assert lines == list(RECORD), reader


def test_jittered_boxes_as_recognition_gives_them(tmp_path: Path) -> None:
    scan = record().skewed(0.3)
    rng = random.Random(7)
    lines = []
    for line in scan.lines:
        quad = [
            value + rng.uniform(-2, 2) / (scan.image.width if i % 2 == 0 else scan.image.height)
            for i, value in enumerate(line.quad)
        ]
        spans = [min(1, max(0, span + rng.uniform(-0.004, 0.004))) for span in line.spans]
        x0, y0, x1, y1, x2, y2, x3, y3 = quad
        lines.append(replace(line, quad=(x0, y0, x1, y1, x2, y2, x3, y3), spans=tuple(spans)))
    layer = replace(scan.layer(), lines=tuple(lines))
    for reader, found in all_readers(export(tmp_path, scan, layer)).items():
        assert found == list(RECORD), reader


CELLS = (
    ("序号", "文书名称", "文号", "责任者", "页码"),
    ("1", "受案登记表", "兰公受字〔2024〕12号", "城关分局", "1"),
    ("2", "立案决定书", "兰公立字〔2024〕30号", "城关分局", "2-3"),
    ("3", "讯问笔录", "无", "王建国、李秀梅", "4-9"),
)


def table(wobble: float = 0) -> Scan:
    scan = Scan()
    rng = random.Random(3)
    for row, cells in enumerate(CELLS):
        for column, text in enumerate(cells):
            x = (110, 220, 470, 830, 1080)[column]
            y = 300 + 56 * row + round(rng.uniform(-wobble, wobble))
            scan.line(x, y, text, size=24, cell=Cell(0, row, column))
    return scan


@pytest.mark.parametrize("wobble", [0, 3])
def test_table_cells_come_row_by_row_and_apart(tmp_path: Path, wobble: float) -> None:
    path = export(tmp_path, table(wobble))
    wanted = [cell for row in CELLS for cell in row]
    for reader, lines in all_readers(path).items():
        found = [part for line in lines for part in re.split(r"\s+", line)]
        assert found == wanted, reader
    rows = [" ".join(row) for row in CELLS]
    layout = [re.sub(r"\s+", " ", line) for line in lines_of(pdftotext(path, "-layout"))]
    assert layout == rows


def test_two_columns_are_not_mixed(tmp_path: Path) -> None:
    scan = Scan()
    left = [f"左栏第{n}行文字排得满满当当。" for n in "一二三四五"]
    right = [f"右栏第{n}行文字也是这样多。" for n in "一二三四五"]
    for number, text in enumerate(left):
        scan.line(100, 200 + 50 * number, text, block=0)
    for number, text in enumerate(right):
        scan.line(680, 200 + 50 * number, text, block=1)
    for reader, lines in all_readers(export(tmp_path, scan)).items():
        assert lines == left + right, reader


def test_rare_characters_beyond_the_first_plane(tmp_path: Path) -> None:
    name = "证人𠮷田、𫖯某、㛃某某签名"
    scan = Scan().line(120, 200, name)
    path = export(tmp_path, scan)
    for reader, lines in all_readers(path).items():
        assert lines == [name], reader


def test_hostile_text_does_no_harm(tmp_path: Path) -> None:
    scan = Scan().line(100, 200, "占位的一行文字")
    bad = "甲\x00乙\ud800丙\t丁) Tj ET /X Do ("
    nan = replace(scan.lines[0], quad=(float("nan"),) * 8)
    flat = replace(scan.lines[0], quad=(0.1, 0.1) * 4)
    layer = replace(scan.layer(), lines=(Line(bad, scan.lines[0].quad), nan, flat))
    path = export(tmp_path, scan, layer)
    assert lines_of(pypdf_text(path)) == ["甲 乙\ufffd丙 丁) Tj ET /X Do ("]


@pytest.mark.parametrize("degrees", [0, 0.4, 1, 2])
def test_words_lie_on_the_print(tmp_path: Path, degrees: float) -> None:
    scan = record().skewed(degrees) if degrees else record()
    path = export(tmp_path, scan)
    found = words(path)
    assert [text for text, _ in found] == list(RECORD)
    overlaps = [box.iou(line.box) for (_, box), line in zip(found, scan.lines, strict=True)]
    assert min(overlaps) > (0.95 if degrees < 0.5 else 0.7 if degrees < 1.5 else 0.5)
    # a line leaning more than readers bear is levelled, but never leaves its print
    for (_, box), line in zip(found, scan.lines, strict=True):
        assert box.intersection(line.box) > 0.9 * box.area
    # and the ink itself lies in the boxes
    ink = ImageOps.invert(scan.image.convert("L")).point(lambda value: 255 * (value > 127))
    whole = sum(ink.histogram()[128:])
    width, height = ink.size
    for _, box in found:
        place = (box.left * width, box.top * height, box.right * width, box.bottom * height)
        ink.paste(0, tuple(round(value) for value in place))
    assert sum(ink.histogram()[128:]) < (0.01 if degrees < 0.5 else 0.12) * whole


def test_characters_lie_on_their_print(tmp_path: Path) -> None:
    import pypdfium2

    scan = record()
    path = export(tmp_path, scan)
    document = pypdfium2.PdfDocument(path)
    page = document[0]
    text = page.get_textpage()
    width, height = page.get_size()
    for line in scan.lines:
        start, count = text.search(line.text).get_next()
        assert count == len(line.text)
        for i, char in enumerate(line.text):
            left, bottom, right, top = text.get_charbox(start + i)
            box = Box(left / width, 1 - top / height, right / width, 1 - bottom / height)
            want = line.part_box(i, i + 1)
            middle = (want.left + want.right) / 2
            assert box.left < middle < box.right, (line.text, char)
            assert abs(box.top - want.top) < 0.004
    document.close()


def test_search_finds_text_in_pdfium(tmp_path: Path) -> None:
    path = export(tmp_path, record())
    wanted = ["公民身份号码620102199001011234", "甘A·12345", "128.5mg/100ml", "危险驾驶罪"]
    assert pdfium_finds(path, wanted) == wanted
    assert pdfium_finds(path, ["并无此语"]) == []


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_lines_running_up_down_or_upside_down(tmp_path: Path, turn: int) -> None:
    # a stamp or a sideways table on an upright page
    scan = record()
    lines = tuple(replace(line, quad=turn_quad(line.quad, turn)) for line in scan.lines)
    width, height = scan.layer().width, scan.layer().height
    size = (height, width) if turn in (90, 270) else (width, height)
    scan.image = scan.image.rotate(-turn, expand=True)
    layer = PageLayer(*size, lines, origin=Origin.OCR)
    path = export(tmp_path, scan, layer)
    assert sorted(lines_of(pdftotext(path))) == sorted(RECORD)
    assert lines_of(pypdf_text(path)) == list(RECORD)
    assert pdfium_finds(path, RECORD) == list(RECORD)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_scanned_sideways_stand_upright(tmp_path: Path, turn: int) -> None:
    scan = record()
    layer = scan.layer(rotation=turn)
    upright = scan.image
    scan.image = scan.image.rotate(turn, expand=True)  # as stored: to be turned clockwise
    path = export(tmp_path, scan, layer)
    for reader, lines in all_readers(path).items():
        assert lines == list(RECORD), reader
    from exportscans import rendered
    from PIL import ImageChops

    picture = rendered(path, scale=1).convert("L")
    wanted = upright.convert("L").resize(picture.size)
    assert sum(ImageChops.difference(picture, wanted).histogram()[128:]) < 400


def test_crowded_leaning_lines_are_not_torn(tmp_path: Path) -> None:
    # a bank statement's head: three pieces to a line, boxes higher than the line distance
    pieces = (
        ("户名：马某某", "账号：6217004290000000000", "证件号码：620102199001011234"),
        ("查询期间：20221201-20230108", "开户行：某某银行兰州城关支行", "打印时间：2023-01-30"),
        ("币种：人民币", "交易渠道：全部渠道及柜面", "页码：第1页共3页"),
    )
    scan = Scan()
    for row, texts in enumerate(pieces):
        for column, text in enumerate(texts):
            scan.line((100, 440, 830)[column], 200 + 30 * row, text, size=26)
    scan = scan.skewed(1)
    lines = []
    for line in scan.lines:  # boxes a fifth too high, as recognition gives them on blurred pages
        x0, y0, x1, y1, x2, y2, x3, y3 = line.quad
        grow = 0.1 * (y3 - y0)
        quad = (x0, y0 - grow, x1, y1 - grow, x2, y2 + grow, x3, y3 + grow)
        lines.append(replace(line, quad=quad))
    path = export(tmp_path, scan, replace(scan.layer(), lines=tuple(lines)))
    wanted = [text for texts in pieces for text in texts]
    assert sorted(pdftotext(path).split()) == sorted(wanted)
    assert pdfium_finds(path, wanted) == wanted
