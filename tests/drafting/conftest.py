"""The clean fictional case with test templates, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from drafted_cases import put_all, take_in_case

from dossier import Archive


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """A new archive with one case, test templates and offices."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with Archive.create(tmp_path / "archive", records=url) as made:
        take_in_case(made, tmp_path)
        put_all(made)
        yield made
