"""Where a proposed sentence lies among the archive's own judgments, and in the law."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dossier.similarity.assessing import assess, is_months, written
from dossier.similarity.consistency import Consistency, Flag
from dossier.similarity.guidelines import load_guidelines
from dossier.similarity.sentencemodel import SentencingModel
from dossier.similarity.values import CaseProfile

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
    day: date | None = None,
) -> Consistency:
    """`assess`, and what the law and the model say on a proposed 缓刑考验期 (months) and 罚金
    (yuan). `day` of the question, today if None.

    Raises ValueError for numbers that are none, and for a probation without a term.
    """
    if probation is not None and (not is_months(probation) or months is None):
        raise ValueError("probation is in whole months from 1, of a term")
    if fine is not None and not (fine > 0 and math.isfinite(fine)):
        raise ValueError("a fine is more than nought")
    answer = assess(profile, months, similar, model, fine=fine, day=day)
    answer = replace(answer, probation=probation)
    answer = _named(answer, _probation_breach(profile, months, probation, answer), "outside")
    answer = _named(answer, _probation_note(profile, months, probation), "note", illegal=False)
    if fine is None:
        return answer
    answer = _named(answer, _fine_breach(profile, fine, answer), "outside")
    band = answer.fine_interval
    if band is None:
        return _named(
            answer, f"没有罚金区间，罚金{fine:,.0f}元不作判断。", "unknown", illegal=False
        )
    if not band.least <= fine <= band.most:
        side = "低于" if fine < band.least else "高于"
        words = (
            f"罚金{fine:,.0f}元{side}模型{band.coverage:.0%}预测区间"
            f"（{band.least:,}至{band.most:,}元）。"
        )
        answer = _named(answer, words, "note", illegal=False)
    return answer


def _named(answer: Consistency, words: str, flag: Flag, *, illegal: bool = True) -> Consistency:
    """The answer with one more thing said of it; its flag never becomes milder."""
    if not words:
        return answer
    return replace(
        answer,
        flag=max(answer.flag, flag, key=_RANK.index),
        illegal=answer.illegal + words if illegal else answer.illegal,
        reason=words + answer.reason if illegal else answer.reason + words,
    )


def _probation_breach(
    profile: CaseProfile, months: int | None, probation: int | None, answer: Consistency
) -> str:
    """Which article a proposed 缓刑 is against; "" if none."""
    if probation is None or months is None:
        return ""
    limits = load_guidelines().limits
    if months > limits.probation.most:
        return f"刑期{written(months)}超过三年，依刑法第72条不得宣告缓刑。"
    bars = limits.probation.bars
    barred = [code for code, holds in profile.circumstances if holds and code in bars]
    if barred:
        return f"本案有{'、'.join(barred)}，依刑法第74条不适用缓刑。"
    law = answer.statutory
    longest = limits.detention.most
    spans = []
    if months <= longest:
        spans.append(limits.probation.trial_of_detention)
    if months >= limits.imprisonment.least and (law is None or law.most > longest):
        spans.append(limits.probation.trial)
    if not spans:  # the term itself is against the law, and named
        return ""
    least, most = max(months, min(s[0] for s in spans)), max(s[1] for s in spans)
    if not least <= probation <= most:
        kind = "拘役" if most == limits.probation.trial_of_detention[1] else ""
        return (
            f"{kind}缓刑考验期{written(probation)}不合刑法第73条："
            f"应为{written(least)}以上{written(most)}以下。"
        )
    return ""


def _probation_note(profile: CaseProfile, months: int | None, probation: int | None) -> str:
    """What the facts or the circumstances give to look at before 缓刑 is granted or refused."""
    if months is None:
        return ""
    limits = load_guidelines().limits.probation
    if probation is not None:
        said = next((words for words in limits.bars_said if words in profile.facts), "")
        return f"案情有“{said}”：犯罪集团的首要分子依刑法第74条不适用缓刑，请核对。" if said else ""
    if months > limits.most or any(h and c in limits.bars for c, h in profile.circumstances):
        return ""
    found = [code for code, holds in profile.circumstances if holds and code in limits.must]
    found += [f"“{words}”" for words in limits.must_said if words in profile.facts]
    if not found:
        return ""
    return f"本案有{'、'.join(found)}：符合缓刑条件的，依刑法第72条应当宣告缓刑，请核对。"


def _fine_breach(profile: CaseProfile, fine: float, answer: Consistency) -> str:
    """Which law a proposed 罚金 is against; "" if none."""
    law = answer.statutory
    if law is not None and not law.fined:
        return f"{'、'.join(law.statutes)}未规定罚金。"
    limit = load_guidelines().limits.fine
    minor = dict(profile.circumstances).get("未成年", False)
    least = limit.least_of_minor if minor else limit.least
    if fine < least:
        return f"罚金{fine:,.0f}元低于最低数额{least:,}元（法释〔2000〕45号第2条）。"
    return ""
