"""Finding engines by name: entry points that this package and others install."""

from __future__ import annotations

from importlib import metadata
from importlib.metadata import EntryPoint
from typing import Any

from .errors import DossierError


def names(group: str) -> tuple[str, ...]:
    """Names of everything installed in this group, sorted."""
    return tuple(sorted({point.name for point in metadata.entry_points(group=group)}))


def load(group: str, name: str, what: str, missing: type[DossierError]) -> tuple[Any, EntryPoint]:
    """What is installed under this name, and its entry point.

    Raises `missing` if there is nothing, or it cannot be loaded; `what` says what it should be
    ("OCR engine").
    """
    points = [point for point in metadata.entry_points(group=group) if point.name == name]
    if not points:
        known = ", ".join(names(group)) or "none"
        raise missing(
            f"no {what} is called {name!r}",
            advice=f"known engines: {known}; without any, install the package itself (pip)",
        )
    try:
        return points[0].load(), points[0]
    except (ImportError, AttributeError) as error:
        raise missing(
            f"the {what} {name!r} cannot be loaded: {error}",
            advice=f"reinstall {points[0].value.partition(':')[0]}",
        ) from error
