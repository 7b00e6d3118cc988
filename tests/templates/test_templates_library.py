"""Libraries: built-in templates, an archive's own, and finding them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dossier.errors import BadData, TemplateNotFound, TemplateRefused
from dossier.templates.library import BUILT_IN, Library
from dossier.templates.skeleton import new_template


def _new(folder: Path, title: str, code: str) -> Path:
    return new_template(folder, title, code=code, organ="court", stage="审判", type="Z09")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "templates"
    _new(made, "补充材料通知书", "more-papers")
    return made


def test_built_in_templates_hold() -> None:
    library = Library()
    assert library.broken() == []
    assert "立案决定书" in library.names()
    assert library.find("filing").card.title == "立案决定书"
    assert {library.origin(each) for each in library.templates()} == {"built-in"}


def test_in_the_order_of_the_stages() -> None:
    stages = [each.card.stage for each in Library().templates()]
    order = ("侦查", "审查逮捕", "审查起诉", "审判", "执行")
    assert stages == sorted(stages, key=order.index)


def test_found_by_code_and_title(folder: Path) -> None:
    library = Library(folder)
    for name in ("more-papers", "补充材料通知书", " 《补充材料通知书》 "):
        assert library.find(name).card.code == "more-papers"
    assert library.origin(library.find("more-papers")) == "archive"
    assert library.names().count("补充材料通知书") == 1


def test_the_archives_own_takes_the_place_of_the_built_in_one(folder: Path) -> None:
    _new(folder, "本院立案决定书", "filing")
    library = Library(folder)
    assert library.find("filing").path == folder / "本院立案决定书.docx"
    with pytest.raises(TemplateNotFound, match="near it: 本院立案决定书"):
        library.find("立案决定书")


def test_own_template_before_a_built_in_one_of_the_same_title(folder: Path) -> None:
    _new(folder, "立案决定书", "own-filing")
    library = Library(folder)
    assert library.find("立案决定书").card.code == "own-filing"
    assert library.find("filing").path.parent == BUILT_IN


@pytest.mark.parametrize(
    ("name", "near"), [("补充材料通知", "补充材料通知书"), ("more-paper", "more-papers")]
)
def test_what_is_not_there_is_told_with_names_near_it(folder: Path, name: str, near: str) -> None:
    with pytest.raises(TemplateNotFound) as caught:
        Library(folder).find(name)
    assert near in (caught.value.advice or "")


def test_nothing_near_points_to_the_list(folder: Path) -> None:
    with pytest.raises(TemplateNotFound, match="templates list"):
        Library(folder).find("qqqq")


def test_a_broken_one_hides_no_other(folder: Path) -> None:
    path = _new(folder, "坏通知", "bad")
    path.with_suffix(".yaml").write_text("code: bad\ntitle: 坏通知\norgan: nobody\n")
    (folder / "孤单.docx").write_bytes(path.read_bytes())
    (folder / "只有卡.yaml").write_text("code: alone\n")
    library = Library(folder)
    assert "补充材料通知书" in library.names()
    broken = {path.stem: error for path, error in library.broken()}
    assert set(broken) == {"坏通知", "孤单", "只有卡"}
    assert isinstance(broken["只有卡"], TemplateRefused)
    with pytest.raises(BadData, match="organ"):
        library.find("坏通知")


def test_one_code_twice_is_told(folder: Path) -> None:
    _new(folder, "另一通知书", "more-papers")
    library = Library(folder)
    ((path, error),) = library.broken()
    assert path.stem == "补充材料通知书"
    assert "另一通知书.docx" in str(error)


def test_read_again_only_when_changed(folder: Path) -> None:
    library = Library(folder)
    first = library.find("more-papers")
    assert library.find("more-papers") is first
    card = first.card_path
    card.write_text(card.read_text("utf-8").replace('"1.0"', '"1.1"'), "utf-8")
    os.utime(card, ns=(1, 1))  # clocks of file systems are coarse
    assert library.find("more-papers").card.version == "1.1"
    first.path.unlink()
    card.unlink()
    with pytest.raises(TemplateNotFound):
        library.find("more-papers")


def test_files_of_others_are_left_alone(folder: Path) -> None:
    for name in ("~$补充材料通知书.docx", ".hidden.docx", "readme.txt"):
        (folder / name).write_bytes(b"x")
    assert Library(folder).broken() == []


def test_a_folder_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert Library(tmp_path / "no").names() == Library().names()
