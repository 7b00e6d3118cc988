"""What once was slow, leaked a name or lost a correction."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from typer.testing import CliRunner

from dossier import Archive
from dossier.cli.app import app
from dossier.facts import FactDocument, FactPage, fact_correction
from dossier.model import Line

_QUAD = (0.1, 0.1, 0.9, 0.1, 0.9, 0.2, 0.1, 0.2)


def _seconds(run: Callable[[], object]) -> float:
    start = perf_counter()
    run()
    return perf_counter() - start


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
