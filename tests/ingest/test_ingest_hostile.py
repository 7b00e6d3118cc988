"""The bad-input table at reader level: each row refused or survived, each message useful."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from ingest_inputs import PROSE, Pdf, Type, ofd_bytes, ofd_text, scan, text_pdf, zip_bytes

from dossier.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    FileRefused,
    HostileFile,
    ProgramMissing,
    UnsupportedFile,
)
from dossier.ingest import FileKind, Limits, open_file

NO_OFFICE = Limits(office="never")


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "空.pdf"
    path.touch()
    with pytest.raises(EmptyFile) as caught:
        open_file(path)
    assert caught.value.where == "空.pdf"
    assert caught.value.advice


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="cannot be read"):
        open_file(tmp_path / "nothing.pdf")


@pytest.mark.parametrize(
    ("name", "right", "label"),
    [("照片.pdf", "png", "PNG"), ("笔录.jpg", "pdf", "PDF"), ("说明.docx", "txt", "text")],
)
def test_wrong_extension_is_only_noted(tmp_path: Path, name: str, right: str, label: str) -> None:
    path = tmp_path / name
    if right == "png":
        scan(300, 400, rows=3).save(path, "PNG")
    elif right == "pdf":
        text_pdf().save(path)
    else:
        path.write_text(PROSE, encoding="utf-8")
    with open_file(path) as opened:
        kinds = {"png": FileKind.IMAGE, "pdf": FileKind.PDF, "txt": FileKind.TEXT}
        assert opened.kind is kinds[right]
        assert opened.notes[0] == f"extension-mismatch: {path.suffix} is {label}"
        assert opened.page_count == 1


def test_right_extension_has_no_note(tmp_path: Path) -> None:
    path = tmp_path / "页.jpeg"
    scan(300, 400, rows=3).save(path, "JPEG")
    with open_file(path) as opened:
        assert opened.notes == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00" + bytes(200), "Windows program"),
        (b"\x00\x00\x00\x20ftypisom" + bytes(200), "recording"),
        (b"ID3\x04" + bytes(200), "sound recording"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(50), "recording"),
        (b"\x00\x00\x00\x20ftypheic" + bytes(200), "HEIC"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(50), "7-Zip"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(50), "RAR"),
        (bytes(range(256)) * 8, "unknown content"),
        (b"PK\x05\x06" + bytes(18), "ZIP"),
    ],
)
def test_what_nobody_reads_is_refused_with_advice(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    with pytest.raises(UnsupportedFile, match=words) as caught:
        open_file(path)
    assert caught.value.advice


def test_spreadsheet_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "流水.docx"
    path.write_bytes(zip_bytes({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}))
    with pytest.raises(UnsupportedFile, match="Excel"):
        open_file(path)


def docx_with(part: str, data: bytes) -> bytes:
    import docx

    plain = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("正文")
    document.save(plain)
    out = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            to.writestr(name, data if name == part else source.read(name))
    return out.getvalue()


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)).replace("&a0;", "&a;")
    + "]><b>&a9;</b>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/hostname">]><b>&x;</b>'


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "_rels/.rels"])
def test_entities_in_docx(tmp_path: Path, xml: str, encoding: str, part: str) -> None:
    path = tmp_path / "a.docx"
    xml = xml.replace('version="1.0"', f'version="1.0" encoding="{encoding}"')
    path.write_bytes(docx_with(part, xml.encode(encoding)))
    with pytest.raises(HostileFile, match="entities"):
        open_file(path, limits=NO_OFFICE)


@pytest.mark.parametrize("xml", [BOMB, OUTSIDE])
@pytest.mark.parametrize(
    "part", ["OFD.xml", "Doc_0/Document.xml", "Doc_0/Pages/Page_0/Content.xml"]
)
def test_entities_in_ofd(tmp_path: Path, xml: str, part: str) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd_bytes([ofd_text("正文", 20, 20)], extra={}))
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    members[part] = xml.encode()
    path.write_bytes(zip_bytes(members))
    with pytest.raises(HostileFile, match="entities"), open_file(path) as opened:
        opened.page(0)


@pytest.mark.parametrize("kind", ["docx", "ofd"])
def test_zip_bomb_inside_a_document(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    zeros = bytes(40 * 1024 * 1024)
    if kind == "docx":
        path.write_bytes(docx_with("word/document.xml", zeros))
    else:
        path.write_bytes(ofd_bytes([""], extra={"Doc_0/Res/x.bin": zeros}))
    with pytest.raises(HostileFile, match="far more"):
        open_file(path, limits=NO_OFFICE)


@pytest.mark.parametrize("kind", ["docx", "ofd"])
def test_torn_package_is_damaged_or_unsupported(tmp_path: Path, kind: str) -> None:
    data = docx_with("", b"") if kind == "docx" else ofd_bytes([ofd_text("正文", 20, 20)])
    path = tmp_path / f"a.{kind}"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(FileRefused) as caught:
        open_file(path, limits=NO_OFFICE)
    assert caught.value.code in ("damaged", "unsupported")


def test_encrypted_office_file(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    path.write_bytes(content + "EncryptedPackage".encode("utf-16-le") + bytes(100))
    with pytest.raises(EncryptedFile) as caught:
        open_file(path)
    assert "password" in (caught.value.advice or "")


def test_doc_without_libreoffice_says_so(tmp_path: Path) -> None:
    path = tmp_path / "旧.doc"
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    path.write_bytes(content + "WordDocument".encode("utf-16-le") + bytes(100))
    with pytest.raises(ProgramMissing, match="LibreOffice") as caught:
        open_file(path, limits=NO_OFFICE)
    assert "DOCX or PDF" in (caught.value.advice or "")


def huge_png(side: int) -> bytes:
    """A valid PNG head and one row of many: decoding it would take side² bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data))
        )  # fmt: skip

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(side + 1) * 50, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def huge_tiff(side: int) -> bytes:
    entries = [
        (256, 4, side), (257, 4, side), (258, 3, 1), (259, 3, 1), (262, 3, 1), (273, 4, 200),
        (277, 3, 1), (278, 4, side), (279, 4, 100),
    ]  # fmt: skip
    ifd = struct.pack("<H", len(entries))
    for tag, kind, value in entries:
        ifd += struct.pack("<HHI", tag, kind, 1)
        ifd += struct.pack("<I", value) if kind == 4 else struct.pack("<HH", value, 0)
    return (b"II*\x00\x08\x00\x00\x00" + ifd + bytes(4)).ljust(400, b"\x00")


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_forty_thousand_pixels_square_is_refused_before_decoding(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(huge_png(40_000) if kind == "png" else huge_tiff(40_000))
    with pytest.raises(HostileFile, match="pixels") as caught:
        open_file(path)
    assert caught.value.where == path.name


def test_picture_bound_is_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    scan(300, 400, rows=2).save(path)
    with pytest.raises(HostileFile, match="300 × 400 pixels"):
        open_file(path, limits=Limits(image_pixels=100_000))


def test_too_much_text(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(PROSE, encoding="utf-8")
    with pytest.raises(HostileFile, match="bytes of text"):
        open_file(path, limits=Limits(text_bytes=100))


def test_absurd_nesting_ends(tmp_path: Path) -> None:
    deep = tmp_path / "a.html"
    deep.write_text("<html>" + "<div>" * 50_000 + "正文" + "</div>" * 50_000, encoding="utf-8")
    with open_file(deep) as opened:
        assert opened.page_count >= 1
    rtf = tmp_path / "a.rtf"
    rtf.write_bytes(b"{\\rtf1 " + b"{" * 20_000 + b"x" + b"}" * 20_000 + b"}")
    with pytest.raises(HostileFile, match="nested"):
        open_file(rtf)


MEASURE = """
import json, resource, sys
from pathlib import Path
sys.modules.setdefault("dossier", type(sys)("dossier")).__path__ = [sys.argv[2]]
from dossier.ingest import open_file
texts = drawn = 0
with open_file(Path(sys.argv[1])) as opened:
    for number, page in enumerate(opened.pages()):
        layer = page.layer
        texts += layer is not None and "张三" in layer.text
        if layer is None or number % 500 == 0:
            drawn += page.image() is not None
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([opened.page_count, texts, drawn, peak]))
"""


@pytest.mark.skipif(os.name == "nt", reason="peak memory is read by getrusage")
def test_three_thousand_pages_stay_below_one_and_a_half_gigabytes(tmp_path: Path) -> None:
    import json

    import dossier.ingest

    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    font = letters.font()
    pictures = [pdf.image(scan(1240, 1754, rows=20 + number)) for number in range(4)]
    for number in range(3000):
        if number % 100 == 7:
            image = pictures[number % 4]
            pdf.page("q 595 0 0 842 0 0 cm /Im Do Q", images={"Im": image})
        else:
            pdf.page(content, fonts={"F1": font})
    path = pdf.save(tmp_path / "a.pdf")
    home = Path(dossier.ingest.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), str(home)],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    pages, texts, drawn, peak = json.loads(done.stdout)
    assert (pages, texts, drawn) == (3000, 2970, 36)
    unit = 1 if sys.platform == "darwin" else 1024
    assert peak * unit < 1.5 * 1024**3
