"""Pages in order → documents: where each begins and of what type it is.

Each page is weighed on its own (title, place and size of the title, organ above and number below
it, cues of the body, page counter), then against the document before it. All weights are kept as
evidence, so that a person can see why a document begins where it does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..model import Origin
from .cues import CueBook
from .duplicates import same_page
from .numbers import COURT, own_number
from .reading import PageReading, Row
from .titles import TitleHit, TitleMatcher
from .types import UNKNOWN, DocumentType, DocumentTypes, OrganKind
from .values import Evidence, Place

BEGINS = 0.60
"""Score from which a titled page begins a document."""
BEGINS_FILE = 0.45
"""The same for the first page of a file."""


@dataclass(frozen=True, slots=True)
class Start:
    """The best reading of a page as the first page of a document."""

    entry: DocumentType
    score: float
    evidence: tuple[Evidence, ...]
    hit: TitleHit | None = None
    title: str = ""
    title_places: tuple[Place, ...] = ()
    number: str | None = None
    runner_up: float = 0.0


@dataclass(slots=True)
class Segment:
    """A run of pages that make one document."""

    readings: list[PageReading]
    start: Start
    forced: bool = False
    notes: list[Evidence] = field(default_factory=list)

    @property
    def entry(self) -> DocumentType:
        return self.start.entry

    @property
    def keys(self) -> list[int]:
        return [reading.key for reading in self.readings]


@dataclass(frozen=True, slots=True)
class _Candidate:
    hit: TitleHit
    rows: tuple[Row, ...]
    rank: int
    text: str
    organ: OrganKind | None
    organ_row: Row | None
    number: str | None
    number_row: Row | None
    above: tuple[Row, ...]


class Recogniser:
    """Finds documents in pages by one set of types. Keeps what it learns about lines."""

    def __init__(self, types: DocumentTypes) -> None:
        self.types = types
        self.titles = TitleMatcher(types)
        self.cues = CueBook(types)
        self.unknown = types.of(UNKNOWN)

    # --- one page ----------------------------------------------------------------------------

    def start(self, reading: PageReading, *, counters: bool = True) -> Start | None:
        """The page as a first page by its title; None if it has none."""
        best: tuple[float, _Candidate, DocumentType, list[Evidence]] | None = None
        second = 0.0
        file_types = self._file_types(reading)
        seen: dict[str, float] = {}
        for candidate in self._candidates(reading):
            layout = self._layout(candidate, reading, counters=counters)
            base = sum(item.weight for item in layout)
            for entry in candidate.hit.types:
                fit = self._fit(candidate, entry, entry.key in file_types)
                if entry.key not in seen:
                    seen[entry.key] = self.cues.weight(entry, reading.text)
                score = base + sum(item.weight for item in fit) + seen[entry.key]
                if best is None or score > best[0]:
                    if best is not None and best[2].code != entry.code:
                        second = max(second, best[0])
                    best = (score, candidate, entry, [*layout, *fit])
                elif entry.code != best[2].code:
                    second = max(second, score)
        if best is None:
            return None
        score, candidate, entry, evidence = best
        evidence += self.cues.evidence(entry, reading)
        return Start(
            entry=entry,
            score=score,
            evidence=tuple(evidence),
            hit=candidate.hit,
            title=candidate.text,
            title_places=tuple(reading.place(line) for row in candidate.rows for line in row.lines),
            number=candidate.number,
            runner_up=second,
        )

    def _candidates(self, reading: PageReading) -> list[_Candidate]:
        rows = list(reading.head())
        found: list[_Candidate] = []
        for at, (rank, row) in enumerate(rows):
            if row.is_body:
                continue
            texts: list[tuple[str, tuple[Row, ...]]] = [(row.text, (row,))]
            if at + 1 < len(rows):
                below = rows[at + 1][1]
                if self._may_join(row, below):
                    texts.insert(0, (row.text + below.text, (row, below)))
            if len(row.lines) > 1:
                texts += [(line.text, (Row((line,)),)) for line in row.lines if len(line.text) > 1]
            for text, used in texts:
                hits = self.titles.match(text)
                if not hits:
                    continue
                organ, organ_row = self._organ_above(rows, at, hits[0])
                number, number_row = self._number_below(rows, at + len(used) - 1)
                above = tuple(one for _, one in rows[:at])
                found += [
                    _Candidate(hit, used, rank, text, organ, organ_row, number, number_row, above)
                    for hit in hits
                ]
                if hits[0].similarity == 1.0:
                    break
        return found

    def _may_join(self, row: Row, below: Row) -> bool:
        """Whether two rows may be one title broken in two."""
        if below.is_body or len(row.text) + len(below.text) > 30 or len(row.text) < 2:
            return False
        if ":" in row.text or ":" in below.text or own_number(below.text):
            return False
        if self.titles.organ(row.text) is not None:
            return False
        gap = below.top - max(line.bottom for line in row.lines)
        return gap < 2.0 * max(0.012, row.lines[0].bottom - row.lines[0].top)

    def _organ_above(
        self, rows: Sequence[tuple[int, Row]], at: int, hit: TitleHit
    ) -> tuple[OrganKind | None, Row | None]:
        if hit.how == "after-organ":
            return self.titles.organ(hit.prefix), rows[at][1]
        for back in range(at - 1, max(-1, at - 4), -1):
            row = rows[back][1]
            kind = self.titles.organ(row.text)
            if kind is not None:
                return kind, row
        return None, None

    @staticmethod
    def _number_below(rows: Sequence[tuple[int, Row]], at: int) -> tuple[str | None, Row | None]:
        for _, row in rows[at + 1 : at + 5]:
            for text in (row.text, *(line.text for line in row.lines[::-1])):
                number = own_number(text)
                if number:
                    return number, row
            if row.is_body:
                break
        return None, None

    def _layout(
        self, candidate: _Candidate, reading: PageReading, *, counters: bool
    ) -> list[Evidence]:
        """What the look of the line says, whatever type it names."""
        hit, row = candidate.hit, candidate.rows[0]
        place = reading.place(row.lines[0])
        length = len(hit.title)
        if hit.how == "fuzzy":
            errors = (1 - hit.similarity) * length
            weight = 0.60 * (1 - 1.6 * errors / length)
        else:
            weight = {"after-case": 0.52, "after-name": 0.50, "pattern": 0.52}.get(hit.how, 0.60)
            if length <= 2:
                weight -= 0.14  # 照片, 说明, 公告 also stand as labels
        items = [Evidence(f"title-{hit.how}", hit.title, weight, place)]

        def add(what: str, detail: str, value: float, where: Place | None = place) -> None:
            items.append(Evidence(what, detail, value, where))

        tall = max(r.height for r in candidate.rows)
        usual = reading.body_height or tall
        if tall >= 1.25 * usual:
            add("title-large", f"{tall / usual:.2f}", 0.12)
        elif tall >= 1.08 * usual:
            add("title-large", f"{tall / usual:.2f}", 0.06)
        elif tall < 0.85 * usual:
            add("title-small", f"{tall / usual:.2f}", -0.06)
        off = abs(row.centre - 0.5)
        if off < 0.07:
            add("centred", f"{off:.2f}", 0.10)
        elif off > 0.16:
            add("off-centre", f"{off:.2f}", -0.14)
        if row.top < 0.34:
            add("top-third", f"{row.top:.2f}", 0.08)
        elif row.top > 0.45:
            add("low-on-page", f"{row.top:.2f}", -0.16)
        if candidate.rank <= 1:
            add("first-rows", str(candidate.rank), 0.06)
        above = candidate.above
        if any(row.is_body for row in above):
            cut = above[-1].is_body and above[-1].text[-1] not in "。;:"
            add("after-text", above[-1].text[-6:], -0.40 if cut else -0.20)
        cell = row.lines[0].cell
        if cell is not None and (cell.row > 1 or cell.column > 0):
            add("inside-table", f"{cell.row},{cell.column}", -0.25)
        if candidate.organ is not None and candidate.organ_row is not None:
            where = reading.place(candidate.organ_row.lines[0])
            add("organ-above", candidate.organ_row.text, 0.10, where)
        if candidate.number is not None and candidate.number_row is not None:
            where = reading.place(candidate.number_row.lines[0])
            add("number-below", candidate.number, 0.10, where)
        counter = reading.counter if counters else None
        if counter is not None:
            where = reading.place(counter.line)
            if counter.number == 1:
                add("counter-first", counter.line.text, 0.10, where)
            else:
                add("counter-later", counter.line.text, -0.45, where)
        if reading.page.number == 0:
            add("file-begins", "", 0.10, None)
        return items

    def _fit(
        self, candidate: _Candidate, entry: DocumentType, in_file_name: bool
    ) -> list[Evidence]:
        """What speaks for one of the types that bear the title."""
        items: list[Evidence] = []
        if candidate.organ is not None and entry.organs:
            if candidate.organ in entry.organs:
                items.append(Evidence("organ-fits", candidate.organ, 0.06))
            else:
                items.append(Evidence("organ-differs", candidate.organ, -0.10))
        if candidate.number and entry.number and re.search(entry.number, candidate.number):
            items.append(Evidence("number-fits", entry.number, 0.06))
        if in_file_name:
            items.append(Evidence("file-name", entry.name, 0.08))
        return items

    def _file_types(self, reading: PageReading) -> set[str]:
        if reading.page.number != 0:
            return set()
        hits = self.titles.of_file(reading.page.file)
        return {entry.key for hit in hits if hit.how != "fuzzy" for entry in hit.types}

    # --- a sequence of pages -----------------------------------------------------------------

    def segments(
        self,
        readings: Sequence[PageReading],
        *,
        forced: Mapping[int, bool] | None = None,
        types: Mapping[int, DocumentType] | None = None,
    ) -> list[Segment]:
        """The documents of pages in order.

        `forced`  page key → True (a document begins here) or False (none does): a person's word
        `types`   page key → type of the document that begins there
        """
        forced, types = forced or {}, types or {}
        starts = {reading.key: self.start(reading) for reading in readings}
        for file in _numbered_through(readings, starts):
            for reading in readings:
                if reading.page.file == file:
                    starts[reading.key] = self.start(reading, counters=False)
        out: list[Segment] = []
        for reading in readings:
            current = out[-1] if out else None
            word = forced.get(reading.key)
            begin: Start | None
            if word is False and current is not None:
                begin = None
            elif word is True:
                begin = starts[reading.key]
                if begin is None or begin.score < BEGINS_FILE:
                    begin = self._untitled(reading)
            else:
                begin = self._begins(reading, starts[reading.key], current)
                if begin is None and current is None:
                    begin = self._untitled(reading)
            if begin is None:
                assert current is not None
                current.readings.append(reading)
            else:
                if reading.key in types:
                    begin = Start(
                        types[reading.key],
                        1.0,
                        (Evidence("correction", "type", 1.0),),
                        begin.hit,
                        begin.title,
                        begin.title_places,
                        begin.number,
                    )
                out.append(Segment([reading], begin, forced=word is True))
        for segment in out:
            self._refine(segment)
        return out

    def _begins(
        self, reading: PageReading, start: Start | None, current: Segment | None
    ) -> Start | None:
        """The start if a document begins at this page, None if it continues the current one."""
        first = reading.page.number == 0
        if start is not None and start.score >= (BEGINS_FILE if first else BEGINS):
            if current is None or not self._continues(reading, start, current):
                return start
            return None
        if current is None:
            return self._untitled(reading)
        if first and self._file_parts(reading, current):
            return self._untitled(reading)
        alone = self.cues.standing_alone(reading)
        if (
            alone is not None
            and alone.code != current.entry.code
            and current.entry.code not in alone.continues
            and (reading.counter is None or reading.counter.number == 1)
        ):
            return Start(alone, 0.62, (Evidence("contents-alone", alone.name, 0.62),))
        if self._counter_restarts(reading, current):
            guess = self.cues.guess(reading.text)
            if guess is not None and not reading.runs_in:
                weight = min(0.7, 0.35 + 0.1 * guess[1])
                items = (
                    Evidence("counter-first", "", 0.35),
                    Evidence("contents", guess[0].name, weight - 0.35),
                )
                return Start(guess[0], weight, items)
        return None

    def _continues(self, reading: PageReading, start: Start, current: Segment) -> bool:
        """Whether a titled page is a later page of the current document after all."""
        hit = start.hit
        if hit is None:
            return False
        same_file = reading.page.file == current.readings[-1].page.file
        if hit.part:
            return any(entry.code == current.entry.code for entry in hit.types)
        standard = start.entry.standard_text
        if any(same_page(reading, other, standard=standard) for other in current.readings):
            return True  # scanned twice
        listing = current.entry.form == "listing" and start.entry.form != "listing"
        if listing and self._lists_titles(reading):
            return True  # rows of a 卷内目录 are titles; its second page may not repeat its own
        if start.entry.key != current.entry.key and hit.title != (
            current.start.hit.title if current.start.hit else None
        ):
            return False
        if "续" in hit.label:
            return True
        counter = reading.counter
        if counter is not None and counter.number == 1:
            return False
        if counter is not None and counter.number > 1:
            return True
        numbered = start.number is not None and current.start.number is not None
        if numbered and not COURT.fullmatch(start.number or ""):
            # (a court's 案号 stands on all its papers and tells nothing)
            copies = _COPY.search(hit.label) or (
                current.start.hit and _COPY.search(current.start.hit.label)
            )
            return start.number == current.start.number and not copies
        same_title = current.start.hit is not None and current.start.hit.title == hit.title
        if not start.entry.repeats_title or not same_file or not same_title:
            return False
        if start.entry.layout == "table":
            serial = _first_serial(reading)
            if serial is not None:
                return serial > 1
            return not _is_signed(current.readings[-1])
        if start.entry.layout == "photo":
            return True
        return start.number is None and not _has_organ(start)

    def _lists_titles(self, reading: PageReading) -> bool:
        """Whether rows of the page are numbered and name documents: a 卷内目录 carried on."""
        listed = 0
        for row in reading.rows:
            if len(row.lines) >= 2 and re.fullmatch(r"\d{1,3}", row.lines[0].text):
                listed += any(self.titles.match(line.text, fuzzy=False) for line in row.lines[1:])
        return listed >= 3

    def _file_parts(self, reading: PageReading, current: Segment) -> bool:
        """Whether an untitled first page of a file begins a document: yes for a file with several
        pages or of real text, unless it plainly carries on; for single scans, if the file's name
        says so."""
        page, before = reading.page, current.readings[-1].page
        counter = reading.counter
        if counter is not None and counter.number > 1:
            last = current.readings[-1].counter
            if last is not None and last.number + 1 == counter.number:
                return False
        same_stem = _stem(page.file) == _stem(before.file)
        if page.volume != before.volume:
            return True
        if same_stem and (reading.runs_in or counter is not None):
            return counter is not None and counter.number == 1
        if page.file_pages > 1 or page.layer.origin is Origin.NATIVE:
            return True
        if self._file_types(reading):
            return True
        return not same_stem and _speaks(page.file)

    @staticmethod
    def _counter_restarts(reading: PageReading, current: Segment) -> bool:
        counter = reading.counter
        if counter is None or counter.number != 1 or counter.total is None:
            return False
        last = current.readings[-1].counter
        return last is None or last.total is None or last.number >= last.total

    def _untitled(self, reading: PageReading) -> Start:
        """A start without a title: by the file's name, else by the contents, else unknown."""
        hits = self.titles.of_file(reading.page.file) if reading.page.number == 0 else ()
        if hits:
            entries = [entry for entry in hits[0].types if not hits[0].part]
            if entries:
                entry = max(entries, key=lambda one: self.cues.weight(one, reading.text))
                items = [Evidence("file-name", hits[0].title, 0.40)]
                items += self.cues.evidence(entry, reading)
                score = sum(item.weight for item in items)
                if score >= 0.40:
                    return Start(entry, score, tuple(items), title=hits[0].title)
        alone = self.cues.standing_alone(reading)
        if alone is not None:
            return Start(alone, 0.60, (Evidence("contents-alone", alone.name, 0.60),))
        guess = self.cues.guess(reading.text)
        if guess is not None:
            weight = min(0.6, 0.2 + 0.1 * guess[1])
            return Start(guess[0], weight, (Evidence("contents", guess[0].name, weight),))
        return Start(self.unknown, 0.2, (Evidence("no-title", "", 0.2),))

    def _refine(self, segment: Segment) -> None:
        """Choose among types that share the title by the whole document, not its first page."""
        start = segment.start
        if start.hit is None or len(start.hit.types) < 2 or len(segment.readings) < 2:
            return
        if any(item.what == "correction" for item in start.evidence):
            return
        text = "".join(reading.text for reading in segment.readings[:4])
        fit = {
            entry.key: self.cues.weight(entry, text)
            + sum(
                item.weight
                for item in start.evidence
                if item.what.startswith(("organ-", "number-")) and entry.key == start.entry.key
            )
            for entry in start.hit.types
        }
        best = max(start.hit.types, key=lambda entry: fit[entry.key])
        if best.key != start.entry.key and fit[best.key] > fit[start.entry.key] + 0.1:
            segment.start = Start(
                best,
                start.score,
                (*start.evidence, Evidence("whole-text", best.name, fit[best.key])),
                start.hit,
                start.title,
                start.title_places,
                start.number,
                start.score - fit[best.key] + fit[start.entry.key],
            )


