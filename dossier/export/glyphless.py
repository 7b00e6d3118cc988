"""The invisible font: one empty glyph, and tables saying what each code stands for.

Readers search, mark and copy by those tables (ToUnicode and widths); nothing is ever drawn with
them. A code stands for a character *of one width*: so a whole line is a single run of text whose
characters are as wide as their print and touch each other. (Gaps would be read as blanks, and
some readers reorder a line drawn in pieces.)
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pypdf.generic import IndirectObject

from dossier.errors import DossierError

from .sink import PdfSink

_TALL = (0.8, 1.0, 1.25, 1.6, 2.0)
"""Heights of the glyph in font sizes, a quarter apart."""

STEPS = 16
"""Widths are counted in sixteenths of an em."""

_WIDEST = 500

_MOST_CODES = 0xFFFF


class Codes:
    """Which code stands for which character of which width, for all sizes of the font."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, int], int] = {}

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

    def __len__(self) -> int:
        return len(self._codes)

    def meanings(self) -> Iterator[tuple[int, str]]:
        return ((code, char) for (char, _), code in self._codes.items())

    def widths(self) -> list[Any]:
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


@dataclass(frozen=True, slots=True)
class Glyphless:
    """The font with a glyph `tall` font sizes high; a fifth of it stands below the line."""

    name: str
    tall: float
    ref: IndirectObject
    codes: Codes

    @property
    def resource(self) -> str:
        """Its name in the resources of a page."""
        return "/" + self.name

    @property
    def ascent(self) -> int:
        return round(800 * self.tall)

    @property
    def descent(self) -> int:
        return -round(200 * self.tall)


class InvisibleFonts:
    """The invisible font in a few heights, so that font size and height of print are free of each
    other: readers judge by the font size what belongs together. `finish` writes what was used."""

    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink
        self._codes = Codes()
        self._fonts: dict[float, Glyphless] = {}

    def sized(self, height: float, size: float) -> Glyphless:
        """The font whose glyph is about `height` points high at about `size` points."""
        tall = min(_TALL, key=lambda share: abs(math.log(share * size / height)))
        if tall not in self._fonts:
            name = f"DossierText{round(100 * tall)}"
            self._fonts[tall] = Glyphless(name, tall, self._sink.reserve(), self._codes)
        return self._fonts[tall]

    def finish(self) -> tuple[str, ...]:
        """Write what was used; returns the names."""
        if not self._fonts:
            return ()
        sink = self._sink
        meaning = to_unicode(sink, self._codes.meanings())
        widths = sink.write(self._codes.widths())
        # every code shows glyph 1, the empty one
        glyphs = sink.write_stream({}, b"\0\0" + b"\0\1" * len(self._codes))
        for font in self._fonts.values():
            self._write(font, meaning, widths, glyphs)
        return tuple(font.name for font in self._fonts.values())

    def _write(
        self,
        font: Glyphless,
        meaning: IndirectObject,
        widths: IndirectObject,
        glyphs: IndirectObject,
    ) -> None:
        sink, name = self._sink, font.resource
        program = _program(font.name, font.ascent, font.descent)
        descriptor = {
            "/Type": "/FontDescriptor",
            "/FontName": name,
            "/Flags": 4,
            "/FontBBox": [0, font.descent, 1000, font.ascent],
            "/ItalicAngle": 0,
            "/Ascent": font.ascent,
            "/Descent": font.descent,
            "/CapHeight": font.ascent,
            "/StemV": 80,
            "/FontFile2": sink.write_stream({"/Length1": len(program)}, program),
        }
        descendant = {
            "/Type": "/Font",
            "/Subtype": "/CIDFontType2",
            "/BaseFont": name,
            "/CIDSystemInfo": {
                "/Registry": b"Adobe",
                "/Ordering": b"Identity",
                "/Supplement": 0,
            },
            "/FontDescriptor": sink.write(descriptor),
            "/DW": 1000,
            "/W": widths,
            "/CIDToGIDMap": glyphs,
        }
        sink.write(
            {
                "/Type": "/Font",
                "/Subtype": "/Type0",
                "/BaseFont": name,
                "/Encoding": "/Identity-H",
                "/DescendantFonts": [sink.write(descendant)],
                "/ToUnicode": meaning,
            },
            font.ref,
        )


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
