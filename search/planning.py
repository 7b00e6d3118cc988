"""From a query to a plan: what of it must stand where, in which spellings, and what ranks higher.

A word finds an entry only by the text of its page; titles, numbers and names only rank. So what is
found for a string is exactly what holds it, in one of its spellings or synonyms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..elements import canonical_charge, canonical_statute
from .analysis import form, words
from .numerals import DIGITS
from .plan import (
    And,
    Days,
    Everything,
    Exactly,
    Not,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)
from .query import (
    AllOf,
    AnyOf,
    Dates,
    Leaf,
    Negation,
    Phrase,
    Prefix,
    Query,
    Tolerant,
    Word,
    leaves,
)
from .variants import ambiguous, amounts, spellings
from .vocabulary import language, lookalikes, synonyms

ONE_EDIT_FROM = 4
"""Characters from which on ~ also allows one edit: with one of three another word would do."""
LONGEST_WISH = 40
"""Characters up to which a word is also looked for in titles, numbers and names."""


def plan(query: Query, *, synonyms: bool = True) -> Plan:
    """What an engine is asked for a query. `synonyms`: words also find their synonyms.

    An empty query, and one of nothing but blanks or control characters, is `Everything()`: with
    filters, it lists.
    """
    made = _plan(query, synonyms, positive=True)
    return Everything() if made is None else made


def expansions(query: Query) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words of a query that also find their synonyms, with these, as typed and as written in
    the data: `(("酒驾", ("醉驾", "危险驾驶")),)`. Each word once, in order."""
    found: dict[str, tuple[str, ...]] = {}
    for leaf in leaves(query):
        if isinstance(leaf, Word) and (others := _synonyms(leaf)):
            found.setdefault(leaf.text, others)
    return tuple(found.items())


def _plan(query: Query, use_synonyms: bool, positive: bool) -> Plan | None:
    """None: a part without anything to look for. Not `positive`: neither ranking nor synonyms; a
    page is not to be left out because of a word that nobody typed."""
    match query:
        case AllOf(parts):
            made = _several(parts, use_synonyms, positive)
            return None if not made else made[0] if len(made) == 1 else And(made)
        case AnyOf(parts):
            made = _several(parts, use_synonyms, positive)
            return None if not made else made[0] if len(made) == 1 else Or(made)
        case Negation(part):
            inner = _plan(part, False, positive=False)
            return None if inner is None else Not(inner)
        case _:
            return _leaf(query, use_synonyms and positive, ranked=positive)


def _several(parts: Iterable[Query], use_synonyms: bool, positive: bool) -> tuple[Plan, ...]:
    made = (_plan(part, use_synonyms, positive) for part in parts)
    return tuple(part for part in made if part is not None)


def _leaf(leaf: Leaf, use_synonyms: bool, ranked: bool) -> Plan | None:
    if isinstance(leaf, Dates):
        if leaf.first is None and leaf.last is None:
            return None
        return Days(leaf.first, leaf.last)
    text = form(leaf.text)
    if not text:
        return None
    if leaf.field == "stage":
        return Exactly(leaf.field, (leaf.text,))
    if isinstance(leaf, Tolerant):
        similar = Similar(leaf.field, tuple(map(lookalikes, text)), len(text) >= ONE_EDIT_FROM)
        # what was typed stands above what OCR may have made of it
        return Preferring(similar, (Substring(leaf.field, text),)) if ranked else similar
    if isinstance(leaf, Prefix) and leaf.field == "text" and _one_word(leaf.text, text) == text:
        prefix = WordPrefix(text)
        return Preferring(prefix, (WholeWord(text),)) if ranked else prefix
    found = _strings(leaf, text, use_synonyms, ranked)
    if not ranked or leaf.field != "text":
        return found
    return Preferring(found, _wishes(leaf.text, text))


def _strings(
    leaf: Word | Phrase | Prefix | Tolerant, text: str, use_synonyms: bool, ranked: bool
) -> Plan:
    """The text itself, its other spellings and its synonyms."""
    weights = language().weights
    field = leaf.field
    alike: dict[str, float] = {}
    for other in (text, *_canonical(field, text, leaf)):
        alike.setdefault(other, 1.0)
    if field in ("text", "number"):
        for other in amounts(text) if isinstance(leaf, Phrase) else spellings(text):
            if not ambiguous(other):
                alike.setdefault(other, weights.spelling)
            elif ranked:  # after - it would leave out other dates
                alike.setdefault(other, weights.ambiguous)
    if use_synonyms and isinstance(leaf, Word):
        for synonym in _synonyms(leaf):
            for other in (form(synonym), *_canonical(field, form(synonym), leaf)):
                alike.setdefault(other, weights.synonym)
    if len(alike) > 1 and (field == "statute" or (field == "charge" and text.endswith("罪"))):
        del alike[text]  # as typed it stands in no entry: they hold canonical forms
    parts: list[Plan] = []
    for other, weight in alike.items():
        found = Substring(field, other)
        parts.append(Weighted(found, weight) if ranked and weight != 1.0 else found)
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _synonyms(leaf: Word) -> tuple[str, ...]:
    if leaf.field not in ("text", "title", "charge"):
        return ()
    text = form(leaf.text)
    return synonyms().of(text) or (
        synonyms().of(text.removesuffix("罪")) if leaf.field == "charge" else ()
    )


_ARTICLE = re.compile(rf"第?(?:[0-9]+|[{DIGITS}百十零0]+)(?:之(?:[0-9]+|[{DIGITS}十]+))?")


def _canonical(field: str, text: str, leaf: Word | Phrase | Prefix | Tolerant) -> tuple[str, ...]:
    """What the entries of a field hold for what people write."""
    if field == "charge":
        plain = text.removesuffix("罪") or text
        whole = canonical_charge(plain)
        return (plain,) if whole is None else (plain, form(whole))
    if field == "statute":
        found = canonical_statute(text + "条" if _ARTICLE.fullmatch(text) else text)
        return () if found is None else (form(found),)
    return ()


def _wishes(typed: str, text: str) -> tuple[Plan, ...]:
    """What ranks an entry higher: a whole word, and a word that says what the page is about."""
    weights = language().weights
    wishes: list[Plan] = []
    word = _one_word(typed, text)
    if word is not None:
        wishes.append(_weighted(WholeWord(word), weights.whole_word))
    # a whole sentence is no title
    for field, weight in weights.fields.items() if len(text) <= LONGEST_WISH else ():
        wishes.append(_weighted(Substring(field, text), weight))
    return tuple(wishes)


def _weighted(part: Plan, weight: float) -> Plan:
    return part if weight == 1.0 else Weighted(part, weight)


def _one_word(typed: str, text: str) -> str | None:
    """The word in Latin letters or digits that a text consists of, as `words` gives it."""
    found = words(typed)
    return found[0] if len(found) == 1 and found[0] == text.replace(",", "") else None
