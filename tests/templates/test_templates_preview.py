"""A document as text and as HTML, without an office program."""

from __future__ import annotations

import io
import zipfile

import pytest
from lxml import html

from dossier.errors import DamagedFile, HostileFile
from dossier.templates.preview import html_preview, plain_text
from dossier.templates.skeleton import build_docx

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _docx(body: str, **more: str) -> bytes:
    """A DOCX of this body, with other parts beside it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in more.items():
            package.writestr(f"word/{name}.xml", content)
    return packed.getvalue()


def test_text_of_paragraphs_and_tables() -> None:
    assert plain_text(build_docx("# 院\n甲\t乙\n| a | b<br>c |\n| d |\n末")) == (
        "院\n甲\t乙\na\tb c\nd\n末"
    )


def test_text_leaves_out_what_was_deleted_and_what_is_an_instruction() -> None:
    text = (
        "<w:p><w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r>"
        "</w:ins><w:r><w:instrText>PAGE</w:instrText></w:r><w:r><w:br/><w:t>行</w:t></w:r></w:p>"
    )
    assert plain_text(_docx(text)) == "新\n行"


def test_html_looks_like_the_document() -> None:
    page = html.document_fromstring(
        html_preview(build_docx("## 起诉书\n@ 1号\n甲\n* 一、\n---\n=\n乙"), "起诉书")
    )
    assert page.findtext(".//title") == "起诉书"
    title, number, body, heading, cut, last = page.findall(".//p")
    assert title.text == "起诉书"
    assert "text-align:center" in title.get("style", "")
    assert "font-size:22pt" in title.get("style", "")
    assert title.get("class") == "title"
    assert "text-align:right" in number.get("style", "")
    assert "text-indent:2em" in body.get("style", "")
    assert heading.get("class") == "black"
    assert cut.get("class") == "cut"
    assert last.getprevious().get("class") == "page"


def test_html_tables() -> None:
    page = html.document_fromstring(html_preview(build_docx("| a | b | c |\n| d | e |\n")))
    rows = [[(td.text_content(), td.get("colspan")) for td in tr] for tr in page.iter("tr")]
    assert rows == [[("a", None), ("b", None), ("c", None)], [("d", None), ("e", "2")]]


def test_html_emphasis() -> None:
    body = (
        '<w:p><w:r><w:rPr><w:b/><w:u w:val="none"/></w:rPr><w:t>粗</w:t></w:r>'
        '<w:r><w:rPr><w:highlight w:val="yellow"/></w:rPr><w:t>缺</w:t></w:r></w:p>'
    )
    page = html_preview(_docx(body))
    assert "<b>粗</b>" in page
    assert "<mark>缺</mark>" in page
    assert "<u>" not in page


def test_html_escapes_everything() -> None:
    evil = "<script>alert(1)</script>&\"'"
    page = html_preview(build_docx(f"{evil}\n| {evil} |\n"), evil)
    tree = html.document_fromstring(page)
    assert tree.find(".//script") is None
    assert tree.findtext(".//title") == evil
    assert [p.text_content() for p in tree.findall(".//p")][:2] == [evil, evil]


def test_html_shows_what_turns_the_direction_of_writing() -> None:
    page = html_preview(_docx("<w:p><w:r><w:t>甲\u202e乙</w:t></w:r></w:p>"))
    assert "\u202e" not in page
    assert "甲\ufffd乙" in page


def test_html_styles_cannot_break_out() -> None:
    styles = (
        f'<w:styles xmlns:w="{_W}"><w:style w:styleId="A" w:type="paragraph">'
        '<w:basedOn w:val="A"/><w:pPr><w:jc w:val="&quot;&gt;&lt;script&gt;"/>'
        '<w:ind w:firstLineChars="1e999"/></w:pPr><w:rPr><w:sz w:val="nan"/></w:rPr></w:style>'
        "</w:styles>"
    )
    body = '<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>'
    page = html_preview(_docx(body, styles=styles))
    assert html.document_fromstring(page).find(".//script") is None
    assert "甲" in page
    assert "nan" not in page
    assert "inf" not in page


@pytest.mark.parametrize("data", [b"", b"no zip", build_docx("甲")[:200]])
def test_what_is_no_document_is_refused(data: bytes) -> None:
    with pytest.raises(DamagedFile):
        plain_text(data)


def test_entities_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        package.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(HostileFile):
        plain_text(packed.getvalue())


def test_tables_in_tables_have_an_end() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 60 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 60
    for read in (plain_text, html_preview):
        with pytest.raises(HostileFile):
            read(_docx(deep))


def test_bombs_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("word/document.xml", b"<a>" + b" " * (40 * 1024**2) + b"</a>")
    with pytest.raises(HostileFile):
        plain_text(packed.getvalue())
