"""What may count when two cases are compared, and what was imposed. Nothing here is personal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

INJURIES = ("轻微伤", "轻伤二级", "轻伤一级", "轻伤", "重伤二级", "重伤一级", "重伤", "死亡")
"""Grades that `CaseProfile.injury` can have; 轻伤 and 重伤 where no grade is said."""


@dataclass(frozen=True, slots=True)
class CaseProfile:
    """One case as far as it may be compared: no name, sex, ethnicity, religion or origin.

    `facts`, `reasoning`  经审理查明 (else 指控) and 本院认为, personal data masked
    `account`        all that the judgment tells of the facts: 指控, 查明 and the evidence; the
                     facts themselves where nothing else is told
    `charges`        whole names without 罪, the principal one first
    `statutes`       law and article: "刑法264", "刑法133之1"
    `circumstances`  code of circumstances.yaml and whether it holds: the court's findings, else
                     as claimed
    `amount`         main sum in yuan; `alcohol` mg/100 ml; `weight` of drugs in grams
    `injury`         the gravest grade, one of INJURIES
    `role`           主犯, 从犯; None where none or both are found
    `instance`       一审, 二审, 再审, ""; `procedure` 普通, 简易, 速裁
    `court_level`    最高, 高级, 中级, 基层
    `months`, `penalty`, `probation`, `fine`  what was imposed on the first defendant in all;
                     never used for ranking. `months` is None for life and death
    """

    facts: str
    reasoning: str = ""
    account: str = ""
    charges: tuple[str, ...] = ()
    statutes: tuple[str, ...] = ()
    circumstances: tuple[tuple[str, bool], ...] = ()
    amount: float | None = None
    injury: str | None = None
    alcohol: float | None = None
    weight: float | None = None
    role: str | None = None
    instance: str = ""
    procedure: str | None = None
    day: date | None = None
    court_level: str | None = None
    region: str | None = None
    guiding: bool = False
    months: int | None = None
    penalty: str | None = None
    probation: int | None = None
    fine: float | None = None
