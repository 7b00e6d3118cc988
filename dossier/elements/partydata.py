"""The words by which documents name and describe parties (parties.yaml), ready to match."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field

from ..normal import normal
from .tables import Sourced, Strict, read_table


def _in_form(word: str) -> str:
    if not word or normal(word) != word:
        raise ValueError(f"{word!r} is not in the form of dossier.normal")
    return word


Word = Annotated[str, AfterValidator(_in_form)]


class _Role(Strict):
    role: str
    words: tuple[Word, ...] = Field(min_length=1)
    unit: bool = False
    attached: bool = False


class _Head(Strict):
    role: str
    words: tuple[Word, ...] = Field(min_length=1)


class _Standing(Strict):
    words: tuple[Word, ...]
    roles: dict[Word, str]


class _PartiesFile(Sourced):
    roles: tuple[_Role, ...]
    heads: tuple[_Head, ...]
    standing: _Standing
    labels: dict[str, tuple[Word, ...]]
    aliases: tuple[Word, ...]
    education: tuple[Word, ...]
    occupations: tuple[Word, ...]
    political: tuple[Word, ...]


@dataclass(frozen=True)
class Role:
    """What a word before a name makes of a party."""

    name: str
    unit: bool
    attached: bool


@dataclass(frozen=True)
class Tables:
    """`entry` begins an entry of prose, `roles` by word; `head` begins a form, `heads` by word;
    `label` is any label of a form, `labels` its field by word."""

    entry: re.Pattern[str]
    role: re.Pattern[str]
    roles: dict[str, Role]
    head: re.Pattern[str]
    heads: dict[str, str]
    standing: re.Pattern[str]
    standings: dict[str, str]
    label: re.Pattern[str]
    labels: dict[str, str]
    alias: re.Pattern[str]
    education: re.Pattern[str]
    occupation: re.Pattern[str]
    political: re.Pattern[str]


def any_of(words: Iterable[str]) -> str:
    """An alternation, the longest first."""
    return "|".join(map(re.escape, sorted(set(words), key=len, reverse=True)))


@lru_cache(maxsize=1)
def tables() -> Tables:
    """parties.yaml, read once. Raises BadData."""
    data = read_table(_PartiesFile, "parties.yaml")
    roles = {
        word: Role(each.role, each.unit, each.attached)
        for each in data.roles
        for word in each.words
    }
    heads = {word: each.role for each in data.heads for word in each.words}
    labels = {word: field for field, words in data.labels.items() for word in words}
    role = f"(?:{any_of(roles)})"
    alias = any_of(data.aliases)
    # one name, or several in a row; quoted or not
    name = r"""["'<《]{0,1}[^,。;:()"'<>《》、]{1,20}["'>》]{0,1}"""
    return Tables(
        # a role begins an entry after a full stop, or anywhere before 张三，男
        entry=re.compile(
            rf"(?:(?P<first>^|(?<=[。;:)号书日\]]))|)(?P<roles>{role}(?:[(暨兼及、]{{1,2}}{role}\)?){{0,3}})"
            rf"(?:\([^()]{{1,12}}称[^()]{{1,8}}\))?(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}}(?=:))?:?"
            rf"(?P<name>(?:(?!{role})[^,。;:()系]){{2,60}}?)"
            rf"(?=(?(first)(?:[,。;:(系]|[男女],|{role}|$)|[,(][男女][,)。]))"
        ),
        role=re.compile(role),
        roles=roles,
        head=re.compile(f"(?P<head>{any_of(heads)})(?:\\(签名\\))?:?"),
        heads=heads,
        standing=re.compile(
            f"(?:{any_of(data.standing.words)}):?(?P<standing>{any_of(data.standing.roles)})"
        ),
        standings=dict(data.standing.roles),
        label=re.compile(
            f"(?!(?<=自由)职业)(?P<label>{any_of([*labels, *heads, *data.standing.words])}|问:|答:)"
            r"(?:\([^()]{1,6}\))?:?"
        ),
        labels=labels,
        alias=re.compile(rf"(?:{alias})[:为叫是]?(?P<names>{name}(?:、{name}){{0,6}})"),
        education=re.compile(any_of(data.education)),
        occupation=re.compile(any_of(data.occupations)),
        political=re.compile(any_of(data.political)),
    )
