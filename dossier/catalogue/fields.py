"""The fields of a document (题名, 文号, 日期, 责任者, persons), each with where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .dates import DATE, alone, dates, half_read, value
from .names import NameFinder
from .numbers import CASE_ID, COURT, own_number, written
from .reading import LineReading, PageReading
from .recognise import Segment
from .titles import TitleMatcher
from .types import BINDING, DocumentType, DocumentTypes
from .values import Field, Party, Place

_ROLES = {"suspect": "犯罪嫌疑人", "victim": "被害人", "witness": "证人"}
_TIMES = re.compile(r"^\(?第([一二三四五六七八九十\d]{1,3})次\)?$")
_BIRTH = re.compile(r"(?:出生(?:日期|年月日|于)?|生于|生日|有效期|起始|截止)[:]?$")
# labels of dates that do not date the document
_OTHER_DATE = re.compile(r"出生|生日|日期$|时间$|有效|期限|起始|截止|基准日|性别")
_SIGNERS = re.compile(
    r"(?:本人|犯罪嫌疑人|被告人|被害人|证人|当事人|具结人|谅解人|保证人|供述人|检查人|悔过人|书写人|告知人|"
    r"被告知人|声明人|承诺人|申请人|收款人|领取人|甲方|乙方)(?:\(?签(?:名|字)\)?)?(?:\(捺印\))?[:]"
)


@dataclass(frozen=True, slots=True)
class Fields:
    """What was read from one document."""

    title: Field
    number: Field | None
    date: Field | None
    organ: Field | None
    person: Field | None
    responsible: Field | None
    parties: tuple[Party, ...]
    case_numbers: tuple[Field, ...]


class FieldReader:
    """Reads fields with the help of the titles and phrases of one set of types."""

    def __init__(self, types: DocumentTypes, titles: TitleMatcher) -> None:
        self._titles = titles
        self._phrases = types.phrases
        self._names = NameFinder(types.phrases)

    def read(self, segment: Segment) -> Fields:
        """All fields of a document."""
        entry = segment.entry
        number = self._number(segment)
        organ = self._organ(segment)
        person = self._person(segment)
        date = self._date(segment, number)
        return Fields(
            title=self._title(segment),
            number=number,
            date=_with_year_of(date, number) if date is not None else None,
            organ=organ,
            person=person,
            responsible=_responsible(entry, organ, person),
            parties=self._parties(segment),
            case_numbers=self._case_numbers(segment, number),
        )

    # --- 题名 --------------------------------------------------------------------------------

    def _title(self, segment: Segment) -> Field:
        start = segment.start
        if segment.entry.code == BINDING:
            return Field(segment.entry.name, start.title_places)
        if start.hit is None:
            return Field(start.title or segment.entry.name, start.title_places)
        hit = start.hit
        label = hit.label
        places = list(start.title_places)
        if not label:
            label, place = self._times_below(segment, places)
            if place is not None:
                places.append(place)
        if hit.how == "after-organ":
            name = hit.title
        elif hit.how == "fuzzy":
            name = hit.title  # what it must have been
        else:
            name = hit.prefix + hit.title
        return Field(_full_width(name + label), tuple(places))

    @staticmethod
    def _times_below(segment: Segment, places: Sequence[Place]) -> tuple[str, Place | None]:
        """（第1次） on a line of its own under 讯问笔录."""
        if not places or segment.entry.layout != "record":
            return "", None
        first = segment.readings[0]
        bottom = max(place.box.bottom for place in places if place.key == first.key)
        for row in first.rows:
            if row.top >= bottom - 0.01 and row.top < bottom + 0.08:
                for line in row.lines:
                    match = _TIMES.match(line.text)
                    if match:
                        return f"(第{match[1]}次)", first.place(line)
        return "", None

    # --- 文号 --------------------------------------------------------------------------------

    def _number(self, segment: Segment) -> Field | None:
        entry = segment.entry
        if entry.code == BINDING:
            return None
        first = segment.readings[0]
        body = 0
        found: list[tuple[bool, Field]] = []
        for row in first.rows[:24]:
            body += row.is_body
            if body > 2 or row.top > 0.75:
                break
            texts = [(row.text, row.lines)] if len(row.lines) > 1 else []
            texts += [(line.text, (line,)) for line in row.lines]
            for text, lines in texts:
                number = own_number(text)
                left = "".join(one.text for one in row.lines if one.left < lines[0].left)
                if number and not _OTHER_NUMBER.search(left):
                    fits = entry.number is not None and bool(re.search(entry.number, number))
                    places = tuple(first.place(line) for line in lines)
                    found.append((fits, Field(written(number), places)))
                    break
        if not found:
            return None
        best = next((field for fits, field in found if fits), found[0][1])
        if entry.layout == "record" and COURT.fullmatch(_ascii(best.value)):
            return None  # a record of a hearing names the case, it has no number of its own
        return best

    # --- 日期 --------------------------------------------------------------------------------

    def _date(self, segment: Segment, number: Field | None) -> Field | None:
        entry = segment.entry
        for way in entry.date:
            if way == "start":
                found = self._labelled_date(segment.readings[0], entry.date_labels)
            elif way == "any":
                found = self._labelled_date(
                    segment.readings[0], entry.date_labels
                ) or self._last_date(segment)
            else:
                found = self._standing_date(segment, last=way == "foot")
            if found is not None:
                return found
        return self._sealed_date(segment, number, last="first" not in entry.date)

    @staticmethod
    def _labelled_date(reading: PageReading, labels: tuple[str, ...]) -> Field | None:
        words = "|".join(re.escape(label) for label in sorted(labels, key=len, reverse=True))
        for match in re.finditer(rf"(?:{words})[:]?(?:自|从)?", reading.text):
            found = DATE.match(reading.text, match.end())
            day = value(found) if found else None
            if found and day:
                return Field(day.isoformat(), reading.places(found.start(), found.end()))
        return None

    @staticmethod
    def _standing_date(segment: Segment, *, last: bool) -> Field | None:
        """The first or last line that is a date. Lines of a table do not count as such unless
        there is no other."""
        title_bottom = max(
            (
                place.box.bottom
                for place in segment.start.title_places
                if place.key == segment.readings[0].key
            ),
            default=0.0,
        )
        free: list[Field] = []
        beside: list[Field] = []
        for number, reading in enumerate(segment.readings):
            for row in reading.rows:
                if number == 0 and row.top < title_bottom - 0.005:
                    continue
                for line in row.lines:
                    if not _MAY_DATE.search(line.text):
                        continue
                    day = alone(line.text)
                    if day is None:
                        continue
                    left = "".join(one.text for one in row.lines if one.left < line.left)
                    if not left and (line.left > 0.33 or not _runs_on(reading, line)):
                        free.append(Field(day.isoformat(), (reading.place(line),)))
                    elif left and not _OTHER_DATE.search(left):
                        beside.append(Field(day.isoformat(), (reading.place(line),)))
        found = free or beside
        if not found:
            return None
        return found[-1] if last else found[0]

    @staticmethod
    def _sealed_date(segment: Segment, number: Field | None, *, last: bool) -> Field | None:
        """The first or last line that is a date whose year a seal covers: the year is that of the
        文号."""
        known = _YEAR_OF_NUMBER.search(number.value) if number is not None else None
        if known is None:
            return None
        found = []
        for reading in segment.readings:
            for row in reading.rows:
                for lines in (row.lines[-2:], row.lines[-1:]):
                    day = half_read("".join(line.text for line in lines), int(known[1]))
                    if day is not None:
                        found.append(Field(day.isoformat(), tuple(map(reading.place, lines))))
                        break
        return found[-1 if last else 0] if found else None

    @staticmethod
    def _last_date(segment: Segment) -> Field | None:
        """The last date on the last page, unless it is a birthday or the like."""
        for reading in reversed(segment.readings):
            text = reading.text
            found = [
                (match, day)
                for match, day in dates(text)
                if not _BIRTH.search(text[max(0, match.start() - 8) : match.start()])
                and text[match.end() : match.end() + 2] not in ("出生", "生,")
            ]
            if found:
                match, day = found[-1]
                line = reading.line_at(match.start())
                if line.top > 0.4 and len(line.text) <= 32:  # a line of signatures, no story
                    return Field(day.isoformat(), reading.places(match.start(), match.end()))
                return None
        return None

    # --- 责任者 -------------------------------------------------------------------------------

    def _organ(self, segment: Segment) -> Field | None:
        if segment.entry.form in ("listing", "remarks"):
            return None
        first = segment.readings[0]
        hit = segment.start.hit
        if hit is not None and hit.how == "after-organ":
            return Field(_full_width(hit.prefix), segment.start.title_places)
        return (
            self._organ_above(segment, first)
            or self._organ_labelled(first)
            or self._organ_at_foot(segment)
        )

    def _organ_above(self, segment: Segment, first: PageReading) -> Field | None:
        places = segment.start.title_places
        limit = min((place.box.top for place in places if place.key == first.key), default=0.3)
        above = [row for row in first.rows if row.top < limit + 0.002]
        for row in reversed(above):
            for text, lines in [(row.text, row.lines), *((ln.text, (ln,)) for ln in row.lines)]:
                if self._titles.organ(text) is not None:
                    return Field(_full_width(text), tuple(first.place(line) for line in lines))
        return None

    def _organ_at_foot(self, segment: Segment) -> Field | None:
        """The organ that signs: the last line that is an organ's name, near the end."""
        for reading in reversed(segment.readings[-2:]):
            for row in reversed(reading.rows):
                if row.top < 0.3 and len(segment.readings) == 1 and len(reading.rows) > 12:
                    break
                for line in row.lines:
                    text = _AFTER_ORGAN.sub("", line.text)
                    if self._titles.organ(text) is not None:
                        return Field(_full_width(text), (reading.place(line),))
        return None

    def _organ_labelled(self, first: PageReading) -> Field | None:
        """The organ behind 工作单位 of those who question, 受案单位 and the like."""
        for match in _ORGAN_LABEL.finditer(first.text):
            start = match.end()
            tail = _HAN_RUN.match(first.text[start : start + 32])
            for stop in range(len(tail[0]) if tail else 0, 5, -1):
                kind = self._titles.organ(first.text[start : start + stop])
                if kind in ("police", "procuratorate", "court", "appraiser"):
                    places = first.places(start, start + stop)
                    return Field(_full_width(first.text[start : start + stop]), places)
        return None

    def _person(self, segment: Segment) -> Field | None:
        entry = segment.entry
        if "questioned" in entry.responsible:
            labels = entry.person_labels or self._phrases.persons["questioned"]
            found: list[Field] = []
            for reading in segment.readings[:2]:
                for label, name in self._names.after(reading, labels):
                    field = Field(name.text, reading.places(name.start, name.stop))
                    if name.sure or label.startswith("被"):
                        return field
                    found.append(field)
            return found[0] if found else None
        if "signer" in entry.responsible:
            return self._signer(segment)
        return None

    def _signer(self, segment: Segment) -> Field | None:
        """Who signs at the end: behind a label (谅解人：…), or a name alone before the date."""
        entry = segment.entry
        last = segment.readings[-1]
        labels = entry.signer_labels
        for reading in (last, segment.readings[0]):
            if labels:
                for _, name in self._names.after(reading, labels):
                    if name.sure:
                        return Field(name.text, reading.places(name.start, name.stop))
        signed: Field | None = None
        for match in _SIGNERS.finditer(last.text):
            found = self._names.at(last, match.end())
            if found is not None and found.sure:
                signed = Field(found.text, last.places(found.start, found.stop))
        return signed

    # --- persons and case numbers ------------------------------------------------------------

    def _parties(self, segment: Segment) -> tuple[Party, ...]:
        found: dict[tuple[str, str], list[Place]] = {}
        for reading in segment.readings:
            for role, shown in _ROLES.items():
                for _, name in self._names.after(reading, self._phrases.persons[role]):
                    if name.sure or len(name.text) >= 3:
                        places = found.setdefault((shown, name.text), [])
                        if len(places) < 3:
                            places += reading.places(name.start, name.stop)[:1]
        return tuple(Party(role, name, tuple(places)) for (role, name), places in found.items())

    @staticmethod
    def _case_numbers(segment: Segment, number: Field | None) -> tuple[Field, ...]:
        """The case's numbers a document states as its own: court 案号, police 案件编号."""
        out: dict[str, Field] = {}
        first = segment.readings[0]
        if number is not None and COURT.fullmatch(_ascii(number.value)):
            out[number.value] = number
        elif segment.entry.layout == "record":
            court = COURT.search(first.text[:400])
            if court:
                shown = written(court[0])
                out[shown] = Field(shown, first.places(*court.span()))
        match = CASE_ID.search(first.text)
        if match:
            places = first.places(match.start("number"), match.end("number"))
            out[match["number"]] = Field(match["number"], places)
        return tuple(out.values())


