"""The sentencing model: coverage, storage, what it must not see."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sentencing_cases import judgments, without_outcome

from dossier.errors import BadData
from dossier.similarity import CaseProfile, profile_of
from dossier.similarity.conformal import POOLED, margins
from dossier.similarity.sentencefeatures import provisions
from dossier.similarity.sentencemodel import SentencingModel, fit, load
from dossier.similarity.trees import trees_of_arrays, trees_of_fitted


@pytest.fixture(scope="module")
def model() -> SentencingModel:
    return fit(judgments(900, seed=1), rounds=60)


def test_intervals_cover_what_they_promise(model: SentencingModel) -> None:
    new = judgments(1500, seed=2)
    found = model.interval(new)
    truth = np.array([p.months for p in new])
    inside = (found[:, 0] <= truth) & (truth <= found[:, 2])
    # 315 calibration cases: the coverage itself varies by about 2.5 %
    assert 0.73 <= inside.mean() <= 0.88
    assert ((found[:, 0] <= found[:, 1]) & (found[:, 1] <= found[:, 2])).all()


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9])
def test_margins_cover_on_average_whatever_the_regression_is_worth(coverage: float) -> None:
    chance = np.random.default_rng(0)
    hits, count = 0, 60
    for _ in range(300):
        truth = chance.gamma(2.0, 3.0, count + 1)
        # a regression that is wrong: the guarantee does not need it right
        low, high = np.full(count + 1, 8.0), np.full(count + 1, 8.5)
        found = margins(
            truth[:-1], low[:-1], high[:-1], ["盗窃"] * count, coverage=coverage, least=20
        )
        margin = found.of(["盗窃"])[0]
        hits += bool(8.0 - margin <= truth[-1] <= 8.5 + margin)
    assert hits / 300 >= coverage - 0.06
    assert hits / 300 <= coverage + 0.08


def test_small_groups_are_pooled_and_hopeless_ones_have_no_end() -> None:
    truth = np.arange(60.0)
    groups = ["盗窃"] * 40 + ["诈骗"] * 15 + ["抢夺"] * 5
    found = margins(truth, truth - 1, truth + 1, groups, coverage=0.8, least=20)
    assert set(found.by_group) == {POOLED, "盗窃"}
    assert found.group("诈骗") == found.group("从未见过") == POOLED
    assert found.cases == {POOLED: 20, "盗窃": 40}
    few = margins(truth[:3], truth[:3], truth[:3], ["a"] * 3, coverage=0.8, least=20)
    assert few.by_group[POOLED] == float("inf")
    assert type(few).of_json(json.loads(json.dumps(few.to_json()))) == few


def test_order_of_the_calibration_cases_does_not_matter() -> None:
    chance = np.random.default_rng(3)
    truth, low = chance.normal(size=50), chance.normal(size=50)
    order = chance.permutation(50)
    one = margins(truth, low, low + 1, ["x"] * 50, coverage=0.8, least=10)
    other = margins(truth[order], low[order], low[order] + 1, ["x"] * 50, coverage=0.8, least=10)
    assert one == other


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
    parts.pop("months.low.left.npy")
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)
    with pytest.raises(BadData):
        load(path)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


def test_trees_that_lead_back_are_refused(model: SentencingModel) -> None:
    arrays = model.months.low.arrays()
    arrays["left"] = np.zeros_like(arrays["left"])
    with pytest.raises(ValueError, match="outside or back"):
        trees_of_arrays(arrays)


def test_the_outcome_is_never_looked_at(model: SentencingModel) -> None:
    new = judgments(50, seed=5)
    hidden = [without_outcome(p) for p in new]
    assert np.array_equal(model.interval(new), model.interval(hidden))
    assert np.array_equal(model.probabilities(new), model.probabilities(hidden), equal_nan=True)


def test_statutes_that_give_the_outcome_away_are_no_feature() -> None:
    reasons = (
        "依照《中华人民共和国刑法》第一百三十三条之一第一款、第六十七条第三款、第七十二条、"
        "第六十三条第一款、第五十二条之规定，判决如下："
    )
    found = provisions(CaseProfile("", reasons, statutes=("刑法264", "刑法72", "刑法63")))
    assert found == {"刑法264", "刑法133之1", "刑法133之1.1"}


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
