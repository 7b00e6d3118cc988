"""The default engine: tantivy (Rust), an index in a local folder."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Self

import tantivy
from tantivy import DocAddress, Occur, Query

from ..errors import IndexBusy, IndexDamaged
from . import tantivy_store as store
from .entry import FACETS, Entry
from .plan import Plan
from .protocol import Found, Scored, Sort
from .tantivy_fields import day_of, document, keyword_field, schema, sendable
from .tantivy_plan import Compiler, fixed

_HEAP = 128_000_000
_TIES = 1_000
_ALL_VALUES = 60_000
_TRIES = 5

Hit = tuple[Any, DocAddress]


class TantivyIndex:
    """See `dossier.search.protocol.SearchIndex`; a place is the path of a folder.

    Order of hits of equal worth: by key, as long as not more than 1,000 are equal; more stand in
    the order of the index, which stays the same until the next commit. Files of the index that
    change under an open index (not through tantivy) are noticed when it is opened again.
    """

    name = store.ENGINE

    def __init__(self, folder: Path, index: tantivy.Index) -> None:
        self._folder = folder
        self._index = index
        self._compiler = Compiler(index.schema)
        self._writer: tantivy.IndexWriter | None = None
        self._changed = False
        with self._reading():
            index.config_reader("manual")
            self._seen = self._state()
            self._searcher = index.searcher()

    # --- opening and closing

    @classmethod
    def create(cls, place: str) -> Self:
        folder = Path(place)
        store.prepare(folder)
        index = tantivy.Index(schema(), path=str(folder), reuse=False)
        store.mark(folder)
        return cls(folder, index)

    @classmethod
    def open(cls, place: str) -> Self:
        folder = Path(place)
        for left in reversed(range(_TRIES)):
            try:
                store.check(folder)
                with _guard(folder):
                    index = tantivy.Index.open(str(folder))
                return cls(folder, index)
            except FileNotFoundError as error:
                # another process has just put segments together
                if not left:
                    raise store.damaged(folder, f"{error} is missing") from error
                time.sleep(0.05)
        raise AssertionError

    def close(self) -> None:
        if self._writer is not None:
            with _guard(self._folder):
                if self._changed:
                    self._writer.rollback()
                # segments are put together in the background; let that end, or it is never done
                self._writer.wait_merging_threads()
            self._writer = None
            self._changed = False
            self._mark()

    # --- writing

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                with _guard(self._folder):
                    self._writer = self._index.writer(_HEAP, 1)
            except IndexDamaged as error:
                if "LockBusy" in str(error.__cause__):
                    raise IndexBusy(
                        "another process is writing to the search index",
                        where=str(self._folder),
                        advice="try again when it has ended",
                    ) from error
                raise
        return self._writer

    def add(self, entries: Iterable[Entry], *, new: bool = False) -> None:
        writer = self._writing()
        for entry in entries:
            made = document(entry)
            with _guard(self._folder):
                if not new:
                    writer.delete_documents_by_term("k_key", sendable(entry.key))
                writer.add_document(made)
            self._changed = True

    def delete(self, keys: Iterable[str]) -> None:
        writer = self._writing()
        for key in keys:
            with _guard(self._folder):
                writer.delete_documents_by_term("k_key", sendable(key))
            self._changed = True

    def commit(self) -> None:
        if self._writer is None or not self._changed:
            return
        with _guard(self._folder):
            self._writer.commit()
        self._changed = False
        self._mark()
        self._reload()

    def rollback(self) -> None:
        if self._writer is not None and self._changed:
            with _guard(self._folder):
                self._writer.rollback()
            self._changed = False

    def optimise(self) -> None:
        self.commit()
        self.close()

    def _mark(self) -> None:
        for left in reversed(range(_TRIES)):
            try:
                store.mark(self._folder)
                return
            except FileNotFoundError:
                # segments were put together meanwhile
                if not left:
                    raise
                time.sleep(0.02)

    # --- reading

    def _state(self) -> tuple[int, int, int]:
        """Changes whenever somebody commits."""
        meta = (self._folder / store.META).stat()
        return meta.st_mtime_ns, meta.st_ino, meta.st_size

    def _reload(self) -> None:
        with self._reading():
            self._seen = self._state()
            self._index.reload()
            self._searcher = self._index.searcher()

    def _refresh(self) -> None:
        with self._reading():
            state = self._state()
        if state != self._seen:
            self._reload()

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with _guard(self._folder):
            yield

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
        self._refresh()
        with self._reading():
            query = self._compiler.query(plan)
            ranking = _Ranking(self._searcher, query, sort, by_key=fixed(plan))
            counted = self._facets(query, facets, facet_size)
            if grouped:
                return ranking.groups(limit, offset, counted)
            return ranking.entries(limit, offset, counted)

    def count(self, plan: Plan) -> int:
        self._refresh()
        with self._reading():
            query = Query.const_score_query(self._compiler.query(plan), 1.0)
            return int(self._searcher.search(query, 1).count)

    def more_like(
        self, text: str, *, limit: int = 10, where: Plan | None = None
    ) -> tuple[Scored, ...]:
        raise NotImplementedError

    def _facets(
        self, query: Query, names: Sequence[str], size: int
    ) -> Mapping[str, tuple[tuple[str, int], ...]]:
        wanted = {
            name: {
                "terms": {
                    "field": keyword_field(name),
                    "size": _ALL_VALUES,
                    "segment_size": _ALL_VALUES,
                }
            }
            for name in names
            if name in FACETS
        }
        if not wanted or size < 1:
            return {name: () for name in names}
        found = self._searcher.aggregate(query, wanted)
        return {
            name: tuple(
                sorted(
                    ((b["key"], b["doc_count"]) for b in found[name]["buckets"]),
                    key=lambda pair: (-pair[1], pair[0]),
                )[:size]
            )
            for name in names
        }


class _Ranking:
    """The entries that fit one query in their order."""

    def __init__(
        self, searcher: tantivy.Searcher, query: Query, sort: Sort, *, by_key: bool
    ) -> None:
        self._searcher = searcher
        self._query = query
        self._known: dict[DocAddress, Scored] = {}
        self._dated = sort != "relevance"
        self._keyed = by_key and not self._dated
        self._order = tantivy.Order.Desc if sort == "newest" else tantivy.Order.Asc
        self._field = "day" if self._dated else "k_key" if self._keyed else None

    def _fetch(self, limit: int) -> tuple[int, list[Hit]]:
        size = max(1, min(limit, self._searcher.num_docs))
        if self._field is None:
            found = self._searcher.search(self._query, size)
        else:
            found = self._searcher.search(
                self._query, size, order_by_field=self._field, order=self._order
            )
        return found.count, found.hits

    def entries(
        self, limit: int, offset: int, facets: Mapping[str, tuple[tuple[str, int], ...]]
    ) -> Found:
        stop = offset + limit
        total, hits = self._fetch(1 if limit < 1 else stop if self._keyed else stop + 20)
        if limit < 1:
            return Found(total, (), facets=facets)
        size = len(hits)
        # hits of equal worth are put in order of key only when all of them are here
        while stop <= len(hits) < total and not self._keyed and hits[-1][0] == hits[stop - 1][0]:
            if self._tied(hits, stop - 1) > _TIES:
                break
            size *= 4
            total, hits = self._fetch(min(size, stop + _TIES + 1))
        page: list[Scored] = []
        at = 0
        for _, run in groupby(hits[: stop + _TIES + 1], key=lambda hit: hit[0]):
            tied = list(run)
            if at + len(tied) > offset:
                page += self._sorted(tied, max(0, offset - at), stop - at)
            at += len(tied)
            if at >= stop:
                break
        return Found(total, tuple(page), facets=facets)

    def _tied(self, hits: Sequence[Hit], at: int) -> int:
        """How many hits are as good as the one at this place, as far as they are here."""
        worth = hits[at][0]
        first = at
        while first > 0 and hits[first - 1][0] == worth:
            first -= 1
        return len(hits) - first

    def _sorted(self, tied: Sequence[Hit], start: int, stop: int) -> list[Scored]:
        if 1 < len(tied) <= _TIES:
            return sorted(map(self._entry, tied), key=lambda one: one.key)[start:stop]
        return [self._entry(hit) for hit in tied[start:stop]]

    def _entry(self, hit: Hit) -> Scored:
        worth, address = hit
        stored = self._searcher.doc(address)
        day = stored.get_first("day")
        return Scored(
            key=stored.get_first("k_key") or "",
            group=stored.get_first("k_group") or "",
            score=worth if self._field is None else 1.0,
            day=None if day is None else day_of(day),
        )

    def groups(
        self, limit: int, offset: int, facets: Mapping[str, tuple[tuple[str, int], ...]]
    ) -> Found:
        total, hits = self._fetch(self._searcher.num_docs)
        if not total:
            return Found(0, (), groups=0, facets=facets)
        ids = self._searcher.fast_field_values("group_id", [address for _, address in hits])
        inside = Counter(ids)
        best = self._best(hits, ids, offset + limit)[offset:] if limit > 0 else []
        return Found(
            total,
            tuple(one for one, _ in best),
            groups=len(inside),
            inside={one.group: inside[number] for one, number in best},
            facets=facets,
        )

    def _best(
        self, hits: Sequence[Hit], ids: Sequence[Any], limit: int
    ) -> list[tuple[Scored, int]]:
        """The best hits of the first `limit` groups, each with the number of its group."""
        best: dict[int, Scored] = {}
        for _, run in groupby(range(len(hits)), key=lambda at: hits[at][0]):
            fresh = [at for at in run if ids[at] not in best]
            ranked = ((self._entry(hits[at]), ids[at]) for at in fresh)
            if 1 < len(fresh) <= _TIES:
                ranked = iter(sorted(ranked, key=lambda pair: pair[0].key))
            for one, number in ranked:
                best.setdefault(number, one)
                if len(best) > limit:
                    break
            if len(best) >= limit:
                break
        return [(one, number) for number, one in best.items()][:limit]


@contextmanager
def _guard(folder: Path) -> Iterator[None]:
    """Turns tantivy's errors into ours. Its panics come as a BaseException of no importable
    class."""
    try:
        yield
    except (ValueError, OSError, SystemError, KeyError) as error:
        raise store.damaged(folder, "it cannot be read") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise store.damaged(folder, "reading it failed") from error
        raise
