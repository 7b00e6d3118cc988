"""From a judgment, or from the facts of a case alone, to what may be compared."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from dossier.elements import Elements, Measure, Segment, Sentence, canonical_charge, extract
from dossier.elements.amounts import amounts
from dossier.elements.measures import measures
from dossier.elements.segments import segments

from .masking import masked
from .values import INJURIES, CaseProfile

_MAIN = re.compile(
    r"(?:共计|合计|总计|累计|总额|总价值|共价值|价值|数额|金额|计款|损失|骗取|诈骗|窃得|盗得|盗走|抢得|贪污|受贿|收受|贿赂|侵占|挪用|获利|违法所得|赌资|货值|销售)"
    r"[^，,。；;]{0,14}$"
)
_ASIDE = re.compile(
    r"(?:赔偿|罚金|退赔|退还|退缴|谅解|医疗费|罚款|保险|注册资本|押金|以下|以上)[^，,。；;]{0,14}$"
)
_DEATH = re.compile(
    r"(?:致|造成|导致|使)[^，,。；;]{0,30}死亡|(?:抢救|医治|经治疗)无效[^，。；]{0,6}死亡|当场死亡|身亡"
)
_DRUG = re.compile(r"毒|海洛因|冰毒|苯丙胺|氯胺酮|大麻|吗啡|鸦片|可卡因|麻古|K粉")
_LEVELS = (
    ("最高人民法院", "最高"),
    ("高级人民法院", "高级"),
    ("中级人民法院", "中级"),
    ("法院", "基层"),
)
_COURT = re.compile(r"[\u4e00-\u9fff]{2,24}?法院")
_PROCEDURES = (
    ("速裁", re.compile("速裁程序")),
    ("简易", re.compile("简易程序")),
    ("普通", re.compile("普通程序")),
)
_FACTS = ("facts", "prosecution", "other", "conclusion")
_ACCOUNT = ("prosecution", "defence", "facts", "evidence", "conclusion", "other")
_NEVER = ("head", "parties", "reasoning", "decision", "foot", "appendix")
_BEGIN = re.compile(r"(?:审理|依法|审查|侦查)?查明[，,：:]|指控[，,：:]")
_ENOUGH = 60


def profile_of(
    text: str = "",
    *,
    title: str = "",
    facts: str = "",
    reasoning: str = "",
    decision: str = "",
    charges: Iterable[str] = (),
    day: date | None = None,
    court: str = "",
    region: str | None = None,
    guiding: bool = False,
    names: Iterable[str] = (),
    read: Elements | None = None,
) -> CaseProfile:
    """The profile of a judgment given whole (`text`) or as sections (`facts`, `reasoning`,
    `decision`); of a case described by its facts alone, `text` or `facts`.

    `charges` (known ones, with or without 罪) go before what the text says; `court`, `day`,
    `region` and further `names` of persons likewise; `read` what was already read from `text` with
    this title. Raises nothing whatever the text is.
    """
    sections = "\n".join(part for part in (facts, reasoning, decision) if part)
    whole = text or sections
    judgment = bool(reasoning or decision) or None
    found = read
    if found is None:
        found = extract(whole, title=title, kind="judgment" if judgment and not text else None)
    own = {name for party in found.parties for name in (party.name, *party.aliases)}
    own |= {sentence.defendant for sentence in found.sentences} | set(names)
    own.discard("")
    told = facts or _part(whole, found.segments, _FACTS)
    if facts and judgment:
        told = _part(facts, segments(facts, "judgment"), _FACTS)
        told = told if len(told) >= _ENOUGH else facts
    elif len(told) < _ENOUGH:
        told = _rest(whole, found)
    why = reasoning or _part(whole, found.segments, ("reasoning",))
    known = {name for name in own if len(name) > 1 and "法院" not in name}
    place = court or _court(whole, found)
    number = next((n for n in found.numbers if n.kind == "court"), None)
    whole_account = facts or _part(whole, found.segments, _ACCOUNT)
    account = whole_account if len(whole_account) > len(told) else told
    circumstances = _circumstances(found)
    sentence = _principal(found.sentences)
    said = measures(told)
    plain = masked(told, known)
    return CaseProfile(
        facts=plain,
        reasoning=masked(why, known),
        account=plain if account == told else masked(account, known),
        charges=_charges(found, charges),
        statutes=_statutes(found),
        circumstances=circumstances,
        amount=_amount(told),
        injury=_injury(told, said),
        alcohol=_most(told, said, "alcohol"),
        weight=_most(told, said, "weight"),
        role=role_of(circumstances),
        instance=_instance(title, number.procedure if number else "", whole),
        procedure=next((name for name, pattern in _PROCEDURES if pattern.search(whole)), None),
        day=day or _day(found, whole),
        court_level=next((level for name, level in _LEVELS if name in place), None),
        region=region or (number.region if number and number.region else None),
        guiding=guiding,
        months=sentence.months if sentence else None,
        penalty=_penalty(sentence),
        probation=sentence.probation if sentence else None,
        fine=float(sentence.fine.value) if sentence and sentence.fine else None,
    )


def _part(text: str, known: Sequence[Segment], kinds: Sequence[str]) -> str:
    parts = [text[s.start : s.stop] for s in known if s.kind in kinds]
    if kinds is _ACCOUNT:
        return "".join(parts).strip()
    # 指控 says again what the court finds: one of them is enough
    if "facts" in kinds and any(s.kind == "facts" for s in known):
        parts = [text[s.start : s.stop] for s in known if s.kind == "facts"]
        if sum(map(len, parts)) < _ENOUGH:
            parts = [text[s.start : s.stop] for s in known if s.kind in kinds]
    return "".join(parts).strip()


def _rest(text: str, found: Elements) -> str:
    """Where no part is known as the facts: all that is nothing else, from 查明 on."""
    rest = "".join(text[s.start : s.stop] for s in found.segments if s.kind not in _NEVER)
    begin = _BEGIN.search(rest)
    told = rest[begin.end() :] if begin and len(rest) - begin.end() >= _ENOUGH else rest
    return told.strip() or (text if len(found.segments) <= 1 else "")


def _charges(found: Elements, given: Iterable[str]) -> tuple[str, ...]:
    names = [canonical_charge(name) or name.removesuffix("罪") for name in given if name]
    if not names:
        names = [s.charge for s in found.sentences if s.charge and s.operative]
    for speaker in ("court", "prosecution", "document"):
        if not names:
            names = [mention.name for mention in found.charges if mention.speaker == speaker]
    return tuple(dict.fromkeys(names))


def _statutes(found: Elements) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            f"{c.law}{c.article}" + (f"之{c.sub}" if c.sub is not None else "")
            for c in found.citations
        )
    )


def _circumstances(found: Elements) -> tuple[tuple[str, bool], ...]:
    """Findings of the court; a code of which it says nothing as others claim it."""
    said: dict[str, bool] = {}
    for speakers in (("court",), ("document", "prosecution"), ("defence",)):
        here: dict[str, bool] = {}
        for each in found.circumstances:
            if each.speaker in speakers and each.code not in said:
                here[each.code] = here.get(each.code, False) or each.holds
        said.update(here)
        if said:
            break
    return tuple(sorted(said.items()))


def _amount(text: str) -> float | None:
    main: list[float] = []
    other: list[float] = []
    for each in amounts(text):
        if each.currency != "CNY":
            continue
        before = text[max(0, each.start - 30) : each.start]
        if _ASIDE.search(before):
            continue
        (main if _MAIN.search(before) else other).append(float(each.value))
    best = max(main or other, default=0.0)
    return best if best > 0 else None


def _most(text: str, said: Sequence[Measure], kind: str) -> float | None:
    values = [
        float(m.value)
        for m in said
        if m.kind == kind
        and m.value is not None
        and (kind != "weight" or m.what or _DRUG.search(text[max(0, m.start - 40) : m.stop + 20]))
    ]
    best = max(values, default=0.0)
    return best if best > 0 else None


def _injury(text: str, said: Sequence[Measure]) -> str | None:
    grades = [m.text for m in said if m.kind == "injury" and m.text in INJURIES]
    if _DEATH.search(text):
        grades.append("死亡")
    return max(grades, key=INJURIES.index, default=None)


def role_of(circumstances: Iterable[tuple[str, bool]]) -> str | None:
    """主犯 or 从犯, None where the circumstances say neither or both."""
    roles = [code for code, holds in circumstances if holds and code in ("主犯", "从犯")]
    return roles[0] if len(roles) == 1 else None


def _instance(title: str, procedure: str, text: str) -> str:
    for name, code in (("再审", "刑再"), ("二审", "刑终"), ("一审", "刑初")):
        if name in title or procedure == code:
            return name
    if "终审裁定" in text or "终审判决" in text:
        return "二审"
    return "一审" if "可在接到判决书" in text or "提起公诉" in text else ""


def _court(text: str, found: Elements) -> str:
    named = next((n.court for n in found.numbers if n.kind == "court" and n.court), "")
    if named:
        return named
    head = _COURT.search(text[:80])
    return head[0] if head else ""


def _day(found: Elements, text: str) -> date | None:
    foot = [s for s in found.segments if s.kind == "foot"]
    if not foot:
        return None
    days = [m.date for m in found.moments if m.start >= foot[0].start and m.date is not None]
    return days[-1] if days else None


def _principal(sentences: Sequence[Sentence]) -> Sentence | None:
    """In all, of the first defendant on whom something is imposed."""
    operative = [s for s in sentences if s.operative and (s.penalty or s.exempt or s.fine)]
    if not operative:
        return None
    of_first = [s for s in operative if s.defendant == operative[0].defendant]
    return next((s for s in of_first if s.total), None) or max(
        of_first, key=lambda s: s.months or 0
    )


def _penalty(sentence: Sentence | None) -> str | None:
    if sentence is None:
        return None
    if sentence.exempt:
        return "免予刑事处罚"
    return sentence.penalty or ("罚金" if sentence.fine else None)
