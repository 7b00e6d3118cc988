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

from ..normal import Normalised, normal
from .form import form
from .numerals import arabic
from .tables import Sourced, Strict, read_table

__all__ = ["Citation", "arabic", "canonical_statute", "citations", "known_law", "law_name"]


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


# --- grammar, in matching form ---------------------------------------------------------------

_FIGURES = "零〇○一二三四五六七八九十百千两"
_N = rf"(?:[{_FIGURES}]{{1,9}}|\d{{1,4}})"
_SMALL = r"(?:[一二三四五六七八九十]{1,3}|\d{1,2})"
_AND = r"[、,和及与]"
_BRACKETED = rf"\({_SMALL}\)"
_ITEMS = (
    rf"第?(?:{_BRACKETED}(?:{_AND}?第?{_BRACKETED})*|{_SMALL}(?:{_AND}第?{_SMALL})*)项"
    # 项 forgotten: 第(二),第二百九十三条
    rf"|第{_BRACKETED}(?=[,、。;]|之规定|的规定)"
)
_PARAGRAPH_LIST = rf"\(?{_SMALL}\)?(?:{_AND}第?{_SMALL})*款"
_PARAGRAPHS = rf"第{{0,2}}{_PARAGRAPH_LIST}"
_TENS = rf"(?:[{_FIGURES}]*[十百][{_FIGURES}]*|\d{{2,4}})"
_ARTICLES = rf"{_N}(?:{_AND}第?{_N}){{0,40}}"
_PROVISION = re.compile(
    rf"第{{0,2}}(?P<articles>{_ARTICLES})条(?:之(?P<sub>{_SMALL})(?![款项]))?之?"
    rf"(?:(?P<paragraphs>{_PARAGRAPHS}))?(?:的?(?P<items>{_ITEMS}))?"
    # 条 forgotten: 第六十七第三款, 第二百四十五、第六十四条之规定
    rf"|第(?P<articles2>{_TENS})"
    rf"(?=第{{1,2}}{_SMALL}(?:{_AND}{_SMALL})*款|第?{_BRACKETED}|\([^()\d]|之规定|的规定|[、,]第{_TENS})"
    rf"(?:(?P<paragraphs3>{_PARAGRAPHS}))?(?:(?P<items4>{_ITEMS}))?"
    rf"|(?P<paragraphs2>{_PARAGRAPHS})(?:的?(?P<items2>{_ITEMS}))?"
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
    names = "|".join(re.escape(normal(name)) for name in bare)
    first = "".join({name[0] for name in map(normal, bare)})
    mention = re.compile(
        # at most places of a text the first look fails
        rf"(?=[《<〈依适根中关该上前本\"解意规纪条办法{first}])(?:"
        r"《(?P<title>(?:[^《》]|《[^《》]{1,80}》){1,160})》"
        # brackets of other kinds, or that do not match
        r"|[《<〈]{1,2}(?P<angled>[^《》<>〈〉。;,]{2,60})[>〉》]{1,2}(?=第)"
        rf"|(?:中华人民共和国)?(?P<bare>{names})(?:\([^()]{{1,12}}\))?(?=[\"》]?第|\d)"
        # a title without 《》: 关于办理…的解释第四条
        rf"|关于(?P<loose>[^《》。;:,\"第]{{6,60}}(?:解释|规定|意见|决定))(?=第{_N}条)"
        rf"|(?P<onward>依照|适用|依据|根据)(?=第{_N}条)"
        rf"|(?P<that>(?:该|上述|前述|本)(?:司法)?(?:解释|法|意见|规定|条例))(?=第{_N}条)"
        rf"|\"(?P<quoted>[^\"《》。,]{{1,16}})\"(?=第{_N}条)"
        rf"|(?P<tail>解释|意见|规定|纪要|条例|办法|法)(?=第{_N}条))"
    )
    return known, mention


_ORGANS = re.compile(
    r"^(?:(?:中华人民共和国)?(?:最高人民法院|最高人民检察院|最高院|最高法院|最高法|高法|最高检察院|最高检|两高|"
    r"公安部|国家安全部|司法部|国务院|全国人民代表大会常务委员会|全国人大常委会|全国人大常务委员会)(?:[、,和])?)+"
    r"(?:公布的|发布的|颁布的|作出的|制定的|联合发布的)?(?:的(?=关于))?"
)
_STATE = "中华人民共和国"
_STATE_MISREAD = frozenset("中华花人民共和国的")
_QUOTES = re.compile(r"[《》〈〉<>\"]")
_VERSION = re.compile(r"\((?:(?:19|20)\d\d|修正|修订|[一-龥]{0,4}修[正订])[^()]*\)$")
_FORWARDED = re.compile(r"^(?:关于)?(?:印发|公布|发布)(?P<title>.{6,})的通知$")
# words of a title that differ from writer to writer
_LOOSE = re.compile(
    r"具体(?:应用|运用)|适用|应用|使用|运用|法律|[若如]干|有关|问题|规定(?=的解释)|刑事|案件|的|\(试行\)"
)
_SHORTEST_LOOSE = 10


@lru_cache(maxsize=1)
def _loose_names() -> dict[str, str]:
    """Known titles without the words that differ → canonical name, where that is one law."""
    found: dict[str, set[str]] = {}
    for title, name in _names()[0].items():
        if len(title) >= _SHORTEST_LOOSE:
            found.setdefault(_LOOSE.sub("", title), set()).add(name)
    return {key: names.pop() for key, names in found.items() if len(names) == 1}


@lru_cache(maxsize=4096)
def law_name(title: str) -> str:
    """The canonical name of a law by its title, with or without 《》 and issuing organ."""
    known, _ = _names()
    plain = _QUOTES.sub("", normal(title).replace(_STATE, ""))
    plain = _VERSION.sub("", plain)
    plain = _ORGANS.sub("", plain)
    forwarded = _FORWARDED.match(plain)
    if forwarded is not None:
        plain = _ORGANS.sub("", forwarded["title"])
    plain = plain.removeprefix("关于")
    if plain in known:
        return known[plain]
    if len(plain) >= _SHORTEST_LOOSE:
        return _loose_names().get(_LOOSE.sub("", plain.removeprefix("关")), plain)
    # 中华花人民共和国刑法, 共和国刑法, 刑法刑法: misprints of the state's name
    for size in range(2, len(plain)):
        name = known.get(plain[size:])
        if name is not None:
            before = plain[:size]
            if before == name or _STATE_MISREAD.issuperset(before):
                return name
            break
    return plain


_LINK = re.compile(
    r"[》)〉>]{0,2}(?:[、,;:。\"]|[和及与或并某的]|以及|或者|还是|之规定|的规定|的通知|规定|该条|并参照|同时|法释\(\d{4}\)\d+号){0,8}"
)
_ASIDE = re.compile(r"\((?:[^()]|\([^()]{0,30}\)){1,60}\)")
# what a provision is about, between it and the next: 第六十七条坦白、第五十二条
_GLOSS = re.compile(
    r"[^第《》、,。;:()\"]{1,20}(?=、第)|[^第《》、,。;:()\"的规是应系其该有]{2,12}(?=,第)|:?\"[^\"]{1,300}\"(?=[、,;。]?第)"
)
_RANGE = re.compile(r"[至到\-~]")
_LONGEST_RANGE = 60
_NUMERAL = re.compile(_N)
# the words of a provision, then the next one: 第六十七条 犯罪以后…是自首。第七十二条 …
_TEXT = re.compile(r"规定?:|:|\"")
_CARRY = re.compile(rf"(?<=[。;:\"!])\(?第{_N}条(?!的?约定|款约定)")
_LONGEST_TEXT = 600
_NO_LAW = re.compile(
    r"(?:合同|协议|协议书|章程|决议|条款|方案|承诺书|保证书|[诉决定见]书|报告|笔录|通知书|清单|证明|纪要|鉴定书)$"
)
# names that the text itself introduces: (以下简称《解释》)
_LONGEST_SHORT = 20
_INTRODUCED = re.compile(
    r"(?<=[简下统])称(?:为|:)?[《\"]?"
    rf"(?P<name>[^《》\"。,()]{{1,{_LONGEST_SHORT}}})[》\"]?(?=[,)等])"
)
_INTERPRETED = re.compile(
    r"[》〉]?的?(?:若干问题的?)?(?P<kind>解释|规定|决定|意见|实施细则|实施条例)[》〉]?(?=第|\()"
)
_APPLYING = re.compile(r"(?:适用|执行)[《〈<]?$")


def citations(text: str) -> tuple[Citation, ...]:
    """All statute citations of a text, in order. The span of the first provision after a law's name
    includes the name. 前款 and 本条 are no citations."""
    normalised = form(text)
    return tuple(
        replace(one, start=start, stop=stop)
        for one in _scan(text, normalised)
        for start, stop in [normalised.span(one.start, one.stop)]
    )


def _scan(text: str, normalised: Normalised) -> Iterator[Citation]:
    plain = normalised.text
    introduced = list(_INTRODUCED.finditer(plain))[::-1]
    short: dict[str, str] = {}
    law = ""
    at = 0
    pattern = _names()[1]
    while (mention := pattern.search(plain, at)) is not None:
        at = mention.end()
        while introduced and introduced[-1].start() < mention.start():
            short[introduced.pop()["name"]] = law
        named = _law_of(mention, plain, short, law)
        if named is None:
            continue
        law, stop = named
        start = mention.start()
        last: Citation | None = None
        while (found := _next(plain, stop, last)) is not None:
            token, through = found
            stop = token.end()
            try:
                cited = list(
                    _provisions(token, law, last, token.start() if last else start, through)
                )
            except ValueError:
                continue  # 第十二七条: whatever was meant, what follows it is still cited
            if not cited:
                break
            yield from cited
            last = cited[-1]
        at = max(at, stop)
        if last is not None:
            at, more = _carried(text, normalised, law, stop)
            yield from more


def _law_of(
    mention: re.Match[str], plain: str, short: dict[str, str], law: str
) -> tuple[str, int] | None:
    """The law that is named, and where its name ends; None if none is."""
    end = mention.end()
    if mention["tail"] is not None:
        # the longest introduced name that ends here
        sizes = range(min(_LONGEST_SHORT, end), 0, -1)
        named = (short.get(plain[end - size : end]) for size in sizes)
        return next(((name, end) for name in named if name), None)
    if mention["that"] is not None or mention["onward"] is not None:
        return (law, end) if law else None
    if mention["quoted"] is not None:
        name = short.get(mention["quoted"]) or known_law(mention["quoted"])
        return None if name is None else (name, end)
    title = mention["title"] or mention["bare"] or mention["angled"] or mention["loose"]
    if _NO_LAW.search(title):
        return None
    kind = _INTERPRETED.match(plain, end if mention["title"] is None else end - 1)
    if kind is not None and kind["kind"].startswith("实施"):
        return law_name(law_name(title) + kind["kind"]), kind.end()
    if kind is not None and _APPLYING.search(plain, max(0, mention.start() - 4), mention.start()):
        # 关于适用《刑事诉讼法》的解释第一百条
        return law_name(f"适用{law_name(title)}的{kind['kind']}"), kind.end()
    return short.get(title) or law_name(title), end


def _next(plain: str, at: int, last: Citation | None) -> tuple[re.Match[str], bool] | None:
    """The provision that follows here, and whether it ends a range."""
    if last is not None and (through := _RANGE.match(plain, at)) is not None:
        token = _PROVISION.match(plain, through.end())
        if token is not None:
            return token, True
    for _ in range(4):
        link = _LINK.match(plain, at)
        assert link is not None
        token = _PROVISION.match(plain, link.end())
        if token is not None:
            return token, False
        aside = _ASIDE.match(plain, link.end())
        if aside is None and last is not None:
            aside = _GLOSS.match(plain, at)
        if aside is None:
            return None
        at = aside.end()
    return None


def _carried(text: str, normalised: Normalised, law: str, at: int) -> tuple[int, list[Citation]]:
    """Provisions whose words the text gives in full, one after the other, and where they end."""
    plain = normalised.text
    out: list[Citation] = []
    while _gives_words(text, normalised, at):
        following = _CARRY.search(plain, at, at + _LONGEST_TEXT)
        if following is None or "《" in plain[at : following.start()]:
            break
        token = _PROVISION.match(plain, following.start() + (following[0][0] == "("))
        if token is None:
            break
        try:
            out += _provisions(token, law, None, token.start(), False)
        except ValueError:
            break
        at = token.end()
    return at, out


def _gives_words(text: str, normalised: Normalised, at: int) -> bool:
    if at >= len(normalised.text):
        return False
    begin, end = normalised.span(at - 1, at)[1], normalised.span(at, at + 1)[0]
    return end > begin or _TEXT.match(normalised.text, at) is not None


def _provisions(
    token: re.Match[str], law: str, last: Citation | None, start: int, through: bool
) -> Iterator[Citation]:
    stop = token.end()
    base = Citation(law, 0, None, None, None, start, stop)
    articles = token["articles"] or token["articles2"]
    if articles is not None:
        *before, article = _numbers(articles)
        if through and last is not None and 0 < article - last.article <= _LONGEST_RANGE:
            before = [*range(last.article + 1, article)]
        for each in before:
            yield replace(base, article=each)
        sub = None if token["sub"] is None else arabic(token["sub"])
        yield from _parts(
            replace(base, article=article, sub=sub),
            token["paragraphs"] or token["paragraphs3"],
            token["items"] or token["items4"],
        )
        return
    if last is None:
        return
    if token["paragraphs2"] is not None:
        numbers = _numbers(token["paragraphs2"])
        if through and last.paragraph is not None and last.item is None:
            for each in range(last.paragraph + 1, numbers[0]):
                yield replace(last, start=start, stop=stop, paragraph=each)
        base = replace(last, start=start, stop=stop, item=None)
        yield from _parts(base, token["paragraphs2"], token["items2"])
        return
    numbers = _numbers(token["items3"])
    if through and last.item is not None:
        numbers = [*range(last.item + 1, numbers[0]), *numbers]
    for each in numbers:
        yield replace(last, start=start, stop=stop, item=each)


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
    plain = _QUOTES.sub("", normal(text))
    match = _TYPED.fullmatch(plain)
    if match is None:
        return known_law(plain)
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
        return provision if "条" in plain else None
    return law_name(match["law"]) + provision


def known_law(text: str) -> str | None:
    """The canonical name of a law if it is one of the known ones, else None."""
    known, _ = _names()
    name = law_name(text)
    return name if name in known.values() else None
