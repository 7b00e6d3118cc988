"""The facts of a case (要素), merged over its documents, and where they contradict each other.

Pure: documents in, facts out; nothing here knows of archives.
"""

from __future__ import annotations

from .building import case_facts
from .corrections import (
    FactCorrection,
    check_correction,
    fact_correction,
    known_paths,
    path_advice,
    path_parts,
    plain_path,
    with_corrections,
)
from .documents import FactDocument, FactPage
from .values import (
    AmountFact,
    CaseFacts,
    ChargeFact,
    CircumstanceFact,
    Conflict,
    FactValue,
    IncidentFacts,
    InjuryFact,
    MeasureFact,
    PersonFacts,
    PropertyFact,
    Reading,
    SentenceFact,
    Side,
    Source,
)
from .version import extractor_version

__all__ = [
    "AmountFact",
    "CaseFacts",
    "ChargeFact",
    "CircumstanceFact",
    "Conflict",
    "FactCorrection",
    "FactDocument",
    "FactPage",
    "FactValue",
    "IncidentFacts",
    "InjuryFact",
    "MeasureFact",
    "PersonFacts",
    "PropertyFact",
    "Reading",
    "SentenceFact",
    "Side",
    "Source",
    "case_facts",
    "check_correction",
    "extractor_version",
    "fact_correction",
    "known_paths",
    "path_advice",
    "path_parts",
    "plain_path",
    "with_corrections",
]
