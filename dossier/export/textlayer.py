"""The invisible text of a page: every line on its print, every character on its character."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pypdf.generic import IndirectObject

from dossier.model import Line

from .geometry import Affine, Track, number, operands, track
from .glyphless import STEPS, Glyphless, InvisibleFonts
from .runs import MIN_CHARACTER, clean, edges

_DRIFT = 0.4
"""How far a line may climb or fall, in font sizes. Readers (poppler: half a font size) take
what climbs further for two lines and mix it with its neighbours; a line leaning more is therefore
drawn leaning less, through the middle of its print."""

_SLACK = 0.06
"""How far a character may stand from its print, in text heights."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Operators for the content of a page, and the fonts they need in its resources."""

    drawing: bytes
    fonts: Mapping[str, IndirectObject]


def invisible(lines: Iterable[Line], to_page: Affine, fonts: InvisibleFonts) -> Overlay:
    """The lines in render mode 3 (nothing is painted).

    `to_page` leads from page units to the user space the operators will stand in.
    """
    parts: list[str] = []
    used: dict[str, IndirectObject] = {}
    found = level_rows(tracked(lines, to_page))
    for (line, way), (font, crowded) in zip(found, choose(found, fonts), strict=True):
        used[font.resource] = font.ref
        parts.append(invisible_line(line, level(way) if crowded else way, font))
    if not parts:
        return Overlay(b"", {})
    return Overlay("\n".join(["q BT 3 Tr", *parts, "ET Q\n"]).encode("ascii"), used)


def tracked(lines: Iterable[Line], to_page: Affine) -> list[tuple[Line, Track]]:
    """Lines that have text and extent, each with its track in user space."""
    found = []
    for line in lines:
        text = clean(line.text)
        way = track(line.quad, to_page)
        if way is not None and text.strip():
            found.append((replace(line, text=text), way))
    return found


def choose(
    found: Sequence[tuple[Line, Track]], fonts: InvisibleFonts
) -> list[tuple[Glyphless, bool]]:
    """The font for each line, by its distance from its neighbours; and whether they crowd it.

    Poppler takes lines for one block when they are at most 1.5 font sizes apart, and words for one
    line when they are at most half a font size off. Running text must become blocks, or columns
    are read across; rows of a table must not, or it is read column by column.
    """
    pitches = _pitches([way for _, way in found])
    chosen = []
    for (line, way), pitch in zip(found, pitches, strict=True):
        if line.cell is None:
            size = min(_PROSE * pitch, 1.25 * way.height)
        else:
            size = min(_CELLS * pitch, way.height)
        crowded = pitch < _CROWDED * way.height
        chosen.append((fonts.sized(way.height, size), crowded))
    return chosen


_PROSE, _CELLS = 0.75, 0.58
"""Font size in distances between lines: 1.5 of it is more than one of them, or less."""


_CROWDED = 1.25
"""Lines nearer than this, in text heights, are mixed by poppler as soon as they lean."""


def level(way: Track) -> Track:
    """The track without its lean, if it still runs through the print from end to end."""
    quarter = round(way.angle / (math.pi / 2)) * (math.pi / 2)
    lean = way.angle - quarter
    if abs(way.length * math.sin(lean)) > 0.35 * way.height:
        return way
    return _through_middle(way, quarter, way.length * math.cos(lean))


def _pitches(ways: Sequence[Track]) -> list[float]:
    """For each line the distance to the nearest line above or below it; infinite if alone."""
    out = []
    for way in ways:
        across, up = math.cos(way.angle), math.sin(way.angle)
        nearest = math.inf
        for other in ways:
            dx, dy = other.x - way.x, other.y - way.y
            begin = dx * across + dy * up
            if begin >= way.length or begin + other.length <= 0:
                continue
            # where the other line passes the common part
            lean = math.sin(other.angle - way.angle)
            off = abs(dy * across - dx * up + (max(begin, 0) - begin) * lean)
            if off > 0.3 * way.height:
                nearest = min(nearest, off)
        out.append(nearest)
    return out


def _calm(way: Track, size: float) -> Track:
    """The track, leaning no more than readers bear (see `_DRIFT`)."""
    quarter = round(way.angle / (math.pi / 2)) * (math.pi / 2)
    lean = way.angle - quarter
    drift = way.length * math.sin(lean)
    allowed = _DRIFT * size
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


def invisible_line(line: Line, way: Track, font: Glyphless) -> str:
    """Operators for one line, to stand in a text object in render mode 3."""
    size = way.height / font.tall
    way = _calm(way, size)
    places = edges(line, way.length, way.height)
    unit, steps = fitted_steps(line.text, places, way.height)
    a, b, c, d, e, f = text_matrix(way, size, font.ascent / 1000, font.descent / 1000)
    matrix = (a, b, c, d, e + a * places[0], f + b * places[0])
    text = line.text
    if line.cell is not None:
        # keeps neighbouring cells apart in readers that go by the codes alone
        text, steps = text + " ", [*steps, 1]
    code = font.codes.encode(text, steps).hex()
    stretch = number(100 * unit / size)
    return f"{font.resource} {number(size)} Tf {stretch} Tz {operands(matrix)} Tm <{code}> Tj"


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
    least = math.ceil(MIN_CHARACTER * height * STEPS / unit)
    steps = []
    pen = places[0]
    for i, char in enumerate(text):
        step = STEPS if _is_full(char) else common
        if i + 1 == len(text) or abs(pen + step * unit / STEPS - places[i + 1]) > _SLACK * height:
            step = max(least, round((places[i + 1] - pen) * STEPS / unit))
        steps.append(step)
        pen += step * unit / STEPS
    return unit, steps


def _is_full(char: str) -> bool:
    return ord(char) >= 0x2000
