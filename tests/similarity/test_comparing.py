from __future__ import annotations

from pathlib import Path

from dossier.similarity.comparing import compared, matched_passages
from dossier.similarity.corpusmodel import CorpusModel
from dossier.similarity.duplicates import same_case, text_overlap
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile

MINE = "某撬门进入室内，窃得现金3860元。某到案后如实供述。当晚某饮酒后驾车离开。"
THEIRS = "归案后某如实供述罪行。某日夜间，某撬开门锁进入被害人室内，窃得现金4100元。"


def test_passages_stand_side_by_side(learned: CorpusModel) -> None:
    for model in (None, learned):
        found = matched_passages(MINE, THEIRS, model=model)
        pairs = [(MINE[slice(*p.mine)], THEIRS[slice(*p.theirs)]) for p in found]
        assert any("撬门" in one and "撬开" in other for one, other in pairs)
        assert len({p.mine for p in found}) == len(found) == len({p.theirs for p in found})
        assert [p.likeness for p in found] == sorted((p.likeness for p in found), reverse=True)
    assert matched_passages("", THEIRS) == ()
    assert matched_passages("龘龘龘龘。", THEIRS) == ()


def test_a_line_of_a_page_is_not_a_sentence() -> None:
    page = (
        "经依法审查查明：\n2023年3月6日2时许，某窜至晨光小区地下车库，用断线\n钳剪断车锁，将电动自行车1辆盗走，当日\n"
        "以900元卖给他人。\n经价格认定，该车价值人民币\n2860元。\n"
    )
    other = (
        "2016年4月12日，某来到龙城小区地下车库，用钳子剪断车锁，将电动自行车1辆盗走。"
        "经价格认定，该车价值人民币2860元。"
    )
    found = [(page[slice(*p.mine)], other[slice(*p.theirs)]) for p in matched_passages(page, other)]
    # the act comes before the sum that reads alike to the letter
    assert found[0][0].startswith("2023年3月6日")
    assert found[0][0].endswith("卖给他人。")
    assert found[1][0] == "经价格认定，该车价值人民币\n2860元。"


def test_how_a_thing_is_proved_is_no_passage() -> None:
    proved = "上述事实，有被害人的陈述、证人证言、被告人的供述与辩解等证据证实，足以认定。"
    found = matched_passages(MINE + proved, THEIRS + proved)
    assert found
    assert not [each for each in found if "足以认定" in (MINE + proved)[slice(*each.mine)]]


def test_a_role_is_said_once() -> None:
    one = CaseProfile("", circumstances=(("从犯", True),), role="从犯")
    other = CaseProfile("", circumstances=(("主犯", True), ("从犯", False)), role="主犯")
    assert not [e for e in compared(one, other) if e.kind == "role"]
    assert [e for e in compared(CaseProfile("", role="从犯"), CaseProfile("")) if e.kind == "role"]


def test_elements_shared_and_not() -> None:
    one = CaseProfile(
        "", charges=("盗窃",), circumstances=(("自首", True), ("累犯", True)), amount=3860
    )
    other = CaseProfile(
        "", charges=("盗窃",), circumstances=(("自首", True), ("累犯", False)), amount=9000,
        injury="轻伤二级",
    )  # fmt: skip
    found = {(e.kind, e.relation, e.mine, e.theirs) for e in compared(one, other)}
    assert ("charge", "shared", "盗窃", "盗窃") in found
    assert ("circumstance", "shared", "自首", "自首") in found
    assert ("circumstance", "differing", "累犯", "无累犯") in found
    assert ("amount", "differing", "3,860元", "9,000元") in found
    assert ("injury", "theirs", None, "轻伤二级") in found


def test_one_case_twice(learned: CorpusModel, told: dict[str, CaseProfile], tmp_path: Path) -> None:
    store = FeatureStore.create(tmp_path / "store", learned)
    theft, other = told["FX0001"], told["FX0002"]
    appeal = CaseProfile(theft.facts, account=f"原判认定，{theft.account}上诉人提出量刑过重。")
    store.add([("first", theft), ("other", other), ("appeal", appeal), ("third", told["FX0003"])])
    keys, rows = store.rows(["first", "other", "appeal", "third"])
    assert ("first", "appeal") in same_case(keys, rows)
    numbers = {"other": "（2023）甘01刑初1号", "third": "（2023）甘01刑初1号"}
    assert ("other", "third") in same_case(keys, rows, numbers=numbers)
    assert text_overlap(theft.account, appeal.account) > 0.95
