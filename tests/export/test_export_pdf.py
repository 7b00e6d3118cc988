"""Pages of PDF originals in the export."""

from __future__ import annotations

import io
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from exportscans import (
    RECORD,
    Scan,
    lines_of,
    pdfium_finds,
    pdfium_text,
    pdftotext,
    record,
    rendered,
)
from PIL import Image, ImageChops, ImageStat
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    RectangleObject,
)

from dossier.errors import DamagedFile, EncryptedFile
from dossier.export import ExportPage, ExportReport, write_pdf
from dossier.export.sink import as_pdf
from dossier.model import Line, Origin, PageLayer


def scanned(scan: Scan) -> PdfWriter:
    """A PDF of one page that is nothing but the scan, as a scanner writes it."""
    out = io.BytesIO()
    scan.image.save(out, "PDF", resolution=scan.dpi, quality=60)
    writer = PdfWriter()
    writer.append(io.BytesIO(out.getvalue()))
    return writer


def written(writer: PdfWriter, path: Path) -> Path:
    with path.open("wb") as file:
        writer.write(file)
    return path


def export(
    source: Path, layer: PageLayer, target: Path, *, number: int = 0, **extra: Any
) -> ExportReport:
    page = ExportPage(source, "pdf", number, layer, "1", **extra)
    return write_pdf([page], target, bookmarks=(), title="卷")


def codes(report: ExportReport) -> set[str]:
    return {note.code for note in report.notes}


def difference(first: Image.Image, second: Image.Image) -> float:
    second = second.convert("RGB").resize(first.size)
    return max(ImageStat.Stat(ImageChops.difference(first.convert("RGB"), second)).mean)


def check_text(path: Path, wanted: list[str]) -> None:
    assert lines_of(pdfium_text(path)) == wanted
    assert lines_of(PdfReader(path).pages[0].extract_text()) == wanted
    assert lines_of(pdftotext(path)) == wanted


def test_scan_keeps_its_bytes_and_gets_text(tmp_path: Path) -> None:
    scan = record()
    source = written(scanned(scan), tmp_path / "blob")
    before = source.read_bytes()
    report = export(source, scan.layer(), tmp_path / "out.pdf")
    assert source.read_bytes() == before
    old = PdfReader(source).pages[0].images[0]
    new = PdfReader(tmp_path / "out.pdf").pages[0].images[0]
    assert new.data == old.data
    assert report.size < 1.1 * len(before) + 5000
    assert report.notes == ()
    check_text(tmp_path / "out.pdf", list(RECORD))


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("own", [0, 90, 270])
def test_every_turn_of_the_file_and_of_recognition(tmp_path: Path, turn: int, own: int) -> None:
    # the file says /Rotate `own`, and recognition turned what was shown by `turn`
    upright = record()
    stored = Scan(*upright.image.size)
    stored.image = upright.image.rotate(turn + own, expand=True)
    writer = scanned(stored)
    writer.pages[0][NameObject("/Rotate")] = as_pdf(own)
    source = written(writer, tmp_path / "blob")
    export(source, upright.layer(rotation=turn), tmp_path / "out.pdf")
    picture = rendered(tmp_path / "out.pdf", scale=1)
    assert difference(picture, upright.image) < 3
    check_text(tmp_path / "out.pdf", list(RECORD))


@pytest.mark.parametrize("own", [0, 90])
def test_crop_box_off_the_origin_and_user_unit(tmp_path: Path, own: int) -> None:
    upright = record()
    stored = Scan(*upright.image.size)
    stored.image = upright.image.rotate(own, expand=True)
    writer = scanned(stored)
    page = writer.pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    page.add_transformation((1, 0, 0, 1, 200, 300), expand=False)
    page[NameObject("/MediaBox")] = RectangleObject((150, 250, width + 300, height + 500))
    page[NameObject("/CropBox")] = RectangleObject((200, 300, width + 200, height + 300))
    page[NameObject("/UserUnit")] = FloatObject(2)
    page[NameObject("/Rotate")] = as_pdf(own)
    source = written(writer, tmp_path / "blob")
    export(source, upright.layer(), tmp_path / "out.pdf")
    assert difference(rendered(tmp_path / "out.pdf"), upright.image) < 3
    check_text(tmp_path / "out.pdf", list(RECORD))
    from test_export_text import words

    found = words(tmp_path / "out.pdf")
    overlaps = [box.iou(line.box) for (_, box), line in zip(found, upright.lines, strict=True)]
    assert min(overlaps) > 0.9


