"""What the engine puts into a template around its expressions, to see what they read and lack.

They are filters (Jinja calls these without detours) whose names no template may use: `compiling`
puts them in, `INNER` is where the environment finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from jinja2 import Undefined
from jinja2.utils import Namespace
from markupsafe import Markup

from .run import Place, Read, Run, TemplateFault, current
from .values import Filled
from .views import Absent, ListView, Missing, RecordView, clean

# where a highlight stands among the properties of a run (ISO/IEC 29500-1, CT_RPr)
_AFTER_HIGHLIGHT = re.compile(
    r"<w:(?:u|effect|bdr|shd|fitText|vertAlign|rtl|cs|em|lang|eastAsianLayout|specVanish|oMath)\b"
)
_ATTRIBUTE = re.compile(r"[0-9A-Za-z]{0,8}\Z")
_HIGHLIGHT = '<w:highlight w:val="yellow"/>'


@dataclass(frozen=True, slots=True)
class Deferred:
    """A name of the root, not looked up yet."""

    name: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A value in a variable, with what was read to get it."""

    value: Any
    reads: tuple[Read, ...]


def used(value: Any) -> Any:
    """The value of a variable; what was read for it counts as read again."""
    if isinstance(value, Bound):
        current.get().reads.extend(value.reads)
        return value.value
    if isinstance(value, Deferred):
        run = current.get()
        return RecordView(run, run.root, run.root, run.node).child(value.name)
    return value


def mark(place: int) -> int:
    """Before an expression: where it stands, and how much was read till then."""
    run = current.get()
    run.place = place
    return len(run.reads)


def bound(begin: int, value: Any, at: int) -> Any:
    """A value on its way into a variable."""
    run = current.get()
    run.spend(1)
    # once each: a value set from itself over and over must not double what it remembers
    reads = tuple({id(read): read for read in run.reads[begin:]}.values())
    if isinstance(value, Undefined | RecordView | ListView | Namespace) or not reads:
        return value
    return Bound(value, reads)


def tested(begin: int, value: Any) -> Any:
    """The condition of an if; what it read is not written anywhere."""
    del current.get().reads[begin:]
    return value


def rounds(begin: int, value: Any, weight: int, unpacked: bool) -> list[Any]:
    """What a for goes through. `weight`: characters that one round writes by itself."""
    run = current.get()
    if isinstance(value, ListView) and value.each.type == "texts":
        items: list[Any] = []
        for at in range(len(value)):
            before = len(run.reads)
            item = value[at]
            items.append(Bound(item, tuple(run.reads[before:])))
        del run.reads[begin:]
    else:
        if isinstance(value, str) or not isinstance(value, Iterable):
            raise TemplateFault("a for goes through a list, and this is none")
        items = []
        for item in value:
            items.append(item)
            if len(items) > run.budget.items:
                raise TemplateFault(f"a for of more than {run.budget.items:,} rounds")
        reads = tuple(run.reads[begin:])
        del run.reads[begin:]
        if reads:
            items = [_with_reads(item, reads, unpacked) for item in items]
    run.spend(4 * len(items) + 1, weight * len(items))
    return items


def _with_reads(item: Any, reads: tuple[Read, ...], unpacked: bool) -> Any:
    if isinstance(item, RecordView | ListView | Undefined):
        return item
    if unpacked and isinstance(item, tuple | list):
        return tuple(_with_reads(each, _of(each, reads), False) for each in item)
    if isinstance(item, tuple | list):
        return item
    return Bound(item, _of(item, reads))


def _of(item: Any, reads: tuple[Read, ...]) -> tuple[Read, ...]:
    """Those of the reads that gave this item, else all of them."""
    return tuple(read for read in reads if read.value is item or read.value == item) or reads


def spent(weight: int) -> Markup:
    """The start of a macro's body."""
    current.get().spend(4, weight)
    return Markup("")


def concatenated(*values: Any) -> Any:
    """`~`"""
    run = current.get()
    texts = [value if isinstance(value, Markup) else text_of(value) for value in values]
    run.spend(1, sum(map(len, texts)))
    if any(isinstance(value, Markup) for value in values):
        return Markup("").join(texts)
    return "".join(texts)


