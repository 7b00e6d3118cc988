"""A case as a template sees it: records by code or label, lists, plain values, and what is absent.

Every look at a value is remembered in the run, so that what is written can be traced to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn, overload

from jinja2 import Undefined

from .fields import Field, unknown
from .run import Read, Run, TemplateFault
from .values import Leaf, Node, Scalar, Value

# what XML 1.0 cannot hold; noncharacters and lone surrogates come out of broken OCR layers
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = re.compile(r"[ \t]*(?:\r\n|[\r\n\x85\u2028\u2029])[ \t\r\n]*")
_NAMES = {
    "text": "text", "texts": "text", "prose": "text", "date": "a day", "moment": "a moment",
    "money": "an amount", "number": "a number", "months": "a number of months",
    "flag": "yes or no", "record": "a record", "records": "a list of records",
}  # fmt: skip


class _Nothing(Undefined):
    """Reckoning with nothing gives nothing again, so that one gap is not ten errors."""

    __slots__ = ("label",)

    def __init__(self, label: str) -> None:
        super().__init__(name=label)
        self.label = label

    def _same(self, *_args: Any, **_options: Any) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _same
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = _same
    __pow__ = __rpow__ = __neg__ = __pos__ = __getitem__ = _same

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(name)

    def _no(self, *_args: Any) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _no  # type: ignore[assignment]

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __hash__(self) -> int:
        return hash((type(self), self.label))

    def __ne__(self, other: object) -> bool:
        return not self == other


class Absent(_Nothing):
    """An optional field that the case does not give: false, shows as nothing."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Absent) or other is None or other == ""

    __hash__ = _Nothing.__hash__


class Missing(_Nothing):
    """A required field that the case does not give. It is true, so that a dry run comes through
    the branch that needs it; a draft shows it as a blank."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return f"【{self.label}】"

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = _Nothing.__hash__


class RecordView:
    """A record; `child` is all a template can ask of it."""

    __slots__ = ("fields", "label", "names", "node", "path", "plain", "run")

    def __init__(
        self,
        run: Run,
        names: Mapping[str, Field],
        fields: Mapping[str, Field],
        node: Node | None,
        path: str = "",
        plain: str = "",
        label: str = "",
    ) -> None:
        self.run, self.names, self.fields, self.node = run, names, fields, node
        self.path, self.plain, self.label = path, plain, label

    def __bool__(self) -> bool:
        return self.node is not None and bool(self.node.values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordView) and self.node is other.node

    def __hash__(self) -> int:
        return id(self.node)

    def __str__(self) -> str:
        raise TemplateFault(f"{self.label} is a record: name one of its fields")

    def __html__(self) -> str:
        return str(self)

    @property
    def key(self) -> str:
        return self.node.key if self.node is not None else ""

    def get(self, name: str) -> Any:
        """The value of a field by code or label: a record or list of records as a view, text,
        number, date, or something false. For filters. Raises TemplateFault for unknown names."""
        return self.child(name)

    def child(self, name: str) -> Any:
        each = self.names.get(name)
        if each is None:
            raise TemplateFault(unknown(name, self.fields, self.label))
        dot = "." if self.path else ""
        path, plain = f"{self.path}{dot}{each.code}", f"{self.plain}{dot}{each.code}"
        label = f"{self.label}·{each.label}" if self.label else each.label
        value = self.node.values.get(each.code) if self.node is not None else None
        if each.type == "record":
            return self._record(each, value, path, plain, label)
        if each.is_list:
            return self._list(each, value, path, plain, label)
        if value is None or (isinstance(value, Leaf) and value.value == ""):
            if plain not in self.run.required:
                return Absent(each.label)
            self.run.lacks(path, label, each)
            return Missing(each.label)
        return leaf_value(self.run, each, value, path, label)

    def _record(self, each: Field, value: Value | None, path: str, plain: str, label: str) -> Any:
        if value is not None and not isinstance(value, Node):
            self.run.lacks(path, label, each, "it is no record")
            return Missing(each.label)
        if not value and plain in self.run.required:
            self.run.lacks(path, label, each)
        return RecordView(self.run, each.names, each.fields, value, path, plain, label)

    def _list(self, each: Field, value: Value | None, path: str, plain: str, label: str) -> Any:
        if value is not None and not isinstance(value, tuple):
            self.run.lacks(path, label, each, "it is no list")
            return Missing(each.label)
        if not value and plain in self.run.required:
            self.run.lacks(path, label, each)
        return ListView(self.run, each, _items(value or (), path, label), plain, label)


def _items(
    values: tuple[Leaf | Node, ...], path: str, label: str
) -> tuple[tuple[Leaf | Node, str, str], ...]:
    found = []
    for at, value in enumerate(values, 1):
        key = (value.key if isinstance(value, Node) else "") or str(at)
        found.append((value, f"{path}[{key}]", f"{label}·{key}"))
    return tuple(found)


class ListView(Sequence[Any]):
    """A list of records (views) or of text."""

    __slots__ = ("each", "items", "label", "plain", "run")

    def __init__(
        self,
        run: Run,
        each: Field,
        items: tuple[tuple[Leaf | Node, str, str], ...],
        plain: str,
        label: str,
    ) -> None:
        self.run, self.each, self.items = run, each, items
        self.plain, self.label = plain, label

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return (self._view(item) for item in self.items)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ListView):
            return self.items == other.items
        return list(self) == other if isinstance(other, list | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.plain, len(self.items)))

    @overload
    def __getitem__(self, at: int) -> Any: ...
    @overload
    def __getitem__(self, at: slice) -> ListView: ...
    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            return ListView(self.run, self.each, self.items[at], self.plain, self.label)
        if -len(self.items) <= at < len(self.items):
            return self._view(self.items[at])
        if self.each.type == "texts":
            return Absent(self.each.label)
        path = f"{self.plain}[{at + 1 if at >= 0 else 'last'}]"
        return RecordView(
            self.run, self.each.names, self.each.fields, None, path, self.plain, self.label
        )

    def _view(self, item: tuple[Leaf | Node, str, str]) -> Any:
        value, path, label = item
        if self.each.type == "texts":
            return leaf_value(self.run, self.each, value, path, label)
        if not isinstance(value, Node):
            self.run.lacks(path, label, self.each, "it is no record")
            return Missing(self.each.label)
        return RecordView(
            self.run, self.each.names, self.each.fields, value, path, self.plain, label
        )


def leaf_value(run: Run, each: Field, value: Value, path: str, label: str) -> Any:
    """The plain value of a leaf, remembered as read; a gap with a problem if it is of another
    type than its field."""
    if not isinstance(value, Leaf) or not _fits(each, value.value):
        shown = value.value if isinstance(value, Leaf) else "a record"
        run.lacks(path, label, each, f"{shown} is not {_NAMES[each.type]}")
        return Missing(each.label)
    plain = (
        clean(value.value, each.type == "prose") if isinstance(value.value, str) else value.value
    )
    run.reads.append(Read(path, label, value, plain))
    return plain


def clean(text: str, prose: bool) -> str:
    """Text that XML can hold; only prose keeps its paragraphs (OCR breaks lines anywhere)."""
    text = _BREAK.sub("\n" if prose else "", text.strip())
    return _ILLEGAL.sub("", text)


def _fits(each: Field, value: Scalar) -> bool:
    kind = each.type
    if kind == "flag":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    if kind in ("text", "texts", "prose"):
        return isinstance(value, str)
    if kind == "moment":
        return isinstance(value, datetime)
    if kind == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if isinstance(value, Decimal):
        return value.is_finite() and (kind != "months" or value == value.to_integral_value())
    return isinstance(value, int)
