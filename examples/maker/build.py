"""Makes one case: files, expected catalogue, truth of every drawn page."""

from __future__ import annotations

import io
import json
import lzma
import shutil
import zlib
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import cv2
import img2pdf
import numpy as np
from PIL import Image

from .digital import pack, write_ofd, write_pdf
from .distort import Picture, photo, scan, turned
from .markup import Block
from .paper import Layout, Row, Sheet, page_number, text_of
from .raster import DPI, draw, encode_jpeg
from .story import Paper, Story, load
from .word import write_docx

UNIT = 10000
"""Truth boxes are whole numbers: this many to the width and height of the page."""

FLOWING = {"docx", "txt", "html"}
"""Forms without fixed pages: the reader decides where they break."""
DRAWN = {"scan", "photo", "png", "tiff"}


@dataclass
class Leaf:
    """One page of one file on its way."""

    paper: Paper
    sheet: Sheet
    page: int
    """page of its document, from 1"""
    stamp: str = ""
    again: bool = False
    """the second scan of a page"""


@dataclass
class Made:
    """What comes out of one case."""

    files: dict[str, bytes] = field(default_factory=dict)
    truth: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    pages: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """document key → its pages as file, number"""
    flowing: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def make(slug: str, cases: Path) -> dict[str, Any]:
    """Write the case's files beside its facts; returns figures for the report."""
    story = load(slug, cases)
    used = {key for plan in story.plan["files"] for key in plan.get("documents", [])}
    if used != set(story.papers):
        raise ValueError(f"written but not filed, or the other way: {used ^ set(story.papers)}")
    made = Made()
    sheets = {key: Layout(list(p.blocks)).sheets for key, p in story.papers.items()}
    numbers = _volume_numbers(story, sheets)
    _fill_covers(story, sheets, numbers)
    for plan in story.plan["files"]:
        _make_file(story, plan, sheets, numbers, made)
    _write(story, made, cases)
    return {
        "case": story.name,
        "documents": len(made.pages),
        "drawn": len(made.truth),
        "bytes": sum(len(data) for data in made.files.values()),
    }


# --- volumes -----------------------------------------------------------------------------------


def _unnumbered(paper: Paper) -> bool:
    return paper.type == "X01"


def _volume_numbers(story: Story, sheets: dict[str, list[Sheet]]) -> dict[str, int]:
    """First volume page of each bound document."""
    counts: dict[str, int] = {}
    first: dict[str, int] = {}
    for plan in story.plan["files"]:
        if not plan.get("bound", False):
            continue
        for key in plan["documents"]:
            if _unnumbered(story.papers[key]) or key == plan.get("foreign"):
                continue
            first[key] = counts.get(plan["volume"], 0) + 1
            counts[plan["volume"]] = first[key] + len(sheets[key]) - 1
    return first


def _fill_covers(story: Story, sheets: dict[str, list[Sheet]], numbers: dict[str, int]) -> None:
    """Write page counts into covers and the rows into the catalogues (卷内目录)."""
    for plan in story.plan["files"]:
        for key in plan.get("documents", []):
            paper = story.papers[key]
            if not _unnumbered(paper):
                continue
            bound = _bound(story, plan["volume"], numbers)
            pages = sum(len(sheets[k]) for k in bound)
            blocks = [
                replace(
                    block,
                    text=block.text.replace("{V}", str(pages)),
                    rows=_rows(block, bound, story, sheets, numbers, pages),
                )
                for block in paper.blocks
            ]
            story.papers[key] = replace(paper, blocks=tuple(blocks))
            sheets[key] = Layout(blocks).sheets


def _bound(story: Story, volume: str, numbers: dict[str, int]) -> list[str]:
    keys = [k for p in story.plan["files"] if p.get("volume") == volume and p.get("bound")
            for k in p["documents"]]  # fmt: skip
    return [k for k in keys if k in numbers]


