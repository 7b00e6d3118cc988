"""The engine `whoosh`: no compiled search library, an index in a local folder.

Whoosh (the package whoosh3) gives the frame: readers, searcher, query classes, BM25, the lock. The
files, and looking things up in them, are ours (docs/decisions-search.md says why: Whoosh's own
files are unpickled when they are opened, and its matchers walk entry by entry).
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Self

import numpy as np
from whoosh import query
from whoosh.reading import MultiReader
from whoosh.searching import SearchContext, Searcher

from ..errors import IndexDamaged
from .analysis import form
from .entry import FACETS, Entry
from .plan import Plan
from .protocol import Found, Scored, Sort
from .whoosh_build import (
    MOST_ENTRIES,
    MOST_OCCURRENCES,
    Batch,
    characters,
    merge,
)
from .whoosh_file import Numbers, SealedFile
from .whoosh_query import SCORED, UNSCORED, ArrayMatcher, Shared, compiled
from .whoosh_reader import SegmentLeaf
from .whoosh_store import Folder

_BATCH = 2_000_000
"""Characters that are collected in memory before they become a segment."""
_FEW = 8
"""As many segments of about one size become one."""


class WhooshIndex:
    """A search index in a folder. See `SearchIndex` for what each method promises."""

    name = "whoosh"

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._leaves: dict[str, SegmentLeaf] = folder.leaves({})
        self._view = _View(tuple(self._leaves.values()))
        self._batch = Batch()
        self._added: set[str] = set()  # keys since the last commit
        self._drafts: dict[str, SegmentLeaf] | None = None  # None: nothing to commit

    @classmethod
    def create(cls, place: str) -> Self:
        return cls(Folder.create(place))

    @classmethod
    def open(cls, place: str) -> Self:
        return cls(Folder.open(place))

    @classmethod
    def drop(cls, place: str) -> None:
        shutil.rmtree(place, ignore_errors=True)

    # writing

    def _writable(self) -> dict[str, SegmentLeaf]:
        """What a commit would leave, apart from the batch."""
        if self._drafts is None:
            self._folder.lock()
            try:
                self._refresh()
            except BaseException:
                self._folder.unlock()
                raise
            self._drafts = dict(self._leaves)
            self._added = set()
        return self._drafts

    def add(self, entries: Iterable[Entry], *, new: bool = False) -> None:
        drafts = self._writable()
        entries = iter(entries)
        while some := list(islice(entries, 1000)):
            keys = {entry.key: None for entry in some}
            self._take_out(drafts, [key for key in keys if not new or key in self._added])
            self._added.update(keys)
            for entry in {entry.key: entry for entry in some}.values():
                self._batch.add(entry)
                if self._batch.size >= _BATCH or len(self._batch) >= MOST_ENTRIES:
                    self._flush(drafts)

    def delete(self, keys: Iterable[str]) -> None:
        drafts = self._writable()
        keys = list(keys)
        for key in keys:
            self._batch.drop(key)
        self._take_out(drafts, keys)

    @staticmethod
    def _take_out(drafts: dict[str, SegmentLeaf], keys: Sequence[str]) -> None:
        for name, leaf in drafts.items():
            with _trusting_nothing():
                dead = {number for key in keys if (number := leaf.find(key)) is not None}
            if dead:
                drafts[name] = SegmentLeaf(leaf.file, leaf.dead | dead)

    def _flush(self, drafts: dict[str, SegmentLeaf]) -> None:
        if len(self._batch):
            name = self._folder.new_name()
            self._batch.write(self._folder.file(name))
            drafts[name] = SegmentLeaf(
                SealedFile(self._folder.file(name)), frozenset(self._batch.dead)
            )
        self._batch = Batch()

    def commit(self) -> None:
        if self._drafts is None:
            return
        self._flush(self._drafts)
        with _trusting_nothing():
            tidied = _tidy(self._folder, self._drafts)
        self._publish(tidied)

    def _publish(self, leaves: dict[str, SegmentLeaf]) -> None:
        self._folder.commit(
            [(name, leaf.doc_count_all(), leaf.dead) for name, leaf in leaves.items()]
        )
        self._folder.sweep(set(leaves))
        self._drafts = None
        self._folder.unlock()
        self._leaves = leaves
        self._view = _View(tuple(leaves.values()))

    def rollback(self) -> None:
        if self._drafts is not None:
            self._batch = Batch()
            self._drafts = None
            self._folder.sweep(set(self._leaves))
            self._folder.unlock()

    def optimise(self) -> None:
        drafts = self._writable()
        self._flush(drafts)
        with _trusting_nothing():
            joined = _joined(self._folder, drafts, list(drafts))
        self._publish(joined)

    def close(self) -> None:
        self.rollback()
        self._leaves = {}
        self._view = _View(())

    # searching

    def _refresh(self) -> None:
        if self._folder.changed():
            self._leaves = self._folder.leaves(self._leaves)
            self._view = _View(tuple(self._leaves.values()))

    def search(
        self,
        plan: Plan,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Sort = "relevance",
        grouped: bool = False,
        facets: Sequence[str] = (),
        facet_size: int = 20,
    ) -> Found:
        for field in facets:
            if field not in FACETS:
                raise KeyError(field)
        asked = compiled(plan)
        self._refresh()
        with _trusting_nothing():
            return self._found(asked, limit, offset, sort, grouped, facets, facet_size)

    def _found(
        self,
        asked: query.Query,
        limit: int,
        offset: int,
        sort: Sort,
        grouped: bool,
        facets: Sequence[str],
        facet_size: int,
    ) -> Found:
        view = self._view
        hits = view.hits(asked, SCORED if sort == "relevance" else UNSCORED)
        counted = {field: view.facet(hits.ids, field, facet_size) for field in facets}
        if not grouped:
            best = view.ordered(hits, sort, offset + limit)[offset:]
            return Found(len(hits.ids), tuple(view.scored(hits, best)), facets=counted)
        groups, inside, best = view.grouped(hits, sort)
        best = best[offset : offset + limit]
        shown = tuple(view.scored(hits, best))
        names = {hit.group: int(inside[groups[at]]) for hit, at in zip(shown, best, strict=True)}
        return Found(len(hits.ids), shown, int((inside > 0).sum()), names, counted)

    def count(self, plan: Plan) -> int:
        asked = compiled(plan)
        self._refresh()
        with _trusting_nothing():
            return len(self._view.hits(asked, UNSCORED).ids)

    def more_like(
        self, text: str, *, limit: int = 10, where: Plan | None = None
    ) -> tuple[Scored, ...]:
        asked = None if where is None else compiled(where)
        plain = form(text)
        if len(plain) < 2:
            return ()
        self._refresh()
        with _trusting_nothing():
            hits = self._view.hits(Shared(plain), SCORED)
            if asked is not None:
                fitting = self._view.hits(asked, UNSCORED).ids
                kept = np.isin(hits.ids, fitting, assume_unique=True)
                hits = _Hits(hits.ids[kept], hits.scores[kept])
            return tuple(self._view.scored(hits, self._view.ordered(hits, "relevance", limit)))


@contextmanager
def _trusting_nothing() -> Iterator[None]:
    """Numbers whose checksums are right and that still make no sense were written by somebody
    else: that is damage too, not a fault of the caller."""
    try:
        yield
    except (IndexError, ValueError, OverflowError) as error:
        raise IndexDamaged(
            "the search index makes no sense", advice="rebuild it from the records"
        ) from error


def _tidy(folder: Folder, leaves: dict[str, SegmentLeaf]) -> dict[str, SegmentLeaf]:
    """Merge small segments when there are many of about one size, so that their number grows with
    the logarithm of the index and an entry is rewritten as rarely."""
    while True:
        tiers: dict[int, list[str]] = {}
        for name, leaf in leaves.items():
            if leaf.doc_count() < MOST_ENTRIES // 2 and leaf.total("text") < MOST_OCCURRENCES // 2:
                tiers.setdefault(max(leaf.doc_count(), 64).bit_length() // 3, []).append(name)
        crowded = [names for names in tiers.values() if len(names) >= _FEW]
        empty = [name for name, leaf in leaves.items() if not leaf.doc_count()]
        if not crowded and not empty:
            return leaves
        names = {*(crowded[0] if crowded else ()), *empty}
        leaves = _joined(folder, leaves, [name for name in leaves if name in names])


def _joined(
    folder: Folder, leaves: dict[str, SegmentLeaf], names: Sequence[str]
) -> dict[str, SegmentLeaf]:
    """Merge the segments of these names, into as few as their greatest size allows."""
    kept = {name: leaf for name, leaf in leaves.items() if name not in names}
    heap: list[str] = []
    entries = occurrences = 0

    def merged() -> None:
        parts = [leaves[name] for name in heap if leaves[name].doc_count()]
        if len(parts) == 1 and not parts[0].dead:
            kept[heap[0]] = parts[0]
        elif parts:
            name = folder.new_name()
            merge([(part.file, part.alive) for part in parts], folder.file(name))
            kept[name] = SegmentLeaf(SealedFile(folder.file(name)), frozenset())

    for name in sorted(names, key=lambda name: leaves[name].doc_count()):
        leaf = leaves[name]
        if not leaf.doc_count():
            continue
        entries += leaf.doc_count()
        occurrences += leaf.total("text")
        if heap and (entries > MOST_ENTRIES or occurrences > MOST_OCCURRENCES):
            merged()
            heap, entries, occurrences = [], leaf.doc_count(), leaf.total("text")
        heap.append(name)
    merged()
    return kept


class _Hits:
    """What fits: numbers in the whole index, ascending, and scores."""

    def __init__(self, ids: Numbers, scores: Numbers) -> None:
        self.ids = ids
        self.scores = scores


class _View:
    """The segments of one commit as one index. Never changes."""

    def __init__(self, leaves: tuple[SegmentLeaf, ...]) -> None:
        self._leaves = leaves
        sizes = [leaf.doc_count_all() for leaf in leaves]
        self._begins = np.cumsum([0, *sizes])
        self._searcher = Searcher(MultiReader(list(leaves))) if leaves else None
        self._ranks: Numbers | None = None
        self._groups: tuple[Numbers, int] | None = None

    def hits(self, asked: query.Query, context: SearchContext) -> _Hits:
        """Everything that fits."""
        ids: list[Numbers] = [np.zeros(0, np.int64)]
        scores: list[Numbers] = [np.zeros(0)]
        for part, begin in self._searcher.leaf_searchers() if self._searcher else ():
            found: ArrayMatcher = asked.matcher(part, context)
            ids.append(found.ids + begin)
            scores.append(np.zeros(len(found.ids)) if found.scores is None else found.scores)
        return _Hits(np.concatenate(ids), np.concatenate(scores))

    def _parts(self, ids: Numbers) -> Iterable[tuple[SegmentLeaf, Numbers, slice]]:
        """For ascending numbers: segment, numbers inside it, and where they were in `ids`."""
        cuts = np.searchsorted(ids, self._begins)
        for number, leaf in enumerate(self._leaves):
            span = slice(int(cuts[number]), int(cuts[number + 1]))
            yield leaf, ids[span] - self._begins[number], span

    def _days(self, ids: Numbers) -> Numbers:
        days = np.zeros(len(ids), np.int64)
        for leaf, own, span in self._parts(ids):
            days[span] = leaf.days()[own]
        return days

    def _texts(self, ids: Numbers, field: str) -> list[str]:
        """The values of a field with one value in each entry."""
        texts: list[str] = []
        for leaf, own, _ in self._parts(ids):
            values = leaf.values(field)
            codes = leaf.codes(field, own).tolist()
            if len(codes) != len(own):
                raise leaf.file.damaged()
            texts += [characters(values[code]) for code in codes]
        return texts

    def _worth(self, hits: _Hits, sort: Sort) -> Numbers:
        """What hits are ordered by, the least first."""
        if sort == "relevance":
            return -hits.scores
        days = self._days(hits.ids)
        return np.where(days == 0, 1 << 40, days if sort == "oldest" else -days)

    def _key_ranks(self) -> Numbers:
        """The place of each entry's key among all keys."""
        if self._ranks is None:
            keys = self._texts(np.arange(self._begins[-1]), "key")
            order = sorted(range(len(keys)), key=keys.__getitem__)
            self._ranks = np.empty(len(keys), np.int64)
            self._ranks[order] = np.arange(len(keys))
        return self._ranks

    def ordered(self, hits: _Hits, sort: Sort, most: int) -> Numbers:
        """The best `most` hits as places in `hits`; equals by their keys."""
        worth = self._worth(hits, sort)
        places = np.arange(len(worth))
        if most < 1:
            return places[:0]
        if len(worth) > most:
            last = np.partition(worth, most - 1)[most - 1]
            places = np.flatnonzero(worth <= last)
        if len(places) > 1000:
            ranks = self._key_ranks()[hits.ids[places]]
        else:
            keys = self._texts(hits.ids[places], "key")
            ranks = np.empty(len(keys), np.int64)
            ranks[sorted(range(len(keys)), key=keys.__getitem__)] = np.arange(len(keys))
        return places[np.lexsort((ranks, worth[places]))][:most]

    def _group_numbers(self) -> tuple[Numbers, int]:
        """For each entry the number of its group in the whole index, and how many there are."""
        if self._groups is None:
            numbers: dict[bytes, int] = {}
            found = []
            for leaf in self._leaves:
                own = [
                    numbers.setdefault(name, len(numbers)) for name in leaf.values("group").all()
                ]
                codes = leaf.codes("group", np.arange(leaf.doc_count_all()))
                if len(codes) != leaf.doc_count_all():
                    raise leaf.file.damaged()
                found.append(np.array(own, np.int64)[codes])
            self._groups = (np.concatenate(found) if found else np.zeros(0, int), len(numbers))
        return self._groups

    def grouped(self, hits: _Hits, sort: Sort) -> tuple[Numbers, Numbers, Numbers]:
        """Each hit's group, how many hits each group has, and the best hit of each group, the best
        of all first."""
        numbers, count = self._group_numbers()
        groups = numbers[hits.ids]
        order = np.lexsort((self._key_ranks()[hits.ids], self._worth(hits, sort)))
        _, first = np.unique(groups[order], return_index=True)
        return groups, np.bincount(groups, minlength=count), order[np.sort(first)]

    def facet(self, ids: Numbers, field: str, most: int) -> tuple[tuple[str, int], ...]:
        """The most frequent values among these entries; equals by their value."""
        counts: Counter[str] = Counter()
        for leaf, own, _ in self._parts(ids):
            values = leaf.values(field)
            times = np.bincount(leaf.codes(field, own))
            for code in np.flatnonzero(times).tolist():
                counts[characters(values[code])] += int(times[code])
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])

    def scored(self, hits: _Hits, places: Numbers) -> Iterable[Scored]:
        """The hits at these places, as they are given out."""
        order = np.argsort(hits.ids[places], kind="stable")
        ids = hits.ids[places][order]
        facts: Mapping[int, tuple[str, str, int]] = dict(
            zip(
                ids.tolist(),
                zip(
                    self._texts(ids, "key"),
                    self._texts(ids, "group"),
                    self._days(ids).tolist(),
                    strict=True,
                ),
                strict=True,
            )
        )
        for place in places.tolist():
            key, group, day = facts[int(hits.ids[place])]
            known = date.fromordinal(day) if day else None
            yield Scored(key, group, float(hits.scores[place]), known)
