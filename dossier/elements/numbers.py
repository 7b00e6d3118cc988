"""Numbers of cases and documents: a court's 案号, the 文号 of procuratorate and police.

Courts since 2016 (法〔2015〕137号, 法〔2018〕335号): （2023）甘0102刑初123号; before, by short
name and 字第: （2015）城刑初字第0258号. Procuratorate: 京昌检刑诉〔2025〕609号.
Police: 兰公城（刑）立字〔2023〕12号; appraisals by police organs, 公（司）鉴, are theirs too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .courts import court_of
from .form import form
from .values import CaseNumber, NumberKind

PROVINCES = "京津沪渝冀晋蒙内辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新兵军"
_CRIMINAL = "刑初|刑终|刑更备|刑更监|刑更|刑再|刑申|刑抗|刑监|刑核|刑辖|刑医|刑没|刑他"
COURT = re.compile(
    rf"\((?P<year>(?:19|20)\d\d)\)(?P<court>最高法|[{PROVINCES}](?:\d{{4}}|\d{{2}})?)知?"
    rf"(?P<kind>{_CRIMINAL})(?P<serial>\d+)号"
)
"""A court's criminal 案号 since 2016, in matching form."""


_HAN = r"[\u4e00-\u9fa5]"
_CN = "一二三四五六七八九十"
_SUFFIX = rf"(?:-\d{{1,3}})?号(?:之[{_CN}\d]{{1,2}}|-\d{{1,2}}(?!\d))?"
# 类型代字 of all matters: a civil judgment quoted in a criminal case has a court's number too
_MATTER = (
    "刑|民|行|商|经|执|知|少|减|假|赔|破|财保|财|司惩|司救|委赔|法赔|强清|清|认|协|外|"
    "诉前调|督|引渡|调"
)
_STAGES = (
    "初终再申监抗提重复核更执他辖减假恢保异破督特上少未外附自民商"
    "经审立知担支指行刑备医没强调撤救赔惩请认"
)
_COURT_CODE = rf"最高法|[{PROVINCES}](?:\d{{4}}|\d{{2}})?"
_CASE = re.compile(
    r"(?=[(<《12])(?P<open>[(<《])?(?P<year>(?:19|20)\d\d)(?(open)[)>》])(?:"
    rf"(?P<code>{_COURT_CODE})(?P<special>[知林环商少军铁海])?(?P<type>(?:{_MATTER})[{_STAGES}]{{0,4}})"
    rf"字?第?(?P<serial>\d{{1,8}}){_SUFFIX}"
    rf"|年?度?(?P<short>{_HAN}{{0,10}}?)"
    rf"(?P<type2>(?:{_MATTER})[{_CN}]?[{_STAGES}]{{0,6}}(?:[{_CN}][{_STAGES}]{{1,3}})?)"
    rf"(?:字第?|第)(?P<serial2>\d{{1,8}}){_SUFFIX})"
)
_SINCE = 2016
_NO_COURT = re.compile(r"[检公证鉴仲]")
_YEAR = re.compile(r"[(<《](?P<year>(?:19|20)\d\d)[)>》]")
_SERIAL = re.compile(rf"字?第?(?P<serial>[A-Za-z]{{0,3}}\d{{1,8}}){_SUFFIX}")
_AFTER_YEAR = re.compile(
    rf"(?P<lead>(?:{_HAN}|\({_HAN}{{1,6}}\)){{2,14}})第?(?P<serial>[A-Za-z]{{0,3}}\d{{1,8}}){_SUFFIX}"
)
_WINDOW = 34
# what stands between a sentence and a number in it
_STOPS = "以依据的由院局所队部厅室心书为及、与向出具第号检公"
_NAME = rf"(?:(?![{_STOPS}经]){_HAN}|经(?=[开济技]))"
_PROCURATORATE = re.compile(
    rf"(?P<name>{_NAME}{{1,7}})检(?![察验测查材疫])(?P<rest>(?:{_HAN}|\([^()]{{1,8}}\)){{0,16}})$"
)
_POLICE = re.compile(
    rf"(?P<name>(?:\({_HAN}{{1,6}}\)|{_NAME}){{0,5}})\(?公\)?(?![安司证诉益民里元告布示开路]|通字)"
    rf"(?P<rest>(?:{_HAN}|[A-Za-z]|\([^()]{{1,8}}\)){{0,20}})$"
    rf"|(?P<name2>{_NAME}{{1,5}})公(?:安(?=\(|[刑治交诉决立拘捕])|司(?=鉴))"
    rf"(?P<rest2>(?:{_HAN}|[A-Za-z]|\([^()]{{1,8}}\)){{0,20}})$"
)
_NO_NUMBER = re.compile(r"[所局队室书心站厂店的]")
_CODE_END = re.compile(r"字?第?$")
_APPRAISAL = re.compile(r"[毒物理化痕文病酒技临医网微]$")


