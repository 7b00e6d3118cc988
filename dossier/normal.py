"""One form of a text for matching, with the way back to the original.

Scans and keyboards write the same thing in many ways: `（2023）`, `(2023)`, `〔2023〕`, `２０２３`,
`起 诉 书`. `normalise` folds them into one form and keeps, for every character of that form, where
it came from, so that a match can be shown on the page.

The form: NFKC (full width to half width, so `，：（` become `,:(`), every pair of brackets except
`《》` to `()`, dashes to `-`, quotes straight, middle dots to `·`, CJK radicals that PDF fonts
leave behind to their characters, control and zero-width characters removed, white space dropped.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Spaces = Literal["drop", "words"]
"""`drop`: no white space is left. `words`: one space stays between two words of a script that
parts words by spaces (Latin, Arabic, Tibetan, digits), none beside a Chinese character."""

_BRACKETS = dict.fromkeys("〔[【〖〘〚｟⦅{⟨⟪", "(") | dict.fromkeys("〕]】〗〙〛｠⦆}⟩⟫", ")")
_DASHES = dict.fromkeys("‐‑‒–—―−─━﹘", "-")
_QUOTES = dict.fromkeys("“”„‟″〝〞「」『』", '"') | dict.fromkeys("‘’‚‛′", "'")
_DOTS = dict.fromkeys("•・‧∙⋅", "·")
# CJK Radicals Supplement: fonts in PDF files map whole characters to radical forms (车 to ⻋), and
# NFKC leaves all but two of those alone
_RADICALS = {
    "⺒": "巳", "⺓": "幺", "⺟": "母", "⺠": "民", "⺩": "王", "⺫": "目", "⺬": "示", "⺱": "网",
    "⺶": "羊", "⺷": "羊", "⺻": "聿", "⺽": "臼", "⻁": "虎", "⻄": "西", "⻅": "见", "⻆": "角",
    "⻇": "角", "⻉": "贝", "⻋": "车", "⻑": "長", "⻓": "长", "⻔": "门", "⻗": "雨", "⻘": "青",
    "⻙": "韦", "⻚": "页", "⻛": "风", "⻜": "飞", "⻝": "食", "⻢": "马", "⻣": "骨", "⻤": "鬼",
    "⻥": "鱼", "⻦": "鸟", "⻧": "卤", "⻨": "麦", "⻩": "黄", "⻪": "黾", "⻬": "齐", "⻮": "齿",
    "⻰": "龙", "⻲": "龟", "⻳": "龟",
}  # fmt: skip
_FOLDS: dict[str, str] = _BRACKETS | _DASHES | _QUOTES | _DOTS | _RADICALS
_ZEROS = "〇○◯零"
_NUMERAL = "0-9〇○◯零一二三四五六七八九"


_BMP = 0x10000


def _fold(char: str) -> str:
    """The form of one character, white space as one blank."""
    if char in _FOLDS:
        return _FOLDS[char]
    plain = unicodedata.normalize("NFKC", char)
    out = []
    for part in plain:
        if part in _FOLDS:
            out.append(_FOLDS[part])
        elif part.isspace():
            out.append(" ")
        elif unicodedata.category(part) not in ("Cc", "Cf"):
            out.append(part)
    return "".join(out)


@lru_cache(maxsize=1)
def _changes() -> tuple[list[str], list[str], re.Pattern[str]]:
    """What every character of the basic plane becomes, with blanks kept and with blanks dropped,
    and a pattern of those whose form does not have exactly one character. Built once (about
    50 ms), on first use.

    Full lists, because `str.translate` raises and catches an error for each character that a
    dictionary lacks: the list is four times faster. Characters beyond the basic plane pass, and
    are folded by `_compose` where NFKC changes them."""
    blanks = [chr(code) if 0xD800 <= code <= 0xDFFF else _fold(chr(code)) for code in range(_BMP)]
    dropped = [folded.replace(" ", "") for folded in blanks]
    uneven = [code for code in range(_BMP) if len(blanks[code]) != 1 or len(dropped[code]) != 1]
    parts, begin = [], 0
    for at in range(1, len(uneven) + 1):
        if at == len(uneven) or uneven[at] != uneven[at - 1] + 1:
            parts.append(f"{re.escape(chr(uneven[begin]))}-{re.escape(chr(uneven[at - 1]))}")
            begin = at
    return blanks, dropped, re.compile(f"[{''.join(parts)}]")


@dataclass(frozen=True, slots=True, eq=False)
class Normalised:
    """A text in its matching form.

    `text`     the form
    `offsets`  for each character of `text` where its original begins, and at the end the length of
               the original: `len(text) + 1` numbers, never falling
    `ends`     where each one's original ends, if that is not one further than its beginning
    """

    text: str
    offsets: Sequence[int]
    ends: Sequence[int] | None = None

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Where characters `start` to `stop` (exclusive) of `text` stand in the original.

        White space dropped at the edges is not included; an empty span gives an empty span.
        Raises IndexError outside the text.
        """
        if not 0 <= start <= stop <= len(self.text):
            raise IndexError(f"no span {start}:{stop} in a text of {len(self.text)}")
        begin = self.offsets[start]
        if start == stop:
            return begin, begin
        if self.ends is not None:
            return begin, self.ends[stop - 1]
        return begin, self.offsets[stop - 1] + 1


