"""In which order of authority a judgment stands, seen from where the case is tried."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import yaml

from dossier.similarity import CaseProfile

from ..elements.courts import court_above, place_of, whole_name


@lru_cache(maxsize=1)
def _order() -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    table = yaml.safe_load((resources.files(__package__) / "authority.yaml").read_text("utf-8"))
    return tuple((each["code"], each["name"], tuple(each["words"])) for each in table["order"])


def authority_of(
    case: CaseProfile, theirs: CaseProfile, court: str, named: str, own: str = ""
) -> str:
    """Code of authority.yaml for a judgment of `court`; `named` is its title and corpus, `own` the
    court that tries the case.

    Without the region of the case no court is its own, its upper or its province's.
    """
    by_words = next((code for code, _, words in _order() if any(w in named for w in words)), None)
    if theirs.guiding or by_words == "guiding":
        return "guiding"
    if by_words is not None:
        return by_words
    if theirs.court_level == "最高":
        return "supreme"
    own, court = whole_name(own), whole_name(court)
    place = place_of(court) or theirs.region or ""
    mine = case.region or place_of(own)
    if theirs.court_level == "高级" and place and mine.startswith(place):
        return "province"
    if own and court and court in (own, court_above(own)):
        return "upper_or_own"
    if mine and place:
        upper = theirs.court_level == "中级" and case.court_level != "中级"
        known_above = bool(own and court_above(own))
        if (upper and not known_above and mine.startswith(place)) or (
            not own
            and theirs.court_level == (case.court_level or "基层")
            and (mine.endswith(place) or place.endswith(mine))
        ):
            return "upper_or_own"
    return "other"


def authority_name(code: str) -> str:
    """As shown: 指导性案例."""
    return next(name for each, name, _ in _order() if each == code)


def authority_place(code: str) -> int:
    """0 for the highest."""
    return next(place for place, (each, _, _) in enumerate(_order()) if each == code)


def level_of(court: str) -> str | None:
    """最高, 高级, 中级, 基层; None where the name is no court's."""
    names = {"最高人民法院": "最高", "高级人民法院": "高级", "中级人民法院": "中级"}
    found = next((level for end, level in names.items() if court.endswith(end)), None)
    return found or ("基层" if court.endswith("法院") else None)
