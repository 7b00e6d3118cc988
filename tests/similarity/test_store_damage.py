"""Files that change, and processes that are ended: an error or the truth, never wrong numbers."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dossier.similarity.corpusmodel import CorpusModel
from dossier.similarity.parts import StoreDamaged
from dossier.similarity.ranking import rank
from dossier.similarity.refitting import refit
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile

Told = dict[str, CaseProfile]


@pytest.fixture
def store(tmp_path: Path, learned: CorpusModel, told: Told) -> FeatureStore:
    made = FeatureStore.create(tmp_path / "store", learned)
    made.add(told.items())
    return made


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _flip(path: Path, *, keep_time: bool = False) -> None:
    state = path.stat()
    data = bytearray(path.read_bytes())
    data[-1] ^= 0x40
    path.write_bytes(data)
    if keep_time:
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_every_file_that_changed_or_was_cut_is_noticed(store: FeatureStore) -> None:
    files = _files(store.folder)
    assert len(files) > 25
    for path in files:
        whole = path.read_bytes()
        for damage in (whole[:-1], whole[: len(whole) // 2], b""):
            path.write_bytes(damage)
            with pytest.raises(StoreDamaged):
                FeatureStore.open(store.folder)
        path.write_bytes(whole)
        # the head has no sum: a digit more or less is another generation, or none
        if path.name not in ("store.json", "files.json"):
            _flip(path)
            with pytest.raises(StoreDamaged, match=path.name):
                FeatureStore.open(store.folder)
            path.write_bytes(whole)
        path.unlink()
        with pytest.raises(StoreDamaged):
            FeatureStore.open(store.folder)
        path.write_bytes(whole)
    assert len(FeatureStore.open(store.folder)) == len(store)


def test_bits_that_rot_unseen_are_found_by_the_full_check(store: FeatureStore) -> None:
    store.check()
    for name in ("part-000001-00000/times.npy", "model-000001/axes.npy"):
        _flip(store.folder / name, keep_time=True)
        again = FeatureStore.open(store.folder)
        with pytest.raises(StoreDamaged, match="has changed"):
            again.check()
        _flip(store.folder / name, keep_time=True)
    FeatureStore.open(store.folder).check()


def test_numbers_that_mean_nothing_are_an_error(store: FeatureStore, told: Told) -> None:
    """Also where bits rotted without a trace."""
    part = store.folder / "part-000001-00000"
    for name, wrong in (("pairs", 2**30), ("charges", 30_000), ("topics", np.nan)):
        path = part / f"{name}.npy"
        state, whole = path.stat(), path.read_bytes()
        array = np.load(path)
        array.flat[0] = wrong
        np.save(path, array)
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
        with pytest.raises(StoreDamaged, match="mean nothing"):
            rank(FeatureStore.open(store.folder), told["FX0002"], list(told))
        path.write_bytes(whole)


def test_a_copy_is_read_once_and_then_trusted(
    tmp_path: Path, store: FeatureStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(store.folder, tmp_path / "copy", copy_function=shutil.copyfile)
    FeatureStore.open(tmp_path / "copy").check()
    read: list[Path] = []
    monkeypatch.setattr("dossier.similarity.sealing._crc", lambda path: read.append(path) or 0)
    FeatureStore.open(tmp_path / "copy")
    assert read == []


def test_a_seal_that_names_files_elsewhere_is_refused(store: FeatureStore) -> None:
    seal = store.folder / "part-000001-00000" / "files.json"
    seal.write_text('{"../store.json": [1, 2, 3]}', "utf-8")
    with pytest.raises(StoreDamaged):
        FeatureStore.open(store.folder)


def test_cards_come_back(store: FeatureStore, told: Told) -> None:
    beside = {"result": "有期徒刑1年", "told": [3, 14]}
    store.add_cards([("FX0001", told["FX0001"], beside)])
    texts = {"facts": "", "reasoning": "", "account": ""}
    for again in (store, FeatureStore.open(store.folder)):
        again.compact()
        cards = again.cards([*told, "nobody"])
        assert set(cards) == set(told)
        assert {k: c.profile for k, c in cards.items()} == {
            k: replace(p, **texts) for k, p in told.items()
        }
        assert cards["FX0001"].beside == beside
    assert len(list(store.folder.glob("part-*"))) == 1


def test_a_card_that_is_none_is_damage(tmp_path: Path, learned: CorpusModel, told: Told) -> None:
    store = FeatureStore.create(tmp_path / "store", learned)
    rows = FeatureStore.create(tmp_path / "other", learned)
    rows.add([("one", told["FX0001"])])
    for line in (b"{}\n", b"[" * 9999, b"\xff\n", b'{"profile": {"months": "x"}, "beside": {}}\n'):
        store.add_rows(["one"], rows.rows(["one"])[1], [line])
        with pytest.raises(StoreDamaged):
            store.cards(["one"])


def test_only_the_small_parts_are_put_together(
    tmp_path: Path, learned: CorpusModel, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FeatureStore.create(tmp_path / "store", learned)
    monkeypatch.setattr("dossier.similarity.store._PER_PART", 12)
    items = list(told.items())
    store.add(items[:12])
    for at in range(3):
        store.add([("again", items[at][1]), items[12 + at]])
    first = next(iter(sorted(store.folder.glob("part-*"))))
    assert store.loose == 3
    reader = FeatureStore.open(store.folder)
    store.compact()
    assert store.loose == 1
    assert first.exists()
    assert len(store) == 12 + 4
    assert list(reader.keys()) == list(store.keys())
    _, rows = FeatureStore.open(store.folder).rows(["again"])
    _, last = store.rows([items[2][0]])
    assert np.array_equal(rows.pairs, last.pairs)


def _adding(folder: Path, told: Told) -> None:
    store = FeatureStore.open(folder)
    while True:
        store.add(told.items())
        if store.loose > 4:
            store.compact()


def _refitting(folder: Path, told: Told) -> None:
    while True:
        refit(FeatureStore.open(folder), lambda: iter(told.items()))


@pytest.mark.parametrize("work", [_adding, _refitting])
def test_ended_at_any_moment_it_opens_and_nothing_is_left(
    store: FeatureStore, told: Told, work: Callable[[Path, Told], None]
) -> None:
    told = dict(list(told.items())[:8])
    chance = random.Random(7)
    context = multiprocessing.get_context("fork")
    for _ in range(6):
        child = context.Process(target=work, args=(store.folder, told), daemon=True)
        child.start()
        time.sleep(chance.uniform(0.02, 0.5))
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()
        again = FeatureStore.open(store.folder)
        again.check()
        assert set(told) <= set(again.keys())
        assert set(again.rows(list(told))[0]) == set(told)
    again.sweep()
    generation = f"{again.generation:06d}"
    for left in store.folder.iterdir():
        assert left.name in ("store.json", ".refit.lock", f"model-{generation}") or (
            left.name.startswith(f"part-{generation}-")
        )
    fresh, _, _ = refit(again, lambda: iter(told.items()))
    assert set(fresh.keys()) == set(told)


def test_a_refit_ended_while_moving_is_swept_up(
    store: FeatureStore, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = Path.rename

    def ended(path: Path, target: Path) -> Path:
        if path.name.startswith("model-"):
            raise KeyboardInterrupt
        return moved(path, target)

    monkeypatch.setattr(Path, "rename", ended)
    with pytest.raises(KeyboardInterrupt):
        refit(store, lambda: iter(told.items()))
    monkeypatch.undo()
    assert (store.folder / "part-000002-00000").exists()
    again = FeatureStore.open(store.folder)
    assert again.generation == 1
    fresh, _, _ = refit(again, lambda: iter(told.items()))
    assert (fresh.generation, len(fresh)) == (2, len(told))
    assert not list(store.folder.glob(".refit-0*"))
    assert not list(store.folder.glob("*-000001*"))


def test_rows_of_an_old_generation_are_not_added(store: FeatureStore, told: Told) -> None:
    refit(store, lambda: iter(told.items()))
    with pytest.raises(StoreDamaged, match="refitted"):
        store.add(told.items())
    assert not list(store.folder.glob(".new-*"))


def test_ended_while_old_parts_go_it_opens(
    store: FeatureStore, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(path: Path, **_: object) -> None:
        if path.exists():
            (path / "files.json").unlink()
            raise KeyboardInterrupt

    store.add(told.items())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("dossier.similarity.store.shutil.rmtree", ended)
        store.compact()
    again = FeatureStore.open(store.folder)
    assert set(again.keys()) == set(told)
    again.sweep()
    assert not list(store.folder.glob(".new-*"))
