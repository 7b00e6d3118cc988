"""The parties of a document: who they are and what it says of them.

Two ways of writing are read. Prose, in the heads of judgments, indictments and opinions: one entry
per party, which begins with its role (被告人张三，男，1980年…). Forms, in records and certificates:
labels and values (姓名 … 性别 …). Words are data: parties.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from ..normal import Normalised
from .form import form
from .moments import moments
from .partydata import Role, tables
from .partyfields import fields_of
from .record import Days, coercive, detained_at, first_chunk, past
from .values import (
    CoerciveMeasure,
    Conviction,
    Field,
    PartyElements,
    Segment,
    TextKind,
)

_LONGEST_HEAD = 60_000
_FORM = 3_000


def parties(
    text: str, kind: TextKind, segments: Sequence[Segment] = ()
) -> tuple[PartyElements, ...]:
    """The parties that the head of a document names, in its order; for forms the person that the
    paper is about. Defenders stand in the list and, by name, with the party before them."""
    whole = form(text)
    prose = kind in ("judgment", "ruling", "indictment", "opinion")
    spans = [(part.start, part.stop) for part in segments if part.kind == "parties"]
    if prose and not segments:
        spans = [(0, len(text))]
    if prose and spans:
        start = whole.inside(spans[0][0])
        stop = min(whole.inside(spans[-1][1]), start + _LONGEST_HEAD)
        found = _prose(whole.text[start:stop])
        return tuple(_placed(each, text, whole, start) for each in found)
    one = _labelled(whole.text[:_FORM])
    return () if one is None else (_placed(one, text, whole, 0),)


def _placed(party: PartyElements, text: str, whole: Normalised, offset: int) -> PartyElements:
    """The same with offsets into the original."""

    def at(start: int, stop: int) -> tuple[int, int]:
        return whole.span(start + offset, stop + offset)

    start, stop = at(party.start, party.stop)
    fields = []
    for name, field in party.fields:
        begin, end = at(field.start, field.stop)
        fields.append((name, Field(field.value, begin, end)))
    convictions = []
    for conviction in party.convictions:
        begin, end = at(conviction.start, conviction.stop)
        convictions.append(replace(conviction, text=text[begin:end], start=begin, stop=end))
    measures = []
    for measure in party.measures:
        begin, end = at(measure.start, measure.stop)
        measures.append(replace(measure, start=begin, stop=end))
    return replace(
        party,
        start=start,
        stop=stop,
        fields=tuple(fields),
        convictions=tuple(convictions),
        measures=tuple(measures),
    )


# ---- prose

_NO_NAME = re.compile(
    r"曾[因于经在]|因|于\d|在[^,]{2}|均|自愿|之|的|已|又|到案|归案|家属|及其|与|被|对|现|犯|经|到庭|委托|申请|未|是|作|将|供|向"
)
_UNIT = re.compile(
    r"公司|厂|局|院|中心|合作社|店|所|会|集团|部|站|学校|大学|企业|政府|商行|银行|支行|分行|园|场"
)
_MASKED = re.compile(r"[某×xX*＊·]")
_EDGE = re.compile(
    r"(?:因|以)(?:涉嫌|本案|犯|案|此)|曾因|曾于|现(?:羁|关|押|在押|取保|被|因)|羁押于|(?:刑事)?拘留|逮捕|取保候审|监视居住"
    r"|判处|前科|抓获|被羁押|到案|投案|查获"
)


def _plausible(name: str, unit: bool) -> bool:
    if _NO_NAME.match(name) or "因" in name[2:] or "涉嫌" in name:
        return False
    if unit:
        return True
    return len(name) <= 4 or _MASKED.search(name) is not None or _UNIT.search(name) is not None


def _prose(text: str) -> list[PartyElements]:
    """Parties of a head; offsets are those of `text`, which is in matching form."""
    data = tables()
    entries: list[tuple[re.Match[str], list[Role], list[str]]] = []
    for match in data.entry.finditer(text):
        roles = [data.roles[each[0]] for each in data.role.finditer(match["roles"])]
        names = _names(match["name"]) if roles[0].attached else [match["name"]]
        unit = any(role.unit for role in roles)
        names = [name for name in names if _plausible(name, unit)]
        if names:
            entries.append((match, roles, names))
    if not entries:
        return []
    days = Days(moments(text))
    found: list[PartyElements] = []
    for at, (match, roles, names) in enumerate(entries):
        stop = entries[at + 1][0].start() if at + 1 < len(entries) else len(text)
        role = _main(roles)
        if role.name == "辩护人":
            _attach(found, names)
        elif role.name == "法定代表人" and found and found[-1].unit:
            start = text.index(names[0], match.start("name"))
            head = ("representative", Field(names[0], start, start + len(names[0])))
            found[-1] = replace(found[-1], fields=(*found[-1].fields, head))
        for name in names:
            found.append(_entry(text, match, stop, role, name, days))
    return found


def _names(text: str) -> list[str]:
    """胡娜、张赟 are two; 和 and 及 part only what are names then."""
    names: list[str] = []
    for each in text.split("、"):
        parts = re.split("[和及]", each)
        names += parts if all(len(part) > 1 for part in parts) else [each]
    return names


def _main(roles: Sequence[Role]) -> Role:
    """Of several roles (上诉人(原审被告人)) the one that counts."""
    for wanted in ("被告单位", "被告人", "原审被告人", "罪犯", "犯罪嫌疑人", "被害人", "自诉人"):
        for role in roles:
            if role.name == wanted:
                return replace(role, name="被告人") if wanted == "原审被告人" else role
    return roles[0]


def _attach(found: list[PartyElements], names: Sequence[str]) -> None:
    """Defenders belong to the party before them."""
    for at in range(len(found) - 1, -1, -1):
        if not _attached(found[at].role):
            found[at] = replace(found[at], counsel=(*found[at].counsel, *names))
            return


@lru_cache(maxsize=64)
def _attached(role: str) -> bool:
    return any(each.attached for each in tables().roles.values() if each.name == role)


def _entry(
    text: str, match: re.Match[str], stop: int, role: Role, name: str, days: Days
) -> PartyElements:
    begin = match.end()
    start = text.index(name, match.start("name"))
    unit = role.unit or (len(name) > 4 and _UNIT.search(name) is not None)
    measures: list[CoerciveMeasure] = []
    convictions: list[Conviction] = []
    edge = stop
    if not role.attached:
        limit = _EDGE.search(text, begin, stop)
        if limit is not None:
            edge = max(begin, *(text.rfind(mark, begin, limit.start()) for mark in ",。;("))
            # 2003年9月25日,因犯…: the date is no birth date
            edge = min(edge, first_chunk(text, begin, stop))
        convictions, _ = past(text, begin, stop, days)
        # measures may stand before the past (被刑事拘留。曾因…)
        measures = coercive(text, begin, stop, days, convictions)
    aliases = _aliases(text, begin, edge, name)
    return PartyElements(
        role=role.name,
        name=name,
        start=start,
        stop=start + len(name),
        unit=unit,
        aliases=aliases,
        fields=tuple(
            (field, Field(value, first, last))
            for field, value, first, last in fields_of(text, begin, edge, unit)
        ),
        convictions=tuple(convictions),
        measures=tuple(measures),
        detained_at="" if role.attached else detained_at(text, begin, stop),
    )


def _aliases(text: str, start: int, stop: int, name: str) -> tuple[str, ...]:
    found: list[str] = []
    while match := tables().alias.search(text, start, stop):
        row, start = match["names"], match.end()
        last = row.rpartition("、")[2]
        if _is_alias_word(last):  # 绰号老三、曾用名:张小三
            start -= len(last)
            row = row[: -len(last)]
        found += [each for each in _each_alias(row, name) if each not in found]
    return tuple(found)


def _is_alias_word(text: str) -> bool:
    match = tables().alias.fullmatch(text + "甲")
    return match is not None and match["names"] == "甲"


def _each_alias(names: str, name: str) -> Iterator[str]:
    """The names of a row, without the words before them ("老三"、曾用名张小三)."""
    for each in names.split("、"):
        word = tables().alias.match(each)
        plain = (each if word is None else word["names"]).strip("\"'<>《》")
        if plain not in ("无", "-", "/", name, ""):
            yield plain


# ---- forms

_I_AM = re.compile(r"我叫(?P<name>[^,。;:]{2,12})[,](?P<rest>[^。问]{4,300})")
_BARE_NAME = re.compile(r"[^,。;:()\d]{2,20}")
_NUMBER = re.compile(r"[\dXx×*]{8,18}")


def _labelled(text: str) -> PartyElements | None:
    """The person that a form is about: the first head label that is followed by labels of a
    person."""
    data = tables()
    for head in data.head.finditer(text):
        labels = list(data.label.finditer(text, head.end(), min(len(text), head.end() + 600)))
        if not labels or labels[0].start() - head.end() > 30:
            continue
        name = text[head.end() : labels[0].start()]
        known = {data.labels.get(label["label"], "") for label in labels[:3]}
        if _BARE_NAME.fullmatch(name) is None or not known & {"sex", "birth", "alias"}:
            continue
        return _form_party(text, head, labels, name)
    return None


def _form_party(
    text: str, head: re.Match[str], labels: Sequence[re.Match[str]], name: str
) -> PartyElements:
    data = tables()
    fields: dict[str, Field] = {}
    aliases: list[str] = []
    for at, label in enumerate(labels):
        if label["label"] in ("问:", "答:"):
            break
        field = data.labels.get(label["label"], "other")
        stop = labels[at + 1].start() if at + 1 < len(labels) else len(text)
        value = re.split(r"[。;]", text[label.end() : min(stop, label.end() + 80)])[0].strip(",")
        if field == "other" or field in fields or not value or at + 1 == len(labels):
            continue
        if field == "alias":
            aliases += [each for each in _each_alias(value, name) if each not in aliases]
            continue
        placed = _form_field(field, value, label.end())
        if placed is not None:
            fields[field] = placed
    role = data.heads[head["head"]]
    standing = data.standing.search(text, head.end())
    if standing is not None and role:
        role = data.standings[standing["standing"]]
    said = _I_AM.search(text, head.end())
    if said is not None and said["name"] == name:
        for field, value, first, last in fields_of(text, said.start("rest"), said.end("rest")):
            fields.setdefault(field, Field(value, first, last))
        aliases += [
            each
            for each in _aliases(text, said.start("rest"), said.end("rest"), name)
            if each not in aliases
        ]
    return PartyElements(
        role=role,
        name=name,
        start=head.end(),
        stop=head.end() + len(name),
        aliases=tuple(aliases),
        fields=tuple(sorted(fields.items(), key=lambda each: each[1].start)),
    )


def _form_field(field: str, value: str, at: int) -> Field | None:
    """A value of a form in the way prose gives it."""
    if field in ("birth", "sex", "ethnicity"):
        lead = {"birth": "出生日期", "sex": "", "ethnicity": ""}[field]
        for name, said, _, _ in fields_of(lead + value, 0, len(lead + value)):
            if name == field:
                return Field(said, at, at + len(value))
        return Field(value + "族", at, at + len(value)) if field == "ethnicity" else None
    if field == "id_number":
        number = _NUMBER.search(value)
        if number is None:
            return None
        return Field(number[0].upper(), at + number.start(), at + number.end())
    if field == "education":
        return Field(value.removesuffix("文化"), at, at + len(value))
    return Field(value, at, at + len(value))
