"""卷内目录: rows, text, Word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document as OpenDocument
from docx.oxml.ns import qn

from dossier.catalogue import (
    COLUMNS,
    CataloguePage,
    catalogue,
    listing,
    listing_text,
    volume_listings,
    write_listing_docx,
)

Make = Callable[..., list[CataloguePage]]

PAGES = (
    "=临洮县公安局\n^刑事侦查卷宗\n=（诉讼文书卷）\n案件名称 | 洪顺盗窃案\n立卷单位 | 公安局",
    "=临洮县公安局\n^拘留证\n>临公（刑）拘字〔2022〕61号\n兹决定执行拘留。\n>2022年6月13日",
    "=临洮县公安局\n^起诉意见书\n>临公（刑）诉字〔2022〕44号\n犯罪嫌疑人洪顺，男。\n经依法侦查查明：盗窃。",
    "综上所述，移送审查起诉。\n此致\n>二〇二二年九月一日",
)


def test_rows(scan: Make) -> None:
    result = catalogue(scan(*PAGES))
    rows = listing(result, "诉讼文书卷")
    assert [row.cells() for row in rows] == [
        ("1", "临公（刑）拘字〔2022〕61号", "临洮县公安局", "拘留证", "2022-06-13", "1", ""),
        ("2", "临公（刑）诉字〔2022〕44号", "临洮县公安局", "起诉意见书", "2022-09-01", "2–3", ""),
    ]
    assert json.loads(json.dumps(rows[0].to_json()))["title"] == "拘留证"
    with pytest.raises(KeyError):
        listing(result, "没有的卷")


def test_text_is_aligned(scan: Make) -> None:
    rows = listing(catalogue(scan(*PAGES)), "诉讼文书卷")
    lines = listing_text(rows, "诉讼文书卷").split("\n")
    assert lines[0] == "卷内目录　诉讼文书卷"
    assert len(lines) == 4

    def column(line: str, word: str) -> int:
        return sum(2 if ord(char) > 0x2E7F else 1 for char in line[: line.index(word)])

    assert column(lines[1], "责任者") == column(lines[2], "临洮县") == column(lines[3], "临洮县")


def test_word_file(scan: Make, tmp_path: Path) -> None:
    result = catalogue(scan(*PAGES))
    target = tmp_path / "目录.docx"
    write_listing_docx(volume_listings(result), target, case="洪顺盗窃案")
    document = OpenDocument(str(target))
    (table,) = document.tables
    assert tuple(cell.text for cell in table.rows[0].cells) == COLUMNS
    assert [cell.text for cell in table.rows[2].cells][3] == "起诉意见书"
    # the header row is repeated on each page, and Chinese has its own font
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    run = table.rows[1].cells[3].paragraphs[0].runs[0]
    assert run._element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    usable = section.page_width - section.left_margin - section.right_margin
    assert sum(cell.width for cell in table.rows[0].cells) <= usable
