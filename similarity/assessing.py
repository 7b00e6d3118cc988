"""Where a proposed sentence lies: among similar judgments, in the model's interval, in the law."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence

from .consistency import Consistency, Contribution, Distribution, Flag, Interval, Part, Warned
from .contributing import contributions
from .guidelines import Guidelines, StatutoryRange, load_guidelines, statutory_range
from .sentencemodel import (
    DETERMINATE,
    INDETERMINATE,
    LONGEST_WITH_PROBATION,
    Bands,
    SentencingModel,
)
from .values import CaseProfile
from .weighing import distribution, effective, percentile

LEAST_SIMILAR = 5.0
"""Effective number of similar judgments with a term below which there is no distribution."""
LEAST_SEEN = 40
"""Judgments of the charge in the model below which there is no interval."""
OLD_YEARS = 10
_FAR = 1.5
"""A sum so many times beyond what 98 % of the model's judgments had is extrapolated."""
_LIFE_LIKELY = 0.5
_COUNTER = 5

Similar = Sequence[tuple[CaseProfile, float]]


def assess(
    profile: CaseProfile,
    months: int | None = None,
    similar: Similar = (),
    model: SentencingModel | None = None,
    guidelines: Guidelines | None = None,
) -> Consistency:
    """Compare a proposed principal term (`months` of 有期徒刑, 拘役 or 管制; None: none proposed)
    with `similar` judgments (profile, weight ≥ 0), with the model and with the law.

    The profile's own outcome is never looked at. Where the data are too thin a warning stands
    instead of the number. 无期徒刑, 死刑, 免予刑事处罚 and 单处罚金 among the similar ones count in
    `outcomes`, not in the terms. Raises ValueError for months below 1 or a negative weight.
    """
    if months is not None and months < 1:
        raise ValueError("months are at least 1")
    if any(not weight >= 0 or math.isinf(weight) for _, weight in similar):
        raise ValueError("weights are finite and not negative")
    guidelines = guidelines or load_guidelines()
    warnings = _similar_warnings(profile, similar) + _model_warnings(profile, model)
    hidden = {part for warning in warnings for part in warning.replaces}

    terms, term_weights = _values(similar, fined=False)
    fines, fine_weights = _values(similar, fined=True)
    of_terms = distribution(terms, term_weights) if _shown("distribution", hidden, terms) else None
    enough = effective(fine_weights) >= LEAST_SIMILAR
    of_fines = distribution(fines, fine_weights, money=True) if fines and enough else None
    place = None
    if months is not None and _shown("percentile", hidden, terms):
        place = percentile(terms, term_weights, months)

    interval = fine_interval = base = None
    parts: tuple[Contribution, ...] = ()
    chances: list[float | None] = [None, None, None]
    if model is not None:
        found = model.probabilities([profile])[0]
        chances = [None if math.isnan(x) else float(x) for x in found]
        if "probation" in hidden:
            chances[0] = None
        if "fine" in hidden:
            chances[1] = None
        if "interval" not in hidden:
            interval = _interval(model.months, model, profile)
        if "fine" not in hidden and model.fine is not None:
            fine_interval = _interval(model.fine, model, profile)
        if "contributions" not in hidden:
            base, parts = contributions(profile, model)

    law = statutory_range(profile, guidelines)
    illegal = _illegal(profile, months, law, guidelines) if months is not None else ""
    flag, reason = _judged(profile, months, interval, of_terms, place, law, illegal, guidelines)
    return Consistency(
        months=months,
        interval=interval,
        fine_interval=fine_interval,
        probation_probability=chances[0],
        fine_probability=chances[1],
        indeterminate_probability=chances[2],
        terms=of_terms,
        fines=of_fines,
        outcomes=_outcomes(similar),
        probation_share=_probation(similar) if of_terms else None,
        percentile=place,
        base=base,
        contributions=parts,
        counter=_counter(months, interval, of_terms, similar),
        statutory=law,
        illegal=illegal,
        flag=flag,
        reason=reason,
        warnings=tuple(warnings),
    )


