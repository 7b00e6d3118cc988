"""`check_template` finds what is wrong, and says where."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from dossier.ingest import office
from dossier.templates.checking import check_template
from dossier.templates.library import Library
from dossier.templates.skeleton import build_docx, new_template
from dossier.templates.template import Template

_CARD = """\
code: probe
title: 试样
type: Z09
organ: court
stage: 审判
version: "1.0"
source: test
effective_from: 2024-01-01
required: [{required}]
optional: [{optional}]
typed: [{typed}]
"""


def _made(
    folder: Path, markup: str, required: str = "", optional: str = "", typed: str = ""
) -> Template:
    path = folder / "试样.docx"
    path.write_bytes(build_docx(markup))
    card = _CARD.format(required=required, optional=optional, typed=typed)
    path.with_suffix(".yaml").write_text(card, "utf-8")
    return Template(path)


@pytest.mark.parametrize("template", Library().templates(), ids=lambda each: each.card.code)
def test_built_in_templates_are_clean(template: Template) -> None:
    assert check_template(template) == []


@pytest.mark.skipif(office.program() is None, reason="LibreOffice is not installed")
def test_new_template_is_clean_in_libreoffice_too(tmp_path: Path) -> None:
    path = new_template(
        tmp_path, "补充材料通知书", code="more", organ="court", stage="审判", type="Z09"
    )
    assert check_template(Template(path), office=True) == []


def test_lists_records_and_filters_are_filled(tmp_path: Path) -> None:
    template = _made(
        tmp_path,
        "{%p for 人 in 各当事人 %}\n{{ 人.姓名 }}，{{ 人.出生日期|汉字日期 }}出生。\n"
        "{%p endfor %}\n"
        "依照{{ 适用法条|法条 }}、{{ 依据|法条 }}，判处{{ 刑期限|刑期 }}，{{ 罚金|大写金额 }}。",
        required="defendants.name, defendants.birth, citations",
        typed="{code: basis, label: 依据, type: texts, required: true}, "
        "{code: months, label: 刑期限, type: months, required: true}, "
        "{code: fine, label: 罚金, type: money, required: true}",
    )
    assert check_template(template) == []


@pytest.mark.parametrize(
    ("markup", "card", "code", "said"),
    [
        ("{{ 案件.案铭 }}", {}, "unknown-field", "案名"),
        ("{{ 案件.案名 }}", {}, "undeclared", "case.name"),
        ("无", {"required": "case.name"}, "unused", "case.name"),
        ("{{ 案件.案名|没有 }}", {"required": "case.name"}, "refused", "没有"),
        ("{{ 案件.案名 ", {"required": "case.name"}, "refused", "案名"),
        ("{%p for 人 in 各当事人 %}", {"required": "defendants"}, "refused", ""),
        ("{{ 案件.案名|汉字日期 }}", {"required": "case.name"}, "full", "汉字日期"),
        ("甲，{{ 案件.案名 }}，乙", {"optional": "case.name"}, "punctuation", "only the required"),
        ("甲（{{ 案件.案名 }}）", {"optional": "case.name"}, "punctuation", "only the required"),
        ("{{ 案件.案名 }}。。", {"required": "case.name"}, "punctuation", "every field"),
        ("{{ '{' }}{{ '{' }}", {}, "leftover", "tag"),
    ],
)
def test_what_is_wrong_is_found_and_placed(
    tmp_path: Path, markup: str, card: dict[str, str], code: str, said: str
) -> None:
    problems = check_template(_made(tmp_path, markup, **card))
    assert code in [each.code for each in problems], problems
    problem = next(each for each in problems if each.code == code)
    assert "试样" in problem.where
    assert said in problem.message + problem.where


def test_file_and_card_of_different_titles(tmp_path: Path) -> None:
    template = _made(tmp_path, "无")
    for suffix in (".docx", ".yaml"):
        (tmp_path / f"试样{suffix}").rename(tmp_path / f"别名{suffix}")
    (problem,) = check_template(Template(template.path.with_name("别名.docx")))
    assert (problem.code, problem.where) == ("title", "别名.yaml")


def test_hostile_files_are_told_not_raised(tmp_path: Path) -> None:
    template = _made(tmp_path, "无")
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(template.path) as old,
        zipfile.ZipFile(packed, "w") as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, old.read(info))
        new.writestr("word/vbaProject.bin", b"x")
    template.path.write_bytes(packed.getvalue())
    (problem,) = check_template(Template(template.path))
    assert problem.code == "refused"
    assert "vbaProject.bin" in problem.message + problem.where


def test_what_is_no_word_file(tmp_path: Path) -> None:
    template = _made(tmp_path, "无")
    template.path.write_bytes(b"plain")
    assert [each.code for each in check_template(Template(template.path))] == ["refused"]
