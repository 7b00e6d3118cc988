"""Visible fonts: subsets of fonts found on the system, or a standard Chinese one not embedded."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from pypdf.generic import IndirectObject

from .glyphless import to_unicode
from .oldtext import BlankMaps
from .sink import PdfSink
from .systemfonts import candidates

_RESTRICTED = 0x0002
"""fsType bit: the font's licence forbids embedding (OpenType, OS/2)."""


class Face(Protocol):
    """A font as the drawing needs it; widths in em, ascent and descent in shares of the size."""

    ascent: float
    descent: float
    readable: bool
    """Whether readers can take the text from the drawn glyphs; if not, the invisible layer says
    it."""

    def width(self, char: str) -> float: ...

    def encode(self, text: str) -> bytes: ...

    def resource(self, plain: bool) -> tuple[str, IndirectObject]:
        """Resource name and font object; not `plain`: the twin that reads as blanks."""
        ...


class Faces:
    """Chooses a face for each character, and writes those that were used."""

    def __init__(self, sink: PdfSink, blanks: BlankMaps, given: Sequence[Path] | None) -> None:
        self._sink = sink
        self._blanks = blanks
        self._waiting = candidates(given)
        self._loaded: list[SubsetFace] = []
        self._chosen: dict[str, SubsetFace | None] = {}
        self._standard: StandardFace | None = None

    @property
    def standard(self) -> Face:
        """The standard face for what no other has."""
        if self._standard is None:
            self._standard = StandardFace(self._sink, self._blanks)
        return self._standard

    def face(self, char: str) -> Face | None:
        """The first face with this character; None if no font of the system has it."""
        if char not in self._chosen:
            self._chosen[char] = self._find(char)
        return self._chosen[char]

    def _find(self, char: str) -> SubsetFace | None:
        for face in self._loaded:
            if face.has(char):
                return face
        while self._waiting:
            font = _load(self._waiting.pop(0))
            if font is not None:
                face = SubsetFace(self._sink, self._blanks, font, len(self._loaded))
                self._loaded.append(face)
                if face.has(char):
                    return face
        return None

    def finish(self) -> tuple[str, ...]:
        names = [face.finish() for face in self._loaded if face.used]
        if self._standard is not None and self._standard.used:
            names.append(self._standard.finish())
        return tuple(names)


def _load(path: Path) -> TTFont | None:
    """The font, or None if it is unreadable, may not be embedded or has outlines of other kinds."""
    try:
        number = _chinese_member(path)
        font = TTFont(path, fontNumber=number, lazy=True, recalcTimestamp=False)
        if "OS/2" in font and font["OS/2"].fsType & 0x000F == _RESTRICTED:
            return None
        if "glyf" in font or ("CFF " in font and _is_cid_keyed(font)):
            return font if font.getBestCmap() else None
    except (OSError, TTLibError, KeyError, ValueError, AssertionError):
        pass
    return None


def _is_cid_keyed(font: TTFont) -> bool:
    return hasattr(font["CFF "].cff.topDictIndex[0], "ROS")


def _chinese_member(path: Path) -> int:
    """Which font of a collection is the one for the mainland (SC, CN); the first if none says."""
    if path.suffix.lower() not in (".ttc", ".otc"):
        return -1
    with TTCollection(str(path), lazy=True) as collection:
        names = [str(font["name"].getBestFullName() or "") for font in collection.fonts]
    for index, name in enumerate(names):
        if {"SC", "CN", "GB"} & set(name.split()) and "Mono" not in name:
            return index
    return 0


