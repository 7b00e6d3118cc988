from __future__ import annotations

import math
import random
from dataclasses import replace

import numpy as np
import pytest

from dossier.similarity.fusion import (
    Signal,
    contributions,
    learn,
    plan,
    read_weights,
    shipped,
    written,
)
from dossier.similarity.masking import masked
from dossier.similarity.profile import profile_of
from dossier.similarity.ranking import predicted_charges, rank
from dossier.similarity.signals import LABELS
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile

THEFT = (
    "2023年3月8日21时许，被告人张三窜至兰州市城关区某小区，趁被害人李四家中无人，撬门进入室内，"
    "窃得现金3860元及华为手机一部。经价格认定，被盗手机价值人民币1200元。被告人张三经电话传唤到案，"
    "如实供述了上述事实。"
)


def _keys(told: dict[str, CaseProfile]) -> list[str]:
    return list(told)


def test_contributions_add_up(features: FeatureStore, told: dict[str, CaseProfile]) -> None:
    for case in (profile_of(THEFT), *list(told.values())[:6]):
        for item in rank(features, case, _keys(told)):
            assert item.score == math.fsum(item.contributions.values())
            assert set(item.contributions) <= set(LABELS)


def test_like_comes_before_unlike(features: FeatureStore, told: dict[str, CaseProfile]) -> None:
    first = rank(features, profile_of(THEFT), _keys(told))[:5]
    assert sum("盗窃" in told[item.key].charges for item in first) >= 4
    assert predicted_charges(features, profile_of(THEFT))[0][0] == "盗窃"


def test_a_given_charge_leads(features: FeatureStore, told: dict[str, CaseProfile]) -> None:
    ranked = rank(features, profile_of(THEFT), _keys(told), charge=["诈骗"])
    by_facts = rank(features, profile_of(THEFT), _keys(told))
    place = [n for n, item in enumerate(ranked) if "诈骗" in told[item.key].charges]
    before = [n for n, item in enumerate(by_facts) if "诈骗" in told[item.key].charges]
    assert sum(place) < sum(before)
    assert "same_charges" in ranked[0].contributions


def test_unknown_candidates_are_left_out(features: FeatureStore) -> None:
    assert rank(features, profile_of(THEFT), ["nowhere"]) == ()
    assert len(rank(features, profile_of(THEFT), ["FX0001", "nowhere", "FX0001"])) == 1


OTHERS = (
    {
        "吕成林": "阿卜杜拉",
        "，男，": "，女，回族，信仰伊斯兰教，",
        "1981年3月28日": "1999年12月1日",
    },
    {
        "吕成林": "王五",
        "，男，": "，男，藏族，",
        "住兰州市城关区": "户籍地四川省成都市，住兰州市城关区",
    },
)


@pytest.mark.parametrize("changes", OTHERS)
def test_another_person_same_ranking(
    changes: dict[str, str],
    fictional: list[dict[str, str]],
    features: FeatureStore,
    told: dict[str, CaseProfile],
) -> None:
    text, title = fictional[0]["全文"], fictional[0]["案件名称"]
    other, other_title = text, title
    for old, new in changes.items():
        assert old in text
        other, other_title = other.replace(old, new), other_title.replace(old, new)
    mine = profile_of(text, title=title)
    theirs = profile_of(other, title=other_title)
    assert mine == theirs
    assert rank(features, mine, _keys(told)) == rank(features, theirs, _keys(told))


def test_persons_in_facts_alone_do_not_count(
    features: FeatureStore, told: dict[str, CaseProfile]
) -> None:
    others = THEFT.replace("张三", "马尔萨").replace("李四", "赵小红")
    more = others.replace("被告人马尔萨窜", "被告人马尔萨（女，回族，1990年1月1日出生）窜")
    ranked = rank(features, profile_of(THEFT), _keys(told))
    assert rank(features, profile_of(others), _keys(told)) == ranked
    assert rank(features, profile_of(more), _keys(told)) == ranked


