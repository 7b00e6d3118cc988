"""What once was slow, leaked a name or lost a correction."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from typer.testing import CliRunner

from dossier import Archive, CaseFacts
from dossier.cli.app import app
from dossier.facts import FactCorrection, FactDocument, FactPage, fact_correction
from dossier.facts.corrections import with_corrections
from dossier.facts.stock import stock_of
from dossier.facts.values import ChargeFact, CircumstanceFact, FactValue, PersonFacts
from dossier.model import Cell, Line

_QUAD = (0.1, 0.1, 0.9, 0.1, 0.9, 0.2, 0.1, 0.2)


def _seconds(run: Callable[[], object]) -> float:
    """The quickest of three: a busy machine makes single ones slow."""

    def once() -> float:
        began = perf_counter()
        run()
        return perf_counter() - began

    return min(once() for _ in range(3))


def _line(text: str) -> FactDocument:
    return FactDocument(1, "indictment", "起诉书", None, (FactPage(1, (Line(text, _QUAD),)),))


def test_places_on_one_long_line_are_quick() -> None:
    def cite_all(size: int) -> None:
        document = _line("韩志远" * size)
        for at in range(0, 3 * size, 3):
            document.cite(at, at + 3)

    cite_all(100)
    assert _seconds(lambda: cite_all(8000)) < 20 * max(_seconds(lambda: cite_all(1000)), 0.01)


def test_a_measured_line_gives_the_same_boxes() -> None:
    for text in ("韩志远abc", "ئۇيغۇر تىلى"):
        line = Line(text, _QUAD)
        assert line.measured().part_box(1, 3) == line.part_box(1, 3)
        assert line.measured().measured() is not None


def test_one_path_has_one_writing() -> None:
    for path in (
        "defendants[韩志远] .birth ",
        " defendants[ 韩 志远 ].birth",
        "defendants[韩志远].birth",
    ):
        assert fact_correction(path, "1989-11-06").path == "defendants[韩志远].birth"
    assert fact_correction("victims[ John  Doe ]", "x").path == "victims[John Doe]"


def test_a_correction_said_again_keeps_its_place(archive: Archive) -> None:
    added, name = "witnesses[钟离秀]", "钟离秀"
    archive.correct_many_facts("尚文海案", [(added, name), (f"{added}.sex", "女"), (added, name)])
    facts = archive.dossier("尚文海案").facts
    assert facts.witnesses[0].sex is not None
    assert facts.conflicts == ()


def test_of_several_corrections_all_are_kept_or_none(archive: Archive) -> None:
    home = str(archive.home)
    sets = ["--set", "incident.total=6500", "--set", "incident.total=many"]
    said = CliRunner().invoke(app, ["facts", home, "尚文海案", *sets])
    assert said.exit_code == 2
    assert archive.dossier("尚文海案").fact_corrections == []
    said = CliRunner().invoke(app, ["facts", home, "尚文海案", "--set", "=x"])
    assert said.exit_code == 2
    assert "pydantic" not in said.output


def _two() -> CaseFacts:
    names = ("韩志远", "梁秀芳")
    return CaseFacts(
        defendants=tuple(PersonFacts(name=FactValue(value=n), role="被告人") for n in names),
        charges=(
            ChargeFact(name="盗窃", defendants=names),
            ChargeFact(name="诈骗", defendants=names[:1]),
        ),
        circumstances=tuple(
            CircumstanceFact(defendant=n, code="自首", holds=FactValue(value="是")) for n in names
        ),
    )


def test_another_name_or_none_is_carried_through() -> None:
    new = FactCorrection(path="defendants[韩志远].name", value="韩致远")
    facts, unfit = with_corrections(_two(), [new])
    assert unfit == ()
    assert [c.defendants for c in facts.charges] == [("韩致远", "梁秀芳"), ("韩致远",)]
    assert [c.defendant for c in facts.circumstances] == ["韩致远", "梁秀芳"]
    facts, unfit = with_corrections(_two(), [FactCorrection(path="defendants[韩志远]", value="")])
    assert [(c.name, c.defendants) for c in facts.charges] == [("盗窃", ("梁秀芳",))]
    assert [c.defendant for c in facts.circumstances] == ["梁秀芳"]


def test_many_pages_and_a_cell_of_many_lines_are_quick() -> None:
    def pages(count: int) -> None:
        made = [FactPage(n, (Line("起诉书", _QUAD), Line(f"正文{n}", _QUAD))) for n in range(count)]
        document = FactDocument(1, "indictment", "起诉书", None, tuple(made))
        assert document.text.count("起诉书") == 1

    def cells(count: int) -> None:
        head = [Line(t, _QUAD, cell=Cell(0, 0, c)) for c, t in enumerate(("名称", "数量"))]
        rows = [Line("断线钳", _QUAD, cell=Cell(0, 1, 0)) for _ in range(count)]
        found = stock_of(FactDocument(1, "list", "清单", None, (FactPage(1, (*head, *rows)),)))
        assert found.items[0].name.text == "断线钳" * count

    for run in (pages, cells):
        run(100)
        assert _seconds(lambda run=run: run(4000)) < 30 * max(
            _seconds(lambda run=run: run(500)), 0.02
        )
