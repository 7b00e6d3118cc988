"""某某: names and numbers of people and units so that they cannot be told."""

from __future__ import annotations

import re

_DOUBLE_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙"
        "慕容仲孙钟离长孙宇文司徒鲜于司空令狐百里呼延东郭南门西门",
    )
)
_UNIT = re.compile(
    r"股份有限公司|有限责任公司|有限公司|分公司|公司|集团|专业合作社|合作社|信用社|银行|医院|诊所|"
    r"大学|学院|中学|小学|幼儿园|学校|商店|商行|超市|市场|饭店|宾馆|酒店|旅馆|网吧|药店|工厂|厂|店|"
    r"中心|协会|研究所|事务所|村民委员会|居民委员会|委员会|管理处|工程队|局|院|所|部|社|队"
)
_CHINESE = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_SHORTEST_NUMBER = 7


def masked_name(name: str) -> str:
    """张三 → 张某, 张三丰 → 张某某, 欧阳修 → 欧阳某; of names with · and foreign ones the first
    character stays (法发〔2016〕19号 is stricter: one 某); units: 某某公司."""
    name = name.strip()
    if not name:
        return ""
    if (unit := _unit(name)) is not None:
        return f"某某{unit}"
    if _CHINESE.fullmatch(name) is None:
        return f"{name[0]}某某" if len(name) > 1 else "某"
    surname = name[:2] if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else name[0]
    return surname + "某" * (len(name) - len(surname))


def _unit(name: str) -> str | None:
    """The kind of unit a name ends in; short names are those of people (李院, 王小店)."""
    if len(name) < 4:
        return None
    endings = [found for found in _UNIT.finditer(name) if found.end() == len(name)]
    if not endings or (len(name) == 4 and len(endings[0][0]) == 1):
        return None
    return endings[0][0]


def masked_number(number: str) -> str:
    """Figures of an identity card, telephone or account: 620723********0011, 138****1234."""
    number = number.strip()
    if len(number) < _SHORTEST_NUMBER:
        return "*" * len(number)
    kept = 6 if len(number) >= 15 else 3
    return number[:kept] + "*" * (len(number) - kept - 4) + number[-4:]
