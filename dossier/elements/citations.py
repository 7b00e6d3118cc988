"""Statute citations (法条引用) in Chinese legal text, and the canonical form of one.

The grammar is that of court documents (法释〔2009〕14号 on citing, DOMAIN.md §5.1 CITE): a law in
《》 or by its bare name, then provisions: 第X条(之Y)(第Z款)(第（N）项), in lists and ranges that
inherit from what stands before: 《刑法》第六十七条第一款、第三款、第七十二条 are three citations of
the criminal law. A provision without any law before it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from pydantic import Field

from ..normal import normal
from .numerals import arabic as arabic
from .tables import Sourced, Strict, read_table


class _Law(Strict):
    name: str = Field(min_length=2)
    names: tuple[str, ...] = ()
    bare: bool = False


class _LawsFile(Sourced):
    laws: tuple[_Law, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """One provision that a text cites, `text[start:stop]`.

    `law`        canonical name ("刑法", "交通肇事解释")
    `article`    条; `sub` 条之几, `paragraph` 款, `item` 项: None where the text names none

    `str()` is the canonical form: 刑法第67条第3款; 第一百三十三条之一 is 刑法第133之1条, so that
    "刑法第133条" is no part of it: it is another article.
    """

    law: str
    article: int
    sub: int | None
    paragraph: int | None
    item: int | None
    start: int
    stop: int

    def __str__(self) -> str:
        return self.law + _provision(self.article, self.sub, self.paragraph, self.item)


def _provision(article: int, sub: int | None, paragraph: int | None, item: int | None) -> str:
    text = f"第{article}条" if sub is None else f"第{article}之{sub}条"
    if paragraph is not None:
        text += f"第{paragraph}款"
    return text if item is None else f"{text}第{item}项"


_N = r"(?:[零〇○一二三四五六七八九十百千两]{1,9}|\d{1,4})"
_AND = r"\s?[、,，和及与]\s?"
_BRACKETED = rf"[（(〔]?\s?{_N}\s?[）)〕]?"
_ITEMS = rf"(?:第\s?)?{_BRACKETED}(?:{_AND}(?:第\s?)?{_BRACKETED})*\s?项"
_PARAGRAPH_LIST = rf"{_N}(?:{_AND}(?:第\s?)?{_N})*\s?款"
_PARAGRAPHS = rf"(?:第\s?)?{_PARAGRAPH_LIST}"
_ARTICLES = rf"{_N}(?:{_AND}{_N})*"


_PROVISION = re.compile(
    rf"第?\s?(?P<articles>{_ARTICLES})\s?条(?:\s?之(?P<sub>{_N}))?"
    rf"(?:\s?(?P<paragraphs>{_PARAGRAPHS}))?(?:\s?(?P<items>{_ITEMS}))?"
    rf"|(?P<paragraphs2>第\s?{_PARAGRAPH_LIST})(?:\s?(?P<items2>{_ITEMS}))?"
    rf"|(?P<items3>{_ITEMS})"
)


@lru_cache(maxsize=1)
def _names() -> tuple[dict[str, str], re.Pattern[str]]:
    """Every known name of a law in matching form → its canonical name; and what names a law in a
    text: a title in 《》, a bare name before 第."""
    laws = read_table(_LawsFile, "laws.yaml").laws
    known = {normal(name): law.name for law in laws for name in (law.name, *law.names)}
    bare = sorted(
        (name for law in laws if law.bare for name in (law.name, *law.names)),
        key=len,
        reverse=True,
    )
    mention = re.compile(
        r"《(?P<title>(?:[^《》\n]|《[^《》\n]{1,80}》){2,160})》"
        rf"|(?P<bare>{'|'.join(map(re.escape, bare))})(?=\s?(?:第|\d))"
    )
    return known, mention


_ORGANS = re.compile(
    r"^(?:(?:中华人民共和国)?(?:最高人民法院|最高人民检察院|公安部|国家安全部|司法部|"
    r"全国人民代表大会常务委员会|全国人大常委会)(?:[、,和])?)+(?:印发)?"
)
_STATE = "中华人民共和国"
_QUOTES = re.compile(r"[《》〈〉<>]")
_VERSION = re.compile(r"\((?:(?:19|20)\d\d|修正|修订|[一-龥]{0,4}修[正订])[^()]*\)$")


@lru_cache(maxsize=4096)
def law_name(title: str) -> str:
    """The canonical name of a law by its title, with or without 《》 and issuing organ."""
    known, _ = _names()
    form = _QUOTES.sub("", normal(title).replace(_STATE, ""))
    form = _VERSION.sub("", form)
    form = _ORGANS.sub("", form).removeprefix("关于")
    # 若干问题 and the like differ from writer to writer; the rest is the name
    return known.get(form, form)


_LINK = re.compile(
    r"[》）)]?(?:\s|[、,，;；:：。]|[和及与或并]|以及|或者|之规定|的规定|规定|并参照|同时){0,12}"
)
_ASIDE = re.compile(r"\s?[（(][^（()）\n]{1,60}[）)]")
_RANGE = re.compile(r"\s?(?:至|到|[-—~～])\s?")
_LONGEST_RANGE = 60
_NUMERAL = re.compile(_N)


def citations(text: str) -> tuple[Citation, ...]:
    """All statute citations of a text, in order. The span of the first provision after a law's name
    includes the name."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Citation]:
    short: dict[str, str] = {}  # names that the text itself introduces: (以下简称《解释》)
    law = ""
    for mention in _names()[1].finditer(text):
        title = mention["title"] or mention["bare"]
        if law and text.endswith("简称", 0, mention.start()):
            short[title] = law
            continue
        law = short.get(title) or law_name(title)
        last: Citation | None = None
        stop = mention.end()
        while (found := _next(text, stop, last is not None)) is not None:
            token, through = found
            try:
                cited = list(
                    _provisions(
                        token, law, last, token.start() if last else mention.start(), through
                    )
                )
            except ValueError:
                break
            if not cited:
                break
            yield from cited
            last, stop = cited[-1], token.end()


