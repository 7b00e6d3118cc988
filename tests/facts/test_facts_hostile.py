"""Documents nobody would write: no error, no endless work."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.facts import FactCorrection, FactDocument, FactPage, case_facts
from dossier.facts.documents import _papers
from dossier.model import Cell, Line

_WORDS = st.sampled_from(
    [
        "犯罪嫌疑人",
        "被告人",
        "张某某",
        "张建国",
        "，男，",
        "1988年3月9日出生",
        "性别：",
        "姓名",
        "。",
        "（",
        "）",
        "341221198803092913",
        "被讯问人：",
        "名称",
        "数量",
        "1部",
        "经价格认定",
        "价值",
        "2450元",
        "价格认定结论：",
        "认定价格（万元）",
        "贰仟肆佰伍拾",
        "合计人民币",
        "轻伤二级",
        "142.6mg/100ml",
        "某",
        "经依法侦查查明：",
        "刑事拘留",
        "第1页共2页",
        "合计",
        "号起诉意见书",
        "临公柳（刑）诉字〔2023〕9277号",
        "\n",
        "\t",
        " ",
    ]
)
_TEXTS = st.lists(st.one_of(_WORDS, st.text(max_size=6)), max_size=30).map("".join)
_LINES = st.builds(
    lambda text, cell: Line(text, (0, 0, 1, 0, 1, 1, 0, 1), cell=Cell(0, *cell) if cell else None),
    _TEXTS,
    st.one_of(st.none(), st.tuples(st.integers(0, 5), st.integers(0, 5))),
)  # fmt: skip
_PAGES = st.builds(FactPage, st.integers(1, 99), st.lists(_LINES, max_size=6).map(tuple))
_DOCUMENTS = st.builds(
    FactDocument, st.integers(1, 99), st.sampled_from(sorted(_papers())), _TEXTS, st.none(),
    st.lists(_PAGES, min_size=1, max_size=3).map(tuple),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(_DOCUMENTS, max_size=5), _TEXTS)
def test_no_document_raises(documents: list[FactDocument], path: str) -> None:
    corrections = [FactCorrection(path=path[:300], value="")] if path else []
    facts = case_facts(documents, corrections)
    assert facts.from_json(facts.to_json()) == facts


def _document(number: int, code: str, text: str) -> FactDocument:
    lines = tuple(Line(row, (0, 0, 1, 0, 1, 1, 0, 1)) for row in text.split("\n"))
    return FactDocument(number, code, "文书", None, (FactPage(number, lines),))


def _names(count: int) -> list[str]:
    letters = [chr(0x4E00 + at) for at in range(60)]
    return [f"张{letters[at // 60 % 60]}{letters[at % 60]}" for at in range(count)]


@pytest.mark.parametrize("surname", ["张", "某"])
def test_a_thousand_people_take_seconds(surname: str) -> None:
    rows = [
        f"被告人{name.replace('张', surname)}，男，1988年3月9日出生，身份证号341221198803092913。"
        for name in _names(1000)
    ]
    text = "起诉书\n" + "\n".join(rows) + "\n经依法审查查明：\n略。"
    start = time.perf_counter()
    case_facts([_document(1, "P07", text), _document(2, "L29", text)])
    assert time.perf_counter() - start < 15


@pytest.mark.parametrize("head", ["价格认定结论：", "说明："])
def test_a_conclusion_without_any_full_stop_is_quick(head: str) -> None:
    text = head + "手机1部，价格2860元，" * 4000
    start = time.perf_counter()
    case_facts([_document(1, "E23", text)])
    assert time.perf_counter() - start < 15


def test_lists_of_two_thousand_things_take_seconds() -> None:
    rows = "\n".join(f"{at}\t移动电话卡{name}\t1张" for at, name in enumerate(_names(2000), 1))
    text = f"清单\n编号\t名称\t数量\n{rows}"
    start = time.perf_counter()
    facts = case_facts([_document(1, "E11", text), _document(2, "L30", text)])
    assert time.perf_counter() - start < 15
    assert len(facts.property) > 1000
    assert facts.conflicts == ()
