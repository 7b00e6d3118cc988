"""What a person typed, as a value of its field's type."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import yaml

from dossier.templates import Field, Leaf, Node
from dossier.templates.fields import named, unknown
from dossier.templates.values import Origin, Scalar, Value

from ..elements.days import DATE
from ..elements.days import value as day_of
from ..elements.numerals import quantity
from ..elements.terms import months as months_of
from ..errors import BadValue
from ..facts import Source
from ..normal import normal

_LONGEST = 200_000
"""Characters of one value."""

NAMES = {
    "text": "text", "prose": "text", "texts": "a list of text", "date": "a day",
    "moment": "a day and an hour", "money": "a sum in yuan", "number": "a number",
    "months": "a term", "flag": "yes or no", "record": "a record", "records": "a list of records",
}  # fmt: skip
EXAMPLES = {
    "text": "冯国梁", "prose": "第一段（换行）第二段", "texts": "冯国梁;段文涛 or a YAML list",
    "date": "2023-05-08, 2023年5月8日 or 二〇二三年五月八日", "moment": "2023-05-08 14:30",
    "money": "5000 or 五千元", "number": "3", "months": "一年六个月 or 18",
    "flag": "是 or 否", "record": "YAML: {姓名: 冯国梁}",
    "records": "YAML: [{姓名: 冯国梁}, {姓名: 段文涛}]",
}  # fmt: skip


def converted(
    field: Field, given: object, origin: Origin = "typed", sources: tuple[Source, ...] = ()
) -> Value:
    """A value of the field's type. BadValue says which field, which type, and an example."""
    return _Conversion(origin, sources).value(field, given, field.label)


class _Conversion:
    def __init__(self, origin: Origin, sources: tuple[Source, ...]) -> None:
        self.origin, self.sources = origin, sources

    def value(self, field: Field, given: object, where: str) -> Value:
        if isinstance(given, str) and len(given) > _LONGEST:
            raise BadValue(f"{where}: more than {_LONGEST} characters")
        if field.type == "texts":
            return tuple(
                self._leaf(field, each, where) for each in self._items(field, given, where)
            )
        if field.type == "record":
            return self._record(field, self._plain(field, given, where), where, "")
        if field.type == "records":
            return self._records(field, self._plain(field, given, where), where)
        return self._leaf(field, given, where)

    def _leaf(self, field: Field, given: object, where: str) -> Leaf:
        try:
            value = _SCALARS[field.type](given)
        except (ValueError, KeyError, ArithmeticError, OverflowError):
            value = None
        if value is None:
            raise refusal(field, given, where)
        return Leaf(value, self.origin, self.sources)

    def _items(self, field: Field, given: object, where: str) -> Sequence[object]:
        if isinstance(given, str):
            if re.match(r"\s*(?:\[|- )", given):
                given = _yaml(field, given, where)
            else:
                return [part for part in re.split(r"[;；\n]", given) if part.strip()]
        if isinstance(given, list | tuple):
            return given
        raise refusal(field, given, where)

    def _plain(self, field: Field, given: object, where: str) -> object:
        return _yaml(field, given, where) if isinstance(given, str) else given

    def _record(self, field: Field, given: object, where: str, key: str) -> Node:
        if not isinstance(given, Mapping):
            raise refusal(field, given, where)
        values: dict[str, Value] = {}
        for name, value in given.items():
            inner = named(field.fields, str(name))
            if inner is None:
                raise BadValue(f"{where}: {unknown(str(name), field.fields, field.label)}")
            if value is None or value == "":
                continue
            values[inner.code] = self.value(inner, value, f"{where}·{inner.label}")
        return Node(values, key or _own_key(field, values))

    def _records(self, field: Field, given: object, where: str) -> tuple[Node, ...]:
        if isinstance(given, Mapping):
            if all(isinstance(each, Mapping) for each in given.values()):
                # by name: {韩志远: {主刑: 有期徒刑}}
                return tuple(
                    self._named(field, str(key), each, f"{where}·{key}")
                    for key, each in given.items()
                )
            given = [given]
        if not isinstance(given, list | tuple):
            raise refusal(field, given, where)
        made = [
            self._record(field, each, f"{where}·{at}", "") for at, each in enumerate(given, start=1)
        ]
        keys = [each.key for each in made]
        # two of one name have no name that tells them apart
        return tuple(each if keys.count(each.key) == 1 else Node(each.values, "") for each in made)

    def _named(self, field: Field, key: str, given: Any, where: str) -> Node:
        name = _key_field(field)
        whole = dict(given)
        if name is not None and name.code not in whole and name.label not in whole:
            whole = {name.code: key, **whole}
        return self._record(field, whole, where, key)


