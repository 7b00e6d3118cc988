"""From a template and a case to the bytes of a Word file.

What plain docxtpl does for each document is done once for each template: opening the package,
putting split tags together (docxtpl's `patch_xml`), compiling, packing the parts that have no
tags. Filling runs the compiled code, looks whether the XML is whole, and packs.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from lxml import etree

from dossier.errors import TemplateRefused

from .analysis import Reading, analysed
from .card import Card
from .comments import first_comment, with_comments
from .compiling import CompiledStory, compiled, parsed
from .environment import TemplateEnvironment
from .package import MAIN, check_content, open_package
from .run import Place, Run, TemplateFault, current
from .story import stories, where
from .zipping import Packed, packed, zipped

_DECLARATION = b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_KEPT = 64


@dataclass(frozen=True)
class Compiled:
    """A template ready to be filled; safe to share between threads."""

    name: str
    stories: Mapping[str, CompiledStory]
    fixed: Mapping[str, Packed]
    order: tuple[str, ...]
    places: tuple[Place, ...]
    reading: Reading
    first_comment: int


_cache: OrderedDict[str, Compiled] = OrderedDict()
_lock = threading.Lock()


@lru_cache(maxsize=1)
def environment() -> TemplateEnvironment:
    return TemplateEnvironment()


def compile_template(path: Path, docx: bytes, digest: str, card: Card) -> Compiled:
    """The compiled template, kept by content (`digest`, of file and card). TemplateRefused."""
    with _lock:
        found = _cache.get(digest)
        if found is not None:
            _cache.move_to_end(digest)
            return found
    made = _compile(path, docx, card)
    with _lock:
        _cache[digest] = made
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return made


def forget() -> None:
    """Keep nothing of what was compiled."""
    with _lock:
        _cache.clear()


def _compile(path: Path, docx: bytes, card: Card) -> Compiled:
    opened = open_package(path, docx)
    jinja = environment()
    trees = [(story, parsed(jinja, story)) for story in stories(opened)]
    try:
        reading = analysed(card.schema, trees)
    except RecursionError as error:
        raise TemplateRefused("tags that are too involved", where=opened.name) from error
    places: list[Place] = []
    made = {story.part: compiled(jinja, story, tree, places) for story, tree in trees}
    return Compiled(
        name=opened.name,
        stories=made,
        fixed={part: packed(part, data) for part, data in opened.parts.items() if part not in made},
        order=tuple(opened.parts),
        places=tuple(places),
        reading=reading,
        first_comment=first_comment(opened),
    )


def fill(template: Compiled, run: Run, *, write: bool) -> bytes:
    """The Word file; empty without `write`, or where gaps forbid it. What was read and what is
    missing stands in `run` afterwards. Raises TemplateRefused naming the tag."""
    run.places, run.first_comment = template.places, template.first_comment
    token = current.set(run)
    texts: dict[str, str] = {}
    try:
        for part in template.order:
            if part in template.stories:
                texts[part] = _filled(template.stories[part], run)
    except TemplateFault as fault:
        raise _refused(template, run, str(fault)) from fault
    except RecursionError as error:
        raise _refused(template, run, "calls in calls without end") from error
    except MemoryError as error:
        raise _refused(template, run, "it needs more memory than there is") from error
    except Exception as error:
        raise _refused(template, run, str(error) or type(error).__name__) from error
    finally:
        current.reset(token)
    if not write or (run.gaps and not run.draft):
        return b""
    parts = []
    for part in template.order:
        fixed = template.fixed.get(part)
        parts.append(fixed or packed(part, _xml(template, part, texts[part])))
    docx = zipped(parts)
    return with_comments(docx, run.comments) if run.comments else docx


def _filled(story: CompiledStory, run: Run) -> str:
    context = story.code.new_context()
    pieces: list[str] = []
    for piece in story.code.root_render_func(context):
        run.spend(0, len(piece))
        pieces.append(piece)
    return "".join(pieces)


def _refused(template: Compiled, run: Run, what: str) -> TemplateRefused:
    if not 0 <= run.place < len(template.places):
        return TemplateRefused(what, where=template.name)
    place = template.places[run.place]
    return TemplateRefused(
        what,
        where=where(template.name, place.file, place.text, place.tag),
        advice="correct the template in Word or WPS",
    )


def _xml(template: Compiled, part: str, text: str) -> bytes:
    data = text.encode()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise TemplateRefused(
            f"the filled text is no whole XML ({error.msg})",
            where=where(template.name, part, ""),
            advice="{%p … %}, {%tr … %} must begin and end on the same level: both around "
            "paragraphs, or both around rows",
        ) from error
    if b"instrText" in data or b"fldSimple" in data:
        # pieces that were harmless may have been put together
        check_content(root, template.name, part)
    return _DECLARATION + data


__all__ = ["MAIN", "Compiled", "compile_template", "fill"]
