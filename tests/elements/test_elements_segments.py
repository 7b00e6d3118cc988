"""Parts of documents. All persons and cases are made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.elements.segments import segment_at, segments, text_kind
from dossier.elements.values import TextKind

FIRST = """甘肃省云川市东岭区人民法院
刑事判决书
（2023）甘9902刑初45号
公诉机关云川市东岭区人民检察院。
被告人钟大川，男，1988年3月2日出生，汉族，无业。2023年1月5日被刑事拘留。现羁押于云川市看守所。
辩护人郝青山，甘肃青山律师事务所律师。
云川市东岭区人民检察院以东检刑诉〔2023〕31号起诉书指控被告人钟大川犯盗窃罪，于2023年4月1日向本院提起公诉。本院依法适用简易程序，公开开庭审理了本案。现已审理终结。
公诉机关指控：2023年1月3日，被告人钟大川在东岭区河滨路窃得电动车一辆。
为证实上述指控，公诉机关当庭出示了书证、被害人陈述等证据。
被告人钟大川对指控的事实无异议，自愿认罪。辩护人提出，被告人系初犯，请求从轻处罚。
经审理查明，2023年1月3日，被告人钟大川在河滨路窃得韦小红的电动车一辆，价值2400元。
另查明，赃物已发还。
上述事实，有下列证据证实：1.受案登记表；2.被害人韦小红的陈述。
本院认为，被告人钟大川以非法占有为目的，秘密窃取他人财物，其行为已构成盗窃罪。辩护人的意见，予以采纳。\
本院认为，可以从轻处罚。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：
一、被告人钟大川犯盗窃罪，判处拘役四个月，并处罚金人民币二千元。
二、责令退赔被害人损失。
如不服本判决，可在接到判决书的第二日起十日内提出上诉。
审判员  莫长河
二〇二三年五月八日
书记员  田甜
附：本案适用的法律条文
《中华人民共和国刑法》第二百六十四条
"""

APPEAL = """甘肃省云川市中级人民法院
刑事判决书
（2023）甘99刑终12号
原公诉机关云川市东岭区人民检察院。
上诉人（原审被告人）钟大川，男，1988年3月2日出生。
云川市东岭区人民法院审理东岭区人民检察院指控被告人钟大川犯盗窃罪一案，于2023年5月8日作出（2023）甘9902刑初45号刑事判决。宣判后，钟大川不服，提出上诉。本院依法组成合议庭审理了本案。现已审理终结。
原判认定，2023年1月3日，被告人钟大川窃得电动车一辆。
上述事实，有被害人陈述等证据证实。
原审法院认为，被告人钟大川的行为已构成盗窃罪，判处拘役四个月。
上诉人钟大川上诉提出，原判量刑过重。
辩护人提出，钟大川系从犯。
云川市人民检察院出庭检察员认为，原判事实清楚，建议维持。
经审理查明，原判认定的事实属实。
本院认为，上诉人钟大川的行为已构成盗窃罪。依照《中华人民共和国刑事诉讼法》第二百三十六条之规定，判决如下：
一、撤销云川市东岭区人民法院（2023）甘9902刑初45号刑事判决；
二、上诉人钟大川犯盗窃罪，判处拘役三个月。
本判决为终审判决。
审判长  江上风
"""

RULING = """甘肃省云川市中级人民法院
刑事裁定书
（2023）甘99刑终13号
上诉人（原审被告人）梁小舟，女，1990年1月1日出生。
东岭区人民法院审理指控被告人梁小舟犯诈骗罪一案，于2023年6月1日作出刑事判决。现已审理终结。
原判认定：被告人梁小舟骗取他人人民币5000元。
本院认为，原判定罪准确，量刑适当。依照《中华人民共和国刑事诉讼法》第二百三十六条之规定，裁定如下：
驳回上诉，维持原判。
本裁定为终审裁定。
"""

FACTS_ONLY = """公诉机关指控，2023年2月1日，被告人梁小舟骗取许木子人民币5000元。
被告人梁小舟辩称其无罪。
经审理查明，2023年2月1日，被告人梁小舟骗取许木子人民币5000元。
本院认为，被告人梁小舟的行为已构成诈骗罪。依照《中华人民共和国刑法》第二百六十六条之规定，判决如下：
被告人梁小舟犯诈骗罪，判处有期徒刑六个月。
"""

CIVIL = """甘肃省云川市东岭区人民法院
刑事附带民事判决书
（2023）甘9902刑初46号
公诉机关云川市东岭区人民检察院。
附带民事诉讼原告人许木子，男，1980年1月1日出生。
被告人乔石头，男，1982年1月1日出生。
云川市东岭区人民检察院以东检刑诉〔2023〕32号起诉书指控被告人乔石头犯故意伤害罪，于2023年4月1日向本院提起公诉。现已审理终结。
公诉机关指控：一、2023年1月3日，被告人乔石头将许木子打伤。
被告人乔石头对指控的第一起事实无异议。
附带民事诉讼原告人许木子诉称，请求判令被告人赔偿医疗费3000元。
被告人乔石头辩称，愿意赔偿。
经审理查明：一、2023年1月3日，被告人乔石头将许木子打伤。
上述事实，有鉴定意见等证据证实。
另查明，许木子花费医疗费2800元。
上述事实，有票据等证据证实。
本院认为，被告人乔石头的行为已构成故意伤害罪。依照《中华人民共和国刑法》第二百三十四条之规定，判决如下：
一、被告人乔石头犯故意伤害罪，判处有期徒刑八个月；
二、被告人乔石头赔偿附带民事诉讼原告人许木子2800元。
如不服本判决，可在接到判决书的第二日起十日内提出上诉。
"""

INDICTMENT = """云川市东岭区人民检察院
起 诉 书
东检刑诉〔2023〕31号
被告人钟大川，男，1988年3月2日出生。
本案由云川市公安局东岭分局侦查终结，以被告人钟大川涉嫌盗窃罪，于2023年3月1日向本院移送审查起诉。
经依法审查查明：2023年1月3日，被告人钟大川窃得电动车一辆。
认定上述事实的证据如下：1.书证；2.证人证言。
本院认为，被告人钟大川秘密窃取他人财物，应当以盗窃罪追究其刑事责任。
此致
云川市东岭区人民法院
检察员：白云飞
2023年4月1日
附件：1.案卷材料二册。
"""

OPINION = """云川市公安局东岭分局
起 诉 意 见 书
云公东（刑）诉字〔2023〕20号
犯罪嫌疑人钟大川，男，1988年3月2日出生，无业。
犯罪嫌疑人钟大川涉嫌盗窃一案，由韦小红于2023年1月4日报案至我局。现已侦查终结。
经依法侦查查明：2023年1月3日，犯罪嫌疑人钟大川窃得电动车一辆。
认定上述事实的证据如下：受案登记表、被害人陈述。
综上所述，犯罪嫌疑人钟大川涉嫌盗窃罪。现将此案移送审查起诉。
此致
云川市东岭区人民检察院
附：本案卷宗2卷。
"""

RECORD = """讯 问 笔 录（第一次）
时间：2023年1月5日9时15分
被讯问人：钟大川
问：我们是东岭分局的民警，现依法对你进行讯
问。你听明白了吗？
答：听明白了。
问：以上所讲是否属实？
答：属实。
以上笔录我看过，和我说的相符。
钟大川
"""

APPRAISAL = """云川市公安局物证鉴定室
法医学人体损伤程度鉴定书
云公（物鉴）法临字〔2023〕1号
一、绪论
委托单位：云川市公安局东岭分局
二、检验所见
左前臂见皮下出血。
三、分析说明
构成轻微伤。
四、鉴定意见
被鉴定人许木子的损伤程度属轻微伤。
鉴定人：水清清
"""

VALUATION = """云川市价格认证中心
价 格 认 定 结 论 书
云川市公安局东岭分局：
现将认定情况综述如下：
一、价格认定标的
电动车1辆。
二、价格认定方法
采用市场法。
三、价格认定结论
合计为人民币2400元。
四、价格认定限定条件
仅对本次委托有效。
价格认定人员：
金算盘
"""

ALCOHOL = """甘肃云川司法鉴定中心
血液酒精（乙醇）含量检验报告
云川司鉴〔2023〕毒检字第1号
一、基本情况
委托单位：云川市公安局
二、检验过程
采用顶空气相色谱法。
三、检验意见
乙醇含量为150.2mg/100mL。
四、附注
本报告仅对送检检材负责。
检验人：
水清清
"""

ACCIDENT = """云川市公安局交通警察大队
道路交通事故认定书
云公交认字〔2023〕第1号
当事人：钟大川，男，驾驶甘A00X00号小型轿车。
道路交通事故发生经过：2023年2月3日，钟大川驾车与行人相撞。
道路交通事故证据及事故形成原因分析：有现场图等证据。
当事人导致交通事故的过错及责任：钟大川负主要责任。
交通警察：黄灯
"""

CASES: list[tuple[str, str, TextKind, list[tuple[str, str]]]] = [
    ("first", FIRST, "judgment", [
        ("head", "甘肃省"), ("parties", "公诉机关云川"), ("history", "云川市东岭区人民检察院以"),
        ("prosecution", "公诉机关指控"), ("evidence", "为证实上述"), ("defence", "被告人钟大川对"),
        ("facts", "经审理查明"), ("evidence", "上述事实"), ("reasoning", "本院认为，被告人"),
        ("decision", "一、被告人"), ("foot", "如不服"), ("appendix", "附：本案"),
    ]),
    ("appeal", APPEAL, "judgment", [
        ("head", "甘肃省"), ("parties", "原公诉机关"), ("history", "云川市东岭区人民法院审理"),
        ("facts", "原判认定"), ("evidence", "上述事实"), ("history", "原审法院认为"),
        ("appeal", "上诉人钟大川上诉提出"), ("defence", "辩护人提出"),
        ("prosecution", "云川市人民检察院出庭"), ("facts", "经审理查明"),
        ("reasoning", "本院认为"), ("decision", "一、撤销"), ("foot", "本判决为终审"),
    ]),
    ("ruling", RULING, "ruling", [
        ("head", "甘肃省"), ("parties", "上诉人（原审"), ("history", "东岭区人民法院审理"),
        ("facts", "原判认定"), ("reasoning", "本院认为"), ("decision", "驳回上诉"),
        ("foot", "本裁定为终审"),
    ]),
    ("facts only", FACTS_ONLY, "judgment", [
        ("prosecution", "公诉机关指控"), ("defence", "被告人梁小舟辩称"),
        ("facts", "经审理查明"), ("reasoning", "本院认为"), ("decision", "被告人梁小舟犯"),
    ]),
    ("civil", CIVIL, "judgment", [
        ("head", "甘肃省"), ("parties", "公诉机关云川"), ("history", "云川市东岭区人民检察院以"),
        ("prosecution", "公诉机关指控"), ("defence", "被告人乔石头对"),
        ("prosecution", "附带民事诉讼原告人许木子诉称"), ("defence", "被告人乔石头辩称"),
        ("facts", "经审理查明"), ("evidence", "上述事实，有鉴定"), ("facts", "另查明"),
        ("evidence", "上述事实，有票据"), ("reasoning", "本院认为"), ("decision", "一、被告人"),
        ("foot", "如不服"),
    ]),
    ("indictment", INDICTMENT, "indictment", [
        ("head", "云川市"), ("parties", "被告人钟大川，男"), ("history", "本案由"),
        ("facts", "经依法审查查明"), ("evidence", "认定上述"), ("reasoning", "本院认为"),
        ("foot", "此致"), ("appendix", "附件"),
    ]),
    ("opinion", OPINION, "opinion", [
        ("head", "云川市"), ("parties", "犯罪嫌疑人钟大川，男"), ("history", "犯罪嫌疑人钟大川涉"),
        ("facts", "经依法侦查查明"), ("evidence", "认定上述"), ("reasoning", "综上所述"),
        ("foot", "此致"), ("appendix", "附：本案"),
    ]),
    ("record", RECORD, "interrogation", [
        ("head", "讯"), ("question", "问：我们是"), ("answer", "答：听明白"),
        ("question", "问：以上所讲"), ("answer", "答：属实"), ("foot", "以上笔录我看过"),
    ]),
    ("appraisal", APPRAISAL, "appraisal", [
        ("head", "云川市"), ("procedure", "一、绪论"), ("conclusion", "四、鉴定意见"),
        ("foot", "鉴定人："),
    ]),
    ("valuation", VALUATION, "valuation", [
        ("head", "云川市"), ("procedure", "一、价格认定标的"), ("conclusion", "三、价格认定结论"),
        ("appendix", "四、价格认定限定"), ("foot", "价格认定人员"),
    ]),
    ("alcohol", ALCOHOL, "alcohol", [
        ("head", "甘肃"), ("procedure", "一、基本情况"), ("conclusion", "三、检验意见"),
        ("appendix", "四、附注"), ("foot", "检验人："),
    ]),
    ("accident", ACCIDENT, "accident", [
        ("head", "云川市"), ("parties", "当事人：钟大川"), ("facts", "道路交通事故发生经过"),
        ("evidence", "道路交通事故证据"), ("conclusion", "当事人导致"), ("foot", "交通警察："),
    ]),
]  # fmt: skip
NAMES = [name for name, *_ in CASES]


def parts(text: str, kind: TextKind) -> list[tuple[str, str]]:
    return [(part.kind, text[part.start : part.stop]) for part in segments(text, kind)]


@pytest.mark.parametrize(("name", "text", "kind", "expected"), CASES, ids=NAMES)
def test_parts_of_documents(
    name: str, text: str, kind: TextKind, expected: list[tuple[str, str]]
) -> None:
    assert text_kind(text) == kind
    found = parts(text, kind)
    assert [part for part, _ in found] == [part for part, _ in expected]
    for (_, words), (_, begin) in zip(found, expected, strict=True):
        assert words.lstrip().startswith(begin)


@pytest.mark.parametrize(("name", "text", "kind", "expected"), CASES[:7], ids=NAMES[:7])
def test_joined_lines_have_the_same_parts(
    name: str, text: str, kind: TextKind, expected: list[tuple[str, str]]
) -> None:
    joined = "".join(text.split())
    found = parts(joined, kind)
    assert [part for part, _ in found] == [part for part, _ in expected]
    for (_, words), (_, begin) in zip(found, expected, strict=True):
        assert words.startswith("".join(begin.split()))


@pytest.mark.parametrize(("name", "text", "kind", "expected"), CASES[:7], ids=NAMES[:7])
@pytest.mark.parametrize("width", [17, 23])
def test_broken_lines_have_the_same_parts(
    name: str, text: str, kind: TextKind, expected: list[tuple[str, str]], width: int
) -> None:
    """As OCR gives it: a line break after so many characters, wherever that is."""
    lines = [
        line[at : at + width] for line in text.split("\n") for at in range(0, len(line), width)
    ]
    found = parts("\n".join(lines), kind)
    assert [part for part, _ in found] == [part for part, _ in expected]


def test_record_without_marks() -> None:
    text = (
        "询问笔录\n时间：2023年1月5日\n你叫什么名字？我叫韦小红。\n"
        "你的车是什么时候丢的？1月3日。我下班时发现的。"
    )
    assert parts(text, "interrogation") == [
        ("head", "询问笔录\n时间：2023年1月5日\n"),
        ("question", "你叫什么名字？"),
        ("answer", "我叫韦小红。\n"),
        ("question", "你的车是什么时候丢的？"),
        ("answer", "1月3日。我下班时发现的。"),
    ]


def test_words_that_only_contain_the_marks() -> None:
    text = "讯问笔录\n讯问：记录如下\n问：你回答：是不是？\n答：是，他们询问：几点了。"
    assert [part for part, _ in parts(text, "interrogation")] == ["head", "question", "answer"]


@pytest.mark.parametrize(
    ("text", "title", "hint", "kind"),
    [
        ("", "钟大川盗窃一审刑事判决书", "", "judgment"),
        ("", "梁小舟诈骗二审刑事裁定书", "", "ruling"),
        ("", "钟大川不服判决书申诉刑事裁定书", "", "ruling"),
        ("", "", "L29", "opinion"),
        ("", "", "E04", "interrogation"),
        ("", "", "valuation", "valuation"),
        ("", "提请批准逮捕书", "", "opinion"),
        ("", "不起诉书", "", "other"),
        ("", "道路交通事故认定书", "", "accident"),
        ("关于盗窃案的情况说明。附起诉书一份。", "", "", "other"),
        ("云川市公安局\n立案决定书", "", "", "other"),
        ("", "", "L03", "other"),
    ],
)
def test_kind(text: str, title: str, hint: str, kind: str) -> None:
    assert text_kind(text, title, hint) == kind


def test_the_empty_text_has_no_parts() -> None:
    assert segments("", "judgment") == ()
    assert [part.kind for part in segments("x", "other")] == ["other"]


def test_part_at_a_place() -> None:
    found = segments(FACTS_ONLY, "judgment")
    place = FACTS_ONLY.index("其行为") if "其行为" in FACTS_ONLY else FACTS_ONLY.index("构成诈骗")
    part = segment_at(found, place)
    assert part is not None
    assert part.kind == "reasoning"
    assert segment_at(found, len(FACTS_ONLY)) is None


PIECES = [
    "本院认为，", "被告人", "钟大川", "指控", "公诉机关", "判决如下：", "。", "，", "\n", " ",
    "问：", "答：", "？", "附：", "如不服本判决", "经审理查明", "一、", "鉴定意见", "判决书",
    "此致", "上述事实", "人民检察院以", "上诉", "（", "㎎", "①", "한", "\u3000", "\x00", "𠮷",
    "e\u0301",
]  # fmt: skip
KINDS: list[TextKind] = [
    "judgment", "ruling", "indictment", "opinion", "interrogation", "appraisal", "valuation",
    "alcohol", "accident", "other",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.sampled_from(KINDS))
def test_parts_cover_the_text(text: str, kind: TextKind) -> None:
    at = 0
    for part in segments(text, kind):
        assert part.start == at
        assert part.stop > part.start
        at = part.stop
    assert at == len(text)
