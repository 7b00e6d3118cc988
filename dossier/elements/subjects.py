"""Of whom a clause speaks: the defendants named before it, or somebody else.

Works on the form of `dossier.normal` (half-width punctuation, no white space).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from ..normal import normal

_ROLE = r"(?:各|原审|同案|本案|第[一二三四五六七八九十]|附带民事诉讼)?(?:被告人|被告单位|被告|上诉人|犯罪嫌疑人|嫌疑人|申诉人|罪犯|原审被告人)"
_COUNT = {"二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_GROUP = (
    r"(?:(?:上述|以上|该|本案)?(?P<count>[二两三四五六七八九十]|\d{1,2})(?:名|个|位)?(?:原审)?(?:被告人|上诉人|被告|人(?=均|的|又|都|归案|到案|系|有|具有|自愿|在共同|犯罪|能|,|皆|所犯))"
    r"|(?P<all>(?:各|诸|全体|所有)(?:原审)?(?:被告人|上诉人|被告)))"
)
_OTHER = (
    r"(?P<other>(?:同案(?:犯|人|被告人|嫌疑人)?|同伙|证人|共同作案人|另案处理(?:人员|的)?)(?:[^,。;:的、是系]{0,4})(?=系|是|有|已|在|均|投案|归案|到案|的|主动|,|构成|因|曾|经|起)"
    r"|[^,。;:、()\"]{2,4}\((?:已?另案|已判|在逃|均?另案|均?已判|已死亡|另处)[^()]{0,12}\))"
)
# what may stand between the beginning of a clause and its subject
_LEAD = re.compile(
    r"(?:^|[,。;:、()\"!?)]|鉴于|由于|因为?|但是?|而且?|且|其中|另外?|又|同时|故|综上|本案中?|案发后|归案后|对于|对|考虑到?|根据|结合"
    r"|和|及|与|以及|认定|关于|认为|(?:提出|所提|辩称|认为|关于)的|提出|辩称|指控|经查|之|的是|即|庭审中|虽然?|虽|若|如果|期间|过程中|共同犯罪中|犯罪中|本院|[0-9一二三四五六七八九十]、?|审理查明|查明|针对|被告人均?|所提|建议|要求|请求|应当?)$"
)

_NEAR = 80


@dataclass(frozen=True, slots=True)
class Subject:
    """From `start` on, a passage speaks of `names` (empty: all or unknown), or, with `other`, of
    somebody who is no defendant."""

    start: int
    stop: int
    names: tuple[str, ...]
    other: bool = False


class Subjects:
    """The subjects of a stretch of the form of a text."""

    def __init__(self, form: str, start: int, stop: int, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._found = _scan(form, start, stop, self._names)
        self._starts = [subject.start for subject in self._found]

    def at(self, place: int, sentence: int) -> Subject | None:
        """Of whom the words at `place` speak, whose sentence begins at `sentence`. Somebody else is
        forgotten at the end of a sentence."""
        index = bisect_right(self._starts, place) - 1
        while index >= 0:
            subject = self._found[index]
            if not (subject.other and subject.start < sentence):
                return subject
            index -= 1
        return None

    def within(self, start: int, stop: int) -> bool:
        """Whether a defendant is spoken of between two places."""
        index = bisect_right(self._starts, start - 1)
        return index < len(self._found) and self._found[index].start < stop


def _scan(form: str, start: int, stop: int, names: tuple[str, ...]) -> list[Subject]:
    forms: dict[str, str] = {}
    for name in names:
        short = normal(name)
        if len(short) > 1:
            forms.setdefault(short, name)
    each = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    name = rf"(?:{each})(?![某甲乙丙丁戊0-9×])" if each else r"(?!)"
    row = rf"(?P<row>{name}(?:\([^()]{{0,40}}\))?(?:(?:[、,]|和|及|与|以及)(?:{_ROLE})?{name}(?:\([^()]{{0,40}}\))?){{0,60}})"
    pattern = re.compile(rf"{_OTHER}|{_GROUP}|(?:{_ROLE})?{row}|(?P<role>{_ROLE})")
    one = re.compile(name)
    found: list[Subject] = []
    last: tuple[str, ...] = ()
    row_at, row_names = start, names
    """Where the last row of several names stands."""
    for match in pattern.finditer(form, start, stop):
        begin = match.start()
        lead = form[max(start, begin - 6) : begin]
        if lead and begin > start and not _LEAD.search(lead):
            continue
        if match["other"]:
            known = one.search(match["other"])
            if known is None:
                found.append(Subject(begin, match.end(), (), other=True))
                continue
            last = (forms[known[0]],)
        elif match["row"]:
            last = tuple(dict.fromkeys(forms[part[0]] for part in one.finditer(match["row"])))
            if len(last) > 1:
                row_at, row_names = match.end(), last
        elif match["all"]:
            near = begin - row_at < _NEAR and "。" not in form[row_at:begin]
            last = row_names if near else names
        elif match["count"]:
            count = _COUNT.get(match["count"]) or int(
                match["count"] if match["count"].isascii() and match["count"].isdigit() else 0
            )
            if len(last) != count:
                last = names if len(names) == count else ()
        elif len(names) == 1:
            last = names
        else:
            # 被告人 without a known name: the one spoken of, if there is one
            last = last if len(last) == 1 else ()
        found.append(Subject(begin, match.end(), last))
    return found