def _rows(
    block: Block,
    bound: list[str],
    story: Story,
    sheets: dict[str, list[Sheet]],
    numbers: dict[str, int],
    pages: int,
) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for row in block.rows:
        if row[0] != "{C}":
            rows.append(tuple(cell.replace("{V}", str(pages)) for cell in row))
            continue
        for order, key in enumerate(bound, 1):
            paper = story.papers[key]
            first, last = numbers[key], numbers[key] + len(sheets[key]) - 1
            where = f"{first}-{last}" if order == len(bound) and last > first else str(first)
            rows.append((str(order), paper.number, paper.organ, paper.title,
                         paper.date.replace("-", ""), where, ""))  # fmt: skip
    return tuple(rows)


# --- files -------------------------------------------------------------------------------------


def _seed(*parts: object) -> int:
    return zlib.crc32("/".join(str(p) for p in parts).encode())


def _leaves(
    story: Story,
    plan: dict[str, Any],
    sheets: dict[str, list[Sheet]],
    numbers: dict[str, int],
) -> list[Leaf]:
    leaves: list[Leaf] = []
    for key in plan["documents"]:
        paper = story.papers[key]
        for page, sheet in enumerate(sheets[key], 1):
            stamp = str(numbers[key] + page - 1) if key in numbers else ""
            if key == plan.get("foreign"):
                stamp = "37"
            leaves.append(Leaf(paper, sheet, page, stamp))
    return leaves


def _find(leaves: list[Leaf], key: str, page: int) -> int:
    return next(i for i, leaf in enumerate(leaves) if (leaf.paper.key, leaf.page) == (key, page))


def _plant(plan: dict[str, Any], leaves: list[Leaf]) -> list[tuple[str, list[Leaf], str]]:
    """Disturb the order of the leaves as the plan says; returns code, leaves concerned, note."""
    found: list[tuple[str, list[Leaf], str]] = []
    for fault in plan.get("plants", []):
        key, page = fault["document"], fault["page"]
        at = _find(leaves, key, page)
        match fault["code"]:
            case "missing":
                found.append(("missing", [leaves[at - 1], leaves[at + 1]], fault["note"]))
                del leaves[at]
            case "duplicate":
                copy = replace(leaves[at], again=True)
                leaves.insert(at + 1, copy)
                found.append(("duplicate", [leaves[at], copy], fault["note"]))
            case "misordered":
                found.append(("misordered", [leaves[at], leaves[at + 1]], fault["note"]))
                leaves[at], leaves[at + 1] = leaves[at + 1], leaves[at]
            case "foreign":
                found.append(("foreign", [leaves[at]], fault["note"]))
            case other:
                raise ValueError(other)
    return found


def _make_file(
    story: Story,
    plan: dict[str, Any],
    sheets: dict[str, list[Sheet]],
    numbers: dict[str, int],
    made: Made,
) -> None:
    path, form = plan["path"], plan["form"]
    if form == "broken":
        # a copy torn off from a memory stick: cut short, and only its first bytes were written,
        # so that no repair can bring back a page
        whole = made.files[plan["of"]]
        made.files[path] = whole[:160].ljust(int(len(whole) * 0.6), b"\0")
        made.broken.append(path)
        return
    leaves = _leaves(story, plan, sheets, numbers)
    planted = _plant(plan, leaves)
    paper = leaves[0].paper
    if form in FLOWING:
        made.files[path] = _flowing(story, plan, paper)
        made.flowing.append(path)
        made.pages[paper.key] = [(path, 1)]
        return
    for number, leaf in enumerate(leaves, 1):
        made.pages.setdefault(leaf.paper.key, []).append((path, number))
    if form == "pdf":
        made.files[path] = write_pdf([leaf.sheet for leaf in leaves], paper.title)
    elif form == "ofd":
        made.files[path] = write_ofd(
            [leaf.sheet for leaf in leaves], paper.title, f"{_seed(path):032x}"
        )
    else:
        _drawn(story, plan, leaves, made)
    places = {id(leaf): [path, number] for number, leaf in enumerate(leaves, 1)}
    made.findings += [
        {"code": code, "pages": [places[id(leaf)] for leaf in concerned], "note": note}
        for code, concerned, note in planted
    ]