def _shown(part: Part, hidden: set[Part], values: Sequence[float]) -> bool:
    return part not in hidden and bool(values)


def _has_term(profile: CaseProfile) -> bool:
    return profile.penalty in DETERMINATE and bool(profile.months)


def _values(similar: Similar, *, fined: bool) -> tuple[list[float], list[float]]:
    kept = [
        (float((p.fine if fined else p.months) or 0), w)
        for p, w in similar
        if w > 0 and (bool(p.fine) if fined else _has_term(p))
    ]
    return [v for v, _ in kept], [w for _, w in kept]


def _interval(bands: Bands, model: SentencingModel, profile: CaseProfile) -> Interval | None:
    charge = profile.charges[0] if profile.charges else ""
    low, middle, high = bands.predict(model.space.matrix([profile]), [charge])[0]
    if not math.isfinite(high):
        return None
    # inwards: a whole number lies in the interval just when it lies in the rounded one
    least, most = math.ceil(low - 1e-9), math.floor(high + 1e-9)
    if least > most:
        least, most = most, least
    return Interval(
        max(1, least),
        float(middle),
        max(1, most),
        bands.scores.coverage,
        bands.scores.group(charge),
        bands.scores.cases(charge),
    )


# ── what is too thin ─────────────────────────────────────────────────────────────────────────


def _similar_warnings(profile: CaseProfile, similar: Similar) -> list[Warned]:
    found = []
    with_term = [(p, w) for p, w in similar if w > 0 and _has_term(p)]
    count = effective([w for _, w in with_term])
    if count < LEAST_SIMILAR:
        found.append(
            Warned(
                "few_similar",
                f"判处定期刑的类案有效数量仅{count:.1f}件（不足{LEAST_SIMILAR:.0f}件），不给出分布和位次。",
                ("distribution", "percentile"),
            )
        )
    years = sorted(p.day.year for p, _ in with_term if p.day)
    if profile.day and years and profile.day.year - years[-1] > OLD_YEARS:
        found.append(
            Warned(
                "old_similar",
                f"类案最晚为{years[-1]}年，距今超过{OLD_YEARS}年，法律和量刑标准可能已变，不给出位次。",
                ("percentile",),
            )
        )
    here = _province(profile.region)
    places = [_province(p.region) for p, _ in with_term if p.region]
    if here and len(places) * 2 > len(with_term) and here not in places:
        found.append(
            Warned(
                "other_region",
                f"类案均来自其他地区，没有{here}的裁判，各地数额标准和量刑细则不同，不给出位次。",
                ("percentile",),
            )
        )
    return found


def _province(region: str | None) -> str:
    return (region or "")[:3].removesuffix("省").removesuffix("市")


def _model_warnings(profile: CaseProfile, model: SentencingModel | None) -> list[Warned]:
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
    if profile.day and seen.last_year and profile.day.year - seen.last_year > OLD_YEARS:
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


# ── among the similar ────────────────────────────────────────────────────────────────────────


def _outcomes(similar: Similar) -> tuple[tuple[str, float], ...]:
    total = sum(w for _, w in similar)
    shares: dict[str, float] = defaultdict(float)
    for profile, weight in similar:
        shares[profile.penalty or "不详或者无罪"] += weight
    known = [*reversed(INDETERMINATE), *DETERMINATE]
    order = {kind: i for i, kind in enumerate(known)}
    return tuple(
        (kind, share / total)
        for kind, share in sorted(shares.items(), key=lambda kv: (order.get(kv[0], 99), kv[0]))
        if total > 0
    )


def _probation(similar: Similar) -> float | None:
    light = [
        (p, w)
        for p, w in similar
        if w > 0 and _has_term(p) and (p.months or 0) <= LONGEST_WITH_PROBATION
    ]
    if effective([w for _, w in light]) < LEAST_SIMILAR:
        return None
    return sum(w for p, w in light if p.probation) / sum(w for _, w in light)


