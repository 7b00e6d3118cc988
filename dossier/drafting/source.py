"""What a dossier gives to templates: its facts, its catalogue and the pages passages come from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue import Document as Card
from ..catalogue import Field, ListingRow, document_from_json, listing_rows
from ..elements import text_kind
from ..elements.segments import segment_at, segments
from ..facts import CaseFacts, FactDocument, FactPage, Source
from ..records import (
    DocumentRow,
    DossierRow,
    FileRow,
    FindingRow,
    NumberRow,
    PageRow,
    VolumeRow,
    unpack_layer,
)
from .reflow import Sentence, sentences

READ = ("X01", "L03", "L10", "L11", "L29", "P01", "P05", "P07", "Z07", "Z09", "Z13")
"""Types of documents whose pages a view looks into, besides those of a card's `narrative`."""

_FOREIGN = ("C401", "C402")
"""Findings that say: this document is of another case."""


@dataclass(frozen=True, slots=True)
class Said:
    """A value and where it stands."""

    value: str
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True)
class SourceDocument:
    """A document of the case: what the catalogue says of it, and its pages if they were asked
    for (`READ`)."""

    id: int
    card: Card
    volume: int
    pages: tuple[FactPage, ...] = ()

    @property
    def type_code(self) -> str:
        return self.card.type

    def said(self, name: str) -> Said | None:
        """A field of the card (title, number, date, organ, person), None if it has none."""
        field: Field | None = getattr(self.card, name)
        return None if field is None else Said(field.value, self._cite(field))

    def _cite(self, field: Field) -> tuple[Source, ...]:
        title = self.card.title.value
        if not field.places:
            page = self.card.pages[0].key if self.card.pages else 0
            return (Source(document=self.id, page=page, boxes=(), text="", title=title),)
        return tuple(
            Source(
                document=self.id,
                page=place.key,
                boxes=((place.box.left, place.box.top, place.box.right, place.box.bottom),),
                text=field.value,
                title=title,
            )
            for place in field.places[:1]
        )

    @property
    def names(self) -> frozenset[str]:
        """Who is named in it, as far as the catalogue says."""
        person = self.card.person
        own = {party.name for party in self.card.parties}
        return frozenset(own | ({person.value} if person else set()))

    @cached_property
    def text(self) -> FactDocument:
        """Its pages as one text, with the way back to them."""
        return FactDocument(
            id=self.id,
            type_code=self.card.type,
            title=self.card.title.value,
            day=self.card.date.value if self.card.date else None,
            pages=self.pages,
            number=self.card.number.value if self.card.number else None,
            organ=self.card.organ.value if self.card.organ else None,
        )

    @cached_property
    def told(self) -> list[tuple[str, Sentence]]:
        """Its sentences, each with the kind of segment in which it stands."""
        text = self.text.text
        parts = segments(text, text_kind(text, self.card.title.value, self.card.type))
        found: list[tuple[str, Sentence]] = []
        for sentence in sentences(self.text, (part.start for part in parts)):
            segment = segment_at(parts, sentence.start)
            found.append((segment.kind if segment is not None else "other", sentence))
        return found


@dataclass(frozen=True, slots=True)
class SourceVolume:
    """One volume. `place` counted from 1; `pages` are those with a number, or, where none has
    one, all."""

    id: int
    title: str
    place: int
    pages: int
    rows: tuple[ListingRow, ...] = ()
    where: tuple[tuple[Source, ...], ...] = ()
    """For each row where its document begins."""


@dataclass(frozen=True)
class CaseSource:
    """All that a view is made of. `numbers` are those of the case, given ones first; documents of
    other cases and documents made from templates are left out."""

    name: str
    facts: CaseFacts
    documents: tuple[SourceDocument, ...] = ()
    volumes: tuple[SourceVolume, ...] = ()
    numbers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # who charges somebody is read, here and there, as who is charged
        object.__setattr__(self, "facts", _without_offices(self.facts))

    def of(self, *types: str) -> list[SourceDocument]:
        """Documents of these types, type by type in the order given, each in catalogue order."""
        return [
            document for code in types for document in self.documents if document.type_code == code
        ]


