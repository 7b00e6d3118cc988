"""What a report on similar judgments says, ready to be set as a page or a Word file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dossier.similarity.assessing import written
from dossier.similarity.consistency import REFERENCE_ONLY, Consistency

STEERING = frozenset(
    map(chr, (0x7F, 0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
"""What turns the direction of writing: a title must not reverse what stands beside it."""
METHOD = (
    "系统先按案件事实用语检索候选裁判文书，再按案情、罪名、法条、量刑情节、数额等信号逐项比较并排序；"
    "各信号得分相加即为相似度得分。得分只在本次检索内可比，0为候选文书的平均水平。"
    "当事人姓名、性别、民族、籍贯、宗教信仰、住址和身份号码均不参与比较。"
    "类案段落中的人名和身份、电话、账户、车牌号码已隐去。"
)


BY_HAND = ("待决案件争议焦点", "参照或者参考类案的情况及理由")
"""What a report also has to say (法发〔2020〕24号 8) and only a judge can."""
TO_WRITE = "（由承办法官填写）"
_WIDE = 20
"""Squares of a bar that is all."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What was searched for, when, by whom, in what. `subject` as the report names the case;
    `corpora` what was searched, with counts and days; `conditions` what it was narrowed to."""

    subject: str
    at: datetime
    by: str
    corpora: tuple[str, ...]
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportItem:
    """One similar judgment. `contributions` (label, value) add up to `score`; `passages` (mine,
    theirs) as text; `differing` (what, mine, theirs); `folded` near-duplicates."""

    title: str
    score: float
    number: str = ""
    court: str = ""
    level: str = ""
    day: str = ""
    charges: str = ""
    result: str = ""
    contributions: tuple[tuple[str, float], ...] = ()
    passages: tuple[tuple[str, str], ...] = ()
    shared: tuple[str, ...] = ()
    differing: tuple[tuple[str, str, str], ...] = ()
    folded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `warnings` of the search; those of the sentences are in `consistency`."""

    meta: Meta
    items: tuple[ReportItem, ...]
    consistency: Consistency | None = None
    warnings: tuple[str, ...] = ()
    method: str = METHOD
    note: str = field(default=REFERENCE_ONLY)


def term_in_words(months: int) -> str:
    """1年2个月（14个月）; 8个月."""
    return written(months) + (f"（{months}个月）" if months >= 12 else "")


def histogram_lines(answer: Consistency) -> tuple[tuple[str, str], ...]:
    """The terms of the similar judgments as bars of characters, where no picture can be set."""
    if answer.terms is None:
        return ()
    bars = [each for each in answer.terms.histogram if each[2] > 0]
    return tuple(
        (f"{written(low)}至{written(high)}", f"{'■' * max(1, round(share * _WIDE))} {share:.0%}")
        for low, high, share in bars
    )


def sentencing_lines(answer: Consistency) -> tuple[tuple[str, str], ...]:
    """The sentencing picture as a table: what, and its value. Only what is known."""
    lines: list[tuple[str, str]] = []
    law, terms, interval = answer.statutory, answer.terms, answer.interval
    if answer.months is not None:
        lines.append(("拟判主刑", term_in_words(answer.months)))
    if answer.probation is not None:
        lines.append(("拟判缓刑考验期", term_in_words(answer.probation)))
    if answer.fine is not None:
        lines.append(("拟判罚金", f"{answer.fine:,.0f}元"))
    if law is not None:
        words = f"{'、'.join(law.statutes)}：{written(law.least)}至{written(law.most)}"
        lines.append(("法定刑", words + ("，另有无期徒刑以上刑罚" if law.life else "")))
        if law.by:
            span = f"{written(law.likely_least)}至{written(law.likely_most)}"
            lines.append((f"按{law.by}应适用的档次", f"{'、'.join(law.brackets)}：{span}"))
        if law.starts:
            starts = "、".join(
                written(low) if low == high else f"{written(low)}至{written(high)}"
                for low, high in law.starts
            )
            lines.append(("指导意见量刑起点", starts))
        if law.unknown:
            lines.append(("无法定刑数据的罪名", "、".join(law.unknown)))
    if answer.illegal:
        lines.append(("不合法定刑", answer.illegal))
    if terms is not None:
        low, quarter, middle, three, high = terms.quantiles
        lines += [
            ("判处定期刑的类案", f"{terms.cases}件，有效数量{terms.effective:.1f}件"),
            ("类案刑期中位数", written(middle)),
            ("类案第25至75百分位", f"{written(quarter)}至{written(three)}"),
            ("类案第10至90百分位", f"{written(low)}至{written(high)}"),
        ]
    if answer.percentile is not None:
        lines.append(("拟判刑期在类案中的位次", f"{answer.percentile:.1f}%"))
    if interval is not None:
        lines.append(
            (
                f"模型{interval.coverage:.0%}预测区间",
                f"{written(interval.least)}至{written(interval.most)}，期望{interval.middle:.1f}个月"
                f"（由{interval.cases}件裁判检验）",
            )
        )
    if answer.fines is not None:
        low, _, middle, _, high = answer.fines.quantiles
        lines += [
            ("判处罚金的类案", f"{answer.fines.cases}件，有效数量{answer.fines.effective:.1f}件"),
            ("类案罚金中位数", f"{middle:,.0f}元"),
            ("类案罚金第10至90百分位", f"{low:,.0f}至{high:,.0f}元"),
        ]
    if answer.fine_percentile is not None:
        lines.append(("拟判罚金在类案中的位次", f"{answer.fine_percentile:.1f}%"))
    if answer.fine_interval is not None:
        fine = answer.fine_interval
        lines.append((f"罚金{fine.coverage:.0%}预测区间", f"{fine.least:,}至{fine.most:,}元"))
    if answer.probation_share is not None:
        lines.append(("三年以下类案中宣告缓刑的", f"{answer.probation_share:.0%}"))
    if answer.outcomes:
        shares = "、".join(f"{kind}{share:.0%}" for kind, share in answer.outcomes)
        lines.append(("类案结果（加权）", shares))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class CircumstanceRow:
    """`name` as shown, `months` that the model's term owes to it (None without a model), `band` of
    the guideline in words, "" if it has none."""

    name: str
    months: float | None
    band: str


def circumstance_rows(answer: Consistency) -> tuple[CircumstanceRow, ...]:
    """The circumstances of the case, those first to which the model's term owes most."""
    rows = [
        CircumstanceRow(
            each.code + ("" if each.holds else "（法院未认定）"), each.months, each.band
        )
        for each in answer.contributions
    ]
    seen = {each.code for each in answer.contributions}
    rows += [CircumstanceRow(code, None, band) for code, band in answer.bands if code not in seen]
    return tuple(rows)


def circumstance_lines(answer: Consistency) -> tuple[tuple[str, str], ...]:
    """`circumstance_rows` as lines of a table of two columns."""
    lines = []
    if answer.base is not None and answer.contributions:
        lines.append(("无情节时的期望刑期", f"{answer.base:.2f}个月"))
    for row in circumstance_rows(answer):
        said = [f"指导意见{row.band}" if row.band else "指导意见未定幅度"]
        if row.months is not None:
            said.append(f"模型期望刑期{signed(row.months)}个月")
        lines.append((f"情节：{row.name}", "；".join(said)))
    return tuple(lines)


def signed(months: float) -> str:
    """With two decimals and a sign."""
    return f"{months:+.2f}".replace("-", "−")
