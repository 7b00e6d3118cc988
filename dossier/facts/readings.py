"""What one document gives, and how values of several documents become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..elements.extract import extract
from ..elements.segments import text_kind
from ..elements.values import Elements, PartyElements
from ..normal import normal
from .documents import FactDocument, Paper, rank_of
from .forms import form_people
from .people import Mention, group_of
from .stock import Stock, stock_of
from .valuation import with_conclusion
from .values import FactValue, Reading, Source

_JUDGED = ("judgment", "ruling", "indictment", "opinion")


@dataclass(frozen=True)
class Read:
    """A document with all that was read from it."""

    document: FactDocument
    paper: Paper

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def code(self) -> str:
        return self.document.type_code

    @cached_property
    def elements(self) -> Elements:
        kind = text_kind(self.text, self.document.title, self.code)
        return extract(self.text, title=self.document.title, kind=kind)

    @cached_property
    def stock(self) -> Stock:
        if not self.paper.stock:
            return Stock()
        found = stock_of(self.document)
        if self.paper.stock == "valued":
            found = with_conclusion(found, self.text, self.elements)
        return found

    def cite(self, start: int, stop: int) -> Source:
        return self.document.cite(start, stop)

    @cached_property
    def mentions(self) -> tuple[Mention, ...]:
        """The people it gives."""
        if not self.paper.people:
            return ()
        parties: list[PartyElements] = list(self.elements.parties)
        if self.elements.kind not in _JUDGED:
            parties += form_people(self.text, self.paper.people)
        return tuple(
            Mention(self.document, self._placed(party), self.printed(party.start, party.stop))
            for party in parties
            if party.name
        )

    def _placed(self, party: PartyElements) -> PartyElements:
        """With the role its paper gives (被鉴定人: 被害人) where the text's own says nothing."""
        own = self.paper.people[0]
        if group_of(party.role) is None and group_of(own) is not None:
            return replace(party, role=own)
        return party

    def printed(self, start: int, stop: int) -> bool:
        """Whether this part is no recognised image: its lines are certain."""
        return self.document.confidence(start, stop) >= 1.0

    def before(self, start: int, most: int) -> str:
        """The text before an offset in matching form."""
        return normal(self.text[max(0, start - most) : start])


@dataclass(frozen=True, slots=True)
class Said:
    """A value, as one document gives it."""

    value: str
    type_code: str
    source: Source


def chosen(field: str, said: Sequence[Said]) -> FactValue | None:
    """One value of many: that of the document that counts first for the field, of those that more
    documents give first; None if nobody says anything."""
    if not said:
        return None
    groups = grouped(said)
    support = {value: len({each.source.document for each in group}) for value, group in groups}
    ranked = sorted(
        groups,
        key=lambda pair: (
            min(rank_of(field, each.type_code) for each in pair[1]),
            -support[pair[0]],
        ),
    )
    for _, group in ranked:
        group.sort(key=lambda each: rank_of(field, each.type_code))
    (value, best), *rest = ranked
    return FactValue(
        value=value,
        sources=sources_of(best),
        others=tuple(Reading(value=other, sources=sources_of(group)) for other, group in rest),
    )


def grouped(said: Iterable[Said]) -> list[tuple[str, list[Said]]]:
    """By value, in the order of the first of each. Values that differ only in how fully they are
    written (甘肃省兰州市…, 兰州市…) are one: the fuller."""
    groups: list[tuple[str, list[Said]]] = []
    for each in said:
        for place, (value, group) in enumerate(groups):
            if same_value(value, each.value):
                group.append(each)
                groups[place] = (max(value, each.value, key=len), group)
                break
        else:
            groups.append((each.value, [each]))
    return groups


def same_value(one: str, other: str) -> bool:
    """Equal in matching form, or one is the end of the other (both of 4 characters and more)."""
    left, right = normal(one), normal(other)
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    return len(short) >= 4 and not short.isdigit() and long.endswith(short)


def sources_of(said: Iterable[Said]) -> tuple[Source, ...]:
    """Their places, each once."""
    return tuple({(s.source.page, s.source.boxes): s.source for s in said}.values())


def unique(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each place once."""
    return tuple({(source.page, source.boxes): source for source in sources}.values())
