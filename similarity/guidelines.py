"""What the law allows (法定刑) and where the guideline begins (量刑起点): guidelines.yaml, loaded,
validated, asked for one case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from dossier.elements import all_charges
from dossier.elements.circumstancetypes import circumstance_types
from dossier.elements.tables import Sourced, Strict, read_table_of

from .values import INJURIES, CaseProfile

Kind = Literal["有期徒刑", "拘役", "管制", "无期徒刑", "死刑"]
Tag = Literal["V", "V2", "K"]
LIFE: tuple[Kind, ...] = ("无期徒刑", "死刑")
_HARD_DRUGS = ("海洛因", "甲基苯丙胺", "冰毒")


class _Limit(Strict):
    """Months of one kind: alone, and for several offences together."""

    least: int = Field(gt=0)
    most: int = Field(gt=0)
    together: int = Field(gt=0)
    together_long: int | None = None
    """Where the single terms add up to `long_from` or more."""
    long_from: int | None = None


class _Probation(Strict):
    """`bars` circumstances that forbid it (74), `bars_said` words of the facts that may; `must`
    circumstances with which it has to be granted if its conditions are met (72), `must_said` words
    that may mean such a case."""

    most: int
    bars: tuple[str, ...]
    bars_said: tuple[str, ...]
    must: tuple[str, ...]
    must_said: tuple[str, ...]
    trial: tuple[int, int]
    trial_of_detention: tuple[int, int]


class _Fine(Strict):
    """Least yuan of a 罚金; of a minor's."""

    least: int
    least_of_minor: int


class Limits(Strict):
    """Limits of 管制, 拘役, 有期徒刑."""

    control: _Limit
    detention: _Limit
    imprisonment: _Limit
    probation: _Probation
    fine: _Fine

    def of(self, kind: Kind) -> tuple[int, int]:
        """Least and most months of a kind; of life and death none."""
        if kind in LIFE:
            raise ValueError(f"{kind} has no months")
        limit = {
            "管制": self.control, "拘役": self.detention, "有期徒刑": self.imprisonment,
        }[kind]  # fmt: skip
        return limit.least, limit.most


class Bracket(Strict):
    """档次: what the law allows when `name` is the case. See the head of guidelines.yaml."""

    name: str = Field(min_length=2)
    kinds: tuple[Kind, ...] = Field(min_length=1)
    least: int = Field(default=6, ge=6)
    most: int = Field(default=180, le=180)
    fine: Literal["required", "optional"] | None = None
    amount: tuple[float, float] | None = None
    grams: float | None = None
    injury: tuple[str, ...] = ()
    start: tuple[int, int] | None = None
    start_tag: Tag | None = None
    amount_tag: Tag | None = None
    since: dt.date | None = None
    until: dt.date | None = None

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.least > self.most:
            raise ValueError("least is more than most")
        if (self.start is None) != (self.start_tag is None):
            raise ValueError("start needs start_tag, and only start")
        if (self.amount is None) != (self.amount_tag is None):
            raise ValueError("amount needs amount_tag, and only amount")
        if self.amount and self.amount[0] > self.amount[1]:
            raise ValueError("amount: from more than to")
        if self.start and not (
            self.start[0] <= self.start[1] <= self.most
            and (self.start[0] >= self.least or "拘役" in self.kinds)
        ):
            raise ValueError("start lies outside the bracket")
        if set(self.injury) - set(INJURIES):
            raise ValueError(f"no such injury: {self.injury}")
        if self.since and self.until and self.since >= self.until:
            raise ValueError("until is not after since")
        return self

    @property
    def life(self) -> bool:
        """无期徒刑 or 死刑 is possible."""
        return bool(set(self.kinds) & set(LIFE))

    def in_force(self, day: dt.date | None) -> bool:
        """On that day; without one, today and from now on."""
        if day is None:
            return self.until is None
        return (self.since is None or self.since <= day) and (
            self.until is None or day < self.until
        )

    def held_by(self, day: dt.date | None) -> bool:
        """On that day or before, as a deed may be older; without one, ever."""
        return day is None or self.since is None or self.since <= day

    def months(self, limits: Limits) -> tuple[int, int] | None:
        """Least and most months of a determinate term; None for life and death alone."""
        spans = [
            (self.least, self.most) if kind == "有期徒刑" else limits.of(kind)
            for kind in self.kinds
            if kind not in LIFE
        ]
        return (min(s[0] for s in spans), max(s[1] for s in spans)) if spans else None


