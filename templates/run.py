"""One filling of a template: what it may cost, what it has read, and what it lacks."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from .fields import Field
from .values import Filled, Gap, Leaf, Node


class TemplateFault(Exception):
    """Something a template must not do or cannot do; rendering adds where it stands."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one filling may cost: `steps` of the template (loop rounds, calls, filters),
    `characters` it may write or join, `items` of one list, `depth` of calls in calls, `seconds`."""

    steps: int = 200_000
    characters: int = 32 * 1024**2
    items: int = 10_000
    depth: int = 40
    seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a tag stands: `file` (part of the package), `text` of its paragraph, the `tag`; and
    for outputs the XML properties of paragraph and run, or that it is an attribute's value."""

    file: str
    text: str
    tag: str
    kind: Literal["text", "attribute", "statement"] = "statement"
    paragraph: str = ""
    run: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A leaf that an expression has read, and what it was given for it."""

    path: str
    label: str
    leaf: Leaf
    value: Any


@dataclass(slots=True)
class Run:
    """The state of one filling; `current` holds it while the template works."""

    root: Mapping[str, Field]
    node: Node
    required: frozenset[str]
    budget: Budget
    places: Sequence[Place] = ()
    draft: bool = False
    annotate: bool = False
    trace: bool = True
    reads: list[Read] = field(default_factory=list)
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    filled: list[Filled] = field(default_factory=list)
    comments: list[tuple[Filled, ...]] = field(default_factory=list)
    first_comment: int = 0
    place: int = -1
    steps: int = 0
    characters: int = 0
    depth: int = 0
    started: float = field(default_factory=time.monotonic)

    def spend(self, steps: int, characters: int = 0) -> None:
        """Raises TemplateFault when the budget is used up."""
        self.steps += steps
        self.characters += characters
        if self.steps > self.budget.steps:
            raise TemplateFault(f"it takes more than {self.budget.steps:,} steps")
        if self.characters > self.budget.characters:
            raise TemplateFault(f"it writes more than {self.budget.characters:,} characters")
        # the clock is asked on big steps and on every 256th small one
        if (steps > 256 or not self.steps & 255) and (
            time.monotonic() - self.started > self.budget.seconds
        ):
            raise TemplateFault(f"it takes longer than {self.budget.seconds:g} seconds")

    def lacks(self, path: str, label: str, each: Field, problem: str = "") -> None:
        """Remember a gap, once for each field."""
        key = (path, problem)
        if key not in self.gaps:
            stands = self.places[self.place].text if 0 <= self.place < len(self.places) else ""
            self.gaps[key] = Gap(path, label, stands, each.titles(), problem)

    def lacks_again(self, read: Read, problem: str) -> None:
        """A value that is there, and does not do."""
        found_in: tuple[str, ...] = ()
        fields = self.root
        for part in re.sub(r"\[[^\]]*\]", "", read.path).split("."):
            each = fields.get(part)
            if each is None:
                break
            found_in, fields = each.titles(), each.fields
        stands = self.places[self.place].text if 0 <= self.place < len(self.places) else ""
        gap = Gap(read.path, read.label, stands, found_in, problem)
        self.gaps.setdefault((read.path, problem), gap)


current: ContextVar[Run] = ContextVar("current")
