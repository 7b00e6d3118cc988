"""The facts of a dossier from its records: made once, kept, and made anew when anything changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from .errors import BadCorrection
from .facts import (
    CaseFacts,
    FactCorrection,
    FactDocument,
    FactPage,
    case_facts,
    check_correction,
    extractor_version,
    fact_correction,
    path_advice,
    path_parts,
    plain_path,
    with_corrections,
)
from .normal import normal
from .records import (
    Database,
    DocumentRow,
    DossierRow,
    FactCorrectionRow,
    FactsRow,
    FileRow,
    FindingRow,
    LogRow,
    PageRow,
    VolumeRow,
    unpack_layer,
)

_FOREIGN = ("C401", "C402")
"""Findings that say: this document is of another case."""


def kept_facts(database: Database, dossier_id: int) -> CaseFacts:
    """The facts of a dossier; quick if nothing changed since the last call."""
    with database.read() as session:
        key = _key(session, dossier_id)
        kept = session.get(FactsRow, dossier_id)
        if kept is not None and kept.key == key:
            return CaseFacts.from_json(kept.card)
        facts = case_facts(_documents(session, dossier_id), _corrections(session, dossier_id))
    with database.write() as session:
        # gone meanwhile, or changed: then what was made is not what should be kept
        dossier = session.get(DossierRow, dossier_id, with_for_update=True)
        if dossier is not None and _key(session, dossier_id) == key:
            session.merge(FactsRow(dossier_id=dossier_id, key=key, card=facts.to_json()))
    return facts


def correct_facts(
    session: Session, dossier_id: int, changes: Iterable[tuple[str, str | None]], *, by: str
) -> None:
    """Keep a person's words on facts (path and value), or with None take an earlier one back, in
    the caller's transaction. Raises BadCorrection if one fits nothing: then keep none."""
    read: CaseFacts | None = None
    for path, value in changes:
        present = _corrections(session, dossier_id)
        if value is None:
            row = FactCorrectionRow(path=_kept_path(present, path), value=None)
        else:
            if read is None:
                read = case_facts(_documents(session, dossier_id))
            correction = fact_correction(path, value)
            check_correction(with_corrections(read, present)[0], correction)
            row = FactCorrectionRow(path=correction.path, value=correction.value)
        row.dossier_id, row.by = dossier_id, by
        session.add(row)
        session.flush()
        # the log outlives the dossier: whom it is about and what was said stays out of it
        part, field = path_parts(row.path)
        detail = {"part": part, "field": field, "correction": row.id}
        session.add(LogRow(by=by, action="correct facts", dossier_id=dossier_id, detail=detail))
        session.get_one(DossierRow, dossier_id).changed()


def _kept_path(present: Iterable[FactCorrection], path: str) -> str:
    """The path under which a correction is kept that is to be taken back."""
    for each in present:
        if _one(each.path) == _one(path):
            return each.path
    raise BadCorrection(
        f"no correction of {path[:60]!r} to take back",
        advice=path_advice(path) if present else "nothing has been corrected",
    )


def _one(path: str) -> str:
    """Equal for two writings of one path."""
    return normal(plain_path(path))


def _corrections(session: Session, dossier_id: int) -> list[FactCorrection]:
    """What holds now: of each path the last word, in the order in which they were first said: a
    person added by hand comes before what was corrected of that person."""
    rows = session.execute(
        select(FactCorrectionRow.path, FactCorrectionRow.value)
        .where(FactCorrectionRow.dossier_id == dossier_id)
        .order_by(FactCorrectionRow.id)
    )
    last: dict[str, tuple[str, str | None]] = {}
    for path, value in rows:
        last[_one(path)] = (path, value)
    return [FactCorrection(path=p, value=v) for p, v in last.values() if v is not None]


def _made_here(dossier_id: int) -> Select[int]:
    """Files that were generated. They say what the facts said: a fact must not become its own
    source."""
    return select(FileRow.id).where(FileRow.dossier_id == dossier_id, FileRow.generated)


def _key(session: Session, dossier_id: int) -> str:
    """A hash of all that the facts are made from."""
    digest = hashlib.sha256(extractor_version().encode())

    def add(rows: Iterable[object]) -> None:
        for row in rows:
            digest.update(json.dumps(row, ensure_ascii=False, default=str).encode())
        digest.update(b"\0")

    for page_id, document_id, layer in session.execute(
        select(PageRow.id, PageRow.document_id, PageRow.layer)
        .where(PageRow.dossier_id == dossier_id, PageRow.file_id.not_in(_made_here(dossier_id)))
        .order_by(PageRow.position, PageRow.id)
    ):
        digest.update(f"{page_id} {document_id} {len(layer)} ".encode())
        digest.update(layer)
    add(
        [row.id, row.type_code, row.title, *(row.card.get(f) for f in ("date", "number", "organ"))]
        for row in session.scalars(
            select(DocumentRow)
            .join(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
            .where(
                DocumentRow.dossier_id == dossier_id,
                DocumentRow.first_page_id.not_in(
                    select(PageRow.id).where(PageRow.file_id.in_(_made_here(dossier_id)))
                ),
            )
            .order_by(VolumeRow.position, DocumentRow.position, DocumentRow.id)
        )
    )
    add(sorted(_foreign(session, dossier_id)))
    add([each.path, each.value] for each in _corrections(session, dossier_id))
    return digest.hexdigest()


def _foreign(session: Session, dossier_id: int) -> set[int]:
    """First pages of documents of other cases."""
    cards = session.scalars(
        select(FindingRow.card).where(
            FindingRow.dossier_id == dossier_id, FindingRow.code.in_(_FOREIGN)
        )
    )
    return {card["pages"][0] for card in cards if card["pages"]}


def _documents(session: Session, dossier_id: int) -> list[FactDocument]:
    """The documents of the case in catalogue order, without those of other cases."""
    foreign = _foreign(session, dossier_id)
    pages: dict[int, list[FactPage]] = {}
    for page_id, document_id, layer in session.execute(
        select(PageRow.id, PageRow.document_id, PageRow.layer)
        .where(
            PageRow.dossier_id == dossier_id,
            PageRow.document_id.is_not(None),
            PageRow.file_id.not_in(_made_here(dossier_id)),
        )
        .order_by(PageRow.position, PageRow.id)
    ):
        if document_id is not None:
            own = pages.setdefault(document_id, [])
            own.append(FactPage(page_id, unpack_layer(layer).lines))
    rows = session.scalars(
        select(DocumentRow)
        .join(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
        .where(DocumentRow.dossier_id == dossier_id)
        .order_by(VolumeRow.position, DocumentRow.position, DocumentRow.id)
    )
    return [
        FactDocument(
            id=row.id,
            type_code=row.type_code,
            title=row.title,
            day=_held(row, "date"),
            pages=tuple(pages[row.id]),
            number=_held(row, "number"),
            organ=_held(row, "organ"),
        )
        for row in rows
        if row.id in pages and not foreign & {page.id for page in pages[row.id]}
    ]


def _held(row: DocumentRow, field: str) -> str | None:
    held = row.card.get(field)
    return None if held is None else str(held["value"])
