"""Where a proposed sentence lies: numbers, reasons, and warnings instead of numbers."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest
from sentencing_cases import judgments, without_outcome

from dossier.elements.circumstancetypes import circumstance_types
from dossier.similarity import CaseProfile
from dossier.similarity.assessing import assess, written
from dossier.similarity.consistency import Consistency
from dossier.similarity.contributing import band_text, contributions
from dossier.similarity.sentencemodel import SentencingModel, fit
from dossier.similarity.sentenceplot import WIDTH, sentence_svg
from dossier.similarity.weighing import distribution, effective, percentile, weighted_quantile


def theft(**more: object) -> CaseProfile:
    base = CaseProfile(
        facts="被告人某窃得手机一部，价值5000元。",
        charges=("盗窃",),
        circumstances=(("自首", True), ("退赃退赔", True)),
        amount=5000.0,
    )
    return replace(base, **more)  # type: ignore[arg-type]


def with_terms(*months: int) -> list[tuple[CaseProfile, float]]:
    return [(theft(months=m, penalty="有期徒刑", fine=1000.0 * m), 1.0) for m in months]


def codes(answer: Consistency) -> set[str]:
    return {warning.code for warning in answer.warnings}


# ── weighing ─────────────────────────────────────────────────────────────────────────────────


def test_weighted_quantiles_by_hand() -> None:
    values, weights = [10.0, 20.0, 30.0], [1.0, 1.0, 2.0]
    assert weighted_quantile(values, weights, 0.25) == 10
    assert weighted_quantile(values, weights, 0.5) == 20
    assert weighted_quantile(values, weights, 0.51) == 30
    assert weighted_quantile(values, weights, 1.0) == 30
    assert percentile(values, weights, 20) == pytest.approx(37.5)
    assert percentile(values, weights, 5) == 0
    assert effective([1, 1, 1, 1]) == pytest.approx(4)
    assert effective([1, 0, 0]) == pytest.approx(1)
    assert effective([]) == 0


def test_histogram_holds_everything() -> None:
    found = distribution([1, 3, 12, 300, 400], [1, 2, 3, 4, 5])
    assert sum(share for _, _, share in found.histogram) == pytest.approx(1)
    money = distribution([0.5, 10.0**8], [1, 1], money=True)
    assert sum(share for _, _, share in money.histogram) == pytest.approx(1)


# ── the place ────────────────────────────────────────────────────────────────────────────────


def test_place_among_the_similar() -> None:
    similar = with_terms(6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    answer = assess(theft(), 10, similar)
    assert answer.terms is not None
    assert answer.terms.cases == 10
    assert answer.terms.quantiles == (6, 8, 10, 13, 14)
    assert answer.percentile == pytest.approx(45)
    assert answer.flag == "none"
    assert "位次为45%" in answer.reason
    assert answer.fines is not None
    assert answer.fines.quantiles[2] == 10_000


def test_deviation_in_words_with_counter_examples() -> None:
    similar = with_terms(6, 7, 8, 9, 10, 11, 12)
    similar[2] = (similar[2][0], 3.0)
    answer = assess(theft(), 30, similar)
    assert answer.flag == "outside"
    assert "高于类案第10至90百分位（6个月至1年）" in answer.reason
    assert answer.counter[0] == 2
    low = assess(theft(), 2, similar)
    assert low.flag == "outside"
    assert "低于类案" in low.reason
    assert all((similar[i][0].months or 0) >= 8 for i in low.counter)


def test_weights_count() -> None:
    similar = with_terms(*[6] * 10, *[30] * 10)
    light = [(p, 1.0 if p.months == 6 else 0.1) for p, _ in similar]
    assert assess(theft(), 10, similar).percentile == pytest.approx(50)
    assert assess(theft(), 10, light).percentile == pytest.approx(1000 / 11)
    twice = [(p, 2 * w) for p, w in light]
    assert assess(theft(), 10, twice).percentile == assess(theft(), 10, light).percentile


def test_life_exemption_and_fines_alone_are_outcomes_not_terms() -> None:
    similar = with_terms(6, 7, 8, 9, 10, 11)
    for penalty in ("无期徒刑", "免予刑事处罚", "罚金", None):
        similar.append((theft(penalty=penalty), 1.0))
    answer = assess(theft(), 8, similar)
    assert answer.terms is not None
    assert answer.terms.cases == 6
    assert dict(answer.outcomes) == pytest.approx(
        {"无期徒刑": 0.1, "有期徒刑": 0.6, "免予刑事处罚": 0.1, "罚金": 0.1, "不详或者无罪": 0.1}
    )


def test_what_cannot_be_asked() -> None:
    wrong: tuple[object, ...] = (0, -3, True, 8.5, float("nan"), "8")
    for months in wrong:
        with pytest.raises(ValueError, match="at least 1"):
            assess(theft(), months)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not negative"):
        assess(theft(), 6, [(theft(), -1.0)])
    with pytest.raises(ValueError, match="finite"):
        assess(theft(), 6, [(theft(), float("nan"))])


# ── the law ──────────────────────────────────────────────────────────────────────────────────


def test_above_the_law() -> None:
    answer = assess(CaseProfile("醉酒驾驶", charges=("危险驾驶",)), 8)
    assert answer.illegal.startswith("超出法定刑：刑法第133条之1")
    assert "6个月" in answer.illegal
    assert answer.flag == "outside"
    assert answer.reason.startswith("超出法定刑")


def test_below_the_law_with_and_without_a_ground() -> None:
    without = assess(CaseProfile("某事", charges=("抢劫",)), 24)
    assert "低于法定刑：刑法第263条最低为3年" in without.illegal
    assert "未见法定减轻处罚情节" in without.illegal
    assert without.flag == "outside"
    ground = assess(CaseProfile("某事", charges=("抢劫",), circumstances=(("从犯", True),)), 24)
    assert "本案有从犯" in ground.illegal
    assert ground.flag == "note"
    denied = assess(CaseProfile("某事", charges=("抢劫",), circumstances=(("从犯", False),)), 24)
    assert denied.flag == "outside"


def test_above_one_charge_but_not_above_several() -> None:
    robbery = CaseProfile("某事", charges=("抢劫",))
    assert "并罚（刑法第69至71条）" in assess(robbery, 200).illegal
    far = assess(robbery, 10_000)
    assert far.flag == "outside"
    assert "最高为15年。" in far.illegal
    # 20 years in all for several
    assert assess(CaseProfile("", charges=("抢劫", "盗窃")), 230).illegal == ""


@pytest.mark.parametrize(
    "circumstances", [("从犯",), ("未遂",), ("自首",), ("未成年",), ("立功", "坦白")]
)
def test_below_the_law_with_a_ground_is_never_held_against_it(
    circumstances: tuple[str, ...],
) -> None:
    case = CaseProfile(
        "某事", charges=("抢劫", "盗窃"), circumstances=tuple((c, True) for c in circumstances)
    )
    answer = assess(case, 20)
    assert answer.flag == "note"
    assert all(code in answer.illegal for code in circumstances)


def test_outside_the_bracket_of_the_sum() -> None:
    similar = with_terms(36, 40, 44, 48, 52, 56)
    answer = assess(theft(), 48, similar)
    assert answer.illegal == ""
    assert answer.flag == "note"
    assert "高于按数额应适用的档次（1个月至3年）" in answer.reason


# ── thin data ────────────────────────────────────────────────────────────────────────────────


def test_few_similar_judgments_give_a_warning_instead_of_numbers(model: SentencingModel) -> None:
    answer = assess(theft(), 8, with_terms(6, 7, 8))
    assert answer.terms is answer.percentile is answer.probation_share is None
    assert "few_similar" in codes(answer)
    assert answer.flag == "unknown"
    # one heavy judgment is no crowd either
    heavy = [(p, 100.0 if i == 0 else 0.01) for i, (p, _) in enumerate(with_terms(*range(6, 40)))]
    assert assess(theft(), 8, heavy).percentile is None


def test_no_model_and_rare_charges_have_no_interval(model: SentencingModel) -> None:
    assert "no_model" in codes(assess(theft(), 8))
    rare = assess(theft(charges=("背叛国家",)), 8, model=model)
    assert rare.interval is rare.base is rare.fine_interval is None
    assert rare.probation_probability is None
    assert rare.contributions == ()
    assert "few_of_charge" in codes(rare)
    assert "no_charge" in codes(assess(theft(charges=()), 8, model=model))


def test_sums_beyond_the_sample_are_not_extrapolated(model: SentencingModel) -> None:
    assert assess(theft(), 8, model=model).interval is not None
    answer = assess(theft(amount=90_000_000.0), 8, model=model)
    assert answer.interval is None
    assert answer.contributions == ()
    assert "amount_outside" in codes(answer)


def test_old_and_far_judgments_give_no_place(model: SentencingModel) -> None:
    old = [(replace(p, day=date(2005, 1, 1)), w) for p, w in with_terms(*range(6, 16))]
    answer = assess(theft(day=date(2024, 1, 1)), 8, old)
    assert answer.percentile is None
    assert answer.terms is not None
    assert "old_similar" in codes(answer)
    far = [(replace(p, region="广东省深圳市"), w) for p, w in with_terms(*range(6, 16))]
    answer = assess(theft(region="甘肃省兰州市"), 8, far)
    assert answer.percentile is None
    assert "other_region" in codes(answer)
    named = [(replace(p, region="新疆"), w) for p, w in far]
    answer = assess(theft(region="新疆维吾尔自治区乌鲁木齐市"), 8, named)
    assert "other_region" not in codes(answer)
    near = [(replace(far[0][0], region="甘肃省天水市"), 1.0), *far[1:]]
    assert assess(theft(region="甘肃省兰州市"), 8, near).percentile is not None


def test_age_counts_from_the_case_and_else_from_today() -> None:
    old = [(replace(p, day=date(2010, 1, 1)), w) for p, w in with_terms(*range(6, 16))]
    then = assess(theft(day=date(2012, 1, 1)), 8, old)
    assert then.percentile is not None
    now = assess(theft(), 8, old, day=date(2026, 1, 1))
    assert now.percentile is None
    assert "old_similar" in codes(now)
    # a single new one among many old ones is no basis
    one_new = [(replace(old[0][0], day=date(2025, 1, 1)), 1.0), *old[1:]]
    assert assess(theft(), 8, one_new, day=date(2026, 1, 1)).percentile is None
    most_new = [(replace(p, day=date(2024, 1, 1)), w) for p, w in old[:7]] + old[7:]
    assert assess(theft(), 8, most_new, day=date(2026, 1, 1)).percentile is not None
    # without any day it can only be said
    undated = assess(theft(), 8, with_terms(*range(6, 16)))
    assert undated.percentile is not None
    assert "undated_similar" in codes(undated)


def test_bare_facts_are_said_to_be_so(model: SentencingModel) -> None:
    bare = assess(theft(circumstances=()), 8, model=model)
    assert "facts_alone" in codes(bare)
    assert bare.interval is not None
    assert "facts_alone" not in codes(assess(theft(), 8, model=model))
    charged = theft(circumstances=(), account="公诉机关指控，被告人某窃得手机一部，价值5000元。")
    assert "facts_alone" not in codes(assess(charged, 8, model=model))


def test_an_old_model_gives_no_interval() -> None:
    cases = [replace(p, day=date(2012, 3, 1)) for p in judgments(300, seed=31)]
    old = fit(cases, rounds=10)
    late = assess(theft(), 8, model=old, day=date(2026, 1, 1))
    assert "old_model" in codes(late)
    assert late.interval is late.base is late.fine_interval is late.probation_probability is None
    assert assess(theft(), 8, model=old, day=date(2015, 1, 1)).interval is not None


def test_where_life_is_likely_there_is_no_interval() -> None:
    cases = judgments(500, seed=32)
    killed = [
        replace(p, charges=("故意杀人",), injury="死亡", amount=None)
        for p in judgments(140, seed=33)
    ]
    life = [
        replace(p, penalty="无期徒刑", months=None, probation=None, fine=None, role="主犯")
        for p in killed[:90]
    ]
    model = fit([*cases, *life, *killed[90:]], rounds=20)
    answer = assess(without_outcome(life[0]), 120, model=model)
    assert "life_likely" in codes(answer)
    assert answer.interval is None
    assert answer.contributions == ()
    assert answer.indeterminate_probability is not None
    assert answer.indeterminate_probability > 0.5


def test_every_missing_number_is_explained(model: SentencingModel) -> None:
    for profile in (theft(), theft(charges=("背叛国家",)), theft(amount=1e9)):
        for similar in ([], with_terms(6, 7), with_terms(*range(6, 20))):
            for used in (None, model):
                answer = assess(profile, 8, similar, used)
                replaced = {part for warning in answer.warnings for part in warning.replaces}
                assert (answer.interval is None) == ("interval" in replaced)
                assert (answer.percentile is None) == ("percentile" in replaced)
                assert (answer.terms is None) == ("distribution" in replaced)
                assert all(warning.text.endswith("。") for warning in answer.warnings)


# ── the model's part ─────────────────────────────────────────────────────────────────────────


def test_interval_is_whole_months_with_its_promise(model: SentencingModel) -> None:
    answer = assess(theft(), 8, model=model)
    interval = answer.interval
    assert interval is not None
    assert 1 <= interval.least <= interval.most
    # the ends are rounded inwards, the middle is not
    assert interval.least - 1 < interval.middle < interval.most + 1
    assert interval.coverage == 0.8
    assert interval.group == "盗窃"
    assert interval.cases >= 40
    high = assess(theft(), 170, model=model)
    assert "高于模型80%预测区间" in high.reason
    assert high.flag == "outside"


def test_contributions_add_up_exactly(model: SentencingModel) -> None:
    for case in judgments(30, seed=11):
        base, parts = contributions(case, model)
        middle = model.interval([case])[0, 1]
        assert base + sum(part.months for part in parts) == pytest.approx(middle, abs=1e-9)
        assert {part.code for part in parts} == {code for code, _ in case.circumstances}


def test_contributions_of_many_circumstances_add_up_too(model: SentencingModel) -> None:
    every = tuple((kind.code, i % 5 != 0) for i, kind in enumerate(circumstance_types()[:14]))
    case = theft(circumstances=every, role="主犯")
    base, parts = contributions(case, model)
    assert len(parts) == 14
    total = base + sum(part.months for part in parts)
    assert total == pytest.approx(model.interval([case])[0, 1], abs=1e-9)


def test_contributions_have_the_sense_of_the_law(model: SentencingModel) -> None:
    lighter = {kind.code: kind.direction == "lighter" for kind in circumstance_types()}
    months: dict[str, list[float]] = {}
    for case in judgments(60, seed=12):
        # one more that is denied: the other way round
        said = replace(case, circumstances=(*case.circumstances, ("从犯", False)))
        for part in contributions(said, model)[1]:
            milder = lighter[part.code] == part.holds
            assert part.months <= 1e-9 if milder else part.months >= -1e-9
            months.setdefault(part.code, []).append(part.months)
    assert sum(months["自首"]) < 0 < sum(months["累犯"])


def test_bands_in_words() -> None:
    kinds = {kind.code: kind for kind in circumstance_types()}
    assert band_text(kinds["累犯"]) == "增加基准刑的10%–40%，一般不少于3个月"
    assert "犯罪较轻：减少基准刑的40%以上或者依法免除处罚" in band_text(kinds["自首"])
    assert band_text(kinds["多次"]) == ""


def test_own_outcome_changes_nothing(model: SentencingModel) -> None:
    case = theft(months=99, penalty="有期徒刑", probation=None, fine=7.0)
    similar = with_terms(*range(6, 16))
    assert assess(case, 9, similar, model) == assess(without_outcome(case), 9, similar, model)


def test_json_and_reference_only(model: SentencingModel) -> None:
    answer = assess(theft(), 9, with_terms(*range(6, 16)), model)
    data = json.loads(json.dumps(answer.to_json(), ensure_ascii=False, allow_nan=False))
    assert data["months"] == 9
    assert data["flag_name"] == "未见偏离"
    assert "仅供" in data["note"]
    assert data["interval"]["coverage"] == 0.8
    empty = assess(CaseProfile("")).to_json()
    json.dumps(empty, allow_nan=False)
    assert empty["flag"] == "unknown"


# ── the picture ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("months", [None, 1, 9, 300])
def test_picture_is_sound_and_says_what_is_missing(
    model: SentencingModel, months: int | None
) -> None:
    full = sentence_svg(assess(theft(), months, with_terms(*range(6, 16)), model))
    ET.fromstring(full)  # noqa: S314 - our own
    for words in ("类案刑期分布", "模型80%区间", "量刑起点", "法定刑", "仅供参考"):
        assert words in full
    if months is not None:
        assert f"拟判{written(months)}" in full
    assert "<script" not in full
    assert "http" not in full.replace("http://www.w3.org/2000/svg", "")
    empty = sentence_svg(assess(CaseProfile("", charges=("背叛<国家>",)), months))
    ET.fromstring(empty)  # noqa: S314
    assert "类案过少" in empty
    assert "无该罪名数据" in empty


@pytest.mark.parametrize("months", [1, 14, 40, 10_000])
@pytest.mark.parametrize(
    "case",
    [
        theft(),
        theft(charges=("盗窃", "诈骗"), amount=40_000.0),
        CaseProfile("", charges=("危险驾驶",)),
        CaseProfile("", charges=("故意伤害",), injury="重伤二级"),
        CaseProfile("", charges=("故意杀人",)),
    ],
)
def test_no_label_is_cut_and_every_mark_lies_on_its_bar(
    model: SentencingModel, case: CaseProfile, months: int
) -> None:
    answer = assess(case, months, with_terms(*range(2, 150, 9)), model)
    picture = ET.fromstring(sentence_svg(answer))  # noqa: S314 - our own
    space = "{http://www.w3.org/2000/svg}"
    for text in picture.iter(f"{space}text"):
        words, size = text.text or "", float(text.get("font-size", 13))
        wide = sum(size if ord(c) > 0x2E80 else 0.6 * size for c in words)
        x, anchor = float(text.get("x", 0)), text.get("anchor") or text.get("text-anchor")
        left = x - wide * {"end": 1.0, "middle": 0.5}.get(str(anchor), 0.0)
        assert left >= 0, words
        assert left + wide <= WIDTH + 1, words
    bars = [
        (float(r.get("x", 0)), float(r.get("width", 0)), float(r.get("y", 0)) + 6)
        for r in picture.iter(f"{space}rect")
        if r.get("rx")
    ]
    marks = [m for m in picture.iter(f"{space}line") if m.get("stroke") == "#222"]
    assert marks
    for mark in marks:
        x, y = float(mark.get("x1", 0)), float(mark.get("y1", 0)) + 9
        assert any(left - 1 <= x <= left + wide + 1 and y == at for left, wide, at in bars)


def test_picture_says_what_is_beyond_months_and_beyond_one_charge() -> None:
    life = sentence_svg(assess(CaseProfile("", charges=("故意杀人",)), 120))
    assert "3年–15年，另有无期徒刑以上" in life
    several = sentence_svg(assess(CaseProfile("", charges=("盗窃", "诈骗")), 12))
    assert "数罪分别确定" in several
    assert "指导意见未规定" not in several


def test_life_among_the_similar_is_said_beside_the_place() -> None:
    similar = with_terms(100, 110, 120, 130, 140, 150)
    similar += [(theft(penalty="无期徒刑"), 1.0), (theft(penalty="死刑"), 1.0)]
    answer = assess(theft(), 120, similar)
    assert "另有25%的类案判处无期徒刑或者死刑，未计入位次" in answer.reason
    assert "未计入位次" not in assess(theft(), 120, similar[:6]).reason


def test_durations_in_words() -> None:
    assert [written(m) for m in (0, 1, 12, 14, 180)] == [
        "0个月", "1个月", "1年", "1年2个月", "15年",
    ]  # fmt: skip
