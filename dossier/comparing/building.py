"""Describing all judgments of an archive anew, beside the live features.

What a build that was ended had done is gone on with, as long as it was made by the same rules and
of about as many judgments: the models are there, and the rows of judgments that have not changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select

from dossier.similarity import Drift, FeatureStore, StoreDamaged, drift, fit_model
from dossier.similarity.sentencemodel import fit as fit_sentences

from ..durable import sync_folder, write_json
from ..errors import BadData
from ..indexing.place import IndexPlace
from ..records import Database, JudgmentRow, outbox
from .carding import Described, fresh, judgment_key
from .describing import describe_all

CONSUMER = "similarity"
KIND = "features"
_BLOCK = 2_000
"""Judgments described before they are on disk: some ten seconds."""
_LOOSE = 16
"""Small parts that are put up with."""
_SAMPLE = 20_000
"""Judgments that the models are fitted on, at most; their profiles are in memory meanwhile."""
_DRIFT = 500
_ALIKE = 0.9
_BEGUN = "building.json"

Progress = Callable[[int, int], None]
"""Called with judgments done and judgments in all."""


@dataclass(frozen=True, slots=True)
class Refitted:
    """What a build of the features made.

    `sentencing`  judgments with a term that the sentencing model learned from, 0 if too few
    `before`, `after`  how far the old and the new model are from the collection
    `reason`      why it was needed, if nobody asked for it
    """

    judgments: int
    sentencing: int
    before: Drift | None
    after: Drift
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """A plain structure for programs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A build under way: its models are on disk."""

    place: Path
    store: FeatureStore
    sentencing: int
    before: Drift | None
    after: Drift


class Build:
    """One build, under the lock of `place`; `content` marks the rules of making profiles."""

    def __init__(
        self,
        place: IndexPlace,
        database: Database,
        content: int,
        progress: Progress | None,
        jobs: int | None = None,
    ) -> None:
        self._place = place
        self._database = database
        self._content = content
        self._progress = progress
        self._jobs = jobs
        self._done = 0
        with database.write() as session:
            outbox.register(session, CONSUMER)
            self._known = outbox.pending(session, CONSUMER, limit=None)
        with database.read() as session:
            rows = session.execute(select(JudgmentRow.id, JudgmentRow.sha256))
            self._content_of: dict[int, str] = {row.id: row.sha256 for row in rows}

    def run(self, old: FeatureStore | None, reason: str) -> Refitted | None:
        """The features, live when this ends; None if there are fewer than two judgments with
        facts. Changes that came in meanwhile wait in the outbox."""
        begun = self._unfinished()
        if begun is None:
            self._place.discard_others()
            begun = self._begin(old)
        if begun is None:
            return None
        place, count = begun.place, len(self._content_of)
        try:
            self._describe(begun.store)
            at = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(place / "built.json", {"at": at, "judgments": count})
            sync_folder(place)
            self._place.point(KIND, place, self._content)
            (place / _BEGUN).unlink()
        except Exception:  # whoever only stopped it can go on; a full disk needs its room back
            self._drop(place)
            raise
        with self._database.write() as session:
            outbox.done(session, self._known)
        return Refitted(count, begun.sentencing, begun.before, begun.after, reason)

    def _drop(self, place: Path) -> None:
        now = self._place.current()
        if now is None or now.place != place:
            shutil.rmtree(place, ignore_errors=True)

    def _begin(self, old: FeatureStore | None) -> _Begun | None:
        ids = sorted(self._content_of)
        step = max(1, -(-len(ids) // _SAMPLE))
        sample = list(self._walk(ids[::step]))
        profiles = [profile for _, profile, _ in sample]
        if sum(bool(each.facts) for each in profiles) < 2:
            return None
        model = fit_model(profiles)
        before = drift(old.model, profiles[:_DRIFT]) if old else None
        after = drift(model, profiles[:_DRIFT])
        place = self._place.fresh(KIND)
        try:
            store = FeatureStore.create(place, model)
            learned = 0
            with suppress(BadData):  # too few judgments with a term: warnings instead of numbers
                sentencing = fit_sentences(profiles)
                sentencing.save(place / "sentencing.npz")
                learned = sentencing.fitted_on
            told = {
                "content": self._content,
                "judgments": len(ids),
                "sentencing": learned,
                "before": asdict(before) if before else None,
                "after": asdict(after),
            }
            add_blocks(store, sample)
            write_json(place / _BEGUN, told)
        except BaseException:
            self._drop(place)
            raise
        return _Begun(place, store, learned, before, after)

    def _unfinished(self) -> _Begun | None:
        """What a build that was ended has left, if it can be gone on with."""
        now = self._place.current()
        for path in sorted(self._place.root.glob(f"{KIND}-*/{_BEGUN}")):
            if now is not None and path.parent == now.place:
                continue
            with suppress(OSError, ValueError, KeyError, TypeError, StoreDamaged):
                told = json.loads(path.read_text("utf-8"))
                fitted, here = int(told["judgments"]), len(self._content_of)
                if told["content"] != self._content:
                    continue
                if not _ALIKE * here <= fitted <= here / _ALIKE:
                    continue
                store = FeatureStore.open(path.parent)
                store.sweep()
                before = Drift(**told["before"]) if told["before"] else None
                after = Drift(**told["after"])
                return _Begun(path.parent, store, int(told["sentencing"]), before, after)
        return None

    def _describe(self, store: FeatureStore) -> None:
        """All judgments that have no row of their present content."""
        ids, left = sorted(self._content_of), []
        for start in range(0, len(ids), _BLOCK):
            part = ids[start : start + _BLOCK]
            cards = store.cards([judgment_key(each) for each in part])
            left += [
                each
                for each in part
                if not fresh(cards.get(judgment_key(each)), self._content_of[each])
            ]
        self._done = len(ids) - len(left)
        add_blocks(store, self._walk(left))

    def _walk(self, ids: list[int]) -> Iterator[Described]:
        for found in describe_all(self._database, ids, jobs=self._jobs):
            yield from found
            self._done += len(found)
            if self._progress is not None:
                self._progress(self._done, len(self._content_of))


def add_blocks(store: FeatureStore, judgments: Iterable[Described]) -> None:
    """Into the store, on disk block by block; small parts are put together."""
    waiting = iter(judgments)
    while block := list(islice(waiting, _BLOCK)):
        store.add_cards(block)
        if store.loose > _LOOSE:
            store.compact()
