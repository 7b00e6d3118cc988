"""`dossier judgments …`: the collection of judgments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..archive import Archive
from ..judgments import ImportReport
from . import screen
from .arguments import Json, Place, pairs

app = typer.Typer(
    name="judgments",
    help="裁判文书: take in corpora of judgments, look at them, take them out.",
    no_args_is_help=True,
)


@app.command("import")
def import_(
    place: Place,
    path: Annotated[
        Path,
        typer.Argument(
            help="JSONL, JSON or TXT, also .xz .gz .bz2 .zip, or a folder.", exists=True
        ),
    ],
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OURS=THEIRS",
            help="Where a field is: text=fact+reasoning, key=docid; may be repeated. Ours are key, "
            "title, text, court, number, day, charges.",
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option(help="Name of the corpus; default: that of the file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take in a corpus. Interrupted or repeated, the command goes on and takes what changed."""
    with (
        screen.errors(as_json),
        Archive.open(place) as archive,
        screen.step_progress("KB", as_json) as bar,
    ):
        report = archive.import_judgments(
            path,
            fields={ours: theirs[-1] for ours, theirs in pairs(field, "--field").items()},
            source=source,
            progress=None
            if bar is None
            else lambda event: bar(event.bytes_done // 1024, event.bytes_total // 1024),
        )
    if as_json:
        screen.say_json(report.to_json())
    else:
        _show(report)
    raise typer.Exit(report.exit_code)


def _show(report: ImportReport) -> None:
    taken = ", ".join(f"{ours}={theirs}" for ours, theirs in report.fields.items())
    screen.out.print(f"fields: {taken or '—'}", markup=False)
    if report.skipped:
        screen.table(("位置", "未入库原因"), [(each.place, each.why) for each in report.skipped])
    for problem in report.problems:
        screen.err.print(problem, markup=False, style="red")
    screen.out.print(
        f"{report.source}: {report.added} added, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.failed} failed in {report.seconds:.1f} s",
        markup=False,
    )


@app.command("list")
def list_(
    place: Place,
    source: Annotated[str | None, typer.Option(help="The judgments of this corpus.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 50,
    after: Annotated[int, typer.Option(min=0, help="From behind this id on.")] = 0,
    as_json: Json = False,
) -> None:
    """The corpora; with --source the judgments of one."""
    with screen.errors(as_json), Archive.open(place) as archive:
        judgments = archive.judgments(source)
        if source is None:
            sources = judgments.sources()
            if as_json:
                screen.say_json([{"source": name, "judgments": n} for name, n in sources.items()])
            else:
                screen.table(("来源", "文书数"), list(sources.items()))
            return
        page = judgments.page(limit, after=after)
        if as_json:
            screen.say_json([judgment.to_json() for judgment in page])
            return
        screen.table(
            ("编号", "案号", "标题", "法院", "日期", "罪名"),
            [(j.id, j.number, j.title, j.court, j.day, "；".join(j.charges)) for j in page],
        )


@app.command()
def show(
    place: Place,
    judgment: Annotated[str, typer.Argument(help="Id, 案号, or the corpus's own id.")],
    as_json: Json = False,
) -> None:
    """One judgment with its text."""
    with screen.errors(as_json), Archive.open(place) as archive:
        found = archive.judgment(judgment)
        if as_json:
            screen.say_json({**found.to_json(), "text": found.text})
            return
        for name, value in (
            ("标题", found.title), ("案号", found.number), ("法院", found.court),
            ("日期", found.day), ("罪名", "；".join(found.charges)),
            ("法条", "、".join(found.statutes)), ("当事人", "、".join(found.parties)),
            ("来源", f"{found.source} / {found.key}"),
        ):  # fmt: skip
            screen.out.print(f"{name}: {value or '—'}", markup=False)
        screen.say_text(f"\n{found.text}")


@app.command()
def remove(
    place: Place,
    source: Annotated[str, typer.Argument(help="The corpus, as `list` shows it.")],
    reason: Annotated[str, typer.Option(help="Why; stays in the log.")],
    as_json: Json = False,
) -> None:
    """Take a whole corpus out of the archive."""
    with screen.errors(as_json), Archive.open(place) as archive:
        count = archive.remove_judgments(source, reason=reason)
        if as_json:
            screen.say_json({"removed": source, "judgments": count})
        else:
            screen.out.print(f"removed: {source}, {count} judgments", markup=False)
