"""From text to facts (要素提取): pure functions on text."""

from __future__ import annotations

from .charges import Charge, ChargeFound, all_charges, canonical_charge, charges_in
from .citations import Citation, arabic, canonical_statute, citations

__all__ = [
    "Charge",
    "ChargeFound",
    "Citation",
    "all_charges",
    "arabic",
    "canonical_charge",
    "canonical_statute",
    "charges_in",
    "citations",
]
