"""Similar judgments and how their sentences lie: texts and elements in, numbers out.

Pure: knows no archive, no database and no files but its own feature store.
"""

from __future__ import annotations

from .candidates import candidates, likely_charges
from .cards import Card
from .comparing import Element, Passages, compared, matched_passages
from .corpusmodel import CorpusModel, fit_model
from .duplicates import same_case
from .parts import StoreDamaged
from .profile import profile_of
from .ranking import Ranked, predicted_charges, rank
from .refitting import Drift, drift, refit
from .signals import LABELS
from .store import FeatureStore
from .values import INJURIES, CaseProfile

__all__ = [
    "INJURIES",
    "LABELS",
    "Card",
    "CaseProfile",
    "CorpusModel",
    "Drift",
    "Element",
    "FeatureStore",
    "Passages",
    "Ranked",
    "StoreDamaged",
    "candidates",
    "compared",
    "drift",
    "fit_model",
    "likely_charges",
    "matched_passages",
    "predicted_charges",
    "profile_of",
    "rank",
    "refit",
    "same_case",
]
