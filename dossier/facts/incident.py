"""What happened, and the things of the case."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..elements.values import Measure, Moment, Segment
from .documents import rank_of
from .people import Person, shown_name
from .readings import Read, Said, chosen
from .stock import Cell, Item, count_of, money_text, same_thing, thing
from .values import (
    AmountFact,
    FactValue,
    IncidentFacts,
    InjuryFact,
    PropertyFact,
    Source,
)


def incident_facts(reads: Sequence[Read], people: Sequence[Person]) -> IncidentFacts:
    """Times from the highest charging document; sums, grades and alcohol from those who
    measured."""
    return IncidentFacts(
        times=_times(reads),
        amounts=_amounts(reads),
        total=_total(reads),
        injuries=_injuries(reads, people),
        alcohol=_alcohol(reads),
    )


def _charging(reads: Sequence[Read], field: str) -> list[Read]:
    """Charging documents, the one that counts most first."""
    charging = [read for read in reads if read.paper.accuses]
    return sorted(charging, key=lambda read: rank_of(field, read.code))


def _told(read: Read) -> list[Segment]:
    """The parts of a charging document that tell the deed."""
    parts = [s for s in read.elements.segments if s.kind == "facts"]
    return parts or [s for s in read.elements.segments if s.kind == "prosecution"]


def _times(reads: Sequence[Read]) -> tuple[FactValue, ...]:
    """Hours, or where the document gives none, days."""
    for read in _charging(reads, "times"):
        parts = _told(read)
        moments = [
            moment
            for moment in read.elements.moments
            if moment.day is not None
            and not moment.relative
            and (moment.hour is not None or moment_text(moment) != read.document.day)
            and any(part.start <= moment.start < part.stop for part in parts)
        ]
        said: dict[str, FactValue] = {}
        for moment in [m for m in moments if m.hour is not None] or moments:
            value = moment_text(moment)
            source = read.cite(moment.start, moment.stop)
            said.setdefault(value, FactValue(value=value, sources=(source,)))
        if said:
            return tuple(said.values())
    return ()


def moment_text(moment: Moment) -> str:
    """2023-03-21T22:30, as exact as it is."""
    text = f"{moment.year:04}"
    for value, sign in ((moment.month, "-"), (moment.day, "-"), (moment.hour, "T")):
        if value is None:
            return text
        text += f"{sign}{value:02}"
    return f"{text}:{moment.minute or 0:02}"


def _amounts(reads: Sequence[Read]) -> tuple[AmountFact, ...]:
    return tuple(
        AmountFact(
            what=item.name.text,
            value=FactValue(
                value=money_text(item.value),
                sources=(read.cite(item.value_cell.start, item.value_cell.stop),),
            ),
        )
        for read in reads
        if read.paper.stock == "valued"
        for item in read.stock.items
        if item.value is not None and item.value_cell is not None
    )


def _total(reads: Sequence[Read]) -> FactValue | None:
    """The sum of all appraisals; without any, what the charge says."""
    sums: list[tuple[Decimal, Source]] = []
    for read in reads:
        stock = read.stock
        if read.paper.stock != "valued":
            continue
        if stock.total is not None and stock.total_cell:
            sums.append((stock.total, read.cite(stock.total_cell.start, stock.total_cell.stop)))
        elif all(item.value is not None and _single(item) for item in stock.items):
            sums += [
                (item.value, read.cite(item.value_cell.start, item.value_cell.stop))
                for item in stock.items
                if item.value is not None and item.value_cell is not None
            ]
    if not sums:
        return _told_total(reads)
    total = sum((value for value, _ in sums), Decimal(0))
    return FactValue(value=money_text(total), sources=tuple(source for _, source in sums))


def _single(item: Item) -> bool:
    """Whether it is one thing: of several the value may be that of each."""
    return item.quantity is None or count_of(item.quantity) == (Decimal(1), "")


_ALL = re.compile(
    r"(?:[骗盗窃]|价值|涉案|数额|金额|收受|侵占|挪用)[^。;]{0,16}(?:共计|合计|总计|累计)[^,。;]{0,8}$"
    r"|(?:共计|合计|总计|累计|共)(?:骗取|盗窃|价值|侵占|收受)[^,。;]{0,12}$"
)
_GIVEN = re.compile(r"赔偿|退[赔还缴]|返还|损失")


def _told_total(reads: Sequence[Read]) -> FactValue | None:
    """The last sum "in all" of what the charging documents tell."""
    said = []
    for read in _charging(reads, "amount"):
        parts = _told(read)
        sums = [
            amount
            for amount in read.elements.amounts
            if any(part.start <= amount.start < part.stop for part in parts)
            and _ALL.search(before := read.before(amount.start, 40))
            and not _GIVEN.search(before[-24:])
        ]
        if sums:
            source = read.cite(sums[-1].start, sums[-1].stop)
            said.append(Said(money_text(sums[-1]), read.code, source))
    return chosen("amount", said)


def graded(read: Read) -> Iterator[Measure]:
    """The grades an appraisal concludes with; criteria it quotes on the way do not count."""
    grades = [m for m in read.elements.measures if m.kind == "injury"]
    ends = [s for s in read.elements.segments if s.kind == "conclusion"]
    concluded = [m for m in grades if any(s.start <= m.start < s.stop for s in ends)]
    yield from concluded or grades[-1:]


def appraised(reads: Sequence[Read], people: Sequence[Person]) -> dict[str, list[Said]]:
    """Name of a person to the injury grades appraisals give."""
    found: dict[str, list[Said]] = {}
    for read in reads:
        if read.paper.examines != "injury":
            continue
        inside = [p for p in people if read.document.id in p.documents]
        for grade in graded(read):
            person = nearest(read, grade.start, inside) or (inside[0] if len(inside) == 1 else None)
            if person is not None:
                said = Said(grade.text, read.code, read.cite(grade.start, grade.stop))
                found.setdefault(shown_name(person), []).append(said)
    return found


def nearest(read: Read, at: int, people: Sequence[Person], most: int = 80) -> Person | None:
    """The person named last before a place of the text, in the same sentence."""
    before = read.before(at, most).rpartition("。")[2]
    places = [
        (before.rfind(name), person) for person in people for name in person.names if name in before
    ]
    return max(places, key=lambda pair: pair[0])[1] if places else None


def _injuries(reads: Sequence[Read], people: Sequence[Person]) -> tuple[InjuryFact, ...]:
    return tuple(
        InjuryFact(person=name, grade=grade)
        for name, said in appraised(reads, people).items()
        if (grade := chosen("injury", said)) is not None
    )


def reported_alcohol(reads: Sequence[Read]) -> list[Said]:
    """Blood alcohol as laboratories report it, mg/100ml."""
    found = []
    for read in reads:
        if read.paper.examines != "alcohol":
            continue
        values = [m for m in read.elements.measures if m.kind == "alcohol" and m.value is not None]
        ends = [s for s in read.elements.segments if s.kind == "conclusion"]
        concluded = [m for m in values if any(s.start <= m.start < s.stop for s in ends)]
        for measure in concluded or values[-1:]:
            assert measure.value is not None
            source = read.cite(measure.start, measure.stop)
            found.append(Said(money_text(measure.value), read.code, source))
    return found


_BREATH = ("呼气", "吹气")
_LIMIT = re.compile(r"醉酒[^,。;()]{0,6}[:(]$")
"""Stands before the limit: 系醉酒（80mg/100ml）驾驶."""


def charged_alcohol(read: Read) -> list[Said]:
    """Blood alcohol as a charging document gives it, without breath tests and limits."""
    found = []
    for measure in read.elements.measures:
        if measure.kind != "alcohol" or measure.value is None:
            continue
        clause = read.before(measure.start, 60).rpartition("。")[2]
        if any(word in clause[-20:] for word in ("标准", "达到", "超过", "大于", "不足", "以上")):
            continue
        if max(map(clause.rfind, _BREATH)) > clause.rfind("血") or _LIMIT.search(clause):
            continue
        source = read.cite(measure.start, measure.stop)
        found.append(Said(money_text(measure.value), read.code, source))
    return found


def _alcohol(reads: Sequence[Read]) -> FactValue | None:
    charged = [s for read in reads if read.paper.accuses for s in charged_alcohol(read)]
    return chosen("alcohol", [*reported_alcohol(reads), *charged])


Listed = list[tuple[Read, Item]]
"""One thing: the rows of lists it stands in."""

_ORDER = {"seized": 0, "transferred": 1, "returned": 2, "valued": 3}
_MANY = 500
"""On longer lists only equal names are the same thing."""


def things(reads: Sequence[Read]) -> list[Listed]:
    """Each thing of the case once. Two rows of one list are the same only under the same name."""
    found: list[Listed] = []
    named: dict[str, Listed] = {}
    lists = [read for read in reads if read.stock.items]
    for read in sorted(lists, key=lambda read: _ORDER[read.paper.stock]):
        fresh: list[Item] = []
        here: set[int] = set()
        for item in read.stock.items:
            own = named.get(thing(item.name.text))
            if own is None:
                fresh.append(item)
            else:
                own.append((read, item))
                here.add(id(own))
        others = [own for own in found if id(own) not in here]
        for item in fresh:
            own = named.get(thing(item.name.text))
            if own is None and len(others) <= _MANY:
                own = next(
                    (o for o in others if same_thing(o[0][1].name.text, item.name.text)), None
                )
                if own is not None:
                    others.remove(own)
            if own is None:
                own = []
                found.append(own)
            named.setdefault(thing(item.name.text), own)
            own.append((read, item))
    return found


def property_facts(reads: Sequence[Read]) -> tuple[PropertyFact, ...]:
    """All things on lists, each once, with the lists it stands on."""
    return tuple(_property(rows) for rows in things(reads))


def _property(rows: Listed) -> PropertyFact:
    def said(read: Read, cell: Cell, value: str) -> Said:
        return Said(value, read.code, read.cite(cell.start, cell.stop))

    def on(stock: str) -> tuple[Source, ...]:
        return tuple(
            read.cite(item.name.start, item.name.stop)
            for read, item in rows
            if read.paper.stock == stock
        )

    name = chosen("stock", [said(read, item.name, item.name.text) for read, item in rows])
    assert name is not None
    quantities = [
        said(read, item.quantity, item.quantity.text)
        for read, item in rows
        if item.quantity is not None
        and (any(char.isdigit() for char in item.quantity.text) or count_of(item.quantity))
    ]
    values = [
        said(read, item.value_cell, money_text(item.value))
        for read, item in rows
        if item.value is not None and item.value_cell is not None
    ]
    return PropertyFact(
        name=name,
        quantity=chosen("stock", quantities),
        value=chosen("amount", values),
        seized=on("seized"),
        transferred=on("transferred"),
        returned=on("returned"),
        valued=on("valued"),
    )
