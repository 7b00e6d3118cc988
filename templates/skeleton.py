"""A new template from a few lines of text: the page, fonts and lines that official documents have.

Nobody needs to write XML: what `build_docx` makes opens in Word, WPS and LibreOffice and is edited
there from then on.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

from dossier.errors import BadData, TemplateRefused

from .card import read_card
from .docxparts import CONTENT_WIDTH, parts
from .template import Template

_STYLES = {
    "# ": "Organ", "## ": "Title", "@ ": "Number", "! ": "Flush", "> ": "Signed", "- ": "Plain",
    "^ ": "Note", "* ": "HeadingOne", "+ ": "HeadingTwo",
}  # fmt: skip
_LINE = re.compile(r"(##? |[@!>^*+-] )(.*)", re.DOTALL)
_TAGS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}")
_ROW_TAG = re.compile(r"\{%-?tr\b.*?%\}")
_BREAK = re.compile(r"<br ?/?>")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f￾￿]")
_PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r></w:p>'
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_MOST_LINES = 20_000


def build_docx(markup: str) -> bytes:
    """A DOCX from markup, one paragraph a line; the same markup gives the same bytes.

    `# ` organ and `## ` name of the document (centred), `@ ` 文号 (right), `! ` flush left
    (addressee), `> ` signature and date (right), `- ` no indent, `^ ` small note, `* ` heading
    in 黑体, `+ ` heading in 楷体, `=` page break, `---` cut line between copies, `| a | b |` a row
    of a table (`<br>` parts paragraphs of a cell; with too few cells the last one spans the rest),
    `|| 20 80` before a table: widths in percent. Everything else is body text.

    BadData for control characters, widths that do not fit the table, or more than 20,000 lines.
    """
    lines = markup.replace("\r\n", "\n").rstrip("\n").split("\n") if markup.strip() else [""]
    if len(lines) > _MOST_LINES:
        raise BadData(f"{len(lines)} lines of markup", advice=f"at most {_MOST_LINES}")
    body = "".join(_blocks(lines))
    title = next((line[3:].strip() for line in lines if line.startswith("## ")), "")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts(body, escape(_TAGS.sub("", title))):
            info = zipfile.ZipInfo(name, _FIXED_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, content.encode())
    return packed.getvalue()


@dataclass(slots=True)
class _Table:
    """Rows that follow one another in the markup."""

    first: int
    widths: list[float] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def _blocks(lines: list[str]) -> Iterator[str]:
    table: _Table | None = None
    for at, line in enumerate(lines, 1):
        if (found := _CONTROL.search(line)) is not None:
            raise BadData(
                f"control character U+{ord(found[0]):04X}",
                where=f"markup, line {at}",
                advice="delete it",
            )
        if line.startswith("|"):
            if line.startswith("||"):
                if table is not None and table.rows:
                    yield from _table(table, ended=False)
                table = _Table(at, widths=_widths(line, at))
                continue
            table = table or _Table(at)
            table.rows.append(_cells(line))
            continue
        if table is not None:
            yield from _table(table, ended=True)
            table = None
        if line.strip() == "=":
            yield _paragraph("", "Break").replace("</w:p>", _PAGE_BREAK)
        elif line.strip() == "---":
            yield _paragraph("", "Cut")
        elif (prefixed := _LINE.fullmatch(line)) is not None:
            yield _paragraph(prefixed[2].strip(), _STYLES[prefixed[1]])
        else:
            yield _paragraph(line.strip(" \n"), "")
    if table is not None:
        yield from _table(table, ended=True)
    if lines and lines[-1].startswith("|"):
        yield _paragraph("", "Note")  # Word wants a paragraph behind the last table


def _paragraph(text: str, style: str) -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{_run(text)}</w:p>"


def _run(text: str) -> str:
    """One run: a tag must not be torn."""
    if not text:
        return ""
    pieces = (f'<w:t xml:space="preserve">{escape(piece)}</w:t>' for piece in text.split("\t"))
    return f"<w:r>{'<w:tab/>'.join(pieces)}</w:r>"


def _cells(line: str) -> list[str]:
    """The cells of a row; a | inside a tag is a filter."""
    cells, start, at = [], 1, 1
    while at < len(line):
        if (tag := _TAGS.match(line, at)) is not None:
            at = tag.end()
            continue
        if line[at] == "|":
            cells.append(line[start:at].strip())
            start = at + 1
        at += 1
    if line[start:].strip():
        cells.append(line[start:].strip())
    return cells or [""]


def _widths(line: str, at: int) -> list[float]:
    try:
        widths = [float(word.rstrip("%")) for word in line.strip("| ").split()]
    except ValueError:
        widths = []
    if not widths or any(not 0 < width <= 100 for width in widths):
        raise BadData(
            f"column widths that are no percentages: {line}",
            where=f"markup, line {at}",
            advice="write them like || 20 30 50",
        )
    return widths


def _table(table: _Table, *, ended: bool) -> Iterator[str]:
    columns = max((len(row) for row in table.rows), default=0) or len(table.widths)
    if not table.rows or (table.widths and len(table.widths) < columns):
        raise BadData(
            f"{len(table.widths)} column widths for {columns if table.rows else 0} columns",
            where=f"markup, line {table.first}",
            advice="one width for each cell, and the rows right below",
        )
    shares = table.widths or [1.0] * columns
    widths = [round(CONTENT_WIDTH * share / sum(shares)) for share in shares]
    columns = len(widths)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    repeats = any(_ROW_TAG.fullmatch(row[0]) for row in table.rows)
    yield (
        '<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
    )
    for at, row in enumerate(table.rows):
        # the heading of a list comes again on each page
        head = "<w:tblHeader/>" if repeats and at == 0 and not _ROW_TAG.match(row[0]) else ""
        cells = "".join(_row(row, widths))
        yield f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{cells}</w:tr>"
    yield "</w:tbl>"
    if not ended:
        yield _paragraph("", "Break")  # else Word makes one table of the two


def _row(row: list[str], widths: list[int]) -> Iterator[str]:
    for at, cell in enumerate(row):
        rest = widths[at:] if at == len(row) - 1 else widths[at : at + 1]
        span = f'<w:gridSpan w:val="{len(rest)}"/>' if len(rest) > 1 else ""
        paragraphs = "".join(_paragraph(text.strip(), "Cell") for text in _BREAK.split(cell))
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(rest)}" w:type="dxa"/>{span}'
            f'<w:vAlign w:val="center"/></w:tcPr>{paragraphs}</w:tc>'
        )


# --- a new template --------------------------------------------------------------------------

_MARKUP = """\
# {{{{ 制作机关 }}}}
## {title}
@ {{{{ 文号 }}}}

