"""DOCX: everything a reader sees, with and without LibreOffice; DOC through LibreOffice."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.section import WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Cm, Pt
from ingest_inputs import PROSE, scan

from dossier.errors import DamagedFile, FileRefused
from dossier.ingest import FileKind, Limits, OpenFile, open_file
from dossier.ingest.numbering import chinese, formatted
from dossier.ingest.office import program
from dossier.ingest.office_file import bare, missing

NEVER = Limits(office="never")
needs_office = pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
TEXT_BOX = f"""
<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:v="urn:schemas-microsoft-com:vml">
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0"
 locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="page"><wp:posOffset>4000000</wp:posOffset></wp:positionH>
<wp:positionV relativeFrom="page"><wp:posOffset>7000000</wp:posOffset></wp:positionV>
<wp:extent cx="2000000" cy="600000"/><wp:wrapNone/><wp:docPr id="7" name="box"/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wps:wsp><wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/>
<a:ext cx="2000000" cy="600000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr>
<wps:txbx><w:txbxContent><w:p><w:r><w:t>文本框之内</w:t></w:r></w:p></w:txbxContent></wps:txbx>
<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>
<mc:Fallback><w:pict><v:shape style="width:150pt;height:50pt"><v:textbox><w:txbxContent><w:p><w:r>
<w:t>文本框之内</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>
</mc:AlternateContent></w:r>"""


def field(instruction: str, cached: str) -> list[str]:
    return [
        f'<w:r {W}><w:fldChar w:fldCharType="begin"/></w:r>',
        f'<w:r {W}><w:instrText xml:space="preserve"> {instruction} </w:instrText></w:r>',
        f'<w:r {W}><w:fldChar w:fldCharType="separate"/></w:r>',
        f"<w:r {W}><w:t>{cached}</w:t></w:r>",
        f'<w:r {W}><w:fldChar w:fldCharType="end"/></w:r>',
    ]


def picture(rows: int = 5) -> io.BytesIO:
    data = io.BytesIO()
    scan(800, 480, rows=rows, across=16, top=30).save(data, "PNG")
    data.seek(0)
    return data


def full_document() -> docx.document.Document:
    """A document with everything at once."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.header.paragraphs[0].text = "某某县公安局"
    foot = section.footer.paragraphs[0]
    foot.add_run("第")
    for run in field("PAGE", "9"):
        foot._p.append(parse_xml(run))
    foot.add_run("页")
    title = document.add_paragraph("讯问笔录")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.runs[0].font.size = Pt(22)
    body = document.add_paragraph(PROSE)
    body._p.append(parse_xml(TEXT_BOX))
    table = document.add_table(rows=3, cols=3)
    table.style = "Table Grid"
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"格{row}{column}"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "横并"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "竖并"
    tracked = document.add_paragraph("修订")
    tracked._p.append(
        parse_xml(f'<w:ins {W} w:id="1" w:author="x"><w:r><w:t>增加</w:t></w:r></w:ins>')
    )
    tracked._p.append(
        parse_xml(
            f'<w:del {W} w:id="2" w:author="x"><w:r><w:delText>删去</w:delText></w:r></w:del>'
        )
    )
    document.add_picture(picture(), width=Cm(12))
    last = document.add_paragraph("此页之末")
    last.add_run().add_break(WD_BREAK.PAGE)
    last.add_run("次页之首")
    document.add_section(WD_SECTION.NEW_PAGE)
    document.add_paragraph("第三页文")
    return document


def texts(opened: OpenFile) -> list[str]:
    found = []
    for page in opened.pages():
        layer = page.layer
        found.append(layer.text if layer else "")
    return found


def test_flow_reading(tmp_path: Path) -> None:
    path = tmp_path / "笔录.docx"
    full_document().save(str(path))
    with open_file(path, limits=NEVER) as opened:
        assert (opened.kind, opened.page_count) == (FileKind.DOCX, 3)
        first, second, third = texts(opened)
        assert first.startswith("某某县公安局\n\n讯问笔录\n\n被告人张三")
        assert PROSE in "".join(first.split())
        assert first.count("文本框之内") == 1
        assert "格00\t横并" in first
        assert "竖并\t格11\t格12" in first
        assert "修订增加" in first
        assert "删去" not in first
        assert "tracked-deletions-left-out: 1" in opened.notes
        assert first.endswith("第1页")
        assert second.split() == ["某某县公安局", "次页之首", "第2页"]
        assert third.split() == ["某某县公安局", "第三页文", "第3页"]
        page = opened.page(0)
        assert (page.width, page.height) == pytest.approx((595.3, 841.9), abs=0.1)
        assert page.image() is None
        layer = page.layer
        assert layer is not None
        assert "positions-approximate" in layer.notes
        spans = {
            line.text: (line.cell.row_span, line.cell.column_span)
            for line in layer.lines
            if line.cell
        }
        assert spans["横并"] == (1, 2)
        assert spans["竖并"] == (2, 1)
        title = next(line for line in layer.lines if line.text == "讯问笔录")
        assert (title.box.left + title.box.right) / 2 == pytest.approx(0.5, abs=0.01)
        assert title.box.height > layer.lines[2].box.height * 1.5
        (shown,) = page.pictures
        assert shown.image().size == (800, 480)
        assert shown.box.width * 21 == pytest.approx(12, abs=0.5)


