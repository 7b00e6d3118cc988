"""Where data are too thin for a number: the warnings that stand in its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .consistency import Part, Warned
from .sentencefeatures import claims
from .sentencemodel import DETERMINATE, SentencingModel
from .values import CaseProfile
from .weighing import effective

LEAST_SIMILAR = 5.0
"""Effective number of similar judgments with a term below which there is no distribution."""
LEAST_SEEN = 40
"""Judgments of the charge in the model below which there is no interval."""
OLD_YEARS = 10
_FAR = 1.5
"""A sum so many times beyond what 98 % of the model's judgments had is extrapolated."""
_LIFE_LIKELY = 0.5

Similar = Sequence[tuple[CaseProfile, float]]


def has_term(profile: CaseProfile) -> bool:
    """A principal penalty of determinate length was imposed."""
    return profile.penalty in DETERMINATE and bool(profile.months)


def similar_warnings(profile: CaseProfile, similar: Similar, day: date) -> list[Warned]:
    """What the similar judgments are too few, too old or too far for. `day` of the question."""
    found = []
    with_term = [(p, w) for p, w in similar if w > 0 and has_term(p)]
    count = effective([w for _, w in with_term])
    if count < LEAST_SIMILAR:
        found.append(
            Warned(
                "few_similar",
                f"判处定期刑的类案有效数量仅{count:.1f}件（不足{LEAST_SIMILAR:.0f}件），不给出分布和位次。",
                ("distribution", "percentile"),
            )
        )
    asked = (profile.day or day).year
    dated = [(p.day.year, w) for p, w in with_term if p.day]
    old = sum(w for year, w in dated if asked - year > OLD_YEARS)
    if dated and old * 2 > sum(w for _, w in dated):
        found.append(
            Warned(
                "old_similar",
                f"类案过半早于{asked - OLD_YEARS}年（最晚为{max(year for year, _ in dated)}年），"
                f"距今超过{OLD_YEARS}年，法律和量刑标准可能已变，不给出位次。",
                ("percentile",),
            )
        )
    elif not dated and count >= LEAST_SIMILAR:
        text = "类案均无裁判日期，无从判断是否过旧，请留意所依据的法律和标准。"
        found.append(Warned("undated_similar", text))
    here = _province(profile.region)
    places = [_province(p.region) for p, _ in with_term if p.region]
    if here and len(places) * 2 > len(with_term) and here not in places:
        found.append(
            Warned(
                "other_region",
                f"类案均来自其他地区，没有{profile.region}所在省份的裁判，"
                "各地数额标准和量刑细则不同，不给出位次。",
                ("percentile",),
            )
        )
    return found


def _province(region: str | None) -> str:
    """Two characters tell the provinces apart, however the rest of the name is written."""
    return (region or "")[:2]


def model_warnings(profile: CaseProfile, model: SentencingModel | None, day: date) -> list[Warned]:
    """What the model has seen too few, too small or too old judgments for."""
    every: tuple[Part, ...] = ("interval", "contributions", "fine", "probation")
    if model is None:
        return [Warned("no_model", "没有量刑模型，不给出预测区间和情节影响。", every)]
    charge = profile.charges[0] if profile.charges else ""
    if not charge:
        return [Warned("no_charge", "未指明罪名，不给出预测区间和情节影响。", every)]
    seen = model.seen.get(charge)
    if seen is None or seen.cases < LEAST_SEEN:
        count = seen.cases if seen else 0
        return [
            Warned(
                "few_of_charge",
                f"模型所据裁判中{charge}罪仅{count}件（不足{LEAST_SEEN}件），不给出预测区间和情节影响。",
                every,
            )
        ]
    found = []
    amount, low, high = profile.amount, seen.least_amount, seen.most_amount
    if (
        amount is not None
        and low is not None
        and high is not None
        and not low / _FAR <= amount <= high * _FAR
    ):
        found.append(
            Warned(
                "amount_outside",
                f"数额{amount:,.0f}元超出样本范围（{low:,.0f}–{high:,.0f}元），不作外推。",
                every,
            )
        )
    if seen.last_year and (profile.day or day).year - seen.last_year > OLD_YEARS:
        found.append(
            Warned(
                "old_model",
                f"模型所据裁判最晚为{seen.last_year}年，距今超过{OLD_YEARS}年，不给出预测区间。",
                every,
            )
        )
    if model.fine is None:
        text = "模型所据裁判中判处罚金的过少，不给出罚金区间。"
        found.append(Warned("few_fines", text, ("fine",)))
    if not profile.circumstances and claims(profile) is None:
        text = "只有案情，未见指控意见和量刑情节；预测区间按两者俱全的裁判校准，对本案可能不准。"
        found.append(Warned("facts_alone", text))
    chance = float(model.probabilities([profile])[0, 2])
    if chance > _LIFE_LIKELY:
        found.append(
            Warned(
                "life_likely",
                f"本案判处无期徒刑以上刑罚的可能性为{chance:.0%}，定期刑区间没有意义，不予给出。",
                ("interval", "contributions", "probation"),
            )
        )
    return found
