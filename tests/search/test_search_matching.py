"""Where a plan matches in a text: against brute force, and fast."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dossier.search.analysis import form
from dossier.search.matching import spans
from dossier.search.plan import (
    And,
    Days,
    Everything,
    Not,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)
from dossier.search.planning import plan
from dossier.search.query import parse


def text(wanted: str) -> Substring:
    return Substring("text", wanted)


def similar(wanted: str, one_edit: bool, **alike: str) -> Similar:
    return Similar("text", tuple(c + alike.get(c, "") for c in wanted), one_edit)


@pytest.mark.parametrize(
    ("wanted", "page", "expected"),
    [
        (text("盗窃"), "犯盗窃罪,盗窃三次", ["盗窃", "盗窃"]),
        (text("盗窃"), "抢劫", []),
        (text("七七"), "一七七七二", ["七七七"]),
        (text("七八七"), "七八七八七", ["七八七八七"]),
        (And((text("盗窃"), text("窃取"))), "盗窃取", ["盗窃取"]),
        (And((text("盗窃"), text("取款"))), "盗窃取款", ["盗窃", "取款"]),
        (Or((text("酒驾"), Weighted(text("醉驾"), 0.5))), "醉驾", ["醉驾"]),
        (And((text("盗窃"), Not(text("诈骗")))), "盗窃诈骗", ["盗窃"]),
        (Not(Not(text("诈骗"))), "诈骗", []),
        (Substring("title", "盗窃"), "盗窃", []),
        (Everything(), "盗窃", []),
        (Days(None, None), "盗窃", []),
        (Preferring(text("盗窃"), (text("诈骗"),)), "诈骗盗窃", ["诈骗", "盗窃"]),
        (Preferring(text("盗窃罪"), (text("犯盗窃"),)), "犯盗窃罪", ["盗窃罪"]),
        (Preferring(text("盗窃"), (Substring("title", "诈骗"),)), "诈骗盗窃", ["盗窃"]),
        (WholeWord("123"), "甘0102刑初123号1234", ["123"]),
        (WholeWord("12"), "1234", ["12"]),  # the form does not tell "12 34" from "1234"
        (WholeWord("3860"), "3,860元", ["3,860"]),
        (WordPrefix("ab"), "车牌ab12,xab", ["ab"]),
        (WordPrefix("38"), "3860和3,860", ["38"]),
        (similar("未遂", False, 未="末"), "末遂未逐", ["末遂"]),
        (similar("未未", False, 未="末"), "末未末", ["末未末"]),
        (similar("危险驾驶", True), "危险驾驶罪", ["危险驾驶"]),
        (similar("危险驾驶", True), "犯危验驾驶罪", ["危验驾驶"]),
        (similar("危险驾驶", True), "犯危驾驶罪", ["危驾驶"]),
        (similar("危险驾驶", True), "犯危险的驾驶罪", ["危险的驾驶"]),
        (similar("危险驾驶", True), "犯险驾驶", ["犯险驾驶"]),
        (similar("危险驾驶", True), "险驾驶", ["险驾驶"]),
        (similar("危险驾驶", True), "犯危险的架驶罪", []),
        (similar("危险驾驶", True, 驾="架"), "犯危险架驶罪", ["危险架驶"]),
        # look-alikes or one edit, not both
        (similar("危险驾驶", True, 驾="架"), "犯危验架驶罪", []),
        (similar("a]-^", False, a="^"), "x^]-^", ["^]-^"]),
    ],
)
def test_spans(wanted: Plan, page: str, expected: list[str]) -> None:
    assert [page[start:stop] for start, stop in spans(wanted, page)] == expected


def test_other_fields() -> None:
    wanted = And((text("盗窃"), Substring("title", "起诉书"), WholeWord("12")))
    assert spans(wanted, "起诉书12", "title") == [(0, 3)]


LETTERS = "甲乙丙a1"
plans = st.recursive(
    st.builds(
        Substring, st.sampled_from(["text", "title"]), st.text(LETTERS, min_size=1, max_size=4)
    )
    | st.builds(WholeWord, st.text("a1", min_size=1, max_size=3))
    | st.builds(WordPrefix, st.text("a1", min_size=1, max_size=3))
    | st.builds(
        Similar,
        st.just("text"),
        st.lists(st.text(LETTERS, min_size=1, max_size=2), min_size=1, max_size=5).map(tuple),
        st.booleans(),
    ),
    lambda inner: (
        st.builds(And, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Not, inner)
        | st.builds(Weighted, inner, st.just(0.5))
        | st.builds(Preferring, inner, st.lists(inner, max_size=2).map(tuple))
    ),
    max_leaves=6,
)


@given(plans, st.text(LETTERS, max_size=30))
def test_spans_are_sorted_within_the_text_and_apart(wanted: Plan, page: str) -> None:
    found = spans(wanted, page)
    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < stop <= len(page) for start, stop in found)


@given(st.text(LETTERS, min_size=1, max_size=4), st.text(LETTERS, max_size=40))
def test_every_character_of_every_occurrence_is_covered(wanted: str, page: str) -> None:
    expected = {
        at + n for at in range(len(page)) if page.startswith(wanted, at) for n in range(len(wanted))
    }
    assert {
        at for start, stop in spans(text(wanted), page) for at in range(start, stop)
    } == expected


def edits(pattern: str, piece: str) -> int:
    """Fewest edits between two strings, by the book."""

    @cache
    def cost(i: int, j: int) -> int:
        if i == len(pattern):
            return len(piece) - j
        if j == len(piece):
            return len(pattern) - i
        return min(
            cost(i + 1, j) + 1,
            cost(i, j + 1) + 1,
            cost(i + 1, j + 1) + (piece[j] != pattern[i]),
        )

    return cost(0, 0)


def fits(pattern: tuple[str, ...], piece: str) -> bool:
    alike = len(piece) == len(pattern) and all(
        char in each for char, each in zip(piece, pattern, strict=True)
    )
    return alike or edits("".join(each[0] for each in pattern), piece) <= 1


@settings(max_examples=300)
@given(
    st.lists(st.text("甲乙丙", min_size=1, max_size=2), min_size=4, max_size=6).map(tuple),
    st.text("甲乙丙", max_size=16),
)
@example(("乙", "乙", "乙", "丙"), "乙乙乙丙乙乙丙")  # the longer match lies over the exact one
def test_one_edit_against_brute_force(pattern: tuple[str, ...], page: str) -> None:
    size = len(pattern)
    pieces = [
        (start, start + length)
        for start in range(len(page))
        for length in (size - 1, size, size + 1)
        if start + length <= len(page) and fits(pattern, page[start : start + length])
    ]
    found = spans(Similar("text", pattern, True), page)
    assert bool(found) == bool(pieces)
    covered = {at for start, stop in found for at in range(start, stop)}
    # nothing is marked that no match covers, and where a match is, something is marked
    assert covered <= {at for start, stop in pieces for at in range(start, stop)}
    assert all(any(at in covered for at in range(*piece)) for piece in pieces)


def page_of(size: int) -> str:
    chance = random.Random(7)
    return form(
        "".join(
            chance.choice("被告人张三于二〇二三年五月八日酒后驾驶未末12，。") for _ in range(size)
        )
    )


@pytest.mark.parametrize(
    "query", ["酒后驾驶~", "七七七七七七七七~", "七七七七", "a1*", "张三 酒驾 -醉驾"]
)
def test_long_texts_are_gone_through_to_the_end(query: str) -> None:
    """A quadratic way would not come back from these."""
    wanted = plan(parse(query))
    for page in (page_of(100_000), "七" * 100_000, "酒后" * 50_000, "a1" * 50_000):
        found = spans(wanted, page)
        assert all(0 <= start < stop <= len(page) for start, stop in found)
        assert found == sorted(found)
