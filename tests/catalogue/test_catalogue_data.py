"""The data files: sound as delivered, and clear about what is wrong in an office's own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from dossier.catalogue import CataloguePage, catalogue, default_types, load_types
from dossier.errors import BadData

Make = Callable[..., list[CataloguePage]]
ENTRY = """
version: 1
types:
  - code: E90
    name: 无人机航拍记录
    titles: [无人机航拍记录]
    volumes: [证据材料卷]
    evidence_kind: 8
    source: own
    effective_from: 2024-01-01
"""


def test_delivered_data() -> None:
    types = default_types()
    volumes = {volume.title for volume in types.volumes}
    for entry in types.types:
        assert set(entry.volumes) <= volumes, entry.code
        assert entry.titles or entry.code == "U00", entry.code
        assert (entry.evidence_kind is not None) == entry.code.startswith("E"), entry.code
    assert types.page_limit.pages == 200
    internal = {volume.title for volume in types.volumes if not volume.goes_to}
    assert {"侦查工作卷", "检察内卷", "审判副卷"} <= internal


def test_own_types(tmp_path: Path, scan: Make) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(ENTRY, encoding="utf-8")
    page = scan("^无人机航拍记录\n航拍时间：2024年5月1日\n飞手：石磊")
    assert [doc.type for doc in catalogue(page, types=load_types([own])).documents] == ["E90"]
    assert [doc.type for doc in catalogue(page).documents] != ["E90"]


def test_replacing_and_removing(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(ENTRY.replace("E90", "L07") + "remove: [E35]\n", encoding="utf-8")
    types = load_types([own])
    assert types.of("L07").titles == ("无人机航拍记录",)
    assert "E35" not in types
    assert len(types.types) == len(default_types().types) - 1


def test_types_of_a_day() -> None:
    before = default_types().at(dt.date(2015, 1, 1))
    assert "P04" not in before  # 具结书 came with the law of 2018-10-26
    assert "L07" in before
    assert "P04" in default_types().at(dt.date(2018, 10, 26))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("version: 1", "version: 2"), ["version"]),
        (("name: 无人机航拍记录", "nam: x"), ["E90", "nam"]),
        (("evidence_kind: 8", "evidence_kind: 9"), ["E90", "evidence_kind"]),
        (("volumes: [证据材料卷]", "volumes: [第九卷]"), ["E90", "volumes", "第九卷"]),
        (("titles: [无人机航拍记录]", "titles: ['  ']"), ["E90", "titles"]),
        (("titles: [无人机航拍记录]", "cues: ['re:(']"), ["E90", "cues"]),
        (("titles: [无人机航拍记录]", "number: '['"), ["E90", "number"]),
        (("source: own", "layout: round\n    source: own"), ["E90", "layout"]),
        (("    source: own\n", ""), ["E90", "source"]),
        (("2024-01-01", "2024-01-01\n    effective_to: 2023-01-01"), ["E90", "effective_to"]),
        (("types:", "remove: [Q77]\ntypes:"), ["Q77", "remove"]),
        (("version: 1", "version: [1"), ["YAML"]),
        (("code: E90", "code: e90"), ["code"]),
    ],
)
def test_bad_data_names_file_code_and_field(
    change: tuple[str, str], words: list[str], tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    text = ENTRY.replace(*change)
    assert text != ENTRY
    own.write_text(text, encoding="utf-8")
    with pytest.raises(BadData) as caught:
        load_types([own])
    message = str(caught.value)
    assert "own.yaml" in message
    assert all(word in message for word in words), message


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="cannot be read"):
        load_types([tmp_path / "none.yaml"])
