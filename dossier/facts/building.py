"""The facts of a case from its documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from ..elements.values import Amount, CoerciveMeasure, Sentence
from ..normal import normal
from .conflicts import contradictions
from .corrections import FactCorrection, settled_by
from .documents import FactDocument, rank_of
from .incident import appraised, incident_facts, property_facts
from .kinds import conflict
from .people import GROUPS, Person, group_of, same_people, shown_name, unplaced
from .readings import Read, Said, chosen, grouped, sources_of, unique
from .stock import money_text
from .values import (
    CaseFacts,
    ChargeFact,
    CircumstanceFact,
    FactValue,
    MeasureFact,
    PersonFacts,
    Reading,
    SentenceFact,
    Source,
    Voice,
)

_FIELDS = (
    "sex", "birth", "id_number", "ethnicity", "education", "occupation", "employer", "household",
    "address", "phone", "credit_code", "representative",
)  # fmt: skip


Shown = Mapping[str, str]
"""Each name of a person to the one under which the person is shown."""

_SPACE = re.compile(r"\s+")
_REFUSED = re.compile(r"(?:不|未|不予|未予)(?:批准|核准|决定)[^,。;]{0,12}$")


def case_facts(
    documents: Sequence[FactDocument], corrections: Iterable[FactCorrection] = ()
) -> CaseFacts:
    """The facts of one case, merged over its documents, with what contradicts what.

    `documents` in catalogue order, without those of other cases. Corrections win over what was
    read; one that fits nothing is reported as a conflict of its own.
    """
    reads = [Read(each, each.paper) for each in documents if each.paper is not None]
    mentions = [mention for read in reads for mention in read.mentions]
    everybody = same_people(mentions)
    unclear = unplaced(mentions, everybody)
    people = [person for person in everybody if person.group() is not None]
    groups = {group: [p for p in people if p.group() == group] for group in GROUPS}
    shown = {name: shown_name(person) for person in reversed(people) for name in person.names}
    incident = incident_facts(reads, people)
    hurt = appraised(reads, people)

    def told(group: str) -> tuple[PersonFacts, ...]:
        return tuple(_person(p, hurt.get(shown_name(p), ())) for p in groups[group])

    facts = CaseFacts(
        defendants=told("defendants"),
        victims=told("victims"),
        witnesses=told("witnesses"),
        counsel=told("counsel"),
        charges=_charges(reads, shown),
        circumstances=_circumstances(reads, shown),
        incident=incident,
        citations=_citations(reads),
        case_numbers=_numbers(reads),
        property=property_facts(reads),
        sentences=_sentences(reads, shown),
    )
    corrected, unfit, settled = settled_by(facts, corrections)
    found = contradictions(corrected, reads, people, unclear, settled)
    left = [conflict("F901", each.path, fact=each.path) for each in unfit]
    return corrected.model_copy(update={"conflicts": (*found, *left)})


def _person(person: Person, grades: Sequence[Said]) -> PersonFacts:
    """`grades` are those of the injuries appraised of a person of this name."""

    def said(values: Iterable[tuple[str, int, int, FactDocument]]) -> list[Said]:
        return [
            Said(_SPACE.sub("", value), document.type_code, document.cite(start, stop))
            for value, start, stop, document in values
        ]

    shown = shown_name(person)
    names = said((m.name, m.party.start, m.party.stop, m.document) for m in person.mentions)
    own = [each for each in names if each.value == shown]
    name = chosen("name", own)
    assert name is not None
    others = chosen("name", [each for each in names if each.value != shown])
    if others is not None:
        rest = (Reading(value=others.value, sources=others.sources), *others.others)
        name = name.model_copy(update={"others": rest})
    fields: dict[str, FactValue | None] = {
        field: chosen(
            field,
            said(
                (found.value, found.start, found.stop, m.document)
                for m in person.mentions
                for key, found in m.party.fields
                if key == field and found.value
            ),
        )
        for field in _FIELDS
    }
    roles = [(m.party.role, m.document) for m in person.mentions if m.party.role]
    group = person.group()
    role = min(
        (pair for pair in roles if group_of(pair[0]) == group),
        key=lambda pair: rank_of("role", pair[1].type_code),
    )[0]
    aliases = said(
        (alias, m.party.start, m.party.stop, m.document)
        for m in person.mentions
        for alias in m.party.aliases
    )
    convictions = said(
        (c.text, c.start, c.stop, m.document) for m in person.mentions for c in m.party.convictions
    )
    held = said(
        (m.party.detained_at, *_where(m.document, m.party.detained_at, m.party.start), m.document)
        for m in person.mentions
        if m.party.detained_at
    )
    counsel = said(
        (name_, *_where(m.document, name_, m.party.stop), m.document)
        for m in person.mentions
        for name_ in m.party.counsel
    )
    return PersonFacts(
        name=name,
        role=role,
        unit=any(m.party.unit for m in person.mentions),
        aliases=_all("aliases", aliases),
        **fields,
        injury=chosen("injury", [s for s in grades if s.source.document in person.documents]),
        convictions=_all("convictions", convictions),
        measures=_measures(person),
        detained_at=chosen("detained_at", held),
        counsel=_all("counsel", counsel),
    )


def _where(document: FactDocument, value: str, start: int) -> tuple[int, int]:
    """Where a value stands behind the name of its person, line breaks aside."""
    pattern = re.compile(r"\s*".join(map(re.escape, value)))
    match = pattern.search(document.text, start) or pattern.search(document.text)
    return match.span() if match else (start, start + 1)


def _all(field: str, said: Sequence[Said]) -> tuple[FactValue, ...]:
    """Each different value, with all its places."""
    return tuple(
        FactValue(value=value, sources=sources_of(group)) for value, group in grouped(said)
    )


def _measures(person: Person) -> tuple[MeasureFact, ...]:
    kinds: dict[str, list[tuple[CoerciveMeasure, FactDocument]]] = {}
    for mention in person.mentions:
        for measure in mention.party.measures:
            if _REFUSED.search(normal(mention.document.text[measure.start - 16 : measure.start])):
                continue
            kinds.setdefault(measure.kind, []).append((measure, mention.document))
    found = []
    for kind, said in kinds.items():
        days = [
            Said(m.day.isoformat(), document.type_code, document.cite(m.start, m.stop))
            for m, document in said
            if m.day is not None
        ]
        organ = next((_organ(m.organ, document) for m, document in said if m.organ), "")
        place = next((m.place for m, _ in said if m.place), "")
        found.append(MeasureFact(kind=kind, day=chosen(kind, days), organ=organ, place=place))
    return tuple(sorted(found, key=lambda m: m.day.value if m.day else ""))


def _organ(written: str, document: FactDocument) -> str:
    """我局, 本院: the organ that issued the document, if it is known."""
    return (document.organ or written) if written in ("我局", "本局", "本院", "我院") else written


def _charges(reads: Sequence[Read], shown: Shown) -> tuple[ChargeFact, ...]:
    places: dict[str, dict[Voice, list[Source]]] = {}
    names: dict[str, list[str]] = {}
    for read in reads:
        if read.paper.voice is None:
            continue
        for charge in read.elements.charges:
            voice: Voice = read.paper.voice
            if charge.speaker == "prosecution":
                voice = "prosecution" if voice == "court" else voice
            elif charge.speaker == "defence":
                continue
            by = places.setdefault(charge.name, {})
            by.setdefault(voice, []).append(read.cite(charge.start, charge.stop))
            names.setdefault(charge.name, []).extend(
                shown.get(name, name) for name in charge.defendants
            )
    return tuple(
        ChargeFact(
            name=name,
            defendants=tuple(dict.fromkeys(names[name])),
            police=unique(by.get("police", ())),
            prosecution=unique(by.get("prosecution", ())),
            court=unique(by.get("court", ())),
        )
        for name, by in places.items()
    )


def _circumstances(reads: Sequence[Read], shown: Shown) -> tuple[CircumstanceFact, ...]:
    """Of each person and kind what the highest document says; what the defence says is no fact."""
    found: dict[tuple[str, str], list[Said]] = {}
    for read in reads:
        if read.paper.voice is None:
            continue
        for each in read.elements.circumstances:
            if each.speaker == "defence":
                continue
            said = Said("是" if each.holds else "否", read.code, read.cite(each.start, each.stop))
            for name in each.defendants or ("",):
                found.setdefault((shown.get(name, name), each.code), []).append(said)
    return tuple(
        CircumstanceFact(defendant=name, code=code, holds=value)
        for (name, code), said in found.items()
        if (value := chosen("circumstances", said)) is not None
    )


def _citations(reads: Sequence[Read]) -> tuple[FactValue, ...]:
    said = [
        Said(str(each), read.code, read.cite(each.start, each.stop))
        for read in reads
        if read.paper.accuses
        for each in read.elements.citations
    ]
    return _exact(said)


def _numbers(reads: Sequence[Read]) -> tuple[FactValue, ...]:
    said = [
        Said(each.number, read.code, read.cite(each.start, each.stop))
        for read in reads
        if read.paper.voice
        for each in read.elements.numbers
    ]
    return _exact(said)


def _exact(said: Iterable[Said]) -> tuple[FactValue, ...]:
    groups: dict[str, list[Said]] = {}
    for each in said:
        groups.setdefault(each.value, []).append(each)
    return tuple(
        FactValue(value=value, sources=sources_of(group)) for value, group in groups.items()
    )


def _sentences(reads: Sequence[Read], shown: Shown) -> tuple[SentenceFact, ...]:
    return tuple(
        _sentence(each, read, shown)
        for read in reads
        if read.paper.voice == "court"
        for each in read.elements.sentences
    )


def _sentence(each: Sentence, read: Read, shown: Shown) -> SentenceFact:
    fine: Amount | None = each.fine
    return SentenceFact(
        defendant=shown.get(each.defendant, each.defendant),
        charge=each.charge,
        total=each.total,
        penalty=each.penalty or "",
        months=each.months,
        probation=each.probation,
        fine=money_text(fine) if fine else "",
        acquitted=each.acquitted,
        exempt=each.exempt,
        operative=each.operative,
        source=read.cite(each.start, each.stop),
    )
