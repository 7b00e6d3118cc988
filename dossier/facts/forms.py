"""Particulars of people from forms and brackets: 姓名 韩某 性别 男 …, 韩某（性别男，出生日期…）.

Court papers and charges are read by `dossier.elements`; this reads what they are not: 户籍证明,
拘留证, heads of 笔录, 受案登记表.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from ..elements.form import form
from ..elements.tables import Sourced, read_table_of
from ..elements.values import Field, PartyElements
from ..normal import Normalised

_ZONE = 400
"""Characters after a name in which its particulars stand."""
_NAME = r"[\u4e00-\u9fff·]{2,12}?"


class _FormsFile(Sourced):
    names: dict[str, str]
    roles: dict[str, str]
    fields: dict[str, tuple[str, ...]]
    stops: tuple[str, ...]
    nothing: tuple[str, ...]
    once: tuple[str, ...]


@dataclass(frozen=True)
class _Forms:
    names: dict[str, str]
    role_labels: tuple[str, ...]
    fields: dict[str, str]
    """label to field"""
    nothing: frozenset[str]
    once: frozenset[str]
    name: re.Pattern[str]
    label: re.Pattern[str]


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    read = read_table_of(_FormsFile, __package__, "forms.yaml")
    fields = {label: field for field, labels in read.fields.items() for label in labels}
    names, stops = list(read.names), [*read.stops, *read.roles]
    labels = _any([*fields, *names, *stops])
    after = rf"(?=$|[,。;:()]|{_any([*fields, *stops, *names])})"
    return _Forms(
        names=read.names,
        role_labels=tuple(read.roles),
        fields=fields,
        nothing=frozenset(read.nothing),
        once=frozenset(read.once),
        name=re.compile(
            rf"(?P<label>{_any(names)})(?:\(?签名\)?)?:?(?P<labelled>{_NAME}){after}"
            rf"|(?:^|(?P<role>犯罪嫌疑人|被告人|罪犯|被鉴定人|被检验人|辨认人|当事人|违法行为人)|[:。,;、])"
            rf"(?P<inline>[\u4e00-\u9fff·]{{2,4}}?)[,(](?:性别:?)?(?=[男女][,)])"
        ),
        label=re.compile(rf"(?<!自由)(?P<label>{labels}):?"),
    )


_SEX = re.compile(r"[男女]")
_DAY = re.compile(r"([12]\d{3})[年./-](\d{1,2})[月./-](\d{1,2})日?")
_BORN = re.compile(r"([12]\d{3})年(\d{1,2})月(\d{1,2})日(?:出?生)")
_ID = re.compile(r"(?:居民身份证|身份证)?:?(\d{17}[\dXx]|\d{15})(?!\d)")
_PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}")
_PEOPLE = re.compile(r"([\u4e00-\u9fff]{1,5}族)")
_FREE = re.compile(r"[^,。;:()]+")
_SCHOOL = re.compile(
    r"[,(]((?:文盲|小学|初中|高中|中专|中技|职高|大专|大学|本科|硕士|博士|研究生)(?:在读|肄业|毕业)?)(?:文化)"
)


def form_people(text: str, roles: tuple[str, ...]) -> tuple[PartyElements, ...]:
    """The people whose particulars a form gives. `roles`: those its kind of paper speaks of."""
    forms, plain = _forms(), form(text)
    found = list(forms.name.finditer(plain.text))
    people: list[PartyElements] = []
    seen: set[str] = set()
    for place, match in enumerate(found):
        group = "labelled" if match["labelled"] else "inline"
        # a record is about one person, whose name then stands at the foot of every page
        if match["label"] in forms.once:
            if match["label"] in seen:
                continue
            seen.add(match["label"])
        begin, end = match.span(group)
        stop = found[place + 1].start() if place + 1 < len(found) else len(plain.text)
        stop = min(stop, end + _ZONE)
        if group == "inline":
            full = plain.text.find("。", end, stop)
            stop = stop if full < 0 else full
            bracket = plain.text[end] == "("
            close = plain.text.find(")", end, stop) if bracket else -1
            stop = stop if close < 0 else close
        fields = _fields(text, plain, end, stop, forms)
        himself = plain.text.startswith("我叫", begin)
        begin += 2 if himself else 0
        # the head of the record has the name in larger print, and the signature agrees with it
        name = people[0].name if himself and people else plain.text[begin:end]
        if _broken(text, plain, begin, end) or not fields:
            continue
        role = match["role"] or forms.names.get(match["label"] or "", "")
        role = role or _own_role(plain.text, end, stop, forms) or (roles[0] if roles else "")
        start, until = plain.span(begin, end)
        people.append(
            PartyElements(role=role, name=name, start=start, stop=until, fields=tuple(fields))
        )
    return tuple(people)


def _own_role(text: str, start: int, stop: int, forms: _Forms) -> str:
    for label in forms.role_labels:
        at = text.find(label, start, stop)
        if at >= 0 and (
            match := re.compile(r":?(被害人|证人|嫌疑人)").match(text, at + len(label))
        ):
            return match[1]
    return ""


def _broken(text: str, plain: Normalised, begin: int, end: int) -> bool:
    """A cell's edge runs through what looks like a name."""
    start, stop = plain.span(begin, end)
    return "\t" in text[start:stop] or "\n\n" in text[start:stop]


