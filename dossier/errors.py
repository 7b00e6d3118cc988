"""What can go wrong, one small class each.

Every message says what happened, where (file, page) and what to do about it.
A duplicate is not an error: it is a result (see `dossier.Status`).
"""

from __future__ import annotations

from typing import Any


class DossierError(Exception):
    """Base of every error this library raises on purpose.

    `what`   what went wrong, without file names
    `where`  file, member or page, if known
    `advice` what the reader can do about it, if anything
    """

    code = "error"

    def __init__(self, what: str, *, where: str | None = None, advice: str | None = None) -> None:
        self.what = what
        self.where = where
        self.advice = advice
        message = f"{where}: {what}" if where else what
        super().__init__(f"{message} — {advice}" if advice else message)

    def __reduce__(self) -> tuple[object, ...]:
        # errors cross process borders: keep their parts
        return (_rebuild, (type(self), self.what, self.where, self.advice))


def _rebuild(
    kind: type[DossierError], what: str, where: str | None, advice: str | None
) -> DossierError:
    return kind(what, where=where, advice=advice)


# --- the archive -----------------------------------------------------------------------------


class ArchiveNotFound(DossierError):
    """There is no archive at this place."""

    code = "archive-not-found"


class ArchiveExists(DossierError):
    """An archive, or something else, already stands at this place."""

    code = "archive-exists"


class ArchiveVersion(DossierError):
    """The archive was written by a newer version of this library."""

    code = "archive-version"


class NotInArchive(DossierError):
    """No dossier, document or page answers to this name."""

    code = "not-in-archive"


class BlobDamaged(DossierError):
    """A stored original is missing or no longer has the content it was stored with."""

    code = "blob-damaged"


# --- files coming in -------------------------------------------------------------------------


class FileRefused(DossierError):
    """Base: this file cannot be taken in; the rest of the batch goes on."""

    code = "refused"


class EmptyFile(FileRefused):
    """The file has no bytes."""

    code = "empty"


class DamagedFile(FileRefused):
    """The file is truncated or not what its structure promises."""

    code = "damaged"


class EncryptedFile(FileRefused):
    """The file is encrypted and no given password opens it."""

    code = "encrypted"


class UnsupportedFile(FileRefused):
    """No reader for this kind of file."""

    code = "unsupported"


class HostileFile(FileRefused):
    """The file would exhaust memory or disk, or reach outside its place."""

    code = "hostile"


class ProgramMissing(FileRefused):
    """An outside program (LibreOffice, Tesseract) is needed and is not installed."""

    code = "program-missing"


# --- recognition and cataloguing -------------------------------------------------------------


class EngineNotFound(DossierError):
    """No OCR engine of this name, or it lacks the language asked for."""

    code = "engine-not-found"


class RecognitionFailed(DossierError):
    """The OCR engine broke on this page."""

    code = "recognition-failed"


class NoPageImage(DossierError):
    """This page has text but no picture (for example DOCX without LibreOffice)."""

    code = "no-page-image"


class BadCorrection(DossierError):
    """A correction of the catalogue does not fit the dossier."""

    code = "bad-correction"


class BadData(DossierError):
    """One of the data files (document types, thresholds) does not have the promised form."""

    code = "bad-data"


# --- searching -------------------------------------------------------------------------------


class QueryError(DossierError):
    """A query that means nothing; `column` says where, counted from 1."""

    code = "query"

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        advice: str | None = None,
        column: int = 1,
    ) -> None:
        super().__init__(what, where=where, advice=advice)
        self.column = column

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_query_error, (self.what, self.where, self.advice, self.column))


def _rebuild_query_error(
    what: str, where: str | None, advice: str | None, column: int
) -> QueryError:
    return QueryError(what, where=where, advice=advice, column=column)


class IndexDamaged(DossierError):
    """The search index cannot be read; the records can rebuild it."""

    code = "index-damaged"


class IndexVersion(DossierError):
    """The search index has a form that this library does not write; the records can rebuild it."""

    code = "index-version"


class IndexBusy(DossierError):
    """Another process has been writing to the search index for too long."""

    code = "index-busy"


class FeaturesDamaged(DossierError):
    """The features that judgments are compared by cannot be read; the records can rebuild them."""

    code = "features-damaged"


class SearchEngineNotFound(DossierError):
    """No search engine of this name is installed."""

    code = "search-engine-not-found"


# --- documents from templates -----------------------------------------------------------------


class TemplateNotFound(DossierError):
    """No template has this title or code."""

    code = "template-not-found"


class TemplateRefused(DossierError):
    """A template is broken or hostile; `where` names file, paragraph and tag."""

    code = "template-refused"


class UnfitValue(DossierError):
    """A filter of a template got a value that it cannot write."""

    code = "unfit-value"


class MissingFields(DossierError):
    """What a document needs and the case does not give: all of it, in `gaps` (templates.Gap)."""

    code = "missing-fields"

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        advice: str | None = None,
        gaps: tuple[Any, ...] = (),
    ) -> None:
        super().__init__(what, where=where, advice=advice)
        self.gaps = gaps

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild_missing_fields, (self.what, self.where, self.advice, self.gaps))


def _rebuild_missing_fields(
    what: str, where: str | None, advice: str | None, gaps: tuple[Any, ...]
) -> MissingFields:
    return MissingFields(what, where=where, advice=advice, gaps=gaps)


class NumberRefused(DossierError):
    """This 文号 is another document's, or the document has another one already."""

    code = "number-refused"


class SubjectNeeded(DossierError):
    """A document is about one person or volume, and the case has several, or none of this name."""

    code = "subject-needed"


class DocumentRefused(DossierError):
    """A generated document cannot be kept or shown as asked."""

    code = "document-refused"


class BadValue(DossierError):
    """A value given by hand fits no field, or is not of its field's type."""

    code = "bad-value"