def add_text(
    writer: PdfWriter, shown: str, *, mode: int, readable: bool = True, form: bool = False
) -> None:
    """Old text on the first page: Helvetica, optionally with codes that mean other characters."""
    font: dict[str, Any] = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    if not readable:
        rows = "\n".join(f"<{code:02X}> <{0xE000 + code:04X}>" for code in range(32, 127))
        space = "1 begincodespacerange\n<00> <FF>\nendcodespacerange"
        body = f"{space}\n95 beginbfchar\n{rows}\nendbfchar"
        stream = DecodedStreamObject()
        stream.set_data(
            f"/CIDInit /ProcSet findresource begin begincmap\n{body}\nendcmap end".encode()
        )
        font["/ToUnicode"] = writer._add_object(stream)
    ref = writer._add_object(as_pdf(font))
    drawing = f"q BT /F0 20 Tf {mode} Tr 60 100 Td ({shown}) Tj ET Q\n".encode()
    page = writer.pages[0]
    resources = page["/Resources"]
    if form:
        inner = DecodedStreamObject()
        inner.set_data(drawing)
        inner.update(
            as_pdf(
                {
                    "/Type": "/XObject",
                    "/Subtype": "/Form",
                    "/BBox": [0, 0, 600, 850],
                    "/Resources": {"/Font": {"/F0": ref}},
                }
            )
        )
        resources["/XObject"][NameObject("/Fm0")] = writer._add_object(inner)  # type: ignore[index]
        drawing = b"/Fm0 Do\n"
    else:
        resources[NameObject("/Font")] = as_pdf({"/F0": ref})  # type: ignore[index]
    content = DecodedStreamObject()
    content.set_data(drawing)
    old = page.raw_get("/Contents")
    page[NameObject("/Contents")] = ArrayObject([old, writer._add_object(content)])


@pytest.mark.parametrize("form", [False, True])
def test_old_invisible_text_is_replaced(tmp_path: Path, form: bool) -> None:
    scan = record()
    writer = scanned(scan)
    add_text(writer, "GARBAGE of an old engine", mode=3, form=form)
    source = written(writer, tmp_path / "blob")
    assert "GARBAGE" in pdfium_text(source)
    report = export(source, scan.layer(), tmp_path / "out.pdf")
    check_text(tmp_path / "out.pdf", list(RECORD))
    assert codes(report) == {"old-text-dropped"}


def test_visible_text_without_meaning_stays_visible_and_is_read_once(tmp_path: Path) -> None:
    scan = record()
    writer = scanned(scan)
    add_text(writer, "VISIBLE", mode=0, readable=False)
    source = written(writer, tmp_path / "blob")
    lines = (*scan.lines, Line("VISIBLE", (0.1, 0.86, 0.25, 0.86, 0.25, 0.885, 0.1, 0.885)))
    export(source, replace(scan.layer(), lines=lines), tmp_path / "out.pdf")
    check_text(tmp_path / "out.pdf", [*RECORD, "VISIBLE"])
    assert difference(rendered(tmp_path / "out.pdf"), rendered(source)) == 0