! {{{{ 受文单位 }}}}：
关于{{{{ 案件.案名 }}}}，……（正文写在这里）。
特此通知。

> {{{{ 制作机关 }}}}
> {{{{ 成文日期|汉字日期 }}}}
"""
_READS = ("issuer", "number", "case.name", "day")

_CARD = """\
# The card of {title}.docx: what it is and which fields it reads (docs/templates.md).
code: {code}
title: {title}
type: {type}
organ: {organ}
stage: {stage}
version: "1.0"
source: {source}
effective_from: {day}
per: case
required: [{required}]
optional: []
typed:{typed}
"""
_TYPED = """
  - {code: addressee, label: 受文单位, type: text, required: true}"""
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,63}")
# what may stand in a file name and, unquoted, in YAML
_PLAIN = re.compile(r"[\w、（）〔〕·]{1,80}")


def new_template(
    folder: Path,
    title: str,
    *,
    code: str,
    organ: str,
    stage: str,
    type: str,
    markup: str | None = None,
    required: Iterable[str] = (),
    day: date | None = None,
) -> Path:
    """Write `title`.docx and its card `title`.yaml into a folder; returns the path of the DOCX.

    With own `markup` everything it reads is put under `required`, unless they are given; fields
    that are to be typed are still to be described (`dossier templates check` names them). BadData
    if either file is there already, or the card would not hold.
    """
    if _CODE.fullmatch(code) is None:
        raise BadData(f"{code!r} is no code", advice="small letters, figures, - and _")
    words = {"title": title, "type": type, "organ": organ, "stage": stage}
    for name, word in words.items():
        if _PLAIN.fullmatch(word) is None:
            raise BadData(
                f"{name} {word!r} has characters that it must not have",
                where=title,
                advice="letters, figures, 、（）〔〕 and ·, at most 80",
            )
    path, card = folder / f"{title}.docx", folder / f"{title}.yaml"
    for made in (path, card):
        if made.exists():
            raise BadData(
                "there is a template of this title", where=str(made), advice="take another title"
            )
    content = build_docx(_MARKUP.format(title=title) if markup is None else markup)
    wanted = [*(_READS if markup is None else required)]

    def text() -> str:
        return _CARD.format(
            **words,
            code=code,
            source="写明依据的格式样本" if markup is None else "own",
            day=f"{day or date.today():%Y-%m-%d}",
            required=", ".join(wanted),
            typed=_TYPED if markup is None else " []",
        )

    read_card(text().encode(), str(card))
    folder.mkdir(parents=True, exist_ok=True)
    # the card last: a DOCX without one is no template yet
    with path.open("xb") as file:
        file.write(content)
    with card.open("x", encoding="utf-8") as sheet:
        sheet.write(text())
    if not wanted:
        with suppress(TemplateRefused):  # check_template tells what is wrong with its tags
            wanted = [*Template(path).reads.leaves]
            card.write_text(text(), "utf-8")
    return path
