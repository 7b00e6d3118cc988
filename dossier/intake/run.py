"""One batch: from deposits to records, many files and pages at once, a file whole or not at all."""

from __future__ import annotations

import errno
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ..errors import DamagedFile, DossierError, EngineNotFound, FileRefused
from ..ingest import Deposit, Entry, FileKind, Limits, survey
from ..model import Origin, PageLayer
from ..ocr import OcrSettings
from ..reading import (
    FileFacts,
    PageRead,
    Pool,
    Source,
    page_read,
    prepare,
    probe,
    read_pages,
)
from ..records import BlobStore, Database, discard_unused
from ..records.blobs import hash_file
from .desk import Desk
from .register import Register
from .report import FileOutcome, IngestReport, Progress, ProgressEvent, Status

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
"""The disk is full, or broken."""


@dataclass(slots=True)
class _Job:
    """One file on its way in."""

    entry: Entry
    dossier_id: int
    dossier: str
    sha256: str
    size: int
    source: Source
    working_sha256: str
    working_kind: str = ""
    facts: FileFacts | None = None
    pages: dict[int, PageRead] = field(default_factory=dict)
    failed: bool = False


@dataclass(slots=True)
class _Task:
    """One call to a worker: opening a file (`numbers` is None) or reading some of its pages."""

    job: _Job
    numbers: tuple[int, ...] | None = None


