"""Every command. Each takes the archive's folder (or its database URL) first."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import __version__
from ..archive import Archive
from ..holdings import Document, Dossier, Page
from ..intake import IngestReport, Status
from ..search import DEFAULT_ENGINE
from . import drafting, facts, judgments, screen, searching, similar, templates
from .arguments import Case, Json, Place
from .corrections import parse_corrections

app = typer.Typer(
    name="dossier",
    help="电子卷宗: take in, recognise, catalogue, keep and export case files.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Entry point of the installed command."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"edossier {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print version.")
    ] = False,
) -> None:
    """电子卷宗: take in, recognise, catalogue, keep and export case files."""


@app.command()
def init(
    place: Place,
    records: Annotated[
        str | None,
        typer.Option(help="PostgreSQL for the records: postgresql://user@host/database"),
    ] = None,
    engine: Annotated[str, typer.Option(help="Search engine: tantivy or whoosh.")] = DEFAULT_ENGINE,
    as_json: Json = False,
) -> None:
    """Make a new archive in an empty folder."""
    with screen.errors(as_json), Archive.create(place, records=records, engine=engine) as archive:
        if as_json:
            screen.say_json({"archive": str(archive.home)})
        else:
            screen.out.print(f"new archive in {archive.home}", markup=False)


@app.command()
def add(
    place: Place,
    paths: Annotated[list[Path], typer.Argument(help="Folders, ZIPs, files.", exists=True)],
    case: Annotated[
        str | None, typer.Option(help="One dossier for everything: case number or name.")
    ] = None,
    ocr: Annotated[
        str, typer.Option(help="auto, fast, off, or an engine: rapidocr, tesseract, …")
    ] = "auto",
    language: Annotated[
        list[str] | None,
        typer.Option(help="Language of the print (chi_sim, bod, uig …); may be repeated."),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes.")] = None,
    password: Annotated[
        list[str] | None,
        typer.Option(
            help="Tried on encrypted files, never stored; better in DOSSIER_PASSWORD.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Take in case files. Interrupted, the same command goes on where it was."""
    passwords = [*(password or ())]
    if from_environment := os.environ.get("DOSSIER_PASSWORD"):
        passwords.append(from_environment)
    with (
        screen.errors(as_json),
        Archive.open(place) as archive,
        screen.ingest_progress(as_json) as progress,
    ):
        report = archive.add(
            paths,
            case=case,
            jobs=jobs,
            ocr=ocr,
            languages=language or ("chi_sim",),
            passwords=passwords,
            progress=progress,
        )
    if as_json:
        screen.say_json(report.to_json())
    else:
        _show_report(report)
    raise typer.Exit(report.exit_code)


def _show_report(report: IngestReport) -> None:
    rows = [
        (o.dossier, o.name, f"{o.status}", o.pages or "", o.message)
        for o in report.outcomes
        if o.status is not Status.ADDED
    ]
    if rows:
        screen.table(("卷宗", "文件", "结果", "页", "说明"), rows)
    for problem in report.problems:
        screen.err.print(problem, markup=False, style="red")
    counts = ", ".join(f"{report.count(status)} {status}" for status in Status)
    speed = report.pages / report.seconds if report.seconds else 0
    screen.out.print(
        f"{counts}; {report.pages} pages in {report.seconds:.1f} s ({speed:.1f} pages/s); "
        f"dossiers: {', '.join(report.dossiers)}",
        markup=False,
    )


@app.command("list")
def list_(place: Place, as_json: Json = False) -> None:
    """All dossiers."""
    with screen.errors(as_json), Archive.open(place) as archive:
        dossiers = archive.dossiers()
        if as_json:
            screen.say_json([_dossier_json(dossier) for dossier in dossiers])
            return
        screen.table(
            ("编号", "名称", "案号", "卷", "文书", "页", "入库", ""),
            [
                (
                    d.id, d.name, d.case_numbers[0] if d.case_numbers else "", len(d.volumes),
                    len(d.documents), d.page_count(), f"{d.added_at:%Y-%m-%d}",
                    "" if d.catalogued else "not catalogued yet",
                )
                for d in dossiers
            ],
        )  # fmt: skip


