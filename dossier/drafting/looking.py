"""Looking at a case for one document: its view, whom it is about, and what it would read."""

from __future__ import annotations

import re
import sys
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from dossier.factkeeping import kept_facts
from dossier.facts import Source
from dossier.holdings import Keep
from dossier.records import DocumentRow, GeneratedRow, PageRow
from dossier.templates import Card, Leaf, Node
from dossier.templates.card import Organ

from ..errors import SubjectNeeded
from .asking import Asked, series_of_document
from .carry import EarlierDocument, taken_over, with_made_papers
from .offices import Office, load_offices, prefix_of
from .source import CaseSource, case_source
from .typed import with_typed
from .view import case_view
from .viewjson import pruned

_CASES = 4
"""Cases that a process keeps in mind, for one document of a case after the other."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look gave. `view` has no 文号 and no day; `needed` is the part of it that the
    template declares, `reading` the same as plain JSON."""

    view: Node
    needed: Node
    reading: dict[str, Any]
    subject: str
    person: str
    volume: str
    identity: list[str]
    organ: str
    organ_kind: str
    prefix: str
    """机关代字 of the office that makes it, "" if nothing says."""
    office: Office
    case_number: str
    """案号 of the case, "" if the dossier has none."""

    def first_serial(self, kind: str, year: int) -> int:
        """Where the office's numbers of this kind begin."""
        starts = self.office.start
        found = starts.get(kind, starts.get(kind.removeprefix("检"), {}))
        return found.get(year, 1)


class Cases:
    """Sources of cases, each as long as nothing it is made of changes."""

    def __init__(self, keep: Keep) -> None:
        self._keep = keep
        self._held: OrderedDict[tuple[int, tuple[str, ...]], tuple[int, CaseSource]] = OrderedDict()
        self._guard = Lock()

    def source(self, dossier_id: int, revision: int, reading: tuple[str, ...] = ()) -> CaseSource:
        """The source of a dossier at this revision."""
        name = (dossier_id, tuple(sorted(reading)))
        with self._guard:
            held = self._held.get(name)
        if held is not None and held[0] == revision:
            return held[1]
        facts = kept_facts(self._keep.database, dossier_id)
        with self._keep.database.read() as session:
            source = case_source(session, dossier_id, facts, reading=reading)
        with self._guard:
            self._held[name] = (revision, source)
            self._held.move_to_end(name)
            while len(self._held) > _CASES:
                self._held.popitem(last=False)
        return source

    def still(self, dossier_id: int, before: int, after: int) -> None:
        """From one revision to the next only a generated document came: no source has those."""
        with self._guard:
            for name, (revision, source) in self._held.items():
                if name[0] == dossier_id and revision == before:
                    self._held[name] = (after, source)


def look(keep: Keep, cases: Cases, home: Path, asked: Asked) -> Seen:
    """Raises SubjectNeeded, BadValue, BadData (offices.yaml), NotInArchive."""
    template, card = asked.template, asked.template.card
    source = cases.source(asked.dossier_id, asked.revision, card.narrative)
    offices = load_offices(home)
    person, volume = _subject(card, source, asked.person, asked.volume)
    view = case_view(source, card, person=person, volume=volume, offices=offices)
    named, title = _key(view, "person", person), _key(view, "volume", volume)
    about = title if card.per == "volume" else named
    made = _earlier(keep, asked.dossier_id)
    papers = [paper for code, paper in made.papers if code != card.code]
    if papers:
        view = with_made_papers(view, papers, stage=card.stage, subject=person or "")
    view, identity = _by_hand(view, asked, made, about)
    view, office = _office(view, card, asked.typed)
    paths = [path for path in template.needs if not card.schema.find(path)[0].issued]
    prefix = ""
    if office.kind != "any":
        numbers = [
            (each.card.organ.value, each.card.number.value)
            for each in source.documents
            if each.card.organ is not None and each.card.number is not None
        ]
        prefix = prefix_of(office.name, office.kind, numbers, offices)
    return Seen(
        view=view,
        needed=pruned(view, paths),
        reading=template.reading(view),
        subject=about,
        person=named,
        volume=title,
        identity=identity,
        organ=office.name,
        organ_kind=office.kind,
        prefix=prefix,
        office=offices.of(office.name),
        case_number=_case_number(source),
    )


def _key(view: Node, code: str, asked: str | None) -> str:
    """The key of the person or volume a document is about; "" if it is about none."""
    value = view.values.get(code) if asked is not None else None
    return value.key if isinstance(value, Node) else ""


def _by_hand(view: Node, asked: Asked, made: _Earlier, about: str) -> tuple[Node, list[str]]:
    """The view with what was typed, for earlier documents and for this one, and the identity that
    this gives."""
    card = asked.template.card

    def seen(before: int | None) -> Node:
        taken = taken_over(
            view,
            card.typed_fields,
            made.documents,
            stage=card.stage,
            subject=about,
            code=card.code,
            before=before,
            identity=card.identity,
        )
        return with_typed(taken, card.schema, asked.typed) if asked.typed else taken

    # which document it is, and so when it was made first, does not come from those of its stage
    identity = [_identity(seen(None), code) for code in card.identity]
    first = made.first.get(series_of_document(card.code, about, identity), sys.maxsize)
    return seen(first), identity


