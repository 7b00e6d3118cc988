"""Documents as DOCX: headings, paragraphs, tables and a header, as an officer's Word file."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from .digital import pack
from .markup import Block, plain, signatures

_ALIGN = {
    "LEFT": WD_ALIGN_PARAGRAPH.LEFT,
    "CENTER": WD_ALIGN_PARAGRAPH.CENTER,
    "RIGHT": WD_ALIGN_PARAGRAPH.RIGHT,
}


def write_docx(blocks: list[Block], header: str, title: str) -> bytes:
    """A DOCX of the blocks. Same blocks, same bytes."""
    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header.paragraphs[0].text = header
    style = document.styles["Normal"]
    style.font.name = "FangSong"
    style.font.size = Pt(16)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    for block in blocks:
        _add(document, block)
    stamp = datetime(2023, 1, 1)
    document.core_properties.title = title
    document.core_properties.author = ""
    document.core_properties.created = stamp
    document.core_properties.modified = stamp
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as package:
        files = {name: package.read(name) for name in package.namelist()}
    files.pop("docProps/thumbnail.jpeg", None)
    rels = files["_rels/.rels"].decode()
    cut = rels.find('<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail"')  # fmt: skip # noqa: E501
    if cut >= 0:
        files["_rels/.rels"] = (rels[:cut] + rels[rels.index("/>", cut) + 2 :]).encode()
    return pack(files, first="[Content_Types].xml")


def _add(document: Document, block: Block) -> None:
    align = {"organ": "CENTER", "title": "CENTER", "centre": "CENTER", "no": "RIGHT",
             "right": "RIGHT", "seal": "RIGHT"}.get(block.kind, "LEFT")  # fmt: skip
    match block.kind:
        case "style" | "strip" | "photo":
            return
        case "page":
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        case "table":
            columns = len(block.text.split(","))
            table = document.add_table(rows=0, cols=columns)
            table.style = "Table Grid"
            for row in block.rows:
                cells = table.add_row().cells
                start = 0
                for column, text in enumerate(row):
                    if text == "<":
                        cells[start].merge(cells[column])
                        continue
                    start = column
                    cells[column].text = plain(text).replace("//", "\n")
        case "sign" | "rsign":
            text = "    ".join(f"{label}{name}" for label, name, _ in signatures(block.text))
            _paragraph(document, text, align)
        case "seal":
            organ, date, *more = [part.strip() for part in block.text.split("|")]
            for line in [date] if "only" in more else [organ, date]:
                _paragraph(document, line, align)
        case "gap":
            document.add_paragraph()
        case _:
            text = plain(block.text)
            paragraph = _paragraph(document, text, align)
            if block.kind in {"para", "head"}:
                paragraph.paragraph_format.first_line_indent = Pt(32)
            if block.kind in {"title", "organ"}:
                for run in paragraph.runs:
                    run.bold = True
                    run.font.size = Pt(22)


def _paragraph(document: Document, text: str, align: str) -> Paragraph:
    paragraph = document.add_paragraph(text)
    paragraph.alignment = _ALIGN[align]
    paragraph.paragraph_format.line_spacing = Pt(28)
    paragraph.paragraph_format.space_after = Pt(0)
    return paragraph
