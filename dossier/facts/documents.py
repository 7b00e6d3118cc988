"""The documents of a case as facts are read from them: one text, and the way back to the page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from pydantic import Field

from ..elements.tables import Sourced, Strict, read_table_of
from ..model import Line, layer_text, line_starts
from ..normal import normal
from .values import Source, Voice


class Paper(Strict):
    """What a type of document means for the facts."""

    types: tuple[str, ...] = Field(min_length=1)
    voice: Voice | None = None
    accuses: bool = False
    """It sets out the charge as a whole: 起诉意见书, 起诉书, 判决书."""
    people: tuple[str, ...] = ()
    """Roles of people that are taken from it; none: it speaks of nobody's particulars."""
    stock: str = ""
    """It is a list of things: seized, transferred, returned, valued."""
    examines: Literal["", "injury", "alcohol"] = ""
    """It grades or measures this."""
    measure: str = ""
    """It orders this 强制措施."""


class _PapersFile(Sourced):
    papers: tuple[Paper, ...]
    ranks: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _file() -> _PapersFile:
    return read_table_of(_PapersFile, __package__, "papers.yaml")


@lru_cache(maxsize=1)
def _papers() -> dict[str, Paper]:
    return {code: paper for paper in _file().papers for code in paper.types}


def paper_of(type_code: str) -> Paper | None:
    """What this type of document means for the facts; None: nothing."""
    return _papers().get(type_code)


def rank_of(field: str, type_code: str) -> int:
    """How much a document of this type counts for a field: the lower, the more."""
    ranks = _file().ranks
    order = ranks.get(field, ranks["default"])
    return order.index(type_code) if type_code in order else len(order)


@dataclass(frozen=True, slots=True)
class FactPage:
    """One page: `id` names it in sources."""

    id: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class FactDocument:
    """One document. `day`: its date (ISO) if known, `number` its 文号, `organ` who issued
    it."""

    id: int
    type_code: str
    title: str
    day: str | None
    pages: tuple[FactPage, ...]
    number: str | None = None
    organ: str | None = None

    @cached_property
    def paper(self) -> Paper | None:
        return paper_of(self.type_code)

    @cached_property
    def placed_lines(self) -> list[tuple[int, Line, int]]:
        """Page, line, and where the line begins in `text`."""
        found, at = [], 0
        for page, lines in zip(self.pages, _running_text(self.pages), strict=True):
            starts = line_starts(lines)
            found += [
                (page.id, line, at + begin) for line, begin in zip(lines, starts, strict=True)
            ]
            at += len(layer_text(lines)) + 1
        return found

    @cached_property
    def text(self) -> str:
        """All pages as one text, without what is repeated on every page."""
        return "\n".join(layer_text(lines) for lines in _running_text(self.pages))

    @cached_property
    def _starts(self) -> list[int]:
        return [begin for _, _, begin in self.placed_lines]

    @cached_property
    def _spans(self) -> dict[int, Line]:
        return {}

    def _measured(self, place: int) -> Line:
        """A line with its spans: they are estimated once, not anew for each value on it."""
        if place not in self._spans:
            self._spans[place] = self.placed_lines[place][1].measured()
        return self._spans[place]

    def confidence(self, start: int, stop: int) -> float:
        """The lowest confidence of the lines on which `text[start:stop]` stands."""
        place = max(0, bisect_right(self._starts, start) - 1)
        lowest = 1.0
        while place < len(self.placed_lines) and self.placed_lines[place][2] < stop:
            lowest = min(lowest, self.placed_lines[place][1].confidence)
            place += 1
        return lowest

    def cite(self, start: int, stop: int) -> Source:
        """Where `text[start:stop]` stands. Beyond the first page it touches it is cut off."""
        lines = self.placed_lines
        place = max(0, bisect_right(self._starts, start) - 1)
        boxes: list[tuple[float, float, float, float]] = []
        page: int | None = None
        while place < len(lines) and lines[place][2] < stop:
            where, line, begin = lines[place]
            first, last = max(start - begin, 0), min(stop - begin, len(line.text))
            part = line.text[first:last]
            if part.strip():
                if page not in (None, where):
                    break
                page = where
                first += len(part) - len(part.lstrip())
                last -= len(part) - len(part.rstrip())
                box = self._measured(place).part_box(first, last)
                edges = (box.left, box.top, box.right, box.bottom)
                boxes.append(tuple(round(edge, 5) for edge in edges))  # type: ignore[arg-type]
            place += 1
        if page is None:
            page = self.pages[0].id
        quoted = re.sub(r"\s+", "", self.text[start:stop])
        return Source(
            document=self.id, page=page, boxes=tuple(boxes), text=quoted[:200], title=self.title
        )


_COUNTER = re.compile(r"(?:第?\d{1,4}页?)?(?:[,/ ]?共\d{1,4}页)?\.?")
_EDGE = 4
"""So many lines at the top and at the bottom of a page may be repeated on each."""


def _running_text(pages: Sequence[FactPage]) -> list[tuple[Line, ...]]:
    """The lines of each page without specks and page numbers, and without running heads from the
    second page on and running feet up to the last but one: a sentence may go on over them."""
    clean = [tuple(line for line in page.lines if not _speck(line)) for page in pages]
    heads = [_edge(lines[:_EDGE]) for lines in clean]
    feet = [_edge(lines[-_EDGE:]) for lines in clean]
    count = Counter(form for edge in (*heads, *feet) for form in edge)
    kept = []
    for place, lines in enumerate(clean):
        own = Counter([*heads[place], *feet[place]])

        def runs(line: Line, own: Counter[str] = own) -> bool:
            form = normal(line.text)
            return count[form] > own[form] or _COUNTER.fullmatch(form) is not None

        first, last = 0, len(lines)
        if len(pages) > 1:
            while first < last and place and runs(lines[first]):
                first += 1
            while first < last and place < len(pages) - 1 and runs(lines[last - 1]):
                last -= 1
        kept.append(lines[first:last])
    return kept


_MARGIN = 0.03
"""Nothing is written so near to the left and right edge of the paper, in page widths."""


def _speck(line: Line) -> bool:
    """Whether this is a hole or a stain at the edge of the paper, read as a character."""
    if len(line.text.strip()) > 1:
        return False
    return line.box.right < _MARGIN or line.box.left > 1 - _MARGIN


def _edge(lines: Sequence[Line]) -> frozenset[str]:
    return frozenset(normal(line.text) for line in lines)
