"""The content of a DOCX in reading order: WordprocessingML → flow items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from ..model import Cell
from .flow import PAGE_COUNT, PAGE_NUMBER, Break, Figure, Item, Paragraph
from .numbering import Numbering, W

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_V = "{urn:schemas-microsoft-com:vml}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_EMU = 12700.0
"""English metric units in a point."""

_SKIPPED = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}rPr", f"{W}pPr",
     f"{W}sectPr", f"{W}tblPr", f"{W}tblGrid", f"{W}trPr", f"{W}tcPr", f"{W}sdtPr",
     f"{W}sdtEndPr", f"{W}rt", f"{W}commentReference", f"{W}annotationRef"}
)  # fmt: skip
_DEPTH = 200

FigureOf = Callable[[str, tuple[float, float] | None, Cell | None], Figure | None]
"""Relationship id, size in points, cell → the embedded picture."""


@dataclass
class _Field:
    """A complex field: its instruction, and whether its cached result is being read."""

    instruction: str = ""
    result: bool = False
    replaced: bool = False


@dataclass
class _Run:
    """The paragraph being gathered."""

    text: list[str] = field(default_factory=list)
    size: float = 0.0
    align: Literal["left", "center", "right"] = "left"
    after: list[Item] = field(default_factory=list)
    """Text boxes and pictures anchored in it."""


@dataclass
class Walker:
    """Walks one story (body, header, footer, note). `rendered`: page ends recorded by Word."""

    numbering: Numbering | None
    figure_of: FigureOf
    notes_of: Callable[[str, str], list[Item]]
    """Kind ("footnote", "endnote") and id → the note's paragraphs."""
    default_size: float = 10.5
    style_sizes: dict[str, float] = field(default_factory=dict)
    style_aligns: dict[str, str] = field(default_factory=dict)
    rendered: bool = False
    hidden: int = 0
    items: list[Item] = field(default_factory=list)
    _cell: Cell | None = None
    _tables: int = 0
    _fields: list[_Field] = field(default_factory=list)
    _pending: list[Item] = field(default_factory=list)
    _marks: dict[str, int] = field(default_factory=dict)

    def story(self, root: etree._Element) -> list[Item]:
        """All items of a body, header, footer or note."""
        self._blocks(root, 0)
        return self.items

    # --- blocks ------------------------------------------------------------------------------

    def _blocks(self, parent: etree._Element, depth: int) -> None:
        if depth > _DEPTH:
            return
        for element in parent:
            tag = element.tag
            if tag == f"{W}p":
                self._paragraph(element, depth + 1)
            elif tag == f"{W}tbl":
                self._table(element, depth + 1)
            elif tag == f"{_MC}AlternateContent":
                chosen = _chosen(element)
                if chosen is not None:
                    self._blocks(chosen, depth + 1)
            elif tag == f"{W}altChunk" or tag in _SKIPPED or not isinstance(tag, str):
                continue
            else:
                # content controls, tracked insertions, custom XML
                self._blocks(element, depth + 1)

    def _paragraph(self, element: etree._Element, depth: int) -> None:
        run = _Run()
        properties = element.find(f"{W}pPr")
        style = _attribute(properties, "pStyle")
        align = _attribute(properties, "jc") or self.style_aligns.get(style or "", "")
        run.align = {"center": "center", "right": "right", "end": "right"}.get(align, "left")  # type: ignore[assignment]
        run.size = self.style_sizes.get(style or "", self.default_size)
        if _on(properties, "pageBreakBefore") and self.items:
            self.items.append(Break())
        if self.numbering is not None:
            run.text.append(self.numbering.label(element))
        self._inline(element, run, depth)
        self._end(run)
        section = properties.find(f"{W}sectPr") if properties is not None else None
        if section is not None and _attribute(section, "type") != "continuous":
            self.items.append(Break())

    def _end(self, run: _Run) -> None:
        text = "".join(run.text)
        run.text = []
        if text.strip() or not run.after:
            self.items.append(Paragraph(text, run.size, run.align, self._cell))
        self.items += run.after
        run.after = []
        self.items += self._pending
        self._pending = []

    def _table(self, element: etree._Element, depth: int) -> None:
        outer, number = self._cell, self._tables
        if outer is None:
            self._tables += 1
        open_cells: dict[int, tuple[int, int]] = {}
        spans = _row_spans(element)
        row_number = -1
        for row in _rows(element):
            row_number += 1
            column = _int(_attribute(row.find(f"{W}trPr"), "gridBefore"), 0)
            for cell in _cells(row):
                properties = cell.find(f"{W}tcPr")
                width = max(1, min(200, _int(_attribute(properties, "gridSpan"), 1)))
                if _continues(properties):
                    column += width
                    continue
                if outer is None:
                    span = spans.get((row_number, column), 1)
                    self._cell = Cell(number, row_number, column, span, width)
                self._blocks(cell, depth + 1)
                column += width
        del open_cells
        self._cell = outer

    # --- inside a paragraph ------------------------------------------------------------------

    def _inline(self, parent: etree._Element, run: _Run, depth: int) -> None:
        if depth > _DEPTH:
            return
        for element in parent:
            tag = element.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                if tag == f"{W}instrText" and self._fields:
                    self._fields[-1].instruction += element.text or ""
                continue
            if tag == f"{W}r":
                self._run(element, run, depth + 1)
            elif tag == f"{W}fldSimple":
                sign = _field_sign(element.get(f"{W}instr") or "")
                if sign:
                    run.text.append(sign)
                else:
                    self._inline(element, run, depth + 1)
            elif tag == f"{_M}t":
                run.text.append(element.text or "")
            elif tag == f"{_MC}AlternateContent":
                chosen = _chosen(element)
                if chosen is not None:
                    self._inline(chosen, run, depth + 1)
            elif tag == f"{W}p":
                # a stray paragraph inside: text boxes come through _drawing
                continue
            else:
                self._inline(element, run, depth + 1)

    def _run(self, element: etree._Element, run: _Run, depth: int) -> None:
        properties = element.find(f"{W}rPr")
        if _on(properties, "vanish") or _on(properties, "webHidden"):
            self.hidden += 1
            return
        size = _int(_attribute(properties, "sz"), 0) / 2
        if size:
            run.size = max(6.0, min(72.0, size))
        for child in element:
            self._in_run(child, run, depth)

    def _in_run(self, child: etree._Element, run: _Run, depth: int) -> None:
        tag = child.tag
        if not isinstance(tag, str):
            return
        name = tag.removeprefix(W)
        if name == "fldChar":
            self._field_char(child.get(f"{W}fldCharType") or "", run)
        elif name == "instrText":
            if self._fields:
                self._fields[-1].instruction += child.text or ""
        elif name == "t":
            if not (self._fields and self._fields[-1].result and self._fields[-1].replaced):
                run.text.append(child.text or "")
        elif name in ("tab", "ptab"):
            run.text.append("\t")
        elif name == "br":
            if child.get(f"{W}type") == "page":
                self._break(run)
            elif child.get(f"{W}type") != "column":
                run.text.append("\n")
        elif name == "cr":
            run.text.append("\n")
        elif name == "lastRenderedPageBreak":
            self.rendered = True
            self._break(run, rendered=True)
        elif name == "noBreakHyphen":
            run.text.append("-")
        elif name == "sym":
            run.text.append(_symbol(child))
        elif name in ("footnoteReference", "endnoteReference"):
            self._note(name.removesuffix("Reference"), child.get(f"{W}id") or "", run)
        elif name in ("drawing", "pict", "object"):
            self._drawing(child, run, depth + 1)
        elif tag == f"{_MC}AlternateContent":
            chosen = _chosen(child)
            if chosen is not None:
                for inner in chosen:
                    self._in_run(inner, run, depth + 1)
        elif name == "ruby":
            base = child.find(f"{W}rubyBase")
            if base is not None:
                self._inline(base, run, depth + 1)

    def _break(self, run: _Run, *, rendered: bool = False) -> None:
        if self._cell is not None:
            return
        text = "".join(run.text)
        if rendered and self.items and isinstance(self.items[-1], Break) and not text.strip():
            # Word records the end of a page also behind the break that made it
            return
        if text.strip() or run.after:
            self._end(run)
        if self.items:
            self.items.append(Break())
        run.text = []

    def _field_char(self, kind: str, run: _Run) -> None:
        if kind == "begin":
            self._fields.append(_Field())
        elif kind == "separate" and self._fields:
            current = self._fields[-1]
            current.result = True
            sign = _field_sign(current.instruction)
            if sign:
                current.replaced = True
                run.text.append(sign)
        elif kind == "end" and self._fields:
            current = self._fields.pop()
            if not current.result:
                run.text.append(_field_sign(current.instruction))

    def _note(self, kind: str, key: str, run: _Run) -> None:
        mark = self._marks[kind] = self._marks.get(kind, 0) + 1
        run.text.append(str(mark))
        for number, item in enumerate(self.notes_of(kind, key)):
            if isinstance(item, Paragraph):
                text = f"{mark} {item.text.strip()}" if number == 0 else item.text
                self._pending.append(Paragraph(text, 9.0, cell=self._cell))

    # --- drawings ----------------------------------------------------------------------------

    def _drawing(self, element: etree._Element, run: _Run, depth: int) -> None:
        """Text boxes and pictures; what is in an AlternateContent is looked at once."""
        if depth > _DEPTH:
            return
        size = _extent(element)
        stack = [element]
        while stack:
            current = stack.pop()
            tag = current.tag
            if not isinstance(tag, str):
                continue
            if tag == f"{_MC}AlternateContent":
                chosen = _chosen(current)
                if chosen is not None:
                    stack.append(chosen)
                continue
            if tag == f"{W}txbxContent":
                self._text_box(current, run, depth + 1)
                continue
            if tag in (f"{_A}blip", f"{_V}imagedata"):
                key = current.get(f"{_R}embed") or current.get(f"{_R}id")
                figure = (
                    self.figure_of(key, size or _style_size(current), self._cell) if key else None
                )
                if figure is not None:
                    run.after.append(figure)
                continue
            if tag == f"{_V}textpath" and current.get("string"):
                # word art is how old templates print their headings
                run.after.append(Paragraph(current.get("string") or "", 14.0, cell=self._cell))
            stack.extend(reversed(list(current)))

    def _text_box(self, element: etree._Element, run: _Run, depth: int) -> None:
        outer, self.items = self.items, []
        pending, self._pending = self._pending, []
        self._blocks(element, depth + 1)
        inner, self.items = self.items, outer
        self._pending = pending + self._pending
        run.after += [
            item
            for item in inner
            if not isinstance(item, Break)
            and not (isinstance(item, Paragraph) and not item.text.strip())
        ]


