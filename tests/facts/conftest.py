"""The clean fictional case, taken in once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fact_cases import CLEAN, take_in

from dossier import Archive


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """A new archive with the clean case in it, on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with Archive.create(tmp_path / "archive", records=url) as made:
        take_in(made, CLEAN, tmp_path)
        yield made


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The clean case; only for looking."""
    home = tmp_path_factory.mktemp("clean")
    with Archive.create(home / "archive") as made:
        take_in(made, CLEAN, home)
        yield made
