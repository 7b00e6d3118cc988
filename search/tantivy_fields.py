"""How an entry becomes a tantivy document: one field for each way of asking.

| field      | holds                                                      | asked by             |
|------------|------------------------------------------------------------|----------------------|
| `t_…`      | overlapping pairs with positions, one per text field       | substring, similar   |
| `words`    | words in Latin letters and numbers of the page             | whole word, prefix   |
| `k_…`      | whole values of keyword fields                             | exactly, facets      |
| `day`      | yyyymmdd                                                   | days, sort by date   |
| `group_id` | a number for the group, so that groups are counted quickly | grouped              |
"""

from __future__ import annotations

from array import array
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from operator import add
from sys import byteorder

import tantivy

from .analysis import BREAK, form, words
from .entry import FACETS, KEYWORD_FIELDS, TEXT_FIELDS, Entry

GAP = BREAK * 2
"""Between two texts of one field: two characters, so that a search with one foreign character in
the middle cannot reach across either."""

WORD_LENGTH = 255
"""Longer words stand in the index with their first characters only."""

_STORED = ("key", "group")
_FAST = frozenset({"key", *FACETS})


def text_field(field: str) -> str:
    return f"t_{field}"


def keyword_field(field: str) -> str:
    return f"k_{field}"


def schema() -> tantivy.Schema:
    """All fields. A change here asks for a new `FORM` (dossier.search.tantivy_store)."""
    build = tantivy.SchemaBuilder()
    for field in TEXT_FIELDS:
        build.add_text_field(text_field(field), tokenizer_name="whitespace")
    build.add_text_field("words", tokenizer_name="whitespace", index_option="basic")
    for field in KEYWORD_FIELDS:
        build.add_text_field(
            keyword_field(field),
            stored=field in _STORED,
            fast=field in _FAST,
            tokenizer_name="raw",
            index_option="basic",
        )
    build.add_integer_field("day", stored=True, indexed=True, fast=True)
    build.add_unsigned_field("group_id", fast=True)
    return build.build()


def number_of(day: date) -> int:
    """A day as yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def day_of(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def sendable(text: str) -> str:
    """Half surrogates, which Rust's strings cannot hold, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text


def group_id(group: str) -> int:
    """A number of 64 bits for the name of a group."""
    return int.from_bytes(blake2b(group.encode("utf-8", "replace"), digest_size=8).digest())


def _pairs(text: str) -> str:
    """The overlapping pairs of a search form as tantivy's tokeniser takes them.

    The last character alone gives every position something to hold. Written as an array of code
    points, each twice and a blank: an eighth of the time that joining strings takes."""
    if not text:
        return ""
    codes = array("I", text.encode("utf-32-le"))
    if codes.itemsize != 4 or byteorder != "little":
        return " ".join([*map(add, text, text[1:]), text[-1]])
    out = array("I", [32]) * (3 * len(codes))
    out[0::3] = codes
    out[1:-3:3] = codes[1:]
    return out.tobytes().decode("utf-32-le")[:-2]


@lru_cache(maxsize=256)
def _pairs_of(texts: tuple[str, ...]) -> str:
    """Kept for the next page: all pages of a dossier have the same titles, numbers and names."""
    return _pairs(sendable(GAP.join(map(form, texts))))


def document(entry: Entry) -> tantivy.Document:
    """The document to put into the index."""
    made = tantivy.Document()
    made.add_text("t_text", _pairs(sendable(form(entry.text))))
    found = words(entry.text)
    if found:
        made.add_text("words", " ".join(word[:WORD_LENGTH] for word in set(found)))
    for field, name in _TEXTS:
        texts = entry.texts(field)
        if texts:
            made.add_text(name, _pairs_of(texts))
    for field, name in _KEYWORDS:
        for value in entry.keywords(field):
            made.add_text(name, sendable(value))
    if entry.day is not None:
        made.add_integer("day", number_of(entry.day))
    made.add_unsigned("group_id", group_id(entry.group))
    return made


_TEXTS = tuple((field, text_field(field)) for field in TEXT_FIELDS if field != "text")
_KEYWORDS = tuple((field, keyword_field(field)) for field in KEYWORD_FIELDS)