def _chosen(element: etree._Element) -> etree._Element | None:
    """One branch of an AlternateContent: the first choice, else the fallback."""
    for choice in element.findall(f"{_MC}Choice"):
        if len(choice):
            return choice
    return element.find(f"{_MC}Fallback")


def _field_sign(instruction: str) -> str:
    words = instruction.split()
    if not words:
        return ""
    return {"PAGE": PAGE_NUMBER, "NUMPAGES": PAGE_COUNT}.get(words[0].upper(), "")


def _attribute(parent: etree._Element | None, name: str) -> str | None:
    if parent is None:
        return None
    found = parent.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def _on(parent: etree._Element | None, name: str) -> bool:
    """A toggle property: present and not switched off."""
    if parent is None:
        return False
    found = parent.find(f"{W}{name}")
    return found is not None and found.get(f"{W}val") not in ("0", "false", "off", "none")


def _int(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default


def _rows(table: etree._Element) -> list[etree._Element]:
    return [row for row in table.iter(f"{W}tr") if _owner(row, f"{W}tbl") is table]


def _cells(row: etree._Element) -> list[etree._Element]:
    return [cell for cell in row.iter(f"{W}tc") if _owner(cell, f"{W}tr") is row]


def _owner(element: etree._Element, tag: str) -> etree._Element | None:
    """The nearest element of a kind around this one (content controls may stand between)."""
    parent = element.getparent()
    while parent is not None and parent.tag != tag:
        parent = parent.getparent()
    return parent


def _continues(properties: etree._Element | None) -> bool:
    """A cell that goes on from the row above."""
    if properties is None:
        return False
    merge = properties.find(f"{W}vMerge")
    return merge is not None and merge.get(f"{W}val") != "restart"


def _row_spans(table: etree._Element) -> dict[tuple[int, int], int]:
    """How many rows each cell takes that begins a vertical merge: by row and grid column."""
    spans: dict[tuple[int, int], int] = {}
    begun: dict[int, int] = {}
    for number, row in enumerate(_rows(table)):
        column = _int(_attribute(row.find(f"{W}trPr"), "gridBefore"), 0)
        for cell in _cells(row):
            properties = cell.find(f"{W}tcPr")
            width = max(1, min(200, _int(_attribute(properties, "gridSpan"), 1)))
            if _continues(properties) and column in begun:
                spans[begun[column], column] = number - begun[column] + 1
            else:
                begun[column] = number
            column += width
    return spans


def _symbol(element: etree._Element) -> str:
    from .plausible import mended

    try:
        return mended(chr(int(element.get(f"{W}char") or "", 16)))
    except (ValueError, OverflowError):
        return ""


def _extent(element: etree._Element) -> tuple[float, float] | None:
    """Size in points of a drawing as placed."""
    for extent in element.iter(f"{_WP}extent"):
        across, down = _int(extent.get("cx"), 0), _int(extent.get("cy"), 0)
        if across > 0 and down > 0:
            return across / _EMU, down / _EMU
    return None


def _style_size(element: etree._Element) -> tuple[float, float] | None:
    """Size of a VML shape, from its CSS: "width:120pt;height:60pt"."""
    shape = element.getparent()
    style = shape.get("style") if shape is not None else None
    if not style:
        return None
    sizes: dict[str, float] = {}
    for part in style.split(";"):
        key, _, value = part.partition(":")
        try:
            sizes[key.strip()] = float(value.strip().removesuffix("pt"))
        except ValueError:
            continue
    if sizes.get("width", 0) > 0 and sizes.get("height", 0) > 0:
        return sizes["width"], sizes["height"]
    return None
