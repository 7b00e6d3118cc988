"""TXT, HTML and RTF in the encodings that occur."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_inputs import PROSE, scan

from dossier.errors import FileRefused
from dossier.ingest import FileKind, OpenFile, open_file
from dossier.ingest.encodings import decode
from dossier.ingest.flow import wrap


def flat(opened: OpenFile) -> str:
    layers = [page.layer for page in opened.pages()]
    return "".join("".join(layer.text.split()) for layer in layers if layer is not None)


@pytest.mark.parametrize(
    ("encoding", "mark", "note"),
    [
        ("utf-8", b"", None),
        ("utf-8-sig", b"", None),
        ("gbk", b"", "encoding: gb18030"),
        ("gb18030", b"", "encoding: gb18030"),
        ("utf-16-le", b"\xff\xfe", "encoding: utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "encoding: utf-16-be"),
        ("utf-16-le", b"", "encoding: utf-16-le"),
        ("utf-16-be", b"", "encoding: utf-16-be"),
    ],
)
@pytest.mark.parametrize("text", [PROSE, PROSE.replace("，", ", ") * 3 + " 2025-03-04 A12"])
def test_plain_text_encodings(
    tmp_path: Path, encoding: str, mark: bytes, note: str | None, text: str
) -> None:
    path = tmp_path / "说明.txt"
    path.write_bytes(mark + text.encode(encoding))
    with open_file(path) as opened:
        assert opened.kind is FileKind.TEXT
        assert flat(opened) == "".join(text.split())
        assert opened.notes == ((note,) if note else ())


@given(st.text(alphabet=st.sampled_from(sorted(set(PROSE)) + list("0123456789 \n")), min_size=12))
def test_utf8_is_never_taken_for_something_else(text: str) -> None:
    found = decode(text.encode())
    assert found is not None
    assert found.text == text


@given(st.binary(max_size=300))
def test_decode_takes_any_bytes(data: bytes) -> None:
    found = decode(data)
    assert found is None or isinstance(found.text, str)


def test_some_broken_bytes_are_survived_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    data = bytearray((PROSE * 3).encode())
    data[100] = 0xFF
    path.write_bytes(data)
    with open_file(path) as opened:
        assert any(note.startswith("broken-characters") for note in opened.notes)
        assert "血液中乙醇含量" in flat(opened)


def test_form_feeds_and_length_make_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("第一页\n\f第二页\f第三页\n", encoding="utf-8")
    with open_file(path) as opened:
        texts = [page.layer.text for page in opened.pages() if page.layer]
        assert texts == ["第一页", "第二页", "第三页"]
    path.write_text("\n".join(f"第{n}行" for n in range(120)), encoding="utf-8")
    with open_file(path) as opened:
        assert opened.page_count in (3, 4)
        assert flat(opened) == "".join(f"第{n}行" for n in range(120))


@pytest.mark.parametrize("row", ["1\t华为P50手机\t1部\t2860", "1\t甲\t乙丙\t丁戊己", "甲\t\t乙"])
def test_two_blanks_at_least_stand_for_a_tab(tmp_path: Path, row: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"名称\t数量\n{row}\n甲 乙", encoding="utf-8")
    with open_file(path) as opened:
        layer = opened.page(0).layer
    assert layer is not None
    wanted = [cell for cell in row.split("\t") if cell]
    assert re.split(r" {2,}", layer.lines[1].text) == wanted
    assert layer.lines[2].text == "甲 乙"  # one blank stays one


def test_lines_keep_order_and_place(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("　　　　　　　　　　　　　起诉书\n\n" + PROSE + "\n\n落款", encoding="utf-8")
    with open_file(path) as opened:
        page = opened.page(0)
        layer = page.layer
        assert layer is not None
        assert layer.notes == ("positions-approximate",)
        assert page.image() is None
        title, *body, last = layer.lines
        assert title.text == "起诉书"
        assert title.box.left > 0.3  # the spaces before it count
        assert last.text == "落款"
        tops = [line.box.top for line in layer.lines]
        assert tops == sorted(tops)
        assert all(0 <= value <= 1 for line in layer.lines for value in line.quad)
        assert len({line.block for line in body}) == 1
        assert len({title.block, body[0].block, last.block}) == 3


@given(st.text(max_size=200), st.floats(1, 60))
def test_wrapping_loses_nothing(text: str, across: float) -> None:
    assert "".join("".join(wrap(text, across)).split()) == "".join(text.split())


HTML = """<!DOCTYPE html><html><head><title>标题</title>{meta}
<style>p {{ color: red }}</style><script>var 秘密 = "脚本";</script></head>
<body><h1 align="center">询问笔录</h1><p>第一段&nbsp;&amp;&#20013;&#x6587;<br>换行后</p>
<!-- 注释 --><p style="display:none">看不见</p>
<ol><li>甲</li><li>乙</li></ol>
<table border=1><tr><th>姓名</th><td colspan=2>张三</td></tr>
<tr><td rowspan="2">电话</td><td>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>
<div>尾<span>声</span></div></body></html>"""


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("utf-8", "utf-8"), ("gb18030", "gb2312"), ("gb18030", "GBK"), ("utf-8", "gb2312"),
        ("gb18030", ""), ("utf-16", ""),
    ],
)  # fmt: skip
def test_html(tmp_path: Path, encoding: str, charset: str) -> None:
    meta = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
        if charset
        else ""
    )
    path = tmp_path / "a.html"
    path.write_bytes(HTML.format(meta=meta).encode(encoding))
    with open_file(path) as opened:
        assert opened.kind is FileKind.HTML
        layer = opened.page(0).layer
        assert layer is not None
        lines = [line.text for line in layer.lines]
        assert lines == [
            "询问笔录", "第一段 &中文", "换行后", "1. 甲", "2. 乙", "姓名", "张三", "电话", "1",
            "2", "3", "4", "尾声",
        ]  # fmt: skip
        cells = {
            line.text: (line.cell.row, line.cell.column, line.cell.row_span, line.cell.column_span)
            for line in layer.lines
            if line.cell
        }
        assert cells == {
            "姓名": (0, 0, 1, 1), "张三": (0, 1, 1, 2), "电话": (1, 0, 2, 1), "1": (1, 1, 1, 1),
            "2": (1, 2, 1, 1), "3": (2, 1, 1, 1), "4": (2, 2, 1, 1),
        }  # fmt: skip
        title = layer.lines[0]
        assert (title.box.left + title.box.right) / 2 == pytest.approx(0.5, abs=0.01)


def test_html_fetches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        '<html><body>正文<img src="http://127.0.0.1:9/x.png"><iframe src="file:///etc/passwd">'
        "框</iframe></body></html>",
        encoding="utf-8",
    )
    with open_file(path) as opened:
        assert flat(opened) == "正文"


def escaped(text: str) -> str:
    return "".join(f"\\'{byte:02x}" for byte in text.encode("gbk"))


@pytest.mark.parametrize(
    "head",
    [
        r"\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 \'cb\'ce\'cc\'e5;}}",
        r"\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}}",
        r"\ansi\ansicpg936\deff1{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fcharset0 Times;}}\f0 ",
    ],
)
def test_rtf(tmp_path: Path, head: str) -> None:
    path = tmp_path / "笔录.rtf"
    path.write_bytes(
        (
            "{\\rtf1" + head + r"{\info{\title hidden}}{\*\generator x;}"
            + r"{\header " + escaped("页眉") + r"\par}{\footer " + escaped("第") + r"\chpgn "
            + escaped("页") + r"\par}\pard\qc\fs44 " + escaped("询问笔录") + r"\par\pard\fs24 "
            + escaped("被告人张三") + r"\uc1\u24352?\u-26000?\{ok\}\line next{\v secret}\par "
            + r"\trowd\cellx1000\cellx2000\pard\intbl " + escaped("姓名") + r"\cell "
            + escaped("李四") + r"\cell\row\trowd\pard\intbl a\cell b\cell\row\pard "
            + escaped("末段") + r"{\footnote " + escaped("脚注") + r"}\page " + escaped("第二页文")
            + r"\par}"
        ).encode("ascii")
    )  # fmt: skip
    with open_file(path) as opened:
        assert (opened.kind, opened.page_count) == (FileKind.RTF, 2)
        first, second = (page.layer for page in opened.pages())
        assert first is not None
        assert second is not None
        lines = [line.text for line in first.lines]
        assert lines == [
            "页眉", "询问笔录", "被告人张三张驰{ok}", "next", "姓名", "李四", "a", "b", "末段",
            "第1页",
        ]  # fmt: skip
        cells = [(line.cell.row, line.cell.column) for line in first.lines if line.cell]
        assert cells == [(0, 0), (0, 1), (1, 0), (1, 1)]
        assert [line.text for line in second.lines] == ["页眉", "第二页文", "脚注", "第2页"]


def test_rtf_pictures_are_offered(tmp_path: Path) -> None:
    import io

    data = io.BytesIO()
    scan(600, 400, rows=4, across=10, top=30).save(data, "PNG")
    path = tmp_path / "a.rtf"
    path.write_bytes(
        b"{\\rtf1\\ansi before{\\pict\\pngblip\\picw600\\pich400 \n"
        + data.getvalue().hex().encode()
        + b"}after\\par}"
    )
    with open_file(path) as opened:
        page = opened.page(0)
        (picture,) = page.pictures
        assert picture.image().size == (600, 400)
        assert flat(opened) == "beforeafter"


@given(st.binary(max_size=200))
def test_rtf_takes_any_bytes(data: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.rtf"
        path.write_bytes(b"{\\rtf1 " + data)
        try:
            with open_file(path) as opened:
                flat(opened)
        except FileRefused:
            pass
