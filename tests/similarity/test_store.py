from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from dossier.similarity.corpusmodel import CorpusModel, fit_model
from dossier.similarity.parts import StoreDamaged
from dossier.similarity.ranking import rank
from dossier.similarity.refitting import drift, refit
from dossier.similarity.rows import Rows
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile


def _same(one: Rows, other: Rows) -> bool:
    return all(
        np.array_equal(getattr(one, f.name), getattr(other, f.name), equal_nan=f.name == "numbers")
        for f in fields(Rows)
    )


def test_added_in_turns_is_as_added_at_once(
    tmp_path: Path, learned: CorpusModel, told: dict[str, CaseProfile], features: FeatureStore
) -> None:
    store = FeatureStore.create(tmp_path / "store", learned)
    items = list(told.items())
    for first in range(0, len(items), 7):
        store.add(items[first : first + 7])
    keys = list(told)[::-1]
    assert _same(store.rows(keys)[1], features.rows(keys)[1])
    assert _same(FeatureStore.open(tmp_path / "store").rows(keys)[1], features.rows(keys)[1])
    store.compact()
    assert len(list((tmp_path / "store").glob("part-*"))) == 1
    assert _same(store.rows(keys)[1], features.rows(keys)[1])
    assert list(store.keys()) == list(told)


def test_what_is_added_after_parts_were_made_one_is_newer(
    tmp_path: Path, learned: CorpusModel, told: dict[str, CaseProfile]
) -> None:
    store = FeatureStore.create(tmp_path / "store", learned)
    store.add([("one", told["FX0001"])])
    store.add([("two", told["FX0002"])])
    store.compact()
    store.add([("one", told["FX0003"])])
    again = FeatureStore.open(tmp_path / "store")
    alone = FeatureStore.create(tmp_path / "other", learned)
    alone.add([("one", told["FX0003"]), ("two", told["FX0002"])])
    assert _same(again.rows(["one", "two"])[1], alone.rows(["one", "two"])[1])


def test_added_again_replaces(
    tmp_path: Path, learned: CorpusModel, told: dict[str, CaseProfile]
) -> None:
    store = FeatureStore.create(tmp_path / "store", learned)
    store.add([("one", told["FX0001"]), ("two", told["FX0002"])])
    store.add([("one", told["FX0003"])])
    alone = FeatureStore.create(tmp_path / "other", learned)
    alone.add([("one", told["FX0003"]), ("two", told["FX0002"])])
    assert _same(store.rows(["one", "two"])[1], alone.rows(["one", "two"])[1])
    assert "one" in store
    assert "three" not in store
    assert store.rows(["three", "two"])[0] == ["two"]


def test_nothing_is_pickled(features: FeatureStore) -> None:
    for file in features.folder.rglob("*"):
        if file.is_dir():
            continue
        assert file.suffix in {".npy", ".json", ".jsonl", ".txt"}
        if file.suffix == ".npy":
            assert np.load(file, allow_pickle=False).dtype != np.dtype(object)
    package = Path(__file__).parents[2] / "similarity"
    for module in package.glob("*.py"):
        assert "import pickle" not in module.read_text(encoding="utf-8")
        assert "allow_pickle=True" not in module.read_text(encoding="utf-8")


def test_nothing_personal_is_kept(features: FeatureStore) -> None:
    """Names are in no file of the store."""
    for file in features.folder.rglob("*.json*"):
        assert "吕成林" not in file.read_text(encoding="utf-8")


def test_a_broken_store_says_so(
    tmp_path: Path, learned: CorpusModel, told: dict[str, CaseProfile]
) -> None:
    with pytest.raises(StoreDamaged):
        FeatureStore.open(tmp_path)
    store = FeatureStore.create(tmp_path / "store", learned)
    store.add(told.items())
    part = next((tmp_path / "store").glob("part-*"))
    (part / "topics.npy").write_bytes(b"nothing")
    with pytest.raises(StoreDamaged, match="part-"):
        FeatureStore.open(tmp_path / "store")


def test_the_model_survives_the_disk(tmp_path: Path, learned: CorpusModel) -> None:
    learned.save(tmp_path / "model")
    again = CorpusModel.load(tmp_path / "model")
    assert again.charges == learned.charges
    assert np.array_equal(again.axes, learned.axes)


def test_refit_knows_what_was_strange(tmp_path: Path, told: dict[str, CaseProfile]) -> None:
    thefts = {k: p for k, p in told.items() if "盗窃" in p.charges}
    others = {k: p for k, p in told.items() if "盗窃" not in p.charges}
    store = FeatureStore.create(tmp_path / "store", fit_model(list(thefts.values()), topics=5))
    store.add(told.items())
    assert drift(store.model, list(others.values())).advice
    assert not drift(store.model, list(thefts.values())).advice
    fresh, before, after = refit(store, lambda: iter(told.items()))
    assert before.unknown_charges > after.unknown_charges == 0
    assert fresh.generation == store.generation + 1
    assert len(fresh) == len(told)
    assert FeatureStore.open(tmp_path / "store").generation == fresh.generation
    case = replace(told["FX0002"], charges=())
    assert rank(fresh, case, list(told))[0].key == "FX0002"


def test_the_same_corpus_gives_the_same_model(told: dict[str, CaseProfile]) -> None:
    one, other = (fit_model(list(told.values()), topics=10) for _ in range(2))
    assert np.array_equal(one.charge_weights, other.charge_weights)


def test_too_small_a_corpus_is_refused() -> None:
    with pytest.raises(ValueError, match="two"):
        fit_model([CaseProfile(facts="被告人某盗窃")])
