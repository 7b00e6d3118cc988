"""Small dossiers and faulty OCR engines for tests of the archive."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from intake_inputs import WARRANT

from dossier import Archive


@pytest.fixture(params=["sqlite", "postgresql"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """A new archive, on each database."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    with Archive.create(tmp_path / "archive", records=url) as made:
        yield made


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Three warrants as text files in one volume."""
    folder = tmp_path / "郑大川案"
    (folder / "诉讼文书卷").mkdir(parents=True)
    for number in (1, 2, 10):
        path = folder / "诉讼文书卷" / f"{number}拘留证.txt"
        path.write_text(WARRANT.format(number=number), "utf-8")
    return folder


@pytest.fixture
def fault_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Install an OCR engine whose `read` runs the given code; returns its name.

    A real installed entry point: worker processes find it as they find the others.
    """

    def install(body: str) -> str:
        site = tmp_path / "site"
        info = site / "faulty-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty\nVersion: 1\n")
        (info / "entry_points.txt").write_text(
            "[dossier.ocr_engines]\nfaulty = faulty_engine:Engine\n"
        )
        code = f"""\
import os, pathlib
from dossier.errors import RecognitionFailed
from dossier.model import Box, Line
class Engine:
    name = "faulty"
    def __init__(self, settings): pass
    def read(self, image):
        ink = (image < 128).mean()
{body}
"""
        (site / "faulty_engine.py").write_text(code)
        monkeypatch.syspath_prepend(str(site))
        return "faulty"

    yield install
    sys.modules.pop("faulty_engine", None)
