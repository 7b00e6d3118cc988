"""Which stage of the procedure a document comes from: data, loaded and validated."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from ..elements.tables import Sourced, read_table_of

Stage = Literal["侦查", "审查起诉", "审判", "执行", ""]


class _File(Sourced):
    judgments: dict[str, Stage]
    stages: dict[str, Stage]


@lru_cache(maxsize=1)
def _file() -> _File:
    return read_table_of(_File, str(__package__), "stages.yaml")


def stage_of(type_code: str) -> Stage:
    """侦查, 审查起诉, 审判, 执行, or "" where a type has none."""
    known = _file().stages
    for stop in range(len(type_code), 0, -1):
        if (stage := known.get(type_code[:stop])) is not None:
            return stage
    return ""


def stage_of_judgment(title: str) -> Stage:
    """审判, or 执行 for a ruling on 减刑, 假释 and the like."""
    return next((stage for word, stage in _file().judgments.items() if word in title), "审判")
