"""`dossier templates …` as clerks and programs meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dossier import Archive
from dossier.cli.app import app
from dossier.templates.filters import FILTER_LABELS

runner = CliRunner()
NEW = ("--code", "more", "--organ", "court", "--stage", "审判", "--type", "Z09")


def run(*words: str | Path) -> Result:
    return runner.invoke(app, ["templates", *map(str, words)])


def data(*words: str | Path) -> Any:
    return json.loads(run(*words, "--json").stdout)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Archive.create(tmp_path / "archive").close()
    return tmp_path / "archive"


def test_new_check_show_list(home: Path) -> None:
    made = run("new", home, "补正通知书", *NEW)
    assert made.exit_code == 0, made.output
    assert (home / "templates" / "补正通知书.docx").is_file()

    checked = data("check", home, "more")
    assert checked == {"checked": ["补正通知书"], "problems": []}

    shown = data("show", home, "补正通知书")
    assert shown["origin"] == "archive"
    assert "{{ 成文日期|汉字日期 }}" in shown["text"]
    fields = {each["path"]: each for each in shown["fields"]}
    assert fields["addressee"]["typed"]
    assert fields["addressee"]["required"]
    assert fields["day"]["issued"]
    assert fields["case.name"]["label"] == "案件·案名"

    listed = data("list", home)
    (own,) = [each for each in listed["templates"] if each["origin"] == "archive"]
    assert (own["code"], own["title"]) == ("more", "补正通知书")
    assert listed["broken"] == []
    assert run("list", home).exit_code == 0
    assert "补正通知书" in run("show", home, "more").stdout


def test_new_from_markup(home: Path, tmp_path: Path) -> None:
    markup = tmp_path / "markup.txt"
    markup.write_text("## 证明\n{{ 案件.案名 }}\n> {{ 成文日期|汉字日期 }}\n", "utf-8")
    assert run("new", home, "证明", *NEW, "--markup", markup).exit_code == 0
    assert data("check", home, "证明")["problems"] == []


def test_new_overwrites_nothing(home: Path) -> None:
    run("new", home, "补正通知书", *NEW)
    again = run("new", home, "补正通知书", *NEW)
    assert again.exit_code == 2
    assert "there is a template" in again.stderr


def test_what_is_wrong_gives_exit_code_1(home: Path) -> None:
    run("new", home, "补正通知书", *NEW)
    card = home / "templates" / "补正通知书.yaml"
    text = card.read_text("utf-8")
    card.write_text(text.replace("case.name", "case.number"), "utf-8")
    checked = run("check", home, "more", "--json")
    assert checked.exit_code == 1
    codes = {each["code"] for each in json.loads(checked.stdout)["problems"]}
    assert codes == {"undeclared", "unused"}
    assert "undeclared" in run("check", home, "more").stdout

    card.write_text("code: more\n", "utf-8")
    listed = run("list", home, "--json")
    assert listed.exit_code == 1
    assert json.loads(listed.stdout)["broken"][0]["code"] == "bad-data"
    assert "补正通知书" in {each["template"] for each in data("check", home)["problems"]}


def test_unknown_names_are_told_with_names_near_it(home: Path) -> None:
    shown = run("show", home, "拘留正")
    assert shown.exit_code == 2
    assert "拘留证" in shown.stderr


def test_filters_are_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "templates.md").read_text("utf-8")
    for code, label in FILTER_LABELS.items():
        assert f"| {label} | `{code}` |" in text
