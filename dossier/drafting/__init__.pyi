"""Documents from templates: what a case gives to them, and the documents that were made."""

from .batch import generate_many
from .carry import EarlierDocument, taken_over
from .changes import Change
from .generating import Drafting
from .offices import Office, Offices, load_offices, prefix_of, read_yaml
from .source import CaseSource, SourceDocument, SourceVolume, case_source
from .typed import with_typed
from .values import Drafted, DraftReport, GeneratedDocument
from .view import case_view

__all__ = [
    "CaseSource",
    "Change",
    "DraftReport",
    "Drafted",
    "Drafting",
    "EarlierDocument",
    "GeneratedDocument",
    "Office",
    "Offices",
    "SourceDocument",
    "SourceVolume",
    "case_source",
    "case_view",
    "generate_many",
    "load_offices",
    "prefix_of",
    "read_yaml",
    "taken_over",
    "with_typed",
]
