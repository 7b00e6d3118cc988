"""Whose opinion a passage of the court's reasons reports, and what the court makes of it.

辩护人提出被告人系自首的意见，不予采纳: the words up to 意见 are the defence's, and the court
rejects them. Works on the form of `dossier.normal`: half-width punctuation, no white space.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from .values import Speaker

Verdict = Literal["accepted", "rejected", "unfounded", "open"]
"""`unfounded`: rejected because it is not true (与事实不符), not only 不予采纳. `open`: the court
says nothing of it, or accepts a part."""

_STATE = "公诉机关|公诉人|检察机关|检察院|检察员|抗诉机关|自诉人|原告人|量刑建议|起诉书|出庭意见"
_COUNSEL = "辩护人|辩护意见|律师|代理人"
_PARTY = "上诉人|被告人|被告单位|被告|申诉人"
# 指控犯盗窃罪(未遂)的罪名不当: the charge is answered
_CHARGES = (
    r"指控(?=[^,。;]{0,30}(?:累犯|再犯|主犯|从犯|(?<!\()未遂|坦白|逃逸|自首|前科|立功))"
    r"(?![^,。;]{0,40}罪名)"
)
_SAYS = (
    "上诉提出|上诉称|(?<!主动)提出|所提|所持|认为|诉称|辩称|(?<!予以)(?<!有所)辩解"
    "|辩护称|辩护|关于|(?<!自)(?<!名)称"
)
_ASKS = "主张|请求|要求|以|建议|申请|抗诉"
# 被告人称要…, 被告人提出去…: in what happened these open no plea
_PLEADS = "上诉提出|上诉称|诉称|辩称|辩护称|认为(?=[,:])"
_PUTS = "提出|所提|认为|诉称|辩称|辩护称|关于|主张|抗诉"


def _opening(state: str, counsel: str, party: str) -> str:
    """A party, who else, then the word that opens what it says."""
    gap = r"[^,。;:!?\"]{0,30}?"
    return (
        rf"(?:(?P<state>{_STATE}){gap}(?:{state}|{_CHARGES})|(?:{_COUNSEL}){gap}(?:{counsel})"
        rf"|(?:{_PARTY}){gap}(?:{party}))"
        r"(?!(?:意见|理由|观点|请求|主张|建议)[^:,]{0,4}(?:[,。;]|不|予|与|均|成立))"
    )


_ABOUT = (
    r"(?:关于|对于|针对|对|至于)"
    r"(?=[^,。;:]{0,40}(?:的|\")(?:辩护|辩解|上诉|量刑)?(?:意见|理由|辩解|观点|请求|主张))"
)
_OPEN = re.compile(
    # of 被告人 fewer words: 被告人要求被害人…
    rf"{_opening(f'{_SAYS}|{_ASKS}', f'{_SAYS}|{_ASKS}', _SAYS)}"
    # one more opinion of the same counsel: …不予支持;提出…的意见
    r"|(?<=[;。,])(?:但对?其?|并|且)?(?:还|又|另|另外|同时)?(?:提出|所提|辩称)(?=[^,。;]{2})"
    rf"|{_ABOUT}"
)
_OPEN_AMONG_FACTS = re.compile(
    rf"{_opening(_PUTS, _PUTS, _PLEADS)}"
    r"|(?<=[;。,])(?:但|并|且)?(?:还|又|另)?(?:辩称|诉称|上诉提出|上诉称)(?=[^,。;]{2})"
    rf"|{_ABOUT}"
)
_NOUN = (
    r"(?:的|之|等|上述|该|\"|此)(?:[^,。;:\"的]{0,6})"
    r"(?:意见|辩解|理由|观点|请求|主张|建议|辩称|辩护|诉求|异议|问题)(?:(?=[,。;:(\"是与不予均可应有无符本没系和、及据能成缺也已亦部经其])|$)"
    r"|(?:辩护|辩解|上诉|量刑|代理)(?:意见|理由|建议)"
)
_REJECTED = (
    r"不予(?:以)?(?:采|支持|认可|考虑|认定)|不(?:应|能|宜|可)?采[纳信]|(?:难以|不能|无法|不应)(?:予以)?(?:采[纳信]|支持)"
    r"|不予支持|不支持|未予采纳|不应予采|(?:指控|建议|意见|辩解|理由|主张|认定)(?:[^,。;]{0,6})不当|均?不能?成立|不足(?:以)?采信|理由不足"
)
_UNFOUNDED = (
    r"与(?!被害人|他人|证人)[^,。;]{0,30}(?:不符|不一致|相悖|不相符|相矛盾|相互矛盾)"
    r"|(?:没有|无|缺乏|缺少)(?:充分)?(?:的)?(?:事实|证据|法律|相关|客观|相应)[^,。;]{0,8}(?:依据|支持|根据|证实|佐证|印证)"
    r"|不符合(?:事实|法律|本案|客观)|于法无据|依据不足|不属实|不实|无事实|与事实不符"
)
_PART = r"部分(?:予以|成立|采纳|有理|属实)|合理(?:的)?部分|部分[^,。;]{0,6}采纳"
_ACCEPTED = (
    r"予(?:以)?(?:充分)?(?:采纳|采信|支持|考虑|认可|确认|体现|参考|酌情采纳|酌情考虑|评价)|酌情(?:予以)?(?:采纳|采信|考虑|支持)"
    r"|酌予(?:采纳|考虑|采信)|属实|(?<!不)(?<!不能)(?<!不予)成立|有理(?!由)|本院(?:依法|酌情|均|一并)?采[纳信]|(?:可|应|均|已|可以|应当|依法|一并|当|并|被)(?:予|以)?采[纳信]"
    r"|与(?:本案|客观|审理|查明|庭审|已?经?查明|事实|法律|实际)[^,。;]{0,14}(?:相符|一致|吻合)|(?<!不)符合(?:事实|法律|本案)"
    r"|(?<!不)(?:适当|恰当|正确|得当)(?!处理)|有事实|理由充分|有据|采纳"
)
_VERDICT = re.compile(
    rf"(?P<part>{_PART})|(?P<unfounded>{_UNFOUNDED})|(?P<rejected>{_REJECTED})|(?P<accepted>{_ACCEPTED})"
)
_CLOSE = re.compile(
    rf"(?P<noun>{_NOUN})|(?P<turn>经查|经审查|经审理|本院认为|合议庭|经核|经庭审|经调查|本院经)"
)
# words that only the court says of an opinion; within one, 成立 and 不当 are its own words
_SETTLED = re.compile(
    rf"{_UNFOUNDED}|{_PART}|不予(?:以)?(?:采|支持)|不(?:应|能|宜|可)?采[纳信]|不能成立|予以?(?:采[纳信]|支持)"
    r"|(?:经查|经审查)?属实|本院[^,。;]{0,8}采[纳信]|可采[纳信]|应采[纳信]|相符|与[^,。;]{0,16}一致"
)
_SETTLED_STATE = re.compile(rf"{_SETTLED.pattern}|不?成立|清楚|充分|正确|适当|不当|有误|准确|妥当")
_OTHERS = re.compile(r"(?:其他|其余|其它|另外|除此|除上述)[^,。;]{0,20}$")
_COMMON = re.compile(r"均|上述|以上|该些|这些|分别")
# one opinion holds and the other does not: which is which is not told
_ENUMERATED = re.compile(r"[^。;!?]{0,60}?(?:前者|后者)")
# 公诉机关指控某某系主犯不当: the opinion ends where the court's word begins
_WRONG = re.compile(r"(?<!无)(?<!没有)(?:不当|有误)")
_BREAK = re.compile(r"[。;!?]")
_QUOTED = 900
_LIST = 700
_OPINION = 2000
"""No sentence that reports an opinion is longer."""
_VERDICT_REACH = 420


@dataclass(frozen=True, slots=True)
class Claim:
    """An opinion: `form[start:stop]`, where `request` says that it ends in asking for something
    (请求从轻处罚), so that a rejection may mean the request only."""

    speaker: Speaker
    start: int
    stop: int
    verdict: Verdict
    request: bool


_REQUEST = re.compile(
    r"(?:请求|要求|建议|希望|恳请|请|应(?:当)?|可(?:以)?|望|予以|给予|适用|对其|宣告)[^。;]{0,16}(?:从轻|减轻|从宽|缓刑|免予|免除|改判|轻判|较轻)"
    r"|(?:从轻|减轻|从宽|改判)[^。;]{0,8}(?:处罚|判处)"
)


def claims(form: str, start: int, stop: int, *, facts: bool = False) -> tuple[Claim, ...]:
    """The opinions reported in a stretch of the form of a text, in order, not overlapping.

    `facts`: the stretch tells what happened, so that fewer words open an opinion."""
    opening = _OPEN_AMONG_FACTS if facts else _OPEN
    opened: list[tuple[Speaker, int, int]] = []
    at = start
    while True:
        match = opening.search(form, at, stop)
        if match is None:
            break
        state = match["state"] is not None
        end = _end(form, match.end(), stop, state)
        speaker: Speaker = "prosecution" if state else "defence"
        opened.append((speaker, match.end(), end))
        at = max(end, match.end())
    opened = _headless(form, start, stop, opened)
    found = []
    for place, (speaker, begin, end) in enumerate(opened):
        limit = min(stop, end + _VERDICT_REACH)
        following = opened[place + 1] if place + 1 < len(opened) else None
        verdict, _ = _verdict(form, end, limit if following is None else min(limit, following[1]))
        if verdict == "open" and following is not None and following[2] < limit:
            other, where = _verdict(form, following[2], limit)
            if _COMMON.search(form, max(following[2] - 12, where - 16), where):
                verdict = other
        if _ENUMERATED.match(form, end, limit):
            verdict = "open"
        elif speaker == "prosecution" and _WRONG.match(form, end, limit):
            verdict = "rejected"
        request = _REQUEST.search(form, begin, end) is not None
        found.append(Claim(speaker, begin, end, verdict, request))
    return tuple(found)


# an opinion without its author before it: 被告人某有坦白情节的辩护意见
_HEADLESS = re.compile(
    r"(?<!护人)(?<!告人)(?<!诉人)(?<!其)的(?:相应)?(?:辩护|辩解|上诉)(?:及(?:辩护|上诉))?(?:意见|理由|主张|观点)"
    r"|(?<!机关)(?<!诉人)(?<!察院)(?<!其)的(?:相应)?(?P<state>(?:公诉|指控|起诉|抗诉)(?:意见|理由|主张|观点)"
    r"|指控(?=[,。;不予成与系属缺证没无均本经]))"
)


_ADJACENT = 6


def _headless(
    form: str, start: int, stop: int, opened: list[tuple[Speaker, int, int]]
) -> list[tuple[Speaker, int, int]]:
    more: list[tuple[Speaker, int, int]] = []
    place = 0
    for match in _HEADLESS.finditer(form, start, stop):
        while place < len(opened) and opened[place][2] < match.start():
            place += 1
        if place < len(opened) and opened[place][1] <= match.start():
            continue
        if place and match.start() - opened[place - 1][2] <= _ADJACENT:
            continue
        low = max(start, match.start() - 80, opened[place - 1][2] if place else start)
        begin = max(low, *(form.rfind(mark, low, match.start()) + 1 for mark in ",。;:!?"))
        more.append(("prosecution" if match["state"] else "defence", begin, match.start()))
    return sorted([*opened, *more], key=lambda each: each[1])


def _end(form: str, begin: int, stop: int, state: bool) -> int:
    """Where the opinion that begins at `begin` ends."""
    quote = form.find('"', begin, min(stop, begin + 16))
    if quote >= 0 and _BREAK.search(form, begin, quote) is None:
        closing = form.find('"', quote + 1, min(stop, quote + _QUOTED))
        if closing >= 0:
            return closing
    stop = min(stop, begin + _OPINION)
    sentence = _BREAK.search(form, begin, stop)
    edge = stop if sentence is None else sentence.start()
    listed = form[begin : begin + 1] in ":;" or form.startswith(("1", "一", "(", "①"), begin + 1)
    if listed:
        edge = min(stop, begin + _LIST)
    ends = [edge]
    close = _CLOSE.search(form, begin, edge)
    if close is not None:
        # 提出的自首意见: what is claimed stands within the noun itself
        within = close["noun"] is not None and close.start() == begin
        ends.append(close.end() if within else close.start())
    elif listed:
        ends.append(stop if sentence is None else sentence.start())
    settled = _SETTLED_STATE if state else _SETTLED
    verdict = settled.search(form, begin, min(ends))
    if verdict is not None:
        comma = form.rfind(",", begin, verdict.start())
        ends.append(verdict.start() if comma < 0 else comma)
    return min(ends)


def _verdict(form: str, start: int, stop: int) -> tuple[Verdict, int]:
    for match in _VERDICT.finditer(form, start, stop):
        if _OTHERS.search(form, max(start, match.start() - 24), match.start()):
            continue
        kind = match.lastgroup
        if kind == "accepted":
            return "accepted", match.start()
        if kind == "rejected":
            return "rejected", match.start()
        if kind == "unfounded":
            return "unfounded", match.start()
        return "open", match.start()
    return "open", stop
