"""The file as a whole: outline, labels, text-only pages, atomic writing, memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from exportscans import Scan, lines_of, pdfium_text, pdftotext, record, rendered
from PIL import ImageChops
from pypdf import PdfReader
from pypdf.generic import Destination

from dossier.errors import DossierError, UnsupportedFile
from dossier.export import Bookmark, ExportPage, visiblefonts, write_pdf
from dossier.model import Box, Line, Origin, PageLayer, Seal


@pytest.fixture
def scans(tmp_path: Path) -> list[ExportPage]:
    pages = []
    for number in range(7):
        scan = Scan(400, 300, 100).line(30, 60, f"第{number}页的文字")
        scan.image.save(tmp_path / f"scan{number}", "JPEG")
        pages.append(ExportPage(tmp_path / f"scan{number}", "image", 0, scan.layer()))
    return pages


OUTLINE = (
    Bookmark(
        "第一卷 诉讼文书卷",
        0,
        (Bookmark("受案登记表", 1), Bookmark("立案决定书（兰公立字〔2024〕30号）", 3)),
    ),
    Bookmark(
        "第二卷 证据卷", 4, (Bookmark("讯问笔录", 5, (Bookmark("𠮷某某", 6),)),), is_open=False
    ),
)


def outline_of(reader: PdfReader) -> list[object]:
    def level(entries: list[object]) -> list[object]:
        found: list[object] = []
        for entry in entries:
            if isinstance(entry, list):
                found.append(level(entry))
            else:
                assert isinstance(entry, Destination)
                found.append((entry.title, reader.get_destination_page_number(entry)))
        return found

    return level(list(reader.outline))


def test_bookmarks_nest(scans: list[ExportPage], tmp_path: Path) -> None:
    write_pdf(scans, tmp_path / "out.pdf", bookmarks=OUTLINE, title="张三丰危险驾驶案")
    reader = PdfReader(tmp_path / "out.pdf")
    assert outline_of(reader) == [
        ("第一卷 诉讼文书卷", 0),
        [("受案登记表", 1), ("立案决定书（兰公立字〔2024〕30号）", 3)],
        ("第二卷 证据卷", 4),
        [("讯问笔录", 5), [("𠮷某某", 6)]],
    ]
    root = reader.root_object["/Outlines"]
    assert root["/Count"] == 4  # type: ignore[index]


def test_bookmark_to_nowhere(scans: list[ExportPage], tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="bookmark"):
        write_pdf(scans, tmp_path / "out.pdf", bookmarks=[Bookmark("无", 7)], title="卷")
    assert not list(tmp_path.glob("*.pdf"))


def test_page_labels_are_volume_page_numbers(scans: list[ExportPage], tmp_path: Path) -> None:
    labels = ["封面", "", "1", "2", "3", "1", "附-1"]
    pages = [replace(page, label=label) for page, label in zip(scans, labels, strict=True)]
    write_pdf(pages, tmp_path / "out.pdf", bookmarks=(), title="卷")
    reader = PdfReader(tmp_path / "out.pdf")
    assert reader.page_labels == labels
    assert len(reader.root_object["/PageLabels"]["/Nums"]) == 10  # type: ignore[index]


def test_document_data(scans: list[ExportPage], tmp_path: Path) -> None:
    moment = datetime(2024, 3, 15, 9, 20, tzinfo=UTC)
    title = "张三丰危险驾驶案 <卷宗> & 𠮷"
    write_pdf(scans, tmp_path / "out.pdf", bookmarks=(), title=title, created=moment)
    reader = PdfReader(tmp_path / "out.pdf")
    assert reader.metadata is not None
    assert reader.metadata.title == title
    assert (reader.metadata.producer or "").startswith("edossier ")
    assert reader.metadata.creation_date == moment
    assert reader.xmp_metadata is not None
    assert reader.xmp_metadata.dc_title == {"x-default": title}


def test_the_same_export_gives_the_same_bytes(scans: list[ExportPage], tmp_path: Path) -> None:
    text = ExportPage(tmp_path / "none", "text", 0, PageLayer(400, 300, record().layer().lines))
    for name in ("a.pdf", "b.pdf"):
        write_pdf([*scans, text], tmp_path / name, bookmarks=OUTLINE, title="卷")
    first = (tmp_path / "a.pdf").read_bytes()
    assert first == (tmp_path / "b.pdf").read_bytes()
    assert b"CreationDate" not in first


def test_an_export_that_fails_leaves_the_old_one(scans: list[ExportPage], tmp_path: Path) -> None:
    target = tmp_path / "out.pdf"
    write_pdf(scans, target, bookmarks=(), title="卷")
    before = target.read_bytes()

    def breaking() -> Iterator[ExportPage]:
        yield scans[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_pdf(breaking(), target, bookmarks=(), title="卷")
    assert target.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        ["out.pdf", *(f"scan{n}" for n in range(7))]
    )


def test_nothing_and_unknown_kinds_are_errors(tmp_path: Path) -> None:
    with pytest.raises(DossierError, match="no pages"):
        write_pdf([], tmp_path / "out.pdf", bookmarks=(), title="卷")
    page = ExportPage(tmp_path / "x", "video", 0, PageLayer(100, 100))
    with pytest.raises(UnsupportedFile, match="video"):
        write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")


def test_progress_counts_pages(scans: list[ExportPage], tmp_path: Path) -> None:
    seen: list[int] = []
    write_pdf(scans, tmp_path / "out.pdf", bookmarks=(), title="卷", progress=seen.append)
    assert seen == list(range(1, 8))


# --- pages without a picture -------------------------------------------------------------------


def text_page(kind: str = "docx", *, spans: bool = False, spread: float = 0) -> ExportPage:
    scan = Scan()
    texts = [
        "起诉意见书",
        "犯罪嫌疑人张三丰，男，1990年1月1日出生，汉族。",
        "经依法侦查查明：John Smith 在场。",
    ]
    for number, text in enumerate(texts):
        scan.line(120, 200 + 70 * number, text, spread=spread, spans=spans)
    return ExportPage(Path("none"), kind, 0, scan.layer(Origin.NATIVE))


@pytest.mark.parametrize(
    ("kind", "spans", "spread"),
    [
        ("docx", False, 0),
        ("text", False, 0),
        ("html", False, 0),
        ("rtf", False, 0),
        ("office", False, 0),
        ("ofd", True, 0),
        ("ofd", True, 60),
    ],
)
def test_text_pages_are_drawn_and_read(
    tmp_path: Path, kind: str, spans: bool, spread: float
) -> None:
    page = text_page(kind, spans=spans, spread=min(spread, 10))
    if spread:
        wide = Scan().line(100, 100, "判决书", size=40, spread=spread)
        page = replace(page, layer=replace(page.layer, lines=(*wide.lines, *page.layer.lines)))
    wanted = [line.text for line in page.layer.lines]
    report = write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")
    assert [(note.code, note.detail) for note in report.notes] == [("drawn-from-text", kind)]
    assert lines_of(pdfium_text(tmp_path / "out.pdf")) == wanted
    assert lines_of(pdftotext(tmp_path / "out.pdf")) == wanted
    picture = rendered(tmp_path / "out.pdf").convert("L")
    for line in page.layer.lines:
        box = line.box
        w, h = picture.size
        inside = picture.crop(
            (int(box.left * w), int(box.top * h), int(box.right * w), int(box.bottom * h))
        )
        assert sum(inside.histogram()[:128]) > 20, line.text
    assert report.size < 200_000


def test_text_pages_without_any_font(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visiblefonts, "candidates", lambda given: [])
    page = text_page()
    wanted = [line.text for line in page.layer.lines]
    report = write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")
    assert "STSong-Light" in report.fonts
    assert lines_of(pdfium_text(tmp_path / "out.pdf")) == wanted
    assert lines_of(pdftotext(tmp_path / "out.pdf")) == wanted
    fonts = PdfReader(tmp_path / "out.pdf").pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    assert fonts["/DossierSong"]["/Encoding"] == "/UniGB-UTF16-H"


def test_characters_no_font_has_are_noted_and_readable(tmp_path: Path) -> None:
    line = Line("证人\U0003134a某", (0.1, 0.1, 0.5, 0.1, 0.5, 0.13, 0.1, 0.13))
    page = ExportPage(Path("none"), "docx", 0, PageLayer(595, 842, (line,)))
    report = write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")
    assert ("no-glyph", "U+3134A") in [(note.code, note.detail) for note in report.notes]
    assert lines_of(pdftotext(tmp_path / "out.pdf")) == [line.text]


def test_a_seal_leaves_a_frame(tmp_path: Path) -> None:
    page = text_page("ofd")
    seal = Seal(Box(0.5, 0.5, 0.7, 0.65), "electronic")
    page = replace(page, layer=replace(page.layer, seals=(seal,)))
    write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")
    picture = rendered(tmp_path / "out.pdf", scale=2)
    frame = picture.crop((0, picture.height // 2 - 4, picture.width, picture.height // 2 + 4))
    red, green, _ = frame.split()
    assert ImageChops.subtract(red, green).getextrema()[1] > 60


def test_text_of_a_blank_page(tmp_path: Path) -> None:
    page = ExportPage(Path("none"), "text", 0, PageLayer(595, 842, origin=Origin.NONE))
    write_pdf([page], tmp_path / "out.pdf", bookmarks=(), title="卷")
    assert lines_of(pdfium_text(tmp_path / "out.pdf")) == []


# --- size and memory ---------------------------------------------------------------------------

_THOUSAND = """
import resource, sys
from pathlib import Path
from dossier.export import ExportPage, write_pdf
from dossier.model import PageLayer

