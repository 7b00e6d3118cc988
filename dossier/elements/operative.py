"""The operative part (判决主文) of a judgment: where it stands, and the sums in it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from ..normal import Normalised
from .amounts import amounts
from .form import form
from .values import Amount, Segment

_BEGIN = re.compile(
    r"判\s*决\s*如\s*下\s*[：:；;，,]?(?=\s*(?:一\s*、)?\s*(?:撤\s*销|(?:对\s*)?被\s*告\s*(?:人|单\s*位)))"
)
# 判决如下 may be missing
_IMPOSED = re.compile(
    r"(?:一\s*、\s*)?(?:被告人|被告单位)[^。；;：:]{2,40}?犯[^。；;：:]{2,60}?罪[，,]?\s*(?:单独)?判\s*处"
)
_END = re.compile(
    r"如\s*(?:果\s*)?不\s*服|本\s*(?:判\s*决|裁\s*定)\s*(?:为|系|是)\s*终\s*审"
    r"|(?:代\s*理\s*)?审\s*判\s*[长员]\s|附\s*[:：]|附\s*相?\s*关?\s*法\s*律"
)


_LONGEST = 200_000


def decision_spans(text: str, segments: Sequence[Segment]) -> tuple[tuple[int, int], ...]:
    """The operative part, without what is said of appeals after it. Empty if there is none.

    At most 200,000 characters of a stretch are read; real ones have at most some ten thousand.
    It begins earlier than its segment where one judgment says 判决如下 several times, and is found
    at the end of the reasoning where the words are missing.
    """
    reasoning = next((part for part in reversed(segments) if part.kind == "reasoning"), None)
    spans = [(part.start, part.stop) for part in segments if part.kind == "decision"]
    if spans and reasoning is not None and reasoning.stop == spans[0][0]:
        earlier = _BEGIN.search(text, reasoning.start, spans[0][0])
        if earlier is not None and earlier.end() < spans[0][0]:
            spans[0] = (earlier.end(), spans[0][1])
    if not spans:
        if reasoning is None and segments:
            return ()
        start, stop = (0, len(text)) if reasoning is None else (reasoning.start, reasoning.stop)
        begin = _BEGIN.search(text, start, stop)
        imposed = _IMPOSED.search(text, start, stop) if begin is None else None
        if begin is None and imposed is None:
            return ()
        spans = [(begin.end() if begin else imposed.start() if imposed else start, stop)]
    cut = []
    for start, stop in spans:
        end = _END.search(text, start, stop)
        cut.append((start, min(start + _LONGEST, stop if end is None else end.start())))
    return tuple(cut)


_LEAD = re.compile(r"(?:[各均为计共:(,]|共计|合计|总计|人民币|折合|金额){0,3}")


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of an operative part in matching form, with its sums. Offsets of `text` and of
    `sums` are those of the form; `place` leads back."""

    form: Normalised
    start: int
    sums: tuple[Amount, ...]

    @property
    def text(self) -> str:
        return self.form.text

    def place(self, start: int, stop: int) -> tuple[int, int]:
        """Offsets in the original text."""
        begin, end = self.form.span(start, max(start, stop))
        return begin + self.start, end + self.start

    def sum_after(self, at: int, most: int = 8) -> Amount | None:
        """The sum that follows at `at`, with nothing but a few words between."""
        found = self.next_sum(at)
        if found is None or found.start - at > most:
            return None
        return found if _LEAD.fullmatch(self.text, at, found.start) else None

    def next_sum(self, at: int) -> Amount | None:
        """The first sum that begins at or behind `at`."""
        place = bisect_left(self.sums, at, key=lambda each: each.start)
        return self.sums[place] if place < len(self.sums) else None

    def sum_before(self, at: int) -> Amount | None:
        """The sum that ends at `at`."""
        place = bisect_left(self.sums, at, key=lambda each: each.stop)
        found = self.sums[place] if place < len(self.sums) else None
        return found if found is not None and found.stop == at else None


def decision_parts(text: str, segments: Sequence[Segment]) -> list[Part]:
    """The stretches of the operative part, ready to be read."""
    parts = []
    for start, stop in decision_spans(text, segments):
        piece = form(text[start:stop])
        parts.append(Part(piece, start, amounts(piece.text)))
    return parts
