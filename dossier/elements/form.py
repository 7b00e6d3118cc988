"""The matching form of a text, shared by the modules of this package, and the way back."""

from __future__ import annotations

import re
from functools import lru_cache

from ..normal import Normalised, normalise


@lru_cache(maxsize=4)
def form(text: str) -> Normalised:
    """`normalise(text)`, kept for the next reader: several modules read one text, and parts of it,
    in turn."""
    return normalise(text)


_SPACE = re.compile(r"\s")
_CELL = re.compile(r"[\d,.]+")


def apart(text: str, at: Normalised, start: int, stop: int) -> list[tuple[int, int]]:
    """The pieces into which white space of the original parts `at.text[start:stop]`, as spans of
    `at.text`. One piece where there is none."""
    begin, end = at.span(start, stop)
    if end - begin == stop - start or _SPACE.search(text, begin, end) is None:
        return [(start, stop)]
    pieces, first, before = [], start, begin
    for place in range(start, stop):
        here, after = at.span(place, place + 1)
        if place > first and _SPACE.search(text, before, here) is not None:
            pieces.append((first, place))
            first = place
        before = after
    pieces.append((first, stop))
    return pieces


def own_line(text: str, start: int, stop: int) -> bool:
    """Whether `text[start:stop]` begins a line: then what stands in the line before is another
    cell or item, unless that line is running text."""
    line = text.rfind("\n", 0, start)
    if line < 0 or text[line + 1 : start].strip():
        return False
    before = text.rfind("\n", 0, line)
    return _CELL.fullmatch(text[before + 1 : line].strip()) is not None and stop > start
