"""What `import dossier` offers; __init__.py loads each name when it is first used."""

from .archive import Archive
from .catalogue import (
    Correction,
    ExcludePage,
    JoinPrevious,
    ListingRow,
    MoveDocument,
    MovePages,
    PageRef,
    PlaceDocument,
    PlacePage,
    SetField,
    SetType,
    StartDocument,
)
from .checking import CheckProblem, CheckReport
from .comparing import Refitted, SimilarityStatus, SimilarJudgment, SimilarJudgments
from .drafting import Change, Drafted, DraftReport, GeneratedDocument
from .elements import Elements, extract
from .errors import DossierError, QueryError
from .export import ExportReport
from .facts import CaseFacts, Conflict, FactValue, PersonFacts, Reading, Side, Source
from .holdings import Document, Dossier, File, FileProblem, LogEntry, Page, Volume
from .indexing import Hit, Rebuilt, SearchResult, Snippet
from .ingest import Limits
from .intake import FileOutcome, IngestReport, ProgressEvent, Status
from .judgments import ImportLimits, ImportProgress, ImportReport, Judgment, Judgments, Skipped
from .model import Box, Cell, Line, Origin, PageLayer, Seal
from .ocr import OcrEngine, OcrSettings
from .similarity.consistency import Consistency

__version__: str

__all__ = [
    "Archive",
    "Box",
    "CaseFacts",
    "Cell",
    "Change",
    "CheckProblem",
    "CheckReport",
    "Conflict",
    "Consistency",
    "Correction",
    "Document",
    "Dossier",
    "DossierError",
    "DraftReport",
    "Drafted",
    "Elements",
    "ExcludePage",
    "ExportReport",
    "FactValue",
    "File",
    "FileOutcome",
    "FileProblem",
    "GeneratedDocument",
    "Hit",
    "ImportLimits",
    "ImportProgress",
    "ImportReport",
    "IngestReport",
    "JoinPrevious",
    "Judgment",
    "Judgments",
    "Limits",
    "Line",
    "ListingRow",
    "LogEntry",
    "MoveDocument",
    "MovePages",
    "OcrEngine",
    "OcrSettings",
    "Origin",
    "Page",
    "PageLayer",
    "PageRef",
    "PersonFacts",
    "PlaceDocument",
    "PlacePage",
    "ProgressEvent",
    "QueryError",
    "Reading",
    "Rebuilt",
    "Refitted",
    "Seal",
    "SearchResult",
    "SetField",
    "SetType",
    "Side",
    "SimilarJudgment",
    "SimilarJudgments",
    "SimilarityStatus",
    "Skipped",
    "Snippet",
    "Source",
    "StartDocument",
    "Status",
    "Volume",
    "extract",
]
