"""What pdfium knows of one page: its characters and images, in points as seen."""

from __future__ import annotations

import ctypes
import itertools
import math
from collections.abc import Iterator

import pypdfium2 as pdfium
from pypdfium2 import raw

from .content import Content, Placing, Stored
from .glyphs import Glyph
from .plausible import mended
from .tables import Rule

_MANY_OBJECTS = 50_000
_MANY_CHARS = 200_000
_MANY_RULES = 5_000
"""No page of print holds more; beyond these a page is a drawing or an attack."""


def placing_of(page: pdfium.PdfPage) -> Placing:
    left, bottom, right, top = page.get_bbox()
    return Placing(left, bottom, right, top, page.get_rotation())


def content_of(page: pdfium.PdfPage) -> Content:
    """Characters and images of the page; the caller holds the pdfium lock."""
    placing = placing_of(page)
    depths: dict[int, int] = {}
    images: list[Stored] = []
    rules: list[Rule] = []
    paths = 0
    for number, (handle, kind, matrix) in enumerate(_objects(page)):
        depths[_address(handle)] = number
        if kind == raw.FPDF_PAGEOBJ_PATH:
            paths += 1
            if len(rules) < _MANY_RULES:
                rules += _rules(handle, matrix, placing)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            stored = _image(handle, number, matrix, placing)
            if stored is not None:
                images.append(stored)
    covers = [
        image
        for image in images
        if image.opaque and image.area >= 0.5 * placing.size[0] * placing.size[1]
    ]
    glyphs, outside = _glyphs(page, placing, depths, covers)
    return Content(placing, tuple(glyphs), outside, tuple(images), tuple(rules), paths, len(depths))


Matrix = tuple[float, float, float, float, float, float]


def _objects(page: pdfium.PdfPage) -> Iterator[tuple[raw.FPDF_PAGEOBJECT, int, Matrix]]:
    """Objects in the order they are painted, those inside forms too, with the form's matrix."""
    budget = _MANY_OBJECTS
    identity: Matrix = (1, 0, 0, 1, 0, 0)
    stack: list[Iterator[tuple[raw.FPDF_PAGEOBJECT, Matrix]]] = [
        (
            (raw.FPDFPage_GetObject(page, index), identity)
            for index in range(raw.FPDFPage_CountObjects(page))
        )
    ]
    while stack and budget > 0:
        try:
            handle, matrix = next(stack[-1])
        except StopIteration:
            stack.pop()
            continue
        budget -= 1
        if not handle:
            continue
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and len(stack) < 12:
            stack.append(_inside(handle, _times(_matrix(handle), matrix)))
        else:
            yield handle, kind, matrix


def _inside(
    form: raw.FPDF_PAGEOBJECT, matrix: Matrix
) -> Iterator[tuple[raw.FPDF_PAGEOBJECT, Matrix]]:
    for index in range(max(0, raw.FPDFFormObj_CountObjects(form))):
        yield raw.FPDFFormObj_GetObject(form, index), matrix


def _matrix(handle: raw.FPDF_PAGEOBJECT) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(handle, found):
        return (1, 0, 0, 1, 0, 0)
    return (found.a, found.b, found.c, found.d, found.e, found.f)


