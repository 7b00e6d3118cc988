"""The people of a case as a document speaks of them."""

from __future__ import annotations

from collections.abc import Mapping

from dossier.templates import Leaf, Node
from dossier.templates.values import Origin, Value

from ..facts import CaseFacts, ChargeFact, FactValue, MeasureFact, PersonFacts, Source
from .leaves import chinese_moment, day, derived, node, of_fact, of_facts
from .parts import Passage, Receiver

_VOICES = {
    "police": ("police", "prosecution", "court"),
    "procuratorate": ("prosecution", "police", "court"),
    "court": ("court", "prosecution", "police"),
}
"""Whose charge a document names: that of its own side, else of the side before, else any."""


def charges(facts: CaseFacts, organ: str, of: str = "") -> tuple[Leaf, ...]:
    """The charges (盗窃罪) of a person, or of the case, as the side of this organ names them."""
    held = [
        charge
        for charge in facts.charges
        if not of or not charge.defendants or of in charge.defendants
    ]
    for voice in _VOICES.get(organ, _VOICES["court"]):
        named: list[tuple[ChargeFact, tuple[Source, ...]]] = [
            (charge, getattr(charge, voice)) for charge in held if getattr(charge, voice)
        ]
        if named:
            return tuple(Leaf(_crime(charge.name), "facts", sources) for charge, sources in named)
    return tuple(Leaf(_crime(charge.name), "facts") for charge in held)


def _crime(name: str) -> str:
    return name if name.endswith("罪") else f"{name}罪"


def joined(leaves: tuple[Leaf, ...]) -> Leaf | None:
    """Several as one, parted by 、."""
    if len(leaves) < 2:
        return leaves[0] if leaves else None
    return derived("、".join(str(leaf.value) for leaf in leaves), *leaves)


def accused(
    facts: CaseFacts, receiver: Receiver, paragraphs: Mapping[str, Passage]
) -> tuple[Node, ...]:
    """All accused as the document that is made speaks of them."""
    people = facts.defendants
    return tuple(
        person_node(
            person,
            role=receiver.accused_unit if person.unit else receiver.accused,
            charges=charges(facts, receiver.organ, person.name.value),
            circumstances=_circumstances(facts, person.name.value, alone=len(people) == 1),
            paragraph=paragraphs.get(person.name.value),
        )
        for person in people
    )


def _circumstances(facts: CaseFacts, name: str, *, alone: bool) -> tuple[Node, ...]:
    found = {}
    for each in facts.circumstances:
        whose = each.defendant == name or (alone and not each.defendant)
        if whose and each.holds.value == "是" and each.code not in found:
            found[each.code] = node(each.code, name=Leaf(each.code, "facts", each.holds.sources))
    return tuple(found.values())


def person_node(
    person: PersonFacts,
    *,
    role: str = "",
    charges: tuple[Leaf, ...] = (),
    circumstances: tuple[Node, ...] = (),
    paragraph: Passage | None = None,
) -> Node:
    """A person with everything that is known; `role` is what the document calls it, `paragraph`
    what an earlier document says of it."""
    name = of_fact(person.name)
    own = role or person.role
    values: dict[str, Value | None] = {
        "name": name,
        "aliases": of_facts(person.aliases),
        "role": _role(own, person),
        "unit": Leaf(person.unit, "facts", person.name.sources),
        "birth": of_fact(person.birth, day),
        "convictions": of_facts(person.convictions),
        "measures": tuple(_measure(each) for each in person.measures),
        "detained": _begun(person, "拘留"),
        "arrested": _begun(person, "逮捕"),
        "bailed": _begun(person, "取保候审"),
        "counsel": of_facts(person.counsel),
        "charge": joined(charges),
        "charges": charges,
        "circumstances": circumstances,
    }
    for code in _PLAIN:
        values[code] = of_fact(getattr(person, code))
    values["detained_at"] = _held_at(person, of_fact(person.detained_at))
    if person.employer and person.occupation and person.employer.value == person.occupation.value:
        del values["employer"]  # forms ask for both in one box
    made = node(person.name.value, **values)
    identity = _identity(made, person, paragraph)
    return node(person.name.value, **made.values, identity=identity)


_PLAIN = (
    "sex", "id_number", "ethnicity", "education", "occupation", "employer", "household", "address",
    "phone", "credit_code", "representative", "injury", "detained_at",
)  # fmt: skip


def _role(role: str, person: PersonFacts) -> Leaf | None:
    if not role:
        return None
    origin: Origin = "facts" if role == person.role else "derived"
    return Leaf(role, origin, person.name.sources)


def _measure(fact: MeasureFact) -> Node:
    sources = fact.day.sources if fact.day is not None else ()
    return node(
        fact.kind,
        kind=Leaf(fact.kind, "facts", sources),
        day=of_fact(fact.day, day),
        organ=Leaf(fact.organ, "facts", sources) if fact.organ else None,
        place=Leaf(fact.place, "facts", sources) if fact.place else None,
    )


def _begun(person: PersonFacts, kind: str) -> Leaf | None:
    """The day of the last 强制措施 of a kind."""
    days = [of_fact(each.day, day) for each in person.measures if each.kind == kind]
    found = [leaf for leaf in days if leaf is not None]
    return max(found, key=lambda leaf: str(leaf.value)) if found else None


