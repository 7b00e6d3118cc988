"""What is wrong with a dossier's pages: missing, double, misordered, foreign.

Findings are kept few: a clerk who is called ten times in vain will not look the eleventh time. So
each check asks for agreement from more than one sign before it speaks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from .duplicates import duplicates
from .findings import finding
from .foreign import foreign
from .listed import unlisted_rows
from .reading import PageReading
from .titles import TitleMatcher
from .types import BINDING, UNKNOWN, DocumentTypes
from .values import Document, Finding, Volume


def check(
    types: DocumentTypes,
    titles: TitleMatcher,
    volumes: Sequence[Volume],
    readings: Mapping[int, PageReading],
) -> list[Finding]:
    """All findings, by kind and within each kind in the order of the dossier. `readings` are in the
    order in which the pages were handed in."""
    found: list[Finding] = []
    standard = {
        key
        for volume in volumes
        for doc in volume.documents
        if types.of(doc.type, doc.form).standard_text
        for key in doc.keys
    }
    doubles = _doubles(volumes, readings, standard, found)
    gaps = _counters(volumes, readings, doubles, found)
    others = foreign(volumes, readings)
    strangers = {key for item in others for key in item.pages}
    for volume in volumes:
        _stamps(volume, readings, doubles, gaps, strangers, found)
    for shelf, keys, row, title in unlisted_rows(titles, volumes, readings):
        found.append(finding("C102", keys, row=row, title=title, volume=shelf))
    found += others
    _uncertain(types, volumes, readings, found)
    return found


# --- double ----------------------------------------------------------------------------------


def _doubles(
    volumes: Sequence[Volume],
    readings: Mapping[int, PageReading],
    standard: set[int],
    found: list[Finding],
) -> set[int]:
    """Pages that stand twice; neighbours that repeat neighbours make one finding."""
    covers = {
        key
        for volume in volumes
        for doc in volume.documents
        if doc.form == "cover"
        for key in doc.keys
    }
    order = [reading for key, reading in readings.items() if key not in covers]
    place = {reading.key: at for at, reading in enumerate(order)}
    identity: dict[tuple[str, int], PageReading] = {}
    pairs: list[tuple[str, PageReading, PageReading]] = []
    again: set[int] = set()
    for reading in order:
        page = reading.page
        first = identity.setdefault((page.sha256, page.number), reading)
        if first is not reading:
            pairs.append(("C201", reading, first))
            again.add(reading.key)
    pairs += [
        ("C202", later, earlier)
        for later, earlier in duplicates([one for one in order if one.key not in again], standard)
    ]
    pairs.sort(key=lambda pair: place[pair[1].key])
    runs: list[list[tuple[str, PageReading, PageReading]]] = []
    for pair in pairs:
        if runs:
            code, later, earlier = runs[-1][-1]
            if (
                code == pair[0]
                and place[pair[1].key] == place[later.key] + 1
                and place[pair[2].key] == place[earlier.key] + 1
            ):
                runs[-1].append(pair)
                continue
        runs.append([pair])
    for run in runs:
        code, _, earlier = run[0]
        others = _named(earlier) + (f"–{run[-1][2].page.number + 1}" if len(run) > 1 else "")
        found.append(finding(code, tuple(later.key for _, later, _ in run), other=others))
    return {later.key for _, later, _ in pairs}


def _named(reading: PageReading) -> str:
    return f"{reading.page.file}:{reading.page.number + 1}"


# --- missing and misordered ------------------------------------------------------------------


def _counters(
    volumes: Sequence[Volume],
    readings: Mapping[int, PageReading],
    doubles: set[int],
    found: list[Finding],
) -> set[int]:
    """What the printed 第_页 共_页 tell. Returns keys of pages after which one is missing."""
    sheets = [_Sheets(doc, readings, doubles) for volume in volumes for doc in volume.documents]
    for sheet in sheets:
        sheet.claim_strays(sheets)
    gaps: set[int] = set()
    for sheet in sheets:
        title = sheet.doc.title.value
        for key, number, total in sheet.strays:
            found.append(finding("C302", (key,), title=title, number=number, total=total))
        disorder = sheet.disorder()
        if disorder:
            order = "、".join(str(number) for _, number in sheet.numbered)
            found.append(finding("C301", disorder, title=title, order=order))
        missing = sheet.missing()
        if missing:
            keys = tuple(sheet.before(number) for number in missing)
            gaps.update(keys)
            words = "、".join(map(str, missing))
            found.append(
                finding("C101", keys, title=title, missing=words, total=sheet.total or "?")
            )
    return gaps


class _Sheets:
    """The page counters of one document."""

    def __init__(
        self, doc: Document, readings: Mapping[int, PageReading], doubles: set[int]
    ) -> None:
        self.doc = doc
        self.strays: list[tuple[int, int, int]] = []
        self.unnumbered = 0
        counted: list[tuple[int, int, int | None]] = []
        for key in doc.keys:
            if key in doubles:
                continue
            counter = readings[key].counter
            if counter is None:
                self.unnumbered += 1
            else:
                counted.append((key, counter.number, counter.total))
        totals = Counter(total for _, _, total in counted if total is not None)
        self.total = totals.most_common(1)[0][0] if totals else None
        self._odd = [
            (key, number, total)
            for key, number, total in counted
            if total is not None and total != self.total
        ]
        self.numbered = [(key, number) for key, number, _ in counted]

    def claim_strays(self, sheets: Sequence[_Sheets]) -> None:
        """Pages whose counter fits a gap of another document, or stands here already."""
        for key, number, total in self._odd:
            taken = sum(number == other for _, other in self.numbered) > 1
            wanted = any(
                other.total == total and number in other.missing() and other.doc is not self.doc
                for other in sheets
            )
            if taken or wanted:
                self.strays.append((key, number, total))
                self.numbered = [item for item in self.numbered if item[0] != key]

    def missing(self) -> list[int]:
        """Numbers of the document that no page bears. None if the counters cannot be meant for
        this document (they count the volume), or pages whose counter was not read may fill the
        gap."""
        present = {number for _, number in self.numbered}
        if not present:
            return []
        last = self.total if self.total is not None else max(present)
        gone = [number for number in range(1, last + 1) if number not in present]
        if not gone or len(gone) <= self.unnumbered:
            return []
        if self.total is None and (min(present) != 1 or len(present) < 3):
            return []
        if len(gone) > 2 and len(gone) > len(present):
            return []
        return gone if 1 in present or len(present) >= 2 else []

    def disorder(self) -> tuple[int, ...]:
        """Pages that do not stand where their number says, if the numbers are sound."""
        numbers = [number for _, number in self.numbered]
        if len(set(numbers)) != len(numbers) or numbers == sorted(numbers):
            return ()
        if self.total is not None and max(numbers) > self.total:
            return ()
        wanted = sorted(self.numbered, key=lambda item: item[1])
        return tuple(
            have[0] for have, want in zip(self.numbered, wanted, strict=True) if have != want
        )

    def before(self, number: int) -> int:
        """The page after which the missing one should stand."""
        earlier = [key for key, other in self.numbered if other < number]
        return earlier[-1] if earlier else self.doc.keys[0]


# --- page numbers stamped on the corner ------------------------------------------------------


def _stamps(
    volume: Volume,
    readings: Mapping[int, PageReading],
    doubles: set[int],
    gaps: set[int],
    strangers: set[int],
    found: list[Finding],
) -> None:
    """Gaps and strangers in the page numbers stamped on the upper corner, where most pages of the
    volume bear one and most follow each other."""
    keys = [
        key
        for doc in volume.documents
        if doc.type != BINDING
        for key in doc.keys
        if key not in doubles
    ]
    stamped = [(key, _stamp(readings[key])) for key in keys]
    known = [(key, number) for key, number in stamped if number is not None]
    if len(known) < 5 or len(known) < 0.6 * len(keys):
        return
    steps = [later[1] - earlier[1] for earlier, later in pairwise(known)]
    if sum(step == 1 for step in steps) < 0.6 * len(steps):
        return
    at = {key: place for place, key in enumerate(keys)}
    for place in range(1, len(known) - 1):
        (_, low), (key, number), (_, high) = known[place - 1 : place + 2]
        if high == low + 1 and number not in (low, high) and key not in strangers:
            found.append(finding("C303", (key,), number=number, low=low, high=high))
    for place in range(1, len(known) - 2):
        (_, before), (key, low), (after, high), (_, behind) = known[place - 1 : place + 3]
        steady = low - before == 1 and behind - high == 1
        skipped = high - low - 1
        unread = at[after] - at[key] - 1
        if steady and 0 < skipped <= 20 and unread < skipped and key not in gaps:
            first, last = low + 1, high - 1
            words = str(first) if first == last else f"{first}–{last}"
            found.append(finding("C104", (key,), volume=volume.title, missing=words))


def _stamp(reading: PageReading) -> int | None:
    """The number stamped on the upper left or right corner."""
    for line in reading.lines:
        corner = line.top < 0.09 and (line.left > 0.8 or line.right < 0.2)
        if corner and line.text.isdigit() and line.text.isascii() and len(line.text) <= 3:
            return int(line.text)
    return None


# --- not certain -----------------------------------------------------------------------------


def _uncertain(
    types: DocumentTypes,
    volumes: Sequence[Volume],
    readings: Mapping[int, PageReading],
    found: list[Finding],
) -> None:
    limit = types.page_limit.pages
    blanks: defaultdict[str, list[int]] = defaultdict(list)
    for volume in volumes:
        if volume.page_count > limit:
            first = volume.documents[0].keys[:1]
            found.append(
                finding("C501", first, volume=volume.title, count=volume.page_count, limit=limit)
            )
        for doc in volume.documents:
            layout = types.of(doc.type, doc.form).layout
            if layout not in ("photo", "slip"):
                for key in doc.keys:
                    if readings[key].blank:
                        blanks[volume.title].append(key)
            if doc.corrected:
                continue
            if doc.type == UNKNOWN:
                found.append(finding("C602", doc.keys[:1]))
            elif doc.confidence < 0.6 and doc.type != BINDING:
                share = f"{doc.confidence:.2f}"
                found.append(finding("C601", doc.keys[:1], type=doc.type_name, confidence=share))
    for keys in blanks.values():
        for key in keys:
            found.append(finding("C603", (key,)))
