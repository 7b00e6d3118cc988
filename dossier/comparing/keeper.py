"""Keeping the features of all judgments in step with the records.

They are derived: filled from the outbox, built anew beside the live ones, and never missed if they
are lost. The pointer and the lock are those of the search index (`IndexPlace`).
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from dossier.similarity import Drift, FeatureStore, StoreDamaged, drift
from dossier.similarity.sentencemodel import SentencingModel
from dossier.similarity.sentencemodel import load as load_sentences

from ..durable import write_json
from ..errors import BadData, FeaturesDamaged, IndexBusy
from ..indexing.entries import content_mark, id_of
from ..indexing.place import Current, IndexPlace
from ..records import Database, JudgmentRow, OutboxRow, outbox
from .building import CONSUMER, KIND, Build, Progress, Refitted, add_blocks
from .describing import describe_all

_RULES = 3
"""Raise it when the same judgment gets another profile, or another card."""
_TABLES = ("circumstances.yaml", "measures.yaml", "segments.yaml", "courts.yaml")
_WAIT, _LONG = 60.0, 3600.0
_MANY = 2000
_IN_PASSING = 500
"""Changes a question takes in: some seconds."""
_DRIFT = 500
_TRIES = 3


@dataclass(frozen=True, slots=True)
class SimilarityStatus:
    """How far the features are.

    `state`       "ready", "missing" or "damaged" (`reason` says how)
    `described`   judgments with features; `recorded` in the records; `waiting` changes
    `fitted_on`, `sentencing`  judgments the two models were fitted on; `built` when
    `drift`       of what was taken in since; its `advice` says whether to refit
    """

    state: str
    described: int
    recorded: int
    waiting: int
    fitted_on: int = 0
    sentencing: int = 0
    built: str = ""
    drift: Drift | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain structure for programs."""
        advice = None if self.drift is None else self.drift.advice
        return {**asdict(self), "refit_advised": advice}


@dataclass(frozen=True, eq=False)
class Features:
    """The live features, open for reading."""

    current: Current
    parts: tuple[str, ...]
    store: FeatureStore
    sentencing: SentencingModel | None
    built: str


@lru_cache(maxsize=1)
def features_mark() -> int:
    """A number for the rules by which profiles are made; features made by others are rebuilt."""
    mark = zlib.crc32(str((content_mark(), _RULES)).encode())
    for name in _TABLES:
        mark = zlib.crc32((resources.files("dossier.elements") / name).read_bytes(), mark)
    return mark


