"""What stands in the table of the search benchmark beside the library's engines: SQLite FTS5 and
plain scanning.

They answer the same plans with the same counts and facets, and are given what helps them: large
caches and a full final merge for SQLite, memory-mapped search forms for scanning. Not expected of
them: more than one organ and charge per entry in facets, look-alikes, durable commits of the
scanner.
"""

from __future__ import annotations

import mmap
import sqlite3
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import add
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from dossier.search import plan as p
from dossier.search.analysis import joined
from dossier.search.entry import TEXT_FIELDS, Entry
from dossier.search.protocol import Found, Scored

COLUMNS = ("grp", "kind", "type", "organ", "charge", "year", "stage")


class CannotSay(Exception):
    """The rival has no way to express this query."""


def _values(entry: Entry) -> tuple[Any, ...]:
    """Whole values in the order of `COLUMNS`, and the day; of several organs or charges the
    first."""
    firsts = [(entry.keywords("group" if name == "grp" else name) or ("",))[0] for name in COLUMNS]
    return (entry.key, *firsts, entry.day and entry.day.toordinal())


class Fts(ABC):
    """FTS5 without stored texts (`content=''`), one column per text field. SQLite before 3.43
    deletes from such a table only if told the old text: `add` takes the new text for the old one,
    which is true in this benchmark."""

    name: ClassVar[str]
    tokenizer: ClassVar[str]
    options: ClassVar[str] = ""

    def __init__(self, place: str) -> None:
        self.base = sqlite3.connect(Path(place) / "fts.sqlite3", isolation_level=None)
        for pragma in (
            "journal_mode = WAL", "synchronous = NORMAL", "temp_store = MEMORY",
            "cache_size = -131072", f"mmap_size = {1 << 30}",
        ):  # fmt: skip
            self.base.execute(f"PRAGMA {pragma}")

    @classmethod
    def create(cls, place: str) -> Self:
        Path(place).mkdir(parents=True, exist_ok=True)
        made = cls(place)
        made.base.execute(
            "CREATE TABLE entry (id INTEGER PRIMARY KEY, key TEXT UNIQUE,"
            f" {', '.join(COLUMNS)}, day INTEGER)"
        )
        made.base.execute(
            f"CREATE VIRTUAL TABLE fts USING fts5({', '.join(TEXT_FIELDS)}, content='',"
            f' tokenize="{cls.tokenizer}"{cls.options})'
        )
        # 64 MB of postings between two writes to the tree; 1 MB is the default
        made.base.execute("INSERT INTO fts(fts, rank) VALUES ('hashsize', 67108864)")
        return made

    @classmethod
    def open(cls, place: str) -> Self:
        return cls(place)

    @abstractmethod
    def cut(self, text: str) -> str:
        """What the tokenizer is given for a search form."""

    @abstractmethod
    def phrase(self, text: str) -> str:
        """The FTS5 expression of a substring. Raises CannotSay."""

    def add(self, entries: Iterable[Entry], *, new: bool = False) -> None:
        if not self.base.in_transaction:
            self.base.execute("BEGIN IMMEDIATE")
        names = ", ".join(TEXT_FIELDS)
        marks = ", ".join("?" * len(TEXT_FIELDS))
        for entry in entries:
            texts = [self.cut(joined(entry.texts(field))) for field in TEXT_FIELDS]
            old = None
            if not new:
                found = self.base.execute("SELECT id FROM entry WHERE key = ?", (entry.key,))
                old = found.fetchone()
            if old:
                self.base.execute(
                    f"INSERT INTO fts(fts, rowid, {names}) VALUES ('delete', ?, {marks})",  # noqa: S608
                    (*old, *texts),
                )
                self.base.execute("DELETE FROM entry WHERE id = ?", old)
            made = self.base.execute(
                f"INSERT INTO entry VALUES (NULL, ?, {', '.join('?' * (len(COLUMNS) + 1))})",  # noqa: S608
                _values(entry),
            )
            self.base.execute(
                f"INSERT INTO fts(rowid, {names}) VALUES (?, {marks})",  # noqa: S608
                (made.lastrowid, *texts),
            )

    def commit(self) -> None:
        if self.base.in_transaction:
            self.base.execute("COMMIT")

    def optimise(self) -> None:
        self.commit()
        self.base.execute("INSERT INTO fts(fts) VALUES ('optimize')")
        self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def search(
        self, plan: p.Plan, *, limit: int = 10, grouped: bool = False, facets: Sequence[str] = ()
    ) -> Found:
        words, where, values = self._split(plan)
        source = "fts JOIN entry ON entry.id = fts.rowid" if words else "entry"
        if words:
            where, values = ["fts MATCH ?", *where], [words, *values]
        tail = f"FROM {source} WHERE {' AND '.join(where) or '1'}"
        run = self.base.execute
        run("CREATE TEMP TABLE IF NOT EXISTS hit (id INTEGER PRIMARY KEY)")
        run("DELETE FROM temp.hit")
        total = run(f"INSERT INTO temp.hit SELECT entry.id {tail}", values).rowcount
        groups = None
        if grouped:
            groups = run(
                "SELECT count(DISTINCT grp) FROM temp.hit JOIN entry USING (id)"
            ).fetchone()[0]
            tail += " GROUP BY grp"
        ranked = "min(rank)" if grouped and words else "rank" if words else "entry.id"
        best = run(
            f"SELECT key, grp {tail} ORDER BY {ranked} LIMIT ?",
            (*values, limit),
        ).fetchall()
        counted = {
            name: tuple(
                run(
                    f"SELECT {name}, count(*) FROM temp.hit JOIN entry USING (id)"  # noqa: S608
                    f" WHERE {name} <> '' GROUP BY {name} ORDER BY count(*) DESC LIMIT 20"
                )
            )
            for name in facets
        }
        hits = tuple(Scored(key, group, 0.0, None) for key, group in best)
        return Found(total=total, hits=hits, groups=groups, facets=counted)

    def keys(self, plan: p.Plan) -> set[str]:
        words, where, values = self._split(plan)
        if words:
            where, values = ["fts MATCH ?", *where], [words, *values]
        source = "fts JOIN entry ON entry.id = fts.rowid" if words else "entry"
        tail = f"FROM {source} WHERE {' AND '.join(where) or '1'}"
        return {key for (key,) in self.base.execute(f"SELECT key {tail}", values)}

    def count(self, plan: p.Plan) -> int:
        return len(self.keys(plan))

    def close(self) -> None:
        self.base.close()

    def _split(self, plan: p.Plan) -> tuple[str | None, list[str], list[Any]]:
        """An expression for MATCH and conditions for WHERE: all of them together."""
        plan = _bare(plan)
        parts = plan.parts if isinstance(plan, p.And) else (plan,)
        words = [part for part in parts if _is_text(part) and not isinstance(_bare(part), p.Not)]
        where: list[str] = []
        values: list[Any] = []
        if words:
            # what must not stand there goes into the same expression
            words += [part for part in parts if _is_text(part) and part not in words]
        for part in parts:
            if part not in words:
                where.append(self._sql(part, values))
        return (self._match(p.And(tuple(words))) if words else None), where, values

    def _match(self, plan: p.Plan) -> str:
        match _bare(plan):
            case p.Substring(field, text):
                return f"{field} : {self.phrase(text)}"
            case p.WholeWord(text) | p.WordPrefix(text):
                return f"text : {self.phrase(text)}"
            case p.And(parts):
                told = "(" + " AND ".join(
                    self._match(part) for part in parts if not isinstance(_bare(part), p.Not)
                ) + ")"  # fmt: skip
                for part in map(_bare, parts):
                    if isinstance(part, p.Not):
                        told += f" NOT ({self._match(part.part)})"
                return told
            case p.Or(parts):
                return "(" + " OR ".join(map(self._match, parts)) + ")"
        raise CannotSay(type(plan).__name__)

    def _sql(self, plan: p.Plan, values: list[Any]) -> str:
        plan = _bare(plan)
        match plan:
            case p.Everything():
                return "1"
            case p.Nothing():
                return "0"
            case p.Days(first, last):
                values += [first.toordinal() if first else 0, last.toordinal() if last else 1 << 30]
                return "entry.day BETWEEN ? AND ?"
            case p.Exactly(field, wanted):
                values += wanted
                name = "grp" if field == "group" else field
                return f"entry.{name} IN ({', '.join('?' * len(wanted))})"
            case p.Not(part):
                return f"NOT ({self._sql(part, values)})"
        if _is_text(plan):
            values.append(self._match(plan))
            return "entry.id IN (SELECT rowid FROM fts WHERE fts MATCH ?)"
        match plan:
            case p.And(parts):
                return "(" + " AND ".join(self._sql(part, values) for part in parts) + ")"
            case p.Or(parts):
                return "(" + " OR ".join(self._sql(part, values) for part in parts) + ")"
        raise CannotSay(type(plan).__name__)


