"""What is read from real judgments: reach over a corpus, and precision against hand-made gold.

    python tests/benchmarks/elements.py --judgments FILE.jsonl.xz [--gold tests/gold] [--limit N]
                                        [--flat] [--lines] [--json]

`--judgments`  one judgment a line: id, title, and fact, reasoning, decision (their borders are the
               truth for the parts of the text) or text; .jsonl, plain or .xz
`--gold`       folder of hand-made labels: a table of precision, recall and F1 for each field
`--limit`      only the first N judgments
`--lines`      also the time for hostile lines of a million characters
`--flat`       drop all white space first: text as it is after lines were joined

Convictions are first-instance judgments (no 二审, 再审, 终审, 裁定 in the title; no 终审 in the
decision) whose decision says 犯…罪 of somebody or imposes something (判处). Of those, `charge and
penalty` counts the ones in which every defendant who is sentenced has a charge and a penalty
(主刑, 免予刑事处罚, or a fine alone). `all penalties`: at least as many principal penalties as the
decision names after 判处, 决定执行, 合并执行.

Time is processor time of `extract` alone, in one process.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from elements_gold import figures, gold_table, print_gold
from rich.console import Console
from rich.progress import track
from rich.table import Table

from dossier.elements import Elements, Segment, extract

NEAR = 40
"""Characters by which a border may be off."""
SHOWN = 6

PIECES = (
    *"1第零（、犯元一年款克",
    *("被告人", "被告人甲", "犯盗窃罪", "自首", "判决如下：", "本院认为，", "指控", "附：", "问："),
    *("2019年", "第一条、", "A1", "上诉人", "被告人张三犯盗窃罪，判处有期徒刑一年，", " ", "\n"),
)

LATER = re.compile(r"[二再]审|终审|裁定")
CONVICTS = re.compile(r"犯[^。，,；;]{1,60}?罪|判处")
PENALTIES = re.compile(
    r"(?:判处|决定执行|合并执行|改判)(?:被告人[^，。]{1,12})?(?:有期徒刑|无期徒刑|死刑|拘役|管制)"
)
QUOTED = re.compile(r"撤销|维持|前罪|原判|尚未执行|余刑|漏罪|改判|上诉人")


@dataclass
class Reach:
    """Counts over judgments; `failures` by reason, with ids."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0
    characters: int = 0

    def add(self, name: str, hit: bool = True) -> None:
        self.counts[name] = self.counts.get(name, 0) + hit

    def fail(self, reason: str, row_id: str) -> None:
        self.failures.setdefault(reason, []).append(row_id)

    def share(self, name: str, of: str) -> float:
        whole = self.counts.get(of, 0)
        return self.counts.get(name, 0) / whole if whole else 0.0


def rows(path: Path) -> Iterator[dict[str, Any]]:
    opened = lzma.open if path.suffix == ".xz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def whole_text(row: dict[str, Any], *, flat: bool = False) -> tuple[str, int | None, int | None]:
    """The text of a judgment, and where its reasoning and its decision begin, if that is known."""
    if "text" in row:
        text = row["text"]
        return ("".join(text.split()) if flat else text), None, None
    parts = [row["fact"], row["reasoning"], row["decision"]]
    if flat:
        parts = ["".join(part.split()) for part in parts]
    join = "" if flat else "\n"
    reasoning = len(parts[0]) + len(join)
    decision = reasoning + len(parts[1]) + len(join)
    text = join.join(parts)
    return text, (reasoning if parts[1] else None), (decision if parts[1] and parts[2] else None)


def measure(row: dict[str, Any], reach: Reach, *, flat: bool = False) -> Elements:
    """Extracts from one judgment and counts what was found."""
    text, reasoning, decision = whole_text(row, flat=flat)
    title = row.get("title", "")
    begin = time.process_time()
    found = extract(text, title=title)
    reach.seconds += time.process_time() - begin
    reach.characters += len(text)

    key = str(row["id"])
    reach.add("judgments")
    reach.add("charge", bool(found.charges or any(each.charge for each in found.sentences)))
    statutes = bool(found.citations)
    reach.add("statutes", statutes)
    if not statutes:
        reach.fail("no statute", key)
    if not found.charges:
        reach.fail("no charge mentioned", key)
    if found.segments and (found.segments[0].start, found.segments[-1].stop) != (0, len(text)):
        reach.fail("segments do not cover the text", key)
    borders(found.segments, "reasoning", reasoning, reach, key)
    borders(found.segments, "decision", decision, reach, key)
    if reasoning is not None and decision is not None:
        near = _near(found.segments, "reasoning", reasoning)
        reach.add("both known")
        reach.add("both borders", near and _near(found.segments, "decision", decision))
    convictions(row, text, found, reach, key)
    return found


def borders(
    segments: tuple[Segment, ...], kind: str, truth: int | None, reach: Reach, key: str
) -> None:
    has = any(segment.kind == kind for segment in segments)
    reach.add(f"has {kind}", has)
    if not has:
        reach.fail(f"no segment {kind}", key)
    if truth is None:
        return
    reach.add(f"{kind} known")
    near = _near(segments, kind, truth)
    reach.add(f"{kind} border", near)
    if has and not near:
        first = next(segment.start for segment in segments if segment.kind == kind)
        reach.fail(f"{kind} begins too {'late' if first > truth else 'early'}", key)


def _near(segments: tuple[Segment, ...], kind: str, truth: int) -> bool:
    first = next((segment.start for segment in segments if segment.kind == kind), None)
    return first is not None and abs(first - truth) <= NEAR


