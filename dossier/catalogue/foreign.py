"""Pages of another case: about persons whom nothing links to this one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from .findings import finding
from .names import alike
from .numbers import COURT
from .reading import PageReading
from .types import BINDING
from .values import Document, Finding, Volume

_SUSPECT = "犯罪嫌疑人"
_EXEMPT = {"E15", "E16", "E18", "E32", "F03", "F04"}
"""Types that rightly speak of other persons and other cases."""
_ENOUGH = 3
"""Documents that must speak of the case's persons before another person is called a stranger."""


def foreign(volumes: Sequence[Volume], readings: Mapping[int, PageReading]) -> list[Finding]:
    """C401 for documents about a suspect whom no other document links to the case's persons; C402
    for court papers with another 案号 that do not name them either.

    Several suspects are no alarm: they are linked by any document that names two of them.
    """
    docs = [
        doc
        for volume in volumes
        for doc in volume.documents
        if doc.type not in _EXEMPT and doc.type != BINDING
    ]
    texts = {doc.keys[0]: "".join(readings[key].text for key in doc.keys) for doc in docs}
    suspects = {doc.keys[0]: _suspects(doc, texts[doc.keys[0]]) for doc in docs}
    names = sorted({name for named in suspects.values() for name in named})
    if not names:
        return []
    case = _persons_of_the_case(names, texts)
    carriers = sum(any(name in text for name in case) for text in texts.values())
    if carriers < _ENOUGH:
        return []
    known = "、".join(sorted(case)[:4])
    victims = _others(docs, texts, case)
    found: list[Finding] = []
    for doc in docs:
        key = doc.keys[0]
        text = texts[key]
        if any(name in text for name in case) or any(name in text for name in victims):
            continue
        named = suspects[key]
        strangers = [
            name for name in named if not any(alike(name, own) or _near(name, own) for own in case)
        ]
        if named and len(strangers) == len(named):
            found.append(
                finding("C401", doc.keys, title=doc.title.value, name=strangers[0], known=known)
            )
    return found + _other_numbers(docs, texts, case, {item.pages[0] for item in found})


def _suspects(doc: Document, text: str) -> list[str]:
    """Suspects named for certain: more than once, or as the person questioned."""
    named = [party.name for party in doc.parties if party.role == _SUSPECT]
    out = [name for name in named if text.count(name) >= 2]
    if doc.type == "E01" and doc.person is not None and doc.person.value not in out:
        out.append(doc.person.value)
    return out


def _near(one: str, other: str) -> bool:
    """Two-character names with one character misread."""
    return len(one) == len(other) == 2 and one[0] == other[0]


def _persons_of_the_case(names: Sequence[str], texts: Mapping[int, str]) -> set[str]:
    """The largest group of names that documents link with each other."""
    places = {name: {key for key, text in texts.items() if name in text} for name in names}
    group = {name: name for name in names}

    def root(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    for at, name in enumerate(names):
        for other in names[at + 1 :]:
            if places[name] & places[other] or alike(name, other):
                group[root(other)] = root(name)
    members: defaultdict[str, set[str]] = defaultdict(set)
    reach: defaultdict[str, set[int]] = defaultdict(set)
    for name in names:
        members[root(name)].add(name)
        reach[root(name)] |= places[name]
    ranked = sorted(reach, key=lambda one: -len(reach[one]))
    if len(ranked) > 1 and len(reach[ranked[0]]) < 2 * len(reach[ranked[1]]):
        return set(names)  # two groups of like size: nobody can say which is the stranger
    return members[ranked[0]]


def _others(docs: Sequence[Document], texts: Mapping[int, str], case: set[str]) -> set[str]:
    """Victims and witnesses named together with the case's suspects."""
    out: set[str] = set()
    for doc in docs:
        if any(name in texts[doc.keys[0]] for name in case):
            out |= {party.name for party in doc.parties if len(party.name) >= 3}
            if doc.person is not None:
                out.add(doc.person.value)
    return out


def _other_numbers(
    docs: Sequence[Document], texts: Mapping[int, str], case: set[str], seen: set[int]
) -> list[Finding]:
    own: dict[int, str] = {}
    for doc in docs:
        for number in doc.case_numbers:
            plain = number.value.replace("（", "(").replace("）", ")")
            match = COURT.fullmatch(plain)
            if match and match["kind"] == "刑初":
                own[doc.keys[0]] = number.value
    counts = Counter(own.values())
    if len(counts) < 2 or counts.most_common(2)[0][1] < 2 * counts.most_common(2)[1][1]:
        return []
    usual = counts.most_common(1)[0][0]
    return [
        finding("C402", doc.keys, title=doc.title.value, number=own[doc.keys[0]], known=usual)
        for doc in docs
        if own.get(doc.keys[0], usual) != usual
        and doc.keys[0] not in seen
        and not any(name in texts[doc.keys[0]] for name in case)
    ]