WHO = (
    "系汉族商贩", "系回族商贩", "系藏族商贩", "系维吾尔族商贩", "系河南籍商贩", "系新疆籍商贩",
    "系外地籍商贩", "，四川省成都市人，系商贩", "，甘肃临夏人，系商贩", "系商贩，性别男",
    "系商贩，性别女，民族东乡族", "系女性商贩", "系商贩，信仰伊斯兰教", "系商贩，基督教徒",
)  # fmt: skip


@pytest.mark.parametrize("who", WHO)
def test_whatever_is_said_of_the_person_same_ranking(
    who: str, features: FeatureStore, told: dict[str, CaseProfile]
) -> None:
    facts = "被告人吴某{}，在南关市场趁人不备，盗走被害人李某的手机一部，经鉴定价值人民币3860元。"
    plain, other = profile_of(facts.format("系商贩")), profile_of(facts.format(who))
    keys = _keys(told)
    assert rank(features, other, keys) == rank(features, plain, keys)


@pytest.mark.parametrize(
    "kept",
    [
        "在甘肃省兰州市人民医院", "在北京市朝阳区盗窃他人财物", "在新疆乌鲁木齐市抢劫他人手机",
        "违背妇女意志", "奸淫幼女", "猥亵女童", "市水族馆", "在上海人工智能公司",
        "在广东省深圳市人行道上",
    ],
)  # fmt: skip
def test_what_the_law_weighs_stays(kept: str) -> None:
    assert masked(kept) == kept


def test_misread_characters_move_one_of_ten(
    features: FeatureStore, told: dict[str, CaseProfile]
) -> None:
    """1 % of the characters read wrongly: at most one of the first ten is another."""
    chance = random.Random(5)
    moved = []
    for case in list(told.values())[:12]:
        letters = list(case.facts)
        for place in chance.sample(range(len(letters)), max(1, len(letters) // 100)):
            if "\u4e00" <= letters[place] <= "\u9fff":
                letters[place] = chr(chance.randrange(0x4E00, 0x9FA5))
        noisy = replace(case, facts="".join(letters), account="")
        clean = {item.key for item in rank(features, case, _keys(told), charge=())[:10]}
        dirty = {item.key for item in rank(features, noisy, _keys(told), charge=())[:10]}
        moved.append(len(clean - dirty))
    assert max(moved) <= 1


def test_outcomes_do_not_count(features: FeatureStore, told: dict[str, CaseProfile]) -> None:
    case = told["FX0001"]
    other = replace(case, months=240, penalty="有期徒刑", probation=None, fine=9e6)
    assert rank(features, case, _keys(told)) == rank(features, other, _keys(told))


def test_learning_finds_the_signal_that_orders() -> None:
    chance = np.random.default_rng(0)
    names = list(LABELS)
    pools, grades = [], []
    for _ in range(20):
        values = chance.normal(size=(30, len(names)))
        pools.append(values)
        grades.append(np.clip(np.round(values[:, names.index("charge")] + 1), 0, 3).astype(int))
    weights = learn(pools, grades, plan("facts"))
    found = {s.name: s.weight for s in weights.signals}
    assert max(found, key=lambda name: found[name]) == "charge"
    assert min(found.values()) >= 0
    held = learn(
        pools, grades, [Signal("charge", 0.0, 50.0), Signal("role", 0.02, 0, learned=False)]
    )
    assert {s.name: s.weight for s in held.signals}["role"] == 0.02


def test_weights_are_read_as_written() -> None:
    import json

    again = read_weights(json.loads(written(shipped(), {})))
    assert again == dict(shipped())
    wrong = json.loads(written(shipped(), {}))
    wrong["modes"]["facts"][0]["signal"] = "sex"
    with pytest.raises(ValueError, match="sex"):
        read_weights(wrong)


def test_a_pool_of_one_has_no_middle() -> None:
    parts = contributions(np.ones((1, len(LABELS))), shipped()["facts"])
    assert not parts.any()
