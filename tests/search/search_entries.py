"""Fictional pages and judgments for the search tests, and what a search must find in them.

The oracle reads the texts themselves, one by one: it shares nothing with the engines but the search
form and the words of a text.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from rapidfuzz.distance import Levenshtein

from dossier.search.analysis import form, words
from dossier.search.entry import TEXT_FIELDS, Entry
from dossier.search.plan import (
    And,
    Days,
    Everything,
    Exactly,
    Not,
    Nothing,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)

_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
_GIVEN = "一二三木水火土山石田禾云星月明亮青白红文武林森海江河"
_PLACES = ("云岭县", "白塔区", "青石县", "清溪市", "石桥镇", "柳河乡")
_ORGANS = ("公安局", "人民检察院", "人民法院")
_CHARGES = ("盗窃", "诈骗", "故意伤害", "危险驾驶", "开设赌场", "掩饰、隐瞒犯罪所得、犯罪所得收益")
_TYPES = ("起诉书", "刑事判决书", "讯问笔录", "询问笔录", "鉴定意见书", "扣押清单", "勘验笔录", "")
_STAGES = ("侦查", "审查起诉", "审判", "执行", "")
_SENTENCES = (
    "被告人{a}于{y}年{m}月{d}日{h}时许，在{p}{a2}家中盗窃现金人民币{n}元及iPhone{k}手机一部。",
    "经{p}价格认证中心鉴定，被盗物品价值人民币{n}元（大写：叁仟捌佰陆拾元整）。",
    "证人{a2}的证言证实，案发当晚其听见楼下有人争吵，随后看见{a}持木棍离开。",
    "问：你今天因为什么事到公安机关？\n答：我和{a2}喝酒后驾驶甘A·{k}8{k}5号小型轿车被查获。",
    "血液中乙醇含量为１{k}6.5mg/100ml，属醉酒驾驶机动车。",
    "{a}，男，{y0}年{m}月{d}日出生，公民身份号码62010{k}{y0}0{k}1{k}00{k}X，汉族，初中文化。",
    "本院认为，被告人{a}以非法占有为目的，秘密窃取他人財物，数额較大，其行為已構成盜竊罪。",
    "依照《中华人民共和国刑法》第二百六十四条、第六十七条第三款之规定，判决如下：",
    "一、被告人{a}犯盗窃罪，判处有期徒刑{k}个月，缓刑一年，并处罚金人民币{n}元。",
    "公诉机关〔20{k2}〕云检刑诉{n3}号起诉书指控被告人{a}犯罪。",
    "二〇二三年五月○日，{a}主动到{p}公安局投案，如实供述自己的罪行。",
    "被 害 人\n{a2}，住{p}柳树巷{k}号【附近】，联系电话13{k}0000{n3}，微信号wx_{k}abc-{n3}。",
    "上述事实，有经庭审举证、质证的户籍信息、抓获经过、DNA鉴定意见、监控录像等证据证实。",
    "银行流水显示{y}-0{k}-1{k}转账3,860.50元至Account No.{n3}，共计１２,０00元。",
)
_OTHER_SCRIPTS = (
    "ئۇيغۇر تىلىدىكى ئەرز: جاۋابكار نەق مەيداندا قولغا ئېلىندى",
    "བོད་ཡིག་གི་ཞུ་གཏུགས་ཡི་གེ། ཉེས་དོན་ཁྲིམས་ཡིག",
    "СВИДЕТЕЛЬСТВО № 123-А Straße ﬁle naïve",
)


def _name(rng: random.Random) -> str:
    return rng.choice(_FAMILY) + "".join(rng.choices(_GIVEN, k=rng.choice((1, 2, 2))))


def _sentence(rng: random.Random, names: list[str]) -> str:
    return rng.choice(_SENTENCES).format(
        a=rng.choice(names),
        a2=rng.choice(names),
        p=rng.choice(_PLACES),
        y=rng.randint(2015, 2024),
        y0=rng.randint(1960, 2000),
        m=rng.randint(1, 12),
        d=rng.randint(1, 28),
        h=rng.randint(0, 23),
        n=f"{rng.randint(1, 60)},{rng.randint(0, 999):03}" if rng.random() < 0.5 else "3860",
        n3=rng.randint(100, 999),
        k=rng.randint(1, 9),
        k2=rng.randint(15, 24),
    )


def _layout(rng: random.Random, text: str) -> str:
    """As it comes from a scan: plain, lines broken inside words, full width, or a table."""
    match rng.randrange(6):
        case 0:
            width = rng.randint(9, 30)
            return "\n".join(text[at : at + width] for at in range(0, len(text), width))
        case 1:
            wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
            return text.translate(wide)
        case 2:
            width = rng.randint(4, 9)
            cells = [text[at : at + width] for at in range(0, len(text), width)]
            return "\n".join("\t| ".join(cells[at : at + 3]) for at in range(0, len(cells), 3))
        case 3:
            return " ".join(text[:40]) + "\u3000\u3000" + text[40:]
        case _:
            return text


def _text(rng: random.Random, names: list[str], length: int) -> str:
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        parts.append(_sentence(rng, names))
    if rng.random() < 0.1:
        parts.insert(rng.randrange(len(parts)), rng.choice(_OTHER_SCRIPTS))
    return _layout(rng, "".join(parts))


def entries(count: int = 240, *, seed: int = 3, long: int = 12_000) -> list[Entry]:
    """`count` entries: pages of dossiers, some judgments, an empty page, and one judgment of
    `long` characters."""
    rng = random.Random(seed)
    made: list[Entry] = []
    dossier = 0
    while len(made) < count - 12:
        dossier += 1
        made += _dossier(rng, dossier)
    del made[count - 12 :]
    made.append(Entry("page/empty", "page", "dossier-1", ""))
    made.append(Entry("page/blank", "page", "dossier-1", " \n\u3000\t", stage="侦查"))
    made += [_judgment(rng, at, 300 + 150 * at) for at in range(count - len(made) - 1)]
    made.append(_judgment(rng, 999, long))
    return made


def _dossier(rng: random.Random, number: int) -> Iterator[Entry]:
    names = [_name(rng) for _ in range(rng.randint(2, 5))]
    place = rng.choice(_PLACES)
    charges = tuple(rng.sample(_CHARGES, rng.choice((0, 1, 1, 2))))
    day = date(2015, 1, 1) + timedelta(days=rng.randint(0, 3600))
    for page in range(1, rng.randint(2, 12)):
        kind = rng.choice(_TYPES)
        year = rng.randint(15, 24)
        yield Entry(
            key=f"page/{number}/{page:03}",
            kind="page",
            group=f"dossier-{number}",
            text=_text(rng, names, rng.choice((60, 250, 400))),
            type=kind,
            title=rng.choice(
                (kind, f"{names[0]}{''.join(charges)}案", f"关于{names[-1]}的情况说明")
            ),
            numbers=(f"（20{year}）甘0102刑初{number}号", f"云公（刑）立字〔20{year}〕{page}号")[
                : rng.randint(0, 2)
            ],
            charges=charges,
            organs=tuple(place + organ for organ in rng.sample(_ORGANS, rng.choice((0, 1, 1, 2)))),
            volume=rng.choice(("诉讼文书卷", "第二卷 证据材料", "")),
            parties=tuple(dict.fromkeys(names))[: rng.randint(0, 5)],
            statutes=("刑法第264条第1款", "刑法第67条第3款", "刑事诉讼法第15条")[
                : rng.randint(0, 3)
            ],
            dossier=f"{names[0]}等人{'、'.join(charges)}案" if rng.random() < 0.8 else "",
            day=day + timedelta(days=rng.choice((0, 0, 30, 400))) if rng.random() < 0.75 else None,
            stage=rng.choice(_STAGES),
        )


def _judgment(rng: random.Random, number: int, length: int) -> Entry:
    names = [_name(rng) for _ in range(3)]
    return Entry(
        key=f"judgment/{number}",
        kind="judgment",
        group=f"judgment/{number}",
        text=_text(rng, names, length),
        type="刑事判决书",
        title=f"{names[0]}盗窃一审刑事判决书",
        numbers=(f"(2021)甘0103刑初{number}号",),
        charges=("盗窃",),
        organs=("清溪市人民法院",),
        parties=tuple(names),
        day=date(2021, 1 + number % 12, 3),
        stage="审判",
    )


# --- the oracle


@cache
def _forms(entry: Entry, field: str) -> tuple[str, ...]:
    return tuple(map(form, entry.texts(field)))


@cache
def _words(entry: Entry) -> frozenset[str]:
    return frozenset(words(entry.text))


def _alike(text: str, alternatives: tuple[str, ...]) -> bool:
    size = len(alternatives)
    return any(
        all(char in each for char, each in zip(text[at : at + size], alternatives, strict=True))
        for at in range(len(text) - size + 1)
    )


def _nearly(text: str, wanted: str) -> bool:
    return any(
        Levenshtein.distance(text[at : at + size], wanted, score_cutoff=1) <= 1
        for size in {max(1, len(wanted) - 1), len(wanted), len(wanted) + 1}
        for at in range(len(text) - size + 1)
    )


def fits(plan: Plan, entry: Entry) -> bool:
    """Whether an entry fits a plan, as the docstrings of `dossier.search.plan` say."""
    match plan:
        case Everything():
            return True
        case Nothing():
            return False
        case Substring(field, text):
            return any(text in each for each in _forms(entry, field))
        case Similar(field, alternatives, one_edit):
            return any(
                _alike(each, alternatives) or (one_edit and _nearly(each, plan.text))
                for each in _forms(entry, field)
            )
        case WholeWord(text):
            return text in _words(entry)
        case WordPrefix(text):
            return any(word.startswith(text) for word in _words(entry))
        case Days(first, last):
            return entry.day is not None and (first or entry.day) <= entry.day <= (
                last or entry.day
            )
        case Exactly(field, values):
            return bool(set(values) & set(entry.keywords(field)))
        case And(parts):
            return all(fits(part, entry) for part in parts)
        case Or(parts):
            return any(fits(part, entry) for part in parts)
        case Not(part):
            return not fits(part, entry)
        case Weighted(part, _) | Preferring(part, _):
            return fits(part, entry)


def piece(rng: random.Random, known: list[Entry], field: str, size: int) -> str:
    """A random part of one of the texts of a field, in search form, at most `size` characters."""
    while True:
        texts = [form(text) for text in rng.choice(known).texts(field)]
        if texts and (text := rng.choice(texts)):
            at = rng.randrange(max(1, len(text) - size + 1))
            return text[at : at + size]


def random_plan(rng: random.Random, known: list[Entry], depth: int = 3) -> Plan:
    """A random tree whose leaves mostly find something."""
    if depth and rng.random() < 0.65:
        parts = tuple(random_plan(rng, known, depth - 1) for _ in range(rng.randint(0, 3)))
        match rng.randrange(5):
            case 0 | 1:
                return And(parts)
            case 2:
                return Or(parts)
            case 3:
                return Not(random_plan(rng, known, depth - 1))
            case _:
                part = random_plan(rng, known, depth - 1)
                return Preferring(Weighted(part, rng.choice((0.5, 3.0))), parts)
    return _leaf(rng, known)


def _leaf(rng: random.Random, known: list[Entry]) -> Plan:
    entry = rng.choice(known)
    match rng.randrange(10):
        case 0 | 1 | 2:
            return Substring("text", piece(rng, known, "text", rng.choice((1, 2, 2, 3, 5))))
        case 3 | 4:
            field = rng.choice(TEXT_FIELDS)
            return Substring(field, piece(rng, known, field, rng.choice((1, 2, 3, 4, 9))))
        case 5:
            field = rng.choice(("type", "kind", "group", "stage", "charge", "organ", "year", "key"))
            values = entry.keywords(field) + rng.choice(known).keywords(field) + ("没有",)
            return Exactly(field, values)
        case 6:
            day = entry.day or date(2018, 1, 1)
            later = day + timedelta(days=rng.choice((0, 90, 800)))
            return rng.choice(
                (Days(day, later), Days(day, None), Days(None, day), Days(None, None))
            )
        case 7:
            found = words(entry.text) or ["nichts"]
            return WholeWord(rng.choice(found))
        case 8:
            found = words(entry.text) or ["nichts"]
            return WordPrefix(rng.choice(found)[: rng.randint(1, 3)])
        case _:
            return rng.choice((Everything(), Nothing(), Exactly("type", ())))
