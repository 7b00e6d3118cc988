"""How the command talks: tables and progress for people, JSON for programs, errors for both."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from ..errors import DossierError, FileRefused, QueryError
from ..intake import ProgressEvent, Status

# what steers a terminal or turns the direction of writing; line breaks and tabs stay
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with every character that steers a terminal as �: case files are hostile."""
    return _STEERING.sub("\ufffd", text)


class _Screen(Console):
    """A console on which no text can do more than be read."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*map(_harmless, objects), **options)


def _harmless(thing: Any) -> Any:
    if isinstance(thing, str):
        return printable(thing)
    if isinstance(thing, Text):
        thing.plain = printable(thing.plain)
    return thing


out = _Screen(highlight=False)
err = _Screen(stderr=True, highlight=False)

OK, SOME_FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_COLOURS = {
    Status.ADDED: "green",
    Status.DUPLICATE: "dim",
    Status.REVIEW: "yellow",
    Status.FAILED: "red",
}


def say_json(data: Any) -> None:
    """One JSON value on standard output, Chinese as it is."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def say_text(text: str) -> None:
    """A text as it is for programs; on a terminal without what would steer it."""
    typer.echo(printable(text) if sys.stdout.isatty() else text)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """A table for people. Cells are printed as they are, whatever brackets they hold."""
    grid = Table(title=escape(title) if title else None, title_justify="left")
    for column in columns:
        grid.add_column(column, overflow="fold")
    for row in rows:
        grid.add_row(*(escape("" if cell is None else printable(str(cell))) for cell in row))
    out.print(grid)


def colour(status: Status) -> str:
    return _COLOURS[status]


@contextmanager
def errors(as_json: bool) -> Iterator[None]:
    """Turn what went wrong into a message and an exit code; never a traceback."""
    try:
        yield
    except DossierError as error:
        fail(error.code, error.what, as_json, where=error.where, advice=error.advice,
             exit_code=SOME_FAILED if isinstance(error, FileRefused) else USAGE,
             column=error.column if isinstance(error, QueryError) else None)  # fmt: skip
    except SQLAlchemyError as error:
        # its first line says what; the statement and its values are nobody's business
        fail("database", str(error).splitlines()[0], as_json, advice="is the database reachable?")
    except (OSError, ValueError) as error:
        fail("usage", str(error), as_json)
    except KeyboardInterrupt:
        said = "interrupted: everything finished so far is kept; run the same command again"
        if as_json:
            say_json({"error": "interrupted", "what": said})
        err.print(said)
        raise typer.Exit(INTERRUPTED) from None


def point_at(text: str, column: int) -> None:
    """Show what was typed and, under it, where it went wrong (counted from 1)."""
    line = "".join(" " if char.isspace() else char for char in printable(text))
    room = max(20, err.width - 2)
    start = column - 1
    while start > 0 and cell_len(line[start - 1 : column - 1]) <= room // 2:
        start -= 1
    shown = set_cell_size(line[start:], min(room, cell_len(line[start:])))
    err.print(shown, markup=False)
    err.print(" " * cell_len(line[start : column - 1]) + "^", markup=False, style="red")


def fail(
    code: str,
    what: str,
    as_json: bool,
    *,
    where: str | None = None,
    advice: str | None = None,
    exit_code: int = USAGE,
    column: int | None = None,
) -> NoReturn:
    """Say it on standard error (people) or standard output (programs), and leave."""
    if as_json:
        place = {} if column is None else {"column": column}
        say_json({"error": code, "what": what, "where": where, "advice": advice, **place})
    else:
        err.print(f"[red]error[/]: {escape(f'{where}: ' if where else '')}{escape(what)}")
        if advice:
            err.print(f"  {escape(advice)}")
    raise typer.Exit(exit_code)


class _Speed(ProgressColumn):
    """Pages per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f} pages/s" if speed else "", style="dim")


@contextmanager
def ingest_progress(as_json: bool) -> Iterator[Callable[[ProgressEvent], None] | None]:
    """A bar with pages/s and time left while files come in; nothing for programs."""
    if as_json:
        yield None
        return
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Speed(),
        TimeElapsedColumn(), TimeRemainingColumn(), console=err, speed_estimate_period=60,
    )  # fmt: skip
    with bar:
        task = bar.add_task("pages", total=None)

        def show(event: ProgressEvent) -> None:
            outcome = event.outcome
            if outcome is not None and outcome.status in (Status.FAILED, Status.REVIEW):
                style = colour(outcome.status)
                bar.console.print(
                    f"[{style}]{outcome.status}[/] {escape(outcome.name)}: "
                    f"{escape(outcome.message)}"
                )
            bar.update(
                task,
                completed=event.pages_done,
                total=event.pages_total or None,
                description=f"files {event.files_done}/{event.files_total}",
            )

        yield show


@contextmanager
def step_progress(what: str, as_json: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A plain bar for work counted in steps; not there before the first of them is reported."""
    if as_json:
        yield None
        return
    bar = Progress(
        TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=err
    )
    task = bar.add_task(what, total=None)

    def show(done: int, total: int) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()
