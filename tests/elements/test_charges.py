"""Charges: the table, and where a text speaks of one as a charge."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.elements import all_charges, canonical_charge, charges_in

DRUGS = "走私、贩卖、运输、制造毒品"


def test_the_table_holds_the_charges_in_force_and_each_finds_itself() -> None:
    charges = all_charges()
    assert len({charge.name for charge in charges}) == len(charges)
    assert sum(charge.until is None for charge in charges) == 483
    for charge in charges:
        assert canonical_charge(charge.name) == charge.name
        assert canonical_charge(charge.name + "罪") == charge.name
        text = f"被告人甲犯{charge.name}罪"
        assert [found.name for found in charges_in(text)] == [charge.name], charge.name
    by_name = {charge.name: charge for charge in charges}
    assert by_name["盗窃"].statute == "刑法第264条"
    assert by_name["危险驾驶"].statute == "刑法第133之1条"
    assert by_name["嫖宿幼女"].until == dt.date(2015, 11, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被告人甲犯盗窃罪", [("盗窃", "盗窃")]),
        ("涉嫌故意伤害一案", [("故意伤害", "故意伤害")]),
        ("因涉嫌诈骗被刑事拘留", [("诈骗", "诈骗")]),
        ("以诈骗罪追究刑事责任", [("诈骗", "诈骗")]),
        ("马建军盗窃罪一审刑事判决书", [("盗窃", "盗窃")]),
        ("马建军盗窃一审刑事判决书", [("盗窃", "盗窃")]),
        ("马建军盗窃案", [("盗窃", "盗窃")]),
        ("赵小明、李宝山贩卖、运输毒品罪", [(DRUGS, "贩卖、运输毒品")]),
        ("犯故意杀人、抢劫罪", [("故意杀人", "故意杀人"), ("抢劫", "抢劫")]),
        ("构成单位受贿罪", [("单位受贿", "单位受贿")]),
        ("犯强制猥亵妇女罪", [("强制猥亵、侮辱", "强制猥亵妇女")]),
        ("犯偷税罪", [("逃税", "偷税")]),
        ("犯偷越国(边)境罪", [("偷越国（边）境", "偷越国(边)境")]),
        ("犯掩饰、隐瞒犯罪所得罪", [("掩饰、隐瞒犯罪所得、犯罪所得收益", "掩饰、隐瞒犯罪所得")]),
        ("盗窃手机一部，价值三千元", []),
        ("当场抢劫路人", []),
        ("", []),
    ],
)  # fmt: skip
def test_mentions(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(f.name, text[f.start : f.stop]) for f in charges_in(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "被告人甄大河犯盗窃罪，又犯故意伤害罪。",
        "涉嫌掩饰、隐瞒犯罪所得罪一案",
        "赵小明、李宝山贩卖、运输毒品一审刑事判决书",
        "犯偷越国（边）境罪；犯强制猥亵妇女罪",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_line_break_may_stand_anywhere(text: str, size: int) -> None:
    cut = "\n ".join(text[at : at + size] for at in range(0, len(text), size))
    joined = [(f.name, text[f.start : f.stop]) for f in charges_in(text)]
    assert joined
    read = [(f.name, "".join(cut[f.start : f.stop].split())) for f in charges_in(cut)]
    assert read == joined


@pytest.mark.parametrize(
    ("typed", "charge"),
    [
        ("贩卖毒品罪", DRUGS), ("制造、贩卖毒品", DRUGS), ("偷越国边境", "偷越国（边）境"),
        ("持有枪支", None), ("", None), ("罪", None),
    ],
)  # fmt: skip
def test_what_a_person_types(typed: str, charge: str | None) -> None:
    assert canonical_charge(typed) == charge


@given(st.text(alphabet="走私贩卖运输制造毒品、，和盗窃犯罪涉嫌案诈骗（）国边境偷越一审刑事 "))
def test_any_text_is_read_without_an_error(text: str) -> None:
    last = 0
    for found in charges_in(text):
        assert last <= found.start < found.stop <= len(text)
        last = found.stop
    canonical_charge(text)
