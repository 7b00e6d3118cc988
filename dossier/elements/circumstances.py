"""Circumstances that weigh on a sentence (量刑情节): who says that they are there or not, of whom.

What they are and how they are written is data (circumstances.yaml). Words are found in one pass;
each is then judged by its clause (denied? a condition? a quotation of the law?), by the opinion it
stands in (claims.py) and by the person its sentence speaks of (subjects.py).
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from .claims import Claim, claims
from .form import form as form_of
from .subjects import Subjects
from .tables import Sourced, Strict, read_table
from .values import Circumstance, Segment, SegmentKind, Speaker, TextKind

Direction = Literal["lighter", "heavier"]

_GAP = r"[^,。;:!?]{0,24}?"
_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")


def _compiles(pattern: str) -> str:
    """A pattern that looks at a bounded stretch only and captures nothing."""
    ready = pattern.replace("…", _GAP)
    if re.compile(ready).groups or _UNBOUNDED.search(pattern):
        raise ValueError(f"{pattern!r}: *, +, {{n,}} and capturing groups are not allowed")
    return ready


Pattern = Annotated[str, AfterValidator(_compiles)]


class Band(Strict):
    """By which share of the 基准刑 a circumstance changes it, without sign: `min` to `max`.

    `when` the case it is for; `beyond`: `min` or more; `exempt`: punishment may be left out;
    `least_months` the smallest change; in force from `since` to before `until`."""

    min: float = Field(ge=0, le=1)
    max: float = Field(ge=0, le=1)
    when: str = ""
    beyond: bool = False
    exempt: bool = False
    least_months: int | None = Field(default=None, ge=0)
    since: dt.date | None = None
    until: dt.date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is more than max")
        return self


class _ReadAs(Strict):
    code: str
    unless: tuple[str, ...]


class _Entry(Strict):
    code: str = Field(min_length=2)
    english: str = Field(min_length=2)
    direction: Direction
    articles: tuple[str, ...]
    tag: Literal["V", "V2", "K"]
    layer: Literal[1, 2] = 2
    bands: tuple[Band, ...] = ()
    phrases: tuple[Pattern, ...] = Field(min_length=1)
    denials: tuple[Pattern, ...] = ()
    parts: tuple[tuple[Pattern, ...], ...] = ()
    contested: bool = False
    in_facts: bool = False
    read_as: _ReadAs | None = None


class _CircumstancesFile(Sourced):
    circumstances: tuple[_Entry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _codes(self) -> Self:
        codes = [entry.code for entry in self.circumstances]
        if len(set(codes)) < len(codes):
            raise ValueError("a code stands twice")
        for entry in self.circumstances:
            if entry.read_as is not None:
                missing = {entry.read_as.code, *entry.read_as.unless} - set(codes)
                if missing:
                    raise ValueError(f"{entry.code}: no such code: {sorted(missing)}")
        return self


@dataclass(frozen=True, slots=True)
class CircumstanceType:
    """A kind of circumstance. `articles` as citations write them, `tag` how sure its source is
    (V article read, V2 second-hand, K knowledge), `layer` 1 for those applied first, `bands` its
    shares of the 基准刑 in force from `since`."""

    code: str
    english: str
    direction: Direction
    articles: tuple[str, ...]
    tag: str
    layer: int
    bands: tuple[Band, ...]
    since: dt.date


@dataclass(frozen=True)
class _Table:
    types: tuple[CircumstanceType, ...]
    entries: dict[str, _Entry]
    words: re.Pattern[str]
    """One group for each phrase, denial and part."""
    kinds: tuple[tuple[str, int], ...]
    """Code and kind of each group: -1 phrase, -2 denial, 0… the number of a part."""


@lru_cache(maxsize=1)
def _table() -> _Table:
    data = read_table(_CircumstancesFile, "circumstances.yaml")
    patterns: list[tuple[str, str, int]] = []
    for entry in data.circumstances:
        # denials first: 不谅解 before 谅解
        patterns.extend((pattern, entry.code, -2) for pattern in entry.denials)
    for entry in data.circumstances:
        patterns.extend((pattern, entry.code, -1) for pattern in entry.phrases)
        for number, part in enumerate(entry.parts):
            patterns.extend((pattern, entry.code, number) for pattern in part)
    return _Table(
        types=tuple(
            CircumstanceType(
                entry.code, entry.english, entry.direction, entry.articles, entry.tag, entry.layer,
                entry.bands, data.effective_from,
            )
            for entry in data.circumstances
        ),
        entries={entry.code: entry for entry in data.circumstances},
        words=re.compile("|".join(f"({pattern})" for pattern, _, _ in patterns)),
        kinds=tuple((code, kind) for _, code, kind in patterns),
    )  # fmt: skip


def circumstance_types() -> tuple[CircumstanceType, ...]:
    """Every kind of circumstance, in the order of the data file. Raises BadData."""
    return _table().types


# --- the clause -----------------------------------------------------------------------------------

_DENIED = re.compile(
    r"(?:不(?:构成|属于?|是|系|成立|具(?:有|备)|存在|符合|宜|应|能|足以|予|得|可|再|作|以|认定|可能|认罪|承认|同意|愿|肯|如实|积极|主动|曾)"
    r"|没有|并非|不存在|难以|无法|尚未|尚无|拒不|拒绝|缺乏|否认|否定|并未|并无|从未|均未|仍未|未(?!遂|成年|满|果|得逞|来|经许可)"
    r"|无(?!视|证|期|业|偿|理|故|异议|罪|牌|照|辜|端|条件|意|法|论)|非(?!法|常|国家))"
    r"[^,。;:!?]{0,16}$"
)
_NOT_DENIED = re.compile(
    r"不影响|不(?:仅|但|止|妨碍|妨害|否认|持异议|讳|再)|无异议|没有异议|未提出异议|不(?:能|应)?(?:因此)?否(?:认|定)|"
    r"不能因[^,。;]{0,14}$|无(?:争议|不当)|未(?:认定|予认定|评价)|不得不"
)
_AFTER_DENIED = re.compile(
    r"(?:情节|表现|条件|事实|问题|的?(?:情节|规定|要件|构成|认定|主张|说法|情形|依据))?"
    r"(?:均|也|亦|依法)?(?:不能?成立|不予(?:以)?认定|不(?:应|能|宜|予)(?:以)?(?:再|重复)?认定|不存在|不具备|不足|缺乏|无(?:事实|证据)|没有(?:事实|证据)|不当|错误|有误|不属实)"
)
_ASKED = re.compile(
    r"(?:是否|能否|可否|有无|应否|如果|假如|倘若|假使|若(?![干狗])|如(?=被告人|不|能|有|其|确)|要求|认定[^,。;]{0,8}(?:应当|必须|需要|须)|所谓)[^,。;:!?]{0,20}$"
)
_QUESTION = re.compile(r"[^,。;:!?]{0,12}(?:的问题|问题(?=[,。:;]|$)|与否|的认定(?=[,。:;]))")
_LAW = re.compile(r"的(?:犯罪分子|犯罪人|人犯)|犯罪分子|(?:的|情形),(?:是|系|以|应当|可以|应|可|属于|构成|视为|一律|不)")
_GENERIC_AFTER = re.compile(r"[^。;!?]{0,40}(?:的|情形),(?:才|是|系|以|应当|可以|应|可|属于|构成|视为|一律|不)")
_MASKED = re.compile(
    r"《[^《》]{1,120}(?:《[^》]{1,60}》[^《》]{0,60})?》(?:\([^()]{0,40}\))?"
    r"|第[一二三四五六七八九十百零0-9]{1,7}条(?:之[一二三四五六七八九十])?(?:第?[一二三四五六七八九十、第款0-9]{0,12}款)?(?:第?\(?[一二三四五六七八九十]{1,3}\)?项)?"
    r"(?:(?:\(|\[)[^()\[\]]{1,40}(?:\)|\])|(?![的之规及和,。;])[^,。;、《的规(]{1,20}(?=[,、;]第|[,、;]《|之规定|的规定))?"
    r"|(?:处理|认定)自首(?:和|、)立功|规范(?:自首|量刑)[^,。;]{0,10}意见|(?<![的之])(?<=[条款项法释见》])(?:明确)?规定[:,][^。]{0,200}"
    r"|(?:法律|刑法|司法解释|我国刑法)(?:明确)?规定[:,\"][^。]{0,200}"
)
_SENTENCE = re.compile(r"[。;!?]")
_STOP = re.compile(r"[。!?]")
_CLAUSE = ",。;:!?"
_DEFENDANT = re.compile(r"被告|上诉人|嫌疑人|本案|其")
_PAST = re.compile(r"(?:曾|前罪|原判|前次|上次)[^,。;]{0,20}$")
_MIXED = re.compile(r"翻供|又否认|推翻")


@dataclass(frozen=True, slots=True)
class _Hit:
    code: str
    kind: int
    start: int
    stop: int


class _Passage:
    """A segment in the form of the text, and what was found out about it."""

    def __init__(self, form: str, start: int, stop: int, names: Sequence[str], reasons: bool) -> None:
        self.form, self.start, self.stop = form, start, stop
        self.reasons = reasons
        self.subjects = Subjects(form, start, stop, names)
        self.claims: tuple[Claim, ...] = claims(form, start, stop) if reasons else ()
        self._claim_starts = [claim.start for claim in self.claims]
        self._masked = [match.span() for match in _MASKED.finditer(form, start, stop)]
        self._mask_starts = [begin for begin, _ in self._masked]

    def masked(self, place: int) -> bool:
        """Whether a law is cited or quoted there."""
        index = bisect_right(self._mask_starts, place) - 1
        return index >= 0 and place < self._masked[index][1]

    def claim(self, place: int) -> Claim | None:
        index = bisect_right(self._claim_starts, place) - 1
        if index >= 0 and place < self.claims[index].stop:
            return self.claims[index]
        return None

    def sentence(self, place: int) -> int:
        """Where the sentence of a place begins; ; parts sentences too."""
        return max(self.start, *(self.form.rfind(mark, self.start, place) + 1 for mark in "。;!?"))

    def clause(self, place: int) -> int:
        """Where the clause of a place begins, at most 60 characters before it."""
        low = max(self.start, place - 60)
        return max(low, *(self.form.rfind(mark, low, place) + 1 for mark in _CLAUSE))

    def denied(self, hit: _Hit) -> bool:
        before = self.form[self.clause(hit.start) : hit.start]
        if _DENIED.search(before) and not _NOT_DENIED.search(before):
            return True
        return _AFTER_DENIED.match(self.form, hit.stop, self.stop) is not None

    def hypothetical(self, hit: _Hit) -> bool:
        """A question, a condition, or the words of the law."""
        before = self.form[self.clause(hit.start) : hit.start]
        if _ASKED.search(before) or _QUESTION.match(self.form, hit.stop, self.stop):
            return True
        begin = self.sentence(hit.start)
        end = _SENTENCE.search(self.form, hit.stop, self.stop)
        edge = min(self.stop if end is None else end.start(), hit.stop + 80)
        if not _LAW.search(self.form, begin, edge):
            return False
        return not (
            self.subjects.within(begin, hit.start)
            or _DEFENDANT.search(self.form, max(begin, hit.start - 120), hit.start)
        )


_SPEAKERS: dict[SegmentKind, Speaker] = {
    "prosecution": "prosecution",
    "defence": "defence",
    "appeal": "defence",
    "facts": "court",
    "reasoning": "court",
}
_DOCUMENT: dict[TextKind, Speaker] = {"indictment": "prosecution", "opinion": "prosecution"}
_DOCUMENT_KINDS = frozenset(
    ("facts", "reasoning", "answer", "conclusion", "other", "prosecution", "defence", "history")
)


def circumstances(
    text: str,
    segments: Sequence[Segment] = (),
    names: Iterable[str] = (),
    kind: TextKind | None = None,
) -> tuple[Circumstance, ...]:
    """The circumstances that a text speaks of, in its order.

    `segments` as `segments(text, kind)` gives them (none: the whole text is one), `names` those of
    the defendants, `kind` what the text is (None: a judgment if a segment is its decision). Of a
    judgment only 指控, 辩解, 查明 and 本院认为 are read; the law printed at the end never is.
    """
    at = form_of(text)
    parts = tuple(segments) or (Segment("other", 0, len(text)),)
    judgment = kind in ("judgment", "ruling") or (
        kind is None and any(part.kind == "decision" for part in parts)
    )
    known = tuple(dict.fromkeys(name for name in names if name))
    found: list[Circumstance] = []
    # offsets of the form never fall, so a place in the text is found by bisection
    for part in parts:
        speaker = _speaker(part.kind, judgment, kind)
        if speaker is None:
            continue
        start, stop = bisect_right(at.offsets, part.start - 1), bisect_right(at.offsets, part.stop - 1)
        start, stop = min(start, len(at.text)), min(stop, len(at.text))
        if start >= stop:
            continue
        passage = _Passage(at.text, start, stop, known, part.kind == "reasoning" and judgment)
        for one in _found(passage, speaker, part.kind):
            begin, end = at.span(one.start, one.stop)
            found.append(replace(one, start=begin, stop=end))
    return tuple(found)


def _speaker(part: SegmentKind, judgment: bool, kind: TextKind | None) -> Speaker | None:
    if judgment:
        return _SPEAKERS.get(part)
    if part not in _DOCUMENT_KINDS:
        return None
    return "document" if kind is None else _DOCUMENT.get(kind, "document")


def _hits(passage: _Passage, facts: bool) -> Iterator[_Hit]:
    table = _table()
    for match in table.words.finditer(passage.form, passage.start, passage.stop):
        assert match.lastindex is not None
        code, kind = table.kinds[match.lastindex - 1]
        if facts and not table.entries[code].in_facts:
            continue
        if not passage.masked(match.start()):
            yield _Hit(code, kind, match.start(), match.end())


def _found(passage: _Passage, speaker: Speaker, part: SegmentKind) -> list[Circumstance]:
    table = _table()
    found: list[tuple[Circumstance, int, bool]] = []
    pending: dict[str, dict[int, _Hit]] = defaultdict(dict)
    sentence = -1
    for hit in _hits(passage, part == "facts"):
        begin = passage.sentence(hit.start)
        if hit.kind >= 0:
            whole = max(passage.start, *(passage.form.rfind(mark, passage.start, hit.start) + 1 for mark in "。!?"))
            if whole != sentence:
                pending.clear()
                sentence = whole
        subject = passage.subjects.at(hit.start, begin)
        if subject is not None and subject.other:
            continue
        if passage.hypothetical(hit):
            continue
        defendants = () if subject is None else subject.names
        holds = hit.kind != -2 and not passage.denied(hit)
        code = hit.code
        start = hit.start
        if hit.kind >= 0:
            if not holds:
                continue
            pending[code][hit.kind] = hit
            if len(pending[code]) < len(table.entries[code].parts):
                continue
            start = min(one.start for one in pending[code].values())
            pending.pop(code)
        one = _said(passage, code, holds, speaker, start, hit.stop, defendants)
        found.append((one[0], begin, one[1]))
    return _settled(found)


def _said(
    passage: _Passage,
    code: str,
    holds: bool,
    speaker: Speaker,
    start: int,
    stop: int,
    defendants: tuple[str, ...],
) -> tuple[Circumstance, bool]:
    """With who says it; and whether only the court's answer to an opinion says it."""
    claim = passage.claim(stop - 1)
    if claim is None:
        return Circumstance(code, holds, speaker, start, stop, defendants), False
    contested = _table().entries[code].contested
    if claim.verdict == "accepted":
        return Circumstance(code, holds, "court", start, stop, defendants), True
    if claim.verdict == "unfounded" or (
        claim.verdict == "rejected" and (contested or not claim.request)
    ):
        return Circumstance(code, not holds, "court", start, stop, defendants), True
    return Circumstance(code, holds, claim.speaker, start, stop, defendants), False


