"""Taking a corpus of judgments in: streaming, in small transactions, again as often as one likes.

A judgment is known by its source and key. One that is in with the same content is passed over, one
with other content is replaced; so an import that was interrupted goes on when it is started again,
at the speed of reading. Every transaction tells the indexes (outbox) of what it changed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from ..normal import normal
from ..records import Database, JudgmentRow, LogRow, outbox
from .facts import facts
from .fields import FieldMap, shape
from .reading import ImportLimits, Reader, Record, stem

_BATCH = 500
_BATCH_LENGTH = 8_000_000
"""Judgments, and characters of them, in one transaction."""
_KEPT = 200
"""Bad records that a report names; the rest it counts."""
_SHAPES = 1000
"""Shapes of records whose fields are kept; those of others are guessed anew each time."""
_READING = 1
"""Raise it when the same corpus would give other facts: then importing it again refreshes them."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be taken in: where it stands, and why."""

    place: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """What an import says while it works. Bytes are those on disk."""

    judgments: int
    bytes_done: int
    bytes_total: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a corpus.

    `fields`   what was taken from where, of the first record that has it:
               {"text": "fact+reasoning"}
    `failed`   records that could not be taken in; `skipped` names the first 200
    """

    source: str
    added: int
    changed: int
    unchanged: int
    failed: int
    skipped: tuple[Skipped, ...]
    fields: Mapping[str, str]
    seconds: float
    problems: tuple[str, ...] = ()
    """What went wrong after the judgments were in: an index that could not be brought up."""

    @property
    def exit_code(self) -> int:
        return 1 if self.failed or self.problems else 0

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "skipped": [asdict(each) for each in self.skipped]}


@dataclass(frozen=True, slots=True)
class _Draft:
    """One judgment as the corpus gives it."""

    place: str
    key: str
    title: str
    text: str
    court: str
    number: str
    day: str
    charges: list[str]
    sha256: str


def import_judgments(
    database: Database,
    path: str | Path,
    *,
    by: str,
    fields: Mapping[str, str] | None = None,
    source: str | None = None,
    progress: Callable[[ImportProgress], None] | None = None,
    limits: ImportLimits | None = None,
) -> ImportReport:
    """Take in a file or a folder of judgments; `source` names the corpus (default: the name of the
    file or folder, without its endings).

    A bad record does not stop the import. Raises `FileNotFoundError`, `UnsupportedFile`, and
    `BadData` for an unknown field name.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    source = (source if source is not None else stem(path)).strip()
    if not source or len(source) > 200:
        raise ValueError("the name of a corpus has 1 to 200 characters")
    return _Import(
        database, path, source, FieldMap.parse(fields), by, limits or ImportLimits()
    ).run(progress)


