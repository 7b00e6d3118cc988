"""From text to facts (要素提取): pure functions on text."""

from __future__ import annotations

from .charges import Charge, ChargeFound, all_charges, canonical_charge, charges_in
from .citations import Citation, arabic, canonical_statute, citations
from .extract import extract
from .segments import text_kind
from .values import (
    Amount,
    CaseNumber,
    ChargeMention,
    Circumstance,
    CoerciveMeasure,
    Conviction,
    Elements,
    Field,
    Identifier,
    Measure,
    Moment,
    PartyElements,
    Restitution,
    Segment,
    SegmentKind,
    Sentence,
    Speaker,
    TextKind,
)

__all__ = [
    "Amount",
    "CaseNumber",
    "Charge",
    "ChargeFound",
    "ChargeMention",
    "Circumstance",
    "Citation",
    "CoerciveMeasure",
    "Conviction",
    "Elements",
    "Field",
    "Identifier",
    "Measure",
    "Moment",
    "PartyElements",
    "Restitution",
    "Segment",
    "SegmentKind",
    "Sentence",
    "Speaker",
    "TextKind",
    "all_charges",
    "arabic",
    "canonical_charge",
    "canonical_statute",
    "charges_in",
    "citations",
    "extract",
    "text_kind",
]
