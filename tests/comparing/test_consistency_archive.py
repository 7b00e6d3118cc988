"""Where a sentence lies among an archive's own judgments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from stolen_goods import QUERY, corpus

from dossier import Archive
from dossier.comparing import weights_of
from dossier.similarity.consistency import REFERENCE_ONLY
from dossier.templates import plain_text


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    folder = tmp_path_factory.mktemp("consistency")
    with Archive.create(folder / "archive") as made:
        made.import_judgments(corpus(folder / "corpus.jsonl", 160))
        yield made


def test_a_usual_term_is_no_deviation(archive: Archive) -> None:
    answer = archive.consistency(text=QUERY, charge="盗窃", months=8)
    assert answer.interval is not None
    assert answer.terms is not None
    assert answer.flag in ("none", "note")
    assert answer.note == REFERENCE_ONLY


def test_a_harsh_term_is_one(archive: Archive) -> None:
    answer = archive.consistency(text=QUERY, charge="盗窃", months=60)
    assert answer.flag == "outside"
    assert answer.percentile == 100


def test_contributions_add_up_to_what_is_expected(archive: Archive) -> None:
    answer = archive.consistency(text=QUERY, charge="盗窃", months=8)
    assert answer.base is not None
    assert answer.interval is not None
    total = answer.base + sum(each.months for each in answer.contributions)
    assert total == pytest.approx(answer.interval.middle)


def test_beyond_what_the_law_allows_is_named(archive: Archive) -> None:
    answer = archive.consistency(text="被告人吴某酒后驾驶机动车。", charge="危险驾驶", months=12)
    assert answer.flag == "outside"
    assert "刑法第133条之1" in answer.illegal
    page = archive.similar_html(
        archive.similar(text=QUERY, k=3, charge="盗窃"), answer, subject="吴某案"
    )
    assert "超出法定刑" in page


@pytest.mark.parametrize(
    ("text", "months", "probation", "article"),
    [
        (QUERY, 8, 12, "刑法第74条"),  # 累犯
        (QUERY, 40, 48, "刑法第72条"),
        (QUERY.replace("系累犯，", ""), 10, 6, "刑法第73条"),
        (QUERY.replace("系累犯，", ""), 10, 72, "刑法第73条"),
        # 拘役: a year at most
        (QUERY.replace("系累犯，", ""), 4, 18, "刑法第73条"),
    ],
)
def test_probation_against_the_law_is_named(
    archive: Archive, text: str, months: int, probation: int, article: str
) -> None:
    answer = archive.consistency(text=text, charge="盗窃", months=months, probation=probation)
    assert article in answer.illegal
    assert article in answer.reason
    assert answer.flag == "outside"


def test_lawful_probation_is_not(archive: Archive) -> None:
    text = QUERY.replace("系累犯，", "")
    answer = archive.consistency(text=text, charge="盗窃", months=8, probation=12)
    assert answer.illegal == ""


@pytest.mark.parametrize(
    ("charge", "months", "probation", "lawful"),
    [
        ("盗窃", 4, 8, True),
        ("盗窃", 6, 8, True),  # 拘役
        ("盗窃", 6, 36, True),  # 有期徒刑
        ("危险驾驶", 6, 36, False),
        ("危险驾驶", 1, 2, True),
        ("危险驾驶", 1, 1, False),
        ("盗窃", 36, 60, True),
        ("盗窃", 36, 35, False),
    ],
)
def test_length_of_the_probation(
    archive: Archive, charge: str, months: int, probation: int, lawful: bool
) -> None:
    text = "被告人吴某某日实施了上述行为，归案后如实供述。"
    answer = archive.consistency(text=text, charge=charge, months=months, probation=probation)
    assert ("刑法第73条" not in answer.illegal) == lawful


def test_a_fine_against_the_law_is_named(archive: Archive) -> None:
    little = archive.consistency(text=QUERY, charge="盗窃", months=8, fine=300)
    assert "低于最低数额1,000元" in little.illegal
    assert little.flag == "outside"
    none = archive.consistency(text="致被害人死亡。", charge="交通肇事", months=20, fine=5000)
    assert "刑法第133条未规定罚金" in none.illegal
    # where nothing measures it, that is said
    assert "没有罚金区间" in none.reason
    huge = archive.consistency(text=QUERY, charge="盗窃", fine=1e12)
    assert huge.flag == "note"
    assert "罚金1,000,000,000,000元高于" in huge.reason


def test_a_fine_far_off_is_noted(archive: Archive) -> None:
    usual = archive.consistency(text=QUERY, charge="盗窃", months=8, fine=3000)
    assert "罚金" not in usual.reason
    far = archive.consistency(text=QUERY, charge="盗窃", months=8, fine=900_000)
    assert "罚金900,000元高于" in far.reason
    assert far.flag in ("note", "outside")


@pytest.mark.parametrize(
    "numbers",
    [
        {"months": 0},
        {"months": -5},
        {"months": 14.5},
        {"probation": 12},
        {"months": 8, "probation": 0},
        {"months": 8, "fine": 0.0},
        {"months": 8, "fine": -1.0},
        {"months": 8, "fine": float("nan")},
        {"months": 8, "fine": float("inf")},
    ],
)
def test_numbers_that_are_none(archive: Archive, numbers: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"."):
        archive.consistency(text=QUERY, charge="盗窃", **numbers)  # type: ignore[arg-type]


def test_a_result_is_not_looked_for_twice(archive: Archive) -> None:
    found = archive.similar(text=QUERY, charge="盗窃", k=30)
    assert archive.consistency(found=found, months=8) == archive.consistency(
        text=QUERY, charge="盗窃", months=8
    )


def test_names_and_ethnicity_move_nothing(archive: Archive) -> None:
    head = "被告人{}，{}，{}，{}人，信仰{}。\n经审理查明，"
    one = head.format("吴某", "男", "汉族", "甘肃省临洮县", "佛教") + QUERY
    other = (head.format("马某", "女", "回族", "青海省西宁市", "伊斯兰教") + QUERY).replace(
        "吴某", "马某"
    )
    answers = [archive.consistency(text=t, charge="盗窃", months=8) for t in (one, other)]
    assert answers[0].to_json() == answers[1].to_json()


def test_thin_data_gives_warnings_and_no_interval(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        archive.import_judgments(corpus(tmp_path / "corpus.jsonl", 4))
        answer = archive.consistency(text=QUERY, charge="盗窃", months=8)
        assert answer.interval is None
        assert answer.terms is None
        assert answer.percentile is None
        assert {each.code for each in answer.warnings} >= {"few_similar", "no_model"}
        assert answer.statutory is not None  # the law is there whatever the archive has
        found = archive.similar(text=QUERY, charge="盗窃")
        page = archive.similar_html(found, answer, subject="吴某盗窃案")
        for each in answer.warnings:
            assert each.text in page


PAPER = (
    "{court}人民法院\n刑事判决书\n（2023）{code}刑初1号\n公诉机关某县人民检察院。\n被告人吴某，男。\n"
    "经审理查明，2023年1月2日，" + QUERY + "\n本院认为，被告人吴某的行为已构成盗窃罪。判决如下：\n"
    "被告人吴某犯盗窃罪，判处有期徒刑八个月，并处罚金人民币二千元。\n审判员 温和\n{year}年六月一日"
)


@pytest.mark.parametrize(
    ("court", "code", "year", "warned"),
    [
        ("临洮县", "甘1124", "二〇二三", set()),
        ("深圳市福田区", "粤0304", "二〇二三", {"other_region"}),
        ("临洮县", "甘1124", "二〇四〇", {"old_similar", "old_model"}),
    ],
)
def test_judgments_of_elsewhere_or_long_ago_give_no_place(
    archive: Archive, court: str, code: str, year: str, warned: set[str]
) -> None:
    text = PAPER.format(court=court, code=code, year=year)
    answer = archive.consistency(text=text, months=8)
    assert {w.code for w in answer.warnings} & {
        "other_region",
        "old_similar",
        "old_model",
    } == warned
    assert (answer.percentile is None) == bool(warned)
    assert (answer.interval is None) == ("old_model" in warned)
    assert answer.terms is not None


def test_the_law_alone_with_no_judgments(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        answer = archive.consistency(text=QUERY, charge="盗窃", months=200)
        assert answer.flag == "outside"
        assert "刑法第264条" in answer.illegal


def test_weights_fall_with_the_score() -> None:
    assert weights_of([]) == ()
    assert weights_of([2.0, 2.0]) == (1.0, 1.0)
    first, second, third = weights_of([3.0, 2.0, 1.0])
    assert first == 1.0
    assert first > second > third > 0


def test_a_probation_of_a_term_that_no_law_allows_is_answered(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        drunk = "被告人醉酒后驾驶小型轿车在道路上行驶，血液中乙醇含量为186mg/100ml。"
        answer = archive.consistency(text=drunk, charge="危险驾驶", months=8, probation=12)
        assert answer.flag == "outside"
        assert "第133条之1" in answer.illegal


@pytest.mark.parametrize(("months", "words"), [(301, "25年"), (200, "15年"), (180, "")])
def test_without_a_known_charge_no_term_goes_beyond_what_any_charge_allows(
    tmp_path: Path, months: int, words: str
) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        answer = archive.consistency(text=QUERY, charge="查无此罪", months=months)
        assert words in answer.illegal
        assert (answer.flag == "outside") == bool(words)


@pytest.mark.parametrize(
    ("facts", "months", "probation", "words"),
    [
        ("被告人吴某系犯罪集团的首要分子，多次组织他人斗殴。", 24, 36, "首要分子"),
        (
            "被告人吴某犯罪时未满十八周岁，盗走手机一部，价值人民币3860元。",
            10,
            None,
            "应当宣告缓刑",
        ),
        ("被告人吴某犯罪时未满十八周岁，盗走手机一部，价值人民币3860元。", 10, 12, ""),
        ("被告人吴某犯罪时未满十八周岁，盗走手机一部，价值人民币3860元。", 40, None, ""),
    ],
)
def test_article_72_and_74_are_pointed_to(
    tmp_path: Path, facts: str, months: int, probation: int | None, words: str
) -> None:
    with Archive.create(tmp_path / "archive") as archive:
        answer = archive.consistency(text=facts, charge="盗窃", months=months, probation=probation)
        assert words in answer.reason
        assert ("请核对" in answer.reason) == bool(words)


def test_all_that_is_proposed_and_its_place_stand_in_every_form(archive: Archive) -> None:
    found = archive.similar(text=QUERY, k=25, charge="盗窃")
    answer = archive.consistency(found=found, months=14, probation=18, fine=5000)
    assert (answer.probation, answer.fine) == (18, 5000)
    assert answer.fines is not None
    assert answer.fine_percentile is not None
    page = archive.similar_html(found, answer, subject="案")
    word = plain_text(archive.similar_docx(found, answer, subject="案"))
    band = dict(answer.bands)["累犯"]
    assert band
    for words in (
        "拟判缓刑考验期",
        "1年6个月",
        "5,000元",
        "类案罚金中位数",
        "拟判罚金在类案中的位次",
        band,
    ):
        assert words in page, words
        assert words in word, words
