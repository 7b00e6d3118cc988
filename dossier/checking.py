"""Is the archive what it says it is? Hashes every original again and resolves every record."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from .errors import BlobDamaged, IndexDamaged, IndexVersion
from .holdings import Keep
from .indexing import IndexKeeper
from .records import (
    DocumentRow,
    DossierRow,
    FileRow,
    GeneratedRow,
    PageRow,
    VolumeRow,
    unpack_layer,
    unused_blobs,
)

if TYPE_CHECKING:
    from .comparing import SimilarityKeeper


@dataclass(frozen=True, slots=True)
class CheckProblem:
    """One thing that is wrong. `code` is stable; docs/archive.md explains each."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check saw. `notes` are harmless leftovers, `problems` are not."""

    files: int
    pages: int
    documents: int
    problems: tuple[CheckProblem, ...]
    notes: tuple[CheckProblem, ...]

    @property
    def clean(self) -> bool:
        return not self.problems

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "clean": self.clean}


def check_archive(
    keep: Keep,
    keeper: IndexKeeper,
    progress: Callable[[int, int], None] | None = None,
    similarity: SimilarityKeeper | None = None,
) -> CheckReport:
    """Everything `Archive.check` promises."""
    index_problems, index_notes = _index(keeper)
    compared = [] if similarity is None else list(_features(similarity))
    with keep.database.read() as session:
        if session.get_bind().dialect.name == "postgresql":
            # all of it as of one moment, whatever a batch adds meanwhile (SQLite does so anyway)
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        problems = list(_database(session))
        problems += _blobs(keep, session, progress)
        problems += _files(session)
        problems += _pages(session)
        problems += _documents(session)
        problems += index_problems
        notes = [*_stale(session), *_orphans(keep, session), *index_notes, *compared]
        return CheckReport(
            files=_count(session, FileRow),
            pages=_count(session, PageRow),
            documents=_count(session, DocumentRow),
            problems=tuple(problems),
            notes=tuple(notes),
        )


def _index(keeper: IndexKeeper) -> tuple[list[CheckProblem], list[CheckProblem]]:
    """Whether the search index holds what the records hold: problems and notes."""
    where = "search index"
    try:
        standing = keeper.standing()
    except (IndexDamaged, IndexVersion) as error:
        message = f"{error.what}: the next search rebuilds it"
        return [], [CheckProblem(error.code, where, message)]
    if standing.waiting:
        message = f"{standing.waiting} changes wait: the next search takes them in"
        return [], [CheckProblem("index-behind", where, message)]
    if standing.indexed != standing.recorded:
        message = (
            f"{standing.indexed} pages and judgments in the index, {standing.recorded} in the "
            "records: run dossier reindex"
        )
        return [CheckProblem("index-incomplete", where, message)], []
    return [], []


def _features(keeper: SimilarityKeeper) -> Iterator[CheckProblem]:
    """Whether the features of the judgments are whole; nothing if nobody has asked for any."""
    where = "features of judgments"
    status = keeper.status(full=True)
    if status.state == "damaged":
        advice = "the next dossier similar rebuilds them, or run dossier similarity refit"
        yield CheckProblem("features-damaged", where, f"{status.reason}: {advice}")
    elif status.waiting:
        message = f"{status.waiting} changes wait: the next dossier similar takes them in"
        yield CheckProblem("features-behind", where, message)
    elif status.state == "ready" and status.described != status.recorded:
        message = (
            f"{status.described} of {status.recorded} judgments have features: "
            "run dossier similarity refit"
        )
        yield CheckProblem("features-incomplete", where, message)