class _Import:
    def __init__(
        self,
        database: Database,
        path: Path,
        source: str,
        given: FieldMap,
        by: str,
        limits: ImportLimits,
    ) -> None:
        self._database = database
        self._reader = Reader(path, limits)
        self._path = path
        self._source = source
        self._given = given
        self._by = by
        self._limits = limits
        self._maps: dict[tuple[tuple[str, bool], ...], FieldMap] = {}
        self._fields: dict[str, str] = {}
        self._seen: set[bytes] = set()  # 8 bytes of each key: about 60 MB for a million
        self._failed = 0
        self._skipped: list[Skipped] = []
        self._added = self._changed = self._unchanged = 0

    def run(self, progress: Callable[[ImportProgress], None] | None) -> ImportReport:
        begin = time.monotonic()
        batch: list[_Draft] = []
        length = 0
        for draft in self._drafts():
            batch.append(draft)
            length += len(draft.text)
            if len(batch) >= _BATCH or length >= _BATCH_LENGTH:
                self._take(batch)
                batch, length = [], 0
                self._tell(progress)
        self._take(batch)
        self._tell(progress)
        report = ImportReport(
            source=self._source,
            added=self._added,
            changed=self._changed,
            unchanged=self._unchanged,
            failed=self._failed,
            skipped=tuple(self._skipped),
            fields=self._fields,
            seconds=time.monotonic() - begin,
        )
        detail = {
            "source": self._source, "file": self._path.name, "added": self._added,
            "changed": self._changed, "unchanged": self._unchanged, "failed": self._failed,
            "fields": self._fields,
        }  # fmt: skip
        with self._database.write() as session:
            session.add(
                LogRow(by=self._by, action="import judgments", dossier_id=None, detail=detail)
            )
        return report

    def _tell(self, progress: Callable[[ImportProgress], None] | None) -> None:
        if progress is not None:
            done = self._added + self._changed + self._unchanged
            reader = self._reader
            progress(ImportProgress(done, reader.read_bytes, reader.total_bytes, self._fields))

    def _skip(self, place: str, why: str) -> None:
        self._failed += 1
        if len(self._skipped) < _KEPT:
            self._skipped.append(Skipped(place, why))

    # --- from records to drafts --------------------------------------------------------------

    def _drafts(self) -> Iterator[_Draft]:
        for record in self._reader:
            if record.fields is None:
                self._skip(record.place, record.wrong)
                continue
            draft = self._draft(record, record.fields)
            if isinstance(draft, str):
                self._skip(record.place, draft)
                continue
            mark = hashlib.blake2b(draft.key.encode("utf-8", "replace"), digest_size=8).digest()
            if mark in self._seen:
                self._skip(
                    record.place, f"the key {draft.key!r} occurs twice: the first one counts"
                )
                continue
            self._seen.add(mark)
            yield draft

    def _draft(self, record: Record, given: dict[str, Any]) -> _Draft | str:
        own = shape(given)
        names = self._maps.get(own)
        if names is None:
            names = self._given.guess(given)
            if not names.names.get("text"):
                known = ", ".join(list(given)[:12])
                return f"which field is the text? say it: --field text=NAME (it has: {known})"
            if len(self._maps) < _SHAPES:
                self._maps[own] = names
                if names.value(given, "text"):
                    self._fields = {**names.to_json(), **self._fields}
        body = _clean(names.value(given, "text"))
        if not body.strip():
            return "no text in " + "+".join(names.names["text"])
        if len(body) > self._limits.text_length:
            return f"longer than {self._limits.text_length} characters"
        title = _clean(names.value(given, "title"))[:1000]
        court, number, day = (
            _clean(names.value(given, target)) for target in ("court", "number", "day")
        )
        charges = [_clean(each) for each in names.values(given, "charges")]
        content = json.dumps([_READING, title, body, court, number, day, charges])
        digest = hashlib.sha256(content.encode("ascii")).hexdigest()
        key = _clean(names.value(given, "key")) or record.name or digest
        if len(key) > 200:
            key = hashlib.sha256(key.encode()).hexdigest()
        return _Draft(record.place, key, title, body, court, number, day, charges, digest)

    # --- from drafts to records --------------------------------------------------------------

    def _take(self, batch: list[_Draft]) -> None:
        if not batch:
            return
        with self._database.read() as session:
            known = self._known(session, batch)
        fresh = [draft for draft in batch if known.get(draft.key, (0, ""))[1] != draft.sha256]
        self._unchanged += len(batch) - len(fresh)
        # the slow part before the transaction: nobody waits for it
        rows = {draft.key: self._row(draft) for draft in fresh}
        if not rows:
            return
        with self._database.write() as session:
            if session.get_bind().dialect.name == "postgresql":
                # two imports of one corpus wait for each other; SQLite has one writer at a time
                session.execute(text("LOCK TABLE judgments IN SHARE ROW EXCLUSIVE MODE"))
            known = self._known(session, fresh)
            new = [rows[draft.key] for draft in fresh if draft.key not in known]
            changed = [
                {"id": known[draft.key][0], **rows[draft.key]}
                for draft in fresh
                if draft.key in known and known[draft.key][1] != draft.sha256
            ]
            ids: list[int] = []
            if new:
                ids += session.scalars(insert(JudgmentRow).returning(JudgmentRow.id), new)
            if changed:
                session.execute(update(JudgmentRow), changed)
                ids += [row["id"] for row in changed]
            outbox.enqueue(session, sorted(ids), outbox.PUT, "judgment")
        self._added += len(new)
        self._changed += len(changed)
        self._unchanged += len(fresh) - len(new) - len(changed)

    def _known(self, session: Session, batch: list[_Draft]) -> dict[str, tuple[int, str]]:
        found = session.execute(
            select(JudgmentRow.key, JudgmentRow.id, JudgmentRow.sha256).where(
                JudgmentRow.source == self._source,
                JudgmentRow.key.in_([draft.key for draft in batch]),
            )
        )
        return {key: (row_id, sha256) for key, row_id, sha256 in found}

    def _row(self, draft: _Draft) -> dict[str, Any]:
        found = facts(
            draft.title,
            draft.text,
            court=draft.court,
            number=draft.number,
            day=draft.day,
            charges=draft.charges,
        )
        return {
            "source": self._source,
            "key": draft.key,
            "title": draft.title,
            "court": found.court,
            "number": found.number,
            "form": normal(found.number)[:200],
            "day": found.day,
            "text": draft.text,
            "size": len(draft.text),
            "card": {
                "charges": list(found.charges),
                "statutes": list(found.statutes),
                "parties": list(found.parties),
            },
            "sha256": draft.sha256,
        }


def _clean(value: str) -> str:
    """Text that any database takes: no zero bytes, no halves of characters."""
    if "\0" in value:
        value = value.replace("\0", "")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        value = value.encode("utf-8", "replace").decode("utf-8")
    return value
