"""The invisible text of a page: every line on its print, every character on its character."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

from dossier.model import Line

from .geometry import Affine, Track, number, operands, track
from .glyphless import ASCENT, DESCENT, STEPS, Glyphless
from .runs import clean, edges

_DRIFT = 0.42
"""How far a line may climb or fall, in text heights. Readers (poppler: half a text height) take
what climbs further for two lines and mix it with its neighbours; a line leaning more is therefore
drawn leaning less, through the middle of its print."""

_SLACK = 0.06
"""How far a character may stand from its print, in text heights."""

FONT = "/DossierText"
"""Resource name of the invisible font on every page."""


def invisible(lines: Iterable[Line], to_page: Affine, font: Glyphless) -> bytes:
    """Content stream operators drawing the lines in render mode 3 (nothing is painted).

    `to_page` leads from page units to the user space the operators will stand in.
    """
    parts: list[str] = []
    for line, way in level_rows(tracked(lines, to_page)):
        parts += invisible_line(line, way, font)
    if not parts:
        return b""
    return "\n".join(["q BT 3 Tr", *parts, "ET Q\n"]).encode("ascii")


def tracked(lines: Iterable[Line], to_page: Affine) -> list[tuple[Line, Track]]:
    """Lines that have text and extent, each with its track, calmed (see `_DRIFT`)."""
    found = []
    for line in lines:
        text = clean(line.text)
        way = track(line.quad, to_page)
        if way is not None and text.strip():
            found.append((replace(line, text=text), _calm(way)))
    return found


def _calm(way: Track) -> Track:
    quarter = round(way.angle / (math.pi / 2)) * (math.pi / 2)
    lean = way.angle - quarter
    drift = way.length * math.sin(lean)
    allowed = _DRIFT * way.height
    if abs(drift) <= allowed:
        return way
    calm = math.asin(math.copysign(allowed, drift) / way.length)
    length = way.length * math.cos(lean) / math.cos(calm)
    return _through_middle(way, quarter + calm, length)


def _through_middle(way: Track, angle: float, length: float) -> Track:
    middle_x = way.x + math.cos(way.angle) * way.length / 2
    middle_y = way.y + math.sin(way.angle) * way.length / 2
    return Track(
        middle_x - math.cos(angle) * length / 2,
        middle_y - math.sin(angle) * length / 2,
        angle,
        length,
        way.height,
    )


def level_rows(lines: list[tuple[Line, Track]]) -> list[tuple[Line, Track]]:
    """The lines with single-line cells of one table row set on one level.

    Recognition sees neighbours a point higher or lower; readers would sort the row by that.
    """
    rows: dict[tuple[int, int, int], list[int]] = {}
    per_cell: dict[tuple[int, int, int, int], int] = {}
    for index, (line, _) in enumerate(lines):
        if line.cell is not None:
            row = (line.block, line.cell.table, line.cell.row)
            rows.setdefault(row, []).append(index)
            key = (*row, line.cell.column)
            per_cell[key] = per_cell.get(key, 0) + 1
    for row, members in rows.items():
        first = lines[members[0]][1]
        across, up = math.cos(first.angle), math.sin(first.angle)
        for index in members[1:]:
            line, way = lines[index]
            assert line.cell is not None
            if per_cell[(*row, line.cell.column)] > 1 or abs(way.angle - first.angle) > 0.05:
                continue
            off = (way.y - first.y) * across - (way.x - first.x) * up
            if abs(off) < 0.35 * min(way.height, first.height):
                lines[index] = (
                    line,
                    replace(way, x=way.x + off * up, y=way.y - off * across),
                )
    return lines


def text_matrix(way: Track, size: float, ascent: float, descent: float) -> Affine:
    """Where to begin so that text of `size` stands in the middle of the track's height.

    `ascent`, `descent` in shares of the size, the latter negative.
    """
    across, up = math.cos(way.angle), math.sin(way.angle)
    below = size * (ascent + descent) / 2
    return (across, up, -up, across, way.x + up * below, way.y - across * below)


def invisible_line(line: Line, way: Track, font: Glyphless) -> list[str]:
    """Operators for one line, to stand in a text object in render mode 3."""
    places = edges(line, way.length, way.height)
    unit, steps = fitted_steps(line.text, places, way.height)
    a, b, c, d, e, f = text_matrix(way, way.height, ASCENT / 1000, DESCENT / 1000)
    matrix = (a, b, c, d, e + a * places[0], f + b * places[0])
    text = line.text
    if line.cell is not None:
        # keeps neighbouring cells apart in readers that go by the codes alone
        text, steps = text + " ", [*steps, 1]
    code = font.encode(text, steps).hex()
    stretch = number(100 * unit / way.height)
    return [f"{FONT} {number(way.height)} Tf {stretch} Tz {operands(matrix)} Tm <{code}> Tj"]


def fitted_steps(text: str, places: Sequence[float], height: float) -> tuple[float, list[int]]:
    """The width of a full character in points, and the width of each in sixteenths of it.

    A character may stray a little (`_SLACK`) before another width is taken: print is mostly even,
    and fewer widths make fewer codes.
    """
    widths = [after - before for before, after in pairwise(places)]
    full = [w for w, char in zip(widths, text, strict=True) if _is_full(char)]
    half = [w for w, char in zip(widths, text, strict=True) if not _is_full(char)]
    unit = median(full) if full else 2 * median(half)
    common = max(1, round(median(half) / unit * STEPS)) if half else STEPS // 2
    steps = []
    pen = places[0]
    for i, char in enumerate(text):
        step = STEPS if _is_full(char) else common
        if i + 1 == len(text) or abs(pen + step * unit / STEPS - places[i + 1]) > _SLACK * height:
            step = max(1, round((places[i + 1] - pen) * STEPS / unit))
        steps.append(step)
        pen += step * unit / STEPS
    return unit, steps


def _is_full(char: str) -> bool:
    return ord(char) >= 0x2000
