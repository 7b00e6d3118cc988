"""Finding search engines by name: entry points of the group `dossier.search_engines`."""

from __future__ import annotations

from functools import lru_cache

from .. import plugins
from ..errors import SearchEngineNotFound
from .protocol import SearchIndex

GROUP = "dossier.search_engines"
DEFAULT = "tantivy"


def engine_names() -> tuple[str, ...]:
    """Names of all installed engines, sorted."""
    return plugins.names(GROUP)


@lru_cache(maxsize=8)
def engine(name: str = DEFAULT) -> type[SearchIndex]:
    """The engine of this name: a class with `create` and `open`.

    Raises SearchEngineNotFound."""
    found, point = plugins.load(GROUP, name, "search engine", SearchEngineNotFound)
    if not (isinstance(found, type) and all(hasattr(found, part) for part in _PARTS)):
        raise SearchEngineNotFound(
            f"{point.value} is not a search engine",
            advice="see dossier.search.protocol.SearchIndex for what it needs",
        )
    return found


_PARTS = tuple(name for name in vars(SearchIndex) if not name.startswith("_"))
