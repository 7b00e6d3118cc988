"""The report as one page of HTML: no script, nothing from elsewhere, everything escaped."""

from __future__ import annotations

from html import escape

from dossier.similarity.consistency import FLAG_NAMES, Consistency
from dossier.similarity.sentenceplot import sentence_svg

from .reportvalues import (
    BY_HAND,
    STEERING,
    TO_WRITE,
    Report,
    ReportItem,
    circumstance_rows,
    sentencing_lines,
    signed,
)

_STYLE = """
@page{size:A4;margin:18mm 16mm}
html{background:#fff;color-scheme:light}
*{box-sizing:border-box}
body{font:15px/1.65 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',SimSun,sans-serif;
color:#222;max-width:900px;margin:24px auto;padding:0 16px;overflow-wrap:anywhere}
h1{text-align:center;font-size:25px;margin:0 0 18px}
h2{font-size:19px;border-bottom:2px solid #3b6ea5;padding-bottom:3px;margin:28px 0 10px}
h3{font-size:16px;margin:20px 0 6px}
table{border-collapse:collapse;width:100%;margin:8px 0}
th,td{border:1px solid #999;padding:5px 8px;text-align:left;vertical-align:top}
th{background:#eef2f6;font-weight:600}
thead{display:table-header-group}
tr,svg,.together{break-inside:avoid}
h2,h3{break-after:avoid}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
table.side td{width:50%}
svg{max-width:100%;height:auto;display:block;margin:8px 0}
.plot{overflow-x:auto}
.small{font-size:13px;color:#555}
.warn{border-left:4px solid #c77d1e;padding:2px 10px;margin:6px 0;background:#fdf6ea}
.bad{border-left:4px solid #b3261e;padding:2px 10px;margin:6px 0;background:#fceeed}
.note{border:1px solid #999;padding:8px 12px;margin:24px 0 0;font-weight:600}
@media screen and (max-width:640px){.plot svg{max-width:none}
.list,.list tbody,.list tr,.list td{display:block}
.list thead{display:none}
.list tr{border:1px solid #999;margin:0 0 10px}
.list td,.list td.n{border:0;padding:3px 8px;text-align:left}
.list td::before{content:attr(data-k) '　';color:#555}
.list td:empty{display:none}
.bars svg{width:100%}}
@media print{body{max-width:none;margin:0;padding:0;font-size:12px}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
"""
_BAR, _HALF = 300, 150
_COLUMNS = (
    ("序号", 8), ("裁判文书", 26), ("日期和层级", 15), ("罪名", 13), ("裁判结果", 28), ("得分", 10),
)  # fmt: skip


def similar_html(report: Report) -> str:
    """A whole page: pictures are SVG within it, and it prints on A4."""
    title = f"类案检索报告：{report.meta.subject}"
    parts = [
        '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body>",
        "<h1>类案检索报告</h1>",
        _searched(report),
        *(f'<p class="warn">{_text(each)}</p>' for each in report.warnings),
        "<h2>二、检索结果</h2>",
        _table(report.items),
    ]
    if report.consistency is not None:
        parts += ["<h2>三、量刑比较</h2>", *_sentencing(report)]
    if report.items:
        number = "四" if report.consistency is not None else "三"
        parts.append(f"<h2>{number}、逐件比对</h2>")
        parts += [_compared(at, item) for at, item in enumerate(report.items, 1)]
    parts += ["<h2>争议焦点和类案运用情况</h2>", _keyed([(each, TO_WRITE) for each in BY_HAND])]
    parts.append(f'<p class="note">仅供参考。{_text(report.note)}</p></body></html>')
    return "\n".join(parts)


def _text(words: str) -> str:
    """Escaped; control characters, that no page may hold, and those that turn the direction of
    writing are left out."""
    return escape("".join(c for c in words if c in "\n\t" or (c >= " " and c not in STEERING)))


def _searched(report: Report) -> str:
    meta = report.meta
    rows = [
        ("检索对象", meta.subject),
        ("检索时间", f"{meta.at:%Y年%m月%d日 %H:%M}"),
        ("检索人", meta.by),
        ("检索范围", "；".join(meta.corpora) or "本库全部裁判文书"),
        ("检索条件", "；".join(meta.conditions) or "无"),
    ]
    return f'<h2>一、检索情况</h2>{_keyed(rows)}<p class="small">{_text(report.method)}</p>'


def _keyed(rows: list[tuple[str, str]]) -> str:
    body = "".join(f'<tr><th width="26%">{_text(k)}</th><td>{_text(v)}</td></tr>' for k, v in rows)
    return f'<table class="key">{body}</table>'


def _table(items: tuple[ReportItem, ...]) -> str:
    if not items:
        return "<p>未检索到类案。</p>"
    head = "".join(f'<th width="{share}%">{each}</th>' for each, share in _COLUMNS)
    rows = "".join(_row(at, item) for at, item in enumerate(items, 1))
    return f'<table class="list"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(at: int, item: ReportItem) -> str:
    number = f'<br><span class="small">{_text(item.number)}</span>' if item.number else ""
    when = "<br>".join(_text(each) for each in (item.day, item.level) if each)
    result = _text(item.result).replace("。", "<br>")
    cells = (
        str(at), f"{_text(item.title)}{number}", when, _text(item.charges), result,
        score_words(item.score),
    )  # fmt: skip
    return "".join(
        (
            "<tr>",
            *(
                f'<td class="n" data-k="{name}">{cell}</td>'
                if name in ("序号", "得分")
                else f'<td data-k="{name}">{cell}</td>'
                for (name, _), cell in zip(_COLUMNS, cells, strict=True)
            ),
            "</tr>",
        )
    )


