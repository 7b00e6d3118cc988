"""Inputs for the reader tests, built byte by byte: no sample files, no system fonts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw

PROSE = (
    "被告人张三，男，一九九〇年一月一日出生，汉族，住甘肃省兰州市。因本案于二〇二五年三月四日被刑事拘留，"
    "同年三月十八日被逮捕。现羁押于看守所。经审理查明，被告人酒后驾驶机动车在道路上行驶，被公安机关查获。"
    "经鉴定，其血液中乙醇含量为一百八十毫克。上述事实，有证人证言、鉴定意见等证据证实，足以认定。"
)


class Pdf:
    """A PDF written by hand. Object 1 is the catalog, object 2 the page tree."""

    def __init__(self) -> None:
        self._objects: list[bytes] = [b"", b""]
        self.pages: list[int] = []
        self.catalog_extra = ""
        self.version = "1.7"

    def add(self, body: str | bytes) -> int:
        self._objects.append(body.encode("latin-1") if isinstance(body, str) else body)
        return len(self._objects)

    def stream(self, data: bytes, extra: str = "") -> int:
        head = f"<< /Length {len(data)} {extra} >>\nstream\n".encode()
        return self.add(head + data + b"\nendstream")

    def image(self, picture: Image.Image) -> int:
        data = io.BytesIO()
        picture.convert("RGB").save(data, "JPEG", quality=85)
        return self.stream(
            data.getvalue(),
            f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        )

    def page(
        self,
        content: str,
        *,
        fonts: Mapping[str, int] | None = None,
        images: Mapping[str, int] | None = None,
        box: Sequence[float] = (0, 0, 595, 842),
        extra: str = "",
    ) -> int:
        body = self.stream(content.encode("latin-1"))
        names = " ".join(f"/{key} {value} 0 R" for key, value in (fonts or {}).items())
        pictures = " ".join(f"/{key} {value} 0 R" for key, value in (images or {}).items())
        number = self.add(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{' '.join(map(str, box))}] "
            f"/Resources << /Font << {names} >> /XObject << {pictures} >> >> "
            f"/Contents {body} 0 R {extra} >>"
        )
        self.pages.append(number)
        return number

    def bytes(self) -> bytes:
        kids = " ".join(f"{page} 0 R" for page in self.pages)
        self._objects[0] = f"<< /Type /Catalog /Pages 2 0 R {self.catalog_extra} >>".encode()
        self._objects[1] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>".encode()
        out = bytearray(f"%PDF-{self.version}\n%\xe2\xe3\xcf\xd3\n".encode("latin-1"))
        places = []
        for number, body in enumerate(self._objects, 1):
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
        out += (
            f"trailer\n<< /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
        ).encode()
        return bytes(out)

    def save(self, path: Path) -> Path:
        path.write_bytes(self.bytes())
        return path


@dataclass
class Type:
    """A Type 3 font for one PDF: every character is a printed block one em wide.

    `to_unicode` maps what is printed to what the file claims; None leaves the map out.
    """

    pdf: Pdf
    codes: dict[str, int] = field(default_factory=dict)

    def show(self, text: str) -> str:
        """A string operand."""
        for char in text:
            self.codes.setdefault(char, 33 + len(self.codes))
        assert len(self.codes) < 200, "one font holds 200 characters"
        return "<" + "".join(f"{self.codes[char]:02x}" for char in text) + ">"

    def line(self, text: str, x: float, y: float, size: float = 12, extra: str = "") -> str:
        return f"BT {extra} /F1 {size} Tf 1 0 0 1 {x} {y} Tm {self.show(text)} Tj ET\n"

    def paragraph(
        self, text: str, x: float = 72, y: float = 760, size: float = 12, extra: str = ""
    ) -> str:
        across = int((595 - 2 * x) // size)
        return "".join(
            self.line(text[at : at + across], x, y - number * 1.6 * size, size, extra)
            for number, at in enumerate(range(0, len(text), across))
        )

    def font(self, *, claims: Mapping[str, str] | None = None, to_unicode: bool = True) -> int:
        block = self.pdf.stream(b"1000 0 0 0 1000 1000 d1 80 -50 840 850 re f")
        first, last = 33, 32 + len(self.codes)
        names = [f"/g{code}" for code in range(first, last + 1)]
        procedures = " ".join(f"{name} {block} 0 R" for name in names)
        mapped = ""
        if to_unicode:
            rows = "".join(
                f"<{code:02x}> <{(claims or {}).get(char, char).encode('utf-16-be').hex()}>\n"
                for char, code in self.codes.items()
            )
            cmap = (
                "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
                "/CMapName /X def /CMapType 2 def\n"
                "1 begincodespacerange <00> <ff> endcodespacerange\n"
            )
            entries = rows.splitlines()
            for at in range(0, len(entries), 100):
                part = entries[at : at + 100]
                cmap += f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar\n"
            cmap += "endcmap end end"
            mapped = f"/ToUnicode {self.pdf.stream(cmap.encode())} 0 R"
        return self.pdf.add(
            "<< /Type /Font /Subtype /Type3 /FontBBox [0 -100 1000 900] "
            f"/FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << {procedures} >> "
            f"/Encoding << /Type /Encoding /Differences [{first} {' '.join(names)}] >> "
            f"/FirstChar {first} /LastChar {last} "
            f"/Widths [{' '.join('1000' for _ in names)}] /Resources << >> {mapped} >>"
        )


def text_pdf(
    text: str = PROSE,
    *,
    claims: Mapping[str, str] | None = None,
    to_unicode: bool = True,
    extra: str = "",
    text_extra: str = "",
) -> Pdf:
    """One page of printed blocks claiming to be `text`."""
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(text, extra=text_extra)
    pdf.page(content, fonts={"F1": letters.font(claims=claims, to_unicode=to_unicode)}, extra=extra)
    return pdf


def scan(
    width: int = 1240, height: int = 1754, rows: int = 30, *, across: int = 30, top: int = 150
) -> Image.Image:
    """A page image with rows of dark blocks where characters would be."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    step = width * 0.75 / across
    for row in range(rows):
        y = top + row * int(step * 1.6)
        for column in range(across):
            x = int(width * 0.12 + column * step)
            pen.rectangle((x, y, x + step * 0.8, y + step * 0.8), fill="black")
    return picture