class SubsetFace:
    """A font of the system; the glyphs used are embedded at the end."""

    readable = True

    def __init__(self, sink: PdfSink, blanks: BlankMaps, font: TTFont, index: int) -> None:
        self._sink = sink
        self._blanks = blanks
        self._font = font
        self._index = index
        self._cmap: dict[int, str] = font.getBestCmap()
        self._units: int = font["head"].unitsPerEm
        raw = str(font["name"].getDebugName(6) or "Font")
        self.name = "DOSSIE+" + "".join(c for c in raw if c.isascii() and (c.isalnum() or c == "-"))
        self._metrics: dict[str, tuple[int, int]] = font["hmtx"].metrics
        self._cff = "CFF " in font
        self._codes: dict[str, int] = {}
        self._refs: dict[bool, IndirectObject] = {}
        ascent, descent = font["hhea"].ascent, font["hhea"].descent
        # what the font calls its height may include line spacing: text is set on 1 em
        self.ascent = ascent / (ascent - descent) if ascent > descent else 0.8
        self.descent = self.ascent - 1

    @property
    def used(self) -> bool:
        return bool(self._refs)

    def has(self, char: str) -> bool:
        return ord(char) in self._cmap

    def width(self, char: str) -> float:
        glyph = self._cmap[ord(char)]
        return self._metrics[glyph][0] / self._units

    def encode(self, text: str) -> bytes:
        return b"".join(self._code(char).to_bytes(2, "big") for char in text)

    def _code(self, char: str) -> int:
        if char not in self._codes:
            if self._cff:
                # codes of a CID-keyed font are its own CIDs ("cid01234")
                glyph = self._cmap[ord(char)]
                self._codes[char] = int(glyph[3:]) if glyph.startswith("cid") else 0
            else:
                self._codes[char] = len(self._codes) + 1
        return self._codes[char]

    def resource(self, plain: bool) -> tuple[str, IndirectObject]:
        ref = self._refs.setdefault(plain, self._refs.get(plain) or self._sink.reserve())
        return f"/DossierFace{self._index}{'' if plain else 'b'}", ref

    def finish(self) -> str:
        sink, name = self._sink, "/" + self.name
        glyphs = {char: self._cmap[ord(char)] for char in self._codes}
        program, order = self._subset(sorted(set(glyphs.values())))
        scale = 1000 / self._units
        head = self._font["head"]
        file = sink.write_stream(
            {"/Subtype": "/CIDFontType0C"} if self._cff else {"/Length1": len(program)}, program
        )
        descriptor: dict[str, Any] = {
            "/Type": "/FontDescriptor",
            "/FontName": name,
            "/Flags": 4,
            "/FontBBox": [round(v * scale) for v in (head.xMin, head.yMin, head.xMax, head.yMax)],
            "/ItalicAngle": 0,
            "/Ascent": round(1000 * self.ascent),
            "/Descent": round(1000 * self.descent),
            "/CapHeight": round(1000 * self.ascent),
            "/StemV": 80,
            "/FontFile3" if self._cff else "/FontFile2": file,
        }
        widths: list[Any] = []
        for char, code in sorted(self._codes.items(), key=lambda item: item[1]):
            widths += [code, [round(1000 * self.width(char))]]
        system = {"/Registry": b"Adobe", "/Ordering": b"Identity", "/Supplement": 0}
        entries: dict[str, Any] = {
            "/Type": "/Font",
            "/Subtype": "/CIDFontType0" if self._cff else "/CIDFontType2",
            "/BaseFont": name,
            "/CIDSystemInfo": system,
            "/FontDescriptor": sink.write(descriptor),
            "/DW": 1000,
            "/W": widths,
        }
        if not self._cff:
            table = bytearray(2 * (len(self._codes) + 1))
            for char, code in self._codes.items():
                table[2 * code : 2 * code + 2] = order[glyphs[char]].to_bytes(2, "big")
            entries["/CIDToGIDMap"] = sink.write_stream({}, bytes(table))
        descendant = sink.write(entries)
        for plain, ref in self._refs.items():
            if plain:
                texts: dict[int, str] = {}
                for char, code in self._codes.items():
                    texts.setdefault(code, char)
                meaning = to_unicode(sink, sorted(texts.items()))
            else:
                meaning = self._blanks.ref(2)
            sink.write(
                {
                    "/Type": "/Font",
                    "/Subtype": "/Type0",
                    "/BaseFont": name,
                    "/Encoding": "/Identity-H",
                    "/DescendantFonts": [descendant],
                    "/ToUnicode": meaning,
                },
                ref,
            )
        return self.name

    def _subset(self, glyphs: list[str]) -> tuple[bytes, dict[str, int]]:
        """The font program with these glyphs only, and where each now stands."""
        options = subset.Options()
        options.drop_tables += [
            "GSUB",
            "GPOS",
            "GDEF",
            "BASE",
            "VORG",
            "vhea",
            "vmtx",
            "DSIG",
            "FFTM",
        ]
        options.layout_features = []
        options.hinting = False
        options.notdef_outline = True
        options.recalc_timestamp = False
        options.name_IDs = []
        subsetter = subset.Subsetter(options)
        subsetter.populate(glyphs=glyphs)
        subsetter.subset(self._font)
        order = {name: index for index, name in enumerate(self._font.getGlyphOrder())}
        out = io.BytesIO()
        self._font.save(out, reorderTables=False)
        if not self._cff:
            return out.getvalue(), order
        out.seek(0)
        with TTFont(out) as again:
            return bytes(again.reader["CFF "]), order


class StandardFace:
    """STSong-Light, which readers with Chinese support bring themselves (ISO 32000-1, 9.7.5.2).

    Readers without that support know neither its glyphs nor its codes; the invisible layer
    carries the text.
    """

    readable = False
    name = "STSong-Light"
    ascent, descent = 0.88, -0.12

    def __init__(self, sink: PdfSink, blanks: BlankMaps) -> None:
        self._sink = sink
        self._blanks = blanks
        self._ref: IndirectObject | None = None

    @property
    def used(self) -> bool:
        return self._ref is not None

    def width(self, char: str) -> float:
        return 0.5 if " " <= char <= "~" else 1.0

    def encode(self, text: str) -> bytes:
        return text.encode("utf-16-be", "replace")

    def resource(self, plain: bool) -> tuple[str, IndirectObject]:
        if self._ref is None:
            self._ref = self._sink.reserve()
        return "/DossierSong", self._ref

    def finish(self) -> str:
        sink = self._sink
        descriptor = {
            "/Type": "/FontDescriptor",
            "/FontName": "/STSong-Light",
            "/Flags": 6,
            "/FontBBox": [-25, -254, 1000, 880],
            "/ItalicAngle": 0,
            "/Ascent": 880,
            "/Descent": -120,
            "/CapHeight": 737,
            "/StemV": 93,
        }
        descendant = {
            "/Type": "/Font",
            "/Subtype": "/CIDFontType0",
            "/BaseFont": "/STSong-Light",
            "/CIDSystemInfo": {"/Registry": b"Adobe", "/Ordering": b"GB1", "/Supplement": 5},
            "/FontDescriptor": sink.write(descriptor),
            "/DW": 1000,
            # CIDs 1 to 95 are Latin: half widths, as `width` says
            "/W": [1, 95, 500],
        }
        sink.write(
            {
                "/Type": "/Font",
                "/Subtype": "/Type0",
                "/BaseFont": "/STSong-Light-UniGB-UTF16-H",
                "/Encoding": "/UniGB-UTF16-H",
                "/DescendantFonts": [sink.write(descendant)],
                "/ToUnicode": self._blanks.ref(2),
            },
            self._ref,
        )
        return self.name