class SimilarityKeeper:
    """The features of one archive: opened when first needed, brought up to date, rebuilt."""

    def __init__(self, root: Path, database: Database) -> None:
        self._place = IndexPlace(root)
        self._database = database
        self._opened: Features | None = None
        self._guard = threading.RLock()
        self._pen = threading.RLock()

    def close(self) -> None:
        with self._guard:
            self._opened = None

    # --- reading -----------------------------------------------------------------------------

    def features(self) -> Features | None:
        """The live features; None if there are none yet. Raises `FeaturesDamaged`."""
        with self._guard:
            for left in reversed(range(_TRIES)):
                current = self._place.current()
                try:
                    return self._live(current)
                except FeaturesDamaged:
                    # another process may just have put others in their place
                    if not left or current == self._place.current():
                        raise
        raise AssertionError

    def _live(self, current: Current | None) -> Features | None:
        if current is None:
            if any(self._place.root.glob("*.json")):
                raise self._damaged("the pointer cannot be read")
            return None
        if current.engine != KIND or current.content != features_mark():
            raise self._damaged("they were made by other rules")
        parts = tuple(sorted(each.name for each in current.place.glob("part-*")))
        if self._opened is None or (self._opened.current, self._opened.parts) != (current, parts):
            self._opened = self._open(current, parts)
        return self._opened

    def _open(self, current: Current, parts: tuple[str, ...]) -> Features:
        try:
            store = FeatureStore.open(current.place)
            told = json.loads((current.place / "built.json").read_text("utf-8"))
            model = None
            if (current.place / "sentencing.npz").exists():
                model = load_sentences(current.place / "sentencing.npz")
            return Features(current, parts, store, model, str(told["at"]))
        except (StoreDamaged, BadData, OSError, ValueError, KeyError, TypeError) as error:
            raise self._damaged(str(error)) from error

    def _damaged(self, why: str) -> FeaturesDamaged:
        return FeaturesDamaged(
            f"the features of the judgments cannot be used: {why}",
            where=str(self._place.root),
            advice="build them anew: dossier similarity refit DIR",
        )

    def waiting(self) -> int:
        """Judgments whose last change is not in the features yet."""
        with self._database.read() as session:
            query = select(func.count(OutboxRow.id)).where(
                OutboxRow.consumer == CONSUMER, OutboxRow.kind == "judgment"
            )
            return session.scalar(query) or 0

    def recorded(self) -> int:
        """Judgments in the records."""
        with self._database.read() as session:
            return session.scalar(select(func.count(JudgmentRow.id))) or 0

    def status(self, *, full: bool = False) -> SimilarityStatus:
        """How far the features are; never raises for damaged ones. `full`: every file is read and
        compared with what was written, some 8 KB for each judgment."""
        recorded, waiting = self.recorded(), self.waiting()
        try:
            found = self.features()
            if full and found is not None:
                self._read_all(found.store)
        except FeaturesDamaged as error:
            return SimilarityStatus("damaged", 0, recorded, waiting, reason=error.what)
        if found is None:
            return SimilarityStatus("missing", 0, recorded, waiting)
        return SimilarityStatus(
            "ready",
            self._described(found.store),
            recorded,
            waiting,
            fitted_on=found.store.model.fitted_on,
            sentencing=found.sentencing.fitted_on if found.sentencing else 0,
            built=found.built,
            drift=_kept_drift(found.current.place),
        )

    def _read_all(self, store: FeatureStore) -> None:
        try:
            store.check()
        except StoreDamaged as error:
            raise self._damaged(str(error)) from error

    def _described(self, store: FeatureStore) -> int:
        """Judgments of the records that have features: rows of removed ones stay behind."""
        with self._database.read() as session:
            there = set(session.scalars(select(JudgmentRow.id)))
        return sum(id_of(key)[1] in there for key in store.keys())  # noqa: SIM118  no mapping

    # --- writing -----------------------------------------------------------------------------

    def ensure(self, progress: Progress | None = None) -> tuple[Refitted | None, int]:
        """See that there are features that can be read and that they know all changes; builds
        them where they are missing, damaged or made by other rules, and says so. Takes in waiting
        changes, a few hundred at a time. Returns what was built, and how many changes wait."""
        try:
            found = self.features()
            reason = "此前没有"
        except FeaturesDamaged as error:
            found, reason = None, error.what
        if found is None:
            return self._mend(reason, progress), self.waiting()
        waiting = self.waiting()
        if waiting:
            with suppress(IndexBusy, OSError):
                self.catch_up(wait=0, most=_IN_PASSING)
            waiting = self.waiting()
        return None, waiting

    def _mend(self, reason: str, progress: Progress | None) -> Refitted | None:
        with self._writing(_LONG):
            with suppress(FeaturesDamaged):
                if self.features() is not None:
                    return None  # somebody has just done it
            return self._rebuild(reason, progress)

    def mend(self, bad: Features, error: StoreDamaged, progress: Progress | None = None) -> None:
        """Build anew what turned out to be damaged while it was read, unless somebody has."""
        with self._writing(_LONG):
            with suppress(FeaturesDamaged):
                now = self.features()
                if now is not None and now.current != bad.current:
                    return
            with self._guard:
                self._opened = None
            self._build(None, str(error), progress)

    def refit(self, progress: Progress | None = None, jobs: int | None = None) -> Refitted | None:
        """Fit the models on the judgments that are here now and describe all with them, beside the
        live features; questions are answered from the old ones meanwhile. None if there are fewer
        than two judgments with facts. Raises `IndexBusy`."""
        with self._writing(_WAIT):
            return self._rebuild("", progress, jobs)

    def catch_up(self, *, wait: float = _WAIT, most: int | None = None) -> int:
        """Take in judgments that changed, without refitting; how many. Does nothing where there
        are no features that can be read."""
        if self._place.current() is None:
            return 0
        with self._writing(wait), suppress(FeaturesDamaged):
            if (found := self.features()) is not None:
                return self._drain(found.current.place, most)
        return 0

    @contextmanager
    def _writing(self, wait: float) -> Iterator[None]:
        busy = "somebody else is building the features of the judgments"
        if not self._pen.acquire(timeout=wait):
            raise IndexBusy(busy)
        try:
            try:
                lock = self._place.writing(wait)
                lock.__enter__()
            except IndexBusy as error:
                raise IndexBusy(busy, where=error.where, advice=error.advice) from error
            try:
                yield
            finally:
                lock.__exit__(None, None, None)
        finally:
            self._pen.release()

    def _drain(self, place: Path, most: int | None = None) -> int:
        taken = 0
        store = FeatureStore.open(place)
        store.sweep()
        while most is None or taken < most:
            with self._database.read() as session:
                changes = outbox.pending(session, CONSUMER, limit=min(most or _MANY, _MANY))
            if not changes:
                break
            ids = sorted({each.item_id for each in changes if each.kind == "judgment"})
            # of a removed one the row stays: the index does not propose it any more
            added = [each for part in describe_all(self._database, ids) for each in part]
            if added:
                add_blocks(store, added)
                step = max(1, len(added) // _DRIFT)
                found = drift(store.model, [profile for _, profile, _ in added[::step]])
                write_json(place / "drift.json", asdict(found))
            with self._database.write() as session:
                outbox.done(session, changes)
            taken += len(ids)
        return taken

    def _rebuild(
        self, reason: str, progress: Progress | None, jobs: int | None = None
    ) -> Refitted | None:
        old = None
        with suppress(FeaturesDamaged):
            old = self.features()
        return self._build(old.store if old else None, reason, progress, jobs)

    def _build(
        self,
        old: FeatureStore | None,
        reason: str,
        progress: Progress | None,
        jobs: int | None = None,
    ) -> Refitted | None:
        build = Build(self._place, self._database, features_mark(), progress, jobs)
        made = build.run(old, reason)
        current = self._place.current()
        if made is not None and current is not None:
            self._drain(current.place)
            self._place.discard_others()
        return made


def _kept_drift(place: Path) -> Drift | None:
    try:
        return Drift(**json.loads((place / "drift.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
