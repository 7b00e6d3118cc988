"""What once was slow, leaked a name or lost a correction."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from dossier.facts import FactDocument, FactPage
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
