"""卷内目录: the catalogue of one volume as rows, text table, Word file and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from docx import Document as NewDocument
from docx.document import Document as DocxDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.run import Run

from .values import Catalogue, Document

COLUMNS = ("序号", "文号", "责任者", "题名", "日期", "页号", "备注")
_WIDTHS_MM = (13, 38, 29, 44, 27, 14, 15)


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One row of a 卷内目录.

    `pages` is the number of the first page; of the last row and of `m–n` the whole range.
    """

    serial: int
    number: str
    responsible: str
    title: str
    date: str
    pages: str
    remark: str

    def cells(self) -> tuple[str, ...]:
        """The seven columns as text, in the order of `COLUMNS`."""
        return (
            str(self.serial),
            self.number,
            self.responsible,
            self.title,
            self.date,
            self.pages,
            self.remark,
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def listing(catalogue: Catalogue, volume: str) -> tuple[ListingRow, ...]:
    """The rows of one volume's 卷内目录. What has no page number in the volume (covers, catalogues,
    备考表, an accompanying 起诉意见书) is not listed. KeyError if there is no such volume."""
    return listing_rows(catalogue.volume(volume).documents)


def listing_rows(documents: Iterable[Document]) -> tuple[ListingRow, ...]:
    """The rows for some documents of one volume, in their order."""
    listed = [doc for doc in documents if doc.labels is not None]
    rows = []
    for serial, doc in enumerate(listed, start=1):
        assert doc.labels is not None
        first, last = doc.labels
        pages = f"{first}–{last}" if serial == len(listed) and last > first else str(first)
        rows.append(
            ListingRow(
                serial=serial,
                number=doc.number.value if doc.number else "",
                responsible=doc.responsible.value if doc.responsible else "",
                title=doc.title.value,
                date=doc.date.value if doc.date else "",
                pages=pages,
                remark="",
            )
        )
    return tuple(rows)


def listing_text(rows: Sequence[ListingRow], title: str = "") -> str:
    """A plain text table, aligned for a fixed-width font (a Chinese character is two wide)."""
    table = [COLUMNS, *(row.cells() for row in rows)]
    widths = [max(_width(line[column]) for line in table) for column in range(len(COLUMNS))]
    lines = [f"卷内目录　{title}".rstrip()]
    lines += [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in table
    ]
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F or char in "“”‘’—…" else 1 for char in text)


def write_listing_docx(
    volumes: Iterable[tuple[str, Sequence[ListingRow]]], target: Path, *, case: str = ""
) -> None:
    """A Word file with the 卷内目录 of each volume on a page of its own: A4, header row repeated.

    `volumes` are pairs of volume title and rows.
    """
    document = NewDocument()
    _prepare(document)
    for number, (title, rows) in enumerate(volumes):
        if number:
            document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
        _write_volume(document, title, rows, case)
    document.save(str(target))


def volume_listings(catalogue: Catalogue) -> list[tuple[str, tuple[ListingRow, ...]]]:
    """Title and rows of every volume."""
    return [(volume.title, listing_rows(volume.documents)) for volume in catalogue.volumes]


def _prepare(document: DocxDocument) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(18), Mm(12)
    section.top_margin, section.bottom_margin = Mm(22), Mm(18)
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    style.font.name = "Times New Roman"
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")


def _write_volume(
    document: DocxDocument, title: str, rows: Sequence[ListingRow], case: str
) -> None:
    heading = document.add_paragraph()
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _chinese(heading.add_run("卷 内 目 录"), "黑体", 18)
    below = document.add_paragraph()
    _chinese(below.add_run("　".join(part for part in (case, title) if part)), "仿宋", 11)
    table = document.add_table(rows=1, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS_MM, strict=True):
        column.width = Mm(width)  # LibreOffice and WPS go by these, Word by the cells
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS_MM, strict=True)):
        cell = table.rows[0].cells[column]
        cell.width = Mm(width)
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _chinese(cell.paragraphs[0].add_run(name), "黑体", 10.5)
    header = OxmlElement("w:tblHeader")
    header.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    for row in rows:
        cells = table.add_row().cells
        for column, (text, width) in enumerate(zip(row.cells(), _WIDTHS_MM, strict=True)):
            cells[column].width = Mm(width)
            _chinese(cells[column].paragraphs[0].add_run(_clean(text)), "仿宋", 10)
            if column in (0, 4, 5):
                cells[column].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _clean(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(char for char in text if char >= " " or char in "\t\n")


def _chinese(run: Run, font: str, size: float) -> None:
    run.font.size = Pt(size)
    run.font.name = "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