def _key_field(field: Field) -> Field | None:
    """The field of a record that names it: its name, or else its first text."""
    if "name" in field.fields:
        return field.fields["name"]
    return next((each for each in field.fields.values() if each.type == "text"), None)


def _own_key(field: Field, values: Mapping[str, Value]) -> str:
    name = _key_field(field)
    leaf = values.get(name.code) if name is not None else None
    return str(leaf.value)[:60] if isinstance(leaf, Leaf) else ""


def refusal(field: Field, given: object, where: str) -> BadValue:
    """What is wrong with a value, and one that would do."""
    shown = str(given)
    shown = shown if len(shown) <= 40 else f"{shown[:40]}…"
    return BadValue(
        f"{where}: {shown!r} is not {NAMES[field.type]}", advice=f"such as {EXAMPLES[field.type]}"
    )


def _yaml(field: Field, given: str, where: str) -> object:
    try:
        events = yaml.parse(given, Loader=yaml.SafeLoader)
        # a few lines of aliases can stand for more than any memory holds
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise BadValue(f"{where}: YAML with aliases", advice="write each value out")
        return yaml.safe_load(given)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadValue(
            f"{where}: this YAML cannot be read ({str(error)[:200]})",
            advice=f"such as {EXAMPLES[field.type]}",
        ) from error


# --- scalars ----------------------------------------------------------------------------------


def _text(given: object) -> str | None:
    if isinstance(given, bool) or not isinstance(given, str | int | float | Decimal | date):
        return None
    return str(given).strip() or None


def _date(given: object) -> date | None:
    if isinstance(given, date):
        return given.date() if isinstance(given, datetime) else given
    plain = normal(str(given)) if isinstance(given, str | int) else ""
    if re.fullmatch(r"(?:19|20)\d{6}", plain):
        return date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
    match = DATE.fullmatch(plain)
    return day_of(match) if match is not None else None


_MOMENT = re.compile(
    r"(?P<day>.{8,12}?)[T ]?(?P<hour>\d{1,2})(?:[:时](?P<minute>\d{1,2})?分?)(?::00)?"
)


def _moment(given: object) -> datetime | None:
    if isinstance(given, datetime):
        return given
    match = _MOMENT.fullmatch(normal(str(given), spaces="words"))
    day = _date(match["day"].strip()) if match is not None else None
    if match is None or day is None:
        return None
    return datetime(day.year, day.month, day.day, int(match["hour"]), int(match["minute"] or 0))


def _money(given: object) -> Decimal | None:
    if isinstance(given, str):
        plain = re.sub(r"^(?:人民币|¥|￥|rmb)|(?:元整|圆整|元|圆)$", "", normal(given))
        given = plain.replace(",", "") if plain.isascii() else plain
        return quantity(given)
    return _plain_number(given)


def _number(given: object) -> Decimal | int | None:
    if isinstance(given, str):
        plain = normal(given)
        found = Decimal(plain) if re.fullmatch(r"-?\d+(?:\.\d+)?", plain) else quantity(plain)
    else:
        plain_number = _plain_number(given)
        if plain_number is None:
            return None
        found = plain_number
    return int(found) if found == found.to_integral_value() else found


def _plain_number(given: object) -> Decimal | None:
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal):
        return None
    found = Decimal(str(given))
    return found if found.is_finite() else None


def _months(given: object) -> int | None:
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        return given if given >= 0 else None
    plain = normal(given) if isinstance(given, str) else ""
    return int(plain) if plain.isdecimal() else months_of(plain)


_YES = frozenset(("是", "有", "对", "yes", "true", "1", "y"))
_NO = frozenset(("否", "无", "不", "没有", "no", "false", "0", "n"))


def _flag(given: object) -> bool | None:
    if isinstance(given, bool):
        return given
    plain = normal(str(given)).lower()
    return True if plain in _YES else False if plain in _NO else None


_SCALARS: dict[str, Callable[[object], Scalar | None]] = {
    "text": _text, "texts": _text, "prose": _text, "date": _date, "moment": _moment,
    "money": _money, "number": _number, "months": _months, "flag": _flag,
}  # fmt: skip
