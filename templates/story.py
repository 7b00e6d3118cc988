"""The text of a template's parts as Jinja source: docxtpl's conventions, one line a paragraph."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from docxtpl import DocxTemplate
from lxml import etree

from dossier.errors import TemplateRefused

from .package import Opened, W

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPEN = re.compile(r"\{[{%#]")
_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_RAW = re.compile(r"\{\{\s*(?:p|r|tr|tc)\s")
_MOST_TAGS = 5_000
# ids of editing sessions and paragraphs: a loop would write them twice
_SESSION = re.compile(r"\}(?:rsid\w*|paraId|textId)$")
_NOISE = (f"{W}proofErr", f"{W}lastRenderedPageBreak")


@dataclass(frozen=True)
class Story:
    """One part: `source` has a line for each paragraph (and row) of the part."""

    template: str
    part: str
    source: str

    @cached_property
    def lines(self) -> list[str]:
        return self.source.split("\n")

    def text(self, line: int) -> str:
        """What stands in a paragraph, tags as written; `line` from 1."""
        if not 1 <= line <= len(self.lines):
            return ""
        pieces = re.split(f"({_TAG.pattern})", self.lines[line - 1])
        shown = [
            each if at % 2 else html.unescape(re.sub(r"<[^>]*>", "", each))
            for at, each in enumerate(pieces)
        ]
        return "".join(shown).strip()

    def tags(self, line: int) -> list[str]:
        return _TAG.findall(self.lines[line - 1]) if 1 <= line <= len(self.lines) else []

    def where(self, line: int, tag: str = "") -> str:
        return where(self.template, self.part, self.text(line), tag)


def where(template: str, part: str, text: str, tag: str = "") -> str:
    """File, paragraph and tag, for messages."""
    shown = text if len(text) <= 80 else f"{text[:80]}…"
    place = f"{template}!{part}" if part != "word/document.xml" else template
    paragraph = f", paragraph “{shown}”" if shown else ""
    return f"{place}{paragraph}{f', tag {tag}' if tag else ''}"


def stories(opened: Opened) -> Iterator[Story]:
    """The parts that have tags. Raises TemplateRefused for tags that begin and do not end, or
    stand where no text is."""
    for part, root in opened.stories.items():
        if _has_tags(root, opened.name, part):
            yield Story(opened.name, part, _source(root))


def _has_tags(root: etree._Element, name: str, part: str) -> bool:
    count = 0
    for element in root.iter():
        if any(_OPEN.search(str(value)) for value in element.attrib.values()):
            raise TemplateRefused(
                "a tag in a property", where=f"{name}!{part}", advice="tags stand in the text"
            )
        if element.tag == f"{W}p":
            text = "".join(
                each.text or "" for each in element.iter(f"{W}t") if _paragraph(each) is element
            )
            count += _check_paragraph(text, where(name, part, text.strip()))
        elif element.tag != f"{W}t" and element.text and _OPEN.search(element.text):
            raise TemplateRefused(
                "a tag that is not in plain text",
                where=where(name, part, element.text.strip()),
                advice="fields, equations and drawings cannot hold tags",
            )
    if count > _MOST_TAGS:
        raise TemplateRefused(f"more than {_MOST_TAGS:,} tags", where=f"{name}!{part}")
    return count > 0


def _paragraph(text: etree._Element) -> etree._Element | None:
    return next(text.iterancestors(f"{W}p"), None)


def _check_paragraph(text: str, place: str) -> int:
    at = count = 0
    while found := _OPEN.search(text, at):
        close = _CLOSE[found[0]]
        end = text.find(close, found.end())
        tag = text[found.start() : end + 2 if end >= 0 else found.start() + 60]
        if end < 0:
            raise TemplateRefused(
                f"a tag without its {close}",
                where=f"{place}, tag {tag}",
                advice="a tag begins and ends in one paragraph",
            )
        if _RAW.match(tag):
            raise TemplateRefused(
                "a tag that writes XML",
                where=f"{place}, tag {tag}",
                advice="write {{ … }}; p, tr, tc and r go with {% … %} only",
            )
        count += 1
        at = end + 2
    return count


def _source(root: etree._Element) -> str:
    for element in list(root.iter(*_NOISE)):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    for element in root.iter():
        for name in [n for n in element.attrib if _SESSION.search(str(n))]:
            del element.attrib[name]
    xml = etree.tostring(root, encoding="unicode")
    xml = re.sub(r"[\r\n]+", " ", xml)
    # a line for each paragraph: Jinja then says where a tag stands
    xml = re.sub(r"(<w:(?:p|tr)[ >])", r"\n\1", xml)
    patched: str = DocxTemplate(None).patch_xml(xml)
    return patched
