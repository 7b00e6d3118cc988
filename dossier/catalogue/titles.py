"""Recognise the title of a document in a line, with OCR errors, suffixes and names around it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ..normal import normal
from .types import DocumentType, DocumentTypes, OrganKind

LONGEST = 48
"""Characters beyond which a line is no title."""
_CLOSEST = 0.62
"""Similarity below which a line is not taken for a misread title."""

_SUFFIX = re.compile(r"(?:\([^()]{1,18}\)|第[一二三四五六七八九十\d]{1,3}次|[-.·]?续页?)$")
_ATTACHED = re.compile(r"^附件?[一二三四五六七八九十\d]{0,2}[:、.]?")
_WRAP = re.compile(r'^[《"(*]+|[》"*:.]+$')
_OF_CASE = re.compile(
    r"(?:关于)?.{2,36}(?:一案|案件?|事故)的?|关于.{2,40}的|第?[一二三四五六七八九十\d]{1,3}次?"
    r"|(?:对|询问|讯问)?(?:犯罪嫌疑人|被告人|被害人|证人|违法嫌疑人|当事人)[\u4e00-\u9fa5·]{0,8}的?"
    r"|(?:19|20)\d\d年?度?|中华人民共和国|甘肃省?"
)


@dataclass(frozen=True, slots=True)
class TitleHit:
    """A title seen in a line.

    `title`      the string of the data it matched
    `types`      the document types that bear it
    `part`       it heads a part of a document of that type rather than a document
    `similarity` 1 exact, lower with reading errors
    `how`        exact, after-organ, after-case, after-name, pattern or fuzzy
    `label`      what stood behind it: (副本), 第2次 …
    `prefix`     what stood before it in the same line
    """

    title: str
    types: tuple[DocumentType, ...]
    part: bool
    similarity: float
    how: str
    label: str = ""
    prefix: str = ""


class TitleMatcher:
    """Matches lines against the titles of some document types. Keeps what it has seen."""

    def __init__(self, types: DocumentTypes) -> None:
        self.types = types
        whole: defaultdict[str, list[DocumentType]] = defaultdict(list)
        parts: defaultdict[str, list[DocumentType]] = defaultdict(list)
        for entry in types.types:
            for title in entry.titles:
                whole[title].append(entry)
            for title in entry.parts:
                parts[title].append(entry)
        self._whole = {title: tuple(entries) for title, entries in whole.items()}
        self._parts = {
            title: tuple(entries) for title, entries in parts.items() if title not in whole
        }
        self._patterns = [
            (re.compile(pattern.removeprefix("re:")), entry)
            for entry in types.types
            for pattern in entry.patterns
        ]
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for title in (*self._whole, *self._parts):
            self._by_length[len(title)].append(title)
        self._lengths = sorted(self._by_length, reverse=True)
        self._ends = {title[-1] for title in (*self._whole, *self._parts)}
        self._organs = sorted(
            (
                (ending, kind)
                for kind, endings in types.phrases.organs.items()
                for ending in endings
            ),
            key=lambda pair: -len(pair[0]),
        )
        self._surnames = set("".join(types.phrases.surnames.split()))
        self._seen: dict[str, tuple[TitleHit, ...]] = {}
        self._near: dict[str, tuple[TitleHit, ...]] = {}
        self._organ_of: dict[str, OrganKind | None] = {}

    def organ(self, text: str) -> OrganKind | None:
        """What kind of organ a whole line names, None if it names none."""
        if text not in self._organ_of:
            self._organ_of[text] = self._find_organ(text)
        return self._organ_of[text]

    def _find_organ(self, text: str) -> OrganKind | None:
        plain = _SUFFIX.sub("", text)
        if not 3 <= len(plain) <= 40 or not _ORGAN.fullmatch(plain):
            return None
        for ending, kind in self._organs:
            if plain.endswith(ending) and len(plain) > len(ending):
                return kind
        return None

    def match(self, text: str, *, fuzzy: bool = True) -> tuple[TitleHit, ...]:
        """Titles this line may be, the longest and surest first; empty if it is none."""
        if len(text) > LONGEST or len(text) < 2:
            return ()
        if text not in self._seen:
            self._seen[text] = self._match(text)
        hits = self._seen[text]
        return hits if fuzzy else tuple(hit for hit in hits if hit.how != "fuzzy")

    def _match(self, text: str) -> tuple[TitleHit, ...]:
        hits: list[TitleHit] = []
        plain, label = text, ""
        for _ in range(3):
            hits = self._exact(plain, label) or self._behind_prefix(plain, label)
            if hits:
                break
            shorter = _SUFFIX.sub("", plain)
            if shorter == plain or len(shorter) < 2:
                break
            label, plain = plain[len(shorter) :] + label, shorter
        if hits:
            return tuple(hits) + self._neighbours(hits[0])
        plain, label = text, ""
        for _ in range(2):
            hits = self._by_pattern(plain, label)
            shorter = _SUFFIX.sub("", plain)
            if hits or shorter == plain:
                break
            label, plain = plain[len(shorter) :] + label, shorter
        return tuple(hits) if hits else self._fuzzy(text)

    def _exact(self, text: str, label: str) -> list[TitleHit]:
        for plain in dict.fromkeys((text, _WRAP.sub("", _ATTACHED.sub("", text)))):
            if plain in self._whole:
                return [TitleHit(plain, self._whole[plain], False, 1.0, "exact", label)]
            if plain in self._parts:
                return [TitleHit(plain, self._parts[plain], True, 1.0, "exact", label)]
        return []

    def _behind_prefix(self, text: str, label: str) -> list[TitleHit]:
        """The longest title at the end of the line behind an organ, a case or a person."""
        if text[-1] not in self._ends:
            return []
        for length in self._lengths:
            if length >= len(text) or length < 3:
                continue
            title, prefix = text[-length:], text[:-length]
            if title not in self._whole:
                continue
            how = ""
            if self.organ(prefix) is not None:
                how = "after-organ"
            elif _OF_CASE.fullmatch(prefix):
                how = "after-case"
            elif length >= 4 and 2 <= len(prefix) <= 4 and prefix[0] in self._surnames:
                how = "after-name"
            if how:
                return [TitleHit(title, self._whole[title], False, 1.0, how, label, prefix)]
        return []

    def _by_pattern(self, text: str, label: str) -> list[TitleHit]:
        found = [entry for pattern, entry in self._patterns if pattern.fullmatch(text)]
        if not found:
            return []
        return [TitleHit(text, tuple(found[:3]), False, 1.0, "pattern", label)]

    def _neighbours(self, hit: TitleHit) -> tuple[TitleHit, ...]:
        """Titles one character away: 讯问笔录 may be a misread 询问笔录, which the body tells."""
        if hit.title not in self._near:
            found = []
            for title, entries in self._whole.items():
                if (
                    title != hit.title
                    and Levenshtein.distance(title, hit.title, score_cutoff=1) <= 1
                ):
                    similarity = Levenshtein.normalized_similarity(title, hit.title)
                    found.append(TitleHit(title, entries, False, similarity, "fuzzy"))
            self._near[hit.title] = tuple(found)
        return self._near[hit.title]

    def _fuzzy(self, text: str) -> tuple[TitleHit, ...]:
        plain = _SUFFIX.sub("", _WRAP.sub("", text))
        if not 3 <= len(plain) <= 26 or _NO_TITLE.search(plain):
            return ()
        label = text[len(plain) :] if text.startswith(plain) else ""
        choices = [
            title
            for length in range(len(plain) - 2, len(plain) + 3)
            for title in self._by_length.get(length, ())
        ]
        found = process.extract(
            plain,
            choices,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=_CLOSEST,
            limit=4,
        )
        hits = []
        for title, similarity, _ in found:
            part = title not in self._whole
            entries = self._parts[title] if part else self._whole[title]
            hits.append(TitleHit(title, entries, part, similarity, "fuzzy", label))
        return tuple(hits)

    def of_file(self, name: str) -> tuple[TitleHit, ...]:
        """The title a file name gives: `03 拘留证（马某）.pdf` → 拘留证."""
        stem = name.rsplit("/", 1)[-1]
        stem = normal(re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem))
        stem = re.sub(r"^[(]?[0-9一二三四五六七八九十]{1,4}[)]?[-_.、\s]*", "", stem)
        stem = re.sub(r"[-_.]?[0-9]{1,4}$", "", stem)
        return self.match(stem, fuzzy=False)


_ORGAN = re.compile(r"[\u4e00-\u9fa5()·、]+")
_NO_TITLE = re.compile(r"[。,;?!]|[:].|\d{4}|^[问答]:")
