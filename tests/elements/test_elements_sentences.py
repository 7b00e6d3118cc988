"""What fictional judgments impose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.elements import extract
from dossier.elements.sentences import charge_mentions, restitutions, sentences
from dossier.elements.terms import months, term
from dossier.elements.values import Segment


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一年六个月", (18, 0)),
        ("一年零六个月", (18, 0)),
        ("三年又五个月", (41, 0)),
        ("10个月", (10, 0)),
        ("十五年", (180, 0)),
        ("一年半", (18, 0)),
        ("一个月十天", (1, 10)),
        ("二年六个月零五日", (30, 5)),
        ("贰年", (24, 0)),
        ("十月", (10, 0)),
    ],
)
def test_terms(text: str, expected: tuple[int, int]) -> None:
    assert term(text) == expected
    assert months(text) == expected[0]


@pytest.mark.parametrize("text", ["", "年", "六", "个月", "一年年"])
def test_no_terms(text: str) -> None:
    with pytest.raises(ValueError, match="not a term"):
        term(text)


def read(decision: str) -> list[tuple[object, ...]]:
    return [
        (each.defendant, each.charge_text, each.total, each.penalty, each.months, each.operative)
        for each in sentences(decision, (Segment("decision", 0, len(decision)),))
    ]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (
            "被告人甄大河犯盗窃罪，判处有期徒刑一年\n六个月，并处罚金三千元。",
            [("甄大河", "盗窃", False, "有期徒刑", 18, True)],
        ),
        (
            (
                "一、被告人甄大河犯盗窃罪，判处有期徒刑三年；犯诈骗罪，判处拘役五个月；总和刑期三年五"
                "个月，决定执行有期徒刑三年。"
            ),
            [
                ("甄大河", "盗窃", False, "有期徒刑", 36, True),
                ("甄大河", "诈骗", False, "拘役", 5, True),
                ("甄大河", "", True, "有期徒刑", 36, True),
            ],
        ),
        (
            "被告人甄大河、时小溪犯聚众斗殴罪，分别判处有期徒刑三年、二年。",
            [
                ("甄大河", "聚众斗殴", False, "有期徒刑", 36, True),
                ("时小溪", "聚众斗殴", False, "有期徒刑", 24, True),
            ],
        ),
        (
            (
                "被告人甄大河犯抢劫罪，判处有期徒刑二年，与前罪没有执行完毕的刑罚有期徒刑一年并罚，决"
                "定执行有期徒刑二年八个月。"
            ),
            [
                ("甄大河", "抢劫", False, "有期徒刑", 24, True),
                ("甄大河", "", False, "有期徒刑", 12, False),
                ("甄大河", "", True, "有期徒刑", 32, True),
            ],
        ),
        (
            "一、撤销某市人民法院（2015）某刑初字第1号刑事判决中对被告人甄大河犯诈骗罪判处有期徒"
            "刑一年，缓刑二年的缓刑部分；"
            "二、被告人甄大河犯盗窃罪，判处有期徒刑六个月，决定执行有期徒刑一年三个月。",
            [
                ("甄大河", "诈骗", False, "有期徒刑", 12, False),
                ("甄大河", "盗窃", False, "有期徒刑", 6, True),
                ("甄大河", "", True, "有期徒刑", 15, True),
            ],
        ),
        (
            "一、维持某县人民法院刑事判决第一项，即“被告人时小溪犯盗窃罪，判处管制三个月”；"
            "二、撤销第二项，即“被告人甄大河犯盗窃罪，判处有期徒刑四年”；三、上诉人甄大河犯盗窃罪"
            "，判处有期徒刑三年。",
            [
                ("时小溪", "盗窃", False, "管制", 3, True),
                ("甄大河", "盗窃", False, "有期徒刑", 48, False),
                ("甄大河", "盗窃", False, "有期徒刑", 36, True),
            ],
        ),
        ("驳回上诉，维持原判。本裁定为终审裁定。", []),
        (
            "被告人甄大河盗窃罪，判处有期徒一年。",
            [("甄大河", "盗窃", False, "有期徒刑", 12, True)],
        ),
        (
            "被告人买买提·某某犯故意杀人罪，判处死刑，缓期二年执行，剥夺政治权利终身。",
            [("买买提·某某", "故意杀人", False, "死刑缓期执行", None, True)],
        ),
    ],
)
def test_principal(decision: str, expected: list[tuple[object, ...]]) -> None:
    assert read(decision) == expected
    # where lines break does not matter
    assert read("\n".join(decision)) == expected


def one(decision: str):  # type: ignore[no-untyped-def]
    found = sentences(decision, (Segment("decision", 0, len(decision)),))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("amount", "value"),
    [
        ("人民币五千元", 5000),
        ("3,000元", 3000),
        ("2万元", 20000),
        ("人民币一万五千元", 15000),
        ("人民币壹万元整", 10000),
    ],
)
def test_fines(amount: str, value: int) -> None:
    text = f"被告人甄大河犯盗窃罪，单处罚金{amount}（已缴纳）。"
    sentence = one(text)
    assert sentence.fine.value == Decimal(value)
    assert text[sentence.fine.start : sentence.fine.stop].startswith(("人民币", amount[0]))
    assert sentence.penalty is None


def test_everything_of_one() -> None:
    text = (
        "被告人时小溪犯走私、贩卖毒品罪，判处有期徒刑七年，剥夺政治权利一年，并处没收个人全部财产"
        "，驱逐出境。"
        "（刑期从判决执行之日起计算，即自二〇一八年三月二日起至2025年3月1日止）"
    )
    sentence = one(text)
    assert sentence.charge == "走私、贩卖、运输、制造毒品"
    assert sentence.charge_text == "走私、贩卖毒品"
    assert (sentence.months, sentence.deprivation, sentence.confiscation) == (84, 12, "全部")
    assert sentence.expelled
    assert (sentence.term_from, sentence.term_to) == (date(2018, 3, 2), date(2025, 3, 1))
    assert text[sentence.start : sentence.stop].startswith("被告人时小溪")


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("（缓刑考验期限，从判决确定之日起计算，即自2016年4月6日起至2020年4月5日止）", False),
        ("（缓刑考验期限，从判决确定之日起计算。即自2016年4月6日起至2020年4月5日止）", False),
        ("，缓刑考验期自2016年4月6日起至2020年4月5日止", False),
        ("（缓刑考验期从判决确定之日起计算；刑期自2016年4月6日起至2020年4月5日止）", True),
        ("（刑期自2016年4月6日起至2020年4月5日止）", True),
    ],
)
def test_the_period_of_probation_is_not_that_of_the_penalty(said: str, known: bool) -> None:
    sentence = one(f"被告人甄某犯盗窃罪，判处有期徒刑三年，缓刑四年{said}。")
    assert (sentence.months, sentence.probation) == (36, 48)
    assert sentence.term_from == (date(2016, 4, 6) if known else None)
    assert sentence.term_to == (date(2020, 4, 5) if known else None)


def test_probation_exemption_acquittal() -> None:
    assert one("被告人甄某犯诈骗罪，判处拘役三个月，宣告缓刑六个月。").probation == 6
    assert one("被告人甄某犯诈骗罪，免予刑事处罚。").exempt
    freed = one("被告人甄某无罪。")
    assert freed.acquitted
    assert freed.charge == ""


def test_restitutions() -> None:
    text = (
        "一、被告人甄某犯诈骗罪，判处有期徒刑一年，并处没收财产一万元（罚金于判决生效后缴纳。）"
        "二、责令被告人甄某退赔被害人时某经济损失人民币3860元；三、扣押的手机一部，予以没收。"
        "四、驳回附带民事诉讼原告人的其他赔偿请求。"
    )
    found = restitutions(text, (Segment("decision", 0, len(text)),))
    assert [each.kind for each in found] == ["退赔", "没收"]
    assert found[0].amount is not None
    assert found[0].amount.value == Decimal(3860)
    assert found[0].text == "责令被告人甄某退赔被害人时某经济损失人民币3860元"


def test_operative_part_without_its_words() -> None:
    text = "本院认为，应当处罚。依照刑法第一条 被告人甄某犯诈骗罪，判处有期徒刑一年。"
    assert len(sentences(text, (Segment("reasoning", 0, len(text)),))) == 1


def test_mentions() -> None:
    parts = [
        ("prosecution", "公诉机关指控被告人甄大河犯盗窃罪、诈骗罪，被告人时小溪犯盗窃罪。"),
        ("defence", "辩护人认为甄大河构成侵占罪。"),
        ("decision", "被告人甄大河犯盗窃罪，判处有期徒刑一年。"),
    ]
    text, segments, at = "", [], 0
    for kind, part in parts:
        segments.append(Segment(kind, at, at + len(part)))  # type: ignore[arg-type]
        text, at = text + part, at + len(part)
    found = charge_mentions(text, segments, ["甄大河", "时小溪"])
    assert [(each.name, each.speaker, each.defendants) for each in found] == [
        ("盗窃", "prosecution", ("甄大河",)),
        ("诈骗", "prosecution", ("甄大河",)),
        ("盗窃", "prosecution", ("时小溪",)),
        ("侵占", "defence", ("甄大河",)),
        ("盗窃", "court", ("甄大河",)),
    ]


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("被告人甄大河、时小溪的行为构成盗窃罪。", ("甄大河", "时小溪"), [("甄大河", "时小溪")]),
        ("被告人甄大河曾因犯抢劫罪被判刑，现犯诈骗罪。", ("甄大河",), []),
        ("被告人甄大河（化名）和时小溪犯诈骗罪。", ("甄大河", "时小溪"), [("甄大河", "时小溪")]),
        ("被告人甄某１、甄××犯盗窃罪。", ("甄某1", "甄××"), [("甄某1", "甄××")]),
        ("被告人甄ＸＸ犯盗窃罪。", ("甄XX", "甄X"), [("甄XX",)]),
        ("被告人甄某12犯盗窃罪。", ("甄某", "甄某1"), [()]),
        ("被告人甄某2019年犯盗窃罪。", ("甄某",), [("甄某",)]),
    ],
)  # fmt: skip
def test_a_charge_of_whom_in_lines_cut_anywhere(
    text: str, names: tuple[str, ...], expected: list[tuple[str, ...]]
) -> None:
    for size in (len(text), 1, 2, 3):
        cut = "\n".join(text[at : at + size] for at in range(0, len(text), size))
        found = charge_mentions(cut, (), names)
        assert [each.defendants for each in found] == expected
        for each in found:
            assert cut[each.start : each.stop].replace("\n", "") in ("盗窃", "诈骗")


_PIECES = st.sampled_from(
    [
        "被告人", "甄大河", "犯", "盗窃罪", "，", "。", "、", "；", "判处",
        "有期徒刑", "一年", "决定执行", "缓刑", "罚金", "三千元", "（", "）", "一",
        "撤销", "维持", "即", "上诉人", "与前罪", "死刑", "自", "2015年1月2日", "起至",
        "止", "没收", "财产", "无罪", "\n", "某", "“", "”",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=60))
def test_nothing_raises(pieces: list[str]) -> None:
    text = "".join(pieces)
    segments = (Segment("decision", 0, len(text)),)
    for each in sentences(text, segments):
        assert 0 <= each.start <= each.stop <= len(text)
    for item in restitutions(text, segments):
        assert text[item.start : item.stop] == item.text


@pytest.mark.parametrize(
    "piece", ["判处有期徒刑一年", "死刑", "犯盗窃罪、", "被告人", "撤销缓刑，"]
)
def test_long_lines(piece: str) -> None:
    import time

    text = piece * (500_000 // len(piece))
    start = time.perf_counter()
    sentences(text, (Segment("decision", 0, len(text)),))
    assert time.perf_counter() - start < 3


def test_quoted_items_of_the_judgment_below_do_not_hold() -> None:
    text = (
        "判决如下：一、维持某县人民法院（2017）云0999刑初115号刑事判决第一项，即：一、被告人丁小英犯受贿罪，"
        "判处罚金人民币二十万元。二、撤销某县人民法院（2017）云0999刑初115号刑事判决第二、三项，即：二、被告人高大生"
        "犯受贿罪，判处有期徒刑六个月，缓刑一年。三、被告人牛小平犯受贿罪，免予刑事处罚。三、上诉人高大生犯受贿罪，"
        "判处有期徒刑六个月。本判决为终审判决。"
    )
    found = [(s.defendant, s.months, s.exempt, s.operative) for s in extract(text).sentences]
    assert found == [
        ("丁小英", None, False, True),
        ("高大生", 6, False, False),
        ("牛小平", None, True, False),
        ("高大生", 6, False, True),
    ]


@pytest.mark.parametrize("numeral", ["二一十", "十十", "拾百"])
def test_impossible_numerals_are_no_term(numeral: str) -> None:
    result = extract(
        f"被告人甄大河，曾因犯盗窃罪被判处有期徒刑{numeral}年。\n判决如下：\n被告人甄大河犯盗窃罪，"
        f"判处有期徒刑{numeral}年，缓刑{numeral}年，剥夺政治权利{numeral}年。"
    )
    (found,) = result.sentences
    assert (found.penalty, found.months, found.probation) == ("有期徒刑", None, None)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["判处有期徒刑", "缓刑", "管制", "拘役", "剥夺政治权利"]),
            st.text("零〇一二三四五六七八九十两百壹贰拾廿0123456789", min_size=1, max_size=6),
            st.sampled_from(["年", "个月", "年半", "日"]),
        ),
        min_size=1,
        max_size=4,
    )
)
@settings(deadline=None, max_examples=150)
def test_no_term_raises(terms: list[tuple[str, str, str]]) -> None:
    said = "，".join(map("".join, terms))
    extract(f"被告人甄大河，曾因犯盗窃罪被{said}。\n判决如下：\n被告人甄大河犯盗窃罪，{said}。")


_BRANCHES = "子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪"
_MANY_NAMES = "、".join(f"甄{one}{two}" for one in "甲乙丙丁戊己庚辛壬癸" for two in _BRANCHES)


@pytest.mark.parametrize(
    ("head", "piece", "tail"),
    [
        ("判决如下：被告人甄大河犯盗窃罪，撤销第一项，", "第一项，即：一、", ""),
        (f"判决如下：被告人{_MANY_NAMES}犯", "盗窃罪、诈骗罪、", "判处有期徒刑一年。"),
        (f"判决如下：被告人{_MANY_NAMES}犯盗窃罪，", "犯诈骗罪，判处有期徒刑一年，", ""),
        ("判决如下：被告人甄大河犯盗窃罪，", "并处罚金一元，", ""),
        (f"判决如下：被告人{_MANY_NAMES}犯盗窃罪，", "甄甲子判处有期徒刑一年；", ""),
        (f"判决如下：被告人{_MANY_NAMES}犯盗窃罪，并处罚金", "一元、", ""),
    ],
)
def test_four_times_the_text_takes_four_times_as_long(head: str, piece: str, tail: str) -> None:
    import time

    taken = []
    for length in (25_000, 100_000):
        text = head + piece * (length // len(piece)) + tail
        segments = (Segment("decision", 0, len(text)),)
        start = time.perf_counter()
        found = sentences(text, segments)
        taken.append(time.perf_counter() - start)
        assert len(found) <= 10_000
    assert taken[1] < 12 * taken[0] + 0.2


def test_repeated_charges_are_one() -> None:
    found = read("被告人甄大河犯盗窃罪、诈骗罪、盗窃罪，判处有期徒刑一年。")
    assert [each[1] for each in found] == ["盗窃", "诈骗", ""]
    assert len(read(f"被告人{_MANY_NAMES}犯盗窃罪、诈骗罪、抢劫罪，判处有期徒刑一年。")) <= 600


def test_defendants_without_a_role() -> None:
    head = "被告人甄大河，男。被告人时小溪，女。\n本院认为，二被告人的行为已构成犯罪。"
    found = extract(
        f"{head}判决如下：\n甄大河犯盗窃罪，判处有期徒刑一年；时小溪犯窝藏罪，判处拘役五个月。"
    ).sentences
    assert [(each.defendant, each.charge_text, each.months) for each in found] == [
        ("甄大河", "盗窃", 12),
        ("时小溪", "窝藏", 5),
    ]


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (
            "被告人甄大河、时小溪犯盗窃罪，甄大河判处有期徒刑一年，并处罚金三千元；"
            "时小溪判处拘役五个月，并处罚金二千元。",
            [("甄大河", "盗窃", 12, 3000), ("时小溪", "盗窃", 5, 2000)],
        ),
        (
            "被告人甄大河、时小溪、白云飞犯盗窃罪，对甄大河判处有期徒刑一年；时小溪免予刑事处罚。",
            [
                ("白云飞", "盗窃", None, None),
                ("甄大河", "盗窃", 12, None),
                ("时小溪", "盗窃", None, None),
            ],
        ),
        (
            "被告人甄大河、时小溪犯盗窃罪，分别判处有期徒刑一年、十个月，并处罚金人民币三千元、二千元。",
            [("甄大河", "盗窃", 12, 3000), ("时小溪", "盗窃", 10, 2000)],
        ),
        (
            "被告人甄大河、时小溪、白云飞犯盗窃罪，判处有期徒刑一年，并处罚金三千元、二千元。",
            [
                ("甄大河", "盗窃", 12, 3000),
                ("时小溪", "盗窃", 12, 2000),
                ("白云飞", "盗窃", 12, None),
            ],
        ),
        (
            "被告人甄大河、时小溪犯盗窃罪，均判处有期徒刑一年，并处罚金三千元。",
            [("甄大河", "盗窃", 12, 3000), ("时小溪", "盗窃", 12, 3000)],
        ),
        (
            "被告人甄大河犯盗窃罪，甄大河判处有期徒刑一年。",
            [("甄大河", "盗窃", 12, None)],
        ),
    ],
)
def test_each_of_several_has_his_own(decision: str, expected: list[tuple[object, ...]]) -> None:
    found = sentences(decision, (Segment("decision", 0, len(decision)),))
    assert [
        (each.defendant, each.charge_text, each.months, each.fine and int(each.fine.value))
        for each in found
    ] == expected
