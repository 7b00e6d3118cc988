"""What the search benchmark runs in processes of their own: building, querying, adding, reading."""

from __future__ import annotations

import json
import os
import select
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import Any

from search_pages import stored
from search_rivals import RIVALS, CannotSay

from dossier.search import plan as p
from dossier.search.engines import engine
from dossier.search.entry import FACETS, Entry
from dossier.search.planning import plan
from dossier.search.protocol import Found
from dossier.search.query import parse

BATCH = 1000
UPDATES = 5
"""How many dossiers of `DOSSIER` pages are added, and then replaced."""
DOSSIER = 200
PAUSE = 0.5
"""Seconds between two commits, so that searches between them can be told from those during them."""


@dataclass(frozen=True, slots=True)
class Task:
    """`work` is the folder with pages.jsonl, more.jsonl, queries.json; `cores` how many to use, 0
    for all; `pages` how many of the pages the index holds."""

    do: str
    engine: str
    work: str
    pages: int
    cores: int = 0

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        told = json.loads(text)
        return cls(**{each.name: told[each.name] for each in fields(cls)})

    @property
    def place(self) -> Path:
        return Path(self.work) / f"{self.engine}-{self.cores or 'all'}"


def run(task: Task) -> None:
    """Do it, telling the starter in lines of JSON: `{"done": n}` now and then, `{"result": …}` at
    the end."""
    if task.cores:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-task.cores :])
    does = {"build": build, "query": query, "recall": recall, "update": update, "read": read}
    _say(result=does[task.do](task))


def _say(**what: Any) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


def _kind(name: str) -> Any:
    return RIVALS[name] if name in RIVALS else engine(name)


def build(task: Task) -> dict[str, Any]:
    """From entries in memory to a searchable index. Reading the entries from their file is not
    counted."""
    index = _kind(task.engine).create(str(task.place))
    idle, before = status()["VmRSS"], time.process_time()
    spent, done = 0.0, 0
    entries = stored(Path(task.work) / "pages.jsonl", task.pages)
    reading = 0.0
    while True:
        start = time.process_time()
        batch = list(islice(entries, BATCH))
        reading += time.process_time() - start
        if not batch:
            break
        start = time.perf_counter()
        index.add(batch, new=True)
        spent += time.perf_counter() - start
        done += len(batch)
        _say(done=done)
    start = time.perf_counter()
    index.commit()
    spent += time.perf_counter() - start
    cpu = time.process_time() - before - reading
    peak = status()["VmHWM"]
    start = time.perf_counter()
    index.optimise()
    optimising = time.perf_counter() - start
    index.close()
    return {
        "pages": done, "seconds": spent, "cpu": cpu, "optimise": optimising,
        "bytes": sum(each.stat().st_size for each in task.place.rglob("*") if each.is_file()),
        "idle": idle, "peak": peak, "peak optimise": status()["VmHWM"],
    }  # fmt: skip


def status(pid: int | str = "self") -> dict[str, int]:
    """Memory of a process in bytes: VmRSS, VmHWM (its peak), RssAnon (not backed by files)."""
    found = {"VmRSS": 0, "VmHWM": 0, "RssAnon": 0}
    try:
        text = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace")
    except OSError:
        return found  # it has ended
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name in found:
            found[name] = int(value.split()[0]) * 1024
    return found


def planned(text: str) -> p.Plan:
    return plan(parse(text))


def query(task: Task) -> dict[str, Any]:
    """Each query once, the whole way from what was typed to the answer."""
    told = json.loads((Path(task.work) / "queries.json").read_text("utf-8"))
    start = time.perf_counter()
    for _, text in told["queries"]:
        planned(text)
    tables = (time.perf_counter() - start) * 1000
    cold = _cold(task, planned(told["queries"][0][1]))
    index = _kind(task.engine).open(str(task.place))
    for each in task.place.rglob("*"):
        if each.is_file():
            each.read_bytes()  # into the page cache
    taken, totals = [], []
    planning = []
    for number, (_, text) in enumerate(told["queries"]):
        start = time.perf_counter()
        asked = planned(text)
        middle = time.perf_counter()
        found = _search(index, asked, facets=FACETS)
        end = time.perf_counter()
        planning.append((middle - start) * 1000)
        taken.append((end - start) * 1000 if found else None)
        totals.append(found.total if found and _exact(asked) else None)
        _say(done=number + 1)
    bare = []
    for _, text in told["queries"]:
        start = time.perf_counter()
        found = _search(index, planned(text))
        bare.append((time.perf_counter() - start) * 1000 if found else None)
    broad = p.Substring("text", told["broad"])
    grouped = []
    answer: Found | None = None
    for _ in range(5):
        start = time.perf_counter()
        answer = _search(index, broad, facets=FACETS, grouped=True)
        grouped.append((time.perf_counter() - start) * 1000)
    result = {
        **cold, "tables": tables - sum(planning), "ms": taken, "bare": bare,
        "planning": planning, "totals": totals,
        "grouped": sorted(grouped)[2] if answer else None,
        "broad share": answer.total / task.pages if answer else None,
        "groups": answer.groups if answer else None, "peak": status()["VmHWM"],
    }  # fmt: skip
    index.close()
    return result


