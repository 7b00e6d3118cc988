"""The first page of each kind of document is known for what it is, clean and misread."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from dossier.catalogue import CataloguePage, catalogue, default_types

CASES: list[dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "first_pages.yaml").read_text(encoding="utf-8")
)
Scan = Callable[..., list[CataloguePage]]

# characters OCR takes for each other
ALIKE = """讯询迅 未末 己已巳 日曰目 人入八 土士 大太犬 王玉 干千于 天夫 证讧正 决诀快 拘抱构
留溜 捕辅铺 逮建 定宅 案桉 侦贞 查杳 笔毛 录泵 清请情 单草 押抻 扣和 间问 被波 告吉 审宙 意急
见贝 鉴签 科料 检捡 院阮""".split()  # noqa: SIM905 - a list of these would be unreadable
OTHERS = {char: [other for other in group if other != char] for group in ALIKE for char in group}


def misread(page: CataloguePage, share: float, rng: random.Random) -> CataloguePage:
    def one(char: str) -> str:
        if rng.random() >= share or char.isspace():
            return char
        return rng.choice(OTHERS.get(char) or list("的一是在不了有和人这中大为上个国"))

    lines = tuple(replace(line, text="".join(map(one, line.text))) for line in page.layer.lines)
    return replace(page, layer=replace(page.layer, lines=lines))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['code']}-{case['text'][:14]}")
def test_first_page(case: dict[str, str], scan: Scan) -> None:
    (volume,) = catalogue(scan(case["text"])).volumes
    (doc,) = volume.documents
    assert doc.type == case["code"], [(e.what, e.detail, e.weight) for e in doc.evidence]
    assert doc.confidence >= 0.6
    assert doc.evidence
    assert doc.title.places
    assert all(place.key == doc.keys[0] for place in doc.title.places)


def test_every_type_of_the_data_has_a_page() -> None:
    known = {entry.code for entry in default_types().types}
    tried = {case["code"] for case in CASES}
    extra = {"L34", "L35", "L36", "L37", "L38", "L39", "L40", "P12", "U00"}
    assert known - tried == extra
    # everything DOMAIN names is there
    wanted = (
        {f"L{n:02}" for n in range(1, 32)}
        | {"W01", "W02", "X01", "F01", "F02", "F03"}
        | {f"E{n:02}" for n in range(1, 41)}
        | {f"P{n:02}" for n in range(1, 12)}
        | {f"Z{n:02}" for n in range(1, 14)}
    )
    assert wanted <= known


@pytest.mark.parametrize(("share", "least"), [(0.01, 0.98), (0.02, 0.97), (0.03, 0.95)])
def test_misread_pages(share: float, least: float, scan: Scan) -> None:
    rng = random.Random(20230508)
    right = whole = 0
    for _ in range(3):
        for case in CASES:
            pages = [misread(page, share, rng) for page in scan(case["text"])]
            (doc,) = catalogue(pages).documents
            right += doc.type == case["code"]
            whole += 1
    assert right / whole >= least, f"{right} of {whole}"


def test_a_whole_volume_in_one_file(scan: Scan) -> None:
    """All the pages one after another in one scan: each begins a document of its own."""
    texts = [case["text"] for case in CASES]
    docs = sorted(catalogue(scan(*texts)).documents, key=lambda doc: doc.keys)
    assert [len(doc.keys) for doc in docs] == [1] * len(CASES)
    wrong = [
        (case["code"], doc.type, case["text"][:20])
        for case, doc in zip(CASES, docs, strict=True)
        if doc.type != case["code"]
    ]
    assert not wrong


MENTIONS = [
    # a title in running text is no title
    "问：你看一下这份材料，这是什么？\n答：这是给我的拘留证，上面有我的签名。\n问：还有什么要说的？",
    "人民法院判处有期徒刑六个月，有该院刑事判决书在卷证实，足以认定被告人有前科。\n起诉书\n"
    "的指控成立，应予支持，予以确认。",
    "附：\n1. 本案卷宗二册。\n2. 随案移送清单一份。\n3. 换押证一份。",
    "以上事实，有被害人陈述、证人证言、鉴定意见、\n抓获经过、户籍证明等证据证实，足以认定，本院予以\n"
    "确认。被告人当庭表示认罪。",
]


@pytest.mark.parametrize("text", MENTIONS)
def test_a_mention_is_no_title(text: str, scan: Scan) -> None:
    first = (
        "=临洮县人民检察院\n^起 诉 书\n>临检刑诉〔2022〕71号\n"
        "被告人洪顺，男，1990年2月2日出生。\n本案由公安机关侦查终结。"
    )
    docs = list(catalogue(scan(first, text)).documents)
    assert [doc.type for doc in docs] == ["P07"]
    assert len(docs[0].keys) == 2
