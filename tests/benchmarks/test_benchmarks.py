"""Benchmarks are not run with the tests, but they must start: what they import is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
PROGRAMS = sorted(
    path.name for path in FOLDER.glob("*.py") if "\nif __name__ ==" in path.read_text("utf-8")
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_it_starts_and_says_how_it_is_used(program: str) -> None:
    command = [sys.executable, str(FOLDER / program), "--help"]
    told = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert told.returncode == 0, told.stderr
    assert "usage" in told.stdout


@pytest.mark.parametrize(
    "command",
    [
        "catalogue.py --pages nowhere",
        "elements.py --judgments nowhere",
        "ocr.py --pages nowhere",
        "search.py --judgments nowhere",
        "sentencing.py --judgments nowhere",
        "similarity.py --lecard nowhere",
        "similarity_scale.py --lecard nowhere",
    ],
)
def test_it_says_which_data_are_missing(command: str) -> None:
    program, *options = command.split()
    told = subprocess.run(
        [sys.executable, str(FOLDER / program), *options],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert told.returncode == 2
    assert "nowhere" in told.stderr
    assert "Traceback" not in told.stderr
