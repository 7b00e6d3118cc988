"""Similar judgments on the screen."""

from __future__ import annotations

from dossier.similarity import LABELS
from dossier.similarity.consistency import FLAG_NAMES, REFERENCE_ONLY, Consistency

from ..comparing import SimilarJudgment, SimilarJudgments
from ..comparing.authority import authority_name
from ..comparing.reporting import differing_in_words, on_one_line, shared_in_words
from ..comparing.reportvalues import circumstance_lines, sentencing_lines
from . import screen

_SIGNALS, _ELEMENTS, _PASSAGES = 4, 8, 2
"""Of each judgment; --json has all."""


def show_sentence(answer: Consistency) -> None:
    screen.table(("量刑比较", "值"), (*sentencing_lines(answer), *circumstance_lines(answer)))
    for warning in answer.warnings:
        screen.err.print(warning.text, markup=False, style="yellow")
    screen.out.print(f"{FLAG_NAMES[answer.flag]}: {answer.reason}", markup=False, style="bold")
    screen.out.print(REFERENCE_ONLY, markup=False, style="dim")


def show(found: SimilarJudgments) -> None:
    for line in (*found.notes, *found.warnings):
        screen.err.print(line, markup=False, style="yellow")
    named = "、".join(
        name if chance == 1 else f"{name}（推断，{chance:.0%}）" for name, chance in found.charges
    )
    screen.out.print(f"罪名: {named or '—'}", markup=False, style="dim")
    for number, item in enumerate(found.items, 1):
        _show_item(number, item, found.text)
    for each in found.own:
        screen.out.print(f"同案文书: {each.id} {each.title} {each.number}", markup=False)
    size = sum(found.collection.values())
    screen.out.print(
        f"{len(found.items)} of {found.candidates} candidates, {size} judgments, "
        f"{found.seconds * 1000:.0f} ms. 仅供参考",
        markup=False,
        style="bold",
    )


def _show_item(number: int, item: SimilarJudgment, text: str) -> None:
    judgment = item.judgment
    head = (judgment.number, " ".join(judgment.title.split()), item.court, judgment.day or "")
    screen.out.print(
        f"{number:>3} [{judgment.id}] {'  '.join(str(each) for each in head if each)}",
        markup=False,
        style="bold",
    )
    best = sorted(item.contributions.items(), key=lambda pair: -abs(pair[1]))[:_SIGNALS]
    reasons = "  ".join(f"{LABELS[name]} {value:+.2f}" for name, value in best)
    _line(f"{item.score:+.2f}: {reasons}", style="dim")
    known = item.court or item.authority == "guiding"
    _line(f"结果: {item.result or '—'}")
    _line(f"来源: {authority_name(item.authority) if known else '审理法院不详'}", style="dim")
    shared = shared_in_words(item.elements)[:_ELEMENTS]
    differing = [
        f"{what} {mine or '—'} / {theirs or '—'}"
        for what, mine, theirs in differing_in_words(item.elements)
    ]
    if shared:
        _line(f"相同: {'；'.join(shared)}")
    if differing:
        _line(f"不同（本案 / 该案）: {'；'.join(differing[:_ELEMENTS])}")
    for each in item.passages[:_PASSAGES]:
        mine, theirs = text[slice(*each.mine)], judgment.text[slice(*each.theirs)]
        _line(f"本案: {on_one_line(mine)}", style="cyan")
        _line(f"该案: {on_one_line(theirs)}", style="green")
    for other in item.others:
        _line(f"同案: [{other.id}] {other.number} {other.title}", style="dim")


def _line(text: str, style: str = "") -> None:
    screen.out.print(f"    {text}", markup=False, style=style or None)
