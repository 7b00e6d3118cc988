"""Where the operative part (判决主文) of a judgment stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from .citations import arabic
from .values import Amount, Segment

_BEGIN = re.compile(r"(?:判\s*决|裁\s*定|决\s*定)\s*(?:结果)?\s*如\s*下\s*[：:；;，,。]?")
_END = re.compile(
    r"如\s*(?:果\s*)?不\s*服|本\s*(?:判\s*决|裁\s*定)\s*(?:为|系|是)\s*终\s*审"
    r"|(?:代\s*理\s*)?审\s*判\s*[长员]\s|附\s*[:：]|附\s*相?\s*关?\s*法\s*律"
)


def decision_spans(text: str, segments: Sequence[Segment]) -> tuple[tuple[int, int], ...]:
    """The operative part, without what is said of appeals after it. Empty if there is none."""
    spans = [(part.start, part.stop) for part in segments if part.kind == "decision"]
    if not segments:
        begins = [match.end() for match in _BEGIN.finditer(text)]
        if not begins:
            return ()
        spans = [(begins[-1], len(text))]
    cut = []
    for start, stop in spans:
        end = _END.search(text, start, stop)
        cut.append((start, stop if end is None else end.start()))
    return tuple(cut)


_SUM = re.compile(
    r"(?:[为计共各]|(?:合计|共计)?(?:人民币|港币|美元))*[:(]?(?P<sum>[0-9][0-9,.]*|[零〇○一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟]{1,16})"
    r"(?P<unit>[十百千]?[万亿]|[百千]|仟)?余?(?:元|圆)"
)


def amount_at(text: str, at: int) -> Amount | None:
    match = _SUM.match(text, at)
    if match is None:
        return None
    digits = match["sum"].rstrip(",.").replace(",", "")
    try:
        value = Decimal(digits) if digits[0].isascii() else Decimal(_chinese(digits))
    except (InvalidOperation, ValueError):
        return None
    for char in match["unit"] or "":
        value *= _SCALE[char]
    return Amount(value, match.start("sum"), match.end())


_SCALE = {"十": 10, "百": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}


def _chinese(text: str) -> int:
    text = text.translate(str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟两", "一二三四五六七八九十百千二"))
    total = 0
    for unit, size in (("亿", 100_000_000), ("万", 10_000)):
        if unit in text:
            head, text = text.split(unit, 1)
            total += arabic(head) * size
    text = text.lstrip("零〇○")
    return total + (arabic(text) if text else 0)