@app.command()
def show(place: Place, case: Case, as_json: Json = False) -> None:
    """One dossier: numbers, files, problems, findings."""
    with screen.errors(as_json), Archive.open(place) as archive:
        dossier = archive.dossier(case)
        if as_json:
            screen.say_json(
                {
                    **_dossier_json(dossier),
                    "files": [
                        {
                            "name": f.name, "kind": f.kind, "size": f.size, "sha256": f.sha256,
                            "signed": f.signed, "pages": f.page_count, "notes": list(f.notes),
                        }
                        for f in dossier.files
                    ],
                    "problems": [
                        {"name": p.name, "code": p.code, "message": p.message}
                        for p in dossier.problems
                    ],
                    "findings": dossier.findings,
                    "corrections": dossier.corrections,
                }
            )  # fmt: skip
            return
        screen.out.print(f"{dossier.id}  {dossier.name}", markup=False, style="bold")
        screen.out.print(f"案号: {'、'.join(dossier.case_numbers) or '—'}", markup=False)
        screen.table(
            ("文件", "种类", "页", "KB", "签名", "备注"),
            [
                (
                    f.name, f.kind, f.page_count, f"{f.size / 1024:.0f}",
                    "是" if f.signed else "", "; ".join(f.notes),
                )
                for f in dossier.files
            ],
        )  # fmt: skip
        if dossier.problems:
            screen.table(
                ("未入库文件", "代码", "说明"),
                [(p.name, p.code, p.message) for p in dossier.problems],
            )
        if dossier.findings:
            screen.table(
                ("代码", "编目发现"),
                [(finding["code"], finding["messages"]["zh"]) for finding in dossier.findings],
            )


@app.command()
def catalogue(
    place: Place,
    case: Case,
    volume: Annotated[
        str | None, typer.Option(help="Only the volume of this title or number (1, 2, …).")
    ] = None,
    docx: Annotated[Path | None, typer.Option(help="Also write 卷内目录 as a Word file.")] = None,
    pages: Annotated[bool, typer.Option("--pages", help="Show page ids, for corrections.")] = False,
    as_json: Json = False,
) -> None:
    """卷内目录: the documents of each volume."""
    with screen.errors(as_json), Archive.open(place) as archive:
        archive.refresh()
        dossier = archive.dossier(case)
        listings = dossier.listings(volume)
        if docx is not None:
            dossier.write_listing(docx, volume)
        if as_json:
            screen.say_json({title: [row.to_json() for row in rows] for title, rows in listings})
            return
        for title, rows in listings:
            screen.table(
                ("序号", "文号", "责任者", "题名", "日期", "页号", "备注"),
                [row.cells() for row in rows],
                title=title,
            )
        if pages:
            screen.table(
                ("文书", "类型", "页编号", "文件", "页"),
                [
                    (document.title, document.type_code, page.id, page.file, page.number)
                    for document in dossier.documents
                    for page in document.pages
                ],
            )


