"""Full-text search (全文检索) over pages and judgments: query language, plans, engines."""

from __future__ import annotations

from .analysis import form, formed
from .engines import DEFAULT as DEFAULT_ENGINE
from .engines import engine as engine_of
from .engines import engine_names
from .entry import FACETS, Entry
from .matching import spans
from .plan import And, Everything, Exactly, Plan
from .planning import expansions
from .planning import plan as plan_of
from .protocol import Found, Scored, SearchIndex, Sort
from .query import Phrase, is_pasted, parse, understand

__all__ = [
    "DEFAULT_ENGINE",
    "FACETS",
    "And",
    "Entry",
    "Everything",
    "Exactly",
    "Found",
    "Phrase",
    "Plan",
    "Scored",
    "SearchIndex",
    "Sort",
    "engine_names",
    "engine_of",
    "expansions",
    "form",
    "formed",
    "is_pasted",
    "parse",
    "plan_of",
    "spans",
    "understand",
]
