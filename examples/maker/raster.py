"""Draws a sheet as pixels: print, pen, seals, thumb prints, rules and pictures."""

from __future__ import annotations

import io
import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from .fonts import font
from .paper import HEIGHT, WIDTH, Row, Sheet, Stamp

Pixels = NDArray[np.uint8]
DPI = 220
"""Drawing resolution; scans are brought down from it."""

INK = {"black": (28, 27, 30), "blue": (34, 44, 96), "pen": (26, 34, 84), "red": (190, 30, 30)}
SEAL_INK = (202, 28, 36)


def draw(sheet: Sheet, seed: int) -> Pixels:
    """The sheet at `DPI` as RGB, height × width × 3."""
    rng = np.random.default_rng(seed)
    scale = DPI / 72
    image = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), (255, 255, 255))
    pen = ImageDraw.Draw(image)
    for left, top, wide, high, kind in sheet.pictures:
        size = (round(wide * scale), round(high * scale))
        scene = Image.fromarray(_scene(kind, size, rng))
        image.paste(scene, (round(left * scale), round(top * scale)))
    for x0, y0, x1, y1, weight in sheet.rules:
        ends = [x0 * scale, y0 * scale, x1 * scale, y1 * scale]
        pen.line(ends, fill=(50, 50, 52), width=max(1, round(weight * scale)))
    for row in sheet.rows:
        if row.kind == "hand":
            _signature(image, row, scale, rng)
        else:
            _print(pen, row, scale, rng)
    pixels = np.asarray(image).copy()
    for seal in sheet.seals:
        _press(pixels, _seal_mask(seal, scale, rng), seal.x * scale, seal.y * scale)
    for x, y in sheet.thumbs:
        _press(pixels, _thumb_mask(scale, rng), x * scale, y * scale)
    return pixels


def _print(pen: ImageDraw.ImageDraw, row: Row, scale: float, rng: np.random.Generator) -> None:
    for glyph in row.glyphs:
        size = glyph.size * scale
        x, y = glyph.x * scale, glyph.y * scale
        if glyph.face == "hand":
            # filled in by hand: no two characters sit quite alike
            x += rng.normal(0, 0.012 * size)
            y += rng.normal(0, 0.02 * size)
        pen.text((x, y), glyph.char, fill=INK[glyph.ink], font=font(glyph.face, round(size)),
                 anchor="ls")  # fmt: skip


def _signature(image: Image.Image, row: Row, scale: float, rng: np.random.Generator) -> None:
    """A name as it is signed: leaning, rising, joined up a little, in pen."""
    first = row.glyphs[0]
    size = round(first.size * scale)
    wide = round(sum(g.width for g in row.glyphs) * scale) + size
    mask = Image.new("L", (wide, 2 * size), 0)
    pen = ImageDraw.Draw(mask)
    x = size * 0.4
    for glyph in row.glyphs:
        pen.text((x, 1.35 * size + rng.normal(0, 0.05 * size)), glyph.char, fill=255,
                 font=font("hand", round(size * rng.uniform(0.92, 1.12))), anchor="ls",
                 stroke_width=1)  # fmt: skip
        x += size * rng.uniform(0.78, 0.92)
    lean = rng.uniform(-0.28, -0.12)
    rise = rng.uniform(-0.10, 0.02)
    matrix = np.array([[1, lean, -lean * size], [rise, 1, -rise * wide / 2]], np.float64)
    warped = cv2.warpAffine(np.asarray(mask), matrix, (wide, 2 * size), flags=cv2.INTER_LINEAR)
    wave = _smooth_noise(warped.shape, 18, rng)
    grid = np.mgrid[0 : warped.shape[0], 0 : warped.shape[1]].astype(np.float32)
    warped = cv2.remap(warped, grid[1] + wave * 2.5, grid[0] - wave * 2, cv2.INTER_LINEAR)
    left = round(first.x * scale - size * 0.4)
    top = round(first.y * scale - 1.35 * size)
    ink = Image.new("RGB", mask.size, INK["pen"])
    image.paste(ink, (left, top), Image.fromarray(warped))