def normalise(text: str, *, spaces: Spaces = "drop", zeros: bool = False) -> Normalised:
    """The matching form of `text`, with offsets.

    `zeros` also folds `〇○◯零` and, between numerals, the letter O to `0` (Chinese dates).
    """
    blanks, dropped, uneven = _changes()
    table = dropped if spaces == "drop" else blanks
    out = text.translate(table)
    offsets: Sequence[int] = range(len(text) + 1)
    ends: Sequence[int] | None = None
    if uneven.search(text) is not None:
        offsets = _offsets(text, table, uneven)
    if spaces == "words" and " " in out:
        out, offsets = _without_stray_spaces(out, offsets)
    if not (out.isascii() or unicodedata.is_normalized("NFKC", out)):
        out, offsets, ends = _compose(out, offsets)
    return Normalised(_zero(out) if zeros else out, offsets, ends)


def normal(text: str, *, spaces: Spaces = "drop", zeros: bool = False) -> str:
    """`normalise(...).text`, without the cost of the offsets."""
    blanks, dropped, _ = _changes()
    out = text.translate(dropped if spaces == "drop" else blanks)
    if spaces == "words" and " " in out:
        out = _STRAY_SPACE.sub("", _SPACES.sub(" ", out))
    if not (out.isascii() or unicodedata.is_normalized("NFKC", out)):
        out = _compose(out, range(len(out) + 1))[0]
    return _zero(out) if zeros else out


_SPACES = re.compile(" +")
# a space stays only between two characters of scripts that part words by spaces; an Arabic, Tibetan
# or Latin letter or a digit on both sides
_SPACED = r"0-9A-Za-z\u00c0-\u024f\u0370-\u052f\u0600-\u06ff\u0f00-\u0fff\u1800-\u18af"
_STRAY_SPACE = re.compile(rf"(?<![{_SPACED}]) | (?![{_SPACED}])")
_LETTER_O = re.compile(rf"(?<=[{_NUMERAL}])[Oo]+(?=[{_NUMERAL}年])")
_ZERO_TABLE = str.maketrans(dict.fromkeys(_ZEROS, "0"))


def _zero(text: str) -> str:
    """Character for character, so offsets stay true."""
    text = text.translate(_ZERO_TABLE)
    if "O" in text or "o" in text:
        text = _LETTER_O.sub(lambda match: "0" * len(match[0]), text)
    return text


def _offsets(text: str, table: list[str], uneven: re.Pattern[str]) -> Sequence[int]:
    """Offsets of the translated text, in stretches between the changes of length."""
    offsets = array("I")
    mapped = 0
    for match in uneven.finditer(text):
        at = match.start()
        offsets.extend(range(mapped, at))
        offsets.extend([at] * len(table[ord(match[0])]))
        mapped = at + 1
    offsets.extend(range(mapped, len(text) + 1))
    return offsets


def _without_stray_spaces(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int]]:
    one = _SPACES.sub(lambda match: " " + "\0" * (len(match[0]) - 1), text)
    # "\0" cannot occur otherwise: control characters were removed
    kept = [at for at, char in enumerate(one) if char != "\0"]
    single = one.replace("\0", "")
    stray = {match.start() for match in _STRAY_SPACE.finditer(single)}
    left = array("I", (offsets[at] for place, at in enumerate(kept) if place not in stray))
    left.append(offsets[-1])
    return _STRAY_SPACE.sub("", single), left


def _compose(text: str, offsets: Sequence[int]) -> tuple[str, Sequence[int], Sequence[int]]:
    """NFKC for text whose characters combine (e + ´, Hangul letters) or stand beyond the basic
    plane: each stretch between two characters across which nothing composes on its own."""
    starts = [
        at
        for at, char in enumerate(text)
        if at == 0 or (unicodedata.combining(char) == 0 and not _joins(text[at - 1], char))
    ]
    pieces: list[str] = []
    begins, ends = array("I"), array("I")
    for start, stop in zip(starts, [*starts[1:], len(text)], strict=True):
        new = "".join(
            _fold(part).replace(" ", "") for part in unicodedata.normalize("NFKC", text[start:stop])
        )
        if text[start] == " ":
            new = " " + new
        pieces.append(new)
        begins.extend([offsets[start]] * len(new))
        ends.extend([offsets[stop - 1] + 1] * len(new))
    begins.append(offsets[-1])
    return "".join(pieces), begins, ends


def _joins(before: str, char: str) -> bool:
    """Whether two characters compose into one although the second is no combining mark (Hangul
    letters, some Indic vowels)."""
    apart = unicodedata.normalize("NFKC", before) + unicodedata.normalize("NFKC", char)
    return unicodedata.normalize("NFKC", before + char) != apart
