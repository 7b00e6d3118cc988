"""The first stage: which judgments of a whole collection are worth comparing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dossier.search import And, Exactly, Plan, SearchIndex

from .corpusmodel import CorpusModel
from .signals import query_of
from .values import CaseProfile

_QUOTA = 0.5
"""Share of the candidates that must be of a charge the facts point to."""
_CHARGES = 3
_LEAST_CHANCE = 0.05


def candidates(
    index: SearchIndex,
    model: CorpusModel,
    case: CaseProfile,
    *,
    limit: int = 500,
    quota: float = _QUOTA,
    where: Plan | None = None,
) -> tuple[str, ...]:
    """Keys of judgments in the index that may be like the case, at most `limit`, each once.

    Two lists in turn: those whose text has most in common with the facts, and, as far as `quota`
    goes, the same among judgments of the case's charges, or of those its facts point to. The index
    does the work, so this scales as the engine does. `where` narrows both.
    """
    wide = [hit.key for hit in index.more_like(case.facts, limit=limit, where=where)]
    charges = likely_charges(model, case)
    if not charges or quota <= 0:
        return tuple(wide)
    of_charge: Plan = Exactly("charge", charges)
    narrow_plan = of_charge if where is None else And((where, of_charge))
    share = max(1, round(limit * quota))
    narrow = [hit.key for hit in index.more_like(case.facts, limit=share, where=narrow_plan)]
    mixed: dict[str, None] = {}
    for place in range(max(len(wide), len(narrow))):
        for keys in (wide, narrow):
            if place < len(keys):
                mixed.setdefault(keys[place])
    return tuple(mixed)[:limit]


def likely_charges(model: CorpusModel, case: CaseProfile) -> tuple[str, ...]:
    """Charges of the case; of one without any the likeliest by its facts."""
    if case.charges:
        return case.charges
    chances = query_of(model, case).chances
    best: Sequence[int] = np.argsort(-chances, kind="stable")[:_CHARGES].tolist()
    return tuple(model.charges[n] for n in best if chances[n] >= _LEAST_CHANCE)
