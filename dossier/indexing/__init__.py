"""The search index of an archive: filling it, keeping it up, showing what it finds."""

from __future__ import annotations

from .entries import group_of
from .marks import Snippet
from .results import Hit, SearchResult
from .searching import search
from .upkeep import IndexKeeper, Rebuilt

__all__ = [
    "Hit",
    "IndexKeeper",
    "Rebuilt",
    "SearchResult",
    "Snippet",
    "group_of",
    "search",
]
