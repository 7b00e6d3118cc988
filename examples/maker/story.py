"""Reads a case: its facts (YAML), its plan (YAML) and its documents (Jinja text with markup).

A document begins with `=== KEY TYPE DATE [organ=…] [title=…] [number=…]`; what is not given is
read off its `%organ`, `%title` and `%no` lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import yaml

from . import chinese
from .markup import Block, parse, plain, squeeze

HERE = Path(__file__).parent
_HEAD = re.compile(r"^=== (\S+) (\S+) (\S+)(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Paper:
    """One document before it is set."""

    key: str
    type: str
    title: str
    number: str
    date: str
    organ: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Story:
    name: str
    facts: dict[str, Any]
    plan: dict[str, Any]
    papers: dict[str, Paper]


def load(slug: str, cases: Path) -> Story:
    """The case `slug` of maker/cases, with its facts from `examples/cases`."""
    plan = yaml.safe_load((HERE / "cases" / f"{slug}.plan.yaml").read_text("utf-8"))
    name = plan["case"]
    facts = yaml.safe_load((cases / f"{name}.facts.yaml").read_text("utf-8"))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "cases"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - plain text, not HTML
    )
    environment.filters |= {
        "d": chinese.day, "t": chinese.minute, "h": chinese.hour, "cn": chinese.formal,
        "n": chinese.number, "money": chinese.money, "hand": chinese.hand,
    }  # fmt: skip
    people = {p["id"]: p for p in facts["suspects"] + facts["victims"] + facts["witnesses"]}
    text = environment.get_template(f"{slug}.txt").render(f=facts, **people)
    return Story(name, facts, plan, _papers(text))


def _papers(text: str) -> dict[str, Paper]:
    heads = list(_HEAD.finditer(text))
    papers: dict[str, Paper] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        key, kind, day, rest = head.groups()
        body = text[head.end() : following.start() if following else len(text)]
        blocks = parse(body)
        given = dict(re.findall(r"(\w+)=(\S+)", rest))
        first = {b.kind: b.text for b in reversed(blocks)}
        if key in papers:
            raise ValueError(f"two documents {key}")
        if day != "-":
            date.fromisoformat(day)
        papers[key] = Paper(
            key=key,
            type=kind,
            title=given.get("title") or squeeze(first["title"]),
            number=given.get("number") or plain(first.get("no", "")),
            date="" if day == "-" else day,
            organ=given.get("organ") or squeeze(first.get("organ", "")),
            blocks=tuple(blocks),
        )
    return papers