def _count(session: Session, table: type[FileRow | PageRow | DocumentRow]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _database(session: Session) -> Iterator[CheckProblem]:
    """What the database finds wrong with itself."""
    if session.get_bind().dialect.name != "sqlite":
        return
    for (line,) in session.execute(text("PRAGMA integrity_check")):
        if line != "ok":
            yield CheckProblem("database-damaged", "records", str(line))
    for table, row, parent, _ in session.execute(text("PRAGMA foreign_key_check")):
        yield CheckProblem("record-dangling", f"{table} {row}", f"its {parent} is missing")


def _blobs(
    keep: Keep, session: Session, progress: Callable[[int, int], None] | None
) -> list[CheckProblem]:
    problems = []
    rows = session.execute(
        select(FileRow.name, FileRow.sha256, FileRow.working_sha256, DossierRow.name)
        .join(DossierRow, DossierRow.id == FileRow.dossier_id)
        .order_by(FileRow.id)
    ).all()
    # versions that were replaced have no file any more, but their content is kept
    replaced = session.execute(
        select(GeneratedRow.file_name, GeneratedRow.sha256, GeneratedRow.sha256, DossierRow.name)
        .join(DossierRow, DossierRow.id == GeneratedRow.dossier_id)
        .where(GeneratedRow.file_id.is_(None))
        .order_by(GeneratedRow.id)
    ).all()
    rows = [*rows, *replaced]
    verified: set[str] = set()
    for done, (name, sha256, working, dossier) in enumerate(rows):
        for content in {sha256, working} - verified:
            try:
                keep.blobs.verify(content)
            except BlobDamaged as error:
                problems.append(
                    CheckProblem(error.code, f"{dossier}: {name}", f"{error.what} ({content})")
                )
            verified.add(content)
        if progress is not None:
            progress(done + 1, len(rows))
    return problems


def _files(session: Session) -> Iterator[CheckProblem]:
    rows = session.execute(select(PageRow.file_id, func.count()).group_by(PageRow.file_id))
    counts = dict(rows.all())
    for row in session.scalars(select(FileRow).order_by(FileRow.id)):
        if counts.get(row.id, 0) != row.page_count:
            yield CheckProblem(
                "pages-missing",
                row.name,
                f"{counts.get(row.id, 0)} pages in the records, the file has {row.page_count}",
            )


def _pages(session: Session) -> Iterator[CheckProblem]:
    rows = session.execute(
        select(PageRow, FileRow.name)
        .join(FileRow, FileRow.id == PageRow.file_id)
        .order_by(PageRow.id)
        .execution_options(yield_per=100)
    )
    for page, name in rows:
        where = f"{name}, page {page.number + 1}"
        try:
            layer = unpack_layer(page.layer)
        except ValueError as error:
            yield CheckProblem("layer-damaged", where, str(error))
            continue
        if layer.text != page.text:
            yield CheckProblem("text-differs", where, "text and layer of the page disagree")
        session.expunge(page)


def _documents(session: Session) -> Iterator[CheckProblem]:
    catalogued = select(DossierRow.id).where(DossierRow.stale.is_(False))
    loose = session.scalars(
        select(PageRow.id).where(
            PageRow.document_id.is_(None),
            PageRow.excluded.is_(False),
            PageRow.dossier_id.in_(catalogued),
        )
    )
    for page_id in loose:
        yield CheckProblem("page-uncatalogued", f"page {page_id}", "it belongs to no document")
    counted = session.execute(
        select(PageRow.document_id, func.count())
        .where(PageRow.document_id.is_not(None))
        .group_by(PageRow.document_id)
    )
    pages = dict(counted.all())
    rows = session.execute(
        select(DocumentRow, VolumeRow.dossier_id).join(
            VolumeRow, VolumeRow.id == DocumentRow.volume_id
        )
    )
    for document, volume_dossier in rows:
        if not pages.get(document.id):
            yield CheckProblem("document-empty", document.title, "it has no pages")
        if volume_dossier != document.dossier_id:
            yield CheckProblem("document-astray", document.title, "its volume is another dossier's")


def _stale(session: Session) -> Iterator[CheckProblem]:
    for name in session.scalars(select(DossierRow.name).where(DossierRow.stale)):
        yield CheckProblem(
            "not-catalogued", name, "a batch was interrupted: run the same dossier add again"
        )


def _orphans(keep: Keep, session: Session) -> Iterator[CheckProblem]:
    for sha256 in unused_blobs(session, keep.blobs):
        yield CheckProblem(
            "blob-unused", sha256, "no record names it: left by an interrupted batch"
        )