def _identity(view: Node, code: str) -> str:
    value = view.values.get(code)
    if isinstance(value, tuple):
        # 送达文书 is a list: two services on one person are two documents
        return "；".join(str(each.value) for each in value if isinstance(each, Leaf))
    return str(value.value) if isinstance(value, Leaf) else ""


@dataclass(frozen=True, slots=True)
class _Maker:
    """The office that makes a document, and what kind of organ it is."""

    name: str
    kind: Organ


_BY_ENDING: dict[str, Organ] = {
    "检察院": "procuratorate", "法院": "court", "看守所": "detention", "司法局": "correction",
    "公安局": "police", "分局": "police",
}  # fmt: skip


def _office(view: Node, card: Card, typed: Mapping[str, Any]) -> tuple[Node, _Maker]:
    """Who makes the document: whom the card's `by` names, else what was typed for 制作机关 or for
    the organ of the card, else what the case gives; and the view in which that is 制作机关."""
    values = view.values
    given = [card.number.by] if card.number is not None and card.number.by else []
    given += [code for code in ("issuer", card.organ) if code in typed]
    named = [values[code] for code in given if code in values]
    issuer = named[0] if named else values.get("issuer")
    if not isinstance(issuer, Leaf):
        return view, _Maker("", card.organ)
    name = str(issuer.value)
    kind = card.organ
    if named:
        kind = next((of for end, of in _BY_ENDING.items() if name.endswith(end)), kind)
        view = Node({**values, "issuer": issuer}, view.key)
    return view, _Maker(name, kind)


_COURT_NUMBER = re.compile(r"[（(]\d{4}[）)].{0,12}(?:刑|速)")


def _case_number(source: CaseSource) -> str:
    """The court's own number of the case (案号), "" if the dossier has none."""
    return next((each for each in source.numbers if _COURT_NUMBER.match(each)), "")


def _subject(
    card: Card, source: CaseSource, person: str | None, volume: str | None
) -> tuple[str | None, str | None]:
    """Whom or what it is about; with one there is no need to say so."""
    known = subjects_of(card, source)
    given = {"defendant": person, "volume": volume}.get(card.per)
    if card.per == "case" or given is not None:
        return person, volume
    if len(known) != 1:
        what, option = ("persons", "person") if card.per == "defendant" else ("volumes", "volume")
        listed = "、".join(str(each) for each in known) or "there are none"
        raise SubjectNeeded(
            f"{card.title} is about one of the {what} of {source.name}: {listed}",
            advice=f"name one: --{option} NAME, or make all with --all"
            if known
            else "see: dossier facts DIR CASE",
        )
    return (known[0], volume) if card.per == "defendant" else (person, known[0])


def subjects_of(card: Card, source: CaseSource) -> list[str | None]:
    """Whom or what there is a document about: each accused, each volume, or the case (None)."""
    match card.per:
        case "defendant":
            return [each.name.value for each in source.facts.defendants]
        case "volume":
            return [each.title for each in source.volumes]
    return [None]


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What was generated before and stands in the dossier, oldest first; papers with the code of
    their template."""

    documents: list[EarlierDocument]
    first: dict[str, int]
    """Of each document the id of its first version, also of those withdrawn."""
    papers: list[tuple[str, tuple[str, str, Node]]]


def _earlier(keep: Keep, dossier_id: int) -> _Earlier:
    with keep.database.read() as session:
        rows = session.execute(
            select(GeneratedRow, DocumentRow, PageRow.id)
            .options(undefer(GeneratedRow.typed))
            .join(PageRow, PageRow.file_id == GeneratedRow.file_id)
            .join(DocumentRow, DocumentRow.id == PageRow.document_id)
            .where(GeneratedRow.dossier_id == dossier_id, PageRow.number == 0)
            .order_by(GeneratedRow.id)
        ).all()
        begun = session.execute(
            select(GeneratedRow.series, func.min(GeneratedRow.id))
            .where(GeneratedRow.dossier_id == dossier_id)
            .group_by(GeneratedRow.series)
        )
        first: dict[str, int] = dict(row._tuple() for row in begun)
    return _Earlier(
        [
            EarlierDocument(
                row.title,
                row.stage,
                row.typed,
                row.subject,
                document.id,
                page,
                code=row.template,
                first=first[row.series],
            )
            for row, document, page in rows
        ],
        first,
        [
            (row.template, (document.type_code, row.stage, _paper(row, document, page)))
            for row, document, page in rows
        ],
    )


def _paper(row: GeneratedRow, document: DocumentRow, page: int) -> Node:
    source = Source(document=document.id, page=page, boxes=(), text="", title=row.title)
    organ = document.card.get("organ")
    given: dict[str, str | date | None] = {
        "title": row.title,
        "number": row.number,
        "day": row.day,
        "organ": organ["value"] if organ else None,
    }
    return Node(
        {
            code: Leaf(value, "catalogue", (source,))
            for code, value in given.items()
            if value is not None
        },
        row.subject,
    )
