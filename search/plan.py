"""What an engine is asked: a small tree that leaves nothing to interpretation.

The query language (`dossier.search.query`) becomes such a tree (`dossier.search.planning`); every
engine must find exactly the entries that the docstrings say. All texts in a plan are in search form
(`dossier.search.analysis.form`) and not empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Everything:
    """Every entry."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """No entry."""


@dataclass(frozen=True, slots=True)
class Substring:
    """The search form of one of the field's texts contains `text`."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Similar:
    """The field contains `text` as OCR may have misread it: each character may be one of its
    look-alikes (`alternatives`, one string of characters per position, the right one first), or, if
    `one_edit`, one character may be another, missing, or one too many."""

    field: str
    alternatives: tuple[str, ...]
    one_edit: bool

    @property
    def text(self) -> str:
        return "".join(each[0] for each in self.alternatives)


@dataclass(frozen=True, slots=True)
class WholeWord:
    """A word in Latin letters or digits on the page is exactly `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class WordPrefix:
    """A word in Latin letters or digits on the page begins with `text`."""

    text: str


@dataclass(frozen=True, slots=True)
class Days:
    """The entry's day is known and not before `first`, not after `last` (None: no bound)."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Exactly:
    """One of the values of a keyword field is one of `values`."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class And:
    """All parts; none means everything."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part; none means nothing."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Plan


@dataclass(frozen=True, slots=True)
class Weighted:
    """The same entries as `part`, its score times `weight`."""

    part: Plan
    weight: float


@dataclass(frozen=True, slots=True)
class Preferring:
    """The same entries as `part`; those that also fit a wish score higher."""

    part: Plan
    wishes: tuple[Plan, ...]


Plan = (
    Everything
    | Nothing
    | Substring
    | Similar
    | WholeWord
    | WordPrefix
    | Days
    | Exactly
    | And
    | Or
    | Not
    | Weighted
    | Preferring
)
