"""`dossier templates …`: what templates there are, and whether they hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .. import templates as room
from ..archive import Archive
from ..errors import DossierError
from . import screen
from .arguments import Json, Place, text_of

if TYPE_CHECKING:
    from ..templates import Library, Template, TemplateProblem

app = typer.Typer(
    name="templates",
    help="文书模板: what templates there are, what they need, whether they hold.",
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="TEMPLATE", help="Title or code of a template.")]


def _library(place: str) -> Library:
    with Archive.open(place) as archive:
        return room.Library(archive.home / "templates")


@app.command("list")
def list_(place: Place, as_json: Json = False) -> None:
    """All templates, in the order of the stages. Exit code 1 if a file is none that can be used."""
    with screen.errors(as_json):
        library = _library(place)
        templates, broken = library.templates(), library.broken()
    if as_json:
        screen.say_json(
            {
                "templates": [_summary(library, each) for each in templates],
                "broken": [
                    {"file": str(path), "code": error.code, "what": error.what}
                    for path, error in broken
                ],
            }
        )
    else:
        screen.table(
            ("编号", "名称", "机关", "阶段", "版本", "来源"),
            [
                (each.card.code, each.card.title, each.card.organ, each.card.stage,
                 each.card.version, "自带" if library.origin(each) == "built-in" else "本馆")
                for each in templates
            ],
        )  # fmt: skip
        for _, error in broken:
            screen.err.print(str(error), markup=False, style="red")
    raise typer.Exit(screen.SOME_FAILED if broken else screen.OK)


def _summary(library: Library, template: Template) -> dict[str, Any]:
    card = template.card
    return {
        "code": card.code, "title": card.title, "organ": card.organ, "stage": card.stage,
        "version": card.version, "type": card.type, "per": card.per,
        "origin": library.origin(template), "file": str(template.path),
    }  # fmt: skip


@app.command()
def show(place: Place, template: Name, as_json: Json = False) -> None:
    """One template: its card, the fields it needs, its text with the tags."""
    with screen.errors(as_json):
        library = _library(place)
        found = library.find(template)
        text = room.plain_text(found.path.read_bytes())
        fields = [_field(found, path) for path in found.needs]
    card = found.card
    if as_json:
        screen.say_json(
            {
                **_summary(library, found),
                "sha256": found.sha256, "source": card.source, "note": card.note,
                "effective_from": f"{card.effective_from}",
                "effective_to": f"{card.effective_to}" if card.effective_to else None,
                "identity": list(card.identity), "narrative": list(card.narrative),
                "number": card.number.kind if card.number else None,
                "copies": list(card.copies), "fields": fields, "text": text,
            }
        )  # fmt: skip
        return
    screen.out.print(f"{card.title}  {card.code}", markup=False, style="bold")
    for label, value in (
        ("文件", found.path), ("机关", card.organ), ("阶段", card.stage), ("版本", card.version),
        ("文书类型", card.type or "—"), ("一份对应", card.per), ("依据", card.source),
        ("施行", card.effective_from), ("文号", card.number.kind if card.number else "—"),
        ("各联", "、".join(card.copies) or "—"), ("说明", card.note or "—"),
    ):  # fmt: skip
        screen.out.print(f"{label}: {value}", markup=False)
    screen.table(
        ("字段", "代码", "类型", "", "通常见于"),
        [
            (each["label"], each["path"], each["type"],
             ("必填" if each["required"] else "可缺") + ("，手工录入" if each["typed"] else ""),
             "、".join(each["found_in"]))
            for each in fields
        ],
    )  # fmt: skip
    screen.out.print()
    screen.say_text(text)


def _field(template: Template, path: str) -> dict[str, Any]:
    schema = template.card.schema
    above = schema.find(path)
    field = above[-1]
    return {
        "path": path, "label": schema.label_path(path), "type": field.type,
        "required": path in template.card.required_paths, "typed": above[0].typed,
        "issued": field.issued, "found_in": list(field.titles()),
    }  # fmt: skip


@app.command()
def check(
    place: Place,
    template: Annotated[
        str | None, typer.Argument(metavar="[TEMPLATE]", help="Only this one: title or code.")
    ] = None,
    office: Annotated[
        bool, typer.Option("--office", help="Also lay out a filling with LibreOffice.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Try templates out: tags, card, filled with all and with only the required fields. Exit code
    1 if anything is wrong."""
    problems: list[tuple[str, TemplateProblem]] = []
    with screen.errors(as_json), screen.step_progress("templates", as_json) as progress:
        library = _library(place)
        chosen = library.templates() if template is None else [library.find(template)]
        if template is None:
            problems += [(path.stem, _broken(path, error)) for path, error in library.broken()]
        for at, each in enumerate(chosen, 1):
            problems += [(each.card.title, one) for one in room.check_template(each, office=office)]
            if progress is not None:
                progress(at, len(chosen))
    if as_json:
        screen.say_json(
            {
                "checked": [each.card.title for each in chosen],
                "problems": [
                    {"template": title, "code": one.code, "where": one.where,
                     "message": one.message}
                    for title, one in problems
                ],
            }
        )  # fmt: skip
    else:
        if problems:
            screen.table(
                ("模板", "代码", "位置", "说明"),
                [(title, one.code, one.where, one.message) for title, one in problems],
            )
        verdict = "clean" if not problems else f"{len(problems)} problems"
        screen.out.print(f"{verdict}: {len(chosen)} templates", markup=False)
    raise typer.Exit(screen.SOME_FAILED if problems else screen.OK)


def _broken(path: Path, error: DossierError) -> TemplateProblem:
    message = f"{error.what} — {error.advice}" if error.advice else error.what
    return room.TemplateProblem(error.code, error.where or str(path), message)


@app.command()
def new(
    place: Place,
    title: Annotated[str, typer.Argument(metavar="TITLE", help="Its title, such as 补正通知书.")],
    code: Annotated[str, typer.Option(help="Its code: small letters, figures, -.")],
    organ: Annotated[
        str,
        typer.Option(help="police, procuratorate, court, detention, correction or any."),
    ],
    stage: Annotated[str, typer.Option(help="侦查, 审查逮捕, 审查起诉, 审判 or 执行.")],
    type_: Annotated[
        str, typer.Option("--type", metavar="CODE", help="Document type of what it makes (Z09 …).")
    ],
    markup: Annotated[
        Path | None,
        typer.Option(
            help="A text file to build the Word file from (see docs/templates.md).",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a template of your own to start from: a Word file and its card in the archive's
    folder `templates`. Nothing is overwritten."""
    with screen.errors(as_json):
        with Archive.open(place) as archive:
            folder = archive.home / "templates"
        path = room.new_template(
            folder, title, code=code, organ=organ, stage=stage, type=type_,
            markup=None if markup is None else text_of(markup),
        )  # fmt: skip
    card = path.with_suffix(".yaml")
    if as_json:
        screen.say_json({"file": str(path), "card": str(card)})
        return
    screen.out.print(f"{path}\n{card}", markup=False)
    screen.out.print(f"edit both, then: dossier templates check {place} {code}", markup=False)
