"""`dossier generate`: documents of a case from templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import drafting
from ..archive import Archive
from ..durable import write_whole
from ..errors import BadValue, MissingFields
from . import screen
from .arguments import Json, Place

if TYPE_CHECKING:
    from ..drafting import Drafted, DraftReport, GeneratedDocument
    from ..templates import Gap

_STATUS = {"made": "新制作", "reused": "已有", "gaps": "缺字段", "failed": "失败"}


def generate(
    place: Place,
    template: Annotated[
        str, typer.Argument(metavar="TEMPLATE", help="Title or code of a template: 起诉书.")
    ],
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="Dossier: id, name or case number.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the Word file here: a file or a folder."),
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Whom it is about, where it is about one of several.")
    ] = None,
    volume: Annotated[
        str | None, typer.Option(help="Which volume it is about: title or place (1, 2, …).")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A value by hand: 检察员=王某, 当事人.住址=…, 各当事人[韩志远].住址=…. May be "
            "repeated.",
        ),
    ] = None,
    values: Annotated[
        Path | None,
        typer.Option(help="Values by hand from a YAML file; with --all, by name of the case."),
    ] = None,
    day: Annotated[str | None, typer.Option(help="成文日期: 2023-05-08 (default: today).")] = None,
    number: Annotated[
        str | None, typer.Option(help="文号, instead of the next one of the counter.")
    ] = None,
    draft: Annotated[
        bool, typer.Option("--draft", help="With blanks where something is missing; not kept.")
    ] = False,
    annotate: Annotated[
        bool, typer.Option("--annotate", help="Write it with comments that say what is from where.")
    ] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help="Write a PDF too (LibreOffice).")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="For every case, each accused or volume of it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """A document from a template: the one that is there, or a new version if facts changed.

    Beside a written file stands a JSON file that says where each field is from.
    """
    single = {
        "--person": person, "--volume": volume, "--number": number, "--draft": draft,
        "--day": day, "--set": set_, "--annotate": annotate, "--pdf": pdf,
    }  # fmt: skip
    if every and (case is not None or any(single.values())):
        given = ["CASE"] if case is not None else []
        given += [name for name, value in single.items() if value]
        raise typer.BadParameter(f"--all is for every case; it does not go with {given[0]}")
    if not every and case is None:
        raise typer.BadParameter("name a case, or say --all")
    with screen.errors(as_json), Archive.open(place) as archive:
        by_hand = _values(values)
        if every:
            report = _all(archive, template, by_hand, as_json)
            _write_all(report, output)
            _show_all(report, as_json)
            raise typer.Exit(report.exit_code)
        assert case is not None
        by_hand.update(_pair(item) for item in set_ or ())
        try:
            document = archive.generate(
                template,
                case,
                person=person,
                volume=volume,
                day=day,
                number=number,
                draft=draft,
                **by_hand,
            )
        except MissingFields as error:
            _show_missing(error, as_json)
            raise typer.Exit(screen.SOME_FAILED) from None
        written = _write(document, output, annotate, pdf)
        _show(document, written, as_json)


def _pair(item: str) -> tuple[str, str]:
    # a key in brackets may hold "="; no value does before the first one outside
    name, sign, value = item.partition("=")
    if not sign or not name.strip():
        raise BadValue(f"{item[:60]!r} is not NAME=VALUE", advice="for example 检察员=王某")
    return name.strip(), value


def _values(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    found = drafting.read_yaml(path)
    if not isinstance(found, Mapping):
        raise BadValue("names and values are needed", where=str(path), advice="检察员: 王某")
    return {str(name): value for name, value in found.items()}


# --- writing -----------------------------------------------------------------------------------


def _write(
    document: GeneratedDocument, output: Path | None, annotate: bool, pdf: bool
) -> list[Path]:
    """The files that were asked for. A draft is written anyway: it is kept nowhere."""
    if output is None and not (annotate or pdf or document.standing == "draft"):
        return []
    target = Path() if output is None else output
    if target.is_dir():
        target /= document.file_name
    written = [target]
    if annotate:
        write_whole(target, document.annotated())
    else:
        document.save(target)
    beside = target.with_suffix(".json")
    text = json.dumps(document.provenance(), ensure_ascii=False, indent=2)
    write_whole(beside, f"{text}\n".encode())
    written.append(beside)
    if pdf:
        written.append(document.pdf(target.with_suffix(".pdf")))
    return written


def _write_all(report: DraftReport, output: Path | None) -> None:
    """The documents of a batch, each into the folder of its case."""
    for outcome in report.outcomes:
        if output is not None and outcome.document is not None:
            folder = output / outcome.case.replace("/", " ")
            folder.mkdir(parents=True, exist_ok=True)
            _write(outcome.document, folder, annotate=False, pdf=False)


def _all(archive: Archive, template: str, by_hand: Mapping[str, Any], as_json: bool) -> DraftReport:
    with screen.step_progress("cases", as_json) as show:

        def progress(_outcome: Drafted, done: int, total: int) -> None:
            if show is not None:
                show(done, total)

        return archive.generate_many(template, typed=by_hand, progress=progress)


# --- telling -----------------------------------------------------------------------------------


def _show(document: GeneratedDocument, written: list[Path], as_json: bool) -> None:
    if as_json:
        found = document.provenance()
        found["reused"] = document.reused
        found["written"] = [str(path) for path in written]
        screen.say_json(found)
        return
    state = "草稿" if document.standing == "draft" else "已有" if document.reused else "新制作"
    parts = [document.template, document.subject, document.number or "", f"第{document.version}版"]
    if document.standing == "draft":
        parts.pop()
    screen.out.print(f"{state}: {' '.join(filter(None, parts))}", markup=False)
    if document.changes and not document.reused:
        screen.table(
            ("字段", "原来", "现在"),
            [(each.label, each.before, each.after) for each in document.changes],
        )
    if document.gaps:
        _show_gaps(document.gaps)
    for path in written:
        screen.out.print(f"→ {path}", markup=False)


def _show_gaps(gaps: tuple[Gap, ...]) -> None:
    screen.table(
        ("缺少", "问题", "模板中的位置", "常见于"),
        [(gap.label, gap.problem, gap.stands, "、".join(gap.found_in)) for gap in gaps],
    )


def _show_missing(error: MissingFields, as_json: bool) -> None:
    if as_json:
        screen.say_json(
            {
                "error": error.code,
                "what": error.what,
                "where": error.where,
                "advice": error.advice,
                "gaps": [
                    {
                        "path": gap.path, "label": gap.label, "problem": gap.problem,
                        "stands": gap.stands, "found_in": list(gap.found_in),
                    }
                    for gap in error.gaps
                ],
            }
        )  # fmt: skip
        return
    screen.err.print(f"{error.where}: nothing was made", markup=False, style="red")
    _show_gaps(error.gaps)
    if error.advice:
        screen.err.print(f"  {error.advice}", markup=False)


def _show_all(report: DraftReport, as_json: bool) -> None:
    if as_json:
        screen.say_json(report.to_json())
        return
    screen.table(
        ("卷宗", "关于", "结果", "文号", "版", "说明"),
        [
            (
                each.case, each.subject, _STATUS[each.status],
                each.document.number if each.document else "",
                each.document.version if each.document else "",
                "、".join(gap.label for gap in each.gaps) or each.error,
            )
            for each in report.outcomes
        ],
    )  # fmt: skip
    for problem in report.problems:
        screen.err.print(problem, markup=False, style="red")
    counts = ", ".join(f"{report.count(name)} {name}" for name in _STATUS)
    screen.out.print(counts, markup=False)
