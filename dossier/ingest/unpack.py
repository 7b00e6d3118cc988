"""ZIP deposits: unpacked into a folder of ours, one member after the other, within bounds."""

from __future__ import annotations

import errno
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from ..errors import DamagedFile, EncryptedFile, FileRefused, HostileFile, UnsupportedFile
from .limits import Limits
from .names import is_junk, safe_part

_BLOCK = 1 << 20
_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNICODE_PATH = 0x7075


@dataclass(frozen=True)
class Member:
    """One file of a ZIP: where it was unpacked, or why it could not be."""

    name: str
    path: Path
    problem: FileRefused | None


def unpack(
    path: Path,
    target: Path,
    *,
    name: str,
    passwords: Sequence[str] = (),
    limits: Limits,
) -> Iterator[Member]:
    """Unpack below `target` and tell of each member, in the order of the ZIP.

    Raises DamagedFile (no ZIP), HostileFile (too many members, overlapping members): then nothing
    can be trusted. Everything else is the problem of one member.
    """
    try:
        package = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DamagedFile(
            "not a readable ZIP", where=name, advice="pack it again and hand it over again"
        ) from error
    with package:
        infos = [info for info in package.infolist() if not info.is_dir()]
        if len(infos) > limits.members:
            raise HostileFile(
                f"{len(infos)} files in one ZIP, allowed are {limits.members}", where=name
            )
        check_overlap(infos, name)
        taken: set[str] = set()
        room = limits.unpacked_bytes
        for index, info in enumerate(infos):
            shown = member_name(info)
            parts = [part for part in shown.split("/") if part not in ("", ".")]
            if any(is_junk(part) for part in parts) and ".." not in parts:
                continue
            shown = "/".join(parts) or f"member {index + 1}"
            where = f"{name}!{shown}"
            problem = _refusal(info, parts, where, limits)
            place = _place(target, parts, taken) if problem is None else target
            if problem is None:
                try:
                    room -= _write(package, info, place, where, passwords, limits, room)
                except FileRefused as error:
                    problem = error
                    place.unlink(missing_ok=True)
            yield Member(shown, place, problem)


def member_name(info: zipfile.ZipInfo) -> str:
    """The member's name as people read it, with "/" between folders, NFC.

    Without the UTF-8 flag a name is whatever the packer's system used: UTF-8 if its bytes are
    that, else GB18030, the superset of what Chinese Windows writes. An Info-ZIP Unicode path
    wins over both.
    """
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        # zipfile read the bytes as cp437, which loses none of them
        raw = info.orig_filename.encode("cp437", "replace")
        name = _unicode_path(info.extra, raw) or _guess(raw)
    return unicodedata.normalize("NFC", name.replace("\\", "/").split("\x00")[0])


def _guess(raw: bytes) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("gb18030", "replace")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        field = extra[at + 4 : at + 4 + length]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            (check,) = struct.unpack_from("<I", field, 1)
            if check == zlib.crc32(raw):
                try:
                    return field[5:].decode("utf-8")
                except UnicodeDecodeError:
                    return None
        at += 4 + length
    return None


def check_overlap(infos: Sequence[zipfile.ZipInfo], name: str) -> None:
    """Members sharing bytes are the densest bombs: no honest packer makes them."""
    end = -1
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise HostileFile("members of this ZIP overlap", where=name)
        end = info.header_offset + 30 + info.compress_size


def _refusal(
    info: zipfile.ZipInfo, parts: Sequence[str], where: str, limits: Limits
) -> FileRefused | None:
    """Why this member is not even looked into, or None."""
    raw = info.filename.replace("\\", "/")
    if (
        not parts
        or ".." in parts
        or raw.startswith("/")
        or re.match(r"[A-Za-z]:", raw)
        or "\x00" in raw
    ):
        return HostileFile("its name leads out of the ZIP", where=where)
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        return HostileFile("a link, not a file", where=where)
    if info.file_size > limits.member_bytes:
        return HostileFile(f"{info.file_size:,} bytes unpacked", where=where)
    if info.file_size > limits.ratio_floor and info.file_size > limits.ratio * max(
        1, info.compress_size
    ):
        return _bomb(where)
    return None


def _bomb(where: str) -> HostileFile:
    return HostileFile("unpacks to far more than it is (a ZIP bomb)", where=where)


def _place(target: Path, parts: Sequence[str], taken: set[str]) -> Path:
    """A free place below `target`; names that fall together get a number."""
    *folders, last = [safe_part(part) for part in parts]
    stem, dot, suffix = last.rpartition(".")
    for count in range(1, 1_000_000):
        if count > 1:
            last = f"{stem} ({count}).{suffix}" if dot and stem else f"{stem or suffix} ({count})"
        # case and normal form do not part names on every file system
        key = unicodedata.normalize("NFC", "/".join([*folders, last])).casefold()
        if key not in taken:
            taken.add(key)
            return target.joinpath(*folders, last)
    raise HostileFile("too many files of one name", where=last)


def _write(
    package: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    place: Path,
    where: str,
    passwords: Sequence[str],
    limits: Limits,
    room: int,
) -> int:
    """Unpack one member and return its size; the sizes the ZIP claims are not believed."""
    place.parent.mkdir(parents=True, exist_ok=True)
    ceiling = min(
        limits.member_bytes,
        max(limits.ratio_floor, int(limits.ratio * max(1, info.compress_size))),
    )
    written = 0
    try:
        with _member(package, info, where, passwords) as source, place.open("wb") as sink:
            while block := source.read(_BLOCK):
                written += len(block)
                if written > ceiling:
                    raise _bomb(where)
                if written > room:
                    raise HostileFile("the ZIP unpacks to more than is allowed", where=where)
                sink.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # our disk is full, the ZIP may be fine
        raise DamagedFile(
            "cannot be unpacked", where=where, advice="pack it again and hand it over again"
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnsupportedFile(
            "packed by a method that is not supported",
            where=where,
            advice="pack it again as plain ZIP (deflate)",
        ) from error
    return written


def _member(
    package: zipfile.ZipFile, info: zipfile.ZipInfo, where: str, passwords: Sequence[str]
) -> IO[bytes]:
    if not info.flag_bits & _ENCRYPTED_FLAG:
        return package.open(info)
    if info.compress_type == 99:
        raise EncryptedFile(
            "encrypted with AES", where=where, advice="unpack it and add the folder instead"
        )
    for password in passwords:
        # Windows packs with the password in its own encoding
        for encoding in ("utf-8", "gb18030"):
            try:
                # the check is one byte long: only reading to the end proves the password
                with package.open(info, pwd=password.encode(encoding)) as trial:
                    while trial.read(_BLOCK):
                        pass
            except (RuntimeError, zipfile.BadZipFile, zlib.error, EOFError):
                continue
            return package.open(info, pwd=password.encode(encoding))
    raise EncryptedFile(
        "a password is needed" if not passwords else "none of the given passwords opens it",
        where=where,
        advice="give the password (--password) or unpack it and add the folder",
    )
