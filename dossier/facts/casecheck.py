"""Contradictions between documents about the deed, the things and the course of the case."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from ..elements.form import form
from ..normal import normal
from .corrections import Settled, number_path, plain_number
from .incident import Listed, appraised, charged_alcohol, nearest, reported_alcohol, things
from .kinds import conflict
from .people import GROUPS, Person, group_of, shown_name
from .readings import Read, Said, sources_of
from .stock import Item, count_of, money_text
from .values import CaseFacts, Conflict, Side


def case_conflicts(
    facts: CaseFacts, reads: Sequence[Read], people: Sequence[Person], settled: Settled
) -> Iterator[Conflict]:
    """Sums, lists, measurements, dates, names and numbers that cannot all be right, but for what
    is settled."""
    places = {
        id(person): (group, place)
        for group in GROUPS
        for place, person in enumerate(p for p in people if p.group() == group)
    }

    def closed(person: Person, field: str) -> bool:
        return settled.person(*places[id(person)], field) if id(person) in places else False

    yield from _sums(facts, reads, "total" in settled.incident)
    yield from _lists(facts)
    yield from _counts(facts, reads)
    if "alcohol" not in settled.incident:
        yield from _alcohol(reads)
    yield from _injuries(reads, people, closed)
    yield from _warrants(reads, people, closed)
    yield from _defendants(reads, people, closed)
    yield from _numbers(reads, settled)


_Closed = Callable[[Person, str], bool]
"""Whether a field of a person ("": the person itself) is settled."""


# --- sums -------------------------------------------------------------------------------------

_BY = r"经[^。;,]{0,30}"
_APPRAISED = re.compile(
    rf"{_BY}(?:认定|鉴定|评估|估价|估算|认证|作价)[^。;]{{0,60}}?价[值格额]"
    rf"|价[值格][^。;,]{{0,6}}{_BY}(?:认定|鉴定|评估|估价|认证)"
    # without 价值 behind it the appraisal itself must be one of prices
    rf"|{_BY}(?:[价物]格?|估价|价值)[^。;,]{{0,16}}(?:认定|鉴定|评估|认证)[^。;骗退赔缴]{{0,60}}?"
    r"(?:合计|共计|总计|总额|[为系](?=人民币))"
)
_NO_VALUE = re.compile(r"[骗退赔缴购]|偿|返还|获利|卖|销赃|盗得|罚")
"""Stands before a sum that nobody appraised."""
_SUM = re.compile(r"共计|合计|总计|总价")
_REACH = 40
"""Characters between "价值" and the sum."""
_MOST = 14
"""So many things at most are tried in all combinations."""


def _sums(facts: CaseFacts, reads: Sequence[Read], settled: bool) -> Iterator[Conflict]:
    """What a charge says was appraised must be the value of a thing, of several, or of all."""
    items = [
        (item, read) for read in reads if read.paper.stock == "valued" for item in read.stock.items
        if item.value is not None
    ]  # fmt: skip
    totals = [(read.stock.total, read) for read in reads if read.stock.total is not None]
    if not items and not totals:
        return
    shown = {(s.page, s.boxes): thing for thing in facts.property for s in thing.valued}
    allowed = _combined([item.value for item, _ in items if item.value is not None])
    allowed |= {total for total, _ in totals if total is not None}
    allowed |= _combined([total for total, _ in totals if total is not None])
    if any(thing.value is not None and thing.value.corrected for thing in facts.property):
        now = [thing.value for thing in facts.property if thing.valued]
        allowed |= _combined([Decimal(value.value) for value in now if value is not None])
    if settled and facts.incident.total is not None:
        allowed.add(Decimal(facts.incident.total.value))
    valued = {read.document.id for read in reads if read.paper.stock == "valued"}
    for read in reads:
        if not read.paper.accuses:
            continue
        whole = form(read.text)
        for match in _APPRAISED.finditer(whole.text):
            stop = min(match.end() + _REACH, len(whole.text))
            full = whole.text.find("。", match.end(), stop)
            stop = stop if full < 0 else full
            end = whole.span(match.start(), stop)[1]
            after = whole.span(match.start(), match.end())[1]
            amount = next((a for a in read.elements.amounts if after <= a.start < end), None)
            if amount is None or amount.currency != "CNY":
                continue
            if _NO_VALUE.search(normal(read.text[after : amount.start])):
                continue
            if _near(amount.value, allowed, amount.approximate):
                continue
            before = whole.text[max(0, match.start() - 60) : match.end()]
            item, where = _meant(before, items)
            if item is not None and _SUM.search(whole.text, match.start(), stop):
                item = None
            if item is not None and item.value is not None and item.value_cell is not None:
                cell = item.value_cell
                there = Side(
                    value=money_text(item.value), sources=(where.cite(cell.start, cell.stop),)
                )
                what = item.name.text
                place = where.cite(item.name.start, item.name.stop)
                thing = shown.get((place.page, place.boxes))
                if thing is None or thing.value is None or thing.value.corrected:
                    continue
                path = f"property[{thing.name.value}].value"
            else:
                path, total = "incident.total", facts.incident.total
                if total is None or settled:
                    continue
                if not valued & {source.document for source in total.sources}:
                    continue  # only charges tell it
                there, what = Side(value=total.value, sources=total.sources), "合计"
            said = money_text(amount)
            here = Side(value=said, sources=(read.cite(amount.start, amount.stop),))
            yield conflict(
                "F201", path, [here, there], paper=read.document.title, first=said,
                second=there.value, what=what,
            )  # fmt: skip


def _combined(values: list[Decimal]) -> set[Decimal]:
    sums: set[Decimal] = {sum(values, Decimal(0)), *values} if values else set()
    if len(values) <= _MOST:
        reached = {Decimal(0)}
        for value in values:
            reached |= {value + each for each in reached}
        sums |= reached - {Decimal(0)}
    return sums


def _near(value: Decimal, allowed: set[Decimal], approximate: bool) -> bool:
    """The same within a yuan; within a tenth for 余元, 约; as far as 2.86万元 is exact."""
    exact = value.normalize().as_tuple().exponent
    step = Decimal(10) ** exact if isinstance(exact, int) and exact > 1 else Decimal(1)
    room = max(value / 10, Decimal(1)) if approximate else Decimal(1)
    if value >= 10000 and step >= 100:  # written in 万元, rounded
        room = max(room, step / 2)
    return any(abs(value - each) < room for each in allowed)


def _meant(before: str, items: list[tuple[Item, Read]]) -> tuple[Item | None, Read]:
    """The thing of which a sentence speaks: named last before the sum, wholly or by its last
    word (该手机)."""
    best: tuple[int, Item | None, Read] = (-1, None, items[0][1]) if items else (-1, None, None)  # type: ignore[assignment]
    for item, read in items:
        name = normal(item.name.text)
        for tail in (name, name[-3:], name[-2:]):
            at = before.rfind(tail)
            if at > best[0]:
                best = (at, item, read)
    return best[1], best[2]


# --- lists ------------------------------------------------------------------------------------


def _lists(facts: CaseFacts) -> Iterator[Conflict]:
    """What was seized goes with the case or is given back. Only if there is a list that goes with
    it: before, nothing is missing."""
    handed = [thing for thing in facts.property if thing.transferred]
    if not handed:
        return
    lists = tuple({source.document: source for t in handed for source in t.transferred}.values())
    for thing in facts.property:
        if thing.name.corrected or not thing.seized:
            continue
        path, what = f"property[{thing.name.value}]", thing.name.value
        if not thing.transferred and not thing.returned:
            sides = [Side(value=what, sources=thing.seized), Side(value="", sources=lists)]
            yield conflict("F301", path, sides, what=what)


def _counts(facts: CaseFacts, reads: Sequence[Read]) -> Iterator[Conflict]:
    """Not fewer are handed over or given back than were seized."""
    settled = {
        thing.name.value
        for thing in facts.property
        if thing.name.corrected or (thing.quantity is not None and thing.quantity.corrected)
    }
    shown = {(s.page, s.boxes): thing for thing in facts.property for s in thing.seized}
    for rows in things(reads):
        taken = [(read, item) for read, item in rows if read.paper.stock == "seized"]
        given = [(r, item) for r, item in rows if r.paper.stock in ("transferred", "returned")]
        counts = [_count(taken), _count(given)]
        # where a count could not be read, or things and their weight are told, nothing is said
        if not taken or not given or counts[0] is None or counts[1] is None:
            continue
        if counts[0][1] != counts[1][1]:
            continue
        place = taken[0][0].cite(taken[0][1].name.start, taken[0][1].name.stop)
        thing = shown.get((place.page, place.boxes))
        if counts[1][0] >= counts[0][0] or thing is None or thing.name.value in settled:
            continue
        first, second = (money_text(count[0]) + count[1] for count in counts if count is not None)
        sides = [
            Side(
                value=said,
                sources=tuple(
                    r.cite(i.quantity.start, i.quantity.stop)
                    for r, i in part
                    if i.quantity is not None
                ),
            )
            for said, part in zip((first, second), (taken, given), strict=True)
        ]
        what = thing.name.value
        yield conflict("F302", f"property[{what}]", sides, what=what, first=first, second=second)


def _count(rows: Listed) -> tuple[Decimal, str] | None:
    """How many in all, and of what (`count_of`); None if a row does not say or says it of
    something else."""
    counts = [count_of(item.quantity) if item.quantity is not None else None for _, item in rows]
    units = {count[1] for count in counts if count is not None}
    if None in counts or len(units) != 1:
        return None
    return sum((count[0] for count in counts if count is not None), Decimal(0)), units.pop()


# --- measurements -----------------------------------------------------------------------------


def _alcohol(reads: Sequence[Read]) -> Iterator[Conflict]:
    reported = reported_alcohol(reads)
    if not reported:
        return
    known = {said.value for said in reported}
    for read in reads:
        if not read.paper.accuses:
            continue
        charged = charged_alcohol(read)
        wrong = {said.value: said for said in charged if said.value not in known}
        for value, said in wrong.items():
            if any(_rounded(Decimal(each), Decimal(value)) for each in known):
                continue
            first = reported[0]
            yield conflict(
                "F401", "incident.alcohol", [_side(reported), _side([said])], first=first.value,
                paper=read.document.title, second=value,
            )  # fmt: skip


def _rounded(measured: Decimal, said: Decimal) -> bool:
    """Whether a value is the measured one, rounded to as many decimals as it has."""
    with localcontext() as context:
        context.prec = 50
        return measured.quantize(said, ROUND_HALF_UP) == said


def _side(said: Sequence[Said]) -> Side:
    return Side(value=said[0].value, sources=sources_of(said))


def _injuries(
    reads: Sequence[Read], people: Sequence[Person], closed: _Closed
) -> Iterator[Conflict]:
    grades = appraised(reads, people)
    if not grades:
        return
    hurt = [person for person in people if shown_name(person) in grades]
    for read in reads:
        if not read.paper.accuses:
            continue
        seen: set[tuple[str, str]] = set()
        for measure in read.elements.measures:
            if measure.kind != "injury":
                continue
            person = nearest(read, measure.start, people)
            if person is None and len(hurt) == 1:
                person = hurt[0]
            if person is None or person not in hurt or closed(person, "injury"):
                continue
            name = shown_name(person)
            known = {said.value for said in grades[name]}
            if any(_same_grade(measure.text, each) for each in known):
                continue
            if (name, measure.text) in seen or _plural(read, measure.start, grades, measure.text):
                continue
            seen.add((name, measure.text))
            here = Side(value=measure.text, sources=(read.cite(measure.start, measure.stop),))
            yield conflict(
                "F402", f"{person.group() or 'victims'}[{name}].injury",
                [_side(grades[name]), here], name=name, first=grades[name][0].value,
                paper=read.document.title, second=measure.text,
            )  # fmt: skip


def _same_grade(one: str, other: str) -> bool:
    """轻伤 is 轻伤二级 told shortly."""
    short, long = sorted((one, other), key=len)
    return long.startswith(short)


def _plural(read: Read, at: int, grades: dict[str, list[Said]], text: str) -> bool:
    """A sentence on several people: the grade is that of another of them."""
    clause = read.before(at, 120).rpartition("。")[2]
    named = [name for name in grades if name in clause]
    several = len(named) > 1 or re.search(r"[二两三四]人|分别|均", clause)
    return bool(several) and any(
        _same_grade(text, said.value) for name in (named or grades) for said in grades[name]
    )


# --- course of the case -----------------------------------------------------------------------


def _warrants(
    reads: Sequence[Read], people: Sequence[Person], closed: _Closed
) -> Iterator[Conflict]:
    """The day of a 强制措施 in a charge must be one that its warrant bears."""
    for person in people:
        if person.group() != "defendants":
            continue
        for read in reads:
            kind = read.paper.measure
            if not kind or read.document.id not in person.documents or closed(person, kind):
                continue
            days = _days(read, person)
            if not days:
                continue
            others = [
                r for r in reads
                if r is not read and r.paper.measure == kind and r.document.id in person.documents
            ]  # fmt: skip
            for other in others:
                days |= _days(other, person)
            yield from _measured(person, kind, days, read, reads)


def _days(read: Read, person: Person) -> dict[str, Said]:
    """Days that a warrant bears, but for birthdays."""
    births = person.values("birth") | {
        n[6:10] + "-" + n[10:12] + "-" + n[12:14] for n in person.ids
    }
    found: dict[str, Said] = {}
    for moment in read.elements.moments:
        if moment.date is not None and (day := moment.date.isoformat()) not in births:
            found.setdefault(day, Said(day, read.code, read.cite(moment.start, moment.stop)))
    if read.document.day and read.document.day not in found:
        place = read.cite(0, min(len(read.text), 1))
        found[read.document.day] = Said(read.document.day, read.code, place)
    return found


def _measured(
    person: Person, kind: str, days: dict[str, Said], warrant: Read, reads: Sequence[Read]
) -> Iterator[Conflict]:
    charging = {read.document.id: read for read in reads if read.paper.accuses}
    name = shown_name(person)
    done: set[tuple[int, str]] = set()
    for mention in person.mentions:
        read = charging.get(mention.document.id)
        told = [m for m in mention.party.measures if m.kind == kind and m.day is not None]
        if read is None or not told:
            continue
        if any(m.day is not None and m.day.isoformat() in days for m in told):
            continue
        measure = told[0]
        assert measure.day is not None
        second = measure.day.isoformat()
        if (read.document.id, second) in done:
            continue
        done.add((read.document.id, second))
        first = max(days.values(), key=lambda said: said.value == warrant.document.day)
        there = Side(value=first.value, sources=(first.source,))
        here = Side(value=second, sources=(read.cite(measure.start, measure.stop),))
        yield conflict(
            "F501", f"defendants[{name}].{kind}", [there, here], name=name, kind=kind,
            warrant=warrant.document.title, first=first.value, paper=read.document.title,
            second=second,
        )  # fmt: skip


def _defendants(
    reads: Sequence[Read], people: Sequence[Person], closed: _Closed
) -> Iterator[Conflict]:
    """Who is charged was named by the police."""
    opinions = [r for r in reads if r.paper.accuses and r.paper.voice == "police"]
    named = {r.document.id for r in opinions}
    if not any(p.documents & named for p in people if p.group() == "defendants"):
        return
    texts = [form(opinion.text).text for opinion in opinions]
    for read in reads:
        if not read.paper.accuses or read.paper.voice != "prosecution":
            continue
        for person in people:
            if person.documents & named or read.document.id not in person.documents:
                continue
            own = [
                m for m in person.mentions
                if m.document.id == read.document.id and group_of(m.party.role) == "defendants"
            ]  # fmt: skip
            if not own or closed(person, ""):
                continue
            name = shown_name(person)
            if any(each in text for text in texts for each in person.names):
                continue
            here = Side(value=name, sources=(read.cite(own[0].party.start, own[0].party.stop),))
            there = Side(value="", sources=tuple(o.cite(0, min(len(o.text), 40)) for o in opinions))
            yield conflict(
                "F601", f"defendants[{name}]", [here, there], paper=read.document.title, name=name
            )


_QUOTED = {"P07": "起诉书", "L29": "起诉意见书", "Z09": "判决书"}
"""Documents whose numbers others quote, and the word behind the quoted number."""


def _numbers(reads: Sequence[Read], settled: Settled) -> Iterator[Conflict]:
    """A number by which a document is quoted is its own."""
    for code, word in _QUOTED.items():
        own: dict[str, Said] = {}
        for read in reads:
            number = read.document.number
            if read.code == code and number:
                at = _find(read, number)
                own[plain_number(number)] = Said(number, code, read.cite(*at))
        if not own:
            continue
        for read in reads:
            if read.code == code:
                continue
            for each in read.elements.numbers:
                after = normal(read.text[each.stop : each.stop + 12])
                if not re.match(rf"\)?(?:《|刑事)?{word}", after):
                    continue
                if plain_number(each.number) in own or plain_number(each.number) in settled.numbers:
                    continue
                if plain_number(each.number) in {settled.numbers.get(number) for number in own}:
                    continue
                first = next(iter(own.values()))
                if not (read.printed(each.start, each.stop)) and _close(
                    plain_number(each.number), plain_number(first.value)
                ):
                    continue
                here = Side(value=each.number, sources=(read.cite(each.start, each.stop),))
                yield conflict(
                    "F701", number_path(each.number), [_side([first]), here], kind=word,
                    first=first.value, second=each.number,
                )  # fmt: skip


def _close(one: str, other: str) -> bool:
    """Misread on a scan: a character other than a digit differs."""
    digits = re.sub(r"\D", "", one), re.sub(r"\D", "", other)
    return digits[0] == digits[1]


def _find(read: Read, value: str) -> tuple[int, int]:
    whole = form(read.text)
    at = whole.text.find(normal(value))
    return whole.span(at, at + len(normal(value))) if at >= 0 else (0, min(1, len(read.text)))
