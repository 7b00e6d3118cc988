"""Arguments that many commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Place = Annotated[str, typer.Argument(metavar="DIR", help="The archive: its folder or its URL.")]
Case = Annotated[str, typer.Argument(metavar="CASE", help="Dossier: id, name or case number.")]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs instead of tables.")]
