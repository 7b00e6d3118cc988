"""PDF: text where it can be trusted, OCR where not, page by page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ingest_inputs import PROSE, Pdf, Type, scan, scan_pdf, text_pdf
from PIL import Image, ImageDraw

from dossier.errors import DamagedFile, EncryptedFile, HostileFile
from dossier.ingest import FileKind, Limits, decrypt_copy, open_file
from dossier.model import Box, Origin


def flat(text: str) -> str:
    return "".join(text.split())


def dark(image: Image.Image, box: Box) -> float:
    """Share of dark pixels in a box."""
    part = np.asarray(image.convert("L"))[
        int(box.top * image.height) : round(box.bottom * image.height),
        int(box.left * image.width) : round(box.right * image.width),
    ]
    return float((part < 128).mean())


def test_born_digital_text_is_trusted_and_lies_on_the_print(tmp_path: Path) -> None:
    path = text_pdf().save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        assert (opened.kind, opened.page_count, opened.signed) == (FileKind.PDF, 1, False)
        assert opened.notes == ()
        page = opened.page(0)
        assert (page.width, page.height) == (595, 842)
        layer = page.layer
        assert layer is not None
        assert layer.origin is Origin.NATIVE
        assert flat(layer.text) == PROSE
        image = page.image(144)
        assert image is not None
        assert image.size == (1190, 1684)
        assert all(line.confidence == 1 for line in layer.lines)
        for line in layer.lines:
            assert dark(image, line.box) > 0.4
            # each character is a block of its own: the gaps between lie at the span borders
            second = line.part_box(1, 2)
            assert second.width * 595 == pytest.approx(12, abs=0.5)
            assert dark(image, second) > 0.4


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotate_and_cropbox_are_applied(tmp_path: Path, rotation: int) -> None:
    extra = f"/Rotate {rotation} /CropBox [36 100 595 800]"
    path = text_pdf(extra=extra).save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        page = opened.page(0)
        sideways = rotation in (90, 270)
        assert (page.width, page.height) == ((700, 559) if sideways else (559, 700))
        layer = page.layer
        assert layer is not None
        assert flat(layer.text) == PROSE
        # a page seen sideways is turned upright: its text then runs from left to right
        assert layer.rotation == (360 - rotation) % 360
        image = page.image(144)
        assert image is not None
        upright = image.rotate(-layer.rotation, expand=True)
        for line in layer.lines:
            assert line.quad[2] > line.quad[0]
            assert dark(upright, line.box) > 0.4


def test_text_outside_the_cropbox_is_not_there(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.line("案件编号", 72, 700) + letters.line("页外之字", 72, 30)
    pdf.page(content, fonts={"F1": letters.font()}, extra="/CropBox [0 100 595 842]")
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert layer.text == "案件编号"
        assert any(note.startswith("text-outside-page: 4") for note in layer.notes)


def test_a_rotated_watermark_does_not_break_lines(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    content += f"BT /F1 20 Tf .7 .7 -.7 .7 150 400 Tm {letters.show('内部资料')} Tj ET"
    pdf.page(content, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert layer.rotation == 0
        marks = [line for line in layer.lines if line.text == "内部资料"]
        assert len(marks) == 1
        assert marks[0].quad[3] < marks[0].quad[1]  # it climbs
        assert PROSE in flat(layer.text.replace("内部资料", ""))


@pytest.mark.parametrize(
    ("claims", "to_unicode", "reason"),
    [
        (None, False, "no ToUnicode"),
        ({char: chr(0xE100 + n) for n, char in enumerate(dict.fromkeys(PROSE))}, True,
         "private-use glyphs"),
        (dict.fromkeys(PROSE, "�"), True, "replacement characters"),
        ({char: chr(0xC0 + n % 60) for n, char in enumerate(dict.fromkeys(PROSE))}, True,
         "mojibake"),
        ({char: chr(0x7000 + 37 * n) for n, char in enumerate(dict.fromkeys(PROSE))}, True,
         "rare characters"),
    ],
)  # fmt: skip
def test_bad_text_layers_are_rejected(
    tmp_path: Path, claims: dict[str, str] | None, to_unicode: bool, reason: str
) -> None:
    path = text_pdf(claims=claims, to_unicode=to_unicode).save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.layer is None
        assert f"text-layer-rejected: {reason}" in page.notes
        image = page.image()
        assert image is not None
        assert dark(image, Box(0, 0, 1, 1)) > 0.02


def test_scrambled_but_common_characters_are_rejected(tmp_path: Path) -> None:
    """A map that gives every character another of level 1: only its frequencies betray it."""
    level1 = [bytes([0xB0 + n // 80, 0xA1 + n % 80]).decode("gb2312") for n in range(900)]
    distinct = list(dict.fromkeys(PROSE * 2))
    claims = {char: level1[(n * 53 + 11) % 900] for n, char in enumerate(distinct)}
    path = text_pdf(PROSE * 2, claims=claims).save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        assert opened.page(0).layer is None
        assert opened.page(0).notes == ("text-layer-rejected: no common words",)


def test_a_few_symbol_font_bullets_do_no_harm(tmp_path: Path) -> None:
    text = "☐" + PROSE
    path = text_pdf(text, claims={"☐": "\uf0a8"}).save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert layer.text.startswith("□被告人")


def test_radicals_become_their_characters(tmp_path: Path) -> None:
    path = text_pdf(claims={"人": "⼈", "民": "⺠", "车": "⻋"}).save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert flat(layer.text) == PROSE


def test_scanned_page_is_for_ocr_at_its_own_resolution(tmp_path: Path) -> None:
    for width, dpi in ((1240, 150), (1985, 240), (4960, 300), (620, 150)):
        picture = scan(width, width * 842 // 595)
        with open_file(scan_pdf(picture).save(tmp_path / f"{width}.pdf")) as opened:
            page = opened.page(0)
            assert page.layer is None
            image = page.image()
            assert image is not None
            assert image.width == pytest.approx(595 / 72 * dpi, abs=2)
            assert image.info["dpi"][0] == pytest.approx(dpi, abs=1)
            small = page.image(72)
            assert small is not None
            assert small.width == 595


def test_blank_page_has_an_empty_layer(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page("")
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert (layer.lines, layer.origin) == ((), Origin.NONE)


def hidden_layer(text: str, *, down: float = 0, rows: int = 20) -> Pdf:
    """A scan of 20 rows of 30 characters below invisible text."""
    pdf = Pdf()
    picture = scan(1190, 1684, rows=rows)
    image = pdf.image(picture)
    letters = Type(pdf)
    step = 1190 * 0.75 / 30
    content = "q 595 0 0 842 0 0 cm /Im Do Q\n"
    for row in range(20):
        y = 842 - (150 + row * int(step * 1.6) + step * 0.8) / 2
        part = text[row * 30 : row * 30 + 30]
        content += letters.line(part, 595 * 0.12, y - down, step / 2, "3 Tr")
    pdf.page(content, images={"Im": image}, fonts={"F1": letters.font()})
    return pdf


def test_good_ocr_layer_over_a_scan_is_kept_as_ocr(tmp_path: Path) -> None:
    path = hidden_layer((PROSE * 5)[:600]).save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert layer.origin is Origin.OCR
        assert layer.engine == "embedded"
        assert flat(layer.text) == (PROSE * 5)[:600]
        assert layer.confidence == pytest.approx(0.9)
    with open_file(path, limits=Limits(existing_ocr="ignore")) as opened:
        assert opened.page(0).layer is None


@pytest.mark.parametrize(
    ("pdf", "reason"),
    [
        (hidden_layer((PROSE * 5)[:240], down=490), "not on the print"),
        (hidden_layer((PROSE * 5)[:120]), "print left out"),
        (hidden_layer(" ".join(PROSE * 3)[:600]), "spaces between characters"),
    ],
)
def test_doubtful_ocr_layers_are_read_anew(tmp_path: Path, pdf: Pdf, reason: str) -> None:
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        page = opened.page(0)
        assert page.layer is None
        assert page.notes == (f"text-layer-rejected: {reason}",)


def test_text_below_an_opaque_scan_counts_as_its_ocr_layer(tmp_path: Path) -> None:
    pdf = Pdf()
    image = pdf.image(scan(1190, 1684, rows=20))
    letters = Type(pdf)
    content = letters.paragraph(PROSE) + "q 595 0 0 842 0 0 cm /Im Do Q"
    pdf.page(content, images={"Im": image}, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        page = opened.page(0)
        assert page.layer is None
        assert page.notes[0].startswith("text-layer-rejected")


def test_hidden_text_on_a_text_page_is_dropped(tmp_path: Path) -> None:
    """White or invisible words a reader never sees must not get into the records."""
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    content += letters.line("判处无罪", 72, 300, extra="1 1 1 rg")
    content += letters.line("准予释放", 72, 200, extra="3 Tr")
    pdf.page(content, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert flat(layer.text) == PROSE
        assert layer.notes == ("hidden-text-dropped: 8 characters",)


def test_white_text_on_a_dark_ground_is_seen(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    content += "0 0 0 rg 60 290 200 30 re f\n" + letters.line("处罚决定", 72, 300, extra="1 1 1 rg")
    pdf.page(content, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert "处罚决定" in layer.text


def test_mixed_pages_text_keeps_and_its_picture_is_offered(tmp_path: Path) -> None:
    pdf = Pdf()
    image = pdf.image(scan(900, 600, rows=8, across=20, top=40))
    letters = Type(pdf)
    content = letters.paragraph(PROSE) + "q 300 0 0 200 150 200 cm /Im Do Q"
    pdf.page(content, images={"Im": image}, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        page = opened.page(0)
        assert page.layer is not None
        assert flat(page.layer.text) == PROSE
        (picture,) = page.pictures
        box = picture.box
        assert (box.left * 595, box.right * 595) == pytest.approx((150, 450), abs=1)
        assert (box.top * 842, box.bottom * 842) == pytest.approx((442, 642), abs=1)
        shown = picture.image()
        assert shown.width == pytest.approx(300 / 72 * 216, abs=4)  # its own 216 dpi
        assert dark(shown, Box(0, 0, 1, 1)) > 0.1


def test_small_seal_pictures_are_not_offered(tmp_path: Path) -> None:
    pdf = Pdf()
    image = pdf.image(scan(300, 300, rows=4, across=6, top=40))
    letters = Type(pdf)
    content = letters.paragraph(PROSE) + "q 110 0 0 110 350 250 cm /Im Do Q"
    pdf.page(content, images={"Im": image}, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        page = opened.page(0)
        assert page.layer is not None
        assert page.pictures == ()


def test_scan_with_a_stamped_header_is_read_whole(tmp_path: Path) -> None:
    pdf = Pdf()
    image = pdf.image(scan())
    letters = Type(pdf)
    content = "q 595 0 0 842 0 0 cm /Im Do Q " + letters.line("第一页共十页", 250, 820, 9)
    pdf.page(content, images={"Im": image}, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        page = opened.page(0)
        assert page.layer is None
        assert "mixed: text over a scan" in page.notes


def test_text_and_scan_pages_are_told_apart_in_one_file(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    font = letters.font()
    image = pdf.image(scan())
    pdf.page(content, fonts={"F1": font})
    pdf.page("q 595 0 0 842 0 0 cm /Im Do Q", images={"Im": image})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        assert [page.layer is None for page in opened.pages()] == [False, True]


def test_ruled_tables_keep_rows_columns_and_merged_cells(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = "1 w 100 600 m 400 600 l S 100 640 m 400 640 l S 100 680 m 400 680 l S\n"
    content += "100 600 m 100 680 l S 200 600 m 200 680 l S 400 600 m 400 680 l S\n"
    content += "300 600 m 300 640 l S\n"
    content += letters.line("说明在前", 100, 720)
    content += letters.line("姓名", 104, 655) + letters.line("张三李四", 204, 655)
    content += letters.line("性别", 104, 615) + letters.line("男", 204, 615)
    content += letters.line("汉族", 304, 615) + letters.line("以下空白", 100, 560)
    pdf.page(content, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        places = {
            line.text: (line.cell.row, line.cell.column, line.cell.column_span)
            for line in layer.lines
            if line.cell
        }
        assert places == {
            "姓名": (0, 0, 1), "张三李四": (0, 1, 2), "性别": (1, 0, 1), "男": (1, 1, 1),
            "汉族": (1, 2, 1),
        }  # fmt: skip
        assert layer.text == "说明在前\n\n姓名\t张三李四\n性别\t男\t汉族\n\n以下空白"


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.line("标题在上横贯全页而且很长很长很长", 100, 790, 14)
    left, right = PROSE[:72], PROSE[60:132]
    for row in range(4):
        content += letters.line(left[row * 18 : row * 18 + 18], 60, 700 - 18 * row)
        content += letters.line(right[row * 18 : row * 18 + 18], 310, 700 - 18 * row)
    pdf.page(content, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        text = flat(layer.text)
        assert text == "标题在上横贯全页而且很长很长很长" + left + right


def test_letter_spaced_heading_is_one_line_and_bold_by_double_print_is_read_once(
    tmp_path: Path,
) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = "".join(letters.line(char, 180 + 60 * n, 760, 22) for n, char in enumerate("起诉书"))
    content += letters.line("被告人", 72, 700) + letters.line("被告人", 72.4, 700)
    pdf.page(content, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert [line.text for line in layer.lines] == ["起诉书", "被告人"]


def signature_field(pdf: Pdf, *, filled: bool) -> None:
    value = ""
    if filled:
        number = pdf.add(
            "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached "
            "/ByteRange [0 10 20 10] /Contents <3000> >>"
        )
        value = f"/V {number} 0 R"
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    font = letters.font()
    appearance = pdf.stream(
        b"1 0 0 rg 0 0 100 100 re f", "/Type /XObject /Subtype /Form /BBox [0 0 100 100]"
    )
    field = pdf.add(
        "<< /Type /Annot /Subtype /Widget /FT /Sig /T (seal) /F 4 /Rect [350 150 450 250] "
        f"/AP << /N {appearance} 0 R >> {value} >>"
    )
    pdf.page(content, fonts={"F1": font}, extra=f"/Annots [{field} 0 R]")
    pdf.catalog_extra = f"/AcroForm << /Fields [{field} 0 R] /SigFlags 3 >>"


@pytest.mark.parametrize("filled", [True, False])
def test_signed_pdf_and_its_electronic_seal(tmp_path: Path, filled: bool) -> None:
    pdf = Pdf()
    signature_field(pdf, filled=filled)
    before = pdf.bytes()
    path = pdf.save(tmp_path / "a.pdf")
    with open_file(path) as opened:
        assert opened.signed is filled
        page = opened.page(0)
        assert page.layer is not None
        (seal,) = page.layer.seals
        assert seal.kind == "electronic"
        assert (seal.box.left * 595, seal.box.top * 842) == pytest.approx((350, 592))
        image = page.image(72)
        assert image is not None
        assert image.getpixel((400, 642)) == (255, 0, 0)  # the seal is drawn
        # seen again on a second look, though annotations were made part of the page
        again = opened.page(0)
        assert again.layer is not None
        assert again.layer.seals == (seal,)
    assert path.read_bytes() == before


def test_text_of_annotations_belongs_to_the_page(tmp_path: Path) -> None:
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    shown = letters.show("批注可见")
    font = letters.font()
    appearance = pdf.stream(
        f"BT /F1 12 Tf 2 5 Td {shown} Tj ET".encode(),
        "/Type /XObject /Subtype /Form /BBox [0 0 100 20] "
        f"/Resources << /Font << /F1 {font} 0 R >> >>",
    )
    note = pdf.add(
        "<< /Type /Annot /Subtype /FreeText /Rect [72 300 172 320] /F 4 /DA (/F1 12 Tf) "
        f"/Contents (x) /AP << /N {appearance} 0 R >> >>"
    )
    pdf.page(content, fonts={"F1": font}, extra=f"/Annots [{note} 0 R]")
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert "批注可见" in layer.text


def encrypted(tmp_path: Path, user: str, owner: str, algorithm: str) -> Path:
    from pypdf import PdfWriter

    source = text_pdf().save(tmp_path / "plain.pdf")
    writer = PdfWriter(clone_from=str(source))
    writer.encrypt(user, owner, algorithm=algorithm)
    target = tmp_path / "locked.pdf"
    writer.write(target)
    return target


@pytest.mark.parametrize("password", ["user", "owner"])
def test_encrypted_with_password(tmp_path: Path, password: str) -> None:
    path = encrypted(tmp_path, "user", "owner", "RC4-128")
    with pytest.raises(EncryptedFile, match="a password is needed"):
        open_file(path)
    with pytest.raises(EncryptedFile, match="none of the given"):
        open_file(path, passwords=["wrong"])
    with open_file(path, passwords=["wrong", password]) as opened:
        assert opened.locked
        layer = opened.page(0).layer
        assert layer is not None
        assert flat(layer.text) == PROSE
    decrypt_copy(path, tmp_path / "open.pdf", ["wrong", password])
    with open_file(tmp_path / "open.pdf") as opened:
        assert not opened.locked
        layer = opened.page(0).layer
        assert layer is not None
        assert flat(layer.text) == PROSE


def test_owner_password_alone_opens_without_one(tmp_path: Path) -> None:
    with open_file(encrypted(tmp_path, "", "owner", "RC4-128")) as opened:
        assert not opened.locked
        assert "encrypted: opened with no password" in opened.notes
        assert opened.page(0).layer is not None


def test_truncated_pdf_gives_what_is_there_with_a_note(tmp_path: Path) -> None:
    data = text_pdf().bytes()
    path = tmp_path / "a.pdf"
    # cut within its last lines: everything that is drawn is there, the directory is spoilt
    path.write_bytes(data[: data.index(b"startxref")].replace(b"xref\n0", b"xref\n9"))
    with open_file(path) as opened:
        assert any(note.startswith("repaired") for note in opened.notes)
        layer = opened.page(0).layer
        assert layer is not None
        assert flat(layer.text) == PROSE


def test_pages_of_a_pdf_without_its_end_are_found(tmp_path: Path) -> None:
    """An interrupted copy: page tree, catalog and trailer were at the end and are lost."""
    pdf = Pdf()
    letters = Type(pdf)
    content = letters.paragraph(PROSE)
    font = letters.font()
    for _ in range(3):
        pdf.page(content, fonts={"F1": font})
    data = pdf.bytes()
    start, stop = data.index(b"1 0 obj"), data.index(b"3 0 obj")
    data = data[:start] + data[stop:]  # no catalog, no page tree
    path = tmp_path / "a.pdf"
    path.write_bytes(data[: data.rindex(b"/Contents")])  # within the last page
    with pytest.raises(DamagedFile):
        open_file(path)  # a statement short of a page must not pass for the whole
    with open_file(path, limits=Limits(salvage=True)) as opened:
        assert opened.page_count == 2
        assert any(note.startswith("repaired") for note in opened.notes)
        for page in opened.pages():
            assert page.layer is not None
            assert flat(page.layer.text) == PROSE


def test_hopelessly_truncated_pdf_is_damaged(tmp_path: Path) -> None:
    data = scan_pdf(scan()).bytes()
    path = tmp_path / "a.pdf"
    path.write_bytes(data[: len(data) // 3])
    with pytest.raises(DamagedFile, match=r"not a readable PDF|no pages") as caught:
        open_file(path, name="卷一/a.pdf")
    assert caught.value.where == "卷一/a.pdf"
    assert caught.value.advice


def test_huge_page_is_drawn_within_the_limit(tmp_path: Path) -> None:
    pdf = Pdf()
    pdf.page("0 0 7000 7000 re f", box=(0, 0, 14000, 14000))
    with open_file(pdf.save(tmp_path / "a.pdf"), limits=Limits(render_pixels=1_000_000)) as opened:
        image = opened.page(0).image(300)
        assert image is not None
        assert image.width * image.height <= 1_002_000


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    pdf = Pdf()
    for _ in range(5):
        pdf.page("")
    with pytest.raises(HostileFile, match="5 pages"):
        open_file(pdf.save(tmp_path / "a.pdf"), limits=Limits(pages=4))


def test_pages_out_of_range(tmp_path: Path) -> None:
    with open_file(text_pdf().save(tmp_path / "a.pdf")) as opened:
        with pytest.raises(IndexError):
            opened.page(1)
        with pytest.raises(IndexError):
            opened.page(-1)


def test_outlined_text_is_read_by_ocr(tmp_path: Path) -> None:
    """Characters turned into curves, with a page number as the only real text."""
    pdf = Pdf()
    letters = Type(pdf)
    boxes = "".join(f"{72 + 14 * (n % 30)} {700 - 20 * (n // 30)} 9 9 re f\n" for n in range(400))
    pdf.page(boxes + letters.line("第一页", 280, 40), fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        assert opened.page(0).layer is None
        assert "mixed: drawn outlines" in opened.page(0).notes


def test_photo_without_print_beside_text(tmp_path: Path) -> None:
    picture = Image.new("RGB", (600, 400), "white")
    ImageDraw.Draw(picture).ellipse((290, 190, 300, 200), fill="black")
    pdf = Pdf()
    image = pdf.image(picture)
    letters = Type(pdf)
    content = letters.paragraph(PROSE) + "q 300 0 0 200 150 200 cm /Im Do Q"
    pdf.page(content, images={"Im": image}, fonts={"F1": letters.font()})
    with open_file(pdf.save(tmp_path / "a.pdf")) as opened:
        assert opened.page(0).pictures == ()
