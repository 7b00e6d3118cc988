"""What a person says wins, in this run and in every later one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dossier.catalogue import (
    Catalogue,
    CataloguePage,
    Correction,
    ExcludePage,
    JoinPrevious,
    MoveDocument,
    MovePages,
    PageRef,
    PlaceDocument,
    PlacePage,
    SetField,
    SetType,
    StartDocument,
    catalogue,
    correction_from_json,
    corrections_from_json,
)
from dossier.errors import BadCorrection

Make = Callable[..., list[CataloguePage]]

DETAIN = "=临洮县公安局\n^拘留证\n>临公（刑）拘字〔2022〕61号\n兹决定执行拘留。\n>2022年6月13日"
ARREST = "=临洮县公安局\n^逮捕证\n>临公（刑）捕字〔2022〕20号\n经批准，执行逮捕。\n>2022年7月2日"
CAUGHT = "^抓获经过\n民警将其抓获，带至派出所。\n>2022年6月13日"
MORE = "接上页，以下是续写的内容，没有题名，也没有页码。"


@pytest.fixture
def pages(scan: Make) -> list[CataloguePage]:
    return scan(DETAIN, MORE, ARREST, CAUGHT)


def ref(page: CataloguePage) -> PageRef:
    return PageRef.to(page)


def shape(result: Catalogue) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (volume.title, [(doc.type, len(doc.keys)) for doc in volume.documents])
        for volume in result.volumes
    ]


PLAIN = [("诉讼文书卷", [("L07", 2), ("L12", 1)]), ("证据材料卷", [("E17", 1)])]


def test_without_corrections(pages: list[CataloguePage]) -> None:
    assert shape(catalogue(pages)) == PLAIN


def test_start_and_join(pages: list[CataloguePage]) -> None:
    started = catalogue(pages, [StartDocument(page=ref(pages[1]), type="E18")])
    assert shape(started) == [
        ("诉讼文书卷", [("L07", 1), ("L12", 1)]),
        ("证据材料卷", [("E18", 1), ("E17", 1)]),
    ]
    joined = catalogue(pages, [JoinPrevious(page=ref(pages[2]))])
    assert shape(joined) == [("诉讼文书卷", [("L07", 3)]), ("证据材料卷", [("E17", 1)])]
    # the later word wins
    both = [StartDocument(page=ref(pages[1])), JoinPrevious(page=ref(pages[1]))]
    assert shape(catalogue(pages, both)) == PLAIN


def test_type_and_fields(pages: list[CataloguePage]) -> None:
    words: list[Correction] = [
        SetType(page=ref(pages[0]), type="L06"),
        SetField(page=ref(pages[1]), field="title", value="传唤证（副本）"),
        SetField(page=ref(pages[0]), field="number", value=None),
        SetField(page=ref(pages[0]), field="date", value="2022-06-12"),
        SetField(page=ref(pages[0]), field="organ", value="临洮县公安局刑侦大队"),
    ]
    doc = catalogue(pages, words).volumes[0].documents[0]
    assert (doc.type, doc.type_name, doc.title.value) == ("L06", "传唤证", "传唤证（副本）")
    assert doc.number is None
    assert doc.date is not None
    assert doc.date.value == "2022-06-12"
    assert doc.date.corrected
    assert doc.responsible is not None
    assert doc.responsible.value == "临洮县公安局刑侦大队"
    assert doc.corrected
    assert doc.confidence == 1.0


def test_moves(pages: list[CataloguePage]) -> None:
    moved = catalogue(pages, [MoveDocument(page=ref(pages[1]), volume="侦查工作卷")])
    assert shape(moved) == [
        ("诉讼文书卷", [("L12", 1)]),
        ("证据材料卷", [("E17", 1)]),
        ("侦查工作卷", [("L07", 2)]),
    ]
    parted = catalogue(pages, [MovePages(pages=(ref(pages[1]),), volume="补充材料")])
    assert shape(parted) == [
        ("诉讼文书卷", [("L07", 1), ("L12", 1)]),
        ("证据材料卷", [("E17", 1)]),
        ("补充材料", [("U00", 1)]),
    ]


def test_order_and_exclusion(pages: list[CataloguePage]) -> None:
    placed = catalogue(pages, [PlacePage(page=ref(pages[1]), after=ref(pages[2]))])
    assert shape(placed)[0] == ("诉讼文书卷", [("L07", 1), ("L12", 2)])
    ordered = catalogue(pages, [PlaceDocument(page=ref(pages[2]), after=None)])
    assert shape(ordered)[0] == ("诉讼文书卷", [("L12", 1), ("L07", 2)])
    assert [doc.labels for doc in ordered.volumes[0].documents] == [(1, 1), (2, 3)]
    behind = catalogue(pages, [PlaceDocument(page=ref(pages[0]), after=ref(pages[3]))])
    assert shape(behind) == [("诉讼文书卷", [("L12", 1)]), ("证据材料卷", [("E17", 1), ("L07", 2)])]
    without = catalogue(pages, [ExcludePage(page=ref(pages[1]), reason="空白")])
    assert shape(without)[0] == ("诉讼文书卷", [("L07", 1), ("L12", 1)])
    assert without.excluded == (pages[1].key,)


ALL: list[Correction] = [
    StartDocument(page=PageRef(sha256="0" * 64, number=3), type="L07"),
    JoinPrevious(page=PageRef(sha256="0" * 64, number=3)),
    SetType(page=PageRef(sha256="0" * 64, number=3), type="X01", form="cover"),
    SetField(page=PageRef(sha256="0" * 64, number=3), field="date", value="2023-05-08"),
    MoveDocument(page=PageRef(sha256="0" * 64, number=3), volume="证据材料卷"),
    MovePages(pages=(PageRef(sha256="0" * 64, number=3),), volume="证据材料卷"),
    PlacePage(page=PageRef(sha256="0" * 64, number=3), after=PageRef(sha256="1" * 64, number=0)),
    PlaceDocument(page=PageRef(sha256="0" * 64, number=3), after=None),
    ExcludePage(page=PageRef(sha256="0" * 64, number=3)),
]


def test_json_round_trip() -> None:
    assert corrections_from_json([item.to_json() for item in ALL]) == tuple(ALL)
    assert len({item.to_json()["kind"] for item in ALL}) == len(ALL)


def test_they_survive_renaming_and_new_keys(pages: list[CataloguePage]) -> None:
    words = [StartDocument(page=ref(pages[1]), type="E18")]
    again = [replace(page, key=page.key + 5000, file="别的名字.pdf") for page in pages]
    assert shape(catalogue(again, words)) == shape(catalogue(pages, words))


def test_a_page_that_is_gone_is_reported(pages: list[CataloguePage]) -> None:
    words = [ExcludePage(page=PageRef(sha256="f" * 64, number=9))]
    result = catalogue(pages, words)
    assert shape(result) == PLAIN
    assert [item.code for item in result.findings] == ["C901"]


FIELD: dict[str, Any] = {"kind": "field", "page": {"sha256": "0" * 64, "number": 0}}


@pytest.mark.parametrize(
    "card",
    [
        {},
        {"kind": "burn", "page": {"sha256": "0" * 64, "number": 0}},
        {"kind": "start", "page": {"sha256": "short", "number": 0}},
        {"kind": "start", "page": {"sha256": "0" * 64, "number": -1}},
        FIELD | {"field": "date", "value": "8.5."},
        FIELD | {"field": "date", "value": "2023-02-30"},
        FIELD | {"field": "title", "value": None},
        FIELD | {"field": "title", "value": "  "},
        {"kind": "pages", "pages": [], "volume": "甲"},
        {"kind": "start", "page": {"sha256": "0" * 64, "number": 0}, "extra": 1},
    ],
)
def test_not_a_correction(card: dict[str, Any]) -> None:
    with pytest.raises(BadCorrection):
        correction_from_json(card)


def test_corrections_that_do_not_fit(pages: list[CataloguePage]) -> None:
    bad: list[list[Correction]] = [
        [SetType(page=ref(pages[0]), type="Q99")],
        [SetType(page=ref(pages[0]), type="X01", form="nothing")],
        [StartDocument(page=ref(pages[0]), type="Q99")],
        [JoinPrevious(page=ref(pages[0]))],
        [PlacePage(page=ref(pages[0]), after=ref(pages[0]))],
        [PlaceDocument(page=ref(pages[0]), after=ref(pages[1]))],
        [ExcludePage(page=ref(pages[1])), SetType(page=ref(pages[1]), type="L07")],
        [ExcludePage(page=ref(pages[1])), PlacePage(page=ref(pages[0]), after=ref(pages[1]))],
    ]
    for words in bad:
        with pytest.raises(BadCorrection):
            catalogue(pages, words)
