"""Where a proposed sentence lies among the archive's own judgments, and in the law."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from dossier.similarity.assessing import assess, written
from dossier.similarity.consistency import Consistency, Flag
from dossier.similarity.guidelines import load_guidelines
from dossier.similarity.sentencemodel import LONGEST_WITH_PROBATION, SentencingModel
from dossier.similarity.values import CaseProfile

_LONGEST_TRIAL = 60
_SHORT_TERM = 6
"""Months above which a term is no 拘役."""
_RANK: tuple[Flag, ...] = ("unknown", "none", "note", "outside")


def weights_of(scores: Sequence[float]) -> tuple[float, ...]:
    """Weights of similar judgments from their scores: 1 for the best, and e times less for each
    standard deviation of the scores below it. All 1 where the scores are equal."""
    if not scores:
        return ()
    spread = statistics.pstdev(scores)
    best = max(scores)
    if spread <= 0:
        return tuple(1.0 for _ in scores)
    return tuple(math.exp((score - best) / spread) for score in scores)


def consistency_of(
    profile: CaseProfile,
    similar: Sequence[tuple[CaseProfile, float]],
    *,
    model: SentencingModel | None,
    months: int | None = None,
    probation: int | None = None,
    fine: float | None = None,
) -> Consistency:
    """`assess`, and what the law and the similar judgments say on a proposed 缓刑考验期 (months)
    and 罚金 (yuan).

    Raises ValueError for numbers that are none, and for a probation without a term.
    """
    if probation is not None and (probation < 1 or months is None):
        raise ValueError("probation is in months, of a term")
    if fine is not None and not (fine > 0 and math.isfinite(fine)):
        raise ValueError("a fine is more than nought")
    answer = assess(profile, months, similar, model)
    breach = _probation_breach(profile, months, probation)
    answer = _named(answer, breach, "outside", illegal=True)
    band = answer.fine_interval
    if fine is not None and band is not None and not band.least <= fine <= band.most:
        side = "低于" if fine < band.least else "高于"
        words = (
            f"罚金{fine:,.0f}元{side}模型{band.coverage:.0%}预测区间"
            f"（{band.least:,}至{band.most:,}元）。"
        )
        answer = _named(answer, words, "note")
    return answer


def _named(answer: Consistency, words: str, flag: Flag, *, illegal: bool = False) -> Consistency:
    """The answer with one more thing said of it; its flag never becomes milder."""
    if not words:
        return answer
    return replace(
        answer,
        flag=max(answer.flag, flag, key=_RANK.index),
        illegal=answer.illegal + words if illegal else answer.illegal,
        reason=words + answer.reason if illegal else answer.reason + words,
    )


def _probation_breach(profile: CaseProfile, months: int | None, probation: int | None) -> str:
    """Which article a proposed 缓刑 is against; "" if none."""
    if probation is None or months is None:
        return ""
    if months > LONGEST_WITH_PROBATION:
        return f"刑期{written(months)}超过三年，依刑法第72条不得宣告缓刑。"
    bars = load_guidelines().limits.probation.bars
    barred = [code for code, holds in profile.circumstances if holds and code in bars]
    if barred:
        return f"本案有{'、'.join(barred)}，依刑法第74条不适用缓刑。"
    least = max(months, 12 if months > _SHORT_TERM else 2)
    if not least <= probation <= _LONGEST_TRIAL:
        return (
            f"缓刑考验期{written(probation)}不合刑法第73条："
            f"应为{written(least)}以上{written(_LONGEST_TRIAL)}以下。"
        )
    return ""
