"""Similar judgments in an archive: features kept, candidates found, results explained."""

from .building import Refitted
from .consistency import consistency_of, weights_of
from .keeper import SimilarityKeeper, SimilarityStatus
from .profiles import (
    Told,
    profile_of_dossier,
    profile_of_judgment,
    profile_of_text,
    told_judgment,
)
from .reporting import TEMPLATE, report_docx, report_html, report_of, typed_values
from .reportvalues import Report
from .similar import FILTERS, filters_of, find_similar
from .values import SimilarJudgment, SimilarJudgments, SimilarSort

__all__ = [
    "FILTERS",
    "TEMPLATE",
    "Refitted",
    "Report",
    "SimilarJudgment",
    "SimilarJudgments",
    "SimilarSort",
    "SimilarityKeeper",
    "SimilarityStatus",
    "Told",
    "consistency_of",
    "filters_of",
    "find_similar",
    "profile_of_dossier",
    "profile_of_judgment",
    "profile_of_text",
    "report_docx",
    "report_html",
    "report_of",
    "told_judgment",
    "typed_values",
    "weights_of",
]
