"""A document to look at without an office program: as text, and as one page of HTML.

The DOCX may come from anywhere: parts are read within bounds, everything is escaped, nothing of
it is executed or fetched.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from dossier.errors import HostileFile
from dossier.ingest import Limits
from dossier.ingest.package import Package

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_LIMITS = Limits(
    members=2_000, unpacked_bytes=256 * 1024**2, member_bytes=64 * 1024**2, xml_bytes=32 * 1024**2
)
_DEEPEST = 30
# deleted text, the fields' instructions, and what Word keeps twice for older versions
_SKIPPED = frozenset(
    {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr", "sectPr")}
) | {f"{_MC}Fallback"}
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_text(docx: bytes) -> str:
    """The text of the body: a line for each paragraph, cells of a row parted by tabs.

    DamagedFile, HostileFile for what is no DOCX or would cost too much.
    """
    _, body = _body(docx)
    return "\n".join(_lines(body, 0))


def html_preview(docx: bytes, title: str = "") -> str:
    """The body as one HTML page that needs nothing else: paragraphs with their alignment, indent,
    size and emphasis, tables, page breaks.

    DamagedFile, HostileFile for what is no DOCX or would cost too much.
    """
    styles, body = _body(docx)
    inner = "\n".join(_Html(styles).blocks(body, 0))
    return _PAGE.format(title=html.escape(title or "预览"), inner=inner)


def _body(docx: bytes) -> tuple[dict[str, _Look], etree._Element]:
    package = Package(io.BytesIO(docx), "document", _LIMITS)
    try:
        root = package.xml("word/document.xml")
        styles = _styles(package) if package.has("word/styles.xml") else {}
    finally:
        package.close()
    body = root.find(f"{_W}body")
    return styles, root if body is None else body


def _children(element: etree._Element, depth: int) -> Iterator[etree._Element]:
    if depth > _DEEPEST:
        raise HostileFile("tables in tables without end", where="document")
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield child


# --- text ------------------------------------------------------------------------------------


def _lines(element: etree._Element, depth: int) -> Iterator[str]:
    for child in _children(element, depth):
        if child.tag == f"{_W}p":
            yield _text(child)
        elif child.tag == f"{_W}tr":
            cells = (cell for cell in _children(child, depth) if cell.tag == f"{_W}tc")
            yield "\t".join(_cell(cell, depth) for cell in cells)
        else:
            yield from _lines(child, depth + 1)


def _cell(cell: etree._Element, depth: int) -> str:
    return " ".join(line for line in _lines(cell, depth + 1) if line)


def _text(paragraph: etree._Element) -> str:
    return "".join(text for _, text in _pieces(paragraph, 0))


def _pieces(element: etree._Element, depth: int) -> Iterator[tuple[etree._Element | None, str]]:
    """The text of a paragraph, with the run it is in."""
    for child in _children(element, depth):
        if child.tag != f"{_W}r":
            yield from _pieces(child, depth + 1)
            continue
        for part in _children(child, depth):
            if part.tag == f"{_W}t":
                yield child, part.text or ""
            elif part.tag == f"{_W}tab":
                yield child, "\t"
            elif part.tag in (f"{_W}br", f"{_W}cr") and part.get(f"{_W}type") != "page":
                yield child, "\n"
            elif part.tag == f"{_W}noBreakHyphen":
                yield child, "-"


# --- looks -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Look:
    """What a paragraph looks like. Sizes and indents in points, indents of the first line in
    characters."""

    align: str = ""
    size: float = 0.0
    first: float | None = None
    family: str = ""
    dashed: bool = False


_ALIGN = {"center": "center", "right": "right", "end": "right", "left": "left", "start": "left",
          "both": "justify", "distribute": "justify"}  # fmt: skip
_FAMILIES = (("小标宋", "title"), ("黑", "black"), ("楷", "kai"), ("仿", ""), ("宋", "song"))


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:
        return 0.0


def _look(holder: etree._Element, base: _Look) -> _Look:
    """The look that the properties in a style or paragraph give, on top of another."""
    look = base
    properties = holder.find(f"{_W}pPr")
    if properties is not None:
        jc = properties.find(f"{_W}jc")
        if jc is not None:
            look = replace(look, align=_ALIGN.get(jc.get(f"{_W}val", ""), ""))
        indent = properties.find(f"{_W}ind")
        if indent is not None and indent.get(f"{_W}firstLineChars") is not None:
            look = replace(look, first=_number(indent.get(f"{_W}firstLineChars")) / 100)
        elif indent is not None and indent.get(f"{_W}firstLine") is not None:
            look = replace(look, first=_number(indent.get(f"{_W}firstLine")) / 320)
        border = properties.find(f"{_W}pBdr/{_W}bottom")
        if border is not None:
            look = replace(look, dashed=True)
    run = holder.find(f"{_W}rPr")
    if run is not None:
        size = run.find(f"{_W}sz")
        if size is not None:
            look = replace(look, size=min(72.0, _number(size.get(f"{_W}val")) / 2))
        fonts = run.find(f"{_W}rFonts")
        name = "" if fonts is None else fonts.get(f"{_W}eastAsia", "")
        if name:
            look = replace(look, family=next((c for part, c in _FAMILIES if part in name), ""))
    return look


def _styles(package: Package) -> dict[str, _Look]:
    """The look of each paragraph style; that of the default one under ""."""
    root = package.xml("word/styles.xml")
    defaults = root.find(f"{_W}docDefaults")
    base = _Look()
    if defaults is not None:
        for holder in (f"{_W}rPrDefault", f"{_W}pPrDefault"):
            found = defaults.find(holder)
            if found is not None:
                base = _look(found, base)
    styles = {style.get(f"{_W}styleId", ""): style for style in root.iter(f"{_W}style")}

    def look(code: str, depth: int) -> _Look:
        style = styles.get(code)
        if style is None or depth > 20:
            return base
        parent = style.find(f"{_W}basedOn")
        above = look(parent.get(f"{_W}val", ""), depth + 1) if parent is not None else base
        return _look(style, above)

    looks = {code: look(code, 0) for code in styles}
    for code, style in styles.items():
        if style.get(f"{_W}type") == "paragraph" and style.get(f"{_W}default") in ("1", "true"):
            looks[""] = looks[code]
    return looks


# --- HTML ------------------------------------------------------------------------------------

_MARKS = (("b", "b"), ("i", "i"), ("u", "u"), ("strike", "s"), ("highlight", "mark"))
_OFF = frozenset({"0", "false", "none", "off"})


class _Html:
    def __init__(self, styles: dict[str, _Look]) -> None:
        self.styles = styles

    def blocks(self, element: etree._Element, depth: int) -> Iterator[str]:
        for child in _children(element, depth):
            if child.tag == f"{_W}p":
                yield self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                yield f"<table>{''.join(self._rows(child, depth))}</table>"
            else:
                yield from self.blocks(child, depth + 1)

    def _paragraph(self, paragraph: etree._Element) -> str:
        name = paragraph.find(f"{_W}pPr/{_W}pStyle")
        code = "" if name is None else name.get(f"{_W}val", "")
        look = _look(paragraph, self.styles.get(code, self.styles.get("", _Look())))
        css = [f"text-align:{look.align}"] if look.align else []
        if look.size:
            css.append(f"font-size:{look.size:g}pt")
        if look.first:
            css.append(f"text-indent:{min(look.first, 20):g}em")
        classes = " ".join(filter(None, (look.family, "cut" if look.dashed else "")))
        inner = "".join(self._runs(paragraph)) or "&nbsp;"
        breaks = '<hr class="page">' if self._breaks(paragraph) else ""
        if breaks and inner == "&nbsp;":
            return breaks
        return f'{breaks}<p class="{classes}" style="{";".join(css)}">{inner}</p>'

    def _breaks(self, paragraph: etree._Element) -> bool:
        return any(br.get(f"{_W}type") == "page" for br in paragraph.iter(f"{_W}br"))

    def _runs(self, paragraph: etree._Element) -> Iterator[str]:
        for run, text in _pieces(paragraph, 0):
            shown = html.escape(_STEERING.sub("\ufffd", text)).replace("\n", "<br>")
            properties = None if run is None else run.find(f"{_W}rPr")
            if properties is not None:
                for name, tag in _MARKS:
                    found = properties.find(f"{_W}{name}")
                    if found is not None and found.get(f"{_W}val", "1") not in _OFF:
                        shown = f"<{tag}>{shown}</{tag}>"
            yield shown

    def _rows(self, table: etree._Element, depth: int) -> Iterator[str]:
        rows = [
            [cell for cell in _children(row, depth) if cell.tag == f"{_W}tc"]
            for row in _children(table, depth)
            if row.tag == f"{_W}tr"
        ]
        for row in rows:
            cells = []
            for cell in row:
                merged = cell.find(f"{_W}tcPr/{_W}vMerge")
                if merged is not None and merged.get(f"{_W}val", "continue") == "continue":
                    # its own cell, empty: counting rows across spans is not worth it here
                    cells.append('<td class="merged"></td>')
                    continue
                span = cell.find(f"{_W}tcPr/{_W}gridSpan")
                wide = min(int(_number(None if span is None else span.get(f"{_W}val"))), 100)
                columns = f' colspan="{wide}"' if wide > 1 else ""
                cells.append(f"<td{columns}>{''.join(self.blocks(cell, depth + 1))}</td>")
            yield f"<tr>{''.join(cells)}</tr>"


_PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>
body {{ background: #eee; margin: 1em; }}
main {{ background: #fff; box-sizing: border-box; max-width: 210mm; margin: auto;
  padding: 37mm 26mm 35mm 28mm; font: 16pt/1.8 FangSong, 仿宋, STFangsong, serif; }}
p {{ margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }}
.title {{ font-family: FZXiaoBiaoSong-B05S, STZhongsong, "Noto Serif CJK SC", serif; }}
.black {{ font-family: SimHei, "Noto Sans CJK SC", sans-serif; }}
.kai {{ font-family: KaiTi, STKaiti, "AR PL UKai CN", serif; }}
.song {{ font-family: SimSun, "Noto Serif CJK SC", serif; }}
.cut {{ border-bottom: 1px dashed; }}
table {{ border-collapse: collapse; width: 100%; }}
td {{ border: 1px solid; padding: 2pt 4pt; }}
.merged {{ border-top-style: none; }}
hr.page {{ border: 0; border-top: 8px solid #eee; margin: 12mm -26mm 12mm -28mm; }}
</style></head><body><main>
{inner}
</main></body></html>
"""
