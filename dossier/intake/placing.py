"""Documents that were generated here, among those that were handed in.

They are not recognised: what they are is known. Their cards are kept as they were made; only place
and page numbers follow the volume they stand in, always behind what was handed in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import Integer, cast, func, select, update
from sqlalchemy.orm import Session, defer

from ..catalogue import Document, PageSlot, default_types, document_from_json
from ..normal import normal
from ..records import DocumentRow, FileRow, NumberRow, PageRow, VolumeRow


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated document and its pages, in order."""

    row: DocumentRow
    pages: tuple[PageRow, ...]

    @property
    def volume(self) -> str:
        """Title of the volume it belongs to."""
        return str(self.row.card["volume"])

    def put(self, volume: VolumeRow, position: int, label: int) -> tuple[int, bool]:
        """Let it stand in this volume, numbered from `label`; the next free number, and whether
        anything an index shows changed."""
        document = document_from_json(self.row.card)
        numbered = is_numbered(document.type)
        slots = tuple(
            PageSlot(page.id, label + at if numbered else None)
            for at, page in enumerate(self.pages)
        )
        card = replace(document, pages=slots, volume=volume.title).to_json()
        changed = card != self.row.card
        self.row.card, self.row.volume_id, self.row.position = card, volume.id, position
        for page, slot in zip(self.pages, slots, strict=True):
            page.document_id = self.row.id
            page.label = "" if slot.label is None else str(slot.label)
        return label + len(slots) if numbered else label, changed


def is_numbered(type_code: str) -> bool:
    """Whether documents of this type carry page numbers of the volume."""
    types = default_types()
    return type_code not in types.numbering.unnumbered and not (
        type_code in types and types.of(type_code).accompanies
    )


def generated_in(session: Session, dossier_id: int) -> list[Generated]:
    """The generated documents of a dossier, in the order in which they stand."""
    rows = session.execute(
        select(DocumentRow, PageRow)
        .options(defer(PageRow.layer), defer(PageRow.text))
        .join(PageRow, PageRow.document_id == DocumentRow.id)
        .join(FileRow, FileRow.id == PageRow.file_id)
        .where(FileRow.dossier_id == dossier_id, FileRow.generated)
        .order_by(PageRow.position, PageRow.file_id, PageRow.number)
    )
    pages: dict[int, list[PageRow]] = {}
    documents: dict[int, DocumentRow] = {}
    for document, page in rows:
        documents[document.id] = document
        pages.setdefault(document.id, []).append(page)
    return [Generated(row, tuple(pages[key])) for key, row in documents.items()]


def put_in(
    session: Session,
    dossier_id: int,
    file: FileRow,
    document: Document,
    *,
    place: int | None = None,
) -> DocumentRow:
    """Catalogue a generated file as this document (`volume` is the title of the volume it belongs
    to; its `pages` are set here), in the caller's transaction. `place` is the position of pages
    that it replaces; by default it comes last in its volume. Call `renumber` afterwards."""
    pages = session.scalars(
        select(PageRow).where(PageRow.file_id == file.id).order_by(PageRow.number)
    ).all()
    volume = _volume(session, dossier_id, document.volume)
    first = _end(session, dossier_id, volume) if place is None else place
    session.execute(
        update(PageRow)
        .where(PageRow.dossier_id == dossier_id, PageRow.position >= first)
        .values(position=PageRow.position + len(pages))
        .execution_options(synchronize_session=False)
    )
    for at, page in enumerate(pages):
        page.position = first + at
    slots = tuple(PageSlot(page.id) for page in pages)
    row = DocumentRow(
        dossier_id=dossier_id,
        volume_id=volume.id,
        first_page_id=pages[0].id,
        position=0,
        type_code=document.type,
        title=document.title.value,
        card=replace(document, pages=slots, volume=volume.title).to_json(),
    )
    session.add(row)
    session.flush()
    for page in pages:
        page.document_id = row.id
    session.flush()
    if document.number is not None:
        remember_numbers(session, dossier_id, [document.number.value])
    return row


def _end(session: Session, dossier_id: int, volume: VolumeRow) -> int:
    """The position behind the last page of this volume and of those before it."""
    last = session.scalar(
        select(func.max(PageRow.position))
        .join(DocumentRow, DocumentRow.id == PageRow.document_id)
        .join(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
        .where(DocumentRow.dossier_id == dossier_id, VolumeRow.position <= volume.position)
    )
    return 0 if last is None else last + 1


def renumber(session: Session, dossier_id: int) -> list[int]:
    """Number the generated documents behind the others of their volumes, without holes; returns
    the pages of which an index must hear."""
    made = generated_in(session, dossier_id)
    if not made:
        return []
    own = [item.row.id for item in made]
    volumes = {
        row.id: row
        for row in session.scalars(select(VolumeRow).where(VolumeRow.dossier_id == dossier_id))
    }
    labels: dict[int, int] = dict(
        session.execute(
            select(DocumentRow.volume_id, func.max(cast(PageRow.label, Integer)))
            .join(PageRow, PageRow.document_id == DocumentRow.id)
            .where(
                DocumentRow.dossier_id == dossier_id,
                DocumentRow.id.not_in(own),
                PageRow.label != "",
            )
            .group_by(DocumentRow.volume_id)
        ).all()
    )
    places: dict[int, int] = dict(
        session.execute(
            select(DocumentRow.volume_id, func.max(DocumentRow.position))
            .where(DocumentRow.dossier_id == dossier_id, DocumentRow.id.not_in(own))
            .group_by(DocumentRow.volume_id)
        ).all()
    )
    changed: list[int] = []
    for item in made:
        at = item.row.volume_id
        places[at] = places.get(at, -1) + 1
        following, moved = item.put(volumes[at], places[at], labels.get(at, 0) + 1)
        labels[at] = following - 1
        if moved:
            changed += [page.id for page in item.pages]
    session.flush()
    return changed


def remember_numbers(session: Session, dossier_id: int, numbers: Iterable[str]) -> None:
    """Let the dossier be found by the numbers of its generated documents."""
    known = set(session.scalars(select(NumberRow.number).where(NumberRow.dossier_id == dossier_id)))
    for number in dict.fromkeys(each[:200] for each in numbers):
        if number not in known:
            form = normal(number)[:200]
            session.add(NumberRow(dossier_id=dossier_id, number=number, form=form, kind="document"))


def rank(kind: str | None) -> int:
    """Place of a kind of volume among the others; a volume of the sender's own comes last."""
    titles = [volume.title for volume in default_types().volumes]
    return titles.index(kind) if kind in titles else len(titles)


def _volume(session: Session, dossier_id: int, title: str) -> VolumeRow:
    """The volume of this title or kind; a new one at its place if there is none."""
    rows = session.scalars(
        select(VolumeRow).where(VolumeRow.dossier_id == dossier_id).order_by(VolumeRow.position)
    ).all()
    for row in rows:
        if row.title == title:
            return row
    for row in rows:
        if row.code == title:
            return row
    at = sum(rank(row.code) <= rank(title) for row in rows)
    for row in rows[at:]:
        row.position += 1
    kind = title if default_types().volume(title) else ""
    made = VolumeRow(dossier_id=dossier_id, position=at, code=kind, title=title)
    session.add(made)
    session.flush()
    return made
