"""One template for many cases, and the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from drafted_cases import CASE, take_in_case
from typer.testing import CliRunner, Result

from dossier import Archive
from dossier.cli.app import app
from dossier.drafting import Drafted
from dossier.errors import NotInArchive, TemplateNotFound

GIVEN = {"检察员": "王某", "认罪情况": "认罪认罚"}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def three(archive: Archive, tmp_path: Path) -> Archive:
    """Three cases; of the second a birthday is missing."""
    for name in ("乙案", "丙案"):
        take_in_case(archive, tmp_path / name, name)
    archive.correct_facts("乙案", "defendants[高小禾].birth", "")
    return archive


def test_a_batch_makes_one_of_each_and_goes_on_past_gaps(three: Archive) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(outcome: Drafted, done: int, total: int) -> None:
        told.append((outcome.status, done, total))

    report = three.generate_many("试换押证", progress=progress)
    assert [(each.case, each.subject, each.status) for each in report.outcomes] == [
        (CASE, "尚文海", "made"), (CASE, "高小禾", "made"), ("乙案", "尚文海", "made"),
        ("乙案", "高小禾", "gaps"), ("丙案", "尚文海", "made"), ("丙案", "高小禾", "made"),
    ]  # fmt: skip
    assert [gap.label for gap in report.outcomes[3].gaps] == ["当事人·出生日期"]
    assert (report.exit_code, len(report.documents), report.problems) == (1, 5, ())
    assert told[-1] == ("made", 3, 3)
    assert json.loads(json.dumps(report.to_json()))["counts"] == {
        "made": 5, "reused": 0, "gaps": 1, "failed": 0,
    }  # fmt: skip
    three.correct_facts("乙案", "defendants[高小禾].birth", None)
    again = three.generate_many("试换押证", ["乙案", 1])
    assert [each.status for each in again.outcomes] == ["reused", "made", "reused", "reused"]
    assert again.exit_code == 0
    assert three.check().clean


def test_each_case_has_its_own_typed_values(three: Archive) -> None:
    report = three.generate_many("试起诉书", ["丙案", CASE], typed={"丙案": GIVEN})
    assert [each.status for each in report.outcomes] == ["made", "gaps"]


def test_what_is_no_template_or_no_case_is_refused_at_once(three: Archive) -> None:
    with pytest.raises(TemplateNotFound):
        three.generate_many("没有的文书")
    with pytest.raises(NotInArchive):
        three.generate_many("试换押证", [CASE, "没有的案"])
    assert three.generated() == []


def test_interrupted_it_keeps_what_is_made_and_goes_on(three: Archive) -> None:
    def stop(outcome: Drafted, done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        three.generate_many("试换押证", progress=stop)
    assert len(three.generated()) == 3
    assert [hit.title for hit in three.search("换押证 高小禾").hits] == ["试换押证"]
    report = three.generate_many("试换押证", [CASE, "乙案", "丙案"])
    assert [each.status for each in report.outcomes] == [
        "reused", "reused", "reused", "gaps", "made", "made",
    ]  # fmt: skip


# --- the command -----------------------------------------------------------------------------


def test_the_command_writes_the_document_and_where_it_is_from(
    archive: Archive, tmp_path: Path
) -> None:
    values = tmp_path / "values.yaml"
    values.write_text("认罪情况: 认罪认罚\n", "utf-8")
    target = tmp_path / "起诉书.docx"
    words = [
        "generate", archive.home, "试起诉书", CASE, "--set", "检察员=王某", "--values", values,
        "--day", "2026-03-05",
    ]  # fmt: skip
    made = run(*words, "-o", target)
    assert made.exit_code == 0, made.output
    assert "新制作: 试起诉书 临柳检刑诉〔2026〕1号 第1版" in made.output
    [document] = archive.generated(CASE)
    assert target.read_bytes() == document.docx
    beside = json.loads(target.with_suffix(".json").read_text("utf-8"))
    assert beside == document.provenance()
    again = run(*words, "--json")
    told = json.loads(again.output)
    assert (told["reused"], told["written"], told["document"]["id"]) == (True, [], document.id)
    archive.correct_facts(CASE, "defendants[尚文海].birth", "1988-03-10")
    changed = run(*words, "-o", tmp_path, "--annotate")
    assert changed.exit_code == 0
    for word in ("第2版", "1988-03-09", "1988-03-10"):
        assert word in changed.output
    assert (tmp_path / document.file_name).read_bytes() == archive.generated(CASE)[0].annotated()


def test_the_command_reports_all_gaps_with_exit_code_1(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    missing = run("generate", archive.home, "试起诉书", CASE, "--json")
    assert missing.exit_code == 1
    assert [gap["label"] for gap in json.loads(missing.output)["gaps"]] == ["认罪情况", "检察员"]
    for_people = run("generate", archive.home, "试起诉书", CASE)
    assert for_people.exit_code == 1
    assert "检察员" in for_people.output
    assert not list(tmp_path.glob("*.docx"))
    draft = run("generate", archive.home, "试起诉书", CASE, "--draft")
    assert draft.exit_code == 0
    assert [path.name for path in tmp_path.glob("*.docx")] == ["试起诉书 草稿.docx"]
    assert archive.generated() == []


def test_the_command_for_every_case(three: Archive, tmp_path: Path) -> None:
    done = run("generate", three.home, "试换押证", "--all", "-o", tmp_path / "out", "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["counts"] == {"made": 5, "reused": 0, "gaps": 1, "failed": 0}
    assert sorted(path.name for path in (tmp_path / "out" / "丙案").glob("*.docx")) == [
        "试换押证 尚文海.docx", "试换押证 高小禾.docx",
    ]  # fmt: skip
    shown = run("generate", three.home, "试换押证", "--all")
    assert "0 made, 5 reused, 1 gaps, 0 failed" in shown.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["试起诉书"], "name a case"),
        (["试起诉书", CASE, "--all"], "--all"),
        (["试起诉书", "--all", "--person", "某"], "--person"),
        (["试起诉书", CASE, "--set", "检察员"], "NAME=VALUE"),
        (["试起诉书", CASE, "--day", "三月"], "三月"),
        (["试起诉", CASE], "试起诉书"),
        (["试换押证", CASE], "尚文海、高小禾"),
    ],
)
def test_the_command_says_what_is_wrong(made_once: Path, words: list[str], said: str) -> None:
    wrong = run("generate", made_once, *words)
    assert wrong.exit_code == 2
    assert said in wrong.output
