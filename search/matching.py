"""Where a plan matches in a text, for highlighting. Texts in search form."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache

from .analysis import LETTERS
from .plan import (
    And,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)

Span = tuple[int, int]
Leaf = Substring | Similar | WholeWord | WordPrefix

_LETTER = f"0-9{LETTERS}"


def spans(plan: Plan, form_text: str, field: str = "text") -> list[Span]:
    """Where the parts of `plan` that speak of `field` match in a text in search form: (start, stop)
    pairs, sorted, none overlapping another.

    What overlaps is one span. What is only wished for (`Preferring`) counts where nothing else
    matches, and what stands under `Not` never. Takes time in proportion to the text.
    """
    found, wished = _leaves(plan, field)
    merged = _merged(span for leaf in found for span in _places(leaf, form_text))
    if not wished:
        return merged
    extra = _merged(span for leaf in wished for span in _places(leaf, form_text))
    starts = [start for start, _ in merged]
    kept = []
    for start, stop in extra:
        at = bisect_left(starts, stop)  # the last span that begins before this one stops
        if at == 0 or merged[at - 1][1] <= start:
            kept.append((start, stop))
    return sorted(merged + kept) if kept else merged


@lru_cache(maxsize=256)
def _leaves(plan: Plan, field: str) -> tuple[tuple[Leaf, ...], tuple[Leaf, ...]]:
    """The leaves of a field that entries are found by, and those that are only wished for."""
    found: dict[Leaf, None] = {}
    wished: dict[Leaf, None] = {}

    def walk(part: Plan, into: dict[Leaf, None]) -> None:
        match part:
            case And(parts) | Or(parts):
                for each in parts:
                    walk(each, into)
            case Weighted(inner, _):
                walk(inner, into)
            case Preferring(inner, wishes):
                walk(inner, into)
                for wish in wishes:
                    walk(wish, wished)
            case Substring() | Similar():
                if part.field == field:
                    into[part] = None
            case WholeWord() | WordPrefix():
                if field == "text":
                    into[part] = None
            case _:
                pass

    walk(plan, found)
    return tuple(found), tuple(leaf for leaf in wished if leaf not in found)


def _merged(places: Iterator[Span]) -> list[Span]:
    out: list[Span] = []
    for start, stop in sorted(places):
        if out and start < out[-1][1]:
            if stop > out[-1][1]:
                out[-1] = (out[-1][0], stop)
        else:
            out.append((start, stop))
    return out


def _places(leaf: Leaf, text: str) -> Iterator[Span]:
    match leaf:
        case Substring(_, wanted):
            return _occurrences(wanted, text)
        case Similar():
            return iter(_similar(leaf).places(text))
        case WholeWord(wanted) | WordPrefix(wanted):
            return _words(wanted, isinstance(leaf, WordPrefix), text)


def _occurrences(wanted: str, text: str) -> Iterator[Span]:
    size, at = len(wanted), text.find(wanted)
    if at < 0:
        return
    step = _period(wanted)
    while at >= 0:
        yield at, at + size
        at = text.find(wanted, at + step)


@lru_cache(maxsize=256)
def _period(wanted: str) -> int:
    """The least distance at which a string can stand again, overlapping itself (Knuth, Morris and
    Pratt: its length without its longest border)."""
    borders = [0]
    for char in wanted[1:]:
        size = borders[-1]
        while size and wanted[size] != char:
            size = borders[size - 1]
        borders.append(size + (wanted[size] == char))
    return len(wanted) - borders[-1]


# --- words -----------------------------------------------------------------------------------


def _words(wanted: str, prefix: bool, text: str) -> Iterator[Span]:
    """The form has no blanks, so where a word ended beside another is unknown: if no occurrence
    stands alone, all of them count."""
    if not prefix:
        alone = [match.span() for match in _word_pattern(wanted, True, True).finditer(text)]
        if alone:
            return iter(alone)
    begin = [match.span() for match in _word_pattern(wanted, True, False).finditer(text)]
    if begin:
        return iter(begin)
    return (match.span() for match in _word_pattern(wanted, False, False).finditer(text))


@lru_cache(maxsize=256)
def _word_pattern(wanted: str, begins: bool, ends: bool) -> re.Pattern[str]:
    plain = re.escape(wanted)
    if wanted.isascii() and wanted.isdecimal() and len(wanted) > 3:
        # words have lost their separators of thousands: 3860 is 3,860 on the page
        plain = ",?".join(wanted)
    before = rf"(?<![{_LETTER}])" if begins else ""
    after = rf"(?![{_LETTER}])" if ends else ""
    return re.compile(before + plain + after)


# --- with slips ------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _similar(leaf: Similar) -> _Finder:
    return _Finder(leaf.alternatives, leaf.one_edit)


def _classes(alternatives: tuple[str, ...]) -> str:
    return "".join(f"[{re.escape(each)}]" for each in alternatives)


class _Finder:
    """Look-alikes are a regular expression. With one edit (of the right characters, not of their
    look-alikes), one half of the text stands unchanged: around each place where a half stands,
    bit-parallel search (Wu and Manber 1992) finds where a match ends."""

    def __init__(self, alternatives: tuple[str, ...], one_edit: bool) -> None:
        self.size = len(alternatives)
        # overlapping matches count: a look-ahead
        self.whole = re.compile(f"(?={_classes(alternatives)})")
        self.one_edit = one_edit and self.size > 1
        text = "".join(each[0] for each in alternatives)
        half = self.size // 2
        self.halves = ((text[:half], 0), (text[half:], half))
        self.masks: dict[str, int] = {}
        for at, char in enumerate(text):
            self.masks[char] = self.masks.get(char, 0) | 1 << at
        self.backward = {
            char: int(f"{mask:0{self.size}b}"[::-1], 2) for char, mask in self.masks.items()
        }

    def places(self, text: str) -> list[Span]:
        exact = [(m.start(), m.start() + self.size) for m in self.whole.finditer(text)]
        if not self.one_edit:
            return exact
        exact = _merged(iter(exact))
        found = list(exact)
        taken = 0
        for first, last in self._windows(text):
            for end in self._ends(text[first:last], self.masks):
                stop = first + end
                while taken < len(exact) and exact[taken][1] < stop:
                    taken += 1
                near = exact[max(0, taken - 1) : taken + 2]
                for span in self._spans(text, stop):
                    # over an exact match, the same with an edit says nothing
                    if not any(begin < span[1] and span[0] < close for begin, close in near):
                        found.append(span)
                        break
        return found

    def _windows(self, text: str) -> Iterator[Span]:
        """Stretches in which a match may lie."""
        starts = sorted(
            start - shift for half, shift in self.halves for start, _ in _occurrences(half, text)
        )
        begin = end = -1
        for start in starts:
            if start - 1 > end:
                if end >= 0:
                    yield max(0, begin), min(len(text), end)
                begin = start - 1
            end = max(end, start + self.size + 1)
        if end >= 0:
            yield max(0, begin), min(len(text), end)

    def _ends(self, part: str, masks: dict[str, int]) -> list[int]:
        """Where a match with at most one edit ends."""
        last = 1 << (self.size - 1)
        none = 0
        one = 1  # the first character may be missing
        ends = []
        for at, char in enumerate(part, 1):
            mask = masks.get(char, 0)
            before = none
            none = ((none << 1) | 1) & mask
            one = (((one << 1) | 1) & mask) | before | (before << 1) | (none << 1) | 1
            if one & last:
                ends.append(at)
        return ends

    def _spans(self, text: str, stop: int) -> Iterator[Span]:
        """The matches that end at `stop`: first the one of the right length, then the shorter."""
        begin = max(0, stop - self.size - 1)
        starts = {stop - end for end in self._ends(text[begin:stop][::-1], self.backward)}
        for size in (self.size, self.size - 1, self.size + 1):
            if stop - size in starts:
                yield stop - size, stop
