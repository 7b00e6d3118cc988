"""OFD: characters at their places, templates, pictures, seals."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from ingest_inputs import PROSE, ofd_bytes, ofd_text, scan
from PIL import Image, ImageDraw

from dossier.errors import DamagedFile, FileRefused
from dossier.ingest import FileKind, open_file
from dossier.ingest.fonts import chinese_font
from dossier.ingest.ofd_content import deltas
from dossier.model import Origin

MM = 72 / 25.4
needs_font = pytest.mark.skipif(chinese_font() is None, reason="no Chinese font is installed")


def png(picture: Image.Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def media(key: int, file: str) -> str:
    return (
        f'<ofd:MultiMedias><ofd:MultiMedia ID="{key}" Type="Image" Format="PNG">'
        f"<ofd:MediaFile>{file}</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>"
    )


def prose_lines(size: float = 4.0) -> str:
    across = 40
    return "".join(
        ofd_text(PROSE[at : at + across], 25, 40 + number * 1.8 * size, size=size,
                 delta=f"g {across - 1} {size}")
        for number, at in enumerate(range(0, len(PROSE), across))
    )  # fmt: skip


def test_text_positions_pages_and_templates(tmp_path: Path) -> None:
    path = tmp_path / "起诉书.ofd"
    path.write_bytes(
        ofd_bytes(
            [ofd_text("起诉书", 80, 30, size=8) + prose_lines(), ofd_text("第二页正文", 25, 60)],
            template=ofd_text("某某市人民检察院", 25, 20),
        )
    )
    with open_file(path) as opened:
        assert (opened.kind, opened.page_count, opened.signed) == (FileKind.OFD, 2, False)
        assert opened.notes == ()
        page = opened.page(0)
        assert (page.width, page.height) == pytest.approx((595.28, 841.89), abs=0.01)
        layer = page.layer
        assert layer is not None
        assert layer.origin is Origin.NATIVE
        assert "".join(layer.text.split()) == "某某市人民检察院起诉书" + PROSE
        title = next(line for line in layer.lines if line.text == "起诉书")
        assert title.box.left * 210 == pytest.approx(80, abs=0.1)
        assert title.box.right * 210 == pytest.approx(104, abs=0.1)
        assert title.box.bottom * 297 == pytest.approx(30 + 0.12 * 8, abs=0.1)
        second = opened.page(1).layer
        assert second is not None
        assert [line.text for line in second.lines] == ["某某市人民检察院", "第二页正文"]


@pytest.mark.parametrize(
    ("text", "count", "expected"),
    [
        ("1 2 3", 4, [1, 2, 3]),
        ("g 3 2.5 4", 9, [2.5, 2.5, 2.5, 4]),
        ("1 g 2 3", 9, [1, 3, 3]),
        ("g 999999999 1", 3, [1, 1, 1]),
        ("g x 1", 3, []),
        ("1 nonsense 2", 3, [1]),
        (None, 3, []),
    ],
)
def test_deltas(text: str | None, count: int, expected: list[float]) -> None:
    assert deltas(text, count) == expected


def test_delta_runs_place_each_character(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd_bytes([ofd_text("甲乙丙丁", 20, 50, size=5, delta="5 g 2 6")]))
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        (line,) = layer.lines
        starts = [line.part_box(n, n + 1).left * 210 for n in range(4)]
        assert starts == pytest.approx([20, 25, 31, 37], abs=0.05)


def test_ctm_scales_and_turns(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    doubled = ofd_text("放大的字", 20, 50, size=5, ctm="2 0 0 2 0 0")
    upright = (
        '<ofd:TextObject ID="31" Boundary="150 100 10 60" Font="1" Size="5" CTM="0 1 -1 0 5 0">'
        '<ofd:TextCode X="0" Y="0" DeltaX="g 3 5">直行文字</ofd:TextCode></ofd:TextObject>'
    )
    path.write_bytes(ofd_bytes([prose_lines() + doubled.replace('"20 45', '"20 180') + upright]))
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        big = next(line for line in layer.lines if line.text == "放大的字")
        assert big.box.width * 210 == pytest.approx(40, abs=0.2)
        down = next(line for line in layer.lines if line.text == "直行文字")
        assert down.box.height * 297 == pytest.approx(20, abs=0.2)
        # it runs downwards: its first corner is at the upper right
        assert down.quad[0] > down.quad[6]
        assert down.quad[1] < down.quad[3]


@needs_font
def test_drawn_print_lies_in_the_line_boxes(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd_bytes([prose_lines()]))
    with open_file(path) as opened:
        page = opened.page(0)
        image = page.image(150)
        assert image is not None
        assert page.layer is not None
        gray = np.asarray(image.convert("L")) < 128
        inside = np.zeros_like(gray)
        for line in page.layer.lines:
            box = line.box
            part = (
                slice(int(box.top * gray.shape[0]), int(box.bottom * gray.shape[0]) + 1),
                slice(int(box.left * gray.shape[1]), int(box.right * gray.shape[1]) + 1),
            )
            assert gray[part].mean() > 0.05
            inside[part] = True
        assert gray[~inside].sum() < 0.01 * gray.sum()


def test_scanned_ofd_page_is_for_ocr(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    image = '<ofd:ImageObject ID="40" Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="9"/>'
    path.write_bytes(
        ofd_bytes(
            [image], resources=media(9, "s.png"), extra={"Doc_0/Res/s.png": png(scan(1240, 1754))}
        )
    )
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.layer is None
        drawn = page.image()
        assert drawn is not None
        assert drawn.width == pytest.approx(1240, abs=2)
        assert float((np.asarray(drawn.convert("L")) < 128).mean()) > 0.1


@needs_font
def test_picture_in_an_ofd_text_page(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    image = (
        '<ofd:ImageObject ID="40" Boundary="50 150 100 60" CTM="100 0 0 60 0 0" ResourceID="9"/>'
    )
    path.write_bytes(
        ofd_bytes(
            [prose_lines() + image],
            resources=media(9, "s.png"),
            extra={"Doc_0/Res/s.png": png(scan(800, 480, rows=6, across=16, top=30))},
        )
    )
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.layer is not None
        (picture,) = page.pictures
        assert picture.box.left * 210 == pytest.approx(50, abs=0.5)
        assert picture.box.bottom * 297 == pytest.approx(210, abs=0.5)
        assert float((np.asarray(picture.image().convert("L")) < 128).mean()) > 0.05


def test_seals_are_seen_and_drawn(tmp_path: Path) -> None:
    seal = Image.new("RGBA", (200, 200), (0, 0, 0, 0))
    ImageDraw.Draw(seal).ellipse((5, 5, 194, 194), fill="red")
    path = tmp_path / "a.ofd"
    path.write_bytes(
        ofd_bytes(
            [prose_lines()],
            signature=(
                '<ofd:StampAnnot ID="1" PageRef="10" Boundary="120 200 40 40"/>'
                "<ofd:Seal><ofd:BaseLoc>Seal.esl</ofd:BaseLoc></ofd:Seal>"
            ),
            extra={"Doc_0/Signs/Sign_0/Seal.esl": b"\x30\x82ASN.1" + png(seal) + b"more"},
        )
    )
    with open_file(path) as opened:
        assert opened.signed
        page = opened.page(0)
        (found,) = page.seals
        assert found.kind == "electronic"
        assert (found.box.left * 210, found.box.top * 297) == pytest.approx((120, 200))
        assert page.layer is None or page.layer.seals == (found,)
        if chinese_font() is not None:
            image = page.image(100)
            assert image is not None
            middle = image.getpixel((int(140 / 210 * image.width), int(220 / 297 * image.height)))
            assert middle[0] > 200  # type: ignore[index]
            assert middle[1] < 90  # type: ignore[index]


def test_ruled_table_in_ofd(tmp_path: Path) -> None:
    def rule(x: float, y: float, w: float, h: float) -> str:
        return (
            f'<ofd:PathObject ID="50" Boundary="{x} {y} {max(w, 0.3)} {max(h, 0.3)}" '
            f'LineWidth="0.3"><ofd:AbbreviatedData>M 0 0 L {w} {h}</ofd:AbbreviatedData>'
            "</ofd:PathObject>"
        )

    content = "".join(rule(30, y, 100, 0) for y in (40, 50, 60))
    content += "".join(rule(x, 40, 0, 20) for x in (30, 60, 130))
    for text, x, y in (("姓名", 32, 47), ("张三", 62, 47), ("性别", 32, 57), ("男", 62, 57)):
        content += ofd_text(text, x, y)
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd_bytes([content]))
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert layer.text == "姓名\t张三\n性别\t男"


def test_private_use_text_is_not_trusted(tmp_path: Path) -> None:
    path = tmp_path / "a.ofd"
    garbage = "".join(chr(0xE000 + n) for n in range(40))
    path.write_bytes(ofd_bytes([ofd_text(garbage, 20, 40)]))
    with open_file(path) as opened:
        page = opened.page(0)
        assert page.layer is None
        assert page.notes == ("text-layer-rejected: private-use glyphs",)


def test_missing_parts_are_damage(tmp_path: Path) -> None:
    import zipfile

    from ingest_inputs import zip_bytes

    whole = ofd_bytes([ofd_text("甲", 20, 40), ofd_text("乙", 20, 40)])
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        members = {name: package.read(name) for name in package.namelist()}
    lost_page = dict(members)
    del lost_page["Doc_0/Pages/Page_1/Content.xml"]
    path = tmp_path / "a.ofd"
    path.write_bytes(zip_bytes(lost_page))
    with open_file(path) as opened:
        assert opened.page(0).layer is not None
        with pytest.raises(DamagedFile, match="missing"):
            opened.page(1)
    del members["Doc_0/Document.xml"]
    path.write_bytes(zip_bytes(members))
    with pytest.raises(FileRefused):
        open_file(path)


def test_hidden_and_off_page_text_is_dropped(tmp_path: Path) -> None:
    hidden = ofd_text("不可见字", 25, 200).replace(
        "<ofd:TextObject", '<ofd:TextObject Visible="false"'
    )
    path = tmp_path / "a.ofd"
    path.write_bytes(ofd_bytes([prose_lines() + hidden + ofd_text("页外", 300, 40)]))
    with open_file(path) as opened:
        layer = opened.page(0).layer
        assert layer is not None
        assert "".join(layer.text.split()) == PROSE
        assert "text-outside-page: 2 characters dropped" in layer.notes
        assert "hidden-text-dropped: 4 characters" in layer.notes
