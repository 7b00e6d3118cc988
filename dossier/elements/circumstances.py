"""Circumstances that weigh on a sentence (量刑情节): who says that they are there or not, of whom.

What they are and how they are written is data (circumstances.yaml). Words are found in one pass;
each is then judged by its clause (denied? a condition? a quotation of the law?), by the opinion it
stands in (claims.py) and by the person its sentence speaks of (subjects.py).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from ..normal import normal
from .circumstancetypes import CircumstanceType, circumstance_table, circumstance_types
from .claims import Claim, claims
from .form import form as form_of
from .subjects import Subjects
from .values import Circumstance, Segment, SegmentKind, Speaker, TextKind

_Kind = Literal["phrase", "denial"]

__all__ = ["CircumstanceType", "circumstance_types", "circumstances"]

# --- the clause -----------------------------------------------------------------------------------

# 拒不 in the name of a charge denies nothing
_ACTS = r"执行[^,。;:!?]{0,8}?(?:判决|裁定)|支付劳动报酬|履行信息网络|提供间谍"
_DENIED = re.compile(
    r"(?:不(?:构成|属于?|是|系|成立|具(?:有|备)|存在|符合|宜|应|能|足以|予|得|可|再|作|以|认定|可能|认罪|承认|同意|愿|肯|如实|积极|主动|曾)"
    rf"|没有|并非|不存在|难以|无法|尚未|尚无|(?:拒不|拒绝)(?!{_ACTS})|缺乏|否认|否定|并未|并无|从未|均未|仍未|未(?!遂|成年|满|果|得逞|来|经许可)"
    r"|无(?!视|证|期|业|偿|理|故|异议|罪|牌|照|辜|端|条件|意|法|论)|非(?!法|常|国家))"
    r"[^,。;:!?]{0,16}$"
    r"|(?:不|未|没|无)$"
)
# 无前科、系自首: the second is a statement of its own
_ANEW = re.compile(
    r"、(?=系|有|已|具有|属|是|积极|主动|取得|认罪|自愿|如实|归案|到案|能|愿|退|且|均|并)|(?<=前科)、(?=初犯|偶犯)|(?<=劣迹)、(?=初犯|偶犯)"
)
# what the first court said, and that it was wrong
_FIRST_COURT = re.compile(r"(?:原判|原审|一审)[^,。;:!?]{0,30}$")
_OMITTED = re.compile(r"未|没有|遗漏|漏[认列判查]|忽[略视]")
_WRONG = re.compile(r"[^。;!?]{0,40}?(?:错误|不当|有误|应予纠正|予以纠正)")
_NOT_DENIED = re.compile(
    r"不影响|不(?:仅|但|止|妨碍|妨害|否认|持异议|讳|再)|无异议|没有异议|未提出异议|不(?:能|应)?(?:因此)?否(?:认|定)|"
    r"不能因[^,。;]{0,14}$|无(?:争议|不当)|(?:未|没有|未予|未能)(?:予以)?(?:认定|评价|考虑)|不得不"
)
_AFTER_DENIED = re.compile(
    r"(?:情节|表现|条件|事实|问题|的?(?:情节|规定|要件|构成|认定|主张|说法|情形|依据))?"
    r"(?:均|也|亦|依法|明显|显然)?(?:不能?成立|不相符|不符|相悖|不予(?:以)?认定|不(?:应|能|宜|予)(?:以)?(?:再|重复)?认定|不存在|不具备|不足(?!以(?!认定|证[明实]|采信|支持|构成|成立))|缺乏|无(?:事实|证据)|没有(?:事实|证据)|不当|错误|有误|不属实)"
)
_ASKED = re.compile(
    r"(?:是否|能否|可否|有无|应否|只有|如果|假如|倘若|假使|若(?![干狗])|如(?=被告人|不|能|有|其|确)|要求|认定[^,。;]{0,8}(?:应当|必须|需要|须)|所谓|[是系]指(?![控使认向派定]))[^,。;:!?]{0,20}$"
)
_QUESTION = re.compile(
    r"(?:的?(?:成立|构成|认定)?(?:需要|必须|须|应当具备|要求|,?[是系]指(?![控使认向派定])))|[^,。;:!?]{0,12}(?:的问题|问题(?=[,。:;]|$)|与否|的认定(?=[,。:;]))"
)
_LAW = re.compile(
    r"[是系]指(?![控使认向派定])|的(?:犯罪分子|犯罪人|人犯)|犯罪分子|(?:的|情形),(?:是|系|以|应当|可以|应|可|属于|构成|视为|一律|不)"
)
_MASKED = re.compile(
    r"《[^《》]{1,120}(?:《[^》]{1,60}》[^《》]{0,60})?》(?:\([^()]{0,40}\))?"
    r"|第[一二三四五六七八九十百零0-9]{1,7}条(?:之[一二三四五六七八九十])?(?:第?[一二三四五六七八九十、第款0-9]{0,12}款)?(?:第?\(?[一二三四五六七八九十]{1,3}\)?项)?"
    r"(?:(?:\(|\[)[^()\[\]]{1,40}(?:\)|\])|(?![的之规及和,。;])[^,。;、《规(]{1,20}(?=[,、;]第|[,、;]《|之规定|的规定))?"
    r"|(?:处理|认定|关于)自首(?:和|、|与|及)立功|规范(?:自首|量刑)[^,。;]{0,10}意见|(?<![的之])(?<=[条款项法释见》])(?:明确)?规定(?:[:\"]|,(?!不|系|属|应|可|依法|其|被|上诉|本|故|对|该|此|予))[^。]{0,200}"
    r"|(?:法律|刑法|司法解释|我国刑法)(?:明确)?规定(?:[:\"]|,(?!不|系|属|应|可|依法|其|被|上诉|本|故|对|该|此|予))[^。]{0,200}"
)
_SENTENCE = re.compile(r"[。;!?]")
_CLAUSE = ",。;:!?"
_CLAUSE_END = re.compile(r"[,。;:!?]")
_BEYOND = 40
_IN_A_CLAUSE = 2
"""Mentions of one circumstance in one clause: enough for any sentence of a court."""
_DEFENDANT = re.compile(r"被告|上诉人|嫌疑人|本案")
# 根据犯罪的事实、性质、情节和悔罪表现: what is weighed, not what is found
_WEIGHED = re.compile(
    r"(?:根据|结合|综合|综观|考虑到?|视|按照|依据)[^;]{0,80}(?:性质|事实|情节|程度|作用|手段|后果|态度)[^,;]{0,12}$"
)
_GOOD = re.compile(r"[^,。;]{0,4}(?:好|诚恳|明显|端正)")
_REACH = 1500
_AHEAD = 80
_CLOSE_BY = 25
_ALL = 10_000
"""Phrases of one text that are judged: a bound on time, far above real judgments."""


@dataclass(frozen=True, slots=True)
class _Hit:
    code: str
    kind: _Kind
    start: int
    stop: int


class _Passage:
    """A segment in the form of the text, and what was found out about it."""

    def __init__(
        self,
        form: str,
        start: int,
        stop: int,
        names: Mapping[str, str],
        kind: SegmentKind,
        answers: bool,
    ) -> None:
        self.form, self.start, self.stop = form, start, stop
        self._names, self._facts, self._answers = names, kind == "facts", answers
        self._masked = [match.span() for match in _MASKED.finditer(form, start, stop)]
        self._mask_starts = [begin for begin, _ in self._masked]

    def read(self, first: int, last: int) -> None:
        """Finds of whom it speaks and whose opinions it reports, as far as is needed for what
        stands between two places."""
        low = max(self.start, first - _REACH)
        self.subjects = Subjects(self.form, low, last, self._names)
        self.claims: tuple[Claim, ...] = ()
        if self._answers:
            self.claims = claims(self.form, low, self.stop, facts=self._facts)
        self._claim_starts = [claim.start for claim in self.claims]
        # once for all hits: their sentences may be long and the same
        self._laws = [match.span() for match in _LAW.finditer(self.form, low, last + _AHEAD)]

    def _law(self, start: int, stop: int) -> bool:
        """Whether words of the law stand between two places."""
        index = bisect_left(self._laws, (start, 0))
        return index < len(self._laws) and self._laws[index][1] <= stop

    def masked(self, place: int) -> bool:
        """Whether a law is cited or quoted there."""
        index = bisect_right(self._mask_starts, place) - 1
        return index >= 0 and place < self._masked[index][1]

    def claim(self, place: int) -> Claim | None:
        index = bisect_right(self._claim_starts, place) - 1
        if index >= 0 and place < self.claims[index].stop:
            return self.claims[index]
        return None

    def sentences(self, place: int) -> tuple[int, int]:
        """Where the sentence of a place begins, if ; parts sentences too, and if it does not."""
        low = max(self.start, place - _REACH)
        whole = max(low, *(self.form.rfind(mark, low, place) + 1 for mark in "。!?"))
        return max(whole, self.form.rfind(";", whole, place) + 1), whole

    def clause(self, place: int) -> int:
        """Where the clause of a place begins, at most 60 characters before it."""
        low = max(self.start, place - 60)
        return max(low, *(self.form.rfind(mark, low, place) + 1 for mark in _CLAUSE))

    def clause_end(self, place: int) -> int:
        """Where the clause of a place ends, at most 60 characters after it."""
        high = min(self.stop, place + 60)
        end = _CLAUSE_END.search(self.form, place, high)
        return high if end is None else end.start()

    def half(
        self, pattern: re.Pattern[str], code: str, whole: int, before: int, names: tuple[str, ...]
    ) -> int | None:
        """Where the sentence says what makes `code` together with the words at `before`."""
        nearest = list(pattern.finditer(self.form, max(whole, before - 200), before))[-3:]
        for match in reversed(nearest):
            hit = _Hit(code, "phrase", match.start(), match.end())
            subject = self.subjects.at(hit.start, whole)
            if (
                (subject is None or (not subject.other and set(subject.names) >= set(names)))
                and not (not names and _DEFENDANT.search(self.form, match.end(), before))
                and not (self.masked(hit.start) or self.denied(hit) or self.skipped(hit))
            ):
                return hit.start
        return None

    def denied(self, hit: _Hit) -> bool:
        inner = circumstance_table().entries[hit.code].inner
        before = self.form[self.clause(hit.start) : hit.stop - 2 if inner else hit.start]
        reach = before + self.form[hit.start : hit.start + 3]
        anew = [match.end() for match in _ANEW.finditer(reach) if match.end() <= len(before)]
        if anew:
            before = before[anew[-1] :]
        if _DENIED.search(before) and not _NOT_DENIED.search(before):
            return True
        if _FIRST_COURT.search(before) and _WRONG.match(self.form, hit.stop, self.stop):
            return _OMITTED.search(before) is None
        claim = self.claim(hit.start)
        # what follows an opinion answers it
        edge = self.stop if claim is None else max(hit.stop, claim.stop)
        after = _AFTER_DENIED.match(self.form, hit.stop, edge)
        return after is not None and not _NOT_DENIED.search(before)

    def skipped(self, hit: _Hit) -> bool:
        """Something else, a list of what is weighed, a question, a condition, words of the law."""
        before = self.form[self.clause(hit.start) : hit.start]
        begin, _ = self.sentences(hit.start)
        skips = circumstance_table().skips.get(hit.code)
        if skips is not None:
            first, after = skips
            near = self.form[max(begin, hit.start - 60) : hit.start]
            if first is not None and hit.kind == "phrase" and first.search(near):
                return True
            if after is not None and after.match(self.form, hit.stop, self.stop):
                return True
        if _ASKED.search(before) or _QUESTION.match(self.form, hit.stop, self.stop):
            return True
        if (
            circumstance_table().entries[hit.code].weighed
            and _WEIGHED.search(before)
            and not _GOOD.match(self.form, hit.stop, self.stop)
        ):
            return True
        end = _SENTENCE.search(self.form, hit.stop, min(self.stop, hit.stop + _AHEAD))
        edge = min(self.stop, hit.stop + _AHEAD) if end is None else end.start()
        if not self._law(begin, edge):
            return False
        return not (
            self.subjects.within(begin, hit.start) or _DEFENDANT.search(self.form, begin, hit.start)
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
    Of a text at most 10,000 phrases are judged; real ones have far fewer.
    """
    at = form_of(text)
    parts = tuple(segments) or (Segment("other", 0, len(text)),)
    judgment = kind in ("judgment", "ruling") or (
        kind is None and any(part.kind == "decision" for part in parts)
    )
    known = {normal(name): name for name in names if len(normal(name)) > 1}
    found: list[Circumstance] = []
    left = _ALL
    for part in parts:
        speaker = _speaker(part.kind, judgment, kind)
        if speaker is None or not left:
            continue
        start, stop = at.inside(part.start), at.inside(part.stop)
        if start >= stop:
            continue
        passage = _Passage(at.text, start, stop, known, part.kind, speaker == "court")
        hits = list(islice(_hits(passage, part.kind == "facts"), left))
        left -= len(hits)
        for one in _found(passage, speaker, hits):
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
    """Every phrase of the passage that is no citation, clause by clause."""
    table = circumstance_table()
    done: dict[str, int] = {}
    """By code, how far it was looked for."""
    for word in table.words.finditer(passage.form, passage.start, passage.stop):
        at = word.start()
        begin = end = -1
        for code in table.codes[word[0]]:
            if done.get(code, -1) > at:
                continue
            entry = table.entries[code]
            if facts and not entry.in_facts and entry.read_as is None:
                continue
            if end < 0:
                begin, end = passage.clause(at), passage.clause_end(at)
            low = max(begin, done.get(code, -1))
            done[code] = end
            each = table.phrases[code].finditer(passage.form, low, min(passage.stop, end + _BEYOND))
            for match in islice(each, _IN_A_CLAUSE):
                if match.start() >= end:
                    break
                if not passage.masked(match.start()):
                    kind: _Kind = "denial" if match[1] is not None else "phrase"
                    yield _Hit(code, kind, match.start(), match.end())


