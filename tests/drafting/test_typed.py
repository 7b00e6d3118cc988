"""Values given by hand: their types, where they go, and what is said when they fit nowhere."""

from __future__ import annotations

import contextlib
from datetime import date, datetime
from decimal import Decimal

import pytest
from case_sources import OPINION, POLICE, PROSECUTION, at, case, leaf
from hypothesis import given
from hypothesis import strategies as st

from dossier.drafting import EarlierDocument, case_view, taken_over, with_typed
from dossier.errors import BadValue
from dossier.templates import Field, Leaf, Node, schema

DETAIL = {
    code: Field(code, label, kind)
    for code, label, kind in (
        ("prosecutor", "检察员", "text"), ("reason", "事由", "prose"), ("ends", "截止日期", "date"),
        ("opens", "开庭时间", "moment"), ("fine", "罚金", "money"), ("copies", "份数", "number"),
        ("term", "刑期", "months"), ("plea", "认罪", "flag"), ("members", "合议庭成员", "texts"),
    )
}  # fmt: skip
PENALTIES = Field(
    "penalties", "各项判决", "records",
    {
        "name": Field("name", "姓名", "text"),
        "months": Field("months", "刑期", "months"),
        "fine": Field("fine", "罚金", "money"),
    },
)  # fmt: skip
FIELDS = {**DETAIL, "penalties": PENALTIES}


def one(code: str, value: object) -> object:
    return at(with_typed(Node(), FIELDS, {code: value}), code)


@pytest.mark.parametrize(
    ("code", "value", "wanted"),
    [
        ("检察员", " 续明远 ", "续明远"),
        ("prosecutor", 7, "7"),
        ("事由", "第一段\n第二段", "第一段\n第二段"),
        ("ends", "2023-05-08", date(2023, 5, 8)),
        ("ends", "2023年5月8日", date(2023, 5, 8)),
        ("ends", "二〇二三年五月十八日", date(2023, 5, 18)),
        ("ends", "2023/5/8", date(2023, 5, 8)),
        ("ends", "20230508", date(2023, 5, 8)),
        ("ends", datetime(2023, 5, 8, 9, 0), date(2023, 5, 8)),
        ("opens", "2023-05-08 14:30", datetime(2023, 5, 8, 14, 30)),
        ("opens", "2023-05-08T09:00:00", datetime(2023, 5, 8, 9, 0)),
        ("opens", "2023年5月8日14时30分", datetime(2023, 5, 8, 14, 30)),
        ("opens", "2023年5月8日9时", datetime(2023, 5, 8, 9, 0)),
        ("fine", "5000", Decimal(5000)),
        ("fine", "5,000.50元", Decimal("5000.50")),
        ("fine", "人民币五千元", Decimal(5000)),
        ("fine", "1.2万元", Decimal(12000)),
        ("fine", "壹仟贰佰元整", Decimal(1200)),
        ("fine", 5000, Decimal(5000)),
        ("copies", "3", 3),
        ("copies", "三", 3),
        ("copies", 1.5, Decimal("1.5")),
        ("term", "一年六个月", 18),
        ("term", "拾个月", 10),
        ("term", "18", 18),
        ("term", 18, 18),
        ("plea", "是", True),
        ("plea", "否", False),
        ("plea", False, False),
    ],
)
def test_a_text_becomes_a_value_of_its_field(code: str, value: object, wanted: object) -> None:
    typed = with_typed(Node(), FIELDS, {code: value})
    field = FIELDS.get(code) or next(f for f in FIELDS.values() if f.label == code)
    found = typed.values[field.code]
    assert found == Leaf(wanted, "typed")
    assert type(found.value) is type(wanted)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("prosecutor", ""), ("prosecutor", True), ("prosecutor", {"a": 1}),
        ("ends", "2023-02-30"), ("ends", "2023年5月"), ("ends", "明天"), ("ends", True),
        ("opens", "2023-05-08"), ("opens", "2023-05-08 25:00"), ("fine", "很多"), ("fine", "nan"),
        ("fine", float("inf")), ("copies", "三份"), ("copies", True), ("term", "很久"),
        ("term", -1), ("plea", "也许"), ("members", 3), ("penalties", "[{"), ("penalties", "5"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_refused_with_an_example(code: str, value: object) -> None:
    with pytest.raises(BadValue) as refused:
        with_typed(Node(), FIELDS, {code: value})
    assert FIELDS[code].label in refused.value.what
    assert "such as" in str(refused.value)


def test_lists_are_typed_with_semicolons_or_as_yaml() -> None:
    for written in ("冯国梁;段文涛", "冯国梁；段文涛；", "[冯国梁, 段文涛]", ["冯国梁", "段文涛"]):
        found = one("members", written)
        assert [each.value for each in found] == ["冯国梁", "段文涛"]


@pytest.mark.parametrize(
    "written",
    [
        "[{姓名: 韩志远, 刑期: 一年六个月}, {name: 柳小军, fine: 五千元}]",
        "韩志远: {刑期: 18}\n柳小军: {罚金: 5000}",
        [{"姓名": "韩志远", "months": 18}, {"姓名": "柳小军", "罚金": Decimal(5000)}],
    ],
)
def test_records_are_known_by_name(written: object) -> None:
    view = with_typed(Node(), FIELDS, {"各项判决": written})
    assert [each.key for each in at(view, "penalties")] == ["韩志远", "柳小军"]
    assert at(view, "penalties.韩志远.months") == 18
    assert at(view, "penalties.柳小军.fine") == 5000
    assert at(view, "penalties.柳小军.name") == "柳小军"
    assert at(view, "penalties.柳小军.months") is None


def test_two_records_of_one_name_are_told_apart_by_place() -> None:
    found = one("penalties", "[{姓名: 韩志远, 刑期: 6}, {姓名: 韩志远, 刑期: 8}]")
    assert [each.key for each in found] == ["", ""]


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ("[{姓名: 韩志远, 刑罚: 6}]", "刑期"),
        ("[{姓名: 韩志远, 刑期: 很久}]", "各项判决·1·刑期"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("x" * 200_001, "200000"),
    ],
)
def test_what_is_wrong_within_a_record_is_named(value: str, part: str) -> None:
    with pytest.raises(BadValue, match=part):
        with_typed(Node(), FIELDS, {"penalties": value})


