"""Items of the operative part that are no penalty: 退赔, 赔偿, 追缴, 没收, 返还."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from .operative import decision_parts
from .values import Restitution, Segment

_Kind = Literal["退赔", "赔偿", "追缴", "没收", "返还"]
_WORDS: dict[str, _Kind] = {
    "退赔": "退赔", "退还": "退赔", "退缴": "退赔", "退出": "退赔", "赔偿": "赔偿", "赔付": "赔偿",
    "追缴": "追缴", "没收": "没收", "收缴": "没收", "销毁": "没收", "返还": "返还", "发还": "返还",
    "归还": "返还",
}  # fmt: skip
_WORD = re.compile("|".join(_WORDS))
_ITEM = re.compile(r"\(?(?:[一二三四五六七八九十]{1,4}(?=[)、.,])|\d{1,2}(?=[)、.]\D))[)、.,]{1,2}")
_CLAUSE = re.compile(r"[^。;]+")
_ASIDE = re.compile(r"\([^()]*\)?")
_PENALTY = re.compile(r"没收(?:其)?(?:个人)?(?:的)?(?:全部|部分)?(?:个人)?财产")
_NOT = re.compile(
    r"驳回[^,]{0,40}(?:诉讼请求|请求|上诉|起诉)|撤[销消]|维持|不承担|判处|犯[^,]{2,30}罪,|附带民事诉讼部分另行|在缓刑考验期"
)


def restitutions(text: str, segments: Sequence[Segment] = ()) -> tuple[Restitution, ...]:
    """Items of the operative part that are no penalty, in order, each as its clause between 。
    and ；. `kind` is that of the first such word, `amount` the first sum of the clause (the total,
    where it is called one)."""
    found: list[Restitution] = []
    for part in decision_parts(text, segments):
        for clause in _CLAUSE.finditer(part.text):
            plain = _PENALTY.sub(_blank, clause[0])
            # what stands in brackets is on how to pay
            plain = _ASIDE.sub(_blank, plain)
            begin, end = clause.span()
            begin += len(plain) - len(plain.lstrip("　)"))
            for item in _ITEM.finditer(part.text, begin, end):
                # the item may begin behind a bracket that holds 。
                if item.start() == begin or part.text[item.start() - 1] in ")日":
                    begin = item.end()
            plain = plain[begin - clause.start() :]
            word = _WORD.search(plain)
            if word is None or _NOT.search(plain):
                continue
            total = max(plain.find(mark) for mark in ("共计", "合计", "总计"))
            amount = part.next_sum(begin + max(total, 0))
            if amount is not None and amount.stop > end:
                amount = None
            if amount is not None:
                first, last = part.place(amount.start, amount.stop)
                amount = replace(amount, start=first, stop=last)
            first, last = part.place(begin, end)
            found.append(Restitution(_WORDS[word[0]], text[first:last], first, last, amount))
    return tuple(found)


def _blank(match: re.Match[str]) -> str:
    return "　" * len(match[0])
