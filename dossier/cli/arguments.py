"""Arguments that many commands share."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Annotated

import typer

from ..errors import BadData
from ..ingest.encodings import decode

Place = Annotated[str, typer.Argument(metavar="DIR", help="The archive: its folder or its URL.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="Dossier: id, name or case number.")]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs instead of tables.")]


def pairs(
    given: Iterable[str] | None, option: str, names: Collection[str] = ()
) -> dict[str, list[str]]:
    """Values by name of a repeatable option NAME=VALUE; several of one name in their order.

    Raises ValueError for what has no `=`, and for a name that is not in `names` (empty: any)."""
    found: dict[str, list[str]] = {}
    for each in given or ():
        name, sign, value = (part.strip() for part in each.partition("="))
        if not sign or (names and name not in names):
            known = f" with one of {', '.join(names)}" if names else ""
            raise ValueError(f"{option} {each}: write NAME=VALUE{known}")
        found.setdefault(name, []).append(value)
    return found


def text_of(path: Path) -> str:
    """The text of a file that is named on the command line, however it is encoded.

    Raises BadData if it is none, OSError if it cannot be read."""
    decoded = decode(path.read_bytes())
    if decoded is None:
        raise BadData(
            "this is not a text",
            where=str(path),
            advice="give a plain text file in UTF-8 or GB18030; Word files and PDF are taken in "
            "with dossier add",
        )
    return decoded.text