def test_born_digital_pages_stay_as_they_are(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.pages[0][NameObject("/Resources")] = DictionaryObject()
    stream = DecodedStreamObject()
    stream.set_data(b"0 0 1 rg 10 10 50 50 re f")
    writer.pages[0][NameObject("/Contents")] = writer._add_object(stream)
    add_text(writer, "Born digital", mode=0)
    source = written(writer, tmp_path / "blob")
    layer = PageLayer(595, 842, (Line("Born digital", (0.1, 0.86, 0.3, 0.86, 0.3, 0.9, 0.1, 0.9)),))
    report = export(source, layer, tmp_path / "out.pdf")
    check_text(tmp_path / "out.pdf", ["Born digital"])
    assert report.fonts == ()
    assert report.notes == ()
    assert difference(rendered(tmp_path / "out.pdf"), rendered(source)) == 0


@pytest.mark.parametrize("turn", [0, 90])
def test_mixed_pages_get_only_what_their_pictures_say(tmp_path: Path, turn: int) -> None:
    scan = record()
    stored = Scan(*scan.image.size)
    stored.image = scan.image.rotate(turn, expand=True)
    writer = scanned(stored)
    page = writer.pages[0]
    page[NameObject("/Rotate")] = as_pdf(turn)
    if turn == 0:
        add_text(writer, "Native heading", mode=0)
        own = [Line("Native heading", (0.1, 0.86, 0.4, 0.86, 0.4, 0.89, 0.1, 0.89))]
    else:
        own = []
    source = written(writer, tmp_path / "blob")
    layer = replace(scan.layer(Origin.MIXED), lines=(*own, *scan.lines))
    export(source, layer, tmp_path / "out.pdf")
    found = lines_of(pdfium_text(tmp_path / "out.pdf"))
    assert sorted(found) == sorted([*RECORD, *(line.text for line in own)])


def signed(path: Path, *, invisible: bool = False) -> Path:
    """A scan with a signature field whose appearance is a red square, and a script."""
    writer = scanned(record())
    seal = DecodedStreamObject()
    seal.set_data(b"1 0 0 rg 0 0 50 50 re f")
    seal.update(as_pdf({"/Type": "/XObject", "/Subtype": "/Form", "/BBox": [0, 0, 50, 50]}))
    widget = writer._add_object(
        as_pdf(
            {
                "/Type": "/Annot",
                "/Subtype": "/Widget",
                "/FT": "/Sig",
                "/T": b"sig",
                "/F": 4,
                "/Rect": [0, 0, 0, 0] if invisible else [400, 100, 500, 200],
                "/AP": {"/N": writer._add_object(seal)},
                "/P": writer.pages[0].indirect_reference,
                "/V": {
                    "/Type": "/Sig",
                    "/Filter": "/Adobe.PPKLite",
                    "/SubFilter": "/adbe.pkcs7.detached",
                    "/Contents": b"\0" * 64,
                    "/ByteRange": [0, 10, 20, 30],
                },
            }
        )
    )
    link = {"/Type": "/Annot", "/Subtype": "/Link", "/Rect": [0, 0, 50, 50]}
    page = writer.pages[0]
    page[NameObject("/Annots")] = as_pdf(
        [
            widget,
            link | {"/A": {"/S": "/URI", "/URI": b"https://example.org/"}},
            link | {"/A": {"/S": "/JavaScript", "/JS": b"app.alert(1)"}},
            link | {"/A": {"/S": "/Launch", "/F": b"calc.exe"}},
        ]
    )
    page[NameObject("/AA")] = as_pdf({"/O": {"/S": "/JavaScript", "/JS": b"app.alert(2)"}})
    root = writer.root_object
    root[NameObject("/AcroForm")] = as_pdf({"/Fields": [widget], "/SigFlags": 3})
    return written(writer, path)


def test_signature_goes_and_its_seal_stays(tmp_path: Path) -> None:
    source = signed(tmp_path / "blob")
    before = source.read_bytes()
    report = export(source, record().layer(), tmp_path / "out.pdf")
    assert source.read_bytes() == before
    assert {"signature-dropped", "annotations-flattened"} <= codes(report)
    picture = rendered(tmp_path / "out.pdf")
    assert picture.getpixel((450, picture.height - 150)) == (255, 0, 0)
    reader = PdfReader(tmp_path / "out.pdf")
    assert "/AcroForm" not in reader.root_object
    annots = reader.pages[0]["/Annots"]
    assert [annot.get_object()["/A"]["/S"] for annot in annots] == ["/URI"]  # type: ignore[attr-defined]
    data = (tmp_path / "out.pdf").read_bytes()
    for word in (b"/Sig", b"/JavaScript", b"/Launch", b"ByteRange"):
        assert word not in data
    check_text(tmp_path / "out.pdf", list(RECORD))


def test_invisible_signature(tmp_path: Path) -> None:
    source = signed(tmp_path / "blob", invisible=True)
    report = export(source, record().layer(), tmp_path / "out.pdf")
    assert codes(report) == {"signature-dropped"}


def test_page_that_leaves_its_graphics_state_open(tmp_path: Path) -> None:
    # unbalanced q and Q must move neither the seal nor the text
    source = signed(tmp_path / "blob")
    writer = PdfWriter(clone_from=source)
    page = writer.pages[0]
    for data in (b"Q Q ", b" q q 0.5 0 0 0.5 100 100 cm"):
        stream = DecodedStreamObject()
        stream.set_data(data)
        contents = page["/Contents"]
        parts = list(contents) if isinstance(contents, ArrayObject) else [page.raw_get("/Contents")]
        ref = writer._add_object(stream)
        page[NameObject("/Contents")] = ArrayObject(
            [ref, *parts] if data.startswith(b"Q") else [*parts, ref]
        )
    written(writer, tmp_path / "blob2")
    export(tmp_path / "blob2", record().layer(), tmp_path / "out.pdf")
    picture = rendered(tmp_path / "out.pdf")
    assert picture.getpixel((450, picture.height - 150)) == (255, 0, 0)
    check_text(tmp_path / "out.pdf", list(RECORD))


def test_encrypted_original(tmp_path: Path) -> None:
    scan = record()
    writer = scanned(scan)
    writer.encrypt("geheim", algorithm="RC4-128")
    source = written(writer, tmp_path / "blob")
    with pytest.raises(EncryptedFile, match="page 1"):
        export(source, scan.layer(), tmp_path / "out.pdf", passwords=("falsch",))
    assert not (tmp_path / "out.pdf").exists()
    report = export(
        source, scan.layer(), tmp_path / "out.pdf", passwords=("falsch", "geheim"), name="卷一.pdf"
    )
    assert codes(report) == {"decrypted"}
    assert not PdfReader(tmp_path / "out.pdf").is_encrypted
    check_text(tmp_path / "out.pdf", list(RECORD))


def test_damaged_original(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b"%PDF-1.4 nothing else")
    with pytest.raises(DamagedFile, match=r"卷一\.pdf, page 1"):
        export(tmp_path / "blob", record().layer(), tmp_path / "out.pdf", name="卷一.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["blob"]


def test_number_beyond_the_file(tmp_path: Path) -> None:
    source = written(scanned(record()), tmp_path / "blob")
    with pytest.raises(DamagedFile):
        export(source, record().layer(), tmp_path / "out.pdf", number=7)


def test_broken_cross_references_are_survived(tmp_path: Path) -> None:
    source = written(scanned(record()), tmp_path / "blob")
    data = source.read_bytes()
    at = data.rindex(b"startxref")
    source.write_bytes(data[:at] + b"startxref\n999999\n%%EOF\n")
    export(source, record().layer(), tmp_path / "out.pdf")
    check_text(tmp_path / "out.pdf", list(RECORD))


def test_switched_off_layers_stay_off(tmp_path: Path) -> None:
    writer = scanned(record())
    group = writer._add_object(as_pdf({"/Type": "/OCG", "/Name": b"draft"}))
    stream = DecodedStreamObject()
    stream.set_data(b"/OC /L0 BDC 1 0 0 rg 0 0 600 850 re f EMC")
    page = writer.pages[0]
    page["/Resources"][NameObject("/Properties")] = as_pdf({"/L0": group})  # type: ignore[index]
    page[NameObject("/Contents")] = ArrayObject(
        [page.raw_get("/Contents"), writer._add_object(stream)]
    )
    writer.root_object[NameObject("/OCProperties")] = as_pdf(
        {"/OCGs": [group], "/D": {"/OFF": [group]}}
    )
    source = written(writer, tmp_path / "blob")
    export(source, record().layer(), tmp_path / "out.pdf")
    assert difference(rendered(tmp_path / "out.pdf"), record().image) < 3


def test_shared_objects_are_copied_once(tmp_path: Path) -> None:
    # twenty pages showing one letterhead
    writer = PdfWriter()
    stream = DecodedStreamObject()
    stream.set_data(bytes(range(256)) * 800)
    stream.update(
        as_pdf(
            {
                "/Type": "/XObject",
                "/Subtype": "/Image",
                "/Width": 320,
                "/Height": 640,
                "/ColorSpace": "/DeviceGray",
                "/BitsPerComponent": 8,
            }
        )
    )
    image = writer._add_object(stream)
    for _ in range(20):
        page = writer.add_blank_page(595, 842)
        content = DecodedStreamObject()
        content.set_data(b"q 500 0 0 700 0 0 cm /Im Do Q")
        page[NameObject("/Contents")] = writer._add_object(content)
        page[NameObject("/Resources")] = as_pdf({"/XObject": {"/Im": image}})
    source = written(writer, tmp_path / "blob")
    layer = PageLayer(595, 842, origin=Origin.NONE)
    pages = [ExportPage(source, "pdf", number, layer) for number in range(20)]
    report = write_pdf(pages, tmp_path / "out.pdf", bookmarks=(), title="卷")
    assert report.size < 1.2 * source.stat().st_size


def test_objects_nested_in_a_circle_end(tmp_path: Path) -> None:
    writer = scanned(record())
    resources = writer.pages[0]["/Resources"]
    loop = DictionaryObject()
    ref = writer._add_object(loop)
    loop[NameObject("/Self")] = ref
    loop[NameObject("/Page")] = writer.pages[0].indirect_reference
    loop[NameObject("/Deep")] = _deep(60)
    resources[NameObject("/ExtGState")] = as_pdf({"/G0": ref})  # type: ignore[index]
    source = written(writer, tmp_path / "blob")
    export(source, record().layer(), tmp_path / "out.pdf")
    check_text(tmp_path / "out.pdf", list(RECORD))
    data = (tmp_path / "out.pdf").read_bytes()
    assert data.count(b"/Type /Page\n") == 1


def test_a_page_pypdf_cannot_carry_becomes_a_picture(tmp_path: Path) -> None:
    scan = record()
    stored = Scan(*scan.image.size)
    stored.image = scan.image.rotate(90, expand=True)
    writer = scanned(stored)
    writer.pages[0]["/Resources"][NameObject("/ExtGState")] = as_pdf({"/G0": _deep(250)})  # type: ignore[index]
    source = written(writer, tmp_path / "blob")
    report = export(source, scan.layer(rotation=90), tmp_path / "out.pdf")
    assert codes(report) & {"page-rasterised", "page-repaired"}
    check_text(tmp_path / "out.pdf", list(RECORD))
    assert difference(rendered(tmp_path / "out.pdf"), scan.image) < 4


def _deep(levels: int) -> ArrayObject:
    inner = ArrayObject()
    for _ in range(levels):
        inner = ArrayObject([inner])
    return inner


def test_page_order_and_several_files(tmp_path: Path) -> None:
    # pages of nine files interleaved: more files than are kept open
    pages = []
    layers = []
    for number in range(9):
        scan = Scan(600, 400, 100).line(50, 80, f"第{number}份文书首页")
        scan.image.save(tmp_path / f"blob{number}", "PDF", resolution=100, save_all=True,
                        append_images=[scan.image])  # fmt: skip
        layers.append(scan.layer())
    for number in (0, 1):
        pages += [
            ExportPage(tmp_path / f"blob{n}", "pdf", number, layers[n], str(n)) for n in range(9)
        ]
    write_pdf(iter(pages), tmp_path / "out.pdf", bookmarks=(), title="卷")
    reader = PdfReader(tmp_path / "out.pdf")
    found = [lines_of(page.extract_text()) for page in reader.pages]
    assert found == [[f"第{n}份文书首页"] for n in range(9)] * 2
    assert pdfium_finds(tmp_path / "out.pdf", ["第0份文书首页"], 9) == ["第0份文书首页"]


def test_content_streams_are_compressed(tmp_path: Path) -> None:
    scan = record()
    scan.image.save(tmp_path / "scan", "JPEG")
    page = ExportPage(tmp_path / "scan", "image", 0, scan.layer())
    write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")
    content = PdfReader(tmp_path / "out.pdf").pages[0].raw_get("/Contents")
    assert isinstance(content, IndirectObject)
    stream = content.get_object()
    assert b"Tj" in zlib.decompress(stream._data)  # type: ignore[union-attr]
