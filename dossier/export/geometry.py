"""Affine maps between page units, images and PDF user space.

A map is (a, b, c, d, e, f): x' = a·x + c·y + e, y' = b·x + d·y + f, as in the PDF operator `cm`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Affine = tuple[float, float, float, float, float, float]
Point = tuple[float, float]

_EXIF: dict[int, Callable[[float, float], Point]] = {
    1: lambda x, y: (x, y),
    2: lambda x, y: (1 - x, y),
    3: lambda x, y: (1 - x, 1 - y),
    4: lambda x, y: (x, 1 - y),
    5: lambda x, y: (y, x),
    6: lambda x, y: (1 - y, x),
    7: lambda x, y: (1 - y, 1 - x),
    8: lambda x, y: (y, 1 - x),
}
"""Stored place to place as seen, both in [0,1] from the top left (EXIF 2.3, tag 274)."""


def fitted(mapping: Callable[[float, float], Point]) -> Affine:
    """The affine map that does what `mapping` does to (0,0), (1,0) and (0,1)."""
    (x0, y0), (x1, y1), (x2, y2) = mapping(0, 0), mapping(1, 0), mapping(0, 1)
    return (x1 - x0, y1 - y0, x2 - x0, y2 - y0, x0, y0)


def apply(matrix: Affine, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return (a * x + c * y + e, b * x + d * y + f)


def turned(x: float, y: float, degrees: int) -> Point:
    """A place on the page after the page was turned clockwise."""
    match degrees % 360:
        case 90:
            return (1 - y, x)
        case 180:
            return (1 - x, 1 - y)
        case 270:
            return (y, 1 - x)
        case _:
            return (x, y)


def upright_to_page(left: float, bottom: float, right: float, top: float, rotate: int) -> Affine:
    """From page units as seen to the user space of a page with this box, shown turned clockwise
    by `rotate` degrees."""
    width, height = right - left, top - bottom

    def place(u: float, v: float) -> Point:
        x, y = turned(u, v, -rotate)
        return (left + x * width, top - y * height)

    return fitted(place)


def image_placed(orientation: int, rotation: int, width: float, height: float) -> Affine:
    """The `cm` that shows an image upright on a page of `width` × `height` points.

    `orientation` is the EXIF one, `rotation` the clockwise turn after it.
    """
    exif = _EXIF.get(orientation, _EXIF[1])

    def place(s: float, t: float) -> Point:
        # image space counts upwards, stored rows downwards
        u, v = turned(*exif(s, 1 - t), rotation)
        return (u * width, (1 - v) * height)

    return fitted(place)


def number(value: float) -> str:
    """Shortest form of a coordinate, a thousandth of a point exact."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def operands(matrix: Affine) -> str:
    """The six numbers before `cm` or `Tm`; the linear part needs more digits than the shift."""
    linear = (f"{value:.6f}".rstrip("0").rstrip(".") for value in matrix[:4])
    numbers = ["0" if text in ("-0", "") else text for text in linear]
    return " ".join([*numbers, number(matrix[4]), number(matrix[5])])


@dataclass(frozen=True, slots=True)
class Track:
    """Where a line of text runs in user space: start of the middle line, direction, size."""

    x: float
    y: float
    angle: float
    length: float
    height: float


def track(quad: tuple[float, ...], to_page: Affine) -> Track | None:
    """The track of a quad in page units; None if it has no extent."""
    if not all(math.isfinite(value) for value in quad):
        return None
    corners = [apply(to_page, quad[i], quad[i + 1]) for i in (0, 2, 4, 6)]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    start = ((x0 + x3) / 2, (y0 + y3) / 2)
    end = ((x1 + x2) / 2, (y1 + y2) / 2)
    across, up = end[0] - start[0], end[1] - start[1]
    length = math.hypot(across, up)
    if length < 1e-3:
        return None
    # height measured square to the line: quads of photos are trapezes, not rectangles
    height = abs(across * (y0 - y3 + y1 - y2) - up * (x0 - x3 + x1 - x2)) / (2 * length)
    if height < 1e-3:
        return None
    return Track(start[0], start[1], math.atan2(up, across), length, height)
