"""量刑情节: polarity, speaker and person of circumstances. All names are invented."""

from __future__ import annotations

import datetime as dt
import re
import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from dossier.elements.circumstances import circumstance_types, circumstances
from dossier.elements.circumstancetypes import Band, _CircumstancesFile
from dossier.elements.segments import segments
from dossier.elements.values import Circumstance, Segment

NAMES = ("赵甲", "钱乙", "孙丙")


def read(text: str, names: tuple[str, ...] = NAMES) -> tuple[Circumstance, ...]:
    """Of a text that is 本院认为 as a whole."""
    return circumstances(text, (Segment("reasoning", 0, len(text)),), names, "judgment")


def found(text: str, names: tuple[str, ...] = NAMES) -> set[str]:
    """What the court finds, - before what it denies."""
    return {
        one.code if one.holds else f"-{one.code}"
        for one in read(text, names)
        if one.speaker == "court"
    }


# --- the data -------------------------------------------------------------------------------------

WANTED = [
    "自首",
    "坦白",
    "如实供述",
    "当庭自愿认罪",
    "认罪认罚",
    "立功",
    "重大立功",
    "累犯",
    "毒品再犯",
    "前科",
    "劣迹",
    "初犯",
    "主犯",
    "从犯",
    "胁从犯",
    "教唆",
    "未遂",
    "中止",
    "预备",
    "未成年",
    "老年",
    "聋哑盲",
    "限制刑事责任能力",
    "防卫过当",
    "避险过当",
    "退赃退赔",
    "赔偿",
    "谅解",
    "刑事和解",
    "被害人过错",
    "弱势被害人",
    "灾害期间犯罪",
    "多次",
    "入户",
    "持凶器",
    "扒窃",
    "逃逸",
    "无证驾驶",
    "醉酒",
    "羁押表现好",
    "悔罪表现",
    "预缴罚金",
]


def test_every_circumstance_is_there() -> None:
    assert {one.code for one in circumstance_types()} == set(WANTED)


@pytest.mark.parametrize(
    ("code", "bands"),
    [
        ("未成年", [(0.3, 0.6), (0.1, 0.5)]),
        ("老年", [(0, 0.4), (0.2, 0.5)]),
        ("聋哑盲", [(0, 0.5), (0.5, 1)]),
        ("未遂", [(0, 0.5)]),
        ("从犯", [(0.2, 0.5), (0.5, 1)]),
        ("自首", [(0, 0.4), (0.4, 1)]),
        ("坦白", [(0, 0.2), (0.1, 0.3), (0.3, 0.5)]),
        ("立功", [(0, 0.2)]),
        ("重大立功", [(0.2, 0.5), (0.5, 1)]),
        ("认罪认罚", [(0, 0.3), (0, 0.6), (0.6, 1)]),
        ("当庭自愿认罪", [(0, 0.1)]),
        ("退赃退赔", [(0, 0.3)]),
        ("赔偿", [(0, 0.4), (0, 0.3)]),
        ("谅解", [(0, 0.2)]),
        ("刑事和解", [(0, 0.5), (0.5, 1)]),
        ("羁押表现好", [(0, 0.1)]),
        ("累犯", [(0.1, 0.4)]),
        ("前科", [(0, 0.1)]),
        ("被害人过错", []),
        ("弱势被害人", [(0, 0.2)]),
        ("灾害期间犯罪", [(0, 0.2)]),
    ],
)
def test_bands_of_the_sentencing_opinion(code: str, bands: list[tuple[float, float]]) -> None:
    kind = next(one for one in circumstance_types() if one.code == code)
    assert [(band.min, band.max) for band in kind.bands] == bands
    assert kind.since == dt.date(2021, 7, 1)


def test_direction_layer_and_source() -> None:
    kinds = {one.code: one for one in circumstance_types()}
    assert kinds["自首"].direction == "lighter"
    assert kinds["累犯"].direction == "heavier"
    assert kinds["自首"].articles == ("刑法第67条第1款", "刑法第67条第2款")
    first = {code for code, one in kinds.items() if one.layer == 1}
    assert first == {
        "未成年", "老年", "聋哑盲", "限制刑事责任能力", "防卫过当", "避险过当", "预备", "未遂",
        "中止", "从犯", "胁从犯", "教唆",
    }  # fmt: skip
    assert all(one.tag in ("V", "V2", "K") and one.english.isascii() for one in kinds.values())


