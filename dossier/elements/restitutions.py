"""Items of the operative part that are no penalty: 退赔, 赔偿, 追缴, 没收, 返还."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from ..normal import normalise
from .operative import amount_at, decision_spans
from .values import Restitution, Segment

_Kind = Literal["退赔", "赔偿", "追缴", "没收", "返还"]
_WORDS: dict[str, _Kind] = {
    "退赔": "退赔", "退还": "退赔", "退缴": "退赔", "退出": "退赔", "赔偿": "赔偿", "赔付": "赔偿",
    "追缴": "追缴", "没收": "没收", "收缴": "没收", "销毁": "没收", "返还": "返还", "发还": "返还",
    "归还": "返还",
}  # fmt: skip
_WORD = re.compile("|".join(_WORDS))
_ITEM = re.compile(r"(?<=[。;:)])\(?(?:[一二三四五六七八九十]{1,4}|\d{1,2}(?=[、.]\D))\)?[、.,]?")
_CLAUSE = re.compile(r"[^。;]+")
_ASIDE = re.compile(r"\([^()]*\)")
_PENALTY = re.compile(r"没收(?:其)?(?:个人)?(?:的)?(?:全部|部分)?(?:个人)?财产")
_NOT = re.compile(r"驳回[^,]{0,30}(?:诉讼请求|请求|上诉)|撤[销消]|不承担|附带民事诉讼部分另行")
_SUM = re.compile(
    r"(?:人民币|共计|合计|总计|计|款|损失|所得|费|金|赃款|现金)(?:人民币)?(?=[\d一二三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾两])|(?=\d[\d,.]*[万亿]?余?元)"
)


def restitutions(text: str, segments: Sequence[Segment] = ()) -> tuple[Restitution, ...]:
    """Items of the operative part that are no penalty, in order, each as its clause between 。
    and ；. `kind` is that of the first such word, `amount` the first sum after it."""
    found: list[Restitution] = []
    for start, stop in decision_spans(text, segments):
        form = normalise(text[start:stop])
        for clause in _CLAUSE.finditer(form.text):
            plain = _PENALTY.sub(lambda match: "　" * len(match[0]), clause[0])
            # what stands in brackets is on how to pay
            plain = _ASIDE.sub(lambda match: "　" * len(match[0]), plain)
            word = _WORD.search(plain)
            if word is None or _NOT.search(plain) or "判处" in plain:
                continue
            begin = clause.start()
            item = _ITEM.match(form.text, begin)
            if item is not None:
                begin = item.end()
            first, last = form.span(begin, clause.end())
            amount = None
            for mark in _SUM.finditer(plain):
                amount = amount_at(form.text, clause.start() + mark.end())
                if amount is not None:
                    break
            if amount is not None:
                at, end = form.span(amount.start, amount.stop)
                amount = replace(amount, start=at + start, stop=end + start)
            found.append(
                Restitution(
                    _WORDS[word[0]], text[first + start : last + start], first + start,
                    last + start, amount,
                )
            )  # fmt: skip
    return tuple(found)