class Intake:
    """Runs batches for one archive. `finish` is called for every dossier that got new pages."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        work: Path,
        *,
        by: str,
        review_below: float,
        finish: Callable[[int], None],
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._desk = Desk(work)
        self._register = Register(database, blobs, by=by, review_below=review_below)
        self._finish_dossier = finish

    def run(
        self,
        paths: Sequence[Path],
        settings: OcrSettings,
        *,
        case: str | None = None,
        jobs: int | None = None,
        executor: Executor | None = None,
        passwords: Sequence[str] = (),
        limits: Limits | None = None,
        progress: Progress | None = None,
    ) -> IngestReport:
        """Take everything in; returns when all is in the records or reported as failed."""
        began = time.perf_counter()
        self._desk.sweep()
        pool = Pool(jobs, executor)
        finished = False
        try:
            with self._desk.spool() as spool:
                # in a worker: the models are of no use to this process
                try:
                    pool.submit(prepare, settings).result()
                except BrokenExecutor:
                    raise EngineNotFound(
                        f"the OCR engine {settings.engine!r} crashes when it is loaded",
                        advice="reinstall it, or use another one",
                    ) from None
                # the spool also holds what LibreOffice laid out: once a file, not once a worker
                bounds = replace(limits or Limits(), spool=spool)
                batch = _Batch(self, pool, settings, tuple(passwords), bounds, progress)
                for deposit in survey(paths, spool=spool, passwords=passwords, limits=bounds):
                    batch.take(deposit, case)
                batch.complete()
            finished = True
        finally:
            pool.close(wait=finished)
        problems = []
        for dossier_id in self._register.stale(batch.dossiers):
            try:
                self._finish_dossier(dossier_id)
            except DossierError as error:  # a correction that fits no more: the files are in
                problems.append(f"dossier {dossier_id} is not catalogued: {error}")
        return batch.report(time.perf_counter() - began, problems)


class _Batch:
    """The state of one run."""

    def __init__(
        self,
        intake: Intake,
        pool: Pool,
        settings: OcrSettings,
        passwords: tuple[str, ...],
        limits: Limits,
        progress: Progress | None,
    ) -> None:
        self._database = intake._database
        self._blobs = intake._blobs
        self._desk = intake._desk
        self._register = intake._register
        self._pool = pool
        self._settings = settings
        self._passwords = passwords
        self.limits = limits
        self._progress = progress
        self._backlog: deque[_Task] = deque()
        self._active: dict[Future[Any], _Task] = {}
        self._careful: deque[_Task] = deque()  # tasks of which one broke the pool: run alone
        self._outcomes: list[FileOutcome] = []
        # content on its way into a dossier, and further files of this batch that hold the same
        self._under_way: dict[tuple[int, str], list[str]] = {}
        self._refused: set[str] = set()
        self.dossiers: dict[int, str] = {}
        self._files_total = self._pages_total = self._pages_done = 0
        self._read_seconds = self._ocr_seconds = 0.0

    # --- taking files ------------------------------------------------------------------------

    def take(self, deposit: Deposit, case: str | None) -> None:
        """Store the deposit's originals and queue their reading; works off the queue meanwhile."""
        hashes = {
            entry.name: hash_file(entry.path) for entry in deposit.entries if not entry.problem
        }
        dossier_id, dossier = self._register.dossier(deposit, case, set(hashes.values()))
        self.dossiers[dossier_id] = dossier
        self._files_total += len(deposit.entries)
        for entry in deposit.entries:
            if entry.problem is not None:
                self._fail(dossier_id, dossier, entry.name, entry.problem)
                continue
            self._take_file(entry, dossier_id, dossier, hashes[entry.name])
            while len(self._backlog) + len(self._active) >= self._window:
                self._step()

    def _take_file(self, entry: Entry, dossier_id: int, dossier: str, sha256: str) -> None:
        key = (dossier_id, sha256)
        if key in self._under_way:
            self._under_way[key].append(entry.name)
            return
        known = self._register.known(dossier_id, sha256)
        if known is not None and not self._register.unread(dossier_id, sha256):
            # a batch may have been killed right after its commit
            self._desk.clear(sha256, self._settings.key)
            self._register.settled(dossier_id, entry.name)
            self._end(_duplicate(entry.name, dossier, known))
            return
        size = entry.path.stat().st_size
        stored = self._blobs.put_file(entry.path) if size else sha256
        if stored != sha256:
            self._refused.add(stored)
            problem = DamagedFile(
                "the file changed while it was read", where=entry.name, advice="add it again"
            )
            self._fail(dossier_id, dossier, entry.name, problem)
            return
        self._under_way[key] = []
        path = self._blobs.path(sha256) if size else entry.path
        source = Source(path, entry.name, self._passwords, self.limits)
        job = _Job(entry, dossier_id, dossier, sha256, size, source, sha256)
        if self._register.recall(job, self._settings.key):
            self._pages_total += len(job.pages)
            self._pages_done += len(job.pages)
            self._complete(job)
            return
        self._backlog.append(_Task(job))

    # --- working them off --------------------------------------------------------------------

    @property
    def _window(self) -> int:
        """Calls under way or waiting: enough to keep every worker busy, no more in memory."""
        return 3 * self._pool.jobs

    def complete(self) -> None:
        """Work until nothing is left."""
        while self._backlog or self._active or self._careful:
            self._step()
        # not before: another dossier may have been reading the same blob
        discard_unused(self._database, self._blobs, self._refused)

    def _step(self) -> None:
        """Submit what fits, wait for the next result."""
        if self._careful:
            # someone among these kills workers: alone, it can only kill its own
            if not self._active:
                self._submit(self._careful.popleft())
        else:
            while self._backlog and len(self._active) < self._window:
                self._submit(self._backlog.popleft())
        done, _ = wait(self._active, return_when=FIRST_COMPLETED)
        broken: list[_Task] = []
        for future in done:
            task = self._active.pop(future)
            try:
                result = future.result()
            except BrokenExecutor:
                broken.append(task)
            except FileRefused as error:
                self._refuse(task.job, error)
            except DossierError:
                raise  # not this file's fault: an engine or a language is missing
            except Exception as error:  # a reader's bug must not end the batch
                if isinstance(error, OSError) and error.errno in _NO_ROOM:
                    raise  # not this file's fault, and the next one fares no better
                self._refuse(task.job, _bug(task.job, error))
            else:
                self._received(task, result)
        if broken:
            self._recover(broken)

    def _submit(self, task: _Task) -> None:
        if task.job.failed:
            return
        if task.numbers is None:
            future: Future[Any] = self._pool.submit(probe, task.job.source)
        else:
            future = self._pool.submit(read_pages, task.job.source, task.numbers, self._settings)
        self._active[future] = task

    def _recover(self, broken: list[_Task]) -> None:
        """A worker died. Find out whose fault it was by running the suspects one at a time."""
        if not self._pool.can_rebuild:
            raise DossierError("the executor given to add() broke", advice="start a new one")
        alone = len(broken) == 1 and not self._active
        broken += self._active.values()
        self._active.clear()
        self._pool.rebuild()
        if not alone:
            self._careful.extend(broken)
            return
        [task] = broken
        if task.numbers is None:
            self._refuse(task.job, _crash(task.job))
        elif len(task.numbers) > 1:
            self._careful.extend(_Task(task.job, (number,)) for number in task.numbers)
        else:
            number = task.numbers[0]
            empty = PageLayer(0, 0, origin=Origin.NONE)
            problem = "reader-crashed: the reading process died on this page"
            self._received(task, [page_read(number, empty, problem)])

    def _received(self, task: _Task, result: Any) -> None:
        job = task.job
        if job.failed:
            return
        if task.numbers is None:
            self._opened(job, result)
        else:
            for page in result:
                job.pages[page.number] = page
                self._read_seconds += page.seconds
                self._ocr_seconds += page.ocr_seconds
                self._desk.keep(job.sha256, self._settings.key, page)
            self._pages_done += len(result)
            self._tell(job.entry.name)
        assert job.facts is not None
        if len(job.pages) == job.facts.page_count:
            self._complete(job)

    def _opened(self, job: _Job, facts: FileFacts) -> None:
        job.facts = facts
        job.working_kind = facts.kind
        if facts.working is not None and facts.working.is_file():
            # kept: pages can be shown later without the password, or without LibreOffice
            job.working_sha256 = self._blobs.put_file(facts.working)
            job.working_kind = FileKind.PDF.value
            if facts.kind == FileKind.PDF:
                path = self._blobs.path(job.working_sha256)
                job.source = replace(job.source, path=path, passwords=())
        job.pages = {
            number: page
            for number, page in self._desk.recall(job.sha256, self._settings.key).items()
            if number < facts.page_count
        }
        self._pages_total += facts.page_count
        self._pages_done += len(job.pages)
        missing = [number for number in range(facts.page_count) if number not in job.pages]
        # small shares: what is read is kept, and an interruption costs only what is in hand
        share = max(1, min(8, len(missing) // (2 * self._pool.jobs)))
        # the file's pages before other files: its result is kept sooner
        self._backlog.extendleft(
            _Task(job, tuple(missing[start : start + share]))
            for start in reversed(range(0, len(missing), share))
        )
        self._tell(job.entry.name)

    # --- endings -----------------------------------------------------------------------------

    def _complete(self, job: _Job) -> None:
        """All pages are there: into the records."""
        try:
            added = self._register.add(job, self._settings.key)
        except FileRefused as error:
            self._refuse(job, error)
            return
        self._desk.clear(job.sha256, self._settings.key)
        twins = self._under_way.pop((job.dossier_id, job.sha256), [])
        if added:
            self._end(self._register.outcome(job))
        else:
            self._end(_duplicate(job.entry.name, job.dossier, job.entry.name))
        for name in twins:
            self._register.settled(job.dossier_id, name)
            self._end(_duplicate(name, job.dossier, job.entry.name))

    def _refuse(self, job: _Job, error: FileRefused) -> None:
        if job.failed:
            return
        job.failed = True
        if job.facts is not None:
            self._pages_done += job.facts.page_count - len(job.pages)
        self._refused |= {job.sha256, job.working_sha256}
        self._fail(job.dossier_id, job.dossier, job.entry.name, error)
        for name in self._under_way.pop((job.dossier_id, job.sha256), []):
            self._fail(job.dossier_id, job.dossier, name, error)

    def _fail(self, dossier_id: int, dossier: str, name: str, error: FileRefused) -> None:
        self._register.problem(dossier_id, name, error)
        self._end(FileOutcome(name, dossier, Status.FAILED, 0, error.code, str(error)))

    def _end(self, outcome: FileOutcome) -> None:
        self._outcomes.append(outcome)
        self._tell(outcome.name, outcome)

    def _tell(self, name: str, outcome: FileOutcome | None = None) -> None:
        if self._progress is not None:
            self._progress(
                ProgressEvent(
                    files_done=len(self._outcomes),
                    files_total=self._files_total,
                    pages_done=self._pages_done,
                    pages_total=self._pages_total,
                    file=name,
                    outcome=outcome,
                )
            )

    def report(self, seconds: float, problems: Sequence[str]) -> IngestReport:
        return IngestReport(
            outcomes=tuple(sorted(self._outcomes, key=lambda o: (o.dossier, o.name))),
            seconds=seconds,
            read_seconds=self._read_seconds,
            ocr_seconds=self._ocr_seconds,
            dossiers=tuple(self.dossiers.values()),
            problems=tuple(problems),
        )


def _duplicate(name: str, dossier: str, same_as: str) -> FileOutcome:
    message = f"same content as {same_as}" if same_as != name else ""
    return FileOutcome(name, dossier, Status.DUPLICATE, 0, "duplicate", message)


def _crash(job: _Job) -> FileRefused:
    return DamagedFile(
        "the reading process died on this file",
        where=job.entry.name,
        advice="the file is probably damaged: export it again or scan it anew",
    )


def _bug(job: _Job, error: Exception) -> FileRefused:
    return DamagedFile(
        f"the reader failed with {type(error).__name__}: {error}",
        where=job.entry.name,
        advice="check that the file opens elsewhere; if it does, please report this",
    )
