"""Keeping the search index in step with the records.

The records tell of every change in their outbox, in the same transaction. Here the changes go into
the index; only when they are safely in, the outbox forgets them. So a crash at any moment costs
nothing but doing some of it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..errors import (
    DossierError,
    IndexBusy,
    IndexDamaged,
    IndexVersion,
    SearchEngineNotFound,
)
from ..records import Database, DossierRow, JudgmentRow, PageRow, outbox
from ..search import (
    DEFAULT_ENGINE,
    Entry,
    Everything,
    SearchIndex,
    engine_names,
    engine_of,
)
from .entries import (
    JUDGMENT,
    PAGE,
    content_mark,
    dossier_entries,
    judgment_entries,
    key_of,
)
from .place import Current, IndexPlace

CONSUMER = "search"
_WAIT, _LONG = 60.0, 3600.0
"""Seconds to wait for another writer: that takes in changes, that builds the whole index."""
_MANY = 20_000
"""Changes taken up at a time."""
_IN_PASSING = 500
"""Changes a search takes in: about half a second."""
_JUDGMENTS = 200
_COMMIT_EVERY = 50_000

Progress = Callable[[int, int], None]
"""Called with entries done and entries in all."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made."""

    engine: str
    pages: int
    judgments: int
    reason: str = ""
    """Why it was needed, if nobody asked for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the index is: entries in it, pages and judgments in the records, changes waiting."""

    indexed: int
    recorded: int
    waiting: int


class IndexKeeper:
    """The index of one archive: opened when first needed, brought up to date, rebuilt.

    Readers and writers have their own handles: a search never waits for a writer, neither of
    another process nor of another thread.
    """

    def __init__(self, root: Path, database: Database) -> None:
        self._place = IndexPlace(root)
        self._database = database
        self._opened: tuple[Current, SearchIndex] | None = None
        self._guard = threading.RLock()
        """Around the reader's handle."""
        self._pen = threading.RLock()
        """Held by the thread that writes; the file lock keeps other processes out."""

    def close(self) -> None:
        with self._guard:
            if self._opened is not None:
                opened, self._opened = self._opened[1], None
                opened.close()

    # --- reading -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[SearchIndex]:
        """The live index, for searching; `IndexDamaged`, `IndexVersion` if there is none that can
        be read."""
        with self._guard:
            current, engine = self._current()
            if current.content != content_mark():
                raise IndexVersion(
                    "the search index was made by other rules (of normalising, charges, statutes)",
                    where=str(current.place),
                )
            if self._opened is None or self._opened[0] != current:
                self.close()
                self._opened = (current, engine.open(str(current.place)))
            yield self._opened[1]

    def _current(self) -> tuple[Current, type[SearchIndex]]:
        """The live index and its engine."""
        current = self._place.current()
        if current is None:
            raise IndexDamaged("there is no search index yet", where=str(self._place.root))
        try:
            return current, engine_of(current.engine)
        except SearchEngineNotFound as error:
            raise IndexVersion(error.what, where=str(current.place), advice=error.advice) from error

    def waiting(self) -> int:
        """Pages and judgments whose last change is not in the index yet."""
        with self._database.read() as session:
            return outbox.count(session, CONSUMER)

    def standing(self) -> Standing:
        """How far the index is; `IndexDamaged`, `IndexVersion` if it cannot be read."""
        while True:
            before = self._recorded()
            with self.reading() as index:
                indexed = index.count(Everything())
            waiting = self.waiting()
            if before == self._recorded() or waiting:  # nobody added anything meanwhile
                return Standing(indexed, sum(before), waiting)

    def _recorded(self) -> tuple[int, int]:
        """Pages and judgments in the records."""
        with self._database.read() as session:
            pages = session.scalar(select(func.count(PageRow.id))) or 0
            judgments = session.scalar(select(func.count(JudgmentRow.id))) or 0
        return pages, judgments

    def _readable(self) -> bool:
        try:
            with self.reading() as index:
                index.count(Everything())
        except (IndexDamaged, IndexVersion):
            self.close()
            return False
        return True

    # --- writing -----------------------------------------------------------------------------

    def ensure(self) -> tuple[Rebuilt | None, int]:
        """See that there is an index that can be read and that it knows all changes.

        Rebuilds it where it is missing, damaged or of another form, and says so. Takes in waiting
        changes, a few hundred at a time, unless somebody else is just doing that, or the index
        cannot be written (a full disk, a folder of somebody else): then what is there is searched.
        Returns what was rebuilt, and how many changes still wait.
        """
        try:
            with self.reading():
                pass
        except (IndexDamaged, IndexVersion) as error:
            return self.mend(error), self.waiting()
        waiting = self.waiting()
        if waiting:
            with suppress(IndexBusy, OSError):
                self.catch_up(wait=0, most=_IN_PASSING)
            waiting = self.waiting()
        return None, waiting

    def catch_up(self, *, wait: float = _WAIT, most: int | None = None) -> int:
        """Take in what the outbox holds, or about `most` of it; returns how many changes.
        `IndexBusy` after `wait` s."""
        with self._writing(wait):
            try:
                current, engine = self._current()
                if current.content != content_mark():
                    raise IndexVersion("the search index was made by other rules")
                index = engine.open(str(current.place))
                try:
                    return self._drain(index, most)
                finally:
                    index.close()
            except (IndexDamaged, IndexVersion) as error:
                rebuilt = self._rebuild(error.what)
                return rebuilt.pages + rebuilt.judgments

    @contextmanager
    def _writing(self, wait: float) -> Iterator[None]:
        if not self._pen.acquire(timeout=wait):
            raise IndexBusy("another thread is writing to the search index")
        try:
            with self._place.writing(wait):
                yield
        finally:
            self._pen.release()

    def _drain(self, index: SearchIndex, most: int | None = None) -> int:
        taken = 0
        while most is None or taken < most:
            with self._database.read() as session:
                changes = outbox.pending(session, CONSUMER, limit=most or _MANY)
                if not changes:
                    break
                _apply(session, index, changes)
            index.commit()
            with self._database.write() as session:
                outbox.done(session, changes)
            taken += len(changes)
        return taken

    def rebuild(self, *, engine: str | None = None, progress: Progress | None = None) -> Rebuilt:
        """Build a new index beside the live one and put it in its place, with the same engine or
        another one. Searches go on in the old one meanwhile."""
        with self._writing(_WAIT):
            return self._rebuild("", engine, progress)

    def mend(self, error: DossierError) -> Rebuilt | None:
        """Rebuild an index that cannot be read; None if it can, or somebody has just done it.
        `error` says what is wrong with it."""
        if self._readable():
            return None
        with self._writing(_LONG):
            return None if self._readable() else self._rebuild(error.what)

    def _rebuild(
        self, reason: str, engine: str | None = None, progress: Progress | None = None
    ) -> Rebuilt:
        current = self._place.current()
        if engine is None:
            engine = current.engine if current else DEFAULT_ENGINE
            if engine not in engine_names():
                engine = DEFAULT_ENGINE
        kind = engine_of(engine)
        self._place.discard_others()  # leftovers of a rebuild that was interrupted
        with self._database.write() as session:
            outbox.register(session, CONSUMER)
            known = outbox.pending(session, CONSUMER, limit=None)
        place = self._place.fresh(engine)
        try:
            index = kind.create(str(place))
            try:
                pages, judgments = self._fill(index, progress)
                index.optimise()
                self._place.point(engine, place, content_mark())
                with self._database.write() as session:
                    outbox.done(session, known)
                self._drain(index)
            finally:
                index.close()
        except BaseException:
            now = self._place.current()
            if now is None or now.place != place:
                kind.drop(str(place))  # a full disk needs its room back
            raise
        if current is not None and current.engine in engine_names():
            engine_of(current.engine).drop(str(current.place))
        self._place.discard_others()
        return Rebuilt(engine, pages, judgments, reason)

    def _fill(self, index: SearchIndex, progress: Progress | None) -> tuple[int, int]:
        with self._database.read() as session:
            dossiers = session.scalars(select(DossierRow.id).order_by(DossierRow.id)).all()
        pages, judgments = self._recorded()
        total, done, uncommitted = pages + judgments, 0, 0
        for batch in self._batches(dossiers):
            index.add(batch, new=True)
            done += len(batch)
            uncommitted += len(batch)
            if uncommitted >= _COMMIT_EVERY:
                index.commit()
                uncommitted = 0
            if progress is not None:
                progress(min(done, total), total)
        index.commit()
        return pages, judgments

    def _batches(self, dossiers: Sequence[int]) -> Iterator[list[Entry]]:
        for dossier_id in dossiers:
            with self._database.read() as session:
                yield from _chunks(dossier_entries(session, dossier_id))
        last = 0
        while True:
            with self._database.read() as session:
                ids = session.scalars(
                    select(JudgmentRow.id)
                    .where(JudgmentRow.id > last)
                    .order_by(JudgmentRow.id)
                    .limit(_JUDGMENTS)
                ).all()
                if not ids:
                    return
                last = ids[-1]
                yield list(judgment_entries(session, list(ids)))


