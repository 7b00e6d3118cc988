"""A small fictional collection, described once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sentencing_cases import judgments

from dossier.similarity.corpusmodel import CorpusModel, fit_model
from dossier.similarity.profile import profile_of
from dossier.similarity.sentencemodel import SentencingModel, fit
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile

JUDGMENTS = Path(__file__).parents[2] / "examples" / "judgments" / "judgments.jsonl"


@pytest.fixture(scope="session")
def fictional() -> list[dict[str, str]]:
    return [json.loads(line) for line in JUDGMENTS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="session")
def told(fictional: list[dict[str, str]]) -> dict[str, CaseProfile]:
    return {
        each["docid"]: profile_of(each["全文"], title=each["案件名称"], court=each["法院名称"])
        for each in fictional
    }


@pytest.fixture(scope="session")
def learned(told: dict[str, CaseProfile]) -> CorpusModel:
    return fit_model(list(told.values()), topics=20)


@pytest.fixture(scope="session")
def features(
    learned: CorpusModel, told: dict[str, CaseProfile], tmp_path_factory: pytest.TempPathFactory
) -> FeatureStore:
    store = FeatureStore.create(tmp_path_factory.mktemp("features") / "store", learned)
    store.add(told.items())
    return store


@pytest.fixture(scope="session")
def model() -> SentencingModel:
    """Of sentences; it takes seconds."""
    return fit(judgments(900, seed=1), rounds=60)
