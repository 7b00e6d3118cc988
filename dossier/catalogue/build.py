"""Pages → catalogue: recognise, read fields, assign volumes, apply what persons said, check."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..errors import BadCorrection
from .corrections import (
    Correction,
    ExcludePage,
    JoinPrevious,
    MoveDocument,
    MovePages,
    PageRef,
    PlaceDocument,
    PlacePage,
    SetField,
    SetType,
    StartDocument,
    references,
)
from .fields import FieldReader, Fields
from .findings import finding
from .quality import check
from .reading import PageReading
from .recognise import Recogniser, Segment
from .types import DocumentType, DocumentTypes, default_types
from .values import (
    Catalogue,
    CataloguePage,
    Document,
    Evidence,
    Field,
    Finding,
    PageSlot,
    Volume,
)
from .volumes import VolumeChoice, choose_volumes, named_volume, volume_rank


@dataclass(slots=True)
class _Draft:
    """A document in the making."""

    segment: Segment
    fields: Fields
    volume: VolumeChoice
    entry: DocumentType
    notes: list[Evidence]
    corrected: bool = False


@lru_cache(maxsize=4)
def _tools(types: DocumentTypes) -> tuple[Recogniser, FieldReader]:
    recogniser = Recogniser(types)
    return recogniser, FieldReader(types, recogniser.titles)


def catalogue(
    pages: Sequence[CataloguePage],
    corrections: Sequence[Correction] = (),
    *,
    types: DocumentTypes | None = None,
) -> Catalogue:
    """The documents, volumes and findings of one dossier.

    `pages` in the order in which they were handed in (files in natural order, pages of a file one
    after another). `corrections` in the order in which they were made; of two on the same point the
    later wins. Raises BadCorrection for a correction that contradicts the dossier; one whose page
    is gone becomes finding C901.
    """
    types = types or default_types()
    _check_pages(pages)
    recogniser, reader = _tools(types)
    known = _Known(pages)
    fitting, findings = _sift(corrections, known, types)
    order, moved, excluded = _arrange(pages, fitting, known)
    forced, given = _word_on_starts(fitting, known, order, types)
    segments = recogniser.segments(
        [PageReading(page) for page in order], forced=forced, types=given
    )
    for group, _ in moved:
        readings = [PageReading(page) for page in group]
        whole = {reading.key: number == 0 for number, reading in enumerate(readings)}
        segments += recogniser.segments(readings, forced=whole, types=given)
    drafts = _drafts(types, recogniser, reader, segments)
    for group, title in moved:
        for draft in drafts:
            if draft.segment.readings[0].key == group[0].key:
                draft.volume = VolumeChoice(title, named_volume(types, title), "correction")
                draft.corrected = True
    _settle_questioned(types, drafts)
    _complete_organs(drafts)
    _apply_words(types, reader, drafts, fitting, known)
    volumes = _volumes(types, drafts, fitting, known)
    readings_by_key = {
        reading.key: reading for draft in drafts for reading in draft.segment.readings
    }
    findings += check(types, recogniser.titles, volumes, readings_by_key)
    return Catalogue(volumes, tuple(findings), tuple(excluded))


class _Known:
    """Pages by their lasting identity and by key."""

    def __init__(self, pages: Sequence[CataloguePage]) -> None:
        self._pages: dict[tuple[str, int], CataloguePage] = {}
        for page in pages:
            self._pages.setdefault((page.sha256, page.number), page)

    def get(self, ref: PageRef) -> CataloguePage | None:
        return self._pages.get((ref.sha256, ref.number))

    def key(self, ref: PageRef) -> int:
        return self._pages[(ref.sha256, ref.number)].key


def _check_pages(pages: Sequence[CataloguePage]) -> None:
    keys = [page.key for page in pages]
    if len(set(keys)) != len(keys):
        raise ValueError("page keys are not unique")


def _sift(
    corrections: Sequence[Correction], known: _Known, types: DocumentTypes
) -> tuple[list[Correction], list[Finding]]:
    """Corrections whose pages are all here; findings for the others."""
    fitting: list[Correction] = []
    gone: list[Finding] = []
    for correction in corrections:
        code = getattr(correction, "type", None)
        if code is not None and code not in types:
            raise BadCorrection(
                f"there is no document type {code!r}",
                advice="see dossier/catalogue/types.yaml for the codes",
            )
        if isinstance(correction, SetType) and correction.form is not None:
            try:
                types.of(correction.type, correction.form)
            except KeyError:
                raise BadCorrection(
                    f"type {correction.type} has no form {correction.form!r}"
                ) from None
        if all(known.get(ref) is not None for ref in references(correction)):
            fitting.append(correction)
        else:
            words = json.dumps(correction.to_json(), ensure_ascii=False, sort_keys=True)
            gone.append(finding("C901", (), correction=words))
    return fitting, gone


def _arrange(
    pages: Sequence[CataloguePage], corrections: Sequence[Correction], known: _Known
) -> tuple[list[CataloguePage], list[tuple[list[CataloguePage], str]], list[int]]:
    """The pages in the order a person wants, groups moved to a volume of their own, and keys of
    pages that do not count."""
    order = list(pages)
    moved: list[tuple[list[CataloguePage], str]] = []
    excluded: list[int] = []
    by_key = {page.key: page for page in pages}

    def take(key: int) -> CataloguePage:
        page = by_key[key]
        if page in order:
            order.remove(page)
        for group, _ in moved:
            if page in group:
                group.remove(page)
        return page

    for correction in corrections:
        if isinstance(correction, ExcludePage):
            key = known.key(correction.page)
            take(key)
            if key not in excluded:
                excluded.append(key)
        elif isinstance(correction, PlacePage):
            key, after = known.key(correction.page), known.key(correction.after)
            if key == after:
                raise BadCorrection("a page cannot stand after itself")
            page = take(key)
            target = by_key[after]
            line = next((group for group, _ in moved if target in group), order)
            if target not in line:
                raise BadCorrection(
                    "the page after which to place is excluded",
                    where=f"{target.file}, page {target.number + 1}",
                )
            line.insert(line.index(target) + 1, page)
        elif isinstance(correction, MovePages):
            group = [take(known.key(ref)) for ref in dict.fromkeys(correction.pages)]
            moved.append((group, correction.volume))
    return order, [(group, title) for group, title in moved if group], excluded


def _word_on_starts(
    corrections: Sequence[Correction],
    known: _Known,
    order: Sequence[CataloguePage],
    types: DocumentTypes,
) -> tuple[dict[int, bool], dict[int, DocumentType]]:
    forced: dict[int, bool] = {}
    given: dict[int, DocumentType] = {}
    for correction in corrections:
        if isinstance(correction, StartDocument):
            key = known.key(correction.page)
            forced[key] = True
            if correction.type is not None:
                given[key] = types.of(correction.type)
        elif isinstance(correction, JoinPrevious):
            key = known.key(correction.page)
            if order and order[0].key == key:
                raise BadCorrection(
                    "the first page of a dossier has no document before it",
                    where=f"{order[0].file}, page {order[0].number + 1}",
                )
            forced[key] = False
            given.pop(key, None)
    return forced, given


def _drafts(
    types: DocumentTypes,
    recogniser: Recogniser,
    reader: FieldReader,
    segments: Sequence[Segment],
) -> list[_Draft]:
    fields = [reader.read(segment) for segment in segments]
    organs = [
        recogniser.titles.organ(_plain(item.organ.value)) if item.organ else None for item in fields
    ]
    choices = choose_volumes(types, segments, organs)
    return [
        _Draft(segment, item, choice, segment.entry, [])
        for segment, item, choice in zip(segments, fields, choices, strict=True)
    ]


def _plain(text: str) -> str:
    return text.replace("（", "(").replace("）", ")")


def _settle_questioned(types: DocumentTypes, drafts: Sequence[_Draft]) -> None:
    """询问笔录: of a victim or of a witness? What other documents call the person decides where the
    statement itself leaves it open."""
    if "E03" not in types or "E04" not in types:
        return
    roles: dict[str, set[str]] = {}
    for draft in drafts:
        for party in draft.fields.parties:
            own = draft.fields.person is not None and party.name == draft.fields.person.value
            if not own:
                roles.setdefault(party.name, set()).add(party.role)
    for draft in drafts:
        person = draft.fields.person
        if draft.entry.code not in ("E03", "E04") or person is None or draft.corrected:
            continue
        hit = draft.segment.start.hit
        if hit is None or {entry.code for entry in hit.types} != {"E03", "E04"}:
            continue
        start = draft.segment.start
        if abs(start.score - start.runner_up) >= 0.2:
            continue
        called = roles.get(person.value, set())
        other = None
        if "被害人" in called and "证人" not in called:
            other = "E03"
        elif "证人" in called and "被害人" not in called:
            other = "E04"
        if other is not None and other != draft.entry.code:
            draft.entry = types.of(other)
        if other is not None:
            draft.notes.append(Evidence("called-elsewhere", draft.entry.name, 0.2))


def _complete_organs(drafts: Sequence[_Draft]) -> None:
    """云岭路派出所 → 兰州市公安局城关分局云岭路派出所, if the dossier knows just one such organ."""
    whole = {draft.fields.organ.value for draft in drafts if draft.fields.organ is not None}
    for draft in drafts:
        organ = draft.fields.organ
        if organ is None or any(word in organ.value for word in ("公安局", "检察院", "法院")):
            continue
        longer = {name for name in whole if name.endswith(organ.value) and name != organ.value}
        if len(longer) == 1:
            full = replace(organ, value=longer.pop())
            same = draft.fields.responsible == organ
            draft.fields = replace(
                draft.fields,
                organ=full,
                responsible=full if same else draft.fields.responsible,
            )


def _apply_words(
    types: DocumentTypes,
    reader: FieldReader,
    drafts: Sequence[_Draft],
    corrections: Sequence[Correction],
    known: _Known,
) -> None:
    by_page = {key: draft for draft in drafts for key in draft.segment.keys}

    def draft_of(ref: PageRef) -> _Draft:
        draft = by_page.get(known.key(ref))
        if draft is None:
            raise BadCorrection("this page is excluded, it belongs to no document")
        return draft

    for correction in corrections:
        if isinstance(correction, SetType):
            draft = draft_of(correction.page)
            draft.entry = types.of(correction.type, correction.form)
            start = draft.segment.start
            draft.segment.start = replace(start, entry=draft.entry)
            draft.fields = _reread(reader, draft, draft.fields)
            draft.corrected = True
        elif isinstance(correction, SetField):
            draft = draft_of(correction.page)
            draft.fields = _set(draft.fields, correction.field, correction.value)
            draft.corrected = True
        elif isinstance(correction, MoveDocument):
            draft = draft_of(correction.page)
            kind = named_volume(types, correction.volume)
            draft.volume = VolumeChoice(correction.volume, kind, "correction")
            draft.corrected = True
        elif isinstance(correction, StartDocument):
            draft_of(correction.page).corrected = True


def _reread(reader: FieldReader, draft: _Draft, before: Fields) -> Fields:
    """The fields as the new type reads them; what a person set stays."""
    fields = reader.read(draft.segment)
    if draft.segment.start.hit is None:
        fields = replace(fields, title=Field(draft.entry.name, fields.title.places))
    if before.title.corrected:
        fields = replace(fields, title=before.title)
    if before.number and before.number.corrected:
        fields = replace(fields, number=before.number)
    if before.date and before.date.corrected:
        fields = replace(fields, date=before.date)
    if before.organ and before.organ.corrected:
        fields = _set(fields, "organ", before.organ.value)
    if before.person and before.person.corrected:
        fields = _set(fields, "person", before.person.value)
    return fields


def _set(fields: Fields, name: str, text: str | None) -> Fields:
    """The fields with one of them as a person wants it; 责任者 follows organ and person."""
    value = Field(text, (), corrected=True) if text is not None else None
    match name:
        case "title" if value is not None:
            return replace(fields, title=value)
        case "number":
            return replace(fields, number=value)
        case "date":
            return replace(fields, date=value)
        case "organ":
            return replace(fields, organ=value, responsible=value or fields.person)
        case "person":
            return replace(fields, person=value, responsible=value or fields.organ)
        case _:
            raise BadCorrection(f"there is no field {name!r} to set")


def _volumes(
    types: DocumentTypes,
    drafts: Sequence[_Draft],
    corrections: Sequence[Correction],
    known: _Known,
) -> tuple[Volume, ...]:
    """Documents gathered into volumes and numbered."""
    titles: dict[str, str | None] = {}
    first_given: dict[str, str] = {}
    for draft in drafts:
        if draft.volume.why in ("hint", "cover", "file", "correction"):
            titles.setdefault(draft.volume.title, draft.volume.kind)
            if draft.volume.kind is not None:
                first_given.setdefault(draft.volume.kind, draft.volume.title)
    shelves: dict[str, list[_Draft]] = {}
    loose: dict[str, list[_Draft]] = {}
    for draft in drafts:
        title = draft.volume.title
        if draft.volume.why in ("hint", "cover", "file", "correction"):
            shelves.setdefault(title, []).append(draft)
        else:
            # a loose paper joins the volume of its kind that the sender made
            title = first_given.get(draft.volume.kind or title, title)
            titles.setdefault(title, draft.volume.kind)
            loose.setdefault(title, []).append(draft)
    for title, papers in loose.items():
        # behind what is bound: the numbers printed on the volume's pages stay true
        shelves.setdefault(title, []).extend(papers)
    for shelf in shelves.values():
        shelf.sort(key=_accompanies)
    _place_documents(shelves, corrections, known)
    seen = {title: number for number, title in enumerate(shelves)}
    ordered = sorted(shelves, key=lambda title: (volume_rank(types, titles[title]), seen[title]))
    return tuple(
        Volume(title, titles[title], _numbered(types, shelves[title], title))
        for title in ordered
        if shelves[title]
    )


def _accompanies(draft: _Draft) -> bool:
    """It goes with the volume without being bound into it."""
    readings = draft.segment.readings
    alone = readings[0].page.number == 0 and len(readings) >= readings[0].page.file_pages
    return draft.entry.accompanies and alone


def _place_documents(
    shelves: dict[str, list[_Draft]], corrections: Sequence[Correction], known: _Known
) -> None:
    for correction in corrections:
        if not isinstance(correction, PlaceDocument):
            continue
        key = known.key(correction.page)
        shelf, draft = _find(shelves, key)
        if correction.after is None:
            shelf.remove(draft)
            shelf.insert(0, draft)
            draft.corrected = True
            continue
        target_shelf, target = _find(shelves, known.key(correction.after))
        if target is draft:
            raise BadCorrection("a document cannot stand after itself")
        shelf.remove(draft)
        target_shelf.insert(target_shelf.index(target) + 1, draft)
        draft.corrected = True


def _find(shelves: dict[str, list[_Draft]], key: int) -> tuple[list[_Draft], _Draft]:
    for shelf in shelves.values():
        for draft in shelf:
            if key in draft.segment.keys:
                return shelf, draft
    raise BadCorrection("this page is excluded, it belongs to no document")


def _numbered(types: DocumentTypes, drafts: Sequence[_Draft], volume: str) -> tuple[Document, ...]:
    out: list[Document] = []
    at = 0
    for draft in drafts:
        counts = draft.entry.code not in types.numbering.unnumbered and not _accompanies(draft)
        slots = []
        for reading in draft.segment.readings:
            at += counts
            slots.append(PageSlot(reading.key, at if counts else None))
        start, fields = draft.segment.start, draft.fields
        confidence = 1.0 if draft.corrected else max(0.0, min(0.99, start.score))
        if not draft.corrected and start.score - start.runner_up < 0.05 and start.runner_up:
            confidence *= 0.8
        out.append(
            Document(
                type=draft.entry.code,
                form=draft.entry.form,
                type_name=draft.entry.name,
                title=fields.title,
                pages=tuple(slots),
                volume=volume,
                number=fields.number,
                date=fields.date,
                organ=fields.organ,
                person=fields.person,
                responsible=fields.responsible,
                evidence_kind=draft.entry.evidence_kind,
                parties=fields.parties,
                case_numbers=fields.case_numbers,
                confidence=confidence,
                evidence=(*start.evidence, *draft.notes),
                corrected=draft.corrected,
            )
        )
    return tuple(out)
