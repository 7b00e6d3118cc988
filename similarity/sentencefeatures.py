"""What the sentencing model sees of a case: what is known before a decision, as numbers.

Nothing personal is in a profile, and nothing here is learnt from a sentence. 本院认为 of a court is
not read: 情节特别严重 or 第三百四十七条第二款 is where it says which bracket it is in. What the
prosecution claims is read instead, as a judgment or an indictment tells it; of statutes only those
of the special part: 第七十二条 (缓刑) or 第六十三条 (减轻) would give the outcome away, and
第六十七条 (自首) speaks through the circumstance, so that its weight is not hidden beside it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from dossier.elements import all_charges, citations
from dossier.elements.amounts import amounts
from dossier.elements.circumstancetypes import circumstance_types
from dossier.elements.measures import measures

from .guidelines import load_guidelines, statutory_range
from .trees import Matrix, Vector
from .values import INJURIES, CaseProfile

_SPECIAL_PART = 102
"""First article of 刑法 that describes an offence."""
_FREQUENT = 40
"""Judgments of a charge or statute from which on it has a column of its own."""

FINDINGS = (
    "数额较大", "数额巨大", "数额特别巨大", "数量较大", "数量大", "数量巨大", "情节严重",
    "情节特别严重", "情节恶劣", "情节特别恶劣", "情节较轻", "情节轻微", "后果严重", "后果特别严重",
    "手段残忍", "全部责任", "主要责任", "同等责任", "次要责任",
)  # fmt: skip
"""Words by which a prosecutor or a court says which bracket it is in."""
_CLAIMED = re.compile("指控|(?:公诉机关|检察院)认为")
_PROSECUTED = re.compile(
    r"[特现]提起公诉|[，。；]请依法(?:判处|惩处)|现将此?[^。]{0,8}移送[^。]{0,8}审查起诉"
)
_SENTENCED = re.compile(r"判决如下|裁定如下")
_FINE = re.compile(r"(?:罚金|罚款|保证金)[^，,。；;]{0,14}$")
_COUNTED = {
    "volume": re.compile(r"(\d+(?:\.\d+)?)立方米"),
    "stems": re.compile(r"(\d+)[株棵]"),
    "guns": re.compile(r"(\d+)[支把]"),
    "tablets": re.compile(r"(\d+)[粒颗]"),
    "people": re.compile(r"(\d+)(?:余)?[名人位]"),
    "area": re.compile(r"(\d+(?:\.\d+)?)(?:余)?亩"),
}
_DEEDS = re.compile(r"(?<=[。；;\n（(])\s?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．）)]")
_DAYS = re.compile(r"\d{1,2}月\d{1,2}日")
_NUMBERS = (
    "law_least", "law_most", "law_likely_least", "law_likely_most", "law_life",
    "charge_article", "charge_number", "statute_number", "amount", "amount_most",
    "amount_middle", "amount_number", "injury", "alcohol", "weight", "weight_sum", "role",
    "instance", "procedure", "level", "year", "length", "deeds", "days",
)  # fmt: skip
_RAISING = frozenset({"amount", "weight", "alcohol", "injury", "role"})
_INSTANCES = ("", "一审", "二审", "再审")
_PROCEDURES = (None, "速裁", "简易", "普通")
_LEVELS = (None, "基层", "中级", "高级", "最高")
_ROLES = {"主犯": 1.0, "从犯": -1.0}


@lru_cache(maxsize=1)
def _articles() -> dict[str, float]:
    found = {}
    for charge in all_charges():
        number = re.search(r"(\d+)条(?:之(\d+))?", charge.statute)
        if number:
            found[charge.name] = float(number[1]) + float(number[2] or 0) / 20
    return found


def claims(profile: CaseProfile) -> str | None:
    """What tells the charge as the prosecution brought it: the account of a judgment that says so,
    an indictment with its reasons; None where the facts stand alone."""
    paper = bool(_PROSECUTED.search(profile.reasoning)) and not _SENTENCED.search(profile.reasoning)
    if paper:
        return f"{profile.account or profile.facts}\n{profile.reasoning}"
    return profile.account if _CLAIMED.search(profile.account) else None


def provisions(text: str) -> frozenset[str]:
    """Statutes of the special part, with their paragraph if it is said: 刑法133之1, 刑法347.2."""
    found = set()
    for cited in citations(text):
        if cited.law == "刑法" and cited.article and cited.article >= _SPECIAL_PART:
            name = f"刑法{cited.article}" + (f"之{cited.sub}" if cited.sub is not None else "")
            found.add(name)
            if cited.paragraph is not None:
                found.add(f"{name}.{cited.paragraph}")
    return frozenset(found)


@dataclass(frozen=True)
class FeatureSpace:
    """Columns of the matrix: `charges`, `provisions` that are frequent enough for one of their own,
    `circumstances` of the table."""

    charges: tuple[str, ...]
    provisions: tuple[str, ...]
    circumstances: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each column."""
        return (
            *_NUMBERS,
            *(f"count:{name}" for name in _COUNTED),
            *(f"finding:{word}" for word in FINDINGS),
            *(f"charge:{name}" for name in self.charges),
            *(f"provision:{name}" for name in self.provisions),
            *(f"circumstance:{code}" for code in self.circumstances),
        )

    @property
    def circumstance_columns(self) -> dict[str, int]:
        """Column of each circumstance: 1 it holds, -1 denied, 0 nothing said."""
        first = len(self.names) - len(self.circumstances)
        return {code: first + i for i, code in enumerate(self.circumstances)}

    @property
    def directions(self) -> tuple[int, ...]:
        """For each column whether more of it may only raise (1) or lower (-1) a term, 0 either."""
        lighter = {kind.code: kind.direction == "lighter" for kind in circumstance_types()}
        return tuple(
            (-1 if lighter.get(name.removeprefix("circumstance:")) else 1)
            if name.startswith("circumstance:")
            else int(name in _RAISING)
            for name in self.names
        )

    def row(self, profile: CaseProfile) -> Vector:
        """The numbers of one case, nan where it says nothing."""
        claimed = claims(profile)
        told = profile.facts if claimed is None else claimed
        own = provisions(told)
        said = dict(profile.circumstances)
        numbers = _numbers(profile) | _law(profile)
        # of facts alone one cannot say that nothing more is claimed
        absent = math.nan if claimed is None else 0.0
        numbers["statute_number"] = float(len(own)) or absent
        facts = profile.facts
        return np.array(
            [
                *(numbers[name] for name in _NUMBERS),
                *(_largest(pattern, facts) for pattern in _COUNTED.values()),
                *(1.0 if word in told else absent for word in FINDINGS),
                *(float(name in profile.charges) for name in self.charges),
                *(1.0 if name in own else absent for name in self.provisions),
                *(_sign(said.get(code)) for code in self.circumstances),
            ],
            dtype=np.float64,
        )

    def matrix(self, profiles: Sequence[CaseProfile]) -> Matrix:
        """(cases, columns)"""
        if not profiles:
            return np.zeros((0, len(self.names)))
        return np.vstack([self.row(profile) for profile in profiles])

    def with_only(self, row: Vector, codes: Collection[str]) -> Vector:
        """The row as it would be if, of its circumstances, only these had been found. The role goes
        with its circumstance; without one it stays."""
        out = row.copy()
        role = _NUMBERS.index("role")
        for code, column in self.circumstance_columns.items():
            if code in codes or not out[column]:
                continue
            out[column] = 0.0
            if (code == "主犯" and out[role] > 0) or (code == "从犯" and out[role] < 0):
                out[role] = 0.0
        return out

    def to_json(self) -> dict[str, Any]:
        return {
            "charges": list(self.charges),
            "provisions": list(self.provisions),
            "circumstances": list(self.circumstances),
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> FeatureSpace:
        return cls(
            tuple(data["charges"]),
            tuple(data["provisions"]),
            tuple(data["circumstances"]),
        )


def feature_space(profiles: Sequence[CaseProfile]) -> FeatureSpace:
    """The columns for judgments; of what they imposed nothing is looked at."""
    charges: Counter[str] = Counter(p.charges[0] for p in profiles if p.charges)
    cited: Counter[str] = Counter()
    for profile in profiles:
        cited.update(provisions(claims(profile) or ""))
    return FeatureSpace(
        charges=tuple(sorted(name for name, count in charges.items() if count >= _FREQUENT)),
        provisions=tuple(sorted(name for name, count in cited.items() if count >= _FREQUENT)),
        circumstances=tuple(each.code for each in circumstance_types()),
    )


def _law(profile: CaseProfile) -> dict[str, float]:
    """What the law allows for the charges, sum, weight and injury; nan where the data lack it."""
    law = statutory_range(profile, load_guidelines())
    charge = profile.charges[0] if profile.charges else ""
    months = (law.least, law.most, law.likely_least, law.likely_most) if law else (None,) * 4
    names = ("law_least", "law_most", "law_likely_least", "law_likely_most")
    return {
        **{name: _log(value) for name, value in zip(names, months, strict=True)},
        "law_life": float(law.life) if law else math.nan,
        "charge_article": _articles().get(charge, math.nan),
    }


def _numbers(profile: CaseProfile) -> dict[str, float]:
    facts = profile.facts
    sums = sorted(
        float(a.value)
        for a in amounts(facts)
        if a.currency == "CNY"
        and a.value > 0
        # a fine that was asked for, or that the first court imposed, is no sum of the deed
        and not _FINE.search(facts[max(0, a.start - 20) : a.start])
    )
    weights = [
        float(m.value) for m in measures(facts) if m.kind == "weight" and m.value is not None
    ]
    return {
        "charge_number": float(len(profile.charges)),
        "amount": _log(profile.amount),
        "amount_most": _log(sums[-1] if sums else None),
        "amount_middle": _log(sums[len(sums) // 2] if sums else None),
        "amount_number": float(len(sums)),
        "injury": float(INJURIES.index(profile.injury)) if profile.injury else math.nan,
        "alcohol": math.nan if profile.alcohol is None else profile.alcohol,
        "weight": _log(profile.weight),
        "weight_sum": _log(sum(weights) if weights else None),
        "role": _ROLES.get(profile.role or "", 0.0),
        "instance": float(_place(_INSTANCES, profile.instance)),
        "procedure": float(_place(_PROCEDURES, profile.procedure)),
        "level": float(_place(_LEVELS, profile.court_level)),
        "year": math.nan if profile.day is None else float(profile.day.year),
        "length": math.log1p(len(facts)),
        "deeds": float(len(_DEEDS.findall(facts))),
        "days": float(len(set(_DAYS.findall(facts)))),
    }


def _place(names: Sequence[str | None], name: str | None) -> int:
    return names.index(name) if name in names else 0


def _log(value: float | None) -> float:
    return math.nan if value is None else math.log1p(max(0.0, value))


def _sign(holds: bool | None) -> float:
    return 0.0 if holds is None else 1.0 if holds else -1.0


def _largest(pattern: re.Pattern[str], text: str) -> float:
    found = [float(number) for number in pattern.findall(text)]
    return math.log1p(max(found)) if found else math.nan
