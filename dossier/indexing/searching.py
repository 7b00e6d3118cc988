"""One search, from the words a judge types to hits that say where they stand."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..errors import IndexDamaged, IndexVersion, QueryError
from ..holdings import Keep
from ..search import (
    And,
    Exactly,
    Found,
    Phrase,
    Plan,
    Sort,
    expansions,
    is_pasted,
    plan_of,
    understand,
)
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
    within: Sequence[tuple[str, tuple[str, ...]]],
    synonyms: bool,
) -> SearchResult:
    """Everything `Archive.search` promises; `within` are keyword fields and values of which hits
    must have one."""
    began = time.perf_counter()
    notes: list[str] = []
    refused: QueryError | None = None
    try:
        asked, overlooked = understand(query)
        if overlooked is not None:
            notes.append(f"column {overlooked.column}: {overlooked.what}; searched for as text")
    except QueryError as error:
        if not is_pasted(query):
            raise
        asked, refused = Phrase(query), error
    words = plan_of(asked, synonyms=synonyms)
    rebuilt, waiting = keeper.ensure()
    notes += _told(rebuilt)

    def ask(words: Plan) -> Found:
        narrowed = words
        if within:
            narrowed = And((words, *(Exactly(name, values) for name, values in within)))
        with keeper.reading() as index:
            return index.search(
                narrowed, limit=limit, offset=offset, sort=sort, grouped=grouped, facets=facets
            )

    try:
        found = ask(words)
    except (IndexDamaged, IndexVersion) as error:
        notes += _told(keeper.mend(error))
        waiting = keeper.waiting()
        found = ask(words)
    if refused is not None and not found.total:
        raise refused
    if refused is None and not found.total and is_pasted(query):
        # 人：张三 may be a field, or a line of a form that somebody pasted
        as_text = plan_of(Phrase(query))
        if (found := ask(as_text)).total:
            asked, words = Phrase(query), as_text
            notes.append("nothing has this field; searched for as text")
    elif refused is not None:
        notes.append(f"column {refused.column}: {refused.what}; searched for as text")
    if waiting:
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
