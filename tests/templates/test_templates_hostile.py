"""Templates that want more than to be filled are refused, or stopped at a bound."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from dossier.errors import TemplateRefused
from dossier.templates import Node, Template
from dossier.templates.run import Budget
from tests.templates.papers import CASE, lines, paper, write_paper

SMALL = Budget(steps=20_000, characters=2_000_000, items=2_000, depth=20, seconds=10)


def refused(path: Path, *words: str, view: Node = CASE) -> None:
    with pytest.raises(TemplateRefused) as caught:
        Template(path, budget=SMALL).render(view)
    for word in ("文书.docx", *words):
        assert word in str(caught.value)


def refused_tag(folder: Path, tag: str, *words: str) -> None:
    """It is refused, and the message names the paragraph."""
    refused(write_paper(folder, f"此处{tag}"), "此处", *words)


# --- out of the sandbox ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "tag",
    ["{{ 当事人.__class__ }}", "{{ 当事人['__class__'] }}", "{{ ''.__class__.__mro__ }}",
     "{{ 当事人['__cl' ~ 'ass__'] }}", "{{ 检察院['__class__'] }}", "{{ 检察院.__class__ }}",
     "{{ _used(1) }}", "{{ 检察院|_used }}", "{{ [].__class__.__base__.__subclasses__() }}"],
)  # fmt: skip
def test_dunder_class(tmp_path: Path, tag: str) -> None:
    refused_tag(tmp_path, tag)


@pytest.mark.parametrize(
    "tag",
    ["{{ 检察院.format(1) }}", "{{ '{0.__class__}'.format(1) }}", "{{ 检察院.encode() }}",
     "{{ 当事人.node }}", "{{ 当事人.run.root }}", "{{ 当事人.child('姓名') }}",
     "{{ 各当事人.items }}", "{{ loop }}", "{{ range.mro() }}", "{{ namespace.mro }}",
     "{% for 人 in 各当事人 %}{{ loop._iterable }}{% endfor %}",
     "{% for 人 in 各当事人 %}{{ loop['_iterator'] }}{% endfor %}",
     "{% macro 写() %}{% endmacro %}{{ 写.name }}", "{{ 检察院|attr('upper') }}",
     "{{ 各当事人|map(attribute='__class__')|list }}", "{{ 各当事人|map('attr', 'run')|list }}",
     "{{ self }}", "{{ cycler }}", "{{ lipsum() }}", "{{ 检察院|safe }}", "{{ 检察院|xmlattr }}",
     "{{ dict(a=1) }}", "{{ joiner }}", "{{ environment }}", "{{ context }}", "{{ current }}",
     "{% set 计 = namespace(__class__=1) %}{{ 计 }}", "{% set _x = 1 %}{{ _x }}"],
)  # fmt: skip
def test_attribute_escape(tmp_path: Path, tag: str) -> None:
    refused_tag(tmp_path, tag)


@pytest.mark.parametrize(
    "tag",
    ["{% include '/etc/passwd' %}", "{% import 'os' as os %}", "{% from 'os' import path %}",
     "{% extends 'x' %}", "{% block a %}{% endblock %}",
     "{% autoescape false %}{% endautoescape %}", "{% do 1 %}"],
)  # fmt: skip
def test_other_templates_and_escapes_off(tmp_path: Path, tag: str) -> None:
    refused_tag(tmp_path, tag)


# --- more than a machine has -----------------------------------------------------------------


def test_a_loop_of_loops(tmp_path: Path) -> None:
    loops = "".join(f"{{% for 甲{n} in range(1000) %}}" for n in range(3))
    refused_tag(tmp_path, loops + "x" + "{% endfor %}" * 3, "steps")


def test_a_loop_that_writes_much_each_time(tmp_path: Path) -> None:
    tag = "{% for 甲 in range(1999) %}" + "字" * 5000 + "{% endfor %}"
    refused_tag(tmp_path, tag, "characters")


def test_an_infinite_loop_over_a_list_that_grows(tmp_path: Path) -> None:
    tag = (
        "{% set 计 = namespace(列=[1]) %}{% for 甲 in range(1999) %}"
        "{% set 计.列 = 计.列 + 计.列 %}{% endfor %}"
    )
    refused_tag(tmp_path, tag, "a list beyond bounds")


@pytest.mark.parametrize(
    "tag", ["{{ range(1000000000)|个数 }}", "{% for 甲 in range(10**9) %}甲{% endfor %}",
            "{{ range(0, -1000000000, -1)|list }}"],
)  # fmt: skip
def test_range_of_a_thousand_million(tmp_path: Path, tag: str) -> None:
    refused_tag(tmp_path, tag, "range of more than")


@pytest.mark.parametrize("double", ["计.文 ~ 计.文", "计.文 + 计.文", "计.文|join(计.文)"])
def test_exponential_concatenation(tmp_path: Path, double: str) -> None:
    tag = (
        "{% set 计 = namespace(文='字字字') %}{% for 甲 in range(1999) %}"
        f"{{% set 计.文 = {double} %}}{{% endfor %}}"
    )
    refused_tag(tmp_path, tag, "characters")


def test_memories_of_reads_do_not_double(tmp_path: Path) -> None:
    tag = (
        "{% set 计 = namespace(文=当事人.姓名[0:0]) %}{% for 甲 in range(60) %}"
        "{% set 计.文 = 计.文 ~ 计.文 %}{% endfor %}完"
    )
    assert lines(paper(tmp_path, tag).render(CASE).docx) == ["完"]


def test_block_sets_that_double(tmp_path: Path) -> None:
    tag = "{% set 文 %}字字字字{% endset %}" + "".join(
        "{% set 文 %}{{ 文 }}{{ 文 }}{% endset %}" for _ in range(60)
    )
    refused_tag(tmp_path, tag, "characters")


def test_recursive_macros(tmp_path: Path) -> None:
    refused_tag(tmp_path, "{% macro 写() %}{{ 写() }}{% endmacro %}{{ 写() }}", "calls in calls")


def test_macros_that_call_each_other_in_breadth(tmp_path: Path) -> None:
    macros = "{% macro 甲0() %}字{% endmacro %}" + "".join(
        f"{{% macro 甲{n}() %}}{f'{{{{ 甲{n - 1}() }}}}' * 10}{{% endmacro %}}"
        for n in range(1, 12)
    )
    refused_tag(tmp_path, macros + "{{ 甲11() }}")


@pytest.mark.parametrize(
    "tag",
    ["{{ 检察院|center(1000000000) }}", "{{ '%1000000000d'|format(1) }}",
     "{{ '%1000000000d' % 1 }}", "{{ 检察院|indent(1000000000) }}", "{{ 'a' * 1000000000 }}",
     "{{ [1] * 1000000000 }}", "{{ 检察院|空白(1000000000) }}",
     "{{ 各当事人|batch(1000000000, 1) }}",
     "{{ 各当事人|slice(1000000000)|list }}",
     "{{ 检察院|replace('', '字' * 9999)|replace('', '字' * 9999) }}"],
)  # fmt: skip
def test_huge_center_and_format(tmp_path: Path, tag: str) -> None:
    refused_tag(tmp_path, tag)


@pytest.mark.parametrize("tag", ["{{ 10**10**10 }}", "{{ 2**9999999999 }}", "{{ 0.1**-9999 }}",
                                 "{{ 99999999999999999*99999999999999999 }}", "{{ 1/0 }}",
                                 "{{ " + "9" * 5000 + " }}"])  # fmt: skip
def test_huge_numbers(tmp_path: Path, tag: str) -> None:
    refused(write_paper(tmp_path, f"此处{tag}"))


@pytest.mark.parametrize("tag", ["{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
                                 "{{ " + "not " * 5000 + "1 }}",
                                 "{{ " + "-" * 5000 + "1 }}",
                                 "{% if 1 %}" * 300 + "{% endif %}" * 300,
                                 "{% for a in [1] %}" * 60 + "{% endfor %}" * 60])  # fmt: skip
def test_tags_nested_without_end(tmp_path: Path, tag: str) -> None:
    refused(write_paper(tmp_path, tag))


def test_many_braces_that_do_not_close(tmp_path: Path) -> None:
    refused(write_paper(tmp_path, "{{" * 200_000), "}}")


# --- Word files that are more than text ------------------------------------------------------


def repacked(
    path: Path, change: Callable[[dict[str, bytes]], None], compression: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path) as package:
        parts = {info.filename: package.read(info) for info in package.infolist()}
    change(parts)
    with zipfile.ZipFile(path, "w", compression) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def related(
    parts: dict[str, bytes], kind: str, target: str, mode: str = "External",
    of: str = "word/_rels/document.xml.rels",
) -> None:  # fmt: skip
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = (
        f'<Relationship Id="rIdX" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    )
    parts[of] = parts[of].replace(b"</Relationships>", relation.encode() + b"</Relationships>")


def in_body(parts: dict[str, bytes], xml: str) -> None:
    body = parts["word/document.xml"]
    parts["word/document.xml"] = body.replace(b"<w:sectPr", xml.encode() + b"<w:sectPr", 1)


def test_docm_with_macros(tmp_path: Path) -> None:
    path = write_paper(tmp_path, "甲")
    macro = path.with_suffix(".docm")
    path.rename(macro)
    with pytest.raises(TemplateRefused, match="without macros"):
        Template(macro).render(CASE)


def test_macros_under_another_name(tmp_path: Path) -> None:
    path = write_paper(tmp_path, "甲")
    refused(repacked(path, lambda parts: parts.update({"word/vbaProject.bin": b"x"})), "vbaProject")


def test_macro_content_type(tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        types = parts["[Content_Types].xml"]
        parts["[Content_Types].xml"] = types.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        )

    refused(repacked(write_paper(tmp_path, "甲"), change), "macros")


@pytest.mark.parametrize(
    ("kind", "target"),
    [("hyperlink", "https://example.org/"), ("image", "https://example.org/x.png"),
     ("image", "file:///etc/passwd"), ("attachedTemplate", "\\\\host\\share\\x.dotm"),
     ("oleObject", "http://example.org/x"), ("frame", "http://example.org/")],
)  # fmt: skip
def test_external_relationship(tmp_path: Path, kind: str, target: str) -> None:
    path = write_paper(tmp_path, "甲")
    refused(repacked(path, lambda parts: related(parts, kind, target)), "links to outside")


def test_remote_picture_called_internal(tmp_path: Path) -> None:
    path = write_paper(tmp_path, "甲")
    url = "http://example.org/x.png"
    refused(repacked(path, lambda parts: related(parts, "image", url, "Internal")), "outside")


def test_linked_picture(tmp_path: Path) -> None:
    xml = (
        '<w:p><w:r><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        'r:link="rId1"/></w:r></w:p>'
    )
    path = write_paper(tmp_path, "甲")
    refused(repacked(path, lambda parts: in_body(parts, xml)), "picture from elsewhere")


def test_zip_bomb(tmp_path: Path) -> None:
    path = write_paper(tmp_path, "甲")
    bomb = b"<x>" + b" " * 60_000_000 + b"</x>"
    refused(repacked(path, lambda parts: parts.update({"customXml/item1.xml": bomb})), "unpacks")


def test_too_many_parts(tmp_path: Path) -> None:
    many = {f"customXml/item{n}.xml": b"<x/>" for n in range(600)}
    refused(repacked(write_paper(tmp_path, "甲"), lambda parts: parts.update(many)), "parts")


@pytest.mark.parametrize("part", ["word/document.xml", "word/styles.xml", "docProps/core.xml"])
def test_entity_bomb(tmp_path: Path, part: str) -> None:
    def change(parts: dict[str, bytes]) -> None:
        entities = '<!DOCTYPE x [<!ENTITY a "字"><!ENTITY b "&a;&a;">]>'.encode()
        head, _, rest = parts[part].partition(b"?>")
        parts[part] = head + b"?>" + entities + rest

    refused(repacked(write_paper(tmp_path, "甲"), change), "entities")


@pytest.mark.parametrize(
    ("tag", "words"),
    [("altChunk", "altChunk"), ("object", "OLE"), ("control", "ActiveX"), ("subDoc", "document"),
     ("ins", "tracked changes"), ("frameset", "frames")],
)  # fmt: skip
def test_alt_chunk_ole_and_others(tmp_path: Path, tag: str, words: str) -> None:
    path = write_paper(tmp_path, "甲")
    refused(repacked(path, lambda parts: in_body(parts, f"<w:{tag}/>")), words)


def test_alt_chunk_by_relationship(tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        parts["word/chunk.xml"] = b"<x/>"
        related(parts, "aFChunk", "chunk.xml", "Internal")

    refused(repacked(write_paper(tmp_path, "甲"), change), "aFChunk")


def test_ole_embedding(tmp_path: Path) -> None:
    embedded = {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}
    refused(repacked(write_paper(tmp_path, "甲"), lambda p: p.update(embedded)), "oleObject1.bin")


def _field(folder: Path, *pieces: str) -> Path:
    word = Document()
    run = word.add_paragraph("甲").add_run()
    for kind in ("begin", *pieces, "end"):
        if kind in ("begin", "end"):
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = kind
        run._r.append(element)
    return write_paper(folder, word=word)


@pytest.mark.parametrize(
    "pieces",
    [('DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc"',), ("D", "DE", "AUTO cmd x"),
     ("INCLUDETEXT /etc/passwd",), ("INCLUDEPICTURE http://example.org/x.png",), ("",),
     ("HYPERLINK http://example.org",), ("MACROBUTTON x y",), ("QUOTE 68 68 69",)],
)  # fmt: skip
def test_dde_and_other_fields(tmp_path: Path, pieces: tuple[str, ...]) -> None:
    refused(_field(tmp_path, *pieces), "field that is not allowed")


def test_dde_in_a_simple_field(tmp_path: Path) -> None:
    path = write_paper(tmp_path, "甲")
    xml = '<w:p><w:fldSimple w:instr="DDE cmd x"/></w:p>'
    refused(repacked(path, lambda parts: in_body(parts, xml)), "DDE cmd")


def test_a_field_code_from_a_value(tmp_path: Path) -> None:
    refused(_field(tmp_path, "PAGE {{ 当事人.姓名 }}"), "not in plain text")


def test_page_numbers_are_fine(tmp_path: Path) -> None:
    assert lines(Template(_field(tmp_path, " PAGE ")).render(CASE).docx) == ["甲"]


def test_tags_in_properties(tmp_path: Path) -> None:
    word = Document()
    word.add_paragraph("甲")._p.set(qn("w:rsidR"), "{{ 当事人.姓名 }}")
    refused(write_paper(tmp_path, word=word), "tag in a property")


def test_tags_across_the_xml(tmp_path: Path) -> None:
    refused(write_paper(tmp_path, "{%p if 检察院 %}", "甲{% endif %}"), "does not end inside it")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not a zip at all" * 100])
def test_not_a_zip(tmp_path: Path, data: bytes) -> None:
    path = write_paper(tmp_path, "甲")
    path.write_bytes(data)
    refused(path)


def test_a_zip_that_is_no_document(tmp_path: Path) -> None:
    refused(repacked(write_paper(tmp_path, "甲"), lambda p: p.pop("word/document.xml")), "Word")


def test_a_card_with_yaml_objects(tmp_path: Path) -> None:
    from dossier.errors import BadData

    with pytest.raises(BadData):
        paper(tmp_path, "甲", card="copies: !!python/object/apply:os.getcwd []")


@pytest.mark.parametrize("size", [(100_000, 100_000), (0, 5)])
def test_a_picture_of_too_many_pixels(tmp_path: Path, size: tuple[int, int]) -> None:
    head = b"IHDR" + struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    picture = b"\x89PNG\r\n\x1a\n" + chunk
    path = write_paper(tmp_path, "甲")
    refused(repacked(path, lambda parts: parts.update({"word/media/a.png": picture})), "pixels")


def test_a_template_replaced_after_it_was_looked_at_is_not_mixed_with_the_new_one(
    tmp_path: Path,
) -> None:
    template = Template(write_paper(tmp_path, "从前的文字"))
    before = template.sha256
    write_paper(tmp_path, "后来的文字")
    assert lines(template.render(CASE).docx) == ["从前的文字"]
    assert Template(template.path).sha256 != before
