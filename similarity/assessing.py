"""Where a proposed sentence lies: among similar judgments, in the model's interval, in the law."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from .consistency import Consistency, Contribution, Distribution, Flag, Interval, Part
from .contributing import bands_of, contributions
from .guidelines import Guidelines, StatutoryRange, load_guidelines, statutory_range
from .sentencemodel import (
    DETERMINATE,
    INDETERMINATE,
    LONGEST_WITH_PROBATION,
    Bands,
    SentencingModel,
)
from .thinness import LEAST_SIMILAR, Similar, has_term, model_warnings, similar_warnings
from .values import CaseProfile
from .weighing import distribution, effective, percentile

_COUNTER = 5
_WORTH_SAYING = 0.05
"""Share of life and death among the similar judgments."""


def assess(
    profile: CaseProfile,
    months: int | None = None,
    similar: Similar = (),
    model: SentencingModel | None = None,
    guidelines: Guidelines | None = None,
    *,
    fine: float | None = None,
    day: date | None = None,
) -> Consistency:
    """Compare a proposed principal term (`months` of 有期徒刑, 拘役 or 管制; None: none proposed)
    with `similar` judgments (profile, weight ≥ 0), with the model and with the law.

    The profile's own outcome is never looked at. Where the data are too thin a warning stands
    instead of the number. 无期徒刑, 死刑, 免予刑事处罚 and 单处罚金 among the similar ones count in
    `outcomes`, not in the terms. `fine` proposed, in yuan: only its place among the similar ones.
    `day` of the question (today if None): how old the judgments are
    counts from it where the case has no day. Raises ValueError for months that are not whole
    numbers from 1, or a negative weight.
    """
    if months is not None and not is_months(months):
        raise ValueError("months are whole numbers, at least 1")
    if any(not weight >= 0 or math.isinf(weight) for _, weight in similar):
        raise ValueError("weights are finite and not negative")
    guidelines = guidelines or load_guidelines()
    day = day or date.today()
    warnings = similar_warnings(profile, similar, day) + model_warnings(profile, model, day)
    hidden = {part for warning in warnings for part in warning.replaces}

    terms, term_weights = _values(similar, fined=False)
    fines, fine_weights = _values(similar, fined=True)
    of_terms = distribution(terms, term_weights) if _shown("distribution", hidden, terms) else None
    enough = effective(fine_weights) >= LEAST_SIMILAR
    of_fines = distribution(fines, fine_weights, money=True) if fines and enough else None
    place = None
    if months is not None and _shown("percentile", hidden, terms):
        place = percentile(terms, term_weights, months)
    fine_place = None
    if fine is not None and of_fines is not None:
        fine_place = percentile(fines, fine_weights, fine)

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
    outcomes = _outcomes(similar)
    flag, reason = _judged(
        profile, months, interval, of_terms, place, outcomes, law, illegal, guidelines
    )
    return Consistency(
        months=months,
        interval=interval,
        fine_interval=fine_interval,
        probation_probability=chances[0],
        fine_probability=chances[1],
        indeterminate_probability=chances[2],
        terms=of_terms,
        fines=of_fines,
        outcomes=outcomes,
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
        fine=fine,
        fine_percentile=fine_place,
        bands=bands_of(profile),
    )


def is_months(value: object) -> bool:
    """A whole number from 1."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _shown(part: Part, hidden: set[Part], values: Sequence[float]) -> bool:
    return part not in hidden and bool(values)


def _values(similar: Similar, *, fined: bool) -> tuple[list[float], list[float]]:
    kept = [
        (float((p.fine if fined else p.months) or 0), w)
        for p, w in similar
        if w > 0 and (bool(p.fine) if fined else has_term(p))
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
        if w > 0 and has_term(p) and (p.months or 0) <= LONGEST_WITH_PROBATION
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
        if weight > 0 and has_term(profile):
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


def _illegal(
    profile: CaseProfile, months: int, law: StatutoryRange | None, guidelines: Guidelines
) -> str:
    if law is None:
        return _beyond_any(months, guidelines)
    statutes = "、".join(dict.fromkeys(law.statutes))
    if months > law.most:
        limit = guidelines.limits.imprisonment
        together = limit.together_long or limit.together
        unless = (
            "；只有与其他罪或者前罪没有执行的刑罚并罚（刑法第69至71条）方可"
            if months <= together and law.most < together
            else ""
        )
        return f"超出法定刑：{statutes}（有期限的主刑）最高为{written(law.most)}{unless}。"
    if months < law.least:
        with_it = guidelines.mitigating_of(profile)
        why = (
            f"本案有{'、'.join(with_it)}，须依刑法第63条减轻处罚方可"
            if with_it
            else "未见法定减轻处罚情节，依刑法第63条须经最高人民法院核准"
        )
        return f"低于法定刑：{law.statutes[0]}最低为{written(law.least)}；{why}。"
    return ""


def _beyond_any(months: int, guidelines: Guidelines) -> str:
    """Without the law of the charge: what no charge allows."""
    limit = guidelines.limits.imprisonment
    longest = limit.together_long or limit.together
    if months > longest:
        return f"超出有期徒刑数罪并罚的上限{written(longest)}（刑法第69条）。"
    if months > limit.most:
        return (
            f"超出一罪有期徒刑的上限{written(limit.most)}（刑法第45条）；"
            "只有数罪并罚（刑法第69至71条）方可。"
        )
    return ""


def _judged(
    profile: CaseProfile,
    months: int | None,
    interval: Interval | None,
    terms: Distribution | None,
    place: float | None,
    outcomes: Sequence[tuple[str, float]],
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
        life = sum(share for kind, share in outcomes if kind in INDETERMINATE)
        if life >= _WORTH_SAYING:
            words.append(f"另有{life:.0%}的类案判处无期徒刑或者死刑，未计入位次")
    note = ""
    if law is not None and not illegal and law.by:
        span = f"按{law.by}应适用的档次（{written(law.likely_least)}至{written(law.likely_most)}）"
        if months > law.likely_most:
            note = f"高于{span}，须有其他加重情节"
        elif months < law.likely_least:
            with_it = guidelines.mitigating_of(profile)
            found = f"（本案有{'、'.join(with_it)}）" if with_it else "（未见此类情节）"
            note = f"低于{span}，须有减轻处罚情节{found}"
    words += [note] if note else []
    flag: Flag = "none"
    # below the least with a ground for it may be lawful: named, but not held against it
    excused = law is not None and months < law.least and bool(guidelines.mitigating_of(profile))
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
