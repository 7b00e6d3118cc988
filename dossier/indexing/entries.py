"""From records to index entries: what the index knows of each page and each judgment."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from ..elements import charges_in, citations
from ..elements.courts import court_of_number, places_of
from ..records import DocumentRow, DossierRow, JudgmentRow, NumberRow, PageRow, VolumeRow
from ..search import Entry, form
from .stages import stage_of, stage_of_judgment

PAGE, JUDGMENT, DOSSIER = "p", "j", "d"
"""First letters of keys and groups; the record's id follows."""

_SUSPECT = "犯罪嫌疑人"
_SHARE = 4
"""A charge counts for a dossier if it is named at least a quarter as often as the first one: an
information sheet on some other case, or a statute printed in full, names charges too."""


_RULES = 2
"""Raise it when the code below, or that of `dossier.elements`, makes other entries of the same
records."""
_TABLES = (
    ("dossier.elements", ("charges.yaml", "laws.yaml")),
    (__package__, ("stages.yaml",)),
)


@lru_cache(maxsize=1)
def content_mark() -> int:
    """A number for the rules by which entries are made: what `form` does to each character, the
    tables of charges, statutes and stages, `_RULES`. An index made by others is rebuilt."""
    mark = zlib.crc32(form("".join(map(chr, range(0xD800)))).encode())
    for package, names in _TABLES:
        for name in names:
            mark = zlib.crc32((resources.files(package) / name).read_bytes(), mark)
    return zlib.crc32(str(_RULES).encode(), mark)


def key_of(kind: str, record_id: int) -> str:
    """The entry's key: "p17" is page 17, "j3" judgment 3."""
    return f"{kind}{record_id}"


def group_of(dossier_id: int) -> str:
    """The group of all pages of a dossier."""
    return key_of(DOSSIER, dossier_id)


def id_of(key: str) -> tuple[str, int]:
    """The inverse of `key_of`."""
    return key[0], int(key[1:])


@dataclass(frozen=True, slots=True)
class _Case:
    """What all pages of a dossier share."""

    name: str
    numbers: tuple[str, ...]
    charges: tuple[str, ...]
    suspects: tuple[str, ...]


def dossier_entries(session: Session, dossier_id: int) -> Iterator[Entry]:
    """An entry for every page of the dossier, also for those left out of its catalogue."""
    dossier = session.get(DossierRow, dossier_id)
    if dossier is None:
        return
    documents: dict[int | None, tuple[DocumentRow | None, str]] = {
        row.id: (row, volume)
        for row, volume in session.execute(
            select(DocumentRow, VolumeRow.title)
            .join(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
            .where(DocumentRow.dossier_id == dossier_id)
        )
    }
    pages = session.execute(
        select(PageRow.id, PageRow.document_id, PageRow.text)
        .where(PageRow.dossier_id == dossier_id)
        .order_by(PageRow.position, PageRow.id)
    ).all()
    case = _Case(
        name=dossier.name,
        numbers=_case_numbers(session, dossier_id),
        charges=_charges(text for _, _, text in pages),
        suspects=_suspects(row.card for row, _ in documents.values() if row is not None),
    )
    for page_id, document_id, text in pages:
        document, volume = documents.get(document_id, (None, ""))
        yield _page_entry(page_id, text, document, volume, case, dossier_id)


def _page_entry(
    page_id: int, text: str, document: DocumentRow | None, volume: str, case: _Case, dossier_id: int
) -> Entry:
    card: dict[str, Any] = {} if document is None else document.card
    persons = [card["person"]["value"]] if card.get("person") else []
    persons += [party["name"] for party in card.get("parties", ())]
    own_number = [card["number"]["value"]] if card.get("number") else []
    return Entry(
        key=key_of(PAGE, page_id),
        kind="page",
        group=group_of(dossier_id),
        text=text,
        type=card.get("type_name", ""),
        title="" if document is None else document.title,
        numbers=tuple(dict.fromkeys([*own_number, *case.numbers])),
        charges=case.charges,
        organs=(card["organ"]["value"],) if card.get("organ") else (),
        volume=volume,
        parties=tuple(dict.fromkeys([*persons, *case.suspects])),
        statutes=_statutes(text),
        dossier=case.name,
        day=_day(card["date"]["value"]) if card.get("date") else None,
        stage="" if document is None else stage_of(document.type_code),
    )


def _case_numbers(session: Session, dossier_id: int) -> tuple[str, ...]:
    query = select(NumberRow.number).where(
        NumberRow.dossier_id == dossier_id, NumberRow.kind != "document"
    )
    return tuple(session.scalars(query.order_by(NumberRow.id)))


def _charges(texts: Iterator[str]) -> tuple[str, ...]:
    """Charges of the case, the most often named first."""
    pages: Counter[str] = Counter()
    for text in texts:
        pages.update({found.name for found in charges_in(text)})
    ranked = pages.most_common()
    return tuple(name for name, count in ranked if count * _SHARE >= ranked[0][1])


def _suspects(cards: Iterator[dict[str, Any]]) -> tuple[str, ...]:
    """Suspects named in more than one document, or all if none is."""
    named = Counter(
        name
        for card in cards
        for name in {p["name"] for p in card["parties"] if p["role"] == _SUSPECT}
    )
    often = [name for name, count in named.items() if count > 1]
    return tuple(often or named)


def _statutes(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(citation) for citation in citations(text)))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def judgment_entries(session: Session, ids: list[int]) -> Iterator[Entry]:
    """Entries of those of these judgments that are still there."""
    query = select(JudgmentRow).options(undefer(JudgmentRow.text)).where(JudgmentRow.id.in_(ids))
    for row in session.scalars(query):
        court = row.court or court_of_number(row.number)
        yield Entry(
            key=key_of(JUDGMENT, row.id),
            kind="judgment",
            group=key_of(JUDGMENT, row.id),
            text=row.text,
            type="裁判文书",
            title=row.title,
            numbers=(row.number,) if row.number else (),
            charges=tuple(row.card.get("charges", ())),
            organs=(court,) if court else (),
            places=places_of(court, row.number),
            parties=tuple(row.card.get("parties", ())),
            statutes=tuple(row.card.get("statutes", ())),
            day=row.day,
            stage=stage_of_judgment(row.title),
        )
