"""What a person says about the facts: it wins over what was read, and is kept by path.

Paths: `defendants[韩志远].birth`, `defendants[韩志远].拘留` (a measure's day), `victims[梁秀芳]`,
`charges[盗窃罪]`, `circumstances[韩志远].自首`, `incident.alcohol`, `property[断线钳].value`,
`case_numbers[临公诉字〔2023〕12号]`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ..errors import BadCorrection
from ..normal import normal
from .people import GROUPS, lookalike
from .values import (
    CaseFacts,
    ChargeFact,
    CircumstanceFact,
    FactValue,
    IncidentFacts,
    InjuryFact,
    MeasureFact,
    PersonFacts,
    PropertyFact,
    Reading,
)

PERSON_FIELDS = (
    "name", "sex", "birth", "id_number", "ethnicity", "education", "occupation", "employer",
    "household", "address", "phone", "credit_code", "representative", "injury", "detained_at",
)  # fmt: skip
PERSON_LISTS = {"aliases": "、", "counsel": "、", "convictions": "；"}
"""Fields with several values, and what parts them in a correction."""
MEASURES = ("拘传", "拘留", "逮捕", "取保候审", "监视居住")
_INCIDENT = ("alcohol", "total")
_PROPERTY = ("name", "quantity", "value")
_PATH = re.compile(r"(?P<part>[a-z_]+)(?:\[(?P<key>[^\[\]]+)\])?(?:\.(?P<field>[^.\[\]]+))?")
YES, NO = "是", "否"
_DIGITS = 15
"""So many has the longest number that is taken."""


class FactCorrection(BaseModel):
    """`value` "" : there is no such thing; for a person, charge or circumstance: it does not
    belong here."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(min_length=1, max_length=300)
    value: str = Field(max_length=2000)


@dataclass(frozen=True)
class Settled:
    """What a person has spoken on, so that documents no longer contradict each other there.

    `fields`    group, place in it as read, field ("" for the person itself)
    `removed`   group and place as read of people who do not belong here
    `incident`  fields of the incident
    `numbers`   numbers of documents as compared, and what is right instead ("": nothing)
    """

    fields: frozenset[tuple[str, int, str]] = frozenset()
    removed: frozenset[tuple[str, int]] = frozenset()
    incident: frozenset[str] = frozenset()
    numbers: Mapping[str, str] = field(default_factory=dict)

    def person(self, group: str, place: int, told: str) -> bool:
        """Whether this field of this person, or the person as a whole, is settled."""
        return (group, place) in self.removed or (group, place, told) in self.fields


_Told = TypeVar("_Told", bound=BaseModel)


class _Unfit(Exception):
    """The path leads nowhere."""


def known_paths(facts: CaseFacts) -> list[str]:
    """All paths that may be corrected in these facts; people, charges and circumstances may also
    be added."""
    paths: list[str] = []
    for group in GROUPS:
        for person in getattr(facts, group):
            own = f"{group}[{person.name.value}]"
            paths += [own, *(f"{own}.{field}" for field in (*PERSON_FIELDS, *PERSON_LISTS))]
            if group == "defendants":
                paths += [f"{own}.{kind}" for kind in MEASURES]
    paths += [f"charges[{charge.name}]" for charge in facts.charges]
    paths += [f"circumstances[{c.defendant}].{c.code}" for c in facts.circumstances if c.defendant]
    paths += [f"incident.{field}" for field in _INCIDENT]
    for thing in facts.property:
        paths += [f"property[{thing.name.value}]"]
        paths += [f"property[{thing.name.value}].{field}" for field in _PROPERTY]
    paths += [number_path(number.value) for number in facts.case_numbers]
    return paths


def check_correction(facts: CaseFacts, correction: FactCorrection) -> None:
    """Raises BadCorrection if it fits nothing in these facts or its value makes no sense."""
    try:
        _apply(facts, correction)
    except _Unfit:
        raise BadCorrection(
            f"no fact {correction.path!r}", advice=path_advice(correction.path)
        ) from None


