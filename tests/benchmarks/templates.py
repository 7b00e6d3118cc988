"""Documents a second: Template.render against plain docxtpl, on one template in one run.

    python tests/benchmarks/templates.py [--seconds 3]

Both fill the same Word file (a heading, a loop over defendants, prose, a table, header and footer)
with the same values and must give the same text; docxtpl opens and parses the file for each
document, as its manual shows.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from docx import Document
from docxtpl import DocxTemplate

from dossier import Archive, GeneratedDocument
from dossier.facts import Source
from dossier.templates import Leaf, Node, Template, plain_text

sys.path.insert(0, str(Path(__file__).parent.parent / "drafting"))
from drafted_cases import CASE, take_in_case

CARD = """
code: bench
title: 起诉书
organ: procuratorate
stage: 审查起诉
version: "1.0"
source: benchmark
effective_from: 2020-01-01
required: [procuratorate, defendants.name, defendants.sex, defendants.birth, narrative.facts,
           property.name, property.quantity]
"""
PROSE = "经依法审查查明，被告人于某日进入某小区，秘密窃取他人财物，价值人民币若干元。" * 8


def write_template(folder: Path, *more: str) -> Path:
    word = Document()
    word.sections[0].header.paragraphs[0].text = "{{ procuratorate }}"
    word.sections[0].footer.paragraphs[0].text = "起诉书"
    word.add_heading("{{ procuratorate }}起诉书")
    for text in (
        "{%p for person in defendants %}",
        "被告人{{ person.name }}，{{ person.sex }}，{{ person.birth }}出生。",
        "{%p endfor %}",
        *("本院受理后，已告知被告人有权委托辩护人，依法讯问了被告人，审阅了全部案件材料。",) * 12,
        "{{ narrative.facts }}",
        *more,
    ):
        word.add_paragraph(text)
    table = word.add_table(rows=4, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "名称", "数量"
    table.cell(1, 0).text = "{%tr for thing in property %}"
    table.cell(2, 0).text, table.cell(2, 1).text = "{{ thing.name }}", "{{ thing.quantity }}"
    table.cell(3, 0).text = "{%tr endfor %}"
    path = folder / "起诉书.docx"
    word.save(str(path))
    path.with_suffix(".yaml").write_text(CARD, encoding="utf-8")
    return path


def case(number: int) -> tuple[Node, dict[str, object]]:
    """One case, for the engine and for docxtpl."""
    names = [f"被告{number}之{n}" for n in range(3)]
    things = [(f"物品{n}", f"{n}部") for n in range(10)]
    pages = (Source(document=1, page=3, boxes=((0.1, 0.1, 0.5, 0.2),), text="…", title="户籍证明"),)

    def leaf(value: object) -> Leaf:
        return Leaf(value, "facts", pages)  # type: ignore[arg-type]

    people = tuple(
        Node({"name": leaf(n), "sex": leaf("男"), "birth": leaf(date(1990, 5, 1))}, n)
        for n in names
    )
    view = Node({
        "procuratorate": leaf("某市人民检察院"),
        "defendants": people,
        "narrative": Node({"facts": leaf(PROSE)}),
        "property": tuple(Node({"name": leaf(a), "quantity": leaf(b)}) for a, b in things),
    })  # fmt: skip
    plain: dict[str, object] = {
        "procuratorate": "某市人民检察院",
        "defendants": [{"name": n, "sex": "男", "birth": "1990年5月1日"} for n in names],
        "narrative": {"facts": PROSE},
        "property": [{"name": a, "quantity": b} for a, b in things],
    }
    return view, plain


def with_docxtpl(path: Path, values: dict[str, object]) -> bytes:
    template = DocxTemplate(str(path))
    template.render(values, autoescape=True)
    made = io.BytesIO()
    template.save(made)
    return made.getvalue()


def rate(make: Callable[[int], object], seconds: float) -> float:
    """Documents a second; each of another case."""
    make(0)
    begin, made = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        made += 1
        make(made)
    return made / (time.perf_counter() - begin)


def engine_rows(seconds: float) -> list[tuple[str, float]]:
    with tempfile.TemporaryDirectory() as folder:
        path = write_template(Path(folder))
        template = Template(path)
        view, plain = case(0)
        if plain_text(template.render(view).docx) != plain_text(with_docxtpl(path, plain)):
            raise SystemExit("the two do not write the same text: nothing to compare")
        return [
            ("plain docxtpl", rate(lambda n: with_docxtpl(path, case(n)[1]), seconds)),
            ("Template.render", rate(lambda n: template.render(case(n)[0]).docx, seconds)),
            ("  without trace",
             rate(lambda n: template.render(case(n)[0], trace=False).docx, seconds)),
            ("  with comments",
             rate(lambda n: template.render(case(n)[0], annotate=True).docx, seconds)),
            ("  opened and compiled anew", rate(lambda n: anew(path, n), seconds)),
        ]  # fmt: skip


def anew(path: Path, number: int) -> bytes:
    """As in a new process: nothing of the template is kept."""
    from dossier.templates import rendering

    rendering.forget()
    return Template(path).render(case(number)[0]).docx


KEPT = """\
narrative: [P07, L29]
identity: [turn]
typed:
  - {code: turn, label: 次数, type: number, required: true}
