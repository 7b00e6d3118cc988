"""Made-up judgments with a known law: what the sentencing tests fit and ask."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from dossier.similarity import CaseProfile

CHARGES = {"盗窃": 1.0, "诈骗": 1.5, "故意伤害": 0.8, "抢夺": 0.9}


def judgment(chance: random.Random, number: int = 0) -> CaseProfile:
    """Theft and the like: months grow with the sum, less for 自首, more for 累犯, and noise."""
    charge = chance.choice(list(CHARGES))
    amount = round(math.exp(chance.uniform(7, 11)), 2)
    codes = [code for code in ("自首", "累犯", "退赃退赔") if chance.random() < 0.4]
    level = math.log(6 * CHARGES[charge]) + 0.45 * (math.log(amount) - 7)
    level += -0.5 * ("自首" in codes) + 0.4 * ("累犯" in codes)
    months = max(1, min(180, round(math.exp(level + chance.gauss(0, 0.3)))))
    return CaseProfile(
        facts=f"第{number}件，经审理查明，被告人某取得财物价值{amount}元。" + "事实" * (number % 7),
        reasoning="本院认为，被告人某的行为构成犯罪，依照《中华人民共和国刑法》第二百六十四条。",
        charges=(charge,),
        statutes=("刑法264",),
        circumstances=tuple((code, True) for code in codes),
        amount=amount,
        instance="一审",
        months=months,
        penalty="有期徒刑",
        probation=months + 12 if months <= 36 and "累犯" not in codes else None,
        fine=float(1000 * (1 + months // 3)),
    )


def judgments(count: int, seed: int) -> list[CaseProfile]:
    chance = random.Random(seed)
    return [judgment(chance, number) for number in range(count)]


def without_outcome(profile: CaseProfile) -> CaseProfile:
    return replace(profile, months=None, penalty=None, probation=None, fine=None)
