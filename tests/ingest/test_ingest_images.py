"""Pictures: orientation, modes, resolution, frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ingest_inputs import scan
from PIL import Image, ImageDraw

from dossier.errors import DamagedFile, HostileFile
from dossier.ingest import FileKind, Limits, open_file


def marked() -> Image.Image:
    """300 × 400 with a dark corner top left, a gray one top right."""
    picture = Image.new("RGB", (300, 400), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 99, 99), fill="black")
    pen.rectangle((200, 0, 299, 99), fill=(128, 128, 128))
    return picture


# how a camera stores a picture that shall be seen upright, per EXIF orientation
STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp"])
def test_exif_orientation(tmp_path: Path, orientation: int, suffix: str) -> None:
    turn = STORED[orientation]
    stored = marked() if turn is None else marked().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{suffix}"
    stored.save(path, exif=exif, quality=95)
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.layer is None
        assert page.width < page.height
        image = page.image()
        assert image is not None
        assert (image.mode, image.size) == ("RGB", (300, 400))
        assert sum(image.getpixel((40, 40))) < 60  # type: ignore[arg-type]
        assert abs(image.getpixel((250, 40))[0] - 128) < 20  # type: ignore[index]
        assert sum(image.getpixel((40, 350))) > 700  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        ("1", "tif"), ("L", "png"), ("P", "png"), ("P", "bmp"), ("LA", "png"), ("RGBA", "png"),
        ("RGBA", "webp"), ("CMYK", "jpg"), ("CMYK", "tif"), ("I;16", "png"), ("I;16", "tif"),
        ("YCbCr", "jpg"), ("P", "gif"), ("F", "tif"),
    ],
)  # fmt: skip
def test_every_mode_becomes_rgb_with_white_paper(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    if mode == "I;16":
        Image.fromarray(np.asarray(marked().convert("L")).astype(np.uint16) * 257).save(path)
    elif mode in ("LA", "RGBA"):
        clear = marked().convert("RGBA")
        clear.putalpha(marked().convert("L").point(lambda value: 0 if value > 250 else 255))
        clear.convert(mode).save(path, lossless=True)
    else:
        marked().convert(mode).save(path)
    with open_file(path) as opened:
        image = opened.page(0).image()
        assert image is not None
        assert image.mode == "RGB"
        assert max(image.getpixel((40, 40))) < 30  # type: ignore[type-var]
        assert min(image.getpixel((150, 300))) > 225  # type: ignore[type-var]


def test_multi_page_tiff_with_g4_and_mixed_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [scan(850, 1100, rows=n + 1).convert("1") for n in range(3)]
    pages.append(scan(1100, 850, rows=2, top=40).convert("1"))
    pages[0].save(
        path, save_all=True, append_images=pages[1:], compression="group4", dpi=(100, 100)
    )
    with open_file(path) as opened:
        assert (opened.kind, opened.page_count) == (FileKind.IMAGE, 4)
        sizes = [(page.width, page.height) for page in opened.pages()]
        assert sizes == [(612, 792)] * 3 + [(792, 612)]
        inks = []
        for number in (2, 0, 1):
            image = opened.page(number).image()
            assert image is not None
            inks.append(float((np.asarray(image.convert("L")) < 128).mean()))
        assert inks[0] > inks[2] > inks[1] > 0


def test_fax_resolution_gives_square_pixels(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    scan(1728, 1143, rows=6, top=40).convert("1").save(path, compression="group4", dpi=(204, 98))
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.width == pytest.approx(1728 * 72 / 204)
        assert page.height == pytest.approx(1143 * 72 / 98, rel=0.01)
        image = page.image()
        assert image is not None
        assert image.height / image.width == pytest.approx(page.height / page.width, rel=0.01)


@pytest.mark.parametrize(
    ("size", "dpi", "width"),
    [
        ((1240, 1754), 150, 595.2),
        ((2480, 3508), 300, 595.2),
        ((3000, 4000), 72, 841.89 * 3 / 4),  # a phone's placeholder
        ((3000, 4000), None, 841.89 * 3 / 4),
        ((1240, 1754), 5, 841.89 * 1240 / 1754),
    ],
)
def test_page_size_from_resolution(
    tmp_path: Path, size: tuple[int, int], dpi: int | None, width: float
) -> None:
    path = tmp_path / "a.jpg"
    picture = Image.new("L", size, 255)
    if dpi:
        picture.save(path, dpi=(dpi, dpi))
    else:
        picture.save(path)
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.width == pytest.approx(width, rel=0.01)
        image = page.image()
        assert image is not None
        assert image.width / page.width == pytest.approx(image.height / page.height, rel=0.01)
        assert image.width <= page.width * 300 / 72 + 1


def test_large_scans_come_at_300_dpi_and_thumbnails_small(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    scan(4960, 7016, rows=20).save(path, dpi=(600, 600))
    with open_file(path) as opened:
        page = opened.page(0)
        image, small = page.image(), page.image(36)
        assert image is not None
        assert small is not None
        assert image.size == (2480, 3508)
        assert image.info["dpi"] == (300, 300)
        assert small.width == pytest.approx(298, abs=1)
    with open_file(path, limits=Limits(render_pixels=500_000)) as opened:
        image = opened.page(0).image()
        assert image is not None
        assert image.width * image.height <= 505_000


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_truncated_picture_is_damaged(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    scan().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedFile, match="not a readable picture") as caught:
        open_file(path)
    assert caught.value.advice


def test_truncated_tiff_page_is_damaged_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [scan(850, 1100, rows=n + 5).convert("L") for n in range(2)]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="tiff_lzw")
    data = bytearray(path.read_bytes())
    # spoil the packed rows of the first frame only
    data[200:400] = bytes(200)
    path.write_bytes(data)
    with open_file(path) as opened:
        assert opened.page_count == 2
        image = opened.page(1).image()
        assert image is not None


def test_garbage_after_a_magic_number_is_damaged(tmp_path: Path) -> None:
    for suffix, magic in (("png", b"\x89PNG\r\n\x1a\n"), ("jpg", b"\xff\xd8\xff\xe0")):
        path = tmp_path / f"a.{suffix}"
        path.write_bytes(magic + bytes(range(200)))
        with pytest.raises(DamagedFile):
            open_file(path)


def test_frames_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    pages = [Image.new("1", (200, 200)) for _ in range(4)]
    pages[0].save(path, save_all=True, append_images=pages[1:])
    with pytest.raises(HostileFile, match="4 frames"):
        open_file(path, limits=Limits(frames=3))


def test_animation_gives_its_first_frame_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (200, 200), color) for color in ("red", "blue", "green")]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    with open_file(path) as opened:
        assert opened.page_count == 1
        assert opened.notes == ("first-frame-only: an animated picture",)
