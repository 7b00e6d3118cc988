"""Two processes adding to one archive at the same time: nothing lost, nothing doubled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from intake_inputs import WARRANT

from dossier import Archive

COMMAND = [sys.executable, "-c", "from dossier.cli import main; main()", "add"]


def test_same_and_different_cases_at_once(archive: Archive, tmp_path: Path) -> None:
    folders = []
    for name in ("甲案", "乙案"):
        folder = tmp_path / name
        folder.mkdir()
        for number in range(12):
            text = WARRANT.format(number=f"{name}{number}")
            (folder / f"{number}.txt").write_text(text, "utf-8")
        folders.append(str(folder))
    running = [
        subprocess.Popen([*COMMAND, str(archive.home), *given, "--jobs", "1", "--json"],
                         stdout=subprocess.DEVNULL)
        for given in (folders, list(reversed(folders)), folders[:1])
    ]  # fmt: skip
    assert [process.wait(120) for process in running] == [0, 0, 0]
    assert sorted(d.name for d in archive.dossiers()) == ["乙案", "甲案"]
    for dossier in archive.dossiers():
        assert dossier.catalogued
        assert dossier.page_count() == len(dossier.files) == len(dossier.documents) == 12
    report = archive.check()
    assert (report.problems, report.notes) == ((), ())
