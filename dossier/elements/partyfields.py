"""What a clause of an entry says of a party: 男, 1980年1月2日出生, 汉族, 初中文化, 农民, 住…"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .numerals import arabic
from .partydata import tables

_CLAUSE = re.compile(r"(?:[^,。;()]|\([^()]{0,120}\))+")
_D = "[0-9零〇○OXx×*一二三四五六七八九十]"
_DATE = rf"(?P<year>{_D}{{4}})年(?:(?P<month>{_D}{{1,3}})月(?:(?P<day>{_D}{{1,3}})[日号])?)?"
_BIRTH = re.compile(
    rf"(?:出?生于|出生日期|出生年月日?|生日)[:为]?{_DATE}"
    rf"|{_DATE.replace('>', '2>')}(?:\([^()]{{0,20}}\))?(?:左右)?(?:出|生)"
)
_LONE_DATE = re.compile(_DATE)
_BIRTHPLACE = re.compile(
    r"(?:出生地|原籍|籍贯|祖籍)[:为是系在]{0,2}(?P<place>[^,。;()]{2,40})|(?:出?生于|出生在|生在)(?P<place2>[^\d,。;()][^,。;()]{1,40})"
    r"|出生(?P<place3>[^\d,。;()于地在日年][^,。;()]{1,40}[省市县区村镇乡])$|^(?P<place4>[一-龥]{2,14}[省市县区旗州])人$"
)
_ID = re.compile(
    r"(?:公民身份证?(?:号码)?|居民身份证(?:号码?)?|身份证(?:件)?(?:号码?)?|身份号码|证件号码)[:为是]{0,2}(?P<id>[\dXx×*]{3,18})"
)
_SEX = re.compile(r"(?:性别:?)?(?P<sex>[男女])性?(?:\d{1,3}岁)?")
_PEOPLE = re.compile(r"(?:民族:?)?(?P<people>[一-龥]{1,8}族)(?:人)?")
_HOUSEHOLD = re.compile(
    r"(?:户籍(?:登记)?(?:所在)?(?:地)?(?:住址|地址)?|户口(?:所在)?地?|身份证(?:登记)?(?:住址|地址))(?P<both>(?:及|和|暨|、)(?:现|居)?(?:住址?|居住)(?:所?地)?)?"
    r"(?:均?[位为在系是]于?|:)?(?P<place>[^,。;]{2,60})"
)
_ADDRESS = re.compile(
    r"(?:现|暂|实际|原|捕前|案发前|经常|家庭?|被捕前|作案前|归案前|目前|户籍|常|现在|临时|曾|均){0,2}(?:居)?住(?:所地|所|址|地|处)?(?P<both>(?:及|和|、)户籍(?:所在)?地)?(?:均?[为在系是]|:)?"
    r"(?P<place>[^,。;]{2,60})|(?:家庭|现|通讯)地址:?(?P<place2>[^,。;]{2,60})"
)
_NATION = re.compile(
    r"(?:国籍:?)(?P<nation>[一-龥A-Za-z]{2,16})|(?P<nation2>[一-龥]{1,12})(?:国籍)|(?P<nation3>[一-龥]{1,8}国)(?:公民|人)|(?P<none>无国籍)"
)
_PHONE = re.compile(r"(?:联系电话|联系方式|电话|手机号?码?)[:为]?(?P<phone>[\d-]{7,16})")
_CODE = re.compile(
    r"(?:统一社会信用代码|组织机构代码|社会信用代码|营业执照注册号|注册号)[:为]?(?P<code>[\dA-Z×*-]{8,20})"
)
_HEAD = re.compile(
    r"(?:法定代表人|负责人|单位负责人|法人代表)(?:[:为是系])?(?P<name>[^,。;:()\d]{2,12})"
)
_WORK = re.compile(
    r"(?P<lead>(?:捕前|案发前|原|被捕前|归案前|现|曾|作案前|系|原系|职业|任|担任|被告单位|分别|历任|先后){1,3}[:为系任]{0,2})?(?P<work>.{1,60})"
)
_SHORT = re.compile(r"[一-龥]{2,6}(?<![省市县区镇乡村人族住婚])")
_WORKER = re.compile(r"[工员师]$")
_AT_WORK = re.compile(
    r"(?P<unit>(?:[^()]|\([^()]*\)){2,40}(?:公司|厂|集团|银行|支行|分行|局|院|学校|大学|学院|中学|小学|委员会|政府|合作社|经营部|商行|店|中心|站|所|队|部|村|矿|协会|酒店|宾馆|超市))"
    r"(?P<post>(?!长).{1,24})"
)


def _iso(match: re.Match[str]) -> str:
    """The date as far as it is said and can be read: 1980-01-02, 1980-01, 1980."""
    groups = match.groupdict()
    year, month, day = (
        next((groups[key] for key in keys if groups.get(key)), None)
        for keys in (("year", "year2"), ("month", "month2"), ("day", "day2"))
    )
    try:
        assert year is not None
        out = f"{arabic(year.replace('O', '零')):04d}"
        if month is not None:
            out += f"-{arabic(month):02d}"
            if day is not None:
                out += f"-{arabic(day):02d}"
    except ValueError:
        return out if (out := (year or "")).isdecimal() else ""
    return out


Said = tuple[str, str, int, int]
"""field, value, start, stop"""


def fields_of(text: str, start: int, stop: int, unit: bool = False) -> list[Said]:
    """The fields that the personal part of an entry gives, the first of each kind."""
    found: dict[str, Said] = {}
    for clause in _CLAUSE.finditer(text, start, stop):
        for said in _said(clause[0], clause.start(), found, unit):
            found.setdefault(said[0], said)
    return sorted(found.values(), key=lambda said: said[2])


def _said(clause: str, at: int, found: dict[str, Said], unit: bool) -> Iterator[Said]:
    """What one clause says; clauses that say several things are few."""

    def said(field: str, match: re.Match[str], group: str, value: str | None = None) -> Said:
        begin, end = match.span(group)
        return field, match[group] if value is None else value, at + begin, at + end

    known = False
    sex = _SEX.fullmatch(clause)
    if sex is not None:
        yield said("sex", sex, "sex")
        return
    number = _ID.search(clause)
    if number is not None:
        yield said("id_number", number, "id", number["id"].upper())
        known = True
    code = _CODE.search(clause)
    if code is not None:
        yield said("credit_code", code, "code")
        known = True
    if "生" in clause or "年" in clause:
        birth = _BIRTH.search(clause)
        if birth is None and "birth" not in found and not unit:
            birth = _LONE_DATE.fullmatch(clause)
        if birth is not None and (value := _iso(birth)):
            yield "birth", value, at + birth.start(), at + birth.end()
            known = True
    place = _BIRTHPLACE.search(clause)
    if place is not None and place.lastgroup is not None:
        yield said("birthplace", place, place.lastgroup)
        known = True
    people = _PEOPLE.fullmatch(clause)
    if people is not None:
        yield said("ethnicity", people, "people")
        return
    household = _HOUSEHOLD.search(clause)
    if household is not None:
        yield said("household", household, "place", _place(household["place"]))
        if household["both"]:
            yield said("address", household, "place", _place(household["place"]))
        known = True
    outer = clause if household is None else clause[: household.start()]
    address = _ADDRESS.search(outer)
    if address is not None and (address.start() == 0 or household is not None or unit):
        group = address.lastgroup if address.lastgroup == "place2" else "place"
        if (value := _place(address[group])) and not value.startswith(("院", "校")):
            yield said("address", address, group, value)
            if address["both"]:
                yield said("household", address, group, value)
            known = True
    phone = _PHONE.search(clause)
    if phone is not None:
        yield said("phone", phone, "phone")
        known = True
    if unit:
        head = _HEAD.search(clause)
        if head is not None:
            yield said("representative", head, "name")
        return
    if known:
        return
    yield from _calling(clause, at, found)


def _place(value: str) -> str:
    """A place without what stands in brackets and without an opening bracket left over."""
    return re.sub(r"\([^()]*\)?", "", value).strip(":()")


def _calling(clause: str, at: int, found: dict[str, Said]) -> Iterator[Said]:
    """Education, nationality, occupation: told apart by their words."""
    data = tables()
    stop = at + len(clause)
    education = data.education.match(clause)
    if education is not None or "文化" in clause:
        if len(clause) <= 16 and "education" not in found:
            value = re.sub(r"^(?:文化程度|学历):?|(?:文化)?程度$|文化$|学历$", "", clause)
            yield "education", value or clause, at, stop
            return
        if len(clause) <= 8:
            return
    nation = _NATION.fullmatch(clause)
    if nation is not None:
        value = next(part for part in nation.groups() if part)
        yield "nationality", value, at, stop
        return
    work = _WORK.fullmatch(clause)
    if work is None or data.political.fullmatch(work["work"]) or len(clause) > 60:
        return
    if "occupation" in found or data.alias.match(clause):
        return
    # 做工: what stands alone behind the personal data
    alone = {"education", "ethnicity"} & found.keys() and _SHORT.fullmatch(clause)
    if not (
        work["lead"] or data.occupation.search(work["work"]) or _WORKER.search(clause) or alone
    ):
        return
    value = work["work"]
    inside = _AT_WORK.fullmatch(value)
    if inside is not None:
        begin = at + work.start("work")
        yield "employer", inside["unit"], begin, begin + inside.end("unit")
    yield "occupation", value, at + work.start("work"), stop