@needs_office
def test_with_libreoffice_the_same_text_stands_at_true_places(tmp_path: Path) -> None:
    path = tmp_path / "笔录.docx"
    full_document().save(str(path))
    with open_file(path, limits=NEVER) as flow:
        expected = [bare(text) for text in texts(flow)]
    with open_file(path, limits=Limits(spool=tmp_path / "spool")) as opened:
        assert opened.kind is FileKind.DOCX
        assert "laid-out: LibreOffice" in opened.notes
        found = [bare(text) for text in texts(opened)]
        assert [sorted(text) for text in found] == [sorted(text) for text in expected]
        page = opened.page(0)
        image = page.image(100)
        assert image is not None
        assert page.layer is not None
        cells = {line.text for line in page.layer.lines if line.cell}
        assert {"横并", "竖并", "格12"} <= cells
        assert not any("positions-approximate" in note for note in page.notes)
        assert len(page.pictures) == 1
    # a second worker finds the work done
    made = list((tmp_path / "spool").glob("*.laid-out.pdf"))
    assert len(made) == 1
    stamp = made[0].stat().st_mtime_ns
    with open_file(path, limits=Limits(spool=tmp_path / "spool")) as opened:
        assert opened.page_count == 3
    assert made[0].stat().st_mtime_ns == stamp
    assert [item.name for item in (tmp_path / "spool").iterdir()] == [made[0].name]


