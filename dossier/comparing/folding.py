"""Which judgments are of one case: overlapping texts are not enough, formulas overlap too.

Two drunk drivers of one court are told of in the same words. So judgments that read alike count as
one case only if they also share a number of the case, a party, or most of their days and figures.
Names serve to tell cases apart here; they never enter a ranking.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dossier.similarity.duplicates import text_overlap

from ..records import JudgmentRow

_FIGURE = re.compile(r"\d{1,2}月\d{1,2}日|\d[\d,]*\.\d+|\d[\d,]{2,}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEAST = 0.5
_TELLING, _NEARLY, _VERBATIM = 3, 0.85, 0.98
_MASK = re.compile(r"[某×xXＸ*]")


def one_case(
    groups: Sequence[Sequence[str]], records: Mapping[str, JudgmentRow]
) -> list[tuple[str, ...]]:
    """The groups, parted where only the wording is the same; in the order of `records`."""
    order = {key: place for place, key in enumerate(records)}
    parted: list[tuple[str, ...]] = []
    for group in groups:
        figures = {key: _figures(records[key].text) for key in group} if len(group) > 1 else {}
        parts: list[list[str]] = []
        for key in group:
            for part in parts:
                if any(_same(records[key], records[o], figures[key], figures[o]) for o in part):
                    part.append(key)
                    break
            else:
                parts.append([key])
        parted += map(tuple, parts)
    return sorted(parted, key=lambda part: order[part[0]])


def is_the_case(told: str, numbers: Sequence[str], row: JudgmentRow) -> bool:
    """Whether a judgment is of the very case that was told: it has one of the case's `numbers` (in
    matching form), or tells the same with the same days and figures. A judgment asks whether it
    is alike, not whether it is there."""
    if row.form and row.form in numbers:
        return True
    figures = _figures(told)
    if len(figures) < _TELLING:
        return text_overlap(told, row.text) >= _VERBATIM
    if len(figures & _figures(row.text)) < _NEARLY * len(figures):
        return False
    return text_overlap(told, row.text) >= _NEARLY


def _same(one: JudgmentRow, other: JudgmentRow, mine: set[str], theirs: set[str]) -> bool:
    if one.form and one.form == other.form:
        return True
    if _names(one) & _names(other):
        return True
    least = min(len(mine), len(theirs))
    return least >= 3 and len(mine & theirs) >= _LEAST * least


def _names(row: JudgmentRow) -> set[str]:
    return {name for name in row.card.get("parties", ()) if not _MASK.search(name)}


def _figures(text: str) -> set[str]:
    found = {each.replace(",", "") for each in _FIGURE.findall(text)}
    return {each for each in found if not _YEAR.fullmatch(each)}