def case_numbers(text: str) -> tuple[CaseNumber, ...]:
    """Numbers of courts, procuratorates and police in a text, in order."""
    normal = form(text)
    plain = normal.text
    found = [*_of_courts(plain), *_of_others(plain)]
    found.sort(key=lambda each: each[0])
    out: list[CaseNumber] = []
    last = 0
    for start, stop, kind, year, code, procedure in found:
        if start < last:
            continue
        last = stop
        court, region = court_of(code) if code else ("", "")
        begin, end = normal.span(start, stop)
        number = written(plain[start:stop])
        if code and number[0].isdecimal():
            number = f"（{number[:4]}）{number[4:]}"
        out.append(CaseNumber(kind, number, year, begin, end, court, region, procedure))
    return tuple(out)


_Found = tuple[int, int, NumberKind, int, str, str]


def _of_courts(plain: str) -> Iterator[_Found]:
    for match in _CASE.finditer(plain):
        year = int(match["year"])
        if match["code"]:
            # 川刑初字 of 2013 is a county's short name, not the code of the high court
            own = len(match["code"]) > 1 or (year >= _SINCE and "字" not in match[0])
            yield *match.span(), "court", year, match["code"] if own else "", match["type"]
        elif _NO_COURT.search(match["short"]) is None and (match["open"] or match["short"]):
            yield *match.span(), "court", year, "", match["type2"]


def _of_others(plain: str) -> Iterator[_Found]:
    for match in _YEAR.finditer(plain):
        serial = _SERIAL.match(plain, match.end())
        begin = max(0, match.start() - _WINDOW)
        if serial is not None:
            found = _organ(plain[begin : match.start()])
            if found is not None:
                kind, at, procedure = found
                yield begin + at, serial.end(), kind, int(match["year"]), "", procedure
                continue
        after = _AFTER_YEAR.match(plain, match.end())
        if after is not None:
            found = _organ(after["lead"])
            if found is not None and found[1] == 0:
                yield match.start(), after.end(), found[0], int(match["year"]), "", found[2]


def _organ(lead: str) -> tuple[NumberKind, int, str] | None:
    """Whose number this is the beginning of, where in it the number begins, and its 文书代字."""
    police = _POLICE.search(lead)
    if police is not None:
        name = "name" if police["rest"] is not None else "name2"
        rest = police["rest"] if police["rest"] is not None else police["rest2"]
        if (police[name] or rest.startswith(("(", "物"))) and _NO_NUMBER.search(rest) is None:
            return "police", police.start(), _CODE_END.sub("", rest)
    match = _PROCURATORATE.search(lead)
    if match is None or _NO_NUMBER.search(match["rest"]) is not None:
        return None
    if match["rest"] in ("", "字", "字第") and _APPRAISAL.search(match["name"]) is not None:
        return None
    return "procuratorate", match.start(), _CODE_END.sub("", match["rest"])


def written(number: str) -> str:
    """A number in matching form in its customary writing: 〔2023〕 in letters, （2023） in court
    numbers."""
    number = _ANGLES.sub(r"(\1)", number)
    if re.match(r"\((?:19|20)\d\d\)", number):
        return "（" + number[1:5] + "）" + number[6:].replace("(", "（").replace(")", "）")
    # OCR sometimes reads a bracket twice
    text = re.sub(r"\(+((?:19|20)\d\d)\)+", r"〔\1〕", number)
    return text.replace("(", "（").replace(")", "）")


_ANGLES = re.compile(r"[<《]((?:19|20)\d\d)[>》]")
