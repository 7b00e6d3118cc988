"""What the entry of a party says of its past and of this case: earlier punishments (前科),
coercive measures (强制措施), place of detention. Text in matching form."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from .charges import charges_at
from .terms import TERM, possible_term
from .values import CoerciveMeasure, Conviction, Moment

_CHUNK = re.compile(
    r"(?:(?<=[,。;:(])|(?<=[日月年]))"
    r"(?:现|此前|其|被告人)?(?:曾|又|还|再|并|后|另|亦|也|分别|先后|两次|多次){0,3}(?:于|在)?"
    r"(?:(?:[0-9零〇○一二三四五六七八九十]{2,5}年|同年)(?:[0-9零〇○一二三四五六七八九十]{1,3}月)?"
    r"(?:[0-9零〇○一二三四五六七八九十]{1,3}日)?,?|次日,?|同日,?|当日,?)?(?:曾|又|再|先后|两次|多次){0,2}"
    r"(?:因|以(?![下上及后前])|涉嫌)(?!为|此|其|病|没有)"
)
_PUNISHED = re.compile(
    r"(?P<criminal>判处|判刑|判有期|判决|免[予于除]刑事处|被判|定罪)"
    r"|(?P<administrative>行政拘留|治安拘留|治安处罚|行政处罚|强制(?:隔离)?戒毒|社区戒毒"
    r"|劳动教养|劳教|收容教[育养]|罚款|警告|司法拘留|拘留[零一二三四五六七八九十\d]{1,3}[日天])"
)
_PRESENT = re.compile(r"涉嫌|本案|刑事拘留|取保候审|监视居住")
_TERM = re.compile(
    rf"(?P<total>执行)?(?:判处)?(?:有期徒刑|拘役|管制)[:,]?(?P<term>{TERM})"
    rf"|(?P<bare>判处?|决定执行)(?:刑期)?(?P<term2>{TERM})"
)
_WHY = re.compile(r"(?:因|以)(?:涉嫌)?(?P<commit>犯有?)?(?P<why>[^,。;被于经]{2,24})")
_RELEASED = re.compile(r"释放|刑满|假释|期满|执行完毕|出狱|解除")
_MEASURE = re.compile(
    r"(?P<over>(?:被?(?:依法)?(?:解除|撤销|变更(?!为)|取消))(?:强制措施)?)?"
    r"(?<!行政)(?<!司法)(?<!治安)(?<!民事)"
    r"(?P<kind>刑事拘留|刑拘|(?<!延长)拘留(?!期限|[零一二三四五六七八九十\d]{1,3}[日天])|(?:执行)?逮捕(?!证|书|必要|前|归案|条件)|取保候审(?!期|决定|保证)|指定居所监视居住|监视居住|拘传)"
)
_DONE = re.compile(r"(?:批准|决定|核准)(?:对其|对被告人[^,。;]{1,8})?(?:执行)?$")
_ORGAN = re.compile(
    r"(?:[被经由]|,|日)(?P<organ>(?:[^,。;:()被经由日]{2,30}?(?:公安局|公安厅|分局|检察院|检察分院"
    r"|法院|海关|缉私分?局|监察委员会|监委|公安处|支队|大队|派出所|安全局|监狱)"
    r"(?:[^,。;:()被经由日]{0,12}?(?:分局|支队|大队|派出所|缉私局))?)"
    r"|本院|我局|我院|本局|该局|公安机关|检察机关)"
)
_DETAINED = re.compile(
    r"(?:押解至|(?:羁|关|寄|在|拘)?押(?!解)(?:于|在)?)(?P<place>[^,。;:()]{2,24}?(?:看守所|监狱|戒毒所|拘留所|监管医院|监管中心|监区))"
)
_KINDS = {"刑事拘留": "拘留", "刑拘": "拘留", "执行逮捕": "逮捕", "指定居所监视居住": "监视居住"}


@dataclass(frozen=True, slots=True)
class Days:
    """The dates of a text, to be asked by place."""

    moments: Sequence[Moment]

    def before(self, at: int, since: int) -> dt.date | None:
        """The last whole date that ends at or before `at` and begins at or behind `since`."""
        place = bisect_left(self.moments, at + 1, key=lambda each: each.stop)
        while place > 0 and self.moments[place - 1].start >= since:
            day = self.moments[place - 1].date
            if day is not None:
                return day
            place -= 1
        return None


def first_chunk(text: str, start: int, stop: int) -> int:
    """Where the first statement on a reason (因犯…, 2003年9月25日,因犯…) begins; `stop` if none."""
    match = _CHUNK.search(text, start, stop)
    return stop if match is None else match.start()


def past(text: str, start: int, stop: int, days: Days) -> tuple[list[Conviction], int]:
    """Earlier punishments in `text[start:stop]`, and where what concerns this case begins."""
    begins = [match.start() for match in _CHUNK.finditer(text, start, stop)]
    found: list[Conviction] = []
    present = stop
    for at, begin in enumerate(begins):
        end = begins[at + 1] if at + 1 < len(begins) else stop
        punished = _PUNISHED.search(text, begin, end)
        now = _PRESENT.search(text, begin, end)
        if punished is None or (now is not None and now.start() < punished.start()):
            if punished is None or not _judged(text, punished, now):
                present = min(present, begin) if now is not None else present
                continue
            # 因涉嫌盗窃罪被刑事拘留,同年10月9日被…判处…: an earlier case with its measures
            now = _PRESENT.search(text, punished.end(), end)
        if now is not None:
            present = min(present, now.start())
            end = _last_stop(text, punished.end(), now.start())
        found.append(_conviction(text, begin, end, punished, days))
    return found, present


def _judged(text: str, punished: re.Match[str], now: re.Match[str] | None) -> bool:
    """Whether a punishment was imposed after a suspicion, in one sentence."""
    return (
        punished["criminal"] is not None
        and now is not None
        and "。" not in text[now.start() : punished.start()]
    )


def _last_stop(text: str, start: int, stop: int) -> int:
    for mark in "。;":
        at = text.rfind(mark, start, stop)
        if at > 0:
            return at + 1
    return stop


def _conviction(
    text: str, start: int, stop: int, punished: re.Match[str], days: Days
) -> Conviction:
    why = _WHY.search(text, start, stop)
    charge = ""
    if why is not None:
        named = charges_at(text, why.start("why"))
        if named:
            charge = named[0].name
    term = None
    for each in _TERM.finditer(text, punished.start(), stop):
        if term is None or each["total"]:
            term = possible_term(each["term"] or each["term2"])[0]
    released = None
    for each in _RELEASED.finditer(text, punished.end(), stop):
        released = days.before(each.start(), punished.end())
        if released is not None:
            break
    while stop > start and text[stop - 1] in "。;,":
        stop -= 1
    return Conviction(
        text=text[start:stop],
        start=start,
        stop=stop,
        day=days.before(punished.start(), start),
        charge=charge,
        months=term if punished["criminal"] else None,
        released=released,
        kind="criminal" if _criminal(text, start, stop) else "administrative",
    )


def _criminal(text: str, start: int, stop: int) -> bool:
    return any(each["criminal"] for each in _PUNISHED.finditer(text, start, stop))


def coercive(
    text: str, start: int, stop: int, days: Days, earlier: Sequence[Conviction] = ()
) -> list[CoerciveMeasure]:
    """Coercive measures of this case in `text[start:stop]`, outside what is `earlier`.

    Approval and execution of one arrest are one measure, with the day of the execution and the
    organ that approved it."""
    found: list[CoerciveMeasure] = []
    since = start
    approved: tuple[str, int, dt.date | None] | None = None
    for match in _MEASURE.finditer(text, start, stop):
        if any(each.start <= match.start() < each.stop for each in earlier):
            since = match.end()
            continue
        since = max([since, *(each.stop for each in earlier if each.stop <= match.start())])
        kind = _KINDS.get(match["kind"], match["kind"])
        organ = ""
        done = _DONE.search(text, max(since, match.start() - 14), match.start())
        organs = [
            each["organ"] for each in _ORGAN.finditer(text, max(start, since - 1), match.start())
        ]
        if organs:
            organ = organs[0] if kind == "逮捕" else organs[-1]
        day = days.before(match.start(), since) or (
            days.before(match.start(), start) if _shares(text, since, match.start()) else None
        )
        since = match.end()
        if match["over"]:
            continue
        if kind == "逮捕" and done is not None and text[match.end() : match.end() + 1] in ",;。":
            following = _MEASURE.search(text, match.end(), stop)
            if (
                following is not None
                and "逮捕" in following["kind"]
                and "。" not in text[match.end() : following.start()]
            ):
                approved = (organ, match.start(), day)
                continue
        begin = match.start("kind")
        if approved is not None and kind == "逮捕":
            organ = approved[0] or organ
            begin = approved[1]
            day = day or approved[2]
        approved = None
        if found and found[-1].kind == kind and found[-1].day == day:
            continue
        place = _DETAINED.search(text, match.end(), min(stop, match.end() + 60))
        found.append(
            CoerciveMeasure(kind, day, begin, match.end(), organ, place["place"] if place else "")
        )
    return found


def _shares(text: str, since: int, at: int) -> bool:
    """Whether a measure stands with the one before it (被刑事拘留并取保候审)."""
    return at - since <= 12 and not any(mark in text[since:at] for mark in "。;")


def detained_at(text: str, start: int, stop: int) -> str:
    """The last place of detention that is named."""
    place = ""
    for match in _DETAINED.finditer(text, start, stop):
        place = match["place"]
    return place