def _held_at(person: PersonFacts, said: Leaf | None) -> Leaf | None:
    """Where a person is held; None if the last 强制措施 leaves it free, whatever was said."""
    dated = [each for each in person.measures if each.day is not None]
    last = max(dated, key=lambda each: each.day.value if each.day else "", default=None)
    if last is None or last.day is None:
        return said
    if last.kind not in ("拘留", "逮捕"):
        return None
    return said or (Leaf(last.place, "facts", last.day.sources) if last.place else None)


# --- 身份情况 ---------------------------------------------------------------------------------


def _identity(made: Node, person: PersonFacts, paragraph: Passage | None) -> Leaf | None:
    """What an earlier document says of the person, unless a person corrected it since; else a
    paragraph of what is known."""
    if paragraph is not None and all(each in paragraph.text for each in _corrected(person)):
        return Leaf(paragraph.text, "document", paragraph.sources)
    return _composed(made)


def _corrected(person: PersonFacts) -> list[str]:
    """What people set by hand, as it would be written."""
    found = []
    for name in ("name", "sex", "birth", *_PLAIN):
        fact: FactValue | None = getattr(person, name)
        if fact is not None and fact.corrected and name not in ("phone", "injury"):
            found.append(chinese_moment(fact.value) if name == "birth" else fact.value)
    return found


def restated(made: Node) -> Node:
    """A person of whom values were typed: 身份情况 says them too, unless it was typed itself."""
    held = _leaf(made, "identity")
    typed = [
        _written(leaf)
        for code in ("name", "birth", *_PLAIN)
        if (leaf := _leaf(made, code)) is not None
        and leaf.origin == "typed"
        and code not in ("phone", "injury")
    ]
    if not typed or (held is not None and held.origin == "typed"):
        return made
    said = str(held.value) if held is not None and held.origin == "document" else ""
    if said and all(each in said for each in typed):
        return made
    composed = _composed(made)
    return made if composed is None else node(made.key, **{**made.values, "identity": composed})


_SENTENCE = (
    ("sex", "{}"), ("birth", "{}出生"), ("id_number", "公民身份号码{}"), ("ethnicity", "{}"),
    ("education", "{}文化"), ("employer", "{}"), ("occupation", "{}"),
    ("household", "户籍所在地{}"), ("address", "现住{}"),
)  # fmt: skip
_UNIT = (
    ("credit_code", "统一社会信用代码{}"), ("address", "住所地{}"),
    ("representative", "诉讼代表人{}"),
)  # fmt: skip


def _leaf(made: Node, code: str) -> Leaf | None:
    value = made.values.get(code)
    return value if isinstance(value, Leaf) else None


def _written(leaf: Leaf) -> str:
    return chinese_moment(str(leaf.value))


def _composed(made: Node) -> Leaf | None:
    """A paragraph of what is known, in the order of 人民检察院刑事诉讼规则 358: who it is, earlier
    punishments, 强制措施."""
    name = _leaf(made, "name")
    if name is None:
        return None
    role, unit = _leaf(made, "role"), _leaf(made, "unit")
    used: list[Leaf] = [name]
    head = (str(role.value) if role else "") + str(name.value)
    aliases = [leaf for leaf in _list(made, "aliases") if isinstance(leaf, Leaf)]
    if aliases:
        head += f"（别名{'、'.join(str(leaf.value) for leaf in aliases)}）"
    parts = [head]
    for code, form in _UNIT if unit is not None and unit.value else _SENTENCE:
        leaf = _leaf(made, code)
        said = str(leaf.value) if leaf is not None else ""
        # a reader of pages finds one word for both: 货车驾驶员
        if leaf is None or (code == "occupation" and parts[-1] == said):
            continue
        if code == "education" and said.endswith(("文化", "读", "程度")):
            parts.append(said)
        else:
            parts.append(form.format(_written(leaf)))
        used.append(leaf)
    sentences = ["，".join(parts)]
    for earlier in _list(made, "convictions"):
        if isinstance(earlier, Leaf):
            sentences.append(str(earlier.value).rstrip("。"))
            used.append(earlier)
    measures = _measures_told(made, used)
    if measures:
        sentences.append(measures)
    return derived("".join(f"{sentence}。" for sentence in sentences), *used)


def _list(made: Node, code: str) -> tuple[Leaf | Node, ...]:
    value = made.values.get(code)
    return value if isinstance(value, tuple) else ()


def _measures_told(made: Node, used: list[Leaf]) -> str:
    charge = _leaf(made, "charge")
    told = []
    for measure in _list(made, "measures"):
        begun = _leaf(measure, "day") if isinstance(measure, Node) else None
        kind = _leaf(measure, "kind") if isinstance(measure, Node) else None
        if not isinstance(measure, Node) or begun is None or kind is None:
            continue
        organ = _leaf(measure, "organ")
        who = str(organ.value) if organ is not None else ""
        when = _written(begun)
        if kind.value == "逮捕":
            approved = f"经{who}批准，" if who.endswith("人民检察院") else ""
            decided = f"经{who}决定，" if who.endswith("人民法院") else ""
            told.append(f"{when}{approved or decided}被执行逮捕")
        else:
            name = "刑事拘留" if kind.value == "拘留" else str(kind.value)
            told.append(f"{when}被{who}{name}")
        used += [leaf for leaf in (kind, begun, organ) if leaf is not None]
    if not told:
        return ""
    if charge is not None:
        told[0] = f"因涉嫌{charge.value}，于{told[0]}"
        used.append(charge)
    place = _leaf(made, "detained_at")
    if place is not None:
        told.append(f"现羁押于{place.value}")
        used.append(place)
    return "，".join(told)
