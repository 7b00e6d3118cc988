"""Searchable double-layer PDF (双层PDF) of a document, a volume or a dossier."""

from .values import Bookmark, ExportNote, ExportPage, ExportReport
from .writer import write_pdf

__all__ = ["Bookmark", "ExportNote", "ExportPage", "ExportReport", "write_pdf"]
