"""The invisible text of a page: every line on its print, every character on its character."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from dossier.model import Line

from .geometry import Affine, Track, number, operands, track
from .glyphless import ASCENT, DESCENT, Glyphless
from .runs import clean, edges, gather

_DRIFT = 0.42
"""How far a line may climb or fall, in text heights. Readers (poppler: half a text height) take
what climbs further for two lines and mix it with its neighbours; a line leaning more is therefore
drawn leaning less, through the middle of its print."""

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
    matrix = text_matrix(way, way.height, ASCENT / 1000, DESCENT / 1000)
    if places[0]:
        matrix = (
            *matrix[:4],
            matrix[4] + matrix[0] * places[0],
            matrix[5] + matrix[1] * places[0],
        )
    out = [f"{FONT} {number(way.height)} Tf {operands(matrix)} Tm"]
    for run in gather(places, [way.height] * len(line.text), way.height):
        code = font.encode(line.text[run.start : run.stop]).hex()
        out.append(f"{number(100 * run.stretch)} Tz <{code}> Tj")
    return out
