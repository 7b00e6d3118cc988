"""The query language as people type it: text to tree and back (docs/search-language.md).

`parse` understands a query or says at which column it does not; with `lenient` it takes what cannot
be understood as text, so that anything pasted is a query. The tree holds what was typed; what it
means for an index is `dossier.search.planning`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ..errors import QueryError
from .analysis import form
from .periods import period, printed
from .tokens import (
    BARS,
    CLOSES,
    DASHES,
    MAX_DEPTH,
    OPENS,
    QUOTES,
    SPAN_MARKS,
    STARS,
    TILDES,
    Kind,
    Token,
    tokens,
)
from .vocabulary import SearchField, language

__all__ = [
    "MAX_DEPTH",
    "MAX_LENGTH",
    "MAX_SIMILAR",
    "MAX_TERMS",
    "AllOf",
    "AnyOf",
    "Dates",
    "Negation",
    "Phrase",
    "Prefix",
    "Query",
    "Tolerant",
    "Word",
    "is_pasted",
    "parse",
    "print_query",
    "understand",
]

_MARKS = re.compile(f"[{re.escape(OPENS + CLOSES + QUOTES)}]")

MAX_LENGTH = 10_000
"""Characters of a query."""
MAX_TERMS = 256
"""Words, phrases and dates of a query."""
MAX_SIMILAR = 40
"""Characters of a text that is sought with ~."""
MAX_SIMILAR_ALL = 240
"""Characters of all such texts of a query: each has dozens of readings."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word without quotes: also its synonyms and other spellings."""

    text: str
    field: SearchField = "text"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Exactly this string; blanks do not count."""

    text: str
    field: SearchField = "text"


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin so."""

    text: str
    field: SearchField = "text"


@dataclass(frozen=True, slots=True)
class Tolerant:
    """What OCR may have made of this string."""

    text: str
    field: SearchField = "text"


@dataclass(frozen=True, slots=True)
class Dates:
    """A date within these days; None is no bound."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Negation:
    """Not this. Never a Negation within one."""

    part: Query


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of two parts or more, none of them an AllOf. Without parts: the empty query."""

    parts: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of two parts or more, none of them an AnyOf."""

    parts: tuple[Query, ...]


Leaf = Word | Phrase | Prefix | Tolerant | Dates
Query = Leaf | Negation | AllOf | AnyOf


def parse(text: str, *, lenient: bool = False) -> Query:
    """What a query means. An empty one is `AllOf(())`.

    Raises QueryError with the column (from 1) of what cannot be understood, or if the query is too
    long, has too many words or groups too deep. `lenient`: a query without errors means the same;
    in one with errors, what cannot be understood becomes a `Phrase` of just that text, and only a
    query beyond MAX_LENGTH raises. `print_query` shows how it was understood.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(
            f"the query has {len(text):,} characters; {MAX_LENGTH:,} are the most",
            advice="search for a part of the text",
            column=MAX_LENGTH + 1,
        )
    try:
        return _Parser(text, tokens(text)).query()
    except QueryError:
        if not lenient:
            raise
    try:
        found = _mended(text, tokens(text, lenient=True))
        query = _Parser(text, found, lenient=True).query()
        if parse(print_query(query)) == query:
            return query
    except QueryError:
        pass
    words = text.split()
    if len(words) > MAX_TERMS:
        return Phrase(text.strip())
    return _joined(AllOf, [Phrase(word) for word in words])


_OPERATORS = ("or", "and", "not", "minus", "field")


def understand(text: str) -> tuple[Query, QueryError | None]:
    """What a person typed or pasted, and what had to be overlooked for it.

    A plain string is always a query: where quotes or parentheses do not match and there is neither
    an operator nor a field, they are text; the error that `parse` would have raised is returned to
    be told. Raises QueryError for everything else that `parse` refuses.
    """
    try:
        return parse(text), None
    except QueryError as error:
        if len(text) > MAX_LENGTH:
            raise
        if any(token.kind in _OPERATORS for token in tokens(text, lenient=True)):
            raise
        return parse(text, lenient=True), error


def is_pasted(text: str) -> bool:
    """Whether a query's only syntax is names of fields: it may be lines of a form (人：张三)."""
    if not 0 < len(text) <= MAX_LENGTH:
        return False
    kinds = {token.kind for token in tokens(text, lenient=True)}
    return "field" in kinds and kinds.isdisjoint(("or", "and", "not", "minus"))


def _mended(text: str, found: list[Token]) -> list[Token]:
    """Operators, dashes, fields and groups that lack what they work on become phrases."""
    starts = ("word", "phrase", "open", "minus", "field", "not")
    out: list[Token] = []
    for at, token in enumerate(found):
        after = found[at + 1].kind if at + 1 < len(found) else "end"
        before = out[-1].kind if out else "start"
        fits = True
        if token.kind in ("or", "and"):
            fits = before in ("word", "phrase", "close") and after in starts
        elif token.kind == "not":
            fits = after in starts
        elif token.kind in ("minus", "field"):
            fits = after in starts[: 4 if token.kind == "field" else 6] and after != "not"
        if token.kind == "close" and before == "open":
            opened = out.pop()
            out.append(Token("phrase", opened.start, token.stop, text[opened.start : token.stop]))
        elif fits:
            out.append(token)
        else:
            out.append(Token("phrase", token.start, token.stop, token.text))
    return out


