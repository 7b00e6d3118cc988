"""Codes of courts (法院代字) in case numbers: which court, where."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from .tables import Sourced, Strict, read_table

_LEVELS = ("最高人民法院", "高级人民法院", "中级人民法院", "人民法院", "法院")


class _Province(Strict):
    sign: str = Field(min_length=1, max_length=1)
    name: str = ""
    high: str
    intermediate: dict[str, str] = Field(default_factory=dict)
    """Prefecture by the two digits."""
    grassroots: dict[str, str] = Field(default_factory=dict)
    """District or county by the four digits; the court is named after it."""
    named: dict[str, str] = Field(default_factory=dict)
    """Courts whose names do not follow from their place, by digits."""


class _Special(Strict):
    first: int = Field(ge=71, le=99)
    last: int = Field(ge=71, le=99)
    name: str = Field(min_length=1)


class _CourtsFile(Sourced):
    supreme: dict[str, str]
    special: tuple[_Special, ...]
    provinces: tuple[_Province, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def _table() -> tuple[_CourtsFile, dict[str, _Province]]:
    table = read_table(_CourtsFile, "courts.yaml")
    return table, {each.sign: each for each in table.provinces}


@lru_cache(maxsize=1024)
def court_of(code: str) -> tuple[str, str]:
    """Name and region of the court with this code (甘, 甘01, 甘0102, 最高法), as far as the data
    go: ("甘肃省兰州市城关区人民法院", "甘肃省兰州市城关区"). Empty where they do not say."""
    table, provinces = _table()
    if code in table.supreme:
        return table.supreme[code], ""
    province = provinces.get(code[:1])
    if province is None:
        return "", ""
    digits = code[1:]
    if not digits:
        return province.high, province.name
    prefecture = province.intermediate.get(digits[:2], "")
    region = province.name + prefecture
    if digits in province.named:
        return province.named[digits], region
    if len(digits) == 2:
        return (f"{region}中级人民法院" if prefecture else ""), region
    place = province.grassroots.get(digits)
    if place is None:
        return "", region
    # districts are named with their city, counties with the province alone
    above = region if place.endswith("区") else province.name
    return f"{above}{place}人民法院", region + place


def court_branch(code: str) -> str:
    """What a special court (专门法院) is for, by its code: 甘7101 gives 铁路; "" for others."""
    table, _ = _table()
    first = code[1:3]
    if not first.isdecimal():
        return ""
    return next((one.name for one in table.special if one.first <= int(first) <= one.last), "")


@lru_cache(maxsize=1)
def _codes() -> dict[str, str]:
    """Codes by the name of the court, with its province and, where that is enough, without."""
    table, provinces = _table()
    found: dict[str, str] = {name: code for code, name in table.supreme.items()}
    short: dict[str, list[str]] = {}
    for sign, province in provinces.items():
        for digits in ("", *province.intermediate, *province.named, *province.grassroots):
            name, _ = court_of(sign + digits)
            if not name:
                continue
            found.setdefault(name, sign + digits)
            if province.name and name.startswith(province.name):
                short.setdefault(name.removeprefix(province.name), []).append(sign + digits)
    for name, codes in short.items():
        if len(codes) == 1:
            found.setdefault(name, codes[0])
    return found


def court_code(name: str) -> str:
    """The code of a court by its name, with or without its province: 甘0102 of
    兰州市城关区人民法院.
    "" if the data do not have it, or more than one of that name."""
    return _codes().get(name.strip(), "")


def court_above(name: str) -> str:
    """The court that hears appeals against this one: 甘肃省兰州市中级人民法院 of
    兰州市城关区人民法院. "" if the data do not say."""
    code = court_code(name)
    if len(code) == 5:
        # in the four cities under the state several courts of that level part the districts
        # among them, and not by these digits
        cut = code[1:3] in _table()[1][code[:1]].intermediate or court_branch(code)
        return court_of(code[:3])[0] if cut else ""
    if len(code) == 3:
        return court_of(code[:1])[0]
    return court_of("最高法")[0] if len(code) == 1 else ""


def court_of_number(number: str) -> str:
    """The court that an 案号 names, "" if its code is not known."""
    return _named_by(number)[0]


def places_of(court: str, number: str) -> tuple[str, ...]:
    """Where a court is, by its name and by the 案号 of its judgment, as far as they say."""
    found = (place_of(whole_name(court)), _named_by(number)[1])
    return tuple(dict.fromkeys(place for place in found if place))


def _named_by(number: str) -> tuple[str, str]:
    inside = number.replace("(", "（").replace(")", "）").rpartition("）")[2]
    return court_of(inside.partition("刑")[0])


def whole_name(court: str) -> str:
    """甘肃省兰州市城关区人民法院 of 兰州市城关区人民法院, as far as the data go."""
    code = court_code(court) if court else ""
    return (court_of(code)[0] if code else "") or court.strip()


def place_of(court: str) -> str:
    """甘肃省兰州市 of 甘肃省兰州市中级人民法院, 甘肃省临夏回族自治州临夏市 of 甘肃省临夏市人民法院;
    "" if the name does not say."""
    code = court_code(court) if court else ""
    named = next((court.removesuffix(end) for end in _LEVELS if court.endswith(end)), "")
    return (court_of(code)[1] if code else "") or named
