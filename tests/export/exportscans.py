"""Test pages: drawn scans with the true place of every character, and PDF text tools."""

from __future__ import annotations

import math
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier.export.systemfonts import candidates
from dossier.model import Cell, Line, Origin, PageLayer, Quad

WIDTH, HEIGHT, DPI = 1240, 1754, 150  # A4


def font(size: int) -> ImageFont.FreeTypeFont:
    """A Chinese font of the system; the test is skipped if there is none."""
    for path in candidates(None):
        try:
            face = ImageFont.truetype(path, size)
        except OSError:
            continue
        if face.getlength("案") == size:
            return face
    pytest.skip("no Chinese font installed")


class Scan:
    """A white page on which lines are printed and remembered as recognition would give them."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, dpi: int = DPI) -> None:
        self.image = Image.new("RGB", (width, height), "white")
        self.dpi = dpi
        self.lines: list[Line] = []
        self._draw = ImageDraw.Draw(self.image)

    def line(
        self,
        x: int,
        y: int,
        text: str,
        *,
        size: int = 28,
        block: int = 0,
        cell: Cell | None = None,
        spread: float = 0,
        spans: bool = True,
    ) -> Scan:
        """Print `text` with its top left at x, y pixels, `spread` pixels between characters."""
        face, at = font(size), float(x)
        edges = []
        for char in text:
            self._draw.text((at, y), char, font=face, fill="black")
            edges.append((at, at + face.getlength(char)))
            at += face.getlength(char) + spread
        base = y + face.getmetrics()[0]
        top, bottom = base - size * 0.95, base + size * 0.2
        right = edges[-1][1]
        w, h = self.image.size
        quad = (x / w, top / h, right / w, top / h, right / w, bottom / h, x / w, bottom / h)
        shares = [(edge - x) / (right - x) for pair in edges for edge in pair]
        self.lines.append(
            Line(text, quad, 0.98, tuple(shares) if spans else (), block=block, cell=cell)
        )
        return self

    def layer(self, origin: Origin = Origin.OCR, rotation: int = 0) -> PageLayer:
        w, h = self.image.size
        points = 72 / self.dpi
        return PageLayer(
            w * points, h * points, tuple(self.lines), origin=origin, rotation=rotation
        )

    def skewed(self, degrees: float) -> Scan:
        """The page leaning clockwise, its lines with it."""
        w, h = self.image.size
        leaning = Scan(w, h, self.dpi)
        leaning.image = self.image.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor="white")
        angle = math.radians(degrees)
        cos, sin = math.cos(angle), math.sin(angle)
        for line in self.lines:
            moved: list[float] = []
            for x, y in zip(line.quad[0::2], line.quad[1::2], strict=True):
                dx, dy = x * w - w / 2, y * h - h / 2
                moved += [(w / 2 + dx * cos - dy * sin) / w, (h / 2 + dx * sin + dy * cos) / h]
            x0, y0, x1, y1, x2, y2, x3, y3 = moved
            quad: Quad = (x0, y0, x1, y1, x2, y2, x3, y3)
            leaning.lines.append(
                Line(line.text, quad, line.confidence, line.spans, line.block, line.cell)
            )
        return leaning


RECORD = (
    "讯问笔录（第一次）",
    "时间2024年3月15日9时20分至2024年3月15日11时05分",
    "地点兰州市城关区公安分局执法办案管理区第3讯问室",
    "讯问人王建国、李秀梅，记录人赵小军，工作单位城关分局刑侦大队",
    "被讯问人张三丰，男，公民身份号码620102199001011234",
    "问：你因涉嫌危险驾驶罪被依法传唤，你有权委托辩护人，听清楚了吗？",
    "答：听清楚了。我叫张三丰，车牌号甘A·12345，手机号13800138000。",
    "答：我喝了大约500毫升白酒，呼气式酒精检测结果为128.5mg/100ml。",
    "答：以上笔录我看过，和我说的相符。",
)


def record() -> Scan:
    """A page of questioning, nine lines."""
    scan = Scan()
    for number, text in enumerate(RECORD):
        scan.line(120, 160 + 60 * number, text)
    return scan


def pdftotext(path: Path, *options: str) -> str:
    """What poppler reads; the test is skipped without poppler."""
    try:
        done = subprocess.run(
            ["pdftotext", *options, path, "-"], check=True, capture_output=True, timeout=60
        )
    except FileNotFoundError:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    return done.stdout.decode()


def lines_of(text: str) -> list[str]:
    """Lines with text, blanks at their ends dropped."""
    return [line.strip() for line in text.replace("\f", "\n").splitlines() if line.strip()]


def pdfium_text(path: Path, number: int = 0) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return str(document[number].get_textpage().get_text_range())
    finally:
        document.close()


def pdfium_finds(path: Path, texts: Sequence[str], number: int = 0) -> list[str]:
    """Those of the texts that a search finds on the page."""
    document = pypdfium2.PdfDocument(path)
    try:
        page = document[number].get_textpage()
        return [text for text in texts if page.search(text).get_next() is not None]
    finally:
        document.close()


def rendered(path: Path, number: int = 0, scale: float = 1.0) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    try:
        return document[number].render(scale=scale).to_pil().convert("RGB")
    finally:
        document.close()
