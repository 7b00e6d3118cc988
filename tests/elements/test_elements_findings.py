"""Sentences that were once misread, each beside one that must keep its reading. Invented names."""

from __future__ import annotations

import pytest

from dossier.elements import charges, extract, form
from dossier.elements import circumstances as module
from dossier.elements.circumstances import circumstances
from dossier.elements.values import Circumstance, Segment, SegmentKind
from dossier.normal import Normalised

NAMES = ("张三", "李四")


def read(text: str, kind: SegmentKind = "reasoning") -> tuple[Circumstance, ...]:
    return circumstances(text, (Segment(kind, 0, len(text)),), NAMES, "judgment")


def found(text: str, kind: SegmentKind = "reasoning") -> set[str]:
    """What the court finds, - before what it denies."""
    return {
        one.code if one.holds else f"-{one.code}"
        for one in read(text, kind)
        if one.speaker == "court"
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # what is claimed stands within the noun
        ("辩护人提出的自首意见不成立，不予采纳。", {"-自首"}),
        ("对辩护人提出的自首意见不予采纳。", {"-自首"}),
        ("辩护人提出的从犯辩护意见，与事实不符。", {"-从犯"}),
        ("辩护人提出的自首意见成立，予以采纳。", {"自首"}),
        ("辩护人提出的自首意见，经查属实。", {"自首"}),
        # accusations
        ("公诉机关指控被告人张三系从犯的意见不当，应予以纠正。", {"-从犯"}),
        ("公诉机关指控被告人张三犯罪未遂的意见不能成立，不予支持。", {"-未遂"}),
        ("公诉机关指控被告人张三犯盗窃罪（未遂）的罪名不当，应予纠正。", {"未遂"}),
        ("公诉机关指控被告人张三犯盗窃罪（未遂），事实清楚，罪名成立。", {"未遂"}),
        ("被告人张三系累犯的指控不成立，不予支持。", {"-累犯"}),
        ("被告人张三系累犯的指控成立，予以支持。", {"累犯"}),
        ("公诉机关关于被告人张三系累犯的指控不成立。", {"-累犯"}),
        ("被告人张三具有自首情节的公诉意见，本院不予采纳。", {"-自首"}),
        ("被告人张三具有自首情节的公诉意见，本院予以采纳。", {"自首"}),
        ("张三对公诉机关的指控无异议，系自首。", {"自首"}),
    ],
)
def test_a_rejected_opinion_is_no_finding(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "经审理查明，张三盗窃。对辩护人提出被告人张三有自首情节的辩护意见，"
            "经查与事实不符，不予采纳。",
            {"-自首"},
        ),
        (
            "关于被告人张三的行为应认定为自首、犯罪未遂的辩护意见不能成立，本院不予采信。",
            {"-自首", "-未遂"},
        ),
        ("对辩护人提出被告人张三有自首情节的辩护意见，经查属实，予以采纳。", {"自首"}),
        ("公诉机关认为，被告人张三具有自首情节。", set()),
        ("上诉人张三认可原判的事实，但辩称其具有自首情节。", set()),
        ("原审被告人张三认为，其系自首。", set()),
        # what happened is no plea
        ("被告人张三称要与王某商量，王某不肯，张三随后逃逸。", {"逃逸"}),
        ("被告人张三提出去盗窃，李四同意，二人盗窃未遂。", {"未遂"}),
        ("被告人张三的家属及其辩护律师与王某达成协议，赔偿其损失，取得谅解。", {"赔偿", "谅解"}),
    ],
)
def test_opinions_among_the_facts(text: str, expected: set[str]) -> None:
    assert found(text, "facts") == expected


