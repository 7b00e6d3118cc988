"""What `extract` reads, compared with hand-made labels (tests/gold; format in its README.md).

Only numbers of judgments and labels are kept there; the text comes from the file of judgments.
What may have been looked at while rules were tuned and what never was (`held out`) are counted
apart.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.table import Table

from dossier.elements import Elements, extract

Scores = dict[str, dict[str, Any]]
"""By part ("tuned", "held out") and field: counts of right, extra and missed."""


def gold_table(folder: Path, rows: Mapping[str, Mapping[str, Any]]) -> Scores:
    """Counts of every label whose judgment is among `rows` (by id)."""
    scoring = _scoring(folder)
    read: dict[str, Elements] = {}

    def elements(key: str) -> Elements:
        if key not in read:
            row = rows[key]
            text = "\n".join(row[name] for name in scoring.FIELDS)
            read[key] = extract(text, title=row.get("title", ""))
        return read[key]

    scores: Scores = {"tuned": {}, "held out": {}}
    for part, held_out in (("tuned", False), ("held out", True)):
        for name in ("decisions", "citations", "circumstances"):
            for gold in scoring.load(name, held_out):
                key = str(gold["id"])
                if key not in rows or "fact" not in rows[key]:
                    continue
                found = elements(key)
                if name == "decisions":
                    counts = scoring.score_decision(gold, found.sentences)
                else:
                    base = scoring.base(rows[key], gold["field"])
                    if name == "citations":
                        counts = scoring.score_citations(gold, found.citations, base)
                    else:
                        counts = scoring.score_circumstances(gold, found.circumstances, base)
                scoring.add(scores[part], counts)
    return scores


def _scoring(folder: Path) -> ModuleType:
    """The module that stands with the labels: it knows their format."""
    spec = importlib.util.spec_from_file_location("gold_scoring", folder / "scoring.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gold_scoring"] = module
    spec.loader.exec_module(module)
    return module


def f1(count: Any) -> float:
    whole = 2 * count.right + count.extra + count.missed
    return 2 * count.right / whole if whole else 1.0


def figures(count: Any) -> dict[str, float | None]:
    return {
        "labels": count.right + count.missed,
        "precision": count.precision,
        "recall": count.recall,
        "f1": f1(count),
    }


def print_gold(scores: Scores, console: Console) -> None:
    for part, fields in scores.items():
        table = Table("field", title=f"Gold, {part}")
        for head in ("labels", "precision", "recall", "F1"):
            table.add_column(head, justify="right")
        for name, count in fields.items():
            shares = (count.precision, count.recall)
            table.add_row(
                name,
                f"{count.right + count.missed:,}",
                *("–" if share is None else f"{share:.2%}" for share in shares),
                f"{f1(count):.3f}",
            )
        console.print(table)
