"""文号: gap-free numbers, one counter for each 机关代字, kind of document and year."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from pydantic import field_validator
from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ..elements.tables import Sourced, Strict, read_table_of
from ..errors import BadData
from ..records import CounterRow

_PARTS = {"prefix", "kind", "year", "serial"}


class _Rule(Strict):
    form: str
    ends: str = ""

    @field_validator("form")
    @classmethod
    def _whole(cls, form: str) -> str:
        named = [name for _, name, _, _ in Formatter().parse(form) if name is not None]
        if sorted(named) != sorted(_PARTS):
            raise ValueError("it needs {prefix}, {kind}, {year} and {serial}, once each")
        return form


class _File(Sourced):
    rules: dict[str, _Rule]


@lru_cache(maxsize=1)
def _rules() -> dict[str, _Rule]:
    return read_table_of(_File, str(__package__), "numbering.yaml").rules


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of one kind of document that one office gives in one year."""

    organ: str
    """Kind of organ and 机关代字, as the counter has it: police/兰公城."""
    kind: str
    year: int
    form: str

    def text(self, serial: int) -> str:
        """The number with this serial."""
        prefix = self.organ.partition("/")[2]
        return self.form.format(prefix=prefix, kind=self.kind, year=self.year, serial=serial)


def series_of(organ: str, prefix: str, kind: str, year: int) -> Series:
    """The series of a kind of organ (police, …), its 机关代字, a kind of document and a year.
    Raises BadData if there is no rule for such an organ."""
    rule = _rules().get(organ)
    if rule is None:
        raise BadData(
            f"there is no form of 文号 for {organ!r}",
            where="numbering.yaml",
            advice="known are " + ", ".join(_rules()),
        )
    if rule.ends and kind.startswith(rule.ends):
        kind = kind.removeprefix(rule.ends)
        prefix = prefix if prefix.endswith(rule.ends) else prefix + rule.ends
    return Series(f"{organ}/{prefix}"[:200], kind[:60], year, rule.form)


def draw(
    session: Session, series: Series, *, first: int = 1, taken: Callable[[str], bool]
) -> tuple[int, str]:
    """The next serial and its number, in the caller's transaction: if that fails, the counter
    stands where it stood. `first` is where the series begins; numbers that are `taken` (given by
    hand, or on paper in the archive) are stepped over. Others who draw from the series wait."""
    while True:
        serial = _raise(session, series, first)
        number = series.text(serial)
        if not taken(number):
            return serial, number


def _raise(session: Session, series: Series, first: int) -> int:
    following = case((CounterRow.last + 1 < first, first), else_=CounterRow.last + 1)
    statement = (
        _insert(session, series, first)
        .on_conflict_do_update(index_elements=["organ", "kind", "year"], set_={"last": following})
        .returning(CounterRow.last)
    )
    return int(session.execute(statement).scalar_one())


def _insert(session: Session, series: Series, last: int) -> Any:
    """SQLite and PostgreSQL say it alike, but each has a class of its own."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(CounterRow).values(
        organ=series.organ, kind=series.kind, year=series.year, last=last
    )
