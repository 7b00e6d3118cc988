"""The templates there are: those that come with the library, and an archive's own."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from dossier.errors import BadData, DossierError, TemplateNotFound, TemplateRefused

from .template import Template

BUILT_IN = Path(__file__).parent / "library"
"""The folder of the templates that come with the library."""

Origin = Literal["built-in", "archive"]
_STAGES = ("侦查", "审查逮捕", "审查起诉", "审判", "执行")
_MOST = 2_000
_NEAR = 5

_Stamp = tuple[tuple[int, int, int] | None, ...]


class Library:
    """The built-in templates and those of one folder; there a template with the code of a built-in
    one takes its place.

    Files are looked at again whenever something is asked, and read again only where they changed.
    One broken template does not hide the others: `broken` has it, `find` raises what is wrong.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self._read: dict[Path, tuple[_Stamp, Template | DossierError]] = {}

    def __repr__(self) -> str:
        return f"Library({str(self.folder)!r})" if self.folder else "Library()"

    def templates(self) -> list[Template]:
        """All that can be used, in the order of the stages of a case."""
        found = self._found()[0].values()
        return sorted(found, key=lambda each: (_STAGES.index(each.card.stage), each.card.title))

    def names(self) -> list[str]:
        """The titles of `templates`."""
        return [each.card.title for each in self.templates()]

    def broken(self) -> list[tuple[Path, DossierError]]:
        """Files that are no usable templates, and why: cards that do not hold, a card or a Word
        file alone, a code that another file of the folder has."""
        return self._found()[1]

    def find(self, name: str) -> Template:
        """A template by code or title. TemplateNotFound with names near it; BadData if it is
        there with a card that does not hold."""
        wanted = name.strip().strip("《》")
        templates, broken = self._found()
        if wanted in templates:
            return templates[wanted]
        # an own template before a built-in one of the same title
        for each in sorted(templates.values(), key=lambda t: self.origin(t) == "built-in"):
            if each.card.title == wanted:
                return each
        for path, error in broken:
            if path.stem == wanted:
                raise error
        titles = {each.card.title: code for code, each in templates.items()}
        near = [title for title in titles if wanted and (wanted in title or title in wanted)]
        near += difflib.get_close_matches(wanted, [*titles, *templates], n=_NEAR, cutoff=0.5)
        near = list(dict.fromkeys(near))[:_NEAR]
        raise TemplateNotFound(
            f"no template has the title or code {wanted!r}",
            advice=f"near it: {'、'.join(near)}" if near else "`dossier templates list` has all",
        )

    def origin(self, template: Template) -> Origin:
        """Whether a template came with the library or is the archive's own."""
        return "built-in" if template.path.parent == BUILT_IN else "archive"

    # --- files -------------------------------------------------------------------------------

    def _found(self) -> tuple[dict[str, Template], list[tuple[Path, DossierError]]]:
        """Templates by code, and what is broken."""
        templates: dict[str, Template] = {}
        broken: list[tuple[Path, DossierError]] = []
        seen: set[Path] = set()
        for folder in (BUILT_IN, self.folder):
            own: dict[str, Template] = {}
            for path in _files(folder) if folder is not None else ():
                seen.add(path)
                each = self._one(path)
                if isinstance(each, Template) and (other := own.get(each.card.code)) is not None:
                    each = BadData(
                        f"the code {each.card.code} is that of {other.path.name} too",
                        where=str(each.card_path),
                        advice="give one of them another code",
                    )
                if isinstance(each, Template):
                    own[each.card.code] = each
                else:
                    broken.append((path, each))
            templates |= own
        for gone in self._read.keys() - seen:
            del self._read[gone]
        return templates, broken

    def _one(self, path: Path) -> Template | DossierError:
        stamp = (_stamp(path), _stamp(path.with_suffix(".yaml")))
        kept = self._read.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1]
        made: Template | DossierError
        try:
            if stamp[0] is None:
                raise TemplateRefused(
                    "there is a card and no Word file",
                    where=str(path.with_suffix(".yaml")),
                    advice=f"put {path.name} beside it",
                )
            made = Template(path)
        except DossierError as error:
            made = error
        except OSError as error:
            made = BadData(f"cannot be read: {error.strerror}", where=str(path))
        self._read[path] = (stamp, made)
        return made


def _files(folder: Path) -> Iterator[Path]:
    """The Word files of a folder, also those of which there is only the card, in order.

    BadData if the folder has more than 2,000 files."""
    if not folder.is_dir():
        return
    names = sorted(
        {
            path.with_suffix(".docx")
            for path in folder.iterdir()
            # ~$ is what Word writes while a file is open
            if path.suffix.lower() in (".docx", ".yaml") and not path.name.startswith((".", "~$"))
        }
    )
    if len(names) > _MOST:
        raise BadData(f"{len(names)} templates", where=str(folder), advice=f"at most {_MOST}")
    yield from names


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
