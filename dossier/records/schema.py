"""The tables, typed. Migrations in `migrations/` bring any older database to this form."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# names for every constraint, so that a migration can find them on any database
_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# SQLite would give the id of a deleted row to the next one: the log and the indexes must not be
# led to another dossier's page
_FRESH_IDS = {"sqlite_autoincrement": True}


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


class Row(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class DossierRow(Row):
    """One dossier (卷宗). `stale`: pages came in or went since it was last catalogued.

    `revision` goes up, in the same transaction, whenever anything changes of which the catalogue
    or the facts are made: what was made at one revision still holds while it is the same.
    """

    __tablename__ = "dossiers"
    __table_args__ = _FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(500), unique=True)
    origin: Mapped[str] = mapped_column(Text)
    stale: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime] = mapped_column(default=now)

    def changed(self) -> None:
        """Say that what stands in it changed; counted by the database, so no count is lost."""
        self.revision = DossierRow.revision + 1


class NumberRow(Row):
    """A number by which a dossier can be found: 案号 of the case, 文号 of its documents."""

    __tablename__ = "numbers"
    __table_args__ = (UniqueConstraint("dossier_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(200))
    form: Mapped[str] = mapped_column(String(200), index=True)
    """The number in matching form (`dossier.normal`): however its brackets are typed."""
    kind: Mapped[str] = mapped_column(String(10))
    """`given` by a person, or read: of the `case` or of a `document`."""


class FileRow(Row):
    """One file as it was handed in.

    `working_sha256`, `working_kind`: what its pages are drawn from. The original itself, or the
    unlocked copy of a locked PDF, or the PDF that LibreOffice laid out.

    `generated`: made here from a template. It is catalogued as its template says, and facts are
    not read from it again.
    """

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("dossier_id", "sha256"), _FRESH_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    volume: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    working_sha256: Mapped[str] = mapped_column(String(64), index=True)
    working_kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    signed: Mapped[bool]
    page_count: Mapped[int]
    reading: Mapped[str] = mapped_column(String(200))
    """OCR settings it was read with (`OcrSettings.key`)."""
    notes: Mapped[list[Any]]
    generated: Mapped[bool] = mapped_column(default=False)
    added_at: Mapped[datetime] = mapped_column(default=now)


class VolumeRow(Row):
    """One volume (卷) of a dossier."""

    __tablename__ = "volumes"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(Text)


class DocumentRow(Row):
    """One document (文书/证据): a run of pages with a name. `first_page_id` is its identity."""

    __tablename__ = "documents"
    __table_args__ = _FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    volume_id: Mapped[int] = mapped_column(ForeignKey("volumes.id", ondelete="CASCADE"))
    first_page_id: Mapped[int]
    position: Mapped[int]
    type_code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(Text)
    card: Mapped[dict[str, Any]]
    """Everything the catalogue says of it, with sources: see `catalogue.Document.to_json`."""


class PageRow(Row):
    """One page: what it says (`layer`, packed) and where it belongs."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("file_id", "number"),
        Index("ix_pages_review", "dossier_id", "confidence"),
        _FRESH_IDS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))
    number: Mapped[int]
    layer: Mapped[bytes] = mapped_column(LargeBinary)
    text: Mapped[str] = mapped_column(Text)
    confidence: Mapped[float]
    origin: Mapped[str] = mapped_column(String(10))
    problem: Mapped[str | None] = mapped_column(Text)
    """Why this page could not be read, if so."""
    reviewed_at: Mapped[datetime | None]
    document_id: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    """Place within the dossier as catalogued."""
    excluded: Mapped[bool] = mapped_column(default=False)
    """A person said that it does not count (a blank verso)."""
    label: Mapped[str] = mapped_column(String(20), default="")
    """Page number in its volume; empty for covers, catalogues and back pages."""


