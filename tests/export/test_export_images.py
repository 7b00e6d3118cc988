"""Images in the export: the bytes they had, upright, in the right colours."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from exportscans import Scan, lines_of, pdfium_text, record, rendered
from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageOps, ImageStat
from pypdf import PdfReader
from pypdf.generic import StreamObject

from dossier.errors import DamagedFile, HostileFile
from dossier.export import ExportPage, ExportReport, write_pdf
from dossier.export.images import embed
from dossier.model import Origin, PageLayer

SIDE = (240, 320)


def picture(mode: str = "RGB") -> Image.Image:
    """A picture whose corners differ, so that every wrong turn shows."""
    image = Image.new("RGB", SIDE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 80, 60), fill=(200, 30, 30))
    draw.rectangle((160, 0, 239, 60), fill=(30, 160, 30))
    draw.rectangle((0, 260, 80, 319), fill=(30, 30, 200))
    draw.ellipse((100, 120, 180, 200), fill=(90, 90, 90))
    return image.convert(mode)


def export(
    folder: Path, data: bytes, *, rotation: int = 0, turned: bool = False, frame: int = 0
) -> tuple[ExportReport, StreamObject]:
    (folder / "blob").write_bytes(data)
    width, height = (SIDE[1], SIDE[0]) if turned else SIDE
    layer = PageLayer(width, height, origin=Origin.NONE, rotation=rotation)
    page = ExportPage(folder / "blob", "image", frame, layer)
    report = write_pdf([page], folder / "out.pdf", bookmarks=(), title="图")
    reader = PdfReader(folder / "out.pdf")
    image = reader.pages[0]["/Resources"]["/XObject"]["/Scan"]  # type: ignore[index]
    assert isinstance(image, StreamObject)
    return report, image


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def difference(first: Image.Image, second: Image.Image) -> float:
    """Mean difference of a channel, 0 to 255."""
    second = second.convert("RGB").resize(first.size)
    return max(ImageStat.Stat(ImageChops.difference(first.convert("RGB"), second)).mean)


def raw(image: StreamObject) -> bytes:
    return image._data


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"quality": 30}])
def test_jpeg_goes_in_byte_for_byte(tmp_path: Path, options: dict[str, object]) -> None:
    data = saved(picture(), "JPEG", **options)
    report, image = export(tmp_path, data)
    assert raw(image) == data
    assert report.notes == ()
    assert difference(rendered(tmp_path / "out.pdf"), picture()) < 3


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_cmyk_jpeg(tmp_path: Path, mode: str) -> None:
    data = saved(picture(mode), "JPEG", quality=95)
    _, image = export(tmp_path, data)
    assert raw(image) == data
    want = picture(mode).convert("RGB")
    assert difference(rendered(tmp_path / "out.pdf"), want) < 12


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_exif_orientation(tmp_path: Path, orientation: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(picture(), kind, exif=exif.tobytes())
    want = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    export(tmp_path, data, turned=orientation > 4)
    assert difference(rendered(tmp_path / "out.pdf"), want) < 4


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_recognition_turned_the_page(tmp_path: Path, rotation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(picture(), "JPEG", exif=exif.tobytes())
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).rotate(-rotation, expand=True)
    export(tmp_path, data, rotation=rotation, turned=rotation == 180)
    assert difference(rendered(tmp_path / "out.pdf"), upright) < 4


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "1", "I;16"])
def test_png_rows_are_not_packed_again(tmp_path: Path, mode: str) -> None:
    if mode == "I;16":
        grey = picture("L")
        image = Image.frombytes("I;16", SIDE, bytes(b for v in grey.tobytes() for b in (v, v)))
    else:
        image = picture(mode)
    data = saved(image, "PNG")
    _, found = export(tmp_path, data)
    assert raw(found)[:200] in data
    want = picture("L") if mode == "I;16" else picture(mode)
    assert difference(rendered(tmp_path / "out.pdf"), want) < 2


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_shows_the_paper(tmp_path: Path, mode: str) -> None:
    image = picture("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(SIDE))
    want = Image.alpha_composite(Image.new("RGBA", SIDE, "white"), image)
    if mode == "LA":
        want = Image.alpha_composite(
            Image.new("RGBA", SIDE, "white"), image.convert("LA").convert("RGBA")
        )
    if mode == "P":
        data = saved(picture("P"), "PNG", transparency=0)
        with Image.open(io.BytesIO(data)) as again:
            want = Image.alpha_composite(Image.new("RGBA", SIDE, "white"), again.convert("RGBA"))
    else:
        data = saved(image.convert(mode), "PNG")
    export(tmp_path, data)
    assert difference(rendered(tmp_path / "out.pdf"), want) < 3


def test_opaque_alpha_costs_nothing(tmp_path: Path) -> None:
    _, image = export(tmp_path, saved(picture("RGBA"), "PNG"))
    assert "/SMask" not in image


def test_multi_page_fax_by_frame(tmp_path: Path) -> None:
    frames = [picture("1"), ImageOps.invert(picture("L")).convert("1"), picture("1").rotate(180)]
    data = saved(frames[0], "TIFF", compression="group4", save_all=True, append_images=frames[1:])
    for number, want in enumerate(frames):
        report, image = export(tmp_path, data, frame=number)
        assert image["/Filter"] == "/CCITTFaxDecode"
        assert report.notes == ()
        assert difference(rendered(tmp_path / "out.pdf"), want) < 2
    assert raw(image) in data


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate", "packbits"])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "1"])
def test_lossless_tiff_stays_lossless(tmp_path: Path, compression: str | None, mode: str) -> None:
    data = saved(picture(mode), "TIFF", compression=compression)
    report, _ = export(tmp_path, data)
    assert report.notes == ()
    limit = 12 if mode == "CMYK" else 1
    want = picture(mode).convert("RGB")
    assert difference(rendered(tmp_path / "out.pdf"), want) < limit


def test_jpeg_in_tiff_of_one_strip_is_kept(tmp_path: Path) -> None:
    data = saved(picture(), "TIFF", compression="jpeg", strip_size=1 << 24)
    report, image = export(tmp_path, data)
    assert image["/Filter"] == "/DCTDecode"
    assert report.notes == ()
    with Image.open(io.BytesIO(data)) as want:
        assert difference(rendered(tmp_path / "out.pdf"), want) < 3


def test_jpeg_in_many_strips_is_packed_again_and_noted(tmp_path: Path) -> None:
    data = saved(picture(), "TIFF", compression="jpeg", strip_size=20_000)
    report, _ = export(tmp_path, data)
    assert [(note.code, note.detail) for note in report.notes] == [("image-reencoded", "TIFF")]
    assert difference(rendered(tmp_path / "out.pdf"), picture()) < 4


@pytest.mark.parametrize(
    ("kind", "options", "noted"),
    [
        ("BMP", {}, False),
        ("WEBP", {"lossless": True}, False),
        ("WEBP", {}, True),
        ("GIF", {}, False),
    ],
)
def test_other_formats(tmp_path: Path, kind: str, options: dict[str, object], noted: bool) -> None:
    report, _ = export(tmp_path, saved(picture(), kind, **options))
    assert bool(report.notes) is noted
    assert difference(rendered(tmp_path / "out.pdf"), picture()) < 6


def test_colour_profiles_are_written_once(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    (tmp_path / "a").write_bytes(saved(picture(), "JPEG", icc_profile=profile))
    (tmp_path / "b").write_bytes(saved(picture().rotate(180), "JPEG", icc_profile=profile))
    layer = PageLayer(*SIDE, origin=Origin.NONE)
    write_pdf(
        [ExportPage(tmp_path / name, "image", 0, layer) for name in "ab"],
        tmp_path / "out.pdf",
        bookmarks=(),
        title="图",
    )
    spaces = [
        page["/Resources"]["/XObject"]["/Scan"].raw_get("/ColorSpace")[1].idnum  # type: ignore[index]
        for page in PdfReader(tmp_path / "out.pdf").pages
    ]
    assert spaces[0] == spaces[1]
    assert difference(rendered(tmp_path / "out.pdf"), picture()) < 3


def test_a_profile_for_other_colours_is_left_out(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    _, image = export(tmp_path, saved(picture("L"), "JPEG", icc_profile=profile))
    assert image["/ColorSpace"] == "/DeviceGray"


def test_damaged_and_monstrous_images_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="page 1"):
        export(tmp_path, b"no image at all")
    header = saved(Image.new("1", (8, 8)), "BMP")
    huge = header[:18] + (60_000).to_bytes(4, "little") * 2 + header[26:]
    (tmp_path / "huge").write_bytes(huge)
    with pytest.raises(HostileFile):
        embed(tmp_path / "huge")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blob", "huge"]


def test_ten_scans_hardly_grow(tmp_path: Path) -> None:
    pages, images = [], 0
    for number in range(10):
        scan = Scan()
        for row in range(34):
            scan.line(
                100,
                100 + 46 * row,
                f"第{number}页第{row}行：本院经审理查明被告人酒后驾驶机动车辆。",
            )
        path = tmp_path / f"scan{number}"
        scan.image.convert("L").save(path, "JPEG", quality=40)
        images += path.stat().st_size
        pages.append(ExportPage(path, "image", 0, scan.layer(), str(number + 1)))
    report = write_pdf(pages, tmp_path / "out.pdf", bookmarks=(), title="卷")
    assert report.size == (tmp_path / "out.pdf").stat().st_size
    assert report.size <= 1.1 * images


def test_text_stands_on_a_page_of_any_size(tmp_path: Path) -> None:
    scan = record()
    scan.image.save(tmp_path / "scan", "JPEG")
    layer = scan.layer()
    big = PageLayer(layer.width * 40, layer.height * 40, layer.lines, origin=Origin.OCR)
    write_pdf(
        [ExportPage(tmp_path / "scan", "image", 0, big)],
        tmp_path / "out.pdf",
        bookmarks=(),
        title="卷",
    )
    document = pypdfium2.PdfDocument(tmp_path / "out.pdf")
    assert max(document[0].get_size()) <= 14_400
    document.close()
    assert lines_of(pdfium_text(tmp_path / "out.pdf")) == [line.text for line in scan.lines]
