"""The query language: what is typed, what it means, what is refused and where."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from search_entries import fits

from dossier.elements.tables import validated
from dossier.errors import BadData, QueryError
from dossier.search import plan as plans
from dossier.search.analysis import form
from dossier.search.entry import Entry
from dossier.search.planning import expansions, plan
from dossier.search.query import (
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_TERMS,
    AllOf,
    AnyOf,
    Dates,
    Negation,
    Phrase,
    Prefix,
    Query,
    Tolerant,
    Word,
    parse,
    print_query,
    understand,
)
from dossier.search.variants import amounts, spellings
from dossier.search.vocabulary import (
    Language,
    SynonymGroup,
    language,
    lookalikes,
    synonyms,
)

A, B, C = Word("甲"), Word("乙"), Word("丙")


def days(first: str | None, last: str | None) -> Dates:
    return Dates(
        None if first is None else date.fromisoformat(first),
        None if last is None else date.fromisoformat(last),
    )


READ: list[tuple[str, Query]] = [
    ("", AllOf()),
    (" \t\u3000\n", AllOf()),
    ("盗窃", Word("盗窃")),
    ("  甲\u3000乙 ", AllOf((A, B))),
    # --- operators
    ("甲 AND 乙", AllOf((A, B))),
    ("甲 与 乙", AllOf((A, B))),
    ("甲 OR 乙", AnyOf((A, B))),
    ("甲 或 乙", AnyOf((A, B))),
    ("甲|乙｜丙", AnyOf((A, B, C))),
    ("甲 || 乙", AnyOf((A, B))),
    ("甲 乙 OR 丙", AnyOf((AllOf((A, B)), C))),
    ("甲 (乙 OR 丙)", AllOf((A, AnyOf((B, C))))),
    ("甲 NOT 乙", AllOf((A, Negation(B)))),
    ("甲 非 乙", AllOf((A, Negation(B)))),
    ("甲 -乙", AllOf((A, Negation(B)))),
    ("甲 －乙", AllOf((A, Negation(B)))),
    ("-(甲 OR 乙)", Negation(AnyOf((A, B)))),
    ("NOT NOT 甲", A),
    ("-(-甲)", A),
    ("甲 AND NOT 乙", AllOf((A, Negation(B)))),
    ("甲 OR -乙", AnyOf((A, Negation(B)))),
    # an operator is one only as a word of its own, in capitals, and not where it touches a mark
    ("或者", Word("或者")),
    ("非法 与会", AllOf((Word("非法"), Word("与会")))),
    ("甲 or 乙", AllOf((A, Word("or"), B))),
    ("或", Word("或")),
    ("|", Phrase("|")),
    ("NOT", Word("NOT")),
    ("-或", Negation(Word("或"))),
    ("罪名:或", Word("或", "charge")),
    ("K-9", Word("K-9")),
    ("甲 - 乙", AllOf((A, Word("-"), B))),
    ("--甲", Word("--甲")),
    # --- groups, and parentheses that are text
    ("(甲)", A),
    ("（甲　乙）", AllOf((A, B))),
    ("((甲 乙) 丙)", AllOf((A, B, C))),
    ("(甲 OR (乙 丙))", AnyOf((A, AllOf((B, C))))),
    ("(2023)甘0102刑初123号", Word("(2023)甘0102刑初123号")),
    ("（2023）甘0102刑初123号", Word("（2023）甘0102刑初123号")),
    ("〔2023〕1号", Word("〔2023〕1号")),
    ("案号:（2023）甘0102刑初123号", Word("（2023）甘0102刑初123号", "number")),
    (
        "((2023)甘0102刑初1号 OR （2024）甘0102刑初2号) -甲",
        AllOf(
            (
                AnyOf((Word("(2023)甘0102刑初1号"), Word("（2024）甘0102刑初2号"))),
                Negation(A),
            )
        ),
    ),
    ("被告人（男）", Word("被告人（男）")),
    ("轻伤(二级)", Word("轻伤(二级)")),
    ("(甲)乙 丙", AllOf((Word("(甲)乙"), C))),
    ("(被告人（男） OR 乙)", AnyOf((Word("被告人（男）"), B))),
    ("1）甲", Phrase("1）甲")),
    ("甲（乙", Phrase("甲（乙")),
    ("（见卷 3 页）示", AllOf((Phrase("（见卷"), Word("3"), Phrase("页）示")))),
    # --- phrases, and quotes that are text
    ('"甲 乙"', Phrase("甲 乙")),
    ("“甲”", Phrase("甲")),
    ("”甲“", Phrase("甲")),
    ("「甲」 『乙』", AllOf((Phrase("甲"), Phrase("乙")))),
    ("“甲”“乙”", AllOf((Phrase("甲"), Phrase("乙")))),
    ('“甲"', Phrase("甲")),
    ('"甲""乙"', Phrase('甲"乙')),
    ('""', Phrase("")),
    ('("甲" OR "乙")', AnyOf((Phrase("甲"), Phrase("乙")))),
    ('-"甲"', Negation(Phrase("甲"))),
    ('"OR"', Phrase("OR")),
    ('"(甲"', Phrase("(甲")),
    ('绰号"老三"', Word('绰号"老三"')),
    ('"老三"张某', Word('"老三"张某')),
    ('"老 三"张某', Word('"老 三"张某')),
    # --- endings
    ("AB12*", Prefix("AB12")),
    ("甘＊", Prefix("甘")),
    ("*", Word("*")),
    ("A*B", Word("A*B")),
    ("A**", Word("A**")),
    ("盗窃~", Tolerant("盗窃")),
    ("盗窃～", Tolerant("盗窃")),
    ('"盗 窃"~', Tolerant("盗 窃")),
    ("~", Word("~")),
    # --- fields
    ("罪名:盗窃", Word("盗窃", "charge")),
    ("罪名：盗窃", Word("盗窃", "charge")),
    ("罪名: 盗窃", Word("盗窃", "charge")),
    ("CHARGE:盗窃", Word("盗窃", "charge")),
    ('charge:"盗窃"', Phrase("盗窃", "charge")),
    ("charge:盗*", Prefix("盗", "charge")),
    ("人:张三~", Tolerant("张三", "party")),
    ("罪名:(甲 OR 乙)", AnyOf((Word("甲", "charge"), Word("乙", "charge")))),
    ("罪名:(甲 -乙)", AllOf((Word("甲", "charge"), Negation(Word("乙", "charge"))))),
    ("-罪名:甲", Negation(Word("甲", "charge"))),
    ("罪名:-甲", Negation(Word("甲", "charge"))),
    ("正文:甲", A),
    ("10:30", Word("10:30")),
    ("被告人:张三", Word("被告人:张三")),
    ("http://例.cn/a", Word("http://例.cn/a")),
    ("阶段:起诉", Word("审查起诉", "stage")),
    ("stage:审判", Word("审判", "stage")),
    # --- dates
    ("日期:2023", days("2023-01-01", "2023-12-31")),
    ("年:2023年", days("2023-01-01", "2023-12-31")),
    ("year:二〇二三", days("2023-01-01", "2023-12-31")),
    ("日期:2024-02", days("2024-02-01", "2024-02-29")),
    ("日期:2023年5月", days("2023-05-01", "2023-05-31")),
    ("日期:202305", days("2023-05-01", "2023-05-31")),
    ("日期:2023-05-08", days("2023-05-08", "2023-05-08")),
    ("日期:2023-5-8", days("2023-05-08", "2023-05-08")),
    ("日期:2023年5月8日", days("2023-05-08", "2023-05-08")),
    ("日期:2023.5.8", days("2023-05-08", "2023-05-08")),
    ("日期:2023/05/08", days("2023-05-08", "2023-05-08")),
    ("日期:２０２３－０５－０８", days("2023-05-08", "2023-05-08")),
    ("日期:20230508", days("2023-05-08", "2023-05-08")),
    ("日期:二〇二三年五月八日", days("2023-05-08", "2023-05-08")),
    ("日期:二零二三年十二月三十一日", days("2023-12-31", "2023-12-31")),
    ('日期:"2023-05-08"', days("2023-05-08", "2023-05-08")),
    ("日期:2023-01..2023-06", days("2023-01-01", "2023-06-30")),
    ("日期:..2023-06", days(None, "2023-06-30")),
    ("日期:2023-01..", days("2023-01-01", None)),
    ("日期:2023年1月至2023年6月", days("2023-01-01", "2023-06-30")),
    ("日期:2023年1月至6月", days("2023-01-01", "2023-06-30")),
    ("日期:自2023年1月1日到5月8日止", days("2023-01-01", "2023-05-08")),
    ("日期:2023年5月8日至10日", days("2023-05-08", "2023-05-10")),
    ("日期:二〇二三年五月八日至十日", days("2023-05-08", "2023-05-10")),
    ("日期:2023年5月8日至6月10日", days("2023-05-08", "2023-06-10")),
    ("日期:2023-05-08..10", days("2023-05-08", "2023-05-10")),
    ("日期:2023-05-08..06-10", days("2023-05-08", "2023-06-10")),
    ("日期:2023-01..06", days("2023-01-01", "2023-06-30")),
    ("日期:2023-01 至 06", days("2023-01-01", "2023-06-30")),
    ("日期:2023-01~2023-06", days("2023-01-01", "2023-06-30")),
    ("日期:2023-01～2023-06", days("2023-01-01", "2023-06-30")),
    ("日期:2023-01 至 2023-06 甲", AllOf((days("2023-01-01", "2023-06-30"), A))),
    ("日期:2023-01 .. 2023-06", days("2023-01-01", "2023-06-30")),
    ("日期:2023-01.. 1号", AllOf((days("2023-01-01", None), Word("1号")))),
    ('日期:"2023" 至2024', AllOf((days("2023-01-01", "2023-12-31"), Word("至2024")))),
    ("日期:2023 至今", AllOf((days("2023-01-01", "2023-12-31"), Word("至今")))),
    ("年:2019-2021", days("2019-01-01", "2021-12-31")),
    (
        "日期:(2021 OR 2023-05)",
        AnyOf((days("2021-01-01", "2021-12-31"), days("2023-05-01", "2023-05-31"))),
    ),
    ("-日期:2023", Negation(days("2023-01-01", "2023-12-31"))),
]


@pytest.mark.parametrize(("text", "query"), READ)
def test_reads(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(("text", "query"), READ)
def test_what_is_printed_reads_the_same(text: str, query: Query) -> None:
    assert parse(print_query(query)) == query


@pytest.mark.parametrize(
    ("field", "name"),
    [(field, name) for field, names in language().fields.items() for name in names],
)
def test_every_name_of_a_field(field: str, name: str) -> None:
    value = {"stage": "审判", "date": "2023", "year": "2023"}.get(field, "甲")
    query = parse(f"{name}:{value}")
    assert isinstance(query, Dates) if field in ("date", "year") else query == Word(value, field)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ('甲 "乙', 3, "quote"),
        ("「乙", 1, "quote"),
        ('"甲" "', 5, "quote"),
        ("甲 (乙 OR 丙", 3, "not closed"),
        ("罪名:(甲", 4, "not closed"),
        ("甲 OR 乙)", 7, "no group"),
        ("()", 1, "empty group"),
        ("甲 ( ) 乙", 3, "empty group"),
        ("OR 甲", 1, "nothing before OR"),
        ("甲 OR", 3, "nothing after OR"),
        ("甲 OR OR 乙", 3, "nothing after OR"),
        ("甲 AND", 3, "nothing after AND"),
        ("与 甲", 1, "nothing before 与"),
        ("甲 AND AND 乙", 7, "nothing before AND"),
        ("甲 AND OR 乙", 3, "nothing after AND"),
        ("甲 |", 3, "nothing after |"),
        ("甲 NOT", 3, "nothing after NOT"),
        ("(甲 OR) 乙", 4, "nothing after OR"),
        ("罪名:", 1, "nothing after 罪名:"),
        ("甲 罪名：", 3, "nothing after 罪名："),
        ("罪名: OR 甲", 1, "nothing after 罪名:"),
        ("(甲 罪名:)", 4, "nothing after 罪名:"),
        ('罪名:""', 4, "empty value"),
        ("罪名:人:张三", 1, "nothing after 罪名:"),
        ("罪名:(甲 人:乙)", 7, "field within a field"),
        ("日期:明天", 4, "not a date"),
        ("甲 日期:2023-13", 6, "not a date"),
        ("日期:2023-02-30", 4, "not a date"),
        ("日期:二〇二三年二月三十日", 4, "not a date"),
        ("日期:2023-01..abc", 13, "not a date"),
        ("日期:2023-05..2023-01", 13, "ends before"),
        ("日期:2023-05..01", 13, "ends before"),
        ("日期:2023-05..13", 13, "not a date"),
        ("日期:2023-05-08..32", 16, "not a date"),
        ("日期:2023..06", 10, "not a date"),
        ("日期:2023年5月至10日", 12, "not a date"),
        ("日期:..06", 6, "not a date"),
        ("日期:二〇二三年十十月", 4, "not a date"),
        ("日期:..", 4, "without any date"),
        ("日期:2021..2022..2023", 14, "two ends"),
        ("日期:0000", 4, "not a date"),
        ('日期:"甲"', 5, "not a date"),
        ("阶段:甲", 4, "no stage"),
        ("阶段:审判~", 4, "no stage"),
        ("甲" * 41 + "~", 42, "~ works for up to 40"),
        ("甲 " * (MAX_TERMS + 1), 2 * MAX_TERMS + 1, "more than"),
        ("甲" * (MAX_LENGTH + 1), MAX_LENGTH + 1, "characters"),
        ("(" * 40 + "甲" + ")" * 40, MAX_DEPTH + 1, "groups"),
    ],
)
def test_says_where_it_does_not_understand(text: str, column: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.column == column
    assert says in caught.value.what
    assert caught.value.advice or "dates" in caught.value.what


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ('"未闭合的引号', Phrase('"未闭合的引号')),
        ("甲 (乙", AllOf((A, Phrase("(乙")))),
        ("刑期六个月）", Phrase("刑期六个月）")),
        ("(2023)甘0102", Word("(2023)甘0102")),
        ("甲 OR", AllOf((A, Phrase("OR")))),
        ("OR 甲", AllOf((Phrase("OR"), A))),
        ("甲 罪名:", AllOf((A, Phrase("罪名:")))),
        ("罪名:盗窃 (乙", AllOf((Word("盗窃", "charge"), Phrase("(乙")))),
        ("日期:____ 甲", AllOf((Phrase("日期:____"), A))),
        ("()", Phrase("()")),
        ("(甲 OR 乙) AND", AllOf((AnyOf((A, B)), Phrase("AND")))),
        ("甲 OR 乙", AnyOf((A, B))),
    ],
)
def test_lenient_takes_what_is_not_syntax_as_text(text: str, query: Query) -> None:
    assert parse(text, lenient=True) == query


# --- anything at all -------------------------------------------------------------------------

MARKS = "甲乙a1 \u3000\"“”「」『』()（）|｜-－*~～:：.。,'\n"
texts = (
    st.text(max_size=60)
    | st.text(MARKS, max_size=60)
    | st.lists(
        st.sampled_from(
            [*MARKS, "OR", "AND", "NOT", "或", "非", "与", "罪名:", "日期:", "年：", "阶段:",
             "2023", "2023-05", "..", "至", "（2023）甘", '""', " (", ") ", "正文:"]
        ),
        max_size=24,
    ).map("".join)
)  # fmt: skip


@settings(max_examples=1000, deadline=None)
@given(texts)
@example("日期:²")
@example("年:\x1f")
@example("罪名:\u200b")
@example('("甲 "乙)丙 丁"')
@example('("a 「b" (c」 d) e)x')
@example("\ud800 日期:\ud800")
def test_any_text_is_read_or_refused_and_prints_stably(text: str) -> None:
    lenient = parse(text, lenient=True)
    assert parse(print_query(lenient)) == lenient
    check(plan(lenient))
    column = 0
    try:
        query = parse(text)
    except QueryError as error:
        column = error.column
        query = lenient
    assert 0 <= column <= len(text) + 1
    assert query == lenient
    assert parse(print_query(query)) == query


def check(made: plans.Plan) -> None:
    """All texts of a plan are in search form and not empty; lists are not empty either."""
    match made:
        case plans.Substring(_, text):
            assert text
            assert form(text) == text
        case plans.WholeWord(text) | plans.WordPrefix(text):
            assert text
            assert form(text) == text
            assert "," not in text
        case plans.Similar(_, alternatives, _):
            assert alternatives
            assert all(each and form(each) == each for each in alternatives)
            assert form(made.text) == made.text
        case plans.Exactly(_, values):
            assert all(values)
            assert values
        case plans.And(parts) | plans.Or(parts):
            assert len(parts) > 1
            for part in parts:
                check(part)
        case plans.Not(part) | plans.Weighted(part, _):
            check(part)
        case plans.Preferring(part, wishes):
            for each in (part, *wishes):
                check(each)
        case _:
            assert isinstance(made, plans.Everything | plans.Days)


def is_word(text: str) -> bool:
    try:
        return parse(text) == Word(text)
    except QueryError:
        return False


names = st.sampled_from(["text", "charge", "number", "party", "title", "dossier", "statute"])
words = st.text("甲乙丙a1-.:'零", min_size=1, max_size=6).filter(is_word)
anything = st.text(MARKS + "甲乙丙", min_size=1, max_size=8).filter(lambda t: form(t) != "")
moments = st.none() | st.dates()
leaf = (
    st.builds(Word, words, names)
    | st.builds(Phrase, anything, names)
    | st.builds(Prefix, words, names).filter(lambda p: parse(f"正文:{p.text}*") == Prefix(p.text))
    | st.builds(Tolerant, anything, names)
    | st.tuples(moments, moments)
    .filter(any)
    .map(lambda pair: Dates(*pair) if None in pair else Dates(min(pair), max(pair)))
)


def node(
    kind: type[AllOf] | type[AnyOf], inner: st.SearchStrategy[Query]
) -> st.SearchStrategy[Query]:
    others = inner.filter(lambda part: not isinstance(part, kind))
    return st.lists(others, min_size=2, max_size=3).map(lambda parts: kind(tuple(parts)))


queries = st.recursive(
    leaf,
    lambda inner: (
        node(AllOf, inner)
        | node(AnyOf, inner)
        | inner.filter(lambda part: not isinstance(part, Negation)).map(Negation)
    ),
    max_leaves=10,
)


@settings(max_examples=400, deadline=None)
@given(queries)
def test_every_tree_prints_to_a_text_that_reads_as_it(query: Query) -> None:
    assert parse(print_query(query)) == query
    check(plan(query))


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + ")" * 5000,
        "(" * 10_000,
        ")" * 10_000,
        "( " * 5000,
        '"' * 9999,
        '" ' * 5000,
        "「 " * 5000,
        "“甲”" * 3000,
        "-" * 10_000,
        "罪名:" * 3000,
        "NOT " * 2500,
        "OR " * 3000,
        "甲|" * 5000,
        "日期:" + "2" * 9000,
        "1,234" * 2000,
        "二" * 10_000,
        "二〇" * 4999 + "年",
        "2023年5月8日" * 1000,
        "甲" * 10_000,
        "(甲 " * 2500 + ")" * 2500,
        "\x00" * 10_000,
        "1" * 10_000,
        "a:" * 5000,
    ],
    ids=lambda text: repr(text[:6]),
)
def test_nasty_texts_are_understood(text: str) -> None:
    """A way that tries everything would not come back from these."""
    with suppress(QueryError):
        plan(parse(text))
    query = parse(text, lenient=True)
    plan(query)
    printed = print_query(query)
    if len(printed) <= MAX_LENGTH:  # quotes may make it longer
        assert parse(printed) == query


def test_a_hundred_thousand_characters_are_refused() -> None:
    for lenient in (False, True):
        with pytest.raises(QueryError, match="100,000 characters"):
            parse("(" * 100_000, lenient=lenient)


# --- what is found ---------------------------------------------------------------------------


def finds(query: str, page: str = "", **parts: object) -> bool:
    entry = Entry("1", "page", "g", page, **parts)  # type: ignore[arg-type]
    return fits(plan(parse(query)), entry)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("3860元", "价值3,860元"),
        ("3,860元", "价值３８６０元"),
        ('"3860元"', "价值3,860元"),
        ("1234567元", "1,234,567元"),
        ("金额2000元", "金额2,000元"),
        ("2023年5月8日", "2023年05月08日"),
        ("2023年5月8日", "2023-05-08"),
        ("2023年5月8日", "2023.5.8"),
        ("2023年5月8日", "2023/5/8"),
        ("2023年5月8日", "二〇二三年五月八日"),
        ("2023年5月8日", "二零二三年五月八日"),
        ("2023-05-08", "二○二三年五月八日"),
        ("二〇二三年五月八日", "2023年5月8日"),
        ("二〇二三年十二月三十一日", "2023-12-31"),
        ("于2023年5月8日被抓", "于2023年05月08日被抓"),
        ("2023年5月1日", "2023.5.1"),
        ("2023年5月1日", "于2023-5-1立案"),
        ("2023年5月1日", "2023/5/1"),
        ("2023年5月4日", "2023.5.4"),
        ("于2023年5月1日被抓", "于2023.5.1被抓"),
        ("2023年5月", "2023-05-17"),
        ("2月8日", "二月八日"),
        ("二月八日", "2月8日"),
        ("二月八日", "02月08日"),
        ("5月8日", "五月八日"),
        ("二零二三年", "二〇二三年"),
        ("二〇二三年", "二零二三年"),
        ("二〇二三年", "二O二三年"),
        ("二O二三年", "二〇二三年"),
        ("2023甘0102刑初123号", "（2023）甘0102刑初123号"),
        ("(2023)甘0102刑初123号", "〔2023〕甘0102刑初123号"),
        ("酒驾", "醉酒驾驶机动车"),
        ("轻伤二级", "已构成轻伤(二级)"),
        ("冰毒", "甲基苯丙胺3克"),
        ("手机", "移动电话一部"),
        ("AB1*", "车号ab12"),
        ("未遂~", "末遂"),
        ("危险驾驶~", "危险架驶"),
        ("危险驾驶~", "危险的驾驶"),
        ("甲 -乙", "甲"),
        ("-醉驾", "酒驾"),  # nobody typed 酒驾
        ("", "甲"),
        ('"\x00" 甲', "甲"),
        ('"\x00" OR 甲', "甲"),
    ],
)
def test_finds(query: str, page: str) -> None:
    assert finds(query, page)


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ('"2023年5月8日"', "2023-05-08"),
        ('"酒驾"', "醉驾"),
        ("3860元", "38600元"),
        ("2023年5月8日", "2023年5月18日"),
        ("2023-05", "2023-06"),
        ("未遂~", "木木"),
        ("危险驾驶~", "安全驾驶"),
        ("判决", "起诉书"),
        ("抢劫", "抢夺"),
        ("AB1*", "XAB1"),
        ('"\x00" OR 甲', "乙"),
        ("-3860元", "3,860元"),
        ('"2023年5月1日"', "2023.5.1"),
        ("2023年5月4日", "2023.5.1"),
        ("于2023年5月1日被抓", "于2023.5.10被抓"),
        ("-2023年5月4日", "2023.5.4"),
        ("-3月8日", "三月八日"),
    ],
)
def test_does_not_find(query: str, page: str) -> None:
    assert not finds(query, page)


@pytest.mark.parametrize(
    ("query", "parts", "found"),
    [
        ("条文:264", {"statutes": ("刑法第264条第1款",)}, True),
        ("条文:264", {"statutes": ("刑法第1264条",)}, False),
        ("条文:133", {"statutes": ("刑法第133之1条",)}, False),
        ("条文:第264条", {"statutes": ("刑法第264条",)}, True),
        ("条文:刑法264", {"statutes": ("刑法第264条",)}, True),
        ("条文:刑法第二百六十四条", {"statutes": ("刑法第264条第1款",)}, True),
        ("条文:《刑法》第二百六十四条", {"statutes": ("刑法第264条",)}, True),
        ("条文:刑法264", {"statutes": ("刑事诉讼法第264条",)}, False),
        ("条文:刑诉法", {"statutes": ("刑事诉讼法第16条",)}, True),
        ("条文:133之一", {"statutes": ("刑法第133之1条第1款",)}, True),
        ("条文:二百六十四", {"statutes": ("刑法第264条",)}, True),
        ("罪名:盗窃罪", {"charges": ("盗窃",)}, True),
        ("罪名:酒驾", {"charges": ("危险驾驶",)}, True),
        ("罪名:贩卖毒品", {"charges": ("走私、贩卖、运输、制造毒品",)}, True),
        ("罪名:(盗窃 OR 诈骗)", {"charges": ("诈骗",)}, True),
        ("罪名:盗窃", {"text": "盗窃"}, False),
        ("案号:2023甘0102刑初123号", {"numbers": ("(2023)甘0102刑初123号",)}, True),
        ("文书:判决书", {"type": "刑事判决书"}, True),
        ("机关:清溪", {"organs": ("清溪市公安局",)}, True),
        ("卷:证据", {"volume": "证据材料卷"}, True),
        ("卷宗:柳河", {"dossier": "柳河盗窃案"}, True),
        ("人:张三", {"parties": ("张三丰",)}, True),
        ("人:张三~", {"parties": ("张四",)}, False),
        ("人:天夫~", {"parties": ("夫天",)}, True),
        ("阶段:一审", {"stage": "审判"}, True),
        ("年:2023", {"day": date(2023, 7, 1)}, True),
        ("日期:..2023-06", {"day": date(2023, 7, 1)}, False),
        ("日期:2023-06..", {"day": None}, False),
        ("盗窃", {"title": "盗窃", "charges": ("盗窃",)}, False),  # titles only rank
    ],
)
def test_fields(query: str, parts: dict[str, object], found: bool) -> None:
    assert (
        finds(query, **{"page": "", **parts} if "text" not in parts else {"page": "盗窃"}) is found
    )


def test_what_was_showncounts_more_than_its_variants() -> None:
    made = plan(parse("酒驾"))
    assert isinstance(made, plans.Preferring)
    assert isinstance(made.part, plans.Or)
    assert made.part.parts[0] == plans.Substring("text", "酒驾")
    assert all(isinstance(part, plans.Weighted) and part.weight < 1 for part in made.part.parts[1:])
    assert plan(parse("酒驾"), synonyms=False) == plans.Preferring(
        plans.Substring("text", "酒驾"), made.wishes
    )


@pytest.mark.parametrize(
    ("query", "part", "weight"),
    [
        ("2023年5月1日", "2023.5.1", language().weights.ambiguous),  # begins 2023.5.10
        ("2月8日", "二月八日", language().weights.ambiguous),  # ends 十二月八日
        ("2023年5月1日", "2023.05.01", language().weights.spelling),
        ("2023年5月4日", "2023.5.4", language().weights.spelling),
        ("于2023年5月1日被抓", "于2023.5.1被抓", language().weights.spelling),
        ("3月8日", "三月八日", language().weights.spelling),
    ],
)
def test_a_spelling_that_stands_in_other_dates_counts_less(
    query: str, part: str, weight: float
) -> None:
    made = plan(parse(query))
    assert isinstance(made, plans.Preferring)
    assert isinstance(made.part, plans.Or)
    assert plans.Weighted(plans.Substring("text", part), weight) in made.part.parts


@pytest.mark.parametrize("query", ["-2023年5月1日", "-2月8日"])
def test_what_is_excluded_excludes_no_other_date(query: str) -> None:
    assert finds(query, "2023.5.10和十二月八日")
    assert not finds(query, "2023年05月01日和02月08日")


def test_whole_words_and_titles_are_wished_for() -> None:
    made = plan(parse("3,860"))
    assert isinstance(made, plans.Preferring)
    assert plans.WholeWord("3860") in made.wishes
    fields = {
        wish.part.field
        for wish in made.wishes
        if isinstance(wish, plans.Weighted) and isinstance(wish.part, plans.Substring)
    }
    assert fields == {"title", "number", "party", "charge"}


def test_expansions_say_what_was_added() -> None:
    found = dict(expansions(parse('酒驾 盗窃 -冰毒 "手机" 张三 罪名:诈骗罪')))
    assert "醉驾" in found["酒驾"]
    assert "偷窃" in found["盗窃"]
    assert set(found) == {"酒驾", "盗窃", "诈骗罪"}


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("3860元", {"3,860元"}),
        ("3,860.50元", {"3860.50元"}),
        ("(2023)甘0102刑初123号", set()),
        ("2023年", None),
        ("13912345678", set()),
        ("0102", set()),
        ("2022,2023", set()),
        ("860元", set()),
    ],
)
def test_amounts(text: str, others: set[str] | None) -> None:
    assert set(amounts(text)) == (others or set())


@settings(deadline=None)
@given(st.text("二〇零O0123456789,年月日-./五八十元甲", max_size=40).map(form))
def test_spellings_are_few_and_in_search_form(text: str) -> None:
    found = spellings(text)
    assert len(found) <= 24
    assert text not in found
    assert all(form(other) == other and other for other in found)


# --- data ------------------------------------------------------------------------------------


def test_data_have_the_promised_size() -> None:
    assert 80 <= len(synonyms().groups) <= 150
    assert lookalikes("未").startswith("未")
    assert "末" in lookalikes("未")
    assert lookalikes("𠀀") == "𠀀"


def test_no_synonym_is_a_word_twice_or_a_look_of_itself() -> None:
    for group in synonyms().groups:
        forms = [form(word) for word in group.words]
        assert len(set(forms)) == len(forms)
        for word in forms:
            assert word not in map(form, synonyms().of(word))


def test_bad_data_say_where() -> None:
    with pytest.raises(BadData, match=r"x\.yaml"):
        validated(SynonymGroup, {"words": ["甲"], "source": "K"}, "x.yaml")
    with pytest.raises(BadData, match="occurs twice"):
        validated(SynonymGroup, {"words": ["甲 乙", "甲乙"], "source": "K"}, "x.yaml")
    known = language().model_dump(by_alias=True)
    known["fields"]["party"] = ("案号",)
    with pytest.raises(BadData, match="案号"):
        validated(Language, known, "x.yaml")


# --- the document ----------------------------------------------------------------------------

DOCUMENT = Path(__file__).parents[2] / "docs" / "search-language.md"


def test_every_name_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8")
    for names in language().fields.values():
        for name in names:
            assert f"`{name}:" in text, name


def test_every_example_of_the_document_reads() -> None:
    text = DOCUMENT.read_text("utf-8")
    refused, _, after = text.partition("column where it goes wrong")[2].partition("In Python")
    rows = [line.split(" | ") for line in refused.splitlines() if line.startswith("| `")]
    assert len(rows) >= 5
    for typed, message in rows:
        query = typed.strip("| `")
        with pytest.raises(QueryError) as caught:
            parse(query)
        assert message.strip("| ") == f"column {caught.value.column}: {caught.value.what}"
    fine = text.partition("column where it goes wrong")[0] + after.partition("## Fields")[2]
    examples = [
        found.replace("\\|", "|")
        for line in fine.splitlines()
        if line.startswith("|")
        for found in re.findall(r"`([^`]+)`", line.split(" | ")[0])
    ]
    assert len(examples) > 60
    for shown in examples:
        if not shown.endswith(":"):
            assert parse(print_query(parse(shown))) == parse(shown)


@pytest.mark.parametrize("text", ["(手机", '手机"北极光', "被告人（ 男", '甲" (乙 "丙'])
def test_a_plain_string_is_always_a_query(text: str) -> None:
    query, overlooked = understand(text)
    assert overlooked is None or overlooked.column >= 1
    made = plan(query)
    for word in text.split():
        needle = form(word)
        assert needle in str(made), (word, made)


@pytest.mark.parametrize("text", ['罪名:盗窃 "多次', "盗窃 OR", "(盗窃 OR 诈骗", "罪名:", "-(手机"])
def test_with_an_operator_a_slip_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        understand(text)


@given(st.text(max_size=60))
def test_whatever_is_pasted_is_understood_or_refused(text: str) -> None:
    with suppress(QueryError):
        understand(text)
