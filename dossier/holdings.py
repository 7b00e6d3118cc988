"""What stands in an archive, as its users see it: dossiers, volumes, documents, pages, files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from . import export as exporting
from .catalogue import (
    ListingRow,
    PageRef,
    document_from_json,
    listing_rows,
    write_listing_docx,
)
from .errors import NoPageImage, NotInArchive
from .factkeeping import kept_facts
from .facts import CaseFacts
from .ingest import open_file
from .model import Line, PageLayer, Seal
from .records import (
    BlobStore,
    CorrectionRow,
    Database,
    DocumentRow,
    DossierRow,
    FactCorrectionRow,
    FileRow,
    FindingRow,
    NumberRow,
    PageRow,
    ProblemRow,
    VolumeRow,
    unpack_layer,
)

if TYPE_CHECKING:
    from .export import Bookmark, ExportPage, ExportReport


@dataclass(frozen=True)
class Keep:
    """Where an archive's things are: records, blobs, and its settings."""

    database: Database
    blobs: BlobStore
    review_below: float


def utc(moment: datetime | None = None) -> datetime:
    """The moment (default: now) with its time zone; SQLite forgets that all times are UTC."""
    if moment is None:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One thing that was done in the archive."""

    at: datetime
    by: str
    action: str
    dossier_id: int | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class FileProblem:
    """A file that could not be taken in."""

    name: str
    code: str
    message: str


@dataclass(frozen=True)
class File:
    """One file as it was handed in; `path` is the unchanged original."""

    id: int
    name: str
    kind: str
    size: int
    sha256: str
    signed: bool
    page_count: int
    notes: tuple[str, ...]
    path: Path


@dataclass(frozen=True)
class Page:
    """One page of a dossier. Its layer is loaded when first asked for."""

    id: int
    dossier_id: int
    document_id: int | None
    file: str
    number: int
    """Counted from 1 in its file."""
    label: str
    """Page number in its volume; empty for covers and catalogues."""
    text: str
    confidence: float
    origin: str
    problem: str | None
    _keep: Keep = field(repr=False, compare=False)

    @classmethod
    def of(cls, keep: Keep, row: PageRow, file: str | None = None) -> Page:
        if file is None:
            with keep.database.read() as session:
                file = session.get_one(FileRow, row.file_id).name
        return cls(
            id=row.id,
            dossier_id=row.dossier_id,
            document_id=row.document_id,
            file=file,
            number=row.number + 1,
            label=row.label,
            text=row.text,
            confidence=row.confidence,
            origin=row.origin,
            problem=row.problem,
            _keep=keep,
        )

    @property
    def reference(self) -> PageRef:
        """The page's lasting name, for corrections."""
        with self._keep.database.read() as session:
            row = session.get_one(PageRow, self.id)
            return PageRef(sha256=session.get_one(FileRow, row.file_id).sha256, number=row.number)

    @cached_property
    def layer(self) -> PageLayer:
        """Everything read from this page."""
        with self._keep.database.read() as session:
            return unpack_layer(session.get_one(PageRow, self.id).layer)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Lines in reading order, with boxes in page units and confidence."""
        return self.layer.lines

    @property
    def seals(self) -> tuple[Seal, ...]:
        return self.layer.seals

    def image(self, dpi: int = 200) -> Image.Image:
        """The page as a reader sees it, upright, RGB; `lines` lie on it.

        Raises `NoPageImage` if it cannot be drawn here (DOCX without LibreOffice).
        """
        with self._keep.database.read() as session:
            row = session.get_one(PageRow, self.id)
            file = session.get_one(FileRow, row.file_id)
        where = f"{self.file}, page {self.number}"
        path = self._keep.blobs.path(file.working_sha256)
        with open_file(path, name=file.name) as opened:
            # a generated file was paged without LibreOffice, which may need fewer pages
            number = min(row.number, opened.page_count - 1) if file.generated else row.number
            image = opened.page(number).image(dpi)
        if image is None:
            raise NoPageImage(
                "this kind of file cannot be drawn here",
                where=where,
                advice="install LibreOffice (Debian: libreoffice-writer-nogui)",
            )
        turn = self.layer.rotation
        return image.rotate(-turn, expand=True) if turn else image


@dataclass(frozen=True)
class Document:
    """One document (文书/证据) as catalogued."""

    id: int
    type_code: str
    title: str
    volume: str
    card: dict[str, Any]
    """All the catalogue says of it: type name, 文号, date, organ, confidence, and for each where
    it was read."""
    _keep: Keep = field(repr=False, compare=False)

    @property
    def number(self) -> str | None:
        """文号"""
        return self._value("number")

    @property
    def date(self) -> str | None:
        """ISO date"""
        return self._value("date")

    @property
    def responsible(self) -> str | None:
        """责任者: the issuing organ, for 笔录 the person questioned."""
        return self._value("responsible")

    def _value(self, field_: str) -> str | None:
        """A field of the card; `card` also says where it was read."""
        held = self.card.get(field_)
        return None if held is None else str(held["value"])

    @property
    def pages(self) -> list[Page]:
        with self._keep.database.read() as session:
            return _pages(self._keep, session, PageRow.document_id == self.id)

    @property
    def text(self) -> str:
        """All its pages, parted by form feeds."""
        return "\f".join(page.text for page in self.pages)

    def export(self, target: str | Path) -> ExportReport:
        """Write it as a searchable double-layer PDF (双层PDF)."""
        return _export(self._keep, self.pages, [self], Path(target), self.title)


@dataclass(frozen=True)
class Volume:
    """One volume (卷) of a dossier."""

    id: int
    code: str
    title: str
    dossier: str
    _keep: Keep = field(repr=False, compare=False)

    @property
    def documents(self) -> list[Document]:
        with self._keep.database.read() as session:
            return _documents(self._keep, session, DocumentRow.volume_id == self.id)

    @property
    def listing(self) -> tuple[ListingRow, ...]:
        """卷内目录: its documents as rows of seven columns."""
        return listing_rows(document_from_json(document.card) for document in self.documents)

    @property
    def pages(self) -> list[Page]:
        with self._keep.database.read() as session:
            inside = select(DocumentRow.id).where(DocumentRow.volume_id == self.id)
            return _pages(self._keep, session, PageRow.document_id.in_(inside))

    def export(self, target: str | Path) -> ExportReport:
        """Write it as a searchable double-layer PDF with a bookmark per document."""
        title = f"{self.dossier} {self.title}"
        return _export(self._keep, self.pages, self.documents, Path(target), title)


@dataclass(frozen=True)
class Dossier:
    """One dossier (卷宗)."""

    id: int
    name: str
    added_at: datetime
    catalogued: bool
    """False while a batch is under way or after one was interrupted."""
    _keep: Keep = field(repr=False, compare=False)

    @classmethod
    def of(cls, keep: Keep, row: DossierRow) -> Dossier:
        return cls(row.id, row.name, utc(row.added_at), not row.stale, keep)

    @property
    def case_numbers(self) -> list[str]:
        """Numbers of the case, those a person gave first. 文号 of its documents find it too."""
        with self._keep.database.read() as session:
            query = (
                select(NumberRow.number)
                .where(NumberRow.dossier_id == self.id, NumberRow.kind != "document")
                .order_by(NumberRow.kind != "given", NumberRow.id)
            )
            return list(session.scalars(query))

    @property
    def volumes(self) -> list[Volume]:
        with self._keep.database.read() as session:
            query = select(VolumeRow).where(VolumeRow.dossier_id == self.id)
            return [
                Volume(row.id, row.code, row.title, self.name, self._keep)
                for row in session.scalars(query.order_by(VolumeRow.position))
            ]

    @property
    def documents(self) -> list[Document]:
        with self._keep.database.read() as session:
            return _documents(self._keep, session, DocumentRow.dossier_id == self.id)

    def volume(self, key: str) -> Volume:
        """One volume by its title or its place (1, 2, …); `NotInArchive` if there is none."""
        volumes = self.volumes
        for place, volume in enumerate(volumes, 1):
            if key in (volume.title, str(place)):
                return volume
        known = "、".join(volume.title for volume in volumes)
        raise NotInArchive(f"{self.name} has no volume {key!r}", advice=f"there are: {known}")

    def document(self, document_id: int) -> Document:
        """One document by its id; `NotInArchive` if it is not in this dossier."""
        for document in self.documents:
            if document.id == document_id:
                return document
        raise NotInArchive(
            f"{self.name} has no document {document_id}", advice="see: dossier show --json"
        )

    def listings(self, volume: str | None = None) -> list[tuple[str, tuple[ListingRow, ...]]]:
        """卷内目录 of every volume, or of one: title and rows."""
        chosen = self.volumes if volume is None else [self.volume(volume)]
        return [(each.title, each.listing) for each in chosen]

    def write_listing(self, target: str | Path, volume: str | None = None) -> None:
        """Write 卷内目录 as a Word file, a volume a page."""
        write_listing_docx(self.listings(volume), Path(target), case=self.name)

    @property
    def pages(self) -> list[Page]:
        """All pages that count, in catalogue order."""
        with self._keep.database.read() as session:
            which = (PageRow.dossier_id == self.id, PageRow.excluded.is_(False))
            return _pages(self._keep, session, *which)

    @property
    def excluded(self) -> list[Page]:
        """Pages that a person left out of the catalogue."""
        with self._keep.database.read() as session:
            which = (PageRow.dossier_id == self.id, PageRow.excluded)
            return _pages(self._keep, session, *which)

    @property
    def files(self) -> list[File]:
        with self._keep.database.read() as session:
            query = select(FileRow).where(FileRow.dossier_id == self.id).order_by(FileRow.name)
            return [
                File(
                    row.id, row.name, row.kind, row.size, row.sha256, row.signed,
                    row.page_count, tuple(row.notes), self._keep.blobs.path(row.sha256),
                )
                for row in session.scalars(query)
            ]  # fmt: skip

    @property
    def problems(self) -> list[FileProblem]:
        """Files that could not be taken in."""
        with self._keep.database.read() as session:
            query = select(ProblemRow).where(ProblemRow.dossier_id == self.id)
            return [
                FileProblem(row.name, row.code, row.message)
                for row in session.scalars(query.order_by(ProblemRow.name))
            ]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """What cataloguing noticed: missing, duplicate, misordered or foreign pages."""
        with self._keep.database.read() as session:
            query = select(FindingRow).where(FindingRow.dossier_id == self.id)
            return [row.card for row in session.scalars(query.order_by(FindingRow.id))]

    @property
    def corrections(self) -> list[dict[str, Any]]:
        """What people corrected, oldest first."""
        with self._keep.database.read() as session:
            query = select(CorrectionRow).where(CorrectionRow.dossier_id == self.id)
            return [
                {**row.card, "by": row.by, "at": utc(row.at).isoformat()}
                for row in session.scalars(query.order_by(CorrectionRow.id))
            ]

    @property
    def facts(self) -> CaseFacts:
        """People, charges, circumstances, sums, things and contradictions of the case, each with
        the places it was read from. Kept: made anew only after something changed."""
        return kept_facts(self._keep.database, self.id)

    @property
    def fact_corrections(self) -> list[dict[str, Any]]:
        """What people said about the facts, oldest first; a value of None took it back."""
        with self._keep.database.read() as session:
            query = select(FactCorrectionRow).where(FactCorrectionRow.dossier_id == self.id)
            return [
                {"path": row.path, "value": row.value, "by": row.by, "at": utc(row.at).isoformat()}
                for row in session.scalars(query.order_by(FactCorrectionRow.id))
            ]

    def page_count(self) -> int:
        """All pages, also excluded ones."""
        with self._keep.database.read() as session:
            count = select(func.count(PageRow.id)).where(PageRow.dossier_id == self.id)
            return session.scalar(count) or 0

    def export(self, target: str | Path) -> ExportReport:
        """Write it as one searchable double-layer PDF, bookmarks by volume and document."""
        return _export(self._keep, self.pages, self.documents, Path(target), self.name)


def _pages(keep: Keep, session: Session, *which: Any) -> list[Page]:
    rows = session.execute(
        select(PageRow, FileRow.name)
        .options(defer(PageRow.layer))  # loaded page by page, when asked for
        .join(FileRow, FileRow.id == PageRow.file_id)
        .where(*which)
        .order_by(PageRow.position, PageRow.file_id, PageRow.number)
    )
    return [Page.of(keep, row, name) for row, name in rows]


def _documents(keep: Keep, session: Session, *which: Any) -> list[Document]:
    rows = session.execute(
        select(DocumentRow, VolumeRow.title)
        .join(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
        .where(*which)
        .order_by(VolumeRow.position, DocumentRow.position)
    )
    return [
        Document(row.id, row.type_code, row.title, volume, row.card, keep) for row, volume in rows
    ]


def _export(
    keep: Keep, pages: list[Page], documents: list[Document], target: Path, title: str
) -> ExportReport:
    if not pages:
        raise NotInArchive(f"{title} has no pages to export")
    with keep.database.read() as session:
        ids = {page.id for page in pages}
        files = {
            page_id: file
            for page_id, file in session.execute(
                select(PageRow.id, FileRow)
                .join(FileRow, FileRow.id == PageRow.file_id)
                .where(PageRow.dossier_id == pages[0].dossier_id)
            )
            if page_id in ids
        }

    def sheets() -> Iterator[ExportPage]:
        # one layer in memory at a time
        for page in pages:
            file = files[page.id]
            yield exporting.ExportPage(
                source=keep.blobs.path(file.working_sha256),
                kind=file.working_kind,
                number=page.number - 1,
                layer=page.layer,
                label=page.label,
                name=file.name,
            )

    marks = _bookmarks(pages, documents)
    return exporting.write_pdf(sheets(), target, bookmarks=marks, title=title)


def _bookmarks(pages: list[Page], documents: list[Document]) -> list[Bookmark]:
    """Volumes and their documents by the index of their first page."""
    first: dict[int, int] = {}
    for index, page in enumerate(pages):
        if page.document_id is not None:
            first.setdefault(page.document_id, index)
    volumes: dict[str, list[Bookmark]] = {}
    for document in documents:
        if document.id in first:
            mark = exporting.Bookmark(document.title, first[document.id])
            volumes.setdefault(document.volume, []).append(mark)
    if len(documents) == 1:
        return [mark for marks in volumes.values() for mark in marks]
    return [
        exporting.Bookmark(title, marks[0].page, tuple(marks)) for title, marks in volumes.items()
    ]