def _counter(
    months: int | None, interval: Interval | None, terms: Distribution | None, similar: Similar
) -> tuple[int, ...]:
    """The most similar judgments on the other side of what is expected than the proposed term."""
    middle = terms.quantiles[2] if terms else interval.middle if interval else None
    if months is None or middle is None or months == middle:
        return ()
    other = []
    for place, (profile, weight) in enumerate(similar):
        if weight > 0 and _has_term(profile):
            term = profile.months or 0
            opposite = term <= middle if months > middle else term >= middle
        else:
            # life and death are the opposite of a lenient term too
            opposite = weight > 0 and months < middle and profile.penalty in INDETERMINATE
        if opposite:
            other.append((-weight, place))
    return tuple(place for _, place in sorted(other)[:_COUNTER])


# ── the law, and the word for it ─────────────────────────────────────────────────────────────


def written(months: float) -> str:
    """14 as 1年2个月."""
    whole = round(months)
    years, rest = divmod(whole, 12)
    return (f"{years}年" if years else "") + (f"{rest}个月" if rest or not years else "")


def _mitigating(profile: CaseProfile, guidelines: Guidelines) -> list[str]:
    return [
        code for code, holds in profile.circumstances if holds and code in guidelines.mitigating
    ]


def _illegal(
    profile: CaseProfile, months: int, law: StatutoryRange | None, guidelines: Guidelines
) -> str:
    if law is None:
        return ""
    statutes = "、".join(law.statutes)
    if months > law.most:
        return f"超出法定刑：{statutes}（有期限的主刑）最高为{written(law.most)}。"
    if months < law.least:
        with_it = _mitigating(profile, guidelines)
        why = (
            f"本案有{'、'.join(with_it)}，须依刑法第63条减轻处罚方可"
            if with_it
            else "未见法定减轻处罚情节，依刑法第63条须经最高人民法院核准"
        )
        return f"低于法定刑：{statutes}最低为{written(law.least)}；{why}。"
    return ""


def _judged(
    profile: CaseProfile,
    months: int | None,
    interval: Interval | None,
    terms: Distribution | None,
    place: float | None,
    law: StatutoryRange | None,
    illegal: str,
    guidelines: Guidelines,
) -> tuple[Flag, str]:
    """The flag and the reason in words."""
    if months is None:
        return "unknown", "未提出拟判刑期，不作判断。"
    words, outside, seen = [], 0, 0
    if interval is not None:
        seen += 1
        ends = f"{written(interval.least)}至{written(interval.most)}"
        span = f"模型{interval.coverage:.0%}预测区间（{ends}）"
        if months < interval.least or months > interval.most:
            outside += 1
            words.append(f"拟判{written(months)}{_side(months, interval.least)}{span}")
        else:
            words.append(f"拟判{written(months)}在{span}之内")
    if terms is not None and place is not None:
        seen += 1
        low, high = terms.quantiles[0], terms.quantiles[4]
        span = f"类案第10至90百分位（{written(low)}至{written(high)}）"
        if months < low or months > high:
            outside += 1
            words.append(f"{_side(months, low)}{span}，位次为{place:.0f}%")
        else:
            words.append(f"在{span}之内，位次为{place:.0f}%")
    note = ""
    if law is not None and not illegal and law.by:
        span = f"按{law.by}应适用的档次（{written(law.likely_least)}至{written(law.likely_most)}）"
        if months > law.likely_most:
            note = f"高于{span}，须有其他加重情节"
        elif months < law.likely_least:
            with_it = _mitigating(profile, guidelines)
            found = f"（本案有{'、'.join(with_it)}）" if with_it else "（未见此类情节）"
            note = f"低于{span}，须有减轻处罚情节{found}"
    words += [note] if note else []
    flag: Flag = "none"
    # below the least with a ground for it may be lawful: named, but not held against it
    excused = law is not None and months < law.least and bool(_mitigating(profile, guidelines))
    if (illegal and not excused) or (seen and outside == seen):
        flag = "outside"
    elif illegal or outside or note:
        flag = "note"
    elif not seen:
        flag = "unknown"
        words.append("类案和模型数据不足，不作判断")
    text = "；".join(words)
    return flag, f"{illegal}{text}{'。' if text else ''}"


def _side(months: int, least: float) -> str:
    return "低于" if months < least else "高于"
