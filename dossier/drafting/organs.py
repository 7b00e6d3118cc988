"""The organs of a case: read from its documents, or reckoned from one another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dossier.templates import Leaf

from ..elements.courts import court_above
from .leaves import derived, of_said
from .reflow import cited
from .source import CaseSource, SourceDocument

_POLICE = re.compile(r".{1,20}?公安(?:局|厅|处)(?:[^局]{1,12}?分局)?")
_ADDRESSED = r"此致\s{{0,6}}([\u4e00-\u9fff]{{2,30}}{ending})"
_APPEAL = re.compile(r"向([\u4e00-\u9fff\s]{4,40}?人民法院)提出上诉")
_ENDINGS = {"procuratorate": "人民检察院", "court": "人民法院"}
_PAPERS = {
    "police": ("L29", "L03", "L07", "L10", "L13", "L12", "L01"),
    "procuratorate": ("P07", "L11", "P05", "P01", "P04"),
    "court": ("Z09", "Z13", "Z10", "Z02"),
    "correction": ("Z07",),
}
_WRITTEN_TO = {"procuratorate": ("L29", "L10"), "court": ("P07", "P05", "P06")}
"""Documents that end with 此致 and the name of such an organ."""


def organs(source: CaseSource) -> dict[str, Leaf]:
    """公安机关, 检察院, 法院, 上级法院, 社区矫正机构 as far as the case gives them."""
    police = _police(source)
    procuratorate = _named(source, "procuratorate")
    court = _named(source, "court")
    if court is None and procuratorate is not None:
        court = _counterpart(procuratorate, "人民检察院", "人民法院")
    elif procuratorate is None and court is not None:
        procuratorate = _counterpart(court, "人民法院", "人民检察院")
    found = {
        "police": police,
        "procuratorate": procuratorate,
        "court": court,
        "upper_court": _upper(source, court),
        "correction": _correction(source),
    }
    return {code: leaf for code, leaf in found.items() if leaf is not None}


def _counterpart(leaf: Leaf, ending: str, other: str) -> Leaf:
    """Courts and procuratorates stand side by side: 城关区人民检察院, 城关区人民法院."""
    return derived(str(leaf.value).removesuffix(ending) + other, leaf)


def _issuers(source: CaseSource, organ: str) -> Iterable[Leaf]:
    documents = source.of(*_PAPERS[organ])
    others = [d for d in source.documents if d not in documents and d.type_code != "X01"]
    for document in [*documents, *others]:
        leaf = of_said(document.said("organ"))
        if leaf is not None:
            yield leaf


def _police(source: CaseSource) -> Leaf | None:
    """The office that has the case, not its stations (派出所, 大队)."""
    for leaf in _issuers(source, "police"):
        match = _POLICE.match(str(leaf.value))
        if match is not None:
            return leaf if match[0] == leaf.value else derived(match[0], leaf)
    return None


def _named(source: CaseSource, organ: str) -> Leaf | None:
    ending = _ENDINGS[organ]
    for leaf in _issuers(source, organ):
        if str(leaf.value).endswith(ending):
            return leaf
    pattern = re.compile(_ADDRESSED.format(ending=ending))
    for document in source.of(*_WRITTEN_TO[organ]):
        found = _found(document, pattern)
        if found is not None:
            return found
    return None


def _found(document: SourceDocument, pattern: re.Pattern[str]) -> Leaf | None:
    match = pattern.search(document.text.text)
    if match is None:
        return None
    name = re.sub(r"\s+", "", match[1])
    return Leaf(name, "document", cited(document.text, *match.span(1)))


def _upper(source: CaseSource, court: Leaf | None) -> Leaf | None:
    for document in source.of("Z09", "Z10"):
        leaf = _found(document, _APPEAL)
        if leaf is not None:
            return leaf
    above = court_above(str(court.value)) if court is not None else ""
    return derived(above, court) if above else None


def _correction(source: CaseSource) -> Leaf | None:
    for document in source.of(*_PAPERS["correction"]):
        leaf = of_said(document.said("organ"))
        if leaf is not None and ("司法" in str(leaf.value) or "社区矫正" in str(leaf.value)):
            return leaf
    return None
