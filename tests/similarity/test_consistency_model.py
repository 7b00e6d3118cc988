"""The sentencing model: coverage, storage, what it must not see."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sentencing_cases import CHARGES, judgments, without_outcome

from dossier.errors import BadData
from dossier.similarity import CaseProfile, profile_of
from dossier.similarity.conformal import POOLED, least_rank, scores_of, scores_of_arrays
from dossier.similarity.families import families
from dossier.similarity.sentencefeatures import claims, feature_space, provisions
from dossier.similarity.sentencemodel import SentencingModel, _folds, fit, load
from dossier.similarity.trees import trees_of_arrays, trees_of_fitted


def test_intervals_cover_what_they_promise(model: SentencingModel) -> None:
    new = judgments(1500, seed=2)
    found = model.interval(new)
    truth = np.array([p.months for p in new])
    inside = (found[:, 0] <= truth) & (truth <= found[:, 2])
    # chance alone: 900 calibrating, 1,500 asked: about 1.7 %
    assert 0.75 <= inside.mean() <= 0.86
    assert ((found[:, 0] <= found[:, 1]) & (found[:, 1] <= found[:, 2])).all()
    for charge in CHARGES:
        own = np.array([p.charges[0] == charge for p in new])
        assert inside[own].mean() >= 0.72


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_ends_cover_on_average_whatever_the_regression_is_worth(coverage: float) -> None:
    chance = np.random.default_rng(0)
    hits, count = 0, 200
    for _ in range(300):
        truth = chance.gamma(2.0, 3.0, count + 1)
        # a regression that is wrong: the guarantee does not need it right
        low, high = np.full(count, 8.0), np.full(count, 8.5)
        found = scores_of(truth[:-1], low, high, ["盗窃"] * count, coverage=coverage, least=20)
        margin = found.margins(["盗窃"])[0]
        hits += bool(8.0 - margin <= truth[-1] <= 8.5 + margin)
    assert coverage - 0.06 <= hits / 300 <= coverage + 0.06


def test_margin_by_hand() -> None:
    truth, zero = np.arange(1.0, 1001.0), np.zeros(1000)
    found = scores_of(truth, zero, zero, ["x"] * 1000, coverage=0.5, least=1)
    # scores 1 … 1000: the ⌈1001 · 0.5⌉-th
    assert found.margin("x") == 501.0


def test_small_groups_take_a_higher_rank() -> None:
    assert least_rank(1000, 0.8) == 801
    assert least_rank(40, 0.8) > 33
    assert least_rank(4, 0.8) > 4
    # what is left of the coverage in the worst tenth of all draws
    chance = np.random.default_rng(5)
    for cases in (40, 70, 150, 1000):
        kept = chance.beta(least_rank(cases, 0.8), cases + 1 - least_rank(cases, 0.8), 4000)
        assert np.quantile(kept, 0.1) >= 0.745


def test_small_groups_are_pooled_and_hopeless_ones_have_no_end() -> None:
    truth = np.arange(60.0)
    groups = ["盗窃"] * 40 + ["诈骗"] * 15 + ["抢夺"] * 5
    found = scores_of(truth, truth - 1, truth + 1, groups, coverage=0.8, least=20)
    assert set(found.by_group) == {POOLED, "盗窃"}
    assert found.group("诈骗") == found.group("从未见过") == POOLED
    assert (found.cases("诈骗"), found.cases("盗窃")) == (20, 40)
    few = scores_of(truth[:3], truth[:3], truth[:3], ["a"] * 3, coverage=0.8, least=20)
    assert few.margin("a") == np.inf
    again = scores_of_arrays(found.arrays(), found.groups, 0.8)
    assert {n: v.tolist() for n, v in again.by_group.items()} == {
        n: v.tolist() for n, v in found.by_group.items()
    }
    damaged = found.arrays() | {"score": np.full(60, np.nan)}
    with pytest.raises(ValueError, match="out of range"):
        scores_of_arrays(damaged, found.groups, 0.8)


def test_order_of_the_calibration_cases_does_not_matter() -> None:
    chance = np.random.default_rng(3)
    truth, low = chance.normal(size=50), chance.normal(size=50)
    order = chance.permutation(50)
    one = scores_of(truth, low, low + 1, ["x"] * 50, coverage=0.8, least=10)
    other = scores_of(truth[order], low[order], low[order] + 1, ["x"] * 50, coverage=0.8, least=10)
    assert one.margin("x") == other.margin("x")


def test_judgments_on_the_same_facts_are_one_family() -> None:
    told = (
        "经审理查明，{day}被告人{name}在{place}趁被害人熟睡之机窃得其放在床头的手机一部及现金若干元后逃离现场，"
        "当日又翻墙进入相邻院落，撬开房门，将衣柜内的首饰盒和抽屉里的香烟、白酒等物装入随身携带的背包，"
        "后在车站被巡逻的民警抓获"
    )
    one = told.format(day="2019年3月2日", name="某", place="青山县河东镇新桥村出租屋内")
    same = told.format(day="2019年3月3日", name="某某", place="青山县河东镇新桥村出租屋内")
    other = "被告人某驾驶小型轿车沿国道由东向西行驶至路口处时与行人相撞，致行人当场死亡，后弃车逃逸"
    assert families([one, other, same, "", "", other]).tolist() == [0, 1, 0, 3, 4, 1]
    # a formula with other figures is another case
    assert families(["窃得现金4000元。", "窃得现金9000元。"]).tolist() == [0, 1]
    # and they are never on both sides of a measure
    pairs = enumerate(judgments(60, seed=21))
    twins = [replace(p, facts=one if i % 2 else other) for i, p in pairs]
    held = _folds(twins, 5, seed=0)
    assert len(set(held[1::2].tolist())) == len(set(held[::2].tolist())) == 1


def test_stored_model_is_the_fitted_model(model: SentencingModel, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    model.save(path)
    again = load(path)
    new = judgments(200, seed=4)
    assert np.array_equal(again.interval(new), model.interval(new))
    assert np.array_equal(again.probabilities(new), model.probabilities(new), equal_nan=True)
    fines, fines_again = model.fines(new), again.fines(new)
    assert fines is not None
    assert fines_again is not None
    assert np.array_equal(fines, fines_again)
    assert again.seen == model.seen
    # nothing in it needs unpickling
    with np.load(path, allow_pickle=False) as file:
        assert all(file[name].dtype != object for name in file.files)


def test_own_trees_are_those_of_scikit_learn() -> None:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    chance = np.random.default_rng(0)
    rows = chance.normal(size=(600, 5))
    rows[chance.random(rows.shape) < 0.2] = np.nan
    values = np.nan_to_num(rows[:, 0]) * 2 + chance.normal(size=600)
    for estimator in (
        HistGradientBoostingRegressor(loss="quantile", quantile=0.9, max_iter=40),
        HistGradientBoostingRegressor(max_iter=1),
    ):
        fitted = estimator.fit(rows, values)
        trees = trees_of_fitted(fitted, rows)
        assert np.allclose(trees.predict(rows), fitted.predict(rows), rtol=0, atol=1e-10)
        again = trees_of_arrays(trees.arrays())
        assert np.array_equal(again.predict(rows), trees.predict(rows))
    odds = HistGradientBoostingClassifier(max_iter=30).fit(rows, values > 0)
    found = 1 / (1 + np.exp(-trees_of_fitted(odds, rows).predict(rows)))
    assert np.allclose(found, odds.predict_proba(rows)[:, 1], rtol=0, atol=1e-10)


def test_a_damaged_file_is_named(model: SentencingModel, tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(b"PK nothing")
    with pytest.raises(BadData, match="no sentencing model"):
        load(path)
    model.save(path)
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    parts.pop("months.low.0.left.npy")
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)
    with pytest.raises(BadData):
        load(path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


def test_trees_that_lead_back_are_refused(model: SentencingModel) -> None:
    arrays = model.months.low[0].arrays()
    arrays["left"] = np.zeros_like(arrays["left"])
    with pytest.raises(ValueError, match="outside or back"):
        trees_of_arrays(arrays)


def test_the_outcome_is_never_looked_at(model: SentencingModel) -> None:
    new = judgments(50, seed=5)
    hidden = [without_outcome(p) for p in new]
    assert np.array_equal(model.interval(new), model.interval(hidden))
    assert np.array_equal(model.probabilities(new), model.probabilities(hidden), equal_nan=True)


def test_what_only_the_decision_says_is_no_feature() -> None:
    told = (
        "公诉机关指控，被告人某贩卖甲基苯丙胺，应当依照《中华人民共和国刑法》第三百四十七条第四款、"
        "第六十七条第三款追究刑事责任。经审理查明，被告人某贩卖甲基苯丙胺3克。"
    )
    case = CaseProfile(told, "", told, ("走私、贩卖、运输、制造毒品",), weight=3.0)
    assert provisions(claims(case) or "") == {"刑法347", "刑法347.4"}
    space = feature_space([case] * 60)
    decided = replace(
        case,
        reasoning="本院认为，情节严重，可以减轻处罚，宣告缓刑。依照《中华人民共和国刑法》第三百四十七条第三款、"
        "第六十三条、第七十二条、第五十二条之规定，判决如下：",
        statutes=("刑法347", "刑法63", "刑法72", "刑法52"),
        months=84,
        penalty="有期徒刑",
        fine=5000.0,
    )
    assert np.array_equal(space.row(decided), space.row(case), equal_nan=True)
    assert not any("72" in name or "63" in name or "67" in name for name in space.provisions)


def test_an_indictment_is_read_with_its_reasons_and_bare_facts_say_they_are() -> None:
    facts = "经依法审查查明，被告人某窃得被害人现金40000元。"
    reasons = (
        "本院认为，被告人某盗窃他人财物，数额巨大，其行为触犯了《中华人民共和国刑法》第二百六十四条，"
        "应当以盗窃罪追究其刑事责任。现提起公诉，请依法判处。"
    )
    indicted = CaseProfile(facts, reasons, facts, ("盗窃",))
    bare = CaseProfile(facts, "", facts, ("盗窃",))
    space = feature_space([indicted] * 40)
    place = space.names.index("finding:数额巨大")
    other = space.names.index("finding:情节恶劣")
    assert (space.row(indicted)[place], space.row(indicted)[other]) == (1.0, 0.0)
    assert np.isnan(space.row(bare)[[place, other]]).all()
    assert space.row(indicted)[space.names.index("provision:刑法264")] == 1.0


def test_a_court_that_tells_of_the_prosecution_is_no_prosecutor() -> None:
    reasons = (
        "本院认为，某市人民检察院向某市中级人民法院提起公诉，提请依法判处的理由充分，应当以盗窃罪追究刑事责任。"
        "被告人某盗窃数额特别巨大。依照《中华人民共和国刑法》第二百六十四条、第七十二条之规定"
    )
    assert claims(CaseProfile("窃得现金。", reasons, "窃得现金。", ("盗窃",))) is None


def test_a_fine_in_the_facts_is_no_sum_of_the_deed() -> None:
    facts = "被告人某骗得人民币5000元。{}"
    space = feature_space([])
    row, asked = (
        space.row(CaseProfile(facts.format(more), charges=("诈骗",)))
        for more in ("", "原判判处有期徒刑一年，并处罚金人民币90000元。")
    )
    for name in ("amount_most", "amount_middle", "amount_number"):
        place = space.names.index(name)
        assert row[place] == asked[place], name


_HEAD = (
    "甘肃省兰州市城关区人民法院 刑事判决书 （2020）甘0102刑初12号\n"
    "公诉机关兰州市城关区人民检察院。\n被告人{name}，{sex}，1990年1月2日出生，{ethnicity}，{place}人，"
    "{faith}初中文化，农民，住{place}。\n"
)
_REST = (
    "经审理查明，2019年3月2日，被告人{name}（{sex}，{ethnicity}）在超市窃得被害人{victim}的手机一部，"
    "价值人民币4100元。案发后，被告人{name}主动投案，如实供述。\n"
    "本院认为，被告人{name}以非法占有为目的，秘密窃取他人财物，数额较大，其行为已构成盗窃罪。"
    "被告人{name}系自首，依法可以从轻处罚。依照《中华人民共和国刑法》第二百六十四条、"
    "第六十七条第一款之规定，判决如下：\n被告人{name}犯盗窃罪，判处有期徒刑八个月，并处罚金人民币二千元。\n"
)


def test_identity_does_not_move_the_interval(model: SentencingModel) -> None:
    people = [
        ("张三", "男", "汉族", "甘肃省兰州市", "", "李四"),
        ("马小梅", "女", "回族", "新疆维吾尔自治区喀什市", "信仰伊斯兰教，", "赵六"),
        ("王建国", "男", "藏族", "四川省甘孜县", "信仰佛教，", "欧阳小红"),
    ]
    keys = ("name", "sex", "ethnicity", "place", "faith", "victim")
    found = []
    for person in people:
        text = (_HEAD + _REST).format(**dict(zip(keys, person, strict=True)))
        found.append(profile_of(text))
    assert found[0].charges == ("盗窃",)
    assert found[0].amount == 4100
    intervals = model.interval(found)
    assert (intervals == intervals[0]).all()
    chances = model.probabilities(found)
    assert np.array_equal(chances, np.broadcast_to(chances[0], chances.shape), equal_nan=True)


def test_where_the_court_sits_does_not_move_the_interval(model: SentencingModel) -> None:
    case = judgments(1, seed=6)[0]
    other = replace(case, region="甘肃省兰州市", guiding=True)
    assert np.array_equal(model.interval([case]), model.interval([other]))


def test_too_few_judgments_are_refused() -> None:
    with pytest.raises(BadData, match="60 are needed"):
        fit(judgments(40, seed=1))
    with pytest.raises(BadData):
        fit([])


def test_same_seed_same_model() -> None:
    cases = judgments(250, seed=7)
    new = judgments(20, seed=8)
    one, two = (fit(cases, rounds=15).interval(new) for _ in range(2))
    assert np.array_equal(one, two)


def test_life_and_death_have_no_term_but_a_chance() -> None:
    cases = judgments(600, seed=9)
    cases += [
        replace(
            p, penalty="无期徒刑", months=None, probation=None, charges=("故意杀人",), injury="死亡"
        )
        for p in judgments(80, seed=10)
    ]
    model = fit(cases, rounds=20)
    chance = model.probabilities([without_outcome(cases[-1]), without_outcome(cases[0])])[:, 2]
    assert chance[0] > 0.5 > chance[1]
    assert "故意杀人" not in model.seen
