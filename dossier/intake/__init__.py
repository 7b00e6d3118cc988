"""Taking files in: from paths to pages in the records, resumable at any moment."""

from __future__ import annotations

from .placing import put_in, renumber
from .register import enter_pages, printable
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
    "enter_pages",
    "printable",
    "put_in",
    "renumber",
    "shelve",
]