@needs_office
def test_text_off_the_sheet_is_not_lost(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("正文在此")
    box = TEXT_BOX.replace("<wp:posOffset>4000000", "<wp:posOffset>40000000")
    paragraph._p.append(parse_xml(box))
    path = tmp_path / "a.docx"
    document.save(str(path))
    with open_file(path) as opened:
        assert opened.page_count == 1
        assert "文本框之内" in texts(opened)[0]


@needs_office
def test_office_that_takes_too_long_falls_back(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    document = docx.Document()
    document.add_paragraph(PROSE)
    document.save(str(path))
    with open_file(path, limits=Limits(office_seconds=0.01)) as opened:
        assert any(
            note.startswith("layout-failed: LibreOffice did not finish") for note in opened.notes
        )
        assert PROSE in "".join(texts(opened)[0].split())


@needs_office
def test_legacy_doc_through_libreoffice(tmp_path: Path) -> None:
    source = tmp_path / "旧笔录.docx"
    document = docx.Document()
    document.add_paragraph(PROSE)
    document.save(str(source))
    subprocess.run(
        [
            program() or "", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless", "--convert-to", "doc:MS Word 97", "--outdir", str(tmp_path), str(source),
        ],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    with open_file(tmp_path / "旧笔录.doc") as opened:
        assert opened.kind is FileKind.OFFICE
        assert opened.notes == ("laid-out: LibreOffice",)
        assert bare(texts(opened)[0]) == bare(PROSE)
        assert opened.page(0).image() is not None


@needs_office
def test_broken_doc_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    path.write_bytes(content + "WordDocument".encode("utf-16-le") + bytes(100))
    with pytest.raises(FileRefused):
        open_file(path)


def rewritten(source: Path, target: Path, changes: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            new.writestr(name, data)
    return target


@needs_office
def test_linked_pictures_are_not_fetched(tmp_path: Path) -> None:
    """A listener stands in for the outside: nobody may knock."""
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/x.png"
    document = docx.Document()
    document.add_paragraph("正文")
    document.add_picture(picture(), width=Cm(8))
    plain = tmp_path / "plain.docx"
    document.save(str(plain))
    with zipfile.ZipFile(plain) as package:
        rels = package.read("word/_rels/document.xml.rels").decode()
        body = package.read("word/document.xml").decode()
    rels = rels.replace('Target="media/image1.png"', f'TargetMode="External" Target="{url}"')
    path = rewritten(
        plain, tmp_path / "a.docx",
        {
            "word/_rels/document.xml.rels": rels.encode(),
            "word/document.xml": body.replace("r:embed=", "r:link=").encode(),
        },
    )  # fmt: skip
    with open_file(path) as opened:
        assert "正文" in texts(opened)[0]
        opened.page(0).image()
    with listener, pytest.raises(TimeoutError):
        listener.accept()


def test_macros_are_ignored_with_a_note(tmp_path: Path) -> None:
    plain = tmp_path / "plain.docx"
    document = docx.Document()
    document.add_paragraph(PROSE)
    document.save(str(plain))
    with zipfile.ZipFile(plain) as package:
        types = package.read("[Content_Types].xml").decode()
    types = types.replace(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    path = rewritten(
        plain, tmp_path / "a.docm",
        {"[Content_Types].xml": types.encode(), "word/vbaProject.bin": b"macro"},
    )  # fmt: skip
    with open_file(path, limits=NEVER) as opened:
        assert opened.notes == ("macros-ignored",)
        assert "".join(texts(opened)[0].split()) == PROSE


def test_footnotes_numbering_fields_and_hidden_text(tmp_path: Path) -> None:
    document = docx.Document()
    numbered = document.add_paragraph("犯罪事实", style="List Number")
    document.add_paragraph("量刑情节", style="List Number")
    document.add_paragraph("其他", style="List Bullet")
    note = document.add_paragraph("见注")
    note._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="2"/></w:r>'))
    secret = document.add_paragraph("看得见")
    run = secret.add_run("看不见")
    run.font.hidden = True
    sums = document.add_paragraph("合计")
    for part in field("=SUM(ABOVE)", "3600"):
        sums._p.append(parse_xml(part))
    assert numbered.style is not None
    path = tmp_path / "plain.docx"
    document.save(str(path))
    with zipfile.ZipFile(path) as package:
        types = package.read("[Content_Types].xml").decode()
        rels = package.read("word/_rels/document.xml.rels").decode()
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>注文在此</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    types = types.replace(
        "</Types>",
        '<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.wordprocessingml.footnotes+xml"/></Types>',
    )
    rels = rels.replace(
        "</Relationships>",
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/footnotes" Target="footnotes.xml"/></Relationships>',
    )
    changed = rewritten(
        path, tmp_path / "a.docx",
        {
            "word/footnotes.xml": notes.encode(), "[Content_Types].xml": types.encode(),
            "word/_rels/document.xml.rels": rels.encode(),
        },
    )  # fmt: skip
    with open_file(changed, limits=NEVER) as opened:
        (text,) = texts(opened)
        assert text.split("\n\n") == [
            "1.犯罪事实", "2.量刑情节", "• 其他", "见注1", "1 注文在此", "看得见", "合计3600",
        ]  # fmt: skip
        assert "hidden-text-left-out: 1 runs" in opened.notes


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [
        (1, "chineseCounting", "一"), (10, "chineseCountingThousand", "十"),
        (11, "chineseCounting", "十一"), (20, "japaneseCounting", "二十"),
        (101, "chineseCounting", "一百零一"), (110, "chineseCounting", "一百一十"),
        (12, "chineseLegalSimplified", "壹拾贰"), (3, "decimalEnclosedCircle", "③"),
        (4, "upperRoman", "IV"), (27, "lowerLetter", "aa"), (7, "decimalZero", "07"),
        (5, "ideographTraditional", "戊"), (12, "decimalFullWidth", "１２"), (6, "unheard", "6"),
        (6, "none", ""),
    ],
)  # fmt: skip
def test_number_formats(number: int, form: str, expected: str) -> None:
    assert formatted(number, form) == expected


def test_chinese_numerals_round_trip() -> None:
    from dossier.ingest.names import number

    assert all(number(chinese(value)) == value for value in range(1, 10_000))


def test_completeness_check() -> None:
    pages = ["被告人张三\n于某日", "在某地 醉酒驾驶", "页脚"]
    assert missing(["被告人张三于某日", "在某地醉酒驾驶"], pages) == ()
    assert missing(["没有这句"], pages) == ("没有这句",)


def test_broken_docx_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "plain.docx"
    docx.Document().save(str(path))
    for name, data in (("word/document.xml", b"<w:document"), ("_rels/.rels", b"<x/>")):
        broken = rewritten(path, tmp_path / "a.docx", {name: data})
        with pytest.raises(DamagedFile):
            open_file(broken, limits=NEVER)


def test_rendered_page_ends_are_believed(tmp_path: Path) -> None:
    document = docx.Document()
    for number in range(90):
        paragraph = document.add_paragraph(f"第{number}段")
        if number in (50, 80):
            paragraph._p.insert(0, parse_xml(f"<w:r {W}><w:lastRenderedPageBreak/></w:r>"))
    path = tmp_path / "a.docx"
    document.save(str(path))
    with open_file(path, limits=NEVER) as opened:
        assert opened.page_count == 3
        assert [text.split()[0] for text in texts(opened)] == ["第0段", "第50段", "第80段"]
        layer = opened.page(0).layer
        assert layer is not None
        assert all(line.box.bottom <= 1 for line in layer.lines)
