"""Numbers, sums, dates, identifiers and measures of a text. All numbers are invented."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.elements.amounts import amounts
from dossier.elements.citations import citations
from dossier.elements.courts import court_branch, court_of
from dossier.elements.identifiers import identifiers
from dossier.elements.measures import measures
from dossier.elements.moments import moments
from dossier.elements.numbers import case_numbers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（2023）甘0102刑初123号", [("court", "（2023）甘0102刑初123号")]),
        ("（ 2023 ） 甘0102\n刑初 123 号", [("court", "（2023）甘0102刑初123号")]),
        ("〔2023〕甘01刑终12号之一裁定", [("court", "（2023）甘01刑终12号之一")]),
        ("2017苏0102刑初9号", [("court", "（2017）苏0102刑初9号")]),
        ("(2016)最高法刑核12345678号", [("court", "（2016）最高法刑核12345678号")]),
        ("（2015）城刑初字第0258号", [("court", "（2015）城刑初字第0258号")]),
        ("（2012）榆中法刑二初字第7-1号", [("court", "（2012）榆中法刑二初字第7-1号")]),
        ("(2018)甘0723民初1号", [("court", "（2018）甘0723民初1号")]),
        (
            "某区人民检察院以京昌检刑诉[2025]609号起诉书",
            [("procuratorate", "京昌检刑诉〔2025〕609号")],
        ),
        ("兰城检一部刑诉〔2020〕Z12号", [("procuratorate", "兰城检一部刑诉〔2020〕Z12号")]),
        ("以海检公诉刑诉（2013）12号", [("procuratorate", "海检公诉刑诉〔2013〕12号")]),
        ("（2013）长检刑诉字第12号", [("procuratorate", "（2013）长检刑诉字第12号")]),
        ("兰公城（刑）立字〔2023〕12号", [("police", "兰公城（刑）立字〔2023〕12号")]),
        ("县公安局制作的临公(刑)勘字【2013】9号", [("police", "临公（刑）勘字〔2013〕9号")]),
        ("（临）公（司）鉴（化）字[2014]5号", [("police", "（临）公（司）鉴（化）字〔2014〕5号")]),
        ("临公海行罚决字〔2015〕第12号", [("police", "临公海行罚决字〔2015〕第12号")]),
        ("（2013）临鉴字第9号", []),
        ("（2010）兰公证字第12号", []),
        ("法释〔2009〕14号、公通字〔2010〕23号", []),
        ("弱水司鉴〔2023〕毒检字第9143号", []),
        ("该公司（2013）第3号文件", []),
    ],
)
def test_case_numbers(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(found.kind, found.number) for found in case_numbers(text)] == expected


def test_a_case_number_says_which_court() -> None:
    (found,) = case_numbers("本院（2023）甘0102刑初123号判决")
    assert (found.year, found.procedure) == (2023, "刑初")
    assert found.court == "甘肃省兰州市城关区人民法院"
    assert found.region == "甘肃省兰州市城关区"
    # a county's short name in an old number is not the code of a high court
    (old,) = case_numbers("（2013）川刑初字第12号")
    assert (old.court, old.region) == ("", "")


@pytest.mark.parametrize(
    ("code", "court", "region"),
    [
        ("最高法", "最高人民法院", ""),
        ("甘", "甘肃省高级人民法院", "甘肃省"),
        ("甘03", "甘肃省金昌市中级人民法院", "甘肃省金昌市"),
        ("甘0723", "甘肃省临泽县人民法院", "甘肃省张掖市临泽县"),
        ("粤1972", "东莞市第二人民法院", "广东省东莞市"),
        ("甘7101", "兰州铁路运输法院", "甘肃省"),
        ("京01", "北京市第一中级人民法院", "北京市"),
        ("川0104", "", "四川省成都市"),
        ("火01", "", ""),
    ],
)
def test_courts_by_code(code: str, court: str, region: str) -> None:
    assert court_of(code) == (court, region)


def test_special_courts() -> None:
    assert (court_branch("甘7101"), court_branch("鲁72"), court_branch("甘0102")) == (
        "铁路",
        "海事",
        "",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3,860元", ["3860 CNY"]),
        ("人民币3860.5元", ["3860.5 CNY"]),
        ("3.86万元", ["38600 CNY"]),
        ("三千八百六十元", ["3860 CNY"]),
        ("壹万零贰佰壹拾元整", ["10210 CNY"]),
        ("5万余元", ["50000 CNY ~"]),
        ("30余万元", ["300000 CNY ~"]),
        ("约300元", ["300 CNY ~"]),
        ("3000元左右", ["3000 CNY ~"]),
        ("2500多元", ["2500 CNY ~"]),
        ("人民币约3000元", ["3000 CNY ~"]),
        ("港币5万元", ["50000 HKD"]),
        ("10万元港币", ["100000 HKD"]),
        ("5万欧元", ["50000 EUR"]),
        ("美金1000", ["1000 USD"]),
        ("100万日元", ["1000000 JPY"]),
        ("3000元至5000元", ["3000 CNY", "5000 CNY"]),
        ("3000至5000元", ["3000 CNY", "5000 CNY"]),
        ("3-5万元", ["30000 CNY", "50000 CNY"]),
        ("一千元以上三千元以下", ["1000 CNY", "3000 CNY"]),
        ("人民币2000（刑期", ["2000 CNY"]),
        ("￥3,860.00", ["3860 CNY"]),
        ("3元5角", ["3.5 CNY"]),
        ("1万2千元", ["12000 CNY"]),
        ("5万3500元", ["53500 CNY"]),
        ("1.2亿元", ["120000000 CNY"]),
        ("给付人民 币38\n60 元", ["3860 CNY"]),
        ("第三，3860元", ["3860 CNY"]),
        ("三、四千元", ["4000 CNY ~"]),
        ("单价\n386\n7720元", ["7720 CNY"]),  # cells of a table, one below the other
        ("2023年5月8日18号2单元301室", []),
        ("张三元犯盗窃罪", []),
        ("三元桥", []),
        ("数百元、上万元", []),
        ("四五万元", []),
        ("19.5%", []),
        ("人民币2015年", []),
    ],
)
def test_amounts(text: str, expected: list[str]) -> None:
    found = [
        f"{one.value} {one.currency}{' ~' if one.approximate else ''}" for one in amounts(text)
    ]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年5月8日22时许", ["2023-5-8 22"]),
        ("二〇二三年五月八日", ["2023-5-8"]),
        ("2023.5.8", ["2023-5-8"]),
        ("2023-05-08 22:30", ["2023-5-8 22:30"]),
        ("2023 年 5 月\n8 日下午3时30分", ["2023-5-8 15:30"]),
        ("2023年元月8日晚9点半", ["2023-1-8 21:30"]),
        ("2023年5月8日凌晨2时", ["2023-5-8 2"]),
        ("2023年5月8日晚12时许", ["2023-5-8"]),
        ("2023年5月8日，次日凌晨2时许", ["2023-5-8", "2023-5-9 2 r"]),
        ("2022年12月31日，翌日", ["2022-12-31", "2023-1-1 r"]),
        ("2023年5月8日…同日…当晚10时许", ["2023-5-8", "2023-5-8 r", "2023-5-8 22 r"]),
        ("2023年5月8日…同年6月…同月9日", ["2023-5-8", "2023-6 r", "2023-6-9 r"]),
        ("2023年5月8日、9日", ["2023-5-8", "2023-5-9 r"]),
        ("2023年5月8日，9日凌晨2时许", ["2023-5-8", "2023-5-9 2 r"]),
        # days are counted
        ("2023年5月8日，3日后被抓获", ["2023-5-8"]),
        ("2023年5月8日，20日后归还", ["2023-5-8"]),
        ("2023年5月8日，3日之后被抓获", ["2023-5-8"]),
        ("2023年5月8日，3日前已归还", ["2023-5-8"]),
        ("2023年5月8日至20日前后", ["2023-5-8", "2023-5-20 r"]),
        ("2023年3月至5月", ["2023-3", "2023-5 r"]),
        ("2023年5月8日起至同年8月7日止", ["2023-5-8", "2023-8-7 r"]),
        ("2023年3、4月间", ["2023-3", "2023-4"]),
        ("98年5月8日", ["1998-5-8"]),
        ("2023年年底", ["2023"]),
        ("2023年5月8日，6月9日", ["2023-5-8", "2023-6-9 r"]),
        ("2023年2月30日", []),
        ("农历2023年五月初八", []),
        ("2023年农历五月初八", []),
        ("同年6月，次日", []),
        ("2023年5月8日判决，自次日起十日内", ["2023-5-8"]),
        ("有期徒刑六个月", []),
        ("地址2023.5.8.1", []),
    ],
)
def test_moments(text: str, expected: list[str]) -> None:
    found = []
    for one in moments(text):
        day = "-".join(str(part) for part in (one.year, one.month, one.day) if part is not None)
        if one.hour is not None:
            day += f" {one.hour}" if one.minute is None else f" {one.hour}:{one.minute}"
        found.append(day + (" r" if one.relative else ""))
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("620702198409159918", ["id_card 620702198409159918"]),
        ("身份证号码620702198409159917", ["id_card 620702198409159917 !"]),
        ("620102 19840915\n9918", ["id_card 620102198409159918 !"]),
        ("身份证号62010219840230123X", ["id_card 62010219840230123X !"]),
        ("公民身份号码620102900101123", ["id_card 620102900101123"]),
        ("6201021990****1234", ["id_card 6201021990××××1234 !"]),
        ("统一社会信用代码91350100M000100Y43", ["credit_code 91350100M000100Y43"]),
        ("统一社会信用代码91350100M000100Y44", ["credit_code 91350100M000100Y44 !"]),
        ("甘A12345", ["plate 甘A12345"]),
        ("甘AD12345", ["plate 甘AD12345"]),
        ("甘A·12345", ["plate 甘A12345"]),
        ("湘A×××××", ["plate 湘A××××× !"]),
        ("甘A1234学", ["plate 甘A1234学"]),
        ("皖k12345", ["plate 皖K12345"]),
        ("6222 0212 3456 7890 128", ["bank_card 6222021234567890128"]),
        ("6222021234567890123", []),
        ("卡号6222021234567890123", ["bank_card 6222021234567890123 !"]),
        ("卡号622202****0123", ["bank_card 622202××××0123 !"]),
        ("13900002201", ["phone 13900002201"]),
        ("0931-0000122", ["phone 0931-0000122"]),
        ("138****1234", ["phone 138××××1234 !"]),
        ("QQ号13900002201", []),
        ("IMEI:357302061234567", []),
        (
            "13912345678 620702198409159918",
            ["phone 13912345678", "id_card 620702198409159918"],
        ),
    ],
)
def test_identifiers(text: str, expected: list[str]) -> None:
    found = [f"{one.kind} {one.value}{'' if one.valid else ' !'}" for one in identifiers(text)]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("186.5mg/100ml", ["186.5mg/100ml"]),
        ("186.5 毫克/100 毫升", ["186.5mg/100ml"]),
        ("186.5mg／l00mL", ["186.5mg/100ml"]),
        ("每100毫升血液酒精含量为186.5毫克", ["186.5mg/100ml"]),
        ("每百毫升95毫克", ["95mg/100ml"]),
        ("乙醇含量为1.86mg/ml", ["186mg/100ml"]),
        ("乙醇含量为304.2mg/ml", ["304.2mg/100ml"]),
        ("总锌1.2mg/L", []),
        ("30毫克/公斤", []),
        ("甲基苯丙胺0.67克", ["0.67克 甲基苯丙胺"]),
        ("净重0.67克的冰毒", ["0.67克 甲基苯丙胺"]),
        ("海洛因1.2千克", ["1200克 海洛因"]),
        ("铜线三十公斤", ["30000克"]),
        ("麻古净重500毫克", ["0.5克 甲基苯丙胺片剂"]),
        ("3克拉", []),
        ("轻伤二级", ["轻伤二级"]),
        ("轻伤（二级）", ["轻伤二级"]),
        ("二级轻伤", ["轻伤二级"]),
        ("重伤一级、轻微伤", ["重伤一级", "轻微伤"]),
        ("未构成轻微伤", []),
        ("不构成轻伤", []),
        ("致一人重伤，", ["重伤"]),
        ("九级伤残", ["九级"]),
        ("伤残等级为九级", ["九级"]),
        ("IX(九)级伤残", ["九级"]),
        ("10级伤残", ["十级"]),
        ("72-76km/h", ["72km/h", "76km/h"]),
        ("时速60公里", ["60km/h"]),
        ("60公里/小时", ["60km/h"]),
        ("S2线60公里处", []),
    ],
)
def test_measures(text: str, expected: list[str]) -> None:
    assert [f"{one.text} {one.what}".strip() for one in measures(text)] == expected


_ALL: list[Callable[[str], Any]] = [
    case_numbers,
    amounts,
    moments,
    identifiers,
    measures,
    citations,
]


def test_spans_are_of_the_text_that_was_given() -> None:
    text = (
        "　 ２０２３年５月\n８日，给付人 民币3，860元；轻伤（二级）。甘Ａ12345；"
        "（2023）甘0102刑初1号。"
    )
    said = [text[one.start : one.stop] for read in _ALL for one in read(text)]
    assert said == [
        "（2023）甘0102刑初1号",
        "人 民币3，860元",
        "２０２３年５月\n８日",
        "甘Ａ12345",
        "轻伤（二级）",
    ]


# fmt: off
_PIECES = st.sampled_from([
    "2023", "年", "5月", "8日", "次日", "同年", "农历", "第", "条",
    "之一", "款", "（一）", "项", "《", "》", "刑法", "元", "万",
    "余", "至", "-", ".", ",", "人民币", "甘A", "12345", "×",
    "mg", "/100ml", "克", "轻伤", "级", "二", "公", "检", "刑初",
    "字", "号", "〔", "〕", "(", ")", "62010219840915", "\n", "　",
    "X", "一百",
])
# fmt: on


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_is_read(text: str) -> None:
    for read in _ALL:
        last = 0
        for found in read(text):
            assert 0 <= found.start < found.stop <= len(text)
            assert found.start >= last or read in (citations, moments, amounts, measures)
            last = found.start


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "2023年",
        "二十",
        "第一条",
        "《",
        "（",
        "1,",
        "甘A",
        "公（",
        "2023年5月8日、",
        "×",
        "次日",
        "3元",
    ],
)
def test_long_lines_take_linear_time(unit: str) -> None:
    text = unit * (250_000 // len(unit))
    for read in _ALL:
        begin = time.perf_counter()
        read(text)
        assert time.perf_counter() - begin < 4, read.__name__
