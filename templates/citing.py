"""法条: provisions as documents cite them, by law and in the order the rules on citing give."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from dossier.elements import Citation, citations
from dossier.elements.citations import law_name
from dossier.elements.tables import read_table_of

from .chinese import numeral


class _Law(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    law: str
    title: str = ""


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    endings: tuple[str, ...]
    laws: tuple[_Law, ...]


class _Statutes(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int
    source: str
    effective_from: str | object
    groups: tuple[_Group, ...]


_STATE = "中华人民共和国"
# 刑法第133之1条, 盗窃解释第1条第2款第3项: what str(Citation) gives
_CANONICAL = re.compile(
    r"([^《》、，。；第]{2,80})第(\d{1,4})(?:之(\d{1,2}))?条(?:第(\d{1,2})款)?(?:第(\d{1,2})项)?"
)


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, tuple[int, int, str]], tuple[tuple[str, int], ...]]:
    """Every listed law → its group, place in it and title; and endings of names → group, the
    longest first."""
    data = read_table_of(_Statutes, str(__package__), "statutes.yaml")
    laws = {
        law.law: (at, place, law.title or _STATE + law.law)
        for at, group in enumerate(data.groups)
        for place, law in enumerate(group.laws)
    }
    endings = [(ending, at) for at, group in enumerate(data.groups) for ending in group.endings]
    return laws, tuple(sorted(endings, key=lambda pair: -len(pair[0])))


def _standing(law: str) -> tuple[int, int, str]:
    """Group, place and title of a law, listed or not."""
    laws, endings = _known()
    if law in laws:
        return laws[law]
    group = next((at for ending, at in endings if law.endswith(ending)), len(endings))
    return group, len(laws), law.replace("(", "（").replace(")", "）")


def titles() -> frozenset[str]:
    """The names of laws whose full titles are known."""
    return frozenset(_known()[0])


def cited(provisions: Iterable[str]) -> str:
    """《中华人民共和国刑法》第二百六十四条、第六十七条第三款、《…解释》第一条.

    Each law once, laws before interpretations, substance before procedure; within a law in the
    order given, the paragraphs of one article together and ascending, nothing twice; an article
    as a whole is left out where parts of it are cited. ValueError for text that cites nothing.
    """
    by_law: dict[str, dict[tuple[int, int | None], list[Citation]]] = {}
    for text in provisions:
        found = _canonical(text) or citations(text)
        if not found:
            raise ValueError(f"no provision of a law: {text!r}")
        for one in found:
            same = by_law.setdefault(one.law, {}).setdefault((one.article, one.sub), [])
            if all((one.paragraph, one.item) != (each.paragraph, each.item) for each in same):
                same.append(one)
    standing = {law: _standing(law) for law in by_law}
    return "、".join(
        f"《{standing[law][2]}》"
        + "、".join(_article(*article, parts) for article, parts in by_law[law].items())
        for law in sorted(by_law, key=lambda law: standing[law][:2])
    )


def _canonical(text: str) -> tuple[Citation, ...]:
    """The provision of its canonical form, in which laws of any name stand without 《》."""
    match = _CANONICAL.fullmatch(text)
    if match is None:
        return ()
    sub, paragraph, item = (None if part is None else int(part) for part in match.groups()[2:])
    law = law_name(match[1])
    return (Citation(law, int(match[2]), sub, paragraph, item, 0, len(text)),)


def _article(article: int, sub: int | None, parts: list[Citation]) -> str:
    """第六十七条第一款、第三款; 第二百九十三条第一款第（二）项、第（四）项"""
    text = f"第{numeral(article)}条" + (f"之{numeral(sub)}" if sub is not None else "")
    named = [part for part in parts if part.paragraph is not None or part.item is not None]
    named.sort(key=lambda part: (part.paragraph or 0, part.item or 0))
    pieces: list[str] = []
    before: int | None = None
    for part in named:
        piece = ""
        if part.paragraph is not None and (part.paragraph != before or part.item is None):
            piece = f"第{numeral(part.paragraph)}款"
        if part.item is not None:
            piece += f"第（{numeral(part.item)}）项"
        pieces.append(piece)
        before = part.paragraph
    return text + "、".join(pieces)