def scan_pdf(picture: Image.Image, content: str = "", **fonts: int) -> Pdf:
    """One page filled by one image, with `content` painted before it."""
    pdf = Pdf()
    image = pdf.image(picture)
    pdf.page(f"{content} q 595 0 0 842 0 0 cm /Im Do Q", images={"Im": image}, fonts=fonts)
    return pdf


def zip_bytes(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return data.getvalue()


def raw_zip(members: Sequence[tuple[bytes, bytes]], flags: int = 0) -> bytes:
    """A ZIP whose names are these very bytes, as old Windows packers write them."""
    import struct
    import zlib

    out, directory = bytearray(), bytearray()
    for name, content in members:
        check = zlib.crc32(content)
        place = len(out)
        out += struct.pack(
            "<4sHHHHHIIIHH", b"PK\x03\x04", 20, flags, 0, 0, 0x21, check, len(content),
            len(content), len(name), 0,
        )  # fmt: skip
        out += name + content
        directory += struct.pack(
            "<4sHHHHHHIIIHHHHHII", b"PK\x01\x02", 20, 20, flags, 0, 0, 0x21, check, len(content),
            len(content), len(name), 0, 0, 0, 0, 0, place,
        )  # fmt: skip
        directory += name
    start = len(out)
    out += directory
    out += struct.pack(
        "<4sHHHHIIH", b"PK\x05\x06", 0, 0, len(members), len(members), len(directory), start, 0
    )
    return bytes(out)


OFD_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def ofd_bytes(
    pages: Sequence[str],
    *,
    template: str = "",
    signature: str = "",
    extra: Mapping[str, bytes] | None = None,
    resources: str = "",
) -> bytes:
    """An OFD of A4 pages; each page is the content of its layer, in millimetres."""
    listed = "".join(
        f'<ofd:Page ID="{10 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>'
        for number in range(len(pages))
    )
    templates = '<ofd:TemplatePage ID="5" BaseLoc="Tpls/T.xml"/>' if template else ""
    members: dict[str, bytes] = {
        "OFD.xml": (
            f'<?xml version="1.0" encoding="UTF-8"?><ofd:OFD {OFD_NS} Version="1.0" '
            'DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>x</ofd:DocID></ofd:DocInfo>'
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
            + ("<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>" if signature else "")
            + "</ofd:DocBody></ofd:OFD>"
        ).encode(),
        "Doc_0/Document.xml": (
            f"<ofd:Document {OFD_NS}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
            f"</ofd:PhysicalBox></ofd:PageArea>{templates}"
            "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
        ).encode(),
        "Doc_0/DocumentRes.xml": f'<ofd:Res {OFD_NS} BaseLoc="Res">{resources}</ofd:Res>'.encode(),
    }
    for number, content in enumerate(pages):
        used = '<ofd:Template TemplateID="5"/>' if template else ""
        members[f"Doc_0/Pages/Page_{number}/Content.xml"] = (
            f'<ofd:Page {OFD_NS}>{used}<ofd:Content><ofd:Layer ID="20">{content}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        ).encode()
    if template:
        members["Doc_0/Tpls/T.xml"] = (
            f'<ofd:Page {OFD_NS}><ofd:Content><ofd:Layer ID="21">{template}</ofd:Layer>'
            "</ofd:Content></ofd:Page>"
        ).encode()
    if signature:
        members["Doc_0/Signs/Signatures.xml"] = (
            f"<ofd:Signatures {OFD_NS}>"
            '<ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>'
        ).encode()
        members["Doc_0/Signs/Sign_0/Signature.xml"] = (
            f"<ofd:Signature {OFD_NS}><ofd:SignedInfo>{signature}</ofd:SignedInfo></ofd:Signature>"
        ).encode()
    members.update(extra or {})
    return zip_bytes(members)


def ofd_text(
    text: str, x: float, y: float, *, size: float = 4.0, delta: str = "", ctm: str = ""
) -> str:
    """A TextObject whose base line begins at x, y (mm)."""
    steps = f' DeltaX="{delta}"' if delta else ""
    matrix = f' CTM="{ctm}"' if ctm else ""
    return (
        f'<ofd:TextObject ID="30" Boundary="{x} {y - size} 180 {size * 1.3}" Font="1" '
        f'Size="{size}"{matrix}><ofd:TextCode X="0" Y="{size}"{steps}>{text}</ofd:TextCode>'
        "</ofd:TextObject>"
    )
