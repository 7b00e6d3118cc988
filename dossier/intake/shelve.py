"""Cataloguing a dossier in the records: pages in, volumes, documents and findings out."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..catalogue import (
    Catalogue,
    CataloguePage,
    Correction,
    Document,
    Volume,
    catalogue_with,
    corrections_from_json,
    default_types,
)
from ..ingest import path_key
from ..normal import normal
from ..records import (
    CorrectionRow,
    Database,
    DocumentRow,
    DossierRow,
    FileRow,
    FindingRow,
    LogRow,
    NumberRow,
    PageRow,
    VolumeRow,
    outbox,
    unpack_layer,
)
from .placing import Generated, generated_in, rank, remember_numbers


def shelve(
    database: Database,
    dossier_id: int,
    *,
    by: str,
    new: Sequence[Correction] = (),
    session: Session | None = None,
) -> None:
    """Catalogue the dossier's pages and write the result, in one transaction.

    Only what was handed in is recognised; generated documents follow in the volumes they belong to.
    `new` corrections are kept with those made before. With `session`, in the caller's transaction.
    Documents that begin at the same page as before keep their id; pages whose document or label
    changed are told to the indexes. Raises `BadCorrection` if a new correction does not fit.
    """
    within: AbstractContextManager[Session] = (
        nullcontext(session) if session is not None else database.write()
    )
    with within as using:
        dossier = using.get(DossierRow, dossier_id, with_for_update=True)
        if dossier is None:  # removed by another process meanwhile
            return
        rows = _pages(using, dossier_id)
        cards = using.scalars(
            select(CorrectionRow.card)
            .where(CorrectionRow.dossier_id == dossier_id)
            .order_by(CorrectionRow.id)
        ).all()
        result = catalogue_with(_inputs(rows), corrections_from_json(cards), new)
        for correction in new:
            using.add(CorrectionRow(dossier_id=dossier_id, card=correction.to_json(), by=by))
        _write(using, dossier_id, result, {page.id: page for page, _ in rows})
        dossier.stale = False
        dossier.changed()
        using.add(
            LogRow(
                by=by,
                action="catalogue",
                dossier_id=dossier_id,
                detail={"documents": sum(1 for _ in result.documents)},
            )
        )
        using.flush()


def _pages(session: Session, dossier_id: int) -> list[tuple[PageRow, FileRow]]:
    """Pages with their files, in the order in which they were handed in."""
    rows = session.execute(
        select(PageRow, FileRow)
        .join(FileRow, FileRow.id == PageRow.file_id)
        .where(PageRow.dossier_id == dossier_id, FileRow.generated.is_(False))
    )
    return sorted(
        ((page, file) for page, file in rows),
        key=lambda row: (path_key(row[1].name), row[1].id, row[0].number),
    )


def _inputs(rows: list[tuple[PageRow, FileRow]]) -> list[CataloguePage]:
    return [
        CataloguePage(
            key=page.id,
            file=file.name,
            number=page.number,
            file_pages=file.page_count,
            volume=file.volume,
            layer=unpack_layer(page.layer, spans=False),
            sha256=file.sha256,
        )
        for page, file in rows
    ]


def _write(session: Session, dossier_id: int, result: Catalogue, pages: dict[int, PageRow]) -> None:
    before = {
        row.first_page_id: row
        for row in session.scalars(select(DocumentRow).where(DocumentRow.dossier_id == dossier_id))
    }
    made = generated_in(session, dossier_id)
    for item in made:
        before.pop(item.row.first_page_id, None)
    old_volumes = session.scalars(
        select(VolumeRow.id).where(VolumeRow.dossier_id == dossier_id)
    ).all()
    changed: set[int] = set()
    numbers: list[str] = []
    position = 0
    for volume_position, volume in enumerate(_with_volumes_of(result, made)):
        volume_row = VolumeRow(
            dossier_id=dossier_id,
            position=volume_position,
            code=volume.kind or "",
            title=volume.title,
        )
        session.add(volume_row)
        session.flush()
        for document_position, document in enumerate(volume.documents):
            row, is_new = _document(
                session, dossier_id, volume_row.id, document_position, document, before
            )
            for slot in document.pages:
                page = pages[slot.key]
                label = "" if slot.label is None else str(slot.label)
                if is_new or (page.document_id, page.label) != (row.id, label):
                    changed.add(page.id)
                page.document_id, page.label = row.id, label
                page.position, page.excluded = position, False
                position += 1
        following, place = volume.page_count + 1, len(volume.documents)
        for item in [each for each in made if each.volume in (volume.title, volume.kind)]:
            made.remove(item)
            following, moved = item.put(volume_row, place, following)
            place += 1
            for page in item.pages:
                page.position = position
                position += 1
                changed |= {page.id} if moved else set()
            numbers += [item.row.card["number"]["value"]] if item.row.card["number"] else []
    for key in result.excluded:
        page = pages[key]
        if not page.excluded:
            changed.add(page.id)
        page.document_id, page.label, page.excluded = None, "", True
        page.position = position
        position += 1
    session.flush()
    # documents that begin nowhere any more, then the volumes they stood in
    gone = [row.id for row in before.values()]
    session.execute(delete(DocumentRow).where(DocumentRow.id.in_(gone)))
    session.execute(delete(VolumeRow).where(VolumeRow.id.in_(old_volumes)))
    session.execute(delete(FindingRow).where(FindingRow.dossier_id == dossier_id))
    for finding in result.findings:
        session.add(FindingRow(dossier_id=dossier_id, code=finding.code, card=finding.to_json()))
    _numbers(session, dossier_id, result)
    session.flush()
    remember_numbers(session, dossier_id, numbers)
    outbox.enqueue(session, sorted(changed), outbox.PUT)


def _with_volumes_of(result: Catalogue, made: Sequence[Generated]) -> list[Volume]:
    """The volumes of the catalogue, and those in which only generated documents stand."""
    volumes = list(result.volumes)
    there = {name for volume in volumes for name in (volume.title, volume.kind)}
    for title in dict.fromkeys(item.volume for item in made):
        if title not in there:
            at = sum(rank(volume.kind) <= rank(title) for volume in volumes)
            kind = title if default_types().volume(title) else None
            volumes.insert(at, Volume(title, kind, ()))
    return volumes


def _document(
    session: Session,
    dossier_id: int,
    volume_id: int,
    position: int,
    document: Document,
    before: dict[int, DocumentRow],
) -> tuple[DocumentRow, bool]:
    """The document's row, and whether what an index shows of it changed."""
    card = document.to_json()
    row = before.pop(document.keys[0], None)
    is_new = row is None or row.card != card
    if row is None:
        row = DocumentRow(dossier_id=dossier_id, first_page_id=document.keys[0])
        session.add(row)
    row.volume_id, row.position = volume_id, position
    row.type_code, row.title, row.card = document.type, document.title.value, card
    session.flush()
    return row, is_new


def _numbers(session: Session, dossier_id: int, result: Catalogue) -> None:
    """The numbers read from the documents replace those read before; given ones stay."""
    session.execute(
        delete(NumberRow).where(NumberRow.dossier_id == dossier_id, NumberRow.kind != "given")
    )
    known = set(session.scalars(select(NumberRow.number).where(NumberRow.dossier_id == dossier_id)))
    read = [
        *(("case", number) for doc in result.documents for number in doc.case_numbers),
        *(("document", doc.number) for doc in result.documents if doc.number),
    ]
    for kind, number in read:
        if number.value not in known:
            known.add(number.value)
            session.add(
                NumberRow(
                    dossier_id=dossier_id,
                    number=number.value[:200],
                    form=normal(number.value)[:200],
                    kind=kind,
                )
            )
