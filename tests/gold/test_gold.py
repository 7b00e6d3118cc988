"""The gold files hold what their README says, and scoring counts what it should."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dossier.elements.citations import Citation
from dossier.elements.values import Amount, Circumstance, Sentence

SPEC = importlib.util.spec_from_file_location(
    "gold_scoring", Path(__file__).with_name("scoring.py")
)
assert SPEC is not None
assert SPEC.loader is not None
scoring = importlib.util.module_from_spec(SPEC)
sys.modules["gold_scoring"] = scoring
SPEC.loader.exec_module(scoring)

Count = scoring.Count


@pytest.mark.parametrize(
    ("name", "least"), [("decisions", 160), ("circumstances", 160), ("citations", 120)]
)
def test_gold_is_what_the_readme_says(name: str, least: int) -> None:
    entries = scoring.load(name)
    assert len(entries) >= least
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert all(entry["held_out"] == (int(entry["id"]) % 5 == 0) for entry in entries)
    assert 0.4 < len(scoring.load(name, held_out=True)) / len(entries) < 0.6


def sentence(defendant: str, **values: Any) -> Sentence:
    if "fine" in values:
        values["fine"] = Amount(Decimal(values["fine"]), 0, 1)
    return Sentence(defendant, 0, 1, **values)


GOLD = {
    "sentences": [
        {
            "defendant": 1,
            "form": "贩卖毒品",
            "charge": "走私、贩卖、运输、制造毒品",
            "penalty": "有期徒刑",
            "months": 36,
            "fine": 5000,
        },
        {"defendant": 1, "charge": "*", "unsure": True},
        {
            "defendant": 1,
            "total": True,
            "charge": "",
            "penalty": "有期徒刑",
            "months": 42,
            "confiscation": "250000",
            "term_from": "2019-01-02",
            "term_to": "2022-07-01",
        },
        {
            "defendant": 2,
            "form": "盗窃",
            "charge": "盗窃",
            "penalty": "拘役",
            "months": 5,
            "operative": False,
        },
        {"defendant": 2, "form": "盗窃", "charge": "盗窃", "exempt": True},
    ]
}

FIRST = sentence("甲", charge="贩卖毒品", penalty="有期徒刑", months=36, fine=5000)
TOTAL = sentence(
    "甲",
    total=True,
    penalty="有期徒刑",
    months=42,
    confiscation="人民币二十五万元",
    term_from=date(2019, 1, 2),
    term_to=date(2022, 7, 1),
)
EXEMPT = sentence("乙", charge="盗窃", exempt=True)


def test_everything_right() -> None:
    earlier = sentence("甲", charge="抢夺", penalty="有期徒刑", months=6)
    counts = scoring.score_decision(GOLD, [FIRST, earlier, TOTAL, EXEMPT])
    assert not any(count.extra or count.missed for count in counts.values())
    assert counts["sentence"].right == 2
    assert counts["total"].right == 1
    assert counts["decision"].right == 1


def test_a_missed_defendant_does_not_shift_the_others() -> None:
    counts = scoring.score_decision(GOLD, [EXEMPT])
    assert counts["sentence"] == Count(right=1, missed=1)
    assert counts["exempt"] == Count(right=1)
    assert counts["total"] == Count(missed=1)
    assert counts["decision"] == Count(extra=1, missed=1)


def test_wrong_values_are_extra_and_missed() -> None:
    wrong = sentence("甲", charge="贩卖毒品", penalty="有期徒刑", months=63, probation=12)
    counts = scoring.score_decision(GOLD, [wrong, TOTAL, EXEMPT])
    assert counts["months"] == Count(right=1, extra=1, missed=1)
    assert counts["fine"] == Count(missed=1)
    assert counts["probation"] == Count(extra=1)


def test_what_was_revoked_counts_only_if_read_as_holding() -> None:
    revoked = {"charge": "盗窃", "penalty": "拘役", "months": 5}
    quoted = sentence("乙", operative=False, **revoked)
    assert scoring.score_decision(GOLD, [FIRST, TOTAL, quoted, EXEMPT])["decision"].right == 1
    holding = scoring.score_decision(GOLD, [FIRST, TOTAL, sentence("乙", **revoked), EXEMPT])
    assert holding["sentence"] == Count(right=2, extra=1)


def test_citations_by_place_and_canonical_form() -> None:
    gold = {
        "start": 2,
        "stop": 20,
        "citations": ["刑法第133之1条", "办理“某某案件”的解释(试行)第2条"],
        "unsure": ["刑法第9条"],
    }
    found = [
        Citation("刑法", 133, 1, None, None, 12, 15),
        Citation("刑法", 9, None, None, None, 16, 18),
        Citation("刑法", 52, None, None, None, 5, 8),
        Citation("办理某某案件的解释（试行）", 2, None, None, None, 18, 20),
        Citation("刑法", 64, None, None, None, 40, 44),
    ]
    counts = scoring.score_citations(gold, found, base=10)
    assert counts["citation"] == Count(right=2)
    assert counts["passage"] == Count(right=1)
    assert scoring.score_citations(gold, found[:1], base=10)["citation"] == Count(1, 0, 1)


def test_circumstances() -> None:
    gold = {
        "start": 0,
        "stop": 50,
        "circumstances": [
            {"code": "自首", "holds": False, "speakers": ["defence", "court"]},
            {"code": "坦白", "holds": True, "speakers": ["court"]},
        ],
        "unsure": ["悔罪表现"],
    }
    denied = Circumstance("自首", False, "court", 5, 7)
    claimed = Circumstance("自首", True, "defence", 1, 3)
    found = [claimed, denied, Circumstance("悔罪表现", True, "court", 9, 12)]
    counts = scoring.score_circumstances(gold, found)
    assert counts["circumstance"] == Count(right=1, missed=1)
    assert counts["circumstance 自首"] == Count(right=1)
    assert counts["speaker"] == Count(right=1)
    only_claimed = scoring.score_circumstances(gold, [claimed])
    assert only_claimed["circumstance 自首"] == Count(extra=1, missed=1)
    nothing = {"start": 0, "stop": 50, "circumstances": []}
    assert scoring.score_circumstances(nothing, [denied])["quiet"] == Count(extra=1, missed=1)


def test_where_a_field_begins() -> None:
    judgment = {"fact": "事实", "reasoning": "理由", "decision": "主文"}
    text = "\n".join(judgment[name] for name in scoring.FIELDS)
    for name, part in judgment.items():
        assert text[scoring.base(judgment, name) :].startswith(part)
