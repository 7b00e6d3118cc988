"""Which judgments are of the very case that was asked about."""

from __future__ import annotations

from dossier.comparing.folding import is_the_case
from dossier.records import JudgmentRow

TOLD = (
    "2023年6月8日15时许，被告人郑某在某商场二楼，趁被害人马某不备，窃得其手机一部。"
    "经价格认证中心认定，被盗手机价值人民币3860元。2023年6月9日，郑某在临洮县被抓获，退赃1200元。"
)


def row(text: str, form: str = "") -> JudgmentRow:
    return JudgmentRow(form=form, text=text, card={})


def test_the_number_decides() -> None:
    number = "(2023)甘0102刑初286号"
    assert is_the_case(TOLD, (number,), row("另一件事。", number))
    assert not is_the_case(TOLD, (number,), row("另一件事。", "(2023)甘0102刑初287号"))
    assert not is_the_case(TOLD, ("",), row("另一件事。"))


def test_the_same_days_and_figures_in_the_same_words() -> None:
    assert is_the_case(TOLD, (), row(f"某县人民法院。经审理查明，{TOLD}本院认为，构成盗窃罪。"))
    # two thieves told of in the same words are two
    other = TOLD.replace("6月8日", "3月2日").replace("3860", "2950").replace("6月9日", "3月5日")
    assert not is_the_case(TOLD, (), row(other))
    assert not is_the_case(TOLD, (), row("2023年6月8日，3860元，6月9日，1200元。" + "某" * 200))


def test_without_figures_only_the_very_words() -> None:
    told = (
        "被告人在某村多次以暴力辱骂他人，随意殴打邻居，情节恶劣，群众反映强烈，"
        "村干部上门劝阻时，被告人持木棍威胁，并砸坏村委会门窗，后被民警当场制服带离现场。"
    )
    assert is_the_case(told, (), row(f"经审理查明，{told}本院认为，构成寻衅滋事罪。"))
    assert not is_the_case(told, (), row(told.replace("殴打邻居", "毁坏财物")))
