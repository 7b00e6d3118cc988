"""What a judgment imposed, in words."""

from __future__ import annotations

from dossier.similarity import CaseProfile
from dossier.similarity.assessing import written


def result_in_words(profile: CaseProfile) -> str:
    """What the first defendant got in all: 有期徒刑1年，缓刑2年，并处罚金2,000元; "" if unknown."""
    if not profile.penalty:
        return ""
    said = profile.penalty
    if profile.months and said not in ("罚金", "免予刑事处罚"):
        said += written(profile.months)
    if profile.probation:
        said += f"，缓刑{written(profile.probation)}"
    if profile.fine and profile.penalty != "罚金":
        said += f"，并处罚金{profile.fine:,.0f}元"
    elif profile.fine:
        said += f"{profile.fine:,.0f}元"
    return said
