"""Of whom a clause speaks: the defendants named before it, or somebody else.

Works on the form of `dossier.normal` (half-width punctuation, no white space).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from .citations import arabic

_ROLE = (
    r"(?:各|原审|同案|本案|第[一二三四五六七八九十]|附带民事诉讼)?"
    r"(?:被告人|被告单位|被告|上诉人|犯罪嫌疑人|嫌疑人|申诉人|罪犯|原审被告人)"
)
_COUNT = {"两": 2}
_WORDS = re.compile(
    r"(?P<group>(?:上述|以上|该|本案)?(?:[二两三四五六七八九十]{1,3}|[0-9]{1,2})(?:名|个|位)?"
    r"(?:原审)?(?:被告人|上诉人|被告|人(?=均|的|又|都|归案|到案|系|有|具有|自愿|在共同|犯罪|能|,|皆|所犯)))"
    r"|(?P<all>(?:各|诸|全体|所有)(?:原审)?(?:被告人|上诉人|被告))"
    r"|(?P<apart>\((?:均?已?另案|均?已判|在逃|已死亡|另处)[^()]{0,12}\))"
    r"|(?P<other>(?:同案(?:犯|人|被告人|嫌疑人)?|同伙|证人|共同作案人)[^,。;:的、是系]{0,4}(?=系|是|有|已|在|均|投案|归案|到案|的|主动|,|构成|因|曾|经|起))"
    rf"|(?P<role>{_ROLE})"
)
_ROLE_END = re.compile(rf"{_ROLE}$")
_JOIN = re.compile(rf"(?:\([^()]{{0,40}}\))?(?:[、,]|和|及|与|以及)(?:{_ROLE})?")
_GOES_ON = frozenset("某甲乙丙丁戊0123456789×")
# what may stand between the beginning of a clause and its subject
_LEAD = re.compile(
    r"(?:^|[,。;:、()\"!?)]|鉴于|由于|因为?|但是?|而且?|且|其中|另外?|又|同时|故|综上|本案中?|案发后|归案后|对于|对|考虑到?|根据|结合"
    r"|和|及|与|以及|认定|关于|认为|(?:提出|所提|辩称|认为|关于)的|提出|辩称|指控|经查|之|的是|即|庭审中|虽然?|虽|若|如果|期间|过程中|共同犯罪中|犯罪中|本院|[0-9一二三四五六七八九十]、?|审理查明|查明|针对|被告人均?|所提|建议|要求|请求|应当?)$"
)
# 在与李四的共同犯罪中, 其与李四共同盗窃: who takes part beside the one who is spoken of
_BESIDE = re.compile(r"(?:^|[,。;:!?在其并曾又还后])(?:与|和|同|跟)$")
_BESIDE_APART = re.compile(r"(?:[,。;:!?在其并曾又还后](?:与|和|同|跟)|伙同)[^,。;:、()]{1,6}$")

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

    def __init__(self, form: str, start: int, stop: int, names: Mapping[str, str]) -> None:
        """`names`: those of the defendants by their form."""
        self._found = _scan(form, start, stop, names)
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


def _scan(form: str, start: int, stop: int, forms: Mapping[str, str]) -> list[Subject]:
    names = tuple(forms.values())
    rows = _rows(form, start, stop, forms)
    events: list[tuple[int, int, str, tuple[str, ...]]] = [
        (begin, end, "row", row) for begin, end, row in rows
    ]
    taken = [(begin, end) for begin, end, _ in rows]
    starts = [begin for begin, _ in taken]
    for match in _WORDS.finditer(form, start, stop):
        index = bisect_right(starts, match.start()) - 1
        if index >= 0 and match.start() < taken[index][1]:
            continue
        kind = match.lastgroup or ""
        events.append((match.start(), match.end(), kind, (match[0],)))
    events.sort(key=lambda event: event[0])

    found: list[Subject] = []
    last: tuple[str, ...] = ()
    row_at, row_names = start, names
    """Where the last row of several names stands."""
    for begin, end, kind, said in events:
        if kind == "apart":
            if _BESIDE_APART.search(form, max(start, begin - 9), begin):
                continue
            # 某某(另案处理)系主犯
            low = max(start, begin - 4, *(form.rfind(mark, start, begin) + 1 for mark in ",。;:、"))
            found.append(Subject(low, end, (), other=True))
            continue
        lead = form[max(start, begin - 6) : begin]
        if lead and (not _LEAD.search(lead) or _BESIDE.search(lead)):
            continue
        if kind == "other":
            found.append(Subject(begin, end, (), other=True))
            continue
        if kind == "row":
            last = said
            if len(last) > 1:
                row_at, row_names = end, last
        elif kind == "all":
            near = begin - row_at < _NEAR and "。" not in form[row_at:begin]
            last = row_names if near else names
        elif kind == "group":
            count = _count(said[0])
            if len(last) != count:
                whole = (row_names, names)
                last = next((each for each in whole if len(each) == count), ())
        elif len(names) == 1:
            last = names
        elif len(last) != 1:
            # 被告人 without a known name: the one spoken of, if there is one
            last = ()
        found.append(Subject(begin, end, last))
    return found


def _count(group: str) -> int:
    digits = re.search(r"[0-9]{1,2}|[二两三四五六七八九十]{1,3}", group)
    return 0 if digits is None else (_COUNT.get(digits[0]) or _number(digits[0]))


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    try:
        return arabic(text)
    except ValueError:
        return 0


def _rows(
    form: str, start: int, stop: int, forms: Mapping[str, str]
) -> list[tuple[int, int, tuple[str, ...]]]:
    """Rows of names (甲、乙和被告人丙) with the role before the first."""
    if not forms:
        return []
    one = re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))))
    rows: list[tuple[int, int, list[str]]] = []
    for match in one.finditer(form, start, stop):
        if form[match.end() : match.end() + 1] in _GOES_ON:
            continue
        name = forms[match[0]]
        if rows:
            begin, end, row = rows[-1]
            if match.start() - end <= 60 and _JOIN.fullmatch(form, end, match.start()):
                rows[-1] = (begin, match.end(), [*row, name])
                continue
        role = _ROLE_END.search(form, max(start, match.start() - 14), match.start())
        rows.append((match.start() if role is None else role.start(), match.end(), [name]))
    return [(begin, end, tuple(dict.fromkeys(row))) for begin, end, row in rows]
