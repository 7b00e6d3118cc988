"""The lines of a page as running text: paragraphs, sentences, one way of writing punctuation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..facts import FactDocument, Source
from ..model import Line

_INDENT = 0.03
"""A line that begins so much further right than its neighbours opens a paragraph, in page widths:
two characters are some 0.05."""
_NEAR = 4
"""Lines above and below among which the margin is looked for: a scan may be skewed."""
_SHORT = 0.1
"""A line that ends so much before the others may be the last of a paragraph, in page widths."""
_WIDE = 48
"""A line of more characters is no line of a page but a paragraph of a text file."""

_END = re.compile(r"[。！？!?：:；;][”’）)」』]*$")
_HAN = "\u3400-\u9fff"
_WIDE_PUNCTUATION = str.maketrans(",:;?!", "，：；？！")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: its text as it is written on, and its place in the document's text. `paragraph`
    counts paragraphs."""

    text: str
    start: int
    stop: int
    paragraph: int


def sentences(document: FactDocument, breaks: Iterable[int] = ()) -> list[Sentence]:
    """The sentences of a document in order; at `breaks` one begins whatever stands before. Line
    ends of the page are gone; running heads and page numbers have never been in `document.text`."""
    found = []
    for number, (start, stop) in enumerate(paragraphs(document, breaks)):
        for match in _SENTENCE.finditer(document.text, start, stop):
            text = tidy(match[0])
            if text:
                lead = len(match[0]) - len(match[0].lstrip())
                found.append(Sentence(text, match.start() + lead, match.end(), number))
    return found


_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’）)」』]*|[^。！？]+")


def paragraphs(document: FactDocument, breaks: Iterable[int] = ()) -> list[tuple[int, int]]:
    """Where the paragraphs of `document.text` begin and end; one begins at each of `breaks`."""
    starts = sorted({*(begin for begin, opens in _openings(document) if opens), *breaks})
    return list(zip(starts, [*starts[1:], len(document.text)], strict=False))


def _openings(document: FactDocument) -> Iterator[tuple[int, bool]]:
    """Where each line begins, and whether a paragraph does."""
    placed = document.placed_lines
    pages: dict[int, list[Line]] = {}
    for page, line, _ in placed:
        pages.setdefault(page, []).append(line)
    edges = {page: max(line.box.right for line in lines) for page, lines in pages.items()}
    at: dict[int, int] = dict.fromkeys(pages, 0)
    before: tuple[int, Line] | None = None
    for page, line, begin in placed:
        place = at[page]
        at[page] += 1
        near = pages[page][max(0, place - _NEAR) : place + _NEAR + 1]
        margin = min(each.box.left for each in near)
        opens = before is None or line.cell is not None or line.box.left - margin > _INDENT
        if not opens and before is not None and _END.search(before[1].text):
            short = before[1].box.right < edges[before[0]] - _SHORT
            opens = short or len(before[1].text) > _WIDE
        yield begin, opens
        before = (page, line)


def tidy(text: str) -> str:
    """A stretch of a page as running text: lines joined, half-width punctuation among Chinese
    characters full-width, brackets of one kind."""
    text = re.sub(r"(?<=[A-Za-z])\s*\n\s*(?=[A-Za-z])", "\0", text.strip())
    text = re.sub(r"\s*\n\s*", "", text)
    text = text.replace("\0", " ")
    text = re.sub(rf"\s+(?=[{_HAN}，。：；！？、（）《》〔〕“”])", "", text)
    text = re.sub(rf"(?<=[{_HAN}，。：；！？、（）《》〔〕“”])\s+", "", text)
    text = re.sub(r"[\[〔【(（]\s*((?:19|20)\d\d)\s*[\]〕】](?=[^（）]{0,12}号)", r"〔\1〕", text)
    text = re.sub(r"\(((?:19|20)\d\d)\)(?=[\u4e00-\u9fff]\d)", r"（\1）", text)
    text = re.sub(rf"\(([^()]{{0,60}})\)(?=[{_HAN}，。：；、]|$)", r"（\1）", text)
    text = re.sub(rf"\(([^()]{{0,60}}[{_HAN}][^()]{{0,60}})\)", r"（\1）", text)
    text = re.sub(r"(?<![\w.．])(\d{1,2})\s*[.．]\s*(?=[^\d\s])", r"\1．", text)

    def wide(match: re.Match[str]) -> str:
        return match[0].translate(_WIDE_PUNCTUATION)

    text = re.sub(rf"(?<=[{_HAN}）》”〕])[,:;?!]", wide, text)
    return re.sub(rf"[,:;?!](?=\s*[{_HAN}（《“])", wide, text)


def cited(document: FactDocument, start: int, stop: int) -> tuple[Source, ...]:
    """Where a stretch stands, one source for each page that it touches."""
    pages: dict[int, list[int]] = {}
    for page, line, begin in document.placed_lines:
        end = begin + len(line.text)
        if begin < stop and end > start:
            span = pages.setdefault(page, [max(begin, start), min(end, stop)])
            span[1] = min(end, stop)
    return tuple(document.cite(first, last) for first, last in pages.values())
