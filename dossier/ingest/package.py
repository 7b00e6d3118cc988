"""The ZIP packages inside DOCX and OFD: read within bounds, XML without entities."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import IO

from lxml import etree

from ..errors import DamagedFile, EncryptedFile, HostileFile
from .limits import Limits
from .unpack import check_overlap

_BROKEN = "ask for an intact copy, or for the document as PDF"


class Package:
    """A ZIP of parts. Every read is bounded; nothing is written to disk."""

    def __init__(self, path: Path | IO[bytes], name: str, limits: Limits) -> None:
        """Raises DamagedFile, EncryptedFile, HostileFile (by what the directory claims)."""
        self.name = name
        self.limits = limits
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise DamagedFile("its package is broken", where=name, advice=_BROKEN) from error
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def _check(self) -> None:
        infos = self._zip.infolist()
        limits = self.limits
        if len(infos) > limits.members:
            raise HostileFile(f"{len(infos)} parts in one file", where=self.name)
        check_overlap(infos, self.name)
        if any(info.flag_bits & 1 for info in infos):
            raise EncryptedFile(
                "its parts are encrypted", where=self.name, advice="save it without a password"
            )
        if sum(info.file_size for info in infos) > limits.unpacked_bytes:
            raise HostileFile("it unpacks to more than is allowed", where=self.name)
        for info in infos:
            if info.file_size > limits.ratio_floor and info.file_size > limits.ratio * max(
                1, info.compress_size
            ):
                raise HostileFile("it unpacks to far more than it is", where=self.name)

    @cached_property
    def _names(self) -> dict[str, zipfile.ZipInfo]:
        names: dict[str, zipfile.ZipInfo] = {}
        for info in self._zip.infolist():
            names.setdefault(_tidy(info.filename), info)
        return names

    @property
    def parts(self) -> Sequence[str]:
        return list(self._names)

    def has(self, part: str) -> bool:
        return _tidy(part) in self._names

    def size(self, part: str) -> int:
        """Bytes the directory claims, 0 if there is no such part."""
        info = self._names.get(_tidy(part))
        return info.file_size if info else 0

    def read(self, part: str, limit: int | None = None) -> bytes:
        """The bytes of a part. Raises DamagedFile (missing, broken), HostileFile (too large)."""
        limit = self.limits.member_bytes if limit is None else limit
        info = self._names.get(_tidy(part))
        where = f"{self.name}!{part}"
        if info is None:
            raise DamagedFile("a part is missing", where=where, advice=_BROKEN)
        try:
            with self._zip.open(info) as source:
                data = source.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
            raise DamagedFile("a part is broken", where=where, advice=_BROKEN) from error
        except (NotImplementedError, RuntimeError) as error:
            raise DamagedFile("a part cannot be unpacked", where=where, advice=_BROKEN) from error
        if len(data) > limit:
            raise HostileFile(f"a part larger than {limit:,} bytes", where=where)
        return data

    def xml(self, part: str) -> etree._Element:
        """A part as XML; raises HostileFile for a DOCTYPE (entity bombs, outside entities)."""
        return parse_xml(self.read(part, self.limits.xml_bytes), f"{self.name}!{part}")

    def check_all_xml(self) -> None:
        """Refuse the file if any XML part of it has a DOCTYPE, before others parse them."""
        for part in self.parts:
            if part.lower().endswith((".xml", ".rels", ".vml")):
                _no_doctype(self.read(part, self.limits.xml_bytes), f"{self.name}!{part}")

    def close(self) -> None:
        self._zip.close()


def _tidy(part: str) -> str:
    return posixpath.normpath("/" + part.replace("\\", "/")).lstrip("/")


def _no_doctype(data: bytes, where: str) -> None:
    # UTF-16 is looked through by leaving out its zero bytes
    upper = data.replace(b"\x00", b"").upper()
    if b"<!DOCTYPE" in upper or b"<!ENTITY" in upper:
        raise HostileFile(
            "its XML declares entities", where=where, advice="no office program writes such files"
        )


def parse_xml(data: bytes, where: str) -> etree._Element:
    """XML from a hostile file: no DOCTYPE, no entities, no network, libxml2's depth limits."""
    _no_doctype(data, where)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedFile("its XML is broken", where=where, advice=_BROKEN) from error
    doctype = root.getroottree().docinfo.internalDTD
    if doctype is not None:
        # an encoding that hid the DOCTYPE from the look at the bytes
        raise HostileFile("its XML declares entities", where=where)
    return root
