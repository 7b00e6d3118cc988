"""From single characters with places to lines: shared by the PDF and the OFD reader."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from ..model import Line
from .order import Piece, reading_order
from .tables import Rule, RuledCell, find_tables


class Glyph(NamedTuple):
    """One character as it stands on the page, in points from the top left of the page as seen.

    `left` … `bottom`  upright box around it (the whole advance and font height, not the ink)
    `angle`            degrees clockwise in which the writing runs: 0 to the right, 90 downwards
    `size`             font size in points as seen
    `hidden`           perhaps not seen: invisible, white, or below an image
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    angle: float = 0.0
    size: float = 10.0
    hidden: bool = False
    broken: bool = False


class _Placed(NamedTuple):
    """A glyph in the frame of its writing: `start` and `end` along it, `up` and `down` across."""

    text: str
    start: float
    end: float
    up: float
    down: float


@dataclass(frozen=True)
class Setting:
    """Lines of a page, upright, and the turn (degrees clockwise) that made it upright."""

    lines: tuple[Line, ...]
    rotation: int


# In parts of the font height:
_RUN_GAP = 0.9
"""Characters drawn one after the other belong together up to this gap."""
_LINE_GAP = 1.5
"""Pieces on one base line belong together up to this gap; wider ones are columns or cells."""
_WORD_GAP = 0.22
"""Latin words and numbers further apart than this get a space."""


def set_lines(
    glyphs: Iterable[Glyph],
    width: float,
    height: float,
    *,
    rules: Sequence[Rule] = (),
    confidence: float = 1.0,
) -> Setting:
    """Lines in reading order from characters in any order of drawing.

    Characters are gathered by table cell, by the direction they are written in, then by base
    line. A page on which at least four fifths of the characters run sideways or upside down is
    turned upright. `rules` are the lines drawn on the page: they make the tables.
    """
    glyphs = list(glyphs)
    directions = Counter(_direction(glyph.angle) for glyph in glyphs)
    if not directions:
        return Setting((), 0)
    main, most = directions.most_common(1)[0]
    rotation = 0
    if main in (90, 180, 270) and most >= 0.8 * directions.total():
        rotation = 360 - main
        glyphs = [_turned(glyph, rotation, width, height) for glyph in glyphs]
        rules = [Rule(*_turned_box(rule, rotation, width, height)) for rule in rules]
        if rotation in (90, 270):
            width, height = height, width

    tables = find_tables(rules)
    inside: dict[tuple[int, RuledCell], list[Glyph]] = defaultdict(list)
    outside: list[Glyph] = []
    for glyph in glyphs:
        x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
        for number, table in enumerate(tables):
            cell = table.at(x, y)
            if cell is not None:
                inside[number, cell].append(glyph)
                break
        else:
            outside.append(glyph)
    contents: dict[int, list[Line]] = defaultdict(list)
    for (number, cell), held in sorted(
        inside.items(), key=lambda item: (item[0][0], item[0][1].cell.row, item[0][1].cell.column)
    ):
        lines = reading_order(_pieces(held, width, height, confidence))
        contents[number] += [replace(line, cell=cell.cell, block=0) for line in lines]
    pieces = _pieces(outside, width, height, confidence)
    pieces += [
        Piece(table.left, table.top, table.right, table.bottom, tuple(contents[number]))
        for number, table in enumerate(tables)
        if contents[number]
    ]
    return Setting(tuple(reading_order(pieces)), rotation)


def _turned_box(
    box: Sequence[float], degrees: int, width: float, height: float
) -> tuple[float, float, float, float]:
    """left, top, right, bottom after the page was turned clockwise."""
    left, top, right, bottom = box
    match degrees:
        case 90:
            return height - bottom, left, height - top, right
        case 180:
            return width - right, height - bottom, width - left, height - top
        case _:
            return top, width - right, bottom, width - left


def _turned(glyph: Glyph, degrees: int, width: float, height: float) -> Glyph:
    box = (glyph.left, glyph.top, glyph.right, glyph.bottom)
    left, top, right, bottom = _turned_box(box, degrees, width, height)
    return glyph._replace(
        left=left, top=top, right=right, bottom=bottom, angle=glyph.angle + degrees
    )