_MAY_DATE = re.compile(r"年|\d[-./]\d")
_YEAR_OF_NUMBER = re.compile(r"[〔（]((?:19|20)\d\d)[〕）]")
_OTHER_NUMBER = re.compile(
    r"(?:移送|来文|原|相关|前案|对方|提请|起诉意见).{0,4}(?:文号|编号|案号)$"
)


def _runs_on(reading: PageReading, line: LineReading) -> bool:
    """Whether the line ends a sentence of the line above: …延长至 / 2022年7月13日."""
    above = [one for one in reading.lines if one.bottom <= line.middle and one is not line]
    return bool(above) and above[-1].text[-1] not in "。;:!?" and len(above[-1].text) >= 16


def _with_year_of(date: Field, number: Field | None) -> Field:
    """The date with the year of the 文号, where one figure of the year was misread: 二〇三三 on a
    paper of 〔2023〕."""
    found = _YEAR_OF_NUMBER.search(number.value) if number else None
    year = date.value[:4]
    if found is None or abs(int(year) - int(found[1])) < 3:
        return date
    if sum(a != b for a, b in zip(year, found[1], strict=True)) != 1:
        return date
    return Field(found[1] + date.value[4:], date.places)


_ORGAN_LABEL = re.compile(
    r"(?:工作单位|立卷单位|办案单位|受案单位|填发单位|受理单位|办案机关|制作单位|检测单位|提取单位)"
    r"(?:\(.{1,4}\))?[:]?"
)
_HAN_RUN = re.compile(r"[\u4e00-\u9fa5]+")
_AFTER_ORGAN = re.compile(r"\((?:印|公章|盖章|印章|院印|章)\)$|(?:19|20)\d\d年.{1,2}月.{1,3}日$")


def _responsible(entry: DocumentType, organ: Field | None, person: Field | None) -> Field | None:
    for way in entry.responsible:
        found = person if way in ("questioned", "signer") else organ
        if found is not None:
            return found
    return organ or person


def _ascii(text: str) -> str:
    return text.replace("（", "(").replace("）", ")")


def _full_width(text: str) -> str:
    """Brackets as print has them."""
    return text.replace("(", "（").replace(")", "）").replace(":", "：").replace(",", "，")
