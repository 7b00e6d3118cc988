"""Bytes to text: UTF-8, UTF-16 and GB18030, decided by the bytes themselves."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Decoded:
    """`text`, the `encoding` it was read with, and how many bytes made no sense (`lost`)."""

    text: str
    encoding: str
    lost: int = 0


_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes, *, declared: str | None = None, cut: bool = False) -> Decoded | None:
    """The text of `data`, or None if it is not text.

    `declared` is what the file says of itself (HTML); it is believed only if it fits. `cut`: the
    data is the head of something longer, so a character may be torn at its end. A byte order mark
    decides; then UTF-8; then UTF-16 without a mark (by its zero bytes or, for pure Chinese, by
    plausibility); then GB18030. A file with a few broken bytes is still read, with `lost` > 0.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _with(data[len(mark) :], encoding, cut)
    if declared is not None:
        name = _known(declared)
        if name is not None and name not in ("utf-16", "utf-16-le", "utf-16-be"):
            strict = _strict(data, name, cut)
            if strict is not None and _share_odd(strict) < 0.02:
                return Decoded(strict, name)
    text = _strict(data, "utf-8", cut)
    if text is not None and _share_odd(text) < 0.02 and "\x00" not in text:
        return Decoded(text, "utf-8")
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _strict(data, encoding, cut)
        if text and _plausible_utf16(text):
            return Decoded(text, encoding)
    text = _strict(data, "gb18030", cut)
    if text is not None:
        return Decoded(text, "gb18030") if _share_odd(text) < 0.02 else None
    return _best_lossy(data, cut)


def _best_lossy(data: bytes, cut: bool) -> Decoded | None:
    """Mostly text with some broken bytes: the encoding that loses least, or None."""
    best: Decoded | None = None
    for encoding in ("utf-8", "gb18030"):
        decoded = _with(data, encoding, cut)
        if best is None or decoded.lost < best.lost:
            best = decoded
    if best is None or not best.text:
        return None
    odd = best.lost / len(best.text) + _share_odd(best.text.replace("\ufffd", ""))
    return best if odd < 0.05 else None


def _known(name: str) -> str | None:
    try:
        found = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    # what says GB2312 or GBK is full of characters only the larger sets have
    return "gb18030" if found in ("gb2312", "gbk", "hz") else found


def _strict(data: bytes, encoding: str, cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data, final=not cut)
    except (UnicodeDecodeError, LookupError):
        return None


def _with(data: bytes, encoding: str, cut: bool) -> Decoded:
    text = codecs.getincrementaldecoder(encoding)("replace").decode(data, final=not cut)
    return Decoded(text, encoding, text.count("\ufffd"))


def _share_odd(text: str) -> float:
    """Share of characters no text has: controls, private use, unassigned."""
    if not text:
        return 0.0
    odd = sum(
        1
        for char in text
        if char not in "\t\n\r\f\v\x1a" and unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs")
    )
    return odd / len(text)


def _plausible_utf16(text: str) -> bool:
    """Bytes of any other encoding read as UTF-16 give rare Han, Hangul and private use."""
    if _share_odd(text) >= 0.02:
        return False
    common = sum(
        1 for char in text if char < "\x80" or char in "，。、：；（）《》“”　" or _level1(char)
    )
    return common / len(text) > 0.8


def _level1(char: str) -> bool:
    """One of the 3,755 most used Han of GB 2312 level 1 (rows 16 to 55)."""
    try:
        raw = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(raw) == 2 and 0xB0 <= raw[0] <= 0xD7
