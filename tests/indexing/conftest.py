"""An archive with an index, on each database and with each engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier import Archive


@pytest.fixture(params=["sqlite-tantivy", "sqlite-whoosh", "postgresql-tantivy"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """A new, empty archive."""
    database, engine = request.param.split("-")
    url = request.getfixturevalue("postgres_url") if database == "postgresql" else None
    with Archive.create(tmp_path / "档案", records=url, engine=engine) as made:
        yield made
