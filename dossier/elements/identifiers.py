"""Numbers that name a person or a thing: ID cards, credit codes, plates, bank cards, phones.

Check digits: GB 11643 (ID card), GB 32100 (统一社会信用代码), Luhn (bank card). A masked number
(湘A×××××, 138****1234) is found and is not valid.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from .form import apart, form
from .values import Identifier, IdentifierKind

_PROVINCES = frozenset(
    str(each)
    for decade in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82, 83),
    )
    for each in decade
)
_MASK = "×*xX●＊"
_PLATE_PROVINCE = "京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁新"
_LETTER = "A-HJ-NP-Za-hj-np-z"
_FOUND = re.compile(
    # at most places of a text the first look fails
    rf"(?=[{_PLATE_PROVINCE}][{_LETTER}]|\d[\d{_MASK}-]{{5}}|\(0\d|[0-9A-Y][0-9A-Y]\d{{5}})(?:"
    # a plate; the last characters may be masked
    rf"(?P<plate>[{_PLATE_PROVINCE}][{_LETTER}][·.\-]?"
    rf"(?:[{_LETTER}0-9{_MASK}]{{5,6}}|[{_LETTER}0-9{_MASK}]{{4}}[警学挂港澳领试])"
    rf"(?![A-Za-z0-9{_MASK}]))"
    r"|(?<![\dA-Za-z])(?:"
    # landlines
    r"(?P<landline>\(0\d{2,3}\)\d{7,8}|0\d{2,3}-\d{7,8}|[48]00-?\d{3}-?\d{4})(?!\d)"
    # figures, perhaps masked, perhaps in groups, perhaps with the X of an ID card
    # all of it or nothing: a look ahead and then what it saw (Python 3.11.2 errs in {6,47}+ here)
    rf"|(?=(?P<run>\d(?:\d|-(?=\d{{4}})|[{_MASK}](?=[{_MASK}\d]|(?<=[{_MASK}].)|[^{_MASK}A-Za-z])){{6,47}}))"
    rf"(?P=run)(?![A-Za-z])"
    r"|(?P<code>[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})(?![0-9A-Za-z])"
    r"))"
)
_ID_LABEL = re.compile(r"身份证|公民身份|证件|身份号")
_CARD_LABEL = re.compile(
    r"卡号|银行卡|信用卡|储蓄卡|借记卡|账号|帐号|账户|帐户|农行卡|工行卡|建行卡|卡\("
)
_OTHER_LABEL = re.compile(
    r"IMEI|imei|串号|串码|序列号|机身号|机号|支付宝|编号|单号|流水|订单|QQ|qq|微信|条码|合同号|车架|发动机|票号|凭证"
)
_PHONE_LABEL = re.compile(r"电话|手机|联系方式|号码|微信")
_BEFORE = 16


def identifiers(text: str) -> tuple[Identifier, ...]:
    """Identifying numbers in a text, in order; `value` without spaces, dots and hyphens, masked
    places as ×."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Identifier]:
    normal = form(text)
    plain = normal.text
    for match in _FOUND.finditer(plain):
        kind = match.lastgroup
        if kind == "plate":
            found = _plate(match["plate"])
            if found is not None:
                yield Identifier("plate", *found, *normal.span(*match.span()))
        elif kind == "landline":
            value = re.sub(r"[()]", "", match[0])
            yield Identifier("phone", value, True, *normal.span(*match.span()))
        elif kind == "code":
            yield from _whole(plain, normal.span(*match.span()), match[0], match.start())
        else:
            pieces = apart(text, normal, *match.span())
            whole = _whole(plain, normal.span(*match.span()), match[0], match.start())
            if len(pieces) > 1 and not any(each.valid for each in whole):
                # two numbers that only white space parts
                parts = [
                    each
                    for start, stop in pieces
                    for each in _whole(plain, normal.span(start, stop), plain[start:stop], start)
                ]
                whole = parts or whole
            yield from whole


def _whole(plain: str, span: tuple[int, int], run: str, at: int) -> list[Identifier]:
    """What one run of figures is; nothing if it is not known for an identifier."""
    before = plain[max(0, at - _BEFORE) : at]
    value = run.replace("-", "")
    found = _judge(value, before)
    return [] if found is None else [Identifier(*found, *span)]


