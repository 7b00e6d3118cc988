"""The report on similar judgments: complete, safe to open, with numbers that add up."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from stolen_goods import QUERY, corpus

from dossier import Archive
from dossier.comparing import SimilarJudgments
from dossier.comparing.report import score_words, shown_contributions, similar_html
from dossier.comparing.reporting import anonymous, on_one_line, report_of
from dossier.comparing.reportvalues import BY_HAND, TO_WRITE, ReportItem
from dossier.similarity.consistency import REFERENCE_ONLY, Consistency
from dossier.templates import plain_text
from dossier.templates.skeleton import build_docx

HOSTILE = '"><script>alert(1)</script><img src=http://evil.example/x onerror=alert(2)>&amp;\x0b'


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("src", "href", "xlink:href", "action", "data") or name.startswith("on"):
                self.addresses.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def judgment_row() -> dict[str, str]:
    """A judgment that was never made anonymous."""
    return {
        "id": "named", "title": "徐广华盗窃罪一审刑事判决书", "date": "2019-06-01",
        "text": "临洮县人民法院\n刑事判决书\n（2019）甘1124刑初900号\n公诉机关临洮县人民检察院。\n"
        "被告人徐广华，男，汉族，1990年1月1日出生。\n"
        "经审理查明，2019年3月6日，被告人徐广华在南关市场趁人不备，盗走被害人梁秀芳（电话13912345678）"
        "手机一部，经鉴定价值人民币3900元。\n本院认为，被告人徐广华的行为已构成盗窃罪。判决如下：\n"
        "被告人徐广华犯盗窃罪，判处有期徒刑八个月，并处罚金人民币二千元。\n审判员 温和",
    }  # fmt: skip


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    return parser


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("report")
    with Archive.create(folder / "archive") as made:
        made.import_judgments(corpus(folder / "corpus.jsonl", 160))
        made.user = "温和"
        yield made


@pytest.fixture(scope="module")
def found(archive: Archive) -> SimilarJudgments:
    return archive.similar(text=QUERY, k=25, charge="盗窃")


@pytest.fixture(scope="module")
def answer(archive: Archive, found: SimilarJudgments) -> Consistency:
    return archive.consistency(found=found, months=40)


def test_nothing_from_elsewhere_and_no_script(
    archive: Archive, found: SimilarJudgments, answer: Consistency
) -> None:
    page = archive.similar_html(found, answer, subject="吴某盗窃案")
    parsed = seen(page)
    assert parsed.addresses == []
    assert not parsed.tags & {"script", "link", "iframe", "img", "object", "base", "form"}
    assert "@import" not in page
    assert "url(" not in page
    # the namespace of SVG is a name, and nothing is fetched for it
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) <= {"http://www.w3.org/2000/svg"}


def test_hostile_text_is_text(
    archive: Archive, found: SimilarJudgments, answer: Consistency
) -> None:
    clean = seen(archive.similar_html(found, answer, subject="案")).tags
    archive_user, archive.user = archive.user, HOSTILE
    try:
        page = archive.similar_html(found, answer, subject=HOSTILE)
    finally:
        archive.user = archive_user
    parsed = seen(page)
    assert parsed.tags == clean
    assert parsed.addresses == []
    assert "<script>alert(1)</script>" in "".join(parsed.words)
    assert "\x0b" not in page


def test_hostile_judgments_are_text(found: SimilarJudgments) -> None:
    report = report_of(found, subject="案", by="某")
    bad = ReportItem(
        title=HOSTILE, score=1.0, number=HOSTILE, court=HOSTILE, level=HOSTILE, day=HOSTILE,
        charges=HOSTILE, result=HOSTILE, contributions=((HOSTILE, 1.0),),
        passages=((HOSTILE, HOSTILE),), shared=(HOSTILE,), differing=((HOSTILE,) * 3,),
        folded=(HOSTILE,),
    )  # fmt: skip
    page = similar_html(type(report)(report.meta, (bad,), None, (HOSTILE,), HOSTILE, HOSTILE))
    parsed = seen(page)
    assert not parsed.tags & {"script", "img"}
    assert parsed.addresses == []


def test_nothing_turns_the_direction_of_writing(found: SimilarJudgments) -> None:
    turned = replace(found.items[0].judgment, title="甲\u202e决判\u202c书\x07")
    report = report_of(
        replace(found, items=(replace(found.items[0], judgment=turned),)),
        subject="案\u2066", by="某",
    )  # fmt: skip
    page = similar_html(report)
    assert not set(page) & set("\u202e\u202c\u2066\x07")
    assert "甲决判书" in page


def test_people_of_the_judgments_are_not_named_in_passages() -> None:
    words = (
        "被告人徐广华窃取被害人梁秀芳的手机，身份证号620102199001011234，电话13912345678，"
        "车牌甘A12345，发票由某某公司开具。"
    )
    said = anonymous(words, {"徐广华", "梁秀芳", "某某公司"})
    assert said == (
        "被告人徐某某窃取被害人梁某某的手机，身份证号***，电话***，车牌***，发票由某某公司开具。"
    )


def test_passages_of_a_report_are_anonymous_and_on_one_line(
    archive: Archive, tmp_path: Path
) -> None:
    row = judgment_row()
    source = tmp_path / "实名.jsonl"
    source.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    archive.import_judgments(source)
    result = archive.similar(text=QUERY, k=40, where={"year": "2019"})
    (item,) = result.items
    assert "梁秀芳" in item.judgment.text
    report = report_of(result, subject="案", by="某")
    told = [theirs for _, theirs in report.items[0].passages]
    assert any("梁某某" in each for each in told)
    for page in (similar_html(report), plain_text(archive.similar_docx(result, subject="案"))):
        assert "梁秀芳" not in page
        assert "13912345678" not in page
    assert on_one_line("价值人民币\n3860元，by\nhand") == "价值人民币3860元，by hand"


def test_terms_as_bars_where_no_picture_can_be(
    archive: Archive, found: SimilarJudgments, answer: Consistency
) -> None:
    assert answer.terms is not None
    text = plain_text(archive.similar_docx(found, answer, subject="案"))
    shares = [share for _, _, share in answer.terms.histogram if share > 0]
    assert all(f"■ {share:.0%}" in text for share in shares)


def test_leaves_room_for_what_only_a_judge_can_say(
    archive: Archive, found: SimilarJudgments
) -> None:
    page = archive.similar_html(found, subject="案")
    text = plain_text(archive.similar_docx(found, subject="案"))
    for each in BY_HAND:
        assert each in page
        assert f"{each}：{TO_WRITE}" in text


def test_each_defendant_on_a_line_of_its_own(found: SimilarJudgments) -> None:
    words = "第1名：有期徒刑4年。第2名：有期徒刑2年"
    page = similar_html(
        report_of(
            replace(found, items=(replace(found.items[0], result=words),)), subject="案", by="某"
        )
    )
    assert "第1名：有期徒刑4年<br>第2名：有期徒刑2年" in page


def test_numbers_are_those_of_the_json(
    archive: Archive, found: SimilarJudgments, answer: Consistency
) -> None:
    words = "".join(seen(archive.similar_html(found, answer, subject="案")).words)
    told = found.to_json()
    for item in told["items"]:
        assert score_words(item["score"]) in words
        assert math.fsum(each["value"] for each in item["contributions"]) == item["score"]
        assert item["title"] in words
        assert item["result"] in words
    data = answer.to_json()
    assert f"{data['percentile']:.1f}%" in words
    assert f"期望{data['interval']['middle']:.1f}个月" in words
    assert f"{data['base']:.2f}" in words
    assert data["reason"] in words
    assert f"{sum(told['collection'].values())}件" in words


def test_contributions_as_shown_add_up(found: SimilarJudgments) -> None:
    for item in report_of(found, subject="案", by="某").items:
        shown = shown_contributions(item)
        assert sum(round(v * 1000) for _, v in shown) == round(item.score * 1000)


def test_says_what_was_searched_and_that_it_binds_nobody(
    archive: Archive, found: SimilarJudgments, answer: Consistency
) -> None:
    words = "".join(seen(archive.similar_html(found, answer, subject="吴某盗窃案")).words)
    for wanted in ("吴某盗窃案", "温和", "检索时间", "本库裁判文书共160件", "仅供参考"):
        assert wanted in words
    assert REFERENCE_ONLY in words
    assert "民族" in words  # what is never compared


def test_the_word_file_says_the_same(
    archive: Archive, found: SimilarJudgments, answer: Consistency
) -> None:
    text = plain_text(archive.similar_docx(found, answer, subject="吴某盗窃案"))
    assert "类案检索报告" in text
    assert "吴某盗窃案" in text
    assert REFERENCE_ONLY in text
    assert answer.reason.rstrip("。") in text
    for item in found.items:
        assert item.judgment.title in text
        assert score_words(item.score) in text


def test_nothing_found_is_a_report_too(archive: Archive, found: SimilarJudgments) -> None:
    empty = replace(found, items=())
    answer = archive.consistency(found=empty, months=8)
    assert "未检索到类案" in archive.similar_html(empty, answer, subject="案")
    assert "未检索到类案" in plain_text(archive.similar_docx(empty, answer, subject="案"))


def test_filed_with_the_case_when_asked(archive: Archive, tmp_path: Path) -> None:
    paper = tmp_path / "吴某盗窃案"
    paper.mkdir()
    (paper / "起诉书.docx").write_bytes(
        build_docx(
            "# 临洮县人民检察院\n## 起诉书\n@ 临检刑诉〔2023〕12号\n"
            "被告人吴某，男，1990年1月1日出生，涉嫌盗窃罪。\n"
            f"经依法审查查明：{QUERY}\n被告人吴某的行为触犯了《中华人民共和国刑法》第二百六十四条，"
            "应当以盗窃罪追究其刑事责任。\n! 临洮县人民法院\n> 检察员：石磊\n> 2023年5月8日"
        )
    )
    archive.add(paper, ocr="off")
    dossier = archive.dossier("吴某盗窃案")
    draft = archive.similar_report(dossier.id)
    assert draft.standing == "draft"
    assert archive.generated(dossier.id) == []
    made = archive.similar_report(dossier.id, file=True)
    assert made.standing == "present"
    assert made.document is not None
    assert made.document.type_code == "F04"
    assert "仅供办案人员参考" in made.text
    # what it tells of other cases is no fact of this one
    assert archive.dossier(dossier.id).facts == dossier.facts