def _found(passage: _Passage, speaker: Speaker, hits: list[_Hit]) -> list[Circumstance]:
    table = circumstance_table()
    found: list[tuple[Circumstance, int, Circumstance | None]] = []
    if not hits:
        return []
    hits.sort(key=lambda hit: hit.start)
    passage.read(hits[0].start, hits[-1].stop)
    for hit in hits:
        begin, whole = passage.sentences(hit.start)
        subject = passage.subjects.at(hit.start, begin)
        if (subject is not None and subject.other) or passage.skipped(hit):
            continue
        defendants = () if subject is None else subject.names
        holds = hit.kind != "denial" and not passage.denied(hit)
        half = table.halves.get(hit.code) if holds else None
        if half is not None:
            code, pattern = half
            start = passage.half(pattern, code, whole, hit.start, defendants)
            if start is not None:
                said, opinion = _said(passage, code, True, speaker, start, hit.stop, defendants)
                found.append((said, whole, opinion))
        said, opinion = _said(passage, hit.code, holds, speaker, hit.start, hit.stop, defendants)
        found.append((said, whole, opinion))
    return _settled(found)


def _said(
    passage: _Passage,
    code: str,
    holds: bool,
    speaker: Speaker,
    start: int,
    stop: int,
    defendants: tuple[str, ...],
) -> tuple[Circumstance, Circumstance | None]:
    """With who says it; and what the opinion says if only the court's answer to one says it."""
    claim = passage.claim(stop - 1)
    if claim is None:
        return Circumstance(code, holds, speaker, start, stop, defendants), None
    own = Circumstance(code, holds, claim.speaker, start, stop, defendants)
    if claim.verdict == "accepted":
        return replace(own, speaker="court"), own
    rejected = claim.verdict == "unfounded" or (
        claim.verdict == "rejected"
        and (
            circumstance_table().entries[code].contested
            or (not claim.request and claim.stop - stop <= _CLOSE_BY)
        )
    )
    if rejected:
        # of a rejected request what it rests on may be true, and is said elsewhere then
        return replace(own, holds=not holds, speaker="court"), own if claim.request else None
    return own, None


