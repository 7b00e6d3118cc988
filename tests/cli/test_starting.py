"""What a command does not need is not imported with it: starting must not take seconds."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LEARNING = ("sklearn", "scipy.optimize", "scipy.stats")
_ROOMS = ("dossier.comparing.similar", "dossier.drafting.generating", "dossier.export.writer")
_LIBRARIES = ("alembic", "docxtpl", "fontTools", "scipy")


@pytest.mark.parametrize(
    ("imported", "without"),
    [
        ("dossier", ("dossier.archive", *_ROOMS, *_LIBRARIES)),
        ("dossier.cli", (*_ROOMS, *_LIBRARIES)),
        ("dossier.comparing.similar", _LEARNING),
    ],
)
def test_what_is_not_needed_is_not_imported(imported: str, without: tuple[str, ...]) -> None:
    told = f"import sys, {imported}; print([m for m in {without} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
