"""A sentence among others: one inline SVG, Chinese labels, no scripts, no outside fonts."""

from __future__ import annotations

import math
from html import escape

from .assessing import written
from .consistency import Consistency

WIDTH, HEIGHT = 760, 372
_LEFT, _RIGHT = 150, 24
_TOP, _BARS = 46, 130
_ROW = 30
_TICKS = (1, 6, 12, 24, 36, 60, 84, 120, 180, 240, 300)
_FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',SimHei,sans-serif"
_INK, _GREY, _PALE = "#222", "#666", "#ddd"
_BLUE, _GREEN, _ORANGE, _RED = "#3b6ea5", "#4c956c", "#c77d1e", "#b3261e"


def sentence_svg(answer: Consistency) -> str:
    """Distribution of the similar terms, their 10–90 % span, the model's interval, the starting
    point of the guideline, the statutory range, and the proposed term as a line. A row without
    data says so."""
    scale = _Scale(_end(answer))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" font-family="{_FONT}" font-size="13" fill="{_INK}">',
        f"<title>{escape(_title(answer))}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_axis(scale),
        *_histogram(answer, scale),
        # the line below, so that no label is struck through
        *_proposed(answer, scale),
        *_rows(answer, scale),
        _text(14, HEIGHT - 8, _legend(answer), size=11, ink=_GREY),
        _text(
            WIDTH - _RIGHT,
            HEIGHT - 8,
            "横轴：主刑刑期（平方根刻度）　仅供参考",
            anchor="end",
            size=11,
            ink=_GREY,
        ),
        "</svg>",
    ]
    return "".join(parts)


def _legend(answer: Consistency) -> str:
    lines = []
    if answer.terms or answer.interval:
        lines.append("黑色短线：类案中位数、模型预期刑期")
    if answer.months is not None:
        lines.append("红线：拟判刑期")
    return "　".join(lines)


def _wide(words: str, size: int) -> float:
    """About how many pixels the words take."""
    return sum(size if ord(each) > 0x2E80 else 0.6 * size for each in words)


class _Scale:
    """Months to pixels; square roots, so that short terms have room."""

    def __init__(self, end: float) -> None:
        self.end = end

    def __call__(self, months: float) -> float:
        share = math.sqrt(min(max(months, 0.0), self.end) / self.end)
        return round(_LEFT + share * (WIDTH - _LEFT - _RIGHT), 1)


def _end(answer: Consistency) -> float:
    ends = [36.0]
    if answer.terms:
        ends.append(answer.terms.quantiles[4])
        ends += [high for _, high, share in answer.terms.histogram if share > 0]
    if answer.interval:
        ends.append(answer.interval.most)
    if answer.months:
        ends.append(answer.months)
    if answer.statutory:
        ends.append(answer.statutory.likely_most)
    return min(max(ends) * 1.05, 330.0)


def _title(answer: Consistency) -> str:
    proposed = f"拟判{written(answer.months)}：" if answer.months else ""
    return f"量刑一致性：{proposed}{answer.reason}"


def _text(
    x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, ink: str = _INK
) -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="{ink}">'
        f"{escape(words)}</text>"
    )


def _axis(scale: _Scale) -> list[str]:
    ground = _TOP + _BARS
    bottom = ground + 4 * _ROW + 34
    out = [
        f'<line x1="{_LEFT}" y1="{ground}" x2="{WIDTH - _RIGHT}" y2="{ground}" stroke="{_GREY}"/>'
    ]
    last = -100.0
    for months in _TICKS:
        x = scale(months)
        if months > scale.end or x - last < 38:
            continue
        last = x
        out.append(
            f'<line x1="{x}" y1="{ground}" x2="{x}" y2="{bottom}" stroke="{_PALE}" '
            'stroke-dasharray="2 3"/>'
        )
        out.append(_text(x, ground + 16, written(months), anchor="middle", size=11, ink=_GREY))
    return out


def _histogram(answer: Consistency, scale: _Scale) -> list[str]:
    ground = _TOP + _BARS
    terms = answer.terms
    if terms is None:
        return [
            _text(_LEFT - 10, ground - _BARS / 2, "类案刑期分布", anchor="end"),
            _text(_LEFT + 8, ground - _BARS / 2, "类案过少，不给出分布", ink=_GREY),
        ]
    top = max(share for _, _, share in terms.histogram)
    out = [
        _text(_LEFT - 10, _TOP + 24, "类案刑期分布", anchor="end"),
        _text(
            _LEFT - 10, _TOP + 42, f"（{terms.cases}件，加权）", anchor="end", size=11, ink=_GREY
        ),
    ]
    for low, high, share in terms.histogram:
        if share <= 0:
            continue
        left, right = scale(low), scale(high)
        height = round((_BARS - 22) * share / top, 1)
        out.append(
            f'<rect x="{left + 1}" y="{ground - height}" width="{max(1.0, right - left - 2):.1f}" '
            f'height="{height}" fill="{_BLUE}" fill-opacity="0.55">'
            f"<title>{written(low)}至不满{written(high)}：{share:.0%}</title></rect>"
        )
        words = f"{share:.0%}"
        if share >= 0.02 and right - left >= _wide(words, 10):
            middle = round((left + right) / 2, 1)
            out.append(
                _text(middle, ground - height - 4, words, anchor="middle", size=10, ink=_GREY)
            )
    return out


