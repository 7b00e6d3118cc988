"""Mixed queries for the search benchmark, drawn from the pages they are to find."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import add

from dossier.search.analysis import form, words
from dossier.search.entry import Entry

_HAN = re.compile(r"[一-鿿]+")
# what people look for in criminal dossiers, and what stands on nearly every page
_COMMON = (
    "被告人", "被害人", "证人证言", "盗窃", "故意伤害", "危险驾驶", "自首", "谅解", "立功", "累犯",
    "鉴定意见", "轻伤二级", "缓刑", "罚金", "认罪认罚", "监控录像", "公安局", "身份证", "现场勘验",
    "本院认为",
)  # fmt: skip
SHARES = {
    "term": 50, "character": 20, "and": 45, "phrase": 45, "or/not": 25, "prefix": 15,
    "field+date": 25, "fuzzy": 15,
}  # fmt: skip
"""How many of 240 queries are of which kind."""


@dataclass(frozen=True, slots=True)
class Query:
    kind: str
    text: str


def draw(entries: Sequence[Entry], count: int, seed: int = 7) -> list[Query]:
    """So many queries in the language of `dossier.search.query`, kinds mixed, each found on at
    least one of the pages unless a part that was drawn elsewhere forbids it."""
    chance = random.Random(seed)
    makers: dict[str, Callable[[Entry, random.Random], str]] = {
        "term": _term,
        "character": partial(_han, least=1, most=1),
        "and": _and,
        "phrase": _phrase,
        "or/not": _or_not,
        "prefix": _prefix,
        "field+date": _field,
        "fuzzy": _fuzzy,
    }
    whole = sum(SHARES.values())
    found = []
    for kind, share in SHARES.items():
        for _ in range(max(1, round(count * share / whole))):
            found.append(Query(kind, makers[kind](chance.choice(entries), chance)))
    chance.shuffle(found)
    return found


def substrings(
    entries: Sequence[Entry], count: int, seed: int = 11, longest: int = 12
) -> list[str]:
    """Parts of the search form of pages, lengths 1 to 12 in turn: whatever stands there, digits and
    punctuation too."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        text = form(chance.choice(entries).text)
        length = 1 + len(found) % longest
        at = chance.randrange(max(1, len(text) - length))
        found[text[at : at + length]] = None
    return list(found)


def broadest(entries: Sequence[Entry]) -> str:
    """The pair of Chinese characters that stands on most pages."""
    held: Counter[str] = Counter()
    for entry in entries:
        text = form(entry.text)
        held.update({pair for pair in map(add, text, text[1:]) if _HAN.fullmatch(pair)})
    return held.most_common(1)[0][0]


def _han(entry: Entry, chance: random.Random, least: int, most: int) -> str:
    """A string of Chinese characters from the page."""
    length = chance.randint(least, most)
    runs = [run for run in _HAN.findall(form(entry.text)) if len(run) >= length]
    if not runs:
        return chance.choice(_COMMON)[:length]
    run = chance.choice(runs)
    at = chance.randrange(len(run) - length + 1)
    return str(run[at : at + length])


def _term(entry: Entry, chance: random.Random) -> str:
    return chance.choice(_COMMON) if chance.random() < 0.3 else _han(entry, chance, 2, 4)


def _and(entry: Entry, chance: random.Random) -> str:
    return " ".join(_term(entry, chance) for _ in range(chance.randint(2, 3)))


def _phrase(entry: Entry, chance: random.Random) -> str:
    text = form(entry.text).replace('"', "").replace("\\", "")
    length = chance.randint(6, 12)
    at = chance.randrange(max(1, len(text) - length))
    return f'"{text[at : at + length]}"'


def _or_not(entry: Entry, chance: random.Random) -> str:
    one, two = _han(entry, chance, 2, 4), _term(entry, chance)
    three = chance.choice(_COMMON)
    return chance.choice(
        (f"{one} OR {two}", f"{one} -{three}", f"({one} OR {two}) {three}", f"{two} NOT {one}")
    )


def _prefix(entry: Entry, chance: random.Random) -> str:
    found = [word for word in words(entry.text) if len(word) > 2]
    if found and chance.random() < 0.7:
        word = chance.choice(found)
        return f"{word[: chance.randint(2, len(word) - 1)]}*"
    return f"{_han(entry, chance, 2, 3)}*"


def _field(entry: Entry, chance: random.Random) -> str:
    year = entry.day.year if entry.day else 2020
    range_ = f"日期:{year}-{chance.randint(1, 5):02}..{year + chance.randint(0, 1)}-12"
    fields = {
        "罪名": entry.charges,
        "人": entry.parties,
        "机关": entry.organs,
        "条文": entry.statutes,
        "文书": (entry.type,),
        "案号": tuple(number[:6] for number in entry.numbers),
    }
    name, values = chance.choice([(name, values) for name, values in fields.items() if values])
    told = f'{name}:"{chance.choice(values)}" {range_}'
    return told if chance.random() < 0.5 else f"{told} {_term(entry, chance)}"


def _fuzzy(entry: Entry, chance: random.Random) -> str:
    return f"{_han(entry, chance, 3, 5)}~"
