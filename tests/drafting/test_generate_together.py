"""Many processes generate at once, and some are killed: no number twice, none left out."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from drafted_cases import put_template
from sqlalchemy import select

from dossier import Archive
from dossier.records import CounterRow, GeneratedRow

PROCESSES, CALLS = 4, 50
# each process makes its own documents; the first ten of them all processes want
WORKER = """
import sys
from datetime import date
from dossier import Archive
home, who, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
with Archive.open(home) as archive:
    print("ready", flush=True)
    sys.stdin.readline()
    for turn in range(calls):
        name = f"共同{turn}" if turn < 10 else f"{who}之{turn}"
        made = archive.generate("试通知", 1, day=date(2026, 3, 5), 事项=name)
        print(made.number, made.version, made.reused, flush=True)
"""


def _notice(archive: Archive) -> None:
    put_template(
        archive, "试通知", "t_notice", "## 通知\n@ {{ 文号 }}\n{{ 事项 }}\n", type="L30",
        organ="police", stage="侦查",
        more="number: {kind: 通}\nrequired: [文号]\nidentity: [matter]\ntyped:\n"
        "  - {code: matter, label: 事项, type: text, required: true}\n",
    )  # fmt: skip


def _start(home: Path, who: str, calls: int = CALLS) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(home), who, str(calls)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _go(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()


def _serials(archive: Archive) -> list[int]:
    """Serials of all documents, in order; the counter stands at the last."""
    with archive._database.read() as session:
        numbers = session.scalars(select(GeneratedRow.number)).all()
        last = session.scalars(select(CounterRow.last)).one()
    serials = sorted(int(found[1]) for n in numbers if n and (found := re.search(r"(\d+)号", n)))
    assert len(serials) == len(numbers)
    assert last == max(serials)
    return serials


def test_200_calls_from_4_processes(archive: Archive) -> None:
    _notice(archive)
    processes = [_start(archive.home, who) for who in "甲乙丙丁"]
    _go(processes)
    said = [process.communicate(timeout=500)[0].splitlines() for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    assert [len(lines) for lines in said] == [CALLS] * PROCESSES
    made = 10 + PROCESSES * (CALLS - 10)
    assert _serials(archive) == list(range(1, made + 1))
    # the ten that all wanted were made once, and every process got the same
    states = Counter(line.split()[2] for lines in said for line in lines)
    assert states == {"False": made, "True": PROCESSES * CALLS - made}
    for turn in range(10):
        assert len({lines[turn].rsplit(" ", 1)[0] for lines in said}) == 1
    report = archive.check()
    assert report.problems == ()
    assert archive.search("事项 OR 通知", limit=0).total >= made
    assert archive.check().clean


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills processes")
def test_killed_in_the_middle_they_leave_no_hole(archive: Archive) -> None:
    _notice(archive)
    rng = random.Random(20260305)
    killed = 0
    for round_ in range(3):
        processes = [_start(archive.home, f"{who}{round_}", 16) for who in "甲乙丙"]
        _go(processes)
        for process in processes[:2]:
            time.sleep(rng.uniform(0.05, 0.6))
            if process.poll() is None:
                os.kill(process.pid, signal.SIGKILL)
                killed += 1
        for process in processes:
            process.communicate(timeout=500)
        assert processes[2].returncode == 0
        serials = _serials(archive)
        assert serials == list(range(1, len(serials) + 1))
        assert archive.check().problems == ()
    assert killed >= 3
