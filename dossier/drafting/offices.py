"""The offices of an archive: 机关代字, where numbers begin, and what every document of theirs says.

`<archive>/offices.yaml`, written by hand:

    version: 1
    source: 本局文书编号办法
    effective_from: 2023-01-01
    offices:
      兰州市公安局城关分局:
        prefix: 兰公城
        start: {诉: {2023: 9046}}       # the first serial of a kind in a year
        fields: {检察院: 兰州市城关区人民检察院}
    fields: {社区矫正机构: 兰州市城关区社区矫正管理局}   # whoever makes the document
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from ..elements.courts import court_code
from ..elements.tables import Sourced, Strict, validated
from ..errors import BadData

OrganKind = Literal["police", "procuratorate", "court", "detention", "correction"]

NAME = "offices.yaml"
_LARGEST = 1_000_000
"""Bytes of a file that a person wrote."""


class Office(Strict):
    """What an archive knows of one office."""

    prefix: str = Field(default="", max_length=40)
    start: dict[str, dict[int, int]] = Field(default_factory=dict)
    """The first serial, by kind of document and year."""
    fields: dict[str, str] = Field(default_factory=dict)
    """Fields, by path, that its documents have if the case gives nothing."""


class Offices(Sourced):
    """`offices.yaml` of an archive."""

    offices: dict[str, Office] = Field(default_factory=dict)
    fields: dict[str, str] = Field(default_factory=dict)

    def of(self, organ: str) -> Office:
        """The office of this name; an empty one if the file does not have it."""
        return self.offices.get(organ, Office())

    def first_serial(self, organ: str, kind: str, year: int) -> int:
        """Where the numbers of a kind begin in a year: 1 unless the file says otherwise."""
        return self.of(organ).start.get(kind, {}).get(year, 1)

    def defaults(self, organ: str) -> dict[str, str]:
        """Fields by path for documents of an office: its own before those of all."""
        return {**self.fields, **self.of(organ).fields}


def no_offices() -> Offices:
    """What holds where no file says anything."""
    return Offices.model_validate({"version": 1, "source": "none", "effective_from": "1979-07-01"})


def read_yaml(path: Path) -> Any:
    """What a person's YAML file holds. Raises BadData for one that is too large, has aliases or is
    none, and FileNotFoundError."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise BadData("larger than 1 MB", where=str(path), advice="keep only what is needed")
        text = content.decode("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
            # a few lines of them can stand for more than any memory holds
            raise BadData("YAML with aliases", where=str(path), advice="write each value out")
        return yaml.safe_load(text)
    except FileNotFoundError:
        raise
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise BadData(f"cannot be read ({error})", where=str(path)) from error


def load_offices(home: Path) -> Offices:
    """The offices of the archive in this folder; none if the file is absent. Raises BadData."""
    path = home / NAME
    try:
        data = read_yaml(path)
    except FileNotFoundError:
        return no_offices()
    return validated(Offices, data, str(path))


_POLICE = re.compile(r"([^（(〔\[\d]{2,12})[（(][^）)]{1,12}[）)]")
_PROCURATORATE = re.compile(r"([^（(〔\[\d]{1,12}?检)")
_COURT = re.compile(r"[（(]\d{4}[）)]([\u4e00-\u9fff]\d{0,6})[\u4e00-\u9fff]")
_HEADS = {"police": _POLICE, "procuratorate": _PROCURATORATE}


@lru_cache(maxsize=1024)
def prefix_in(number: str, kind: OrganKind) -> str:
    """The 机关代字 with which a 文号 begins: 兰公城 of 兰公城（刑）诉字〔2023〕9045号, 兰城检 of
    兰城检批捕〔2023〕9041号, 甘0102 of （2023）甘0102刑初9025号. "" if it is no number of such
    an organ."""
    head = _COURT if kind == "court" else _HEADS.get(kind)
    match = head.match(number) if head is not None else None
    if match is None:
        return ""
    prefix = match[1]
    return prefix if kind != "police" or "公" in prefix else ""


def prefix_of(
    organ: str,
    kind: OrganKind,
    numbers: Iterable[tuple[str, str]],
    offices: Offices | None = None,
) -> str:
    """The 机关代字 of an organ: as the archive's file has it, else the commonest among its
    numbers (pairs of issuing organ and 文号), else, for a court, its code. "" if nothing says."""
    given = offices.of(organ).prefix if offices is not None else ""
    if given or not organ:
        return given
    found: Counter[str] = Counter()
    for issuer, number in numbers:
        prefix = prefix_in(number, kind) if issuer.startswith(organ) else ""
        if prefix:
            found[prefix] += 1
    if found:
        return found.most_common(1)[0][0]
    return court_code(organ) if kind == "court" else ""
