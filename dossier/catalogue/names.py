"""Names of persons where a document states them: behind 犯罪嫌疑人, 被询问人, 被害人 and so on.

Cheap and cautious: a name is taken only where something ends it (a comma, 性别, 涉嫌, the end of
the line). What the elements of a case are is found later, from the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .reading import PageReading
from .types import Phrases

_HAN = r"[\u4e00-\u9fa5]"
_PER_ROLE = 6
"""Names of one role looked at on one page."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name at `start` to `stop` of a page's text. `sure`: punctuation or the end of a line, not
    merely a word, ends it."""

    text: str
    start: int
    stop: int
    sure: bool


class NameFinder:
    """Finds names by the labels of `phrases.yaml`."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._surnames = set("".join(phrases.surnames.split()))
        self._doubles = set(phrases.double_surnames)
        self._ends = tuple(sorted(phrases.name_ends, key=len, reverse=True))
        self._no_names = tuple(phrases.no_names)
        gaps = "|".join(re.escape(gap) for gap in phrases.label_gap)
        self._gap = rf"(?:{gaps})*[:]?(?:\(签名\))?[:]?"
        self._compiled: dict[tuple[str, ...], re.Pattern[str]] = {}

    def _label(self, labels: tuple[str, ...]) -> re.Pattern[str]:
        if labels not in self._compiled:
            words = "|".join(re.escape(word) for word in sorted(labels, key=len, reverse=True))
            self._compiled[labels] = re.compile(rf"(?P<label>{words}){self._gap}")
        return self._compiled[labels]

    def after(
        self, reading: PageReading, labels: tuple[str, ...], *, most: int = _PER_ROLE
    ) -> Iterator[tuple[str, Name]]:
        """Label and name, for each of the labels that a name follows."""
        if not labels or not any(label in reading.text for label in labels):
            return
        for number, match in enumerate(self._label(labels).finditer(reading.text)):
            if number == most:
                return
            name = self.at(reading, match.end())
            if name is not None:
                yield match["label"], name

    def at(self, reading: PageReading, start: int) -> Name | None:
        """The name that begins at this place of the page's text."""
        text = reading.text
        if start >= len(text):
            return None
        line = reading.line_at(start)
        run = re.compile(rf"{_HAN}+(?:·{_HAN}+)*").match(text, start)
        if run is None:
            return None
        word = run[0]
        if any(word.startswith(no) for no in self._no_names):
            return None
        # the end of the printed line ends a name only if the name stands alone there (a form)
        line_stop = reading.line_at(run.end() - 1)
        at_line_end = line_stop is line and line.text.endswith(word)
        if (len(word) <= 4 or ("·" in word and len(word) <= 15)) and self._is_name(word):
            ended = run.end() < len(text) and text[run.end()] in ",;:。、()"
            return Name(word, start, run.end(), ended or at_line_end)
        for length in range(2, min(len(word), 6)):
            ended_by = next((end for end in self._ends if word.startswith(end, length)), None)
            if ended_by is not None and self._is_name(word[:length]):
                # 性别, 涉嫌 end a name; 在, 因 may be part of one
                return Name(word[:length], start, start + length, len(ended_by) >= 2)
        return None

    def _is_name(self, word: str) -> bool:
        if "·" in word:
            return all(word.split("·"))
        if word[:2] in self._doubles:
            return 3 <= len(word) <= 4
        return 2 <= len(word) <= 3 and word[0] in self._surnames


def alike(one: str, other: str) -> bool:
    """Whether two names may be one, a character misread: 马志远, 马忠远."""
    if one == other:
        return True
    if len(one) != len(other) or len(one) < 3:
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) == 1
