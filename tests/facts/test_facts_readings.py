"""Small cases: how sums, counts, measurements, numbers and names are written, and what contradicts
what."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from dossier.facts import CaseFacts, FactDocument, FactPage, case_facts
from dossier.facts.stock import Cell, count_of, same_thing, stock_of
from dossier.model import Line

_QUAD = (0.1, 0.1, 0.9, 0.1, 0.9, 0.2, 0.1, 0.2)
_TITLES = {
    "P07": "起诉书", "L29": "起诉意见书", "E23": "价格认定结论书", "E22": "血液酒精含量检验报告",
    "E11": "扣押清单", "L30": "随案移送清单",
}  # fmt: skip


def _paper(number: int, code: str, text: str) -> FactDocument:
    lines = tuple(Line(line, _QUAD) for line in text.split("\n"))
    return FactDocument(number, code, _TITLES[code], None, (FactPage(number, lines),))


def _case(**texts: str) -> CaseFacts:
    return case_facts(
        [
            _paper(number, code, f"{_TITLES[code]}\n{text}")
            for number, (code, text) in enumerate(texts.items(), 1)
        ]
    )


def _codes(facts: CaseFacts) -> list[str]:
    return [each.code for each in facts.conflicts]


# --- 价格认定 ----------------------------------------------------------------------------------

PROSE = (
    "一、价格认定标的\n华为P50手机1部。\n价格认定结论：华为P50手机1部，在基准日2023年4月27日的"
    "价格为人民币2860元（大写：贰仟捌佰陆拾元整）。"
)


def _table(head: str, *cells: str, end: str = "") -> str:
    pairs = zip(NAMES, cells, strict=False)
    rows = [f"{n}\t{name}\t1部\t{cell}" for n, (name, cell) in enumerate(pairs, 1)]
    return "\n".join(["六、价格认定结论", f"序号\t名称\t数量\t{head}", *rows, end])


NAMES = ("华为P50手机", "白鹭牌照相机")


@pytest.mark.parametrize(
    ("valuation", "values", "total"),
    [
        (PROSE, ["2860"], "2860"),
        (
            "四、价格认定结论\n涉案的华为P50手机1部，市场价格为人民币贰仟捌佰陆拾元整（¥2860.00）。"
            "\n五、声明\n鉴定费100元。",
            ["2860"],
            "2860",
        ),
        (
            "价格认定结论：1、华为P50手机1部价格为2860元；2、白鹭牌照相机（黑色）一台价格为3,900元。",
            ["2860", "3900"],
            "6760",
        ),
        (
            "价格认定结论：华为P50手机1部、白鹭牌照相机1台的价格合计人民币6760元。",
            [],
            "6760",
        ),
        ("价格认定结论：手机以4988元购买，在基准日的价格为2860元。", [], "2860"),
        ("一、价格认定标的\n华为P50手机1部，购买时价格4988元。", [], None),
        (_table("认定价格（元）", "2860", "3900"), ["2860", "3900"], "6760"),
        (_table("总价值（元）", "2,860.00", "3900元"), ["2860", "3900"], "6760"),
        (_table("认定价格（人民币：元）", "贰仟捌佰陆拾元", "0.39万元"), ["2860", "3900"], "6760"),
        (_table("认定价格（万元）", "0.286", "0.39万元"), ["2860", "3900"], "6760"),
        (_table("单价（元）", "2860"), [], None),
        (_table("价格（元）", "2860", end="合计\t\t1\t贰仟捌佰陆拾元整"), ["2860"], "2860"),
        (_table("价格（元）", "2860", end="合计：人民币2860元\t\t1部"), ["2860"], "2860"),
        (_table("价格（元）", "2860", "不详", end="以上合计人民币6000元。"), ["2860"], "6000"),
        (_table("价格（元）", "2860", "3900元/部"), ["2860"], None),
    ],
)
def test_what_a_valuation_says(valuation: str, values: list[str], total: str | None) -> None:
    facts = _case(E23=valuation)
    assert [each.value.value for each in facts.incident.amounts] == values
    assert [each.value.value for each in facts.property if each.value] == values
    found = facts.incident.total
    assert (found.value if found else None) == total
    for source in found.sources if found else ():
        assert source.boxes


@pytest.mark.parametrize(
    ("charge", "codes"),
    [
        ("经临泉市价格认证中心认定，被盗手机价值人民币3860元。", ["F201"]),
        ("该手机价值经认定为人民币3860元。", ["F201"]),
        ("经价格认定，涉案物品合计人民币3860元。", ["F201"]),
        ("经价格认定，该手机为人民币3860元。", ["F201"]),
        ("经临泉市价格认证中心认定，被盗手机价值人民币2860元。", []),
        ("该手机价值经认定为人民币2860元。", []),
        ("经价格认定，涉案物品合计人民币2860元。", []),
        # not what was appraised
        ("经审查认定，被告人共计骗取人民币3860元。", []),
        ("经价格认定，手机价值明确，被告人退赔5000元。", []),
        ("该手机以3860元购得。", []),
    ],
)
@pytest.mark.parametrize("valuation", [PROSE, _table("总价值（元）", "贰仟捌佰陆拾元")])
def test_what_a_charge_says_was_appraised(valuation: str, charge: str, codes: list[str]) -> None:
    text = f"经依法审查查明：\n2023年4月27日，被告人尚文海盗走华为P50手机1部。{charge}"
    assert _codes(_case(E23=valuation, P07=text)) == codes


# --- lists ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seized", "handed", "codes"),
    [
        ("手机\t1部", "黑色手机\t1部", []),
        ("人民币现金\t5000元", "现金\t5000元", []),
        ("轿车甘A12345号\t1辆", "轿车甘A67890号\t1辆", ["F301"]),
        ("轿车甘A12345号\t1辆", "甘A12345号轿车\t1辆", ["F301"]),
        ("华为P50手机\t1部", "华为P40手机\t1部", ["F301"]),
        ("小米12手机\t1部", "小米13手机\t1部", ["F301"]),
        ("手机\t1部", "手机卡\t1张", ["F301"]),
        ("海洛因\t0.67克", "海洛因\t0.57克", ["F302"]),
        ("海洛因\t1.2公斤", "海洛因\t1200克", []),
        ("海洛因\t2包", "海洛因\t0.57克", []),
        ("撬棍\t2", "撬棍\t1", ["F302"]),
        ("撬棍\t二部", "撬棍\t一部", ["F302"]),
        ("撬棍\t十二根", "撬棍\t12根", []),
        ("现金\t0.5万元", "现金\t4000元", ["F302"]),
        ("撬棍\t若干", "撬棍\t1根", []),
    ],
)
def test_what_was_seized_and_what_was_handed_over(
    seized: str, handed: str, codes: list[str]
) -> None:
    head = "编号\t名称\t数量\n"
    facts = _case(
        E11=f"{head}1\t{seized}\n2\t断线钳\t1把", L30=f"{head}1\t{handed}\n2\t断线钳\t1把"
    )
    assert _codes(facts) == codes


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("手机", "黑色手机", True),
        ("手机", "手机卡", False),
        ("车", "轿车", False),
        ("北极光X30型手机", "北极光X30型手机1部", True),
        ("甘A12345号轿车", "甘A67890号轿车", False),
    ],
)
def test_same_thing(one: str, other: str, same: bool) -> None:
    assert same_thing(one, other) is same_thing(other, one) is same


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1部", (1, "")), ("12", (12, "")), ("二十部", (20, "")), ("共3个", (3, "")),
        ("贰本", (2, "")), ("0.67克", ("0.67", "克")), ("1.5kg", (1500, "克")),
        ("1千克", (1000, "克")), ("半个", None),
        ("3包", (3, "包")), ("5,000元", (5000, "元")), ("若干", None), ("10余枚", None), ("", None),
        ("1.2.3克", None), ("一批", (1, "批")),
    ],
)  # fmt: skip
def test_counts(text: str, count: tuple[int | str, str] | None) -> None:
    assert count_of(Cell(text, 0, 1)) == (count and (Decimal(count[0]), count[1]))


def test_a_column_of_text_files_is_kept_where_a_tab_is_one_blank_wide() -> None:
    text = "序号\t名称\t数量\t认定价格（元）\n1\t华为P50手机\t1部\t2860"
    paper = _paper(1, "E23", text.replace("\t", " \t").expandtabs(4))
    (item,) = stock_of(paper).items
    assert (item.name.text, item.value) == ("华为P50手机", 2860)
    assert item.quantity is not None
    assert item.quantity.text == "1部"


# --- alcohol ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alcohol:
    report: str
    charge: str
    codes: tuple[str, ...] = ()


@pytest.mark.parametrize(
    "alcohol",
    [
        Alcohol("186.5", "血液中酒精含量为187mg/100ml"),
        Alcohol("186.53", "血液中酒精含量为186.5mg/100ml"),
        Alcohol("186.5", "血液中酒精含量为186.5mg/100ml，系醉酒（80mg/100ml）驾驶"),
        Alcohol("186.5", "现场吹气检测，酒精含量为165mg/100ml，血液酒精含量为186.5mg/100ml"),
        Alcohol("186.5", "现场呼气检测，酒精含量为165mg/100ml，血液酒精含量为186.5mg/100ml"),
        Alcohol("186.5", "血液中酒精含量为168.5mg/100ml", ("F401",)),
        Alcohol("186.5", "血液中酒精含量为185mg/100ml", ("F401",)),
        Alcohol("186.53", "血液中酒精含量为186.6mg/100ml", ("F401",)),
        Alcohol("186.5", "系醉酒驾驶，血液中酒精含量（168.5mg/100ml）", ("F401",)),
        Alcohol("186.5", "吹气后抽血，血液酒精含量为168.5mg/100ml", ("F401",)),
    ],
    ids=lambda alcohol: alcohol.charge,
)
def test_alcohol_of_the_report_and_of_the_charge(alcohol: Alcohol) -> None:
    report = f"三、检验结果\n送检的血样中检出乙醇，含量为{alcohol.report}mg/100ml。"
    charge = f"经依法审查查明：\n被告人尚文海饮酒后驾驶机动车。经检验，{alcohol.charge}。"
    assert tuple(_codes(_case(E22=report, P07=charge))) == alcohol.codes


# --- numbers and names ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("opinion", "charge", "codes"),
    [
        (
            "高小禾，女，公民身份号码34122119961121292x",
            "高小禾，女，公民身份号码34122119961121292X",
            [],
        ),
        (
            "高小禾，女，公民身份号码341221199611212919",
            "高小禾，女，公民身份号码34122119961121292X",
            ["F103"],
        ),
        (
            "张小三，男，公民身份号码341221198803092913",
            "张三（绰号“老三”、曾用名张小三），男，公民身份号码341221198803092913",
            [],
        ),
        (
            "张小四，男，公民身份号码341221198803092913",
            "张三（绰号“老三”、曾用名张小三），男，公民身份号码341221198803092913",
            ["F104"],
        ),
    ],
)
def test_numbers_and_names_of_one_person(opinion: str, charge: str, codes: list[str]) -> None:
    facts = _case(L29=f"犯罪嫌疑人{opinion}，汉族。", P07=f"被告人{charge}，汉族。")
    assert sorted(_codes(facts)) == sorted(codes)


@pytest.mark.parametrize(
    ("entry", "aliases"),
    [
        ("绰号“老三”、曾用名张小三", ["老三", "张小三"]),
        ("绰号“老三”、曾用名：张小三", ["老三", "张小三"]),
        ("绰号“老三”、“小名三”", ["老三", "小名三"]),
        ("曾用名张小三、张大三", ["张小三", "张大三"]),
        ("曾用名无、别名老三", ["老三"]),
    ],
)
def test_aliases(entry: str, aliases: list[str]) -> None:
    (person,) = _case(P07=f"被告人张三（{entry}），男，汉族。").defendants
    assert [each.value for each in person.aliases] == aliases