def _rows(answer: Consistency, scale: _Scale) -> list[str]:
    y = _TOP + _BARS + 38.0
    out: list[str] = []
    terms, interval, law = answer.terms, answer.interval, answer.statutory

    def row(label: str, *drawn: str, missing: str = "", under: str = "") -> None:
        nonlocal y
        out.append(_text(_LEFT - 10, y + (-1 if under else 5), label, anchor="end"))
        if under:
            out.append(_text(_LEFT - 10, y + 14, under, anchor="end", size=11, ink=_GREY))
        out.extend(drawn or (_text(_LEFT + 8, y + 5, missing, size=12, ink=_GREY),))
        y += _ROW

    if terms:
        low, _, middle, _, high = terms.quantiles
        row("类案10–90百分位", *_bar(scale, y, low, high, _BLUE, middle))
    else:
        row("类案10–90百分位", missing="数据不足")
    if interval:
        # the ends are whole months, rounded inwards: the mark stays on the bar
        middle = min(max(interval.middle, interval.least), interval.most)
        bar = _bar(scale, y, interval.least, interval.most, _GREEN, middle)
        row(f"模型{interval.coverage:.0%}区间", *bar)
    else:
        row("模型预测区间", missing="不给出，见提示")
    if law and law.starts:
        alone = len(law.starts) == 1
        starts = [
            drawn for span in law.starts for drawn in _bar(scale, y, *span, _ORANGE, worded=alone)
        ]
        row("量刑起点（指导意见）", *starts)
    else:
        several = law is not None and len(law.charges) + len(law.unknown) > 1
        missing = "数罪分别确定，不在此列出" if several else "指导意见未规定"
        row("量刑起点（指导意见）", missing=missing)
    if law:
        more = "，另有无期徒刑以上" if law.life else ""
        narrow = law.by and (law.likely_least, law.likely_most) != (law.least, law.most)
        whole = _bar(
            scale, y, law.least, law.most, _GREY, opacity=0.25, worded=not narrow, more=more
        )
        likely = (
            _bar(scale, y, law.likely_least, law.likely_most, _GREY, more=more) if narrow else []
        )
        row("法定刑", *whole, *likely, under=f"（深色：按{law.by}）" if narrow else "")
    else:
        row("法定刑", missing="无该罪名数据")
    return out


def _bar(
    scale: _Scale,
    y: float,
    low: float,
    high: float,
    color: str,
    middle: float | None = None,
    *,
    opacity: float = 0.75,
    worded: bool = True,
    more: str = "",
) -> list[str]:
    left, right = scale(low), scale(high)
    out = [
        f'<rect x="{left}" y="{y - 6}" width="{max(3.0, right - left):.1f}" height="12" rx="3" '
        f'fill="{color}" fill-opacity="{opacity}"/>'
    ]
    if middle is not None:
        x = scale(middle)
        out.append(
            f'<line x1="{x}" y1="{y - 9}" x2="{x}" y2="{y + 9}" stroke="{_INK}" stroke-width="2"/>'
        )
    if worded:
        words = (written(low) if low == high else f"{written(low)}–{written(high)}") + more
        room = _wide(words, 11) + 6
        if right + room < WIDTH - 4:
            out.append(_text(right + 6, y + 4, words, size=11))
        elif left - _LEFT > room:
            out.append(_text(left - 6, y + 4, words, anchor="end", size=11))
        else:
            dark = opacity > 0.5
            middle_x = round((left + right) / 2, 1)
            ink = "#fff" if dark else _INK
            out.append(_text(middle_x, y + 4, words, anchor="middle", size=11, ink=ink))
    return out


def _proposed(answer: Consistency, scale: _Scale) -> list[str]:
    if answer.months is None:
        return []
    x = scale(answer.months)
    bottom = _TOP + _BARS + 38 + 4 * _ROW - 12
    words = f"拟判{written(answer.months)}"
    if answer.percentile is not None:
        words += f"（类案位次{answer.percentile:.0f}%）"
    anchor = "end" if x > WIDTH * 0.72 else "start" if x < WIDTH * 0.35 else "middle"
    return [
        f'<line x1="{x}" y1="{_TOP - 12}" x2="{x}" y2="{bottom}" stroke="{_RED}" '
        'stroke-width="2"/>',
        f'<text x="{x}" y="{_TOP - 18}" text-anchor="{anchor}" fill="{_RED}" font-weight="bold">'
        f"{escape(words)}</text>",
    ]