def _next(text: str, at: int, ranges: bool) -> tuple[re.Match[str], bool] | None:
    """The provision that follows here, and whether it ends a range."""
    if ranges and (through := _RANGE.match(text, at)) is not None:
        token = _PROVISION.match(text, through.end())
        if token is not None:
            return token, True
    for _ in range(3):
        link = _LINK.match(text, at)
        assert link is not None
        token = _PROVISION.match(text, link.end())
        if token is not None:
            return token, False
        aside = _ASIDE.match(text, link.end())
        if aside is None:
            return None
        at = aside.end()
    return None


def _provisions(
    token: re.Match[str], law: str, last: Citation | None, start: int, through: bool
) -> Iterator[Citation]:
    stop = token.end()
    base = Citation(law, 0, None, None, None, start, stop)
    if token["articles"] is not None:
        *before, article = _numbers(token["articles"])
        if through and last is not None and 0 < article - last.article <= _LONGEST_RANGE:
            before = [*range(last.article + 1, article)]
        for each in before:
            yield replace(base, article=each)
        sub = None if token["sub"] is None else arabic(token["sub"])
        yield from _parts(
            replace(base, article=article, sub=sub), token["paragraphs"], token["items"]
        )
        return
    if last is None:
        return
    base = replace(last, start=start, stop=stop, item=None)
    if token["paragraphs2"] is not None:
        yield from _parts(base, token["paragraphs2"], token["items2"])
    else:
        yield from _parts(base, None, token["items3"])


def _parts(base: Citation, paragraphs: str | None, items: str | None) -> Iterator[Citation]:
    """The paragraphs of an article; items belong to the last one."""
    if paragraphs is not None:
        *before, paragraph = _numbers(paragraphs)
        for each in before:
            yield replace(base, paragraph=each)
        base = replace(base, paragraph=paragraph)
    if items is None:
        yield base
        return
    for each in _numbers(items):
        yield replace(base, item=each)


def _numbers(text: str) -> list[int]:
    return [arabic(match[0]) for match in _NUMERAL.finditer(text)]


_TYPED = re.compile(
    rf"(?P<law>.*?)第?(?P<article>{_N})(?P<inside>之{_N})?条?(?:之(?P<sub>{_N}))?"
    rf"(?:第?(?P<paragraph>{_N})款)?(?:第?[(]?(?P<item>{_N})[)]?项)?(?:之?规定)?"
)


def canonical_statute(text: str) -> str | None:
    """What a person types for a statute, in the form `str(Citation)` has: a substring of it.

    刑法第二百六十四条 and 刑法264 give 刑法第264条; 264条 gives 第264条 of whatever law; 刑诉法
    gives 刑事诉讼法. None for what names no law and no article.
    """
    form = _QUOTES.sub("", normal(text))
    match = _TYPED.fullmatch(form)
    if match is None:
        return known_law(form)
    sub = match["sub"] or (match["inside"] or "")[1:] or None
    try:
        provision = _provision(
            arabic(match["article"]),
            None if sub is None else arabic(sub),
            None if match["paragraph"] is None else arabic(match["paragraph"]),
            None if match["item"] is None else arabic(match["item"]),
        )
    except ValueError:
        return None
    if not match["law"]:
        return provision if "条" in form else None
    return law_name(match["law"]) + provision


def known_law(text: str) -> str | None:
    """The canonical name of a law if it is one of the known ones, else None."""
    known, _ = _names()
    name = law_name(text)
    return name if name in known.values() else None