def text_of(value: Any) -> str:
    """How a value is written where no filter says how."""
    if isinstance(value, str):
        return value
    if isinstance(value, Undefined):
        if isinstance(value, Absent | Missing):
            return str(value)
        raise TemplateFault(f"there is no {value._undefined_name}")
    if value is None:
        return ""
    if isinstance(value, bool):
        raise TemplateFault("yes or no is not written: say it with an if")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal):
        shown = f"{value:f}"
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    if isinstance(value, float):
        return text_of(Decimal(str(value)))
    if isinstance(value, date):
        day = f"{value.year}年{value.month}月{value.day}日"
        return f"{day}{value.hour}时{value.minute}分" if isinstance(value, datetime) else day
    if isinstance(value, ListView | list | tuple):
        return "、".join(text_of(each) for each in value)
    if isinstance(value, RecordView):
        return str(value)
    raise TemplateFault("this is nothing that can be written")


def shown(begin: int, value: Any, at: int) -> Markup:
    """The XML that stands for an output, and the trace of it."""
    run = current.get()
    place = run.places[at]
    if isinstance(value, Markup):
        # what a macro or a block has written
        run.spend(2, len(value))
        del run.reads[begin:]
        return value
    text = text_of(value)
    run.spend(2, len(text))
    reads = run.reads[begin:]
    del run.reads[begin:]
    if place.kind == "attribute":
        if not _ATTRIBUTE.match(text):
            raise TemplateFault(f"{text[:40]} is no value for an attribute")
        return Markup(text)  # noqa: S704 - looked at in the line above
    text = clean(text, True)
    filled: tuple[Filled, ...] = ()
    if run.trace and text and reads:
        filled = _filled(reads, text)
        run.filled.extend(filled)
    comment = bool(run.annotate and filled and place.file == "word/document.xml")
    if "【" in text and run.draft:
        written = _with_blanks(run, text, value, place)
    else:
        written = _text(text, place)
    if comment:
        number = run.first_comment + len(run.comments)
        run.comments.append(filled)
        written = _commented(written, number, place)
    return Markup(written)  # noqa: S704 - `_text` escapes


def _filled(reads: list[Read], text: str) -> tuple[Filled, ...]:
    found: dict[str, Filled] = {}
    for read in reads:
        if read.path not in found:
            own = text_of(read.value) if not isinstance(read.value, bool) else ""
            part = own if own and own in text else text
            found[read.path] = Filled(
                read.path, read.label, part, read.leaf.origin, read.leaf.sources
            )
    return tuple(found.values())


def _text(text: str, place: Place) -> str:
    written = escape(text, quote=False)
    if "\t" in written:
        written = written.replace("\t", '</w:t><w:tab/><w:t xml:space="preserve">')
    if "\n" in written:
        between = (
            f'</w:t></w:r></w:p><w:p>{place.paragraph}<w:r>{place.run}<w:t xml:space="preserve">'
        )
        written = written.replace("\n", between)
    return written


def _next_run(properties: str) -> str:
    return f'<w:r>{properties}<w:t xml:space="preserve">'


def _with_blanks(run: Run, text: str, value: Any, place: Place) -> str:
    """【出生日期】 of what is missing, highlighted; brackets of other text stay as they are."""
    labels = {gap.label.rpartition("·")[2] for gap in run.gaps.values()}
    if isinstance(value, Missing):
        labels.add(value.label)
    blanks = "|".join(re.escape(f"【{label}】") for label in sorted(labels)) or r"(?!)"
    inside = place.run[len("<w:rPr>") : -len("</w:rPr>")] if place.run.endswith("</w:rPr>") else ""
    inside = re.sub(r"<w:highlight\b[^>]*/>", "", inside)
    after = _AFTER_HIGHLIGHT.search(inside)
    cut = after.start() if after else len(inside)
    marked = f"<w:rPr>{inside[:cut]}{_HIGHLIGHT}{inside[cut:]}</w:rPr>"
    parts = []
    for at, part in enumerate(re.split(f"({blanks})", text)):
        if at % 2:
            blank = f"</w:t></w:r>{_next_run(marked)}{escape(part, quote=False)}</w:t></w:r>"
            parts.append(blank + _next_run(place.run))
        else:
            parts.append(_text(part, place))
    return "".join(parts)


def _commented(written: str, number: int, place: Place) -> str:
    return (
        f'</w:t></w:r><w:commentRangeStart w:id="{number}"/>{_next_run(place.run)}{written}'
        f'</w:t></w:r><w:commentRangeEnd w:id="{number}"/>'
        f'<w:r><w:commentReference w:id="{number}"/></w:r>{_next_run(place.run)}'
    )


INNER: dict[str, Callable[..., Any]] = {
    "_mark": mark,
    "_shown": shown,
    "_bound": bound,
    "_tested": tested,
    "_rounds": rounds,
    "_spent": spent,
    "_used": used,
    "_concatenated": concatenated,
}
