"""Taking files in: from paths to pages in the records, resumable at any moment."""

from __future__ import annotations

from .report import FileOutcome, IngestReport, Progress, ProgressEvent, Status
from .run import Intake
from .shelve import shelve

__all__ = [
    "FileOutcome",
    "IngestReport",
    "Intake",
    "Progress",
    "ProgressEvent",
    "Status",
    "shelve",
]