def _settled(found: list[tuple[Circumstance, int, Circumstance | None]]) -> list[Circumstance]:
    """Weighs the mentions of one segment against one another."""
    entries = circumstance_table().entries
    said = _Said()
    for one, sentence, opinion in found:
        if opinion is None:
            said.add(("whole", one.code, one.speaker, one.holds), one.defendants)
        said.add((sentence, one.code, one.speaker, one.holds), one.defendants)
    kept: list[Circumstance] = []
    for one, sentence, opinion in found:
        mention = one
        # what the court says itself weighs more than what its answer to an opinion implies
        if opinion is not None and said.has(
            ("whole", one.code, "court", not one.holds), one.defendants
        ):
            mention = opinion
        entry = entries[mention.code]
        if entry.read_as is not None:
            if any(
                said.has((where, code, mention.speaker, True), mention.defendants)
                for code in entry.read_as.unless
                for where in (sentence, "whole")
            ) or said.has(
                (sentence, entry.read_as.code, mention.speaker, False), mention.defendants
            ):
                continue
            mention = replace(mention, code=entry.read_as.code)
        elif not mention.holds and any(
            # 翻供 before 又能如实供述,系自首
            said.has((sentence, code, mention.speaker, True), ())
            for code in entry.outweighed
        ):
            continue
        kept.append(mention)
    return kept


_Key = tuple[int | str, str, Speaker, bool]


class _Said:
    """Of whom something is said: all names together, whatever their number."""

    def __init__(self) -> None:
        self._names: dict[_Key, set[str]] = defaultdict(set)

    def add(self, key: _Key, names: tuple[str, ...]) -> None:
        self._names[key].update(names or ("",))

    def has(self, key: _Key, names: tuple[str, ...]) -> bool:
        """Whether it is said of one of `names`; of nobody in particular is of all."""
        said = self._names.get(key)
        return said is not None and (not names or "" in said or not said.isdisjoint(names))