_COPY = re.compile(r"副本|存根|回执")


def _numbered_through(
    readings: Sequence[PageReading], starts: Mapping[int, Start | None]
) -> set[str]:
    """Files whose page counter counts the file, not its documents (a volume printed by an office
    system): several sure titles stand on pages numbered above 1."""
    later: defaultdict[str, int] = defaultdict(int)
    first: defaultdict[str, int] = defaultdict(int)
    for reading in readings:
        start, counter = starts[reading.key], reading.counter
        if counter is None:
            continue
        if counter.number == 1:
            first[reading.page.file] += 1
        elif (
            start is not None
            and start.hit is not None
            and start.hit.similarity == 1.0
            and start.score + 0.45 >= 0.85  # without what the counter took away
            and not start.entry.repeats_title
        ):
            later[reading.page.file] += 1
    return {file for file, number in later.items() if number >= 2 and number > 2 * first[file]}


def _first_serial(reading: PageReading) -> int | None:
    """The first number of a table's leftmost column."""
    for row in reading.rows[1:]:
        line = row.lines[0]
        if line.left < 0.25 and re.fullmatch(r"\d{1,3}", line.text) and len(row.lines) > 1:
            return int(line.text)
    return None


def _is_signed(reading: PageReading) -> bool:
    tail = "".join(row.text for row in reading.rows[-4:])
    return bool(re.search(r"年.{1,2}月.{1,3}日|签名|保管人|办案人|持有人|见证人|以下空白", tail))


def _has_organ(start: Start) -> bool:
    return any(item.what == "organ-above" for item in start.evidence)


def _stem(file: str) -> str:
    """The name without its running number: 笔录_01.jpg, 笔录_02.jpg → 笔录."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", file)
    return re.sub(r"[-_ (（]*\d+[)）]?$", "", stem)


def _speaks(file: str) -> bool:
    """Whether a file name says more than that it is a scan."""
    stem = _stem(file).rsplit("/", 1)[-1]
    words = re.sub(r"扫描|图片|照片|页|第|微信|新建|文档|图像|截图|卷|[^\u4e00-\u9fa5]", "", stem)
    return len(words) >= 2
