"""The police and detention-house half of the library: what a clerk would read in each paper."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from dossier.templates import Leaf, Node, plain_text
from dossier.templates.checking import check_template
from dossier.templates.library import Library
from dossier.templates.values import Value

TITLES = (
    "立案决定书", "拘留证", "拘留通知书", "逮捕通知书", "提请批准逮捕书", "取保候审决定书",
    "监视居住决定书", "传唤证", "扣押决定书", "鉴定意见通知书", "起诉意见书", "随案移送清单",
    "讯问笔录", "换押证", "释放通知书", "变更羁押期限通知书", "犯罪嫌疑人诉讼权利义务告知书",
    "卷宗封面", "卷内目录", "备考表",
)  # fmt: skip

LIBRARY = Library()

HAN: dict[str, Any] = {
    "name": "韩志远", "sex": "男", "birth": date(1989, 11, 6), "id_number": "620102198911069915",
    "employer": "城关区某修理部", "occupation": "修理工",
    "household": "甘肃省兰州市城关区北雁街88号", "address": "兰州市城关区北雁街88号",
    "phone": "19900001201", "detained": date(2023, 3, 24), "arrested": date(2023, 4, 17),
    "bailed": date(2023, 6, 1), "detained_at": "兰州市城关区看守所",
    "counsel": ["郁文静（甘肃某律师事务所）"],
    "charges": ["盗窃罪", "诈骗罪"], "unit": False,
    "circumstances": [{"name": "坦白"}, {"name": "前科"}],
    "identity": "犯罪嫌疑人韩志远，男，1989年11月6日出生，现羁押于兰州市城关区看守所。",
}  # fmt: skip
LIU: dict[str, Any] = {
    "name": "柳小军", "sex": "男", "address": "兰州市城关区望河路156号",
    "bailed": date(2023, 3, 31), "unit": False, "circumstances": [{"name": "从犯"}],
    "identity": "犯罪嫌疑人柳小军，男，1999年2月18日出生。",
}  # fmt: skip
UNIT: dict[str, Any] = {
    "name": "某商贸公司", "unit": True, "identity": "犯罪嫌疑单位某商贸公司，诉讼代表人陈某。"
}  # fmt: skip
BIKE = {"name": "电动自行车", "quantity": "1辆", "value": Decimal(2860), "seized": False,
        "transferred": False, "returned": False}  # fmt: skip
PHONE = {"name": "手机", "quantity": "1部", "value": Decimal(3200), "seized": True,
         "transferred": True, "returned": False}  # fmt: skip
BAG = {"name": "双肩包", "quantity": "1个", "seized": True, "transferred": False,
       "returned": True}  # fmt: skip
FULL: dict[str, Any] = {
    "case": {
        "name": "韩志远、柳小军涉嫌盗窃、诈骗案", "number": "A6201029900202303009",
        "charges": ["盗窃罪", "诈骗罪"], "reported": date(2023, 3, 22),
        "filed": date(2023, 3, 22), "closed": date(2023, 5, 22), "officer": "冯国梁",
        "reviewer": "祁永胜", "keep": "长期",
    },
    "police": "兰州市公安局城关分局", "procuratorate": "兰州市城关区人民检察院",
    "detention_house": "兰州市城关区看守所",
    "number": "兰公城（刑）诉字〔2023〕9045号", "day": date(2023, 5, 22),
    "person": HAN, "defendants": [HAN, LIU],
    "victims": [{"name": "梁秀芳"}, {"name": "马文博"}],
    "incident": {
        "total": Decimal(10810), "alcohol": Decimal("165.3"),
        "injuries": [{"person": "梁秀芳", "grade": "轻微伤"}],
    },
    "property": [BIKE, BAG, PHONE],
    # as facts have them; 67 and 15 are cited, but are no offences
    "citations": ["刑法第264条", "刑法第25条第1款", "刑法第67条第3款", "刑事诉讼法第15条"],
    "evidence": [
        {"kind": "物证", "titles": ["断线钳1把"]},
        {"kind": "被害人陈述", "titles": ["梁秀芳的陈述", "马文博的陈述"]},
    ],
    "narrative": {
        "history": "本案由梁秀芳于2023年3月22日报案至我局。现已侦查终结。",
        "facts": "一、2023年3月6日，二人盗走电动自行车1辆。\n二、2023年3月15日，盗走手机1部。",
        "evidence": "1．物证：断线钳1把；2．被害人陈述。",
        "circumstances": "犯罪嫌疑人韩志远系坦白。",
    },
    "papers": {"appraisals": [{"title": "价格认定结论书", "number": "兰城价认定〔2023〕9118号"}]},
    "volume": {
        "title": "诉讼文书卷", "place": 1, "pages": 42,
        "rows": [
            {"index": 1, "number": "兰公城（刑）立字〔2023〕9084号", "title": "立案决定书",
             "responsible": "兰州市公安局城关分局", "date": "2023-03-22", "pages": "1", "note": ""},
            {"index": 2, "title": "讯问笔录", "responsible": "韩志远", "date": "2023-03-24",
             "pages": "2–9", "note": "第一次"},
        ],
    },
    "volume_count": 2, "page_count": 80,
}  # fmt: skip
WORDS: dict[str, Any] = {
    "text": "兹记载", "prose": "兹记载一段。", "texts": ["冯国梁", "段文涛"],
    "date": date(2023, 6, 1), "moment": datetime(2023, 6, 1, 9, 5), "money": Decimal(5000),
    "number": 2, "flag": True,
}  # fmt: skip
"""What a clerk typed, by type."""
NAMES = {"arrestees": ["韩志远", "柳小军"]}
HEADS = {"卷宗封面": "刑事侦查卷宗"}


def node(value: object) -> Value:
    if isinstance(value, Mapping):
        inner = {code: node(each) for code, each in value.items() if each not in ("", None)}
        return Node(inner, str(value.get("name", "")))
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
        each.code: NAMES.get(each.code, WORDS[each.type])
        for each in fields
        if each.required or not required
    }


def text(title: str, view: Node) -> str:
    return plain_text(LIBRARY.find(title).render(view).docx)


BAD = re.compile(
    r"[，、；：。][，、；。]|（[，、；）]|[，、；]）|“”|《》|\{[{%]|[%}]\}|None|True|False"
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
    assert HEADS.get(title, title) in written.splitlines()


@pytest.mark.parametrize("title", TITLES)
def test_with_no_more_than_it_requires(title: str) -> None:
    template = LIBRARY.find(title)
    needed = set(template.card.required_paths)
    view = case(only(FULL, needed), **typed(title, required=True))
    assert template.gaps(view) == ()
    written = text(title, view)
    assert BAD.search(written) is None, written


@pytest.mark.parametrize("title", TITLES)
def test_each_required_field_is_missed(title: str) -> None:
    template = LIBRARY.find(title)
    paths = set(template.card.required_paths)
    missed = {gap.path.split("[")[0].split(".")[0] for gap in template.gaps(Node())}
    assert missed <= {path.split(".")[0] for path in paths}
    assert missed, "an empty case fills it"


def lines(title: str, **changes: Any) -> list[str]:
    values = {**typed(title, required=True), **changes}
    return [line.strip() for line in text(title, case(FULL, **values)).splitlines() if line.strip()]


def test_filing_names_the_article_and_the_case() -> None:
    assert (
        "根据《中华人民共和国刑事诉讼法》第一百一十二条之规定，"
        "决定对韩志远、柳小军涉嫌盗窃、诈骗案立案侦查。" in lines("立案决定书")
    )
    assert "二〇二三年五月二十二日" in lines("立案决定书")


def test_detention_warrant_in_full_and_without_what_may_be_absent() -> None:
    told = datetime(2023, 3, 24, 15, 40)
    full = lines("拘留证", announced=told, detention_ground="有流窜作案重大嫌疑。")
    assert (
        "根据《中华人民共和国刑事诉讼法》第八十二条之规定，兹决定对犯罪嫌疑人韩志远（性别男，"
        "出生日期1989年11月6日，住址兰州市城关区北雁街88号）执行拘留，送兰州市城关区看守所羁押。"
        in full
    )
    assert "执行拘留的理由：有流窜作案重大嫌疑。" in full
    assert "本证已于2023年3月24日15时40分向我宣布。" in full
    bare = lines("拘留证", person={"name": "韩志远"})
    assert any("犯罪嫌疑人韩志远执行拘留，送兰州市城关区看守所羁押。" in line for line in bare)
    assert not any("执行拘留的理由" in line for line in bare)
    only_address = lines("拘留证", person={"name": "韩志远", "address": "北雁街88号"})
    assert any("犯罪嫌疑人韩志远（住址北雁街88号）执行拘留" in line for line in only_address)


def test_notices_to_the_family() -> None:
    detention = lines("拘留通知书")
    assert "韩志远家属：" in detention
    assert any("将涉嫌盗窃罪、诈骗罪的韩志远刑事拘留，现羁押在" in line for line in detention)
    arrest = lines("逮捕通知书", kin="韩秀兰")
    assert "韩秀兰：" in arrest
    assert any("经兰州市城关区人民检察院批准，我局于2023年4月17日对" in line for line in arrest)


def test_arrest_request_for_all_or_for_some() -> None:
    danger = {"danger": "犯罪嫌疑人韩志远多次盗窃，可能实施新的犯罪。"}
    both = lines("提请批准逮捕书", **danger)
    assert any(line.startswith("综上所述，犯罪嫌疑人韩志远、柳小军的行为") for line in both)
    one = lines("提请批准逮捕书", arrestees=["韩志远"], **danger)
    assert any(line.startswith("综上所述，犯罪嫌疑人韩志远的行为已触犯") for line in one)
    assert LIU["identity"] not in one
    assert HAN["identity"] in one
    assert danger["danger"] in one
    assert "附：本案卷宗2卷80页。" in one


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"surety": "柳长林"}, "犯罪嫌疑人应当接受保证人柳长林的监督。"),
        ({"deposit": Decimal(5000)}, "犯罪嫌疑人应当交纳保证金（大写）伍仟元整。"),
    ],
)
def test_bail_by_surety_or_by_deposit(given: dict[str, Any], said: str) -> None:
    written = lines("取保候审决定书", bail_from=date(2023, 3, 31), **given)
    assert any(line.endswith(said) for line in written)
    assert any("期限从2023年3月31日起算，最长不超过十二个月" in line for line in written)


def test_residence_order_says_where_a_place_is_designated() -> None:
    given = {"residence_place": "兰州市城关区某处", "enforcer": "云岭路派出所"}
    home = "".join(lines("监视居住决定书", **given))
    assert "决定在兰州市城关区某处对其监视居住，由云岭路派出所执行" in home
    designated = "".join(lines("监视居住决定书", designated=True, **given))
    assert "监视居住（指定居所监视居住），由" in designated


def test_seizure_lists_what_was_seized_and_nothing_else() -> None:
    written = "\n".join(lines("扣押决定书", holder="韩志远"))
    assert "手机" in written
    assert "电动自行车" not in written


def test_transfer_list_says_what_became_of_each_thing() -> None:
    written = "\n".join(lines("随案移送清单"))
    assert re.search(r"1\s+双肩包\s+1个\s+已发还", written)
    assert "电动自行车" not in written
    assert re.search(r"2\s+手机\s+1部\s+3200元\s+随案移送", written)


def test_appraisal_notice_from_facts_or_as_typed() -> None:
    facts = lines("鉴定意见通知书")
    assert "韩志远、柳小军、梁秀芳、马文博：" in facts
    assert (
        "鉴定意见是：梁秀芳的损伤程度属轻微伤；送检血样中乙醇含量为165.3mg/100mL；"
        "涉案财物价格合计人民币10810元；"
        "详见所附鉴定意见（价格认定结论书，兰城价认定〔2023〕9118号）。" in facts
    )
    own = lines("鉴定意见通知书", opinion="该手机价值3200元。", notified_persons=["马文博"])
    assert "鉴定意见是：该手机价值3200元。" in own
    assert "马文博：" in own


def test_opinion_takes_passages_over() -> None:
    written = lines("起诉意见书", plea="二犯罪嫌疑人均自愿认罪认罚。")
    narrative = FULL["narrative"]
    for passage in (narrative["history"], narrative["evidence"], narrative["circumstances"]):
        assert written.count(passage) == 1
    # a passage of two paragraphs stays two
    assert narrative["facts"].split("\n")[0] in written
    assert (
        "综上所述，犯罪嫌疑人韩志远、柳小军的行为已触犯《中华人民共和国刑法》第二百六十四条、"
        "第二十五条第一款之规定，涉嫌盗窃罪、诈骗罪。依照《中华人民共和国刑事诉讼法》"
        "第一百六十二条之规定，现将此案移送审查起诉。" in written
    )
    assert "犯罪嫌疑人韩志远委托的辩护律师：郁文静（甘肃某律师事务所）。" in written
    assert any("柳小军现取保候审于其住处兰州市城关区望河路156号。" in line for line in written)


def test_opinion_without_passages_says_it_from_facts() -> None:
    narrative = {"facts": FULL["narrative"]["facts"]}
    written = lines("起诉意见书", narrative=narrative)
    assert (
        "犯罪嫌疑人韩志远、柳小军涉嫌盗窃罪、诈骗罪一案，我局于2023年3月22日受理，"
        "经审查于2023年3月22日立案侦查。现已侦查终结。" in written
    )
    assert "2．被害人陈述：梁秀芳的陈述、马文博的陈述。" in written
    assert "犯罪嫌疑人韩志远具有下列情节：坦白、前科。" in written


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([HAN], "犯罪嫌疑人韩志远的行为已触犯"),
        ([UNIT, HAN, LIU], "犯罪嫌疑单位某商贸公司、犯罪嫌疑人韩志远、柳小军的行为已触犯"),
        ([UNIT], "综上所述，犯罪嫌疑单位某商贸公司的行为已触犯"),
    ],
)
def test_opinion_against_people_and_units(people: list[dict[str, Any]], said: str) -> None:
    written = lines("起诉意见书", defendants=people)
    assert any(said in line for line in written)
    assert "某商贸公司现" not in "".join(written)
    numbers = [line[0] for line in written if re.match(r"\d．\S*(?:羁押|清单)", line)]
    assert numbers == (["2"] if people == [UNIT] else ["2", "3"])


def test_record_of_questioning_has_its_head() -> None:
    written = lines(
        "讯问笔录", questioned_from=datetime(2023, 3, 24, 14, 20), session=1,
        officers=["冯国梁", "段文涛"], station="云岭路派出所", recorder="段文涛",
    )  # fmt: skip
    assert "（第一次）" in written
    assert any(line.startswith("时间：2023年3月24日14时20分至") for line in written)
    assert any(line.startswith("讯问人（签名）：冯国梁、段文涛") for line in written)


def test_custody_transfer_has_four_parts_for_each_way() -> None:
    to_prosecution = lines("换押证")
    for part in ("（移送联）", "（接收联）", "（看守所联）", "（回执）"):
        assert to_prosecution.count(part) == 1
    assert any(
        "现已由兰州市公安局城关分局移送兰州市城关区人民检察院，请予换押。" in line
        for line in to_prosecution
    )
    to_court = lines(
        "换押证", sending_organ="兰州市城关区人民检察院", receiving_organ="兰州市城关区人民法院",
        period_from=date(2023, 6, 15), period_to=date(2023, 8, 15),
    )  # fmt: skip
    assert any("法定办案期限：自2023年6月15日起至2023年8月15日止" in line for line in to_court)
    assert not any("公安局" in line for line in to_court if "移送" in line)


def test_release_and_change_of_period() -> None:
    released = lines("释放通知书", release_ground="不批准逮捕。", release_basis="第九十一条")
    assert any(line.startswith("因不批准逮捕，根据") for line in released)
    changed = lines(
        "变更羁押期限通知书", custody_from=date(2023, 6, 17), custody_to=date(2023, 7, 17),
        approved_by="兰州市人民检察院",
    )  # fmt: skip
    assert any("羁押期限自2023年6月17日起至2023年7月17日止。" in line for line in changed)
    assert "批准（决定）机关：兰州市人民检察院。" in changed


def test_cover_listing_and_note_of_a_volume() -> None:
    cover = lines("卷宗封面")
    assert "（诉讼文书卷）" in cover
    assert any("本案共2卷" in line and "本卷共42页" in line for line in cover)
    listing = "\n".join(lines("卷内目录"))
    assert re.search(r"2\s+韩志远\s+讯问笔录\s+2023-03-24\s+2–9\s+第一次", listing)
    note = lines("备考表")
    assert "本卷为诉讼文书卷，共42页。" in note
    assert "立卷人：冯国梁" in note
