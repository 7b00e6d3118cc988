"""A query cut into tokens: which quotes, parentheses, dashes and colons are syntax and which text.

One rule for all of them: **a mark is syntax only at the edge of a word**, where a word is what
stands between blanks. An opening parenthesis groups only where a word begins and only if its
partner stands where a word ends; a quote likewise. So `(盗窃 OR 诈骗)` is a group, and the
parentheses of `(2023)甘0102刑初123号` or `被告人（男）` are text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..errors import QueryError
from .analysis import form
from .vocabulary import SearchField, language

OPENS, CLOSES = "(（", ")）"
BARS = "|｜"
DASHES = "-－−"
STARS = "*＊"
TILDES = "~～"
MAX_DEPTH = 32
"""Groups within groups."""

_CURLY = "“”„‟〝〞＂"
# what closes a phrase, by what opened it; keyboards mix curly and straight closing quotes
_CLOSING = {'"': '"', "「": "」", "『": "』"} | dict.fromkeys(_CURLY, _CURLY + '"')
QUOTES = "".join(dict.fromkeys("".join((*_CLOSING, *_CLOSING.values()))))
_FIELD = re.compile(rf"([^\s:：{OPENS}{CLOSES}{BARS}\"“”「」『』]{{1,16}})[:：]")
SPAN_MARKS = ("..", "…", "~", "～", "至", "到")
"""What stands between the ends of a span of time, also with blanks before it."""
_SPAN_AHEAD = re.compile(rf"\s+(?:{'|'.join(map(re.escape, SPAN_MARKS))})\s*(?=[0-9０-９一二])")

Kind = Literal["open", "close", "or", "and", "not", "minus", "field", "word", "phrase"]


@dataclass(frozen=True, slots=True)
class Token:
    """`start` and `stop` are its place in the query. `text` is the word or what a phrase's quotes
    hold; `field` is set for a field name, `similar` for a phrase with ~ after it."""

    kind: Kind
    start: int
    stop: int
    text: str = ""
    field: SearchField | None = None
    similar: bool = False

    @property
    def column(self) -> int:
        return self.start + 1


def tokens(text: str, *, lenient: bool = False) -> list[Token]:
    """The tokens of a query. `lenient`: quotes and parentheses without a partner are text;
    otherwise QueryError."""
    return _Lexer(text, lenient).tokens()


class _Lexer:
    def __init__(self, text: str, lenient: bool) -> None:
        self.text = text
        self.lenient = lenient
        self.opens: set[int] = set()
        self.closes: set[int] = set()
        self._match_parentheses()

    # --- what is where ---------------------------------------------------------------------------

    def _field(self, at: int) -> tuple[SearchField, int] | None:
        """A known field name with its colon begins here: the field, and where its value begins."""
        match = _FIELD.match(self.text, at)
        if match is None:
            return None
        field = language().field_of.get(form(match[1]))
        return None if field is None else (field, match.end())

    def _negates(self, at: int) -> bool:
        after = self.text[at + 1 : at + 2]
        return (
            self.text[at] in DASHES
            and after != ""
            and not after.isspace()
            and after not in DASHES + CLOSES + BARS
        )

    def _closing(self, at: int) -> int | None:
        """Where the quote that opens at `at` is closed; None if nowhere."""
        closing = _CLOSING[self.text[at]]
        if len(closing) > 1:
            match = re.compile(f"[{closing}]").search(self.text, at + 1)
            return None if match is None else match.start()
        found = self.text.find(closing, at + 1)
        if closing == '"':  # "" within straight quotes is one quote
            while found >= 0 and self.text.startswith('""', found):
                found = self.text.find('"', found + 2)
        return None if found < 0 else found

    def _ends(self, at: int) -> bool:
        """A word may end before `at`: a blank, a bar or the end stands there."""
        return at >= len(self.text) or self.text[at].isspace() or self.text[at] in BARS

    def _phrase_ends(self, at: int) -> bool:
        """A closing quote before `at` is at the edge of a word."""
        if self._ends(at) or self.text[at] in CLOSES:
            return True
        if self.text[at] in TILDES:
            return self._ends(at + 1) or self.text[at + 1] in CLOSES
        return self.text[at] != '"' and self.text[at] in _CLOSING  # “甲”“乙”

    def _blanks(self, at: int) -> int:
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return at

    # --- parentheses -----------------------------------------------------------------------------

    def _match_parentheses(self) -> None:
        """Decide which parentheses group, and complain about those that lack a partner."""
        stack: list[tuple[int, bool, int | None]] = []
        pairs: list[tuple[int, int, bool, int | None]] = []
        alone: list[int] = []
        text, at = self.text, 0
        start = True  # at the beginning of a word
        anchor: int | None = None  # … which is one only if the parenthesis here groups
        while at < len(text):
            char = text[at]
            if char.isspace() or char in BARS:
                start, anchor = True, None
            elif char in OPENS:
                stack.append((at, start, anchor))
                if start:
                    anchor = at
            elif char in CLOSES:
                if stack:
                    opened, first, before = stack.pop()
                    pairs.append((opened, at, first, before))
                else:
                    alone.append(at)
                start = False
            elif start and self._negates(at):
                pass
            elif start and (found := self._field(at)):
                at = self._blanks(found[1])
                continue
            elif start and char in _CLOSING:
                close = self._closing(at)
                if close is not None:
                    at = close
                    start = self._phrase_ends(close + 1)
                elif self.lenient:
                    start = False
                else:
                    raise QueryError(
                        f"the quote {char} is not closed",
                        advice="close it, or leave it out",
                        column=at + 1,
                    )
            else:
                start = False
            at += 1
        self._decide(pairs)
        if not self.lenient:
            self._complain(stack, alone)

    def _decide(self, pairs: list[tuple[int, int, bool, int | None]]) -> None:
        depth: list[int] = []
        for opened, close, first, before in sorted(pairs):
            # outer ones were decided before the inner ones that lean on them
            if not first or not (before is None or before in self.opens):
                continue
            if not (self._ends(close + 1) or close + 1 in self.closes):
                continue
            while depth and depth[-1] < opened:
                depth.pop()
            if len(depth) >= MAX_DEPTH:
                if self.lenient:
                    continue
                raise QueryError(
                    f"more than {MAX_DEPTH} groups within one another",
                    advice="take some parentheses out",
                    column=opened + 1,
                )
            depth.append(close)
            self.opens.add(opened)
            self.closes.add(close)

    def _complain(self, stack: list[tuple[int, bool, int | None]], alone: list[int]) -> None:
        for opened, first, before in stack:
            if first and (before is None or before in self.opens):
                raise QueryError(
                    "the group that begins here is not closed",
                    advice="close it with ), or put the text in quotes",
                    column=opened + 1,
                )
        for close in alone:
            if self._ends(close + 1):
                raise QueryError(
                    "no group is open that this parenthesis could close",
                    advice="leave it out, or put the text in quotes",
                    column=close + 1,
                )

    # --- tokens ----------------------------------------------------------------------------------

    def tokens(self) -> list[Token]:
        found: list[Token] = []
        text, at = self.text, 0
        glued = False  # right after a dash or a field's colon: a word here is never an operator
        while True:
            at = self._blanks(at) if not glued else at
            if at >= len(text):
                return found
            if at in self.closes:
                found.append(Token("close", at, at + 1, text[at]))
                at += 1
            elif at in self.opens:
                found.append(Token("open", at, at + 1, text[at]))
                at += 1
            elif text[at] in BARS:
                stop = at + 1
                while stop < len(text) and text[stop] in BARS:
                    stop += 1
                found.append(Token("or", at, stop, text[at:stop]))
                at = stop
            elif self._negates(at):
                found.append(Token("minus", at, at + 1, text[at]))
                at += 1
                glued = True
                continue
            elif (known := self._field(at)) is not None:
                field, stop = known
                found.append(Token("field", at, stop, text[at:stop], field))
                at = self._blanks(stop)
                glued = at == stop
                if field in ("date", "year") and self._bare(at):
                    stop = self._span_of_time(at)
                    found.append(Token("word", at, stop, text[at:stop]))
                    at = stop
                    glued = False
                elif glued and at < len(text):
                    continue
            else:
                token = self._phrase(at) if text[at] in _CLOSING else None
                token = token or self._word(at, operators=not glued)
                found.append(token)
                at = token.stop
            glued = False

    def _phrase(self, at: int) -> Token | None:
        """The phrase whose quote opens here, None if its quotes are text."""
        close = self._closing(at)
        if close is None or not self._phrase_ends(close + 1):
            return None
        inside = self.text[at + 1 : close]
        if self.text[at] == '"':
            inside = inside.replace('""', '"')
        similar = self.text[close + 1 : close + 2] in (*TILDES,)
        return Token("phrase", at, close + 1 + similar, inside, similar=similar)

    def _word(self, at: int, *, operators: bool) -> Token:
        stop = at
        if self.text[at] in _CLOSING and (close := self._closing(at)) is not None:
            stop = close + 1  # quoted text that goes on without a blank: "老 三"张某
        stop = self._word_end(stop)
        word = self.text[at:stop]
        kind: Kind = "word"
        if operators:
            kind = language().operator_of.get(word, "word")
        return Token(kind, at, stop, word)

    def _word_end(self, at: int) -> int:
        while not self._ends(at) and at not in self.closes:
            at += 1
        return at

    def _bare(self, at: int) -> bool:
        """A value without quotes, dash or parentheses begins here."""
        return not (self._ends(at) or at in self.opens or at in self.closes) and (
            self.text[at] not in _CLOSING and not self._negates(at)
        )

    def _span_of_time(self, at: int) -> int:
        """A date or a span, also with blanks around the mark between its ends."""
        stop = self._word_end(at)
        if ahead := _SPAN_AHEAD.match(self.text, stop):
            stop = self._word_end(ahead.end())
        return stop
