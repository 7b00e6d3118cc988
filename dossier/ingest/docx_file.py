"""DOCX without a layout engine: everything a reader sees, set on sheets in flow order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.section import Section
from lxml import etree

from ..errors import DamagedFile, FileRefused
from ..model import Cell
from .docx_walk import Walker
from .embedded import figure_of
from .flow import A4, Figure, FlowFile, Item, Paragraph, Running, set_pages
from .kinds import FileKind
from .limits import Limits
from .numbering import Numbering, W
from .package import Package

_BROKEN = "open it in Word or WPS and save it again, or save it as PDF"


class DocxContent:
    """What a DOCX says, in flow order."""

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        """Raises DamagedFile, EncryptedFile, HostileFile (bombs, entities)."""
        self.name = name
        self.limits = limits
        self.notes: list[str] = []
        package = Package(path, name, limits)
        try:
            # python-docx unpacks and parses everything: look before it does
            package.check_all_xml()
            if any(part.lower().endswith("vbaproject.bin") for part in package.parts):
                self.notes.append("macros-ignored")
        finally:
            package.close()
        try:
            self._document = docx.Document(str(path))
        except FileRefused:
            raise
        except Exception as error:
            # python-docx lets through whatever its parts stumble over
            self._document = self._retyped(path, name, error)
        self.size = self._size()
        self._read()

    def _retyped(self, path: Path, name: str, error: Exception) -> Document:
        """.docm and templates have other content types, which docx.Document refuses."""
        from docx.opc.constants import CONTENT_TYPE
        from docx.package import Package as OpcPackage

        try:
            part = OpcPackage.open(str(path)).main_document_part
            if "wordprocessingml" in part.content_type or "ms-word" in part.content_type:
                from docx.opc.packuri import PackURI
                from docx.parts.document import DocumentPart

                again = DocumentPart.load(
                    PackURI(str(part.partname)),
                    CONTENT_TYPE.WML_DOCUMENT_MAIN,
                    part.blob,
                    part.package,
                )
                for key, relation in part.rels.items():
                    again.rels[key] = relation
                return again.document  # type: ignore[no-any-return]
        except Exception as second:
            raise DamagedFile("not a readable DOCX", where=name, advice=_BROKEN) from second
        raise DamagedFile("not a readable DOCX", where=name, advice=_BROKEN) from error

    def _size(self) -> tuple[float, float]:
        try:
            section = self._document.sections[0]
            width, height = section.page_width, section.page_height
        except (IndexError, ValueError):
            return A4
        if width is None or height is None or not (100 < width.pt < 5000 > height.pt > 100):
            return A4
        return width.pt, height.pt

    def _read(self) -> None:
        part = self._document.part
        styles = _related(part, RELATIONSHIP_TYPE.STYLES)
        self._sizes, self._aligns, self._default = _styles(styles)
        numbering = Numbering(_related(part, RELATIONSHIP_TYPE.NUMBERING), styles)
        self._footnotes = {
            "footnote": _related(part, RELATIONSHIP_TYPE.FOOTNOTES),
            "endnote": _related(part, RELATIONSHIP_TYPE.ENDNOTES),
        }
        walker = self._walker(part, numbering)
        self.items: list[Item] = walker.story(self._document.element.body)
        self.known_breaks = walker.rendered
        if walker.hidden:
            self.notes.append(f"hidden-text-left-out: {walker.hidden} runs")
        deleted = sum(1 for _ in self._document.element.body.iter(f"{W}del", f"{W}moveFrom"))
        if deleted:
            self.notes.append(f"tracked-deletions-left-out: {deleted}")
        if _related(part, RELATIONSHIP_TYPE.COMMENTS) is not None:
            self.notes.append("comments-left-out")
        self.running = self._running_heads()

    def _walker(self, part: Part, numbering: Numbering | None) -> Walker:
        def figure(key: str, size: tuple[float, float] | None, cell: Cell | None) -> Figure | None:
            relation = part.rels.get(key)
            if relation is None or relation.is_external:
                return None
            return figure_of(relation.target_part.blob, self.name, self.limits, size, cell)

        def note(kind: str, key: str) -> list[Item]:
            root = self._footnotes.get(kind)
            if root is None:
                return []
            for element in root.findall(f"{W}{kind}"):
                if element.get(f"{W}id") == key:
                    return self._walker(part, None).story(element)
            return []

        return Walker(numbering, figure, note, self._default, self._sizes, self._aligns)

    def _running_heads(self) -> Callable[[int], Running]:
        """Heads and feet by page; a document of several sections uses those of its first."""
        try:
            section = self._document.sections[0]
            first = section.different_first_page_header_footer
            usual = self._heads(section, "header", "footer")
            opening = (
                self._heads(section, "first_page_header", "first_page_footer") if first else usual
            )
            later = [
                self._heads(other, "header", "footer")
                for other in list(self._document.sections)[1:]
            ]
        except (IndexError, ValueError, KeyError):
            return lambda _: Running()
        more = [
            paragraph
            for running in later
            for paragraph in (*running.head, *running.foot)
            if paragraph not in (*usual.head, *usual.foot, *opening.head, *opening.foot)
        ]
        # which page a later section starts on is unknown here: its heads are still not lost
        self.items += [Paragraph(p.text, 9.0) for p in dict.fromkeys(more)]
        return lambda number: opening if number == 0 else usual

    def _heads(self, section: Section, head: str, foot: str) -> Running:
        found: list[tuple[Paragraph, ...]] = []
        for name in (head, foot):
            story = getattr(section, name)
            if story.is_linked_to_previous:
                found.append(())
                continue
            items = self._walker(story.part, None).story(story._element)
            found.append(
                tuple(
                    Paragraph(item.text, 9.0, item.align)
                    for item in items
                    if isinstance(item, Paragraph) and item.text.strip()
                )
            )
        return Running(*found)


def flow_of(content: DocxContent) -> FlowFile:
    """Set what a DOCX says on sheets of its page size."""
    sheets = set_pages(
        content.items,
        size=content.size,
        known_breaks=content.known_breaks,
        running=content.running,
    )
    return FlowFile(FileKind.DOCX, sheets, size=content.size, notes=tuple(content.notes))


def _related(part: Part, kind: str) -> etree._Element | None:
    """The XML of the first related part of a kind."""
    from .package import parse_xml

    for relation in part.rels.values():
        if relation.reltype == kind and not relation.is_external:
            target = relation.target_part
            return parse_xml(target.blob, str(target.partname))
    return None


def _styles(root: etree._Element | None) -> tuple[dict[str, float], dict[str, str], float]:
    """Font sizes (points) and alignments of paragraph styles, and the default size."""
    if root is None:
        return {}, {}, 10.5
    default = _half_points(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}sz")) or 10.5
    sizes: dict[str, float] = {}
    aligns: dict[str, str] = {}
    for style in root.iter(f"{W}style"):
        key = style.get(f"{W}styleId") or ""
        size = _half_points(style.find(f"{W}rPr/{W}sz"))
        if size:
            sizes[key] = size
        align = style.find(f"{W}pPr/{W}jc")
        if align is not None:
            aligns[key] = align.get(f"{W}val") or ""
        if style.get(f"{W}default") == "1" and style.get(f"{W}type") == "paragraph" and size:
            default = size
    return sizes, aligns, default


def _half_points(element: etree._Element | None) -> float | None:
    value = element.get(f"{W}val") if element is not None else None
    return max(6.0, min(72.0, int(value) / 2)) if value and value.isdecimal() else None
