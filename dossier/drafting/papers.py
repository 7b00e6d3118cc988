"""What the catalogue gives: evidence by kind, papers there are, volumes, what covers say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from dossier.templates import Leaf, Node, schema
from dossier.templates.values import Value

from ..catalogue import ListingRow
from ..facts import CaseFacts, PersonFacts, Source
from ..normal import normal
from .leaves import day, derived, node, of_said
from .parts import Receiver, evidence_kinds
from .source import CaseSource, Said, SourceDocument, SourceVolume

# --- evidence ---------------------------------------------------------------------------------


def evidence(source: CaseSource, receiver: Receiver) -> tuple[Node, ...]:
    """The evidence by statutory kind; what people said in one line for all of them."""
    found = []
    for kind in evidence_kinds():
        documents = [
            d
            for d in source.documents
            if d.card.evidence_kind == kind.kind or d.type_code in kind.types
        ]
        titles: list[Leaf] = []
        if kind.told:
            told, documents = _told(source.facts, documents, kind.told, receiver)
            titles += told
        titles += _titles(documents)
        if titles:
            label = kind.label.replace("{accused}", receiver.accused)
            whole = tuple(source for leaf in titles for source in leaf.sources)
            found.append(node(label, kind=Leaf(label, "catalogue", whole), titles=tuple(titles)))
    return tuple(found)


def _told(
    facts: CaseFacts, documents: Sequence[SourceDocument], form: str, receiver: Receiver
) -> tuple[list[Leaf], list[SourceDocument]]:
    """One line for those who were heard, and the documents that are by nobody known."""
    people = [*facts.defendants, *facts.victims, *facts.witnesses]
    names: dict[str, list[Leaf]] = {}
    rest = []
    for document in documents:
        name = _heard(document, people)
        leaf = of_said(document.said("title"))
        if not name or leaf is None:
            rest.append(document)
        else:
            names.setdefault(name, []).append(leaf)
    if not names:
        return [], rest
    order = [person.name.value for person in people]
    listed = sorted(names, key=lambda name: order.index(name) if name in order else len(order))
    text = form.format(names="、".join(listed), accused=receiver.accused)
    return [derived(text, *(leaf for name in listed for leaf in names[name]))], rest


def _heard(document: SourceDocument, people: Iterable[PersonFacts]) -> str:
    """Who was heard: as the catalogue says, or whoever's name the facts read from it."""
    person = document.card.person
    if person is not None:
        return person.value
    for each in people:
        if any(source.document == document.id for source in each.name.sources):
            return each.name.value
    return ""


def _titles(documents: Iterable[SourceDocument]) -> list[Leaf]:
    """Titles, each once, with how many there are: 法医学人体损伤程度鉴定书2份."""
    said: dict[str, list[Leaf]] = {}
    for document in documents:
        leaf = of_said(document.said("title"))
        if leaf is not None:
            said.setdefault(str(leaf.value), []).append(leaf)
    return [
        Leaf(
            title if len(leaves) == 1 else f"{title}{len(leaves)}份",
            "catalogue",
            tuple(source for leaf in leaves for source in leaf.sources),
        )
        for title, leaves in said.items()
    ]


# --- papers -----------------------------------------------------------------------------------


def papers(source: CaseSource, person: str) -> Node:
    """The papers of the schema: of each the latest, of the person where it is a person's."""
    alone = len(source.facts.defendants) == 1
    values: dict[str, Value] = {}
    for code, field in schema().fields["papers"].fields.items():
        # 不批准逮捕决定书 is of the type of 批准逮捕决定书, and the opposite of it
        held = [d for d in source.of(*field.types) if not d.card.title.value.startswith("不")]
        if field.personal and person:
            held = [d for d in held if person in d.names or (alone and not d.names)]
        if not held:
            continue
        if field.is_list:
            values[code] = tuple(_paper(each) for each in held)
        else:
            # of two on one day the first: that of the first accused
            values[code] = _paper(max(held, key=lambda d: d.card.date.value if d.card.date else ""))
    return node(**values)


def _paper(document: SourceDocument) -> Node:
    return node(
        document.card.title.value,
        title=of_said(document.said("title")),
        number=of_said(document.said("number")),
        day=of_said(document.said("date"), day),
        organ=of_said(document.said("organ")),
    )


# --- volumes ----------------------------------------------------------------------------------


def volume_node(volume: SourceVolume) -> Node:
    """A volume with its 卷内目录."""
    return node(
        volume.title,
        title=Leaf(volume.title, "catalogue"),
        place=Leaf(volume.place, "catalogue"),
        pages=Leaf(volume.pages, "catalogue"),
        rows=tuple(_row(row, where) for row, where in zip(volume.rows, volume.where, strict=True)),
    )


def _row(row: ListingRow, where: tuple[Source, ...]) -> Node:
    cells = {
        "number": row.number, "responsible": row.responsible, "title": row.title,
        "date": row.date, "pages": row.pages, "note": row.remark,
    }  # fmt: skip
    filled = {code: Leaf(text, "catalogue", where) for code, text in cells.items() if text}
    return node(str(row.serial), index=Leaf(row.serial, "catalogue", where), **filled)


# --- covers -----------------------------------------------------------------------------------

_INLINE = re.compile(r"\s*(立卷人|检查人|审核人|立卷时间)\s*[:：]\s*(\S.{0,40})")


def cover(source: CaseSource) -> dict[str, Said]:
    """What covers and 备考表 say, by the label as printed (案件名称); the first one counts."""
    found: dict[str, Said] = {}
    for document in source.of("X01"):
        if "目录" in document.card.title.value:
            continue
        for label, said in _labelled(document):
            found.setdefault(label, said)
    return found


def _labelled(document: SourceDocument) -> Iterable[tuple[str, Said]]:
    title = document.card.title.value
    for page in document.pages:
        rows: dict[tuple[int, int], list[tuple[int, str, Source]]] = {}
        for line in page.lines:
            box = line.box
            corners = (box.left, box.top, box.right, box.bottom)
            where = Source(
                document=document.id, page=page.id, boxes=(corners,), text=line.text, title=title
            )
            match = _INLINE.fullmatch(line.text)
            if line.cell is not None:
                at = (line.cell.table, line.cell.row)
                rows.setdefault(at, []).append((line.cell.column, line.text, where))
            elif match is not None:
                yield match[1], Said(match[2].strip(), (where,))
        for cells in rows.values():
            columns = Counter(column for column, _, _ in cells)
            order = sorted(columns)
            # labels and values take turns
            for first, second in zip(order[::2], order[1::2], strict=False):
                label = "".join(text for column, text, _ in cells if column == first)
                value = [(text, where) for column, text, where in cells if column == second]
                yield (
                    normal(label),
                    Said("".join(t for t, _ in value), tuple(w for _, w in value)),
                )