class ProblemRow(Row):
    """A file that could not be taken in, until it is or the problem is dismissed."""

    __tablename__ = "problems"
    __table_args__ = (UniqueConstraint("dossier_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(40))
    message: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(default=now)


class FindingRow(Row):
    """Something the cataloguing noticed: missing, duplicate, misordered, foreign pages."""

    __tablename__ = "findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str] = mapped_column(String(40))
    card: Mapped[dict[str, Any]]


class CorrectionRow(Row):
    """A person's word on the catalogue; wins over recognition in every later run."""

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    card: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=now)


class FactsRow(Row):
    """The facts of a dossier as they were last made (`facts.CaseFacts.to_json`); derived."""

    __tablename__ = "facts"

    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    key: Mapped[str] = mapped_column(String(64))
    """Hash of everything they were made from."""
    card: Mapped[dict[str, Any]]
    made_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class FactCorrectionRow(Row):
    """A person's word on a fact. The last one of a path holds; none is ever deleted."""

    __tablename__ = "fact_corrections"
    __table_args__ = _FRESH_IDS

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(
        ForeignKey("dossiers.id", ondelete="CASCADE"), index=True
    )
    path: Mapped[str] = mapped_column(String(300))
    """As `facts.FactCorrection.path`."""
    value: Mapped[str | None] = mapped_column(Text)
    """None: earlier corrections of this path were taken back."""
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=now)


class GeneratedRow(Row):
    """One version of a document made from a template. Its file stands in the dossier as long as
    it is the present version; afterwards the bytes stay, under `sha256`.

    `typed`, `fields` and `changes` are not loaded with the row: say `undefer`."""

    __tablename__ = "generated"
    __table_args__ = (UniqueConstraint("dossier_id", "series", "version"), _FRESH_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id", ondelete="CASCADE"))
    series: Mapped[str] = mapped_column(String(64))
    """Hash of what makes it this document: template code, subject, typed fields of identity."""
    version: Mapped[int]
    request: Mapped[str] = mapped_column(String(64), index=True)
    """Hash of what was asked for and when: as long as nobody changes the dossier, the same
    question has this answer."""
    key: Mapped[str] = mapped_column(String(64))
    """Hash of all that it depends on: template, values it reads, what was typed."""
    template: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(String(20))
    """侦查, 审查起诉, …: later stages take over what was typed in earlier ones."""
    template_sha256: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(300))
    """The person or volume it is about, "" for the case."""
    number: Mapped[str | None] = mapped_column(String(200))
    number_form: Mapped[str | None] = mapped_column(String(200), index=True)
    """The number in matching form (`dossier.normal`)."""
    day: Mapped[date]
    file_name: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("files.id", ondelete="SET NULL"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    typed: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """What was given by hand, as it was given."""
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)
    """`view` and `filled`: what it was filled with, and where that is from."""
    changes: Mapped[list[Any]] = mapped_column(JSON, deferred=True)
    """Fields in which it differs from the version before."""
    withdrawn: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str] = mapped_column(String(200))


class CounterRow(Row):
    """The last number drawn in a series of 文号. Only ever goes up; outlives its documents."""

    __tablename__ = "counters"

    organ: Mapped[str] = mapped_column(String(200), primary_key=True)
    """Kind of organ and 机关代字: police/兰公城."""
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class LogRow(Row):
    """What was done, when, by whom. Outlives what it speaks of; never edited."""

    __tablename__ = "log"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    dossier_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]


class SettingRow(Row):
    """One fact about the installation, such as where its blobs stand."""

    __tablename__ = "settings"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class JudgmentRow(Row):
    """One judgment (裁判文书) of a collection that was imported.

    `text` is not loaded with the row: say `undefer(JudgmentRow.text)` to read many.
    """

    __tablename__ = "judgments"
    __table_args__ = (UniqueConstraint("source", "key"), _FRESH_IDS)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200))
    """Name of the corpus."""
    key: Mapped[str] = mapped_column(String(200))
    """The corpus's own id of it."""
    title: Mapped[str] = mapped_column(Text)
    court: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(200))
    """案号 in customary writing, "" if unknown."""
    form: Mapped[str] = mapped_column(String(200), index=True)
    """`number` in matching form (`dossier.normal`)."""
    day: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text, deferred=True)
    size: Mapped[int]
    """Characters of `text`."""
    card: Mapped[dict[str, Any]]
    """`charges`, `statutes`, `parties`: a list of texts each."""
    sha256: Mapped[str] = mapped_column(String(64))
    """Of everything that was handed in, text and fields; other content, other hash."""
    added_at: Mapped[datetime] = mapped_column(default=now)


class OutboxConsumerRow(Row):
    """A derived index that wants to hear of every changed page and judgment."""

    __tablename__ = "outbox_consumers"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)


class OutboxRow(Row):
    """A page or a judgment changed and this consumer has not taken it in yet."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(
        ForeignKey("outbox_consumers.name", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Literal["page", "judgment"]] = mapped_column(String(10))
    """What changed."""
    item_id: Mapped[int]
    action: Mapped[str] = mapped_column(String(10))
    """`put` or `delete`."""
