"""The kinds of contradictions: codes with messages in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from ..elements.tables import Sourced, Strict, read_table_of
from .values import Conflict, Level, Side


class _Kind(Strict):
    level: Level
    zh: str
    en: str


class _File(Sourced):
    conflicts: dict[str, _Kind]


@lru_cache(maxsize=1)
def conflict_kinds() -> dict[str, _Kind]:
    """All codes, with level and messages."""
    return read_table_of(_File, __package__, "conflicts.yaml").conflicts


def conflict(code: str, path: str, sides: Sequence[Side] = (), **values: str) -> Conflict:
    """A contradiction about the fact `path`, its message filled from `values`."""
    kind = conflict_kinds()[code]
    return Conflict(
        code=code,
        level=kind.level,
        path=path,
        values=values,
        messages={"zh": kind.zh.format(**values), "en": kind.en.format(**values)},
        sides=tuple(sides),
    )
