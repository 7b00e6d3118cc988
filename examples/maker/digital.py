"""Sheets as born-digital files: PDF with real text, OFD (GB/T 33190)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from fontTools import subset
from fontTools.ttLib import TTFont
from fpdf import FPDF
from PIL import Image

from .fonts import font_file
from .paper import HEIGHT, INK_BOTTOM, INK_TOP, WIDTH, Row, Sheet, Stamp
from .raster import seal_picture

STAMPED = datetime(2023, 1, 1, tzinfo=UTC)
MM = 25.4 / 72
_OFD = "http://www.ofdspec.org/2016"


def _face(face: str) -> str:
    """Only TrueType outlines are embedded: the Noto faces are CFF."""
    return {"hei": "hei", "bold": "hei", "kai": "kai", "hand": "kai"}.get(face, "ming")


def write_pdf(sheets: Sequence[Sheet], title: str) -> bytes:
    """A PDF with embedded fonts and text, as an office program prints it."""
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_title(title)
    pdf.set_creation_date(STAMPED)
    pdf.set_auto_page_break(False)
    for face in ("ming", "hei", "kai"):
        path, index = font_file(face)
        pdf.add_font(face, fname=str(path), collection_font_number=index)
    for sheet in sheets:
        pdf.add_page()
        for left, top, right, bottom, weight in sheet.rules:
            pdf.set_line_width(weight)
            pdf.line(left, top, right, bottom)
        for row in sheet.rows:
            for text, x, y, size, face, room in _runs(row):
                pdf.set_font(face, size=size)
                pdf.set_char_spacing(0)
                own = pdf.get_string_width(text)
                # the run keeps the width of the layout, whatever this face's own advances are
                pdf.set_char_spacing((room - own) / max(1, len(text)))
                pdf.text(x, y, text)
        for seal in sheet.seals:
            side = 2 * seal.radius
            pdf.image(seal_picture(seal), seal.x - side / 2, seal.y - side / 2, side, side)
    return bytes(pdf.output())


def _runs(row: Row) -> list[tuple[str, float, float, float, str, float]]:
    """Pieces of a row in one face: text, x, baseline, size, face, width."""
    runs: list[tuple[str, float, float, float, str, float]] = []
    for glyph in row.glyphs:
        face = _face(glyph.face)
        end = glyph.x + glyph.width
        if runs and runs[-1][4] == face:
            text, x, y, size, _, _ = runs[-1]
            runs[-1] = (text + glyph.char, x, y, size, face, end - x)
        else:
            runs.append((glyph.char, glyph.x, glyph.y, glyph.size, face, glyph.width))
    return runs


# --- OFD ---------------------------------------------------------------------------------------


def write_ofd(sheets: Sequence[Sheet], title: str, name: str) -> bytes:
    """An OFD package: OFD.xml, Document.xml, PublicRes.xml with embedded font subsets, and a
    Content.xml per page with positioned text (DeltaX per character), lines and seal images."""
    chars: dict[str, set[str]] = {}
    for sheet in sheets:
        for row in sheet.rows:
            for glyph in row.glyphs:
                chars.setdefault(_face(glyph.face), set()).add(glyph.char)
    ids = _Ids()
    faces = {face: ids.next() for face in sorted(chars)}
    files: dict[str, bytes] = {}
    for face in faces:
        files[f"Doc_0/Res/{face}.ttf"] = _subset(face, chars[face])
    media: list[tuple[int, str]] = []
    pages = []
    for number, sheet in enumerate(sheets):
        page_id = ids.next()
        content = _ofd_page(sheet, faces, ids, media, files)
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = content
        pages.append(f'<ofd:Page ID="{page_id}" BaseLoc="Pages/Page_{number}/Content.xml"/>')
    fonts = "".join(
        f'<ofd:Font ID="{key}" FontName="{face}" FamilyName="{face}">'
        f"<ofd:FontFile>{face}.ttf</ofd:FontFile></ofd:Font>"
        for face, key in faces.items()
    )
    medias = "".join(
        f'<ofd:MultiMedia ID="{key}" Type="Image" Format="PNG"><ofd:MediaFile>{file}'
        "</ofd:MediaFile></ofd:MultiMedia>"
        for key, file in media
    )
    files["Doc_0/PublicRes.xml"] = _xml(
        "Res", f"<ofd:Fonts>{fonts}</ofd:Fonts><ofd:MultiMedias>{medias}</ofd:MultiMedias>",
        ' BaseLoc="Res"',
    )  # fmt: skip
    area = f"0 0 {WIDTH * MM:.2f} {HEIGHT * MM:.2f}"
    files["Doc_0/Document.xml"] = _xml(
        "Document",
        f"<ofd:CommonData><ofd:MaxUnitID>{ids.last}</ofd:MaxUnitID><ofd:PageArea>"
        f"<ofd:PhysicalBox>{area}</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        f"<ofd:Pages>{''.join(pages)}</ofd:Pages>",
    )
    files["OFD.xml"] = _xml(
        "OFD",
        f"<ofd:DocBody><ofd:DocInfo><ofd:DocID>{name}</ofd:DocID><ofd:Title>{escape(title)}"
        "</ofd:Title><ofd:CreationDate>2023-01-01</ofd:CreationDate></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>",
        ' Version="1.0" DocType="OFD"',
    )
    return pack(files, first="OFD.xml")


class _Ids:
    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


def _ofd_page(
    sheet: Sheet,
    faces: dict[str, int],
    ids: _Ids,
    media: list[tuple[int, str]],
    files: dict[str, bytes],
) -> bytes:
    objects = []
    for x0, y0, x1, y1, weight in sheet.rules:
        left, top = x0 * MM, y0 * MM
        wide, high = max((x1 - x0) * MM, 0.1), max((y1 - y0) * MM, 0.1)
        objects.append(
            f'<ofd:PathObject ID="{ids.next()}" Boundary="{left:.3f} {top:.3f} {wide:.3f} '
            f'{high:.3f}" LineWidth="{weight * MM:.3f}"><ofd:AbbreviatedData>M 0 0 L '
            f"{(x1 - x0) * MM:.3f} {(y1 - y0) * MM:.3f}</ofd:AbbreviatedData></ofd:PathObject>"
        )
    for row in sheet.rows:
        for part in _faces_of(row):
            objects.append(_ofd_text(part, faces, ids))
    for seal in sheet.seals:
        objects.append(_ofd_seal(seal, ids, media, files))
    layer = f'<ofd:Layer ID="{ids.next()}" Type="Body">{"".join(objects)}</ofd:Layer>'
    return _xml("Page", f"<ofd:Content>{layer}</ofd:Content>")


def _faces_of(row: Row) -> list[Row]:
    parts: list[Row] = []
    for glyph in row.glyphs:
        if parts and _face(parts[-1].glyphs[0].face) == _face(glyph.face):
            parts[-1] = Row((*parts[-1].glyphs, glyph))
        else:
            parts.append(Row((glyph,)))
    return parts


def _ofd_text(row: Row, faces: dict[str, int], ids: _Ids) -> str:
    first, last = row.glyphs[0], row.glyphs[-1]
    top = (first.y - INK_TOP * first.size) * MM
    high = (INK_TOP + INK_BOTTOM) * first.size * MM
    wide = (last.x + last.width - first.x) * MM
    steps = [f"{(b.x - a.x) * MM:.3f}" for a, b in zip(row.glyphs, row.glyphs[1:], strict=False)]
    delta = f' DeltaX="{" ".join(steps)}"' if steps else ""
    return (
        f'<ofd:TextObject ID="{ids.next()}" Boundary="{first.x * MM:.3f} {top:.3f} {wide:.3f} '
        f'{high:.3f}" Font="{faces[_face(first.face)]}" Size="{first.size * MM:.3f}">'
        f'<ofd:TextCode X="0" Y="{INK_TOP * first.size * MM:.3f}"{delta}>{escape(row.text)}'
        "</ofd:TextCode></ofd:TextObject>"
    )


def _ofd_seal(seal: Stamp, ids: _Ids, media: list[tuple[int, str]], files: dict[str, bytes]) -> str:
    key = ids.next()
    out = io.BytesIO()
    seal_picture(seal).resize((260, 260), Image.Resampling.LANCZOS).save(out, "PNG")
    files[f"Doc_0/Res/seal_{key}.png"] = out.getvalue()
    media.append((key, f"seal_{key}.png"))
    side = 2 * seal.radius * MM
    left, top = seal.x * MM - side / 2, seal.y * MM - side / 2
    return (
        f'<ofd:ImageObject ID="{ids.next()}" Boundary="{left:.3f} {top:.3f} {side:.3f} '
        f'{side:.3f}" CTM="{side:.3f} 0 0 {side:.3f} 0 0" ResourceID="{key}"/>'
    )


def _xml(root: str, inner: str, attributes: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ofd:{root} xmlns:ofd="{_OFD}"{attributes}>'
        f"{inner}</ofd:{root}>"
    ).encode()


def _subset(face: str, chars: set[str]) -> bytes:
    """Only the glyphs used, as a stand-alone TrueType file."""
    path, index = font_file(face)
    options = subset.Options(drop_tables=["GSUB", "GPOS", "GDEF", "BASE", "EBDT", "EBLC", "EBSC",
                                          "BDF ", "FFTM"],
                             hinting=False, notdef_outline=True)  # fmt: skip
    with TTFont(path, fontNumber=index, recalcTimestamp=False) as font:
        cutter = subset.Subsetter(options)
        cutter.populate(text="".join(sorted(chars)))
        cutter.subset(font)
        out = io.BytesIO()
        font.save(out)
        return out.getvalue()


class _GbkInfo(zipfile.ZipInfo):
    """A member whose name is written as GBK bytes, without the UTF-8 flag."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def pack(files: dict[str, bytes], *, first: str | None = None, gbk: bool = False) -> bytes:
    """A ZIP with fixed times. `gbk`: names in GBK without the UTF-8 flag, as old Windows tools
    write them."""
    out = io.BytesIO()
    names = sorted(files, key=lambda name: (name != first, name))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name in names:
            info = (_GbkInfo if gbk else zipfile.ZipInfo)(name, (2023, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 0
            package.writestr(info, files[name])
    return out.getvalue()
