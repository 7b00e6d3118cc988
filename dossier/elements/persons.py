"""Roles and names of persons in text in matching form (no white space, half width)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .charges import charges_at

_ROLE = (
    r"(?:附带民事(?:诉讼)?(?:部分)?(?:的)?(?:共同)?被告(?:人|单位)?|附带民事(?:诉讼)?(?:原告|上诉)人|"
    r"(?:原审|再审|原)?(?:被告人|被告单位|被告(?!人)|上诉单位)|上诉人|抗诉机关|(?:原审|原)?罪犯|被申请人|申诉人|"
    r"被害人|(?:原审)?自诉人|反诉人|反诉被告人)"
)
_ROLES = rf"{_ROLE}(?:[、(]?(?:暨|兼|及)?{_ROLE}\)?)*"
_UNIT = re.compile(
    r"公司|厂|局|院|中心|社|店|所|会|集团|部|站|行|队|学校|大学|企业|政府|场|室|馆|园|吧|城|矿|业|科|处|办"
)
_DOES = (
    r"(?:均|都|也|各|分别|共同|二人|三人|已|又|再|还|另|亦|所|因本案|因|曾){0,4}"
    r"(?:犯|无罪|构成|免[予于除]|判处|不构成|有期徒刑)"
)
_STRONG = re.compile(rf"[^,。;:()、的]{{2,40}}?(?={_DOES})")
_WEAK = re.compile(
    r"[^,。;:()、的]{2,40}?(?="
    r"[,。;:()、的]|$|均|各|分别|宣告|不|退|赔|应|因|违|非法|共同|连带|撤|驳|将|于|在|自|与|和|及|处|拘役|管制|罚金|缓刑|刑期|"
    r"系|所|已|向|对|以|从|由|被|追|继续|上缴|承担|给|回|限|其|个人|供|作案|随案|扣押|实施|参与|一次|没收|现|等|名下|尚未|在案|"
    r"判|提出|经济|犯|缴|返还|持有|使用|"
    r"附带|剩余|余|主动|家属|亲属|量刑|定罪|刑罚|部分|诉|执行|通过|接受|未)"
)
_ASIDE = re.compile(r"\((?![一二三四五六七八九十]+\))[^()]{0,60}\)")
_ALSO = re.compile(rf"(?:[、,]|和|及|与|以及|并)?(?:{_ROLES})?")
_JOINED = re.compile(r"以及|[和及与]")


def roles_pattern() -> str:
    """A regular expression, without groups, of what stands before the name of a defendant."""
    return _ROLES


def names_pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    """Known names, the longest first; None without any."""
    each = sorted({name for name in names if len(name) > 1}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, each))) if each else None


_NO_NAME = re.compile(
    r"犯|的|定罪|主刑|量刑|刑罚|部分|违法|退[赔还缴出赃]|应[当予依退赔继向共在缴由将]|均[犯被判以应系无]|各[自处判犯被]"
    r"|在案|之[前后间]|自愿|因[犯涉]|判处|有期徒刑|共同|及其|本人|无罪|对[其被本上]|个人|所[犯得有]"
)
_UNIT_NAME = re.compile(
    r"[^,。;:()、]{2,40}?(?:公司|厂|局|院|中心|合作社|集团|学校|大学|企业|政府|商行|经营部|事务所|店)"
    r"(?=[,。;:(犯的、]|均|无罪)"
)
_LATIN = re.compile(r"[A-Za-z.·]+")
_CHARGED = re.compile(r"[^,。;:()、犯]{2,40}罪")


def _plausible(name: str) -> bool:
    if _NO_NAME.match(name):
        return False
    return len(name) <= 4 or "·" in name or "某" in name or _UNIT.search(name) is not None


def strong_name(text: str, at: int) -> str | None:
    """The name at `at` if what follows says that it is one (…犯, …无罪)."""
    match = _STRONG.match(text, at)
    if match is None or _NO_NAME.match(match[0]):
        return None
    name = match[0]
    if "罪" not in name and _plausible(name):
        return name
    # a long name (of a minority, in Latin letters) if a charge follows at once
    committed = text.startswith("犯", match.end()) and charges_at(text, match.end() + 1)
    return name if committed and (len(name) <= 10 or _LATIN.fullmatch(name)) else None


def _charged_name(text: str, at: int) -> str | None:
    """张三 in 张三盗窃罪, where 犯 is missing."""
    if _CHARGED.match(text, at) is None or _NO_NAME.match(text, at):
        return None
    for length in (3, 2, 4, 5, 6):
        for charge in charges_at(text, at + length):
            if text.startswith("罪", charge.stop) or text.startswith(("、", "罪"), charge.stop):
                return text[at : at + length]
    return None


def names_at(text: str, at: int, known: re.Pattern[str] | None) -> tuple[tuple[str, ...], int]:
    """The names of persons or units in a row that begins at `at`, and where it ends."""
    names: list[str] = []
    if text.startswith("某犯", at):
        return ("某",), at + 1
    while len(names) < 200:
        found = known.match(text, at) if known is not None else None
        if found is not None:
            names.append(found[0])
            at = found.end()
        else:
            unit = _UNIT_NAME.match(text, at)
            name = strong_name(text, at) if unit is None else unit[0]
            name = name or _charged_name(text, at)
            if name is None:
                match = _WEAK.match(text, at)
                if match is None or not _plausible(match[0]):
                    break
                name = match[0]
            at += len(name)
            names.extend(_split(name))
        aside = _ASIDE.match(text, at)
        if aside is not None:
            at = aside.end()
        also = _ALSO.match(text, at)
        if also is None or also.end() == at or (text[at] == "," and also.end() == at + 1):
            break
        if also[0] in ("和", "及", "与", "以及", "并") and not (
            (known is not None and known.match(text, also.end()))
            or strong_name(text, also.end()) is not None
        ):
            break
        at = also.end()
    return tuple(names), at


def _split(name: str) -> list[str]:
    """刘某和王某某 is two names; 张和平 is one."""
    if _UNIT.search(name):
        return [name]
    parts = _JOINED.split(name, maxsplit=1)
    if len(parts) == 2 and all(len(part) >= 2 for part in parts):
        return [parts[0], *_split(parts[1])]
    return [name]
