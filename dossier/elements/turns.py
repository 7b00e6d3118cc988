"""Questions and answers of a record (讯问笔录, 询问笔录).

Marked by 问： and 答： (also where OCR read 间 for 问, or ； for ：). Where a record has no such
marks, a question is what ends in a question mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from .values import SegmentKind

# not 讯问:, 提问:, 回答:
_TURN = re.compile(r"(?<![讯询提反质发盘请访疑学顾追查])问[:;]|(?<![回对应解作])答[:;]|间[:;]")
_CLOSE = re.compile(
    r"(?:以上|上述)(?:笔录|记录|内容)?[^。?!:]{0,16}"
    r"(?:看过|看了|阅过|读过|核对|听过)[^。?!:]{0,24}(?:相符|一致|一样|相同|无误|属实|没有出入)"
)
_SENTENCE = re.compile(r"[^。?!]{0,400}[。?!]?")
_STOPS = '。?!…:;."'


def turns(form: str, broken: Callable[[int], bool]) -> list[tuple[int, SegmentKind]]:
    """Where turns begin in the form of a record, and its foot. `broken(at)` says whether the line
    breaks before a place. Empty if there are no turns."""
    marks: list[tuple[int, SegmentKind]] = []
    for match in _TURN.finditer(form):
        at = match.start()
        char = form[at]
        if char == "间" and not (at and form[at - 1] in "。?!" and broken(at)):
            continue
        marks.append((at, "answer" if char == "答" else "question"))
    if not any(kind == "question" for _, kind in marks):
        marks = _by_question_marks(form, broken)
    if not marks:
        return []
    close = None
    for match in _CLOSE.finditer(form, marks[-1][0]):
        close = match
        break
    if close is not None and close.start() > marks[-1][0]:
        marks.append((close.start(), "foot"))
    return marks


def _by_question_marks(form: str, broken: Callable[[int], bool]) -> list[tuple[int, SegmentKind]]:
    marks: list[tuple[int, SegmentKind]] = []
    last: SegmentKind | None = None
    at = 0
    for match in re.finditer(r"[。?!]", form):
        stop = match.end()
        begin = at
        if last is None:
            # the head has no full stops: the question begins where its line does
            begin = next((place for place in range(stop - 1, at, -1) if broken(place)), at)
        at = stop
        kind: SegmentKind = "question" if match[0] == "?" else "answer"
        if kind == "answer" and last is None:
            continue
        if kind != last:
            marks.append((begin, kind))
            last = kind
    return marks
