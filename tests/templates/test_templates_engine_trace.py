"""Each filled field is traced to what it was read from, also through filters, sets and loops."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.templates.papers import CASE, HAN, lines, opened, paper


def test_filled_in_the_order_of_the_text(tmp_path: Path) -> None:
    template = paper(
        tmp_path,
        "{%p for 人 in 各当事人 %}",
        "{{ 人.姓名 }}生于{{ 人.出生日期|汉字日期 }}",
        "{%p endfor %}",
        "{{ 检察院 }}",
    )
    made = template.render(CASE)
    assert [(each.path, each.label, each.text, each.origin) for each in made.filled] == [
        ("defendants[韩志远].name", "各当事人·韩志远·姓名", "韩志远", "facts"),
        ("defendants[韩志远].birth", "各当事人·韩志远·出生日期", "一九九〇年五月一日", "facts"),
        ("defendants[李四].name", "各当事人·李四·姓名", "李四", "facts"),
        ("defendants[李四].birth", "各当事人·李四·出生日期", "一九八五年十二月三十一日", "typed"),
        ("procuratorate", "检察院", "某市人民检察院", "office"),
    ]
    assert made.filled[1].sources == HAN.values["birth"].sources  # type: ignore[union-attr]
    assert template.render(CASE, trace=False).filled == ()


@pytest.mark.parametrize(
    ("tag", "filled"),
    [
        ("{% set 名 = 当事人.姓名 %}{{ 名 }}", [("person.name", "韩志远")]),
        ("{% set 名 = 当事人.姓名 ~ '等' %}{{ 名 }}", [("person.name", "韩志远")]),
        ("{% with 名 = 当事人.姓名 %}{{ 名 }}{{ 名 }}{% endwith %}",
         [("person.name", "韩志远")] * 2),
        ("{% for 罪 in 案件.各罪名 %}{{ 罪 }}{% endfor %}",
         [("case.charges[1]", "盗窃罪"), ("case.charges[2]", "诈骗罪")]),
        ("{% for 罪 in 案件.各罪名|倒序 %}{{ 罪 }}{% endfor %}",
         [("case.charges[2]", "诈骗罪"), ("case.charges[1]", "盗窃罪")]),
        ("{{ 案件.各罪名|顿号 }}", [("case.charges[1]", "盗窃罪"), ("case.charges[2]", "诈骗罪")]),
        ("{{ '男性' if 当事人.性别 == '男' }}", [("person.sex", "男")]),
        ("{% if 当事人.性别 == '男' %}男性{% endif %}{{ 检察院 }}",
         [("procuratorate", "某市人民检察院")]),
        ("{% macro 写(人) %}{{ 人.姓名 }}{% endmacro %}{{ 写(当事人) }}",
         [("person.name", "韩志远")]),
        ("{% macro 写(名) %}{{ 名 }}{% endmacro %}{{ 写(检察院) }}", []),
        ("{% set 计 = namespace(名='') %}{% set 计.名 = 当事人.姓名 %}{{ 计.名 }}",
         [("person.name", "韩志远")]),
        ("{{ 当事人.住址 }}", []),
        ("{% for 性, 们 in 各当事人|分组('姓名') %}{{ 们[0].姓名 }}{% endfor %}",
         [("defendants[李四].name", "李四"), ("defendants[韩志远].name", "韩志远")]),
    ],
)  # fmt: skip
def test_what_was_read_is_known(tmp_path: Path, tag: str, filled: list[tuple[str, str]]) -> None:
    made = paper(tmp_path, tag).render(CASE)
    assert [(each.path, each.text) for each in made.filled] == filled


@pytest.mark.parametrize(
    ("tag", "leaves"),
    [
        ("{{ 当事人.姓名 }}", ("person.name",)),
        ("{% for 人 in 各当事人 %}{{ 人.姓名 }}{% endfor %}", ("defendants.name",)),
        ("{% if 各被害人 %}有{% endif %}", ("victims",)),
        ("{% set 甲 = 各当事人 %}{% for 人 in 甲[1:] %}{{ 人.性别 }}{% endfor %}",
         ("defendants.sex",)),
        ("{% set 人 = 各当事人|first %}{{ 人.性别 }}", ("defendants.sex",)),
        ("{% for 性, 们 in 各当事人|分组('性别') %}{% for 人 in 们 %}{{ 人.姓名 }}{% endfor %}"
         "{% endfor %}", ("defendants.sex", "defendants.name")),
        ("{{ 各当事人|逐个(attribute='姓名')|顿号 }}", ("defendants.name",)),
        ("{% macro 写(某) %}{{ 某.姓名 }}{% endmacro %}{{ 写(当事人) }}{{ 写(各被害人[0]) }}",
         ("person.name", "victims.name")),
        ("{% for 卷 in 各卷 %}{% for 行 in 卷.目录 %}{{ 行.题名 }}{% endfor %}{% endfor %}",
         ("volumes.rows.title",)),
        ("{% for 人 in 各当事人 %}{% if loop.previtem and loop.previtem.性别 %}甲{% endif %}"
         "{% endfor %}", ("defendants.sex",)),
        ("{% for 当事人 in 各当事人 %}{{ 当事人.姓名 }}{% endfor %}", ("defendants.name",)),
    ],
)  # fmt: skip
def test_what_a_template_reads_is_known_without_filling(
    tmp_path: Path, tag: str, leaves: tuple[str, ...]
) -> None:
    reading = paper(tmp_path, tag).reads
    assert reading.problems == []
    assert reading.leaves == leaves


def test_comments_say_where_each_field_is_from(tmp_path: Path) -> None:
    template = paper(tmp_path, "甲{{ 当事人.姓名 }}乙{{ 检察院 }}", "{{ 叙述.查明事实 }}")
    made = template.render(CASE, annotate=True)
    document = opened(made.docx)
    assert [(each.text, each.author) for each in document.comments] == [
        ("当事人·姓名：《户籍证明》第3页", "卷宗"),
        ("检察院：机关设置", "卷宗"),
        ("叙述·查明事实：《起诉意见书》第2页", "卷宗"),
    ]
    assert lines(made.docx) == lines(template.render(CASE).docx)
    with zipfile.ZipFile(BytesIO(made.docx)) as package:
        xml = package.read("word/document.xml").decode()
    for at, text in enumerate(["韩志远", "某市人民检察院"]):
        inside = xml.split(f'<w:commentRangeStart w:id="{at}"/>')[1]
        inside = inside.split(f'<w:commentRangeEnd w:id="{at}"/>')[0]
        assert f">{text}</w:t>" in inside
        assert inside.count("<w:t") == 1
        assert f'<w:commentReference w:id="{at}"/>' in xml


def test_comments_of_the_template_stay(tmp_path: Path) -> None:
    from docx import Document

    word = Document()
    paragraph = word.add_paragraph("说明")
    word.add_comment(paragraph.runs, text="写给书记员", author="甲", initials="甲")
    made = paper(tmp_path, "{{ 当事人.姓名 }}", word=word).render(CASE, annotate=True)
    assert [each.text for each in opened(made.docx).comments] == [
        "写给书记员",
        "当事人·姓名：《户籍证明》第3页",
    ]