def _settled(found: list[tuple[Circumstance, int, bool]]) -> list[Circumstance]:
    """Weighs the mentions of one segment against one another."""
    entries = _table().entries
    kept: list[Circumstance] = []
    # what the court says itself weighs more than what its answer to an opinion implies
    direct = {
        (one.code, one.holds, name)
        for one, _, answered in found
        if one.speaker == "court" and not answered
        for name in one.defendants or ("",)
    }
    for one, sentence, answered in found:
        if answered and not one.holds and _meets(direct, one, True):
            one = replace(one, holds=True, speaker="defence")
        read_as = entries[one.code].read_as
        if read_as is not None:
            same = [
                other
                for other, where, _ in found
                if other.code in read_as.unless
                and other.speaker == one.speaker
                and (where == sentence or other.holds)
                and _overlap(other.defendants, one.defendants)
            ]
            if any(other.holds or (other.code == read_as.code) for other in same):
                continue
            one = replace(one, code=read_as.code)
        kept.append(one)
    return kept


def _meets(said: set[tuple[str, bool, str]], one: Circumstance, holds: bool) -> bool:
    names = (*one.defendants, "") if one.defendants else tuple({name for _, _, name in said})
    return any((one.code, holds, name) in said for name in names)


def _overlap(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    return not some or not others or not set(some).isdisjoint(others)
