"""The archive: all state of one installation, and the library's front door."""

from __future__ import annotations

import getpass
import json
import os
import shutil
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from sqlalchemy import URL, delete, or_, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, defer

from . import comparing, drafting
from .catalogue import Correction, references
from .checking import CheckReport, check_archive
from .errors import (
    ArchiveExists,
    ArchiveNotFound,
    ArchiveVersion,
    BadCorrection,
    DossierError,
    NotInArchive,
)
from .factkeeping import correct_facts
from .holdings import Dossier, Keep, LogEntry, Page, utc
from .indexing import IndexKeeper, Rebuilt, SearchResult, group_of, search
from .ingest import Limits
from .intake import IngestReport, Intake, Progress, shelve
from .judgments import (
    ImportLimits,
    ImportProgress,
    ImportReport,
    Judgment,
    Judgments,
    import_judgments,
    remove_judgments,
)
from .normal import normal
from .ocr import OcrSettings
from .records import (
    BlobStore,
    Database,
    DossierRow,
    FileRow,
    GeneratedRow,
    LogRow,
    NumberRow,
    PageRow,
    SettingRow,
    discard_unused,
    outbox,
    sweep,
)
from .search import DEFAULT_ENGINE, FACETS, Sort, engine_of

if TYPE_CHECKING:
    from .comparing import Refitted, SimilarityStatus, SimilarJudgments, SimilarSort, Told
    from .drafting import Drafted, DraftReport, GeneratedDocument
    from .similarity.consistency import Consistency
    from .templates.library import Library

FORMAT = 1
_TOML = """\
# An archive of case dossiers (电子卷宗). Made by edossier; do not edit while it is in use.
format = {format}
# where the records are: a file beside this one, or postgresql://user@host/database
# (passwords belong into ~/.pgpass or PGPASSWORD, not here)
records = {records}
# pages whose mean character confidence lies below this are listed for review
review_below = 0.90
"""
_LOCAL = "records.sqlite3"
_MOST = 2**31
"""Ids lie below: databases refuse larger ones with an error of their own."""


