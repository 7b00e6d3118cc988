"""Values given by hand, put into a view; they win over what the case gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dossier.templates import Field, Leaf, Node, Schema, schema
from dossier.templates.fields import named, unknown
from dossier.templates.values import Origin, Value

from ..errors import BadValue
from .converting import converted
from .people import restated

_STEP = re.compile(r"([^.\[\]]{1,60})(?:\[([^\]]{1,60})\])?(?:\.|$)")
_PEOPLE = ("defendants", "victims", "witnesses")

Step = tuple[str, str]
"""A field by code or label, and which one of a list ("" for the field itself)."""


def with_typed(
    view: Node, fields: Schema | Mapping[str, Field], values: Mapping[str, object]
) -> Node:
    """The view with values given by hand, origin "typed".

    `fields` is the schema of a card (with its typed fields), or typed fields that are added to the
    library's. `values` by code, label or path (当事人.住址, defendants[韩志远].address); texts are
    read as the field's type. What is said of 当事人 holds for the same person among 各当事人, and
    the other way. None gives nothing. BadValue names field, type and an example.
    """
    whole = fields if isinstance(fields, Schema) else schema().with_typed(fields)
    for path, given in values.items():
        if given is not None:
            view = _put(view, whole, path, given, "typed")
    return view


def with_defaults(view: Node, values: Mapping[str, str]) -> Node:
    """The view with what an office always says, origin "office", where the case gives nothing.
    BadValue as `with_typed`."""
    for path, given in values.items():
        codes = schema().find(_known(schema(), path))
        if not _present(view, [each.code for each in codes]):
            view = _put(view, schema(), path, given, "office")
    return view


def _known(whole: Schema, path: str) -> str:
    try:
        whole.find(path)
    except KeyError as error:
        raise BadValue(
            f"{path[:60]}: {error.args[0]}", advice="see templates/fields.yaml"
        ) from error
    return path


def _present(node: Node, codes: Sequence[str]) -> bool:
    value = node.values.get(codes[0])
    if value is None or len(codes) == 1:
        return value is not None
    return isinstance(value, Node) and _present(value, codes[1:])


def _put(view: Node, whole: Schema, path: str, given: object, origin: Origin) -> Node:
    steps = _steps(path)
    root = named(whole.fields, steps[0][0])
    if root is None:
        raise BadValue(
            f"{path[:60]}: {unknown(steps[0][0], whole.fields)}", advice="see templates/fields.yaml"
        )
    if root.issued:
        raise BadValue(
            f"{root.label} is given when the document is made",
            advice="say number=… or day=… (--number, --day)",
        )
    view = _placed(view, whole.fields, steps, given, origin, path)
    return _same_person(view, root.code, steps[0][1])


def _steps(path: str) -> list[Step]:
    found, at = list[Step](), 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            break
        found.append((match[1].strip(), (match[2] or "").strip()))
        at = match.end()
    if not found or at < len(path) or path.endswith("."):
        raise BadValue(
            f"{path[:60]!r} is no path of a field",
            advice="such as 当事人.住址 or 各当事人[韩志远].住址",
        )
    return found


def _placed(
    node: Node,
    fields: Mapping[str, Field],
    steps: Sequence[Step],
    given: object,
    origin: Origin,
    path: str,
) -> Node:
    (name, key), rest = steps[0], steps[1:]
    field = named(fields, name)
    if field is None:
        raise BadValue(f"{path[:60]}: {unknown(name, fields)}", advice="see templates/fields.yaml")
    held = node.values.get(field.code)
    value: Value
    if not rest and not key:
        value = converted(field, given, origin)
    elif field.is_record and not key:
        inner = held if isinstance(held, Node) else Node()
        value = _placed(inner, field.fields, rest, given, origin, path)
    elif field.type == "records":
        items = held if isinstance(held, tuple) else ()
        at = _index(items, key, field, path)
        chosen = items[at]
        if rest and isinstance(chosen, Node):
            new: Leaf | Node = _placed(chosen, field.fields, rest, given, origin, path)
        else:
            made = converted(field, [given] if isinstance(given, Mapping) else given, origin)
            if not isinstance(made, tuple) or len(made) != 1:
                raise BadValue(f"{path[:60]}: one record is needed here")
            new = made[0]
        value = (*items[:at], new, *items[at + 1 :])
    else:
        raise BadValue(
            f"{path[:60]}: {field.label} has no parts",
            advice="give the whole value" if key else "end the path here",
        )
    return Node({**node.values, field.code: value}, node.key)


def _index(items: tuple[Leaf | Node, ...], key: str, field: Field, path: str) -> int:
    """Which of a list is meant: by key, by place from 1, or the only one."""
    keys = [each.key if isinstance(each, Node) else "" for each in items]
    if key in keys and key:
        return keys.index(key)
    if key.isdecimal() and 1 <= int(key) <= len(items):
        return int(key) - 1
    if not key and len(items) == 1:
        return 0
    known = "、".join(each for each in keys if each)
    raise BadValue(
        f"{path[:60]}: {f'no {key!r}' if key else 'which one'} of {field.label}",
        advice=f"such as {field.label}[{keys[0]}], there are: {known}"
        if known
        else "there are none",
    )


def _same_person(view: Node, changed: str, key: str) -> Node:
    """One person stands in two places of a view: both say the same, and so does 身份情况."""
    values = dict(view.values)
    subject = values.get("person")
    if changed == "person" and isinstance(subject, Node):
        subject = restated(subject)
        values["person"] = subject
        for code in _PEOPLE:
            held = values.get(code)
            if isinstance(held, tuple):
                values[code] = tuple(
                    subject if isinstance(each, Node) and each.key == subject.key else each
                    for each in held
                )
    elif changed in _PEOPLE:
        held = values.get(changed)
        if isinstance(held, tuple):
            people = tuple(restated(each) if isinstance(each, Node) else each for each in held)
            values[changed] = people
            for each in people:
                if isinstance(each, Node) and isinstance(subject, Node) and each.key == subject.key:
                    values["person"] = each
    return Node(values, view.key)
