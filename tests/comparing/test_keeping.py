"""Features of an archive: what is shown comes from them; builds that were ended go on."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from dossier import Archive
from dossier.comparing import building, carding, describing
from dossier.records import JudgmentRow

SAMPLE = Path(__file__).parents[2] / "examples" / "judgments" / "judgments.jsonl"
ROWS = [json.loads(line) for line in SAMPLE.read_text("utf-8").splitlines()]
THEFT = (
    "2023年5月2日，被告人吴某在兰州市城关区一居民楼内撬锁进入他人住宅，窃得现金4500元及手机一部，"
    "经鉴定手机价值2300元。"
)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.create(tmp_path / "档案") as made:
        made.import_judgments(SAMPLE)
        yield made


def told(archive: Archive, **how: Any) -> list[Any]:
    found = archive.similar(text=THEFT, k=48, **how).to_json()
    items: list[Any] = found["items"]
    return items


def test_what_is_shown_is_what_reading_it_anew_gives(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.similar(text=THEFT)
    with monkeypatch.context() as patch:
        patch.setattr(carding, "fresh", lambda card, sha256: False)
        anew = told(archive)
    monkeypatch.setattr(carding, "described", None)  # nothing may be read anew
    assert told(archive) == anew
    assert len(anew) == 48


def test_a_card_of_other_content_is_not_shown(archive: Archive) -> None:
    archive.similar(text=THEFT)
    features = archive._similarity.features()
    assert features is not None
    key = next(iter(features.store.keys()))
    card = features.store.cards([key])[key]
    assert carding.fresh(card, card.beside["of"])
    assert not carding.fresh(card, "0" * 64)
    assert not carding.fresh(None, card.beside["of"])


def test_an_ended_build_is_gone_on_with(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    archive.similar(text=THEFT)
    monkeypatch.setattr(building, "_BLOCK", 8)
    monkeypatch.setattr(describing, "_BATCH", 4)
    monkeypatch.setattr(building, "_SAMPLE", 12)
    calls = 0

    def ended(done: int, total: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 9:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.refit_similarity(progress=ended)
    root = archive.home / "similarity"
    (left,) = (path.parent for path in root.glob("features-*/building.json"))
    read: list[int] = []
    described = describing.described
    monkeypatch.setattr(
        describing, "described", lambda row: (read.append(row.id), described(row))[1]
    )
    made = archive.refit_similarity()
    assert made is not None
    assert made.judgments == 48
    assert 0 < len(read) < 30
    assert [path.name for path in root.glob("features-*")] == [left.name]
    assert not (left / "building.json").exists()
    status = archive.similarity_status()
    assert (status.described, status.waiting) == (48, 0)
    assert archive.similar(text=THEFT).candidates == 48


def test_what_changed_since_an_ended_build_is_read_anew(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_BLOCK", 8)
    with monkeypatch.context() as patch:
        patch.setattr(building, "write_json", _stopping)
        with pytest.raises(KeyboardInterrupt):
            archive.similar(text=THEFT)
    changed = {**ROWS[0], "全文": ROWS[0]["全文"].replace("。", "；又。", 1)}
    path = tmp_path / "judgments.jsonl"
    path.write_text(json.dumps(changed, ensure_ascii=False) + "\n", "utf-8")
    archive.import_judgments(path)
    read: list[int] = []
    described = describing.described
    monkeypatch.setattr(
        describing, "described", lambda row: (read.append(row.id), described(row))[1]
    )
    archive.similar(text=THEFT)
    assert len(set(read)) == 1


def _stopping(path: Path, value: object) -> None:
    if path.name == "built.json":
        raise KeyboardInterrupt
    path.write_text(json.dumps(value), "utf-8")


def test_many_small_imports_leave_few_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "_LOOSE", 3)
    rest = tmp_path / "rest.jsonl"
    with Archive.create(tmp_path / "a") as archive:
        for at in range(30, 42):
            lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS[: at + 1]]
            rest.write_text("".join(lines), "utf-8")
            archive.import_judgments(rest)
            archive.similar(text=THEFT)
        assert len(list((archive.home / "similarity").glob("features-*/part-*"))) <= 4
        assert archive.similarity_status().described == 42


def test_rotten_bits_are_found_by_the_check_and_mended_by_a_question(archive: Archive) -> None:
    before = told(archive)
    (path,) = (archive.home / "similarity").glob("features-*/part-*/pairs.npy")
    state, pairs = path.stat(), np.load(path)
    pairs[:] = 2**30
    np.save(path, pairs)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    with Archive.open(archive.home) as other:
        assert other.similarity_status().state == "ready"
        (note,) = other.check().notes
        assert note.code == "features-damaged"
        found = other.similar(text=THEFT, k=48)
        assert any("重建" in each for each in found.notes)
        assert found.to_json()["items"] == before
        assert other.check().notes == ()


def test_orders_take_from_more_than_are_shown(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = archive.similar(text=THEFT, k=48).items
    good = [i for n, i in enumerate(near) if n < 3 or i.score > 0]
    newest = archive.similar(text=THEFT, k=3, sort="newest").items
    days = sorted((i.judgment.day for i in good if i.judgment.day), reverse=True)
    assert [i.judgment.day for i in newest] == days[:3]
    module = sys.modules["dossier.comparing.similar"]
    monkeypatch.setattr(module, "_WIDEST", 0)
    monkeypatch.setattr(module, "_WIDER", 1)
    few = archive.similar(text=THEFT, k=3, sort="newest").items
    assert {i.judgment.id for i in few} == {i.judgment.id for i in near[:3]}


@pytest.mark.parametrize("killed", [False, True], ids=["left alone", "killed"])
def test_worker_processes_describe_as_this_one_does(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    database = archive._database
    with database.read() as session:
        ids = list(session.scalars(select(JudgmentRow.id).order_by(JudgmentRow.id)))
    here = [each for part in describing.describe_all(database, ids) for each in part]
    assert len(here) == len(ROWS)
    monkeypatch.setattr(describing, "_FEW", 10)
    monkeypatch.setattr(describing, "_BATCH", 3)
    there = []
    before, workers = set(multiprocessing.active_children()), set()
    for part in describing.describe_all(database, ids, jobs=2):
        there += part
        workers |= set(multiprocessing.active_children()) - before
        if killed:  # as a machine without memory does; what they had is described here
            for worker in workers:
                worker.kill()
    assert there == here
    assert len(workers) > 2 if killed else len(workers) == 2  # others take their place
    for worker in workers:
        worker.join(10)
        assert not worker.is_alive()


def test_many_judgments_are_built_by_workers_and_found_alike(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = told(archive)
    monkeypatch.setattr(describing, "_FEW", 10)
    steps: list[tuple[int, int]] = []
    made = archive.refit_similarity(jobs=2, progress=lambda done, of: steps.append((done, of)))
    assert made is not None
    assert made.judgments == len(ROWS)
    assert steps[-1] == (len(ROWS), len(ROWS))
    assert told(archive) == alone


def test_a_judgment_that_cannot_be_read_stops_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    described = describing.described

    def failing(row: JudgmentRow) -> Any:
        if row.id == 7:
            raise ArithmeticError("a slip of ours")
        return described(row)

    monkeypatch.setattr(describing, "described", failing)
    assert archive.refit_similarity() is not None
    assert "judgment 7 cannot be compared: ArithmeticError" in caplog.text
    assert archive.similarity_status().described == len(ROWS)
    places = [each["id"] for each in told(archive)]
    assert places.index(7) > len(ROWS) / 2


def test_workers_of_a_task_queue_describe_themselves(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describing, "_FEW", 10)
    monkeypatch.setattr(multiprocessing.current_process(), "_config", {"daemon": True})
    monkeypatch.setattr(describing, "Pool", None)  # daemons may have no children
    assert archive.refit_similarity() is not None
