"""kill -9 while the index is being written, 20 times: it opens, keeps what was committed, and the
outbox brings in the rest."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dossier import Archive
from dossier.search import Everything

KILLS = 20
HERE = Path(__file__).parent


@pytest.mark.parametrize("engine", ["tantivy", "whoosh"])
def test_nothing_is_lost_when_the_writer_is_killed(engine: str, tmp_path: Path) -> None:
    home = tmp_path / "档案"
    Archive.create(home, engine=engine).close()
    chance = random.Random(20230508)
    writer = subprocess.Popen(
        [sys.executable, str(HERE / "committer.py"), str(home)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )  # fmt: skip
    assert writer.stdin is not None
    assert writer.stdout is not None
    committed: list[str] = []
    begun: list[str] = []
    unfinished = 0
    for kill in range(KILLS):
        writer.stdin.write(f"{1000 * (kill + 1)}\n")
        writer.stdin.flush()
        pid = int(writer.stdout.readline().split()[1])
        before = len(begun) - len(committed)
        # in the first commit, or in one after it
        until = "done" if kill % 2 else "begin"
        said = [""]
        while said[0] != until:
            said = writer.stdout.readline().split()
            (begun if said[0] == "begin" else committed).append(said[1])
        time.sleep(chance.uniform(0.0, 0.08))
        os.kill(pid, signal.SIGKILL)
        while (said := writer.stdout.readline().split())[0] != "gone":
            (begun if said[0] == "begin" else committed).append(said[1])
        unfinished += len(begun) - len(committed) > before

        with Archive.open(home) as archive:
            # as it stands, before anything is taken in: it opens, with all that was committed
            with archive._index.reading() as index:
                found = index.count(Everything())
            assert found >= 12 * len(committed)
            if committed:
                result = archive.search(f'"{committed[-1]}"', limit=50)
                assert result.notes == ()
                assert result.total == 12
    writer.stdin.close()
    writer.wait(timeout=20)
    print(f"\n{engine}: {len(committed)} commits, {unfinished} of {KILLS} kills fell into one")
    # else this test proves nothing
    assert unfinished > KILLS / 4, "hardly a kill fell into a commit"
    assert len(committed) > KILLS / 4, "hardly a commit came to its end"

    with Archive.open(home) as archive:
        pages = sum(dossier.page_count() for dossier in archive.dossiers())
        assert archive.search("").total == pages >= 12 * len(begun)
        assert archive._index.waiting() == 0
        for mark in begun:
            assert archive.search(f'"{mark}"', limit=0, facets=()).total == 12, mark
        standing = archive._index.standing()
        assert standing.indexed == standing.recorded == pages
