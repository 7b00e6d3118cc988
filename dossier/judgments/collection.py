"""The collection of judgments, as its users see it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import delete, func, or_, select

from ..errors import NotInArchive
from ..normal import normal
from ..records import Database, JudgmentRow, LogRow, outbox

_CHUNK = 500
_MOST_ID = 2**31


@dataclass(frozen=True)
class Judgment:
    """One judgment (裁判文书). Its text is loaded when first asked for."""

    id: int
    key: str
    """The corpus's own id; unique in its `source`."""
    source: str
    title: str
    court: str
    number: str
    """案号, "" if unknown."""
    day: dt.date | None
    charges: tuple[str, ...]
    """罪名 it is about, whole names without 罪."""
    statutes: tuple[str, ...]
    """Provisions it cites: 刑法第264条."""
    parties: tuple[str, ...]
    size: int
    """Characters of its text."""
    _database: Database = field(repr=False, compare=False)

    @classmethod
    def of(cls, database: Database, row: JudgmentRow) -> Judgment:
        return cls(
            id=row.id,
            key=row.key,
            source=row.source,
            title=row.title,
            court=row.court,
            number=row.number,
            day=row.day,
            charges=tuple(row.card["charges"]),
            statutes=tuple(row.card["statutes"]),
            parties=tuple(row.card["parties"]),
            size=row.size,
            _database=database,
        )

    @cached_property
    def text(self) -> str:
        """The whole text; `NotInArchive` if it was removed meanwhile."""
        with self._database.read() as session:
            text = session.scalar(select(JudgmentRow.text).where(JudgmentRow.id == self.id))
        if text is None:
            raise NotInArchive(f"judgment {self.id} was removed")
        return text

    def to_json(self) -> dict[str, Any]:
        """Everything but the text."""
        return {
            "id": self.id, "key": self.key, "source": self.source, "title": self.title,
            "court": self.court, "number": self.number,
            "day": None if self.day is None else self.day.isoformat(),
            "charges": list(self.charges), "statutes": list(self.statutes),
            "parties": list(self.parties), "size": self.size,
        }  # fmt: skip


class Judgments:
    """All judgments of an archive, in the order they came in; of one source if given."""

    def __init__(self, database: Database, source: str | None = None) -> None:
        self._database = database
        self._source = source

    def __len__(self) -> int:
        return sum(self.sources().values())

    def __iter__(self) -> Iterator[Judgment]:
        """One after the other, read in chunks; a long walk holds no transaction open."""
        last = 0
        while chunk := self.page(_CHUNK, after=last):
            yield from chunk
            last = chunk[-1].id

    def page(self, limit: int, *, after: int = 0) -> list[Judgment]:
        """The first `limit` judgments whose id is above `after`."""
        query = select(JudgmentRow).where(JudgmentRow.id > after)
        if self._source is not None:
            query = query.where(JudgmentRow.source == self._source)
        with self._database.read() as session:
            rows = session.scalars(query.order_by(JudgmentRow.id).limit(limit))
            return [Judgment.of(self._database, row) for row in rows]

    def sources(self) -> dict[str, int]:
        """Corpora and how many judgments each has."""
        query = select(JudgmentRow.source, func.count()).group_by(JudgmentRow.source)
        if self._source is not None:
            query = query.where(JudgmentRow.source == self._source)
        with self._database.read() as session:
            rows = session.execute(query.order_by(JudgmentRow.source))
            return {row[0]: row[1] for row in rows}

    def one(self, key: int | str) -> Judgment:
        """One judgment by its id, its 案号, or its corpus's own id. `NotInArchive` if none or
        several fit."""
        with self._database.read() as session:
            by_id = None
            if isinstance(key, int) or (key.isascii() and key.isdecimal() and len(key) < 11):
                by_id = session.get(JudgmentRow, int(key)) if 0 <= int(key) < _MOST_ID else None
            if by_id is not None or isinstance(key, int):
                rows = [by_id] if by_id is not None else []
            else:
                form = normal(key)
                rows = list(
                    session.scalars(
                        select(JudgmentRow)
                        .where(or_(JudgmentRow.form == form, JudgmentRow.key == key))
                        .where(or_(JudgmentRow.form != "", JudgmentRow.key == key))
                        .order_by(JudgmentRow.id)
                        .limit(10)
                    )
                )
            if len(rows) == 1:
                return Judgment.of(self._database, rows[0])
        if not rows:
            raise NotInArchive(f"no judgment {key!r}", advice="see: dossier judgments list DIR")
        ids = ", ".join(f"{row.id} ({row.source})" for row in rows)
        raise NotInArchive(f"several judgments answer to {key!r}: {ids}", advice="use the id")


def remove_judgments(database: Database, source: str, *, reason: str, by: str) -> int:
    """Take a corpus out; the reason stays in the log. Returns how many judgments went.

    Raises `NotInArchive` for an unknown source and ValueError without a reason. In one
    transaction: an index never hears of half a removal.
    """
    if not reason.strip():
        raise ValueError("a removal needs a reason")
    with database.write() as session:
        ids = session.scalars(
            select(JudgmentRow.id).where(JudgmentRow.source == source).order_by(JudgmentRow.id)
        ).all()
        if not ids:
            raise NotInArchive(
                f"no judgments from {source!r}", advice="see: dossier judgments list DIR"
            )
        outbox.enqueue(session, ids, outbox.DELETE, "judgment")
        session.execute(delete(JudgmentRow).where(JudgmentRow.source == source))
        detail = {"source": source, "judgments": len(ids), "reason": reason}
        session.add(LogRow(by=by, action="remove judgments", dossier_id=None, detail=detail))
    return len(ids)
