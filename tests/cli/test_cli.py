"""The command as clerks and programs meet it: messages, exit codes, JSON, Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from typer.testing import CliRunner, Result

from dossier import Archive
from dossier.cli.app import app

runner = CliRunner()

REPORT = """兰州市公安局城关分局
抓获经过
2023年5月8日，民警将犯罪嫌疑人郑大川抓获。
二〇二三年五月九日
"""


def run(*words: str | Path) -> Result:
    return runner.invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one dossier 郑大川案: a text file and one file that cannot be read."""
    folder = tmp_path_factory.mktemp("cli")
    case = folder / "郑大川案"
    case.mkdir()
    (case / "抓获经过.txt").write_text(REPORT, "gb18030")
    (case / "空.pdf").touch()
    home = folder / "archive"
    assert run("init", home).exit_code == 0
    added = run("add", home, case, "--jobs", "1")
    assert added.exit_code == 1
    assert "空.pdf" in added.output
    assert "1 added, 0 duplicate, 0 review, 1 failed" in added.output
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to do with as the test likes."""
    return Path(shutil.copytree(made, tmp_path / "archive"))


def test_init_refuses_a_full_folder(home: Path) -> None:
    again = run("init", home)
    assert again.exit_code == 2
    assert "something here already" in again.output
    as_json = run("init", home, "--json")
    assert as_json.exit_code == 2
    assert json.loads(as_json.output)["error"] == "archive-exists"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["list", "nowhere"], "dossier init DIR"),
        (["show", "{home}", "无此案"], "no dossier '无此案'"),
        (["catalogue", "{home}", "郑大川案", "--volume", "七"], "there are:"),
        (["export", "{home}", "郑大川案", "-o", "x.pdf", "--document", "99"], "no document 99"),
        (["add", "{home}", "{home}"], "holds the archive itself"),
        (["add", "{home}", "{home}/archive.toml", "--ocr", "nosuch"], "known engines"),
        (["recatalogue", "{home}", "郑大川案", "--set", "1:colour=red"], "fields are type"),
        (["recatalogue", "{home}", "郑大川案", "--set", "type=L07"], "PAGE:FIELD=VALUE"),
        (["recatalogue", "{home}", "郑大川案", "--set", "1:date=May"], "2023-05-08"),
        (["recatalogue", "{home}", "郑大川案", "--set", "99:type=L07"], "no page 99"),
        (["review", "{home}", "--done", "99"], "no page 99"),
        (["remove", "{home}", "郑大川案", "--reason", " "], "needs a reason"),
    ],
)
def test_a_mistake_gets_a_message_and_exit_code_2(home: Path, words: list[str], says: str) -> None:
    result = run(*(word.format(home=home) for word in words))
    assert result.exit_code == 2, result.output
    assert says in " ".join(result.output.split())
    assert "Traceback" not in result.output
    program = run(*(word.format(home=home) for word in words), "--json")
    assert program.exit_code == 2
    assert json.loads(program.stdout)["error"]


def test_catalogue_correct_export_remove(home: Path, tmp_path: Path) -> None:
    listed = json.loads(run("list", home, "--json").stdout)
    assert [d["name"] for d in listed] == ["郑大川案"]
    [document] = [d for v in listed[0]["volumes"] for d in v["documents"]]
    assert (document["type"], document["date"]["value"]) == ("E17", "2023-05-09")
    page = document["pages"][0]["id"]
    done = run(
        "recatalogue",
        home,
        "郑大川案",
        "--set",
        f"{page}:type=E18",
        "--set",
        f"{page}:date=2023-05-10",
    )
    assert done.exit_code == 0, done.output
    word = tmp_path / "目录.docx"
    rows = run("catalogue", home, "郑大川案", "--json", "--docx", word)
    [[row]] = json.loads(rows.stdout).values()
    assert (row["title"], row["date"]) == ("抓获经过", "2023-05-10")
    assert word.stat().st_size > 10_000
    shown = json.loads(run("show", home, "郑大川案", "--json").stdout)
    assert [p["code"] for p in shown["problems"]] == ["empty"]
    assert [c["by"] for c in shown["corrections"]] == [Archive.open(home).user] * 2
    pdf = tmp_path / "案卷.pdf"
    assert json.loads(run("export", home, "郑大川案", "-o", pdf, "--json").stdout)["pages"] == 1
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "抓获经过" in run("text", home, "郑大川案").stdout
    assert run("check", home).exit_code == 0
    assert run("remove", home, "郑大川案", "--reason", "误入").exit_code == 0
    assert json.loads(run("list", home, "--json").stdout) == []
    last = json.loads(run("log", home, "--json").stdout)[-1]
    assert (last["action"], last["detail"]["reason"]) == ("remove", "误入")


def test_check_tells_by_its_exit_code(home: Path) -> None:
    with Archive.open(home) as archive:
        original = archive.dossier("郑大川案").files[0].path
    original.unlink()
    result = run("check", home)
    assert result.exit_code == 1
    assert "blob-damaged" in result.output


def test_version_and_help() -> None:
    assert run("--version").output.startswith("edossier ")
    for command in ("init", "add", "catalogue"):
        assert run(command, "--help").exit_code == 0


def test_ctrl_c_keeps_what_is_done_and_the_command_resumes(tmp_path: Path) -> None:
    case = tmp_path / "案"
    case.mkdir()
    font = ImageFont.load_default(28)
    for number in range(30):
        sheet = Image.new("L", (620, 877), 255)
        for row in range(8):
            ImageDraw.Draw(sheet).text((60, 60 + 90 * row), f"{number} {row} 2023", 0, font)
        sheet.save(case / f"{number}.png", dpi=(75, 75))
    home = tmp_path / "archive"
    Archive.create(home).close()
    # what a shell runs in the background ignores SIGINT, and so would the command
    hear = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    command = [
        sys.executable, "-c", f"{hear}; from dossier.cli import main; main()",
        "add", str(home), str(case), "--ocr", "fast", "--jobs", "1",
    ]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=-1, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    deadline = time.monotonic() + 60
    with sqlite3.connect(home / "records.sqlite3") as records:
        while time.monotonic() < deadline:  # until it is at work
            if records.execute("SELECT count(*) FROM pages").fetchone()[0]:
                break
            time.sleep(0.02)
    records.close()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to parent and workers
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "run the same command again" in output
    assert "Traceback" not in output
    with Archive.open(home) as archive:
        assert archive.check().clean
        done = archive.dossiers()[0].page_count()
    assert 0 < done < 30
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Archive.open(home) as archive:
        assert archive.dossiers()[0].page_count() == 30
        assert archive.check().notes == ()
