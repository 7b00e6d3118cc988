"""The collection of judgments (裁判文书): taking in corpora, and what stands in it."""

from __future__ import annotations

from .collection import Judgment, Judgments, remove_judgments
from .fields import FieldMap
from .importing import ImportProgress, ImportReport, Skipped, import_judgments
from .reading import ImportLimits

__all__ = [
    "FieldMap",
    "ImportLimits",
    "ImportProgress",
    "ImportReport",
    "Judgment",
    "Judgments",
    "Skipped",
    "import_judgments",
    "remove_judgments",
]
