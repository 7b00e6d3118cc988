"""The report of contradictions finds what was planted, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from fact_cases import CLEAN, PLANTED, documents, take_in

from dossier import Archive
from dossier.facts import case_facts
from dossier.facts.kinds import conflict_kinds

TOGETHER = [
    "birth differs", "sex differs", "ID number differs", "one ID number, two names",
    "appraised sum in the opinion", "seized and gone", "alcohol in the indictment",
    "injury grade in the indictment", "day of detention", "charged but not named by the police",
    "number of the opinion",
]  # fmt: skip


def test_a_clean_dossier_has_no_contradiction(archive: Archive) -> None:
    assert archive.dossier("尚文海案").facts.conflicts == ()


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_contradiction_is_found_alone(
    name: str, clean: Archive, tmp_path: Path
) -> None:
    planted = PLANTED[name]
    found = case_facts(
        documents(planted.into(CLEAN), tmp_path, clean.dossier("尚文海案"))
    ).conflicts
    assert [each.code for each in found] == [planted.code] * planted.times
    for each in found:
        assert "{" not in each.message("zh") + each.message("en")
        assert each.code == "F105" or len(each.sides) == 2
        assert all(side.sources for side in each.sides)
        quoted = "".join(source.text for side in each.sides for source in side.sources)
        assert quoted


def test_all_planted_contradictions_of_one_dossier_are_found(
    clean: Archive, tmp_path: Path
) -> None:
    files = CLEAN
    for name in TOGETHER:
        files = PLANTED[name].into(files)
    found = take_in(clean, files, tmp_path, "planted").facts.conflicts
    wanted = [PLANTED[name].code for name in TOGETHER for _ in range(PLANTED[name].times)]
    assert sorted(each.code for each in found) == sorted(wanted)


def test_every_kind_of_contradiction_is_planted_somewhere() -> None:
    planted = {planted.code for planted in PLANTED.values()}
    assert set(conflict_kinds()) - {"F108", "F901"} == planted


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("检察卷/01起诉书.txt", "被害人卫长青", "被害人卫某某"),  # masked
        ("检察卷/01起诉书.txt", "3900余元", "约0.39万元"),  # rounded
        ("检察卷/01起诉书.txt", "轻伤二级", "轻伤"),  # told shortly
        ("证据材料卷/01户籍证明.txt", "：临泉市柳林区槐香路14号", "：皖北省临泉市柳林区槐香路14号"),
        ("诉讼文书卷/04随案移送清单.txt", "白鹭牌照相机", "黑色白鹭牌照相机"),
        # signed a day before it was carried out
        ("诉讼文书卷/02逮捕证.txt", "二〇二三年五月十九日", "二〇二三年五月十八日"),
        ("证据材料卷/03询问笔录.txt", "341221197908022933", "341221790802293"),  # the old form
        ("诉讼文书卷/03起诉意见书.txt", "共计人民币6350元", "共计人民币0.64万元左右"),
    ],
)  # fmt: skip
def test_no_false_alarm(file: str, old: str, new: str, clean: Archive, tmp_path: Path) -> None:
    files = {**CLEAN, file: CLEAN[file].replace(old, new)}
    assert files != CLEAN
    found = case_facts(documents(files, tmp_path, clean.dossier("尚文海案"))).conflicts
    assert [each.message() for each in found] == []
