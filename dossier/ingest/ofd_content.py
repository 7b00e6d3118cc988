"""Characters, images and rules of an OFD page, in the form the trust rules judge."""

from __future__ import annotations

import io
import itertools
import math
from collections.abc import Callable, Iterator

from PIL import Image

from .content import Content, Placing, Stored
from .glyphs import Glyph
from .ofd_model import Drawn, children, moved, name_of, numbers
from .plausible import mended
from .tables import Rule

_ASCENT, _DESCENT = 0.88, 0.12
"""Where a character stands around its base line, in parts of its size."""
_MANY = 200_000


def content_of(
    objects: list[Drawn], size: tuple[float, float], pixels: Callable[[str], tuple[int, int]]
) -> Content:
    """What is on the page; `pixels` gives the stored size of an image resource, (0, 0) if none."""
    glyphs: list[Glyph] = []
    images: list[Stored] = []
    rules: list[Rule] = []
    paths = outside = 0
    width, height = size
    for depth, drawn in enumerate(objects):
        if drawn.kind == "TextObject":
            for glyph in glyphs_of(drawn):
                x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
                if 0 <= x <= width and 0 <= y <= height and len(glyphs) < _MANY:
                    glyphs.append(glyph)
                else:
                    outside += 1
        elif drawn.kind == "ImageObject":
            across, down = pixels(drawn.element.get("ResourceID") or "")
            left, top, right, bottom = image_box(drawn)
            left, right = max(0.0, left), min(width, right)
            top, bottom = max(0.0, top), min(height, bottom)
            if across and right > left and bottom > top:
                images.append(Stored(left, top, right, bottom, across, down, depth, True))
        else:
            paths += 1
            rules += _rules(drawn)
    placing = Placing(0.0, 0.0, width, height, 0)
    return Content(
        placing, tuple(glyphs), outside, tuple(images), tuple(rules[:5000]), paths, len(objects)
    )


def image_box(drawn: Drawn) -> tuple[float, float, float, float]:
    """Where an image stands: the unit square through its matrix, else its Boundary."""
    if drawn.element.get("CTM") is None:
        return drawn.box
    corners = [moved(drawn.matrix, x, y) for x in (0, 1) for y in (0, 1)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def glyphs_of(drawn: Drawn) -> Iterator[Glyph]:
    """The characters of a TextObject, one by one."""
    element = drawn.element
    size = (numbers(element.get("Size")) or [0.0])[0]
    if size <= 0:
        return
    scale = (numbers(element.get("HScale")) or [1.0])[0] or 1.0
    hidden = (element.get("Visible") or "true").lower() == "false" or _clear(element)
    a, b, c, d, _, _ = drawn.matrix
    turn = (numbers(element.get("CharDirection")) or [0.0])[0]
    angle = (math.degrees(math.atan2(b, a)) + turn) % 360
    seen = size * math.hypot(c, d)
    x = y = 0.0
    for code in children(element, "TextCode"):
        x = (numbers(code.get("X")) or [x])[0]
        y = (numbers(code.get("Y")) or [y])[0]
        text = code.text or ""
        across = deltas(code.get("DeltaX"), len(text))
        down = deltas(code.get("DeltaY"), len(text))
        for index, char in enumerate(text):
            own = size * scale * (0.5 if ord(char) < 0x2000 else 1.0)
            step = across[index] if index < len(across) else None
            # narrow type is set closer than its size says
            wide = min(own, step) if step is not None and step > 0 else own
            if not char.isspace() or char in " \u3000":
                corners = [
                    moved(drawn.matrix, x + dx, y + dy)
                    for dx in (0.0, wide)
                    for dy in (-_ASCENT * size, _DESCENT * size)
                ]
                xs, ys = [p[0] for p in corners], [p[1] for p in corners]
                yield Glyph(mended(char), min(xs), min(ys), max(xs), max(ys), angle, seen, hidden)
            if step is not None:
                x += step
            elif index >= len(down):
                x += own
            if index < len(down):
                y += down[index]


def deltas(text: str | None, count: int) -> list[float]:
    """Steps between characters: numbers, and "g n d" for n times d (GB/T 33190 11.3)."""
    steps: list[float] = []
    parts = (text or "").split()
    at = 0
    while at < len(parts) and len(steps) < count:
        try:
            if parts[at] == "g":
                times = max(0, min(int(float(parts[at + 1])), count))
                steps += [float(parts[at + 2])] * times
                at += 3
            else:
                steps.append(float(parts[at]))
                at += 1
        except (ValueError, IndexError, OverflowError):
            break
    return steps[:count]


def _clear(element: object) -> bool:
    """Fully transparent."""
    from lxml import etree

    assert isinstance(element, etree._Element)
    alphas = [element.get("Alpha")]
    alphas += [one.get("Alpha") for one in element if name_of(one) == "FillColor"]
    return any(alpha is not None and numbers(alpha) == [0.0] for alpha in alphas)


def points_of(drawn: Drawn) -> list[list[tuple[float, float]]]:
    """The outlines of a PathObject in page points; curves by their end points."""
    data = next(
        (one.text or "" for one in drawn.element if name_of(one) == "AbbreviatedData"), ""
    ).split()
    outlines: list[list[tuple[float, float]]] = []
    at = 0
    takes = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
    while at < len(data) and len(outlines) < 5000:
        sign = data[at]
        if sign not in takes:
            at += 1
            continue
        values = numbers(" ".join(data[at + 1 : at + 1 + takes[sign]]))
        at += 1 + takes[sign]
        if sign == "C":
            if outlines and outlines[-1]:
                outlines[-1].append(outlines[-1][0])
            continue
        if len(values) < 2:
            continue
        point = moved(drawn.matrix, values[-2], values[-1])
        if sign in "SM" or not outlines:
            outlines.append([point])
        else:
            outlines[-1].append(point)
    return outlines


def _rules(drawn: Drawn) -> list[Rule]:
    stroke = (drawn.element.get("Stroke") or "true").lower() != "false"
    fill = (drawn.element.get("Fill") or "false").lower() == "true"
    rules = []
    for outline in points_of(drawn):
        xs, ys = [p[0] for p in outline], [p[1] for p in outline]
        left, top, right, bottom = min(xs), min(ys), max(xs), max(ys)
        if fill and not stroke:
            if bottom - top <= 2.5 < right - left:
                rules.append(Rule(left, (top + bottom) / 2, right, (top + bottom) / 2))
            elif right - left <= 2.5 < bottom - top:
                rules.append(Rule((left + right) / 2, top, (left + right) / 2, bottom))
            continue
        for (x0, y0), (x1, y1) in itertools.pairwise(outline):
            if abs(y0 - y1) <= 0.7:
                rules.append(Rule(min(x0, x1), (y0 + y1) / 2, max(x0, x1), (y0 + y1) / 2))
            elif abs(x0 - x1) <= 0.7:
                rules.append(Rule((x0 + x1) / 2, min(y0, y1), (x0 + x1) / 2, max(y0, y1)))
    return rules


def stamp_picture(data: bytes) -> bytes | None:
    """The picture inside a seal (GB/T 38540 keeps it as plain bytes in its ASN.1), or None."""
    for magic in (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM"):
        at = data.find(magic)
        while at >= 0:
            try:
                with Image.open(io.BytesIO(data[at:])) as image:
                    image.load()
                return data[at:]
            except Exception:  # noqa: S110 - a chance match inside other bytes
                pass
            at = data.find(magic, at + 1) if magic != b"BM" else -1
    return None
