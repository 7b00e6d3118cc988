"""Generated documents in the records: found again, stored, replaced; each call in a transaction
of the caller's."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from dossier.catalogue import Document, Evidence, Field, default_types
from dossier.holdings import Keep
from dossier.ingest import FileKind, Limits, open_file
from dossier.intake import enter_pages, printable, put_in, renumber
from dossier.normal import normal
from dossier.reading import PageRead, page_read
from dossier.records import (
    DocumentRow,
    FileRow,
    GeneratedRow,
    LogRow,
    NumberRow,
    PageRow,
    outbox,
)
from dossier.templates import Card

from ..errors import DocumentRefused

_LIMITS = Limits(office="never")
"""Text and order are in the DOCX itself; laying it out would take seconds."""
_READING = "generated"


def latest(session: Session, dossier_id: int, series: str) -> GeneratedRow | None:
    """The last version of a document, whether it stands or not."""
    return session.scalars(
        select(GeneratedRow)
        .where(GeneratedRow.dossier_id == dossier_id, GeneratedRow.series == series)
        .order_by(GeneratedRow.version.desc())
        .limit(1)
    ).first()


def number_taken(
    session: Session, number: str, *, beside: tuple[int, str], on_paper: bool
) -> str | None:
    """Whose this number is: title and dossier of another generated document than `beside`
    (dossier, series); with `on_paper` also of one that was handed in. None if it is free."""
    form = normal(number)[:200]
    dossier_id, series = beside
    made = session.scalars(
        select(GeneratedRow)
        .where(
            GeneratedRow.number_form == form,
            or_(GeneratedRow.dossier_id != dossier_id, GeneratedRow.series != series),
        )
        .limit(1)
    ).first()
    if made is not None:
        return f"{made.title} of dossier {made.dossier_id}"
    if on_paper:
        paper = session.scalars(select(NumberRow).where(NumberRow.form == form).limit(1)).first()
        if paper is not None:
            return f"a document of dossier {paper.dossier_id}"
    return None


@dataclass(frozen=True, slots=True)
class Made:
    """A document that was rendered, with all that is kept of it."""

    dossier_id: int
    series: str
    version: int
    request: str
    key: str
    card: Card
    template_sha256: str
    subject: str
    person: str
    volume: str
    organ: str
    number: str | None
    day: date
    docx: bytes
    typed: dict[str, Any]
    fields: dict[str, Any]
    changes: list[dict[str, Any]]
    by: str


def store(keep: Keep, session: Session, made: Made, before: GeneratedRow | None) -> GeneratedRow:
    """The document with its file, pages, place in the catalogue, and the log. The version before
    it leaves the catalogue. The caller holds the blobs and the dossier."""
    place = _replace(session, before)
    sha256 = keep.blobs.put_bytes(made.docx)
    twin = session.scalars(
        select(FileRow.name).where(FileRow.dossier_id == made.dossier_id, FileRow.sha256 == sha256)
    ).first()
    if twin is not None:
        raise DocumentRefused(
            "a file with exactly this content is in the dossier already",
            where=twin,
            advice="a document that is another one should say something else",
        )
    pages = read_back(made.docx, keep.blobs.path(sha256))
    row = FileRow(
        dossier_id=made.dossier_id,
        name=_free_name(session, made),
        volume=None,
        sha256=sha256,
        working_sha256=sha256,
        working_kind=FileKind.DOCX.value,
        size=len(made.docx),
        kind=FileKind.DOCX.value,
        signed=False,
        page_count=len(pages),
        reading=_READING,
        notes=[],
        generated=True,
    )
    session.add(row)
    session.flush()
    enter_pages(session, row, pages)
    put_in(session, made.dossier_id, row, _document(made), place=place)
    renumbered = renumber(session, made.dossier_id)
    own = session.scalars(select(PageRow.id).where(PageRow.file_id == row.id)).all()
    outbox.enqueue(session, sorted({*own, *renumbered}), outbox.PUT)
    kept = GeneratedRow(
        dossier_id=made.dossier_id,
        series=made.series,
        version=made.version,
        request=made.request,
        key=made.key,
        template=made.card.code,
        title=made.card.title,
        stage=made.card.stage,
        template_sha256=made.template_sha256,
        subject=made.subject,
        number=made.number,
        number_form=None if made.number is None else normal(made.number)[:200],
        day=made.day,
        file_name=row.name,
        file_id=row.id,
        sha256=sha256,
        typed=made.typed,
        fields=made.fields,
        changes=made.changes,
        by=made.by,
    )
    session.add(kept)
    session.flush()
    # the log outlives the dossier: whom the document is about stays out of it
    detail = {"template": made.card.code, "generated": kept.id, "version": made.version}
    log = LogRow(by=made.by, action="generate", dossier_id=made.dossier_id, detail=detail)
    session.add(log)
    return kept


def _replace(session: Session, before: GeneratedRow | None) -> int | None:
    """Take the version before out of the catalogue; the position of its first page, for the new
    one to stand there."""
    if before is None or before.file_id is None:
        return None
    pages = session.execute(
        select(PageRow.id, PageRow.position, PageRow.document_id)
        .where(PageRow.file_id == before.file_id)
        .order_by(PageRow.position)
    ).all()
    outbox.enqueue(session, [page.id for page in pages], outbox.DELETE)
    documents = {page.document_id for page in pages}
    session.execute(delete(FileRow).where(FileRow.id == before.file_id))
    session.execute(delete(DocumentRow).where(DocumentRow.id.in_(documents)))
    session.expire(before, ["file_id"])
    return int(pages[0].position) if pages else None


def read_back(docx: bytes, path: Path | None = None) -> list[PageRead]:
    """The pages of a Word file as they stand in it, without LibreOffice. `path` is where it is
    stored, if it is."""
    if path is None:
        with tempfile.NamedTemporaryFile(suffix=".docx") as file:
            file.write(docx)
            file.flush()
            return read_back(docx, Path(file.name))
    with open_file(path, name="generated.docx", limits=_LIMITS) as opened:
        found = []
        for number in range(opened.page_count):
            layer = opened.page(number).layer
            assert layer is not None  # a Word file has text, or is empty
            found.append(page_read(number, layer))
        return found


_UNFIT = re.compile(r'[\\/:*?"<>|\s\x00-\x1f]+')


def file_name(title: str, subject: str, number: str | None) -> str:
    """起诉书 韩志远 兰城检刑诉〔2023〕9046号.docx"""
    parts = [title, subject, number or ""]
    words = [_UNFIT.sub(" ", printable(part)).strip(" .")[:60] for part in parts]
    return " ".join(filter(None, words)) + ".docx"


def _free_name(session: Session, made: Made) -> str:
    wanted = name = file_name(made.card.title, made.subject, made.number)
    taken = set(session.scalars(select(FileRow.name).where(FileRow.dossier_id == made.dossier_id)))
    copy = 2
    while name in taken:
        name, copy = f"{wanted.removesuffix('.docx')} ({copy}).docx", copy + 1
    return name


def _document(made: Made) -> Document:
    """What the catalogue says of it: exactly what its card and the numbering say."""
    types = default_types()
    code = made.card.type or "U00"
    entry = next(
        (each for each in types.types if each.code == code and made.card.title in each.titles),
        types.of(code),
    )
    organ = Field(made.organ) if made.organ else None
    person = Field(made.person) if made.person else None
    return Document(
        type=code,
        form=entry.form,
        type_name=entry.name,
        title=Field(made.card.title),
        pages=(),
        volume=made.volume or volume_of(made.card),
        number=Field(made.number) if made.number else None,
        date=Field(made.day.isoformat()),
        organ=organ,
        person=person,
        responsible=organ or person,
        evidence_kind=entry.evidence_kind,
        evidence=(Evidence("generated", made.card.code, 1.0),),
    )


def volume_of(card: Card) -> str:
    """Title of the volume a document belongs to: that of its type; of several, or of none, that
    which its maker keeps."""
    types = default_types()
    titles = types.of(card.type).volumes if card.type else ()
    known = [each for each in types.volumes if not titles or each.title in titles]
    own = [each.title for each in known if each.maker == card.organ]
    return (own or list(titles) or [types.volumes[0].title])[0]
