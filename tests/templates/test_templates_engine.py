"""Filling a template: labels and codes, lists, text, drafts, and the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from dossier.errors import BadData, MissingFields, TemplateRefused
from dossier.templates import Gap, Leaf, Node, Template
from tests.templates.papers import CASE, HAN, LI, lines, opened, paper, write_paper


def with_(node: Node, **more: object) -> Node:
    return replace(node, values={**node.values, **more})


def without(node: Node, *codes: str) -> Node:
    return replace(node, values={c: v for c, v in node.values.items() if c not in codes})


@pytest.mark.parametrize(
    "tag",
    ["{{ 当事人.姓名 }}", "{{ person.name }}", "{{ person['姓名'] }}", "{{当事人['name']}}",
     "{{ 各当事人[0].姓名 }}", "{{ (各当事人|first).姓名 }}", "{{ (各当事人|首个).name }}",
     "{% set 人 = 当事人 %}{{ 人.姓名 }}", "{% with 名 = 当事人.姓名 %}{{ 名 }}{% endwith %}",
     "{% for 当事人 in 各当事人[:1] %}{{ 当事人.姓名 }}{% endfor %}",
     "{% for 人 in 各当事人|挑选项('性别', '等于', '男') %}{{ 人.姓名 }}{% endfor %}",
     "{{ 各当事人|逐个(attribute='姓名')|首个 }}", "{{ 各当事人|map(attribute='name')|first }}",
     "{% macro 写(某) %}{{ 某.姓名 }}{% endmacro %}{{ 写(当事人) }}"],
)  # fmt: skip
def test_label_and_code_say_the_same(tmp_path: Path, tag: str) -> None:
    assert lines(paper(tmp_path, tag).render(CASE).docx) == ["韩志远"]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("{{ 当事人.出生日期 }}", "1990年5月1日"),
        ("{{ 当事人.出生日期|汉字日期 }}", "一九九〇年五月一日"),
        ("{{ 案情.价格合计 }}", "1200.5"),
        ("{{ 案件.各罪名 }}", "盗窃罪、诈骗罪"),
        ("{{ 案件.各罪名|并列 }}", "盗窃罪和诈骗罪"),
        ("{{ 各当事人|个数 }}", "2"),
        ("{{ 当事人.住址 }}", ""),
        ("{{ 当事人.住址|默认('住址不详') }}", "住址不详"),
        ("{{ '生于' ~ 当事人.出生日期|日期 }}", "生于1990年5月1日"),
        ("{{ '男性' if 当事人.性别 == '男' else '女性' }}", "男性"),
        ("{% if 当事人.住址 %}住{{ 当事人.住址 }}{% else %}无{% endif %}", "无"),
        ("{% for 人 in 各被害人 %}{{ 人.姓名 }}{% else %}没有{% endfor %}", "没有"),
        ("{% for 人 in 各当事人 %}{{ loop.index|判项 }}{{ 人.姓名 }}{% endfor %}",
         "一、韩志远二、李四"),
        ("{% set 计 = namespace(数=0) %}{% for 人 in 各当事人 %}{% set 计.数 = 计.数 + 1 %}"
         "{% endfor %}{{ 计.数 }}", "2"),
        ("{{ 已有文书.起诉书.文号 }}", ""),
        ("{% for 人 in 各当事人 %}{{ 人.姓名 }}{{ '、' if not loop.last }}{% endfor %}",
         "韩志远、李四"),
        ("{{ 各罪名一[1] }}".replace("各罪名一", "案件.各罪名"), "诈骗罪"),
    ],
)  # fmt: skip
def test_values_are_written(tmp_path: Path, tag: str, text: str) -> None:
    assert lines(paper(tmp_path, tag).render(CASE).docx) == [text]


def test_paragraph_loops_and_table_rows(tmp_path: Path) -> None:
    word = Document()
    table = word.add_table(rows=3, cols=2)
    table.cell(0, 0).text = "{%tr for 人 in 各当事人 %}"
    table.cell(1, 0).text, table.cell(1, 1).text = "{{ loop.index }}", "{{ 人.姓名 }}"
    table.cell(2, 0).text = "{%tr endfor %}"
    made = paper(
        tmp_path, "{%p for 人 in 各当事人 %}", "被告人{{ 人.姓名 }}", "{%p endfor %}", word=word
    ).render(CASE)
    rows = opened(made.docx).tables[0].rows
    assert [[cell.text for cell in row.cells] for row in rows] == [["1", "韩志远"], ["2", "李四"]]
    assert lines(made.docx) == ["被告人韩志远", "被告人李四"]


def test_a_tag_in_pieces_keeps_its_format(tmp_path: Path) -> None:
    word = Document()
    paragraph = word.add_paragraph()
    paragraph.add_run("被告人{")
    bold = paragraph.add_run("{ 当事人.")
    bold.bold = True
    paragraph.add_run("姓名 }}。")
    assert lines(paper(tmp_path, word=word).render(CASE).docx) == ["被告人韩志远。"]


def test_headers_and_footers_are_filled(tmp_path: Path) -> None:
    word = Document()
    word.sections[0].header.paragraphs[0].text = "{{ 检察院 }}"
    word.sections[0].footer.paragraphs[0].text = "{{ 当事人.姓名 }}"
    made = opened(paper(tmp_path, "正文", word=word).render(CASE).docx)
    assert made.sections[0].header.paragraphs[0].text == "某市人民检察院"
    assert made.sections[0].footer.paragraphs[0].text == "韩志远"


def test_footnotes_are_filled(tmp_path: Path) -> None:
    word = Document()
    name = PackURI("/word/footnotes.xml")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    note = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="2"><w:p><w:r><w:t>见{{ 当事人.姓名 }}供述</w:t></w:r></w:p></w:footnote>'
        "</w:footnotes>"
    )
    part = Part(name, f"{kind}.footnotes+xml", note.encode(), word.part.package)
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    word.part.relate_to(part, f"{relations}/footnotes")
    made = opened(paper(tmp_path, "正文", word=word).render(CASE).docx)
    (found,) = [each for each in made.part.package.iter_parts() if each.partname == name]
    assert "见韩志远供述" in found.blob.decode()


def test_a_tag_in_a_paragraph_that_ends_a_section_is_refused(tmp_path: Path) -> None:
    word = Document()
    paragraph = word.add_paragraph("查明：{{ 叙述.查明事实 }}")
    word.add_section()
    moved = word.element.body.xpath("./w:p/w:pPr/w:sectPr")
    paragraph._p.get_or_add_pPr().append(moved[0])
    with pytest.raises(TemplateRefused, match="ends a section"):
        paper(tmp_path, word=word).render(CASE)


def test_prose_becomes_paragraphs_with_the_same_format(tmp_path: Path) -> None:
    word = Document()
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.left_indent = 360000
    paragraph.add_run("查明：{{ 叙述.查明事实 }}完").bold = True
    made = opened(paper(tmp_path, word=word).render(CASE).docx).paragraphs
    assert [each.text for each in made] == ["查明：第一段。", "第二段。完"]
    assert made[0].paragraph_format.left_indent
    assert len({each.paragraph_format.left_indent for each in made}) == 1
    assert all(run.bold for each in made for run in each.runs if run.text)


@pytest.mark.parametrize(
    "name",
    ["<w:b/>&amp; <甲>", "{{ 7*7 }}", "{% for x in y %}", "{_{ x }_}", "“甲”'\"", "a]]>b", "】【"],
)
def test_markup_in_values_stays_text(tmp_path: Path, name: str) -> None:
    view = with_(CASE, person=with_(HAN, name=Leaf(name, "facts")))
    template = paper(tmp_path, "甲{{ 当事人.姓名 }}乙")
    assert lines(template.render(view).docx) == [f"甲{name}乙"]
    assert lines(template.render(view, draft=True, annotate=True).docx) == [f"甲{name}乙"]


def test_what_xml_cannot_hold_is_left_out_and_broken_lines_are_joined(tmp_path: Path) -> None:
    view = with_(CASE, person=with_(HAN, name=Leaf("韩\x00志\x0b\ud800远\ufffe\n", "facts"),
                                    address=Leaf("某市某区 \r\n 某路1号", "facts")))  # fmt: skip
    template = paper(tmp_path, "{{ 当事人.姓名 }}，{{ 当事人.住址 }}")
    assert lines(template.render(view).docx) == ["韩志远，某市某区某路1号"]


REQUIRED = """
required: [各当事人.姓名, 各当事人.出生日期, 法院, 案情.酒精含量]
optional: [各当事人.性别]
"""


def test_all_gaps_are_told_at_once(tmp_path: Path) -> None:
    template = paper(
        tmp_path,
        "{%p for 人 in 各当事人 %}",
        "{{ 人.姓名 }}，{{ 人.性别 }}，{{ 人.出生日期|汉字日期 }}生",
        "{%p endfor %}",
        "此致{{ 法院 }}",
        "{{ 案情.酒精含量 }}",
        card=REQUIRED,
    )
    bad = with_(LI, birth=Leaf("不明", "facts"))
    view = with_(
        CASE,
        defendants=(without(HAN, "birth", "sex"), bad),
        incident=Node({"alcohol": Leaf("很高", "facts")}),
    )
    stands = "{{ 人.姓名 }}，{{ 人.性别 }}，{{ 人.出生日期|汉字日期 }}生"
    papers = ("户籍证明", "讯问笔录")
    assert template.gaps(view) == (
        Gap("defendants[韩志远].birth", "各当事人·韩志远·出生日期", stands, papers),
        Gap("defendants[李四].birth", "各当事人·李四·出生日期", stands, papers,
            "不明 is not a day"),
        Gap("court", "法院", "此致{{ 法院 }}", template.gaps(view)[2].found_in),
        Gap("incident.alcohol", "案情·酒精含量", "{{ 案情.酒精含量 }}",
            template.gaps(view)[3].found_in, "很高 is not a number"),
    )  # fmt: skip
    with pytest.raises(MissingFields) as caught:
        template.render(view)
    assert caught.value.gaps == template.gaps(view)
    for words in (
        "各当事人·韩志远·出生日期",
        "此致{{ 法院 }}",
        "《户籍证明》",
        "不明 is not a day",
    ):
        assert words in str(caught.value)


def test_no_records_at_all_is_a_gap_of_the_list(tmp_path: Path) -> None:
    loop = "{% for 人 in 各当事人 %}{{ 人.姓名 }}{% endfor %}"
    needed = paper(tmp_path, loop, card="required: [各当事人.姓名]")
    assert [gap.path for gap in needed.gaps(Node())] == ["defendants"]
    card = "required: [各当事人.姓名]\noptional: [各当事人]"
    assert paper(tmp_path, loop, card=card).gaps(Node()) == ()


def test_a_branch_not_taken_has_no_gaps(tmp_path: Path) -> None:
    template = paper(
        tmp_path,
        "{% if 当事人.性别 == '女' %}{{ 法院 }}{% else %}{{ 检察院 }}{% endif %}",
        card="required: [法院, 检察院]\noptional: [当事人.性别]",
    )
    assert template.gaps(CASE) == ()


def test_a_value_a_filter_cannot_write_is_a_gap(tmp_path: Path) -> None:
    template = paper(tmp_path, "{{ 当事人.姓名|汉字日期 }}")
    gap = template.gaps(CASE)[0]
    assert (gap.path, gap.label) == ("person.name", "当事人·姓名")
    assert "汉字日期" in gap.problem
    with pytest.raises(MissingFields):
        template.render(CASE)


def test_drafts_show_blanks_highlighted(tmp_path: Path) -> None:
    card = "required: [当事人.姓名, 当事人.出生日期]"
    word = Document()
    word.add_paragraph().add_run("{{ 当事人.姓名 }}，{{ 当事人.出生日期|汉字日期 }}生").bold = True
    template = paper(tmp_path, word=word, card=card)
    made = template.render(with_(CASE, person=without(HAN, "birth")), draft=True)
    runs = [run for run in opened(made.docx).paragraphs[0].runs if run.text]
    assert "".join(run.text for run in runs) == "韩志远，【出生日期】生"
    marked = [run.text for run in runs if run.font.highlight_color is not None]
    assert marked == ["【出生日期】"]
    assert all(run.bold for run in runs)
    assert [gap.path for gap in made.gaps] == ["person.birth"]


def test_the_same_values_give_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    tags = ("{{ 当事人.姓名 }}", "{{ 叙述.查明事实 }}")
    first, second = paper(tmp_path, *tags), paper(tmp_path / "b", *tags)
    for options in ({}, {"annotate": True}, {"draft": True}, {"trace": False}):
        assert first.render(CASE, **options).docx == second.render(CASE, **options).docx
    assert first.render(CASE).docx == first.render(CASE, trace=False).docx
    with zipfile.ZipFile(io.BytesIO(first.render(CASE).docx)) as made:
        assert made.testzip() is None
        assert {info.date_time for info in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_threads_do_not_mix_their_values(tmp_path: Path) -> None:
    template = paper(tmp_path, "{% for 人 in 各当事人 %}{{ 人.姓名 }}{% endfor %}{{ 当事人.姓名 }}")

    def one(number: int) -> list[str]:
        own = with_(HAN, name=Leaf(f"甲{number}", "facts"))
        return lines(template.render(with_(CASE, person=own, defendants=(own, own))).docx)

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(one, range(64))) == [[f"甲{n}" * 3] for n in range(64)]


def test_reading_is_canonical_and_holds_what_is_declared_only(tmp_path: Path) -> None:
    card = "required: [各当事人.姓名, 案情.价格合计]\noptional: [各当事人.出生日期, 文号]"
    text = "{{ 文号 }}{{ 案情.价格合计 }}"
    text += "{% for 人 in 各当事人 %}{{ 人.姓名 }}{{ 人.出生日期 }}{% endfor %}"
    template = paper(tmp_path, text, card=card)
    assert template.needs == ("defendants.name", "incident.total", "defendants.birth", "number")
    view = with_(CASE, number=Leaf("某检刑诉〔2023〕1号", "issued"))
    assert template.reading(view) == {
        "defendants": [
            {"name": "韩志远", "birth": "1990-05-01", "": "韩志远"},
            {"name": "李四", "birth": "1985-12-31", "": "李四"},
        ],
        "incident": {"total": "1200.5"},
    }


def test_the_digest_is_of_document_and_card(tmp_path: Path) -> None:
    path = write_paper(tmp_path, "甲")
    before = Template(path).sha256
    assert Template(path).sha256 == before
    card = path.with_suffix(".yaml")
    card.write_text(card.read_text(encoding="utf-8").replace("1.0", "1.1"), encoding="utf-8")
    assert Template(path).sha256 != before


# --- what is wrong in a template is named ----------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("被告人{{ 当事人.姓名", ["被告人", "{{ 当事人.姓名", "}}"]),
        ("被告人{{ 当事人.姓名| }}等", ["被告人", "{{ 当事人.姓名| }}"]),
        ("甲{% if 当事人 %}乙", ["endif"]),
        ("甲{{ 当事人.姓名|大写字 }}", ["there is no filter 大写字", "{{ 当事人.姓名|大写字 }}"]),
        ("甲{{p 当事人.姓名 }}", ["{{p 当事人.姓名 }}"]),
    ],
)
def test_broken_tags_are_told_with_paragraph_and_tag(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    with pytest.raises(TemplateRefused) as caught:
        paper(tmp_path, "第一段", text, "第三段").render(CASE)
    for word in ["文书.docx", *words]:
        assert word in str(caught.value)
    assert "第一段" not in str(caught.value)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("{{ 当事人.性 }}", "当事人 has no field 性; near it: 性别"),
        ("{{ 当事者.姓名 }}", "there is no field 当事者"),
        ("{{ 各当事人.姓名 }}", "各当事人 is a list"),
        ("{{ 当事人.姓名.字 }}", "姓名 has no 字"),
        ("{% for 人 in 各当事人 %}{{ 人.名字 }}{% endfor %}", "各当事人 has no field 名字"),
        ("{% for 人 in 各当事人|排序(attribute='岁') %}{{ 人.姓名 }}{% endfor %}", "no field 岁"),
        ("{% macro 写(某) %}{{ 某.名 }}{% endmacro %}{{ 写(当事人) }}", "no field 名"),
    ],
)
def test_unknown_names_are_found_without_filling(tmp_path: Path, tag: str, words: str) -> None:
    template = paper(tmp_path, "第一段", f"甲{tag}")
    problem = template.reads.problems[0]
    assert words in problem.message
    assert "文书.docx" in problem.where
    assert "甲{" in problem.where


def test_cards_are_checked(tmp_path: Path) -> None:
    for card, words in [
        ("required: [当事人.姓]", "姓名"),
        (
            "required: [当事人.姓名]\noptional: [person.name]",
            "person.name is required and optional",
        ),
        ("typed: [{code: x, label: 当事人, type: text}]", "taken"),
        ("typed: [{code: x, label: 某, type: record}]", "without fields"),
        ("typ: Q99", "Extra inputs"),
        ("type: Q99", "no document type Q99"),
        ("identity: [nth]", "nth is no typed field"),
        ("copies: &a [存根]", "anchors"),
    ]:
        with pytest.raises(BadData, match=words):
            paper(tmp_path, "甲", card=card)


def test_typed_fields_stand_beside_the_schema(tmp_path: Path) -> None:
    card = """
typed:
  - {code: prosecutor, label: 检察员, type: text, required: true}
  - code: penalties
    label: 各项判决
    type: records
    required: true
    fields: {text: {label: 内容, type: text}, day: {label: 日期, type: date}}
"""
    text = "{{ 检察员 }}{% for 项 in 各项判决 %}{{ 项.内容 }}{% endfor %}"
    template = paper(tmp_path, text, card=card)
    assert [gap.label for gap in template.gaps(CASE)] == ["检察员", "各项判决"]
    view = with_(
        CASE,
        prosecutor=Leaf("王五", "typed"),
        penalties=(Node({"text": Leaf("一年", "typed")}), Node({"text": Leaf("二年", "typed")})),
    )
    assert lines(template.render(view).docx) == ["王五一年二年"]
    assert template.reading(view)["penalties"] == [{"text": "一年"}, {"text": "二年"}]
