"""The facts of a case as its documents give them, each with the places it was read from.

All models are frozen. `CaseFacts.to_json()` gives plain JSON, `CaseFacts.json_schema()` its schema.
Values are texts in one writing: days 2023-05-08, moments 2023-05-08T22:30, money 2860, sex 男 or
女.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Voice = Literal["police", "prosecution", "court"]
"""Who names a charge: 公安机关, 检察机关, 法院."""

Level = Literal["error", "warning", "note"]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Frozen):
    """Where a value stands: `boxes` on page `page` are left, top, right, bottom in page units,
    one for each line it touches; `text` is what stands there."""

    document: int
    page: int
    boxes: tuple[tuple[float, float, float, float], ...]
    text: str
    title: str = ""
    """Of the document."""


class Reading(_Frozen):
    """A value that some documents give and others do not."""

    value: str
    sources: tuple[Source, ...] = ()


class FactValue(_Frozen):
    """One value. `sources` say the same; `others` are what lower documents say instead;
    `corrected` if a person set it (`sources` are then those that agree with the person)."""

    value: str
    sources: tuple[Source, ...] = ()
    corrected: bool = False
    others: tuple[Reading, ...] = ()


class MeasureFact(_Frozen):
    """强制措施: `kind` 拘留, 逮捕, 取保候审 …, the day it began, who decided it and where."""

    kind: str
    day: FactValue | None = None
    organ: str = ""
    place: str = ""


class PersonFacts(_Frozen):
    """A person or a unit of the case. `role` is the latest printed one (被告人, 犯罪嫌疑人 …)."""

    name: FactValue
    role: str
    unit: bool = False
    aliases: tuple[FactValue, ...] = ()
    sex: FactValue | None = None
    birth: FactValue | None = None
    id_number: FactValue | None = None
    ethnicity: FactValue | None = None
    education: FactValue | None = None
    occupation: FactValue | None = None
    employer: FactValue | None = None
    household: FactValue | None = None
    address: FactValue | None = None
    phone: FactValue | None = None
    credit_code: FactValue | None = None
    representative: FactValue | None = None
    injury: FactValue | None = None
    """Grade as appraised: 轻伤二级."""
    convictions: tuple[FactValue, ...] = ()
    measures: tuple[MeasureFact, ...] = ()
    detained_at: FactValue | None = None
    counsel: tuple[FactValue, ...] = ()


class ChargeFact(_Frozen):
    """A charge, who names it and of whom (no names: of all, or not known)."""

    name: str
    defendants: tuple[str, ...] = ()
    police: tuple[Source, ...] = ()
    prosecution: tuple[Source, ...] = ()
    court: tuple[Source, ...] = ()
    corrected: bool = False


class CircumstanceFact(_Frozen):
    """量刑情节 of one person ("" if the text names nobody): does it hold, and who says so."""

    defendant: str
    code: str
    holds: FactValue
    """"是" or "否"."""


class AmountFact(_Frozen):
    """A sum of money that counts in the case: the appraised value of things."""

    what: str
    value: FactValue


class InjuryFact(_Frozen):
    """An injury as graded."""

    person: str
    grade: FactValue


class IncidentFacts(_Frozen):
    """What happened: when, for how much, who was hurt. `total`: 价格认定 in all."""

    times: tuple[FactValue, ...] = ()
    amounts: tuple[AmountFact, ...] = ()
    total: FactValue | None = None
    injuries: tuple[InjuryFact, ...] = ()
    alcohol: FactValue | None = None
    """Blood alcohol in mg/100ml, a plain number."""


class PropertyFact(_Frozen):
    """A thing seized, handed over, given back or appraised, and the papers it stands on."""

    name: FactValue
    quantity: FactValue | None = None
    value: FactValue | None = None
    seized: tuple[Source, ...] = ()
    transferred: tuple[Source, ...] = ()
    returned: tuple[Source, ...] = ()
    valued: tuple[Source, ...] = ()


class SentenceFact(_Frozen):
    """What a judgment imposes on one defendant: for one charge, or, with `total`, in all."""

    defendant: str
    charge: str = ""
    total: bool = False
    penalty: str = ""
    months: int | None = None
    probation: int | None = None
    fine: str = ""
    acquitted: bool = False
    exempt: bool = False
    operative: bool = True
    source: Source


class Side(_Frozen):
    """One side of a contradiction."""

    value: str
    sources: tuple[Source, ...] = ()


class Conflict(_Frozen):
    """Documents contradict each other. Code, level and messages come from `conflicts.yaml`.

    `path`   the fact it is about, as corrections name it
    `sides`  what is said, and where: the first is what is shown
    """

    code: str
    level: Level
    path: str
    values: dict[str, str]
    messages: dict[str, str]
    sides: tuple[Side, ...] = ()

    def message(self, language: str = "zh") -> str:
        """In words; `zh` or `en`."""
        return self.messages[language]


class CaseFacts(_Frozen):
    """All facts of a case, and where its documents contradict each other."""

    defendants: tuple[PersonFacts, ...] = ()
    victims: tuple[PersonFacts, ...] = ()
    witnesses: tuple[PersonFacts, ...] = ()
    counsel: tuple[PersonFacts, ...] = ()
    charges: tuple[ChargeFact, ...] = ()
    circumstances: tuple[CircumstanceFact, ...] = ()
    incident: IncidentFacts = IncidentFacts()
    citations: tuple[FactValue, ...] = ()
    case_numbers: tuple[FactValue, ...] = ()
    property: tuple[PropertyFact, ...] = ()
    sentences: tuple[SentenceFact, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """JSON schema of `to_json`."""
        return cls.model_json_schema(mode="serialization")

    def to_json(self) -> dict[str, Any]:
        """A plain structure; `from_json` is its inverse."""
        return self.model_dump(mode="json")

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> CaseFacts:
        return cls.model_validate(data)
