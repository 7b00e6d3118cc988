"""Parties of fictional heads, records and certificates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.elements.parties import parties
from dossier.elements.values import PartyElements, Segment, TextKind


def read(head: str, kind: TextKind = "judgment") -> tuple[PartyElements, ...]:
    return parties(head, kind, (Segment("parties", 0, len(head)),))


HEAD = (
    "公诉机关某某市人民检察院。\n被告人甄大河（绰号“老河”），男，1980年1月2日出生于甘肃省某某县，"
    "公民身份号码62010219800102001X，"
    "回族，初中文化，农民，户籍所在地甘肃省某某县，现住某某市某某路1号。曾因犯盗窃罪，于2010年3月"
    "4日被某某县人民法院判处"
    "有期徒刑一年六个月，2011年5月6日刑满释放。2018年7月8日因涉嫌犯诈骗罪被某某市公安局刑事拘留，"
    "同年8月9日经某某市人民检察院"
    "批准，次日由某某市公安局执行逮捕。现羁押于某某市看守所。\n辩护人时小溪、曾一鸣，甘肃某某律师"
    "事务所律师。\n"
    "被告人卜明，曾用名卜亮，女，生于一九八五年十月，汉族，文化程度大专，某某贸易有限公司会计，住"
    "某某市。因本案于2018年7月8日被取保候审。"
)


def test_head() -> None:
    found = read(HEAD)
    assert [(each.role, each.name) for each in found] == [
        ("公诉机关", "某某市人民检察院"),
        ("被告人", "甄大河"),
        ("辩护人", "时小溪"),
        ("辩护人", "曾一鸣"),
        ("被告人", "卜明"),
    ]
    first, second = found[1], found[4]
    assert first.aliases == ("老河",)
    assert {key: field.value for key, field in first.fields} == {
        "sex": "男",
        "birth": "1980-01-02",
        "birthplace": "甘肃省某某县",
        "id_number": "62010219800102001X",
        "ethnicity": "回族",
        "education": "初中",
        "occupation": "农民",
        "household": "甘肃省某某县",
        "address": "某某市某某路1号",
    }
    [conviction] = first.convictions
    assert (conviction.day, conviction.charge, conviction.months, conviction.released) == (
        date(2010, 3, 4), "盗窃", 18, date(2011, 5, 6),
    )  # fmt: skip
    assert [(each.kind, each.day, each.organ) for each in first.measures] == [
        ("拘留", date(2018, 7, 8), "某某市公安局"),
        ("逮捕", date(2018, 8, 10), "某某市人民检察院"),
    ]
    assert first.detained_at == "某某市看守所"
    assert first.counsel == ("时小溪", "曾一鸣")
    assert second.aliases == ("卜亮",)
    assert (second.field("birth"), second.field("education")) == ("1985-10", "大专")
    assert (second.field("employer"), second.field("occupation")) == (
        "某某贸易有限公司", "某某贸易有限公司会计",
    )  # fmt: skip
    for each in found:
        assert HEAD[each.start : each.stop] == each.name


def test_line_breaks_do_not_matter() -> None:
    broken = "\n".join(HEAD)
    assert [(each.role, each.name, each.aliases, each.counsel) for each in read(broken)] == [
        (each.role, each.name, each.aliases, each.counsel) for each in read(HEAD)
    ]
    assert [field.value for _, field in read(broken)[1].fields] == [
        field.value for _, field in read(HEAD)[1].fields
    ]


def test_units() -> None:
    unit, head, agent = read(
        "被告单位某某商贸有限公司，住所地某某市东路2号，统一社会信用代码91620100MA00000000。法定"
        "代表人甄大河，系该公司经理。"
        "诉讼代表人时小溪，女，系某某商贸有限公司职工。"
    )
    assert unit.unit
    assert unit.field("representative") == "甄大河"
    assert unit.field("credit_code") == "91620100MA00000000"
    assert (head.role, agent.role) == ("法定代表人", "诉讼代表人")


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("上诉人（原审被告人）甄某某，男，汉族。", "被告人"),
        ("附带民事诉讼原告人甄某某，女，1970年1月1日出生。", "附带民事诉讼原告人"),
        ("原审被告人甄某某，男。", "被告人"),
        ("犯罪嫌疑人甄某某，男，1990年1月1日出生。", "犯罪嫌疑人"),
        ("被害人甄某某，男，1990年1月1日出生。", "被害人"),
    ],
)
def test_roles(text: str, role: str) -> None:
    [party] = read(text)
    assert (party.role, party.name) == (role, "甄某某")


def test_earlier_case_with_its_measures() -> None:
    [party] = read(
        "被告人甄某某，男。因涉嫌盗窃罪于2014年4月19日被刑事拘留，同年10月9日被某某区人民法院判处"
        "有期徒刑一年四个月。"
        "因涉嫌故意伤害罪于2015年4月29日被逮捕。"
    )
    assert [(each.charge, each.months) for each in party.convictions] == [("盗窃", 16)]
    assert [(each.kind, each.day) for each in party.measures] == [("逮捕", date(2015, 4, 29))]


@pytest.mark.parametrize(
    "text",
    [
        "被告人甄某，农民。2003年9月25日，因犯盗窃罪被判处有期徒刑六个月。",
        "被告人甄某。2003年9月25日因涉嫌盗窃被刑事拘留。",
    ],
)
def test_date_of_something_else_is_no_birth(text: str) -> None:
    assert read(text)[0].field("birth") == ""


RECORD = (
    "询 问 笔 录\n时间：2023年3月22日9时15分\n询问人（签名）：卜明　工作单位：某某派出所\n被询问"
    "人：时小溪　性别：女　出生日期：2001年12月3日\n"
    "身份证件种类及号码：居民身份证62010420011203997X\n户籍所在地：甘肃省某某县东路45号\n现住址："
    "某某市望河路2号　联系方式：\n19900000000\n"
    "被询问人身份：被害人\n问：你的基本情况？\n答：我叫时小溪，女，2001年12月3日出生，汉族，大学"
    "文化，学生。\n"
)


def test_record() -> None:
    [party] = parties(RECORD, "interrogation", ())
    assert (party.role, party.name) == ("被害人", "时小溪")
    assert {key: field.value for key, field in party.fields} == {
        "sex": "女",
        "birth": "2001-12-03",
        "id_number": "62010420011203997X",
        "household": "甘肃省某某县东路45号",
        "address": "某某市望河路2号",
        "phone": "19900000000",
        "ethnicity": "汉族",
        "education": "大学",
        "occupation": "学生",
    }


def test_certificate_in_cells() -> None:
    text = (
        "户 籍 证 明\n姓名\n甄大河\n曾用名\n甄小河\n性别\n男\n民族\n汉族\n出生日期\n1989年11月6日"
        "\n文化程度\n初中\n公民身份号码\n"
        "620102198911069999\n户籍所在地\n某某县\n现住址\n某某市\n职业\n无业\n婚姻状况\n离异\n兹证"
        "明以上内容一致。"
    )
    [party] = parties(text, "other", ())
    assert (party.name, party.aliases) == ("甄大河", ("甄小河",))
    assert [party.field(name) for name in ("sex", "birth", "education", "occupation")] == [
        "男", "1989-11-06", "初中", "无业",
    ]  # fmt: skip


_PIECES = st.sampled_from(
    [
        "被告人", "甄大河", "，", "。", "、", "（", "）", "男", "1980年1月2日",
        "出生", "于", "甘肃省", "汉族", "曾用名", "曾因", "犯", "盗窃罪", "被",
        "判处", "有期徒刑", "一年", "因涉嫌", "刑事拘留", "逮捕", "经", "人民检察院", "批准",
        "现羁押", "看守所", "辩护人", "姓名", "性别", "被讯问人", "：", "问：", "我叫",
        "住", "户籍地", "\n", "系", "法定代表人", "公司",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=60), st.sampled_from(["judgment", "indictment", "other"]))
def test_nothing_raises(pieces: list[str], kind: TextKind) -> None:
    text = "".join(pieces)
    for each in read(text, kind):
        assert 0 <= each.start <= each.stop <= len(text)
        for _, field in each.fields:
            assert 0 <= field.start <= field.stop <= len(text)
