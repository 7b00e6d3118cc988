"""Findings: each code is raised by a dossier made for it, and sound dossiers raise none."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from dossier.catalogue import CataloguePage, Finding, catalogue
from dossier.catalogue.findings import finding_kinds

Make = Callable[..., list[CataloguePage]]


def ask(name: str, number: int, total: int, words: str = "那天下午我在家里", day: int = 14) -> str:
    """One page of an interrogation."""
    head = (
        f"^讯问笔录\n时间：2022年6月{day}日9时10分至2022年6月{day}日10时30分\n"
        f"地点：临洮县看守所\n讯问人：汪海 工作单位：临洮县公安局\n被讯问人：{name}，男\n"
        if number == 1
        else ""
    )
    body = "\n".join(
        f"问：第{number}页第{n}个问题{words}，你怎么解释这件事情？\n答：我当时想的是{words}第{n}次。"
        for n in range(1, 5)
    )
    return f"{head}{body}\n<第{number}页 共{total}页"


def detain(name: str, serial: int, birthday: str = "1990年2月2日") -> str:
    return (
        f"=临洮县公安局\n^拘留证\n>临公（刑）拘字〔2022〕{serial}号\n"
        f"兹决定对犯罪嫌疑人{name}（性别男，出生日期{birthday}）执行拘留，送临洮县看守所羁押。\n"
        f">2022年6月13日\n本证已于2022年6月13日15时向我宣布。\n被拘留人：{name}"
    )


def opinion(*names: str) -> str:
    people = "\n".join(f"犯罪嫌疑人{name}，男，汉族。" for name in names)
    return (
        f"=临洮县公安局\n^起诉意见书\n>临公（刑）诉字〔2022〕44号\n{people}\n"
        f"经依法侦查查明：{'、'.join(names)}共同盗窃。犯罪嫌疑人{names[0]}，系主犯。\n此致\n>2022年9月1日"
    )


def codes(pages: list[CataloguePage]) -> list[str]:
    return [item.code for item in catalogue(pages).findings]


def only(pages: list[CataloguePage], code: str) -> Finding:
    findings = catalogue(pages).findings
    assert [item.code for item in findings] == [code]
    return findings[0]


SOUND = [detain("洪顺", 61), *(ask("洪顺", n, 4) for n in range(1, 5)), opinion("洪顺")]


def test_a_sound_dossier_has_no_findings(scan: Make) -> None:
    assert codes(scan(*SOUND)) == []


def test_missing_page(scan: Make) -> None:
    pages = scan(detain("洪顺", 61), ask("洪顺", 1, 4), ask("洪顺", 2, 4), ask("洪顺", 4, 4))
    found = only(pages, "C101")
    assert found.values["missing"] == "3"
    assert found.values["total"] == "4"
    assert found.pages == (pages[2].key,)
    assert found.message() == "《讯问笔录》缺第3页（共4页）"
    assert "page 3 of 4" in found.message("en")


def test_a_page_whose_counter_was_not_read_is_not_missing(scan: Make) -> None:
    unread = ask("洪顺", 3, 4).replace("<第3页 共4页", "")
    assert codes(scan(ask("洪顺", 1, 4), ask("洪顺", 2, 4), unread, ask("洪顺", 4, 4))) == []


def test_misordered_pages(scan: Make) -> None:
    pages = scan(*(ask("洪顺", n, 4) for n in (1, 3, 2, 4)))
    found = only(pages, "C301")
    assert found.pages == (pages[1].key, pages[2].key)
    assert found.values["order"] == "1、3、2、4"


def test_a_page_of_another_document(scan: Make) -> None:
    first = [ask("洪顺", n, 3) for n in (1, 2, 3)]
    other = [ask("季小龙", n, 4, "在外面吃饭") for n in (1, 2, 3, 4)]
    last = opinion("洪顺", "季小龙")
    pages = scan(first[0], first[1], other[1], first[2], other[0], other[2], other[3], last)
    found = catalogue(pages).findings
    assert [item.code for item in found] == ["C302", "C101"]
    assert found[0].pages == (pages[2].key,)


def noised(page: CataloguePage, share: float, seed: int) -> CataloguePage:
    rng = random.Random(seed)
    lines = tuple(
        replace(
            line,
            text="".join(
                rng.choice("的一是了人在有我他这") if rng.random() < share else char
                for char in line.text
            ),
        )
        for line in page.layer.lines
    )
    return replace(page, layer=replace(page.layer, lines=lines))


@pytest.mark.parametrize("seed", range(5))
def test_second_scan_of_a_page(seed: int, scan: Make) -> None:
    pages = scan(*SOUND, SOUND[2])
    pages[-1] = noised(pages[-1], 0.01, seed)
    found = [item for item in catalogue(pages).findings if item.code.startswith("C2")]
    assert [(item.code, item.pages) for item in found] == [("C202", (pages[-1].key,))]


def test_a_document_scanned_twice_is_one_finding(make: Make) -> None:
    texts = [ask("洪顺", n, 3) for n in (1, 2, 3)]
    pages = make([("a.pdf", n, text) for n, text in enumerate(texts)])
    again = make([("b.pdf", n, text) for n, text in enumerate(texts)])
    pages += [replace(page, key=page.key + 50) for page in again]
    found = only(pages, "C202")
    assert found.pages == tuple(page.key for page in pages[3:])


def test_the_same_file_twice(make: Make) -> None:
    pages = make([("a.pdf", 0, SOUND[0]), ("b.pdf", 0, SOUND[0])])
    pages[1] = replace(pages[1], sha256=pages[0].sha256)
    assert codes(pages) == ["C201"]


def test_forms_filled_in_alike_are_no_duplicates(scan: Make) -> None:
    pages = scan(
        detain("洪顺", 61), detain("季小龙", 62, "1996年8月12日"), opinion("洪顺", "季小龙")
    )
    assert codes(pages) == []
    rights = "^犯罪嫌疑人诉讼权利义务告知书\n" + "一、有权申请回避，自行书写供述。\n" * 8
    assert codes(scan(rights, rights)) == []  # the signatures were not read


def test_page_of_another_case(scan: Make) -> None:
    pages = scan(*SOUND[:-1], detain("程家宝", 99, "1986年9月9日"), SOUND[-1])
    found = catalogue(pages).findings
    assert [(item.code, item.pages) for item in found] == [("C401", (pages[5].key,))]
    assert found[0].values["name"] == "程家宝"
    assert found[0].values["known"] == "洪顺"


def test_several_suspects_are_no_strangers(scan: Make) -> None:
    names = ("洪顺", "季小龙", "马阿里", "程家宝")
    pages = scan(
        *(detain(name, 61 + n, f"199{n}年{n + 1}月{n + 3}日") for n, name in enumerate(names)),
        *(
            ask(name, page, 2, f"和{names[0]}一起第{n}回", day=10 + n)
            for n, name in enumerate(names)
            for page in (1, 2)
        ),
        opinion(*names),
    )
    assert codes(pages) == []


def test_a_misread_name_is_no_stranger(scan: Make) -> None:
    pages = scan(
        detain("马志远", 61), *(ask("马志远", n, 2) for n in (1, 2)), opinion("马志远"),
        detain("马忠远", 61).replace("拘留证", "逮捕证").replace("执行拘留", "执行逮捕"),
    )  # fmt: skip
    assert "C401" not in codes(pages)


def test_court_papers_of_another_case(scan: Make) -> None:
    paper = "=临洮县人民法院\n^{}\n>（2022）甘1124刑初{}号\n被告人{}犯盗窃罪一案。\n>2022年12月20日"
    pages = scan(
        paper.format("出庭通知书", 120, "洪顺，男，"),
        paper.format("开庭公告", 120, "洪顺，男，"),
        paper.format("刑事判决书", 120, "洪顺，男，被告人洪顺，"),
        paper.format("刑事裁定书", 121, "某某"),
    )
    found = [item for item in catalogue(pages).findings if item.code == "C402"]
    assert [item.pages for item in found] == [(pages[3].key,)]


TABLE = "序号 | 文号 | 责任者 | 题名 | 日期 | 页号 | 备注\n"


def listing(*titles: str) -> str:
    rows = "\n".join(
        f"{n} | 号 | 局 | {title} | 日 | {n} | 无" for n, title in enumerate(titles, 1)
    )
    return f"^卷内目录\n{TABLE}{rows}"


def test_listed_but_not_there(scan: Make) -> None:
    pages = scan(listing("拘留证", "逮捕证", "讯问笔录", "起诉意见书"), *SOUND)
    found = only(pages, "C102")
    assert (found.values["row"], found.values["title"]) == ("2", "逮捕证")
    assert codes(scan(listing("拘留证", "讯问笔录", "起诉意见书"), *SOUND)) == []


def test_stamped_numbers_that_skip(scan: Make) -> None:
    pages = [replace(page, volume="全卷") for page in scan(*SOUND)]
    numbers = [1, 2, 3, 6, 7, 8]
    found = only(_stamp(pages, numbers), "C104")
    assert found.values["missing"] == "4–5"
    assert codes(_stamp(pages, [1, 2, 3, 4, 5, 6])) == []
    assert codes(_stamp(pages, [1, 2, 37, 3, 4, 5])) == ["C303"]
    assert codes(_stamp(pages, [1, 9, 3, 4, 5, 6])) == []  # a number misread


def _stamp(pages: list[CataloguePage], numbers: list[int]) -> list[CataloguePage]:
    from dossier.model import Box, Line

    out = []
    for page, number in zip(pages, numbers, strict=True):
        stamp = Line(str(number), Box(0.9, 0.03, 0.93, 0.05).quad())
        out.append(replace(page, layer=replace(page.layer, lines=(stamp, *page.layer.lines))))
    return out


def test_too_thick(scan: Make) -> None:
    pages = scan(*(ask("洪顺", 1, 1, f"话题{n}", day=n % 28 + 1) for n in range(201)))
    assert "C501" in codes(pages)
    assert "C501" not in codes(pages[:200])


def test_unknown_and_uncertain(make: Make) -> None:
    assert codes(make([("a.pdf", 0, "看不出是什么的字。"), ("a.pdf", 1, "还有一些。")])) == ["C602"]


def test_every_code_speaks_both_languages() -> None:
    for code, kind in finding_kinds().items():
        assert kind.zh
        assert kind.en
        assert kind.zh.count("{") == kind.en.count("{") or code == "C104", code
