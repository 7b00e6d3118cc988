"""What is shown of a judgment, kept as a line of JSON beside its features: its profile without the
texts, and what the caller wants to find again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from .values import CaseProfile

_TEXTS = ("facts", "reasoning", "account")
_NAMES = tuple(field.name for field in fields(CaseProfile) if field.name not in _TEXTS)
_LISTS = ("charges", "statutes")
_NUMBERS = ("amount", "alcohol", "weight", "fine")
_MONTHS = ("months", "probation")
_WORDS = ("injury", "role", "instance", "procedure", "court_level", "region", "penalty")


@dataclass(frozen=True, slots=True)
class Card:
    """`profile` without its texts; `beside` what was given along with it, as JSON has it."""

    profile: CaseProfile
    beside: Mapping[str, Any]


def written_card(profile: CaseProfile, beside: Mapping[str, Any]) -> bytes:
    """One line."""
    plain = {name: getattr(profile, name) for name in _NAMES}
    plain["day"] = profile.day.isoformat() if profile.day else None
    told = {"profile": plain, "beside": dict(beside)}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read_card(line: bytes) -> Card:
    """The inverse of `written_card`. Raises ValueError for anything else."""
    try:
        told = json.loads(line)
        plain, beside = told["profile"], told["beside"]
        if set(plain) != set(_NAMES) or not isinstance(beside, dict):
            raise ValueError("not the fields of a profile")
        day = None if plain["day"] is None else date.fromisoformat(plain["day"])
        held = tuple((str(code), bool(holds)) for code, holds in plain["circumstances"])
        lists = {name: tuple(map(str, plain[name])) for name in _LISTS}
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"not the card of a judgment: {error}") from error
    for names, kinds in ((_NUMBERS, (int, float)), (_MONTHS, (int,)), (_WORDS, (str,))):
        for name in names:
            if plain[name] is not None and not isinstance(plain[name], kinds):
                raise ValueError(f"{name}: {plain[name]!r}")
    profile = CaseProfile(facts="", **{**plain, **lists, "day": day, "circumstances": held})
    return Card(profile, beside)
