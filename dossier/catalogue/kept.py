"""Cataloguing with corrections kept from before: what no longer fits must not stop the dossier."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from ..errors import BadCorrection
from .build import catalogue
from .corrections import Correction
from .findings import finding
from .types import DocumentTypes
from .values import Catalogue, CataloguePage


def catalogue_with(
    pages: Sequence[CataloguePage],
    kept: Sequence[Correction],
    new: Sequence[Correction] = (),
    *,
    types: DocumentTypes | None = None,
) -> Catalogue:
    """`catalogue` with corrections `kept` from earlier and `new` ones just made.

    A kept correction that contradicts a later one, or the dossier as it is now, is left out and
    reported as finding C902; a new one that fits nothing raises BadCorrection.
    """
    try:
        return catalogue(pages, [*kept, *new], types=types)
    except BadCorrection as error:
        try:
            best = catalogue(pages, new, types=types)
        except BadCorrection:
            raise error from None
    # rare, so simple: the later word wins, older ones join as far as they fit
    fitting: list[Correction] = list(new)
    left_out = []
    for correction in reversed(kept):
        try:
            best = catalogue(pages, [correction, *fitting], types=types)
        except BadCorrection:
            left_out.append(correction)
        else:
            fitting.insert(0, correction)
    words = [json.dumps(one.to_json(), ensure_ascii=False, sort_keys=True) for one in left_out]
    reported = tuple(finding("C902", (), correction=word) for word in reversed(words))
    return replace(best, findings=best.findings + reported)
