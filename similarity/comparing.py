"""Why two cases are alike: passages side by side, elements shared and differing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp

from .corpusmodel import CorpusModel
from .grams import count_matrix, vocabulary
from .values import CaseProfile

_BREAK = r"(?<![:：])\n(?!\s*\n|[ \u3000]{2}|\s*[（(]?[一二三四五六七八九十\d]{1,3}[)）]?[、.．])"
"""A line of a page that goes on in the next one; a paragraph ends a sentence."""
_SENTENCE = re.compile(rf"(?:[^。；;！？!?\n]|{_BREAK}){{2,400}}[。；;！？!?\n]?")
_FORMULA = re.compile(
    r"足以认定|予以(?:确认|采信|证实)|证据(?:证实|证明|在案)|在案(?:证实|佐证)|(?:举证|质证)、?(?:质证|认证)|供述[和与及]辩解"
)
"""How a court says that it is proved: alike in all judgments, and no fact of any."""
_MOST = 400
"""Sentences of one text that are looked at."""
_LEAST = 0.1
_WHOLE = 60
"""Characters from which a sentence counts in full: 价值人民币3860元 alone tells little."""


@dataclass(frozen=True, slots=True)
class Passages:
    """Two sentences that tell alike: `mine[0]:mine[1]` of the case's facts, `theirs` of the
    other's, and how alike, 0–1; short sentences count less."""

    mine: tuple[int, int]
    theirs: tuple[int, int]
    likeness: float


@dataclass(frozen=True, slots=True)
class Element:
    """One element in both cases. `kind`: charge, statute, circumstance, amount, injury, alcohol,
    weight, role, procedure, instance. `mine`, `theirs` None where a case does not have it."""

    kind: str
    relation: Literal["shared", "differing", "mine", "theirs"]
    mine: str | None
    theirs: str | None


def matched_passages(
    mine: str, theirs: str, *, model: CorpusModel | None = None, most: int = 5
) -> tuple[Passages, ...]:
    """The sentences of both texts that correspond, most alike first, each sentence once.

    Rare pairs of characters weigh more as `model` knows them; without one, all alike.
    """
    left, right = _sentences(mine), _sentences(theirs)
    if not left or not right:
        return ()
    a, b = [mine[x:y] for x, y in left], [theirs[x:y] for x, y in right]
    likeness = (_view(a, a + b, model) @ _view(b, a + b, model).T).toarray()
    shorter = np.minimum.outer([len(each) for each in a], [len(each) for each in b])
    likeness = likeness * np.minimum(1.0, shorter / _WHOLE)
    found: list[Passages] = []
    while len(found) < most:
        row, column = np.unravel_index(int(likeness.argmax()), likeness.shape)
        best = float(likeness[row, column])
        if best < _LEAST:
            break
        found.append(Passages(left[int(row)], right[int(column)], round(best, 4)))
        likeness[row, :], likeness[:, column] = 0, 0
    return tuple(found)


def compared(mine: CaseProfile, theirs: CaseProfile) -> tuple[Element, ...]:
    """Elements of both cases: what they share first, then what differs."""
    found = [
        *_sets("charge", mine.charges, theirs.charges),
        *_circumstances(mine, theirs),
        *_sets("statute", mine.statutes, theirs.statutes),
    ]
    for kind, unit in (("amount", "元"), ("alcohol", "mg/100ml"), ("weight", "克")):
        found += _measured(kind, getattr(mine, kind), getattr(theirs, kind), unit)
    for kind in ("injury", "procedure", "instance"):
        found += _named(kind, getattr(mine, kind), getattr(theirs, kind))
    told = {code for code, _ in (*mine.circumstances, *theirs.circumstances)}
    if not {mine.role, theirs.role} & told:  # 主犯, 从犯 stand among the circumstances
        found += _named("role", mine.role, theirs.role)
    order = {"shared": 0, "differing": 1, "mine": 2, "theirs": 3}
    return tuple(sorted(found, key=lambda element: order[element.relation]))


def _sentences(text: str) -> list[tuple[int, int]]:
    """Where sentences stand, without the white space around them."""
    found = []
    for match in _SENTENCE.finditer(text):
        words = match[0].strip()
        if len(words) > 1 and not _FORMULA.search(words):
            start = match.start() + match[0].index(words)
            found.append((start, start + len(words)))
    return found[:_MOST]


def _view(texts: list[str], both: list[str], model: CorpusModel | None) -> sp.csr_matrix:
    if model is not None:
        return model.view(texts)
    counts = count_matrix(texts, vocabulary(both, least=1, most=1.0))
    counts.data[:] = 1
    norms = np.sqrt(np.maximum(np.asarray(counts.sum(axis=1)).ravel(), 1))
    return sp.diags(1 / norms) @ counts


def _sets(kind: str, mine: Sequence[str], theirs: Sequence[str]) -> list[Element]:
    found = [Element(kind, "shared", name, name) for name in mine if name in theirs]
    found += [Element(kind, "mine", name, None) for name in mine if name not in theirs]
    return found + [Element(kind, "theirs", None, name) for name in theirs if name not in mine]


def _circumstances(mine: CaseProfile, theirs: CaseProfile) -> list[Element]:
    ours, others = dict(mine.circumstances), dict(theirs.circumstances)

    def said(code: str, holds: bool) -> str:
        return code if holds else f"无{code}"

    found = []
    for code in sorted(ours.keys() | others.keys()):
        if code in ours and code in others:
            relation: Literal["shared", "differing"] = (
                "shared" if ours[code] == others[code] else "differing"
            )
            pair = (said(code, ours[code]), said(code, others[code]))
            found.append(Element("circumstance", relation, *pair))
        elif code in ours:
            found.append(Element("circumstance", "mine", said(code, ours[code]), None))
        else:
            found.append(Element("circumstance", "theirs", None, said(code, others[code])))
    return found


def _measured(kind: str, mine: float | None, theirs: float | None, unit: str) -> list[Element]:
    if mine is None and theirs is None:
        return []
    texts = [None if value is None else f"{value:,.10g}{unit}" for value in (mine, theirs)]
    if mine is None or theirs is None:
        return [Element(kind, "theirs" if mine is None else "mine", *texts)]
    near = max(mine, theirs) <= 1.25 * min(mine, theirs)
    return [Element(kind, "shared" if near else "differing", *texts)]


def _named(kind: str, mine: str | None, theirs: str | None) -> list[Element]:
    if not mine and not theirs:
        return []
    if not mine or not theirs:
        return [Element(kind, "mine" if mine else "theirs", mine or None, theirs or None)]
    return [Element(kind, "shared" if mine == theirs else "differing", mine, theirs)]
