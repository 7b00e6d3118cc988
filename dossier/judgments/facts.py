"""What a judgment says of itself: court, 案号, date, charges, statutes, parties.

Only what the corpus does not say is taken from the text. Names of parties are what one searches
for; nothing else about persons is read.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ..catalogue.dates import dates
from ..catalogue.numbers import COURT, written
from ..elements import canonical_charge, charges_in, citations
from ..normal import normal

_HEAD = 600
"""Characters in which a judgment's court and number stand."""
_COURT = re.compile(r"(?:^|[\s。书])([\u4e00-\u9fa5]{2,28}法院)\s*$")
_KIND = re.compile(
    r"(?:刑\s?事|民\s?事|行\s?政)\s?(?:附\s?带\s?民\s?事\s?)?(?:判\s?决|裁\s?定|决\s?定|调\s?解)\s?书"
)
_OLD_NUMBER = re.compile(
    r"\((?:19|20)\d\d\)[\u4e00-\u9fa5\d]{1,16}?(?:字第|字|第)?\d{1,8}(?:-\d{1,3})?号(?:之[一二三四五六七八九十\d]{1,2})?"
)
_OTHERS_NUMBER = re.compile(r"[检公诉]")
_ROLE = r"(?:原审被告人|被告人|上诉人|罪犯|申诉人|被告单位|自诉人)"
_NAME = r"[\u4e00-\u9fa5·]{2,12}?|[\u4e00-\u9fa5][某×xXＸ*]{1,3}[\u4e00-\u9fa5\d]?"
_PARTY = re.compile(
    rf"{_ROLE}(?:[（(][^（()）]{{1,20}}[）)])?[:：\s]?(?P<name>{_NAME})\s?"
    r"(?:[（(][^（()）]{1,30}[）)])?\s?[，,。]\s?"
    r"(?=男|女|曾用名|别名|又名|化名|绰号|外号|自报|自称|住所地|单位|法定代表人|(?:公民)?身份证|(?:19|20)\d\d年|\d{4}\.)"
)
_CONVICTED = re.compile(rf"被告(?:人|单位)(?P<name>{_NAME})(?=犯(?!罪))")
_BARE_NAME = re.compile(r"[\u4e00-\u9fa5·某×xXＸ*]{2,12}\d?")
_VERDICT = re.compile(r"(?:判\s?决|裁\s?定|决\s?定)\s?如\s?下")
_TERM = re.compile(r"[即自从至到起止、(（]$|(?:期限|刑期)$")
_FIRST_DAY = dt.date(1979, 10, 1)
_MOST = 60
"""Charges, statutes or parties kept of one judgment."""


@dataclass(frozen=True, slots=True)
class Facts:
    court: str
    number: str
    day: dt.date | None
    charges: tuple[str, ...]
    statutes: tuple[str, ...]
    parties: tuple[str, ...]


def facts(title: str, text: str, *, court: str, number: str, day: str, charges: list[str]) -> Facts:
    """Facts of one judgment; `court`, `number`, `day` and `charges` are what the corpus says."""
    own_court, heading = _heading(text)
    own_number = written(normal(number)) if number else _number(heading) or _number(normal(title))
    given = tuple(dict.fromkeys(filter(None, map(_charge, charges))))
    return Facts(
        court=(court or own_court)[:200],
        number=own_number[:200],
        day=_given_day(day) or _day(text, own_number),
        charges=(given or _charges(title, text))[:_MOST],
        statutes=tuple(dict.fromkeys(map(str, citations(text))))[:_MOST],
        parties=_parties(title, text),
    )


def _heading(text: str) -> tuple[str, str]:
    """The court that decided, and what stands above the parties, in matching form.

    Without 刑事判决书 there is no heading (a corpus may hold only the facts), and what looks like
    one speaks of another case.
    """
    head = text[:_HEAD]
    first = ""
    for kind in _KIND.finditer(head):
        heading = normal(head[: kind.end() + 60])
        court = _COURT.search(head[: kind.start()])
        if court is not None:
            return court[1], heading
        if kind.start() < 60:
            first = first or heading
    spaced = _COURT.search(normal(_KIND.split(head, maxsplit=1)[0])) if first else None
    return (spaced[1] if spaced else ""), first


def _number(head: str) -> str:
    for pattern in (COURT, _OLD_NUMBER):
        match = pattern.search(head)
        if match and not _OTHERS_NUMBER.search(match[0]):
            return written(match[0])
    return ""


def _given_day(text: str) -> dt.date | None:
    found = [day for _, day in dates(normal(text))] if text else []
    if not found and re.fullmatch(r"(?:19|20)\d{6}", text):
        found = [day for _, day in dates(f"{text[:4]}-{text[4:6]}-{text[6:]}")]
    return found[0] if found and _plausible(found[0], "") else None


def _day(text: str, number: str) -> dt.date | None:
    """The date under the judgment: the last one in Chinese numerals after the verdict, else the
    last other one that is no beginning or end of a term."""
    verdict = _verdict(text)
    # Cyrillic О as zero is common where people typed the date
    tail = normal(text[len(text) // 2 if verdict is None else verdict :][:20_000]).replace(
        "О", "〇"
    )
    found = [
        (match["cy"] is not None, day)
        for match, day in dates(tail)
        if _plausible(day, number)
        and not _TERM.search(tail[: match.start()][-3:])
        and tail[match.end() : match.end() + 1] not in ("起", "至", "止", "前", "因", "被")
    ]
    chinese = [day for is_chinese, day in found if is_chinese]
    others = [day for is_chinese, day in found if not is_chinese and verdict is not None]
    return next(iter(chinese[-1:] or others[-1:]), None)


def _verdict(text: str) -> int | None:
    """Where the verdict begins: after the last 判决如下."""
    return max((match.end() for match in _VERDICT.finditer(text)), default=None)


def _plausible(day: dt.date, number: str) -> bool:
    year = re.search(r"(?:19|20)\d\d", number)
    return _FIRST_DAY <= day <= dt.date.today() and (year is None or day.year >= int(year[0]))


def _charge(text: str) -> str:
    plain = text.strip().strip("[]").removesuffix("罪")
    return canonical_charge(plain) or plain


def _charges(title: str, text: str) -> tuple[str, ...]:
    """What it is about: the charges of the title and those convicted of; without either all that
    the text names."""
    verdict = _verdict(text)
    named = [found.name for found in charges_in(title)]
    if verdict is not None:
        named += [found.name for found in charges_in(text[verdict:])]
    return tuple(dict.fromkeys(named or [found.name for found in charges_in(text)]))


def _parties(title: str, text: str) -> tuple[str, ...]:
    found = [match["name"] for match in _PARTY.finditer(text[:6000])]
    verdict = _verdict(text)
    if verdict is not None:
        found += [match["name"] for match in _CONVICTED.finditer(text, verdict)]
    charges = charges_in(title)
    if charges:
        # 张三、李四盗窃一审刑事判决书
        before = title[: charges[0].start].rpartition("被告人")[2].removesuffix("犯")
        names = [name.strip() for name in re.split(r"[、，,\s]", before)]
        if all(_BARE_NAME.fullmatch(name) and len(name) <= 5 for name in names):
            found += names
    return tuple(dict.fromkeys(found))[:_MOST]
