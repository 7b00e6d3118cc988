"""kill -9 at 20 random moments of `dossier add`: nothing lost, doubled or half-shown."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from dossier import Archive

KILLS = 20
COMMAND = [sys.executable, "-c", "from dossier.cli import main; main()"]


def _case(folder: Path) -> None:
    """Two volumes: text files, a multi-page TIFF and photos that must be recognised."""
    for volume in ("诉讼文书卷", "证据材料卷"):
        (folder / volume).mkdir(parents=True)
    for number in range(1, 9):
        text = f"城关县公安局\n拘留证\n城公（刑）拘字〔2023〕{number}号\n" + "正文。\n" * 60
        (folder / "诉讼文书卷" / f"{number} 拘留证.txt").write_text(text, "gb18030")
    sheets = []
    for number in range(4):
        sheet = Image.new("L", (620, 877), 255)
        font = ImageFont.load_default(28)
        for row in range(6):
            text = f"NO {number}{row} 2023-05-0{row + 1}"
            ImageDraw.Draw(sheet).text((60, 60 + 90 * row), text, font=font, fill=0)
        sheets.append(sheet)
        # a copy: Pillow leaves JPEG settings on what it saved, and TIFF trips over them
        sheet.copy().save(folder / "证据材料卷" / f"照片{number}.jpg", dpi=(75, 75))
    sheets[0].save(
        folder / "证据材料卷" / "票据.tif", save_all=True, append_images=sheets[1:], dpi=(75, 75)
    )


def _add(archive: Path, folder: Path) -> list[str]:
    return [*COMMAND, "add", str(archive), str(folder), "--ocr", "fast", "--json"]


def _shown(archive: Path) -> list[tuple[object, ...]]:
    """Everything a user can see, without ids and times."""
    with Archive.open(archive) as opened:
        assert len(opened.dossiers()) == 1
        dossier = opened.dossiers()[0]
        assert dossier.catalogued
        return [
            (volume.title, document.title, page.file, page.number, page.text)
            for volume in dossier.volumes
            for document in volume.documents
            for page in document.pages
        ]


MARK = f"DOSSIER_KILL_TEST={os.getpid()}"


def _workers_gone() -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if not _marked():
            return True
        time.sleep(0.1)
    return False


def _marked() -> set[str]:
    """Processes of the batches this test started, wherever they hang now."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*/environ"):
        try:
            if MARK.encode() in entry.read_bytes().split(b"\0"):
                found.add(entry.parent.name)
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for worker processes in /proc")
def test_kill_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "某某案"
    _case(folder)
    Archive.create(tmp_path / "whole").close()
    began = time.monotonic()
    subprocess.run(_add(tmp_path / "whole", folder), check=True, stdout=subprocess.DEVNULL)
    duration = time.monotonic() - began
    expected = _shown(tmp_path / "whole")
    assert len({(file, number) for _, _, file, number, _ in expected}) == len(expected) >= 16

    rng = random.Random(20230508)
    archive, round_ = tmp_path / "killed0", 0
    Archive.create(archive).close()
    killed_at_work = 0
    for kill in range(KILLS):
        process = subprocess.Popen(
            _add(archive, folder),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | dict([MARK.split("=")]),
        )
        began = time.monotonic()
        try:
            process.wait(rng.uniform(0.2, duration))
            # done before the kill: the run that was measured had less of the machine
            duration = max(0.4, min(duration, 0.8 * (time.monotonic() - began)))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            killed_at_work += 1
        assert _workers_gone(), "workers outlive a killed batch"
        with Archive.open(archive) as opened:
            report = opened.check()
            assert report.clean, report.problems
            done = sum(len(dossier.files) for dossier in opened.dossiers())
        if done == 13 or kill == KILLS - 1:  # nothing left to interrupt: finish, start another
            finished = subprocess.run(
                _add(archive, folder), check=True, stdout=subprocess.PIPE, text=True
            )
            assert json.loads(finished.stdout)["counts"]["failed"] == 0
            with Archive.open(archive) as opened:
                report = opened.check()
                assert (report.problems, report.notes) == ((), ())
            assert _shown(archive) == expected
            assert not list((archive / "work").glob("pages/*"))
            round_ += 1
            archive = tmp_path / f"killed{round_}"
            Archive.create(archive).close()
    assert killed_at_work >= KILLS / 2
