"""A page as cataloguing looks at it: lines in matching form, rows of its head, page counter."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from statistics import median

from ..model import Cell
from ..normal import normal
from .values import CataloguePage, Place

_COUNT = r"([0-9lI]{1,3}|[一二三四五六七八九十]{1,3})"
_N_OF_M = re.compile(rf"第{_COUNT}页[,/;.(、]*共{_COUNT}页")
_M_THEN_N = re.compile(rf"共{_COUNT}页[,/;.(、]*第{_COUNT}页")
_ONLY_N = re.compile(rf"[-(·.]*第{_COUNT}页[-)·.]*")
_FRACTION = re.compile(r"[-(·]*([0-9]{1,3})/([0-9]{1,3})页?[-)·]*")
_DASHED = re.compile(r"[-_~·.]{1,4}([0-9]{1,3})[-_~·.]{1,4}")
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九十")}

BODY_LENGTH = 22
"""Characters from which a line counts as running text."""
HEAD = 0.55
"""Share of the page height within which a title may stand."""


def count(text: str) -> int:
    """A small number in Arabic or Chinese numerals; l and I are ones misread."""
    if text[0] in _DIGITS:
        if "十" in text:
            tens, _, ones = text.partition("十")
            return 10 * _DIGITS.get(tens or "一", 1) + (_DIGITS.get(ones, 0) if ones else 0)
        return int("".join(str(_DIGITS[char]) for char in text))
    return int(text.replace("l", "1").replace("I", "1"))


@dataclass(slots=True)
class LineReading:
    """One line: its index in the layer, matching form, edges in page units, height of its print in
    points."""

    index: int
    text: str
    left: float
    top: float
    right: float
    bottom: float
    height: float
    cell: Cell | None

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that stand side by side, from left to right."""

    lines: tuple[LineReading, ...]

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)

    @property
    def top(self) -> float:
        return min(line.top for line in self.lines)

    @property
    def centre(self) -> float:
        return (self.lines[0].left + max(line.right for line in self.lines)) / 2

    @property
    def width(self) -> float:
        return max(line.right for line in self.lines) - self.lines[0].left

    @property
    def height(self) -> float:
        return max(line.height for line in self.lines)

    @property
    def is_body(self) -> bool:
        """Running text: long, or ending like a sentence."""
        if any(line.cell is not None for line in self.lines):
            return False
        text = self.text
        return len(text) >= BODY_LENGTH and len(self.lines) == 1


@dataclass(frozen=True, slots=True)
class Counter:
    """第 `number` 页 共 `total` 页."""

    number: int
    total: int | None
    line: LineReading


class PageReading:
    """One page, read for cataloguing. Everything is worked out when first asked for."""

    def __init__(self, page: CataloguePage) -> None:
        self.page = page
        self.key = page.key
        self.lines: list[LineReading] = []
        page_height = page.layer.height or 1.0
        for index, line in enumerate(page.layer.lines):
            text = normal(line.text)
            if not text:
                continue
            quad = line.quad
            across, down = quad[0::2], quad[1::2]
            self.lines.append(
                LineReading(
                    index=index,
                    text=text,
                    left=min(across),
                    top=min(down),
                    right=max(across),
                    bottom=max(down),
                    height=max(abs(quad[7] - quad[1]), abs(quad[6] - quad[0])) * page_height,
                    cell=line.cell,
                )
            )

    @cached_property
    def text(self) -> str:
        """All lines in reading order without separators: words broken over two lines are whole."""
        return "".join(line.text for line in self.lines)

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(line.text) for line in self.lines), initial=0))

    def line_at(self, offset: int) -> LineReading:
        """The line in which a character of `text` stands."""
        return self.lines[min(bisect_right(self._starts, offset) - 1, len(self.lines) - 1)]

    def place(self, line: LineReading) -> Place:
        return Place(self.key, line.index, self.page.layer.lines[line.index].box)

    def places(self, start: int, stop: int) -> tuple[Place, ...]:
        """The lines in which characters `start` to `stop` of `text` stand."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(start, stop - 1)) - 1
        return tuple(self.place(line) for line in self.lines[first : last + 1])

    @property
    def blank(self) -> bool:
        """Nothing but a page number or specks."""
        return sum(len(line.text) for line in self.lines) < 4 or (
            len(self.lines) == 1 and self.counter is not None
        )

    @cached_property
    def body_height(self) -> float:
        """Usual height of the print in points."""
        heights = [line.height for line in self.lines if len(line.text) >= 8]
        if not heights:
            heights = [line.height for line in self.lines]
        return median(heights) if heights else 0.0

    @cached_property
    def rows(self) -> list[Row]:
        """All lines grouped into rows from top to bottom."""
        rows: list[list[LineReading]] = []
        for line in sorted(self.lines, key=lambda one: one.middle):
            if rows:
                last = rows[-1][-1]
                overlap = min(last.bottom, line.bottom) - max(last.top, line.top)
                lesser = min(last.bottom - last.top, line.bottom - line.top)
                apart = all(line.left >= one.right or line.right <= one.left for one in rows[-1])
                if overlap > 0.5 * lesser > 0 and apart:
                    rows[-1].append(line)
                    continue
            rows.append([line])
        return [Row(tuple(sorted(row, key=lambda one: one.left))) for row in rows]

    def head(self) -> Iterator[tuple[int, Row]]:
        """Rows in which a title may stand: the upper part, until running text has begun."""
        body = 0
        for rank, row in enumerate(self.rows):
            if row.top > HEAD or rank > 16:
                return
            yield rank, row
            if row.is_body:
                body += 1
                if body == 2:
                    return

    @cached_property
    def counter(self) -> Counter | None:
        """The page's number within its document, if it prints one."""
        edge = [line for line in self.lines if line.top > 0.85 or line.bottom < 0.12]
        for line in self.lines:
            text = line.text
            if "页" not in text or len(text) > 44:
                continue
            if match := _N_OF_M.search(text):
                return self._counter(match[1], match[2], line)
            if match := _M_THEN_N.search(text):
                return self._counter(match[2], match[1], line)
            if (line.top > 0.8 or line.bottom < 0.3) and (match := _ONLY_N.fullmatch(text)):
                return self._counter(match[1], None, line)
        for line in edge:
            if match := _FRACTION.fullmatch(line.text):
                return self._counter(match[1], match[2], line)
            if line.top > 0.85 and (match := _DASHED.fullmatch(line.text)):
                return self._counter(match[1], None, line)
        return None

    @staticmethod
    def _counter(number: str, total: str | None, line: LineReading) -> Counter | None:
        at, of = count(number), count(total) if total else None
        if at == 0 or (of is not None and not at <= of):
            return None
        return Counter(at, of, line)

    @cached_property
    def runs_in(self) -> bool:
        """Whether the page begins in the middle of a sentence: a long first row that is no
        heading, label or question."""
        for row in self.rows:
            if len(row.text) < 8:
                continue
            return row.is_body and not _BEGINNING.match(row.text)
        return False


_BEGINNING = re.compile(r"(问|答|一|二|三|四|五|六|[0-9]+)?[:、.]|兹|根据|我|现")