class Archive:
    """Dossiers, their files, pages and documents. Use as a context manager.

    Several processes may use one archive at the same time; each file comes in whole or not at
    all, whatever happens.
    """

    def __init__(self, home: Path, config: dict[str, Any]) -> None:
        self.home = home
        records: str | URL = str(config["records"])
        if "://" not in str(records):
            # not as text: a folder's name may hold what means something in a URL
            records = URL.create("sqlite", database=str(home / str(records)))
        self._database = Database(records)
        try:
            self._database.migrate()
        except BaseException:
            self._database.close()
            raise
        self._keep = Keep(
            self._database, BlobStore(home / "blobs"), float(config.get("review_below", 0.9))
        )
        self._index = IndexKeeper(home / "index", self._database)
        self.user = _user()
        """Who is written into the log; set it when acting for someone else."""
        self._unindexed = False
        """Documents were generated that the index has not taken in: the next search does, or
        closing. Many can be made one by one without a commit of the index for each."""

    @cached_property
    def _similarity(self) -> comparing.SimilarityKeeper:
        return comparing.SimilarityKeeper(self.home / "similarity", self._database)

    @cached_property
    def _drafting(self) -> drafting.Drafting:
        return drafting.Drafting(self._keep, self.home, self._row)

    # --- opening -----------------------------------------------------------------------------

    @classmethod
    def create(
        cls, path: str | Path, *, records: str | None = None, engine: str = DEFAULT_ENGINE
    ) -> Self:
        """Make a new archive in an empty or absent folder.

        `records` may name a PostgreSQL database ("postgresql://user@host/name"); by default the
        records are an SQLite file in the folder. `engine` makes the search index ("tantivy",
        "whoosh"). Raises `ArchiveExists`, `SearchEngineNotFound`.
        """
        engine_of(engine)
        home = Path(path).absolute()
        if home.exists() and (not home.is_dir() or any(home.iterdir())):
            raise ArchiveExists(
                "there is something here already",
                where=str(path),
                advice="choose an empty folder, or open it with Archive.open",
            )
        if records is not None and make_url(records).password:
            raise ValueError(
                "the records' URL holds a password, which would be written into archive.toml: "
                "put it into ~/.pgpass or PGPASSWORD"
            )
        made_here = not home.exists()
        (home / "blobs").mkdir(parents=True)
        (home / "work").mkdir()
        home.chmod(0o700)  # case files are nobody else's business
        try:
            archive = cls(home, {"format": FORMAT, "records": records or _LOCAL})
            try:
                archive._settle(str(records))
                archive._index.rebuild(engine=engine)
            except BaseException:
                archive.close()
                raise
        except BaseException:
            shutil.rmtree(home / "index", ignore_errors=True)
            for made in (home / "blobs", home / "work", *home.glob(f"{_LOCAL}*")):
                made.rmdir() if made.is_dir() else made.unlink()
            if made_here:
                home.rmdir()
            raise
        # last, so that a folder with this file is a complete archive
        temporary = home / "archive.toml.new"
        text = _TOML.format(
            format=FORMAT, records=json.dumps(records or _LOCAL, ensure_ascii=False)
        )
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(home / "archive.toml")
        return archive

    def _settle(self, records: str) -> None:
        """Tell the records where their archive stands; `ArchiveExists` if it is elsewhere."""
        with self._database.write() as session:
            elsewhere = session.get(SettingRow, "home")
            if elsewhere is None:
                session.add(SettingRow(key="home", value=str(self.home)))
            elif elsewhere.value != str(self.home):
                raise ArchiveExists(
                    f"these records belong to the archive in {elsewhere.value}",
                    where=records,
                    advice="open that one, or create another database",
                )

    @classmethod
    def open(cls, path_or_url: str | Path) -> Self:
        """Open an archive by its folder, or by the URL of its PostgreSQL records.

        Raises `ArchiveNotFound`, `ArchiveVersion`.
        """
        home = Path(path_or_url)
        if "://" in str(path_or_url):
            home = _home_of(str(path_or_url))
        config_file = home / "archive.toml"
        if not config_file.is_file():
            raise ArchiveNotFound(
                "there is no archive here",
                where=str(path_or_url),
                advice="make one with: dossier init DIR",
            )
        config = tomllib.loads(config_file.read_text("utf-8"))
        if config.get("format") != FORMAT:
            raise ArchiveVersion(
                f"archive format {config.get('format')}, this library knows {FORMAT}",
                where=str(config_file),
                advice="install a newer edossier",
            )
        if "://" in str(path_or_url):
            config["records"] = str(path_or_url)  # with the credentials given
        return cls(home.absolute(), config)

    def close(self) -> None:
        if self._unindexed:
            self._index_changes()
        self._index.close()
        if "_similarity" in vars(self):
            self._similarity.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- taking in ---------------------------------------------------------------------------

    def add(
        self,
        paths: str | Path | Iterable[str | Path],
        *,
        case: str | None = None,
        jobs: int | None = None,
        ocr: str = "auto",
        languages: Sequence[str] = ("chi_sim",),
        passwords: Sequence[str] = (),
        limits: Limits | None = None,
        progress: Progress | None = None,
        executor: Executor | None = None,
    ) -> IngestReport:
        """Take in folders, ZIPs and files; returns what became of each file.

        `case`      one dossier for everything, by case number or name; without it, a folder or a
                    ZIP is a dossier each
        `jobs`      worker processes (default: all cores)
        `ocr`       "auto" (print is recognised where a page has no good text), "fast", "off",
                    or an engine's name ("rapidocr", "tesseract", …)
        `languages` of the print, as Tesseract names them ("chi_sim", "bod", "uig")
        `passwords` tried on encrypted files; never stored
        `executor`  any `concurrent.futures.Executor`; default: local processes

        A bad file does not stop the batch. Interrupted at any moment, the same call goes on where
        it was. Raises `EngineNotFound`, `FileNotFoundError` for a path that is not there, and
        ValueError for a folder in which the archive itself stands.
        """
        if case is not None and not case.strip():
            raise ValueError("an empty case number or name")
        given = [paths] if isinstance(paths, str | Path) else list(paths)
        places = [Path(path) for path in given]
        for place in places:
            if not place.exists():
                raise FileNotFoundError(f"{place}: no such file or folder")
            if self.home.resolve().is_relative_to(place.resolve()):
                raise ValueError(f"{place} holds the archive itself: name the case folders in it")
        settings = OcrSettings.parse(ocr, tuple(languages))
        intake = Intake(
            self._database,
            self._keep.blobs,
            self.home / "work",
            by=self.user,
            review_below=self._keep.review_below,
            finish=self._shelve,
        )
        report = intake.run(
            places,
            settings,
            case=case,
            jobs=jobs,
            executor=executor,
            passwords=passwords,
            limits=limits,
            progress=progress,
        )
        trouble = self._index_changes()
        return replace(report, problems=(*report.problems, *trouble)) if trouble else report

    def import_judgments(
        self,
        path: str | Path,
        *,
        fields: Mapping[str, str] | None = None,
        source: str | None = None,
        limits: ImportLimits | None = None,
        progress: Callable[[ImportProgress], None] | None = None,
    ) -> ImportReport:
        """Take in a corpus of judgments: JSONL, JSON or TXT, plain or packed, or a folder of them.

        `fields`  where the corpus has what: {"text": "fact+reasoning"}; what is left out is guessed
        `source`  name of the corpus (default: that of the file or folder)

        A bad record does not stop the import. Interrupted or repeated, the same call goes on and
        replaces what changed. Raises `FileNotFoundError`, `UnsupportedFile`, `BadData`.
        """
        report = import_judgments(
            self._database,
            path,
            by=self.user,
            fields=fields,
            source=source,
            limits=limits,
            progress=progress,
        )
        return replace(report, problems=(*self._index_changes(), *self._compare_changes()))

    def _shelve(self, dossier_id: int) -> None:
        shelve(self._database, dossier_id, by=self.user)

    def _index_changes(self) -> list[str]:
        """Take what changed into the search index; says what hindered it. Nothing is lost then:
        the next search or batch does it."""
        try:
            self._index.catch_up()
        except (DossierError, OSError) as error:
            return [f"the search index is not up to date: {error}"]
        return []

    def _compare_changes(self) -> list[str]:
        """Take judgments that changed into their features, where there are any."""
        try:
            self._similarity.catch_up()
        except (DossierError, OSError) as error:
            return [f"the features of the judgments are not up to date: {error}"]
        return []

    # --- finding -----------------------------------------------------------------------------

    def dossiers(self) -> list[Dossier]:
        """All dossiers, in the order they came in."""
        with self._database.read() as session:
            rows = session.scalars(select(DossierRow).order_by(DossierRow.id))
            return [Dossier.of(self._keep, row) for row in rows]

    def dossier(self, key: int | str) -> Dossier:
        """One dossier by its id, its name, or any number of the case or of one of its documents.

        Raises `NotInArchive` if none fits, or several do.
        """
        with self._database.read() as session:
            return Dossier.of(self._keep, self._row(session, key))

    def _row(self, session: Session, key: int | str, *, lock: bool = False) -> DossierRow:
        """The dossier of this key; with `lock` nobody else changes it in this transaction."""
        found = self._rows(session, key)
        if len(found) == 1:
            if lock:
                session.refresh(found[0], with_for_update=True)
            return found[0]
        if found:
            ids = ", ".join(f"{row.id} ({row.name})" for row in found)
            raise NotInArchive(
                f"several dossiers answer to {key!r}: {ids}", advice="use a name or a number"
            )
        raise NotInArchive(f"no dossier {key!r}", advice="see: dossier list DIR")

    @staticmethod
    def _rows(session: Session, key: int | str) -> list[DossierRow]:
        by_id = None
        if isinstance(key, int) or (key.isascii() and key.isdecimal() and len(key) < 11):
            by_id = session.get(DossierRow, int(key)) if int(key) < _MOST else None
            if isinstance(key, int):
                return [by_id] if by_id else []
        named = session.scalars(
            select(DossierRow)
            .outerjoin(NumberRow)
            .where(or_(DossierRow.name == key, NumberRow.form == normal(key)))
            .distinct()
            .order_by(DossierRow.id)
        ).all()
        # a dossier may be called "123": never take another one for it
        return list(dict.fromkeys([*([by_id] if by_id else []), *named]))

    def page(self, page_id: int) -> Page:
        """One page by its id; `NotInArchive` if there is none."""
        with self._database.read() as session:
            row = session.get(PageRow, page_id) if page_id < _MOST else None
            if row is None:
                raise NotInArchive(
                    f"no page {page_id}", advice="see: dossier catalogue DIR CASE --pages"
                )
            return Page.of(self._keep, row)

    def search(
        self,
        query: str,
        *,
        limit: int = 20,
        offset: int = 0,
        grouped: bool = False,
        sort: Sort = "relevance",
        case: int | str | None = None,
        kind: Literal["page", "judgment"] | None = None,
        where: Mapping[str, str | Sequence[str]] | None = None,
        facets: Sequence[str] = FACETS,
        synonyms: bool = True,
    ) -> SearchResult:
        """Find pages and judgments; docs/search-language.md says what may stand in a query.

        `limit`, `offset`  which of the hits to return
        `grouped`  one hit for each dossier: its best page
        `sort`     "relevance", "newest", "oldest"
        `case`     only in this dossier
        `kind`     only pages of dossiers, or only judgments
        `where`    values of facets that hits must have, or one of several:
                   {"type": ("讯问笔录", "询问笔录"), "year": "2023"}
        `facets`   which to count; the fewer, the faster
        `synonyms` also find what the words of the query are otherwise called

        Raises `QueryError`, which says at which column the query makes no sense; `NotInArchive`.
        """
        if limit < 0 or offset < 0:
            raise ValueError("limit and offset count from 0")
        if sort not in get_args(Sort):
            raise ValueError(f"sort={sort!r}: there are {', '.join(get_args(Sort))}")
        if kind not in (None, "page", "judgment"):
            raise ValueError(f"kind={kind!r}: there are page and judgment")
        if unknown := (set(where or ()) | set(facets)) - set(FACETS):
            named = ", ".join(sorted(map(str, unknown)))
            raise ValueError(f"not a facet: {named}; there are {', '.join(FACETS)}")
        within = {
            name: (values,) if isinstance(values, str) else tuple(map(str, values))
            for name, values in (where or {}).items()
        }
        if kind is not None:
            within["kind"] = (kind,)
        if case is not None:
            within["group"] = (group_of(self.dossier(case).id),)
        return search(
            self._keep,
            self._index,
            query,
            limit=limit,
            offset=offset,
            grouped=grouped,
            sort=sort,
            facets=facets,
            within=tuple(within.items()),
            synonyms=synonyms,
        )

    def judgments(self, source: str | None = None) -> Judgments:
        """The judgments of the collection, or of one corpus."""
        return Judgments(self._database, source)

    def judgment(self, key: int | str) -> Judgment:
        """One judgment by its id, its 案号, or its corpus's own id; `NotInArchive`."""
        return self.judgments().one(key)

    # --- similar judgments ---------------------------------------------------------------------

    def similar(
        self,
        case: int | str | None = None,
        *,
        text: str | None = None,
        judgment: int | str | None = None,
        k: int = 20,
        charge: str | Sequence[str] | None = None,
        where: Mapping[str, str | Sequence[str]] | None = None,
        sort: SimilarSort = "similarity",
        person: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> SimilarJudgments:
        """Judgments of the collection that are like a dossier, a text or one of them; see
        docs/similarity-model.md for what counts and what never does.

        `case`, `text`, `judgment`  just one of them: a dossier, the facts of a case in words, or a
                    judgment of the collection
        `k`         how many, each of another case
        `charge`    what the case is charged with, instead of what its papers say
        `where`     only judgments with these values: charge, region (甘肃省兰州市), level (最高,
                    高级, 中级, 基层), year, instance (一审, 二审, 再审)
        `sort`      "similarity"; by "authority" (指导性案例 first) or "newest": the first k of the
                    most similar, three times as many and at least 60
        `person`    of a dossier: only the charges and circumstances of this defendant

        The first call builds the features of all judgments (`progress`: done and in all). A help
        for reading, no rule. Raises `NotInArchive`, `IndexBusy` and ValueError.
        """
        orders = get_args(comparing.SimilarSort)
        if sort not in orders:
            raise ValueError(f"sort={sort!r}: there are {', '.join(orders)}")
        if k < 1:
            raise ValueError("k counts from 1")
        return comparing.find_similar(
            self._keep,
            self._index,
            self._similarity,
            self._told(case, text, judgment, person),
            k=k,
            charge=(charge,) if isinstance(charge, str) else tuple(charge or ()),
            where=comparing.filters_of(where or {}),
            sort=sort,
            progress=progress,
        )

    def _told(
        self,
        case: int | str | None,
        text: str | None,
        judgment: int | str | None,
        person: str | None,
    ) -> Told:
        """What is to be compared: a dossier, a text or a judgment."""
        if sum(each is not None for each in (case, text, judgment)) != 1:
            raise ValueError("name a case, a text or a judgment: one of them")
        if case is not None:
            return comparing.profile_of_dossier(self.dossier(case), person)
        if person is not None:
            raise ValueError("a person is one of a dossier")
        if text is not None:
            return comparing.profile_of_text(text)
        assert judgment is not None
        return comparing.told_judgment(self._database, self.judgment(judgment))

    def consistency(
        self,
        case: int | str | None = None,
        *,
        text: str | None = None,
        judgment: int | str | None = None,
        months: int | None = None,
        probation: int | None = None,
        fine: float | None = None,
        k: int = 30,
        charge: str | Sequence[str] | None = None,
        person: str | None = None,
        found: SimilarJudgments | None = None,
    ) -> Consistency:
        """Where a sentence of so many `months` (`probation` in months, `fine` in yuan) lies: among
        the `k` most similar judgments, in the model's interval, in the law. For reading only.

        `case`, `text`, `judgment`, `charge`, `person`  as in `similar`; what the judgment itself
                    imposed is never looked at
        `found`     a result of `similar`, in place of looking again; then none of those

        The statutory range and the starting points of the guideline are there for every charge of
        the data; where judgments are too few, a warning stands in place of a number. Raises what
        `similar` raises, and ValueError for numbers that are none.
        """
        asked = (case, text, judgment, charge, person)
        if found is None:
            found = self.similar(
                case, text=text, judgment=judgment, k=k, charge=charge, person=person
            )
        elif any(each is not None for each in asked):
            raise ValueError("found is of a case of its own: name no other beside it")
        features = self._similarity.features()
        profiles = [each.profile for each in found.items]
        weights = comparing.weights_of([each.score for each in found.items])
        return comparing.consistency_of(
            found.case,
            list(zip(profiles, weights, strict=True)),
            model=features.sentencing if features is not None else None,
            months=months,
            probation=probation,
            fine=fine,
        )

    def similar_html(
        self, found: SimilarJudgments, consistency: Consistency | None = None, *, subject: str
    ) -> str:
        """The 类案检索报告 as one page of HTML: no script, nothing from elsewhere. `subject` is how
        the report calls the case."""
        return comparing.report_html(found, consistency, subject=subject, by=self.user)

    def similar_docx(
        self, found: SimilarJudgments, consistency: Consistency | None = None, *, subject: str
    ) -> bytes:
        """The same as a Word file, from the template 类案检索报告; nothing is kept."""
        report = comparing.report_of(found, consistency, subject=subject, by=self.user)
        return comparing.report_docx(report, self._drafting.library)

    def similar_report(
        self,
        case: int | str,
        found: SimilarJudgments | None = None,
        consistency: Consistency | None = None,
        *,
        file: bool = False,
        day: date | None = None,
    ) -> GeneratedDocument:
        """The 类案检索报告 of a dossier. With `file` it is filed with the case (审判副卷), each
        search a version of its own; otherwise it is a draft that is not kept.

        `found`, `consistency`  results to report, of this very dossier (default: those of
        `similar`, and no proposed sentence). Raises what `similar` and `generate` raise, and
        ValueError for a result of another case.
        """
        dossier = self.dossier(case)
        if found is None:
            found = self.similar(case)
        elif found.dossier != dossier.id:
            raise ValueError(f"found was not asked of {dossier.name}: its report belongs elsewhere")
        if consistency is None:
            consistency = self.consistency(found=found)
        report = comparing.report_of(found, consistency, subject=dossier.name, by=self.user)
        return self.generate(
            comparing.TEMPLATE, case, day=day, draft=not file, **comparing.typed_values(report)
        )

    def refit_similarity(
        self,
        *,
        jobs: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Refitted | None:
        """Fit the features of the judgments on the collection as it is now, beside the live ones,
        and swap. None if there are too few judgments. Raises `IndexBusy`.

        `jobs` worker processes (default: all cores)."""
        return self._similarity.refit(progress, jobs)

    def similarity_status(self) -> SimilarityStatus:
        """How far the features are: there, damaged, behind, in need of a refit."""
        return self._similarity.status()

    # --- documents from templates ------------------------------------------------------------

    @property
    def templates(self) -> Library:
        """The templates of the library and those in the archive's own folder `templates`."""
        return self._drafting.library

    def generate(
        self,
        template: str,
        case: int | str,
        *,
        person: str | None = None,
        volume: str | None = None,
        day: date | str | None = None,
        number: str | None = None,
        draft: bool = False,
        **typed: Any,
    ) -> GeneratedDocument:
        """The document of this template (code or title) for this case: the one that is there if
        nothing it reads has changed, else a new version; see docs/generate.md.

        `person`  whom it is about, if it is about one of several
        `volume`  which volume, by title or place
        `day`     成文日期 of a new version, also as text (default: today)
        `number`  文号, instead of the next one of the counter
        `draft`   with blanks where something is missing; not kept, not numbered
        `typed`   what is given by hand, by label, code or path: 检察员="…", **{"当事人.住址": "…"}

        Raises `TemplateNotFound`, `TemplateRefused`, `NotInArchive`, `MissingFields` (all of them
        at once; nothing is written), `SubjectNeeded`, `BadValue`, `NumberRefused`.
        """
        made = self._drafting.generate(
            template,
            case,
            person=person,
            volume=volume,
            day=day,
            number=number,
            draft=draft,
            typed=typed,
            by=self.user,
        )
        if not made.reused and not draft:
            self._unindexed = True
        return made

    def generate_many(
        self,
        template: str,
        cases: Iterable[int | str] | None = None,
        *,
        typed: Mapping[Any, Mapping[str, Any]] | None = None,
        progress: Callable[[Drafted, int, int], None] | None = None,
    ) -> DraftReport:
        """The documents of this template for many cases (default: all), one of each accused or
        volume where it is about one.

        `typed`     what is given by hand, by id or name of the case
        `progress`  called after each with what became of it, cases done and cases in all

        A case that lacks something does not stop the batch. Each document is a transaction:
        interrupted, the same call goes on where it was. Raises `TemplateNotFound`,
        `TemplateRefused`, and `NotInArchive` for a case that is none.
        """
        keys = [each.id for each in self.dossiers()] if cases is None else list(cases)
        with self._database.read() as session:
            rows = [(key, self._row(session, key)) for key in keys]
        try:
            report = drafting.generate_many(
                self._drafting,
                template,
                [(key, row.id, row.name) for key, row in rows],
                typed=typed or {},
                by=self.user,
                progress=progress,
            )
        finally:
            trouble = self._index_changes()
        return replace(report, problems=tuple(trouble))

    def generated(
        self,
        case: int | str | None = None,
        template: str | None = None,
        *,
        all_versions: bool = False,
    ) -> list[GeneratedDocument]:
        """Documents that were made from templates, oldest first: of a case, of a template (code
        or title). With `all_versions` also those that were replaced or withdrawn."""
        return self._drafting.generated(case, template, all_versions=all_versions)

    # --- correcting --------------------------------------------------------------------------

    def recatalogue(self, key: int | str, corrections: Iterable[Correction] = ()) -> Dossier:
        """Catalogue a dossier anew, with these corrections added to those it already has.

        Corrections are kept and win over recognition in every later run; of two that contradict
        each other the later one. Raises `NotInArchive`, `BadCorrection`; then nothing has changed.
        """
        made = list(corrections)
        with self._database.write() as session:
            row = self._row(session, key, lock=True)
            known = {
                (sha256, number)
                for sha256, number in session.execute(
                    select(FileRow.sha256, PageRow.number)
                    .join(PageRow, PageRow.file_id == FileRow.id)
                    .where(FileRow.dossier_id == row.id, FileRow.generated.is_(False))
                )
            }
            for correction in made:
                if any((ref.sha256, ref.number) not in known for ref in references(correction)):
                    raise BadCorrection(
                        f"it speaks of a page that is not in {row.name}, or was generated",
                        advice="see the page ids: dossier catalogue DIR CASE --pages; a generated "
                        "document is as its template says",
                    )
                self._log(session, "correct", row.id, correction.to_json())
            shelve(self._database, row.id, by=self.user, new=made, session=session)
        self._index_changes()
        return self.dossier(row.id)

    def correct_facts(self, key: int | str, path: str, value: str | None) -> Dossier:
        """Say what a fact is: it wins over what is read, now and in every later run.

        `path`   as in `dossier facts --json`: "defendants[韩志远].birth", "charges[盗窃罪]"
        `value`  as facts are written; "" there is no such thing; None takes the correction back

        Raises `NotInArchive`, and `BadCorrection` if it fits nothing.
        """
        return self.correct_many_facts(key, [(path, value)])

    def correct_many_facts(
        self, key: int | str, changes: Iterable[tuple[str, str | None]]
    ) -> Dossier:
        """Several of `correct_facts`, in this order: all of them are kept or none."""
        with self._database.write() as session:
            row = self._row(session, key, lock=True)
            correct_facts(session, row.id, changes, by=self.user)
        return self.dossier(row.id)

    def refresh(self) -> list[Dossier]:
        """Catalogue every dossier that an interrupted batch left uncatalogued."""
        with self._database.read() as session:
            stale = session.scalars(select(DossierRow.id).where(DossierRow.stale)).all()
        for dossier_id in stale:
            self._shelve(dossier_id)
        if stale:
            self._index_changes()
        return [self.dossier(dossier_id) for dossier_id in stale]

    def review(self, key: int | str | None = None) -> list[Page]:
        """Pages a person should look at: badly read or not read at all, worst first."""
        with self._database.read() as session:
            query = (
                select(PageRow, FileRow.name)
                .options(defer(PageRow.layer))
                .join(FileRow, FileRow.id == PageRow.file_id)
                .where(
                    PageRow.reviewed_at.is_(None),
                    PageRow.excluded.is_(False),
                    or_(PageRow.confidence < self._keep.review_below, PageRow.problem.is_not(None)),
                )
                .order_by(PageRow.problem.is_(None), PageRow.confidence, PageRow.id)
            )
            if key is not None:
                query = query.where(PageRow.dossier_id == self._row(session, key).id)
            return [Page.of(self._keep, row, name) for row, name in session.execute(query)]

    def reviewed(self, page_id: int) -> None:
        """A person has looked at this page: take it off the list. `NotInArchive` if none."""
        with self._database.write() as session:
            row = session.get(PageRow, page_id) if page_id < _MOST else None
            if row is None:
                raise NotInArchive(f"no page {page_id}", advice="see: dossier review DIR")
            row.reviewed_at = utc()
            self._log(session, "review", row.dossier_id, {"page": page_id})

    # --- taking out --------------------------------------------------------------------------

    def remove(self, key: int | str, *, reason: str, file: str | None = None) -> None:
        """Take a dossier, or one file of it (by name or SHA-256), out of the archive.

        The reason stays in the log; blobs no other file needs are deleted. The file of a generated
        document is withdrawn: its versions and its number stay on record. Raises `NotInArchive`,
        also if several files have this name, and ValueError without a reason.
        """
        if not reason.strip():
            raise ValueError("a removal needs a reason")
        with self._database.write() as session:
            dossier = self._row(session, key, lock=True)
            one = file is not None
            wanted = [or_(FileRow.name == file, FileRow.sha256 == file)] if one else []
            files = session.scalars(
                select(FileRow).where(FileRow.dossier_id == dossier.id, *wanted)
            ).all()
            if one and len(files) > 1:
                raise NotInArchive(
                    f"{len(files)} files are called {file!r}",
                    advice="use the SHA-256, see: dossier show DIR CASE --json",
                )
            if one and not files:
                raise NotInArchive(
                    f"no file {file!r} in {dossier.name!r}", advice="see: dossier show DIR CASE"
                )
            ids = [row.id for row in files]
            pages = session.scalars(select(PageRow.id).where(PageRow.file_id.in_(ids))).all()
            outbox.enqueue(session, pages, outbox.DELETE)
            hashes = {sha for row in files for sha in (row.sha256, row.working_sha256)}
            if one:
                # the version stays on record, and so does its number
                session.execute(
                    update(GeneratedRow).where(GeneratedRow.file_id.in_(ids)).values(withdrawn=True)
                )
            else:
                made = select(GeneratedRow.sha256).where(GeneratedRow.dossier_id == dossier.id)
                hashes |= set(session.scalars(made))
            detail = {
                "reason": reason,
                "name": dossier.name,
                "files": [{"name": row.name, "sha256": row.sha256} for row in files],
            }
            self._log(session, "remove", dossier.id, detail)
            if one:
                session.execute(delete(FileRow).where(FileRow.id.in_(ids)))
                dossier.stale = True
                session.flush()
                shelve(self._database, dossier.id, by=self.user, session=session)
            else:
                session.delete(dossier)
        discard_unused(self._database, self._keep.blobs, hashes)
        self._index_changes()

    def remove_judgments(self, source: str, *, reason: str) -> int:
        """Take a corpus out; the reason stays in the log. Returns how many judgments went.

        Raises `NotInArchive` for an unknown corpus and ValueError without a reason.
        """
        count = remove_judgments(self._database, source, reason=reason, by=self.user)
        self._index_changes()
        self._compare_changes()
        return count

    # --- looking after -----------------------------------------------------------------------

    def sweep(self) -> int:
        """Delete what interrupted batches and removals left: originals without a record, copies,
        pages of files that never came in. Returns how many things went.

        Things younger than an hour stay: they may belong to a batch that is at work.
        """
        return sweep(self._database, self._keep.blobs, self.home / "work")

    def reindex(
        self,
        *,
        engine: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Rebuilt:
        """Build the search index anew from the records, beside the live one, and swap.

        `engine` changes the engine. `progress` is called with entries done and entries in all.
        Raises `SearchEngineNotFound`, `IndexBusy`.
        """
        return self._index.rebuild(engine=engine, progress=progress)

    def check(self, *, progress: Callable[[int, int], None] | None = None) -> CheckReport:
        """Hash every blob again and resolve every record; says what is wrong.

        `progress` is called with files done and files in all.
        """
        if self._unindexed:
            self._index_changes()
        return check_archive(self._keep, self._index, progress, self._similarity)

    def log(self, key: int | str | None = None) -> list[LogEntry]:
        """What was done here, oldest first; of one dossier or of all."""
        with self._database.read() as session:
            query = select(LogRow).order_by(LogRow.id)
            if key is not None:
                query = query.where(LogRow.dossier_id == self._row(session, key).id)
            return [
                LogEntry(utc(row.at), row.by, row.action, row.dossier_id, row.detail)
                for row in session.scalars(query)
            ]

    def _log(self, session: Session, action: str, dossier_id: int, detail: dict[str, Any]) -> None:
        session.add(LogRow(by=self.user, action=action, dossier_id=dossier_id, detail=detail))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _home_of(url: str) -> Path:
    """Where the archive of these records stands: the records know it."""
    try:
        shown = make_url(url).render_as_string()
        database = Database(url)
    except ArgumentError:
        raise ArchiveNotFound(
            "not a database URL", where=url, advice="postgresql://user@host/database"
        ) from None
    try:
        with database.read() as session:
            setting = session.get(SettingRow, "home")
    except SQLAlchemyError as error:
        raise ArchiveNotFound(
            f"no archive records: {str(error).splitlines()[0]}",
            where=shown,
            advice="make them with: dossier init DIR --records URL",
        ) from None
    finally:
        database.close()
    if setting is None:
        raise ArchiveNotFound("the database is empty", where=shown)
    return Path(setting.value)
