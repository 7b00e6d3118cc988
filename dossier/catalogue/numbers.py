"""文号 and 案号: where a document's own number stands and how it is written."""

from __future__ import annotations

import re

from ..elements.numbers import COURT, written

__all__ = ["CASE_ID", "COURT", "own_number", "written"]

# all patterns work on matching form (ASCII brackets, no spaces)
_YEAR = r"\(?(?:19|20)\d\d\)?"
_LABEL = r"(?:(?:文号|编号|案号|字号|文书编号|发文字号|证号|文书号)[:：]?)?"
_OWN = re.compile(
    rf"{_LABEL}(?P<number>"
    rf"(?:[\u4e00-\u9fa5A-Za-z()、]{{2,26}}?{_YEAR}[\u4e00-\u9fa5A-Za-z]{{0,8}}第?[A-Za-z]?\d{{1,8}}"
    rf"|\((?:19|20)\d\d\)[\u4e00-\u9fa5A-Za-z\d]{{1,12}}(?:字第|第)?[A-Za-z]?\d{{1,8}}"
    rf"|(?:第|[Nn][Oo0][.:]?)?\d{{6,20}})"
    r"(?:-\d{1,3})?号(?:之[一二三四五六七八九十\d]{1,2})?)"
)
# a number that belongs to another document
_OTHERS = re.compile(
    r"(?:移送|来文|原|对方|提请|送达|相关|前案)?(?:文书)?(?:文号|案号|编号)(?=[\u4e00-\u9fa5])"
)
_LABELLED = re.compile(
    r"(?:现场)?(?:勘验(?:检查)?|认定|受理|鉴定|检验|接警单?|警情)?(?:编号|号码|单号|勘验号|K号)[:：]"
    r"(?P<number>[A-Z]{0,3}[\d-]{6,24})"
)
CASE_ID = re.compile(r"案件编号[:：]?(?P<number>[A-Z]?\d{10,30})")
"""The police system's number of a case."""


def own_number(text: str) -> str | None:
    """The number a line consists of, in matching form; None if it is no number line."""
    if not 6 <= len(text) <= 46:
        return None
    text = text.rstrip(".,")
    if (text.endswith("号") or "号之" in text) and not _OTHERS.match(text):
        match = _OWN.fullmatch(text)
        if match:
            return match["number"]
    match = None if _OTHERS.match(text) else _LABELLED.fullmatch(text)
    return match["number"] if match else None
