"""Markup becomes a DOCX with the page, fonts and lines of official documents."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import docx
import pytest
import yaml
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given
from hypothesis import strategies as st

from dossier.errors import BadData
from dossier.templates.preview import plain_text
from dossier.templates.skeleton import build_docx, new_template

_MARKUP = """\
# {{ 检察院 }}
## 起诉书
@ {{ 文号 }}

! {{ 法院 }}：
被告人{{ 姓名|句 }}
* 一、事实
+ （一）第一起
{%p for 人 in 各当事人 %}
- 无缩进
{%p endfor %}
> 二〇二三年五月八日
^ 附：卷宗三册
---
=
末页
"""


def _open(markup: str) -> docx.document.Document:
    return docx.Document(io.BytesIO(build_docx(markup)))


def test_each_mark_has_its_style() -> None:
    paragraphs = _open(_MARKUP).paragraphs
    assert [(p.style.name, p.text) for p in paragraphs if p.style is not None] == [
        ("机关名称", "{{ 检察院 }}"),
        ("文书名称", "起诉书"),
        ("文号", "{{ 文号 }}"),
        ("Normal", ""),
        ("顶格", "{{ 法院 }}："),
        ("Normal", "被告人{{ 姓名|句 }}"),
        ("一级标题", "一、事实"),
        ("二级标题", "（一）第一起"),
        ("Normal", "{%p for 人 in 各当事人 %}"),
        ("无缩进", "无缩进"),
        ("Normal", "{%p endfor %}"),
        ("落款", "二〇二三年五月八日"),
        ("附注", "附：卷宗三册"),
        ("裁切线", ""),
        ("分页", ""),
        ("Normal", "末页"),
    ]


def test_page_and_letters() -> None:
    document = _open(_MARKUP)
    section = document.sections[0]
    assert section.page_width is not None
    assert abs(section.page_width - Mm(210)) < Mm(0.2)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    for found, wanted in zip(margins, (37, 35, 28, 26), strict=True):
        assert found is not None
        assert abs(found - Mm(wanted)) < Mm(0.1)
    styles = document.styles
    title = styles["文书名称"]
    assert title.font.size == Pt(22)
    assert title.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    fonts = title.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{kind}")) for kind in ("eastAsia", "ascii", "hAnsi")} == {
        "方正小标宋简体"
    }
    body = styles["Normal"]
    assert body.paragraph_format.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    # 22 lines fill the page as GB/T 9704 wants, and not one less
    assert 22 * body.paragraph_format.line_spacing <= section.page_height - Mm(72)
    assert 23 * body.paragraph_format.line_spacing > section.page_height - Mm(72)
    indent = body.element.pPr.ind
    assert indent.get(qn("w:firstLineChars")) == "200"
    footer = "".join(node.text or "" for node in section.footer._element.iter(qn("w:instrText")))
    assert footer.strip() == "PAGE"


def test_fonts_have_other_names_and_text_is_chinese() -> None:
    with zipfile.ZipFile(io.BytesIO(build_docx(_MARKUP))) as package:
        fonts = package.read("word/fontTable.xml").decode()
        styles = package.read("word/styles.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong' in fonts
    assert 'w:eastAsia="zh-CN"' in styles


def test_tables() -> None:
    document = _open(
        "|| 20 30 50\n| 序号 | 名称 | 备注 |\n| {%tr for 物 in 涉案财物 %} |\n"
        "| {{ loop.index }} | {{ 物.名称|句 }} | 甲<br>乙 |\n| {%tr endfor %} |\n"
        "| 合计 | {{ a|元 }} |"
    )
    (table,) = document.tables
    assert [cell.text for cell in table.rows[2].cells] == [
        "{{ loop.index }}", "{{ 物.名称|句 }}", "甲\n乙",
    ]  # fmt: skip
    assert [len(row._tr.tc_lst) for row in table.rows] == [3, 1, 3, 1, 2]
    assert table.rows[1].cells[0].text == "{%tr for 物 in 涉案财物 %}"
    assert table.rows[0]._tr.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None
    widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
    assert [round(100 * width / sum(widths)) for width in widths] == [20, 30, 50]
    # Word refuses a body that ends in a table
    assert document.element.body[-2].tag == qn("w:p")


def test_two_tables_stay_two() -> None:
    document = _open("| a | b |\n|| 50 50\n| c | d |\ntext")
    assert len(document.tables) == 2
    between = document.tables[0]._tbl.getnext()
    assert between.tag == qn("w:p")


@pytest.mark.parametrize(
    ("markup", "what"),
    [
        ("a\x07b", "control character U\\+0007"),
        ("|| 20 x\n| a | b |", "widths"),
        ("|| 20 -5\n| a | b |", "widths"),
        ("|| 100\n| a | b |", "1 column widths for 2 columns"),
        ("|| 50 50\ntext", "column widths"),
        ("x\n" * 20_001, "20001 lines"),
    ],
)
def test_markup_that_means_nothing_is_refused(markup: str, what: str) -> None:
    with pytest.raises(BadData, match=what):
        build_docx(markup)


_LINES = st.lists(
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=12), max_size=8
)


@given(_LINES)
def test_any_text_opens_again_and_is_the_same_bytes(lines: list[str]) -> None:
    markup = "\n".join(f"文{line}" for line in lines)
    made = build_docx(markup)
    assert made == build_docx(markup)
    expected = [f"文{line}".strip(" \n") for line in lines] or [""]
    assert plain_text(made).split("\n") == expected
    assert [p.text for p in docx.Document(io.BytesIO(made)).paragraphs] == expected


# --- a new template --------------------------------------------------------------------------


def test_new_template_writes_both_files(tmp_path: Path) -> None:
    path = new_template(
        tmp_path / "templates", "补充侦查通知书", code="more-work", organ="procuratorate",
        stage="审查起诉", type="P07", day=date(2024, 3, 1),
    )  # fmt: skip
    assert path == tmp_path / "templates" / "补充侦查通知书.docx"
    assert "{{ 成文日期|汉字日期 }}" in plain_text(path.read_bytes())
    card = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
    assert card["code"] == "more-work"
    assert card["effective_from"] == date(2024, 3, 1)
    assert card["typed"] == [
        {"code": "addressee", "label": "受文单位", "type": "text", "required": True}
    ]


def test_new_template_with_own_markup(tmp_path: Path) -> None:
    path = new_template(
        tmp_path, "证明", code="proof", organ="police", stage="侦查", type="E18",
        markup="## 证明\n{{ 案件.案名 }}，{{ 成文日期|日期 }}",
    )  # fmt: skip
    assert plain_text(path.read_bytes()) == "证明\n{{ 案件.案名 }}，{{ 成文日期|日期 }}"
    card = yaml.safe_load(path.with_suffix(".yaml").read_text("utf-8"))
    assert (card["required"], card["typed"]) == (["case.name", "day"], [])


@pytest.mark.parametrize("there", ["通知.docx", "通知.yaml"])
def test_new_template_overwrites_nothing(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(BadData, match="there is a template"):
        new_template(tmp_path, "通知", code="n", organ="court", stage="审判", type="Z09")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [(there, "mine")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "../x"},
        {"title": ""},
        {"code": "../x"},
        {"stage": "a: b"},
        {"organ": "nobody"},
        {"type": "Q99"},
        {"stage": "审"},
    ],
)
def test_new_template_refuses_what_is_no_name(tmp_path: Path, wrong: dict[str, str]) -> None:
    words = {"title": "通知", "code": "n", "organ": "court", "stage": "审判", "type": "Z09"} | wrong
    title = words.pop("title")
    with pytest.raises(BadData):
        new_template(tmp_path / "made", title, **words)
    assert not list(tmp_path.iterdir())
