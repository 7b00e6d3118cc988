"""What was typed for an earlier document of the case goes on into the next one."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
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
    it stands in the dossier, 0 if it does not; `code` of its template; `first` tells when its first
    version was made (a later one is more)."""

    title: str
    stage: str
    typed: Mapping[str, object]
    subject: str = ""
    document: int = 0
    page: int = 0
    code: str = ""
    first: int = 0


def taken_over(
    view: Node,
    typed_fields: Mapping[str, Field],
    earlier: Sequence[EarlierDocument],
    *,
    stage: str = "",
    subject: str = "",
    code: str = "",
    before: int | None = None,
    identity: Container[str] = (),
) -> Node:
    """The view with typed fields of earlier documents that have the same code and fit its type:
    of several the one of the latest stage, of one stage the last of `earlier`. Documents of later
    stages give nothing, nor do those about another person than `subject`.

    Those of `stage` itself give only with `before`, and only those whose first version was made
    before it, so that no two documents give to each other; none of the template `code` itself
    (another 送达回证 is another service), and nothing that is the document's own `identity`.

    What documents about several persons say goes into one about the case where they agree;
    records are put together if there are some of each accused."""
    values: dict[str, Value] = dict(view.values)
    accused = _keys(view.values.get("defendants"))
    own = _rank(stage) if stage else len(_STAGES) + 1
    ranked = sorted(earlier, key=lambda each: _rank(each.stage))
    for rank, documents in groupby(ranked, key=lambda each: _rank(each.stage)):
        if rank > own or (rank == own and before is None):
            break
        same = rank == own
        said: dict[str, dict[str, Value]] = {}
        for document in documents:
            if document.subject and subject and document.subject != subject:
                continue
            if same and (document.code == code or document.first >= (before or 0)):
                continue
            for name, value in _given(document, typed_fields):
                if same and name in identity:
                    continue
                held = said.setdefault(name, {})
                if document.subject:
                    held.pop("", None)
                else:
                    held.clear()
                held[document.subject] = value
        for name, by_whom in said.items():
            agreed = _agreed(by_whom, accused if typed_fields[name].type == "records" else None)
            if agreed is None:
                values.pop(name, None)
            else:
                values[name] = agreed
    return Node(values, view.key)


def _given(
    document: EarlierDocument, typed_fields: Mapping[str, Field]
) -> Iterable[tuple[str, Value]]:
    for code, given in document.typed.items():
        field = typed_fields.get(code)
        if field is None or given is None or given == "":
            continue
        source = Source(
            document=document.document, page=document.page, boxes=(),
            text=str(given)[:200], title=document.title,
        )  # fmt: skip
        try:
            yield code, converted(field, given, "document", (source,))
        except BadValue:
            continue  # the same name for another thing: it stays to be typed


def _agreed(by_whom: Mapping[str, Value], accused: frozenset[str] | None) -> Value | None:
    """What documents about the case ("") or about several persons say together, None if it is
    not one thing. `accused` for records: those of whom there must be some."""
    values = list(by_whom.values())
    if len(values) == 1 and ("" in by_whom or accused is None or accused <= by_whom.keys()):
        return values[0]
    if accused is not None:
        if not accused <= by_whom.keys():
            return None  # else somebody would be left out without a word
        return tuple(each for value in values if isinstance(value, tuple) for each in value)
    return values[-1] if all(_bare(each) == _bare(values[0]) for each in values) else None


def _bare(value: Value) -> object:
    """A value without where it is from."""
    if isinstance(value, tuple):
        return [_bare(each) for each in value]
    if isinstance(value, Node):
        return {code: _bare(each) for code, each in value.values.items()}
    return value.value


def _keys(people: Value | None) -> frozenset[str]:
    held = people if isinstance(people, tuple) else ()
    return frozenset(each.key for each in held if isinstance(each, Node) and each.key)


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