def test_a_path_reaches_a_field_of_one_of_a_list() -> None:
    view = case_view(case(OPINION), PROSECUTION)
    for path in ("defendants[尚文海].phone", "各当事人[1].联系方式", "各当事人.联系方式"):
        typed = with_typed(view, schema(), {path: "13900000000"})
        assert at(typed, "defendants.尚文海.phone") == "13900000000"
        assert leaf(typed, "defendants.尚文海.phone").origin == "typed"
        # the same person where the document speaks of one
        assert at(typed, "person.phone") == "13900000000"
    assert at(view, "person.phone") is None


def test_what_was_typed_of_a_person_is_said_of_the_person() -> None:
    view = case_view(case(OPINION), PROSECUTION)
    typed = with_typed(view, schema(), {"当事人.住址": "云州市河西区北街2号"})
    assert at(typed, "defendants.尚文海.address") == "云州市河西区北街2号"
    for path in ("person.identity", "defendants.尚文海.identity"):
        assert "现住云州市河西区北街2号" in str(at(typed, path))
    # a paragraph that says so already stays as it is, and one that was typed too
    same = with_typed(view, schema(), {"当事人.住址": "云州市河东区南街1号"})
    assert at(same, "person.identity") == at(view, "person.identity")
    own = with_typed(view, schema(), {"person.identity": "一段话", "person.address": "某处"})
    assert at(own, "person.identity") == "一段话"


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("检查院", "检察院"),
        ("当事人.住所", "住址"),
        ("各当事人[某人].住址", "各当事人\\[尚文海\\]"),
        ("各当事人[9].住址", "尚文海"),
        ("检察院.名称", "no parts"),
        ("检察院[1]", "no parts"),
        ("文号", "number="),
        ("成文日期", "day="),
        ("", "no path"),
        ("当事人.", "no path"),
        ("当事人[", "no path"),
        ("a" * 500, "no path"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path: str, part: str) -> None:
    with pytest.raises(BadValue, match=part):
        with_typed(case_view(case(OPINION), PROSECUTION), schema(), {path: "某值"})


def test_a_record_that_is_not_there_is_made() -> None:
    view = with_typed(Node(), schema(), {"案件.案名": "某案", "已有文书.起诉书.文号": "一号"})
    assert at(view, "case.name") == "某案"
    assert at(view, "papers.indictment.number") == "一号"


