"""Full-text search measured on pages of real judgments: every engine, SQLite FTS5 and scanning.

    python tests/benchmarks/search.py --judgments FILE.jsonl.xz [--pages 100000] [--json]
        [--engines tantivy,whoosh,fts5-trigram,fts5-pairs,scan] [--queries 240]

FILE holds one judgment a line: `id`, `title`, and `text` or `fact`, `reasoning`, `decision`. Their
text is cut into pages of about 560 characters with a line break every 28, again with other cuts
until there are enough. Every engine is built and asked in processes of its own. A page's way is
measured from the entry in memory to the index committed; a query's from what is typed to ten hits,
the total and five facets. Nothing here fails because something is slow.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from search_pages import entries, read_judgments, stored, to_json
from search_queries import broadest, draw, substrings
from search_rivals import RIVALS
from search_tasks import DOSSIER, UPDATES, Task, brute_force, run, status

ENGINES = ("tantivy", "whoosh", *sorted(RIVALS, reverse=True))
SAMPLE = 144
"""Substrings compared with brute force: 12 of each length from 1 to 12."""
Figures = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--judgments", type=Path, help="JSONL, plain or .gz or .xz")
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--whoosh-pages", type=int, help="whoosh gets only so many of them")
    parser.add_argument("--engines", default=",".join(ENGINES))
    parser.add_argument("--queries", type=int, default=240)
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    parser.add_argument("--work", type=Path, help="where indexes go (default: a temporary folder)")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        run(Task.from_json(given.task))
        return 0
    if given.judgments is None or not given.judgments.is_file():
        print(
            f"--judgments: {given.judgments or 'nothing given'}: no such file. It takes JSONL "
            "(.xz, .gz or plain) of judgments with id, title and text.",
            file=sys.stderr,
        )
        return 2
    names = given.engines.split(",")
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        print(f"--engines: not known: {', '.join(unknown)}; known: {', '.join(ENGINES)}")
        return 2
    with (
        tempfile.TemporaryDirectory(dir=given.work, prefix="search-") as work,
        Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
            TimeRemainingColumn(), console=Console(stderr=True), transient=True,
        ) as progress,
    ):  # fmt: skip
        bench = Bench(Path(work), given.pages, given.whoosh_pages or given.pages, progress)
        figures: Figures = {"machine": machine(), "made": bench.prepare(given)}
        for name in names:
            try:
                figures[name] = bench.measure(name)
            except Failed as error:  # its own error stands above; the others go on
                progress.console.print(f"{name}: {error}", markup=False)
    measured = [name for name in names if name in figures]
    if given.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    elif measured:
        report(figures, measured)
    return int(measured != names)


def machine() -> Figures:
    versions = {name: metadata.version(name) for name in ("tantivy", "whoosh3")}
    return {
        "cores": len(os.sched_getaffinity(0)), "cpu": _cpu(), "load": os.getloadavg()[0],
        "python": platform.python_version(), "sqlite": sqlite3.sqlite_version, **versions,
    }  # fmt: skip


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


class Failed(Exception):
    """A measured process did not come to its end."""


class Bench:
    """The pages and queries of one run, and the processes that are measured on them."""

    def __init__(self, work: Path, pages: int, whoosh_pages: int, progress: Progress) -> None:
        self.work, self.pages, self.progress = work, pages, progress
        self.whoosh_pages = min(pages, whoosh_pages)

    def prepare(self, given: argparse.Namespace) -> Figures:
        """Pages, further dossiers, queries and what brute force finds."""
        judgments = read_judgments(given.judgments)
        if not judgments:
            sys.exit(f"{given.judgments}: no judgment in it is longer than a page")
        bar = self.progress.add_task("pages", total=self.pages)
        size = characters = 0
        with (self.work / "pages.jsonl").open("w", encoding="utf-8") as out:
            for entry in entries(judgments, self.pages):
                out.write(to_json(entry) + "\n")
                size += len(entry.text.encode())
                characters += len(entry.text)
                self.progress.advance(bar)
        with (self.work / "more.jsonl").open("w", encoding="utf-8") as out:
            for number, entry in enumerate(entries(judgments, UPDATES * DOSSIER, seed=5)):
                new = replace(entry, key=f"n{number}", group=f"new{number // DOSSIER}")
                out.write(to_json(new) + "\n")
        # queries come from pages that every engine holds
        some = list(stored(self.work / "pages.jsonl", self.whoosh_pages))
        queries = draw(some, given.queries)
        broad = broadest(some[:2000])
        told = {"queries": [(each.kind, each.text) for each in queries], "broad": broad}
        (self.work / "queries.json").write_text(json.dumps(told, ensure_ascii=False), "utf-8")
        wanted = substrings(some, SAMPLE)
        bar = self.progress.add_task("brute force", total=self.pages)
        truth = brute_force(
            self.progress.track(stored(self.work / "pages.jsonl"), self.pages, bar), wanted
        )
        lines = list(zip(wanted, truth, strict=True))
        (self.work / "truth.json").write_text(json.dumps(lines, ensure_ascii=False), "utf-8")
        return {
            "judgments": len(judgments), "pages": self.pages, "bytes": size,
            "characters": characters, "substrings": wanted, **told,
        }  # fmt: skip

    def measure(self, name: str) -> Figures:
        pages = self.whoosh_pages if name == "whoosh" else self.pages
        task = Task("build", name, str(self.work), pages, cores=1)
        found: Figures = {"build": self._run(task)}
        everything = replace(task, do="query")
        if name not in RIVALS:
            # the same with all cores; its index is the one that is searched
            found["build all"] = self._run(replace(task, cores=0))
            everything = replace(everything, cores=0)
        found["query"] = self._run(everything, "queries")
        found["recall"] = self._run(replace(everything, do="recall"), "substrings")
        found["update"] = self._update(everything)
        return found

    def _run(self, task: Task, what: str = "pages") -> Any:
        process = _start(task)
        total = {"pages": task.pages, "substrings": SAMPLE}.get(what)
        bar = self.progress.add_task(f"{task.engine}: {task.do} {task.cores or ''}", total=total)
        with Memory(process.pid) as memory:
            result = self._listen(process, bar)
        self.progress.remove_task(bar)
        if task.do == "build":
            result["peak tree"], result["peak anonymous"] = memory.peak, memory.anonymous
        return result

    def _listen(self, process: subprocess.Popen[str], bar: Any = None) -> Any:
        assert process.stdout is not None
        result = None
        for line in process.stdout:
            told = json.loads(line)
            if "result" in told:
                result = told["result"]
            elif bar is not None:
                self.progress.update(bar, completed=told["done"])
        if process.wait() or result is None:
            raise Failed(f"a process ended with code {process.returncode}")
        return result

    def _update(self, task: Task) -> Figures:
        """One process writes while another searches."""
        reader = _start(replace(task, do="read"))
        assert reader.stdin is not None
        assert reader.stdout is not None
        reader.stdout.readline()  # it is ready
        written = self._run(replace(task, do="update"))
        reader.stdin.close()
        seen = self._listen(reader)
        during: list[float] = []
        between: list[float] = []
        for begun, seconds in seen["searches"]:
            meets = any(begun < end and begun + seconds > at for at, end in written["windows"])
            (during if meets else between).append(seconds * 1000)
        return {
            "new": written["new"], "replaced": written["replaced"], "seen": seen["seen"],
            "ms during": during, "ms between": between,
        }  # fmt: skip


def _start(task: Task) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, __file__, "--task", task.to_json()],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip


class Memory:
    """Peak memory of a process and all it started, looked at ten times a second, in bytes."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak, self.anonymous = pid, 0, 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.thread.join()

    def _watch(self) -> None:
        while not self.ended.wait(0.1):
            found = [status(pid) for pid in self._tree(self.pid)]
            self.peak = max(self.peak, sum(each["VmRSS"] for each in found))
            self.anonymous = max(self.anonymous, sum(each["RssAnon"] for each in found))

    def _tree(self, pid: int) -> list[int]:
        found = [pid]
        try:
            for thread in Path(f"/proc/{pid}/task").iterdir():
                for child in (thread / "children").read_text("ascii").split():
                    found += self._tree(int(child))
        except OSError:
            pass  # it has ended
        return found


