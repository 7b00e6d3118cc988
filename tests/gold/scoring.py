"""How far extracted elements agree with the gold files beside this module.

Pure functions: one gold entry and what was extracted go in, counts by field come out. Add the
counts of many entries with `add`. The texts themselves are no part of the project; whoever has
them joins fact, reasoning and decision with line breaks and passes `base(judgment, field)` as
`base`, the place where the field begins in that text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from dossier.elements.citations import Citation
from dossier.elements.values import Circumstance, Sentence

Gold = Mapping[str, Any]
Counts = dict[str, "Count"]

FOLDER = Path(__file__).parent
FIELDS = ("fact", "reasoning", "decision")
"""The parts of a judgment, in the order in which they are joined."""

VALUES = (
    "penalty",
    "months",
    "probation",
    "fine",
    "deprivation",
    "confiscation",
    "exempt",
    "acquitted",
    "term_from",
    "term_to",
)
"""What a gold sentence says besides defendant, charge and total."""

ANY = "*"
"""Charge of an unsure gold sentence that excuses whatever else is read for its defendant."""

UNSCORED = frozenset({"如实供述"})
"""Codes that are only a step to another circumstance (坦白, 自首)."""


@dataclass(frozen=True, slots=True)
class Count:
    """`right` in gold and found, `extra` found only, `missed` in gold only; a wrong value is both
    extra and missed."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.right + other.right, self.extra + other.extra, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Share of the found that is right; None if nothing was found."""
        found = self.right + self.extra
        return self.right / found if found else None

    @property
    def recall(self) -> float | None:
        """Share of the gold that was found; None if there is none."""
        gold = self.right + self.missed
        return self.right / gold if gold else None


def load(name: str, held_out: bool | None = None) -> list[Gold]:
    """Entries of "decisions", "circumstances" or "citations"; `held_out`: only that half."""
    data = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    (entries,) = (value for value in data.values() if isinstance(value, list))
    return [entry for entry in entries if held_out in (None, entry["held_out"])]


def base(judgment: Mapping[str, str], field: str) -> int:
    """Where `field` begins in the joined text of `judgment`."""
    earlier = FIELDS[: FIELDS.index(field)]
    return sum(len(judgment[name]) + 1 for name in earlier)


def add(into: Counts, counts: Counts) -> Counts:
    """Add `counts` to `into` (changed in place and returned)."""
    for field, count in counts.items():
        into[field] = into.get(field, Count()) + count
    return into


# -- decisions


def score_decision(gold: Gold, sentences: Sequence[Sentence]) -> Counts:
    """Counts for one decision; `sentences` are those read from its 主文.

    "sentence" counts (defendant, charge) and "total" the executed totals, the fields of VALUES
    what they say, "decision" whether nothing is wrong. Defendants are compared by their order:
    those of both sides are aligned so that most agrees. Sentences that do not hold (operative
    False) count on neither side; one that is read as holding although gold says it was revoked
    is extra.
    """
    expected = _persons(gold["sentences"], "defendant")
    found = _persons([_plain(each) for each in sentences if each.operative], "defendant")
    counts: Counts = {}
    for mine, theirs in _align(expected, found):
        add(counts, _score_person(mine, theirs))
    perfect = not any(count.extra or count.missed for count in counts.values())
    counts["decision"] = Count(right=1) if perfect else Count(extra=1, missed=1)
    return counts


def _plain(sentence: Sentence) -> dict[str, Any]:
    """A sentence as gold writes it: only what is there."""
    plain: dict[str, Any] = {
        "defendant": re.sub(r"\s+", "", sentence.defendant),
        "charge": "" if sentence.total else sentence.charge,
        "total": sentence.total,
        "fine": None if sentence.fine is None else int(sentence.fine.value),
        "confiscation": _confiscated(sentence.confiscation),
    }
    for name in ("penalty", "months", "probation", "deprivation", "exempt", "acquitted"):
        plain[name] = getattr(sentence, name)
    for name in ("term_from", "term_to"):
        day = getattr(sentence, name)
        plain[name] = day and day.isoformat()
    return {name: value for name, value in plain.items() if value not in (None, False, "")}


DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
POWERS = {"十": 10, "百": 100, "千": 1000}


def _confiscated(text: str) -> str:
    """全部, 部分 or the amount in yuan in digits."""
    for word in ("全部", "部分"):
        if word in text:
            return word
    match = re.search(r"[\d.,,]+万?|[零一二三四五六七八九两十百千万]+", text)
    if match is None:
        return text
    number = re.sub("[,,]", "", match[0])
    if number[0].isdecimal():
        return str(int(float(number.rstrip("万")) * (10_000 if "万" in number else 1)))
    whole = part = digit = 0
    for sign in number:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif sign in POWERS:
            part, digit = part + (digit or 1) * POWERS[sign], 0
        else:
            whole, part, digit = (part + digit) * 10_000, 0, 0
    return str(whole + part + digit)


def _persons(sentences: Iterable[Gold], key: str) -> list[list[Gold]]:
    """The sentences of each defendant, defendants in order of appearance."""
    persons: dict[Any, list[Gold]] = {}
    for sentence in sentences:
        persons.setdefault(sentence[key], []).append(sentence)
    return list(persons.values())


def _align(left: list[list[Gold]], right: list[list[Gold]]) -> list[tuple[list[Gold], list[Gold]]]:
    """Pairs of defendants in order, [] for one that the other side lacks; most agreement wins."""
    rows, columns = len(left), len(right)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for row in reversed(range(rows)):
        for column in reversed(range(columns)):
            best[row][column] = max(
                best[row + 1][column + 1] + _agreement(left[row], right[column]),
                best[row + 1][column],
                best[row][column + 1],
            )
    pairs: list[tuple[list[Gold], list[Gold]]] = []
    row = column = 0
    while row < rows and column < columns:
        here = best[row][column]
        if here == best[row + 1][column + 1] + _agreement(left[row], right[column]):
            pairs.append((left[row], right[column]))
            row, column = row + 1, column + 1
        elif here == best[row + 1][column]:
            pairs.append((left[row], []))
            row += 1
        else:
            pairs.append(([], right[column]))
            column += 1
    pairs += [(each, []) for each in left[row:]]
    pairs += [([], each) for each in right[column:]]
    return pairs


def _agreement(gold: list[Gold], found: list[Gold]) -> int:
    return sum(
        1 + sum(mine[name] == theirs.get(name) for name in VALUES if name in mine)
        for mine, theirs in _match(gold, found)
    )


def _same(gold: Gold, found: Gold) -> bool:
    """Whether both speak of the same charge, or of the total."""
    if bool(gold.get("total")) != bool(found.get("total")):
        return False
    return found.get("charge", "") in (gold["charge"], gold.get("form", gold["charge"]))


def _match(gold: Iterable[Gold], found: Iterable[Gold]) -> list[tuple[Gold, Gold]]:
    """Pairs of the same charge, those that agree most first, each used once."""
    pairs = [(mine, theirs) for mine in gold for theirs in found if _same(mine, theirs)]
    pairs.sort(key=lambda pair: -sum(pair[0].get(name) == pair[1].get(name) for name in VALUES))
    used: set[int] = set()
    chosen = []
    for mine, theirs in pairs:
        if not {id(mine), id(theirs)} & used:
            used |= {id(mine), id(theirs)}
            chosen.append((mine, theirs))
    return chosen


