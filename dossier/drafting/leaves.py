"""Values of a view, made from facts and from the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from dossier.templates import Leaf, Node
from dossier.templates.values import Origin, Scalar, Value

from ..elements.days import dates
from ..facts import FactValue, Source
from .source import Said


def text(value: str) -> str | None:
    return value.strip() or None


def day(value: str) -> date | None:
    """A day from ISO writing (with or without a time) or Chinese; None if it is not one whole."""
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return next((found for _, found in dates(value)), None)


def moment(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None


def number(value: str) -> Decimal | None:
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def chinese_moment(value: str) -> str:
    """2023-03-06T02:00 as 2023年3月6日2时, 2023-03-15T14:10 as 2023年3月15日14时10分."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d))?", value)
    if match is None:
        return value
    units = zip(match.groups(), "年月日时分", strict=True)
    told = [f"{int(part)}{unit}" for part, unit in units if part is not None]
    if match[5] == "00":
        told.pop()
    return "".join(told)


def of_fact(fact: FactValue | None, convert: Callable[[str], Scalar | None] = text) -> Leaf | None:
    """A leaf of a fact; None if there is none, or it is not of its type."""
    if fact is None:
        return None
    value = convert(fact.value)
    return None if value is None else Leaf(value, "facts", fact.sources)


def of_facts(facts: Iterable[FactValue]) -> tuple[Leaf, ...]:
    return tuple(leaf for leaf in map(of_fact, facts) if leaf is not None)


def of_said(
    said: Said | None, convert: Callable[[str], Scalar | None] = text, origin: Origin = "catalogue"
) -> Leaf | None:
    if said is None:
        return None
    value = convert(said.value)
    return None if value is None else Leaf(value, origin, said.sources)


def derived(value: Scalar, *of: Leaf | None) -> Leaf:
    """A value reckoned from others: its sources are theirs."""
    found: dict[Source, None] = {}
    for leaf in of:
        if leaf is not None:
            found.update(dict.fromkeys(leaf.sources))
    return Leaf(value, "derived", tuple(found))


def node(key: str = "", /, **values: Value | None) -> Node:
    """A record of what is there: absent values and empty lists are left out."""
    return Node({code: value for code, value in values.items() if value not in (None, ())}, key)
