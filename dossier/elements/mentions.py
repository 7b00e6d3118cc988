"""Who names which charge, and of whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .charges import charges_in
from .persons import names_pattern
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
_SENTENCE = re.compile(r"[。；;]")
_BETWEEN = re.compile(
    r"(?:[、，,\s]|和|及|与|以及|被告(?:人|单位)|犯罪嫌疑人|（[^（）]{0,30}）){0,4}"
)
_PAST = re.compile(r"曾(?:因|于|经)|前科|刑满释放")


def charge_mentions(
    text: str, segments: Sequence[Segment], names: Iterable[str]
) -> tuple[ChargeMention, ...]:
    """Every charge that the text names as one, with the speaker of its segment and those of
    `names` of whom it is said: the last row of names before it in its sentence. Heads and the
    parties with their former convictions are left out, and the law printed at the end."""
    judgment = any(part.kind == "decision" for part in segments)
    pattern = names_pattern(names)
    found: list[ChargeMention] = []
    for part in segments or (Segment("other", 0, len(text)),):
        if part.kind in ("head", "parties", "foot", "appendix", "evidence"):
            continue
        speaker = _SPEAKERS.get(part.kind, "document") if judgment else "document"
        piece = text[part.start : part.stop]
        for charge in charges_in(piece):
            begin = 0
            for end in _SENTENCE.finditer(piece, max(0, charge.start - 600), charge.start):
                begin = end.end()
            begin = max(begin, charge.start - 600)
            if _PAST.search(piece, begin, charge.start):
                continue
            who = () if pattern is None else _last_row(piece, begin, charge.start, pattern)
            found.append(
                ChargeMention(
                    charge.name, speaker, part.start + charge.start, part.start + charge.stop, who
                )
            )
    return tuple(found)


def _last_row(text: str, start: int, stop: int, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The names that stand in a row last before `stop`."""
    row: list[str] = []
    end = None
    for match in pattern.finditer(text, start, stop):
        if end is not None and _BETWEEN.fullmatch(text, end, match.start()) is None:
            row = []
        if match[0] not in row:
            row.append(match[0])
        end = match.end()
    return tuple(row)
