"""What a judgment imposed, in words: on each defendant, in all and for each charge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, localcontext

from dossier.similarity.assessing import written

from ..elements import Amount, Elements, Sentence

_SHOWN = 3
"""Defendants in `result_in_words`; `results_in_words` has all."""
_PENALTIES = {"死刑缓期执行": "死刑，缓期二年执行"}
_FOREVER = -1
_CENTS = -2
_UPHELD = re.compile(r"驳回[^。；]{0,60}(?:上诉|抗诉|申请|申诉)[^。]{0,20}维持原[判裁]")
_SENT_BACK = re.compile(r"撤销[^。]{0,120}发回[^。]{0,40}重(?:新审判|审)")
_KEPT = re.compile(r"维持[^。；]{2,80}(?:判决|裁定|判项)")


def result_in_words(found: Elements, text: str) -> str:
    """What was imposed, the first defendants one by one; of an appeal that imposes nothing
    itself, what it did with the judgment below. "" if the text does not say."""
    each = results_in_words(found.sentences)
    if not each:
        return _on_appeal(found, text)
    if len(each) == 1:
        return each[0]
    said = [f"第{at}名：{words}" for at, words in enumerate(each[:_SHOWN], 1)]
    if len(each) > _SHOWN:
        said.append(f"共{len(each)}名被告")
    return "。".join(said)


def results_in_words(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """What holds for each defendant, in the order of the 主文. Nobody is named. Of several charges
    the sum comes first: 决定执行有期徒刑3年9个月（故意伤害罪有期徒刑9个月；聚众斗殴罪…）."""
    groups: list[list[Sentence]] = []
    at: dict[str, int] = {}
    for each in sentences:
        if not each.operative or not _imposed(each):
            continue
        group = groups[at[each.defendant]] if each.defendant in at else []
        if group and not _another(group, each):
            group.append(each)
        else:
            at[each.defendant] = len(groups)
            groups.append([each])
    charges = {each.charge for group in groups for each in group if each.charge}
    return tuple(_of_one(group, named=len(charges) > 1) for group in groups)


def _another(group: Sequence[Sentence], sentence: Sentence) -> bool:
    """Whether it is of somebody else: two whose names are masked alike are two people."""
    if any(each.total for each in group):
        return True
    return bool(sentence.charge) and any(each.charge == sentence.charge for each in group)


def _of_one(group: Sequence[Sentence], *, named: bool) -> str:
    total = next((each for each in group if each.total), None)
    parts = [each for each in group if not each.total]
    if total is None and len(parts) == 1:
        return _with_charge(parts[0]) if named else _imposed(parts[0])
    listed = "；".join(dict.fromkeys(map(_with_charge, parts)))
    if total is None:
        return listed
    return f"决定执行{_imposed(total)}" + (f"（{listed}）" if listed else "")


def _with_charge(sentence: Sentence) -> str:
    charge = sentence.charge_text or sentence.charge
    return (f"{charge.removesuffix('罪')}罪" if charge else "") + _imposed(sentence)


def _imposed(sentence: Sentence) -> str:
    if sentence.acquitted:
        return "无罪"
    principal = "免予刑事处罚" if sentence.exempt else ""
    if sentence.penalty:
        term = _term(sentence)
        principal = _PENALTIES.get(sentence.penalty, sentence.penalty) + term
    said = [principal] if principal else []
    if sentence.probation:
        said.append(f"缓刑{written(sentence.probation)}")
    also = "并处" if sentence.penalty else "单处"
    if sentence.deprivation:
        long = "终身" if sentence.deprivation == _FOREVER else written(sentence.deprivation)
        said.append(f"剥夺政治权利{long}")
    if sentence.fine:
        said.append(f"{also}罚金{_money(sentence.fine)}")
    if sentence.confiscation in ("全部", "部分"):
        said.append(f"没收个人{sentence.confiscation}财产")
    elif sentence.confiscation:
        said.append(f"没收个人财产{sentence.confiscation}")
    if sentence.expelled:
        said.append("驱逐出境")
    return "，".join(said)


def _term(sentence: Sentence) -> str:
    months = written(sentence.months) if sentence.months else ""
    if not sentence.days:
        return months
    return f"{months}{'零' if months else ''}{sentence.days}日"


def _money(amount: Amount) -> str:
    with localcontext(prec=60):  # a fine of thirty figures is a slip, but nothing to fail at
        value = amount.value.normalize()
        if value.as_tuple().exponent < _CENTS:  # type: ignore[operator]  # no NaN is an amount
            value = value.quantize(Decimal("0.01")).normalize()
    unit = "元" if amount.currency == "CNY" else amount.currency
    return f"{value:,f}{unit}"


def _on_appeal(found: Elements, text: str) -> str:
    said = "".join(text[s.start : s.stop] for s in found.segments if s.kind == "decision")
    if _UPHELD.search(said):
        return "驳回上诉，维持原判"
    if _SENT_BACK.search(said):
        return "撤销原判，发回重审"
    return "维持原判刑罚部分" if _KEPT.search(said) else ""
