"""The queue between records and derived indexes, written in the records' own transactions.

A derived index registers once as a consumer, builds itself from the records, and from then on
takes what changed from `pending` and says `done` after its own commit. If it dies in between, the
same changes come again: taking an item in twice must be harmless, losing one cannot happen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from .schema import OutboxConsumerRow, OutboxRow

Kind = Literal["page", "judgment"]

PUT = "put"
DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Change:
    """One page or judgment to put into, or to delete from, an index."""

    id: int
    kind: Kind
    item_id: int
    action: str


def register(session: Session, consumer: str) -> bool:
    """Let `consumer` hear of changes from now on; False if it already does."""
    if session.get(OutboxConsumerRow, consumer) is not None:
        return False
    session.add(OutboxConsumerRow(name=consumer))
    session.flush()
    return True


def enqueue(session: Session, item_ids: Iterable[int], action: str, kind: Kind = "page") -> None:
    """Tell every consumer of these pages or judgments, in the caller's transaction."""
    if session.get_bind().dialect.name == "postgresql":
        # a consumer that registers now waits for us, and then finds our items in the records;
        # SQLite has one writer at a time
        session.execute(text("LOCK TABLE outbox_consumers IN SHARE MODE"))
    consumers = session.scalars(select(OutboxConsumerRow.name)).all()
    rows = [
        {"consumer": consumer, "kind": kind, "item_id": item_id, "action": action}
        for item_id in item_ids
        for consumer in consumers
    ]
    if rows:
        session.execute(insert(OutboxRow), rows)


def pending(session: Session, consumer: str, limit: int | None = 1000) -> list[Change]:
    """The oldest changes this consumer has not taken in, at most `limit` (None: all)."""
    rows = session.execute(
        select(OutboxRow.id, OutboxRow.kind, OutboxRow.item_id, OutboxRow.action)
        .where(OutboxRow.consumer == consumer)
        .order_by(OutboxRow.id)
        .limit(limit)
    )
    return [Change(*row) for row in rows]


def count(session: Session, consumer: str) -> int:
    """How many changes this consumer has not taken in."""
    query = select(func.count(OutboxRow.id)).where(OutboxRow.consumer == consumer)
    return session.scalar(query) or 0


def done(session: Session, changes: Sequence[Change]) -> None:
    """Forget changes that are safely in the consumer's index."""
    ids = [change.id for change in changes]
    for start in range(0, len(ids), 500):
        session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ids[start : start + 500])))