def _flowing(story: Story, plan: dict[str, Any], paper: Paper) -> bytes:
    match plan["form"]:
        case "docx":
            return write_docx(list(paper.blocks), plan.get("header", ""), paper.title)
        case "txt":
            return text_of(list(paper.blocks)).encode(plan.get("encoding", "gb18030"))
        case "html":
            return _html(paper).encode(plan.get("encoding", "utf-8"))
        case other:
            raise ValueError(other)


def _html(paper: Paper) -> str:
    parts = []
    for block in paper.blocks:
        if block.kind == "table":
            rows = "\n".join(
                "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>"
                for row in block.rows
            )
            parts.append(f'<table border="1">\n{rows}\n</table>')
        elif block.kind in {"organ", "title"}:
            parts.append(f"<h1>{escape(block.text)}</h1>")
        elif block.kind not in {"style", "strip", "gap", "page", "photo"}:
            parts.append(f"<p>{escape(block.text.replace('|', ' '))}</p>")
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(paper.title)}</title></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _drawn(story: Story, plan: dict[str, Any], leaves: list[Leaf], made: Made) -> None:
    path, form = plan["path"], plan["form"]
    images: list[bytes] = []
    for number, leaf in enumerate(leaves, 1):
        sheet = leaf.sheet
        if leaf.stamp:
            sheet = replace(sheet, rows=list(sheet.rows))
            page_number(sheet, int(leaf.stamp))
        seed = _seed(story.name, leaf.paper.key, leaf.page)
        clean = draw(sheet, seed)
        seed = _seed(story.name, path, number, leaf.again)
        key = f"{leaf.paper.key}.{leaf.page}"
        turn = plan.get("turn", {}).get(key, plan.get("turn", {}).get("all", 0))
        colour = bool(sheet.seals or sheet.thumbs) or form == "photo"
        if form == "photo":
            picture = photo(clean, seed)
        else:
            picture = scan(clean, seed, colour=colour, worn=key in plan.get("worn", []))
        made.truth.append(_truth(path, number, turn, sheet, picture))
        images.append(_encode(plan, picture, turn))
    made.files[path] = _assemble(form, images)


def _encode(plan: dict[str, Any], picture: Picture, turn: int) -> bytes:
    """`turn`: degrees clockwise that bring the stored picture upright; a telephone notes the
    same in EXIF, a scanner does not."""
    stored = turned(picture.pixels, (360 - turn) % 360)
    match plan["form"]:
        case "photo":
            exif = Image.Exif()
            exif[0x0112] = {0: 1, 90: 6, 180: 3, 270: 8}[turn]
            return encode_jpeg(stored, plan.get("quality", 52), exif=exif)
        case "scan":
            return encode_jpeg(stored, plan.get("quality", 28))
        case _:
            out = io.BytesIO()
            grey = cv2.cvtColor(stored, cv2.COLOR_RGB2GRAY) if stored.ndim == 3 else stored
            if plan["form"] == "png":
                # few tones, no noise: the "document" setting of an office scanner
                calm = cv2.bilateralFilter(grey, 5, 30, 3)
                tones = np.asarray(np.round(calm / 36.0) * 36, np.uint8)
                Image.fromarray(tones).quantize(8).save(out, "PNG", optimize=True, dpi=(150, 150))
            else:
                Image.fromarray(grey).save(out, "PNG")
            return out.getvalue()


