"""Where a proposed sentence lies: the values of the answer. Reference only."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from .guidelines import StatutoryRange

Flag = Literal["none", "note", "outside", "unknown"]
"""偏离: none, worth a look, outside; unknown where the data are too thin to say."""
Part = Literal["interval", "distribution", "percentile", "contributions", "fine", "probation"]

REFERENCE_ONLY = "本结果仅供办案人员参考，不作为裁判依据；量刑由审判组织依法独立决定。"
FLAG_NAMES = {
    "none": "未见偏离",
    "note": "提示注意",
    "outside": "偏离",
    "unknown": "数据不足，不作判断",
}


@dataclass(frozen=True, slots=True)
class Warned:
    """Why a number is not given. `replaces` the parts of the answer that are None for it; empty
    where the number stands and is only to be read with care."""

    code: str
    text: str
    replaces: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Interval:
    """Whole months (or yuan) `least` to `most`; holds the true one with probability `coverage`,
    measured on `cases` judgments of `group` ("" for rarer charges). `middle`, the expected one, is
    not rounded: it may lie less than a month (yuan) outside."""

    least: int
    middle: float
    most: int
    coverage: float
    group: str
    cases: int


@dataclass(frozen=True, slots=True)
class Distribution:
    """Weighted values of similar judgments. `quantiles` at 10, 25, 50, 75, 90 %; `histogram`
    (from, to, share) with `to` excluded; `effective` number of judgments as if equally weighted."""

    cases: int
    effective: float
    quantiles: tuple[float, float, float, float, float]
    histogram: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What the model's expected term owes to a circumstance, in months: minus is milder.

    `share` of the expected term without any circumstance; `band` the guideline in words, "" if it
    has none; `holds` False: the court denied it.
    """

    code: str
    holds: bool
    months: float
    share: float
    band: str


@dataclass(frozen=True, slots=True)
class Consistency:
    """Answer of `assess`. What is None is missing for a reason named in `warnings`.

    `months`, `probation`, `fine`  the proposed principal term, 缓刑考验期 (months) and 罚金
                     (yuan), None where none was proposed
    `interval`       of the principal term, if one of determinate length is imposed
    `fine_interval`  in yuan, if a fine is imposed; `*_probability` of each
    `terms`, `fines` of the similar judgments; `outcomes` weighted share of each kind of result;
                     `probation_share` among terms up to three years
    `percentile`     share of the similar terms below the proposed one, half of the equal ones, in
                     %; `fine_percentile` the same among the similar fines
    `bands`          circumstances of the case with the words of the guideline for them
    `base`           expected months without any circumstance; base + contributions = middle
    `counter`        places in `similar` of the nearest judgments with the opposite result
    `illegal`        why the proposed term is outside the 法定刑, "" if it is not
    """

    months: int | None
    interval: Interval | None
    fine_interval: Interval | None
    probation_probability: float | None
    fine_probability: float | None
    indeterminate_probability: float | None
    terms: Distribution | None
    fines: Distribution | None
    outcomes: tuple[tuple[str, float], ...]
    probation_share: float | None
    percentile: float | None
    base: float | None
    contributions: tuple[Contribution, ...]
    counter: tuple[int, ...]
    statutory: StatutoryRange | None
    illegal: str
    flag: Flag
    reason: str
    warnings: tuple[Warned, ...]
    note: str = REFERENCE_ONLY
    probation: int | None = None
    fine: float | None = None
    fine_percentile: float | None = None
    bands: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain values; lists for tuples."""
        data = asdict(self)
        data["statutory"] = self.statutory.to_json() if self.statutory else None
        data["flag_name"] = FLAG_NAMES[self.flag]
        plain = _plain(data)
        assert isinstance(plain, dict)
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value
