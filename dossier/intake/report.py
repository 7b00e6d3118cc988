"""What a run of `archive.add` says while it works and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """What became of one file."""

    ADDED = "added"
    DUPLICATE = "duplicate"
    """Its content already stands in this dossier: nothing was stored twice."""
    REVIEW = "review"
    """It is in, and some of its pages should be looked at."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """One file of a batch. `code` and `message` tell why a file failed or needs review."""

    name: str
    dossier: str
    status: Status
    pages: int = 0
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All files of a batch.

    `seconds`       wall time of the whole batch
    `read_seconds`  time the workers spent on pages, summed over workers
    `ocr_seconds`   part of it spent recognising print (orientation and seal removal included)
    """

    outcomes: tuple[FileOutcome, ...] = ()
    seconds: float = 0.0
    read_seconds: float = 0.0
    ocr_seconds: float = 0.0
    dossiers: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    """What went wrong after the files were in: a dossier that could not be catalogued."""

    def count(self, status: Status) -> int:
        """How many files ended so."""
        return sum(outcome.status is status for outcome in self.outcomes)

    @property
    def pages(self) -> int:
        """Pages that came in with this batch."""
        return sum(
            outcome.pages
            for outcome in self.outcomes
            if outcome.status in (Status.ADDED, Status.REVIEW)
        )

    @property
    def exit_code(self) -> int:
        """0: every file is in and catalogued; 1: not so."""
        return 1 if self.count(Status.FAILED) or self.problems else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "dossiers": list(self.dossiers),
            "files": [asdict(outcome) for outcome in self.outcomes],
            "counts": {status.value: self.count(status) for status in Status},
            "problems": list(self.problems),
            "pages": self.pages,
            "seconds": round(self.seconds, 3),
            "read_seconds": round(self.read_seconds, 3),
            "ocr_seconds": round(self.ocr_seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """How far a batch is. Totals grow while files are still being opened."""

    files_done: int
    files_total: int
    pages_done: int
    pages_total: int
    file: str = ""
    """The file last worked on."""
    outcome: FileOutcome | None = None
    """Set when a file is finished."""


Progress = Callable[[ProgressEvent], None]
