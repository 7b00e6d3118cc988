"""What judgments imposed, in words: as their 主文 says it."""

from __future__ import annotations

import pytest

from dossier.comparing.outcome import result_in_words, results_in_words
from dossier.elements import extract

HEAD = (
    "某县人民法院\n刑事判决书\n（2020）甘1124刑初1号\n公诉机关某县人民检察院。\n"
    "经审理查明，被告人盗走手机一部，价值人民币3860元。\n本院认为，其行为已构成犯罪。"
    "依照《中华人民共和国刑法》第二百六十四条之规定，{way}如下：\n"
)
FOOT = "\n如不服本判决，可在接到判决书的第二日起十日内上诉。\n审判员 温和"


def result(decision: str, way: str = "判决") -> str:
    text = HEAD.format(way=way) + decision + FOOT
    return result_in_words(extract(text), text)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ("被告人张三犯盗窃罪，判处有期徒刑一年六个月，缓刑二年，并处罚金人民币三千元。",
         "有期徒刑1年6个月，缓刑2年，并处罚金3,000元"),
        ("被告人张三犯危险驾驶罪，判处拘役一个月十五天，并处罚金一万元。",
         "拘役1个月零15日，并处罚金10,000元"),
        ("被告人张三犯诈骗罪，判处有期徒刑十三年，剥夺政治权利四年，并处罚金人民币十三万元。",
         "有期徒刑13年，剥夺政治权利4年，并处罚金130,000元"),
        ("被告人张三犯盗窃罪，单处罚金人民币五千元。", "单处罚金5,000元"),
        ("被告人张三犯盗窃罪，免予刑事处罚。", "免予刑事处罚"),
        ("被告人张三犯运输毒品罪，判处无期徒刑，剥夺政治权利终身，并处没收个人全部财产。",
         "无期徒刑，剥夺政治权利终身，没收个人全部财产"),
        ("被告人张三犯故意伤害罪，判处有期徒刑九个月；犯聚众斗殴罪，判处有期徒刑三年六个月，"
         "决定执行有期徒刑三年九个月。",
         "决定执行有期徒刑3年9个月（故意伤害罪有期徒刑9个月；聚众斗殴罪有期徒刑3年6个月）"),
        ("一、被告人张三犯盗窃罪，判处有期徒刑四年。二、被告人李四犯盗窃罪，判处有期徒刑二年。",
         "第1名：有期徒刑4年。第2名：有期徒刑2年"),
        # two whose names were masked alike are two
        ("一、被告人赵某犯盗窃罪，判处有期徒刑二年。二、被告人赵某犯盗窃罪，判处有期徒刑一年。",
         "第1名：有期徒刑2年。第2名：有期徒刑1年"),
    ],
)  # fmt: skip
def test_what_was_imposed(decision: str, words: str) -> None:
    assert result(decision) == words


def test_many_are_counted_and_nobody_is_named() -> None:
    names = ("张三", "李四", "王五", "赵六", "孙七")
    decision = "".join(
        f"{number}、被告人{name}犯盗窃罪，判处有期徒刑{number}年。"
        for number, name in zip("一二三四五", names, strict=True)
    )
    words = result(decision)
    assert words.endswith("第3名：有期徒刑3年。共5名被告")
    each = results_in_words(extract(HEAD.format(way="判决") + decision + FOOT).sentences)
    assert each == tuple(f"有期徒刑{years}年" for years in range(1, 6))
    assert not any(name in words for name in names)


def test_appeals_that_impose_nothing() -> None:
    assert result("驳回上诉，维持原判。", "裁定") == "驳回上诉，维持原判"
    sent_back = "一、撤销某县人民法院（2019）甘1124刑初9号刑事判决；二、发回某县人民法院重新审判。"
    assert result(sent_back, "裁定") == "撤销原判，发回重审"
    assert result("本院无话可说。") == ""


def test_an_absurd_sum_is_said_as_it_stands() -> None:
    figures = "1" + "0" * 27
    assert (
        result(f"被告人张三犯盗窃罪，单处罚金人民币{figures}元。") == f"单处罚金{int(figures):,}元"
    )
