"""What a template sees of a case: passages, people, organs, papers, and where each is from."""

from __future__ import annotations

from datetime import date

import pytest
from case_sources import (
    COURT,
    OPINION,
    POLICE,
    PROSECUTION,
    CardOf,
    at,
    case,
    document,
    leaf,
    lines,
    said,
    with_lines,
)

from dossier.drafting import Offices, case_view
from dossier.errors import BadValue, NotInArchive
from dossier.facts import (
    CaseFacts,
    ChargeFact,
    CircumstanceFact,
    MeasureFact,
    PersonFacts,
    PropertyFact,
    Reading,
    Source,
)
from dossier.model import Box, Line

# --- passages ---------------------------------------------------------------------------------


def test_a_passage_is_text_again_without_what_the_page_did_to_it() -> None:
    view = case_view(case(OPINION), PROSECUTION)
    assert at(view, "narrative.facts") == (
        "一、2023年4月1日2时许，被告人尚文海在河东区南街盗走任平的电动自行车1辆，价值人民币2860元。\n"
        "二、2023年4月3日，被告人尚文海在河东区北街盗走手机1部。\n"
        "综上，被告人尚文海盗窃二次。"
    )
    assert at(view, "narrative.evidence") == (
        "1．书证：受案登记表、户籍证明；2．被害人任平的陈述；3．被告人尚文海的供述和辩解。"
    )
    assert at(view, "narrative.circumstances") == "被告人尚文海到案后如实供述自己的罪行，系坦白。"
    # what hands the case on to the next organ stays behind
    assert at(view, "narrative.reasoning") == (
        "被告人尚文海的行为已触犯《中华人民共和国刑法》第二百六十四条之规定，涉嫌盗窃罪。"
    )


def test_a_hole_in_the_paper_is_no_character() -> None:
    first, second = (page.lines for page in OPINION.pages)
    hole = Line("e", Box(0.008, 0.305, 0.014, 0.315).quad())
    holed = with_lines(OPINION, (*first[:7], hole, *first[7:]), (*second[:4], hole, *second[4:]))
    for path in ("narrative.facts", "person.identity", "person.household"):
        clean = at(case_view(case(OPINION), PROSECUTION), path)
        assert clean
        assert at(case_view(case(holed), PROSECUTION), path) == clean


