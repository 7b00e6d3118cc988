"""Many judgments described at once: in worker processes where there are enough of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

from sqlalchemy import select
from sqlalchemy.orm import undefer

from ..reading import Pool
from ..records import Database, JudgmentRow
from .carding import Described, described

_FEW = 400
"""So many are described here: workers take seconds to start."""
_BATCH = 50
_AHEAD = 3
"""Batches a worker has before it, so that none waits."""


def describe_all(
    database: Database, ids: Sequence[int], *, jobs: int | None = None
) -> Iterator[list[Described]]:
    """Those of these judgments that are there, in batches of some fifty, in the order of `ids`.

    `jobs` worker processes (default: one for each core), where there are more than a few hundred.
    """
    parts = [ids[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]
    if len(ids) < _FEW or jobs == 1:
        for part in parts:
            yield described_rows(_rows(database, part))
        return
    pool = Pool(jobs, None)
    waiting = iter(parts)
    sent: deque[tuple[list[JudgmentRow], Future[list[Described]] | None]] = deque()
    try:
        while True:
            while len(sent) < _AHEAD * pool.jobs and (some := next(waiting, None)) is not None:
                sent.append(_send(pool, _rows(database, some)))
            if not sent:
                return
            rows, answer = sent.popleft()
            try:
                found = described_rows(rows) if answer is None else answer.result()
            except BrokenProcessPool:  # a worker was killed: by whoever needs the memory
                found = described_rows(rows)
            yield found
    finally:
        pool.close(wait=False)


def described_rows(rows: Sequence[JudgmentRow]) -> list[Described]:
    """Of judgments whose text was loaded. Runs in workers."""
    return [described(row) for row in rows]


def _send(
    pool: Pool, rows: list[JudgmentRow]
) -> tuple[list[JudgmentRow], Future[list[Described]] | None]:
    try:
        return rows, pool.submit(described_rows, rows)
    except BrokenProcessPool:
        return rows, None


def _rows(database: Database, ids: Sequence[int]) -> list[JudgmentRow]:
    """Rows with their texts, of no session."""
    query = select(JudgmentRow).options(undefer(JudgmentRow.text)).where(JudgmentRow.id.in_(ids))
    with database.read() as session:
        found = list(session.scalars(query.order_by(JudgmentRow.id)))
        session.expunge_all()
    return found
