"""Statute citations: court documents' own ways of writing them, and what a person types."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.elements import Citation, arabic, canonical_statute, citations


def found(text: str) -> list[str]:
    return [str(citation) for citation in citations(text)]


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("一百零五", 105), ("一百一十", 110),
        ("二百三十四", 234), ("三百一十二", 312), ("一千二百六十", 1260), ("两千", 2000),
        ("二〇二三", 2023), ("一○", 10), ("234", 234), ("２３４", 234), ("零", 0), ("百", 100),
    ],
)  # fmt: skip
def test_numerals(numeral: str, number: int) -> None:
    assert arabic(numeral) == number


@pytest.mark.parametrize("text", ["", "第", "十百", "一百二百", "三四十", "零十", "1二"])
def test_what_is_no_numeral(text: str) -> None:
    with pytest.raises(ValueError, match="not a numeral"):
        arabic(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "依照《中华人民共和国刑法》第二百三十四条第一款、第六十七条第三款之规定",
            ["刑法第234条第1款", "刑法第67条第3款"],
        ),
        ("《中华人民共和国刑法》第一百三十三条之一第一款第（二）项", ["刑法第133之1条第1款第2项"]),
        ("刑法第67条第1款、第3款", ["刑法第67条第1款", "刑法第67条第3款"]),
        ("刑法第二十五条和刑诉法第十五条", ["刑法第25条", "刑事诉讼法第15条"]),
        ("《刑法》第二十五、二十六条第一款", ["刑法第25条", "刑法第26条第1款"]),
        ("刑法第二百九十三条第（一）项、第（三）项", ["刑法第293条第1项", "刑法第293条第3项"]),
        ("《刑法》第四十五条至第四十七条", ["刑法第45条", "刑法第46条", "刑法第47条"]),
        ("《中华人民共和国刑法》（2017年修正）第264条", ["刑法第264条"]),
        (
            "《最高人民法院、最高人民检察院关于办理盗窃刑事案件适用法律若干问题的解释》第一条第一款",
            ["盗窃解释第1条第1款"],
        ),
        (
            "最高人民法院《关于适用〈中华人民共和国刑事诉讼法〉的解释》（以下简称《解释》）第一百条，又据《解释》第5条",
            ["刑诉法解释第100条", "刑诉法解释第5条"],
        ),
        ("《中华人民共和国档案法》第十条", ["档案法第10条"]),
        ("《刑法》第六十七条　第三款", ["刑法第67条第3款"]),
        ("《刑法》第三百条一款、二款（三）项", ["刑法第300条第1款", "刑法第300条第2款第3项"]),
        ("《刑法》第二百二十五第一款第（二）项", ["刑法第225条第1款第2项"]),
        ("《刑法》第六十五、第六十八条之规定", ["刑法第65条", "刑法第68条"]),
        (
            "《刑法》第六十七条第三款坦白、第五十二条［罚金］、第六十四条",
            ["刑法第67条第3款", "刑法第52条", "刑法第64条"],
        ),
        (
            "《刑法》第二百九十三条第一款第（一）（二）项",
            ["刑法第293条第1款第1项", "刑法第293条第1款第2项"],
        ),
        (
            "《刑法》第二条第（一）项至第（三）项",
            ["刑法第2条第1项", "刑法第2条第2项", "刑法第2条第3项"],
        ),
        ("《刑法》第二百九十四条第一、三款", ["刑法第294条第1款", "刑法第294条第3款"]),
        ("《刑法》第二百六十四\n条、第六十七\n条第三款", ["刑法第264条", "刑法第67条第3款"]),
        ("〈〈中华人民共和国刑法〉〉第六十四条", ["刑法第64条"]),
        ("《中华人民共和国刑法〉第六十四条", ["刑法第64条"]),
        ("《中华人民共国刑法》第六十四条", ["刑法第64条"]),
        ("最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释第一百条", ["刑诉法解释第100条"]),
        ("最高人民法院关于办理盗窃刑事案件适用法律若干问题的解释第二条", ["盗窃解释第2条"]),
        ("《关于办理盗窃案件具体应用法律若干问题的解释》第二条", ["盗窃解释第2条"]),
        (
            "《关于审理盗窃案件具体应用法律若干问题的解释》第二条",
            ["审理盗窃案件具体应用法律若干问题的解释第2条"],
        ),
        (
            "《关于办理盗窃刑事案件适用法律若干问题的解释》（简称盗窃司法解释）第一条，"
            "盗窃司法解释第二条，该解释第三条",
            ["盗窃解释第1条", "盗窃解释第2条", "盗窃解释第3条"],
        ),
        ("《中华人民共和国刑法》（以下简称《刑法》）第一条", ["刑法第1条"]),
        ("依照《刑法》第六十四条；对被告人丁某依照第二十七条", ["刑法第64条", "刑法第27条"]),
        (
            "附：《中华人民共和国刑法》\n第六十四条 违法所得应予追缴。\n"
            "第二百六十四条 盗窃公私财物。",
            ["刑法第64条", "刑法第264条"],
        ),
        ("《承包合同》第三条、《会议纪要》第二条", []),
        ("依照前款规定，本条第二款不适用", []),
        ("维持《刑法》以外的判决第（一）项", []),
        ("第六十七条第三款", []),
        ("被告人携带三条毛巾，第二款手机", []),
        ("刑法规定，他有三条烟", []),
    ],
)
def test_citations(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_citation_says_where_it_stands() -> None:
    text = "依照《中华人民共和国刑法》第二百三十四条、第六十七条第三款之规定"
    first, second = citations(text)
    assert first == Citation("刑法", 234, None, None, None, 2, 20)
    assert text[first.start : first.stop] == "《中华人民共和国刑法》第二百三十四条"
    assert text[second.start : second.stop] == "第六十七条第三款"


@pytest.mark.parametrize(
    ("typed", "statute"),
    [
        ("刑法第二百六十四条", "刑法第264条"), ("刑法264", "刑法第264条"),
        ("《中华人民共和国刑法》第264条第一款", "刑法第264条第1款"), ("264条", "第264条"),
        ("133条之一", "第133之1条"), ("刑法第一百三十三条之一", "刑法第133之1条"),
        ("刑法第133之1条", "刑法第133之1条"), ("67条3款", "第67条第3款"), ("刑诉法", "刑事诉讼法"),
        ("刑法第２６４条", "刑法第264条"), ("盗窃", None), ("", None), ("264", None),
        ("刑法第三四十条", None),
    ],
)  # fmt: skip
def test_what_a_person_types(typed: str, statute: str | None) -> None:
    assert canonical_statute(typed) == statute


@given(
    st.integers(1, 451), st.none() | st.integers(1, 9), st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 9),
)  # fmt: skip
def test_the_canonical_form_is_understood(
    article: int, sub: int | None, paragraph: int | None, item: int | None
) -> None:
    text = str(Citation("刑法", article, sub, paragraph, item, 0, 0))
    assert canonical_statute(text) == text


@given(st.text(alphabet="《》刑法第一二三十百条款项之至、，（）中华人民共和国0９的解释关于a \n"))
def test_any_text_is_read_without_an_error(text: str) -> None:
    for citation in citations(text):
        assert 0 <= citation.start < citation.stop <= len(text)
    canonical_statute(text)


def test_an_introduced_name_is_found_by_its_end() -> None:
    text = "《刑法》第一条（以下简称《甄时解释》），甄时解释第二条。"
    assert [str(one) for one in citations(text)] == ["刑法第1条", "刑法第2条"]


def test_many_introduced_names_are_read_in_time_that_grows_with_the_text() -> None:
    figures = "赵钱孙李周吴郑王冯陈"

    def seconds(size: int) -> float:
        parts = []
        for at in range(size // 25):
            name = "".join(figures[int(digit)] for digit in f"{at:05}")
            parts.append(f"《刑法》第一条（以下简称《{name}》）、解释第二条，")
        begin = time.perf_counter()
        citations("".join(parts))
        return time.perf_counter() - begin

    seconds(1000)
    assert seconds(100_000) < 12 * seconds(25_000)
