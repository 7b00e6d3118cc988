"""From a plan to a tantivy query.

A string of k ≥ 2 characters is a phrase of its pairs; every second pair is enough, with the
distance between them (ABCDE: AB, then CD two further on, then DE one further). One character is
any pair that begins with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tantivy import FieldType, Occur, Query, Schema

from .analysis import BREAK
from .plan import (
    And,
    Days,
    Everything,
    Exactly,
    Not,
    Nothing,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)
from .tantivy_fields import WORD_LENGTH, keyword_field, number_of, sendable, text_field

_SLIP = 0.5
"""What a match with one edit weighs beside an exact one."""

Piece = tuple[int, str]
"""A part of a phrase: at which character it begins, and its characters."""


def fixed(plan: Plan) -> bool:
    """Whether all entries that fit are worth the same, so that only their keys order them."""
    match plan:
        case Everything() | Nothing() | Days() | Exactly() | Not():
            return True
        case And(parts) | Or(parts):
            return all(map(fixed, parts))
        case Weighted(part, _):
            return fixed(part)
        case Preferring(part, wishes):
            return not wishes and fixed(part)
        case Substring(_, text):
            return len(text) == 1
        case WordPrefix():
            return True
        case _:
            return False


class Compiler:
    """Makes tantivy queries for one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def query(self, plan: Plan) -> Query:
        match plan:
            case Everything():
                return Query.all_query()
            case Nothing():
                return Query.empty_query()
            case Substring(field, text):
                return self._substring(field, sendable(text))
            case Similar(field, alternatives, one_edit):
                return self._similar(field, tuple(map(sendable, alternatives)), one_edit)
            case WholeWord(text):
                return self._term("words", sendable(text)[:WORD_LENGTH])
            case WordPrefix(text):
                return self._beginning("words", sendable(text)[:WORD_LENGTH])
            case Days(first, last):
                return self._days(first, last)
            case Exactly(field, values):
                terms = [sendable(value) for value in values]
                return _even(Query.term_set_query(self._schema, keyword_field(field), terms))
            case And(parts):
                return self._all_of(parts)
            case Or(parts):
                made = _any_of([self.query(part) for part in parts])
                return _even(made) if fixed(plan) else made
            case Not(part):
                return self._all_of((plan,))
            case Weighted(part, weight):
                return Query.boost_query(self.query(part), weight)
            case Preferring(part, wishes):
                must = [(Occur.Must, self.query(part))]
                return Query.boolean_query(
                    must + [(Occur.Should, self.query(wish)) for wish in wishes]
                )

    def _all_of(self, parts: Sequence[Plan]) -> Query:
        inside: list[tuple[Occur, Query]] = []
        for part in parts:
            if isinstance(part, Not):
                inside.append((Occur.MustNot, self.query(part.part)))
            elif not isinstance(part, Everything):
                inside.append((Occur.Must, self.query(part)))
        if all(occur == Occur.MustNot for occur, _ in inside):
            inside.append((Occur.Must, Query.all_query()))
        return inside[0][1] if len(inside) == 1 else Query.boolean_query(inside)

    def _term(self, field: str, term: str) -> Query:
        return Query.term_query(self._schema, field, term)

    def _beginning(self, field: str, prefix: str) -> Query:
        return Query.regex_query(self._schema, field, _escape(prefix) + ".*")

    def _days(self, first: date | None, last: date | None) -> Query:
        return _even(
            Query.range_query(
                self._schema,
                "day",
                FieldType.Integer,
                0 if first is None else number_of(first),
                99_999_999 if last is None else number_of(last),
            )
        )

    def _substring(self, field: str, text: str) -> Query:
        if len(text) > 1:
            return self._phrase(field, [(0, text)])
        return self._beginning(text_field(field), text)

    def _phrase(self, field: str, pieces: Sequence[Piece]) -> Query:
        """Entries that hold all pieces, each at its distance from the others."""
        terms: list[tuple[int, str]] = []
        single = False
        for at, text in pieces:
            if len(text) == 1:
                single = True
                terms.append((at, text))
                continue
            terms += [(at + n, text[n : n + 2]) for n in range(0, len(text) - 1, 2)]
            if len(text) % 2:
                terms.append((at + len(text) - 2, text[-2:]))
        name = text_field(field)
        if not single:
            if len(terms) == 1:
                return self._term(name, terms[0][1])
            return Query.phrase_query(self._schema, name, list(terms))
        # one character alone: any pair that begins with it
        patterns = [(at, _escape(term) + ".?" * (2 - len(term))) for at, term in terms]
        return Query.regex_phrase_query(self._schema, name, list(patterns))

    def _similar(self, field: str, alternatives: Sequence[str], one_edit: bool) -> Query:
        text = "".join(each[0] for each in alternatives)
        ways = [self._substring(field, text)]
        if any(len(each) > 1 for each in alternatives):
            ways.append(self._look_alikes(field, alternatives))
        if one_edit and len(text) > 1:
            ways += [Query.boost_query(way, _SLIP) for way in self._edits(field, text)]
        return ways[0] if len(ways) == 1 else Query.disjunction_max_query(ways)

    def _look_alikes(self, field: str, alternatives: Sequence[str]) -> Query:
        if len(alternatives) == 1:
            return _any_of([self._substring(field, each) for each in alternatives[0]])
        if len(alternatives) == 2:
            first, second = alternatives
            return _any_of([self._substring(field, a + b) for a in first for b in second])
        starts = list(range(0, len(alternatives) - 1, 2))
        if len(alternatives) % 2:
            starts.append(len(alternatives) - 2)
        patterns = [
            (at, "".join(_one_of(each) for each in alternatives[at : at + 2])) for at in starts
        ]
        return Query.regex_phrase_query(self._schema, text_field(field), list(patterns))

    def _edits(self, field: str, text: str) -> list[Query]:
        """The ways in which `text` may stand there with one wrong character.

        At the ends, what is left of `text` is a part of any such way."""
        size = len(text)
        ways = [self._substring(field, text[1:]), self._substring(field, text[:-1])]
        for at in range(1, size):
            # one too many before `at`; then another one, or none, in the place of `at`
            ways.append(self._phrase(field, [(0, text[:at]), (at + 1, text[at:])]))
            if at < size - 1:
                ways.append(self._phrase(field, [(0, text[:at]), (at + 1, text[at + 1 :])]))
                ways.append(self._substring(field, text[:at] + text[at + 1 :]))
        return ways


def _even(query: Query) -> Query:
    """The same entries, each with score 1: a filter says nothing about worth."""
    return Query.const_score_query(query, 1.0)


def _any_of(queries: Sequence[Query]) -> Query:
    if not queries:
        return Query.empty_query()
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _escape(text: str) -> str:
    """`text` as a pattern of tantivy's term dictionary."""
    return "".join(char if char.isalnum() or char == BREAK else re.escape(char) for char in text)


def _one_of(chars: str) -> str:
    return _escape(chars) if len(chars) == 1 else f"(?:{'|'.join(map(_escape, chars))})"