def _fields(
    text: str, plain: Normalised, start: int, stop: int, forms: _Forms
) -> list[tuple[str, Field]]:
    found: dict[str, Field] = {}

    def keep(name: str, value: str, begin: int, end: int) -> None:
        if name not in found and value and value not in forms.nothing:
            found[name] = Field(value, *plain.span(begin, end))

    form_text = plain.text
    sex = re.compile(r"[,(]?([男女])(?=[,)])").match(form_text, start, stop)
    if sex:
        keep("sex", sex[1], *sex.span(1))
    for match in _BORN.finditer(form_text, start, stop):
        keep("birth", _iso(match), *match.span())
    if school := _SCHOOL.search(form_text, start, stop):
        keep("education", school[1], *school.span(1))
    if people := re.compile(r",([\u4e00-\u9fff]{1,5}族)(?=,)").search(form_text, start, stop):
        keep("ethnicity", people[1], *people.span(1))
    labels = list(forms.label.finditer(form_text, start, stop))
    for place, label in enumerate(labels):
        name = forms.fields.get(label["label"])
        if name is None:
            continue
        limit = labels[place + 1].start() if place + 1 < len(labels) else stop
        _value(text, plain, name, label.end(), limit, keep)
    return list(found.items())


def _value(text: str, plain: Normalised, name: str, start: int, limit: int, keep: object) -> None:
    assert callable(keep)
    whole = plain.text
    if name == "sex":
        if match := _SEX.match(whole, start, limit):
            keep(name, match[0], *match.span())
    elif name == "birth":
        if match := _DAY.match(whole, start, limit):
            keep(name, _iso(match), *match.span())
    elif name == "id_number":
        if match := _ID.match(whole, start, min(limit + 1, len(whole))):
            keep(name, match[1].upper(), *match.span(1))
    elif name == "phone":
        if match := _PHONE.match(whole, start, limit):
            keep(name, match[0], *match.span())
    elif match := _FREE.match(whole, start, limit):
        end = _cell_end(text, plain, match.start(), match.end())
        value = whole[match.start() : end]
        if name == "ethnicity" and (people := _PEOPLE.match(value)):
            value, end = people[1], match.start() + len(people[1])
        if 1 <= len(value) <= 60:
            keep(name, value, match.start(), end)


def _cell_end(text: str, plain: Normalised, start: int, stop: int) -> int:
    """Where the cell or paragraph ends in which a value begins."""
    before = plain.span(start, start + 1)[1]
    for place in range(start + 1, stop):
        here, after = plain.span(place, place + 1)
        gap = text[before:here]
        if "\t" in gap or "\n\n" in gap or "\f" in gap:
            return place
        before = after
    return stop


def _iso(match: re.Match[str]) -> str:
    try:
        return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return ""
