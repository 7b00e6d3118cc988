"""Pages for the search benchmark: real judgments cut into pages, bound into invented dossiers."""

from __future__ import annotations

import gzip
import json
import lzma
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import IO, Any

from dossier.catalogue.types import default_types
from dossier.search.entry import Entry

LINE = 28
PAGE = 560
"""Characters of a line and, with line breaks, of a page."""

_STAGES = {"L": "侦查", "W": "侦查", "E": "侦查", "P": "审查起诉", "Z": "审判", "F": "审判"}
_NUMBER = re.compile(r"[（(]\s*(?:19|20)\d\d\s*[)）]\s*\w{2,14}?字?第?\s*\d+\s*号")
_COURT = re.compile(r"\w{2,20}?人民法院")
_CHARGE = re.compile(r"(?:犯|构成)([一-鿿、]{2,12}?)罪")
_PARTY = re.compile(
    r"(?:被告人|被害人|证人|辩护人)([一-鿿]{2,3}|[一-鿿]某[某甲乙]?)(?=[，,（(。、])"
)
_ARTICLE = re.compile(r"第([一二三四五六七八九十百]+)条")
_DIGITS = {c: n for n, c in enumerate("〇一二三四五六七八九")}


def open_text(path: Path) -> IO[str]:
    """Plain, .gz or .xz."""
    openers: dict[str, Callable[..., Any]] = {".gz": gzip.open, ".xz": lzma.open}
    opened: IO[str] = openers.get(path.suffix, open)(path, "rt", encoding="utf-8")
    return opened


def read_judgments(path: Path) -> list[tuple[str, str]]:
    """Title and whole text of every judgment of a JSONL file (plain, .gz or .xz)."""
    found = []
    with open_text(path) as lines:
        for line in lines:
            record = json.loads(line)
            text = record.get("text") or "".join(
                record.get(part) or "" for part in ("fact", "reasoning", "decision")
            )
            if len(text) > PAGE:
                found.append((record.get("title") or "", text))
    return found


def sheets(text: str, shift: int = 0) -> Iterator[str]:
    """The text as scanned pages show it: lines of 28 characters, pages of about 560. `shift`
    leaves out that many characters, so that every cut falls elsewhere."""
    page: list[str] = []
    size = 0
    for paragraph in text[shift:].split():
        for at in range(0, len(paragraph), LINE):
            line = paragraph[at : at + LINE]
            page.append(line)
            size += len(line) + 1
            if size >= PAGE:
                yield "\n".join(page)
                page, size = [], 0
    if size > PAGE // 4:
        yield "\n".join(page)


def entries(judgments: list[tuple[str, str]], pages: int, seed: int = 3) -> Iterator[Entry]:
    """Exactly so many pages, the same for the same seed; keys are `p0`, `p1` …

    Texts, case numbers, courts, charges, names and articles are those of the judgments; how pages
    make documents and dossiers, document types and days are drawn."""
    chance = random.Random(seed)
    types = [kind for kind in default_types().types if kind.code[0] in _STAGES]
    named: dict[str, str] = {}
    made = 0
    for turn in count():
        for title, text in judgments:
            yet = iter(sheets(text, shift=turn * 211))
            for entry in _bound(title, text, yet, types, chance, made, named):
                yield entry
                made += 1
                if made == pages:
                    return


def _bound(
    title: str, text: str, yet: Iterator[str], types: list[Any], chance: random.Random, first: int,
    named: dict[str, str],
) -> Iterator[Entry]:  # fmt: skip
    """The pages of one judgment. A dossier is called after the first judgment in it."""
    head = text[:400]
    numbers = tuple(_NUMBER.findall(head)[:1])
    courts = tuple(_COURT.findall(head)[:1])
    charges = tuple(dict.fromkeys(_CHARGE.findall(text)))[:2]
    articles = dict.fromkeys(str(_arabic(each)) for each in _ARTICLE.findall(text))
    statutes = tuple(f"刑法第{each}条" for each in articles)[:8]
    parties = tuple(dict.fromkeys(_PARTY.findall(text)))[:12]
    begun = date(2015, 1, 1) + timedelta(days=chance.randrange(3600))
    number = first
    left = 0
    for page in yet:
        if not left:
            kind = chance.choice(types)
            left = min(1 + int(chance.expovariate(1 / 4)), 30)
            begun += timedelta(days=chance.randrange(6))
            judged = kind.code[0] in "ZF"
            wanted = f"兰检刑诉〔{begun.year}〕{chance.randrange(1, 900)}号"
        left -= 1
        yield Entry(
            key=f"p{number}", kind="page", group=group(number), text=page,
            type=kind.name, title=title if judged else kind.name,
            numbers=numbers if judged else (*numbers, wanted), charges=charges,
            organs=courts if judged else ("白杨市公安局",), parties=parties,
            volume=f"诉讼文书卷第{number % 3 + 1}卷", statutes=statutes if judged else (),
            dossier=named.setdefault(group(number), title),
            day=begun if chance.random() < 0.9 else None, stage=_STAGES[kind.code[0]],
        )  # fmt: skip
        number += 1


def group(number: int) -> str:
    """The dossier of a page: dossiers hold 50, 80, 110, 140, 170 or 200 pages in turn."""
    bound, at = divmod(number, 750)
    for step in range(6):
        size = 50 + 30 * step
        if at < size:
            break
        at -= size
    return f"d{bound * 6 + step}"


def _arabic(chinese: str) -> int:
    """二百六十四 is 264."""
    value = digit = 0
    for char in chinese:
        if char == "百":
            value, digit = value + (digit or 1) * 100, 0
        elif char == "十":
            value, digit = value + (digit or 1) * 10, 0
        else:
            digit = _DIGITS[char]
    return value + digit


def to_json(entry: Entry) -> str:
    record = asdict(entry)
    record["day"] = entry.day and entry.day.isoformat()
    return json.dumps(record, ensure_ascii=False)


def from_json(line: str) -> Entry:
    record: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(line).items()
    }
    record["day"] = record["day"] and date.fromisoformat(record["day"])
    return Entry(**record)


def stored(path: Path, limit: int | None = None) -> Iterator[Entry]:
    """The entries of a file written with `to_json`, one a line, the first `limit` of them."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number == limit:
                return
            yield from_json(line)
