"""Many judgments described at once: in worker processes where there are enough of them."""

from __future__ import annotations

import logging
import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.orm import undefer

from ..reading import Pool
from ..records import Database, JudgmentRow
from .carding import Described, described, undescribed

_LOG = logging.getLogger(__name__)
_FEW = 400
"""So many are described here: workers take seconds to start."""
_BATCH = 50
_AHEAD = 3
"""Batches a worker has before it, so that none waits."""
_LOSSES = 3
"""Times that workers are replaced."""


def describe_all(
    database: Database, ids: Sequence[int], *, jobs: int | None = None
) -> Iterator[list[Described]]:
    """Those of these judgments that are there, in batches of some fifty, in the order of `ids`.

    `jobs` worker processes (default: one for each core), where there are more than a few hundred;
    none where this process may not have any (the workers of a task queue).
    """
    parts = [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
    if len(ids) < _FEW or jobs == 1 or multiprocessing.current_process().daemon:
        for part in parts:
            yield described_rows(_rows(database, part))
        return
    desk = _Desk(jobs)
    waiting = iter(parts)
    sent: deque[tuple[list[JudgmentRow], Future[list[Described]] | None]] = deque()
    try:
        while True:
            while len(sent) < _AHEAD * desk.jobs and (some := next(waiting, None)) is not None:
                rows = _rows(database, some)
                sent.append((rows, desk.send(rows)))
            if not sent:
                return
            yield desk.answer(*sent.popleft())
    finally:
        desk.close()


class _Desk:
    """Sends batches to workers. What those that were killed had is described here, and others take
    their place, a few times; then all is described here."""

    def __init__(self, jobs: int | None) -> None:
        self._pool = Pool(jobs, None)
        self.jobs = self._pool.jobs
        self._losses = 0

    def send(self, rows: list[JudgmentRow]) -> Future[list[Described]] | None:
        for _ in range(2):
            if self._losses > _LOSSES:
                return None
            try:
                return self._pool.submit(described_rows, rows)
            except (BrokenProcessPool, OSError):  # OSError: no process can be started
                self._losses += 1
                self._pool.rebuild()
        return None

    def answer(
        self, rows: list[JudgmentRow], sent: Future[list[Described]] | None
    ) -> list[Described]:
        if sent is not None:
            with suppress(BrokenProcessPool):
                return sent.result()
        return described_rows(rows)

    def close(self) -> None:
        self._pool.close(wait=False)


def described_rows(rows: Sequence[JudgmentRow]) -> list[Described]:
    """Of judgments whose text was loaded. Runs in workers. One that cannot be read is kept
    without facts, so that it stops no build, and is named in the log."""
    found = []
    for row in rows:
        try:
            found.append(described(row))
        except Exception as error:  # a slip of ours in one text
            _LOG.warning("judgment %d cannot be compared: %s", row.id, type(error).__name__)
            found.append(undescribed(row))
    return found


def _rows(database: Database, ids: Sequence[int]) -> list[JudgmentRow]:
    """Rows with their texts, of no session."""
    query = select(JudgmentRow).options(undefer(JudgmentRow.text)).where(JudgmentRow.id.in_(ids))
    with database.read() as session:
        found = list(session.scalars(query.order_by(JudgmentRow.id)))
        session.expunge_all()
    return found
