"""The default engine: tantivy (Rust), an index in a local folder."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import tantivy
from tantivy import Occur, Query

from ..cores import cores
from ..errors import IndexBusy, IndexDamaged, QueryError
from . import tantivy_store as store
from .analysis import form
from .entry import FACETS, Entry
from .plan import Plan
from .protocol import Found, Scored, Sort
from .tantivy_fields import document, keyword_field, schema, sendable
from .tantivy_likeness import likeness
from .tantivy_plan import Compiler, fixed
from .tantivy_ranking import Ranking, matches

_HEAP = 128_000_000
"""Of each thread that writes."""
_BUILDING = 2
"""Threads that fill a new index, where there are so many cores: as many as one thread of Python
feeds. More than one for a few pages only leaves more segments."""
_ALL_VALUES = 60_000
_TRIES = 5


class TantivyIndex:
    """See `dossier.search.protocol.SearchIndex`; a place is the path of a folder.

    Order of hits of equal worth: by key, as long as not more than 1,000 are equal; more stand in
    the order of the index, which stays the same until the next commit. Files of the index that
    change under an open index (not through tantivy) are noticed when it is opened again.
    """

    name = store.ENGINE

    def __init__(self, folder: Path, index: tantivy.Index, threads: int = 1) -> None:
        self._folder = folder
        self._index = index
        self._threads = threads
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
        return cls(folder, index, min(_BUILDING, cores()))

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

    @classmethod
    def drop(cls, place: str) -> None:
        shutil.rmtree(place, ignore_errors=True)

    def close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            changed, self._changed = self._changed, False
            with suppress(IndexDamaged, OSError):  # the folder may be gone
                with _guard(self._folder):
                    if changed:
                        writer.rollback()
                    # segments are put together in the background; let that end, or it never does
                    writer.wait_merging_threads()
                self._mark()

    # --- writing

    def _writing(self) -> tantivy.IndexWriter:
        if self._writer is None:
            try:
                with _guard(self._folder):
                    self._writer = self._index.writer(_HEAP * self._threads, self._threads)
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
        unknown = set(facets) - set(FACETS)
        if unknown:
            raise KeyError(f"no facets: {', '.join(sorted(unknown))}")
        self._refresh()
        query = self._compiler.query(plan)
        with self._reading():
            ranking = Ranking(self._searcher, self._index.schema, query, sort, by_key=fixed(plan))
            counted = self._facets(query, facets, facet_size)
            if grouped:
                return ranking.groups(limit, offset, counted)
            return ranking.entries(limit, offset, counted)

    def count(self, plan: Plan) -> int:
        self._refresh()
        query = Query.const_score_query(self._compiler.query(plan), 1.0)
        with self._reading():
            return matches(self._searcher.search(query, 1))

    def more_like(
        self, text: str, *, limit: int = 10, where: Plan | None = None
    ) -> tuple[Scored, ...]:
        self._refresh()
        allowed = None if where is None else self._compiler.query(where)
        with self._reading():
            query = likeness(self._searcher, self._index.schema, sendable(form(text)))
            if query is None:
                return ()
            if allowed is not None:
                allowed = Query.const_score_query(allowed, 0.0)
                query = Query.boolean_query([(Occur.Must, query), (Occur.Must, allowed)])
            ranking = Ranking(self._searcher, self._index.schema, query, "relevance", by_key=False)
            return ranking.entries(limit, 0, {}).hits

    def _facets(
        self, query: Query, names: Sequence[str], size: int
    ) -> Mapping[str, tuple[tuple[str, int], ...]]:
        if size < 1:
            return dict.fromkeys(names, ())
        return {name: self._values(query, name)[:size] for name in names}

    def _values(self, query: Query, name: str) -> tuple[tuple[str, int], ...]:
        """Values of a field by how many entries have them. Beyond 60,000 values (tantivy has a
        limit of 65,000 for one answer) the rare ones are left out and counts may be too low."""
        terms = {
            "field": keyword_field(name), "size": _ALL_VALUES, "segment_size": _ALL_VALUES,
        }  # fmt: skip
        found = self._searcher.aggregate(query, {"values": {"terms": terms}})
        buckets = ((each["key"], each["doc_count"]) for each in found["values"]["buckets"])
        return tuple(sorted(buckets, key=lambda pair: (-pair[1], pair[0])))


@contextmanager
def _guard(folder: Path) -> Iterator[None]:
    """Turns tantivy's errors into ours. Its panics come as a BaseException of no importable
    class."""
    try:
        yield
    except (ValueError, OSError, SystemError, KeyError) as error:
        if "max expansions" in str(error):
            # a character with more than 16,000 different neighbours: in no language, in an attack
            raise QueryError(
                "too much in this archive looks like a word with ~", advice="search without ~"
            ) from error
        if "PermissionDenied" in str(error):
            raise PermissionError(
                f"{folder} must be writable, also for searching: tantivy puts a lock there"
            ) from error
        raise store.damaged(folder, "it cannot be read") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise store.damaged(folder, "reading it failed") from error
        raise