def _cold(task: Task, wanted: p.Plan) -> dict[str, Any]:
    """Opening and the first query when nothing of the index is in memory."""
    for each in task.place.rglob("*"):
        if each.is_file():
            with each.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    start = time.perf_counter()
    index = _kind(task.engine).open(str(task.place))
    opened = time.perf_counter()
    _search(index, wanted, facets=FACETS)
    done = time.perf_counter()
    index.close()
    return {"open": (opened - start) * 1000, "cold": (done - opened) * 1000}


def _search(index: Any, asked: p.Plan, **how: Any) -> Found | None:
    try:
        found: Found = index.search(asked, limit=10, **how)
    except CannotSay:
        return None
    return found


def _exact(asked: p.Plan) -> bool:
    """Do the rivals take every part as it is meant? Words they take for substrings."""
    match asked:
        case p.WholeWord() | p.WordPrefix() | p.Similar():
            return False
        case p.And(parts) | p.Or(parts):
            return all(map(_exact, parts))
        case p.Not(part) | p.Weighted(part) | p.Preferring(part):
            return _exact(part)
    return True


def recall(task: Task) -> list[list[int] | None]:
    """For each sample substring: right ones found, wrong ones found, right ones in all. None: the
    engine cannot express it."""
    truth = json.loads((Path(task.work) / "truth.json").read_text("utf-8"))
    index = _kind(task.engine).open(str(task.place))
    results: list[list[int] | None] = []
    for number, (text, numbers) in enumerate(truth):
        right = {f"p{each}" for each in numbers if each < task.pages}
        asked = p.Substring("text", text)
        try:
            if task.engine in RIVALS:
                found = index.keys(asked)
            else:
                found = {hit.key for hit in index.search(asked, limit=task.pages).hits}
        except CannotSay:
            results.append(None)
            continue
        results.append([len(found & right), len(found - right), len(right)])
        _say(done=number + 1)
    index.close()
    return results


def update(task: Task) -> dict[str, Any]:
    """Dossiers of 200 pages into the full index: new ones, then the same again as replacements.
    Seconds of each, and when each began and ended (clock of the machine)."""
    index = _kind(task.engine).open(str(task.place))
    more = list(stored(Path(task.work) / "more.jsonl"))
    taken: dict[str, list[float]] = {"new": [], "replaced": []}
    windows = []
    for name, values in taken.items():
        for turn in range(UPDATES):
            time.sleep(PAUSE)
            dossier = more[turn * DOSSIER : (turn + 1) * DOSSIER]
            start = time.monotonic()
            index.add(dossier, new=name == "new")
            index.commit()
            end = time.monotonic()
            values.append(end - start)
            windows.append((start, end))
    time.sleep(PAUSE)
    index.close()
    return {**taken, "windows": windows}


def read(task: Task) -> dict[str, Any]:
    """Search without rest until the starter closes our input. When each search began and its
    seconds; at the end, how many pages of the first added dossier can be seen."""
    told = json.loads((Path(task.work) / "queries.json").read_text("utf-8"))
    plans = [planned(text) for kind, text in told["queries"] if kind != "fuzzy"]
    index = _kind(task.engine).open(str(task.place))
    searches = []
    _say(done=0)
    for asked in _until_closed(plans):
        start = time.monotonic()
        if _search(index, asked, facets=FACETS):
            searches.append((start, time.monotonic() - start))
    seen = index.count(p.Exactly("group", ("new0",)))
    index.close()
    return {"searches": searches, "seen": seen}


def _until_closed(plans: Sequence[p.Plan]) -> Iterator[p.Plan]:
    while True:
        for asked in plans:
            if select.select([sys.stdin], [], [], 0)[0]:
                return
            yield asked


def brute_force(entries: Iterable[Entry], wanted: Sequence[str]) -> list[list[int]]:
    """Numbers of the entries in whose text each string stands: what every engine must find."""
    from dossier.search.analysis import form

    found: list[list[int]] = [[] for _ in wanted]
    for number, entry in enumerate(entries):
        text = form(entry.text)
        for each, numbers in zip(wanted, found, strict=True):
            if each in text:
                numbers.append(number)
    return found
