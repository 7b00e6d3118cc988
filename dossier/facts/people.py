"""Who is who: the same person across documents, never two people as one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations

from pydantic import BaseModel, ConfigDict

from ..elements.tables import read_table_of
from ..elements.values import PartyElements
from ..normal import normal
from .documents import FactDocument

GROUPS = {
    "defendants": ("被告", "嫌疑", "罪犯", "上诉人", "被申请人", "违法行为人"),
    "victims": ("被害", "自诉人", "受害"),
    "witnesses": ("证人",),
    "counsel": ("辩护", "代理人", "律师"),
}
"""Groups of `CaseFacts`, and what the roles in them contain; the first that fits counts."""


class _LookalikesFile(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    groups: tuple[str, ...]


@lru_cache(maxsize=1)
def _lookalikes() -> frozenset[tuple[str, str]]:
    """Pairs of characters that OCR takes for one another: the data of the search."""
    read = read_table_of(_LookalikesFile, "dossier.search", "lookalikes.yaml")
    return frozenset(
        pair for group in read.groups for one in group for other in group if (pair := (one, other))
    )


def group_of(role: str) -> str | None:
    """The group of `CaseFacts` for a role; None for one that says nothing (当事人, 报案人)."""
    if "附带民事" in role and "原告" in role:
        return "victims"
    for group, words in GROUPS.items():
        if any(word in role for word in words):
            return group
    return None


def id_is_valid(number: str) -> bool:
    """Whether the check digit of an 18-digit ID number is right (GB 11643)."""
    if len(number) != 18 or not number[:17].isdigit():
        return False
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
    return "10X98765432"[rest] == number[17].upper()


def id_birth(number: str) -> str:
    """The birth date in an ID number."""
    return f"{number[6:10]}-{number[10:12]}-{number[12:14]}"


def id_sex(number: str) -> str:
    """The sex in an ID number."""
    return "男" if int(number[16]) % 2 else "女"


_EDGES = re.compile(r"^[^\w]+|[^\w)]+$")
"""Specks that recognition adds to a name."""


@dataclass(frozen=True)
class Mention:
    """A person as one document gives it."""

    document: FactDocument
    party: PartyElements
    printed: bool
    """The name comes from print or a text layer that was never an image."""

    @property
    def name(self) -> str:
        return _EDGES.sub("", normal(self.party.name))


@dataclass(eq=False)
class Person:
    """One person: all mentions of it. What follows from them is reckoned once."""

    mentions: list[Mention] = field(default_factory=list)

    def take(self, other: Person) -> None:
        """The mentions of another, which has none then."""
        mentions = [*self.mentions, *other.mentions]
        for person, own in ((self, mentions), (other, [])):
            vars(person).clear()
            person.mentions = own

    @cached_property
    def names(self) -> dict[str, int]:
        """How often each name stands, in the order of the documents."""
        return dict(Counter(mention.name for mention in self.mentions))

    def values(self, name: str) -> set[str]:
        return {value for m in self.mentions if (value := m.party.field(name))}

    @cached_property
    def ids(self) -> set[str]:
        return {number for number in self.values("id_number") if id_is_valid(number)}

    @cached_property
    def documents(self) -> set[int]:
        return {mention.document.id for mention in self.mentions}

    def group(self) -> str | None:
        """The first group in which a document puts it."""
        return self._group

    @cached_property
    def _group(self) -> str | None:
        return next((group for group in GROUPS if group in self.groups), None)

    @cached_property
    def groups(self) -> set[str | None]:
        """All groups in which documents put it."""
        return {group_of(mention.party.role) for mention in self.mentions}


def same_people(mentions: Iterable[Mention]) -> list[Person]:
    """Mentions put together: by name, by ID number, by misread and masked names."""
    people = list(_by_name(mentions))
    people = _joined(people, lambda person: person.ids, _share_id)
    people = _joined(people, _holed, _misread)
    return _joined(people, _surnames, _masked)


def _by_name(mentions: Iterable[Mention]) -> Iterator[Person]:
    named: dict[str, list[Mention]] = {}
    for mention in mentions:
        named.setdefault(mention.name, []).append(mention)
    for own in named.values():
        yield from _namesakes(own)


def _namesakes(mentions: list[Mention]) -> Iterator[Person]:
    """Two people of one name are told apart by ID number and birth. A mention without either goes
    to the one in whose group it is; one that fits none or several stays with nobody (`unplaced`).
    """
    known: dict[str, Person] = {}
    loose: list[Person] = []
    for mention in mentions:
        number, birth = mention.party.field("id_number"), mention.party.field("birth")
        key = number.upper() if id_is_valid(number) else birth
        if key:
            known.setdefault(key, Person()).mentions.append(mention)
        else:
            loose.append(Person([mention]))
    told = list(known.values())
    if len(told) > _CROWD:
        yield from told
        return
    apart = {
        each
        for pair in combinations(told, 2)
        if _namesake(*pair)
        for each in pair
    }  # fmt: skip
    if not apart:
        yield Person(mentions)
        return
    people: list[Person] = []
    for each in sorted(apart, key=lambda each: (not each.ids, told.index(each))):
        fits = [person for person in people if not _namesake(person, each)]
        near = [person for person in fits if _alike(person, each)]
        if len(near) == 1:
            near[0].take(each)
        else:
            people.append(each)
    groups = [(person, person.groups - {None}) for person in people]
    for each in [*(each for each in told if each not in apart), *loose]:
        tells = bool(each.values("birth") or each.values("id_number"))
        fits = [person for person in people if tells and _alike(person, each)] or [
            person
            for person, own in groups
            if own & each.groups and not (tells and _namesake(person, each))
        ]
        if len(fits) == 1:
            fits[0].take(each)
    yield from people


def _births(person: Person) -> set[str]:
    """Days of birth that are given, or else those in its ID numbers."""
    return person.values("birth") or {id_birth(number) for number in person.ids}


def _namesake(one: Person, other: Person) -> bool:
    """Two people of one name: in one document births or valid ID numbers differ; in two documents
    both, the numbers by more than what is misread."""
    births = _births(one), _births(other)
    differ = bool(births[0] and births[1]) and not births[0] & births[1]
    numbered = bool(one.ids and other.ids) and not one.ids & other.ids
    if one.documents & other.documents:
        return numbered or (differ and not (one.ids & other.ids))
    far = numbered and all(digits_apart(a, b) > _MISREAD for a in one.ids for b in other.ids)
    return far and differ


def _alike(one: Person, other: Person) -> bool:
    """A day of birth in common, or ID numbers that may be misread."""
    if _births(one) & _births(other):
        return True
    return any(
        digits_apart(a, b) <= _MISREAD
        for a in one.values("id_number")
        for b in other.values("id_number")
    )


_MISREAD = 2
"""So many digits of an ID number may be misread."""


def digits_apart(one: str, other: str) -> int:
    """How many digits of two numbers of equal length differ; 99 for unequal lengths."""
    if len(one) != len(other):
        return 99
    return sum(a != b for a, b in zip(one, other, strict=True))


def unplaced(mentions: Iterable[Mention], people: Iterable[Person]) -> list[Mention]:
    """Mentions that are with nobody: there are several people of that name, and nothing tells
    which of them is meant."""
    placed = {id(mention) for person in people for mention in person.mentions}
    return [mention for mention in mentions if id(mention) not in placed]


_CROWD = 60
"""More people under one key are left apart: it tells nobody from anybody."""


def _joined(
    people: list[Person],
    keys: Callable[[Person], Iterable[str]],
    joins: Callable[[Person, Person, Sequence[Person]], bool],
) -> list[Person]:
    """People with a key in common made one where `joins` says so."""
    shared: dict[str, list[Person]] = {}
    for person in people:
        for key in dict.fromkeys(keys(person)):
            shared.setdefault(key, []).append(person)
    for own in shared.values():
        if 1 < len(own) <= _CROWD:
            for one, other in combinations(own, 2):
                # one that was joined to another has no mentions left
                if one.mentions and other.mentions and joins(one, other, own):
                    one.take(other)
    return [person for person in people if person.mentions]


def _holed(person: Person) -> Iterator[str]:
    """Each name with each character left out in turn."""
    for name in person.names:
        yield from (f"{name[:at]}*{name[at + 1 :]}" for at in range(len(name)))


def _surnames(person: Person) -> Iterator[str]:
    """How each name begins: masked and whole names that could be one person share it."""
    yield from (name[:1] for name in person.names)


def _share_id(one: Person, other: Person, people: Sequence[Person]) -> bool:
    return bool(one.ids & other.ids)


def differ_by_one(one: str, other: str) -> bool:
    """Names of equal length with one different character."""
    return len(one) == len(other) >= 2 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def lookalike(one: str, other: str) -> bool:
    """Names that differ in one character, which OCR takes for the other."""
    if not differ_by_one(one, other):
        return False
    pair = next((a, b) for a, b in zip(one, other, strict=True) if a != b)
    return pair in _lookalikes()


def _misread(one: Person, other: Person, people: Sequence[Person]) -> bool:
    """One's name is a misreading of the other's: nothing else speaks against it."""
    if one.documents & other.documents or _contradict(one, other):
        return False
    agree = bool(one.values("birth") & other.values("birth")) or not (
        one.values("birth") and other.values("birth")
    )
    return agree and any(lookalike(a, b) for a in one.names for b in other.names)


def _contradict(one: Person, other: Person) -> bool:
    for name in ("id_number", "birth", "sex"):
        left, right = one.values(name), other.values(name)
        if left and right and not left & right:
            return True
    return False


def _masked(one: Person, other: Person, people: Sequence[Person]) -> bool:
    """张某某 is 张建国 if it could be nobody else, and nobody else could be it."""
    if one.documents & other.documents or one.group() != other.group() or _contradict(one, other):
        return False
    masked, whole = (one, other) if _hidden(one) else (other, one)
    if not _hidden(masked) or any("某" in name for name in whole.names):
        return False
    if not _could_be(masked, whole):
        return False
    alike = [each for each in people if each.mentions and each.group() == masked.group()]
    return not any(
        each is not one
        and each is not other
        and (_could_be(masked, each) or _could_be(each, whole))
        for each in alike
    )


def _hidden(person: Person) -> bool:
    """Only masked names of it are known."""
    return all("某" in name for name in person.names)


def _could_be(masked: Person, whole: Person) -> bool:
    """A masked name of one stands for a whole name of the other."""
    return any(
        _unmasks(hidden, name)
        for hidden in masked.names
        if "某" in hidden
        for name in whole.names
        if "某" not in name
    )


def _unmasks(masked: str, name: str) -> bool:
    """张某, 张某某 (same length) and 张某甲 may be 张建国."""
    known = masked.split("某", maxsplit=1)[0]
    if not known or not name.startswith(known):
        return False
    return len(masked) == len(name) or len(masked) <= 3


def shown_name(person: Person) -> str:
    """The name under which a person is shown: whole before masked, then the one that most
    documents give."""
    return max(person.names.items(), key=lambda pair: ("某" not in pair[0], pair[1]))[0]
