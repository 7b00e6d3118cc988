"""What a search for similar judgments gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dossier.similarity import LABELS, CaseProfile, Element, Passages

from ..judgments import Judgment
from .authority import authority_name

SimilarSort = Literal["similarity", "authority", "newest"]


@dataclass(frozen=True)
class SimilarJudgment:
    """One judgment that is like the case, and why.

    `score`          comparable within one result only; 0 is the middle of the candidates
    `contributions`  by signal; they add up to the score exactly (math.fsum)
    `passages`       what both tell alike: offsets into the case's text and the judgment's
    `elements`       what both have, and what differs
    `result`         what was imposed, in words: the first three defendants; of an appeal that
                     imposes nothing, what became of the judgment below. `results` has each
                     defendant, in the order of the 主文; none is named
    `authority`      code of comparing/authority.yaml
    `others`         other judgments of the same case, folded into this one
    """

    judgment: Judgment
    court: str
    level: str
    region: str
    instance: str
    result: str
    authority: str
    score: float
    contributions: Mapping[str, float]
    passages: tuple[Passages, ...]
    elements: tuple[Element, ...]
    others: tuple[Judgment, ...] = ()
    results: tuple[str, ...] = ()
    profile: CaseProfile = field(default_factory=lambda: CaseProfile(""), repr=False)

    def to_json(self, text: str = "") -> dict[str, Any]:
        """A plain structure; with the case's `text` also the words of its passages."""
        theirs = self.judgment.text if self.passages else ""
        return {
            **self.judgment.to_json(),
            "court": self.court,
            "level": self.level,
            "region": self.region,
            "instance": self.instance,
            "result": self.result,
            "results": list(self.results),
            "authority": self.authority,
            "authority_name": authority_name(self.authority),
            "score": self.score,
            "contributions": [
                {"signal": name, "name": LABELS[name], "value": value}
                for name, value in self.contributions.items()
            ],
            "passages": [
                {
                    "mine": list(each.mine),
                    "theirs": list(each.theirs),
                    "likeness": each.likeness,
                    "my_words": text[slice(*each.mine)],
                    "their_words": theirs[slice(*each.theirs)],
                }
                for each in self.passages
            ],
            "elements": [
                {"kind": e.kind, "relation": e.relation, "mine": e.mine, "theirs": e.theirs}
                for e in self.elements
            ],
            "others": [
                {"id": each.id, "title": each.title, "number": each.number} for each in self.others
            ],
        }


@dataclass(frozen=True)
class SimilarJudgments:
    """Judgments like a case, in the order asked for. A help for reading, never a rule.

    `case`        what was compared; `text` the words it was read from, `source` where they stand
    `charges`     known charges, else those the facts point to with their chances below 1
    `candidates`  judgments that the index proposed; `collection` how many there are by corpus
    `dossier`     id of the dossier that was asked about, None for a text or a judgment
    `own`         judgments of the very case, which are not shown as similar
    `warnings`    what a reader must know; `notes` what was done beside (features built)
    """

    items: tuple[SimilarJudgment, ...]
    case: CaseProfile
    text: str
    source: str
    charges: tuple[tuple[str, float], ...]
    sort: SimilarSort
    where: Mapping[str, tuple[str, ...]]
    candidates: int
    collection: Mapping[str, int]
    at: datetime
    dossier: int | None = None
    own: tuple[Judgment, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """A plain structure for programs."""
        return {
            "source": self.source,
            "dossier": self.dossier,
            "text": self.text,
            "charges": [{"name": name, "chance": round(c, 4)} for name, c in self.charges],
            "sort": self.sort,
            "where": {name: list(values) for name, values in self.where.items()},
            "candidates": self.candidates,
            "collection": dict(self.collection),
            "at": self.at.isoformat(),
            "items": [each.to_json(self.text) for each in self.items],
            "own": [{"id": j.id, "title": j.title, "number": j.number} for j in self.own],
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "seconds": round(self.seconds, 4),
        }
