"""The table of circumstances (circumstances.yaml): loaded, validated, made ready for searching."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from .patterns import alternation, bounded
from .tables import Sourced, Strict, read_table

Direction = Literal["lighter", "heavier"]

_GAP = r"[^,。;:!?]{0,24}?"


def _compiles(pattern: str) -> str:
    """A pattern that looks at a bounded stretch only and captures nothing."""
    return bounded(pattern.replace("…", _GAP))


Pattern = Annotated[str, AfterValidator(_compiles)]


class Band(Strict):
    """By which share of the 基准刑 a circumstance changes it, without sign: `min` to `max`.

    `when` the case it is for; `beyond`: `min` or more; `exempt`: punishment may be left out;
    `least_months` the smallest change; in force from `since` to before `until`."""

    min: float = Field(ge=0, le=1)
    max: float = Field(ge=0, le=1)
    when: str = ""
    beyond: bool = False
    exempt: bool = False
    least_months: int | None = Field(default=None, ge=0)
    since: dt.date | None = None
    until: dt.date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is more than max")
        return self


class _ReadAs(Strict):
    code: str
    unless: tuple[str, ...]


class _Together(Strict):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    other: str = Field(alias="with")
    phrases: tuple[Pattern, ...] = Field(min_length=1)


class _Entry(Strict):
    code: str = Field(min_length=2)
    english: str = Field(min_length=2)
    direction: Direction
    articles: tuple[str, ...]
    tag: Literal["V", "V2", "K"]
    layer: Literal[1, 2] = 2
    bands: tuple[Band, ...] = ()
    words: tuple[str, ...] = Field(min_length=1)
    phrases: tuple[Pattern, ...] = Field(min_length=1)
    denials: tuple[Pattern, ...] = ()
    together: _Together | None = None
    skip: tuple[Pattern, ...] = ()
    skip_after: tuple[Pattern, ...] = ()
    contested: bool = False
    weighed: bool = False
    inner: bool = False
    in_facts: bool = False
    read_as: _ReadAs | None = None
    outweighed: tuple[str, ...] = ()


class _CircumstancesFile(Sourced):
    circumstances: tuple[_Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes(self) -> Self:
        codes = [entry.code for entry in self.circumstances]
        if len(set(codes)) < len(codes):
            raise ValueError("a code stands twice")
        for entry in self.circumstances:
            others: set[str] = set(entry.outweighed)
            if entry.read_as is not None:
                others |= {entry.read_as.code, *entry.read_as.unless}
            if entry.together is not None:
                others.add(entry.together.other)
            if others - set(codes):
                raise ValueError(f"{entry.code}: no such code: {sorted(others - set(codes))}")
        return self


@dataclass(frozen=True, slots=True)
class CircumstanceType:
    """A kind of circumstance. `articles` as citations write them, `tag` how sure its source is
    (V article read, V2 second-hand, K knowledge), `layer` 1 for those applied first, `bands` its
    shares of the 基准刑 in force from `since`."""

    code: str
    english: str
    direction: Direction
    articles: tuple[str, ...]
    tag: str
    layer: int
    bands: tuple[Band, ...]
    since: dt.date


@dataclass(frozen=True)
class CircumstanceTable:
    """What is searched for, and what it means."""

    types: tuple[CircumstanceType, ...]
    entries: dict[str, _Entry]
    skips: dict[str, tuple[re.Pattern[str] | None, re.Pattern[str] | None]]
    """What makes a phrase another thing: before it in its clause, after it."""
    words: re.Pattern[str]
    """Of every circumstance: most clauses of a text have none of them."""
    codes: dict[str, tuple[str, ...]]
    """By word, the circumstances whose phrases contain it."""
    phrases: dict[str, re.Pattern[str]]
    """By code, its denials (group 1) and phrases."""
    halves: dict[str, tuple[str, re.Pattern[str]]]
    """By the other circumstance: the one that it makes together with what the pattern finds."""


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(patterns)
    return re.compile(joined) if joined else None


@lru_cache(maxsize=1)
def circumstance_table() -> CircumstanceTable:
    data = read_table(_CircumstancesFile, "circumstances.yaml")
    by_word: dict[str, list[str]] = defaultdict(list)
    for entry in data.circumstances:
        for word in entry.words:
            by_word[word].append(entry.code)
    return CircumstanceTable(
        types=tuple(
            CircumstanceType(
                entry.code,
                entry.english,
                entry.direction,
                entry.articles,
                entry.tag,
                entry.layer,
                entry.bands,
                data.effective_from,
            )
            for entry in data.circumstances
        ),
        entries={entry.code: entry for entry in data.circumstances},
        skips={
            entry.code: (_either(entry.skip), _either(entry.skip_after))
            for entry in data.circumstances
            if entry.skip or entry.skip_after
        },
        words=re.compile(alternation(by_word)),
        codes={
            # of two words that begin together only the longer is found
            word: tuple(
                dict.fromkeys(code for other in by_word if other in word for code in by_word[other])
            )
            for word in by_word
        },
        phrases={
            # denials first: 不谅解 before 谅解
            entry.code: re.compile(
                f"({'|'.join(entry.denials) or '(?!)'})|(?:{'|'.join(entry.phrases)})"
            )
            for entry in data.circumstances
        },
        halves={
            entry.together.other: (entry.code, re.compile("|".join(entry.together.phrases)))
            for entry in data.circumstances
            if entry.together is not None
        },
    )


def circumstance_types() -> tuple[CircumstanceType, ...]:
    """Every kind of circumstance, in the order of the data file. Raises BadData."""
    return circumstance_table().types
