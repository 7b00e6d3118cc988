"""HTML: the text a reader sees, tables with their cells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from lxml import etree
from lxml import html as lxml_html

from ..errors import DamagedFile
from ..model import Cell
from .flow import Break, FlowFile, Item, Paragraph, set_pages
from .kinds import FileKind
from .limits import Limits
from .plaintext import ROWS, decoded, encoding_notes, read_bytes

_UNSEEN = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "object", "iframe", "svg",
     "select", "textarea", "audio", "video", "canvas", "math", "embed", "applet"}
)  # fmt: skip
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details",
     "dialog", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p",
     "pre", "section", "summary", "ul", "table", "tr"}
)  # fmt: skip
_SIZES = {"h1": 22.0, "h2": 18.0, "h3": 16.0, "h4": 14.0}
_CHARSET = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?([\w.:-]+)", re.I
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_PAGE_BEFORE = re.compile(r"(page-)?break-before\s*:\s*(always|page)", re.I)
_PAGE_AFTER = re.compile(r"(page-)?break-after\s*:\s*(always|page)", re.I)
_CENTER = re.compile(r"text-align\s*:\s*(center|right)", re.I)

Align = Literal["left", "center", "right"]


def open_html(path: Path, name: str, limits: Limits) -> FlowFile:
    """Scripts and styles are left out, the declared charset is believed where it fits.

    Nothing is fetched: images by reference are not looked at.
    """
    data = read_bytes(path, name, limits)
    found_charset = _CHARSET.search(data[:4096])
    found = decoded(data, name, found_charset.group(1).decode("ascii") if found_charset else None)
    text = re.sub(r"^\s*<\?xml.*?\?>", "", found.text, flags=re.S)
    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        # as bytes: lxml refuses text which still declares an encoding
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile("not readable HTML", where=name, advice="save it as PDF") from error
    if root is None:
        raise DamagedFile("HTML without content", where=name, advice="save it as PDF")
    walker = _Walker()
    walker.run(root)
    sheets = set_pages(walker.items, rows=ROWS)
    return FlowFile(FileKind.HTML, sheets, notes=encoding_notes(found))


class _Walker:
    """Gathers paragraphs; an explicit stack, since hostile nesting breaks recursion."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._text: list[str] = []
        self._align: Align = "left"
        self._size = 12.0
        self._cells: list[Cell] = []
        self._tables = 0

    def run(self, root: etree._Element) -> None:
        # (element, leaving?, what to restore)
        stack: list[tuple[etree._Element, bool, tuple[Align, float, int]]] = [
            (root, False, ("left", 12.0, 0))
        ]
        grids: list[_Grid] = []
        while stack:
            element, leaving, before = stack.pop()
            tag = element.tag if isinstance(element.tag, str) else ""
            style = element.get("style") or ""
            if leaving:
                self._leave(element, tag, style, before, grids)
                continue
            if tag in _UNSEEN or not tag or _HIDDEN.search(style) or "hidden" in element.attrib:
                self._text.append(element.tail or "")
                continue
            stack.append((element, True, (self._align, self._size, len(self._cells))))
            self._enter(element, tag, style, grids)
            self._text.append(element.text or "")
            stack.extend((child, False, ("left", 12.0, 0)) for child in reversed(list(element)))
        self._end()

    def _enter(self, element: etree._Element, tag: str, style: str, grids: list[_Grid]) -> None:
        if tag == "br":
            self._text.append("\ue0f0")
            return
        if tag in _BLOCKS or tag in ("td", "th"):
            self._end()
        if _PAGE_BEFORE.search(style) and self.items:
            self.items.append(Break())
        if tag == "table":
            grids.append(_Grid(self._tables))
            self._tables += 1
        elif tag == "tr" and grids:
            grids[-1].next_row()
        elif tag in ("td", "th") and grids:
            self._cells.append(
                grids[-1].place(_span(element, "rowspan"), _span(element, "colspan"))
            )
        elif tag == "li":
            self._text.append(_marker(element))
        found = _CENTER.search(style)
        align = (found.group(1) if found else element.get("align") or "").lower()
        if tag == "center" or align == "center":
            self._align = "center"
        elif align == "right":
            self._align = "right"
        elif align == "left":
            self._align = "left"
        self._size = _SIZES.get(tag, self._size)

    def _leave(
        self,
        element: etree._Element,
        tag: str,
        style: str,
        before: tuple[Align, float, int],
        grids: list[_Grid],
    ) -> None:
        if tag in _BLOCKS or tag in ("td", "th"):
            self._end()
        if _PAGE_AFTER.search(style):
            self.items.append(Break())
        self._align, self._size, depth = before
        del self._cells[depth:]
        if tag == "table" and grids:
            grids.pop()
        self._text.append(element.tail or "")

    def _end(self) -> None:
        text = re.sub(r"[ \t\r\n\u00a0]+", " ", "".join(self._text)).strip()
        text = re.sub(r" ?\ue0f0 ?", "\n", text).strip("\n")
        self._text.clear()
        if text:
            # a table in a cell: its text stays in the outer cell
            cell = self._cells[0] if self._cells else None
            self.items.append(Paragraph(text, self._size, self._align, cell))


def _span(element: etree._Element, name: str) -> int:
    value = (element.get(name) or "1").strip()
    return max(1, min(200, int(value))) if value.isdecimal() and len(value) < 6 else 1


def _marker(element: etree._Element) -> str:
    parent = element.getparent()
    if parent is None or parent.tag != "ol":
        return "• "
    return f"{sum(1 for _ in element.itersiblings('li', preceding=True)) + 1}. "


class _Grid:
    """Where the next cell of an HTML table falls, row and column spans counted."""

    def __init__(self, table: int) -> None:
        self.table = table
        self.row = -1
        self._taken: set[tuple[int, int]] = set()

    def next_row(self) -> None:
        self.row += 1

    def place(self, row_span: int, column_span: int) -> Cell:
        row = max(0, self.row)
        column = 0
        while (row, column) in self._taken:
            column += 1
        for down in range(row, row + row_span):
            for across in range(column, column + column_span):
                self._taken.add((down, across))
        return Cell(self.table, row, column, row_span, column_span)
