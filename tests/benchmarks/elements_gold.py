"""What `extract` reads, compared with hand-made labels (tests/gold, format in its README.md).

Only ids and labels are kept there; the text comes from the file of judgments. Labels that were
looked at while rules were tuned and labels that never were (`held_out`) are counted apart.

A sentence is right as a whole, and field by field: a value that is there on one side only, or on
both but different, counts against precision, recall or both. Defendants of the labels are numbers
in the order in which the decision comes to them; they are aligned with the names that were read,
in order, so that one that was missed does not shift the others.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from rich.console import Console
from rich.table import Table

from dossier.elements import Circumstance, Elements, Sentence, Speaker, extract

FIELDS = (
    "penalty", "months", "probation", "fine", "confiscation", "deprivation", "exempt", "acquitted",
    "term_from", "term_to",
)  # fmt: skip


@dataclass
class Score:
    """Right, wrongly read, and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, gold: Any, read: Any) -> None:
        if gold is None and read is None:
            return
        if gold == read:
            self.right += 1
            return
        self.wrong += read is not None
        self.missed += gold is not None

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        whole = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / whole if whole else 1.0

    def values(self) -> dict[str, float]:
        return {
            "labels": self.right + self.missed,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
        }


Scores = dict[str, dict[str, Score]]
"""By part ("tuned", "held out") and field."""


