"""From Jinja source to code: what is not allowed is refused, what is left is traced and counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from jinja2 import nodes
from jinja2.environment import Template as Jinja
from jinja2.exceptions import TemplateSyntaxError

from dossier.errors import TemplateRefused

from .environment import FILTER_NAMES, TEST_NAMES, TemplateEnvironment
from .run import Place
from .story import Story

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Macro,
    nodes.CallBlock, nodes.FilterBlock, nodes.With, nodes.Assign, nodes.AssignBlock, nodes.Name,
    nodes.NSRef, nodes.Const, nodes.Tuple, nodes.List, nodes.Dict, nodes.Pair, nodes.Keyword,
    nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Call, nodes.Getitem, nodes.Getattr,
    nodes.Slice, nodes.Concat, nodes.Compare, nodes.Operand, nodes.Add, nodes.Sub, nodes.Mul,
    nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Not, nodes.And, nodes.Or, nodes.Neg,
    nodes.Pos,
    nodes.Scope,  # says no line of its own; what it holds is refused
)  # fmt: skip
_FUNCTIONS = frozenset({"loop", "caller", "range", "namespace"})
_FILTERS = frozenset(FILTER_NAMES) | frozenset(FILTER_NAMES.values())
_TESTS = frozenset(TEST_NAMES) | frozenset(filter(None, TEST_NAMES.values()))
_XML = re.compile(
    r"<w:p(?: [^>]*)?>|</w:p>|<w:pPr(?: [^>]*)?/>|<w:pPr(?: [^>]*)?>.*?</w:pPr>"
    r"|<w:r(?: [^>]*)?>|</w:r>|<w:rPr(?: [^>]*)?/>|<w:rPr(?: [^>]*)?>.*?</w:rPr>"
    r"|<w:t(?: [^>]*)?>|</w:t>",
    re.DOTALL,
)
_SECTION = re.compile(r"<w:sectPr\b[^>]*/>|<w:sectPr\b.*?</w:sectPr>", re.DOTALL)
_ELEMENT = re.compile(r"<(/?)([A-Za-z][\w:.-]*)[^<>]*?(/?)>")
_OPEN_ATTRIBUTE = re.compile(r'<w:(?:gridSpan|shd|vMerge) [^<>]*="\Z')
_HINTS = {"import": "a template stands by itself", "include": "a template stands by itself"}


@dataclass(slots=True)
class _Paragraph:
    properties: str = ""
    run: str = ""
    ends_section: bool = False


@dataclass(slots=True)
class _Position:
    """Where in the XML the source has come to."""

    paragraphs: list[_Paragraph] = field(default_factory=list)
    in_text: bool = False
    in_attribute: bool = False

    def after(self, xml: str) -> None:
        self.in_attribute = bool(_OPEN_ATTRIBUTE.search(xml))
        for found in _XML.finditer(xml):
            piece = found[0]
            top = self.paragraphs[-1] if self.paragraphs else None
            if piece.startswith(("<w:p>", "<w:p ")):
                if not piece.endswith("/>"):
                    self.paragraphs.append(_Paragraph())
            elif piece == "</w:p>":
                if self.paragraphs:
                    self.paragraphs.pop()
            elif piece.startswith("<w:t"):
                self.in_text = not piece.endswith("/>")
            elif piece == "</w:t>":
                self.in_text = False
            elif top is not None and piece.startswith("<w:pPr"):
                top.properties = _SECTION.sub("", piece)
                top.ends_section = top.properties != piece
            elif top is not None and piece.startswith(("<w:r>", "<w:r ")):
                top.run = ""
            elif top is not None and piece.startswith("<w:rPr"):
                top.run = piece


@dataclass(frozen=True)
class CompiledStory:
    part: str
    code: Jinja


class _Refusal(Exception):
    def __init__(self, what: str, line: int, tag: str = "") -> None:
        super().__init__(what)
        self.what, self.line, self.tag = what, line, tag


def parsed(environment: TemplateEnvironment, story: Story) -> nodes.Template:
    """The syntax tree of a part. Raises TemplateRefused with paragraph and tag."""
    try:
        tree = environment.parse(story.source)
        _check(tree)
    except TemplateSyntaxError as error:
        raise _explained(environment, story, error.lineno, error.message or "") from error
    except _Refusal as error:
        tag = error.tag or _tag(story, error.line, error.what)
        raise TemplateRefused(error.what, where=story.where(error.line, tag)) from error
    except (RecursionError, ValueError, OverflowError) as error:
        raise TemplateRefused(
            f"a tag that is too involved ({type(error).__name__})", where=story.where(0)
        ) from error
    return tree


def compiled(
    environment: TemplateEnvironment, story: Story, tree: nodes.Template, places: list[Place]
) -> CompiledStory:
    """The code of a part; its places are added to `places`. `tree` is used up."""
    maker = _Maker(story, places)
    try:
        maker.body(tree)
        code = environment.compile(tree, story.part, story.part)
    except _Refusal as error:
        raise TemplateRefused(error.what, where=story.where(error.line, error.tag)) from error
    except TemplateSyntaxError as error:
        raise _explained(environment, story, error.lineno, error.message or "") from error
    except (RecursionError, ValueError, MemoryError, SyntaxError) as error:
        raise TemplateRefused(
            f"tags that are too involved ({type(error).__name__})", where=story.where(0)
        ) from error
    template = environment.template_class.from_code(environment, code, environment.globals)
    return CompiledStory(story.part, template)


def _explained(
    environment: TemplateEnvironment, story: Story, line: int, message: str
) -> TemplateRefused:
    tags = story.tags(line)
    bad = [tag for tag in tags if tag.startswith("{{") and not _parses(environment, tag)]
    word = re.search(r"'([^']+)'", message)
    named = [tag for tag in tags if word and word[1] in tag]
    tag = (bad or named or tags or [""])[0]
    return TemplateRefused(
        message, where=story.where(line, tag), advice="correct it in Word or WPS"
    )


def _parses(environment: TemplateEnvironment, tag: str) -> bool:
    try:
        environment.parse(tag)
    except TemplateSyntaxError:
        return False
    return True


def _tag(story: Story, line: int, what: str) -> str:
    tags = story.tags(line)
    words = re.findall(r"\w+", what)
    return next((tag for tag in tags if any(word in tag for word in words[-1:])),
                tags[0] if tags else "")  # fmt: skip


def _check(tree: nodes.Node) -> None:
    """Refuse what a template must not use. Goes through the tree without recursion."""
    waiting: list[nodes.Node] = [tree]
    while waiting:
        node = waiting.pop()
        line = node.lineno or 0
        kind = type(node).__name__.lower()
        if not isinstance(node, _ALLOWED):
            raise _Refusal(f"a template cannot use {kind}", line)
        if isinstance(node, nodes.Filter) and node.name not in _FILTERS:
            raise _Refusal(f"there is no filter {node.name}", line)
        if isinstance(node, nodes.Test) and node.name not in _TESTS:
            raise _Refusal(f"there is no test {node.name}", line)
        names = [getattr(node, name) for name in ("name", "attr") if hasattr(node, name)]
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            names.append(node.arg.value)
        for name in names:
            if isinstance(name, str) and name.startswith("_"):
                raise _Refusal(f"a name cannot begin with _: {name}", line)
        if isinstance(node, nodes.For) and node.recursive:
            raise _Refusal("a for cannot be recursive", line)
        if isinstance(node, nodes.Macro) and node.name in _FUNCTIONS:
            raise _Refusal(f"a macro cannot be called {node.name}", line)
        waiting.extend(node.iter_child_nodes())


class _Maker:
    """Puts the marks of `marks` around expressions, in the order of the text."""

    def __init__(self, story: Story, places: list[Place]) -> None:
        self.story, self.places = story, places
        self.position = _Position()
        self.macros: set[str] = set()
        self.outputs: dict[int, int] = {}

    def body(self, tree: nodes.Template) -> None:
        self.macros = {each.name for each in tree.find_all(nodes.Macro)}
        tree.body = self._statements(tree.body)
        tree.set_environment(cast(Any, tree.environment))

    def _statements(self, body: Sequence[nodes.Node]) -> list[nodes.Node]:
        if body and not _whole(body):
            what = "what begins inside a paragraph, run or row does not end inside it"
            raise _Refusal(what, body[0].lineno or 0)
        return [self._statement(node) for node in body]

    def _statement(self, node: nodes.Node) -> nodes.Node:
        if isinstance(node, nodes.Output):
            node.nodes = [self._written(each) for each in node.nodes]
        elif isinstance(node, nodes.If):
            at = self._place(node, "if")
            node.test = self._marked(node.test, "_tested", at)
            node.body = self._statements(node.body)
            node.elif_ = cast(Any, self._statements(node.elif_))
            node.else_ = self._statements(node.else_)
        elif isinstance(node, nodes.For):
            self._for(node)
        elif isinstance(node, nodes.Macro | nodes.CallBlock):
            if isinstance(node, nodes.CallBlock):
                node.call = cast(nodes.Call, self._expression(node.call))
            node.defaults = [cast(nodes.Expr, self._expression(each)) for each in node.defaults]
            weight = nodes.Const(_weight(node.body))
            body = self._statements(node.body)
            node.body = [nodes.Output([_filter(weight, "_spent")], lineno=node.lineno), *body]
        elif isinstance(node, nodes.With):
            node.values = [self._bound(each, node) for each in node.values]
            node.body = self._statements(node.body)
        elif isinstance(node, nodes.Assign):
            node.node = self._bound(node.node, node)
        elif isinstance(node, nodes.AssignBlock | nodes.FilterBlock):
            if node.filter is not None:
                node.filter = cast(nodes.Filter, self._expression(node.filter))
            node.body = self._statements(node.body)
        return node

    def _for(self, node: nodes.For) -> None:
        at = self._place(node, "for")
        weight = nodes.Const(_weight(node.body))
        unpacked = nodes.Const(isinstance(node.target, nodes.Tuple))
        node.iter = self._marked(node.iter, "_rounds", at, weight, unpacked)
        if node.test is not None:
            node.test = cast(nodes.Expr, self._expression(node.test))
        node.body = self._statements(node.body)
        node.else_ = self._statements(node.else_)

    def _bound(self, value: nodes.Node, node: nodes.Node) -> nodes.Expr:
        at = self._place(node, "set" if isinstance(node, nodes.Assign) else "with")
        return self._marked(value, "_bound", at, nodes.Const(at))

    def _written(self, node: nodes.Expr) -> nodes.Expr:
        if isinstance(node, nodes.TemplateData):
            self.position.after(node.data)
            data = node.data.replace("\n", "")
            # docxtpl's way to write braces that are no tags
            for sign, brace in (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}")):
                data = data.replace(sign, brace)
            return nodes.TemplateData(data, lineno=node.lineno)
        line = node.lineno or 0
        nth = self.outputs.get(line, 0)
        self.outputs[line] = nth + 1
        tags = [tag for tag in self.story.tags(line) if tag.startswith("{{")]
        tag = tags[nth] if nth < len(tags) else ""
        now = self.position
        top = now.paragraphs[-1] if now.paragraphs else _Paragraph()
        if now.in_attribute:
            place = Place(self.story.part, self.story.text(line), tag, "attribute")
        elif now.in_text and now.paragraphs:
            if top.ends_section:  # of several paragraphs, which would end it?
                raise _Refusal("a tag in a paragraph that ends a section", line, tag)
            place = Place(
                self.story.part, self.story.text(line), tag, "text", top.properties, top.run
            )
        else:
            raise _Refusal("a tag that writes where no text is", line, tag)
        self.places.append(place)
        at = len(self.places) - 1
        return self._marked(node, "_shown", at, nodes.Const(at))

    def _place(self, node: nodes.Node, word: str) -> int:
        line = node.lineno or 0
        tags = [tag for tag in self.story.tags(line) if re.match(rf"\{{%-?\s*(?:el)?{word}\b", tag)]
        text = self.story.text(line)
        self.places.append(Place(self.story.part, text, tags[0] if tags else ""))
        return len(self.places) - 1

    def _marked(self, node: nodes.Node, name: str, at: int, *more: nodes.Expr) -> nodes.Expr:
        inner = cast(nodes.Expr, self._expression(node))
        begin = _filter(nodes.Const(at), "_mark")
        return _filter(begin, name, inner, *more, line=node.lineno)

    def _expression(self, node: nodes.Node) -> nodes.Node:
        for name, value in node.iter_fields():
            if isinstance(value, nodes.Node):
                setattr(node, name, self._expression(value))
            elif isinstance(value, list):
                setattr(
                    node,
                    name,
                    [self._expression(v) if isinstance(v, nodes.Node) else v for v in value],
                )
        if isinstance(node, nodes.CondExpr) and node.expr2 is None:
            # {{ "、" if not loop.last }}: else nothing
            node.expr2 = nodes.Const("")
        if isinstance(node, nodes.Concat):
            first, *rest = node.nodes
            return _filter(first, "_concatenated", *rest, line=node.lineno)
        if isinstance(node, nodes.Name) and node.ctx == "load":
            if node.name in _FUNCTIONS or node.name in self.macros:
                return node
            return _filter(node, "_used", line=node.lineno)
        return node


def _filter(
    node: nodes.Expr, name: str, *arguments: nodes.Expr, line: int | None = None
) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=line)


def _whole(body: Sequence[nodes.Node]) -> bool:
    """Whether the XML around a body is whole with it as without it: what it opens it closes, or
    it closes and opens again the same."""
    data = "".join(
        each.data
        for node in body
        if isinstance(node, nodes.Output)
        for each in node.nodes
        if isinstance(each, nodes.TemplateData)
    )
    opened: list[str] = []
    closed: list[str] = []
    for end, name, empty in _ELEMENT.findall(data):
        if empty:
            continue
        if not end:
            opened.append(name)
        elif opened:
            if opened.pop() != name:
                return False
        else:
            closed.append(name)
    return closed == opened[::-1]


def _weight(body: Sequence[nodes.Node]) -> int:
    """Characters of the text in a body; those of inner loops count there."""
    total = 0
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.TemplateData):
            total += len(node.data)
        elif not isinstance(node, nodes.For | nodes.Macro | nodes.CallBlock):
            waiting.extend(node.iter_child_nodes())
    return total
