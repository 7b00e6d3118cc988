"""What the facts were made with."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib import resources

_PACKAGES = ("dossier.elements", "dossier.facts")
_MODULES = ("model.py", "normal.py")


@lru_cache(maxsize=1)
def extractor_version() -> str:
    """A hash of the rules and data that facts are made with: other rules, other version, so
    nobody has to remember to raise a number. Takes some milliseconds, once."""
    digest = hashlib.sha256()
    files = [
        file
        for package in _PACKAGES
        for file in resources.files(package).iterdir()
        if file.name.endswith((".py", ".yaml"))
    ]
    files += [resources.files("dossier") / name for name in _MODULES]
    # which characters look alike decides who is who
    files.append(resources.files("dossier.search") / "lookalikes.yaml")
    for file in sorted(files, key=lambda each: each.name):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