ENTRY = """
version: 1
source: a test
effective_from: 2021-07-01
circumstances:
  - code: 自首
    english: surrender
    direction: lighter
    articles: []
    tag: K
    words: [自首]
    phrases: [自首]
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("phrases: [自首]", "phrases: ['自首(']"),
        ("phrases: [自首]", "phrases: ['自首.*']"),
        ("phrases: [自首]", "phrases: ['(自首)']"),
        ("phrases: [自首]", "phrases: []"),
        ("direction: lighter", "direction: sideways"),
        ("tag: K", "tag: Z"),
        ("tag: K", "tag: K\n    bands: [{min: 0.5, max: 0.4}]"),
        ("tag: K", "tag: K\n    read_as: {code: 坦白, unless: []}"),
        ("tag: K", "tag: K\n    outweighed: [坦白]"),
        ("tag: K", "tag: K\n    colour: red"),
        ("source: a test", "source: ''"),
        ("words: [自首]", "words: []"),
    ],
)
def test_wrong_data_is_refused(old: str, new: str) -> None:
    _CircumstancesFile.model_validate(yaml.safe_load(ENTRY))
    with pytest.raises(ValidationError):
        _CircumstancesFile.model_validate(yaml.safe_load(ENTRY.replace(old, new)))


def test_a_code_stands_once() -> None:
    data = yaml.safe_load(ENTRY)
    data["circumstances"] *= 2
    with pytest.raises(ValidationError, match="twice"):
        _CircumstancesFile.model_validate(data)


def test_band_beyond() -> None:
    assert Band(min=0.4, max=1, beyond=True, exempt=True).exempt


# --- what is found --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被告人赵甲主动投案，如实供述自己的罪行，系自首，依法可以从轻处罚。", {"自首"}),
        ("被告人赵甲经民警电话传唤主动到案，并如实供述主要犯罪事实，可以从轻处罚。", {"自首"}),
        ("被告人赵甲明知他人报警而在现场等候，归案后如实供述，以自首论。", {"自首"}),
        ("被告人赵甲有自首情节。", {"自首"}),
        ("被告人赵甲虽对行为性质有所辩解，但不影响自首的成立。", {"自首"}),
        ("被告人赵甲归案后如实供述自己的罪行，可以从轻处罚。", {"坦白"}),
        ("被告人赵甲归案后如实供述自己的罪行，系坦白，可以从轻处罚。", {"坦白"}),
        ("被告人赵甲当庭自愿认罪，酌情从轻处罚。", {"当庭自愿认罪"}),
        ("被告人赵甲认罪态度较好。", {"当庭自愿认罪"}),
        ("被告人赵甲自愿认罪认罚，签署具结书，可以从宽处理。", {"认罪认罚"}),
        ("被告人赵甲协助抓获同案犯，有立功表现。", {"立功"}),
        ("被告人赵甲检举他人重大犯罪，查证属实，具有重大立功表现。", {"重大立功"}),
        ("被告人赵甲刑满释放后五年内再犯应当判处有期徒刑以上刑罚之罪，系累犯。", {"累犯"}),
        ("被告人赵甲曾因贩卖毒品被判过刑，系毒品再犯，应从重处罚。", {"毒品再犯"}),
        ("被告人赵甲有犯罪前科，酌情从重处罚。", {"前科"}),
        ("被告人赵甲曾因犯盗窃罪被判处有期徒刑一年。", {"前科"}),
        ("被告人赵甲曾因赌博被行政处罚。", {"劣迹"}),
        ("被告人赵甲系初犯、偶犯。", {"初犯"}),
        ("在共同犯罪中，被告人赵甲起主要作用，系主犯。", {"主犯"}),
        ("在共同犯罪中，被告人赵甲起次要作用，系从犯，应当从轻处罚。", {"从犯"}),
        ("被告人赵甲系胁从犯，应当减轻处罚。", {"胁从犯"}),
        ("被告人赵甲系教唆犯。", {"教唆"}),
        ("被告人赵甲因意志以外的原因未能得逞，系犯罪未遂，可以比照既遂犯从轻处罚。", {"未遂"}),
        ("被告人赵甲自动放弃犯罪，系犯罪中止。", {"中止"}),
        ("被告人赵甲为犯罪准备工具，系犯罪预备。", {"预备"}),
        ("被告人赵甲犯罪时未满十八周岁，应当从轻处罚。", {"未成年"}),
        ("被告人赵甲作案时系未成年人。", {"未成年"}),
        ("被告人赵甲已满七十五周岁。", {"老年"}),
        ("被告人赵甲系又聋又哑的人。", {"聋哑盲"}),
        ("被告人赵甲系限制刑事责任能力人。", {"限制刑事责任能力"}),
        ("被告人赵甲的行为系防卫过当，应当减轻处罚。", {"防卫过当"}),
        ("被告人赵甲的行为属避险过当。", {"避险过当"}),
        ("被告人赵甲积极退赃，酌情从轻处罚。", {"退赃退赔"}),
        ("被告人赵甲将全部款项退还被害人。", {"退赃退赔"}),
        ("被告人赵甲的家属代为赔偿被害人经济损失，取得被害人谅解。", {"赔偿", "谅解"}),
        ("双方达成刑事和解。", {"刑事和解"}),
        ("被告人赵甲主动缴纳罚金。", {"预缴罚金"}),
        ("被害人对本案的发生存在一定过错，可对被告人酌情从轻处罚。", {"被害人过错"}),
        ("被告人赵甲针对老年人实施诈骗，酌情从重处罚。", {"弱势被害人"}),
        ("被告人赵甲在疫情防控期间故意犯罪，酌情从重处罚。", {"灾害期间犯罪"}),
        ("被告人赵甲多次盗窃他人财物。", {"多次"}),
        ("被告人赵甲入户盗窃，酌情从重处罚。", {"入户"}),
        ("被告人赵甲携带凶器盗窃。", {"持凶器"}),
        ("被告人赵甲在公共汽车上扒窃。", {"扒窃"}),
        ("被告人赵甲肇事后逃逸。", {"逃逸"}),
        ("被告人赵甲无证驾驶机动车。", {"无证驾驶"}),
        ("被告人赵甲未取得机动车驾驶证驾驶机动车上路。", {"无证驾驶"}),
        ("被告人赵甲醉酒驾驶机动车。", {"醉酒"}),
        ("被告人赵甲羁押期间表现较好。", {"羁押表现好"}),
        ("被告人赵甲确有悔罪表现，宣告缓刑对所居住社区没有重大不良影响。", {"悔罪表现"}),
    ],
)
def test_what_a_court_finds(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被告人赵甲的行为不构成自首。", {"-自首"}),
        ("被告人赵甲系被抓获归案，不能认定为自首。", {"-自首"}),
        ("被告人赵甲不符合自首的构成要件。", {"-自首"}),
        ("被告人赵甲的自首情节不予认定。", {"-自首"}),
        ("被告人赵甲自动投案后又翻供，不应认定为自首。", {"-自首", "-坦白"}),
        ("被告人赵甲投案后，如实供述后又翻供，但一审判决前又能如实供述，系自首。", {"自首"}),
        ("被告人赵甲虽不具有自首情节，但归案后如实供述，可以从轻处罚。", {"-自首", "坦白"}),
        ("被告人赵甲到案后拒不供认。", {"-坦白"}),
        ("被告人赵甲归案后未如实供述犯罪事实。", {"-坦白"}),
        ("被告人赵甲当庭拒不认罪。", {"-当庭自愿认罪"}),
        ("被告人赵甲庭审中不自愿认罪。", {"-当庭自愿认罪"}),
        ("被告人赵甲撤回认罪认罚具结书。", {"-认罪认罚"}),
        ("被告人赵甲未签署具结书。", {"-认罪认罚"}),
        ("被告人赵甲依法不构成累犯。", {"-累犯"}),
        ("被告人赵甲无犯罪前科。", {"-前科"}),
        ("被告人赵甲无前科、系初犯，酌情从轻处罚。", {"-前科", "初犯"}),
        ("被告人赵甲、钱乙作用相当，不宜区分主从犯。", {"-从犯"}),
        ("二人均系主犯。", {"主犯"}),
        ("被告人赵甲在共同犯罪中并非起次要作用，不宜认定为从犯、初犯。", {"-从犯", "-初犯"}),
        ("被告人赵甲未赔偿被害人损失，未取得谅解。", {"-赔偿", "-谅解"}),
        ("被害人撤回谅解，被告人赵甲至今没有退赔。", {"-谅解", "-退赃退赔"}),
        ("被害人家属表示不予谅解。", {"-谅解"}),
        ("被告人赵甲系犯罪既遂。", {"-未遂"}),
        ("被害人不存在过错。", {"-被害人过错"}),
        ("被告人赵甲的行为不属于防卫过当。", {"-防卫过当"}),
        ("被告人赵甲检举的线索未查实，不构成立功。", {"-立功"}),
        ("被告人赵甲没有逃逸。", {"-逃逸"}),
    ],
)
def test_what_a_court_denies(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        # the law, not a finding
        "对于自首的犯罪分子，可以从轻或者减轻处罚。",
        "犯罪以后自动投案，如实供述自己的罪行的，是自首。",
        "《中华人民共和国刑法》第六十七条规定：犯罪以后自动投案，如实供述自己的罪行的，是自首。",
        "根据最高人民法院《关于处理自首和立功具体应用法律若干问题的解释》第一条。",
        "依照《中华人民共和国刑法》第六十五条第一款累犯、第六十七条第三款如实供述自己的罪行之规定。",
        "如果被告人赵甲系自首，应当从轻处罚。",
        "关于被告人赵甲是否构成自首。",
        "关于被告人赵甲的立功问题。",
        # somebody else
        "同案犯李某系主犯。",
        "周某（另案处理）系主犯。",
        # something else
        "责令被告人赵甲退赔被害人经济损失。",
        "被告人赵甲应当赔偿附带民事诉讼原告人经济损失。",
        "被告人赵甲依法应当承担赔偿责任。",
        "继续追缴违法所得，应予退赔。",
        "被告人赵甲在缓刑考验期内犯新罪，撤销缓刑。",
        "根据被告人赵甲的犯罪事实、性质、情节和悔罪表现。",
        "被告人赵甲虽曾犯罪，但前罪时系未成年人。",
        "被告人赵甲规劝同伙自首。",
        "",
    ],
)
def test_what_is_no_finding(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("辩护人提出被告人赵甲系自首的意见，不予采纳。", {"-自首"}),
        ("辩护人提出被告人赵甲系自首的意见，与事实不符，不予采纳。", {"-自首"}),
        ("辩护人提出被告人赵甲系自首的意见，予以采纳。", {"自首"}),
        ("辩护人关于被告人赵甲系从犯的辩护意见，经查属实，本院予以采纳。", {"从犯"}),
        (
            "辩护人提出“被告人赵甲系从犯，认罪态度较好”的意见，本院予以采纳。",
            {"从犯", "当庭自愿认罪"},
        ),
        (
            "关于辩护人提出被告人赵甲具有立功情节的辩护意见，经查，被告人赵甲所述线索不实，"
            "该辩护意见不能成立，不予采纳。",
            {"-立功"},
        ),
        (
            "辩护人提出被告人赵甲系初犯的意见予以采纳；但提出被告人赵甲系从犯的意见，"
            "与查明事实不符，不予采纳。",
            {"初犯", "-从犯"},
        ),
        (
            "辩护人提出被告人赵甲系从犯、未遂的意见，经查，被告人赵甲已得手，不属于未遂；"
            "其余辩护意见，符合事实，予以采纳。",
            {"从犯", "-未遂"},
        ),
        ("公诉机关认为被告人赵甲系累犯的意见，本院予以支持。", {"累犯"}),
        ("公诉机关认为被告人赵甲系累犯不当，不予支持。", {"-累犯"}),
        ("被告人赵甲有坦白情节的辩护意见，因其归案后未如实供述，不予采纳。", {"-坦白"}),
        # what is refused is the request
        (
            "被告人赵甲系自首，可以从轻处罚。辩护人以被告人赵甲系自首，请求免予刑事处罚的意见，"
            "不予采纳。",
            {"自首"},
        ),
        # nothing is said of it
        ("辩护人提出被告人赵甲系自首。", set()),
        ("辩护人提出被告人赵甲系自首、从犯的意见，部分采纳。", set()),
        ("原判认定赵甲系累犯，属适用法律错误，应予纠正。", {"-累犯"}),
        ("原判没有认定赵甲系从犯有误，应予纠正。", {"从犯"}),
    ],
)
def test_opinions_and_the_courts_answer(text: str, expected: set[str]) -> None:
    assert found(text) == expected


def test_an_opinion_without_answer_is_its_authors() -> None:
    (one,) = read("辩护人提出被告人赵甲系自首。")
    assert (one.code, one.holds, one.speaker) == ("自首", True, "defence")
    (one,) = read("公诉机关认为被告人赵甲系累犯。")
    assert (one.code, one.holds, one.speaker) == ("累犯", True, "prosecution")


# --- of whom --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "被告人赵甲系主犯，被告人钱乙系从犯。",
            {("主犯", ("赵甲",)), ("从犯", ("钱乙",))},
        ),
        ("被告人赵甲、钱乙和被告人孙丙均系初犯。", {("初犯", ("赵甲", "钱乙", "孙丙"))}),
        (
            "被告人赵甲、钱乙共同盗窃。二被告人均当庭自愿认罪。",
            {("当庭自愿认罪", ("赵甲", "钱乙"))},
        ),
        ("各被告人均系初犯。", {("初犯", NAMES)}),
        ("三名被告人均系初犯。", {("初犯", NAMES)}),
        ("被告人赵甲盗窃他人财物。其归案后如实供述。", {("坦白", ("赵甲",))}),
        ("赵甲有自首情节，钱乙有立功表现。", {("自首", ("赵甲",)), ("立功", ("钱乙",))}),
        (
            "被告人赵甲协助公安机关抓获同案被告人钱乙，有立功表现。",
            {("立功", ("赵甲",))},
        ),
        (
            "被告人赵甲主动投案；被告人钱乙归案后如实供述自己的罪行。",
            {("坦白", ("钱乙",))},
        ),
        ("双方当庭和解，取得谅解。", {("谅解", ())}),
        ("被告人赵甲的辩护人提出赵甲系从犯的意见，予以采纳。", {("从犯", ("赵甲",))}),
    ],
)
def test_of_whom(text: str, expected: set[tuple[str, tuple[str, ...]]]) -> None:
    assert {(one.code, one.defendants) for one in read(text)} == expected


def test_one_defendant_is_always_meant() -> None:
    assert {one.defendants for one in read("被告人系初犯。其有自首情节。", ("赵甲",))} == {
        ("赵甲",)
    }


def test_a_longer_name_is_another_person() -> None:
    (one,) = read("被告人赵某某系从犯。", ("赵某", "赵某某"))
    assert one.defendants == ("赵某某",)


# --- who says it ----------------------------------------------------------------------------------

JUDGMENT = """某某市人民法院
刑事判决书
（2023）甘0199刑初1号
公诉机关某某市人民检察院。
被告人赵甲，男，1990年1月1日出生。曾因犯盗窃罪被判处有期徒刑一年。
某某市人民检察院指控：2023年1月1日，被告人赵甲盗窃他人财物。公诉机关认为，被告人赵甲系累犯，应当从重处罚。
被告人赵甲对指控的事实无异议。其辩护人提出，被告人赵甲系自首，且系初犯。
经审理查明：2023年1月1日，被告人赵甲盗窃他人财物。案发后，被告人赵甲的家属赔偿被害人损失，取得谅解。
上述事实，有证人证言等证据证实。
本院认为，被告人赵甲盗窃他人财物，其行为已构成盗窃罪。被告人赵甲归案后
如实供述自己的罪行，系坦白。辩护人提出被告人赵甲系自首的意见，不予采纳。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：
被告人赵甲犯盗窃罪，判处拘役一个月。
如不服本判决，可在接到判决书的第二日起十日内提出上诉。
审判员　周某
附：相关法律条文
第六十七条　犯罪以后自动投案，如实供述自己的罪行的，是自首。对于自首的犯罪分子，可以从轻处罚。
"""


def test_a_whole_judgment() -> None:
    parts = segments(JUDGMENT, "judgment")
    said = [(one.code, one.holds, one.speaker) for one in circumstances(JUDGMENT, parts, ("赵甲",))]
    assert said == [
        ("累犯", True, "prosecution"),
        ("自首", True, "defence"),
        ("初犯", True, "defence"),
        ("赔偿", True, "court"),
        ("谅解", True, "court"),
        ("坦白", True, "court"),
        ("自首", False, "court"),
    ]


def test_an_indictment_speaks_for_the_prosecution() -> None:
    text = (
        "起诉书\n被告人赵甲，男。"
        "\n经依法审查查明：被告人赵甲盗窃。\n本院认为，被告人赵甲系累犯，应当从重处罚。此致"
    )
    parts = segments(text, "indictment")
    (one,) = circumstances(text, parts, ("赵甲",), "indictment")
    assert (one.code, one.speaker) == ("累犯", "prosecution")
    (one,) = circumstances("被告人赵甲系累犯。", (), ("赵甲",), "interrogation")
    assert one.speaker == "document"


# --- form -----------------------------------------------------------------------------------------


def test_lines_and_blanks_do_not_matter() -> None:
    plain = (
        "被告人赵甲主动投案，如实供述自己的罪行，系自首。"
        "被告人钱乙不构成累犯。辩护人提出从犯的意见，不予采纳。"
    )
    broken = "\n ".join(plain)
    assert [(one.code, one.holds, one.defendants) for one in read(plain)] == [
        (one.code, one.holds, one.defendants) for one in read(broken)
    ]
    for one in read(broken):
        said = re.sub(r"\s", "", broken[one.start : one.stop])
        assert said
        assert said in plain


def test_spans_are_of_the_given_text() -> None:
    text = "　　被告人赵甲，系 自首；系累犯。"
    assert [text[one.start : one.stop] for one in read(text)] == ["自首", "累犯"]


PIECES = st.sampled_from(
    [
        "被告人", "赵甲", "钱乙", "辩护人", "提出", "系自首", "从犯", "不构成", "的意见",
        "不予采纳", "予以采纳", "，", "。", "；",
        "“", "”", "（另案处理）", "《刑法》第六十七条", "规定：", "投案", "如实供述", "赔偿",
        "谅解", "二被告人", "\n", " ", "的，是",
        "本院认为", "判决如下：", "曾因", "、", "原判", "错误",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=120).map("".join)))
def test_no_text_breaks_it(text: str) -> None:
    for parts in (segments(text, "judgment"), (), (Segment("reasoning", 0, len(text)),)):
        for one in circumstances(text, parts, NAMES):
            assert 0 <= one.start < one.stop <= len(text)
            assert one.code in WANTED
            assert set(one.defendants) <= set(NAMES)


@pytest.mark.parametrize(
    "piece",
    [
        "自首", "被告人赵甲", "辩护人提出", "，", "“", "的意见不予采纳", "（", "《",
        "第六十七条", "投案如实供述", "赔偿、",
        "曾因", "赵甲、", "不", "如果自首，", "被害人", "的，是", "1、",
    ],
)  # fmt: skip
def test_time_grows_with_length_only(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    begin = time.process_time()
    circumstances(text, (Segment("reasoning", 0, len(text)),), NAMES, "judgment")
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被告人赵甲猥亵儿童，被害人李丁系未成年人。", {"弱势被害人"}),
        ("被害人系未成年人，被告人赵甲依法应从重处罚。", {"弱势被害人"}),
        ("被告人赵甲明知被害人李丁作案时不满十八周岁。", set()),
        ("被告人赵甲殴打他人，被害人李丁系聋哑人。", set()),
        ("被告人赵甲诈骗他人，被害人李丁已满七十五周岁。", set()),
        ("被害人李丁系限制刑事责任能力人，被告人赵甲应从重处罚。", set()),
        ("被告人赵甲殴打被害人时未满十八周岁，依法从轻处罚。", {"未成年"}),
        ("被告人赵甲致被害人李丁轻伤，犯罪时系未成年人。", {"未成年"}),
        ("被告人赵甲系未成年人，被害人李丁亦系未成年人。", {"未成年"}),
        ("被告人赵甲殴打被害人李丁，赵甲系聋哑人。", {"聋哑盲"}),
    ],
)
def test_what_the_victim_is_is_no_circumstance_of_the_person(text: str, expected: set[str]) -> None:
    assert found(text) == expected


def test_many_opinions_in_one_sentence_are_read_in_time_that_grows_with_the_text() -> None:
    opinion = "辩护人提出赵甲系自首的意见，"

    def seconds(size: int) -> float:
        text = "本院认为，" + opinion * (size // len(opinion))
        begin = time.perf_counter()
        read(text)
        return time.perf_counter() - begin

    seconds(1000)
    assert seconds(100_000) < 12 * seconds(25_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("辩护人关于赵甲有自首、系从犯的辩护意见，前者成立，后者不成立。", set()),
        ("辩护人提出赵甲系自首、从犯的意见，经查，后者成立，予以采纳，前者不予采纳。", set()),
        ("公诉机关指控被告人赵甲系主犯不当，应予纠正。", {"-主犯"}),
        ("公诉机关指控被告人赵甲系累犯有误，本院予以纠正。", {"-累犯"}),
        ("公诉机关指控被告人赵甲系主犯并无不当。", set()),
    ],
)
def test_an_answer_to_each_of_several_and_an_accusation_that_is_wrong(
    text: str, expected: set[str]
) -> None:
    assert found(text) == expected
