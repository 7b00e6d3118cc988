"""Every bound on what a file may cost, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Limits:
    """Bounds for hostile or merely huge files; picklable, so workers get the same ones.

    Containers (ZIP deposits and the packages inside DOCX and OFD):
    `members`            files in one container
    `unpacked_bytes`     bytes of all members together, unpacked
    `member_bytes`       bytes of one member, unpacked
    `ratio`              unpacked to packed size of one member; only looked at above `ratio_floor`
    `ratio_floor`        bytes below which any ratio is fine
    `nesting`            containers inside the container given (1: a ZIP in a ZIP is a sub-folder)
    `xml_bytes`          bytes of one XML part of a DOCX or OFD

    Pages and pictures:
    `pages`              pages of one file
    `image_pixels`       pixels of one stored picture, refused before it is decoded (an A0 plan at
                         300 dpi has 139 million)
    `render_pixels`      pixels of one drawn page; a larger page is drawn at a lower resolution
    `frames`             pages of one TIFF
    `text_bytes`         bytes of one TXT, HTML or RTF file

    Choices:
    `office`             "auto": lay out DOCX and DOC with LibreOffice where it is installed,
                         "never": do without
    `office_seconds`     seconds LibreOffice may take for one file
    `spool`              folder in which laid-out copies are kept by content, so that workers
                         opening one file share the work; the caller removes it. None: each opening
                         makes its own and removes it
    `salvage`            take the pages left of a PDF whose end is missing; False refuses it, since
                         nobody can tell how many pages are lost
    `existing_ocr`       "judge": keep the OCR layer of a scan if it is plausible,
                         "ignore": always read the scan anew
    """

    members: int = 20_000
    unpacked_bytes: int = 20 * 1024**3
    member_bytes: int = 4 * 1024**3
    ratio: float = 200.0
    ratio_floor: int = 16 * 1024**2
    nesting: int = 1
    xml_bytes: int = 128 * 1024**2

    pages: int = 20_000
    image_pixels: int = 160_000_000
    render_pixels: int = 60_000_000
    frames: int = 5_000
    text_bytes: int = 64 * 1024**2

    office: Literal["auto", "never"] = "auto"
    office_seconds: float = 120.0
    spool: Path | None = None
    salvage: bool = False
    existing_ocr: Literal["judge", "ignore"] = "judge"