def quantile(values: Sequence[float | None], share: float) -> float:
    """Nearest rank; not a number if there are no values."""
    known = sorted(value for value in values if value is not None)
    return known[max(0, math.ceil(len(known) * share) - 1)] if known else math.nan


def ms(values: Sequence[float | None]) -> str:
    """p50 / p95 / p99."""
    if not any(value is not None for value in values):
        return "–"
    return " / ".join(f"{quantile(values, share):.3g}" for share in (0.5, 0.95, 0.99))


def report(figures: Figures, names: Sequence[str]) -> None:
    # as wide as the tables are, also when it is piped into a file
    console = Console(width=150)
    made, computer = figures["made"], figures["machine"]
    console.print(
        f"{computer['cores']} cores, {computer['cpu']}, load {computer['load']:.1f} at the start; "
        f"Python {computer['python']}, tantivy {computer['tantivy']}, whoosh3 "
        f"{computer['whoosh3']}, SQLite {computer['sqlite']}\n"
        f"{made['judgments']:,} judgments, {made['pages']:,} pages of "
        f"{made['characters'] / made['pages']:.0f} characters, {made['bytes'] / 1e6:.0f} MB UTF-8"
    )
    console.print(_building(figures, names))
    console.print(_latency(figures, names))
    console.print(_checks(figures, names))
    if "tantivy" in names:
        console.print(_targets(figures["tantivy"], made))
    console.print(
        "docs/s: from entries in memory to committed. Memory: peak resident, of the whole process "
        "tree where there are more processes; MB at rest (Python and imports) in brackets.\n"
        "Rivals: FTS5 without stored texts, 128 MB cache, merged to one segment; its facets know "
        "one organ and charge per page. Scan keeps texts only, hits unranked. – : cannot be "
        "expressed (trigram: fewer than 3 characters; look-alikes; words are taken as substrings)."
    )


