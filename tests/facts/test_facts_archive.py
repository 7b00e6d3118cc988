"""Facts of an archive's dossier: provenance, corrections, keeping, and the command."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from fact_cases import CLEAN, PLANTED, documents, take_in
from sqlalchemy import select
from typer.testing import CliRunner

from dossier import Archive, CaseFacts, ExcludePage, FactValue
from dossier.cli.app import app
from dossier.errors import BadCorrection
from dossier.facts import FactCorrection, case_facts
from dossier.model import Box
from dossier.records import FactsRow

BIRTH = "defendants[尚文海].birth"


def _birth(archive: Archive) -> FactValue:
    birth = archive.dossier("尚文海案").facts.defendants[0].birth
    assert birth is not None
    return birth


def test_people_things_and_sums_are_there(clean: Archive) -> None:
    facts = clean.dossier("尚文海案").facts
    assert [p.name.value for p in facts.defendants] == ["尚文海", "高小禾"]
    assert [p.name.value for p in facts.victims] == ["卫长青"]
    first, second = facts.defendants
    assert (first.role, first.sex.value, first.birth.value) == ("被告人", "男", "1988-03-09")  # type: ignore[union-attr]
    assert first.id_number is not None
    assert first.id_number.value == "341221198803092913"
    assert first.occupation is not None
    assert first.occupation.value == "个体司机"
    assert [(m.kind, m.day.value) for m in first.measures if m.day] == [
        ("拘留", "2023-05-06"), ("逮捕", "2023-05-19")
    ]  # fmt: skip
    assert [m.kind for m in second.measures] == ["拘留", "取保候审"]
    assert [c.name for c in facts.charges] == ["盗窃"]
    assert facts.charges[0].police
    assert facts.charges[0].prosecution
    assert facts.incident.total is not None
    assert facts.incident.total.value == "6350"
    assert facts.incident.alcohol is not None
    assert facts.incident.alcohol.value == "142.6"
    assert [(i.person, i.grade.value) for i in facts.incident.injuries] == [("卫长青", "轻伤二级")]
    things = {p.name.value: p for p in facts.property}
    assert set(things) == {"云川牌K5型平板电脑", "白鹭牌照相机", "撬棍"}
    tablet = things["云川牌K5型平板电脑"]
    assert (tablet.value.value, bool(tablet.transferred), bool(tablet.returned)) == (  # type: ignore[union-attr]
        "2450", False, True
    )  # fmt: skip
    assert ("尚文海", "坦白", "是") in {
        (c.defendant, c.code, c.holds.value) for c in facts.circumstances
    }


def test_an_arrest_that_was_not_approved_is_none(clean: Archive, tmp_path: Path) -> None:
    name = "诉讼文书卷/03起诉意见书.txt"
    old = "经临泉市柳林区人民检察院批准，\n于同日被执行逮捕"
    assert old in CLEAN[name]
    files = {**CLEAN, name: CLEAN[name].replace(old, "经检察院作出不批准逮捕决定")}
    files["检察卷/01起诉书.txt"] = "起诉书\n"
    papers = documents(files, tmp_path, clean.dossier("尚文海案"))
    first = next(p for p in case_facts(papers).defendants if p.name.value == "尚文海")
    assert [measure.kind for measure in first.measures] == ["拘留"]


def test_every_source_lies_on_what_it_quotes(clean: Archive) -> None:
    """The quoted text is on the page, and the boxes are on its lines."""
    dossier = clean.dossier("尚文海案")
    pages = {page.id: page for page in dossier.pages}
    count = 0

    def check(value: object) -> None:
        nonlocal count
        if isinstance(value, dict):
            if {"document", "page", "boxes", "text"} <= set(value):
                page = pages[value["page"]]
                assert value["document"] == page.document_id
                assert value["text"] in "".join(page.text.split())
                assert value["boxes"]
                for edges in value["boxes"]:
                    box = Box(*edges)
                    lines = [line for line in page.lines if _within(box, line.box)]
                    assert lines
                    assert any(c in line.text for line in lines for c in value["text"])
                count += 1
            for each in value.values():
                check(each)
        elif isinstance(value, list):
            for each in value:
                check(each)

    check(dossier.facts.to_json())
    assert count > 100


def _within(box: Box, line: Box) -> bool:
    return box.intersection(line) >= 0.95 * box.area


def test_a_name_is_shown_where_it_stands_in_its_line(clean: Archive) -> None:
    dossier = clean.dossier("尚文海案")
    pages = {page.id: page for page in dossier.pages}
    source = next(s for s in _birth(clean).sources if s.title == "拘留证")
    line = next(each for each in pages[source.page].lines if "1988年3月9日" in each.text)
    at = line.text.index("1988年3月9日")
    box = line.part_box(at, at + len("1988年3月9日"))
    assert Box(*source.boxes[0]).iou(box) > 0.99


def test_a_correction_wins_stays_and_can_be_taken_back(archive: Archive, tmp_path: Path) -> None:
    archive.user = "书记员甲"
    archive.correct_facts("尚文海案", BIRTH, "1988-03-08")
    assert (_birth(archive).value, _birth(archive).corrected) == ("1988-03-08", True)
    assert [other.value for other in _birth(archive).others] == ["1988-03-09"]
    # the files change, all is read and catalogued anew
    folder = tmp_path / "尚文海案" / "诉讼文书卷"
    text = (folder / "02逮捕证.txt").read_text("utf-8")
    (folder / "02逮捕证.txt").write_text(text.replace("3月9日", "3月19日"), "utf-8")
    archive.add(tmp_path / "尚文海案", ocr="off", jobs=1)
    archive.recatalogue("尚文海案")
    assert _birth(archive).value == "1988-03-08"
    # settled by a person: no contradiction any more
    assert not [c for c in archive.dossier("尚文海案").facts.conflicts if c.code == "F101"]
    said = archive.dossier("尚文海案").fact_corrections
    assert [(s["path"], s["value"], s["by"]) for s in said] == [(BIRTH, "1988-03-08", "书记员甲")]
    logged = [entry for entry in archive.log("尚文海案") if entry.action == "correct facts"]
    assert logged[0].by == "书记员甲"
    detail = logged[0].detail
    assert (detail["part"], detail["field"]) == ("defendants", "birth")
    assert "尚文海" not in str(detail)
    archive.correct_facts("尚文海案", BIRTH, None)
    assert (_birth(archive).value, _birth(archive).corrected) == ("1988-03-09", False)
    assert [s["value"] for s in archive.dossier("尚文海案").fact_corrections] == [
        "1988-03-08",
        None,
    ]


def test_results_are_kept_until_something_changes(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dossier.factkeeping

    first = archive.dossier("尚文海案").facts
    made = []
    real = case_facts
    monkeypatch.setattr(
        dossier.factkeeping, "case_facts", lambda *given: made.append(1) or real(*given)
    )
    start = time.perf_counter()
    assert archive.dossier("尚文海案").facts == first
    assert time.perf_counter() - start < 1
    assert made == []
    page = next(d for d in archive.dossier("尚文海案").documents if d.type_code == "L12").pages[0]
    archive.recatalogue("尚文海案", [ExcludePage(page=page.reference)])
    changed = archive.dossier("尚文海案").facts
    assert made == [1]
    assert changed != first
    with archive._database.read() as session:
        assert len(session.scalars(select(FactsRow)).all()) == 1


def test_a_removed_dossier_takes_its_facts_along(archive: Archive) -> None:
    archive.correct_facts("尚文海案", BIRTH, "1988-03-08")
    _birth(archive)
    archive.remove("尚文海案", reason="test")
    with archive._database.read() as session:
        assert session.scalars(select(FactsRow)).all() == []


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("defendants[尚文海].birth", "8 March 1988", "1989-11-06"),
        ("defendants[尚文海].age", "35", "defendants[NAME].birth"),
        ("defendants[无此人].birth", "1988-03-09", "defendants[NAME].birth"),
        ("defendants[尚文海].sex", "M", "男"),
        ("incident.alcohol", "much", "2860.50"),
        ("charges[放火]", "", "charges[CHARGE]"),
        ("nonsense", "1", "defendants[NAME]"),
        ("", "x", "without a path"),
        ("defendants[尚文海].address", "a\udcffb", "UTF-8"),
        ("defendants[尚文海].address", "a\x1b[1mb", "UTF-8"),
        ("incident.alcohol", "1e999999999", "2860.50"),
        ("incident.alcohol", "9" * 16, "15 digits"),
        ("defendants[尚文海].birth", None, "nothing has been corrected"),
        ("circumstances[尚文海].自首", "yes", "是"),
        ("x" * 400, "1", ""),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused_with_advice(
    clean: Archive, path: str, value: str | None, says: str
) -> None:
    with pytest.raises(BadCorrection) as caught:
        clean.correct_facts("尚文海案", path, value)
    assert says in str(caught.value)
    assert clean.dossier("尚文海案").fact_corrections == []


@pytest.mark.parametrize(
    ("path", "value", "seen"),
    [
        ("defendants[高小禾]", "", lambda f: [p.name.value for p in f.defendants] == ["尚文海"]),
        ("witnesses[钟离秀]", "钟离秀", lambda f: f.witnesses[0].name.corrected),
        ("defendants[尚文海].name", "尚文诲", lambda f: f.defendants[0].name.value == "尚文诲"),
        ("defendants[尚文海].逮捕", "2023-05-20", lambda f: f.defendants[0].measures[1].day),
        ("defendants[尚文海].occupation", "", lambda f: f.defendants[0].occupation is None),
        ("defendants[尚文海].aliases", "老尚、海子", lambda f: len(f.defendants[0].aliases) == 2),
        ("charges[盗窃]", "", lambda f: f.charges == ()),
        ("charges[诈骗]", "诈骗", lambda f: f.charges[-1].corrected),
        ("circumstances[尚文海].坦白", "否", lambda f: _holds(f, "坦白") == ["否"]),
        ("circumstances[高小禾].自首", "是", lambda f: f.circumstances[-1].code == "自首"),
        ("incident.total", "6,400", lambda f: f.incident.total.value == "6400"),
        ("property[撬棍].quantity", "2根", lambda f: f.property[2].quantity.value == "2根"),
        ("property[撬棍]", "", lambda f: len(f.property) == 2),
    ],
)  # fmt: skip
def test_what_can_be_corrected(clean: Archive, tmp_path: Path, path, value, seen) -> None:
    papers = documents(CLEAN, tmp_path, clean.dossier("尚文海案"))
    facts = case_facts(papers, [FactCorrection(path=path, value=value)])
    assert seen(facts)
    assert facts.conflicts == ()


def test_a_correction_that_fits_nothing_any_more_is_reported_and_not_lost(archive: Archive) -> None:
    archive.correct_facts("尚文海案", "property[撬棍].quantity", "1根")
    lists = [d for d in archive.dossier("尚文海案").documents if d.type_code in ("E11", "L30")]
    archive.recatalogue("尚文海案", [ExcludePage(page=d.pages[0].reference) for d in lists])
    assert [c.code for c in archive.dossier("尚文海案").facts.conflicts] == ["F901"]
    assert archive.dossier("尚文海案").fact_corrections


def test_json_comes_back_and_fits_its_schema(clean: Archive) -> None:
    facts = clean.dossier("尚文海案").facts
    again = json.loads(json.dumps(facts.to_json(), ensure_ascii=False))
    assert CaseFacts.from_json(again) == facts
    schema = CaseFacts.json_schema()
    assert set(again) == set(schema["properties"])


def _holds(facts: CaseFacts, code: str) -> list[str]:
    return [c.holds.value for c in facts.circumstances if c.code == code]


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["facts", *words])
    return result.exit_code, result.output


def test_the_command_shows_corrects_and_reports(archive: Archive, tmp_path: Path) -> None:
    home = str(archive.home)
    code, shown = _run(home, "尚文海案")
    assert code == 0
    assert "1988-03-09" in shown
    assert "未发现矛盾" in shown
    assert _run(home, "尚文海案", "--conflicts")[0] == 0
    code, said = _run(home, "尚文海案", "--set", "defendants[尚文海].birth=1988-03-10", "--json")
    assert code == 0
    assert json.loads(said)["defendants"][0]["birth"]["corrected"]
    assert _run(home, "尚文海案", "--unset", "defendants[尚文海].birth")[0] == 0
    assert _run(home, "尚文海案", "--set", "nonsense")[0] == 2
    take_in(archive, PLANTED["sex differs"].into(CLEAN), tmp_path, "矛盾")
    code, said = _run(home, "矛盾", "--conflicts")
    assert code == 1
    assert "F102" in said
    code, said = _run(home, "矛盾", "--conflicts", "--json")
    assert (code, len(json.loads(said))) == (1, 1)
    assert _run(home, "矛盾")[0] == 0  # looking at the facts is no check


def test_the_schema_needs_no_archive() -> None:
    code, said = _run("--schema")
    assert code == 0
    assert "defendants" in json.loads(said)["properties"]