def _assemble(form: str, images: list[bytes]) -> bytes:
    match form:
        case "scan":
            data = img2pdf.convert(
                images, nodate=True, engine=img2pdf.Engine.internal,
                layout_fun=img2pdf.get_fixed_dpi_layout_fun((150, 150)),
            )  # fmt: skip
            return bytes(data)
        case "tiff":
            pages = []
            for image in images:
                grey = Image.open(io.BytesIO(image)).convert("L")
                # a fax-like bilevel scan: 4 kB a line of text, not 400
                pages.append(grey.point(lambda v: 255 if v > 165 else 0).convert("1"))
            out = io.BytesIO()
            pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:],
                          compression="group4", dpi=(150, 150))  # fmt: skip
            return out.getvalue()
        case _:
            if len(images) != 1:
                raise ValueError(f"{len(images)} pages do not fit into one {form}")
            return images[0]


# --- truth -------------------------------------------------------------------------------------


def _truth(path: str, number: int, turn: int, sheet: Sheet, picture: Picture) -> dict[str, Any]:
    high, wide = picture.pixels.shape[:2]
    return {
        "file": path,
        "page": number,
        "turn": turn,
        "size": [wide, high],
        "lines": [_truth_line(row, picture, wide, high) for row in sheet.rows],
        "seals": [
            _map_box(
                (s.x - s.radius, s.y - s.radius, s.x + s.radius, s.y + s.radius),
                picture,
                wide,
                high,
            )
            for s in sheet.seals
        ],
    }


def _truth_line(row: Row, picture: Picture, wide: int, high: int) -> dict[str, Any]:
    line: dict[str, Any] = {
        "text": row.text,
        "kind": row.kind,
        "boxes": [_map_box(g.box, picture, wide, high) for g in row.glyphs],
    }
    if row.cell is not None:
        line["cell"] = list(row.cell)
    return line


def _map_box(
    box: tuple[float, float, float, float], picture: Picture, wide: int, high: int
) -> list[int]:
    left, top, right, bottom = (v * DPI / 72 for v in box)
    corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float64)
    moved = cv2.perspectiveTransform(corners, picture.matrix)[0]
    x0, y0 = moved.min(axis=0)
    x1, y1 = moved.max(axis=0)
    return [
        round(UNIT * float(x0) / wide),
        round(UNIT * float(y0) / high),
        round(UNIT * float(x1) / wide),
        round(UNIT * float(y1) / high),
    ]


# --- writing -----------------------------------------------------------------------------------


def _expected(story: Story, made: Made, source: str) -> dict[str, Any]:
    volumes: dict[str, list[dict[str, Any]]] = {}
    for plan in story.plan["files"]:
        for key in plan.get("documents", []):
            paper = story.papers[key]
            volumes.setdefault(plan["volume"], []).append({
                "type": paper.type,
                "title": paper.title,
                "number": paper.number,
                "date": paper.date,
                "organ": paper.organ,
                "pages": [list(place) for place in made.pages[key]],
            })  # fmt: skip
    return {
        "case": story.name,
        "source": source,
        "volumes": [{"title": t, "documents": d} for t, d in volumes.items()],
        "findings": made.findings,
        "broken": made.broken,
        "flowing": made.flowing,
    }


def _write(story: Story, made: Made, cases: Path) -> None:
    name = story.name
    as_zip = story.plan.get("zip", False)
    source = f"{name}.zip" if as_zip else name
    if as_zip:
        (cases / source).write_bytes(pack(made.files, gbk=True))
    else:
        if (cases / name).exists():
            shutil.rmtree(cases / name)
        for path, data in made.files.items():
            target = cases / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
    expected = json.dumps(_expected(story, made, source), ensure_ascii=False, indent=1)
    (cases / f"{name}.expected.json").write_text(expected + "\n", "utf-8")
    truth = json.dumps(
        {"unit": UNIT, "pages": made.truth}, ensure_ascii=False, separators=(",", ":")
    )
    packed = lzma.compress(truth.encode(), preset=9 | lzma.PRESET_EXTREME)
    (cases / f"{name}.truth.json.xz").write_bytes(packed)