def test_a_passage_says_on_which_lines_of_which_pages_it_stands() -> None:
    found = leaf(case_view(case(OPINION), PROSECUTION), "narrative.facts")
    assert found.origin == "document"
    assert [(s.document, s.page, len(s.boxes)) for s in found.sources] == [
        (1, 10, 2), (1, 11, 1), (1, 11, 2), (1, 11, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("card", "role", "office"),
    [
        (POLICE, "犯罪嫌疑人", "我局"),
        (CardOf("procuratorate", "审查逮捕"), "犯罪嫌疑人", "云州市公安局河东分局"),
        (PROSECUTION, "被告人", "云州市公安局河东分局"),
        (COURT, "被告人", "云州市公安局河东分局"),
    ],
)
def test_passages_speak_as_the_document_that_takes_them_over(
    card: CardOf, role: str, office: str
) -> None:
    view = case_view(case(OPINION), card)
    assert at(view, "narrative.history") == (
        f"{role}尚文海涉嫌盗窃一案，由任平于2023年5月1日报案至{office}。"
        f"{office}经审查于当日立案侦查。现已侦查终结。"
    )
    assert at(view, "person.role") == role


def test_an_office_calls_itself_our_office_where_others_named_it() -> None:
    told = str(at(case_view(case(OPINION), PROSECUTION), "person.identity"))
    assert "2023年5月9日经本院批准，同日被执行逮捕" in told
    told = str(at(case_view(case(OPINION), COURT), "person.identity"))
    assert "经云州市河东区人民检察院批准" in told


def test_each_part_comes_from_the_first_document_that_has_it() -> None:
    charge = document(
        2, "P07", "起诉书",
        lines(
            "云州市河东区人民检察院",
            "起诉书",
            "　　被告人尚文海，男，1990年3月5日出生，汉族，住云州市河东区。",
            "　　本案由云州市公安局河东分局侦查终结，移送本院审查起诉。",
            "　　经依法审查查明：2023年4月，被告人尚文海两次盗窃。",
            "　　本院认为，被告人尚文海秘密窃取他人财物，应当以盗窃罪追究",
            "其刑事责任。根据《中华人民共和国刑事诉讼法》第一百七十六条的",
            "规定，提起公诉，请依法判处。",
            "此致",
            "云州市河东区人民法院",
        ),
        organ="云州市河东区人民检察院", day="2023-07-01",
    )  # fmt: skip
    view = case_view(case(OPINION, charge), COURT)
    assert at(view, "narrative.facts") == "2023年4月，被告人尚文海两次盗窃。"
    assert at(view, "narrative.reasoning") == (
        "被告人尚文海秘密窃取他人财物，应当以盗窃罪追究其刑事责任。"
    )
    assert at(view, "narrative.circumstances") == "被告人尚文海到案后如实供述自己的罪行，系坦白。"
    assert str(at(view, "narrative.history")).endswith("移送云州市河东区人民检察院审查起诉。")


def test_a_template_that_takes_nothing_over_has_no_passages() -> None:
    view = case_view(case(OPINION), CardOf(narrative=()))
    assert at(view, "narrative") is None
    assert leaf(view, "person.identity").origin == "derived"


@pytest.mark.parametrize("text", ["", "e", "。。。", "经依法侦查查明：", "上述犯罪事实清楚。"])
def test_a_document_without_passages_gives_none(text: str) -> None:
    empty = with_lines(OPINION, lines(text), lines(text))
    assert at(case_view(case(empty, facts=CaseFacts()), PROSECUTION), "narrative") is None


# --- people -----------------------------------------------------------------------------------

SUSPECT = PersonFacts(
    name=said("尚文海"),
    role="犯罪嫌疑人",
    sex=said("男"),
    birth=said("1990-03-05"),
    id_number=said("110101199003050011"),
    ethnicity=said("汉族"),
    education=said("初中"),
    occupation=said("无业"),
    address=said("云州市河东区南街1号", others=(Reading(value="云州市河西区北街2号"),)),
    convictions=(said("2017年9月12日因犯盗窃罪被判处拘役五个月"),),
    measures=(
        MeasureFact(
            kind="拘留", day=said("2023-05-02"), organ="云州市公安局河东分局", place="云州市看守所"
        ),
        MeasureFact(kind="逮捕", day=said("2023-05-09"), organ="云州市河东区人民检察院"),
    ),
    detained_at=said("云州市看守所"),
)
MARK = (Source(document=1, page=10, boxes=(), text="盗窃"),)
FACTS = CaseFacts(
    defendants=(SUSPECT,),
    charges=(
        ChargeFact(name="诈骗", defendants=("尚文海",), police=MARK),
        ChargeFact(name="盗窃", defendants=("尚文海",), police=MARK, prosecution=MARK),
    ),
    circumstances=(
        CircumstanceFact(defendant="尚文海", code="坦白", holds=said("是")),
        CircumstanceFact(defendant="尚文海", code="自首", holds=said("否")),
        CircumstanceFact(defendant="", code="认罪认罚", holds=said("是")),
    ),
    property=(PropertyFact(name=said("手机"), seized=MARK),),
)


def test_who_somebody_is_is_composed_where_no_document_says_it() -> None:
    view = case_view(case(facts=FACTS), POLICE)
    assert at(view, "person.identity") == (
        "犯罪嫌疑人尚文海，男，1990年3月5日出生，公民身份号码110101199003050011，汉族，初中文化，无业，"
        "现住云州市河东区南街1号。2017年9月12日因犯盗窃罪被判处拘役五个月。"
        "因涉嫌诈骗罪、盗窃罪，于2023年5月2日被云州市公安局河东分局刑事拘留，"
        "2023年5月9日经云州市河东区人民检察院批准，被执行逮捕，现羁押于云州市看守所。"
    )
    assert leaf(view, "person.identity").sources


def test_what_a_person_corrected_is_not_overruled_by_an_older_paragraph() -> None:
    source = case(OPINION)
    person = source.facts.defendants[0].model_copy(
        update={"address": said("云州市河西区北街2号", corrected=True)}
    )
    facts = source.facts.model_copy(update={"defendants": (person,)})
    view = case_view(case(OPINION, facts=facts), PROSECUTION)
    assert "现住云州市河西区北街2号" in str(at(view, "person.identity"))
    assert leaf(view, "person.identity").origin == "derived"


def test_of_contradictions_only_what_holds_is_shown() -> None:
    view = case_view(case(facts=FACTS), POLICE)
    assert at(view, "person.address") == "云州市河东区南街1号"
    assert "河西区" not in repr(view)
    assert [each.key for each in at(view, "person.circumstances")] == ["坦白", "认罪认罚"]


def test_a_charge_is_named_by_the_side_that_writes() -> None:
    source = case(facts=FACTS)
    assert at(case_view(source, POLICE), "case.charge") == "诈骗罪、盗窃罪"
    assert at(case_view(source, PROSECUTION), "case.charge") == "盗窃罪"
    assert at(case_view(source, COURT), "person.charge") == "盗窃罪"


def test_types_are_those_of_the_fields() -> None:
    view = case_view(case(facts=FACTS), POLICE)
    assert at(view, "person.birth") == date(1990, 3, 5)
    assert at(view, "person.detained") == date(2023, 5, 2)
    assert at(view, "person.arrested") == date(2023, 5, 9)
    assert at(view, "person.unit") is False
    assert at(view, "property.手机.seized") is True
    assert at(view, "property.手机.returned") is False


def test_who_was_bailed_since_is_held_nowhere() -> None:
    bail = MeasureFact(kind="取保候审", day=said("2023-05-20"), organ="云州市公安局河东分局")
    person = SUSPECT.model_copy(update={"measures": (*SUSPECT.measures, bail)})
    view = case_view(case(facts=CaseFacts(defendants=(person,))), POLICE)
    assert at(view, "person.detained_at") is None
    assert at(view, "person.bailed") == date(2023, 5, 20)
    assert at(view, "detention_house") == "云州市看守所"


def test_of_several_accused_one_must_be_named() -> None:
    other = PersonFacts(name=said("任平"), role="犯罪嫌疑人")
    source = case(facts=CaseFacts(defendants=(SUSPECT, other)))
    assert at(case_view(source, POLICE), "person") is None
    assert at(case_view(source, POLICE, person="任平"), "person.name") == "任平"
    with pytest.raises(NotInArchive, match="尚文海、任平"):
        case_view(source, POLICE, person="某人")


# --- organs, papers, volumes ------------------------------------------------------------------


def test_organs_follow_from_one_another() -> None:
    station = document(2, "L01", "受案登记表", organ="兰州市公安局城关分局云岭路派出所")
    approval = document(3, "L11", "批准逮捕决定书", organ="兰州市城关区人民检察院")
    view = case_view(case(station, approval, facts=FACTS), COURT)
    assert (at(view, "police"), leaf(view, "police").origin) == ("兰州市公安局城关分局", "derived")
    assert leaf(view, "procuratorate").origin == "catalogue"
    assert (at(view, "court"), leaf(view, "court").origin) == ("兰州市城关区人民法院", "derived")
    assert at(view, "upper_court") == "甘肃省兰州市中级人民法院"
    assert at(view, "issuer") == "兰州市城关区人民法院"
    judgment = document(4, "Z09", "刑事判决书", organ="永登县人民法院")
    view = case_view(case(judgment, facts=FACTS), PROSECUTION)
    assert (at(view, "issuer"), at(view, "court")) == ("永登县人民检察院", "永登县人民法院")


def test_to_whom_an_opinion_is_written_is_the_procuratorate() -> None:
    found = leaf(case_view(case(OPINION), PROSECUTION), "procuratorate")
    assert (found.value, found.origin) == ("云州市河东区人民检察院", "document")
    assert found.sources[0].page == 11


def test_papers_are_the_latest_of_the_person_and_no_refusal_is_an_approval() -> None:
    other = PersonFacts(name=said("任平"), role="犯罪嫌疑人")
    source = case(
        document(2, "L07", "拘留证", number="一号", day="2023-05-02", person="尚文海"),
        document(3, "L07", "拘留证", number="二号", day="2023-05-03", person="任平"),
        document(4, "L07", "拘留证", number="三号", day="2023-05-01", person="尚文海"),
        document(5, "L11", "不批准逮捕决定书", number="四号", day="2023-05-09"),
        facts=CaseFacts(defendants=(SUSPECT, other)),
    )
    view = case_view(source, POLICE, person="尚文海")
    assert at(view, "papers.detention.number") == "一号"
    assert at(case_view(source, POLICE, person="任平"), "papers.detention.number") == "二号"
    assert at(view, "papers.arrest_approval") is None


def test_evidence_is_listed_by_kind_and_people_by_what_they_are() -> None:
    source = case(
        document(2, "E20", "法医学人体损伤程度鉴定书"),
        document(3, "E20", "法医学人体损伤程度鉴定书"),
        document(4, "E04", "询问笔录", person="苟维德"),
        document(5, "E04", "询问笔录", person="汝建业"),
        document(6, "E01", "讯问笔录", person="尚文海"),
        document(7, "L01", "受案登记表"),
        document(8, "E04", "询问笔录"),
        facts=FACTS,
    )
    listed = {
        each.key: [leaf.value for leaf in each.values["titles"]]
        for each in at(case_view(source, PROSECUTION), "evidence")
    }
    assert listed == {
        "书证": ["受案登记表"],
        "证人证言": ["证人苟维德、汝建业的证言", "询问笔录"],
        "被告人供述和辩解": ["被告人尚文海的供述和辩解"],
        "鉴定意见": ["法医学人体损伤程度鉴定书2份"],
    }


COVER = document(
    2, "X01", "卷宗封面",
    lines(
        "刑事侦查卷宗",
        "案件名称 | 尚文海盗窃案",
        "案件编号 | A1101012023001",
        "立案时间 | 2023年5月1日",
        "立 卷 人 | 冯国梁",
        "审核人 | 祁永胜",
        "保管期限 | 长期",
    ),
    numbered=False,
)  # fmt: skip


def test_covers_say_what_they_say() -> None:
    view = case_view(case(COVER, facts=FACTS), POLICE)
    assert {code: at(view, f"case.{code}") for code in ("name", "number", "officer", "keep")} == {
        "name": "尚文海盗窃案",
        "number": "A1101012023001",
        "officer": "冯国梁",
        "keep": "长期",
    }
    assert at(view, "case.filed") == date(2023, 5, 1)
    assert leaf(view, "case.reviewer").sources[0].boxes
    bare = case_view(case(facts=FACTS), PROSECUTION)
    assert (at(bare, "case.name"), at(bare, "case.officer")) == ("尚文海涉嫌盗窃案", None)


def test_volumes_and_what_travels_of_them() -> None:
    source = case(
        COVER,
        document(3, "L03", "立案决定书", number="立字1号", day="2023-05-01"),
        document(4, "E17", "抓获经过", volume=2),
        document(5, "W02", "结案报告", volume=3),
        facts=FACTS,
        volumes=("诉讼文书卷", "证据材料卷", "侦查工作卷"),
    )
    view = case_view(source, POLICE, volume="1")
    assert [each.key for each in at(view, "volumes")] == ["诉讼文书卷", "证据材料卷", "侦查工作卷"]
    # what stays with the police is no part of what they hand on
    assert (at(view, "volume_count"), at(view, "page_count")) == (2, 2)
    assert at(view, "volume.pages") == 1
    assert at(view, "volume.rows.1.number") == "立字1号"
    assert leaf(view, "volume.rows.1.title").sources[0].document == 3
    whole = case_view(source, CardOf(per="volume"), volume="侦查工作卷")
    assert (at(whole, "volume_count"), at(whole, "volume.place")) == (3, 3)
    with pytest.raises(NotInArchive, match="诉讼文书卷、证据材料卷"):
        case_view(source, POLICE, volume="4")


def test_an_office_fills_in_what_the_case_does_not_give() -> None:
    offices = Offices.model_validate(
        {
            "version": 1, "source": "test", "effective_from": "2023-01-01",
            "offices": {"云州市公安局河东分局": {"fields": {"社区矫正机构": "河东区司法局"}}},
            "fields": {"检察院": "某检察院", "案件.保管期限": "短期"},
        }
    )  # fmt: skip
    view = case_view(case(OPINION), POLICE, offices=offices)
    assert (at(view, "correction"), leaf(view, "correction").origin) == ("河东区司法局", "office")
    assert at(view, "case.keep") == "短期"
    assert at(view, "procuratorate") == "云州市河东区人民检察院"
    wrong = offices.model_copy(update={"fields": {"检查院": "某检察院"}})
    with pytest.raises(BadValue, match="检察院"):
        case_view(case(OPINION), POLICE, offices=wrong)


def test_an_empty_case_gives_an_empty_view() -> None:
    view = case_view(case(facts=CaseFacts(), volumes=()), PROSECUTION)
    assert dict(view.values) == {"case": at(view, "case")}
    assert at(view, "case.name") is None