def _judge(value: str, before: str) -> tuple[IdentifierKind, str, bool] | None:
    size = len(value)
    if any(char in _MASK for char in value[:-1]) or (value[-1] in _MASK and value[-1] not in "xX"):
        return _masked(value, before)
    if size == 18:
        found = _eighteen(value.upper(), before)
        if found is not None:
            return found
    if not value.isdecimal():
        return None
    if size == 11 and value[0] == "1" and value[1] in "3456789":
        if _OTHER_LABEL.search(before) is None or _PHONE_LABEL.search(before) is not None:
            return "phone", value, True
        return None
    if _OTHER_LABEL.search(before) is not None and _CARD_LABEL.search(before) is None:
        return None
    if size == 15 and value[:2] in _PROVINCES and _day("19" + value[6:12]):
        if _ID_LABEL.search(before) is not None or not _luhn(value):
            return "id_card", value, True
        return None
    if 16 <= size <= 19:
        valid = value[0] in "34569" and _luhn(value)
        if valid or "卡" in before:
            return "bank_card", value, valid
    return None


def _eighteen(value: str, before: str) -> tuple[IdentifierKind, str, bool] | None:
    id_label = _ID_LABEL.search(before) is not None
    if value[:17].isdecimal() and (value[17].isdecimal() or value[17] == "X"):
        plausible = value[:2] in _PROVINCES and _day(value[6:14])
        if plausible and (_id_check(value) or id_label or _CARD_LABEL.search(before) is None):
            return "id_card", value, _id_check(value)
        if id_label:
            return "id_card", value, False
    if _credit_code(value):
        return "credit_code", value, True
    if "信用代码" in before:
        return "credit_code", value, False
    return None


def _masked(value: str, before: str) -> tuple[IdentifierKind, str, bool] | None:
    shown = "".join("×" if char in _MASK else char for char in value)
    size = len(shown)
    if shown.count("×") < 3:
        return None
    if size == 11 and shown[0] == "1":
        return "phone", shown, False
    if _ID_LABEL.search(before) is not None and size >= 12:
        return "id_card", shown, False
    if size == 18 and shown[:2] in _PROVINCES and shown[6:8] in ("19", "20", "××"):
        return "id_card", shown, False
    if 12 <= size <= 19 and _CARD_LABEL.search(before) is not None:
        return "bank_card", shown, False
    return None


def _plate(written: str) -> tuple[str, bool] | None:
    rest = re.sub(r"[·.\-]", "", written[2:])
    head = written[0] + written[1].upper()
    masked = sum(char in "×*●＊x" for char in rest)
    if not masked and rest.upper().count("X") >= 3:
        masked = rest.upper().count("X")
        rest = rest.upper().replace("X", "×")
    if masked:
        return head + "".join("×" if char in _MASK else char.upper() for char in rest), False
    rest = rest.upper()
    figures = sum(char.isdecimal() for char in rest)
    if figures == 0 or (len(rest) == 6 and not _NEW_ENERGY.fullmatch(rest)):
        return None
    return head + rest, True


# GA 36: small cars begin with a letter, large ones end in one
_NEW_ENERGY = re.compile(r"[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK]")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_YEAR = 1900
_CODE_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def _id_check(value: str) -> bool:
    total = sum(int(char) * weight for char, weight in zip(value, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == value[17]


def _credit_code(value: str) -> bool:
    """GB 32100-2015: the last character is 31 less the weighted sum modulo 31."""
    if value[0] not in "123456789ANY" or not value[2:8].isdecimal():
        return False
    if any(char not in _CODE_CHARS for char in value):
        return False
    total = sum(
        _CODE_CHARS.index(char) * weight for char, weight in zip(value, _CODE_WEIGHTS, strict=False)
    )
    return _CODE_CHARS[-total % 31] == value[17]


def _luhn(value: str) -> bool:
    total = 0
    for place, char in enumerate(reversed(value)):
        figure = int(char) * (2 if place % 2 else 1)
        total += figure - 9 if figure > 9 else figure
    return total % 10 == 0


def _day(text: str) -> bool:
    """Whether YYYYMMDD is a day on which a living person may have been born."""
    try:
        day = dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return day.year >= 1900 and day <= dt.date.today()
