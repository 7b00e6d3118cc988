"""Matches in the text, in the snippet and on the page."""

from __future__ import annotations

from index_inputs import layer_of

from dossier.indexing.marks import boxes, matches, snippet
from dossier.model import Cell, Line, PageLayer, line_starts
from dossier.search.plan import And, Not, Substring


def _plan(*texts: str) -> And:
    return And(tuple(Substring("text", text) for text in texts))


def test_matches_are_offsets_into_the_original() -> None:
    text = "起 诉 书\n（２０２３）甘0102\n刑初123号"
    found = matches(_plan("起诉书", "(2023)甘0102刑初"), text)
    assert [text[a:b] for a, b in found] == ["起 诉 书", "（２０２３）甘0102\n刑初"]
    assert matches(And((Substring("text", "甘"), Not(Substring("text", "诉")))), text) == [(12, 13)]


def test_a_snippet_is_one_line_around_the_densest_matches() -> None:
    core = "\n被告人在城\n关区盗窃手机一部，\n价值3860元，又盗窃 USB disk 一个。"
    text = "盗窃" + "无关文字。" * 60 + core + "无关" * 80
    found = matches(_plan("盗窃", "城关区"), text)
    shown = snippet(text, found)
    wanted = "被告人在【城关区】【盗窃】手机一部，价值3860元，又【盗窃】USB disk一个。"
    assert wanted in shown.marked()
    assert len(shown.text) < 110
    assert text[shown.start :].startswith(shown.text[:3])


def test_a_snippet_of_nothing_found_is_the_beginning() -> None:
    assert snippet("卷宗封面\n盗窃案", []).text == "卷宗封面盗窃案"
    assert snippet("", []).text == ""
    long_match = snippet("前" * 50 + "甲" * 500, [(50, 550)])
    assert set(long_match.marked()) == {"前", "甲", "【", "】"}
    assert long_match.marks[0][1] <= len(long_match.text)


def test_many_matches_take_linear_time() -> None:
    text = "的" * 100_000
    found = [(at, at + 1) for at in range(0, 100_000)]
    assert snippet(text, found).marks[0] == (0, 1)


def test_boxes_cut_lines_and_follow_a_match_over_a_line_break() -> None:
    layer = layer_of("被告人郑大川于城\n关区盗窃手机")
    text = layer.text
    found = matches(_plan("城关区"), text)
    first, second = boxes(layer.lines, found)
    assert (round(first.left, 3), round(first.right, 3)) == (0.8, 0.9)
    assert (round(second.left, 3), round(second.right, 3)) == (0.1, round(0.1 + 0.8 * 2 / 6, 3))
    assert first.bottom < second.top


def test_line_starts_fit_the_text_of_blocks_and_cells() -> None:
    quad = (0.0, 0.0, 1.0, 0.0, 1.0, 0.1, 0.0, 0.1)
    lines = (
        Line("一", quad, block=0),
        Line("", quad, block=0),
        Line("二三", quad, block=1, cell=Cell(0, 0, 0)),
        Line("四", quad, block=1, cell=Cell(0, 0, 1)),
        Line("五", quad, block=2),
    )
    layer = PageLayer(1, 1, lines)
    assert layer.text == "一\n\n\n二三\t四\n\n五"
    starts = line_starts(lines)
    for at, line in zip(starts, lines, strict=True):
        assert layer.text[at : at + len(line.text)] == line.text
    assert len(boxes(lines, [(0, len(layer.text))])) == 4