class Trigrams(Fts):
    """FTS5's own tokenizer for substrings."""

    name = "fts5-trigram"
    tokenizer = "trigram case_sensitive 1"

    def cut(self, text: str) -> str:
        return text

    def phrase(self, text: str) -> str:
        if len(text) < 3:
            raise CannotSay("fewer than three characters")
        return _quoted(text)


class Pairs(Fts):
    """FTS5 over the library's overlapping pairs; an index of prefixes for single characters."""

    name = "fts5-pairs"
    # everything but blanks belongs to a token
    tokenizer = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
    options = ", prefix='1'"

    def cut(self, text: str) -> str:
        return " ".join([*_pairs(text), text[-1:]])

    def phrase(self, text: str) -> str:
        if len(text) == 1:
            return f"{_quoted(text)} *"
        return _quoted(" ".join(_pairs(text)))


def _pairs(text: str) -> Iterable[str]:
    return map(add, text, text[1:])


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _bare(plan: p.Plan) -> p.Plan:
    """Without what only changes the order."""
    while isinstance(plan, p.Weighted | p.Preferring):
        plan = plan.part
    return plan


def _is_text(plan: p.Plan) -> bool:
    """Can one MATCH say it?"""
    match _bare(plan):
        case p.Substring() | p.WholeWord() | p.WordPrefix() | p.Similar():
            return True
        case p.Not(part):
            return _is_text(part)
        case p.And(parts):
            return all(map(_is_text, parts)) and not all(
                isinstance(_bare(part), p.Not) for part in parts
            )
        case p.Or(parts):
            return bool(parts) and all(
                _is_text(part) and not isinstance(_bare(part), p.Not) for part in parts
            )
    return False


