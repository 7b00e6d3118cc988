"""Similar judgments: candidates from the search index, put in order, with reasons."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from dossier.search import And, Exactly, Plan, form
from dossier.search.plan import Not, Or, Substring
from dossier.similarity import (
    CaseProfile,
    Passages,
    Ranked,
    StoreDamaged,
    candidates,
    compared,
    matched_passages,
    predicted_charges,
    rank,
    same_case,
)

from ..elements import canonical_charge
from ..elements.courts import court_of_number, place_of
from ..errors import IndexDamaged, IndexVersion
from ..holdings import Keep, utc
from ..indexing import IndexKeeper
from ..indexing.entries import id_of
from ..judgments import Judgment, Judgments
from ..records import JudgmentRow
from .authority import authority_of, authority_place
from .building import Progress
from .carding import Shown, judgment_key, shown
from .folding import is_the_case, one_case
from .keeper import Features, SimilarityKeeper
from .profiles import Told, told_span
from .values import SimilarJudgment, SimilarJudgments, SimilarSort

FILTERS = ("charge", "region", "level", "year", "instance")
_CANDIDATES = 500
_FEW = 200
_HAN, _SHORT = re.compile("[\u3400-\u9fff]"), 30
"""Facts of fewer characters hardly tell one case from another."""
_WIDER, _WIDEST = 3, 60
"""Of how many of the most similar the k are taken that come first by authority or by day."""
_NEAREST = 5
"""Places in which a judgment of the very case is looked for: nothing is more like it."""
_LEVELS = {"最高": "最高人民法院", "高级": "高级人民法院", "中级": "中级人民法院"}
_INSTANCES = {"一审": "刑初", "二审": "刑终", "再审": "刑再"}
Where = Mapping[str, tuple[str, ...]]


def find_similar(
    keep: Keep,
    index: IndexKeeper,
    keeper: SimilarityKeeper,
    told: Told,
    *,
    k: int,
    charge: Sequence[str],
    where: Where,
    sort: SimilarSort,
    progress: Progress | None,
) -> SimilarJudgments:
    """Everything `Archive.similar` promises."""
    began = time.perf_counter()
    notes: list[str] = []
    warnings: list[str] = []
    built, waiting = keeper.ensure(progress)
    if built is not None:
        notes.append(f"裁判文书特征已建立（{built.judgments}件）：{built.reason}")
    if waiting:
        warnings.append(f"{waiting}件裁判文书尚未纳入比对")
    case = told.profile
    if charge:
        case = replace(case, charges=tuple(canonical_charge(c) or c for c in charge))
        unknown = [each for each in charge if canonical_charge(each) is None]
        if unknown:
            warnings.append(f"{'、'.join(unknown)}不在罪名表中，请核对罪名")
    features = keeper.features()
    ranked: tuple[Ranked, ...] = ()
    if features is None:
        warnings.append("库中裁判文书不足，无法检索类案：请先导入裁判文书")
    elif not case.facts:
        warnings.append("没有可供比对的案件事实：卷宗中无起诉书、起诉意见书等载明事实的文书")
    else:
        proposed = _proposed(index, features, case, where, notes)
        try:
            ranked = rank(features.store, case, proposed)
        except StoreDamaged as error:  # bits have rotted since it was opened
            keeper.mend(features, error, progress)
            notes.append(f"裁判文书特征已重建：{error}")
            mended = keeper.features()
            if mended is None:
                raise
            features = mended
            ranked = rank(features.store, case, proposed)
        if where and not ranked:
            warnings.append("没有符合筛选条件的裁判文书，请放宽筛选条件")
        if (told_in := len(_HAN.findall(case.facts))) < _SHORT:
            warnings.append(f"案情仅{told_in}个汉字，检索结果不可靠：请写明时间、行为、对象和后果")
        if features.store.model.fitted_on < _FEW:
            warnings.append(
                f"库中裁判文书仅{features.store.model.fitted_on}件，排序依据有限，仅供参考"
            )
        if sort == "authority" and not case.region:
            warnings.append("不知本案由何地法院审理，未能区分本省、上一级及本院案件")
    items: tuple[SimilarJudgment, ...] = ()
    own: tuple[Judgment, ...] = ()
    if features is not None and ranked:
        with keep.database.read() as session:
            items, own = _items(session, keep, features, told, case, ranked, k, sort)
    charges: tuple[tuple[str, float], ...] = tuple((name, 1.0) for name in case.charges)
    if features is not None and not charges and case.facts:
        charges = predicted_charges(features.store, case, most=3)
        warnings.append("未给出罪名，按案情推断；指明罪名后排序更可靠")
    return SimilarJudgments(
        items=items,
        case=case,
        text=told.text,
        source=told.source,
        charges=charges,
        sort=sort,
        where=where,
        candidates=len(ranked),
        collection=Judgments(keep.database).sources(),
        at=utc(),
        dossier=told.case,
        own=own,
        warnings=tuple(warnings),
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
    )


def _proposed(
    index: IndexKeeper, features: Features, case: CaseProfile, where: Where, notes: list[str]
) -> tuple[str, ...]:
    plan = plan_of_filters(where)
    rebuilt, _ = index.ensure()
    for attempt in (1, 2):
        if rebuilt is not None:
            notes.append(f"检索库已由记录重建：{rebuilt.reason}")
        try:
            with index.reading() as engine:
                return candidates(engine, features.store.model, case, limit=_CANDIDATES, where=plan)
        except (IndexDamaged, IndexVersion) as error:
            if attempt == 2:
                raise
            rebuilt = index.mend(error)
    return ()


def _items(
    session: Session,
    keep: Keep,
    features: Features,
    told: Told,
    case: CaseProfile,
    ranked: Sequence[Ranked],
    k: int,
    sort: SimilarSort,
) -> tuple[tuple[SimilarJudgment, ...], tuple[Judgment, ...]]:
    """The k best, one for each case, and the judgments of the very case that was asked about."""
    own = None if told.judgment is None else judgment_key(told.judgment)
    width = k if sort == "similarity" else max(_WIDER * k, _WIDEST)
    # enough that as many are left when those of one case have been folded
    best = [each for each in ranked if each.key != own][: 2 * width + 20]
    by_key = {each.key: each for each in best}
    keys = [*([own] if own else []), *by_key]
    found, rows = features.store.rows(keys)
    records = _records(session, found)
    found = [key for key in found if key in records]
    groups = same_case(
        found,
        features.store.rows(found)[1] if len(found) < len(rows) else rows,
        numbers={key: row.form for key, row in records.items()},
    )
    cards = features.store.cards(found)
    same: tuple[Judgment, ...] = ()
    picked: list[_Picked] = []
    span = told_span(told.text)
    in_order = {key: records[key] for key in found}
    for group in one_case(groups, in_order):
        judgments = [Judgment.of(keep.database, records[key]) for key in group]
        if own in group:
            same = tuple(each for each in judgments if each.id != told.judgment)
            continue
        if (
            own is None
            and len(picked) < _NEAREST
            and any(
                is_the_case(told.text[slice(*span)], told.numbers, records[key]) for key in group
            )
        ):
            same += tuple(judgments)
            continue
        score = by_key[group[0]].score
        if len(picked) == width or (len(picked) >= k and score <= 0):
            break
        row = records[group[0]]
        theirs = shown(row, cards.get(group[0]))
        court = row.court or court_of_number(row.number)
        authority = authority_of(
            case, theirs.profile, court, f"{row.title} {row.source}", told.court
        )
        picked.append(_Picked(row, judgments, by_key[group[0]], theirs, court, authority))
    if sort == "newest":
        picked.sort(key=lambda each: each.row.day or date.min, reverse=True)
    elif sort == "authority":
        picked.sort(key=lambda each: authority_place(each.authority))
    return tuple(_item(each, told, span, case, features) for each in picked[:k]), same


@dataclass(frozen=True, slots=True)
class _Picked:
    """A judgment that may be shown."""

    row: JudgmentRow
    judgments: Sequence[Judgment]
    ranked: Ranked
    theirs: Shown
    court: str
    authority: str


def _item(
    picked: _Picked, told: Told, span: tuple[int, int], case: CaseProfile, features: Features
) -> SimilarJudgment:
    row, ranked, theirs = picked.row, picked.ranked, picked.theirs
    start, stop = theirs.span
    mine, offset = told.text[slice(*span)], span[0]
    passages = tuple(
        Passages(
            (each.mine[0] + offset, each.mine[1] + offset),
            (each.theirs[0] + start, each.theirs[1] + start),
            each.likeness,
        )
        for each in matched_passages(mine, row.text[start:stop], model=features.store.model)
    )
    judgment = picked.judgments[0]
    judgment.__dict__["text"] = row.text
    return SimilarJudgment(
        judgment=judgment,
        court=picked.court,
        level=theirs.profile.court_level or "",
        region=place_of(picked.court) or theirs.profile.region or "",
        instance=theirs.profile.instance,
        result=theirs.result,
        results=theirs.results,
        authority=picked.authority,
        score=ranked.score,
        contributions=ranked.contributions,
        passages=passages,
        elements=compared(case, theirs.profile),
        others=tuple(picked.judgments[1:]),
        profile=theirs.profile,
    )


def _records(session: Session, keys: Sequence[str]) -> dict[str, JudgmentRow]:
    """Rows of these judgments as far as they are still there, with their texts."""
    ids = [id_of(key)[1] for key in keys]
    query = select(JudgmentRow).options(undefer(JudgmentRow.text)).where(JudgmentRow.id.in_(ids))
    return {judgment_key(row.id): row for row in session.scalars(query)}


def filters_of(where: Mapping[str, str | Sequence[str]]) -> Where:
    """The filters in one form; ValueError for one that there is not."""
    found = {
        name: (values,) if isinstance(values, str) else tuple(map(str, values))
        for name, values in where.items()
    }
    plan_of_filters(found)
    return found


def plan_of_filters(where: Where) -> Plan:
    """What of the index may be proposed: judgments that have one of the values of each filter."""
    parts: list[Plan] = [Exactly("kind", ("judgment",))]
    for name, values in where.items():
        options: list[Plan] = []
        for value in values:
            options.append(_option(name, value))
        parts.append(options[0] if len(options) == 1 else Or(tuple(options)))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _option(name: str, value: str) -> Plan:
    if not value.strip():
        raise ValueError(f"{name}: an empty value")
    match name:
        case "charge":
            return Exactly("charge", (canonical_charge(value) or value.removesuffix("罪"),))
        case "year":
            if not (len(value) == 4 and value.isascii() and value.isdecimal()):
                raise ValueError(f"year={value}: write four figures, such as 2023")
            return Exactly("year", (value,))
        case "region":
            return Substring("organ", form(value))
        case "level":
            level = value.removesuffix("人民法院").removesuffix("法院")
            if level in _LEVELS:
                return Substring("organ", form(_LEVELS[level]))
            if level != "基层":
                raise ValueError(f"level={value}: there are 最高, 高级, 中级, 基层")
            higher = Or(tuple(Substring("organ", form(each)) for each in _LEVELS.values()))
            return And((Substring("organ", form("法院")), Not(higher)))
        case "instance":
            if value not in _INSTANCES:
                raise ValueError(f"instance={value}: there are {', '.join(_INSTANCES)}")
            marks = (Substring("number", form(_INSTANCES[value])), Substring("title", form(value)))
            return Or(marks)
    raise ValueError(f"not a filter: {name}; there are {', '.join(FILTERS)}")
