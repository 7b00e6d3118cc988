"""The report of contradictions finds what was planted, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from fact_cases import CLEAN, PLANTED, documents, take_in

from dossier import Archive
from dossier.facts import CaseFacts, Conflict, FactCorrection, FactDocument, case_facts
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


def _words(conflict: Conflict) -> list[str]:
    """What a person may say about the path of a conflict: what either side says, or nothing."""
    said = [conflict.sides[0].value, ""]
    if conflict.code in ("F301", "F302", "F601"):
        said[0] = conflict.path.partition("[")[2].removesuffix("]")
    return said[:1] if conflict.path.endswith(".name") else said


def _settles(read: list[FactDocument], conflict: Conflict, value: str) -> CaseFacts:
    return case_facts(read, [FactCorrection(path=conflict.path, value=value)])


@pytest.mark.parametrize("name", PLANTED)
def test_the_correction_that_its_path_names_settles_a_contradiction(
    name: str, clean: Archive, tmp_path: Path
) -> None:
    read = documents(PLANTED[name].into(CLEAN), tmp_path, clean.dossier("尚文海案"))
    conflict = case_facts(read).conflicts[0]
    for value in _words(conflict):
        assert [each.message() for each in _settles(read, conflict, value).conflicts] == []


def test_a_correction_settles_no_other_contradiction(clean: Archive, tmp_path: Path) -> None:
    files = CLEAN
    for name in [*TOGETHER, "appraised sum in the indictment"]:
        files = PLANTED[name].into(files)
    read = documents(files, tmp_path, clean.dossier("尚文海案"))
    found = case_facts(read).conflicts
    assert len({each.path for each in found}) == len(found) == len(TOGETHER) + 1
    for conflict in found:
        left = _settles(read, conflict, _words(conflict)[0]).conflicts
        assert [e.code for e in left] == [e.code for e in found if e is not conflict]


def test_a_person_renamed_or_taken_out_stays_settled(clean: Archive, tmp_path: Path) -> None:
    files = PLANTED["injury grade in the indictment"].into(CLEAN)
    read = documents(files, tmp_path, clean.dossier("尚文海案"))
    renamed = FactCorrection(path="victims[卫长青].name", value="卫常清")
    graded = FactCorrection(path="victims[卫常清].injury", value="轻伤一级")
    facts = case_facts(read, [renamed, graded])
    assert facts.conflicts == ()
    assert [(i.person, i.grade.value) for i in facts.incident.injuries] == [("卫常清", "轻伤一级")]
    assert [each.code for each in case_facts(read, [renamed]).conflicts] == ["F402"]
    assert case_facts(read, [FactCorrection(path="victims[卫长青]", value="")]).conflicts == ()


def test_the_appraised_grade_is_the_persons(clean: Archive) -> None:
    facts = clean.dossier("尚文海案").facts
    hurt = [p for p in facts.victims if p.injury is not None]
    assert [(p.name.value, p.injury and p.injury.value) for p in hurt] == [("卫长青", "轻伤二级")]
