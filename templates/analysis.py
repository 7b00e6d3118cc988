"""What a template reads, told from its syntax trees and the schema without filling it.

Loops, `set`, macros and list filters hand records on; their names stand for the records they come
from. Where it cannot be told (a name set in several ways) all ways count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from jinja2 import nodes

from .card import Card
from .environment import NAMING_FILTERS
from .fields import Field, Schema, unknown
from .story import Story

_MOST_CALLS = 2_000
_SAME_LIST = frozenset(
    {"sort", "reverse", "list", "unique", "select", "reject", "selectattr", "rejectattr",
     "batch", "slice", "groupby", "default"}
)  # fmt: skip
_LABELS = {
    "排序": "sort", "倒序": "reverse", "列表": "list", "去重": "unique", "挑选": "select",
    "排除": "reject", "挑选项": "selectattr", "排除项": "rejectattr", "分批": "batch",
    "分栏": "slice", "分组": "groupby", "首个": "first", "末个": "last", "逐个": "map",
    "合计": "sum", "最小": "min", "最大": "max", "连接": "join", "默认": "default",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """Something wrong with a template: `where` names file, paragraph and tag."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Thing:
    """What an expression may be: a field at a path by code; `each` if one record of its list,
    `loose` if either (after a filter that gives groups of records)."""

    path: str
    field: Field
    each: bool = False
    loose: bool = False


Things = frozenset[Thing]
_NONE: Things = frozenset()


@dataclass(slots=True)
class Reading:
    """`touched`: every path looked at, also of records and lists only tested or counted."""

    touched: dict[str, str] = field(default_factory=dict)
    """Path by code to the place where it is read first."""
    problems: list[TemplateProblem] = field(default_factory=list)

    @property
    def leaves(self) -> tuple[str, ...]:
        """The paths read that lead no further, in the order of the text."""
        inner = {before for path in self.touched for before in ancestors(path)}
        return tuple(path for path in self.touched if path not in inner)


