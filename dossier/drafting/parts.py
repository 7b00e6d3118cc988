"""Passages of earlier documents that the next one takes over: 叙述 and 身份情况, in its wording."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from ..catalogue import default_types
from ..elements.patterns import bounded
from ..elements.tables import Sourced, Strict, read_table_of
from ..facts import Source
from .reflow import Sentence, cited
from .source import SourceDocument

Part = Literal["history", "facts", "evidence", "circumstances", "reasoning"]
PARTS: tuple[Part, ...] = get_args(Part)

Bounded = Annotated[str, AfterValidator(bounded)]


class _Cue(Strict):
    to: Part
    begins: Bounded
    cut: bool = False
    drop: bool = False


class _Accused(Strict):
    organs: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    word: str
    unit: str


class _Words(Strict):
    people: tuple[str, ...] = Field(min_length=1)
    units: tuple[str, ...] = Field(min_length=1)


class EvidenceKind(Strict):
    """A statutory kind of evidence, and how what people say is listed."""

    kind: int = Field(ge=1, le=8)
    label: str
    told: str = ""
    types: tuple[str, ...] = ()
    """Documents that are filed elsewhere and listed with it."""


class _PassagesFile(Sourced):
    cues: tuple[_Cue, ...]
    endings: tuple[Bounded, ...]
    accused: tuple[_Accused, ...] = Field(min_length=1)
    words: _Words
    own: dict[str, tuple[str, ...]]
    evidence: tuple[EvidenceKind, ...]


@lru_cache(maxsize=1)
def _file() -> _PassagesFile:
    return read_table_of(_PassagesFile, str(__package__), "passages.yaml")


@lru_cache(maxsize=1)
def _cues() -> tuple[tuple[_Cue, re.Pattern[str]], ...]:
    return tuple((cue, re.compile(cue.begins)) for cue in _file().cues)


@lru_cache(maxsize=1)
def _endings() -> re.Pattern[str]:
    return re.compile("|".join(_file().endings))


def evidence_kinds() -> tuple[EvidenceKind, ...]:
    """The statutory kinds in their order."""
    return _file().evidence


@dataclass(frozen=True, slots=True)
class Receiver:
    """The document that is being made: kind and name of its organ, its stage."""

    organ: str
    stage: str
    issuer: str = ""

    @property
    def accused(self) -> str:
        """被告人, 犯罪嫌疑人 or 罪犯."""
        return self._entry().word

    @property
    def accused_unit(self) -> str:
        return self._entry().unit

    def _entry(self) -> _Accused:
        for entry in _file().accused:
            if (not entry.organs or self.organ in entry.organs) and (
                not entry.stages or self.stage in entry.stages
            ):
                return entry
        return _file().accused[-1]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage in the words of the document that takes it over; "\\n" parts paragraphs."""

    text: str
    sources: tuple[Source, ...]


def narrative(documents: Sequence[SourceDocument], receiver: Receiver) -> dict[Part, Passage]:
    """Each part from the first of the documents that has it."""
    found: dict[Part, Passage] = {}
    for document in documents:
        for part, held in _parts(document).items():
            if part not in found:
                found[part] = _passage(document, held, receiver)
    return {part: found[part] for part in PARTS if part in found}


def identities(documents: Sequence[SourceDocument], receiver: Receiver) -> dict[str, Passage]:
    """The paragraph about each accused, by name, from the first document that has one."""
    file = _file()
    roles = "|".join((*file.words.people, *file.words.units))
    head = re.compile(
        rf"(?:{roles})(?:[（(][^）)]{{1,20}}[）)])?([^，,。、（(：\d]{{2,30}}?)[，,（(]"
    )
    found: dict[str, Passage] = {}
    for document in documents:
        paragraphs: dict[int, list[Sentence]] = {}
        for kind, sentence in document.told:
            if kind == "parties":
                paragraphs.setdefault(sentence.paragraph, []).append(sentence)
        for held in paragraphs.values():
            match = head.match(held[0].text)
            if match is not None and match[1] not in found:
                found[match[1]] = _passage(document, held, receiver)
    return found


def _parts(document: SourceDocument) -> dict[Part, list[Sentence]]:
    """The sentences of each part, without cue words and without what hands the case on."""
    found: dict[Part, list[Sentence]] = {}
    state: str = "other"
    for kind, sentence in document.told:
        if kind not in PARTS:
            state = kind
            continue
        cue, match = next(
            ((cue, m) for cue, rx in _cues() if (m := rx.match(sentence.text))), (None, None)
        )
        if cue is not None:
            state = cue.to
        # 综上 before the evidence still tells the facts: only a cue opens 情节认定 and 论理
        elif kind != "reasoning" or state not in PARTS:
            state = kind
        text = sentence.text
        if cue is not None and cue.drop:
            continue
        if cue is not None and match is not None and cue.cut:
            text = text[match.end() :]
        if not text or (state == "reasoning" and _endings().fullmatch(text)):
            continue
        kept = Sentence(text, sentence.start, sentence.stop, sentence.paragraph)
        found.setdefault(state, []).append(kept)
    return found


def _passage(document: SourceDocument, held: Iterable[Sentence], receiver: Receiver) -> Passage:
    paragraphs: dict[int, list[str]] = {}
    spans: dict[int, tuple[int, int]] = {}
    for sentence in held:
        paragraphs.setdefault(sentence.paragraph, []).append(sentence.text)
        first, _ = spans.get(sentence.paragraph, (sentence.start, 0))
        spans[sentence.paragraph] = (first, sentence.stop)
    text = "\n".join("".join(parts) for parts in paragraphs.values())
    sources = tuple(
        source for start, stop in spans.values() for source in cited(document.text, start, stop)
    )
    return Passage(reworded(text, document, receiver), sources)


def reworded(text: str, document: SourceDocument, receiver: Receiver) -> str:
    """A passage in the words of the document that takes it over: 犯罪嫌疑人 becomes 被告人, 我局
    the name of the office, and the name of the office that now writes 本院."""
    file = _file()
    text = re.sub("|".join(file.words.people), receiver.accused, text)
    text = re.sub("|".join(file.words.units), receiver.accused_unit, text)
    maker = document.card.organ.value if document.card.organ else ""
    kind = organ_kind(document)
    if maker and maker != receiver.issuer:
        own = "|".join(file.own.get(kind, ()))
        text = re.sub(own, maker, text) if own else text
        mine = file.own.get(receiver.organ, ())
        if receiver.issuer and mine:
            text = re.sub(rf"(?<=[经由被向]){re.escape(receiver.issuer)}", mine[0], text)
    return text


def organ_kind(document: SourceDocument) -> str:
    """Kind of the organ that makes documents of this type: police, procuratorate, court …; "" if
    several do and its name does not say."""
    name = document.card.organ.value if document.card.organ else ""
    for ending, kind in _NAMED:
        if ending in name:
            return kind
    types = default_types()
    organs = types.of(document.type_code).organs if document.type_code in types else ()
    return organs[0] if len(organs) == 1 else ""


_NAMED = (("人民检察院", "procuratorate"), ("人民法院", "court"), ("公安", "police"))