def _times(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    A, B, C, D, E, F = then
    return (
        a * A + b * C, a * B + b * D,
        c * A + d * C, c * B + d * D,
        e * A + f * C + E, e * B + f * D + F,
    )  # fmt: skip


def _address(handle: raw.FPDF_PAGEOBJECT) -> int:
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _image(
    handle: raw.FPDF_PAGEOBJECT, number: int, outer: Matrix, placing: Placing
) -> Stored | None:
    across, down = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(handle, across, down):
        return None
    a, b, c, d, e, f = _times(_matrix(handle), outer)
    xs, ys = (e, e + a, e + c, e + a + c), (f, f + b, f + d, f + b + d)
    left, top, right, bottom = placing.box(min(xs), min(ys), max(xs), max(ys))
    width, height = placing.size
    left, right = max(0.0, left), min(width, right)
    top, bottom = max(0.0, top), min(height, bottom)
    if right <= left or bottom <= top:
        return None
    opaque = not raw.FPDFPageObj_HasTransparency(handle)
    return Stored(left, top, right, bottom, across.value, down.value, number, opaque)


def _rules(handle: raw.FPDF_PAGEOBJECT, outer: Matrix, placing: Placing) -> list[Rule]:
    """Level and upright strokes of a path, and filled boxes thin enough to be a line."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, fill, stroke)
    count = raw.FPDFPath_CountSegments(handle)
    if not 2 <= count <= 2000 or not (fill.value or stroke.value):
        return []
    a, b, c, d, e, f = _times(_matrix(handle), outer)
    points: list[tuple[float, float, int]] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(handle, index)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            return []
        at = placing.point(a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        points.append((*at, raw.FPDFPathSegment_GetType(segment)))
        if raw.FPDFPathSegment_GetClose(segment):
            start = next(
                (p for p in reversed(points) if p[2] == raw.FPDF_SEGMENT_MOVETO), points[0]
            )
            points.append((start[0], start[1], raw.FPDF_SEGMENT_LINETO))
    if fill.value and not stroke.value:
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        if bottom - top <= 2.5 < right - left:
            return [Rule(left, (top + bottom) / 2, right, (top + bottom) / 2)]
        if right - left <= 2.5 < bottom - top:
            return [Rule((left + right) / 2, top, (left + right) / 2, bottom)]
        return []
    rules = []
    for before, after in itertools.pairwise(points):
        if after[2] != raw.FPDF_SEGMENT_LINETO:
            continue
        if abs(before[1] - after[1]) <= 0.7:
            level = (before[1] + after[1]) / 2
            rules.append(Rule(min(before[0], after[0]), level, max(before[0], after[0]), level))
        elif abs(before[0] - after[0]) <= 0.7:
            place = (before[0] + after[0]) / 2
            rules.append(Rule(place, min(before[1], after[1]), place, max(before[1], after[1])))
    return rules


def _glyphs(
    page: pdfium.PdfPage, placing: Placing, depths: dict[int, int], covers: list[Stored]
) -> tuple[list[Glyph], int]:
    width, height = placing.size
    glyphs: list[Glyph] = []
    outside = 0
    text = page.get_textpage()
    try:
        box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
        unseen: dict[int, tuple[bool, int]] = {}
        for index in range(min(text.count_chars(), _MANY_CHARS)):
            # generated spaces and line ends are pdfium's guesses: own ones come later
            if raw.FPDFText_IsGenerated(text, index) == 1:
                continue
            code = raw.FPDFText_GetUnicode(text, index)
            if not raw.FPDFText_GetLooseCharBox(text, index, box):
                continue
            left, top, right, bottom = placing.box(box.left, box.bottom, box.right, box.top)
            if not (0 <= (left + right) / 2 <= width and 0 <= (top + bottom) / 2 <= height):
                outside += 1
                continue
            angle, size = 0.0, raw.FPDFText_GetFontSize(text, index)
            if raw.FPDFText_GetMatrix(text, index, matrix):
                angle = placing.direction(matrix.a, matrix.b)
                size *= math.hypot(matrix.c, matrix.d) or 1.0
            handle = raw.FPDFText_GetTextObject(text, index)
            address = _address(handle) if handle else 0
            if address not in unseen:
                unseen[address] = (_unseen(handle) if handle else False, depths.get(address, -1))
            hidden, depth = unseen[address]
            if not hidden and covers and depth >= 0:
                hidden = any(
                    depth < image.depth
                    and image.left <= (left + right) / 2 <= image.right
                    and image.top <= (top + bottom) / 2 <= image.bottom
                    for image in covers
                )
            broken = raw.FPDFText_HasUnicodeMapError(text, index) == 1 or code == 0
            char = mended(chr(code)) if 0 < code < 0x110000 else "\ufffd"
            glyphs.append(Glyph(char, left, top, right, bottom, angle, size, hidden, broken))
    finally:
        text.close()
    return glyphs, outside


def _unseen(handle: raw.FPDF_PAGEOBJECT) -> bool:
    """Drawn invisibly, fully transparent, or in white."""
    if raw.FPDFTextObj_GetTextRenderMode(handle) in (
        raw.FPDF_TEXTRENDERMODE_INVISIBLE,
        raw.FPDF_TEXTRENDERMODE_CLIP,
    ):
        return True
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return False
    return alpha.value < 8 or min(red.value, green.value, blue.value) >= 250
