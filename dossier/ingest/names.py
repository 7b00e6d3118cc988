"""File names: readable, safe, and in the order people count."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(r"[0-9]+|[零〇一二两三四五六七八九十百千]+")
# 上册 before 中册 before 下册, 正卷 before 副卷, whatever their code points
_PLACES = {"上": 1, "中": 2, "下": 3, "正": 1, "副": 2}
_PLACE = re.compile(r"([上中下正副])(?=[册卷部篇集半]|[))】\]]?$)")

_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')

Key = tuple[tuple[int, int, str], ...]


def natural_key(name: str) -> Key:
    """Sorts 1, 2, 10; 一, 二, 十; 上, 中, 下; and a name before the longer one it begins."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"\.[a-z0-9]{1,5}$", "", text)
    text = _PLACE.sub(lambda found: f"\x00{_PLACES[found.group(1)]}\x00", text)
    parts: list[tuple[int, int, str]] = []
    at = 0
    for found in _NUMERAL.finditer(text):
        if found.start() > at:
            parts.append((1, 0, text[at : found.start()].replace("\x00", "")))
        parts.append((0, number(found.group()), ""))
        at = found.end()
    if at < len(text):
        parts.append((1, 0, text[at:].replace("\x00", "")))
    # equal keys (1.jpg and 一.jpg) still need one order
    return (*(part for part in parts if part != (1, 0, "")), (-1, 0, name))


def path_key(name: str) -> tuple[tuple[int, Key], ...]:
    """Files of a folder before its sub-folders, each in natural order."""
    *folders, last = name.split("/")
    return (*((1, natural_key(folder)) for folder in folders), (0, natural_key(last)))


def number(text: str) -> int:
    """The value of digits or of a Chinese numeral below ten thousand ("二十三" → 23)."""
    if text.isascii():
        # a string of thousands of digits is no page number, and int() refuses it
        return int(text[:18])
    if not any(char in _UNITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)[:18])
    total = pending = 0
    for char in text:
        if char in _UNITS:
            total += (pending or (1 if total == 0 or char == "十" else 0)) * _UNITS[char]
            pending = 0
        else:
            pending = _DIGITS[char]
    return total + pending


def readable(name: str) -> str:
    """A name as people read it: NFC, bytes that were no UTF-8 read as GB18030.

    Names from the file system carry such bytes as surrogates (PEP 383).
    """
    if any("\udc80" <= char <= "\udcff" for char in name):
        raw = name.encode("utf-8", "surrogateescape")
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "replace")
    return unicodedata.normalize("NFC", name)


def safe_part(part: str) -> str:
    """One path part that any file system takes; never empty, never a dot folder."""
    part = _FORBIDDEN.sub("_", part).strip().rstrip(".")
    while len(part.encode("utf-8", "replace")) > 200:
        part = part[: len(part) // 2] + part[len(part) // 2 + 1 :]
    return part or "_"


_JUNK_NAMES = frozenset(
    {".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin",
     "system volume information", "icon\r", "@eadir"}
)  # fmt: skip


def is_junk(part: str) -> bool:
    """What systems and editors leave behind: hidden files, lock files, thumbnails."""
    return (
        part.casefold() in _JUNK_NAMES
        or part.startswith((".", "~$", "~WRL", "._"))
        or part.casefold().endswith((".lnk", ".tmp", ".crdownload"))
    )
