"""Folders, ZIPs and loose files as they are handed over: one dossier each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DamagedFile, EmptyFile, FileRefused, HostileFile, UnsupportedFile
from .kinds import FileKind, sniff
from .limits import Limits
from .names import is_junk, path_key, readable
from .unpack import unpack


@dataclass(frozen=True)
class Entry:
    """One file of a deposit.

    `name`     path below the deposit with "/", NFC, as people read it
    `path`     where its bytes are now
    `volume`   the first folder below the deposit, which is a volume; None at top level
    `problem`  why it could not even be got at; the rest of the deposit goes on
    """

    name: str
    path: Path
    volume: str | None = None
    problem: FileRefused | None = None


@dataclass(frozen=True)
class Deposit:
    """What is to become one dossier: `name` for people, `origin` as given, its files in order."""

    name: str
    origin: Path
    entries: tuple[Entry, ...]


def survey(
    paths: Sequence[Path],
    *,
    spool: Path,
    passwords: Sequence[str] = (),
    limits: Limits | None = None,
) -> Iterator[Deposit]:
    """What was handed over, a deposit per path, lazily and in the order given.

    A folder is one dossier: always, its first-level sub-folders are its volumes. A ZIP is one
    dossier in the same way; a single folder that only wraps its content is looked through. A ZIP
    inside stands for a sub-folder (one level deep). Any other file is a dossier of its own; who
    wants several loose files as one dossier joins their entries.

    ZIPs are unpacked into new folders below `spool`; the caller removes it when done. Hidden
    files, lock files and system leftovers are passed over; links are not followed out of the
    folder. Nothing is raised for a bad file: it is an entry with a problem.
    """
    limits = limits or Limits()
    for path in paths:
        name = readable(path.resolve().name if path.name in ("", ".", "..") else path.name)
        if path.is_dir():
            entries = list(_folder(path, spool, passwords, limits))
            yield _deposit(name, path, entries)
            continue
        problem = _unreadable(path, name)
        if problem is not None:
            yield Deposit(_stem(name), path, (Entry(name, path, None, problem),))
        elif sniff(path).kind is FileKind.ZIP:
            entries = list(_zip(path, name, "", spool, passwords, limits, limits.nesting))
            yield _deposit(_stem(name), path, _unwrapped(entries, _stem(name)))
        else:
            yield Deposit(_stem(name), path, (Entry(name, path),))


def _deposit(name: str, origin: Path, entries: Sequence[Entry]) -> Deposit:
    ordered = sorted(_parted(entries), key=lambda entry: path_key(entry.name))
    return Deposit(
        name,
        origin,
        tuple(replace(entry, volume=_volume(entry.name)) for entry in ordered),
    )


def _volume(name: str) -> str | None:
    first, slash, _ = name.partition("/")
    return first if slash else None


def _stem(name: str) -> str:
    return Path(name).stem or name


def _unreadable(path: Path, name: str) -> FileRefused | None:
    try:
        if not path.is_file():
            return DamagedFile(
                "no such file" if not path.exists() else "neither a file nor a folder", where=name
            )
        with path.open("rb"):
            return None
    except OSError as error:
        return DamagedFile(
            f"cannot be read ({error.strerror})", where=name, advice="check its permissions"
        )


def _folder(root: Path, spool: Path, passwords: Sequence[str], limits: Limits) -> Iterator[Entry]:
    home = root.resolve()
    count = 0
    for folder, folders, files in os.walk(root, followlinks=False):
        below = Path(folder)
        # a link to a folder is listed here but never walked into: see below
        for linked in [name for name in folders if (below / name).is_symlink()]:
            folders.remove(linked)
            yield _link(below / linked, root)
        folders[:] = sorted(name for name in folders if not is_junk(name))
        for file in sorted(files):
            if is_junk(file):
                continue
            path = below / file
            name = readable(path.relative_to(root).as_posix())
            count += 1
            if count > limits.members:
                yield Entry(
                    name, path, problem=HostileFile(
                        f"more than {limits.members} files in one folder", where=name
                    )
                )  # fmt: skip
                return
            if path.is_symlink() and not path.resolve().is_relative_to(home):
                yield _link(path, root)
                continue
            problem = _unreadable(path, name)
            if problem is None and sniff(path).kind is FileKind.ZIP:
                yield from _zip(path, name, name, spool, passwords, limits, limits.nesting)
            else:
                yield Entry(name, path, problem=problem)


def _link(path: Path, root: Path) -> Entry:
    name = readable(path.relative_to(root).as_posix())
    return Entry(
        name,
        path,
        problem=HostileFile(
            "a link leading elsewhere is not followed", where=name, advice="copy the file itself"
        ),
    )


def _zip(
    path: Path,
    name: str,
    prefix: str,
    spool: Path,
    passwords: Sequence[str],
    limits: Limits,
    nesting: int,
) -> Iterator[Entry]:
    """Members of a ZIP as entries below `prefix` (its own name inside a folder or ZIP)."""
    spool.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix="unpacked-", dir=spool))
    if path.stat().st_size == 0:
        yield Entry(name, path, problem=EmptyFile("the file is empty", where=name))
        return
    some = False
    try:
        for member in unpack(path, target, name=name, passwords=passwords, limits=limits):
            some = True
            shown = f"{prefix}/{member.name}" if prefix else member.name
            if member.problem is not None:
                yield Entry(shown, member.path, problem=member.problem)
            elif sniff(member.path).kind is FileKind.ZIP and member.path.stat().st_size:
                if nesting > 0:
                    yield from _zip(
                        member.path, shown, shown, spool, passwords, limits, nesting - 1
                    )
                else:
                    problem = UnsupportedFile(
                        "a ZIP inside a ZIP inside a ZIP",
                        where=shown,
                        advice="unpack it and add the folder",
                    )
                    yield Entry(shown, member.path, problem=problem)
            else:
                yield Entry(shown, member.path)
    except FileRefused as error:
        yield Entry(name, path, problem=error)
        return
    if not some:
        yield Entry(name, path, problem=EmptyFile("the ZIP holds no files", where=name))


def _unwrapped(entries: Sequence[Entry], stem: str) -> list[Entry]:
    """Without the one folder that holds everything, if it is the dossier and not a volume.

    It is the dossier if it is named like the ZIP or has sub-folders of its own.
    """
    roots = {entry.name.partition("/")[0] for entry in entries}
    if len(roots) != 1 or not all("/" in entry.name for entry in entries):
        return list(entries)
    (root,) = roots
    inner = [entry.name[len(root) + 1 :] for entry in entries]
    if root != stem and not any("/" in name for name in inner):
        return list(entries)
    return [replace(entry, name=name) for entry, name in zip(entries, inner, strict=True)]


def _parted(entries: Sequence[Entry]) -> list[Entry]:
    """Names that became one by normalisation get a number, so that each is its own again."""
    seen: dict[str, int] = {}
    parted = []
    for entry in entries:
        count = seen[entry.name] = seen.get(entry.name, 0) + 1
        if count > 1:
            stem, dot, suffix = entry.name.rpartition(".")
            name = f"{stem} ({count}).{suffix}" if dot else f"{entry.name} ({count})"
            seen[name] = 1
            entry = replace(entry, name=name)  # noqa: PLW2901
        parted.append(entry)
    return parted
