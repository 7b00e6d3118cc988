"""Judgments like a case, out of an archive: found, explained, kept up."""

from __future__ import annotations

import json
import math
import multiprocessing
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dossier import Archive, SimilarJudgments
from dossier.cli.app import app
from dossier.comparing.authority import authority_of
from dossier.similarity import CaseProfile

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "examples" / "judgments" / "judgments.jsonl"
ROWS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
THEFT = (
    "2023年6月8日15时许，被告人郑大川在兰州市城关区某商场二楼，趁被害人马小红不备，窃得其手机一部。"
    "经价格认证中心认定，被盗手机价值人民币3860元。案发后，赃物已追回并发还被害人。"
    "被告人郑大川到案后如实供述自己的罪行，自愿认罪认罚。"
)
INDICTMENT = f"""兰州市城关区人民检察院
起诉书
兰城检刑诉〔2023〕286号
被告人郑大川，男，1990年1月1日出生，汉族，初中文化，无业，住兰州市城关区。因涉嫌盗窃罪，于2023年6月9日被刑事拘留。
本案由兰州市公安局城关分局侦查终结，以被告人郑大川涉嫌盗窃罪，于2023年8月1日向本院移送审查起诉。
经依法审查查明：
{THEFT}
认定上述事实的证据如下：扣押清单、价格认定结论书、被害人陈述、被告人供述。
本院认为，被告人郑大川以非法占有为目的，秘密窃取他人财物，数额较大，其行为触犯了《中华人民共和国刑法》第二百六十四条，
应当以盗窃罪追究其刑事责任。根据《中华人民共和国刑事诉讼法》第一百七十六条的规定，提起公诉，请依法判处。
此致
兰州市城关区人民法院
检察员 韩建军
二〇二三年八月三十日
"""


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "档案") as made:
        made.import_judgments(SAMPLE)
        yield made


def ids(found: SimilarJudgments) -> list[int]:
    return [item.judgment.id for item in found.items]


def test_a_text_finds_judgments_and_says_why(archive: Archive) -> None:
    found = archive.similar(text=THEFT, k=6)
    assert len(found.items) == 6
    assert found.notes  # the first question builds the features and says so
    assert sum("盗窃" in item.judgment.title for item in found.items) >= 5
    assert found.items[0].judgment.charges == ("盗窃",)
    assert any("仅48件" in warning for warning in found.warnings)
    assert found.charges[0][0] == "盗窃"
    for item in found.items:
        assert math.fsum(item.contributions.values()) == item.score
        assert item.elements
        for each in item.passages:
            assert THEFT[slice(*each.mine)].strip()
            assert item.judgment.text[slice(*each.theirs)].strip()
            assert each.theirs[1] <= len(item.judgment.text)
    assert any("窃得" in THEFT[slice(*p.mine)] for p in found.items[0].passages)
    assert any("窃得" in found.items[0].judgment.text[slice(*p.theirs)]
               for p in found.items[0].passages)  # fmt: skip
    scores = [item.score for item in found.items]
    assert scores == sorted(scores, reverse=True)
    assert not archive.similar(text=THEFT, k=6).notes
    assert "罚金" in found.items[0].result
    told = json.loads(json.dumps(found.to_json(), ensure_ascii=False))
    first = told["items"][0]
    assert math.fsum(each["value"] for each in first["contributions"]) == first["score"]
    assert first["passages"][0]["my_words"] in THEFT


def test_a_judgment_finds_others_and_not_itself(archive: Archive) -> None:
    theft = next(j for j in archive.judgments() if "盗窃罪" in j.title)
    found = archive.similar(judgment=theft.id, k=40)
    assert theft.id not in ids(found)
    assert len(set(ids(found))) == len(ids(found)) == 40
    assert "盗窃" in found.items[0].judgment.title
    assert ids(archive.similar(judgment=theft.number, k=40)) == ids(found)