class Judgments:
    """Judgments by id, each read once."""

    def __init__(self, rows: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows = rows
        self._read: dict[str, Elements] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._rows and "fact" in self._rows[key]

    def read(self, key: str) -> Elements:
        if key not in self._read:
            row = self._rows[key]
            text = "\n".join((row["fact"], row["reasoning"], row["decision"]))
            self._read[key] = extract(text, title=row.get("title", ""))
        return self._read[key]

    def span(self, label: Mapping[str, Any]) -> tuple[int, int]:
        """Where a labelled passage stands in the whole text."""
        row = self._rows[str(label["id"])]
        base = 0
        for name in ("fact", "reasoning", "decision"):
            if name == label["field"]:
                break
            base += len(row[name]) + 1
        return base + label["start"], base + label["stop"]


def gold_table(folder: Path, rows: Mapping[str, Mapping[str, Any]]) -> Scores:
    """Scores of every label whose judgment is among `rows`."""
    judgments = Judgments(rows)
    scores: Scores = {"tuned": {}, "held out": {}}
    for name, many, count in (
        ("decisions.json", "decisions", _decision),
        ("citations.json", "passages", _passage),
        ("circumstances.json", "sentences", _circumstances),
    ):
        path = folder / name
        if not path.exists():
            continue
        for label in json.loads(path.read_text(encoding="utf-8"))[many]:
            if str(label["id"]) in judgments:
                count(label, judgments, scores["held out" if label.get("held_out") else "tuned"])
    return scores


def _score(scores: dict[str, Score], name: str) -> Score:
    return scores.setdefault(name, Score())


# --- sentences ------------------------------------------------------------------------------------

Values = dict[str, Any]


def _plain(sentence: Sentence) -> Values:
    values: Values = {
        "charge": sentence.charge,
        "total": sentence.total,
        "operative": sentence.operative,
    }
    for name in FIELDS:
        value = getattr(sentence, name)
        if name == "fine" and value is not None:
            value = int(value.value) if value.value == int(value.value) else float(value.value)
        elif name.startswith("term_") and value is not None:
            value = value.isoformat()
        values[name] = value or None
    return values


def _labelled(label: Mapping[str, Any]) -> Values:
    values: Values = {
        "charge": label.get("charge", ""),
        "total": label.get("total", False),
        "operative": label.get("operative", True),
        "unsure": label.get("unsure", False),
        "open": tuple(label.get("open", ())),
    }
    return values | {name: label.get(name) or None for name in FIELDS}


def _key(values: Values) -> tuple[str, bool, bool]:
    return values["charge"], values["total"], values["operative"]


def _decision(label: Mapping[str, Any], judgments: Judgments, scores: dict[str, Score]) -> None:
    gold: dict[Any, list[Values]] = {}
    for each in label["sentences"]:
        gold.setdefault(each["defendant"], []).append(_labelled(each))
    read: dict[Any, list[Values]] = {}
    for sentence in judgments.read(str(label["id"])).sentences:
        read.setdefault(sentence.defendant, []).append(_plain(sentence))
    for labels, values in _aligned(list(gold.values()), list(read.values())):
        _defendant(labels, values, scores)


def _aligned(
    gold: list[list[Values]], read: list[list[Values]]
) -> list[tuple[list[Values], list[Values]]]:
    """Defendants of both sides in order, so that most sentences agree; the others with nobody."""
    best = [[0.0] * (len(read) + 1) for _ in range(len(gold) + 1)]
    for row in range(len(gold) - 1, -1, -1):
        for column in range(len(read) - 1, -1, -1):
            best[row][column] = max(
                best[row + 1][column],
                best[row][column + 1],
                best[row + 1][column + 1] + _alike(gold[row], read[column]),
            )
    pairs: list[tuple[list[Values], list[Values]]] = []
    row = column = 0
    while row < len(gold) and column < len(read):
        both = best[row + 1][column + 1] + _alike(gold[row], read[column])
        if both >= best[row][column]:
            pairs.append((gold[row], read[column]))
            row, column = row + 1, column + 1
        elif best[row + 1][column] >= best[row][column + 1]:
            pairs.append((gold[row], []))
            row += 1
        else:
            pairs.append(([], read[column]))
            column += 1
    pairs.extend((each, []) for each in gold[row:])
    pairs.extend(([], each) for each in read[column:])
    return pairs


def _alike(gold: Iterable[Values], read: Iterable[Values]) -> float:
    """0.01 for two defendants at all, so that they are paired rather than both left over."""
    keys = Counter(map(_key, gold)) & Counter(map(_key, read))
    terms = Counter((_key(each), each["months"]) for each in gold)
    terms &= Counter((_key(each), each["months"]) for each in read)
    return 0.01 + keys.total() + terms.total()


def _defendant(labels: list[Values], read: list[Values], scores: dict[str, Score]) -> None:
    anything = any(each["charge"] == "*" for each in labels)
    labels = [each for each in labels if each["charge"] != "*"]
    left = list(read)
    for label in labels:
        match = next((each for each in left if _key(each) == _key(label)), None)
        if match is not None:
            left.remove(match)
        if label["unsure"]:
            continue
        kind = "operative" if label["operative"] else "revoked"
        _score(scores, f"sentences ({kind})").add(_key(label), match and _key(match))
        if label["charge"] and label["operative"]:
            _score(scores, "charges").add(label["charge"], match and match["charge"])
        if label["operative"]:
            for name in FIELDS:
                if name not in label["open"]:
                    _score(scores, name).add(label[name], None if match is None else match[name])
    if anything:
        return
    for each in left:
        kind = "operative" if each["operative"] else "revoked"
        _score(scores, f"sentences ({kind})").add(None, _key(each))
        if not each["operative"]:
            continue
        if each["charge"]:
            _score(scores, "charges").add(None, each["charge"])
        for name in FIELDS:
            _score(scores, name).add(None, each[name])


# --- passages -------------------------------------------------------------------------------------


def _passage(label: Mapping[str, Any], judgments: Judgments, scores: dict[str, Score]) -> None:
    start, stop = judgments.span(label)
    read = Counter(
        str(each)
        for each in judgments.read(str(label["id"])).citations
        if start <= each.start < stop
    )
    gold = Counter(label["citations"])
    score = _score(scores, "citations")
    for text in {*gold, *read}:
        if text in label.get("unsure", ()):
            continue
        right = min(gold[text], read[text])
        score.right += right
        score.wrong += read[text] - right
        score.missed += gold[text] - right


def _circumstances(
    label: Mapping[str, Any], judgments: Judgments, scores: dict[str, Score]
) -> None:
    start, stop = judgments.span(label)
    unsure = set(label.get("unsure", ()))
    found = judgments.read(str(label["id"])).circumstances
    read = {_said(each) for each in found if start <= each.start < stop}
    # with what is said by whom, and without
    for name, speakers in (("circumstances", True), ("circumstances, any speaker", False)):
        score = _score(scores, name)
        left = set(read) if speakers else {(code, holds, "") for code, holds, _ in read}
        for each in label["circumstances"]:
            allowed = each.get("speakers", get_args(Speaker)) if speakers else ("",)
            wanted = {(each["code"], each["holds"], speaker) for speaker in allowed}
            hits = wanted & left
            left -= hits
            if each["code"] in unsure:
                continue
            score.right += bool(hits)
            score.missed += not hits
        score.wrong += sum(code not in unsure for code, _, _ in left)


def _said(circumstance: Circumstance) -> tuple[str, bool, str]:
    return circumstance.code, circumstance.holds, circumstance.speaker


def print_gold(scores: Scores, console: Console) -> None:
    for part, fields in scores.items():
        table = Table("field", title=f"Gold, {part}")
        for head in ("labels", "precision", "recall", "F1"):
            table.add_column(head, justify="right")
        for name, score in fields.items():
            table.add_row(
                name,
                f"{score.right + score.missed:,}",
                f"{score.precision:.2%}",
                f"{score.recall:.2%}",
                f"{score.f1:.3f}",
            )
        console.print(table)
