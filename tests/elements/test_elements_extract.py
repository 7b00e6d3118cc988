"""All elements of one text. All persons and cases are made up."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.elements import Elements, extract

JUDGMENT = """甘肃省云川市东岭区人民法院
刑事判决书
（2023）甘0102刑初45号
公诉机关云川市东岭区人民检察院。
被告人钟大川，男，1988年3月2日出生，汉族，无业，户籍地甘肃省云川市。
云川市东岭区人民检察院以东检刑诉〔2023〕31号起诉书指控被告人钟大川犯盗窃罪，于2023年4月1日向本院提起公诉。现已审理终结。
公诉机关指控：2023年1月3日，被告人钟大川窃得电动车一辆，价值2400元。
经审理查明，2023年1月3日，被告人钟大川窃得韦小红的电动车一辆，价值2400元。
本院认为，被告人钟大川秘密窃取他人财物，其行为已构成盗窃罪。被告人钟大川主动投案，如实供述自己的罪行，系自首。\
依照《中华人民共和国刑法》第二百六十四条、第六十七条第一款之规定，判决如下：
一、被告人钟大川犯盗窃罪，判处有期徒刑一年零六个月，并处罚金人民币二千元。
二、责令被告人钟大川退赔韦小红人民币2400元。
如不服本判决，可在接到判决书的第二日起十日内提出上诉。
"""


def test_all_elements_of_a_judgment() -> None:
    found = extract(JUDGMENT)
    assert found.kind == "judgment"
    assert [each.number for each in found.numbers if each.kind == "court"] == [
        "（2023）甘0102刑初45号"
    ]
    assert [str(each) for each in found.citations] == ["刑法第264条", "刑法第67条第1款"]
    assert {int(each.value) for each in found.amounts} >= {2400, 2000}
    assert {str(each.date) for each in found.moments} >= {"2023-01-03", "1988-03-02"}
    assert [party.name for party in found.parties if party.role == "被告人"] == ["钟大川"]
    assert {(each.name, each.speaker) for each in found.charges} >= {("盗窃", "court")}
    (sentence,) = [each for each in found.sentences if each.operative]
    assert (sentence.defendant, sentence.charge, sentence.months) == ("钟大川", "盗窃", 18)
    assert [each.kind for each in found.restitutions] == ["退赔"]
    assert ("自首", True, "court") in [
        (each.code, each.holds, each.speaker) for each in found.circumstances
    ]


def test_places_are_places_of_the_text() -> None:
    lines = [line[at : at + 28] for line in JUDGMENT.split("\n") for at in range(0, len(line), 28)]
    text = "\n".join(lines)
    check(text, extract(text))


def test_title_and_kind_are_believed() -> None:
    assert extract("驳回上诉。", title="钟大川盗窃二审刑事裁定书").kind == "ruling"
    assert extract(JUDGMENT, kind="other").kind == "other"


def check(text: str, found: Elements) -> None:
    at = 0
    for segment in found.segments:
        assert segment.start == at
        at = segment.stop
    assert at == len(text)
    for name in (
        "numbers", "citations", "amounts", "moments", "identifiers", "measures", "parties",
        "charges", "sentences", "restitutions", "circumstances",
    ):  # fmt: skip
        for each in getattr(found, name):
            assert 0 <= each.start <= each.stop <= len(text), name


PIECES = [
    "被告人",
    "钟大川",
    "犯",
    "盗窃",
    "罪",
    "，",
    "。",
    "、",
    "；",
    "：",
    "（",
    "）",
    "\n",
    " ",
    "第",
    "条",
    "款",
    "项",
    "之一",
    "零",
    "一",
    "十",
    "百",
    "万",
    "元",
    "年",
    "月",
    "日",
    "2023",
    "０",
    "9",
    ".",
    "有期徒刑",
    "拘役",
    "缓刑",
    "罚金",
    "判处",
    "决定执行",
    "死刑",
    "剥夺政治权利",
    "终身",
    "没收",
    "撤销",
    "维持",
    "判决如下：",
    "裁定如下：",
    "本院认为，",
    "经审理查明",
    "指控",
    "辩护人",
    "辩称",
    "自首",
    "不构成",
    "累犯",
    "系",
    "从犯",
    "未",
    "《",
    "》",
    "中华人民共和国刑法",
    "〔2023〕",
    "号",
    "甘0102刑初",
    "检刑诉",
    "公",
    "620102199001011234",
    "甘A12345",
    "mg/100ml",
    "克",
    "轻伤二级",
    "次日",
    "同年",
    "余",
    "男",
    "出生",
    "曾因",
    "刑满释放",
    "问：",
    "答：",
    "？",
    "附：",
    "退赔",
    "刑期自",
    "起至",
    "止",
    "〇",
    "㎎",
    "①",
    "한",
    "\u3000",
    "\x00",
    "𠮷",
    "e\u0301",
    "Ⅳ",
    "\ud800",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=120).map("".join))
def test_nothing_raises_on_pieces(text: str) -> None:
    check(text, extract(text))
    check(text, extract(text, kind="judgment"))


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=20))
def test_nothing_raises_on_any_text(text: str, title: str) -> None:
    check(text, extract(text, title=title))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, len(JUDGMENT)), st.sampled_from(PIECES), st.integers(0, 40))
def test_nothing_raises_on_a_judgment_with_a_hole(at: int, piece: str, width: int) -> None:
    text = JUDGMENT[:at] + piece + JUDGMENT[at + width :]
    check(text, extract(text))


REPEATED = [
    "1",
    "第",
    "零",
    "（",
    "被告人",
    "、",
    "犯",
    "元",
    "一",
    "问：",
    "？",
    "判决如下：",
    "本院认为，",
    "犯盗窃罪",
    "自首",
    "2019年",
    "附",
    "指控",
    "被告人张三犯盗窃罪，判处有期徒刑一年，",
    "第一条、",
    "《",
    "万",
    " ",
    "A1",
    "同日",
    "上诉人",
    "\n",
]


@pytest.mark.parametrize("piece", REPEATED)
def test_time_is_linear_in_one_line(piece: str) -> None:
    """Four times the text takes far less than sixteen times the time."""
    size = 15_000 // len(piece)
    extract(piece * 100, title="刑事判决书")
    short = _seconds(piece * size)
    long = _seconds(piece * (size * 4))
    assert long < 9 * short + 0.1


def _seconds(text: str) -> float:
    best = float("inf")
    for _ in range(2):
        begin = time.process_time()
        extract(text, title="刑事判决书")
        best = min(best, time.process_time() - begin)
    return best