def test_a_dossier_finds_judgments_by_its_indictment(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "郑大川案" / "检察卷"
    folder.mkdir(parents=True)
    (folder / "起诉书.txt").write_text(INDICTMENT, "utf-8")
    archive.add(folder.parent, jobs=1)
    found = archive.similar("郑大川案", k=3)
    assert found.source == "起诉书"
    assert (found.case.region, found.case.court_level) == ("甘肃省兰州市城关区", "基层")
    near = archive.similar("郑大川案", k=48, sort="authority")
    assert near.items[0].authority == "upper_or_own"
    assert near.items[0].court == "甘肃省兰州市城关区人民法院"
    assert not any("不知本案" in warning for warning in near.warnings)
    assert found.case.charges == ("盗窃",)
    assert dict(found.case.circumstances).get("坦白") is True
    assert "郑大川" not in found.case.facts
    assert all("盗窃" in item.judgment.title for item in found.items)
    with pytest.raises(ValueError, match="no defendant"):
        archive.similar("郑大川案", person="没有的人")


def test_filters_narrow(archive: Archive) -> None:
    def asked(**where: str) -> SimilarJudgments:
        return archive.similar(text=THEFT, k=48, where=where)

    assert len(asked().items) == 48
    assert {item.judgment.charges for item in asked(charge="诈骗罪").items} == {("诈骗",)}
    assert all("兰州市" in item.court for item in asked(region="兰州市").items)
    assert len(asked(region="兰州市").items) == 16
    years = {item.judgment.day.year for item in asked(year="2022").items if item.judgment.day}
    assert years == {2022}
    assert len(asked(level="基层", instance="一审").items) == 48
    assert asked(level="中级").items == ()
    assert asked(instance="二审").items == ()
    two = archive.similar(text=THEFT, k=48, where={"year": ["2022", "2023"]})
    assert {item.judgment.day.year for item in two.items if item.judgment.day} == {2022, 2023}
    for wrong in ({"民族": "汉"}, {"level": "最低"}, {"instance": "三审"}, {"region": ""}):
        with pytest.raises(ValueError, match=r"not a filter|there are|empty"):
            archive.similar(text=THEFT, where=wrong)
    for more in ({}, {"case": 1, "text": THEFT}):
        with pytest.raises(ValueError, match="one of them"):
            archive.similar(**more)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="empty"):
        archive.similar(text="  ")


def test_a_known_charge_counts(archive: Archive) -> None:
    def first_fraud(found: SimilarJudgments) -> int:
        charges = [item.judgment.charges for item in found.items]
        return charges.index(("诈骗",))

    by_facts = archive.similar(text=THEFT, k=48)
    found = archive.similar(text=THEFT, charge="诈骗罪", k=48)
    assert found.case.charges == ("诈骗",)
    assert first_fraud(found) < first_fraud(by_facts)
    assert any("推断" in warning for warning in by_facts.warnings)
    assert not any("推断" in warning for warning in found.warnings)


def test_judgments_of_one_case_are_one_item(archive: Archive, tmp_path: Path) -> None:
    row = next(row for row in ROWS if "盗窃罪" in row["案件名称"])
    again = [
        {**row, "docid": "again", "案件名称": "重复文书"},
        {
            **row,
            "docid": "appeal",
            "案件名称": row["案件名称"].replace("一审", "二审"),
            "案号": "（2024）甘01刑终9号",
            "法院名称": "甘肃省兰州市中级人民法院",
        },
    ]
    archive.import_judgments(write_rows(tmp_path / "more.jsonl", again))
    found = archive.similar(text=THEFT, k=48)
    # two drunk drivers or thieves told of in the same words stay two
    assert len(found.items) == 48
    folded = [item for item in found.items if item.others]
    assert len(folded) == 1
    assert len(folded[0].others) == 2
    original = next(j for j in archive.judgments() if j.key == row["docid"])
    # asked with the case itself, its own judgments are no similar ones
    for text in (row["全文"], row["全文"][row["全文"].index("经审理查明") :]):
        itself = archive.similar(text=text, k=10)
        assert {each.key for each in itself.own} == {row["docid"], "again", "appeal"}
        assert len(itself.items) == 10
        assert not {each.id for each in itself.own} & set(ids(itself))
    own = archive.similar(judgment=original.id, k=10)
    assert {each.key for each in own.own} == {"again", "appeal"}
    assert not {each.id for each in own.own} & set(ids(own))


def test_who_they_are_does_not_move_the_order(archive: Archive) -> None:
    other = THEFT.replace("郑大川", "马志远").replace("马小红", "李桂芳")
    personal = other.replace(
        "被告人马志远在", "被告人马志远（女，回族，信仰伊斯兰教，青海人）在", 1
    )
    plain, changed, told = (archive.similar(text=t, k=48) for t in (THEFT, other, personal))
    assert ids(plain) == ids(changed) == ids(told)
    assert [i.score for i in plain.items] == [i.score for i in changed.items]
    assert [i.score for i in plain.items] == [i.score for i in told.items]


