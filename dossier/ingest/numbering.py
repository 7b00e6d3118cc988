"""Labels of numbered paragraphs in DOCX: "一、", "（二）", "3.", "第四条"."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

_DIGITS = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"


def chinese(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """1 to 9999 in Chinese, as Word counts: 十, 十一, 二十, 一百零一."""
    if not 0 < number < 10_000:
        return str(number)
    text, zero = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if digit == 0:
            zero = zero or bool(text)
            continue
        text += (digits[0] if zero else "") + digits[digit]
        zero = False
        if power:
            text += units[power - 1]
    if digits is _DIGITS and text.startswith("一十"):
        return text[1:]
    return text


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for value, sign in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"),
        (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        count, number = divmod(number, value)
        text += sign * count
    return text


def _letters(number: int) -> str:
    if number < 1:
        return str(number)
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def formatted(number: int, form: str) -> str:
    """A number in one of WordprocessingML's number formats; unknown ones as digits."""
    match form:
        case "none":
            return ""
        case "decimalZero":
            return f"{number:02d}"
        case "upperLetter":
            return _letters(number).upper()
        case "lowerLetter":
            return _letters(number)
        case "upperRoman":
            return _roman(number).upper()
        case "lowerRoman":
            return _roman(number)
        case "chineseLegalSimplified":
            return chinese(number, _FORMAL, "拾佰仟")
        case (
            "chineseCounting"
            | "chineseCountingThousand"
            | "taiwaneseCounting"
            | "taiwaneseCountingThousand"
            | "japaneseCounting"
        ):
            return chinese(number)
        case "ideographDigital":
            return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))
        case "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if 1 <= number <= 20:
            return chr(0x2460 + number - 1)
        case "decimalEnclosedParen" if 1 <= number <= 20:
            return chr(0x2474 + number - 1)
        case "decimalFullWidth" | "decimalFullWidth2":
            return "".join(chr(ord(digit) + 0xFEE0) for digit in str(number))
        case "ideographTraditional" if 1 <= number <= 10:
            return "甲乙丙丁戊己庚辛壬癸"[number - 1]
        case "ideographZodiac" if 1 <= number <= 12:
            return "子丑寅卯辰巳午未申酉戌亥"[number - 1]
        case _:
            return str(number)


@dataclass
class _Level:
    form: str = "decimal"
    text: str = ""
    start: int = 1


class Numbering:
    """Counts the numbered paragraphs of one document in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._styles: dict[str, tuple[str | None, int]] = {}
        self._parents: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        if numbering is not None:
            self._read(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read(self, root: etree._Element) -> None:
        for abstract in root.iter(f"{W}abstractNum"):
            levels: dict[int, _Level] = {}
            for level in abstract.findall(f"{W}lvl"):
                levels[_int(level.get(f"{W}ilvl"), 0)] = _Level(
                    _value(level, "numFmt") or "decimal",
                    _value(level, "lvlText") or "",
                    _int(_value(level, "start"), 1),
                )
            self._levels[abstract.get(f"{W}abstractNumId") or ""] = levels
        for num in root.findall(f"{W}num"):
            self._abstract[num.get(f"{W}numId") or ""] = _value(num, "abstractNumId") or ""

    def _read_styles(self, root: etree._Element) -> None:
        for style in root.iter(f"{W}style"):
            key = style.get(f"{W}styleId") or ""
            parent = _value(style, "basedOn")
            if parent:
                self._parents[key] = parent
            properties = style.find(f"{W}pPr/{W}numPr")
            if properties is not None:
                self._styles[key] = (
                    _value(properties, "numId"),
                    _int(_value(properties, "ilvl"), 0),
                )

    def label(self, paragraph: etree._Element) -> str:
        """The label in front of this paragraph, "" if it has none; counts on."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return ""
        number, level = self._of_style(_value(properties, "pStyle"))
        own = properties.find(f"{W}numPr")
        if own is not None:
            number = _value(own, "numId") or number
            level = _int(_value(own, "ilvl"), level)
        if number is None or number == "0":
            return ""
        abstract = self._abstract.get(number, "")
        levels = self._levels.get(abstract, {})
        here = levels.get(level)
        if here is None:
            return ""
        counts = self._counts[abstract]
        counts[level] = counts.get(level, here.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        if here.form == "bullet":
            return "• "

        def one(found: re.Match[str]) -> str:
            at = int(found.group(1)) - 1
            of = levels.get(at, _Level())
            return formatted(counts.get(at, of.start), of.form)

        return re.sub(r"%([1-9])", one, here.text)

    def _of_style(self, style: str | None) -> tuple[str | None, int]:
        for _ in range(20):
            if style is None:
                break
            if style in self._styles:
                return self._styles[style]
            style = self._parents.get(style)
        return None, 0


def _value(element: etree._Element, name: str) -> str | None:
    found = element.find(f"{W}{name}")
    return None if found is None else found.get(f"{W}val")


def _int(text: str | None, default: int) -> int:
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default