def case_source(
    session: Session, dossier_id: int, facts: CaseFacts, *, reading: Iterable[str] = ()
) -> CaseSource:
    """The source of a dossier from its records. `facts` are its kept facts; of documents of the
    types `reading` (and `READ`) the pages are loaded too. NoResultFound if there is no such
    dossier."""
    dossier = session.get_one(DossierRow, dossier_id)
    made_here = select(PageRow.id).where(
        PageRow.dossier_id == dossier_id,
        PageRow.file_id.in_(
            select(FileRow.id).where(FileRow.dossier_id == dossier_id, FileRow.generated)
        ),
    )
    rows = session.scalars(
        select(DocumentRow)
        .join(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
        .where(
            DocumentRow.dossier_id == dossier_id,
            DocumentRow.first_page_id.not_in(made_here),
        )
        .order_by(VolumeRow.position, DocumentRow.position, DocumentRow.id)
    ).all()
    read = {*READ, *reading}
    pages = _pages(session, [row.id for row in rows if row.type_code in read])
    foreign = _foreign(session, dossier_id)
    held = [
        SourceDocument(
            row.id, document_from_json(row.card), row.volume_id, tuple(pages.get(row.id, ()))
        )
        for row in rows
    ]
    inside: dict[int, list[SourceDocument]] = {}
    for document in held:
        inside.setdefault(document.volume, []).append(document)
    volumes = session.scalars(
        select(VolumeRow).where(VolumeRow.dossier_id == dossier_id).order_by(VolumeRow.position)
    )
    numbers = session.scalars(
        select(NumberRow.number)
        .where(NumberRow.dossier_id == dossier_id, NumberRow.kind != "document")
        .order_by(NumberRow.kind != "given", NumberRow.id)
    )
    return CaseSource(
        name=dossier.name,
        facts=facts,
        documents=tuple(each for each in held if not foreign & set(each.card.keys)),
        # a volume in which nothing but generated documents stand is none that was handed in
        volumes=tuple(
            source_volume(volume.id, volume.title, place, inside[volume.id])
            for place, volume in enumerate((v for v in volumes if v.id in inside), start=1)
        ),
        numbers=tuple(numbers),
    )


_OFFICES = ("人民检察院", "人民法院", "公安局", "看守所")


def _without_offices(facts: CaseFacts) -> CaseFacts:
    """The facts without accused that are offices."""
    accused = tuple(
        each for each in facts.defendants if not (each.unit and each.name.value.endswith(_OFFICES))
    )
    return facts.model_copy(update={"defendants": accused})


def source_volume(
    key: int, title: str, place: int, documents: Iterable[SourceDocument]
) -> SourceVolume:
    """A volume by its documents."""
    held = list(documents)
    slots = [slot for each in held for slot in each.card.pages]
    labelled = sum(slot.label is not None for slot in slots)
    listed = [each for each in held if each.card.labels is not None]
    return SourceVolume(
        key,
        title,
        place,
        labelled or len(slots),
        listing_rows(each.card for each in held),
        tuple(said.sources if (said := each.said("title")) else () for each in listed),
    )


def _pages(session: Session, documents: list[int]) -> dict[int, list[FactPage]]:
    found: dict[int, list[FactPage]] = {}
    for page_id, document_id, layer in session.execute(
        select(PageRow.id, PageRow.document_id, PageRow.layer)
        .where(PageRow.document_id.in_(documents))
        .order_by(PageRow.position, PageRow.id)
    ):
        assert document_id is not None  # asked for
        found.setdefault(document_id, []).append(FactPage(page_id, unpack_layer(layer).lines))
    return found


def _foreign(session: Session, dossier_id: int) -> set[int]:
    """First pages of documents of other cases."""
    cards = session.scalars(
        select(FindingRow.card).where(
            FindingRow.dossier_id == dossier_id, FindingRow.code.in_(_FOREIGN)
        )
    )
    return {card["pages"][0] for card in cards if card["pages"]}
