"""The small line-based markup in which the sample documents are written.

A plain line is a paragraph (first line indented by two characters). Other lines begin with `%`:

    %organ TEXT      issuing organ, centred        %title TEXT    document title, centred, large
    %no TEXT         document number, right        %centre TEXT   %right TEXT   %flush TEXT
    %head TEXT       heading in 黑体               %gap N   N lines of space   %page   new page
    %style k=v …     size, pitch (points), face, margins (left right top bottom), titlesize
    %strip TEXT      foot of every page; {p} page, {n} pages
    %sign L|NAME|thumb ; L|NAME    handwritten signatures in columns      %rsign  the same, right
    %seal ORGAN|DATE  organ and date at the right with the organ's seal over them; `ORGAN|DATE|only`
                      prints the date only
    %table W,W,…     rows follow as `| cell | cell |`; `<` joins a cell to its left neighbour
    %photo KIND|CAPTION|HEIGHT     a picture

`{=text=}` inside a line is filled in by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

HAND = re.compile(r"\{=(.*?)=\}")


@dataclass(frozen=True)
class Block:
    """One piece of a document; `kind` is the command, "para" for a paragraph."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def parse(source: str) -> list[Block]:
    """Blocks of a document; ValueError on an unknown command."""
    known = {"organ", "title", "no", "centre", "right", "flush", "head", "gap", "page", "style",
             "strip", "sign", "rsign", "seal", "table", "photo"}  # fmt: skip
    blocks: list[Block] = []
    lines = [line.strip() for line in source.splitlines()]
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line:
            continue
        if line.startswith("|"):
            raise ValueError(f"a table row outside a table: {line}")
        if not line.startswith("%"):
            blocks.append(Block("para", line))
            continue
        command, _, text = line[1:].partition(" ")
        if command not in known:
            raise ValueError(f"unknown command: {line}")
        text = text.strip()
        if command == "style":
            blocks.append(Block("style", options=dict(p.split("=", 1) for p in text.split())))
        elif command == "table":
            rows = []
            while at < len(lines) and (lines[at].startswith("|") or not lines[at]):
                if lines[at]:
                    rows.append(tuple(c.strip() for c in lines[at].strip("|").split("|")))
                at += 1
            blocks.append(Block("table", text, rows=tuple(rows)))
        else:
            blocks.append(Block(command, text))
    return blocks


def plain(text: str) -> str:
    """Text without handwriting marks."""
    return HAND.sub(r"\1", text)


def squeeze(text: str) -> str:
    """Text without blanks: `拘 留 证` → `拘留证`."""
    return re.sub(r"\s", "", plain(text))


def signatures(text: str) -> list[tuple[str, str, bool]]:
    """Label, name, with thumb print? of each signature of a `%sign` line."""
    found = []
    for part in text.split(";"):
        label, _, rest = part.strip().partition("|")
        name, _, thumb = rest.partition("|")
        found.append((label, name.strip(), thumb.strip() == "thumb"))
    return found
