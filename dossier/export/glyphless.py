"""The invisible font: one empty glyph, and tables saying what each code stands for.

Readers search, mark and copy by those tables (ToUnicode and widths); nothing is ever drawn with
them. A code stands for a character *of one width*: so a whole line is a single run of text whose
characters are as wide as their print and touch each other. (Gaps would be read as blanks, and
some readers reorder a line drawn in pieces.)
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pypdf.generic import IndirectObject

from dossier.errors import DossierError
from dossier.model import Line

from .sink import PdfSink

STEPS = 16
"""Widths are counted in sixteenths of an em."""

_WIDEST = 500

_MOST_CODES = 0xFFFF


class Glyphless:
    """Hands out two-byte codes; `finish` writes the font with what was used.

    `resource`  its name in the resources of a page
    `tall`      height of a glyph in font sizes
    """

    def __init__(self, sink: PdfSink, name: str, tall: float) -> None:
        self._sink = sink
        self._codes: dict[tuple[str, int], int] = {}
        self.name = name
        self.resource = "/" + name
        self.tall = tall
        # a fifth of a glyph stands below the line, as in Chinese fonts
        self.ascent, self.descent = round(800 * tall), round(-200 * tall)
        self.ref = sink.reserve()

    @property
    def used(self) -> bool:
        return bool(self._codes)

    def encode(self, text: str, steps: Sequence[int]) -> bytes:
        """Codes of the characters, each `steps` sixteenths of an em wide."""
        out = bytearray()
        for char, width in zip(text, steps, strict=True):
            out += self._code(char, min(max(1, width), _WIDEST)).to_bytes(2, "big")
        return bytes(out)

    def _code(self, char: str, width: int) -> int:
        code = self._codes.get((char, width))
        if code is not None:
            return code
        if len(self._codes) < _MOST_CODES:
            return self._codes.setdefault((char, width), len(self._codes) + 1)
        # tens of thousands of pages: take the width that is there
        known = [(abs(w - width), c) for (t, w), c in self._codes.items() if t == char]
        if not known:
            raise DossierError(
                "too many different characters in one export",
                advice="export fewer volumes at a time",
            )
        return min(known)[1]

    def _widths(self) -> list[Any]:
        """The /W array: runs of codes that are not 1 em wide."""
        out: list[Any] = []
        before = 0
        for (_, width), code in self._codes.items():
            if width == STEPS:
                continue
            if out and code == before + 1:
                out[-1].append(width * 1000 / STEPS)
            else:
                out += [code, [width * 1000 / STEPS]]
            before = code
        return out

    def finish(self) -> None:
        sink = self._sink
        name = "/" + self.name
        program = _program(self.name, self.ascent, self.descent)
        file = sink.write_stream({"/Length1": len(program)}, program)
        descriptor = sink.write(
            {
                "/Type": "/FontDescriptor",
                "/FontName": name,
                "/Flags": 4,
                "/FontBBox": [0, self.descent, 1000, self.ascent],
                "/ItalicAngle": 0,
                "/Ascent": self.ascent,
                "/Descent": self.descent,
                "/CapHeight": self.ascent,
                "/StemV": 80,
                "/FontFile2": file,
            }
        )
        # every code shows glyph 1, the empty one
        table = sink.write_stream({}, b"\0\0" + b"\0\1" * len(self._codes))
        descendant = sink.write(
            {
                "/Type": "/Font",
                "/Subtype": "/CIDFontType2",
                "/BaseFont": name,
                "/CIDSystemInfo": {
                    "/Registry": b"Adobe",
                    "/Ordering": b"Identity",
                    "/Supplement": 0,
                },
                "/FontDescriptor": descriptor,
                "/DW": 1000,
                "/W": self._widths(),
                "/CIDToGIDMap": table,
            }
        )
        sink.write(
            {
                "/Type": "/Font",
                "/Subtype": "/Type0",
                "/BaseFont": name,
                "/Encoding": "/Identity-H",
                "/DescendantFonts": [descendant],
                "/ToUnicode": to_unicode(sink, ((c, t) for (t, _), c in self._codes.items())),
            },
            self.ref,
        )


class InvisibleFonts:
    """The two invisible fonts of an export; they differ in the height of their glyph.

    Poppler takes lines for one block when they are at most 1.5 font sizes apart. Running text must
    become blocks, or two columns are read across: Chinese papers are set wide, so its font size is
    taken larger than the print. Rows of a table must not, or it is read column by column: there
    the font size is taken smaller. The glyph has the height of the print in both.
    """

    def __init__(self, sink: PdfSink) -> None:
        self._prose = Glyphless(sink, "DossierText", tall=0.8)
        self._cells = Glyphless(sink, "DossierCell", tall=1.25)

    def for_line(self, line: Line) -> Glyphless:
        return self._prose if line.cell is None else self._cells

    def finish(self) -> tuple[str, ...]:
        """Write what was used; returns the names."""
        used = [font for font in (self._prose, self._cells) if font.used]
        for font in used:
            font.finish()
        return tuple(font.name for font in used)


def to_unicode(sink: PdfSink, pairs: Iterable[tuple[int, str]]) -> IndirectObject:
    """A ToUnicode CMap (ISO 32000-1, 9.10.3) of two-byte codes, written to the sink."""
    rows = [f"<{code:04X}> <{text.encode('utf-16-be').hex().upper()}>" for code, text in pairs]
    # a block holds at most 100 rows
    blocks = [rows[i : i + 100] for i in range(0, len(rows), 100)]
    body = "\n".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
    )
    return sink.write_stream({}, cmap("<0000> <FFFF>", body))


def cmap(code_space: str, body: str) -> bytes:
    """The frame that every ToUnicode CMap has around its rows."""
    return (
        "/CIDInit /ProcSet findresource begin\n"
        "12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n{code_space}\nendcodespacerange\n"
        f"{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def _program(name: str, ascent: int, descent: int) -> bytes:
    """A TrueType font of two glyphs without any area, the same bytes every time."""
    builder = FontBuilder(1000, isTTF=True)
    order = [".notdef", "empty"]
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({0xF000: "empty"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "empty": _corners(ascent, descent)})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, fsType=0)
    builder.setupPost()
    font = builder.font
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _corners(ascent: int, descent: int) -> Glyph:
    """Two contours without area in opposite corners.

    They paint nothing but give the glyph a box: pdfium leaves out text objects without one.
    """
    pen = TTGlyphPen(None)
    for corner in ((0, descent), (1000, ascent)):
        pen.moveTo(corner)
        pen.lineTo(corner)
        pen.lineTo(corner)
        pen.closePath()
    return pen.glyph()
