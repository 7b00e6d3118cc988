"""What was typed for an earlier document of the case goes on into the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from dossier.templates import Field, Leaf, Node, schema
from dossier.templates.card import Stage
from dossier.templates.values import Value

from ..errors import BadValue
from ..facts import Source
from .converting import converted

_STAGES: tuple[str, ...] = get_args(Stage)


@dataclass(frozen=True, slots=True)
class EarlierDocument:
    """A document made from a template before, in its present version. `typed` as it was given, by
    code; `subject` is the person or volume it is about, "" for the case; `document`, `page` where
    it stands in the dossier, 0 if it does not."""

    title: str
    stage: str
    typed: Mapping[str, object]
    subject: str = ""
    document: int = 0
    page: int = 0


def taken_over(
    view: Node,
    typed_fields: Mapping[str, Field],
    earlier: Sequence[EarlierDocument],
    *,
    stage: str = "",
    subject: str = "",
) -> Node:
    """The view with typed fields of earlier documents that have the same code and fit its type:
    of several the one of the latest stage, of one stage the last of `earlier`. Documents of
    `stage` and later ones give nothing, nor do those about another person than `subject`."""
    values: dict[str, Value] = dict(view.values)
    for document in sorted(earlier, key=lambda each: _rank(each.stage)):
        if stage and _rank(document.stage) >= _rank(stage):
            continue
        if document.subject and subject and document.subject != subject:
            continue
        for code, given in document.typed.items():
            field = typed_fields.get(code)
            if field is None or given is None or given == "":
                continue
            source = Source(
                document=document.document, page=document.page, boxes=(),
                text=str(given)[:200], title=document.title,
            )  # fmt: skip
            try:
                values[code] = converted(field, given, "document", (source,))
            except BadValue:
                continue  # the same name for another thing: it stays to be typed
    return Node(values, view.key)


def with_made_papers(
    view: Node, made: Sequence[tuple[str, str, Node]], *, stage: str = "", subject: str = ""
) -> Node:
    """The view with 已有文书 (papers) generated in stages up to `stage`, in place of older
    ones of their type: the next document names the number that this one got. `made` are type,
    stage and paper, oldest first; the key of a paper is whom it is about, "" for the case."""
    held = view.values.get("papers")
    values: dict[str, Value] = dict(held.values) if isinstance(held, Node) else {}
    for code, field in schema().fields["papers"].fields.items():
        for type_code, earlier, paper in made:
            if type_code not in field.types or _rank(earlier) > _rank(stage):
                continue
            if field.is_list or (field.personal and paper.key != subject):
                continue
            values[code] = Node(paper.values, str(_title(paper)))
    return Node({**view.values, "papers": Node(values)}, view.key) if values else view


def _title(paper: Node) -> object:
    title = paper.values.get("title")
    return title.value if isinstance(title, Leaf) else ""


def _rank(stage: str) -> int:
    return _STAGES.index(stage) if stage in _STAGES else len(_STAGES)
