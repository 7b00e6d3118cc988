"""One search, from the words a judge types to hits that say where they stand."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..errors import IndexDamaged, IndexVersion
from ..holdings import Keep
from ..search import And, Exactly, Found, Plan, Sort, expansions, plan_of, understand
from .results import SearchResult, hits_of
from .upkeep import IndexKeeper, Rebuilt


def search(
    keep: Keep,
    keeper: IndexKeeper,
    query: str,
    *,
    limit: int,
    offset: int,
    grouped: bool,
    sort: Sort,
    facets: Sequence[str],
    within: Sequence[tuple[str, str]],
    synonyms: bool,
) -> SearchResult:
    """Everything `Archive.search` promises; `within` are keyword fields and values that hits
    must have."""
    began = time.perf_counter()
    asked, overlooked = understand(query)
    words = plan_of(asked, synonyms=synonyms)
    narrowed: Plan = words
    if within:
        narrowed = And((words, *(Exactly(name, (value,)) for name, value in within)))
    notes = []
    if overlooked is not None:
        notes.append(f"column {overlooked.column}: {overlooked.what}; searched for as text")
    notes += _told(keeper.ensure())

    def ask() -> Found:
        with keeper.reading() as index:
            return index.search(
                narrowed, limit=limit, offset=offset, sort=sort, grouped=grouped, facets=facets
            )

    try:
        found = ask()
    except (IndexDamaged, IndexVersion) as error:
        notes += _told(keeper.mend(error))
        found = ask()
    if waiting := keeper.waiting():
        notes.append(f"{waiting} pages or judgments are still being taken into the index")
    return SearchResult(
        query=query,
        total=found.total,
        hits=hits_of(keep, found, words),
        offset=offset,
        groups=found.groups,
        facets=found.facets,
        expanded=expansions(asked) if synonyms else (),
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
    )


def _told(rebuilt: Rebuilt | None) -> list[str]:
    if rebuilt is None:
        return []
    return [
        f"the search index was rebuilt from the records ({rebuilt.pages} pages, "
        f"{rebuilt.judgments} judgments): {rebuilt.reason}"
    ]
