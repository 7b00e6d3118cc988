"""The half of procuratorate and court in the library: what a judge would read in each paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from dossier.errors import MissingFields
from dossier.templates import Leaf, Node, plain_text
from dossier.templates.checking import check_template
from dossier.templates.library import Library
from dossier.templates.values import Value

TITLES = (
    "批准逮捕决定书", "不批准逮捕决定书", "补充侦查决定书", "认罪认罚具结书", "量刑建议书",
    "适用速裁程序建议书", "延期审理建议书", "起诉书", "不起诉决定书", "传票", "出庭通知书",
    "开庭公告", "提押票", "送达回证", "调查评估委托函", "刑事判决书", "宣判笔录", "执行通知书",
    "社区矫正执行通知书", "结案登记表", "解除社区矫正证明书",
)  # fmt: skip
DRAFTS = Path(__file__).parents[2] / "examples" / "drafts"

LIBRARY = Library()

HAN: dict[str, Any] = {
    "name": "韩志远", "sex": "男", "birth": date(1989, 11, 6), "id_number": "620102198911069915",
    "ethnicity": "汉族", "education": "初中", "occupation": "无业",
    "household": "甘肃省兰州市城关区北雁街88号", "address": "兰州市城关区北雁街88号",
    "phone": "19900001201", "convictions": ["2017年因犯盗窃罪被判处拘役五个月"],
    "detained": date(2023, 3, 24), "arrested": date(2023, 4, 17),
    "detained_at": "兰州市城关区看守所", "charges": ["盗窃罪"], "counsel": ["律师柏舟"],
    "circumstances": [{"name": "坦白"}, {"name": "前科"}],
    "identity": "被告人韩志远，男，1989年11月6日出生，现羁押于兰州市城关区看守所。",
}  # fmt: skip
LIU: dict[str, Any] = {
    "name": "柳小军", "sex": "男", "birth": date(1999, 2, 18), "id_number": "620103199902189932",
    "address": "兰州市城关区望河路156号", "bailed": date(2023, 3, 31),
    "charges": ["掩饰、隐瞒犯罪所得罪"], "circumstances": [{"name": "从犯"}],
    "identity": "被告人柳小军，男，1999年2月18日出生。",
}  # fmt: skip
FULL: dict[str, Any] = {
    "case": {"name": "韩志远、柳小军涉嫌盗窃案", "charges": ["盗窃罪"],
             "transferred": date(2023, 5, 22), "prosecuted": date(2023, 6, 19)},
    "police": "兰州市公安局城关分局", "procuratorate": "兰州市城关区人民检察院",
    "court": "兰州市城关区人民法院", "upper_court": "甘肃省兰州市中级人民法院",
    "detention_house": "兰州市城关区看守所", "correction": "兰州市城关区社区矫正管理局",
    "issuer": "兰州市城关区人民法院",
    "number": "（2023）甘0102刑初9145号", "day": date(2023, 7, 18),
    "person": HAN, "defendants": [HAN, LIU],
    "victims": [{"name": "梁秀芳"}], "property": [{"name": "断线钳", "quantity": "1把"}],
    "evidence": [{"kind": "物证", "titles": ["断线钳1把"]},
                 {"kind": "被害人陈述", "titles": ["被害人梁秀芳的陈述", "被害人马文博的陈述"]}],
    "narrative": {
        "facts": "一、2023年3月6日，被告人韩志远盗走电动自行车1辆。\n二、3月15日，盗走手机1部。"
    },
    "papers": {
        "arrest_request": {"number": "兰公城（刑）提捕字〔2023〕9033号", "day": date(2023, 4, 10)},
        "opinion": {"number": "兰公城（刑）诉字〔2023〕9045号"},
        "indictment": {"number": "兰城检刑诉〔2023〕9133号"},
        "judgment": {"number": "（2023）甘0102刑初9145号", "day": date(2023, 7, 18)},
    },
    "volume_count": 2,
}  # fmt: skip
TEN_MONTHS = {
    "person": "韩志远", "charge": "盗窃罪", "kind": "有期徒刑", "months": 10,
    "fine": Decimal(5000), "from": date(2023, 3, 24), "to": date(2024, 1, 23),
}  # fmt: skip
SUSPENDED = {"person": "柳小军", "charge": "盗窃罪", "kind": "拘役", "months": 4, "probation": 6}
ARTICLES = ["刑事诉讼法第二百零一条", "刑法第二百六十四条", "刑法第六十七条第三款"]
GIVEN: dict[str, Any] = {
    "penalties": [{"person": "韩志远", "charge": "盗窃罪", "kind": "有期徒刑", "months": 8,
                   "upper": 10, "fine": Decimal(5000)},
                  {"person": "柳小军", "charge": "盗窃罪", "kind": "拘役", "months": 4,
                   "suspended": True}],
    "sentences": [TEN_MONTHS, SUSPENDED],
    "points": [{"matter": "价格依据", "reason": "基准日不一致。", "direction": "核实基准日",
                "evidence": ["补充认定书", "发票"]}],
    "court_law": ARTICLES, "violated": ["刑法第二百六十四条"],
    "refusal_kind": "酌定", "round": 1, "pronounced_manner": "当庭宣判",
    "judges": ["端木清扬"], "openness": "公开开庭",
}  # fmt: skip
WORDS: dict[str, Any] = {
    "text": "兹记载", "prose": "兹记载一段。", "texts": ["闻人朗", "钟离月"],
    "date": date(2023, 8, 1), "moment": datetime(2023, 7, 18, 9, 5), "number": 2,
}  # fmt: skip
"""What a clerk typed, by type."""


def node(value: object) -> Value:
    if isinstance(value, Mapping):
        inner = {code: node(each) for code, each in value.items() if each not in ("", None)}
        return Node(inner, str(value.get("name", value.get("person", ""))))
    if isinstance(value, list):
        return tuple(node(each) for each in value)  # type: ignore[misc]
    return Leaf(value, "typed")  # type: ignore[arg-type]


def case(values: Mapping[str, Any], **changes: Any) -> Node:
    made = node({**values, **changes})
    assert isinstance(made, Node)
    return made


def only(values: Any, paths: set[str], before: str = "") -> Any:
    """What stands at these paths, and nothing else."""
    if isinstance(values, list):
        return [only(each, paths, before) for each in values]
    if not isinstance(values, Mapping):
        return values
    kept = {}
    for code, each in values.items():
        path = f"{before}{code}"
        if path in paths:
            kept[code] = each
        elif any(wanted.startswith(f"{path}.") for wanted in paths):
            kept[code] = only(each, paths, f"{path}.")
    return kept


def typed(title: str, *, required: bool) -> dict[str, Any]:
    fields = LIBRARY.find(title).card.typed_fields.values()
    return {
        each.code: GIVEN[each.code] if each.code in GIVEN else WORDS[each.type]
        for each in fields
        if each.required or not required
    }


def text(title: str, view: Node) -> str:
    return plain_text(LIBRARY.find(title).render(view).docx)


def lines(title: str, **changes: Any) -> list[str]:
    values = {**typed(title, required=True), **changes}
    written = text(title, case(FULL, **values))
    return [line.strip() for line in written.splitlines() if line.strip()]


def line(title: str, start: str, **changes: Any) -> str:
    found = [each for each in lines(title, **changes) if each.startswith(start)]
    assert len(found) == 1, (start, lines(title, **changes))
    return found[0]


BAD = re.compile(
    r"[，、；：。][，、；。]|（[，、；）]|[，、；]）|“”|《》|\{[{%]|[%}]\}|None|True|False|(?<!依法)判处。|自起|起至止|元元"
)


@pytest.mark.parametrize("title", TITLES)
def test_check_finds_nothing(title: str) -> None:
    assert list(check_template(LIBRARY.find(title), office=False)) == []


@pytest.mark.parametrize("title", TITLES)
def test_with_everything(title: str) -> None:
    template = LIBRARY.find(title)
    view = case(FULL, **typed(title, required=False))
    assert template.gaps(view) == ()
    written = text(title, view)
    assert BAD.search(written) is None, written
    assert (title if title != "开庭公告" else "公告") in written


@pytest.mark.parametrize("title", TITLES)
def test_with_no_more_than_it_requires(title: str) -> None:
    template = LIBRARY.find(title)
    view = case(only(FULL, set(template.card.required_paths)), **typed(title, required=True))
    assert template.gaps(view) == ()
    written = text(title, view)
    assert BAD.search(written) is None, written


@pytest.mark.parametrize("title", TITLES)
def test_an_empty_case_has_gaps_with_labels(title: str) -> None:
    template = LIBRARY.find(title)
    gaps = template.gaps(Node())
    assert gaps
    assert all(gap.label and gap.stands for gap in gaps)
    declared = {path.split(".")[0] for path in template.card.required_paths}
    assert {re.split(r"[.\[]", gap.path)[0] for gap in gaps} <= declared


# --- 检察院 -----------------------------------------------------------------------------------


def test_arrest_is_approved_with_the_police_number() -> None:
    approved = line("批准逮捕决定书", "你局于")
    assert approved.startswith(
        "你局于2023年4月10日以兰公城（刑）提捕字〔2023〕9033号提请批准逮捕书提请批准逮捕犯罪嫌疑人"
        "韩志远一案，本院经审查认为，犯罪嫌疑人韩志远涉嫌盗窃罪，符合《中华人民共和国刑事诉讼法》"
        "第八十一条规定的逮捕条件。"
    )
    assert approved.endswith("决定批准逮捕犯罪嫌疑人韩志远。")
    written = lines("批准逮捕决定书")
    assert "请依法立即执行，并将执行情况在三日以内通知本院。" in written
    assert "附：继续侦查提纲" not in written
    assert "附：继续侦查提纲" in lines("批准逮捕决定书", further_outline="查清赃物去向。")


def test_arrest_refused_tells_reasons_and_reconsideration() -> None:
    reasons = "犯罪嫌疑人主动投案，没有社会危险性。"
    written = lines("不批准逮捕决定书", arrest_refusal_reasons=reasons)
    assert reasons in written
    assert "你局认为本决定有错误的，可以自收到本决定书之日起五日以内要求复议。" in written


def test_second_return_for_investigation_with_its_points() -> None:
    written = lines("补充侦查决定书", round=2)
    assert any("现决定将本案第二次退回你局补充侦查。" in each for each in written)
    assert "一、价格依据" in written
    assert "（一）理由：基准日不一致。" in written
    assert "（二）侦查方向：核实基准日。" in written
    assert "（三）应当补充的证据：补充认定书、发票。" in written


def test_indictment_of_several_for_one_charge() -> None:
    written = lines("起诉书", conduct="秘密窃取他人财物，数额较大。", court="兰州市城关区人民法院")
    at = written.index(HAN["identity"])
    assert written[at : at + 3] == [HAN["identity"], "辩护人律师柏舟。", LIU["identity"]]
    think = next(each for each in written if each.startswith("本院认为"))
    assert think == (
        "本院认为，被告人韩志远、柳小军秘密窃取他人财物，数额较大，其行为触犯了"
        "《中华人民共和国刑法》第二百六十四条的规定，犯罪事实清楚，证据确实、充分，应当以盗窃罪"
        "追究其刑事责任。被告人韩志远具有坦白、前科情节，被告人柳小军具有从犯情节，提请在量刑时"
        "一并考虑。根据《中华人民共和国刑事诉讼法》第一百七十六条的规定，提起公诉，请依法判处。"
    )
    at = written.index("认定上述事实的证据如下：")
    assert written[at + 1 : at + 3] == [
        "1．物证：断线钳1把；",
        "2．被害人陈述：被害人梁秀芳的陈述、被害人马文博的陈述。",
    ]
    assert (
        "附：1．被告人韩志远现羁押于兰州市城关区看守所；被告人柳小军现取保候审，"
        "住兰州市城关区望河路156号。" in written
    )


def test_indictment_of_several_for_different_charges() -> None:
    both = {**FULL["case"], "charges": ["盗窃罪", "掩饰、隐瞒犯罪所得罪"]}
    assert (
        "应当以盗窃罪追究被告人韩志远的刑事责任，以掩饰、隐瞒犯罪所得罪追究被告人柳小军的刑事责任。"
        in line("起诉书", "本院认为", case=both)
    )


def test_plea_told_by_the_police_is_that_of_a_defendant_now() -> None:
    told = lines("起诉书", plea="犯罪嫌疑人韩志远、柳小军自愿认罪认罚。")
    assert "被告人韩志远、柳小军自愿认罪认罚。" in told


def test_enclosures_are_numbered_without_a_hole() -> None:
    enclosed = {"enclosures": ["具结书2份", "量刑建议书1份。"]}
    assert "4．具结书2份、量刑建议书1份。" in lines("起诉书", **enclosed)
    assert "3．具结书2份、量刑建议书1份。" in lines("起诉书", property=None, **enclosed)


def test_proposal_names_a_range_and_probation() -> None:
    written = lines("量刑建议书")
    assert (
        "1．建议对被告人韩志远以盗窃罪判处有期徒刑八个月至十个月，并处罚金人民币五千元。" in written
    )
    assert "2．建议对被告人柳小军以盗窃罪判处拘役四个月，可以适用缓刑。" in written
    one = lines("量刑建议书", penalties=GIVEN["penalties"][:1])
    assert "建议对被告人韩志远以盗窃罪判处有期徒刑八个月至十个月，并处罚金人民币五千元。" in one
    assert "被告人韩志远：坦白、前科。" in written
    bare = {**LIU, "circumstances": []}
    assert "被告人柳小军：无法定、酌定从宽或者从严情节。" in lines("量刑建议书", defendants=[bare])


def test_plea_names_only_the_penalty_of_the_one_who_signs() -> None:
    written = lines("认罪认罚具结书", lawyer_role="值班律师", lawyer="柏舟")
    proposed = [each for each in written if each.startswith("建议对本人")]
    assert proposed == ["建议对本人以盗窃罪判处有期徒刑八个月至十个月，并处罚金人民币五千元。"]
    # who signs is no defendant yet
    assert "一、2023年3月6日，犯罪嫌疑人韩志远盗走电动自行车1辆。" in written
    assert any("已获得值班律师柏舟的法律帮助" in each for each in written)


@pytest.mark.parametrize(
    ("kind", "article", "told"),
    [
        ("法定", "第十六条、第一百七十七条第一款", "经本院依法审查查明："),
        ("酌定", "第一百七十七条第二款", "经本院依法审查查明："),
        ("证据不足", "第一百七十五条第四款", "经本院审查，本院仍然认为"),
    ],
)
def test_no_prosecution_by_its_kind(kind: str, article: str, told: str) -> None:
    written = lines("不起诉决定书", refusal_kind=kind, refusal_reasons="不需要判处刑罚")
    assert (
        f"本院认为，不需要判处刑罚。根据《中华人民共和国刑事诉讼法》{article}的规定，"
        "决定对韩志远不起诉。" in written
    )
    assert any(each.startswith(told) for each in written)
    appeal = "被不起诉人如不服本决定，可以自收到本决定书后七日以内向本院申诉。"
    assert (appeal in written) is (kind == "酌定")


def test_no_prosecution_without_victims_says_nothing_to_them() -> None:
    assert any(each.startswith("被害人如不服") for each in lines("不起诉决定书"))
    assert not any(each.startswith("被害人如不服") for each in lines("不起诉决定书", victims=None))


# --- 判决 -------------------------------------------------------------------------------------


def items(*sentences: Mapping[str, Any], **changes: Any) -> list[str]:
    """主文: what stands between 判决如下 and the appeal."""
    written = lines("刑事判决书", sentences=list(sentences), **changes)
    start = next(at for at, each in enumerate(written) if each.endswith("判决如下："))
    end = next(at for at, each in enumerate(written) if each.startswith("如不服本判决"))
    return written[start + 1 : end]


def test_judgment_of_two_with_property() -> None:
    assert items(TEN_MONTHS, SUSPENDED, property_orders=["断线钳一把，予以没收", "责令退赔。"]) == [
        "一、被告人韩志远犯盗窃罪，判处有期徒刑十个月，并处罚金人民币五千元。",
        "（刑期从判决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期一日，"
        "即自2023年3月24日起至2024年1月23日止。）",
        "二、被告人柳小军犯盗窃罪，判处拘役四个月，缓刑六个月。",
        "（缓刑考验期限，从判决确定之日起计算。）",
        "三、断线钳一把，予以没收。",
        "四、责令退赔。",
    ]


def test_judgment_of_several_crimes() -> None:
    several = {
        **TEN_MONTHS, "months": 18, "fine_note": "罚金已缴纳。",
        "further": [{"charge": "诈骗罪", "kind": "有期徒刑", "months": 12, "fine": Decimal(3000)}],
        "total_kind": "有期徒刑", "total_months": 27, "total_fine": Decimal(8000),
        "to": date(2025, 6, 23),
    }  # fmt: skip
    assert items(several) == [
        "一、被告人韩志远犯盗窃罪，判处有期徒刑一年六个月，并处罚金人民币五千元；犯诈骗罪，"
        "判处有期徒刑一年，并处罚金人民币三千元；数罪并罚，决定执行有期徒刑二年三个月，"
        "并处罚金人民币八千元。",
        "（刑期从判决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期一日，"
        "即自2023年3月24日起至2025年6月23日止。）",
        "（罚金已缴纳。）",
    ]
    probation = {**several, "probation": 36, "from": None, "to": None, "fine_note": None}
    assert items(probation)[0].endswith(
        "数罪并罚，决定执行有期徒刑二年三个月，缓刑三年，并处罚金人民币八千元。"
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"kind": "免予刑事处罚"}, ["一、被告人韩志远犯盗窃罪，免予刑事处罚。"]),
        ({"kind": "罚金", "fine": Decimal(3000)},
         ["一、被告人韩志远犯盗窃罪，单处罚金人民币三千元。"]),
        ({"kind": "无期徒刑", "rights": "终身", "forfeit": "个人全部财产"},
         ["一、被告人韩志远犯盗窃罪，判处无期徒刑，剥夺政治权利终身，并处没收个人全部财产。"]),
        ({"kind": "管制", "months": 6},
         ["一、被告人韩志远犯盗窃罪，判处管制六个月。",
          "（刑期从判决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期二日。）"]),
    ],
)  # fmt: skip
def test_judgment_of_other_kinds(given: dict[str, Any], said: list[str]) -> None:
    assert items({"person": "韩志远", "charge": "盗窃罪", **given}) == said


def test_a_term_without_months_is_a_gap_and_no_hole() -> None:
    template = LIBRARY.find("刑事判决书")
    unsaid = [{"person": "韩志远", "charge": "盗窃罪", "kind": "有期徒刑"}]
    view = case(FULL, **{**typed("刑事判决书", required=True), "sentences": unsaid})
    with pytest.raises(MissingFields, match="刑期"):
        template.render(view)


def test_judgment_cites_the_law_of_substance_first() -> None:
    written = line("刑事判决书", "本院认为", court_reasoning="被告人的行为已构成盗窃罪")
    assert written == (
        "本院认为，被告人的行为已构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条、"
        "第六十七条第三款、《中华人民共和国刑事诉讼法》第二百零一条的规定，判决如下："
    )


def test_judgment_tells_the_proposal_as_the_prosecution_s() -> None:
    assert line("刑事判决书", "公诉机关认为").endswith("提请依法判处。")
    assert line("刑事判决书", "公诉机关认为", penalties=GIVEN["penalties"]).endswith(
        "公诉机关提出以下量刑建议：对被告人韩志远以盗窃罪判处有期徒刑八个月至十个月，并处罚金"
        "人民币五千元；对被告人柳小军以盗窃罪判处拘役四个月，可以适用缓刑。"
    )


def test_judgment_takes_nothing_of_what_it_decides_from_elsewhere() -> None:
    """What is found, reasoned, cited and ordered has codes of its own: a field that an earlier
    document has too would be filled in from it."""
    decided = {"found_facts", "court_reasoning", "court_law", "sentences", "property_orders"}
    card = LIBRARY.find("刑事判决书").card
    assert decided <= set(card.typed_fields)
    for template in LIBRARY.templates():
        if template.card.stage in ("侦查", "审查逮捕", "审查起诉"):
            assert not decided & set(template.card.typed_fields), template.card.title


def test_bench_of_one_and_of_three() -> None:
    one = lines("刑事判决书")
    assert any("实行独任审判，公开开庭审理了本案。" in each for each in one)
    assert not any(each.startswith("审　判　长") for each in one)
    three = lines("刑事判决书", presiding_judge="东方平", judges=["公孙立"], assessors=["诸葛敏"])
    assert any("依法组成合议庭，公开开庭审理了本案。" in each for each in three)
    at = three.index("审　判　长　东方平")
    assert three[at + 1 : at + 4] == [
        "审　判　员　公孙立",
        "人民陪审员　诸葛敏",
        "二〇二三年七月十八日",
    ]
    assert (
        "如不服本判决，可在接到判决书的第二日起十日内，通过本院或者直接向甘肃省兰州市中级人民法院"
        "提出上诉。书面上诉的，应当提交上诉状正本一份，副本二份。" in one
    )


def test_provisions_are_appended_where_they_are_given() -> None:
    assert "附：本判决适用的法律条文" not in lines("刑事判决书")
    given = lines("刑事判决书", law_texts=["《中华人民共和国刑法》", "第二百六十四条　……"])
    assert given[-3:] == [
        "附：本判决适用的法律条文",
        "《中华人民共和国刑法》",
        "第二百六十四条　……",
    ]


# --- 庭前、送达、执行 -----------------------------------------------------------------


def test_pronouncement_asks_each_defendant() -> None:
    written = lines("宣判笔录", presiding_judge=None)
    asked = [each for each in written if "判决的内容听清楚没有" in each]
    assert [each[:10] for each in asked] == ["审判员：被告人韩志远", "审判员：被告人柳小军"]
    assert any(each.endswith("判决书将在五日以内送达。") for each in written)
    later = lines("宣判笔录", pronounced_manner="定期宣判")
    assert any(each.endswith("判决书于宣告后立即送达。") for each in later)


def test_execution_notice_of_one_among_several() -> None:
    written = lines("执行通知书", effective=date(2023, 7, 31), custody_days=117)
    assert (
        "罪犯韩志远，男，1989年11月6日出生，因犯盗窃罪，经本院于2023年7月18日以（2023）甘0102刑初9145号"
        "刑事判决书判处有期徒刑十个月，并处罚金人民币五千元。" in written
    )
    assert (
        "刑期自2023年3月24日起至2024年1月23日止（判决执行以前先行羁押117日，已予折抵）。" in written
    )
    assert not any("柳小军" in each for each in written)


def test_correction_notice_names_probation() -> None:
    written = lines("社区矫正执行通知书", person=LIU)
    assert any(each.endswith("刑事判决书判处拘役四个月，缓刑六个月。") for each in written)
    assert not any("有期徒刑十个月" in each for each in written)


def test_closing_register_of_the_person() -> None:
    written = text("结案登记表", case(FULL, **typed("结案登记表", required=True)))
    assert "犯盗窃罪，判处有期徒刑十个月，并处罚金人民币五千元" in written
    assert "自2023年3月24日起至2024年1月23日止" in written
    assert "柳小军" not in written


def test_service_receipt_leaves_what_is_signed_by_hand() -> None:
    given = {"served_documents": ["刑事判决书1份", "上诉须知1份"], "addressee": "韩志远"}
    written = text("送达回证", case(FULL, **{**typed("送达回证", required=True), **given}))
    assert "刑事判决书1份、上诉须知1份" in written
    for label in ("受送达人签名或者盖章", "代收人签名或者盖章", "拒收事由和日期", "见证人签名"):
        assert label in written
    assert "第一百零七条" in written


def test_notices_of_the_hearing() -> None:
    when = datetime(2023, 7, 18, 9, 30)
    said = {"hearing_time": when, "hearing_place": "本院第三法庭"}
    assert "请你院派员准时出席法庭支持公诉。" in line(
        "出庭通知书", "本院受理", capacity="公诉人", **said
    )
    witness = lines("出庭通知书", capacity="证人", **said)
    assert any("现通知你作为本案证人准时出庭。" in each for each in witness)
    assert any("有意作伪证" in each for each in witness)
    assert line("开庭公告", "本院定于", **said) == (
        "本院定于2023年7月18日9时30分在本院第三法庭依法公开开庭审理兰州市城关区人民检察院指控"
        "被告人韩志远、柳小军犯盗窃罪一案。"
    )
    assert "2023年7月18日9时30分" in text(
        "传票", case(FULL, **{**typed("传票", required=True), **said})
    )


# --- drafts of the sample cases ---------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(DRAFTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_drafts_give_fields_that_their_templates_have(path: Path) -> None:
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert given["case"] == path.stem
    for document in given["documents"]:
        schema = LIBRARY.find(document["template"]).card.schema
        for name, value in document["values"].items():
            fields = schema.find(name)
            for record in value if fields[-1].type == "records" else ():
                known = {each.label for each in fields[-1].fields.values()}
                assert set(record) <= known, name


@pytest.mark.parametrize("path", sorted(DRAFTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_terms_of_the_drafts_are_lawful(path: Path) -> None:
    """刑法 42, 45, 73: terms and probation; the last day is the same-numbered one less one."""
    given = yaml.safe_load(path.read_text(encoding="utf-8"))["documents"]
    judged = next(each["values"] for each in given if each["template"] == "刑事判决书")
    proposed = next(each["values"] for each in given if each["template"] == "量刑建议书")
    assert judged["判处"]
    for record in judged["判处"]:
        low, high = {"拘役": (1, 6), "有期徒刑": (6, 180)}[record["刑种"]]
        assert low <= record["刑期"] <= high
        if "缓刑考验期" in record:
            least, most = (2, 12) if record["刑种"] == "拘役" else (12, 60)
            assert max(least, record["刑期"]) <= record["缓刑考验期"] <= most
        if "刑期起" in record:
            start, months = record["刑期起"], record["刑期"] + record["刑期起"].month - 1
            end = date(start.year + months // 12, months % 12 + 1, start.day)
            assert (end - record["刑期止"]).days == 1
        wanted = next(each for each in proposed["量刑"] if each["姓名"] == record["姓名"])
        assert wanted["刑种"] == record["刑种"]
        assert wanted["刑期"] <= record["刑期"] <= wanted.get("刑期上限", wanted["刑期"])