def _pieces(glyphs: Sequence[Glyph], width: float, height: float, confidence: float) -> list[Piece]:
    frames: dict[int, list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        frames[_direction(glyph.angle)].append(glyph)
    return [
        _piece(placed, angle, width, height, confidence)
        for angle, held in sorted(frames.items())
        for placed in _lines(_place(held, angle))
    ]


def _direction(angle: float) -> int:
    """Whole degrees; what is nearly upright is upright."""
    angle %= 360
    nearest = round(angle / 90) * 90
    return int(nearest % 360) if abs(angle - nearest) <= 3 else round(angle) % 360


def _place(glyphs: Sequence[Glyph], angle: int) -> list[_Placed]:
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    placed = []
    for glyph in glyphs:
        if angle % 90 == 0:
            corners = [
                (x * cos + y * sin, y * cos - x * sin)
                for x in (glyph.left, glyph.right)
                for y in (glyph.top, glyph.bottom)
            ]
            along = [corner[0] for corner in corners]
            across = [corner[1] for corner in corners]
            placed.append(_Placed(glyph.text, min(along), max(along), min(across), max(across)))
        else:
            # the upright box around a slanted character is too large: take its middle
            x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
            middle, level = x * cos + y * sin, y * cos - x * sin
            half = glyph.size / 2
            reach = half if ord(glyph.text[0]) >= 0x2000 else half / 2
            placed.append(
                _Placed(glyph.text, middle - reach, middle + reach, level - half, level + half)
            )
    return placed


def _lines(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    runs = _runs(_without_doubles(placed))
    runs.sort(key=lambda run: (_level(run), run[0].start))
    rows: list[list[list[_Placed]]] = []
    for run in runs:
        # the rows are sorted by level, so only the last few can hold this run
        for row in reversed(rows[-6:]):
            if _same_row(row[0], run):
                row.append(run)
                break
        else:
            rows.append([run])
    lines: list[list[_Placed]] = []
    for row in rows:
        row.sort(key=lambda run: run[0].start)
        lines += _join(row)
    return lines


def _without_doubles(placed: Sequence[_Placed]) -> list[_Placed]:
    """Without the copies that fake bold print: one character drawn twice, a hair apart."""
    seen: dict[tuple[str, int, int], list[_Placed]] = defaultdict(list)
    kept = []
    for glyph in placed:
        size = max(glyph.down - glyph.up, 1.0)
        cell = (glyph.text, int(glyph.start / size), int(glyph.up / size))
        near = (
            other
            for across in (-1, 0, 1)
            for down in (-1, 0, 1)
            for other in seen.get((cell[0], cell[1] + across, cell[2] + down), ())
        )
        limit = 0.2 * size
        if not glyph.text.isspace() and any(
            abs(other.start - glyph.start) < limit and abs(other.up - glyph.up) < limit
            for other in near
        ):
            continue
        seen[cell].append(glyph)
        kept.append(glyph)
    return kept


def _runs(placed: Sequence[_Placed]) -> list[list[_Placed]]:
    """Pieces drawn in one go: neighbours in the file that are neighbours on the page."""
    runs: list[list[_Placed]] = []
    for glyph in placed:
        if runs:
            last = runs[-1][-1]
            size = max(last.down - last.up, glyph.down - glyph.up, 1.0)
            gap = glyph.start - last.end
            if _overlap(last, glyph) > 0.5 and -0.6 * size < gap < _RUN_GAP * size:
                runs[-1].append(glyph)
                continue
        runs.append([glyph])
    stripped = []
    for run in runs:
        while run and run[-1].text.isspace():
            run.pop()
        while run and run[0].text.isspace():
            run.pop(0)
        if run:
            stripped.append(run)
    return stripped


def _overlap(a: _Placed, b: _Placed) -> float:
    common = min(a.down, b.down) - max(a.up, b.up)
    return common / max(0.1, min(a.down - a.up, b.down - b.up))


def _level(run: Sequence[_Placed]) -> float:
    return sum(glyph.up + glyph.down for glyph in run) / (2 * len(run))


def _same_row(row: Sequence[_Placed], run: Sequence[_Placed]) -> bool:
    size = min(row[0].down - row[0].up, run[0].down - run[0].up)
    return abs(_level(row) - _level(run)) < 0.4 * max(size, 1.0)


def _join(row: Sequence[list[_Placed]]) -> list[list[_Placed]]:
    lines: list[list[_Placed]] = []
    for run in row:
        if lines:
            last = lines[-1]
            size = max(last[-1].down - last[-1].up, 1.0)
            gap = run[0].start - last[-1].end
            if gap < _LINE_GAP * size or _spread(row, size):
                last.extend(run)
                continue
        lines.append(list(run))
    return lines


def _spread(row: Sequence[list[_Placed]], size: float) -> bool:
    """Letter-spaced headings ("判　决　书"): single characters at one even distance."""
    if len(row) < 2 or any(len(run) > 1 for run in row):
        return False
    gaps = [after[0].start - before[-1].end for before, after in itertools.pairwise(row)]
    return max(gaps) < 6 * size and max(gaps) - min(gaps) < 0.5 * size


def _piece(
    placed: list[_Placed], angle: int, width: float, height: float, confidence: float
) -> Piece:
    placed = _with_spaces(placed)
    start, end = min(glyph.start for glyph in placed), max(glyph.end for glyph in placed)
    up, down = min(glyph.up for glyph in placed), max(glyph.down for glyph in placed)
    length = max(end - start, 1e-6)
    text: list[str] = []
    spans: list[float] = []
    for glyph in placed:
        # one glyph may stand for several characters (ligatures): share its width
        share = (glyph.end - glyph.start) / len(glyph.text)
        for index, char in enumerate(glyph.text):
            text.append(char)
            begin = glyph.start + index * share - start
            spans += [
                min(1.0, max(0.0, begin / length)),
                min(1.0, max(0.0, (begin + share) / length)),
            ]
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    xs, ys = [], []
    for along, across in ((start, up), (end, up), (end, down), (start, down)):
        xs.append(along * cos - across * sin)
        ys.append(along * sin + across * cos)
    x0, x1, x2, x3 = (x / width for x in xs)
    y0, y1, y2, y3 = (y / height for y in ys)
    line = Line("".join(text), (x0, y0, x1, y1, x2, y2, x3, y3), confidence, tuple(spans))
    return Piece(min(xs), min(ys), max(xs), max(ys), (line,))


def _with_spaces(placed: list[_Placed]) -> list[_Placed]:
    """With a space where words written in letters stand apart; Chinese needs none."""
    result: list[_Placed] = []
    for glyph in placed:
        if result and not glyph.text.isspace() and not result[-1].text.isspace():
            before = result[-1]
            gap = glyph.start - before.end
            size = max(before.down - before.up, 1.0)
            if gap > _WORD_GAP * size and _wordy(before.text[-1]) and _wordy(glyph.text[0]):
                result.append(before._replace(text=" ", start=before.end, end=glyph.start))
        result.append(glyph)
    return result


def _wordy(char: str) -> bool:
    """Letters and digits of scripts that part words by spaces."""
    return char.isalnum() and ord(char) < 0x2E80
