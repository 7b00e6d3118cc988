"""How filters write values: tables of examples, and round trips through what reads them back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import StrictUndefined

from dossier.elements import citations
from dossier.elements.amounts import amounts
from dossier.elements.days import dates
from dossier.elements.numerals import quantity
from dossier.elements.terms import months
from dossier.errors import UnfitValue
from dossier.normal import normal
from dossier.templates.citing import cited, titles
from dossier.templates.filters import FILTER_LABELS, FILTERS

_DAY = date(2023, 5, 8)
_MOMENT = datetime(2023, 3, 24, 9, 5)


@pytest.mark.parametrize(
    ("name", "arguments", "text"),
    [
        ("formal_date", (_DAY,), "二〇二三年五月八日"),
        ("formal_date", (date(2010, 10, 20),), "二〇一〇年十月二十日"),
        ("formal_date", (date(2011, 11, 31 - 1),), "二〇一一年十一月三十日"),
        ("day", (_DAY,), "2023年5月8日"),
        ("day", (_MOMENT,), "2023年3月24日"),
        ("month_day", (_DAY,), "5月8日"),
        ("year_month", (_DAY,), "2023年5月"),
        ("moment", (_MOMENT,), "2023年3月24日9时05分"),
        ("clock", (_MOMENT,), "9时05分"),
        ("term", (18,), "一年六个月"),
        ("term", (6,), "六个月"),
        ("term", (36,), "三年"),
        ("term", (Decimal(120),), "十年"),
        ("term", ("3年",), "三年"),
        ("term", ("一年零六个月",), "一年六个月"),
        ("term", ("一个月十天",), "一个月十天"),
        ("capitals", (Decimal(0),), "零元整"),
        ("capitals", (Decimal("0.5"),), "伍角整"),
        ("capitals", (Decimal("0.05"),), "伍分"),
        ("capitals", (1,), "壹元整"),
        ("capitals", (10,), "壹拾元整"),
        ("capitals", (1200,), "壹仟贰佰元整"),
        ("capitals", (Decimal("1409.50"),), "壹仟肆佰零玖元伍角整"),
        ("capitals", (Decimal("6007.14"),), "陆仟零柒元壹角肆分"),
        ("capitals", (Decimal("325.04"),), "叁佰贰拾伍元零肆分"),
        ("capitals", (100_005,), "壹拾万零伍元整"),
        ("capitals", (10_010_000,), "壹仟零壹万元整"),
        ("capitals", (100_000_005,), "壹亿零伍元整"),
        ("capitals", (120_000_000,), "壹亿贰仟万元整"),
        ("yuan", (Decimal("3860.00"),), "3860元"),
        ("yuan", (Decimal("3860.50"),), "3860.5元"),
        ("yuan", (Decimal("1E+3"),), "1000元"),
        ("numeral", (0,), "零"),
        ("numeral", (10,), "十"),
        ("numeral", (12,), "十二"),
        ("numeral", (110,), "一百一十"),
        ("numeral", (20_005,), "二万零五"),
        ("numeral", (Decimal("3.50"),), "三点五"),
        ("masked", ("张三",), "张某"),
        ("masked", ("张三丰",), "张某某"),
        ("masked", ("欧阳修",), "欧阳某"),
        ("masked", ("阿依古丽·买买提",), "阿某某"),
        ("masked", ("甘肃恒信商贸有限公司",), "某某有限公司"),
        ("masked", ("临泽县人民医院",), "某某医院"),
        ("masked", ("王小店",), "王某某"),
        ("masked", ("王宝局",), "王某某"),
        ("masked_number", ("620723199005120011",), "620723********0011"),
        ("masked_number", ("13812345678",), "138****5678"),
        ("masked_number", ("12345",), "*****"),
        ("listed", (["盗窃罪", "抢劫罪"],), "盗窃罪、抢劫罪"),
        ("listed", (["盗窃罪"],), "盗窃罪"),
        ("listed", ([],), ""),
        ("listed", (["扣押清单；", "", "照片。"],), "扣押清单、照片"),
        ("joined", (["甲", "乙", "丙"],), "甲、乙和丙"),
        ("joined", (["甲", "乙"],), "甲和乙"),
        ("joined", (["甲", "乙"], "及"), "甲及乙"),
        ("sentence", ("被告人认罪",), "被告人认罪。"),
        ("sentence", ("被告人认罪。；",), "被告人认罪。"),
        ("sentence", ("他喊道：“住手！”",), "他喊道：“住手！”"),
        ("sentence", ("又称“老三”",), "又称“老三”。"),
        ("sentence", ("",), ""),
        ("unended", ("被告人认罪。\n",), "被告人认罪"),
        ("item", (1,), "一、"),
        ("item", (12,), "十二、"),
        ("bracketed", (3,), "（三）"),
        ("group", (2,), "第二组"),
        ("age", (date(2005, 5, 8), date(2023, 5, 8)), 17),
        ("age", (date(2005, 5, 8), date(2023, 5, 9)), 18),
        ("age", (date(2004, 2, 29), date(2023, 3, 1)), 19),
        ("blank", ("",), "________"),
        ("blank", ("有", 4), "有"),
        ("blank", (None, 4), "____"),
    ],
)  # fmt: skip
def test_filter_writes(name: str, arguments: tuple[Any, ...], text: object) -> None:
    assert FILTERS[name](*arguments) == text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("formal_date", "2023年5月8日"), ("formal_date", 5), ("day", None), ("moment", _DAY),
        ("term", 0), ("term", Decimal("1.5")), ("term", "多年"), ("term", True),
        ("capitals", "1200"), ("capitals", -1), ("capitals", Decimal("0.001")),
        ("capitals", 10**12), ("yuan", True), ("yuan", Decimal("NaN")), ("numeral", "三"),
        ("numeral", -1), ("listed", 3), ("listed", [3]), ("statutes", ["没有法条"]),
        ("sentence", 3), ("item", 0), ("item", "一"), ("masked", 3), ("masked_number", 3),
    ],
)  # fmt: skip
def test_filter_says_what_it_wants(name: str, value: object) -> None:
    with pytest.raises(UnfitValue, match=f"the filter {FILTER_LABELS[name]} wants a?"):
        FILTERS[name](value)


def test_filter_shows_the_value_it_cannot_write() -> None:
    with pytest.raises(UnfitValue, match="wants a date, not “不详”"):
        FILTERS["formal_date"]("不详")
    with pytest.raises(UnfitValue, match="刑法第264条, not a list with “没有法条”"):
        FILTERS["statutes"](["没有法条"])


def test_age_before_birth_is_refused() -> None:
    with pytest.raises(UnfitValue, match="年龄"):
        FILTERS["age"](date(2023, 5, 8), date(2005, 5, 8))


def test_absent_passes_through_all_but_blank() -> None:
    absent = StrictUndefined(name="出生日期")
    assert [name for name, filter_ in FILTERS.items() if filter_(absent) is not absent] == ["blank"]
    assert FILTERS["age"](_DAY, absent) is absent
    assert FILTERS["blank"](absent, 4) == "____"


def test_each_filter_has_a_label_of_its_own() -> None:
    assert set(FILTERS) == set(FILTER_LABELS)
    assert len(set(FILTER_LABELS.values())) == len(FILTERS)
    assert not set(FILTER_LABELS.values()) & set(FILTERS)


# --- 法条 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        (
            ["刑法第264条", "刑法第67条第3款"],
            "《中华人民共和国刑法》第二百六十四条、第六十七条第三款",
        ),
        (
            ["刑事诉讼法第15条", "盗窃解释第1条第2款", "刑法第264条"],
            "《中华人民共和国刑法》第二百六十四条、《中华人民共和国刑事诉讼法》第十五条、"
            "《最高人民法院、最高人民检察院关于办理盗窃刑事案件适用法律若干问题的解释》第一条第二款",
        ),
        (["刑法第133之1条第1款第2项"], "《中华人民共和国刑法》第一百三十三条之一第一款第（二）项"),
        (
            ["刑法第67条第3款", "刑法第67条第1款", "刑法第67条第3款"],
            "《中华人民共和国刑法》第六十七条第一款、第三款",
        ),
        (
            ["刑法第293条第1款第2项", "刑法第293条第1款第4项"],
            "《中华人民共和国刑法》第二百九十三条第一款第（二）项、第（四）项",
        ),
        (
            ["《中华人民共和国刑法》第二百三十四条第一款、第六十七条第三款"],
            "《中华人民共和国刑法》第二百三十四条第一款、第六十七条第三款",
        ),
        (
            ["某某管理办法第3条", "刑法第1条"],
            "《中华人民共和国刑法》第一条、《某某管理办法》第三条",
        ),
    ],
)
def test_statutes(given_: list[str], text: str) -> None:
    assert FILTERS["statutes"](given_) == text


def test_every_known_law_has_its_title() -> None:
    """A short name such as 盗窃解释 must not come into a document."""
    laws = yaml.safe_load((resources.files("dossier.elements") / "laws.yaml").read_text("utf-8"))
    assert {law["name"] for law in laws["laws"]} == titles()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["刑法", "刑事诉讼法", "盗窃解释", "刑诉法解释"]),
            st.integers(1, 452),
            st.none() | st.integers(1, 9),
        ),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
def test_cited_provisions_read_back(provisions: list[tuple[str, int, int | None]]) -> None:
    # an article and its paragraph both: citing the whole article covers it
    whole = {(law, article) for law, article, paragraph in provisions if paragraph is None}
    wanted = {p for p in provisions if p[2] is None or p[:2] not in whole}
    texts = [
        f"{law}第{article}条" + (f"第{paragraph}款" if paragraph else "")
        for law, article, paragraph in wanted
    ]
    found = {(one.law, one.article, one.paragraph) for one in citations(cited(texts))}
    assert found == wanted


# --- round trips -----------------------------------------------------------------------------


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_days_read_back(day: date) -> None:
    for name in ("formal_date", "day"):
        assert [value for _, value in dates(FILTERS[name](day))] == [day]


@given(st.integers(100, 10**12 - 1))
def test_capitals_read_back(cents: int) -> None:
    value = Decimal(cents) / 100
    text = FILTERS["capitals"](value)
    assert [one.value for one in amounts(f"人民币{text}")] == [value]


@given(st.decimals(0, 10**9, places=2))
def test_yuan_reads_back(value: Decimal) -> None:
    text = FILTERS["yuan"](value)
    assert "E" not in text
    assert quantity(text.removesuffix("元")) == value


@given(st.integers(0, 10**12 - 1))
def test_numeral_reads_back(number: int) -> None:
    assert quantity(FILTERS["numeral"](number)) == number


@given(st.integers(1, 300))
def test_term_reads_back(number: int) -> None:
    assert months(normal(FILTERS["term"](number))) == number


@given(st.text(alphabet="甲乙。；，、！？”“ \n", max_size=12))
def test_sentence_ends_once(text: str) -> None:
    done = FILTERS["sentence"](text)
    assert FILTERS["sentence"](done) == done
    assert not done.endswith(("。。", "，。", "；。", "、。"))
    assert not done or done[-1] in "。！？”"
