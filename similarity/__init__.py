"""Similar judgments and how their sentences lie: texts and elements in, numbers out.

Pure: knows no archive, no database and no files but its own feature store.
"""

from __future__ import annotations

from .profile import profile_of
from .values import INJURIES, CaseProfile

__all__ = ["INJURIES", "CaseProfile", "profile_of"]