class _Parser:
    """Recursive descent; groups are at most MAX_DEPTH deep."""

    def __init__(self, text: str, found: list[Token], *, lenient: bool = False) -> None:
        self.text = text
        self.lenient = lenient
        self.at = 0
        self.terms = 0
        if len(found) == 1 and found[0].kind in ("or", "and", "not"):
            # an operator alone can only be meant as a word
            kind: Kind = "phrase" if found[0].text[0] in BARS else "word"
            found = [Token(kind, found[0].start, found[0].stop, found[0].text)]
        self.found = found

    def query(self) -> Query:
        if not self.found:
            return AllOf()
        query = self._any(None)
        similar = sum(len(form(leaf.text)) for leaf in leaves(query) if isinstance(leaf, Tolerant))
        if similar > MAX_SIMILAR_ALL:
            raise QueryError(
                f"~ works for up to {MAX_SIMILAR_ALL} characters of one query",
                advice="leave ~ out of some words",
            )
        token = self._next
        if token is not None:
            raise QueryError(
                "no group is open that this parenthesis could close",
                advice="leave it out, or put the text in quotes",
                column=token.column,
            )
        return query

    @property
    def _next(self) -> Token | None:
        return self.found[self.at] if self.at < len(self.found) else None

    def _any(self, field: SearchField | None) -> Query:
        parts = [self._all(field)]
        while (token := self._next) is not None and token.kind == "or":
            self.at += 1
            parts.append(self._all(field))
        return _joined(AnyOf, parts)

    def _all(self, field: SearchField | None) -> Query:
        parts: list[Query] = []
        joined: Token | None = None
        while (token := self._next) is not None and token.kind not in ("or", "close"):
            if token.kind == "and":
                if not parts or joined is not None:
                    raise _lonely(token, "before")
                joined = token
                self.at += 1
                continue
            parts.append(self._one(field))
            joined = None
        if joined is not None:
            raise _lonely(joined, "after")
        if parts:
            return _joined(AllOf, parts)
        before = self.found[self.at - 1] if self.at else None
        if before is not None and before.kind == "or":
            raise _lonely(before, "after")
        if token is not None and token.kind == "or":
            raise _lonely(token, "before")
        raise QueryError(
            "an empty group",
            advice="put words into it, or leave it out",
            column=before.column if before is not None else 1,
        )

    def _one(self, field: SearchField | None) -> Query:
        negative = False
        while True:
            token = self.found[self.at]
            if token.kind not in ("not", "minus", "field"):
                break
            self.at += 1
            if token.kind == "field":
                if field is not None and not self.lenient:
                    raise QueryError(
                        f"a field within a field: {token.text}",
                        advice="write each field on its own",
                        column=token.column,
                    )
                field = token.field
            else:
                negative = not negative
            after = self._next
            if (
                after is None
                or after.kind in ("or", "and", "close")
                or (token.kind == "field" and after.kind in ("not", "field"))
            ):
                raise _empty(token) if token.kind == "field" else _lonely(token, "after")
        self.at += 1
        part: Query
        if token.kind == "open":
            part = self._any(field)
            if self._next is None:
                raise QueryError(
                    "the group that begins here is not closed",
                    advice="close it with ), or put the text in quotes",
                    column=token.column,
                )
            self.at += 1
        else:
            part = self._leaf(token, field or "text")
        if not negative:
            return part
        return part.part if isinstance(part, Negation) else Negation(part)

    def _leaf(self, token: Token, field: SearchField) -> Leaf:
        self.terms += 1
        if self.terms > MAX_TERMS:
            raise QueryError(
                f"more than {MAX_TERMS} words",
                advice='put a longer text in quotes: "…"',
                column=token.column,
            )
        try:
            return _leaf(token, field)
        except QueryError:
            if not self.lenient:
                raise
            before = self.found[self.at - 2] if self.at > 1 else None
            start = before.start if before is not None and before.kind == "field" else token.start
            return Phrase(self.text[start : token.stop])