def _building(figures: Figures, names: Sequence[str]) -> Table:
    table = Table(title="Building", title_justify="left")
    table.add_column("engine")
    for column in (
        "pages", "docs/s\n1 core", "CPU s /\n1,000 docs", "docs/s\nall cores", "index B /\ntext B",
        "peak MB\n1 core (at rest)", "peak MB\nall cores", "of it\nanonymous", "optimise s",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    per_page = figures["made"]["bytes"] / figures["made"]["pages"]
    for name in names:
        one = figures[name]["build"]
        every = figures[name].get("build all")
        used = every or one
        table.add_row(
            name, f"{one['pages']:,}", f"{one['pages'] / one['seconds']:,.0f}",
            f"{one['cpu'] / one['pages'] * 1000:.2f}",
            f"{every['pages'] / every['seconds']:,.0f}" if every else "",
            f"{used['bytes'] / used['pages'] / per_page:.2f}",
            f"{one['peak'] / 1e6:.0f} ({one['idle'] / 1e6:.0f})",
            f"{max(every['peak'], every['peak tree']) / 1e6:.0f}" if every else "",
            f"{used['peak anonymous'] / 1e6:.0f}", f"{used['optimise']:.1f}",
        )  # fmt: skip
    return table


def _latency(figures: Figures, names: Sequence[str]) -> Table:
    queries = figures["made"]["queries"]
    title = f"{len(queries)} queries: ms p50 / p95 / p99; ten hits, total, five facets"
    table = Table(title=title, title_justify="left")
    table.add_column("queries")
    for name in names:
        table.add_column(f"{name}\n{figures[name]['build']['pages']:,} pages", justify="right")
    kinds = list(dict.fromkeys(kind for kind, _ in queries))

    def row(label: str, figure: str, wanted: Sequence[str]) -> None:
        cells = []
        for name in names:
            values = figures[name]["query"][figure]
            values = [v for v, (kind, _) in zip(values, queries, strict=True) if kind in wanted]
            missing = values.count(None)
            cells.append(ms(values) + (f"\n{missing} of {len(values)} –" if missing else ""))
        table.add_row(label, *cells)

    for kind in sorted(kinds):
        row(kind, "ms", [kind])
    table.add_section()
    plain = [kind for kind in kinds if kind != "fuzzy"]
    row("all but fuzzy", "ms", plain)
    row("… ten hits and total only", "bare", plain)
    row("of it parse and plan", "planning", plain)
    for label, figure in (
        ("tables of the language, once", "tables"),
        ("open, nothing cached", "open"),
        ("first query, nothing cached", "cold"),
    ):
        table.add_row(label, *(f"{figures[name]['query'][figure]:.3g}" for name in names))
    return table


def _checks(figures: Figures, names: Sequence[str]) -> Table:
    table = Table(title="Is it right, and what else happens", title_justify="left")
    table.add_column("")
    for name in names:
        table.add_column(name, justify="right")
    shares = [figures[name]["query"]["broad share"] for name in names]
    share = max((each for each in shares if each), default=0)
    rows: dict[str, list[str]] = {}

    def put(label: str, value: str) -> None:
        rows.setdefault(label, []).append(value)

    lengths = [len(text) for text in figures["made"]["substrings"]]
    for name in names:
        found, asked, changed = (figures[name][part] for part in ("recall", "query", "update"))
        for label, least, most in (("1", 1, 1), ("2", 2, 2), ("3–12", 3, 12)):
            some = [f for f, n in zip(found, lengths, strict=True) if least <= n <= most]
            # of what cannot be asked nothing is found
            recalls = [each[0] / each[2] if each else 0.0 for each in some]
            put(f"recall, substrings of {label}", f"{statistics.mean(recalls):.3f}")
        told = [each for each in found if each]
        right, wrong = (sum(each[at] for each in told) for at in (0, 1))
        put("precision", f"{right / (right + wrong):.3f}" if right + wrong else "–")
        put("totals as scanning has them", _agreement(figures, name))
        grouped = asked["grouped"]
        put(
            f"grouped, all facets, “{figures['made']['broad']}” on {share:.0%} of pages: ms",
            f"{grouped:.3g}" if asked["broad share"] else "–",
        )
        for label in ("new", "replaced"):
            seconds = changed[label]
            put(
                f"{DOSSIER} pages {label}: s, first / median of {UPDATES}",
                f"{seconds[0]:.2f} / {statistics.median(seconds):.2f}",
            )
        put("searches beside commits: ms", ms(changed["ms during"]))
        put("searches between commits: ms", ms(changed["ms between"]))
        put("their number", f"{len(changed['ms during'])}, {len(changed['ms between'])}")
        put("new pages seen by the reader", str(changed["seen"]) if name != "scan" else "–")
        put("peak MB of the searching process", f"{asked['peak'] / 1e6:.0f}")
    for label, cells in rows.items():
        table.add_row(label, *cells)
    return table


def _targets(found: Figures, made: Figures) -> Table:
    """What issue 3 asks of the default engine at 100,000 pages, and what came out."""
    table = Table(title="tantivy beside its targets", title_justify="left")
    for column in ("", "target", "measured"):
        table.add_column(column)
    built = found["build"]
    table.add_row(
        "docs/s, one core, from the entry to the commit", "≥ 2,500",
        f"{built['pages'] / built['seconds']:,.0f};"
        f" per CPU second {built['pages'] / built['cpu']:,.0f}",
    )  # fmt: skip
    plain = [
        value
        for value, (kind, _) in zip(found["query"]["ms"], made["queries"], strict=True)
        if kind != "fuzzy"
    ]
    table.add_row(
        f"ms, p95 of {len(plain)} queries, none fuzzy, at {made['pages']:,} pages", "≤ 20",
        f"{quantile(plain, 0.95):.1f}",
    )  # fmt: skip
    longest = max(found["update"]["new"] + found["update"]["replaced"])
    table.add_row(
        f"s, longest of {2 * UPDATES} commits of {DOSSIER} pages", "≤ 0.5", f"{longest:.2f}"
    )
    right, wrong, there = (sum(each[at] for each in found["recall"] if each) for at in range(3))
    table.add_row(
        f"recall, precision of {len(found['recall'])} substrings", "1.000, 1.000",
        f"{right / there:.3f}, {right / (right + wrong):.3f}",
    )  # fmt: skip
    return table


def _agreement(figures: Figures, name: str) -> str:
    if "scan" not in figures or figures[name]["build"]["pages"] != figures["made"]["pages"]:
        return ""
    both = [
        (mine, its)
        for mine, its in zip(
            figures[name]["query"]["totals"], figures["scan"]["query"]["totals"], strict=True
        )
        if mine is not None and its is not None
    ]
    return f"{sum(mine == its for mine, its in both)} of {len(both)}"


if __name__ == "__main__":
    begun = time.perf_counter()
    code = main()
    if "--task" not in sys.argv:
        print(f"{time.perf_counter() - begun:.0f} s in all", file=sys.stderr)
    raise SystemExit(code)
