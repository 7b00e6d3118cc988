"""Finding search engines by name: entry points of the group `dossier.search_engines`."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata

from ..errors import SearchEngineNotFound
from .protocol import SearchIndex

GROUP = "dossier.search_engines"
DEFAULT = "tantivy"


def engine_names() -> tuple[str, ...]:
    """Names of all installed engines, sorted."""
    return tuple(sorted({point.name for point in metadata.entry_points(group=GROUP)}))


@lru_cache(maxsize=8)
def engine(name: str = DEFAULT) -> type[SearchIndex]:
    """The engine of this name: a class with `create` and `open`.

    Raises SearchEngineNotFound."""
    points = [point for point in metadata.entry_points(group=GROUP) if point.name == name]
    if not points:
        known = ", ".join(engine_names()) or "none"
        raise SearchEngineNotFound(
            f"no search engine is called {name!r}",
            advice=f"known engines: {known}; without any, install the package itself (pip)",
        )
    try:
        found = points[0].load()
    except (ImportError, AttributeError) as error:
        raise SearchEngineNotFound(
            f"the search engine {name!r} cannot be loaded: {error}",
            advice=f"reinstall {points[0].value.partition(':')[0]}",
        ) from error
    if not (isinstance(found, type) and all(hasattr(found, part) for part in _PARTS)):
        raise SearchEngineNotFound(
            f"{points[0].value} is not a search engine",
            advice="see dossier.search.protocol.SearchIndex for what it needs",
        )
    return found


_PARTS = tuple(name for name in vars(SearchIndex) if not name.startswith("_"))