folder = Path(sys.argv[1])
layer = PageLayer.from_json(__import__("json").loads((folder / "layer.json").read_text()))
kind = sys.argv[2]
pages = (
    ExportPage(folder / "blob", kind, number if kind == "pdf" else 0, layer, str(number + 1))
    for number in range(int(sys.argv[3]))
)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
report = write_pdf(pages, folder / "out.pdf", bookmarks=(), title="卷")
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(report.pages, report.size, (after - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux only")
@pytest.mark.parametrize("kind", ["image", "pdf"])
def test_a_thousand_pages_need_little_memory(tmp_path: Path, kind: str) -> None:
    import json

    scan = record()
    layer = scan.layer()
    (tmp_path / "layer.json").write_text(json.dumps(layer.to_json()))
    if kind == "image":
        scan.image.save(tmp_path / "blob", "JPEG", quality=60)
    else:
        scan.image.save(tmp_path / "blob1", "JPEG", quality=60)
        pages = [ExportPage(tmp_path / "blob1", "image", 0, layer)] * 1000
        write_pdf(pages, tmp_path / "blob", bookmarks=(), title="卷")
    done = subprocess.run(
        [sys.executable, "-c", _THOUSAND, tmp_path, kind, "1000"],
        check=True,
        capture_output=True,
        text=True,
    )
    count, size, grown = (int(word) for word in done.stdout.split())
    assert count == 1000
    assert size > 80_000_000
    assert grown < 200, f"{grown} MiB for {size >> 20} MiB of pages"
