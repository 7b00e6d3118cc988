"""Documents from templates: what a case gives to them, and the documents that were made."""

from __future__ import annotations

from .offices import Office, Offices, load_offices, prefix_of
from .source import CaseSource, SourceDocument, SourceVolume, case_source

__all__ = [
    "CaseSource",
    "Office",
    "Offices",
    "SourceDocument",
    "SourceVolume",
    "case_source",
    "load_offices",
    "prefix_of",
]
