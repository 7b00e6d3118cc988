"""Charges (罪名) of the criminal law, and where a text speaks of one as a charge.

A charge counts where it is called one: 犯盗窃罪, 涉嫌故意伤害, 盗窃一案, and in titles
(张三盗窃一审刑事判决书). 盗窃 alone is a deed, not a charge.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from pydantic import Field

from ..normal import normal, normalise
from .form import form as form_of
from .tables import Sourced, Strict, read_table


class _Entry(Strict):
    article: str = Field(pattern=r"^\d{3}(之\d)?$")
    name: str = Field(min_length=2)
    aliases: tuple[str, ...] = ()
    until: dt.date | None = None


class _ChargesFile(Sourced):
    charges: tuple[_Entry, ...]


@dataclass(frozen=True, slots=True)
class Charge:
    """One charge. `name` whole and without 罪 ("走私、贩卖、运输、制造毒品"), `statute` as
    citations write it ("刑法第347条"), `until` the first day on which it no longer existed."""

    name: str
    statute: str
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ChargeFound:
    """A mention of a charge: `name` is the charge's whole name, `text[start:stop]` what the text
    says of it ("贩卖毒品")."""

    name: str
    start: int
    stop: int


_CHOICE = re.compile(r"\(([^()]+)\)")
_JOIN = r"\s?[、,，和及]\s?"


def _whole(name: str) -> str:
    return _CHOICE.sub(lambda match: match[1].replace("|", "、"), name)


def _literal(text: str) -> str:
    pattern = re.escape(text).replace("、", _JOIN)
    return pattern.replace("（", "[（(〔]?").replace("）", "[）)〕]?")


def _pattern(name: str) -> str:
    """A regular expression of every form of a charge."""
    parts, at = [], 0
    for match in _CHOICE.finditer(name):
        parts.append(_literal(name[at : match.start()]))
        # the longest first: 犯罪所得收益 before 犯罪所得
        one = "|".join(map(_literal, sorted(match[1].split("|"), key=len, reverse=True)))
        parts.append(f"(?:{one})(?:{_JOIN}(?:{one}))*")
        at = match.end()
    return "".join([*parts, _literal(name[at:])])


@dataclass(frozen=True)
class _Table:
    charges: tuple[Charge, ...]
    several: re.Pattern[str]
    """One charge or several in a row (盗窃、诈骗)."""
    single: re.Pattern[str]
    names: tuple[str, ...]
    """Whole name of each group of `single`, by the order of groups."""
    endings: frozenset[str]
    """The last two characters of every form."""


@lru_cache(maxsize=1)
def _table() -> _Table:
    entries = read_table(_ChargesFile, "charges.yaml").charges
    charges = tuple(
        Charge(_whole(entry.name), f"刑法第{entry.article}条", entry.until) for entry in entries
    )
    forms = [
        (form, charge.name)
        for entry, charge in zip(entries, charges, strict=True)
        for form in (entry.name, *entry.aliases)
    ]
    # the longest first: 单位受贿 is not 受贿
    forms.sort(key=lambda each: len(each[0]), reverse=True)
    any_form = _by_first_character(_pattern(form) for form, _ in forms)
    return _Table(
        charges=charges,
        several=re.compile(rf"{any_form}(?:{_JOIN}{any_form})*"),
        single=re.compile("|".join(f"({_pattern(form)})" for form, _ in forms)),
        names=tuple(name for _, name in forms),
        endings=frozenset(end[-2:] for form, _ in forms for end in _endings(form)),
    )


def _endings(form: str) -> list[str]:
    """Texts in which the forms of a charge end."""
    if not form.endswith(")"):
        return [_BRACKETS.sub("", form)]
    last = _CHOICE.search(form, form.rindex("("))
    assert last is not None
    return last[1].split("|")


def _by_first_character(patterns: Iterable[str]) -> str:
    """One alternation, grouped by the first character: at most places of a text it then fails at
    the first look."""
    groups: dict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        first = _CHOSEN.match(pattern)
        for char in {choice[0] for choice in first[1].split("|")} if first else {pattern[0]}:
            groups[char].append(pattern)
    each = "|".join(f"(?={first})(?:{'|'.join(group)})" for first, group in groups.items())
    return f"(?=[{''.join(groups)}])(?:{each})"


_CHOSEN = re.compile(r"\(\?:([^()]+)\)")
_AFTER = re.compile(
    r"\s?(?:罪|(?:一)?案|的?犯罪事实|(?:[一二再]审|刑罚变更|审判监督|申诉|执行|复核|减刑|假释)?刑事)"
    r"|\s?(?:[一二再]审|刑罚变更|审判监督|刑罚与执行)"
)
_BEFORE = re.compile(r"涉嫌(?:犯有?)?|(?<![罪案嫌主从累共刑惯初偶逃])犯有?")
_BRACKETS = re.compile(r"[（）()〔〕]")
_LONGEST = 120
_ALL = 10_000
"""Places at which one part of a text is looked at: no paper names more charges."""
_SHORT = 2000


def all_charges() -> tuple[Charge, ...]:
    """Every charge of the table, in the order of the criminal law."""
    return _table().charges


def charges_in(text: str) -> tuple[ChargeFound, ...]:
    """Where a text speaks of a charge as a charge, in order. Line breaks may stand anywhere."""
    # a title or a heading is no reason to forget the form of a whole document
    whole = normalise(text) if len(text) < _SHORT else form_of(text)
    return tuple(
        ChargeFound(found.name, *whole.span(found.start, found.stop))
        for found in charges_in_form(whole.text)
    )


def charges_in_form(text: str) -> tuple[ChargeFound, ...]:
    """`charges_in` of a text that is in matching form."""
    table = _table()
    found: list[ChargeFound] = []
    for start, stop in _mentions(text, table):
        if found and start < found[-1].stop:
            continue
        found += [
            ChargeFound(name, start + first, start + last)
            for name, first, last in _row(text[start:stop])
        ]
    return tuple(found)


@lru_cache(maxsize=8192)
def _row(text: str) -> tuple[tuple[str, int, int], ...]:
    """The charges of a row (盗窃、诈骗), each with its place. Few rows differ, and to tell which of
    five hundred charges each is takes time: they are kept."""
    table = _table()
    return tuple(
        (table.names[each.lastindex - 1], each.start(), each.end())
        for each in table.single.finditer(text)
        if each.lastindex is not None
    )


def charges_at(text: str, at: int) -> tuple[ChargeFound, ...]:
    """The charge, or several in a row (盗窃、诈骗), that a text in matching form names at `at`."""
    table = _table()
    match = table.several.match(text, at)
    if match is None:
        return ()
    return tuple(ChargeFound(name, at + start, at + stop) for name, start, stop in _row(match[0]))


def _mentions(text: str, table: _Table) -> list[tuple[int, int]]:
    """Spans of charges in a row, by the words around them: far fewer places to look at than the
    text has characters."""
    spans: set[tuple[int, int]] = set()
    for before in islice(_BEFORE.finditer(text), _ALL):
        match = table.several.match(text, before.end())
        if match is not None:
            spans.add(match.span())
    done = 0
    for after in islice(_AFTER.finditer(text), _ALL):
        stop = after.start()
        if _BRACKETS.sub("", text[max(0, stop - 3) : stop])[-2:] not in table.endings:
            continue
        for match in table.several.finditer(text, max(done, stop - _LONGEST), stop):
            if match.end() == stop:
                spans.add(match.span())
        done = stop
    # of two that begin together the longer one
    return sorted(spans, key=lambda span: (span[0], -span[1]))


def canonical_charge(text: str) -> str | None:
    """The whole name of the charge that a person names, with or without 罪: 贩卖毒品罪 gives
    走私、贩卖、运输、制造毒品. None if there is no such charge."""
    form = normal(text).removesuffix("罪")
    match = _table().single.fullmatch(form)
    return None if match is None or match.lastindex is None else _table().names[match.lastindex - 1]
