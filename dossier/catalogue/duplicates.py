"""Whether two pages are two scans of one sheet, and which pages of a dossier are."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from ..model import Origin
from .numbers import own_number
from .reading import PageReading

_ALIKE = 95.0
"""Similarity of the whole texts, 0 to 100, from which pages are looked at closely."""
_SHORTEST = 40
"""Characters a page must have to be told from another."""
_HEAD = 8
"""Lines among which the number of a document stands."""
_DIGIT = re.compile(r"\d")
_COMMON = 12
"""A line that stands on more pages than this belongs to a form and finds no duplicates."""


def same_page(one: PageReading, other: PageReading, *, standard: bool = False) -> bool:
    """Whether two pages say the same but for characters misread here and there.

    Two filled-in copies of one form are not the same page: they differ in a name (several
    characters side by side) or in numbers. `standard`: every copy of such a paper reads the same,
    so without numbers nothing can be said, for its handwriting may not have been read.
    """
    first, second = one.text, other.text
    longer = max(len(first), len(second))
    if longer < _SHORTEST or abs(len(first) - len(second)) > 0.06 * longer:
        return False
    if standard and len(_DIGIT.findall(first)) < 6:
        return False
    if first == second:
        return True
    if one.page.layer.origin is Origin.NATIVE and other.page.layer.origin is Origin.NATIVE:
        return False  # nothing was misread: what differs, differs
    numbers = _number(one), _number(other)
    if None not in numbers and numbers[0] != numbers[1]:
        return False  # the same form for two persons, numbered one after the other
    if fuzz.ratio(first, second, score_cutoff=_ALIKE) == 0:
        return False
    digits, others = _DIGIT.findall(first), _DIGIT.findall(second)
    if Levenshtein.distance(digits, others) > max(1, len(digits) // 40):
        return False
    words = 0
    changes: Counter[str] = Counter()
    for edit in Levenshtein.opcodes(first, second):
        if edit.tag == "equal":
            continue
        old = first[edit.src_start : edit.src_end]
        new = second[edit.dest_start : edit.dest_end]
        changes[old + new] += 1
        size = max(len(old), len(new))
        words += size >= 2
        if size >= 3 and edit.src_start > 12 and edit.src_end < len(first) - 12:
            return False  # another word; at the edges it may be a stamp
    # a name changed throughout is no misreading
    return words <= 1 + len(first) // 400 and max(changes.values(), default=0) < 4


def _number(reading: PageReading) -> str | None:
    """The 文号 in the head of the page."""
    return next(filter(None, (own_number(line.text) for line in reading.lines[:_HEAD])), None)


def duplicates(
    readings: Sequence[PageReading], standard: Collection[int] = ()
) -> Iterator[tuple[PageReading, PageReading]]:
    """Pairs (later, earlier) of pages that are the same sheet; each later page once. `standard`
    are keys of pages of standard text.

    Candidates share at least two longer lines, which stand on few other pages, so the cost grows
    with the number of pages and not with its square.
    """
    by_line: defaultdict[str, list[int]] = defaultdict(list)
    for at, reading in enumerate(readings):
        for text in _long_lines(reading):
            by_line[text].append(at)
    for at, reading in enumerate(readings):
        shared: defaultdict[int, int] = defaultdict(int)
        lines = list(_long_lines(reading))
        for text in lines:
            places = by_line[text]
            if len(places) <= _COMMON:
                for place in places:
                    if place < at:
                        shared[place] += 1
        wanted = max(2, len(lines) // 8)
        for place in sorted(shared, key=lambda one: -shared[one])[:4]:
            if shared[place] < min(wanted, len(lines)):
                break
            if same_page(reading, readings[place], standard=reading.key in standard):
                yield reading, readings[place]
                break


def _long_lines(reading: PageReading) -> Iterable[str]:
    return dict.fromkeys(line.text for line in reading.lines if len(line.text) >= 8)
