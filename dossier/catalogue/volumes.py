"""Documents into volumes, and the page numbers of each volume."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..normal import normal
from .reading import PageReading
from .recognise import Segment
from .types import BINDING, UNKNOWN, DocumentTypes, OrganKind


@dataclass(frozen=True, slots=True)
class VolumeChoice:
    """The volume of one document and why: hint (folder), cover, file, type, neighbour."""

    title: str
    kind: str | None
    why: str


def named_volume(types: DocumentTypes, text: str) -> str | None:
    """The kind of volume a folder name, file name or cover line speaks of, longest name first."""
    plain = normal(text)
    best: tuple[int, str] | None = None
    for volume in types.volumes:
        for alias in volume.aliases:
            if alias in plain and (best is None or len(alias) > best[0]):
                best = (len(alias), volume.title)
    return best[1] if best else None


def choose_volumes(
    types: DocumentTypes,
    segments: Sequence[Segment],
    organs: Sequence[OrganKind | None],
) -> list[VolumeChoice]:
    """The volume of each document, in order.

    A folder given by the sender wins; then a cover or file name that names a volume, for the rest
    of that file; then the type's own volume (if it has several: the one whose maker is the organ
    that issued it). Binding pages and unknown ones go with their neighbours.
    """
    found: list[VolumeChoice | None] = []
    covers: dict[str, str] = {}
    for segment, organ in zip(segments, organs, strict=True):
        page = segment.readings[0].page
        if page.volume:
            kind = named_volume(types, page.volume)
            found.append(VolumeChoice(_shown(page.volume, kind), kind, "hint"))
            continue
        if segment.entry.form == "cover":
            named = _on_cover(types, segment.readings[0])
            if named:
                covers[page.file] = named
        if page.file in covers:
            found.append(VolumeChoice(covers[page.file], covers[page.file], "cover"))
            continue
        stem = page.file.rsplit("/", 1)[-1]
        named = named_volume(types, re.sub(r"\.[A-Za-z0-9]{1,5}$", "", stem))
        if named and page.file_pages > 1:
            found.append(VolumeChoice(named, named, "file"))
            continue
        found.append(_by_type(types, segment, organ))
    return _with_neighbours(types, segments, found)


def _shown(hint: str, kind: str | None) -> str:
    """A folder name without the number that orders it: 1诉讼文书卷 → 诉讼文书卷."""
    if kind is None:
        return hint
    last = hint.rsplit("/", 1)[-1]
    bare = re.sub(r"^[(（]?\d{1,3}[)）]?[-_.、\s]*", "", last)
    return bare or hint


def _on_cover(types: DocumentTypes, reading: PageReading) -> str | None:
    return named_volume(types, reading.text)


def _by_type(
    types: DocumentTypes, segment: Segment, organ: OrganKind | None
) -> VolumeChoice | None:
    titles = segment.entry.volumes
    if segment.entry.code in (BINDING, UNKNOWN) or not titles:
        return None
    chosen = titles[0]
    if len(titles) > 1 and organ is not None:
        for title in titles:
            volume = types.volume(title)
            if volume is not None and volume.maker == organ:
                chosen = title
                break
    return VolumeChoice(chosen, chosen, "type")


def _with_neighbours(
    types: DocumentTypes, segments: Sequence[Segment], found: list[VolumeChoice | None]
) -> list[VolumeChoice]:
    out: list[VolumeChoice] = []
    fallback = types.volumes[0].title if types.volumes else "卷"
    for at, choice in enumerate(found):
        if choice is not None:
            out.append(choice)
            continue
        file = segments[at].readings[0].page.file
        after = next(
            (
                other
                for segment, other in zip(segments[at + 1 :], found[at + 1 :], strict=True)
                if other is not None and segment.readings[0].page.file == file
            ),
            None,
        )
        before = out[-1] if out else None
        same_file = before is not None and segments[at - 1].readings[0].page.file == file
        back = segments[at].entry.form in ("remarks", "pouch") or segments[at].entry.code == UNKNOWN
        order = (
            (before if same_file else None, after)
            if back
            else (after, before if same_file else None)
        )
        neighbour = next((one for one in order if one is not None), None) or before
        if neighbour is None:
            neighbour = next((one for one in found if one is not None), None)
        if neighbour is None:
            neighbour = VolumeChoice(fallback, fallback, "none")
        out.append(VolumeChoice(neighbour.title, neighbour.kind, "neighbour"))
    return out


def volume_rank(types: DocumentTypes, kind: str | None) -> int:
    """Place of a volume in the dossier; volumes of the sender's own come last."""
    titles = [volume.title for volume in types.volumes]
    return titles.index(kind) if kind in titles else len(titles)