class Scan:
    """No index: the search forms of each field in one memory-mapped file, a line per entry, and
    `bytes.find`. Hits come in the order of the file."""

    name = "scan"

    def __init__(self, place: str) -> None:
        self.place = Path(place)
        self.rows: list[tuple[Any, ...]] = []
        self.maps: dict[str, mmap.mmap] = {}
        self.starts: dict[str, list[int]] = {}
        self.pending: list[Entry] = []

    @classmethod
    def create(cls, place: str) -> Self:
        Path(place).mkdir(parents=True, exist_ok=True)
        for field in TEXT_FIELDS:
            (Path(place) / field).touch()
        (Path(place) / "rows").touch()
        return cls(place)

    @classmethod
    def open(cls, place: str) -> Self:
        found = cls(place)
        for line in (found.place / "rows").read_text("utf-8").splitlines():
            *values, day = line.split("\t")
            found.rows.append((*values, int(day) if day else None))
        for field in TEXT_FIELDS:
            with (found.place / field).open("rb") as file:
                found.maps[field] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            ends = np.flatnonzero(np.frombuffer(found.maps[field], np.uint8) == ord("\n"))
            found.starts[field] = [0, *(ends + 1).tolist()]
        return found

    def add(self, entries: Iterable[Entry], *, new: bool = False) -> None:
        entries = list(entries)
        if not new:
            self._remove({entry.key for entry in entries})
        for field in TEXT_FIELDS:
            with (self.place / field).open("a", encoding="utf-8") as file:
                file.writelines(joined(entry.texts(field)) + "\n" for entry in entries)
        with (self.place / "rows").open("a", encoding="utf-8") as file:
            file.writelines(
                "\t".join("" if value is None else str(value) for value in _values(entry)) + "\n"
                for entry in entries
            )

    def _remove(self, keys: set[str]) -> None:
        """Write every file anew without these entries."""
        with (self.place / "rows").open(encoding="utf-8") as rows:
            kept = [line.split("\t", 1)[0] not in keys for line in rows]
        for name in (*TEXT_FIELDS, "rows"):
            source, target = self.place / name, self.place / f"{name}.new"
            with source.open("rb") as lines, target.open("wb") as out:
                out.writelines(line for line, keep in zip(lines, kept, strict=True) if keep)
            target.replace(source)

    def commit(self) -> None:
        pass

    def optimise(self) -> None:
        pass

    def close(self) -> None:
        pass

    def search(
        self, plan: p.Plan, *, limit: int = 10, grouped: bool = False, facets: Sequence[str] = ()
    ) -> Found:
        found = sorted(self._find(plan))
        rows = [self.rows[number] for number in found]
        groups = None
        if grouped:
            first = {row[1]: row for row in reversed(rows)}
            groups, rows_shown = len(first), list(reversed(first.values()))[:limit]
        else:
            rows_shown = rows[:limit]
        counted = {}
        for name in facets:
            at = 1 + COLUMNS.index(name)
            counted[name] = tuple(Counter(row[at] for row in rows if row[at]).most_common(20))
        hits = tuple(Scored(row[0], row[1], 0.0, None) for row in rows_shown)
        return Found(total=len(found), hits=hits, groups=groups, facets=counted)

    def keys(self, plan: p.Plan) -> set[str]:
        return {self.rows[number][0] for number in self._find(plan)}

    def count(self, plan: p.Plan) -> int:
        return len(self._find(plan))

    def _find(self, plan: p.Plan) -> set[int]:
        match _bare(plan):
            case p.Everything():
                return set(range(len(self.rows)))
            case p.Nothing():
                return set()
            case p.Substring(field, text):
                return self._holding(field, text)
            case p.WholeWord(text) | p.WordPrefix(text):
                return self._holding("text", text)
            case p.Days(first, last):
                low, high = first.toordinal() if first else 0, last.toordinal() if last else 1 << 30
                return {n for n, row in enumerate(self.rows) if row[-1] and low <= row[-1] <= high}
            case p.Exactly(field, wanted):
                at = 0 if field == "key" else 1 + COLUMNS.index(field.replace("group", "grp"))
                return {n for n, row in enumerate(self.rows) if row[at] in wanted}
            case p.And(parts):
                found = set(range(len(self.rows))) if not parts else self._find(parts[0])
                for part in map(_bare, parts[1:]):
                    if isinstance(part, p.Not):
                        found -= self._find(part.part)
                    else:
                        found &= self._find(part)
                return found
            case p.Or(parts):
                return set().union(*map(self._find, parts))
            case p.Not(part):
                return set(range(len(self.rows))) - self._find(part)
        raise CannotSay(type(plan).__name__)

    def _holding(self, field: str, text: str) -> set[int]:
        whole, starts, wanted = self.maps[field], self.starts[field], text.encode()
        found = set()
        at = whole.find(wanted)
        while at >= 0:
            number = bisect_right(starts, at) - 1
            found.add(number)
            at = whole.find(wanted, starts[number + 1])
        return found


RIVALS: dict[str, type[Fts] | type[Scan]] = {kind.name: kind for kind in (Trigrams, Pairs, Scan)}