def test_nothing_typed_is_nothing() -> None:
    view = case_view(case(OPINION), POLICE)
    assert with_typed(view, schema(), {"检察院": None}) == view


@given(st.text(max_size=60), st.one_of(st.text(max_size=60), st.integers(), st.booleans()))
def test_no_path_and_no_value_does_anything_worse_than_being_refused(
    path: str, value: object
) -> None:
    view = Node({"defendants": (Node({"name": Leaf("尚文海", "facts")}, "尚文海"),)})
    for name in (path, f"各当事人[{path}].住址", "penalties", "term", "opens", "fine", "ends"):
        with contextlib.suppress(BadValue):
            typed = with_typed(view, FIELDS, {name: value})
            # what was taken is there, and nothing else is gone
            assert set(typed.values) >= set(view.values)


# --- from one document to the next ------------------------------------------------------------


def test_what_was_typed_for_an_earlier_document_goes_on() -> None:
    earlier = [
        EarlierDocument("起诉意见书", "侦查", {"fine": "五千元", "prosecutor": "甲"}),
        EarlierDocument(
            "起诉书", "审查起诉", {"prosecutor": "乙", "copies": "3"}, document=7, page=70
        ),
        EarlierDocument("判决书", "审判", {"prosecutor": "丙"}),
    ]
    view = taken_over(Node(), FIELDS, earlier, stage="审判")
    assert {code: value.value for code, value in view.values.items()} == {
        "fine": Decimal(5000),
        "prosecutor": "乙",
        "copies": 3,
    }
    found = view.values["prosecutor"]
    assert found.origin == "document"
    assert (found.sources[0].document, found.sources[0].page, found.sources[0].title) == (
        7, 70, "起诉书",
    )  # fmt: skip
    # what is typed now wins
    assert at(with_typed(view, FIELDS, {"检察员": "丁"}), "prosecutor") == "丁"


def test_of_several_the_later_stage_counts_whatever_was_made_first() -> None:
    late = EarlierDocument("起诉书", "审查起诉", {"prosecutor": "乙"})
    early = EarlierDocument("起诉意见书", "侦查", {"prosecutor": "甲"})
    assert at(taken_over(Node(), FIELDS, [late, early]), "prosecutor") == "乙"


def test_another_persons_document_and_another_meaning_are_not_taken_over() -> None:
    earlier = [
        EarlierDocument("拘留证", "侦查", {"prosecutor": "甲"}, subject="柳小军"),
        EarlierDocument("拘留证", "侦查", {"ends": "很久以后", "unknown": "x", "plea": None}),
    ]
    assert dict(taken_over(Node(), FIELDS, earlier, subject="韩志远").values) == {}
    taken = taken_over(Node(), FIELDS, earlier, subject="柳小军")
    assert at(taken, "prosecutor") == "甲"


def test_documents_of_one_stage_give_to_those_begun_later() -> None:
    first = EarlierDocument("起诉书", "审查起诉", {"prosecutor": "乙"}, code="a", first=3)

    def taken(before: int | None, code: str = "b", identity: tuple[str, ...] = ()) -> object:
        view = taken_over(
            Node(), FIELDS, [first], stage="审查起诉", before=before, code=code, identity=identity
        )
        return at(view, "prosecutor")

    assert taken(4) == "乙"
    # begun before it, the same template, or what makes it another document: nothing
    assert [taken(3), taken(2), taken(None), taken(4, code="a")] == [None] * 4
    assert taken(4, identity=("prosecutor",)) is None


def test_what_papers_about_several_people_say_is_put_together_or_left() -> None:
    view = Node({"defendants": (Node({}, "甲"), Node({}, "乙"))})

    def paper(who: str, months: int, reason: str) -> EarlierDocument:
        typed = {"penalties": [{"name": who, "months": months}], "reason": reason, "copies": "2"}
        return EarlierDocument("具结书", "审查起诉", typed, subject=who, code="a", first=1)

    both = [paper("甲", 6, "某事"), paper("乙", 8, "别的事")]
    taken = taken_over(view, FIELDS, both, stage="审查起诉", before=9, code="b")
    assert [at(taken, f"penalties.{who}.months") for who in "甲乙"] == [6, 8]
    assert at(taken, "copies") == 2
    assert at(taken, "reason") is None
    # one of them alone would leave the other out
    alone = taken_over(view, FIELDS, both[:1], stage="审查起诉", before=9, code="b")
    assert "penalties" not in alone.values
