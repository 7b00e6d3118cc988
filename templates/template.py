"""A template: its card, what it reads, and filling it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from dossier.errors import BadData, MissingFields, TemplateRefused

from .analysis import Reading, ancestors
from .card import Card, read_card
from .fields import Field
from .package import LIMITS
from .rendering import Compiled, compile_template, fill
from .run import Budget, Run
from .values import Gap, Leaf, Node, Plain, Rendered, Value

_BYTES = 256 * 1024


class Template:
    """X.docx with its card X.yaml.

    The card is read at once, the Word file when it is first needed; what was compiled is kept by
    content. Raises BadData for a bad card, TemplateRefused for a broken or hostile Word file.
    """

    def __init__(self, path: Path, *, budget: Budget | None = None) -> None:
        self.path = path
        self.card_path = path.with_suffix(".yaml")
        self.budget = budget or Budget()
        self._card_bytes = _bytes(self.card_path)
        self.card: Card = read_card(self._card_bytes, str(self.card_path))

    def __repr__(self) -> str:
        return f"Template({self.card.title!r}, {str(self.path)!r})"

    @cached_property
    def _docx(self) -> bytes:
        """The Word file, read once: what is compiled is what `sha256` is of, also where somebody
        saves another one meanwhile. Raises TemplateRefused for one that is too large."""
        with self.path.open("rb") as file:
            data = file.read(LIMITS.unpacked_bytes + 1)
        if len(data) > LIMITS.unpacked_bytes:
            raise TemplateRefused(
                "larger than 64 MB", where=str(self.path), advice="take pictures out of it"
            )
        return data

    @cached_property
    def sha256(self) -> str:
        """Of the Word file and the card."""
        digest = hashlib.sha256(self._card_bytes)
        digest.update(b"\0")
        digest.update(hashlib.sha256(self._docx).digest())
        return digest.hexdigest()

    @property
    def needs(self) -> tuple[str, ...]:
        """Paths by code of what the card declares: required, optional, typed."""
        return tuple(dict.fromkeys((*self.card.required_paths, *self.card.optional_paths)))

    @cached_property
    def compiled(self) -> Compiled:
        """The code of its parts. Raises TemplateRefused."""
        return compile_template(self.path, self._docx, self.sha256, self.card)

    @property
    def reads(self) -> Reading:
        """What it reads by its tags, whatever the card says. Raises TemplateRefused."""
        return self.compiled.reading

    @cached_property
    def _required(self) -> frozenset[str]:
        required = set(self.card.required_paths)
        optional = set(self.card.optional_paths)
        fields = self.card.schema
        for path in self.card.required_paths:
            for above in ancestors(path):
                # no defendants at all: their names are missing as well
                if above in optional:
                    break
                if fields.find(above)[-1].is_list:
                    required.add(above)
        return frozenset(required)

    def reading(self, view: Node) -> Plain:
        """The declared fields that are there, as plain canonical JSON; dates and sums are text,
        the key of a record stands under "". What is issued with the document is left out."""
        wanted: Plain = {}
        for path in self.needs:
            level = wanted
            for part in path.split("."):
                level = level.setdefault(part, {})
        return _plain(view, wanted, self.card.schema.fields)

    def gaps(self, view: Node) -> tuple[Gap, ...]:
        """Everything missing or of a wrong kind, in the order of the text; what the template's
        own logic does not come to for this case is no gap."""
        run = self._run(view, trace=False)
        fill(self.compiled, run, write=False)
        return tuple(run.gaps.values())

    def render(
        self, view: Node, *, draft: bool = False, annotate: bool = False, trace: bool = True
    ) -> Rendered:
        """The filled document. Raises MissingFields with all gaps, unless `draft`: then there are
        highlighted blanks. `annotate` puts a comment with its source to each filled field;
        without `trace` nothing is told of what was filled. Same values, same bytes."""
        run = self._run(view, draft=draft, annotate=annotate, trace=trace or annotate)
        docx = fill(self.compiled, run, write=True)
        gaps = tuple(run.gaps.values())
        if gaps and not draft:
            raise missing_fields(gaps, self.card.title)
        return Rendered(docx, tuple(run.filled), gaps)

    def _run(
        self, view: Node, *, draft: bool = False, annotate: bool = False, trace: bool = True
    ) -> Run:
        return Run(
            root=self.card.schema.names, node=view, required=self._required, budget=self.budget,
            draft=draft, annotate=annotate, trace=trace,
        )  # fmt: skip


def missing_fields(gaps: tuple[Gap, ...], title: str) -> MissingFields:
    """All gaps in one report."""
    lines = []
    for gap in gaps:
        line = f"  {gap.label}"
        if gap.problem:
            line += f": {gap.problem}"
        if gap.stands:
            line += f"; stands in “{gap.stands[:60]}”"
        if gap.found_in:
            line += f"; usually in {'、'.join(f'《{each}》' for each in gap.found_in)}"
        lines.append(line)
    count = f"{len(gaps)} field{'s are' if len(gaps) > 1 else ' is'} missing or unfit"
    return MissingFields(
        f"{count}:\n" + "\n".join(lines) + "\n",
        where=title,
        advice="give them by hand, or make a draft",
        gaps=gaps,
    )


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_BYTES + 1)
    except FileNotFoundError as error:
        raise BadData(
            "the template has no card", where=str(path), advice="see templates/library"
        ) from error


def _plain(node: Node, wanted: Plain, fields: Mapping[str, Field]) -> Plain:
    made: Plain = {}
    for code, inner in wanted.items():
        each, value = fields[code], node.values.get(code)
        if value is None or each.issued:
            continue
        plain = _value(value, inner, each)
        if plain not in ({}, [], None):
            made[code] = plain
    if made and node.key:
        made[""] = node.key
    return made


def _value(value: Value, wanted: Plain, each: Field) -> Any:
    if isinstance(value, tuple):
        return [_value(item, wanted, each) for item in value]
    if isinstance(value, Node):
        # a record named as a whole stands for all of its fields
        return _plain(value, wanted or _all(each), each.fields)
    return _scalar(value)


def _all(each: Field) -> Plain:
    return {code: _all(inner) for code, inner in each.fields.items()}


def _scalar(leaf: Leaf) -> Any:
    value = leaf.value
    if isinstance(value, Decimal):
        # 1200 and 1200.00 are one sum
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value
