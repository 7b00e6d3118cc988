"""What every search engine does. Nothing here assumes files: a place may be a folder or a URL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol, Self, runtime_checkable

from .entry import Entry
from .plan import Plan

Sort = Literal["relevance", "newest", "oldest"]
"""`relevance`: BM25, then key. By date: entries without a date come last."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One entry that was found."""

    key: str
    group: str
    score: float
    day: date | None


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one search.

    `total`   entries that fit, in all
    `groups`  groups that fit, in all; None unless asked for groups
    `hits`    one page of them, best first; of grouped hits each is the best of its group
    `inside`  how many entries of its group fit, for each hit's group (grouped only)
    `facets`  field → values with the number of entries that fit, most frequent first
    """

    total: int
    hits: tuple[Scored, ...]
    groups: int | None = None
    inside: Mapping[str, int] = field(default_factory=dict)
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)


@runtime_checkable
class SearchIndex(Protocol):
    """One index, open. Searches see what was committed when they begin; a writer never blocks
    them. One writer at a time per index: the caller sees to that. Not for several threads at once.

    Errors: `IndexDamaged` when the index cannot be read, `IndexVersion` when its form is not the
    one this library writes.
    """

    name: str

    @classmethod
    def create(cls, place: str) -> Self:
        """A new, empty index in an empty or absent place."""

    @classmethod
    def open(cls, place: str) -> Self:
        """The index in this place."""

    @classmethod
    def drop(cls, place: str) -> None:
        """Delete the index in this place, if there is one, whole or not."""

    def add(self, entries: Iterable[Entry], *, new: bool = False) -> None:
        """Put entries in; each replaces the one with its key. `new`: the caller knows that none of
        the keys is in the index. Takes effect with `commit`."""

    def delete(self, keys: Iterable[str]) -> None:
        """Take entries out; unknown keys do nothing. Takes effect with `commit`."""

    def commit(self) -> None:
        """Make all changes durable and visible to later searches, here and in other processes."""

    def rollback(self) -> None:
        """Forget what was not committed."""

    def search(
        self,
        plan: Plan,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: Sort = "relevance",
        grouped: bool = False,
        facets: Sequence[str] = (),
        facet_size: int = 20,
    ) -> Found:
        """Entries that fit, from `offset` on, at most `limit`."""

    def count(self, plan: Plan) -> int:
        """How many entries fit."""

    def more_like(
        self, text: str, *, limit: int = 10, where: Plan | None = None
    ) -> tuple[Scored, ...]:
        """Entries whose text has most in common with `text`, among those that fit `where`."""

    def optimise(self) -> None:
        """Make later searches faster, if the engine can; may take a while. Implies `commit`."""

    def close(self) -> None:
        """Let go of the place. Changes that were not committed are lost."""
