"""A fictional dossier, clean or with contradictions planted into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from dossier import Archive, Dossier
from dossier.facts import FactDocument, FactPage
from dossier.ingest import open_file

HERE = Path(__file__).parent
CASE = "尚文海案"
CLEAN: dict[str, str] = yaml.safe_load((HERE / "clean_case.yaml").read_text("utf-8"))


@dataclass(frozen=True)
class Planted:
    """A contradiction: text `old` of `file` ("*": of all) is replaced by `new`."""

    code: str
    file: str
    old: str
    new: str
    times: int = 1
    """How often the report must say it: once for each document that now disagrees."""

    def into(self, files: dict[str, str]) -> dict[str, str]:
        changed = dict(files)
        for name in files if self.file == "*" else [self.file]:
            changed[name] = files[name].replace(self.old, self.new)
        assert changed != files, f"{self.old!r} is not there"
        return changed


PLANTED = {
    name: Planted(**given)
    for name, given in yaml.safe_load((HERE / "planted.yaml").read_text("utf-8")).items()
}


def take_in(archive: Archive, files: dict[str, str], folder: Path, case: str = CASE) -> Dossier:
    """Write the files as a case folder and take it in."""
    write(files, folder / case)
    report = archive.add(folder / case, ocr="off", jobs=1)
    assert report.exit_code == 0
    return archive.dossier(case)


def write(files: dict[str, str], folder: Path) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def documents(files: dict[str, str], folder: Path, like: Dossier) -> list[FactDocument]:
    """The files as documents, catalogued as in `like`: what an archive would give, but quicker."""
    write(files, folder)
    found = []
    for document in like.documents:
        name = document.pages[0].file
        with open_file(folder / name, name=name) as opened:
            pages = [
                FactPage(100 * document.id + number, opened.page(number).layer.lines)
                for number in range(opened.page_count)
            ]
        found.append(
            FactDocument(
                document.id, document.type_code, document.title, document.date, tuple(pages),
                document.number, document.responsible,
            )
        )  # fmt: skip
    return found
