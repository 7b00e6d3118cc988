"""From a search for similar judgments to its report: as a page, and as a Word file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from dossier.similarity import LABELS, Element
from dossier.similarity.consistency import FLAG_NAMES, Consistency
from dossier.similarity.masking import names_in
from dossier.templates import Leaf, Node
from dossier.templates.library import Library
from dossier.templates.masking import masked_name

from ..drafting import with_typed
from ..elements.identifiers import identifiers
from .report import score_words, shown_contributions, similar_html
from .reportvalues import (
    STEERING,
    Meta,
    Report,
    ReportItem,
    circumstance_lines,
    histogram_lines,
    sentencing_lines,
)
from .values import SimilarJudgment, SimilarJudgments

TEMPLATE = "similar_cases_report"
"""Code of 类案检索报告.docx."""
_KINDS = {
    "charge": "罪名", "statute": "法条", "circumstance": "情节", "amount": "数额",
    "injury": "伤情", "alcohol": "酒精含量", "weight": "毒品数量", "role": "主从犯",
    "procedure": "程序", "instance": "审级",
}  # fmt: skip
_UNTOLD = ("statute", "procedure", "instance")
"""Kinds that a text before trial does not tell: where only one has them nothing differs."""
_FILTERS = {
    "charge": "罪名", "region": "地区", "level": "法院层级", "year": "年份", "instance": "审级",
}  # fmt: skip
_SORTS = {"similarity": "按相似度", "authority": "按效力层级", "newest": "按裁判日期由近到远"}
_LONGEST = 20_000
_PERSON = re.compile(r"[\u3400-\u9fff]{2,4}")
_BREAK = re.compile(r"(?<=[^\x00-\xff])[ \t]*\n\s*|[ \t]*\n\s*(?=[^\x00-\xff])")


def report_of(
    result: SimilarJudgments,
    consistency: Consistency | None = None,
    *,
    subject: str,
    by: str,
) -> Report:
    """What the report says of this result. `subject` names the case, `by` who searched."""
    known = [f"{name}罪" for name, chance in result.charges if chance == 1.0]
    guessed = [f"{name}罪（{chance:.0%}）" for name, chance in result.charges if chance < 1.0]
    conditions = [f"排列：{_SORTS[result.sort]}"]
    conditions += [f"本案罪名：{'、'.join(known)}"] if known else []
    conditions += [f"按案情推断的罪名：{'、'.join(guessed)}"] if guessed else []
    conditions += [
        f"{_FILTERS.get(name, name)}限于{'、'.join(values)}"
        for name, values in result.where.items()
    ]
    total = sum(result.collection.values())
    corpora = [f"本库裁判文书共{total:,}件，进入比对{result.candidates:,}件"]
    corpora += [f"{name or '未具名'}：{count:,}件" for name, count in result.collection.items()]
    # as the clock on the wall shows it
    meta = Meta(subject, result.at.astimezone(), by, tuple(corpora), tuple(conditions))
    items = tuple(_item(each, result.text) for each in result.items)
    return Report(meta, items, consistency, result.warnings)


def _item(found: SimilarJudgment, text: str) -> ReportItem:
    judgment = found.judgment
    theirs = judgment.text if found.passages else ""
    names = names_in(theirs) | set(judgment.parties)
    return ReportItem(
        title=on_one_line(judgment.title) or judgment.number or f"裁判文书{judgment.id}",
        score=found.score,
        number=judgment.number or "",
        court=found.court,
        level=f"{found.level}人民法院" if found.level in ("最高", "高级", "中级", "基层") else "",
        day=f"{judgment.day.year}年{judgment.day.month}月{judgment.day.day}日"
        if judgment.day
        else "",
        charges="、".join(f"{name}罪" for name in found.profile.charges),
        result=found.result,
        contributions=tuple((LABELS[name], value) for name, value in found.contributions.items()),
        passages=tuple(
            (
                on_one_line(text[slice(*each.mine)]),
                on_one_line(anonymous(theirs[slice(*each.theirs)], names)),
            )
            for each in found.passages
        ),
        shared=shared_in_words(found.elements),
        differing=differing_in_words(found.elements),
        folded=tuple(each.title or each.number or str(each.id) for each in found.others),
    )


def shared_in_words(elements: Sequence[Element]) -> tuple[str, ...]:
    """What both cases have: 情节：自首; of sums near each other both are said."""
    return tuple(_shared(each) for each in elements if each.relation == "shared")


def differing_in_words(elements: Sequence[Element]) -> tuple[tuple[str, str, str], ...]:
    """What differs: what, of the case, of the judgment; "" where one does not have it."""
    return tuple(
        (_KINDS.get(each.kind, each.kind), _said(each, each.mine), _said(each, each.theirs))
        for each in elements
        if each.relation == "differing" or (each.relation != "shared" and each.kind not in _UNTOLD)
    )


def _shared(element: Element) -> str:
    named = _KINDS.get(element.kind, element.kind)
    mine, theirs = _said(element, element.mine), _said(element, element.theirs)
    # sums that are near each other are shared: both are said
    return f"{named}：{mine}" if mine == theirs else f"{named}：本案{mine}，类案{theirs}"


def _said(element: Element, words: str | None) -> str:
    return f"{words}罪" if words and element.kind == "charge" else words or ""


def report_html(
    result: SimilarJudgments,
    consistency: Consistency | None = None,
    *,
    subject: str,
    by: str,
) -> str:
    """The report as one page of HTML: see `similar_html`."""
    return similar_html(report_of(result, consistency, subject=subject, by=by))


def typed_values(report: Report) -> dict[str, Any]:
    """The typed fields of 类案检索报告.docx, as `Archive.generate` takes them."""
    typed: dict[str, Any] = {
        "query_subject": report.meta.subject,
        "searched_at": report.meta.at.replace(second=0, microsecond=0, tzinfo=None),
        "searched_by": report.meta.by,
        "searched_in": list(report.meta.corpora),
        "search_conditions": list(report.meta.conditions) or ["无"],
        "search_method": report.method,
        "reference_note": report.note,
    }
    if report.warnings:
        typed["search_warnings"] = list(report.warnings)
    if report.items:
        typed["similar_cases"] = [_record(each) for each in report.items]
    answer = report.consistency
    if answer is not None:
        lines = [("比较结论", FLAG_NAMES[answer.flag]), *sentencing_lines(answer)]
        lines += circumstance_lines(answer)
        if bars := histogram_lines(answer):
            lines += [("类案刑期分布（加权）", "每格5%"), *bars]
        typed["sentencing_lines"] = [{"what": what, "value": value} for what, value in lines]
        typed["sentencing_words"] = answer.reason
        if answer.warnings:
            typed["sentencing_warnings"] = [each.text for each in answer.warnings]
    return typed


def _record(item: ReportItem) -> Mapping[str, str]:
    mine, theirs = item.passages[0] if item.passages else ("", "")
    record = {
        "title": item.title,
        "number": "" if item.number in item.title else item.number,
        "court": item.court,
        "level": item.level,
        "day": item.day,
        "charges": item.charges,
        "result": item.result,
        "score": score_words(item.score),
        "signals": "，".join(f"{k}{score_words(v)}" for k, v in shown_contributions(item)),
        "shared": "；".join(item.shared),
        "differing": "；".join(
            f"{what}：本案{a or '未见'}，类案{b or '未见'}" for what, a, b in item.differing
        ),
        "mine": mine,
        "theirs": theirs,
        "folded": "；".join(item.folded),
    }
    return {code: on_one_line(value)[:_LONGEST] for code, value in record.items() if value}


def anonymous(words: str, names: Collection[str]) -> str:
    """A passage of a judgment without the `names` of people and without their numbers: the report
    is filed and handed on, and not every corpus was published (法释〔2016〕19号 Art. 8–10)."""
    for each in reversed(identifiers(words)):
        if each.kind != "credit_code":
            words = f"{words[: each.start]}***{words[each.stop :]}"
    for name in sorted(names, key=len, reverse=True):
        if _PERSON.fullmatch(name):
            words = words.replace(name, masked_name(name))
    return words


def on_one_line(words: str) -> str:
    """Lines joined as they are read: between Chinese characters a break is nothing, between Latin
    words a space. Without characters that no document may hold."""
    plain = "".join(c for c in words if c in "\n\t" or (c >= " " and c not in STEERING))
    return " ".join(_BREAK.sub("", plain).split())


def report_docx(report: Report, library: Library) -> bytes:
    """The Word file of a report on no case of the archive; not kept anywhere.

    Raises TemplateRefused if the archive's own template of this code is no good."""
    template = library.find(TEMPLATE)
    day = Leaf(report.meta.at.date(), "issued")
    view = with_typed(Node({"day": day}), template.card.typed_fields, typed_values(report))
    return template.render(view).docx