def test_what_is_added_later_is_found_without_a_refit(tmp_path: Path) -> None:
    first = write_rows(tmp_path / "first.jsonl", ROWS[:40])
    rest = write_rows(tmp_path / "rest.jsonl", ROWS[40:])
    with Archive.create(tmp_path / "a") as archive:
        assert archive.similarity_status().state == "missing"
        archive.import_judgments(first)
        archive.similar(text=THEFT)
        archive.import_judgments(rest)
        status = archive.similarity_status()
        assert (status.described, status.recorded, status.waiting) == (48, 48, 0)
        assert status.fitted_on == 40
        assert status.drift is not None
        before = archive.similar(text=THEFT, k=48)
        made = archive.refit_similarity()
        assert made is not None
        assert (made.judgments, made.before is not None) == (48, True)
        after = archive.similar(text=THEFT, k=48)
        assert len(before.items) == len(after.items) == 48
        assert len(set(ids(before)[:6]) & set(ids(after)[:6])) >= 5
        assert any(item.judgment.source == "rest" for item in before.items[:8])
        # fitted on the same judgments, the same order to the last digit
        assert archive.refit_similarity() is not None
        assert [i.score for i in archive.similar(text=THEFT, k=48).items] == [
            i.score for i in after.items
        ]
        archive.remove_judgments("rest", reason="重复")
        assert archive.similarity_status().waiting == 0
        left = archive.similar(text=THEFT, k=48)
        assert len(left.items) == 40
        assert archive.check().notes == ()


@pytest.mark.parametrize("damage", ["pointer", "array", "model", "gone", "rules"])
def test_damaged_features_are_known_and_built_anew(archive: Archive, damage: str) -> None:
    before = ids(archive.similar(text=THEFT))
    assert archive.check().notes == ()
    root = archive.home / "similarity"
    (place,) = root.glob("features-*")
    pointer = root / "current.json"
    match damage:
        case "pointer":
            pointer.write_text("{", "utf-8")
        case "array":
            next(place.glob("part-*/topics.npy")).write_bytes(b"\x93NUMPY")
        case "model":
            next(place.glob("model-*/model.json")).write_text("[]", "utf-8")
        case "gone":
            shutil.rmtree(place)
        case "rules":
            told = json.loads(pointer.read_text("utf-8"))
            pointer.write_text(json.dumps({**told, "content": 1}), "utf-8")
    with Archive.open(archive.home) as other:
        assert other.similarity_status().state == "damaged"
        (note,) = other.check().notes
        assert note.code == "features-damaged"
        assert "refit" in note.message
        found = other.similar(text=THEFT)
        assert ids(found) == before
        assert found.notes
        assert other.similarity_status().state == "ready"
    assert len(list(root.glob("features-*"))) == 1


