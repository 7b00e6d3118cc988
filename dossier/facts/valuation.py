"""What a 价格认定 concludes in prose: …手机1部，在基准日的价格为人民币2860元（大写：…）。"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from ..elements.form import form
from ..elements.values import Amount, Elements
from ..normal import Normalised, normal
from .stock import COUNT, Cell, Item, Stock

_SAID = re.compile(r"(?:价[格值款]?|金额|总额|[合共总]计|计)[^,。;:]{0,12}:?$")
"""Stands before a sum that is a value."""
_WHOLE = re.compile(r"[合总共]计|总[价额]|共")
_NOT = re.compile(r"费|购|发票|原[价值]|单价|标价|售价")
"""Stands before a sum that something else was."""
_APPRAISED = re.compile("认定|鉴定|评估|基准日")
_LEAD = (
    r"(?:\d{1,2}[.、]|[一二三四五六七八九]、|(?:价格)?(?:认定|鉴定|评估)(?:结论|标的|意见|结果)?为?|对"
    r"|涉案的?|被[盗抢骗毁]的?|上述|送检|该)"
)
"""Stands before the name of a thing: headings, numbers, 涉案."""
_THING = re.compile(
    rf"(?:^|[,。;:、和及与]){_LEAD}{{0,5}}"
    rf"(?P<name>(?:[^,。;:、()]|\([^()]{{1,20}}\)){{2,40}}?)\(?(?P<quantity>{COUNT})(?!月|小时)"
)
_NAMED = re.compile(r"[一-龥a-zA-Z]{2}")
_REACH = 400
"""A sentence is read so far back from a sum."""
_AGAIN = 12
"""Not more stands between a sum and the same sum in words."""


@dataclass(frozen=True, slots=True)
class _Value:
    """A sum, and what stands before it in its sentence (a span of the form)."""

    amount: Amount
    start: int
    stop: int


def with_conclusion(stock: Stock, text: str, elements: Elements) -> Stock:
    """A list with what the conclusion of its paper says where the table says nothing: the things
    and the sum of all of them."""
    if stock.total is not None:
        return stock
    whole = form(text)
    values = list(_values(text, whole, elements))
    if not values:
        return stock
    items = stock.items or tuple(_items(text, whole, values))
    said = [value for value in values if _WHOLE.search(whole.text, value.start, value.stop)]
    if said:
        parts = sum((value.amount.value for value in said[:-1]), Decimal(0))
        whole_sum = said[-1:] if said[-1].amount.value >= parts else said
        return _summed(replace(stock, items=items), text, whole_sum)
    if stock.items and len({value.amount.value for value in values}) > 1:
        return stock  # which of them is the sum of the table is unknown
    return _summed(replace(stock, items=items), text, values)


def _summed(stock: Stock, text: str, values: Sequence[_Value]) -> Stock:
    first, last = values[0].amount, values[-1].amount
    total = sum((value.amount.value for value in values), Decimal(0))
    return replace(stock, total=total, total_cell=_cell(text, first.start, last.stop))


def _values(text: str, whole: Normalised, elements: Elements) -> Iterator[_Value]:
    """The sums of the conclusion that are values, each once: what follows in brackets (大写) says
    it again."""
    ends = [(s.start, s.stop) for s in elements.segments if s.kind == "conclusion"]
    parts = [(whole.inside(start), whole.inside(stop)) for start, stop in ends]
    headed = bool(parts)
    before: Amount | None = None
    for amount in elements.amounts:
        stop = whole.inside(amount.start)
        start = next((a for a, b in parts or [(0, len(whole.text))] if a <= stop < b), None)
        if amount.currency != "CNY" or start is None:
            continue
        start = max(start, stop - _REACH)
        start = max(start, whole.text.rfind("。", start, stop) + 1)
        told = headed or _APPRAISED.search(whole.text, start, stop) is not None
        if before is not None:
            start = max(start, whole.inside(before.stop))
        lead = whole.text[start:stop]
        again = before is not None and before.value == amount.value and len(lead) < _AGAIN
        before = amount
        clause = re.split("[,;]", lead)[-1]
        if told and not again and _SAID.search(lead) and not _NOT.search(clause):
            yield _Value(amount, start, stop)


def _items(text: str, whole: Normalised, values: Sequence[_Value]) -> Iterator[Item]:
    """The things that have a value of their own: one is named before the sum."""
    for value in values:
        things = [
            match
            for match in _THING.finditer(whole.text, value.start, value.stop)
            if _NAMED.search(match["name"])
        ]
        if len(things) != 1 or _WHOLE.search(whole.text, things[0].end(), value.stop):
            continue
        name, quantity = (
            _cell(text, *whole.span(*things[0].span(group))) for group in ("name", "quantity")
        )
        money = _cell(text, value.amount.start, value.amount.stop)
        yield Item(name, quantity, value.amount.value, money)


def _cell(text: str, start: int, stop: int) -> Cell:
    return Cell(normal(text[start:stop]), start, stop)
