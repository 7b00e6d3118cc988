"""Views of the six sample dossiers against what their makers say of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from case_sources import COURT, POLICE, PROSECUTION, CardOf, at
from sample_sources import truth_source
from whole_way import CASE_NAMES, CASES, source

from dossier import Archive
from dossier.drafting import CaseSource, case_view
from dossier.templates import Leaf, Node, schema

pytestmark = pytest.mark.xdist_group("views of samples")

WITHOUT_OPINION = "寻衅滋事"
"""Its volumes go on to the court: it has an indictment instead of 起诉意见书."""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, CaseSource]]:
    """Scans are not read here: their text is known. Word files and digital PDFs are."""
    with Archive.create(tmp_path_factory.mktemp("views") / "archive") as archive:
        archive.add([source(name) for name in CASE_NAMES], ocr="off")
        yield {name: truth_source(name, archive.dossier(name)) for name in CASE_NAMES}


def truth(case: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CASES / f"{case}.facts.yaml").read_text("utf-8"))
    return loaded


every_case = pytest.mark.parametrize("case", CASE_NAMES)


@every_case
@pytest.mark.parametrize("card", [POLICE, PROSECUTION, COURT], ids=lambda card: card.organ)
def test_the_accused_are_who_they_are(
    sources: dict[str, CaseSource], case: str, card: CardOf
) -> None:
    wanted = truth(case)["suspects"]
    view = case_view(sources[case], card)
    assert [each.key for each in at(view, "defendants")] == [each["name"] for each in wanted]
    for each in wanted:
        base = f"defendants.{each['name']}"
        for code in ("name", "sex", "id_number", "ethnicity", "education", "occupation"):
            assert at(view, f"{base}.{code}") == each[code], (base, code)
        assert at(view, f"{base}.birth") == each["birth"]
        assert at(view, f"{base}.address") == each["residence"]
        identity = str(at(view, f"{base}.identity"))
        role = "犯罪嫌疑人" if card is POLICE else "被告人"
        assert identity.startswith(f"{role}{each['name']}，{each['sex']}，")
        birth = each["birth"]
        for part in (
            f"{birth.year}年{birth.month}月{birth.day}日出生", each["id_number"],
            each["household"], each["occupation"],
        ):  # fmt: skip
            assert part in identity, (identity, part)
        assert "\n" not in identity


@every_case
def test_measures_are_those_that_were_taken(sources: dict[str, CaseSource], case: str) -> None:
    codes = {"拘留": "detained", "逮捕": "arrested", "取保候审": "bailed"}
    view = case_view(sources[case], PROSECUTION)
    for suspect in truth(case)["suspects"]:
        base = f"defendants.{suspect['name']}"
        wanted = dict.fromkeys(codes.values())
        wanted |= {codes[m["kind"]]: m["date"] for m in suspect["measures"] if m["kind"] in codes}
        assert {code: at(view, f"{base}.{code}") for code in wanted} == wanted
        last = suspect["measures"][-1]
        held = last["place"] if last["kind"] == "逮捕" else None
        assert at(view, f"{base}.detained_at") == held


@every_case
def test_organs_charge_and_days_are_right(sources: dict[str, CaseSource], case: str) -> None:
    wanted = truth(case)
    view = case_view(sources[case], PROSECUTION)
    for code in ("police", "procuratorate", "court"):
        assert at(view, code) == wanted["organs"][code]
    assert at(view, "issuer") == wanted["organs"]["procuratorate"]
    assert str(at(view, "upper_court")).endswith("市中级人民法院")
    assert at(view, "case.charge") == wanted["charge"]
    assert at(view, "case.name") == wanted["title"]
    assert at(view, "case.filed") == wanted["dates"]["filed"]
    assert isinstance(at(view, "case.closed"), date)


@every_case
def test_passages_are_whole_and_without_the_page(sources: dict[str, CaseSource], case: str) -> None:
    for card in (POLICE, PROSECUTION, COURT):
        view = case_view(sources[case], card)
        parts = at(view, "narrative")
        assert isinstance(parts, Node)
        wanted = {"history", "facts", "evidence", "circumstances", "reasoning"}
        if case == WITHOUT_OPINION:
            wanted.discard("circumstances")  # 起诉书 reasons in one piece
        assert set(parts.values) == wanted
        for code, value in parts.values.items():
            assert isinstance(value, Leaf)
            told = str(value.value)
            other = "被告人" if card is POLICE else "犯罪嫌疑人"
            assert other not in told, (code, told)
            assert value.sources
            assert all(source.boxes for source in value.sources)
            for paragraph in told.split("\n"):
                # no line of a page ends here: a sentence does
                assert paragraph[-1] in "。；：", (code, paragraph)
                assert paragraph[0] not in "，。；：、）", (code, paragraph)
        assert not str(at(view, "narrative.facts")).startswith("经")
        assert "移送审查起诉" not in str(at(view, "narrative.reasoning"))
        assert "提起公诉" not in str(at(view, "narrative.reasoning"))


def test_a_list_of_facts_keeps_its_paragraphs(sources: dict[str, CaseSource]) -> None:
    told = str(at(case_view(sources["盗窃"], PROSECUTION), "narrative.facts")).split("\n")
    assert [each[:2] for each in told] == ["一、", "二、", "三、", "综上"]
    assert told[1] == (
        "二、2023年3月15日14时10分许，被告人韩志远在兰州市城关区云岭路311号云岭通讯手机店，趁店主"
        "马文博不备，将柜台上的北极光X30型手机1部盗走。经价格认定，该手机价值人民币3200元。案发后手机"
        "已被扣押。"
    )


@every_case
def test_evidence_names_who_was_heard(sources: dict[str, CaseSource], case: str) -> None:
    wanted = truth(case)
    view = case_view(sources[case], PROSECUTION)
    listed = {
        each.key: [leaf.value for leaf in each.values["titles"]] for each in view.values["evidence"]
    }
    names = "、".join(each["name"] for each in wanted["suspects"])
    assert listed["被告人供述和辩解"] == [f"被告人{names}的供述和辩解"]
    for line in listed.get("证人证言", []):
        assert line.removeprefix("证人").removesuffix("的证言").split("、") == [
            each["name"] for each in wanted["witnesses"]
        ]


@every_case
def test_every_value_has_the_type_of_its_field(sources: dict[str, CaseSource], case: str) -> None:
    types: dict[str, type | tuple[type, ...]] = {
        "text": str, "prose": str, "texts": str, "date": date, "money": Decimal, "flag": bool,
        "number": (int, Decimal),
    }  # fmt: skip
    seen = 0

    def look(node: Node, path: str) -> None:
        nonlocal seen
        for code, value in node.values.items():
            field = schema().find(f"{path}{code}")[-1]
            assert value != (), path
            for item in value if isinstance(value, tuple) else (value,):
                assert isinstance(value, tuple) == field.is_list
                if isinstance(item, Node):
                    look(item, f"{path}{code}.")
                else:
                    assert isinstance(item.value, types[field.type]), (path, code, item)
                    assert item.value != ""
                    assert field.type == "prose" or "\n" not in str(item.value)
                    seen += 1

    for card in (POLICE, PROSECUTION, COURT):
        look(case_view(sources[case], card, volume="1"), "")
    assert seen > 300


def test_the_same_case_gives_the_same_view(sources: dict[str, CaseSource]) -> None:
    for case in CASE_NAMES:
        assert case_view(sources[case], COURT) == case_view(sources[case], COURT)