@app.command()
def recatalogue(
    place: Place,
    case: Case,
    start: Annotated[
        list[int] | None, typer.Option(help="A document starts at this page (id).")
    ] = None,
    join: Annotated[
        list[int] | None, typer.Option(help="This page (id) continues the document before it.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PAGE:FIELD=VALUE",
            help="Field of the document this page (id) is in: type, title, number, date, organ, "
            "volume. Example: 17:type=L07",
        ),
    ] = None,
    exclude: Annotated[
        list[int] | None, typer.Option(help="Leave this page (id) out, such as a blank one.")
    ] = None,
    after: Annotated[
        list[str] | None,
        typer.Option(metavar="PAGE:PAGE", help="Put the first page right after the second."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Correct the catalogue. Corrections are kept and win over recognition from now on."""
    with screen.errors(as_json), Archive.open(place) as archive:
        corrections = parse_corrections(
            archive, start=start, join=join, fields=set_, exclude=exclude, after=after
        )
        dossier = archive.recatalogue(case, corrections)
        if as_json:
            screen.say_json(_dossier_json(dossier))
        else:
            screen.out.print(
                f"{len(corrections)} corrections kept; {len(dossier.documents)} documents now",
                markup=False,
            )


@app.command()
def review(
    place: Place,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="Only this one.")] = None,
    done: Annotated[
        list[int] | None, typer.Option(help="This page (id) has been looked at.")
    ] = None,
    png: Annotated[Path | None, typer.Option(help="Draw the pages into this folder.")] = None,
    as_json: Json = False,
) -> None:
    """Pages a person should look at: badly read, or not read at all."""
    with screen.errors(as_json), Archive.open(place) as archive:
        for page_id in done or ():
            archive.reviewed(page_id)
        pages = archive.review(case)
        if png is not None:
            png.mkdir(parents=True, exist_ok=True)
            for page in pages:
                if not page.problem:
                    page.image().save(png / f"{page.id}.png")
        if as_json:
            screen.say_json([_page_json(page) for page in pages])
            return
        screen.table(
            ("页编号", "文件", "页", "置信度", "问题"),
            [(p.id, p.file, p.number, f"{p.confidence:.0%}", p.problem) for p in pages],
        )


@app.command()
def export(
    place: Place,
    case: Case,
    output: Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.")],
    volume: Annotated[str | None, typer.Option(help="Only the volume of this title.")] = None,
    document: Annotated[
        int | None, typer.Option(help="Only this document (id, see show --json).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a searchable double-layer PDF (双层PDF) of a dossier, a volume or a document."""
    with screen.errors(as_json), Archive.open(place) as archive:
        archive.refresh()
        dossier = archive.dossier(case)
        if document is not None:
            report = dossier.document(document).export(output)
        elif volume is not None:
            report = dossier.volume(volume).export(output)
        else:
            report = dossier.export(output)
        if as_json:
            screen.say_json(
                {
                    "file": str(report.target), "pages": report.pages, "size": report.size,
                    "notes": [
                        {"code": n.code, "page": n.page + 1, "detail": n.detail}
                        for n in report.notes
                    ],
                }
            )  # fmt: skip
            return
        screen.out.print(
            f"{report.target}: {report.pages} pages, {report.size / 1024:.0f} KB", markup=False
        )
        for note in report.notes:
            screen.out.print(f"  page {note.page + 1}: {note.code} {note.detail}", markup=False)


@app.command()
def text(
    place: Place,
    case: Case,
    document: Annotated[int | None, typer.Option(help="Only this document (id).")] = None,
    as_json: Json = False,
) -> None:
    """The text of a dossier or a document, pages parted by form feeds."""
    with screen.errors(as_json), Archive.open(place) as archive:
        dossier = archive.dossier(case)
        pages = dossier.pages if document is None else dossier.document(document).pages
        if as_json:
            screen.say_json([{**_page_json(page), "text": page.text} for page in pages])
        else:
            screen.say_text("\f".join(page.text for page in pages))


app.command()(facts.facts)
app.command()(drafting.generate)
app.command()(searching.search)
app.command()(searching.reindex)
app.command()(similar.similar)
app.add_typer(judgments.app)
app.add_typer(similar.app)
app.add_typer(templates.app)


@app.command()
def check(
    place: Place,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="First delete what interrupted batches left behind.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Hash every original again and resolve every record. Exit code 1 if anything is wrong."""
    with (
        screen.errors(as_json),
        Archive.open(place) as archive,
        screen.step_progress("files", as_json) as progress,
    ):
        if sweep:
            archive.sweep()
        report = archive.check(progress=progress)
    if as_json:
        screen.say_json(report.to_json())
    else:
        rows = [
            *(("problem", p.code, p.where, p.message) for p in report.problems),
            *(("note", p.code, p.where, p.message) for p in report.notes),
        ]
        if rows:
            screen.table(("", "代码", "位置", "说明"), rows)
        verdict = "clean" if report.clean else f"{len(report.problems)} problems"
        screen.out.print(
            f"{verdict}: {report.files} files, {report.pages} pages, {report.documents} documents"
        )
    raise typer.Exit(screen.OK if report.clean else screen.SOME_FAILED)


@app.command()
def remove(
    place: Place,
    case: Case,
    reason: Annotated[str, typer.Option(help="Why; stays in the log.")],
    file: Annotated[
        str | None, typer.Option(help="Only this file of the dossier: name or SHA-256.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take a dossier, or one file of it, out of the archive."""
    with screen.errors(as_json), Archive.open(place) as archive:
        name = archive.dossier(case).name
        archive.remove(case, reason=reason, file=file)
        if as_json:
            screen.say_json({"removed": name, "file": file})
        else:
            screen.out.print(
                f"removed: {name}{f' / {file}' if file is not None else ''}", markup=False
            )


@app.command()
def log(
    place: Place,
    case: Annotated[str | None, typer.Argument(metavar="[CASE]", help="Only this one.")] = None,
    as_json: Json = False,
) -> None:
    """What was done in the archive, when and by whom."""
    with screen.errors(as_json), Archive.open(place) as archive:
        entries = archive.log(case)
        if as_json:
            screen.say_json(
                [
                    {
                        "at": e.at.isoformat(), "by": e.by, "action": e.action,
                        "dossier": e.dossier_id, "detail": e.detail,
                    }
                    for e in entries
                ]
            )  # fmt: skip
            return
        screen.table(
            ("时间", "操作人", "操作", "卷宗", "内容"),
            [
                (f"{e.at:%Y-%m-%d %H:%M:%S}", e.by, e.action, e.dossier_id, e.detail)
                for e in entries
            ],
        )


def _dossier_json(dossier: Dossier) -> dict[str, Any]:
    return {
        "id": dossier.id,
        "name": dossier.name,
        "case_numbers": dossier.case_numbers,
        "catalogued": dossier.catalogued,
        "added_at": dossier.added_at.isoformat(),
        "pages": dossier.page_count(),
        "volumes": [
            {
                "code": volume.code,
                "title": volume.title,
                "documents": [_document_json(document) for document in volume.documents],
            }
            for volume in dossier.volumes
        ],
    }


def _document_json(document: Document) -> dict[str, Any]:
    return {
        **document.card,
        "id": document.id,
        "pages": [
            {"id": page.id, "file": page.file, "number": page.number, "label": page.label}
            for page in document.pages
        ],
    }


def _page_json(page: Page) -> dict[str, Any]:
    return {
        "id": page.id,
        "file": page.file,
        "number": page.number,
        "label": page.label,
        "confidence": round(page.confidence, 4),
        "origin": page.origin,
        "problem": page.problem,
    }