def test_an_interrupted_build_leaves_nothing_visible(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.similar(text=THEFT, progress=fail)
    assert archive.similarity_status().state == "missing"
    before = ids(archive.similar(text=THEFT))
    with pytest.raises(KeyboardInterrupt):
        archive.refit_similarity(progress=fail)
    assert ids(archive.similar(text=THEFT)) == before


def test_too_few_judgments_are_said(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a") as archive:
        for _ in range(2):
            found = archive.similar(text=THEFT)
            assert found.items == ()
            assert any("不足" in warning for warning in found.warnings)
            archive.import_judgments(write_rows(tmp_path / "one.jsonl", ROWS[:1]))
        assert archive.refit_similarity() is None


def _ask(home: str, queue: multiprocessing.Queue[list[int]]) -> None:
    with Archive.open(home) as archive:
        queue.put(ids(archive.similar(text=THEFT)))


def test_two_processes_build_once_and_answer_alike(archive: Archive) -> None:
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[list[int]] = context.Queue()
    askers = [context.Process(target=_ask, args=(str(archive.home), queue)) for _ in range(2)]
    for each in askers:
        each.start()
    answers = [queue.get(timeout=120) for _ in askers]
    for each in askers:
        each.join()
    assert answers[0] == answers[1] == ids(archive.similar(text=THEFT))
    assert len(list((archive.home / "similarity").glob("features-*"))) == 1


def test_order_of_authority(archive: Archive) -> None:
    case = CaseProfile("", court_level="基层", region="甘肃省兰州市城关区")
    lower = CaseProfile("", court_level="基层", region="甘肃省兰州市七里河区")

    def of(court: str, level: str, named: str = "") -> str:
        return authority_of(case, replace(lower, court_level=level), court, named)

    assert of("某法院", "基层", "指导案例27号：臧进泉等盗窃、诈骗案") == "guiding"
    assert of("最高人民法院", "最高") == "supreme"
    assert of("甘肃省高级人民法院", "高级") == "province"
    assert of("陕西省高级人民法院", "高级") == "other"
    assert of("甘肃省兰州市中级人民法院", "中级") == "upper_or_own"
    assert of("甘肃省天水市中级人民法院", "中级") == "other"
    assert of("甘肃省兰州市城关区人民法院", "基层") == "upper_or_own"
    assert of("甘肃省兰州市七里河区人民法院", "基层") == "other"
    # a county whose code no data have: known by the name of its court
    ruian = CaseProfile("", court_level="基层", region="浙江省温州市")

    def seen(court: str, level: str) -> str:
        theirs = replace(lower, court_level=level)
        return authority_of(ruian, theirs, court, "", "浙江省瑞安市人民法院")

    assert seen("浙江省瑞安市人民法院", "基层") == "upper_or_own"
    assert seen("浙江省温州市中级人民法院", "中级") == "upper_or_own"
    assert seen("浙江省平阳县人民法院", "基层") == "other"
    theft = next(j for j in archive.judgments() if "盗窃罪" in j.title)
    by = archive.similar(judgment=theft.id, k=48, sort="authority")
    places = [item.authority for item in by.items]
    assert places == sorted(places, key=["upper_or_own", "other"].index)
    assert places[0] == "upper_or_own"
    newest = [item.judgment.day for item in archive.similar(text=THEFT, sort="newest").items]
    assert newest == sorted(newest, key=str, reverse=True)


def test_the_command(archive: Archive, tmp_path: Path) -> None:
    facts = tmp_path / "facts.txt"
    facts.write_text(THEFT, "utf-8")
    home = str(archive.home)
    run = CliRunner().invoke
    told = run(app, ["similar", home, "--text", str(facts), "-k", "3", "--json"])
    assert told.exit_code == 0, told.output
    assert len(json.loads(told.stdout)["items"]) == 3
    shown = run(app, ["similar", home, "--judgment", "1", "--where", "charge=盗窃", "-k", "2"])
    assert shown.exit_code == 0
    assert "相同" in shown.output
    html, docx = tmp_path / "报告.html", tmp_path / "报告.docx"
    report = run(
        app,
        ["similar", home, "--judgment", "1", "-k", "3", "--months", "8", "--html", str(html),
         "--docx", str(docx)],
    )  # fmt: skip
    assert report.exit_code == 0, report.output
    assert "拟判主刑" in report.output
    assert "类案检索报告" in html.read_text("utf-8")
    assert docx.read_bytes().startswith(b"PK")
    none = run(app, ["similar", home, "--judgment", "1", "--where", "level=最高", "--json"])
    assert none.exit_code == 1
    wrong = run(app, ["similar", home, "--judgment", "1", "--where", "民族=汉"])
    assert wrong.exit_code == 2
    assert run(app, ["similar", home]).exit_code == 2
    assert "罪名：盗窃罪" in shown.output
    assert "0/?" not in shown.output  # no bar where nothing is built
    status = run(app, ["similarity", "status", home, "--json"])
    assert status.exit_code == 0
    assert json.loads(status.stdout)["described"] == 48
    assert run(app, ["similarity", "refit", home]).exit_code == 0


def test_texts_however_they_are_encoded(archive: Archive, tmp_path: Path) -> None:
    home, answers = str(archive.home), []
    for encoding in ("utf-8", "utf-8-sig", "gbk", "utf-16"):
        path = tmp_path / f"{encoding}.txt"
        path.write_bytes(THEFT.encode(encoding))
        told = CliRunner().invoke(app, ["similar", home, "--text", str(path), "-k", "2", "--json"])
        assert told.exit_code == 0, told.output
        answers.append([item["id"] for item in json.loads(told.stdout)["items"]])
    assert answers == [answers[0]] * 4
    bad = tmp_path / "图.txt"
    bad.write_bytes(bytes(range(256)) * 8)
    refused = CliRunner().invoke(app, ["similar", home, "--text", str(bad), "--json"])
    assert refused.exit_code == 2
    assert json.loads(refused.stdout)["where"] == str(bad)
    assert "UTF-8" in json.loads(refused.stdout)["advice"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--probation", "12"], "--months"),
        (["--html", "/没有/报告.html"], "there is no folder"),
        (["--docx", "/"], "folder"),
        (["--where", "民族=汉"], "charge, region"),
        (["--where", "year=二〇二三"], "four figures"),
        (["--sort", "大小"], "authority"),
    ],
)
def test_wrong_options_are_said_before_the_work(
    archive: Archive, options: list[str], said: str
) -> None:
    home = str(archive.home)
    told = CliRunner().invoke(app, ["similar", home, "--judgment", "1", *options, "--json"])
    assert told.exit_code == 2
    assert said in json.loads(told.stdout)["what"]
    assert archive.similarity_status().state == "missing"


def test_facts_that_tell_nothing_are_said(archive: Archive) -> None:
    for text in ("偷了一部手机，值钱。", "The defendant stole a mobile phone."):
        assert any("不可靠" in warning for warning in archive.similar(text=text).warnings)
    assert not any("不可靠" in warning for warning in archive.similar(text=THEFT).warnings)


def test_a_charge_nobody_knows_is_said(archive: Archive) -> None:
    found = archive.similar(text=THEFT, charge="偷东西")
    assert any("偷东西" in warning for warning in found.warnings)
    assert not any("不在罪名表" in w for w in archive.similar(text=THEFT, charge="盗窃罪").warnings)
    none = archive.similar(text=THEFT, where={"charge": "偷东西"})
    assert none.items == ()
    assert any("筛选" in warning for warning in none.warnings)


SEVERAL = """兰州市城关区人民检察院
起诉书
兰城检刑诉〔2023〕287号
被告人赵刚，男，1990年1月1日出生，汉族，初中文化，无业，住兰州市城关区。
被告人孙涛，男，1991年2月2日出生，汉族，初中文化，无业，住兰州市城关区。
经依法审查查明：
2023年6月8日，被告人赵刚、孙涛在南关市场趁人不备，盗走被害人手机一部，经认定价值人民币3860元。
本院认为，被告人赵刚、孙涛秘密窃取他人财物，数额较大，其行为触犯了《中华人民共和国刑法》第二百六十四条，应当以盗窃罪追究
其刑事责任。被告人孙涛系累犯，应当从重处罚。被告人孙涛起次要作用，系从犯。提起公诉，请依法判处。
此致
兰州市城关区人民法院
二〇二三年八月三十日
"""


def test_what_is_said_of_another_defendant_is_not_held_against_this_one(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "赵刚案"
    folder.mkdir()
    (folder / "起诉书.txt").write_text(SEVERAL, "utf-8")
    archive.add(folder, ocr="off")
    mine = archive.similar("赵刚案", person="赵刚")
    theirs = archive.similar("赵刚案", person="孙涛")
    assert not {"累犯", "从犯"} & dict(mine.case.circumstances).keys()
    assert mine.case.role is None
    assert dict(theirs.case.circumstances)["累犯"] is True
    assert theirs.case.role == "从犯"
    assert not archive.consistency(found=mine, months=10, probation=18).illegal
    assert "第74条" in archive.consistency(found=theirs, months=10, probation=18).illegal


def test_a_result_is_reported_of_its_own_case(archive: Archive, tmp_path: Path) -> None:
    for name, paper in (("赵刚案", SEVERAL), ("郑大川案", INDICTMENT)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "起诉书.txt").write_text(paper, "utf-8")
        archive.add(folder, ocr="off")
    found = archive.similar("郑大川案")
    assert archive.similar_report("郑大川案", found).standing == "draft"
    with pytest.raises(ValueError, match="belongs elsewhere"):
        archive.similar_report("赵刚案", found)
    with pytest.raises(ValueError, match="no other beside it"):
        archive.consistency("赵刚案", found=found, months=5)


def test_a_region_is_that_of_the_court_also_where_its_name_leaves_it_out(
    archive: Archive, tmp_path: Path
) -> None:
    row = {**ROWS[0], "docid": "short", "法院名称": "兰州市城关区人民法院"}
    nameless = {**ROWS[0], "docid": "nameless", "法院名称": "", "全文": ROWS[0]["全文"][12:]}
    archive.import_judgments(write_rows(tmp_path / "more.jsonl", [row, nameless]))
    everywhere = archive.similar(text=THEFT, k=60)
    for region in ("甘肃省", "甘肃省兰州市", "甘肃省张掖市", "兰州市城关区"):
        want = {each.judgment.id for each in everywhere.items if region in each.region}
        found = archive.similar(text=THEFT, k=60, where={"region": region})
        assert {each.judgment.id for each in found.items} >= want, region
        assert want, region
    facets = archive.search("盗窃", facets=("organ",)).facets["organ"]
    assert "甘肃省兰州市城关区" not in dict(facets)