def ancestors(path: str) -> Iterable[str]:
    """a.b for a.b.c, then a."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def analysed(schema: Schema, trees: Sequence[tuple[Story, nodes.Template]]) -> Reading:
    """What the parts of a template read."""
    reading = Reading()
    for story, tree in trees:
        _Walk(schema, story, reading, tree).block(tree.body, {})
    return reading


Scope = dict[str, Things]


class _Walk:
    def __init__(
        self, schema: Schema, story: Story, reading: Reading, tree: nodes.Template
    ) -> None:
        self.schema, self.story, self.reading = schema, story, reading
        self.macros = {each.name: each for each in tree.find_all(nodes.Macro)}
        self.depth = 0
        self.seen: set[tuple[str, frozenset[tuple[str, Things]]]] = set()

    # --- statements

    def block(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            self.statement(node, scope)

    def statement(self, node: nodes.Node, scope: Scope) -> None:
        if isinstance(node, nodes.Output):
            for each in node.nodes:
                if not isinstance(each, nodes.TemplateData):
                    self.see(each, scope)
        elif isinstance(node, nodes.If):
            self.see(node.test, scope)
            for part in (node.body, node.elif_, node.else_):
                self.block(part, scope)
        elif isinstance(node, nodes.For):
            inner = dict(scope)
            things = self._items(self.see(node.iter, scope), node)
            self.bind(node.target, things, inner)
            inner["loop"] = things
            if node.test is not None:
                self.see(node.test, inner)
            self.block(node.body, inner)
            self.block(node.else_, scope)
        elif isinstance(node, nodes.Assign):
            self.bind(node.target, self.see(node.node, scope), scope)
        elif isinstance(node, nodes.With):
            inner = dict(scope)
            for target, value in zip(node.targets, node.values, strict=True):
                self.bind(target, self.see(value, inner), inner)
            self.block(node.body, inner)
        elif isinstance(node, nodes.AssignBlock | nodes.FilterBlock):
            self.block(node.body, dict(scope))
            if isinstance(node, nodes.AssignBlock):
                self.bind(node.target, _NONE, scope)
        elif isinstance(node, nodes.CallBlock):
            self.see(node.call, scope)
            self.block(node.body, {**scope, **{arg.name: _NONE for arg in node.args}})
        # a macro is read where it is called, with what it is given

    def bind(self, target: nodes.Node, things: Things, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = scope.get(target.name, _NONE) | things
        elif isinstance(target, nodes.Tuple):
            loose = frozenset(Thing(t.path, t.field, t.each, True) for t in things)
            for item in target.items[:-1]:
                self.bind(item, _NONE, scope)
            self.bind(target.items[-1], loose, scope)

    # --- expressions

    def see(self, node: nodes.Node | None, scope: Scope) -> Things:
        """What an expression may be; what it reads is remembered."""
        if node is None or self.depth > 200:
            return _NONE
        self.depth += 1
        try:
            return self._see(node, scope)
        finally:
            self.depth -= 1

    def _see(self, node: nodes.Node, scope: Scope) -> Things:
        if isinstance(node, nodes.Name):
            return self._name(node, scope)
        if isinstance(node, nodes.Getattr):
            return self._field(self._of(node.node, scope), node.attr, node)
        if isinstance(node, nodes.Getitem):
            things = self._of(node.node, scope)
            if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                return self._field(things, node.arg.value, node)
            self.see(node.arg, scope)
            if isinstance(node.arg, nodes.Slice):
                return things
            return self._items(things, None)
        if isinstance(node, nodes.Filter):
            return self._filter(node, scope)
        if isinstance(node, nodes.Call):
            return self._call(node, scope)
        if isinstance(node, nodes.CondExpr):
            self.see(node.test, scope)
            return self.see(node.expr1, scope) | self.see(node.expr2, scope)
        if isinstance(node, nodes.And | nodes.Or):
            return self.see(node.left, scope) | self.see(node.right, scope)
        found = [self.see(child, scope) for child in node.iter_child_nodes()]
        if isinstance(node, nodes.Add | nodes.List | nodes.Tuple):
            return frozenset().union(*found)
        return _NONE

    def _of(self, node: nodes.Node, scope: Scope) -> Things:
        """What stands before a dot. `loop.previtem` is a record, `loop` itself is none."""
        if isinstance(node, nodes.Name) and node.name == "loop":
            return _NONE
        if (
            isinstance(node, nodes.Getattr)
            and isinstance(node.node, nodes.Name)
            and node.node.name == "loop"
        ):
            return scope.get("loop", _NONE) if node.attr in ("previtem", "nextitem") else _NONE
        return self.see(node, scope)

    def _name(self, node: nodes.Name, scope: Scope) -> Things:
        if node.name in scope:
            return scope[node.name]
        if node.name in ("loop", "caller", "range", "namespace") or node.name in self.macros:
            return _NONE
        each = self.schema.names.get(node.name)
        if each is None:
            self._problem("unknown-field", unknown(node.name, self.schema.fields), node, node.name)
            return _NONE
        return self._touch(frozenset({Thing(each.code, each)}), node)

    def _touch(self, things: Things, node: nodes.Node) -> Things:
        for thing in things:
            place = self.story.where(node.lineno or 0)
            self.reading.touched.setdefault(thing.path, place)
        return things

    def _field(self, things: Things, name: str, node: nodes.Node) -> Things:
        found: set[Thing] = set()
        for thing in sorted(things, key=lambda t: t.path):
            if thing.field.type == "records" and not thing.each and not thing.loose:
                message = f"{thing.field.label} is a list: {name} is asked of each of it, in a for"
                self._problem("list", message, node, name)
                continue
            if not thing.field.fields:
                if name not in ("year", "month", "day", "hour", "minute", "list", "grouper"):
                    self._problem("no-record", f"{thing.field.label} has no {name}", node, name)
                continue
            each = thing.field.names.get(name)
            if each is None:
                if not (thing.loose and name in ("list", "grouper")):
                    message = unknown(name, thing.field.fields, thing.field.label)
                    self._problem("unknown-field", message, node, name)
                elif name == "list":
                    found.add(thing)
                continue
            found.add(Thing(f"{thing.path}.{each.code}", each))
        return self._touch(frozenset(found), node)

    def _items(self, things: Things, node: nodes.Node | None) -> Things:
        found = set()
        for thing in things:
            if thing.field.type == "record" and node is not None:
                message = f"{thing.field.label} is one record: a for goes through lists"
                self._problem("no-list", message, node, thing.field.label)
            elif thing.field.type == "records":
                found.add(Thing(thing.path, thing.field, True, thing.loose))
        return frozenset(found)

    def _filter(self, node: nodes.Filter, scope: Scope) -> Things:
        things = self.see(node.node, scope) if node.node is not None else _NONE
        name = _LABELS.get(node.name, node.name)
        for at, argument in enumerate(node.args):
            self.see(argument, scope)
            if NAMING_FILTERS.get(name) == at:
                self._attribute(things, argument, node)
        mapped: Things = _NONE
        for keyword in node.kwargs:
            self.see(keyword.value, scope)
            if keyword.key == "attribute":
                mapped = self._attribute(things, keyword.value, node)
        if name in ("first", "last"):
            return self._items(things, None)
        if name == "map":
            return mapped
        if name == "groupby":
            return frozenset(Thing(t.path, t.field, t.each, True) for t in things)
        lists = frozenset(thing for thing in things if thing.field.type == "records")
        if name in _SAME_LIST:
            return things
        # a filter of ours that is given records may give records back
        return frozenset(Thing(t.path, t.field, t.each, True) for t in lists)

    def _attribute(self, things: Things, argument: nodes.Node, node: nodes.Node) -> Things:
        if not isinstance(argument, nodes.Const) or not isinstance(argument.value, str):
            return _NONE
        found = frozenset(Thing(t.path, t.field, True, t.loose) for t in things)
        for name in argument.value.split("."):
            found = self._field(found, name, node)
        return found

    def _call(self, node: nodes.Call, scope: Scope) -> Things:
        given = [self.see(argument, scope) for argument in node.args]
        named = {each.key: self.see(each.value, scope) for each in node.kwargs}
        macro = self.macros.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        if macro is None:
            self._of(node.node, scope) if not isinstance(node.node, nodes.Name) else None
            return _NONE
        inner: Scope = {arg.name: named.get(arg.name, _NONE) for arg in macro.args}
        inner |= {arg.name: each for arg, each in zip(macro.args, given, strict=False)}
        given_as = (macro.name, frozenset(inner.items()))
        if given_as not in self.seen and len(self.seen) < _MOST_CALLS:
            self.seen.add(given_as)
            self.block(macro.body, inner)
        return _NONE

    def _problem(self, code: str, message: str, node: nodes.Node, name: str) -> None:
        line = node.lineno or 0
        tag = next((tag for tag in self.story.tags(line) if name in tag), "")
        problem = TemplateProblem(code, self.story.where(line, tag), message)
        if problem not in self.reading.problems:
            self.reading.problems.append(problem)


def declared_problems(reading: Reading, card: Card, where: str) -> list[TemplateProblem]:
    """Where a card and its template differ. The inner fields of a typed record may go unread:
    it is handed on to later documents as a whole."""
    declared = {*card.required_paths, *card.optional_paths}
    problems = [
        TemplateProblem(
            "undeclared",
            reading.touched[path],
            f"{path} is read, and is neither required, optional nor typed on the card",
        )
        for path in reading.leaves
        if path not in declared
    ]
    for path in (*card.required_paths, *card.optional_paths):
        inner = "." in path and path.partition(".")[0] in card.typed_fields
        if path not in reading.touched and not inner:
            message = f"{path} is on the card, and nothing in the template reads it"
            problems.append(TemplateProblem("unused", where, message))
    return problems
