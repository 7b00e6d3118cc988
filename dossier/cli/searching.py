"""Finding things: `dossier search` and `dossier reindex`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer
from rich.text import Text

from ..archive import Archive
from ..errors import NotInArchive, QueryError
from ..indexing import Hit, SearchResult, Snippet
from ..search import FACETS, Sort
from . import screen
from .arguments import Json, Place, pairs

_FACET_NAMES = {"type": "文书", "organ": "机关", "charge": "罪名", "year": "年份", "stage": "阶段"}
_SHOWN = 6


def search(
    place: Place,
    query: Annotated[str, typer.Argument(help="What to find; see docs/search-language.md.")],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Hits on a page.")] = 20,
    page: Annotated[int, typer.Option(min=1, help="Which page of hits.")] = 1,
    grouped: Annotated[
        bool, typer.Option("--grouped", help="One line for each dossier: its best page.")
    ] = False,
    sort: Annotated[str, typer.Option(help="relevance, newest or oldest.")] = "relevance",
    case: Annotated[str | None, typer.Option(help="Only in this dossier.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only page, or only judgment.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FACET=VALUE",
            help="Only hits with this value: type, organ, charge, year or stage. Repeatable; of "
            "several values of one facet any will do.",
        ),
    ] = None,
    synonyms: Annotated[
        bool, typer.Option(help="Also find what the words are otherwise called.")
    ] = True,
    open_: Annotated[
        int | None,
        typer.Option(
            "--open", min=1, help="Draw the page of this hit (number as shown), matches marked."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where --open writes the PNG.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Find pages and judgments by any words that stand on them. Exit code 1 if there are none."""
    with screen.errors(as_json), Archive.open(place) as archive:
        offset = (page - 1) * limit
        if open_ is not None:
            offset, limit = open_ - 1, 1
        try:
            result = archive.search(
                query,
                limit=limit,
                offset=offset,
                grouped=grouped,
                sort=cast(Sort, sort),
                case=case,
                kind=cast(Literal["page", "judgment"] | None, kind),
                where=pairs(where, "--where", FACETS),
                synonyms=synonyms,
            )
        except QueryError as error:
            if not as_json:
                screen.point_at(query, error.column)
            raise
        if open_ is not None:
            _open(result, open_, query, output, as_json)
        elif as_json:
            screen.say_json(result.to_json())
        else:
            _show(result)
    raise typer.Exit(screen.OK if result.total else screen.SOME_FAILED)


def _open(
    result: SearchResult, number: int, query: str, output: Path | None, as_json: bool
) -> None:
    if not result.hits:
        raise NotInArchive(
            f"there is no hit {number}", advice=f"{result.total} pages fit {query!r}"
        )
    hit = result.hits[0]
    target = output or Path(f"hit-{number}.png")
    hit.image().save(target, "PNG")
    if as_json:
        screen.say_json({"file": str(target), "hit": hit.to_json()})
        return
    screen.out.print(_heading(number, hit))
    screen.out.print(f"{target}: {len(hit.boxes)} places marked", markup=False)


def _show(result: SearchResult) -> None:
    for note in result.notes:
        screen.err.print(note, markup=False, style="yellow")
    for word, others in result.expanded:
        screen.out.print(f"{word}: 同时检索 {'、'.join(others)}", markup=False, style="dim")
    for number, hit in enumerate(result.hits, result.offset + 1):
        screen.out.print(_heading(number, hit))
        if hit.snippet.text:
            screen.out.print(Text("    ").append_text(_marked(hit.snippet)))
    for name, values in result.facets.items():
        if values:
            shown = "  ".join(f"{value} {count}" for value, count in values[:_SHOWN])
            more = " …" if len(values) > _SHOWN else ""
            screen.out.print(f"{_FACET_NAMES[name]}: {shown}{more}", markup=False, style="dim")
    groups = f" in {result.groups} dossiers" if result.groups is not None else ""
    screen.out.print(
        f"{result.total} found{groups}, {result.seconds * 1000:.0f} ms", markup=False, style="bold"
    )


def _heading(number: int, hit: Hit) -> Text:
    line = Text(f"{number:>3} ", style="dim")
    line.append(hit.dossier, style="bold")
    for part in (hit.case_number, hit.volume, hit.title):
        if part:
            line.append(f"  {' '.join(part.split())}")
    if hit.label:
        line.append(f"  第{hit.label}页")
    elif hit.file:
        line.append(f"  {hit.file} 第{hit.file_page}页", style="dim")
    if hit.day is not None:
        line.append(f"  {hit.day.isoformat()}", style="dim")
    if hit.inside > 1:
        line.append(f"  ({hit.inside} pages)", style="dim")
    return line


def _marked(snippet: Snippet) -> Text:
    text = Text(snippet.text)
    for start, stop in snippet.marks:
        text.stylize("bold black on yellow", start, stop)
    return text


def reindex(
    place: Place,
    engine: Annotated[
        str | None, typer.Option(help="Change the engine: tantivy or whoosh.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Build the search index anew from the records; searches go on meanwhile."""
    with (
        screen.errors(as_json),
        Archive.open(place) as archive,
        screen.step_progress("pages and judgments", as_json) as progress,
    ):
        rebuilt = archive.reindex(engine=engine, progress=progress)
    if as_json:
        screen.say_json(
            {"engine": rebuilt.engine, "pages": rebuilt.pages, "judgments": rebuilt.judgments}
        )
    else:
        screen.out.print(
            f"{rebuilt.engine}: {rebuilt.pages} pages, {rebuilt.judgments} judgments", markup=False
        )