def convictions(row: dict[str, Any], text: str, found: Elements, reach: Reach, key: str) -> None:
    decision = row.get("decision")
    if decision is None:
        decision = "".join(
            text[segment.start : segment.stop]
            for segment in found.segments
            if segment.kind == "decision"
        )
    decision = "".join(decision.split())
    if LATER.search(row.get("title", "")) or "终审" in decision or not CONVICTS.search(decision):
        return
    reach.add("convictions")
    holding = [each for each in found.sentences if each.operative]
    # every defendant who is sentenced must have both
    charged = {each.defendant for each in holding if each.charge}
    punished = {
        each.defendant
        for each in holding
        if each.penalty or each.exempt or each.acquitted or each.fine is not None
    }
    everyone = {each.defendant for each in holding}
    charge = bool(everyone) and charged == everyone
    penalty = bool(everyone) and punished == everyone
    reach.add("conviction charge", charge)
    reach.add("conviction penalty", penalty)
    reach.add("charge and penalty", charge and penalty)
    if not holding:
        reach.fail("conviction: no sentence read", key)
    elif not charge and not penalty:
        reach.fail("conviction: neither charge nor penalty", key)
    elif not charge:
        reach.fail("conviction: no charge", key)
    elif not penalty:
        reach.fail("conviction: no principal penalty", key)
    if QUOTED.search(decision):
        return
    named = len(PENALTIES.findall(decision))
    read = sum(each.penalty is not None for each in holding)
    reach.add("plain convictions")
    reach.add("all penalties", named <= read)
    if named > read:
        reach.fail("conviction: fewer penalties read than named", key)


SHARES = (
    ("charge named", "charge", "judgments"),
    ("statute cited", "statutes", "judgments"),
    ("本院认为 found", "has reasoning", "judgments"),
    ("判决主文 found", "has decision", "judgments"),
    ("border 本院认为", "reasoning border", "reasoning known"),
    ("border 判决主文", "decision border", "decision known"),
    ("both borders", "both borders", "both known"),
    ("convictions: charge", "conviction charge", "convictions"),
    ("convictions: penalty", "conviction penalty", "convictions"),
    ("convictions: charge and penalty", "charge and penalty", "convictions"),
    ("convictions: all penalties", "all penalties", "plain convictions"),
)


def report(reach: Reach, console: Console) -> None:
    table = Table("", "share", "of", title="Reach")
    for label, name, of in SHARES:
        if reach.counts.get(of):
            table.add_row(label, f"{reach.share(name, of):.2%}", f"{reach.counts[of]:,}")
    console.print(table)
    count = reach.counts.get("judgments", 0)
    if reach.seconds:
        console.print(
            f"{count / reach.seconds:,.0f} judgments/s on one core, "
            f"{reach.characters / max(count, 1):,.0f} characters each"
        )
    failures = Table("reason", "count", "ids", title="Commonest failures")
    for reason, ids in sorted(reach.failures.items(), key=lambda each: -len(each[1])):
        failures.add_row(reason, f"{len(ids):,}", " ".join(_shown(ids)))
    console.print(failures)


def _shown(ids: list[str]) -> list[str]:
    """Those that may be looked at: whoever tunes rules leaves numbers divisible by five alone."""
    return [key for key in ids if not (key.isdecimal() and int(key) % 5 == 0)][:SHOWN]


def hostile_lines(console: Console) -> None:
    """Seconds for lines of a million characters that repeat one piece."""
    table = Table("piece", "seconds", title="Lines of 1,000,000 characters")
    for piece in track(PIECES, description="lines", console=Console(stderr=True)):
        line = (piece * (1_000_000 // len(piece) + 1))[:1_000_000]
        begin = time.process_time()
        extract(line, title="刑事判决书")
        table.add_row(repr(piece), f"{time.process_time() - begin:.2f}")
    console.print(table)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--judgments", type=Path, required=True)
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--flat", action="store_true")
    parser.add_argument("--lines", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    labels = None if given.gold is None else given.gold / "scoring.py"
    for path in (given.judgments, labels):
        if path is not None and not path.exists():
            print(f"{path} is not there", file=sys.stderr)
            return 2

    console = Console(stderr=given.json, width=120)
    if given.limit is not None and given.limit < 0:
        parser.error("--limit must not be negative")
    judgments = [row for _, row in zip(_numbers(given.limit), rows(given.judgments), strict=False)]
    reach = Reach()
    extract("预热")  # tables are read on first use
    for row in track(judgments, description="reading", console=Console(stderr=True)):
        measure(row, reach, flat=given.flat)
    gold = None
    if given.gold is not None:
        gold = gold_table(given.gold, {str(row["id"]): row for row in judgments})
    if given.json:
        out: dict[str, Any] = {
            "shares": {name: reach.share(name, of) for _, name, of in SHARES},
            "counts": reach.counts,
            "per_second": len(judgments) / reach.seconds if reach.seconds else None,
            "failures": {
                reason: {"count": len(ids), "ids": _shown(ids)}
                for reason, ids in reach.failures.items()
            },
        }
        if gold is not None:
            out["gold"] = {
                f"{part}: {name}": figures(count)
                for part, fields in gold.items()
                for name, count in fields.items()
            }
        print(json.dumps(out, ensure_ascii=False, indent=1))
    else:
        report(reach, console)
        if gold is not None:
            print_gold(gold, console)
        if given.lines:
            hostile_lines(console)
    return 0


def _numbers(limit: int | None) -> range:
    return range(sys.maxsize if limit is None else limit)


if __name__ == "__main__":
    sys.exit(main())
