"""Which stretch of a text does what: 首部, 指控, 查明, 本院认为, 判决主文; 问, 答; 鉴定意见.

The phrases are data (segments.yaml), matched in the form of `dossier.normal`, where white space and
line breaks do not exist. A text is read in one pass over the words that begin a cue; what follows a
word and where it stands is looked at only there, and never further than a bounded stretch, so the
time is linear in the length of any text.

Judgments are framed first: the decision begins after the last 判决如下, the reasoning is the last
本院认为 before it that begins a paragraph (or, in text without paragraphs, a sentence); everything
else moves from one state to the next as its cues come.

In appeal judgments 原判认定 is `facts`, what the first court held and imposed is `history`, the
grounds of appeal are `appeal`. The notice about the right to appeal belongs to `foot`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field

from ..normal import normal
from .form import form as matching
from .patterns import alternation, bounded
from .tables import Sourced, Strict, read_table
from .turns import turns
from .values import Segment, SegmentKind, TextKind

State = SegmentKind | Literal["start"]
"""`start`: before any cue."""

_BEFORE_SENTENCE = frozenset('。:;!?"».…')
_WRAP = re.compile(r"[^\s。；;：:！!？?”\"）)]\n")


def _in_form(word: str) -> str:
    if len(word) < 2 or normal(word) != word:
        raise ValueError(f"{word!r} is not two or more characters in the form of dossier.normal")
    return word


Bounded = Annotated[str, AfterValidator(bounded)]
Word = Annotated[str, AfterValidator(_in_form)]


class _Cue(Strict):
    to: SegmentKind
    words: tuple[Word, ...] = Field(min_length=1)
    then: Bounded = ""
    at: Literal["sentence", "paragraph", "anywhere", "start"] = "sentence"
    within: tuple[State, ...] = ()
    unless: Bounded = ""
    back: int = Field(default=0, ge=0, le=120)
    ends: bool = False
    frame: bool = False
    fallback: bool = False


class _Grammar(Strict):
    kinds: tuple[TextKind, ...]
    start: SegmentKind
    frame: Literal["judgment", "none"] = "none"
    turns: bool = False
    opening: Bounded = ""
    cues: tuple[_Cue, ...]


class _Title(Strict):
    kind: TextKind
    names: tuple[Bounded, ...]


class _Sign(Strict):
    kind: TextKind
    all: tuple[Bounded, ...] = Field(min_length=1)


class _SegmentsFile(Sourced):
    codes: dict[str, TextKind]
    titles: tuple[_Title, ...]
    signs: tuple[_Sign, ...]
    grammars: tuple[_Grammar, ...]


@dataclass(frozen=True)
class _Step:
    """A cue, ready to match."""

    to: SegmentKind
    at: str
    within: frozenset[str]
    then: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    back: int
    ends: bool
    frame: bool
    fallback: bool


@dataclass(frozen=True)
class _Reader:
    """A grammar, ready to match."""

    start: SegmentKind
    judgment: bool
    turns: bool
    opening: re.Pattern[str] | None
    words: re.Pattern[str]
    steps: dict[str, tuple[_Step, ...]]
    """By word, those of its beginnings too."""


@dataclass(frozen=True)
class _Tables:
    codes: dict[str, TextKind]
    titles: re.Pattern[str]
    titled: tuple[TextKind, ...]
    signs: tuple[tuple[TextKind, tuple[re.Pattern[str], ...]], ...]
    readers: dict[TextKind, _Reader]


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    data = read_table(_SegmentsFile, "segments.yaml")
    names = [(name, title.kind) for title in data.titles for name in title.names]
    readers = {}
    for grammar in data.grammars:
        reader = _reader(grammar)
        readers.update(dict.fromkeys(grammar.kinds, reader))
    return _Tables(
        codes=data.codes,
        titles=re.compile("|".join(f"({name})" for name, _ in names)),
        titled=tuple(kind for _, kind in names),
        signs=tuple(
            (sign.kind, tuple(re.compile(pattern) for pattern in sign.all)) for sign in data.signs
        ),
        readers=readers,
    )


def _reader(grammar: _Grammar) -> _Reader:
    by_word: dict[str, list[tuple[int, _Step]]] = defaultdict(list)
    for order, cue in enumerate(grammar.cues):
        step = _Step(
            to=cue.to,
            at=cue.at,
            within=frozenset(cue.within),
            then=re.compile(cue.then) if cue.then else None,
            unless=re.compile(cue.unless) if cue.unless else None,
            back=cue.back,
            ends=cue.ends,
            frame=cue.frame,
            fallback=cue.fallback,
        )
        for word in cue.words:
            by_word[word].append((order, step))
    steps = {}
    for word in by_word:
        found = [pair for other in by_word if word.startswith(other) for pair in by_word[other]]
        # the order of the file decides
        steps[word] = tuple(step for _, step in sorted(found, key=lambda pair: pair[0]))
    return _Reader(
        start=grammar.start,
        judgment=grammar.frame == "judgment",
        turns=grammar.turns,
        opening=re.compile(grammar.opening) if grammar.opening else None,
        words=re.compile(alternation(by_word)),
        steps=steps,
    )


# --- kinds of texts -------------------------------------------------------------------------------

_HEAD = 400
_KINDS: tuple[TextKind, ...] = get_args(TextKind)


def text_kind(text: str, title: str = "", hint: str = "") -> TextKind:
    """What a text is: by `hint` (a kind, or a code of the document types such as "L29"), else by
    its title, else by the first title in its head, else by the phrases of its kind. "other" if
    nothing says."""
    tables = _tables()
    if hint in tables.codes:
        return tables.codes[hint]
    for kind in _KINDS:
        if hint == kind:
            return kind
    titled = _last_titled(normal(title)) or _last_titled(normal(hint))
    if titled is not None:
        return titled
    form = normal(text)
    match = tables.titles.search(form, 0, _HEAD)
    # a document names itself in its head, not in the middle of a sentence
    if match is not None and "。" not in form[: match.start()] and match.lastindex is not None:
        return tables.titled[match.lastindex - 1]
    for kind, patterns in tables.signs:
        if all(pattern.search(form) for pattern in patterns):
            return kind
    return "other"


def _last_titled(form: str) -> TextKind | None:
    tables = _tables()
    found = None
    for match in tables.titles.finditer(form[-_HEAD:]):
        assert match.lastindex is not None
        found = tables.titled[match.lastindex - 1]
    return found


# --- segments -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hit:
    """A word of a cue at `start` of the form."""

    start: int
    stop: int
    steps: tuple[_Step, ...]


class _Form:
    """A text in its form, with what stands before a place."""

    def __init__(self, text: str) -> None:
        normalised = matching(text)
        self.original = text
        self.text = normalised.text
        self.offsets: Sequence[int] = normalised.offsets

    @cached_property
    def wrapped(self) -> bool:
        """Whether most lines end in the middle of a sentence."""
        lines = self.original.count("\n")
        return lines >= 8 and len(_WRAP.findall(self.original)) * 2 > lines

    def paragraph(self, at: int) -> bool:
        """Whether a paragraph begins here: white space after a full stop. Never so in text whose
        lines are those of a page, where a line may begin with any sentence."""
        if at == 0:
            return True
        return self.broken(at) and self.text[at - 1] in _BEFORE_SENTENCE and not self.wrapped

    def broken(self, at: int) -> bool:
        """Whether white space stands before this place of the original."""
        place = self.offsets[at]
        return place > 0 and self.original[place - 1].isspace()

    def sentence(self, at: int) -> bool:
        return at == 0 or self.text[at - 1] in _BEFORE_SENTENCE or self.broken(at)

    def begin(self, at: int, most: int) -> int | None:
        """Where the sentence around a place begins, None if that is more than `most` before."""
        low = max(0, at - most)
        begin = max(self.text.rfind(char, low, at) for char in "。;!?:")
        if not self.wrapped:
            begin = max(begin, self.gap(max(low, begin + 1), at) - 1)
        if begin >= 0:
            return begin + 1
        return 0 if low == 0 else None

    def gap(self, low: int, at: int) -> int:
        """The last place from `low` to `at` before which white space stands, 0 if there is none."""
        start, stop = self.offsets[low], self.offsets[at]
        space = max(self.original.rfind(char, start, stop) for char in " \n\u3000")
        return 0 if space < 0 else bisect_left(self.offsets, space + 1)


def segments(text: str, kind: TextKind) -> tuple[Segment, ...]:
    """The segments of a text of a kind, in order and without gaps from 0 to its end; one segment
    "other" for a kind without a grammar, none for an empty text."""
    if not text:
        return ()
    reader = _tables().readers.get(kind)
    if reader is None:
        return (Segment("other", 0, len(text)),)
    form = _Form(text)
    if reader.turns:
        marks = turns(form.text, form.broken)
        if marks:
            return _covering(form, [(0, reader.start), *marks])
    hits = [
        _Hit(match.start(), match.end(), reader.steps[match[0]])
        for match in reader.words.finditer(form.text)
    ]
    marks = _framed(form, hits, reader) if reader.judgment else _walk(form, hits, reader)
    return _covering(form, marks)


Mark = tuple[int, SegmentKind]


def _walk(
    form: _Form,
    hits: Sequence[_Hit],
    reader: _Reader,
    *,
    state: State = "start",
    start: int = 0,
    stop: int | None = None,
) -> list[Mark]:
    """States from `start` to `stop` of the form: one cue leads to the next."""
    end = len(form.text) if stop is None else stop
    marks: list[Mark] = [(start, reader.start if state == "start" else state)]
    for hit in hits:
        if hit.start < start:
            continue
        if hit.start >= end:
            break
        for step in hit.steps:
            if step.frame or step.to == state or (step.within and state not in step.within):
                continue
            place = _place(form, hit, step)
            if place is None or not marks[-1][0] <= place < end:
                continue
            state = step.to
            if place == marks[-1][0]:
                marks.pop()
            marks.append((place, step.to))
            break
    return marks


def _place(form: _Form, hit: _Hit, step: _Step) -> int | None:
    """Where the segment begins that a cue opens, None if this is no cue."""
    place: int | None = hit.start
    if step.at == "start":
        if hit.start > 60:
            return None
        place = 0
    elif step.back:
        place = form.begin(hit.start, step.back)
    elif step.at == "sentence":
        place = place if form.sentence(hit.start) else None
    elif step.at == "paragraph":
        place = place if form.paragraph(hit.start) else None
    if place is None:
        return None
    stop = hit.stop
    if step.then is not None:
        match = step.then.match(form.text, stop)
        if match is None:
            return None
        stop = match.end()
    if step.unless is not None and step.unless.match(form.text, hit.stop):
        return None
    return stop if step.ends else place


def _framed(form: _Form, hits: Sequence[_Hit], reader: _Reader) -> list[Mark]:
    """Judgments: decision and reasoning first, then what stands before and behind."""
    decision = _decision(form, hits)
    reasoning = _reasoning(form, hits, decision[0] if decision else len(form.text), reader.opening)
    first = next((each[0] for each in (reasoning, decision) if each is not None), None)
    marks = _walk(form, hits, reader, stop=first) if first != 0 else []
    if reasoning is not None:
        marks.append((reasoning[0], "reasoning"))
    if decision is not None:
        marks.append((decision[1], "decision"))
    if first is None:
        return marks
    state: SegmentKind = "decision" if decision else "reasoning"
    begin = decision[1] if decision else first
    behind = _walk(form, hits, reader, state=state, start=begin)
    return marks + behind[1:] if behind and behind[0][0] == begin and marks else marks + behind


def _decision(form: _Form, hits: Sequence[_Hit]) -> tuple[int, int] | None:
    """The last cue of a decision: where it stands, and where the decision begins."""
    fallback: tuple[int, int] | None = None
    for hit in reversed(hits):
        for step in hit.steps:
            if not step.frame or step.to != "decision" or (step.fallback and fallback is not None):
                continue
            place = _place(form, hit, step)
            if place is None or place >= len(form.text):
                continue
            if not step.fallback:
                return hit.start, place
            fallback = hit.start, place
    return fallback


def _reasoning(
    form: _Form, hits: Sequence[_Hit], before: int, opening: re.Pattern[str] | None
) -> tuple[int, int] | None:
    """The last cue of the reasoning that begins a paragraph. In text without paragraphs, where the
    answers to the defence (本院认为，该意见…) look alike, the last one that goes on as reasoning
    does, else the last. Where there is none, the last of the cues that may be one (依照《…》)."""
    sentences: list[int] = []
    fallback: int | None = None
    for hit in reversed(hits):
        if hit.start >= before:
            continue
        for step in hit.steps:
            if not step.frame or step.to != "reasoning" or (step.fallback and fallback is not None):
                continue
            place = _place(form, hit, step)
            if place is None or place >= before:
                continue
            if step.fallback:
                fallback = place
            elif form.paragraph(place):
                return place, hit.stop
            else:
                sentences.append(place)
            break
    for place in sentences:
        if opening is not None and opening.match(form.text, place):
            return place, place
    last = sentences[0] if sentences else fallback
    return None if last is None else (last, last)


def _covering(form: _Form, marks: Sequence[Mark]) -> tuple[Segment, ...]:
    """Marks of the form as segments of the original. White space between two belongs to the
    first."""
    found: list[Segment] = []
    places = [0, *(form.offsets[place] for place, _ in marks[1:]), len(form.original)]
    for (_, kind), start, stop in zip(marks, places, places[1:], strict=False):
        if start == stop:
            continue
        if found and found[-1].kind == kind and kind not in ("question", "answer"):
            found[-1] = Segment(kind, found[-1].start, stop)
        else:
            found.append(Segment(kind, start, stop))
    return tuple(found)


def segment_at(segments: Sequence[Segment], place: int) -> Segment | None:
    """The segment in which a place of the text stands."""
    at = bisect_left(segments, place + 1, key=lambda segment: segment.stop)
    return segments[at] if at < len(segments) and segments[at].start <= place else None
