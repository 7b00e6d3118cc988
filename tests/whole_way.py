"""Measuring what a whole run made of the sample dossiers against what they are."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dossier import Dossier

CASES = Path(__file__).parent.parent / "examples" / "cases"
CASE_NAMES = sorted(path.name.split(".")[0] for path in CASES.glob("*.expected.json"))

FINDING_CODES = {
    "missing": {"C101"},
    "duplicate": {"C201", "C202"},
    "misordered": {"C301"},
    "foreign": {"C401", "C402"},
}
"""What the samples call a planted fault, and the codes under which it may be reported."""


def expected(case: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CASES / f"{case}.expected.json").read_text("utf-8"))
    return loaded


def source(case: str) -> Path:
    """The folder or ZIP of a sample case."""
    return CASES / str(expected(case)["source"])


@dataclass
class Score:
    """Document starts and types, summed over dossiers."""

    wanted: int = 0
    found: int = 0
    right: int = 0
    typed: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.wanted + self.found)

    @property
    def type_accuracy(self) -> float:
        return self.typed / self.wanted

    def add(self, case: str, dossier: Dossier) -> None:
        """Compare one dossier. A document is where its first page is: file and page in it."""
        starts = {}
        for document in dossier.documents:
            first = document.pages[0]
            starts[first.file, first.number] = document.type_code
        wanted = {
            (document["pages"][0][0], document["pages"][0][1]): document
            for volume in expected(case)["volumes"]
            for document in volume["documents"]
        }
        self.wanted += len(wanted)
        self.found += len(starts)
        for start, document in wanted.items():
            code = starts.pop(start, None)
            self.right += code is not None
            self.typed += code == document["type"]
            if code != document["type"]:
                self.wrong.append(f"{case} {start}: {document['type']} taken for {code}")
        self.wrong += [f"{case} {start}: {code} begins nowhere" for start, code in starts.items()]


def planted(case: str) -> list[tuple[str, set[tuple[str, int]]]]:
    """Kind and pages (file, place in it) of each fault that was put into a sample."""
    return [
        (finding["code"], {(file, page) for file, page in finding["pages"]})
        for finding in expected(case)["findings"]
    ]


def reported(dossier: Dossier) -> set[tuple[str, frozenset[tuple[str, int]]]]:
    """Kind and pages of each fault that the catalogue reports."""
    places = {page.id: (page.file, page.number) for page in dossier.pages}
    kinds = {code: kind for kind, codes in FINDING_CODES.items() for code in codes}
    return {
        (kinds[finding["code"]], frozenset(places[page] for page in finding["pages"]))
        for finding in dossier.findings
        if finding["code"] in kinds
    }
