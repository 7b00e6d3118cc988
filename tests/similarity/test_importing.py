from __future__ import annotations

import subprocess
import sys

_SLOW = ("sklearn", "scipy.optimize", "scipy.stats")


def test_what_only_learning_needs_is_not_imported_with_every_command() -> None:
    told = f"import sys, dossier.cli; print([m for m in {_SLOW} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