def score_words(value: float) -> str:
    """With three decimals and a sign, as everywhere in the report."""
    return f"{value:+.3f}".replace("-", "−")


def _compared(at: int, item: ReportItem) -> str:
    named = "　".join(each for each in (item.court, item.number, item.day) if each)
    parts = [f"<h3>{at}．{_text(item.title)}</h3>"]
    if named:
        parts.append(f'<p class="small">{_text(named)}</p>')
    if item.shared:
        parts.append(f"<p>相同要素：{_text('；'.join(item.shared))}</p>")
    if item.differing:
        rows = "".join(
            f"<tr><td>{_text(what)}</td><td>{_text(mine or '未见')}</td>"
            f"<td>{_text(theirs or '未见')}</td></tr>"
            for what, mine, theirs in item.differing
        )
        parts.append(
            '<table><thead><tr><th width="20%">不同要素</th><th width="40%">本案</th>'
            '<th width="40%">类案</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    if item.passages:
        rows = "".join(
            f"<tr><td>{_text(mine)}</td><td>{_text(theirs)}</td></tr>"
            for mine, theirs in item.passages
        )
        parts.append(
            '<table class="side"><thead><tr><th>本案段落</th><th>类案段落</th></tr></thead>'
            f"<tbody>{rows}</tbody></table>"
        )
    if item.contributions:
        parts.append(_bars(item))
    if item.folded:
        folded = "；".join(item.folded)
        parts.append(f'<p class="small">内容基本相同、并入本条的文书：{_text(folded)}</p>')
    return "".join(parts)


def shown_contributions(item: ReportItem) -> tuple[tuple[str, float], ...]:
    """Thousandths that add up to the score as shown: those that would be 0 stand together, and so
    does what rounding leaves."""
    total = round(item.score * 1000)
    ordered = sorted(item.contributions, key=lambda each: -abs(each[1]))
    shown = [(label, round(value * 1000)) for label, value in ordered]
    shown = [(label, value) for label, value in shown if value]
    rest = total - sum(value for _, value in shown)
    if rest:
        shown.append(("其余信号和舍入", rest))
    return tuple((label, value / 1000) for label, value in shown)


def _bars(item: ReportItem) -> str:
    shown = shown_contributions(item)
    top = max((abs(value) for _, value in shown), default=0.0) or 1.0
    rows = []
    for label, value in shown:
        long = round(_HALF * abs(value) / top, 1)
        left = _HALF if value >= 0 else _HALF - long
        color = "#3b6ea5" if value >= 0 else "#b3261e"
        rows.append(
            f'<tr><td>{_text(label)}</td><td><svg xmlns="http://www.w3.org/2000/svg" '
            f'width="{_BAR}" height="12" viewBox="0 0 {_BAR} 12" role="img">'
            f'<line x1="{_HALF}" y1="0" x2="{_HALF}" y2="12" stroke="#999"/>'
            f'<rect x="{left}" y="1" width="{long}" height="10" fill="{color}"/></svg></td>'
            f'<td class="n">{score_words(value)}</td></tr>'
        )
    return (
        '<table class="bars"><thead><tr><th width="35%">得分构成</th><th width="50%">左减右加</th>'
        '<th width="15%">得分</th></tr>'
        f"</thead><tbody>{''.join(rows)}<tr><th>合计</th><th></th>"
        f'<td class="n"><b>{score_words(item.score)}</b></td></tr></tbody></table>'
    )


def _sentencing(report: Report) -> list[str]:
    answer = report.consistency
    assert answer is not None
    kind = "bad" if answer.flag == "outside" else "warn" if answer.flag != "none" else "small"
    parts = [
        f'<p class="{kind}"><b>{_text(FLAG_NAMES[answer.flag])}</b>　{_text(answer.reason)}</p>',
        f'<div class="together plot">{sentence_svg(answer)}</div>',
        _keyed(list(sentencing_lines(answer))),
    ]
    parts += [f'<p class="warn">{_text(each.text)}</p>' for each in answer.warnings]
    if answer.bands or answer.contributions:
        parts.append(_circumstances(answer))
    # those further down than the list goes are not in the report
    places = [str(place + 1) for place in answer.counter if place < len(report.items)]
    if places:
        words = f"结果方向相反、最相近的类案：第{'、'.join(places)}件"
        parts.append(f'<p class="small">{_text(words)}</p>')
    return parts


def _circumstances(answer: Consistency) -> str:
    rows = [
        f"<tr><td>{_text(each.name)}</td>"
        f'<td class="n">{"—" if each.months is None else signed(each.months)}</td>'
        f"<td>{_text(each.band or '未定幅度')}</td></tr>"
        for each in circumstance_rows(answer)
    ]
    if answer.base is not None:
        middle = answer.base + sum(each.months for each in answer.contributions)
        rows.insert(
            0, f'<tr><td>无情节时的期望</td><td class="n">{answer.base:.2f}</td><td></td></tr>'
        )
        rows.append(f'<tr><th>期望刑期</th><td class="n"><b>{middle:.2f}</b></td><th></th></tr>')
    return (
        '<table><thead><tr><th width="22%">情节</th><th width="24%">对期望刑期的影响（月）</th>'
        '<th width="54%">指导意见</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