def _leaf(token: Token, field: SearchField) -> Leaf:
    if field in ("date", "year"):
        if token.similar:
            raise QueryError("~ does not go with dates", column=token.stop)
        return Dates(*period(token.text, token.column + (token.kind == "phrase")))
    text, kind = token.text, token.kind
    if field != "text" and not form(text):
        raise QueryError("an empty value", advice="write a word after it", column=token.column)
    leaf: Leaf
    if kind == "phrase":
        leaf = Tolerant(text, field) if token.similar else Phrase(text, field)
    elif len(text) > 1 and text[-1] in TILDES and text[-2] not in TILDES:
        leaf = Tolerant(text[:-1], field)
    elif len(text) > 1 and text[-1] in STARS and text[-2] not in STARS:
        leaf = Prefix(text[:-1], field)
    else:
        leaf = Word(text, field)
    if isinstance(leaf, Word | Prefix) and not _own(text):
        # half of a text in parentheses or quotes: only in quotes it reads the same anywhere
        leaf = Phrase(leaf.text, field)
    if isinstance(leaf, Tolerant) and len(form(leaf.text)) > MAX_SIMILAR:
        raise QueryError(
            f"~ works for up to {MAX_SIMILAR} characters",
            advice="take a part of the text, or leave ~ out",
            column=token.stop,
        )
    return _stage(leaf, token) if field == "stage" else leaf


def _own(word: str) -> bool:
    """Whether a word reads as itself wherever it stands."""
    if not _MARKS.search(word):
        return True
    depth = 0
    for char in word:
        depth += (char in OPENS) - (char in CLOSES)
        if depth < 0:
            return False
    if depth:
        return False
    try:
        return [token.text for token in tokens(word)] == [word]
    except QueryError:
        return False


def _stage(leaf: Word | Phrase | Prefix | Tolerant, token: Token) -> Word:
    stage = language().stage_of.get(form(leaf.text))
    if stage is None or isinstance(leaf, Prefix | Tolerant):
        raise QueryError(
            f"no stage of a case: {token.text[:40]!r}",
            advice="stages are " + ", ".join(language().stages),
            column=token.column,
        )
    return Word(stage, "stage")


def _lonely(token: Token, side: str) -> QueryError:
    return QueryError(
        f"there is nothing {side} {token.text}",
        advice=f'write a word there; to find {token.text} itself, put it in quotes: "{token.text}"',
        column=token.column,
    )


def _empty(token: Token) -> QueryError:
    return QueryError(
        f"there is nothing after {token.text}",
        advice=f'write a word after the colon; to find {token.text} itself: "{token.text}"',
        column=token.column,
    )


def _joined(kind: type[AllOf] | type[AnyOf], parts: list[Query]) -> Query:
    """One node without nodes of its own kind directly in it."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Query] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return kind(tuple(flat))


# --- and back --------------------------------------------------------------------------------


def print_query(query: Query) -> str:
    """A text that `parse` reads as just this query."""
    match query:
        case AllOf(parts):
            return " ".join(_print_parts(parts))
        case AnyOf(parts):
            return " OR ".join(map(print_query, parts))
        case Negation(part):
            inner = print_query(part)
            if isinstance(part, AllOf | AnyOf | Negation):
                return f"-({inner})"
            # a word that begins with a dash is no second operator
            return f"-{_name('text') if inner.startswith(tuple(DASHES)) else ''}{inner}"
        case Dates(first, last):
            return _name("date") + printed(first, last)
        case Word() | Phrase() | Prefix() | Tolerant():
            return _print_leaf(query)


def _print_parts(parts: tuple[Query, ...]) -> list[str]:
    found = [
        f"({print_query(part)})" if isinstance(part, AnyOf) else print_query(part) for part in parts
    ]
    for at, text in enumerate(found[:-1]):
        part = parts[at]
        if isinstance(part, Negation):
            part = part.part
        if isinstance(part, Dates) and found[at + 1].startswith(SPAN_MARKS):
            # 日期:2023 and then the word 至2024 is no span
            found[at] = text.replace(":", ':"', 1) + '"'
    return found


def _name(field: SearchField) -> str:
    return language().fields[field][0] + ":"


def _print_leaf(leaf: Word | Phrase | Prefix | Tolerant) -> str:
    name = "" if leaf.field == "text" else _name(leaf.field)
    quoted = '"' + leaf.text.replace('"', '""') + '"'
    mark = "~" if isinstance(leaf, Tolerant) else "*" if isinstance(leaf, Prefix) else ""
    if isinstance(leaf, Phrase):
        return name + quoted
    # as a bare word if that reads as one, 正文: before a word like OR; else in quotes
    for begin in dict.fromkeys((name, name or _name("text"))):
        if _own(leaf.text + mark) and _reads_as(begin + leaf.text + mark, leaf):
            return begin + leaf.text + mark
    return name + quoted + ("~" if mark == "~" else "")


def _reads_as(text: str, leaf: Leaf) -> bool:
    try:
        found = tokens(text)
        field = leaf.field if isinstance(leaf, Word | Phrase | Prefix | Tolerant) else "text"
        if found and found[0].kind == "field":
            if found[0].field != field:
                return False
            found = found[1:]
        elif field != "text":
            return False
        return len(found) == 1 and found[0].kind == "word" and _leaf(found[0], field) == leaf
    except QueryError:
        return False


def leaves(query: Query, *, negative: bool = False) -> Iterator[Leaf]:
    """The words, phrases and dates of a query in order; those under a Negation only on demand."""
    match query:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part, negative=negative)
        case Negation(part):
            if negative:
                yield from leaves(part, negative=True)
        case _:
            yield query
