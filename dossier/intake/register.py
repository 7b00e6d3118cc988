"""Writing a batch into the records: each call is one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ..errors import DamagedFile, FileRefused, NotInArchive
from ..ingest import Deposit, Entry
from ..normal import normal
from ..reading import FileFacts, PageRead
from ..records import (
    BlobStore,
    Database,
    DossierRow,
    FileRow,
    LogRow,
    NumberRow,
    PageRow,
    ProblemRow,
    outbox,
)
from .report import FileOutcome, Status


class Arrival(Protocol):
    """A file that has been read (the batch's job)."""

    entry: Entry
    dossier_id: int
    dossier: str
    sha256: str
    size: int
    working_sha256: str
    working_kind: str
    facts: FileFacts | None
    pages: dict[int, PageRead]


def enter_pages(session: Session, row: FileRow, pages: Iterable[PageRead]) -> None:
    """The pages of a file that has its row, as they were read."""
    values = [
        {
            "dossier_id": row.dossier_id,
            "file_id": row.id,
            "number": page.number,
            "layer": page.packed,
            "text": page.text,
            "confidence": page.confidence,
            "origin": page.origin,
            "problem": page.problem,
        }
        for page in pages
    ]
    if values:
        session.execute(insert(PageRow), values)


class Register:
    """The records as a batch sees them."""

    def __init__(
        self, database: Database, blobs: BlobStore, *, by: str, review_below: float
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._by = by
        self._review_below = review_below

    def dossier(self, deposit: Deposit, case: str | None, hashes: set[str]) -> tuple[int, str]:
        """The dossier this deposit belongs to (id, name); a new one if there is none.

        With `case`, the dossier that has this case number or name; raises `NotInArchive` if it
        may be several. Without, the dossier of the same name that shares a file, or that came from
        the same place and has no file yet: a folder handed in twice, or again with more files, is
        one dossier; two folders that only have a common name like "卷宗" are two.
        """
        while True:
            try:
                with self._database.write() as session:
                    found = self._find(session, deposit, case, hashes)
                    if found is None:
                        found = self._create(session, deposit, case)
                    return found.id, found.name
            except IntegrityError:
                continue  # another process created it just now: look again

    def _find(
        self, session: Session, deposit: Deposit, case: str | None, hashes: set[str]
    ) -> DossierRow | None:
        if case is not None:
            return _of_case(session, case)
        name = printable(deposit.name)
        same_name = session.scalars(
            select(DossierRow)
            .where(
                (DossierRow.name == name) | DossierRow.name.startswith(f"{name} (", autoescape=True)
            )
            .order_by(DossierRow.id)
        ).all()
        origin = printable(str(deposit.origin.absolute()))
        for dossier in sorted(same_name, key=lambda row: row.origin != origin):
            own = set(
                session.scalars(select(FileRow.sha256).where(FileRow.dossier_id == dossier.id))
            )
            # the same place with other files is another case: a stick that came twice
            begun = dossier.origin == origin and (not own or not hashes)
            if begun or hashes & own:
                return dossier
        return None

    def _create(self, session: Session, deposit: Deposit, case: str | None) -> DossierRow:
        wanted = name = printable(case or deposit.name)
        taken = set(session.scalars(select(DossierRow.name)))
        copy = 2
        while name in taken:
            name, copy = f"{wanted} ({copy})", copy + 1
        dossier = DossierRow(name=name, origin=printable(str(deposit.origin.absolute())))
        session.add(dossier)
        session.flush()
        if case is not None:
            session.add(
                NumberRow(dossier_id=dossier.id, number=case, form=normal(case), kind="given")
            )
        self._log(session, "create", dossier.id, {"name": name})
        return dossier

    def known(self, dossier_id: int, sha256: str) -> str | None:
        """The name under which this content already stands in the dossier."""
        with self._database.read() as session:
            return session.scalars(
                select(FileRow.name).where(
                    FileRow.dossier_id == dossier_id, FileRow.sha256 == sha256
                )
            ).first()

    def unread(self, dossier_id: int, sha256: str) -> bool:
        """This content is in the dossier, but some of its pages could not be read."""
        with self._database.read() as session:
            return (
                session.scalars(
                    select(PageRow.id)
                    .join(FileRow, FileRow.id == PageRow.file_id)
                    .where(
                        FileRow.dossier_id == dossier_id,
                        FileRow.sha256 == sha256,
                        PageRow.problem.is_not(None),
                    )
                    .limit(1)
                ).first()
                is not None
            )

    def add(self, arrival: Arrival, reading: str) -> bool:
        """Put the file and all its pages into the records, in one transaction.

        Where the content is in already, pages that could not be read then and can now are
        replaced; False if there are none. Raises `DamagedFile` if the dossier or the blob was
        removed at the same moment.
        """
        facts = arrival.facts
        assert facts is not None
        with self._database.write() as session:
            self._database.hold_blobs(session)
            self._hold_dossier(session, arrival)
            present = session.scalars(
                select(FileRow).where(
                    FileRow.dossier_id == arrival.dossier_id, FileRow.sha256 == arrival.sha256
                )
            ).first()
            if present is not None:
                return self._read_again(session, present, arrival, reading)
            for sha256 in {arrival.sha256, arrival.working_sha256}:
                if not self._blobs.path(sha256).exists():
                    raise DamagedFile(
                        "the same content was removed elsewhere while it came in",
                        where=arrival.entry.name,
                        advice="add it again",
                    )
            row = FileRow(
                dossier_id=arrival.dossier_id,
                name=printable(arrival.entry.name),
                volume=printable(arrival.entry.volume) if arrival.entry.volume else None,
                sha256=arrival.sha256,
                working_sha256=arrival.working_sha256,
                working_kind=arrival.working_kind,
                size=arrival.size,
                kind=facts.kind,
                signed=facts.signed,
                page_count=facts.page_count,
                reading=reading,
                notes=list(facts.notes),
            )
            self._store(session, row, (arrival.pages[n] for n in sorted(arrival.pages)))
            return True

    def _hold_dossier(self, session: Session, arrival: Arrival) -> None:
        if session.get(DossierRow, arrival.dossier_id, with_for_update=True) is None:
            raise DamagedFile(
                "its dossier was removed while it came in",
                where=arrival.entry.name,
                advice="add it again",
            )

    def _read_again(self, session: Session, row: FileRow, arrival: Arrival, reading: str) -> bool:
        replaced = []
        for page in session.scalars(
            select(PageRow).where(PageRow.file_id == row.id, PageRow.problem.is_not(None))
        ):
            read = arrival.pages.get(page.number)
            if read is None or read.problem is not None:
                continue
            page.layer, page.text = read.packed, read.text
            page.confidence, page.origin, page.problem = read.confidence, read.origin, None
            replaced.append(page.id)
        if not replaced:
            return False
        row.reading = reading
        dossier = session.get_one(DossierRow, row.dossier_id)
        dossier.stale = True
        dossier.changed()
        outbox.enqueue(session, replaced, outbox.PUT)
        detail = {"file": row.name, "sha256": row.sha256, "pages": len(replaced)}
        self._log(session, "read again", row.dossier_id, detail)
        return True

    def recall(self, arrival: Arrival, reading: str) -> bool:
        """Take the pages from another dossier that holds the same content, read the same way.

        The arrival is then complete and can be added; False if there is no such dossier.
        """
        with self._database.read() as session:
            twin = session.scalars(
                select(FileRow)
                .where(FileRow.sha256 == arrival.sha256, FileRow.reading == reading)
                .limit(1)
            ).first()
            if twin is None:
                return False
            pages = session.scalars(select(PageRow).where(PageRow.file_id == twin.id)).all()
            if len(pages) != twin.page_count or any(page.problem for page in pages):
                return False
            arrival.pages = {
                page.number: PageRead(
                    page.number, page.layer, page.text, page.confidence, page.origin
                )
                for page in pages
            }
            arrival.facts = FileFacts(
                kind=twin.kind,
                page_count=twin.page_count,
                signed=twin.signed,
                working=None,
                notes=tuple(twin.notes),
            )
            arrival.working_sha256, arrival.working_kind = twin.working_sha256, twin.working_kind
            return True

    def _store(self, session: Session, row: FileRow, pages: Iterable[PageRead]) -> None:
        session.add(row)
        session.flush()
        enter_pages(session, row, pages)
        _forget_problem(session, row.dossier_id, row.name)
        dossier = session.get_one(DossierRow, row.dossier_id)
        dossier.stale = True
        dossier.changed()
        added = session.scalars(select(PageRow.id).where(PageRow.file_id == row.id)).all()
        outbox.enqueue(session, added, outbox.PUT)
        detail = {"file": row.name, "sha256": row.sha256, "pages": row.page_count}
        self._log(session, "add", row.dossier_id, detail)

    def problem(self, dossier_id: int, name: str, error: FileRefused) -> None:
        """Remember why a file is not in, until it is."""
        name = printable(name)
        with self._database.write() as session:
            if session.get(DossierRow, dossier_id, with_for_update=True) is None:
                return  # removed meanwhile
            _forget_problem(session, dossier_id, name)
            session.add(
                ProblemRow(
                    dossier_id=dossier_id,
                    name=name,
                    code=error.code,
                    message=printable(str(error)),
                )
            )

    def settled(self, dossier_id: int, name: str) -> None:
        """The file is in after all: forget an older problem of this name."""
        with self._database.write() as session:
            _forget_problem(session, dossier_id, printable(name))

    def outcome(self, arrival: Arrival) -> FileOutcome:
        """What became of a file that was added: in, or in with pages to look at."""
        poor = [
            number + 1
            for number, page in arrival.pages.items()
            if page.problem is not None or page.confidence < self._review_below
        ]
        message = ""
        if poor:
            listed = ", ".join(map(str, sorted(poor)[:10])) + ("…" if len(poor) > 10 else "")
            message = f"look at page {listed}"
        return FileOutcome(
            arrival.entry.name,
            arrival.dossier,
            Status.REVIEW if poor else Status.ADDED,
            len(arrival.pages),
            "review" if poor else "",
            message,
        )

    def stale(self, dossier_ids: Iterable[int]) -> list[int]:
        """Those of these dossiers whose catalogue is older than their pages."""
        with self._database.read() as session:
            return list(
                session.scalars(
                    select(DossierRow.id)
                    .where(DossierRow.stale, DossierRow.id.in_(list(dossier_ids)))
                    .order_by(DossierRow.id)
                )
            )

    def _log(
        self, session: Session, action: str, dossier_id: int, detail: dict[str, object]
    ) -> None:
        session.add(LogRow(by=self._by, action=action, dossier_id=dossier_id, detail=detail))


def _forget_problem(session: Session, dossier_id: int, name: str) -> None:
    session.execute(
        delete(ProblemRow).where(ProblemRow.dossier_id == dossier_id, ProblemRow.name == name)
    )


def _of_case(session: Session, case: str) -> DossierRow | None:
    """The dossier a person means by a case number or name; NotInArchive if it may be several."""
    by_hand = session.scalars(
        select(DossierRow)
        .outerjoin(NumberRow)
        .where(
            (DossierRow.name == case)
            | ((NumberRow.form == normal(case)) & (NumberRow.kind == "given"))
        )
        .distinct()
    ).all()
    # only then numbers read from pages: they may stand in more than one dossier
    found = (
        by_hand
        or session.scalars(
            select(DossierRow).join(NumberRow).where(NumberRow.form == normal(case)).distinct()
        ).all()
    )
    if len(found) > 1:
        raise NotInArchive(
            f"several dossiers answer to {case!r}",
            advice="name one of: " + ", ".join(row.name for row in found),
        )
    return found[0] if found else None


def printable(name: str) -> str:
    """The name as storable text: bytes that are no UTF-8 become �, NUL is dropped."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace").replace("\0", "")
