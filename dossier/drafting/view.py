"""A case as templates see it: every field of `templates/fields.yaml` that the case gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Protocol

from dossier.templates import Leaf, Node
from dossier.templates.values import Value

from ..catalogue import default_types
from ..errors import NotInArchive
from ..facts import CaseFacts, FactValue, PropertyFact, Source
from . import leaves
from .leaves import derived, node, of_fact, of_said
from .offices import Offices
from .organs import organs
from .papers import cover, evidence, papers, volume_node
from .parts import PARTS, Receiver, identities, narrative
from .people import accused, charges, joined, person_node
from .source import CaseSource, Said
from .typed import with_defaults

_BY_STAGE = {
    "侦查": "police", "审查逮捕": "procuratorate", "审查起诉": "procuratorate", "审判": "court",
    "执行": "court",
}  # fmt: skip
"""Who makes a document that any organ makes (送达回证)."""
_ORGANS = ("police", "procuratorate", "court", "detention", "correction")
_MOST_NAMES = 3
_COURT_NUMBER = re.compile(r"[（(]\d{4}[）)]")


class CardLike(Protocol):
    """What a view needs of a template's card."""

    @property
    def organ(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def narrative(self) -> Sequence[str]: ...
    @property
    def per(self) -> str: ...


def case_view(
    source: CaseSource,
    card: CardLike,
    *,
    person: str | None = None,
    volume: str | None = None,
    offices: Offices | None = None,
) -> Node:
    """The values of a case for one document. `person` (a name) and `volume` (title or place) say
    what it is about; with one accused or one volume that one is meant. Of facts that documents
    contradict the one that holds is taken. NotInArchive if there is no such person or volume."""
    facts = source.facts
    organ = card.organ if card.organ in _ORGANS else _BY_STAGE.get(card.stage, "police")
    found = organs(source)
    issuer = found.get(organ)
    receiver = Receiver(organ, card.stage, str(issuer.value) if issuer is not None else "")
    told = source.of(*card.narrative)
    people = accused(facts, receiver, identities(told, receiver))
    victims = tuple(person_node(each) for each in facts.victims)
    witnesses = tuple(person_node(each) for each in facts.witnesses)
    subject = _subject(person, people, (*victims, *witnesses))
    held_at = _detention_house(subject, people, facts)
    if organ == "detention":
        issuer = held_at
    sent = [each for each in source.volumes if card.per == "volume" or _goes(each.title, organ)]
    view = node(
        case=_case(source, organ, people),
        **found,
        detention_house=held_at,
        issuer=issuer,
        person=subject,
        defendants=people,
        victims=victims,
        witnesses=witnesses,
        incident=_incident(facts),
        property=tuple(_thing(each) for each in facts.property),
        citations=leaves.of_facts(facts.citations),
        evidence=evidence(source, receiver),
        narrative=_filled(
            {
                part: Leaf(passage.text, "document", passage.sources)
                for part, passage in narrative(told, receiver).items()
                if part in PARTS
            }
        ),
        papers=_filled(papers(source, subject.key if subject is not None else "").values),
        volumes=tuple(volume_node(each) for each in source.volumes),
        volume=_volume(source, volume),
        volume_count=Leaf(len(sent), "catalogue") if sent else None,
        page_count=Leaf(sum(each.pages for each in sent), "catalogue") if sent else None,
    )
    if offices is None:
        return view
    return with_defaults(view, offices.defaults(receiver.issuer))


def _filled(values: Mapping[str, Value]) -> Node | None:
    """A record, None if nothing is in it."""
    return Node(dict(values)) if values else None


def _subject(name: str | None, people: Sequence[Node], others: Sequence[Node]) -> Node | None:
    """The person a document is about."""
    if name is None:
        return people[0] if len(people) == 1 else None
    for each in (*people, *others):
        if each.key == name:
            return each
    known = "、".join(each.key for each in (*people, *others))
    raise NotInArchive(
        f"the case has no person {name!r}",
        advice=f"there are: {known}" if known else "its documents name nobody: see dossier facts",
    )


def _volume(source: CaseSource, key: str | None) -> Node | None:
    if key is None:
        return volume_node(source.volumes[0]) if len(source.volumes) == 1 else None
    for each in source.volumes:
        if key in (each.title, str(each.place)):
            return volume_node(each)
    known = "、".join(each.title for each in source.volumes)
    raise NotInArchive(f"{source.name} has no volume {key!r}", advice=f"there are: {known}")


def _goes(title: str, organ: str) -> bool:
    """Whether a volume goes with the case when this organ hands it on; the sender's own do."""
    volume = default_types().volume(title)
    if volume is None:
        return True
    onward = {"police": "procuratorate", "procuratorate": "court"}.get(organ)
    return onward in volume.goes_to if onward else bool(volume.goes_to)


def _detention_house(subject: Node | None, people: Sequence[Node], facts: CaseFacts) -> Leaf | None:
    """Where the person is held; of a case, where the first one is who is or was."""
    for each in [subject] if subject is not None else people:
        value = each.values.get("detained_at")
        if isinstance(value, Leaf):
            return value
    for person in facts.defendants:
        for measure in person.measures:
            mine = subject is None or subject.key == person.name.value
            if mine and measure.place.endswith("看守所"):
                sources = measure.day.sources if measure.day is not None else ()
                return Leaf(measure.place, "facts", sources)
    return None


# --- the case itself --------------------------------------------------------------------------


def _case(source: CaseSource, organ: str, people: Sequence[Node]) -> Node:
    printed = cover(source)
    named = charges(source.facts, organ)
    return node(
        name=of_said(printed.get("案件名称")) or _name(people, named),
        number=_number(source, printed, organ),
        charge=joined(named),
        charges=named,
        reported=_date(source, "L01", "L02"),
        filed=_date(source, "L03") or of_said(printed.get("立案时间"), leaves.day),
        closed=of_said(printed.get("结案时间"), leaves.day) or _date(source, "L29", "W02"),
        transferred=_date(source, "L29", "P01"),
        prosecuted=_date(source, "P07"),
        officer=of_said(printed.get("立卷人")),
        reviewer=of_said(printed.get("审核人")) or of_said(printed.get("检查人")),
        keep=of_said(printed.get("保管期限")),
    )


def _name(people: Sequence[Node], named: tuple[Leaf, ...]) -> Leaf | None:
    """韩志远、柳小军涉嫌盗窃案"""
    names = [each.values.get("name") for each in people]
    who = [leaf for leaf in names if isinstance(leaf, Leaf)]
    if not who or not named:
        return None
    told = "、".join(str(leaf.value) for leaf in who[:_MOST_NAMES])
    if len(who) > _MOST_NAMES:
        told = f"{who[0].value}等{len(who)}人"
    crimes = "、".join(str(leaf.value).removesuffix("罪") for leaf in named)
    return derived(f"{told}涉嫌{crimes}案", *who, *named)


def _number(source: CaseSource, printed: Mapping[str, Said], organ: str) -> Leaf | None:
    """案件编号 of the police; of a court the 案号 if there is one."""
    of_court = [each for each in source.numbers if _COURT_NUMBER.match(each)]
    others = [each for each in source.numbers if each not in of_court]
    on_cover = of_said(printed.get("案件编号"))
    if organ == "court" and of_court:
        return Leaf(of_court[0], "catalogue", _read(source.facts.case_numbers, of_court[0]))
    if on_cover is not None:
        return on_cover
    return Leaf(others[0], "catalogue") if others else None


def _read(values: Sequence[FactValue], value: str) -> tuple[Source, ...]:
    return next((each.sources for each in values if each.value == value), ())


def _date(source: CaseSource, *types: str) -> Leaf | None:
    """The day of the first document of these types that has one."""
    for document in source.of(*types):
        leaf = of_said(document.said("date"), leaves.day)
        if leaf is not None:
            return leaf
    return None


# --- what happened ----------------------------------------------------------------------------


def _incident(facts: CaseFacts) -> Node | None:
    incident = facts.incident
    made = node(
        times=tuple(
            Leaf(leaves.chinese_moment(each.value), "facts", each.sources)
            for each in incident.times
        ),
        total=of_fact(incident.total, leaves.number),
        alcohol=of_fact(incident.alcohol, leaves.number),
        amounts=tuple(
            node(
                each.what,
                what=Leaf(each.what, "facts", each.value.sources),
                value=of_fact(each.value, leaves.number),
            )
            for each in incident.amounts
        ),
        injuries=tuple(
            node(
                each.person,
                person=Leaf(each.person, "facts", each.grade.sources),
                grade=of_fact(each.grade),
            )
            for each in incident.injuries
        ),
    )
    return made if made.values else None


def _thing(thing: PropertyFact) -> Node:
    flags = {
        name: Leaf(bool(where), "facts", where)
        for name, where in (
            ("seized", thing.seized),
            ("transferred", thing.transferred),
            ("returned", thing.returned),
        )
    }
    value: Decimal | None = leaves.number(thing.value.value) if thing.value else None
    priced = (
        Leaf(value, "facts", thing.value.sources) if thing.value and value is not None else None
    )
    return node(
        thing.name.value,
        name=of_fact(thing.name),
        quantity=of_fact(thing.quantity),
        value=priced,
        **flags,
    )
