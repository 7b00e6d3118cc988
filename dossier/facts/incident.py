"""What happened, and the things of the case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ..elements.values import Measure, Moment
from .documents import rank_of
from .people import Person, shown_name
from .readings import Read, Said, chosen
from .stock import money_text, same_thing
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


def _times(reads: Sequence[Read]) -> tuple[FactValue, ...]:
    charging = sorted(
        (read for read in reads if read.paper.accuses), key=lambda read: rank_of("times", read.code)
    )
    for read in charging:
        parts = [s for s in read.elements.segments if s.kind == "facts"] or [
            s for s in read.elements.segments if s.kind == "prosecution"
        ]
        said: dict[str, FactValue] = {}
        for moment in read.elements.moments:
            if moment.hour is None or moment.relative:
                continue
            if any(part.start <= moment.start < part.stop for part in parts):
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
    """The sum of all appraisals."""
    sums: list[tuple[Decimal, Source]] = []
    for read in reads:
        stock = read.stock
        if read.paper.stock == "valued" and stock.total is not None and stock.total_cell:
            sums.append((stock.total, read.cite(stock.total_cell.start, stock.total_cell.stop)))
    if not sums:
        return None
    total = sum((value for value, _ in sums), Decimal(0))
    return FactValue(value=money_text(total), sources=tuple(source for _, source in sums))


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


def charged_alcohol(read: Read) -> list[Said]:
    """Blood alcohol as a charging document gives it, without breath tests and limits."""
    found = []
    for measure in read.elements.measures:
        if measure.kind != "alcohol" or measure.value is None:
            continue
        clause = read.before(measure.start, 60).rpartition("。")[2]
        if any(word in clause[-20:] for word in ("标准", "达到", "超过", "大于", "不足", "以上")):
            continue
        if "呼气" in clause and clause.rfind("呼气") > clause.rfind("血"):
            continue
        source = read.cite(measure.start, measure.stop)
        found.append(Said(money_text(measure.value), read.code, source))
    return found


def _alcohol(reads: Sequence[Read]) -> FactValue | None:
    charged = [s for read in reads if read.paper.accuses for s in charged_alcohol(read)]
    return chosen("alcohol", [*reported_alcohol(reads), *charged])


def property_facts(reads: Sequence[Read]) -> tuple[PropertyFact, ...]:
    """All things on lists, each once, with the lists it stands on."""
    things: list[dict[str, list[Said]]] = []
    for read in sorted(reads, key=lambda read: _ORDER.get(read.paper.stock, 9)):
        for item in read.stock.items:
            own = next((t for t in things if same_thing(t["name"][0].value, item.name.text)), None)
            if own is None:
                own = {"name": []}
                things.append(own)
            place = read.cite(item.name.start, item.name.stop)
            own["name"].append(Said(item.name.text, read.code, place))
            own.setdefault(read.paper.stock, []).append(Said("", read.code, place))
            if item.quantity is not None and any(c.isdigit() for c in item.quantity.text):
                cell = item.quantity
                said = Said(cell.text, read.code, read.cite(cell.start, cell.stop))
                own.setdefault("quantity", []).append(said)
            if item.value is not None and item.value_cell is not None:
                cell = item.value_cell
                said = Said(money_text(item.value), read.code, read.cite(cell.start, cell.stop))
                own.setdefault("value", []).append(said)
    return tuple(_property(thing) for thing in things)


_ORDER = {"seized": 0, "transferred": 1, "returned": 2, "valued": 3}


def _property(thing: dict[str, list[Said]]) -> PropertyFact:
    name = chosen("stock", thing["name"])
    assert name is not None
    return PropertyFact(
        name=name,
        quantity=chosen("stock", thing.get("quantity", ())),
        value=chosen("amount", thing.get("value", ())),
        seized=tuple(said.source for said in thing.get("seized", ())),
        transferred=tuple(said.source for said in thing.get("transferred", ())),
        returned=tuple(said.source for said in thing.get("returned", ())),
        valued=tuple(said.source for said in thing.get("valued", ())),
    )
