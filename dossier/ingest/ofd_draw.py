"""Drawing an OFD page with Pillow: pictures, lines, characters, seals."""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from ..errors import FileRefused
from .fonts import chinese_font
from .images import check_size, reading
from .limits import Limits
from .ofd_content import glyphs_of, image_box, points_of, stamp_picture
from .ofd_model import POINTS, Drawn, OfdPage, name_of, numbers

Color = tuple[int, int, int]
_SEAL_ALPHA = 0.85


def draw_page(
    page: OfdPage,
    objects: list[Drawn],
    size: tuple[float, float],
    dpi: float,
    limits: Limits,
    where: str,
) -> Image.Image | None:
    """RGB at `dpi` (less on huge pages); None if it has text and no Chinese font is installed."""
    font = chinese_font()
    if font is None and any(drawn.kind == "TextObject" for drawn in objects):
        return None
    scale = dpi / 72
    pixels = size[0] * size[1] * scale * scale
    scale *= min(1.0, (limits.render_pixels / max(pixels, 1.0)) ** 0.5)
    paper = Image.new(
        "RGB", (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))), "white"
    )
    package = page.document.package
    budget = [limits.image_pixels * 4]

    def picture(part: str) -> Image.Image | None:
        if not package.has(part):
            return None
        return _picture(package.read(part), limits, where, budget)

    pen = ImageDraw.Draw(paper)
    for drawn in objects:
        if (drawn.element.get("Visible") or "true").lower() == "false":
            continue
        if drawn.kind == "ImageObject":
            shown = picture(page.document.media.get(drawn.element.get("ResourceID") or "", ""))
            if shown is not None:
                _paste(paper, shown, drawn, scale)
        elif drawn.kind == "PathObject":
            _path(pen, drawn, scale)
        elif font is not None:
            _text(paper, pen, drawn, scale, font)
    for part, box in page.stamps:
        data = stamp_picture(package.read(part)) if package.has(part) else None
        shown = _picture(data, limits, where, budget) if data else None
        if shown is not None:
            _stamp(paper, shown, tuple(value * scale for value in box))
    paper.info["dpi"] = (72 * scale, 72 * scale)
    return paper


def _picture(data: bytes, limits: Limits, where: str, budget: list[int]) -> Image.Image | None:
    try:
        with reading(where), Image.open(io.BytesIO(data)) as image:
            check_size(image, limits, where)
            budget[0] -= image.width * image.height
            if budget[0] < 0:
                return None
            image.load()
            return image.convert("RGBA")
    except FileRefused:
        return None


def _paste(paper: Image.Image, image: Image.Image, drawn: Drawn, scale: float) -> None:
    left, top, right, bottom = (value * scale for value in image_box(drawn))
    a, b, c, d, e, f = (value * scale for value in drawn.matrix)
    if drawn.element.get("CTM") is None or (abs(b) < 1e-6 and abs(c) < 1e-6 and a > 0 and d > 0):
        width, height = max(1, round(right - left)), max(1, round(bottom - top))
        if width * height > 4 * paper.width * paper.height:
            return
        shown = image.resize((width, height), Image.Resampling.LANCZOS)
        paper.paste(shown, (round(left), round(top)), shown)
        return
    determinant = a * d - b * c
    if abs(determinant) < 1e-9:
        return
    # Pillow asks for each pixel of the paper where it comes from: the inverse, in image pixels
    across, down = image.width / determinant, image.height / determinant
    inverse = (
        d * across, -c * across, (c * f - d * e) * across,
        -b * down, a * down, (b * e - a * f) * down,
    )  # fmt: skip
    shown = image.transform(
        paper.size, Image.Transform.AFFINE, inverse, resample=Image.Resampling.BICUBIC
    )
    paper.paste(shown, (0, 0), shown)


def _stamp(paper: Image.Image, image: Image.Image, box: tuple[float, ...]) -> None:
    """A seal is ink: white paper in its picture lets the text below show through."""
    left, top, right, bottom = box
    width, height = max(1, round(right - left)), max(1, round(bottom - top))
    if width * height > paper.width * paper.height:
        return
    shown = image.resize((width, height), Image.Resampling.LANCZOS)
    gray = shown.convert("L").point(lambda value: 0 if value > 235 else 255)
    alpha = Image.composite(shown.getchannel("A"), Image.new("L", shown.size, 0), gray)
    alpha = alpha.point(lambda value: int(value * _SEAL_ALPHA))
    paper.paste(shown.convert("RGB"), (round(left), round(top)), alpha)


def _color(drawn: Drawn, name: str, default: Color | None) -> Color | None:
    for one in drawn.element:
        if name_of(one) == name:
            values = numbers(one.get("Value"))
            if len(values) == 1:
                values = values * 3
            if len(values) == 4:
                cyan, magenta, yellow, black = (value / 255 for value in values)
                values = [255 * (1 - ink) * (1 - black) for ink in (cyan, magenta, yellow)]
            if len(values) >= 3:
                red, green, blue = (max(0, min(255, round(value))) for value in values[:3])
                return red, green, blue
    return default


def _path(pen: ImageDraw.ImageDraw, drawn: Drawn, scale: float) -> None:
    element = drawn.element
    fill = (element.get("Fill") or "false").lower() == "true"
    stroke = (element.get("Stroke") or "true").lower() != "false"
    width = max(1, round((numbers(element.get("LineWidth")) or [0.353])[0] * POINTS * scale))
    for outline in points_of(drawn):
        points = [(x * scale, y * scale) for x, y in outline]
        if fill and len(points) > 2:
            pen.polygon(points, fill=_color(drawn, "FillColor", (0, 0, 0)))
        if stroke and len(points) > 1:
            pen.line(points, fill=_color(drawn, "StrokeColor", (0, 0, 0)), width=width)


@lru_cache(maxsize=64)
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)


def _text(
    paper: Image.Image, pen: ImageDraw.ImageDraw, drawn: Drawn, scale: float, font: Path
) -> None:
    color = _color(drawn, "FillColor", (0, 0, 0)) or (0, 0, 0)
    for glyph in glyphs_of(drawn):
        if glyph.hidden or glyph.text.isspace():
            continue
        size = max(1, min(2000, round(glyph.size * scale)))
        face = _font(font, size)
        angle = round(glyph.angle) % 360
        if angle == 0:
            base = glyph.top + 0.88 * (glyph.bottom - glyph.top)
            pen.text(
                (glyph.left * scale, base * scale), glyph.text, fill=color, font=face, anchor="ls"
            )
            continue
        mask = Image.new("L", (2 * size, 2 * size), 0)
        ImageDraw.Draw(mask).text((size, size), glyph.text, fill=255, font=face, anchor="mm")
        mask = mask.rotate(-angle, resample=Image.Resampling.BICUBIC)
        x, y = (glyph.left + glyph.right) / 2 * scale, (glyph.top + glyph.bottom) / 2 * scale
        paper.paste(color, (round(x - size), round(y - size)), mask)