def _chunks(entries: Iterable[Entry], size: int = 1000) -> Iterator[list[Entry]]:
    rest = iter(entries)
    while chunk := list(islice(rest, size)):
        yield chunk


def _apply(session: Session, index: SearchIndex, changes: Sequence[outbox.Change]) -> None:
    """Put the present state of everything that changed into the index.

    A page's entry also holds what its whole dossier says (case numbers, charges): so all pages of
    a dossier go in again when one of them changed.
    """
    pages = {change.item_id for change in changes if change.kind == "page"}
    judgments = {change.item_id for change in changes if change.kind == "judgment"}
    dossiers: dict[int, None] = {}
    present: set[int] = set()
    for ids in _chunks_of_ids(pages):
        rows = session.execute(select(PageRow.id, PageRow.dossier_id).where(PageRow.id.in_(ids)))
        for page_id, dossier_id in rows:
            present.add(page_id)
            dossiers[dossier_id] = None
    index.delete(key_of(PAGE, page_id) for page_id in sorted(pages - present))
    for dossier_id in dossiers:
        index.add(dossier_entries(session, dossier_id))
    for ids in _chunks_of_ids(judgments, _JUDGMENTS):
        entries = list(judgment_entries(session, ids))
        there = {entry.key for entry in entries}
        keys = (key_of(JUDGMENT, judgment_id) for judgment_id in ids)
        index.delete([key for key in keys if key not in there])
        index.add(entries)


def _chunks_of_ids(ids: set[int], size: int = 500) -> Iterator[list[int]]:
    rest = iter(sorted(ids))
    while chunk := list(islice(rest, size)):
        yield chunk
