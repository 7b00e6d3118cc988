"""Statutory ranges and starting points: the data file, and what it says of a case."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

import pytest
import yaml

from dossier.elements.tables import validated
from dossier.errors import BadData
from dossier.similarity import CaseProfile
from dossier.similarity.guidelines import Guidelines, load_guidelines, statutory_range

LAW = load_guidelines()


def test_the_data_file_is_sound() -> None:
    assert len(LAW.charges) >= 60
    assert "法发〔2021〕21号" in LAW.source
    for law in LAW.charges:
        today = [b for b in law.brackets if b.in_force(None)]
        spans = [span for b in today if (span := b.months(LAW.limits))]
        assert all(least < most or most == 180 for least, most in spans), law.charge


def _raw() -> dict[str, Any]:
    from importlib import resources

    text = (resources.files("dossier.similarity") / "guidelines.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"least": 120, "most": 36}, "least is more than most"),
        ({"start": [1, 24]}, "start needs start_tag"),
        ({"start": [130, 140], "start_tag": "K"}, "outside the bracket"),
        ({"amount": [5, 1], "amount_tag": "K"}, "from more than to"),
        ({"injury": ["擦伤"]}, "no such injury"),
        ({"since": date(2021, 1, 1), "until": date(2020, 1, 1)}, "until is not after since"),
        ({"kinds": ["流放"]}, "kinds"),
        ({"least": 3}, "least"),
    ],
)
def test_bad_brackets_are_named(change: dict[str, Any], words: str) -> None:
    data = copy.deepcopy(_raw())
    place = next(c for c in data["charges"] if c["charge"] == "非法侵入住宅")
    place["brackets"][0] |= change
    with pytest.raises(BadData, match=words):
        validated(Guidelines, data, "test")


def test_unknown_charges_and_circumstances_are_named() -> None:
    data = copy.deepcopy(_raw())
    data["charges"][0]["article"] = "999"
    with pytest.raises(BadData, match="not in charges"):
        validated(Guidelines, data, "test")
    data = copy.deepcopy(_raw())
    data["mitigating"].append("长得好看")
    with pytest.raises(BadData, match="no such circumstances"):
        validated(Guidelines, data, "test")


def case(charge: str, **more: Any) -> CaseProfile:
    return CaseProfile(facts=more.pop("facts", ""), charges=(charge,), **more)


@pytest.mark.parametrize(
    ("profile", "likely", "by"),
    [
        (case("盗窃", amount=4100.0), (1, 36), "数额"),
        # between what provinces may choose both brackets stay possible
        (case("盗窃", amount=50_000.0), (1, 120), "数额"),
        (case("盗窃", amount=200_000.0), (36, 120), "数额"),
        (case("盗窃", amount=900_000.0), (120, 180), "数额"),
        (case("盗窃"), (1, 180), ""),
        (case("诈骗", amount=400_000.0), (36, 120), "数额"),
        (case("故意伤害", injury="轻伤二级"), (1, 36), "伤情"),
        (case("故意伤害", injury="重伤一级"), (36, 120), "伤情"),
        (case("故意伤害", injury="死亡"), (120, 180), "伤情"),
        (case("危险驾驶", alcohol=180.0), (1, 6), ""),
        (case("走私、贩卖、运输、制造毒品", weight=0.3, facts="甲基苯丙胺"), (1, 84), "重量"),
        (case("走私、贩卖、运输、制造毒品", weight=20.0, facts="海洛因"), (84, 180), "重量"),
        (case("走私、贩卖、运输、制造毒品", weight=80.0, facts="冰毒"), (180, 180), "重量"),
        # the thresholds are those of heroin: of cannabis the weight says nothing
        (case("走私、贩卖、运输、制造毒品", weight=80.0, facts="大麻"), (1, 180), ""),
    ],
)
def test_brackets_by_what_is_known(profile: CaseProfile, likely: tuple[int, int], by: str) -> None:
    found = statutory_range(profile, LAW)
    assert found is not None
    assert (found.likely_least, found.likely_most) == likely
    assert found.by == by
    assert found.least <= found.likely_least
    assert found.likely_most <= found.most


def test_the_law_of_the_day() -> None:
    before = statutory_range(case("非法吸收公众存款", day=date(2019, 5, 1)), LAW)
    after = statutory_range(case("非法吸收公众存款", day=date(2022, 5, 1)), LAW)
    today = statutory_range(case("非法吸收公众存款"), LAW)
    assert before is not None
    assert after is not None
    assert before.most == 120
    assert after.most == 180
    assert after == today


def test_several_charges_add_up_to_the_limit_of_article_69() -> None:
    two = CaseProfile("", charges=("盗窃", "危险驾驶"))
    found = statutory_range(two, LAW)
    assert found is not None
    assert (found.least, found.most) == (1, 186)
    three = statutory_range(CaseProfile("", charges=("盗窃", "诈骗")), LAW)
    assert three is not None
    assert three.most == 240
    long = statutory_range(CaseProfile("", charges=("盗窃", "诈骗", "抢劫")), LAW)
    assert long is not None
    assert long.most == 300


def test_charges_without_data() -> None:
    assert statutory_range(case("背叛国家"), LAW) is None
    assert statutory_range(CaseProfile("某人做了某事"), LAW) is None
    mixed = statutory_range(CaseProfile("", charges=("盗窃", "背叛国家")), LAW)
    assert mixed is not None
    assert mixed.unknown == ("背叛国家",)
    assert mixed.most == 300


def test_starting_points() -> None:
    theft = statutory_range(case("盗窃", amount=4100.0), LAW)
    injury = statutory_range(case("故意伤害", injury="重伤二级"), LAW)
    assert theft is not None
    assert injury is not None
    assert theft.starts == ((1, 12),)
    assert injury.starts == ((36, 60),)
    assert "V2" in injury.tags


def test_a_deed_may_be_older_than_the_law_of_the_day() -> None:
    # 集资诈骗 knew 拘役 and terms below three years until 2021-03
    found = statutory_range(case("集资诈骗", day=date(2022, 5, 1)), LAW)
    undated = statutory_range(case("集资诈骗"), LAW)
    assert found is not None
    assert undated is not None
    assert found.least == undated.least == 1
    # what fits today's law is still that of the day
    assert found.likely_least == undated.likely_least == 36


def test_before_the_data_begin_nothing_is_said() -> None:
    assert statutory_range(case("帮助信息网络犯罪活动", day=date(2014, 1, 1)), LAW) is None
    corrupt = statutory_range(case("受贿", amount=60_000.0, day=date(2014, 1, 1)), LAW)
    assert corrupt is not None
    assert (corrupt.likely_least, corrupt.likely_most) == (60, 180)
    later = statutory_range(case("受贿", amount=60_000.0, day=date(2016, 6, 1)), LAW)
    assert later is not None
    assert (later.likely_least, later.likely_most) == (1, 36)


def test_grounds_of_the_article_itself() -> None:
    paid = (("退赃退赔", True), ("谅解", True))
    assert LAW.mitigating_of(case("非法吸收公众存款", circumstances=paid)) == ("退赃退赔",)
    assert LAW.mitigating_of(case("盗窃", circumstances=paid)) == ()
    denied = (("退赃退赔", False), ("自首", True))
    assert LAW.mitigating_of(case("挪用资金", circumstances=denied)) == ("自首",)


def test_whether_a_fine_is_known_to_the_law() -> None:
    for charge, fined in (("盗窃", True), ("故意杀人", False), ("交通肇事", False)):
        found = statutory_range(case(charge), LAW)
        assert found is not None
        assert found.fined == fined
    mixed = statutory_range(CaseProfile("", charges=("故意杀人", "背叛国家")), LAW)
    assert mixed is not None
    assert mixed.fined


def test_an_unknown_principal_charge_binds_nothing_from_below() -> None:
    found = statutory_range(CaseProfile("", charges=("背叛国家", "抢劫")), LAW)
    assert found is not None
    assert found.least == 1
