"""Who names which charge, and of whom."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from ..normal import normal
from .charges import charges_in_form
from .form import form
from .values import ChargeMention, Segment, SegmentKind, Speaker

_SPEAKERS: dict[SegmentKind, Speaker] = {
    "history": "prosecution",
    "prosecution": "prosecution",
    "defence": "defence",
    "appeal": "defence",
    "facts": "court",
    "reasoning": "court",
    "decision": "court",
}
# --- in matching form
_SENTENCE = re.compile(r"[。;]")
_BETWEEN = re.compile(r"(?:[、,]|和|及|与|以及|被告(?:人|单位)|犯罪嫌疑人|\([^()]{0,30}\)){0,4}")
_PAST = re.compile(r"曾(?:因|于|经)|前科|刑满释放")
# 张某1 and 张×× are others than 张某 and 张×; 张某2019年… is 张某
_GOES_ON = r"(?![某甲乙丙丁戊×Xx*]|\d{1,2}(?![\d年月日时]))"
_REACH = 600


def charge_mentions(
    text: str, segments: Sequence[Segment], names: Iterable[str]
) -> tuple[ChargeMention, ...]:
    """Every charge that the text names as one, with the speaker of its segment and those of
    `names` of whom it is said: the last row of names before it in its sentence. Heads and the
    parties with their former convictions are left out, and the law printed at the end."""
    judgment = any(part.kind == "decision" for part in segments)
    known = {plain: name for name in names if len(plain := normal(name)) > 1}
    pattern = _names_pattern(known)
    whole = form(text)
    found: list[ChargeMention] = []
    for part in segments or (Segment("other", 0, len(text)),):
        if part.kind in ("head", "parties", "foot", "appendix", "evidence"):
            continue
        speaker = _SPEAKERS.get(part.kind, "document") if judgment else "document"
        first, last = whole.inside(part.start), whole.inside(part.stop)
        piece = whole.text[first:last]
        starts = [0, *(mark.end() for mark in _SENTENCE.finditer(piece))]
        past = [mark.span() for mark in _PAST.finditer(piece)]
        for charge in charges_in_form(piece):
            sentence = starts[bisect_right(starts, charge.start) - 1]
            begin = max(sentence, charge.start - _REACH)
            at = bisect_left(past, (begin, 0))
            if at < len(past) and past[at][1] <= charge.start:
                continue
            who = () if pattern is None else _last_row(piece, begin, charge.start, pattern, known)
            start, stop = whole.span(first + charge.start, first + charge.stop)
            found.append(ChargeMention(charge.name, speaker, start, stop, who))
    return tuple(found)


def _names_pattern(known: Mapping[str, str]) -> re.Pattern[str] | None:
    each = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    return re.compile(f"(?:{each}){_GOES_ON}") if each else None


def _last_row(
    text: str, start: int, stop: int, pattern: re.Pattern[str], known: Mapping[str, str]
) -> tuple[str, ...]:
    """The names that stand in a row last before `stop`."""
    row: list[str] = []
    end = None
    for match in pattern.finditer(text, start, stop):
        if end is not None and _BETWEEN.fullmatch(text, end, match.start()) is None:
            row = []
        if known[match[0]] not in row:
            row.append(known[match[0]])
        end = match.end()
    return tuple(row)