"""


def archive_rows(seconds: float) -> list[tuple[str, float]]:
    """archive.generate on the fictional case of the tests: view, rendering, records, catalogue, all
    synced to disk, one document of each of many cases, and the search index at the end; against
    docxtpl with the same values, which it only has to render.
    Then the same call again, and through a new opening of the archive (nothing in memory)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Archive.create(folder / "archive") as archive:
            take_in_case(archive, folder)
            cases = take_in_more(archive, folder)
            (archive.home / "templates").mkdir()
            path = write_template(archive.home / "templates", "{{ turn }}")
            card = path.with_suffix(".yaml")
            card.write_text(CARD + KEPT, encoding="utf-8")
            plain = _plain(archive.generate("bench", CASE, draft=True, turn=0))
            archive.generate("bench", CASE, turn=1)
            for case in cases:  # they are read once for all documents
                _ = archive.dossier(case).facts

            def again(_number: int) -> GeneratedDocument:
                return archive.generate("bench", CASE, turn=1)

            def opened(_number: int) -> GeneratedDocument:
                archive._drafting._remembered.clear()
                return again(0)

            return [
                ("plain docxtpl, this case", rate(lambda n: with_docxtpl(path, plain), seconds)),
                ("Template.render, this case", rate(_rendering(archive), seconds)),
                ("archive.generate, first time", first_rate(archive, cases)),
                ("archive.generate, again", rate(again, seconds)),
                ("  from the records", rate(opened, seconds)),
            ]  # fmt: skip


def take_in_more(archive: Archive, folder: Path, copies: int = 100) -> list[str]:
    """Dossiers like the first, for a document of each."""
    names = [f"{CASE}{number:03}" for number in range(copies)]
    for name in names:
        shutil.copytree(folder / CASE, folder / name)
    archive.add([folder / name for name in names], ocr="off", jobs=1)
    return names


def first_rate(archive: Archive, cases: list[str]) -> float:
    """Documents a second, one of each case, each for the first time; the index at the end."""
    began = time.perf_counter()
    for case in cases:
        assert not archive.generate("bench", case, turn=1).reused
    archive.search("被告人", limit=1)
    return len(cases) / (time.perf_counter() - began)


def _rendering(archive: Archive) -> Callable[[int], bytes]:
    template = archive.templates.find("bench")
    drafted = archive.generate("bench", CASE, draft=True, turn=0)._drafted
    assert drafted is not None
    return lambda n: template.render(drafted[2]).docx


def _plain(draft: GeneratedDocument) -> dict[str, object]:
    """The values of a draft's view for docxtpl."""
    assert draft._drafted is not None

    def plain(value: object) -> object:
        if isinstance(value, Leaf):
            return value.value
        if isinstance(value, Node):
            return {code: plain(each) for code, each in value.values.items()}
        assert isinstance(value, tuple)
        return [plain(each) for each in value]

    found = plain(draft._drafted[2])
    assert isinstance(found, dict)
    return found


def table(rows: list[tuple[str, float]]) -> str:
    base = rows[0][1]
    lines = [f"{'':28} {'documents/s':>12} {'× docxtpl':>10}"]
    lines += [f"{name:28} {each:12.1f} {each / base:10.2f}" for name, each in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0, help="for each row")
    arguments = parser.parse_args()
    sys.stdout.write(table(engine_rows(arguments.seconds)) + "\n\n")
    sys.stdout.write(table(archive_rows(arguments.seconds)) + "\n")


if __name__ == "__main__":
    main()
