"""A segment as Whoosh reads it: a leaf of its reader tree, with the postings as arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from whoosh.fields import ID, Schema
from whoosh.reading import IndexReader

from .entry import KEYWORD_FIELDS, TEXT_FIELDS
from .whoosh_build import WORDS, octets
from .whoosh_file import Numbers, SealedFile, Strings

SCHEMA = Schema(**{name: ID() for name in {*TEXT_FIELDS, *KEYWORD_FIELDS, WORDS}})

Ids = NDArray[np.int64]
"""Numbers of entries inside one segment, ascending."""

Span = tuple[int, int]
"""Pairs from a code up to another one (exclusive)."""


class SegmentLeaf(IndexReader):  # type: ignore[misc]
    """One segment without the entries that were taken out since it was written."""

    def __init__(self, file: SealedFile, dead: frozenset[int]) -> None:
        self.file = file
        self.schema = SCHEMA
        self.is_closed = False
        self.dead = dead
        try:
            self._count = int(file.about["entries"])
        except (KeyError, TypeError, ValueError) as error:
            raise file.damaged() from error
        if self._count != file.count("days") or any(not 0 <= n < self._count for n in dead):
            raise file.damaged()

    # what Whoosh asks of a reader

    def doc_count_all(self) -> int:
        return self._count

    def doc_count(self) -> int:
        return self._count - len(self.dead)

    def has_deletions(self) -> bool:
        return bool(self.dead)

    def is_deleted(self, docnum: int) -> bool:
        return docnum in self.dead

    def all_doc_ids(self) -> Iterator[int]:
        return iter(self.everyone.tolist())

    # entries

    @cached_property
    def alive(self) -> NDArray[np.bool_]:
        """For each entry whether it is still in the index."""
        alive = np.ones(self._count, bool)
        alive[list(self.dead)] = False
        return alive

    @cached_property
    def everyone(self) -> Ids:
        """All entries that are in the index."""
        return np.flatnonzero(self.alive)

    def living(self, ids: Numbers) -> Numbers:
        """Those of `ids` that are in the index."""
        if len(ids) and int(ids.max()) >= self._count:
            raise self.file.damaged()
        return ids[self.alive[ids]] if self.dead else ids

    # pairs

    def spots(self, field: str, spans: Sequence[Span]) -> Numbers:
        """Where these pairs stand: entry above, position below (see `whoosh_build`). Ascending
        only if `spans` is one pair."""
        codes = self.file.numbers(f"{field}/pairs")
        starts = self.file.numbers(f"{field}/starts")
        found = []
        for low, high in spans:
            first, last = np.searchsorted(codes, np.array([low, high], np.uint64))
            if first < last:
                begin, end = int(starts[first]), int(starts[last])
                found.append(self.file.numbers(f"{field}/occurrences", begin, end))
        if len(found) == 1:
            return found[0]
        if found:
            return np.concatenate(found)
        return self.file.numbers(f"{field}/occurrences", 0, 0)

    def amounts(self, field: str, codes: Numbers) -> Numbers:
        """How often each of these pairs occurs."""
        own = self.file.numbers(f"{field}/pairs")
        if not len(own):
            return np.zeros(len(codes), np.int64)
        starts = self.file.numbers(f"{field}/starts").astype(np.int64)
        places = np.minimum(np.searchsorted(own, codes), len(own) - 1)
        return np.where(own[places] == codes, starts[places + 1] - starts[places], 0)

    def shift(self, field: str) -> int:
        """How many bits of an occurrence are its position."""
        return 16 if self.file.kind(f"{field}/occurrences") == "u4" else 32

    def lengths(self, field: str) -> Numbers:
        """Length of each entry's field in characters."""
        return self.file.numbers(f"{field}/lengths")

    @cached_property
    def _totals(self) -> dict[str, int]:
        return {}

    def total(self, field: str) -> int:
        """Length of a field over all entries."""
        if field not in self._totals:
            self._totals[field] = int(self.lengths(field).sum(dtype=np.int64))
        return self._totals[field]

    # values as a whole

    def values(self, field: str) -> Strings:
        """All values of a field, in the order of their bytes."""
        return self.file.strings(f"={field}/values")

    def holders(self, field: str, low: bytes, high: bytes | None = None) -> Numbers:
        """The entries that hold the value `low`, or a value from `low` up to `high` (exclusive);
        one as often as it holds it."""
        values = self.values(field)
        first = bisect_left(values, low)
        if high is not None:
            last = bisect_left(values, high)
        else:
            last = first + (first < len(values) and values[first] == low)
        starts = self.file.numbers(f"={field}/starts")
        if len(starts) != len(values) + 1:
            raise self.file.damaged()
        return self.file.numbers(f"={field}/entries", int(starts[first]), int(starts[last]))

    def find(self, key: str) -> int | None:
        """The entry with this key, if it is in the index."""
        for number in self.holders("key", octets(key)).tolist():
            if number not in self.dead:
                return int(number)
        return None

    def codes(self, field: str, ids: Ids) -> Numbers:
        """The values of these entries, each as its place in `values`, all in a row."""
        ends = self.file.numbers(f"={field}/ends").astype(np.int64)
        codes = self.file.numbers(f"={field}/codes")
        begins = np.concatenate(([0], ends[:-1]))[ids]
        sizes = ends[ids] - begins
        total = int(sizes.sum())
        if len(ends) != self._count or total > len(codes) or (sizes < 0).any():
            raise self.file.damaged()
        before = np.cumsum(sizes) - sizes
        found: Numbers = codes[np.repeat(begins - before, sizes) + np.arange(total)]
        if total and int(found.max()) >= self.file.count(f"={field}/values:ends"):
            raise self.file.damaged()
        return found

    def days(self) -> Numbers:
        """Day of each entry as `date.toordinal`, 0 if unknown."""
        return self.file.numbers("days")