def test_an_opinion_among_the_facts_is_its_authors() -> None:
    (one,) = read("抗诉机关提出，被告人张三的行为不能认定为自首。", "facts")
    assert (one.code, one.holds, one.speaker) == ("自首", False, "prosecution")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被告人张三归案后认罪态度不好。", {"-当庭自愿认罪"}),
        ("被告人张三当庭认罪态度不好。", {"-当庭自愿认罪"}),
        ("被告人张三认罪、悔罪态度较差。", {"-当庭自愿认罪", "-悔罪表现"}),
        ("被告人张三归案后认罪态度好。", {"当庭自愿认罪"}),
        ("被告人张三认罪、悔罪态度较好。", {"当庭自愿认罪", "悔罪表现"}),
        ("该款应当从犯罪金额中扣除。", set()),
        ("该款应从犯罪数额中扣除。", set()),
        ("追诉期限从犯罪行为终了之日起计算。", set()),
        ("被告人张三系从犯罪责较轻。", {"从犯"}),
        ("被告人张三在拒不执行判决、裁定犯罪中起主要作用。", {"主犯"}),
        ("被告人张三在拒不支付劳动报酬犯罪中起主要作用。", {"主犯"}),
        ("被告人张三在拒不支付劳动报酬犯罪中不起主要作用。", {"-主犯"}),
        ("被告人张三拒不支付赔偿款。", {"-赔偿"}),
        ("被告人张三虽有自首不足以对其从轻处罚。", {"自首"}),
        ("被告人张三自首情节不足以认定。", {"-自首"}),
        ("原审遗漏累犯情节，应予纠正。", {"累犯"}),
        ("原审认定累犯情节错误，应予纠正。", {"-累犯"}),
        ("被告人张三签署认罪认罚具结书后反悔。", {"-认罪认罚"}),
        ("被告人张三签署认罪认罚具结书，但当庭反悔。", {"-认罪认罚"}),
        ("被告人张三签署认罪认罚具结书后未反悔。", {"认罪认罚"}),
        ("防卫过当是指正当防卫明显超过必要限度造成重大损害的行为。", set()),
        ("防卫过当，是指正当防卫明显超过必要限度造成重大损害的行为。", set()),
        ("自首是指犯罪以后自动投案，如实供述自己罪行的行为。", set()),
        ("被告人张三的行为系防卫过当，防卫过当是指明显超过必要限度。", {"防卫过当"}),
        ("被告人张三系指使者，系主犯。", {"主犯"}),
        ("双方对赔偿款未能达成调解协议。", {"-赔偿"}),
        ("双方对赔偿款达成调解协议。", {"赔偿"}),
    ],
)
def test_words_that_say_the_contrary_or_nothing(text: str, expected: set[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("被告人张三在与李四的共同犯罪中积极主动，起主要作用，系主犯。", {("主犯", ("张三",))}),
        ("张三在与李四共同盗窃中起次要作用，系从犯。", {("从犯", ("张三",))}),
        ("被告人张三，与被告人李四共同盗窃，系从犯。", {("从犯", ("张三",))}),
        ("被告人张三在与同案犯周某的共同犯罪中系从犯。", {("从犯", ("张三",))}),
        ("张三在与周某（另案处理）的共同犯罪中系从犯。", {("从犯", ("张三",))}),
        ("被告人张三伙同周某（另案处理）盗窃，系主犯。", {("主犯", ("张三",))}),
        ("被告人张三与李四在共同犯罪中系从犯。", {("从犯", ("张三", "李四"))}),
        ("王某和被告人李四均系从犯。", {("从犯", ("李四",))}),
        ("被告人张三盗窃，周某（另案处理）系主犯。", set()),
    ],
)
def test_who_takes_part_beside_the_one_spoken_of(
    text: str, expected: set[tuple[str, tuple[str, ...]]]
) -> None:
    assert {(one.code, one.defendants) for one in read(text)} == expected


def test_of_a_text_a_bounded_number_of_phrases_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = 0
    skipped = module._Passage.skipped

    def count(self: module._Passage, hit: module._Hit) -> bool:
        nonlocal judged
        judged += 1
        return skipped(self, hit)

    monkeypatch.setattr(module, "_ALL", 100)
    monkeypatch.setattr(module._Passage, "skipped", count)
    text = "从犯，" * 1000
    half = len(text) // 2
    parts = (Segment("facts", 0, half), Segment("reasoning", half, len(text)))
    assert len(circumstances(text, parts, NAMES, "judgment")) == 100
    assert judged == 100
    judged = 0
    assert len(circumstances("从犯，" * 99, (), NAMES)) == 99
    assert judged == 99


def test_words_of_the_law_are_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    class Law:
        def finditer(self, form: str, start: int, stop: int) -> object:
            nonlocal looked
            looked += min(stop, len(form)) - start
            return pattern.finditer(form, start, stop)

    pattern = module._LAW
    monkeypatch.setattr(module, "_LAW", Law())
    text = "从犯，" * 3000
    assert len(read(text)) == 3000
    assert looked <= len(text)


def test_of_a_text_a_bounded_number_of_charges_is_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(charges, "_ALL", 5)
    mentioned = extract("被告人张三犯盗窃罪。" * 40).charges
    assert {each.name for each in mentioned} == {"盗窃"}
    assert len(mentioned) <= 10


def test_a_text_is_brought_into_matching_form_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    whole = (
        "经审理查明，被告人张三盗窃手机一部。本院认为，其行为已构成盗窃罪。判决如下：\n"
        "被告人张三犯盗窃罪，判处有期徒刑一年。"
    ) * 20
    brought = form.normalise

    def counted(text: str) -> Normalised:
        sizes.append(len(text))
        return brought(text)

    monkeypatch.setattr(form, "normalise", counted)
    form.form.cache_clear()
    extract(whole)
    assert sizes.count(len(whole)) == 1