class ChargeLaw(Strict):
    """One charge: its article and brackets."""

    charge: str
    article: str = Field(pattern=r"^\d{3}(之\d)?$")
    tag: Tag
    mitigating: tuple[str, ...] = ()
    brackets: tuple[Bracket, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _today(self) -> Self:
        if not any(bracket.in_force(None) for bracket in self.brackets):
            raise ValueError("no bracket holds today")
        return self

    @property
    def statute(self) -> str:
        """As one writes it: 刑法第133条之1."""
        number, _, sub = self.article.partition("之")
        return f"刑法第{number}条" + (f"之{sub}" if sub else "")


class Guidelines(Sourced):
    """All of guidelines.yaml."""

    limits: Limits
    mitigating: tuple[str, ...]
    """Circumstances with which a penalty below the least one is possible (减轻), of any charge."""
    charges: tuple[ChargeLaw, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = [law.charge for law in self.charges]
        if len(set(names)) < len(names):
            raise ValueError("a charge stands twice")
        statutes = {(charge.name, charge.statute) for charge in all_charges()}
        for law in self.charges:
            # written there as 刑法第133之1条
            if (law.charge, f"刑法第{law.article}条") not in statutes:
                raise ValueError(f"{law.charge} {law.statute} is not in charges.yaml")
        named = {*self.mitigating, *(code for law in self.charges for code in law.mitigating)}
        named |= {*self.limits.probation.bars, *self.limits.probation.must}
        unknown = named - {each.code for each in circumstance_types()}
        if unknown:
            raise ValueError(f"no such circumstances: {sorted(unknown)}")
        return self

    def law(self, charge: str) -> ChargeLaw | None:
        """The law of a charge (whole name, without 罪), None if the file does not have it."""
        return next((law for law in self.charges if law.charge == charge), None)

    def mitigating_of(self, profile: CaseProfile) -> tuple[str, ...]:
        """Circumstances of a case with which its penalty may be below the least one."""
        laws = [law for charge in profile.charges if (law := self.law(charge))]
        grounds = {*self.mitigating, *(code for law in laws for code in law.mitigating)}
        return tuple(code for code, holds in profile.circumstances if holds and code in grounds)


@lru_cache(maxsize=1)
def load_guidelines() -> Guidelines:
    """The data file of this package. Raises BadData."""
    return read_table_of(Guidelines, str(__package__), "guidelines.yaml")


@dataclass(frozen=True, slots=True)
class StatutoryRange:
    """What the law allows for a case.

    `least`, `most` months of a determinate term over every bracket that could apply, also of the
    law before the day of the case; `brackets` those that fit what is known (`by` "数额", "重量",
    "伤情"; "" if nothing narrows them), with `likely_least`, `likely_most`. `life`: 无期徒刑 or
    死刑 is among the penalties of a likely one. `starts` spans of the 量刑起点 of the likely
    brackets. `tags` of what is used. `charges` without data in `unknown`: then the ranges are of
    the others alone. Several charges: 刑法第69条.
    `fined` False: no article of the charges knows a 罚金.
    """

    charges: tuple[str, ...]
    statutes: tuple[str, ...]
    brackets: tuple[str, ...]
    least: int
    most: int
    likely_least: int
    likely_most: int
    by: str
    life: bool
    starts: tuple[tuple[int, int], ...]
    tags: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    fined: bool = True

    def to_json(self) -> dict[str, Any]:
        return {
            "charges": list(self.charges), "statutes": list(self.statutes),
            "brackets": list(self.brackets), "months": [self.least, self.most],
            "likely_months": [self.likely_least, self.likely_most], "by": self.by,
            "life": self.life, "starts": [list(span) for span in self.starts],
            "tags": list(self.tags), "unknown": list(self.unknown), "fined": self.fined,
        }  # fmt: skip


def statutory_range(profile: CaseProfile, guidelines: Guidelines) -> StatutoryRange | None:
    """The range for the charges of a profile; None if the data have none of them, or allow no
    determinate term, or do not reach back to its day."""
    laws = [(c, guidelines.law(c)) for c in profile.charges]
    known = [law for _, law in laws if law is not None]
    parts = [part for law in known if (part := _of_charge(law, profile, guidelines.limits))]
    if not parts:
        return None
    unknown = tuple(charge for charge, law in laws if law is None)
    if len(parts) == 1 and not unknown:
        return parts[0]
    limit = guidelines.limits.imprisonment
    total = sum(part.most for part in parts)
    # an unknown charge may add anything
    high = unknown or (limit.long_from is not None and total >= limit.long_from)
    cap = (limit.together_long or limit.together) if high else limit.together
    return StatutoryRange(
        charges=tuple(part.charges[0] for part in parts),
        statutes=tuple(part.statutes[0] for part in parts),
        brackets=tuple(name for part in parts for name in part.brackets),
        # the others may be those of another defendant: only the principal one binds from below
        least=parts[0].least if laws[0][1] else 1,
        most=cap if unknown else min(total, cap),
        likely_least=parts[0].likely_least,
        likely_most=cap if unknown else min(sum(part.likely_most for part in parts), cap),
        by="、".join(dict.fromkeys(part.by for part in parts if part.by)),
        life=any(part.life for part in parts),
        starts=parts[0].starts if len(parts) == 1 else (),
        tags=tuple(sorted({tag for part in parts for tag in part.tags})),
        unknown=unknown,
        fined=bool(unknown) or any(part.fined for part in parts),
    )


def _of_charge(law: ChargeLaw, profile: CaseProfile, limits: Limits) -> StatutoryRange | None:
    valid = [b for b in law.brackets if b.in_force(profile.day)]
    if not any(b.months(limits) for b in valid):
        return None
    likely, by = _likely(valid, profile)
    spans = [span for b in likely if (span := b.months(limits))] or [
        span for b in valid if (span := b.months(limits))
    ]
    before = [b for b in law.brackets if b.held_by(profile.day)]
    every = [span for b in before if (span := b.months(limits))]
    tags = {law.tag} | {b.start_tag for b in likely if b.start_tag}
    if by == "数额":
        tags |= {b.amount_tag for b in likely if b.amount_tag}
    return StatutoryRange(
        charges=(law.charge,),
        statutes=(law.statute,),
        brackets=tuple(b.name for b in likely),
        least=min(s[0] for s in every),
        most=max(s[1] for s in every),
        likely_least=min(s[0] for s in spans),
        likely_most=max(s[1] for s in spans),
        by=by,
        life=any(b.life for b in likely),
        starts=tuple(dict.fromkeys(b.start for b in likely if b.start)),
        tags=tuple(sorted(tags)),
        fined=any(b.fine for b in before),
    )


def _likely(brackets: Sequence[Bracket], profile: CaseProfile) -> tuple[Sequence[Bracket], str]:
    """Brackets that fit sum, weight or injury, and by which of them they were chosen."""
    if profile.amount is not None and any(b.amount for b in brackets):
        stepped = [b for b in brackets if b.amount]
        fit = [
            b
            for i, b in enumerate(stepped)
            if b.amount
            and b.amount[0] <= profile.amount
            # above the highest threshold that a province may have for the next one it is past
            and not (i + 1 < len(stepped) and profile.amount >= _from(stepped[i + 1]))
        ]
        if fit:
            return fit, "数额"
    hard = any(name in profile.facts for name in _HARD_DRUGS)
    if profile.weight is not None and hard and any(b.grams is not None for b in brackets):
        reached = [b.grams for b in brackets if b.grams is not None and b.grams <= profile.weight]
        if reached:
            return [b for b in brackets if b.grams == max(reached)], "重量"
    if profile.injury is not None:
        fit = [b for b in brackets if profile.injury in b.injury]
        if fit:
            return fit, "伤情"
    return brackets, ""


def _from(bracket: Bracket) -> float:
    return bracket.amount[1] if bracket.amount else float("inf")
