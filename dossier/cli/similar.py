"""Similar judgments: `dossier similar` and `dossier similarity …`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from .. import comparing
from ..archive import Archive
from ..durable import write_whole
from ..errors import DossierError
from . import screen
from .arguments import Json, Place, pairs, text_of

app = typer.Typer(
    name="similarity",
    help="类案比对: the features that judgments are compared by.",
    no_args_is_help=True,
)


def similar(
    place: Place,
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="Dossier: id, name or case number.")
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(
            help="Instead of a dossier: the facts of a case, or a whole paper, in this text file.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    judgment: Annotated[
        str | None, typer.Option(help="Instead: a judgment of the collection, by id or 案号.")
    ] = None,
    k: Annotated[int, typer.Option("-k", "--count", min=1, max=200, help="How many.")] = 20,
    charge: Annotated[
        list[str] | None,
        typer.Option(help="What the case is charged with, instead of what its papers say."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Only judgments with this value: charge, region, level (最高, 高级, 中级, 基层), "
            "year, instance (一审, 二审, 再审). Repeatable; of several values of one key any will "
            "do.",
        ),
    ] = None,
    sort: Annotated[str, typer.Option(help="similarity, authority or newest.")] = "similarity",
    person: Annotated[
        str | None, typer.Option(help="Only the charges and circumstances of this defendant.")
    ] = None,
    months: Annotated[
        int | None,
        typer.Option(min=1, help="A proposed term in months: also say where it lies (量刑比较)."),
    ] = None,
    probation: Annotated[
        int | None, typer.Option(min=1, help="Proposed 缓刑考验期 of --months, in months.")
    ] = None,
    fine: Annotated[float | None, typer.Option(min=1, help="Proposed fine in yuan.")] = None,
    html: Annotated[
        Path | None, typer.Option(help="Also write 类案检索报告 as one page of HTML.")
    ] = None,
    docx: Annotated[
        Path | None, typer.Option(help="Also write 类案检索报告 as a Word file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Judgments that are like a case, and why. Exit code 1 if there are none."""
    proposed = any(each is not None for each in (months, probation, fine))
    answer = None
    with screen.errors(as_json):
        _check((html, docx), months, probation)
    with (
        screen.errors(as_json),
        Archive.open(place) as archive,
        screen.step_progress("judgments", as_json) as progress,
    ):
        found = archive.similar(
            case,
            text=None if text is None else text_of(text),
            judgment=judgment,
            k=k,
            charge=charge,
            where=pairs(where, "--where", comparing.FILTERS),
            sort=cast("comparing.SimilarSort", sort),
            person=person,
            progress=progress,
        )
        if proposed or html is not None or docx is not None:
            answer = archive.consistency(found=found, months=months, probation=probation, fine=fine)
        subject = _subject(archive, case, judgment)
        if html is not None:
            write_whole(html, archive.similar_html(found, answer, subject=subject).encode())
        if docx is not None:
            write_whole(docx, archive.similar_docx(found, answer, subject=subject))
    if as_json:
        files = {"html": html, "docx": docx}
        extra = {name: str(path) for name, path in files.items() if path is not None}
        compared = {} if answer is None else {"consistency": answer.to_json()}
        screen.say_json({**found.to_json(), **compared, **extra})
    else:
        from . import similarscreen  # what it shows is imported with it, not with every command

        similarscreen.show(found)
        if proposed and answer is not None:
            similarscreen.show_sentence(answer)
        for path in (html, docx):
            if path is not None:
                screen.out.print(f"{path}", markup=False)
    raise typer.Exit(screen.OK if found.items else screen.SOME_FAILED)


def _check(targets: Iterable[Path | None], months: int | None, probation: int | None) -> None:
    """Says before the work, which may be long, what would come to nothing after it."""
    if probation is not None and months is None:
        raise ValueError("--probation is of a term: give --months too")
    for target in targets:
        if target is not None and not target.absolute().parent.is_dir():
            raise ValueError(f"{target}: there is no folder {target.absolute().parent}")
        if target is not None and target.is_dir():
            raise ValueError(f"{target} is a folder: name the file to write")


def _subject(archive: Archive, case: str | None, judgment: str | None) -> str:
    """What a report calls the case."""
    if case is not None:
        return archive.dossier(case).name
    if judgment is not None:
        return " ".join(archive.judgment(judgment).title.split())
    return "以文本检索的案情"


@app.command()
def status(place: Place, as_json: Json = False) -> None:
    """How far the features are. Exit code 1 if they are damaged, behind or want a refit."""
    with screen.errors(as_json), Archive.open(place) as archive:
        found = archive.similarity_status()
    if as_json:
        screen.say_json(found.to_json())
    else:
        rows: list[tuple[str, Any]] = [
            ("状态", found.state), ("说明", found.reason), ("已建特征", found.described),
            ("文书总数", found.recorded), ("待纳入", found.waiting),
            ("建立时间", found.built), ("排序模型所用文书", found.fitted_on),
            ("量刑模型所用文书", found.sentencing),
            ("建议重建", "是" if found.drift and found.drift.advice else "否"),
        ]  # fmt: skip
        screen.table(("项目", "值"), rows)
    wanting = found.state == "damaged" or found.waiting or (found.drift and found.drift.advice)
    raise typer.Exit(screen.SOME_FAILED if wanting else screen.OK)


@app.command()
def refit(
    place: Place,
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes.")] = None,
    as_json: Json = False,
) -> None:
    """Build the features anew from all judgments; questions are answered meanwhile."""
    with (
        screen.errors(as_json),
        Archive.open(place) as archive,
        screen.step_progress("judgments", as_json) as progress,
    ):
        made = archive.refit_similarity(jobs=jobs, progress=progress)
        if made is None:
            raise DossierError(
                "there are too few judgments to compare",
                advice="take some in: dossier judgments import DIR FILE",
            )
    if as_json:
        screen.say_json(made.to_json())
        return
    screen.out.print(
        f"{made.judgments} judgments; sentences of {made.sentencing} learned from", markup=False
    )
    for name, drift in (("before", made.before), ("now", made.after)):
        if drift is not None:
            screen.out.print(
                f"{name}: {drift.unknown_pairs:.1%} of the wording and "
                f"{drift.unknown_charges:.1%} of the charges unknown, "
                f"charge found from the facts {drift.charge_hit:.1%}",
                markup=False,
            )