_FORMS = {
    **{group: f"{group}[NAME].birth" for group in GROUPS},
    "charges": "charges[CHARGE]",
    "circumstances": "circumstances[NAME].自首",
    "incident": "incident.alcohol or incident.total",
    "property": "property[THING].value",
    "case_numbers": "case_numbers[NUMBER]",
}


def path_advice(path: str) -> str:
    """How such a path is written; names of people stay out of messages and logs."""
    part = re.match(r"\s*([a-z_]*)", path)
    form = _FORMS.get(part[1] if part else "", "defendants[NAME].birth")
    return f"the form is {form}; what there is: dossier facts DIR CASE"


def fact_correction(path: str, value: str) -> FactCorrection:
    """A correction as it is kept: the path in its one writing. Raises BadCorrection for what
    cannot be a path or a value."""
    value = value.strip()
    for said in (path, value):
        if any(unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp") for char in said):
            raise BadCorrection(
                f"{said[:60]!r} holds characters that are no text", advice="write plain UTF-8 text"
            )
    path = plain_path(path)
    if len(path) > 300 or len(value) > 2000:
        raise BadCorrection("too long for a correction")
    if not path:
        raise BadCorrection("a correction without a path", advice=path_advice(path))
    return FactCorrection(path=path, value=value)


def plain_path(path: str) -> str:
    """A path in its one writing: no white space but between words."""
    path = re.sub(r"\s*([.\[\]])\s*", r"\1", re.sub(r"\s+", " ", path.strip()))
    # between words of a foreign name a space stays, beside a Chinese character none
    return re.sub(r"(?<![^\W\u2e80-\uffff])\s+|\s+(?![^\W\u2e80-\uffff])", "", path)


def path_parts(path: str) -> tuple[str, str | None]:
    """Part and field of a path, without whom it is about."""
    match = _PATH.fullmatch(plain_path(path))
    return (match["part"], match["field"]) if match else ("", None)


def with_corrections(
    facts: CaseFacts, corrections: Iterable[FactCorrection]
) -> tuple[CaseFacts, tuple[FactCorrection, ...]]:
    """The facts with these corrections, and those that fit nothing now."""
    return settled_by(facts, corrections)[:2]


def settled_by(
    facts: CaseFacts, corrections: Iterable[FactCorrection]
) -> tuple[CaseFacts, tuple[FactCorrection, ...], Settled]:
    """The facts with these corrections, those that fit nothing now, and what the others settle:
    of each person under its place before anybody was renamed, added or taken out."""
    unfit = []
    fields: set[tuple[str, int, str]] = set()
    removed: set[tuple[str, int]] = set()
    incident: set[str] = set()
    numbers: dict[str, str] = {}
    # of each person now there, the place as read; None for one added by hand
    places: dict[str, list[int | None]] = {
        group: list(range(len(getattr(facts, group)))) for group in GROUPS
    }
    for correction in corrections:
        before = facts
        try:
            facts = _apply(facts, correction)
        except (_Unfit, BadCorrection):
            unfit.append(correction)
            continue
        match = _PATH.fullmatch(plain_path(correction.path))
        assert match is not None
        part, key, told = match["part"], match["key"], match["field"]
        if part in GROUPS:
            at = _place(getattr(before, part), key)
            if at is None:
                places[part].append(None)
                continue
            own = places[part][at]
            if len(getattr(facts, part)) < len(getattr(before, part)):
                del places[part][at]
                if own is not None:
                    removed.add((part, own))
            elif own is not None:
                fields.add((part, own, told or ""))
        elif part == "incident":
            incident.add(told)
        elif part == "case_numbers":
            numbers[plain_number(key)] = plain_number(correction.value)
    settled = Settled(frozenset(fields), frozenset(removed), frozenset(incident), numbers)
    return facts, tuple(unfit), settled


def _apply(facts: CaseFacts, correction: FactCorrection) -> CaseFacts:
    match = _PATH.fullmatch(plain_path(correction.path))
    if match is None:
        raise _Unfit
    part, key, field = match["part"], match["key"], match["field"]
    value = correction.value.strip()
    if part in GROUPS and key:
        people = _in_group(getattr(facts, part), key, field, value, part)
        changed = facts.model_copy(update={part: people})
        if field == "injury" and (at := _place(people, key)) is not None:
            incident = _injured(facts.incident, people[at])
            changed = changed.model_copy(update={"incident": incident})
        return _carried(changed, _gone(getattr(facts, part), people))
    if part == "charges" and key and field is None:
        return facts.model_copy(update={"charges": _charges(facts.charges, key, value)})
    if part == "circumstances" and key and field:
        at = _place(facts.defendants, key)
        key = key if at is None else facts.defendants[at].name.value
        circumstances = _circumstances(facts.circumstances, key, field, value)
        return facts.model_copy(update={"circumstances": circumstances})
    if part == "incident" and key is None and field in _INCIDENT:
        old = getattr(facts.incident, field)
        new = _set(old, _decimal(value))
        return facts.model_copy(update={"incident": facts.incident.model_copy(update={field: new})})
    if part == "property" and key and (field is None or field in _PROPERTY):
        return facts.model_copy(update={"property": _things(facts.property, key, field, value)})
    if part == "case_numbers" and key and field is None:
        return facts.model_copy(update={"case_numbers": _numbers(facts.case_numbers, key, value)})
    raise _Unfit


def plain_number(number: str) -> str:
    """The number of a document as it is compared: without brackets and 第."""
    return re.sub(r"[()\[\]第]", "", normal(number))


def number_path(number: str) -> str:
    """The path of the number of a document."""
    return f"case_numbers[{number.replace('[', '〔').replace(']', '〕')}]"


def _numbers(numbers: tuple[FactValue, ...], key: str, value: str) -> tuple[FactValue, ...]:
    """The right number for a wrong one. A document that names no charge may quote one that is
    not among these: then the right one alone is told."""
    wrong = [each for each in numbers if plain_number(each.value) == plain_number(key)]
    if not value:
        if not wrong:
            raise _Unfit
        return tuple(each for each in numbers if each not in wrong)
    told = plain_number(value)
    same = next((each for each in numbers if plain_number(each.value) == told), None)
    right = _set(same or (wrong[0] if wrong else None), same.value if same else value)
    assert right is not None
    instead = same or (wrong[0] if wrong else None)
    kept = tuple(
        right if each is instead else each
        for each in numbers
        if each is instead or each not in wrong
    )
    return kept if instead is not None else (*kept, right)


def _injured(incident: IncidentFacts, person: PersonFacts) -> IncidentFacts:
    """The incident with the grade that a person gave for somebody's injury."""
    name = person.name.value
    grade = person.injury
    own = () if grade is None else (InjuryFact(person=name, grade=grade),)
    at = next((i for i, each in enumerate(incident.injuries) if each.person == name), None)
    if at is None:
        return incident.model_copy(update={"injuries": (*incident.injuries, *own)})
    injuries = (*incident.injuries[:at], *own, *incident.injuries[at + 1 :])
    return incident.model_copy(update={"injuries": injuries})


def _gone(
    before: tuple[PersonFacts, ...], after: tuple[PersonFacts, ...]
) -> tuple[str, str | None] | None:
    """The name that a correction took away, and the one that stands for it now, if any."""
    if len(after) < len(before):
        left = {id(person) for person in after}
        return next(p.name.value for p in before if id(p) not in left), None
    for old, new in zip(before, after, strict=False):
        if old.name.value != new.name.value:
            return old.name.value, new.name.value
    return None


def _carried(facts: CaseFacts, gone: tuple[str, str | None] | None) -> CaseFacts:
    """What is said of a person elsewhere, under the new name or, of one taken out, no more."""
    if gone is None:
        return facts
    old, new = gone
    if any(person.name.value == old for group in GROUPS for person in getattr(facts, group)):
        return facts  # a namesake, or the same person in another part: it may be about that one

    def kept(each: Iterable[_Told], field: str) -> tuple[_Told, ...]:
        return tuple(
            one if getattr(one, field) != old else one.model_copy(update={field: new})
            for one in each
            if new is not None or getattr(one, field) != old
        )

    charges = []
    for charge in facts.charges:
        names = [new if name == old else name for name in charge.defendants]
        left = tuple(dict.fromkeys(name for name in names if name is not None))
        if left or not charge.defendants:
            charges.append(charge.model_copy(update={"defendants": left}))
    injuries = kept(facts.incident.injuries, "person")
    return facts.model_copy(
        update={
            "charges": tuple(charges),
            "circumstances": kept(facts.circumstances, "defendant"),
            "sentences": kept(facts.sentences, "defendant"),
            "incident": facts.incident.model_copy(update={"injuries": injuries}),
        }
    )


def _set(old: FactValue | None, value: str) -> FactValue | None:
    """A person's value over what was read; what agrees with it stays as its source."""
    if not value:
        return None
    if old is None:
        return FactValue(value=value, corrected=True)
    said = [Reading(value=old.value, sources=old.sources), *old.others]
    same = next((each.sources for each in said if normal(each.value) == normal(value)), ())
    others = tuple(each for each in said if normal(each.value) != normal(value) and each.sources)
    return FactValue(value=value, sources=same, corrected=True, others=others)


def _answers(person: PersonFacts, key: str) -> bool:
    names = [person.name.value, *(each.value for each in person.name.others)]
    return any(normal(name) == normal(key) for name in names)


def _place(people: tuple[PersonFacts, ...], key: str) -> int | None:
    """Where the person of this name stands; a name that another reading gives will do."""
    exact = [at for at, person in enumerate(people) if _answers(person, key)]
    if exact:
        return exact[0]
    near = [at for at, person in enumerate(people) if lookalike(person.name.value, key)]
    return near[0] if len(near) == 1 else None


def _in_group(
    people: tuple[PersonFacts, ...], key: str, field: str | None, value: str, group: str
) -> tuple[PersonFacts, ...]:
    at = _place(people, key)
    if field is None:
        rest = tuple(person for place, person in enumerate(people) if place != at)
        if not value:
            if at is None:
                raise _Unfit
            return rest
        if normal(value) != normal(key):
            raise BadCorrection(
                f"{group}[{key}] is a person: its value is its name, or empty",
                advice=f"to change the name: {group}[{key}].name={value}",
            )
        if at is not None:
            return people
        name = FactValue(value=value, corrected=True)
        return (*people, PersonFacts(name=name, role=_ROLE[group]))
    if at is None:
        raise _Unfit
    person = people[at]
    update: dict[str, Any]
    if field in PERSON_FIELDS:
        checked = _CHECKS.get(field, str)(value)
        if field == "name" and not checked:
            raise BadCorrection("a person has a name", advice=f"to take out: {group}[{key}]=")
        update = {field: _set(getattr(person, field), checked)}
    elif field in PERSON_LISTS:
        parts = [part.strip() for part in re.split(f"[{PERSON_LISTS[field]};]", value)]
        update = {field: tuple(FactValue(value=p, corrected=True) for p in parts if p)}
    elif field in MEASURES and group == "defendants":
        update = {"measures": _measures(person.measures, field, _day(value))}
    else:
        raise _Unfit
    changed = person.model_copy(update=update)
    return (*people[:at], changed, *people[at + 1 :])


_ROLE = {
    "defendants": "犯罪嫌疑人",
    "victims": "被害人",
    "witnesses": "证人",
    "counsel": "辩护人",
}


def _measures(measures: tuple[MeasureFact, ...], kind: str, value: str) -> tuple[MeasureFact, ...]:
    old = next((each for each in measures if each.kind == kind), None)
    rest = [each for each in measures if each.kind != kind]
    day = _set(old.day if old else None, value)
    if day is not None:
        rest.append((old or MeasureFact(kind=kind)).model_copy(update={"day": day}))
    return tuple(sorted(rest, key=lambda each: each.day.value if each.day else ""))


def _charges(charges: tuple[ChargeFact, ...], key: str, value: str) -> tuple[ChargeFact, ...]:
    known = any(charge.name == key for charge in charges)
    if not value:
        if not known:
            raise _Unfit
        return tuple(charge for charge in charges if charge.name != key)
    if value != key:
        raise BadCorrection(f"charges[{key}] is a charge: its value is its name, or empty")
    if known:
        return charges
    return (*charges, ChargeFact(name=key, corrected=True))


def _circumstances(
    circumstances: tuple[CircumstanceFact, ...], name: str, code: str, value: str
) -> tuple[CircumstanceFact, ...]:
    at = next(
        (i for i, c in enumerate(circumstances) if (c.defendant, c.code) == (name, code)), None
    )
    if value not in (YES, NO, ""):
        raise BadCorrection(
            f"{value!r} says not whether {code} holds", advice=f"{YES}, {NO}, or empty"
        )
    if at is None:
        if not value:
            raise _Unfit
        holds = FactValue(value=value, corrected=True)
        return (*circumstances, CircumstanceFact(defendant=name, code=code, holds=holds))
    old = circumstances[at]
    holds_now = _set(old.holds, value)
    middle = () if holds_now is None else (old.model_copy(update={"holds": holds_now}),)
    return (*circumstances[:at], *middle, *circumstances[at + 1 :])


def _things(
    things: tuple[PropertyFact, ...], key: str, field: str | None, value: str
) -> tuple[PropertyFact, ...]:
    at = next(
        (i for i, thing in enumerate(things) if normal(thing.name.value) == normal(key)), None
    )
    if at is None:
        raise _Unfit
    if field is None:
        if not value:
            return (*things[:at], *things[at + 1 :])
        if normal(value) != normal(key):
            raise BadCorrection(
                f"property[{key}] is a thing: its value is its name, or empty",
                advice=f"to change the name: property[{key}].name={value}",
            )
        field, value = "name", things[at].name.value
    checked = _decimal(value) if field == "value" else value
    if field == "name" and not checked:
        raise BadCorrection("a thing has a name", advice=f"to take it out: property[{key}]=")
    changed = things[at].model_copy(update={field: _set(getattr(things[at], field), checked)})
    return (*things[:at], changed, *things[at + 1 :])


def _day(value: str) -> str:
    if value:
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
                raise ValueError
            date.fromisoformat(value)
        except ValueError:
            raise BadCorrection(f"{value!r} is not a day", advice="write 1989-11-06") from None
    return value


def _sex(value: str) -> str:
    if value not in ("男", "女", ""):
        raise BadCorrection(f"{value!r} is not a sex", advice="男 or 女")
    return value


def _id_number(value: str) -> str:
    if value and not re.fullmatch(r"[0-9]{17}[0-9Xx]|[0-9]{15}", value):
        raise BadCorrection(f"{value!r} is not an ID number", advice="15 or 18 digits")
    return value.upper()


def _decimal(value: str) -> str:
    plain = normal(value).replace(",", "")
    if plain and not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", plain):
        raise BadCorrection(f"{value[:60]!r} is not a number", advice="write 2860.50")
    if len(plain.replace(".", "")) > _DIGITS:
        raise BadCorrection(f"a number of more than {_DIGITS} digits", advice="write 2860.50")
    return f"{Decimal(plain):f}" if plain else ""


_CHECKS: dict[str, Callable[[str], str]] = {
    "birth": _day,
    "sex": _sex,
    "id_number": _id_number,
}
