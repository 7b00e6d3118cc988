"""Findings: coded data with messages in Chinese and English."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .types import dated_file
from .values import Finding


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    severity: Literal["error", "warning", "note"]
    zh: str
    en: str


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    source: str
    effective_from: str
    findings: dict[str, _Kind]


@lru_cache(maxsize=1)
def finding_kinds() -> dict[str, _Kind]:
    """All codes, with severity and messages."""
    here = resources.files(__package__)
    return dated_file(_File, here / "findings.yaml").findings


def finding(code: str, keys: tuple[int, ...], **values: object) -> Finding:
    """A finding about some pages, its message filled from `values`."""
    kind = finding_kinds()[code]
    words = {name: str(value) for name, value in values.items()}
    return Finding(
        code,
        kind.severity,
        keys,
        words,
        {"zh": kind.zh.format(**words), "en": kind.en.format(**words)},
    )
