"""What is drawn on one page of a fixed document (PDF, OFD), in points as seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .glyphs import Glyph
from .tables import Rule


@dataclass(frozen=True)
class Placing:
    """How user space maps to the page as seen: visible box and /Rotate."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        across, down = self.right - self.left, self.top - self.bottom
        return (down, across) if self.rotation in (90, 270) else (across, down)

    def point(self, x: float, y: float) -> tuple[float, float]:
        match self.rotation:
            case 90:
                return y - self.bottom, x - self.left
            case 180:
                return self.right - x, y - self.bottom
            case 270:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """left, top, right, bottom as seen of any two opposite corners."""
        (a, b), (c, d) = self.point(x0, y0), self.point(x1, y1)
        return min(a, c), min(b, d), max(a, c), max(b, d)

    def direction(self, across: float, up: float) -> float:
        """Degrees clockwise as seen of a direction in user space."""
        return (math.degrees(math.atan2(-up, across)) + self.rotation) % 360


@dataclass(frozen=True)
class Stored:
    """An image on the page: place as seen (points), pixels stored, how deep it lies."""

    left: float
    top: float
    right: float
    bottom: float
    pixels_across: int
    pixels_down: int
    depth: int
    opaque: bool

    @property
    def area(self) -> float:
        return max(0.0, self.right - self.left) * max(0.0, self.bottom - self.top)

    @property
    def dpi(self) -> float:
        """Pixels per inch as placed (the larger of both axes, either way round)."""
        across, down = max(self.right - self.left, 1.0), max(self.bottom - self.top, 1.0)
        upright = (self.pixels_across / across, self.pixels_down / down)
        lying = (self.pixels_down / across, self.pixels_across / down)
        # whichever way the pixels are squarer is the way they lie
        best = min(
            (upright, lying), key=lambda pair: abs(math.log(max(pair) / max(min(pair), 1e-9)))
        )
        return 72 * max(best)


@dataclass(frozen=True)
class Content:
    """Everything drawn on one page."""

    placing: Placing
    glyphs: tuple[Glyph, ...]
    outside: int
    """Characters outside the visible box: dropped."""
    images: tuple[Stored, ...]
    rules: tuple[Rule, ...]
    """Level and upright lines drawn."""
    paths: int
    objects: int
