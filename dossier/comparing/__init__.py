"""Similar judgments in an archive: features kept, candidates found, results explained."""

from __future__ import annotations

from .keeper import Refitted, SimilarityKeeper, SimilarityStatus
from .profiles import (
    Told,
    profile_of_dossier,
    profile_of_judgment,
    profile_of_text,
    told_judgment,
)
from .similar import FILTERS, filters_of, similar
from .values import SimilarJudgment, SimilarJudgments, SimilarSort

__all__ = [
    "FILTERS",
    "Refitted",
    "SimilarJudgment",
    "SimilarJudgments",
    "SimilarSort",
    "SimilarityKeeper",
    "SimilarityStatus",
    "Told",
    "filters_of",
    "profile_of_dossier",
    "profile_of_judgment",
    "profile_of_text",
    "similar",
    "told_judgment",
]
