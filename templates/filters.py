"""What a template can put behind a |: {{ 成文日期|汉字日期 }}.

Each filter has a code and a label; both work. A field that is not there passes through as it is
(a draft shows where it is missing), except through 空白, which is for such fields. `UnfitValue`
where a value is of another kind than the filter writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import Undefined

from dossier.elements.terms import term as read_term
from dossier.errors import UnfitValue
from dossier.normal import normal

from . import chinese, citing, masking

Filter = Callable[..., Any]


def _passing(label: str, wants: str, write: Filter) -> Filter:
    """A filter that lets absent fields through and says what it wants where it cannot write."""

    def filter_(value: Any, *arguments: Any) -> Any:
        for each in (value, *arguments):
            if isinstance(each, Undefined):
                return each
        try:
            return write(value, *arguments)
        except (TypeError, ValueError, AttributeError) as error:
            raise UnfitValue(
                f"the filter {label} wants {wants}, not {_shown(value)} ({error})"
            ) from error

    filter_.__doc__ = write.__doc__
    return filter_


def _shown(value: Any) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return f"a list with {_shown(next(iter(value), ''))}"
    if not isinstance(value, str | int | Decimal | date | None):
        return f"a {type(value).__name__}"
    text = str(value)
    return f"“{text if len(text) <= 40 else f'{text[:40]}…'}”"


# --- what values are -------------------------------------------------------------------------


def _day(value: Any) -> date:
    if not isinstance(value, date):
        raise TypeError("no day")
    return value.date() if isinstance(value, datetime) else value


def _moment(value: Any) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError("no moment with an hour")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError("no number")
    return Decimal(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Iterable):
        raise TypeError("no list")
    # what is missing in a draft shows as such; what may be absent is left out
    return [
        str(item) if isinstance(item, Undefined) else _text(item)
        for item in value
        if not isinstance(item, Undefined) or item
    ]


def _count(value: Any) -> int:
    number = _number(value)
    if number != int(number) or number < 1:
        raise ValueError("no count from 1")
    return int(number)


# --- filters ---------------------------------------------------------------------------------


def _formal_day(value: Any) -> str:
    return chinese.formal_day(_day(value))


def _plain_day(value: Any) -> str:
    return chinese.plain_day(_day(value))


def _month_day(value: Any) -> str:
    return chinese.month_and_day(_day(value))


def _year_month(value: Any) -> str:
    return chinese.year_and_month(_day(value))


def _full_moment(value: Any) -> str:
    return chinese.plain_day(_moment(value)) + chinese.clock(_moment(value))


def _clock(value: Any) -> str:
    return chinese.clock(_moment(value))


def _term(value: Any) -> str:
    if isinstance(value, str):
        return chinese.term(*read_term(normal(value)))
    number = _number(value)
    if number != int(number):
        raise ValueError("no whole months")
    return chinese.term(int(number))


def _capitals(value: Any) -> str:
    return chinese.capitals(_number(value))


def _yuan(value: Any) -> str:
    return chinese.yuan(_number(value))


def _numeral(value: Any) -> str:
    return chinese.numeral(_number(value))


def _masked(value: Any) -> str:
    return masking.masked_name(_text(value))


def _masked_number(value: Any) -> str:
    return masking.masked_number(_text(value))


def _statutes(value: Any) -> str:
    return citing.cited(_texts(value))


def _listed(value: Any) -> str:
    return chinese.listed(_texts(value))


def _joined(value: Any, last: str = "和") -> str:
    return chinese.listed(_texts(value), _text(last))


def _sentence(value: Any) -> str:
    return chinese.sentence(_text(value))


def _unended(value: Any) -> str:
    return chinese.unended(_text(value))


def _item(value: Any) -> str:
    return f"{chinese.numeral(_count(value))}、"


def _bracketed(value: Any) -> str:
    return f"（{chinese.numeral(_count(value))}）"


def _group(value: Any) -> str:
    return f"第{chinese.numeral(_count(value))}组"


def _age(birth: Any, day: Any) -> int:
    return chinese.age(_day(birth), _day(day))


def _blank(value: Any, width: int = 8) -> Any:
    """A line to fill in by hand where there is nothing."""
    if isinstance(value, Undefined) or value is None or value == "":
        return "_" * max(1, min(int(width), 60))
    return value


# code: label, what it wants, the filter
_TABLE: dict[str, tuple[str, str, Filter]] = {
    "formal_date": ("汉字日期", "a date", _formal_day),
    "day": ("日期", "a date", _plain_day),
    "month_day": ("月日", "a date", _month_day),
    "year_month": ("年月", "a date", _year_month),
    "moment": ("时刻", "a day with its hour and minute", _full_moment),
    "clock": ("时分", "a day with its hour and minute", _clock),
    "term": ("刑期", "whole months, or a term such as 3年", _term),
    "capitals": ("大写金额", "a sum of yuan from 0, in whole 分", _capitals),
    "yuan": ("元", "a sum of yuan", _yuan),
    "numeral": ("汉字数", "a number from 0", _numeral),
    "masked": ("某某", "a name", _masked),
    "masked_number": ("号码隐去", "a number of an identity card, telephone or account",
                      _masked_number),
    "statutes": ("法条", "provisions such as 刑法第264条", _statutes),
    "listed": ("顿号", "a list of text", _listed),
    "joined": ("并列", "a list of text", _joined),
    "sentence": ("句", "text", _sentence),
    "unended": ("去句号", "text", _unended),
    "item": ("判项", "a count from 1, such as loop.index", _item),
    "bracketed": ("项次", "a count from 1, such as loop.index", _bracketed),
    "group": ("组次", "a count from 1, such as loop.index", _group),
    "age": ("年龄", "the day of birth, and in brackets the day to count at", _age),
}  # fmt: skip

FILTERS: dict[str, Filter] = {
    **{code: _passing(label, wants, write) for code, (label, wants, write) in _TABLE.items()},
    "blank": _blank,
}
"""The filters by code."""

FILTER_LABELS: dict[str, str] = {
    **{code: label for code, (label, _, _) in _TABLE.items()},
    "blank": "空白",
}
"""The Chinese name of each filter, by code."""