def _score_person(gold: list[Gold], found: list[Gold]) -> Counts:
    """Counts for one defendant; either list may be empty."""
    sure = [each for each in gold if not each.get("unsure") and each.get("operative", True)]
    excuses = [each for each in gold if each.get("unsure")]
    pairs = _match(sure, found)
    taken = {id(each) for pair in pairs for each in pair}
    counts: Counts = {}
    for mine, theirs in pairs:
        add(counts, {_kind(mine): Count(right=1)})
        for name in VALUES:
            if name not in mine.get("open", ()):
                add(counts, _compare(name, mine.get(name), theirs.get(name)))
    for mine in sure:
        if id(mine) not in taken:
            add(counts, {_kind(mine): Count(missed=1)})
            for name in VALUES:
                add(counts, _compare(name, mine.get(name), None))
    for theirs in found:
        excused = any(each["charge"] == ANY or _same(each, theirs) for each in excuses)
        if id(theirs) not in taken and not excused:
            add(counts, {_kind(theirs): Count(extra=1)})
            for name in VALUES:
                add(counts, _compare(name, None, theirs.get(name)))
    return counts


def _kind(sentence: Gold) -> str:
    return "total" if sentence.get("total") else "sentence"


def _compare(name: str, gold: object, found: object) -> Counts:
    if gold is None and found is None:
        return {}
    if gold == found:
        return {name: Count(right=1)}
    return {name: Count(extra=int(found is not None), missed=int(gold is not None))}


# -- citations


def canonical(citation: str) -> str:
    """A citation without what titles are written with in different ways (quotes, brackets)."""
    plain = citation.translate(str.maketrans("（）〔〕", "()()"))
    return re.sub(r"[\s《》〈〉<>﹤﹥“”\"‘’']", "", plain)


def score_citations(gold: Gold, citations: Iterable[Citation], base: int = 0) -> Counts:
    """Counts for one passage: "citation" every canonical citation once, "passage" all of them."""
    start, stop = base + gold["start"], base + gold["stop"]
    found = {canonical(str(each)) for each in citations if start <= each.start < stop}
    sure = {canonical(each) for each in gold["citations"]}
    found -= {canonical(each) for each in gold.get("unsure", ())} - sure
    count = Count(len(sure & found), len(found - sure), len(sure - found))
    whole = Count(right=1) if sure == found else Count(extra=1, missed=1)
    return {"citation": count, "passage": whole}


# -- circumstances


def score_circumstances(gold: Gold, circumstances: Iterable[Circumstance], base: int = 0) -> Counts:
    """Counts for one sentence: "circumstance" (code and whether it holds, as the court sees it),
    each code by itself as "circumstance <code>", "speaker" for those that were found, "quiet"
    whether nothing was found where nothing is stated.

    What the parties say is not counted as extra beside a finding of the court on the same code;
    gold may leave open whether it holds (None) and who says it.
    """
    start, stop = base + gold["start"], base + gold["stop"]
    open_codes = set(gold.get("unsure", ())) | UNSCORED
    stated = [each for each in circumstances if start <= each.start < stop]
    stated.sort(key=lambda each: each.code)
    found = {code: list(group) for code, group in groupby(stated, key=lambda each: each.code)}
    counts: Counts = {}
    for expected in gold["circumstances"]:
        code = expected["code"]
        found_here = found.pop(code, [])
        right = [each for each in found_here if expected["holds"] in (None, each.holds)]
        wrong = [each for each in found_here if each not in right and each.speaker == "court"]
        if right:
            _count_code(counts, code, Count(right=1, extra=int(bool(wrong))))
            speakers = expected.get("speakers")
            if speakers:
                agrees = any(each.speaker in speakers for each in right)
                add(counts, {"speaker": Count(int(agrees), int(not agrees), int(not agrees))})
        else:
            _count_code(counts, code, Count(extra=int(bool(found_here)), missed=1))
    for code in found.keys() - open_codes:
        _count_code(counts, code, Count(extra=1))
    if not gold["circumstances"]:
        quiet = not (found.keys() - open_codes)
        counts["quiet"] = Count(right=1) if quiet else Count(extra=1, missed=1)
    return counts


def _count_code(counts: Counts, code: str, count: Count) -> None:
    add(counts, {"circumstance": count, f"circumstance {code}": count})
