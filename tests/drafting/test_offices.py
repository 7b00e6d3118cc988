"""Settings of offices, and 机关代字 read from the numbers of a dossier."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.drafting import load_offices, prefix_of
from dossier.drafting.offices import OrganKind, prefix_in
from dossier.elements.courts import court_above, court_code
from dossier.errors import BadData

HEAD = "version: 1\nsource: test\neffective_from: 2023-01-01\n"


@pytest.mark.parametrize(
    ("number", "kind", "prefix"),
    [
        ("兰公城（刑）诉字〔2023〕9045号", "police", "兰公城"),
        ("兰公城(刑)诉字[2023]9045号", "police", "兰公城"),
        ("张公甘（交）受案字〔2023〕9206号", "police", "张公甘"),
        ("兰城检批捕〔2023〕9041号", "procuratorate", "兰城检"),
        ("金金检刑诉〔2023〕9036号", "procuratorate", "金金检"),
        ("（2023）甘0302刑初9025号", "court", "甘0302"),
        ("（2023）甘刑终1号", "court", "甘"),
        ("弱水司鉴〔2023〕毒检字第9143号", "police", ""),
        ("第0009147号", "police", ""),
        ("兰公城（刑）诉字〔2023〕9045号", "court", ""),
        ("兰公城（刑）诉字〔2023〕9045号", "detention", ""),
        ("", "procuratorate", ""),
    ],
)
def test_a_number_shows_whose_it_is(number: str, kind: OrganKind, prefix: str) -> None:
    assert prefix_in(number, kind) == prefix


def test_an_organs_prefix_is_that_of_its_own_numbers() -> None:
    numbers = [
        ("兰州市公安局城关分局云岭路派出所", "兰公城（云岭）受案字〔2023〕9118号"),
        ("兰州市公安局七里河分局", "兰公七（刑）立字〔2023〕1号"),
        ("兰州市公安局七里河分局", "兰公七（刑）立字〔2023〕2号"),
        ("兰州市城关区人民检察院", "兰城检批捕〔2023〕9041号"),
    ]
    assert prefix_of("兰州市公安局城关分局", "police", numbers) == "兰公城"
    assert prefix_of("兰州市城关区人民检察院", "procuratorate", numbers) == "兰城检"
    assert prefix_of("兰州市城关区人民法院", "court", numbers) == "甘0102"
    assert prefix_of("兰州市公安局安宁分局", "police", numbers) == ""
    assert prefix_of("", "police", numbers) == ""


def test_a_file_says_what_the_numbers_do_not(tmp_path: Path) -> None:
    (tmp_path / "offices.yaml").write_text(
        HEAD + "offices:\n"
        "  某公安局: {prefix: 某公, start: {诉: {2023: 9046}}, fields: {检察院: 甲检察院}}\n"
        "fields: {检察院: 乙检察院, 法院: 乙法院}\n",
        "utf-8",
    )
    offices = load_offices(tmp_path)
    assert (
        prefix_of("某公安局", "police", [("某公安局", "某某（刑）立字〔2023〕1号")], offices)
        == "某公"
    )
    assert offices.first_serial("某公安局", "诉", 2023) == 9046
    assert offices.first_serial("某公安局", "诉", 2024) == 1
    assert offices.defaults("某公安局") == {"检察院": "甲检察院", "法院": "乙法院"}
    assert offices.defaults("别的局") == {"检察院": "乙检察院", "法院": "乙法院"}


def test_no_file_is_no_settings(tmp_path: Path) -> None:
    offices = load_offices(tmp_path)
    assert offices.defaults("某公安局") == {}
    assert offices.first_serial("某公安局", "诉", 2023) == 1


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (HEAD + "offices: {某局: {prefx: 某}}", "prefx"),
        (HEAD + "offices: [某局]", "offices"),
        ("offices: {}", "version"),
        ("a: [", "cannot be read"),
        ("a: &a [*a]\n" + HEAD, "aliases"),
        ("", "file"),
        ("#" * 1_000_001, "1 MB"),
        (b"\xff\xfe\x00", "cannot be read"),
    ],
)
def test_a_bad_file_is_named_with_what_is_wrong(
    tmp_path: Path, content: str | bytes, part: str
) -> None:
    path = tmp_path / "offices.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadData, match=part) as refused:
        load_offices(tmp_path)
    assert str(path) in str(refused.value)


def test_courts_have_codes_and_courts_above_them() -> None:
    assert court_code("甘肃省兰州市城关区人民法院") == "甘0102"
    assert court_code("兰州市城关区人民法院") == "甘0102"
    assert court_code("某某人民法院") == ""
    assert court_above("兰州市城关区人民法院") == "甘肃省兰州市中级人民法院"
    assert court_above("甘肃省兰州市中级人民法院") == "甘肃省高级人民法院"
    assert court_above("甘肃省高级人民法院") == "最高人民法院"
    # the code does not say which of the intermediate courts of a municipality it is
    assert court_above("北京市东城区人民法院") == ""
