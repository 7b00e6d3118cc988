"""Whether two pages are two scans of one sheet, and which pages of a dossier are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from .reading import PageReading

_ALIKE = 95.0
"""Similarity of the whole texts, 0 to 100, from which pages are looked at closely."""
_SHORTEST = 40
"""Characters a page must have to be told from another."""
_NUMBERS = re.compile(r"\d{3,}")
_COMMON = 12
"""A line that stands on more pages than this belongs to a form and finds no duplicates."""


def same_page(one: PageReading, other: PageReading) -> bool:
    """Whether two pages say the same but for characters misread here and there.

    Two filled-in copies of one form are not the same page: they differ in a name (several
    characters side by side) or in numbers. A form without any number is never called the same,
    for its handwriting may not have been read.
    """
    first, second = one.text, other.text
    longer = max(len(first), len(second))
    if longer < _SHORTEST or abs(len(first) - len(second)) > 0.06 * longer:
        return False
    numbers, others = _NUMBERS.findall(first), _NUMBERS.findall(second)
    if sum(map(len, numbers)) < 6:
        return False
    if first == second:
        return True
    if fuzz.ratio(first, second, score_cutoff=_ALIKE) == 0:
        return False
    if not _same_numbers(numbers, others):
        return False
    words = 0
    for edit in Levenshtein.opcodes(first, second):
        if edit.tag != "equal":
            size = max(edit.src_end - edit.src_start, edit.dest_end - edit.dest_start)
            words += size >= 2
            if size >= 5 and edit.src_end < len(first) - 12 and edit.src_start > 12:
                return False
    return words <= 1 + len(first) // 400


def _same_numbers(numbers: Sequence[str], others: Sequence[str]) -> bool:
    """The same numbers in the same order, but for single misread digits in few of them."""
    if abs(len(numbers) - len(others)) > max(1, len(numbers) // 10):
        return False
    distance = Levenshtein.distance("".join(numbers), "".join(others))
    return distance <= max(1, sum(map(len, numbers)) // 40)


def duplicates(readings: Sequence[PageReading]) -> Iterator[tuple[PageReading, PageReading]]:
    """Pairs (later, earlier) of pages that are the same sheet; each later page once.

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
            if shared[place] >= min(wanted, len(lines)) and same_page(reading, readings[place]):
                yield reading, readings[place]
                break


def _long_lines(reading: PageReading) -> Iterable[str]:
    return dict.fromkeys(line.text for line in reading.lines if len(line.text) >= 8)
