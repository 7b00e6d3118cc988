"""The invisible font: one empty glyph, and a table saying which character each code stands for.

Readers search, mark and copy by that table (ToUnicode); nothing is ever drawn with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pypdf.generic import IndirectObject

from dossier.errors import DossierError

from .sink import PdfSink

ASCENT, DESCENT = 800, -200
"""Of the invisible glyph, in thousandths: together one text height."""

_NAME = "/DossierInvisible"


class Glyphless:
    """Hands out two-byte codes; `finish` writes the font with what was used.

    Every glyph is 1 em wide; the content stream stretches it to the width of the print.
    """

    name = "DossierInvisible"
    widths_known = False

    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink
        self._codes: dict[str, int] = {}
        self.ref = sink.reserve()

    @property
    def used(self) -> bool:
        return bool(self._codes)

    def encode(self, text: str) -> bytes:
        codes = self._codes
        out = bytearray()
        for char in text:
            code = codes.setdefault(char, len(codes) + 1)
            if code > 0xFFFF:
                raise DossierError(
                    "more than 65,535 different characters in one export",
                    advice="export fewer volumes at a time",
                )
            out += code.to_bytes(2, "big")
        return bytes(out)

    def finish(self) -> None:
        sink = self._sink
        program = _program()
        file = sink.write_stream({"/Length1": len(program)}, program)
        descriptor = sink.write(
            {
                "/Type": "/FontDescriptor",
                "/FontName": _NAME,
                "/Flags": 4,
                "/FontBBox": [0, DESCENT, 1000, ASCENT],
                "/ItalicAngle": 0,
                "/Ascent": ASCENT,
                "/Descent": DESCENT,
                "/CapHeight": ASCENT,
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
                "/BaseFont": _NAME,
                "/CIDSystemInfo": {
                    "/Registry": b"Adobe",
                    "/Ordering": b"Identity",
                    "/Supplement": 0,
                },
                "/FontDescriptor": descriptor,
                "/DW": 1000,
                "/CIDToGIDMap": table,
            }
        )
        sink.write(
            {
                "/Type": "/Font",
                "/Subtype": "/Type0",
                "/BaseFont": _NAME,
                "/Encoding": "/Identity-H",
                "/DescendantFonts": [descendant],
                "/ToUnicode": to_unicode(sink, ((c, t) for t, c in self._codes.items())),
            },
            self.ref,
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


def _program() -> bytes:
    """A TrueType font of two empty glyphs, the same bytes every time."""
    builder = FontBuilder(1000, isTTF=True)
    order = [".notdef", "empty"]
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({0xF000: "empty"})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in order})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT)
    builder.setupNameTable({"familyName": _NAME[1:], "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, fsType=0)
    builder.setupPost()
    font = builder.font
    font["head"].created = font["head"].modified = 0
    font.recalcTimestamp = False
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