def _smooth_noise(
    shape: tuple[int, ...], grain: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Noise of about unit spread whose bumps are `grain` pixels wide."""
    small = (max(2, math.ceil(shape[1] / grain)), max(2, math.ceil(shape[0] / grain)))
    noise = rng.standard_normal((small[1], small[0])).astype(np.float32)
    return np.asarray(
        cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32
    )


def _press(pixels: Pixels, mask: NDArray[np.float32], x: float, y: float) -> None:
    """Multiply red ink into the page: print below it stays visible."""
    high, wide = mask.shape
    top, left = round(y - high / 2), round(x - wide / 2)
    t, l = max(0, top), max(0, left)  # noqa: E741
    b, r = min(pixels.shape[0], top + high), min(pixels.shape[1], left + wide)
    if b <= t or r <= l:
        return
    part = pixels[t:b, l:r].astype(np.float32)
    amount = mask[t - top : b - top, l - left : r - left, None]
    ink = np.array(SEAL_INK, np.float32) / 255
    pixels[t:b, l:r] = np.clip(part * (1 - amount + amount * ink), 0, 255).astype(np.uint8)


def _seal_mask(seal: Stamp, scale: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """A round seal: ring, star, the organ's name on the upper arc. Values 0 to 1."""
    radius = seal.radius * scale
    side = math.ceil(2 * radius + 8)
    centre = side / 2
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    ring = max(3, round(radius * 0.055))
    pen.ellipse([centre - radius, centre - radius, centre + radius, centre + radius],
                outline=255, width=ring)  # fmt: skip
    star = []
    for corner in range(10):
        reach = radius * (0.30 if corner % 2 == 0 else 0.115)
        angle = -math.pi / 2 + corner * math.pi / 5
        star.append((centre + reach * math.cos(angle), centre + reach * math.sin(angle)))
    pen.polygon(star, fill=255)
    count = len(seal.text)
    size = round(radius * min(0.30, 3.6 / max(9, count)))
    reach = radius * 0.76
    spread = min(math.radians(250), math.radians(24) * count)
    for number, char in enumerate(seal.text):
        share = 0.5 if count == 1 else number / (count - 1)
        angle = -math.pi / 2 - spread / 2 + spread * share
        tile = Image.new("L", (size * 2, size * 2), 0)
        ImageDraw.Draw(tile).text((size, size), char, fill=255, font=font("bold", size),
                                  anchor="mm")  # fmt: skip
        turned = tile.rotate(-math.degrees(angle) - 90, resample=Image.Resampling.BICUBIC)
        at = (round(centre + reach * math.cos(angle) - size),
              round(centre + reach * math.sin(angle) - size))  # fmt: skip
        mask.paste(255, at, turned)
    if seal.below:
        pen.text((centre, centre + radius * 0.56), seal.below, fill=255,
                 font=font("bold", round(radius * 0.19)), anchor="mm")  # fmt: skip
    tilted = mask.rotate(rng.uniform(-9, 9), resample=Image.Resampling.BICUBIC)
    ink = np.asarray(tilted, np.float32) / 255
    patchy = (
        0.80 + 0.10 * _smooth_noise(ink.shape, 26, rng) + 0.07 * _smooth_noise(ink.shape, 3, rng)
    )
    return np.asarray(ink * np.clip(patchy, 0.35, 0.97), np.float32)


def _thumb_mask(scale: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """A thumb print: bent ridges in an oval, fading to its rim."""
    high, wide = round(30 * scale), round(22 * scale)
    y, x = np.mgrid[0:high, 0:wide].astype(np.float32)
    dy, dx = (y - high / 2) / (high / 2), (x - wide / 2) / (wide / 2)
    oval = np.sqrt(dy**2 + dx**2)
    bend = np.sqrt((dx * 1.3) ** 2 + (dy - 0.35) ** 2) * 5.5 + 0.35 * _smooth_noise(
        (high, wide), 20, rng
    )
    ridges = 0.5 + 0.5 * np.sin(bend * 2 * math.pi)
    rim = np.clip((1 - oval) * 3.2, 0, 1)
    blot = np.clip(0.62 + 0.22 * _smooth_noise((high, wide), 16, rng), 0.2, 0.9)
    return np.asarray(np.clip(ridges * 1.25 - 0.1, 0, 1) * rim * blot, np.float32)


def _scene(kind: str, size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    """A stand-in for a photograph: `plan` is a drawing, everything else a blurred grey view."""
    wide, high = size
    if kind == "plan":
        return _plan(size, rng)
    picture = np.full((high, wide, 3), 118, np.float32)
    picture += np.linspace(46, -34, high, dtype=np.float32)[:, None, None]
    canvas = np.clip(picture, 0, 255).astype(np.uint8).copy()
    for _ in range(9):
        x, y = int(rng.integers(0, wide)), int(rng.integers(high // 4, high))
        w, h = int(rng.integers(wide // 12, wide // 4)), int(rng.integers(high // 8, high // 3))
        tone = int(rng.integers(50, 210))
        colour = (tone, min(255, tone + int(rng.integers(-14, 14))), tone)
        cv2.rectangle(canvas, (x, y), (x + w, y - h), colour, -1)
    for _ in range(4):
        x, y = int(rng.integers(0, wide)), int(rng.integers(high // 2, high))
        cv2.ellipse(canvas, (x, y), (wide // 14, high // 16), 0, 0, 360, (60, 62, 66), -1)
    return np.asarray(cv2.GaussianBlur(canvas, (0, 0), 5), np.uint8)


def _plan(size: tuple[int, int], rng: np.random.Generator) -> Pixels:
    wide, high = size
    canvas = np.full((high, wide, 3), 255, np.uint8)
    dark = (40, 40, 40)
    cv2.rectangle(canvas, (2, 2), (wide - 3, high - 3), dark, 2)
    for share in (0.36, 0.62):
        cv2.line(canvas, (0, int(high * share)), (wide, int(high * share)), dark, 3)
    for x in range(0, wide, 60):
        cv2.line(canvas, (x, int(high * 0.49)), (x + 30, int(high * 0.49)), dark, 2)
    for share in (0.12, 0.5, 0.78):
        left = int(wide * share)
        cv2.rectangle(
            canvas, (left, int(high * 0.08)), (left + wide // 7, int(high * 0.27)), dark, 2
        )
    x = int(wide * rng.uniform(0.4, 0.6))
    cv2.circle(canvas, (x, int(high * 0.55)), 12, dark, 3)
    cv2.arrowedLine(canvas, (wide - 60, 90), (wide - 60, 25), dark, 3)
    return canvas


def encode_jpeg(pixels: Pixels, quality: int, **extra: Any) -> bytes:
    """JPEG bytes of RGB or grey pixels at 150 dpi."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling="4:2:0",
                                 dpi=(150, 150), optimize=True, **extra)  # fmt: skip
    return out.getvalue()


def seal_picture(seal: Stamp) -> Image.Image:
    """A clean electronic seal with a transparent ground, 330 pixels square or so."""
    mask = _seal_mask(seal, 200 / 72, np.random.default_rng(1))
    side = mask.shape[0]
    picture = Image.new("RGBA", (side, side), (*SEAL_INK, 0))
    picture.putalpha(Image.fromarray((mask > 0.3).astype(np.uint8) * 230))
    return picture
