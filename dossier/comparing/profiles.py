"""From a dossier, a text or a judgment to what may be compared; nothing personal goes along."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dossier.similarity import INJURIES, CaseProfile, profile_of
from dossier.similarity.profile import role_of

from ..elements import Elements, extract
from ..elements.courts import court_of_number, place_of, whole_name
from ..elements.numbers import case_numbers
from ..errors import NotInArchive
from ..facts import CaseFacts
from ..holdings import Document, Dossier
from ..judgments import Judgment
from ..normal import normal
from ..records import Database, JudgmentRow
from .authority import level_of

_TYPES = ("起诉书", "起诉意见书", "刑事判决书", "提请批准逮捕书")
"""Documents that tell the facts of a case in whole, the best first."""
_TOLD = ("facts", "prosecution", "conclusion")
_BEGIN = re.compile(r"(?:审理|依法|审查|侦查)?查明[，,：:]")
_TRIED = re.compile(r"刑[初终再]")
_ADDRESSED = re.compile(r"此\s*致[：:]?\s*([\u4e00-\u9fff]{2,24}?人民(?:法院|检察院))")
_PROSECUTING = re.compile(r"(?m)^\s*([\u4e00-\u9fff]{2,24}?人民检察院)\s*$")
_ENOUGH = 40
_HEAD = 200
_GUIDING = ("指导性案例", "指导案例")


@dataclass(frozen=True, slots=True)
class Told:
    """A case to compare: its profile, the text it was read from, and where that came from.

    `source`  "text", "judgment 3" or "起诉书" of a dossier; `case`, `judgment` ids, if it is one
    `court`   that tries it, its whole name, "" if nothing says; `numbers` 案号 of the case in
              matching form
    """

    profile: CaseProfile
    text: str
    source: str
    case: int | None = None
    judgment: int | None = None
    court: str = ""
    numbers: tuple[str, ...] = ()


def profile_of_text(text: str) -> Told:
    """Of a text: the facts of a case alone, or a whole paper. Raises ValueError for a blank one."""
    if not text.strip():
        raise ValueError("the text is empty: tell the facts of the case")
    # further down other cases are cited
    own = [n for n in case_numbers(text[:_HEAD]) if n.kind == "court"][:1]
    court = whole_name(own[0].court) if own else ""
    return Told(
        profile_of(text), text, "text", court=court, numbers=tuple(normal(n.number) for n in own)
    )


def told_judgment(database: Database, judgment: Judgment) -> Told:
    """Of a judgment of the collection, to look for others like it."""
    with database.read() as session:
        row = session.get(JudgmentRow, judgment.id)
        if row is None:
            raise NotInArchive(f"judgment {judgment.id} was removed")
        court = whole_name(row.court or court_of_number(row.number))
        profile = profile_of_judgment(row)
        profile = replace(profile, region=profile.region or place_of(court) or None)
        return Told(profile, row.text, f"judgment {row.id}", judgment=judgment.id, court=court)


def profile_of_judgment(row: JudgmentRow, read: Elements | None = None) -> CaseProfile:
    """Of a judgment of the collection; its text must have been loaded. `read` what was already
    read from it."""
    court = row.court or court_of_number(row.number)
    profile = profile_of(
        row.text,
        title=row.title,
        day=row.day,
        court=court,
        guiding=any(word in f"{row.title} {row.source}" for word in _GUIDING),
        names=row.card.get("parties", ()),
        read=read,
    )
    if not profile.charges:
        profile = replace(profile, charges=tuple(row.card.get("charges", ())))
    return profile


def profile_of_dossier(dossier: Dossier, person: str | None = None) -> Told:
    """Of a dossier: the facts as its latest indictment (else 起诉意见书 …) tells them, charges,
    circumstances and sums as its facts say, also as people corrected them.

    `person`  only the charges and circumstances of this one. Raises ValueError for a name that is
    no defendant's. A dossier without such a paper has a profile without facts.
    """
    facts = dossier.facts
    names = [each.name.value for each in facts.defendants]
    if person is not None and person not in names:
        raise ValueError(f"{person} is no defendant of {dossier.name}: {'、'.join(names) or '—'}")
    paper = _paper(dossier.documents)
    text = "\n".join(page.text for page in paper.pages) if paper else ""
    charges = _charges(facts, person)
    everybody = [*facts.defendants, *facts.victims, *facts.witnesses, *facts.counsel]
    profile = profile_of(
        text,
        title=paper.title if paper else "",
        charges=charges,
        names=[each.name.value for each in everybody],
    )
    court = _trying(facts, text)
    circumstances = _circumstances(facts, person)
    # what the paper says of several is not to be said of one of them
    whole = person is None or len(names) < 2
    if whole:
        circumstances = circumstances or profile.circumstances
    profile = replace(
        profile,
        charges=profile.charges if charges or whole else (),
        circumstances=circumstances,
        role=role_of(circumstances),
        amount=_number(facts.incident.total.value if facts.incident.total else "")
        or profile.amount,
        alcohol=_number(facts.incident.alcohol.value if facts.incident.alcohol else "")
        or profile.alcohol,
        injury=_injury(facts) or profile.injury,
        region=place_of(court) or profile.region or None,
        court_level=level_of(court) or profile.court_level,
    )
    return Told(
        profile,
        text,
        paper.title if paper else "",
        case=dossier.id,
        court=court,
        numbers=tuple(normal(n.value) for n in facts.case_numbers if _TRIED.search(n.value)),
    )


def told_span(text: str, read: Elements | None = None) -> tuple[int, int]:
    """Where a text tells the facts: the stretch that passages are shown from; all of it if no part
    is known as that. `read` what was already read from the text."""
    segments = (read or extract(text)).segments
    parts = [s for s in segments if s.kind in _TOLD]
    found = [s for s in parts if s.kind == "facts"] or parts
    if found and sum(s.stop - s.start for s in found) >= _ENOUGH:
        return found[0].start, found[-1].stop
    # told in the history of the case: from 查明 on to 本院认为
    stop = next((s.start for s in segments if s.kind in ("reasoning", "decision")), len(text))
    begin = _BEGIN.search(text, 0, stop)
    start = begin.end() if begin else 0
    return (start, stop) if stop - start >= _ENOUGH else (0, len(text))


def _trying(facts: CaseFacts, text: str) -> str:
    """The court that tries a case: of its 案号, else the one the paper is addressed to, else that
    beside the procuratorate it is addressed to or comes from. "" if nothing says."""
    for number in facts.case_numbers:
        if _TRIED.search(number.value) and (court := court_of_number(number.value)):
            return court
    found = [*_ADDRESSED.findall(text), *_PROSECUTING.findall(text)]
    name = next(iter(found), "").replace("检察院", "法院")
    return whole_name(name)


def _paper(documents: list[Document]) -> Document | None:
    for title in _TYPES:
        fitting = [each for each in documents if each.card.get("type_name") == title]
        if fitting:
            return fitting[-1]
    return None


def _charges(facts: CaseFacts, person: str | None) -> list[str]:
    """Those the highest voice names: court, else prosecution, else police."""
    mine = [
        c for c in facts.charges if person is None or not c.defendants or person in c.defendants
    ]
    for voice in ("corrected", "court", "prosecution", "police"):
        if named := [each.name for each in mine if getattr(each, voice)]:
            return named
    return [each.name for each in mine]


def _circumstances(facts: CaseFacts, person: str | None) -> tuple[tuple[str, bool], ...]:
    found: dict[str, bool] = {}
    for each in facts.circumstances:
        if person is None or each.defendant in ("", person):
            found[each.code] = found.get(each.code, False) or each.holds.value == "是"
    return tuple(sorted(found.items()))


def _injury(facts: CaseFacts) -> str | None:
    grades = [each.grade.value for each in facts.incident.injuries]
    return max((g for g in grades if g in INJURIES), key=INJURIES.index, default=None)


def _number(value: str) -> float | None:
    try:
        return float(value) or None
    except ValueError:
        return None
