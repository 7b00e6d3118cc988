"""Where the documents of a case contradict each other.

Each check reports only what cannot both be true. Masked names, rounded and approximate sums, names
shortened or written more fully, and single misread characters of a scan are no contradictions.
What a person has corrected is settled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from .casecheck import case_conflicts
from .corrections import Settled
from .kinds import conflict
from .people import (
    GROUPS,
    Mention,
    Person,
    digits_apart,
    id_birth,
    id_is_valid,
    id_sex,
    lookalike,
    shown_name,
)
from .readings import Read, unique
from .values import CaseFacts, Conflict, FactValue, PersonFacts, Reading, Side


def contradictions(
    facts: CaseFacts,
    reads: Sequence[Read],
    people: Sequence[Person],
    unclear: Sequence[Mention] = (),
    settled: Settled | None = None,
) -> tuple[Conflict, ...]:
    """All contradictions, those about persons first. The facts are corrected already. `unclear`
    are mentions that may be of one namesake or another. What is `settled` is left out."""
    settled = settled or Settled()
    by_name: dict[tuple[str, str | None], list[Person]] = {}
    for each in people:
        by_name.setdefault((shown_name(each), each.group()), []).append(each)
    found: list[Conflict] = []
    for group in GROUPS:
        for person in getattr(facts, group):
            named = [person.name.value, *(other.value for other in person.name.others)]
            own = [each for name in named for each in by_name.get((name, group), ())]
            found += _particulars(person, f"{group}[{person.name.value}]", _meant(person, own))
    found += _unclear(unclear)
    found += case_conflicts(facts, reads, people, settled)
    return tuple(found)


def _meant(facts: PersonFacts, people: Sequence[Person]) -> Person | None:
    """Of namesakes the one with the number, or the birth, of the facts."""
    for field in ("id_number", "birth"):
        value: FactValue | None = getattr(facts, field)
        if value is not None and len(people) > 1:
            own = next((each for each in people if value.value in each.values(field)), None)
            if own is not None:
                return own
    return next(iter(people), None)


def _unclear(mentions: Sequence[Mention]) -> Iterator[Conflict]:
    """Which of several people of one name a document means."""
    named: dict[str, list[Mention]] = {}
    for mention in mentions:
        named.setdefault(mention.name, []).append(mention)
    for name, own in named.items():
        sources = (m.document.cite(m.party.start, m.party.stop) for m in own)
        side = Side(value=name, sources=unique(sources))
        titles = dict.fromkeys(m.document.title for m in own)
        papers = "、".join(f"《{title}》" for title in titles)
        yield conflict("F108", f"people[{name}]", [side], name=name, papers=papers)


def sides_of(value: FactValue) -> list[Side]:
    """What is shown, and what others say."""
    return [
        Side(value=value.value, sources=value.sources),
        *(Side(value=other.value, sources=other.sources) for other in value.others),
    ]


def _particulars(facts: PersonFacts, path: str, read: Person | None) -> Iterator[Conflict]:
    name = facts.name.value
    number = facts.id_number
    if not facts.name.corrected and read is not None:
        yield from _names(facts, path, read)
    for code, field in (("F101", "birth"), ("F102", "sex")):
        value: FactValue | None = getattr(facts, field)
        if value is not None and value.others and not value.corrected:
            for other in value.others:
                both = [Side(value=value.value, sources=value.sources), _side(other)]
                yield conflict(
                    code, f"{path}.{field}", both, name=name, first=value.value, second=other.value
                )
    if number is None:
        return
    if not number.corrected:
        yield from _numbers(number, name, path, read)
    if not id_is_valid(number.value):
        return
    own = Side(value=number.value, sources=number.sources)
    for code, field, inside in (
        ("F106", "birth", id_birth(number.value)),
        ("F107", "sex", id_sex(number.value)),
    ):
        value = getattr(facts, field)
        if value is None or value.corrected:
            continue
        # two dates, one of which the number confirms, are reported as that
        if all(side.value != inside for side in sides_of(value)):
            sides = [Side(value=value.value, sources=value.sources), own]
            yield conflict(
                code, f"{path}.{field}", sides, name=name, first=value.value, second=number.value
            )


def _side(other: Reading) -> Side:
    return Side(value=other.value, sources=other.sources)


def _names(facts: PersonFacts, path: str, read: Person) -> Iterator[Conflict]:
    """One ID number under names that are not misreadings or masks of each other."""
    shown = facts.name
    for other in shown.others:
        if "某" in other.value or "某" in shown.value or lookalike(other.value, shown.value):
            continue
        if other.value in {alias.value for alias in facts.aliases}:
            continue
        # the name shown may be the alias (曾用名) that a document gives beside the other name
        if any({shown.value, other.value} <= {m.name, *m.party.aliases} for m in read.mentions):
            continue
        printed = any(m.printed for m in read.mentions if m.name == other.value)
        if not printed and _one_apart(other.value, shown.value):
            continue  # a misread character
        sides = [Side(value=shown.value, sources=shown.sources), _side(other)]
        yield conflict("F104", f"{path}.name", sides, first=shown.value, second=other.value)


def _one_apart(one: str, other: str) -> bool:
    return len(one) == len(other) and sum(a != b for a, b in zip(one, other, strict=True)) <= 1


def _numbers(number: FactValue, name: str, path: str, read: Person | None) -> Iterator[Conflict]:
    sides = sides_of(number)
    valid = [side for side in sides if id_is_valid(side.value)]
    printed = {m.party.field("id_number") for m in (read.mentions if read else ()) if m.printed}
    for side in sides:
        if len(side.value) != 18 or id_is_valid(side.value):
            continue
        misread = side.value not in printed and any(
            digits_apart(side.value, other.value) <= 2 for other in valid
        )
        if misread:
            continue
        if side.value == number.value or not valid:
            yield conflict("F105", f"{path}.id_number", [side], name=name, first=side.value)
    for one, other in combinations(sides, 2):
        if one is not sides[0]:
            break
        unsure = [s for s in (one, other) if not id_is_valid(s.value) and s.value not in printed]
        if unsure and digits_apart(one.value, other.value) <= 2:
            continue
        if _old_form(one.value, other.value):
            continue
        yield conflict(
            "F103", f"{path}.id_number", [one, other], name=name, first=one.value,
            second=other.value,
        )  # fmt: skip


def _old_form(one: str, other: str) -> bool:
    """A number of 15 digits and the same in 18."""
    short, long = sorted((one, other), key=len)
    return len(short) == 15 and len(long) == 18 and long[:6] + long[8:17] == short
