"""Boundaries, fields, volumes and numbering on small dossiers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dossier.catalogue import CataloguePage, Document, catalogue
from dossier.model import Origin

Make = Callable[..., list[CataloguePage]]

DETAIN = (
    "=临洮县公安局\n^拘 留 证\n>临公（刑）拘字[2022]61号\n"
    "兹决定对犯罪嫌疑人洪顺（性别男，出生日期1990年2月2日）执行拘留，送临洮县看守所羁押。\n"
    ">临洮县公安局\n>二○二二年六月十三日\n"
    "本证已于2022年6月14日15时向我宣布。\n被拘留人：洪顺\n>2022年6月14日"
)
ASK = (
    "^讯问笔录\n=（第2次）\n时间：2022年6月14日9时10分至2022年6月14日10时30分\n"
    "地点：临洮县看守所第2讯问室\n讯问人：汪海 记录人：石磊 工作单位：临洮县公安局南关派出所\n"
    "被讯问人：洪顺 性别：男 年龄：32 出生日期：1990年2月2日\n"
    "问：我们是民警，现依法对你进行讯问。\n答：听清楚了。\n<第1页 共3页"
)
ASK2 = "问：你把经过讲一下，从头说起，不要着急，慢慢地讲清楚就行。\n答：好的。\n<第2页 共3页"
ASK3 = "答：就这些。\n以上笔录我看过，和我说的相符。\n洪顺\n>2022年6月14日\n<第3页 共3页"


def one(pages: list[CataloguePage]) -> Document:
    (doc,) = catalogue(pages).documents
    return doc


def test_fields_of_a_form(scan: Make) -> None:
    doc = one(scan(DETAIN))
    assert (doc.type, doc.type_name, doc.title.value) == ("L07", "拘留证", "拘留证")
    assert doc.number is not None
    assert doc.number.value == "临公（刑）拘字〔2022〕61号"
    assert doc.date is not None
    assert doc.date.value == "2022-06-13"  # the day of issue, not of announcement
    assert doc.organ is not None
    assert doc.organ.value == "临洮县公安局"
    assert doc.responsible == doc.organ
    assert ("犯罪嫌疑人", "洪顺") in {(party.role, party.name) for party in doc.parties}


def test_each_field_points_to_its_line(scan: Make) -> None:
    pages = scan(DETAIN)
    doc = one(pages)
    lines = pages[0].layer.lines
    for field, words in (
        (doc.title, "拘 留 证"),
        (doc.number, "拘字[2022]"),
        (doc.date, "二○二二"),
    ):
        assert field is not None
        (place,) = field.places
        assert place.key == pages[0].key
        assert words in lines[place.line].text
        assert place.box == lines[place.line].box


def test_a_record_names_who_was_questioned(scan: Make) -> None:
    doc = one(scan(ASK, ASK2, ASK3))
    assert doc.type == "E01"
    assert doc.title.value == "讯问笔录（第2次）"
    assert doc.date is not None
    assert doc.date.value == "2022-06-14"
    assert doc.person is not None
    assert doc.person.value == "洪顺"
    assert doc.responsible == doc.person
    assert doc.organ is not None
    assert doc.organ.value == "临洮县公安局南关派出所"
    assert doc.number is None
    assert doc.evidence_kind == 5
    assert len(doc.keys) == 3


@pytest.mark.parametrize(
    ("foot", "iso"),
    [
        ("二〇二三年五月八日", "2023-05-08"),
        ("二○二三年十月二十日", "2023-10-20"),
        ("二零二三年十二月三十一日", "2023-12-31"),
        ("二O二三年三月三日", "2023-03-03"),
        ("2023 年 5 月 8 日", "2023-05-08"),
        ("2023年5月8日（院印）", "2023-05-08"),
        ("2023.5.8", "2023-05-08"),
        ("2023年2月30日", None),
    ],
)
def test_dates(foot: str, iso: str | None, scan: Make) -> None:
    doc = one(scan(f"=临洮县人民检察院\n^起诉书\n>临检刑诉〔2023〕7号\n被告人洪顺，男。\n>{foot}"))
    assert (doc.date.value if doc.date else None) == iso


def test_a_year_misread_is_put_right_by_the_number(scan: Make) -> None:
    text = (
        "=临洮县公安局\n^拘留证\n>临公（刑）拘字〔2023〕61号\n兹决定执行拘留。\n>二〇三三年五月八日"
    )
    doc = one(scan(text.format("二〇三三年五月八日")))
    assert doc.date is not None
    assert doc.date.value == "2023-05-08"


def test_a_date_that_ends_a_sentence_is_not_the_date_of_issue(scan: Make) -> None:
    doc = one(
        scan(
            "=临洮县公安局\n^延长拘留期限通知书\n>临公（刑）延拘字〔2022〕18号\n"
            "因犯罪嫌疑人洪顺有流窜作案的重大嫌疑，拘留期限延长至\n2022年7月13日。\n>2022年6月16日"
        )
    )
    assert doc.date is not None
    assert doc.date.value == "2022-06-16"


def test_traditional_characters_that_ocr_reads_in_large_print(scan: Make) -> None:
    doc = one(scan("=临洮县公安局\n^立案決定書\n>临公（刑）立字〔2022〕207号\n决定立案侦查。"))
    assert (doc.type, doc.title.value) == ("L03", "立案决定书")


@pytest.mark.parametrize(
    ("printed", "written"),
    [
        ("临检刑诉〔2022〕71号", "临检刑诉〔2022〕71号"),
        ("临检刑诉【2022】71号", "临检刑诉〔2022〕71号"),
        ("临 检 刑 诉 ( 2022 ) Z71 号", "临检刑诉〔2022〕Z71号"),
        ("文号：临检刑诉[2022]71号", "临检刑诉〔2022〕71号"),
    ],
)
def test_numbers_in_one_writing(printed: str, written: str, scan: Make) -> None:
    doc = one(scan(f"=临洮县人民检察院\n^起诉书\n>{printed}\n被告人洪顺，男。"))
    assert doc.number is not None
    assert doc.number.value == written


def test_a_court_number_is_a_case_number(scan: Make) -> None:
    doc = one(
        scan(
            "=甘肃省临洮县人民法院\n^刑事判决书\n>(2022)甘1124刑初120号\n公诉机关临洮县人民检察院。"
        )
    )
    assert doc.number is not None
    assert doc.number.value == "（2022）甘1124刑初120号"
    assert [number.value for number in doc.case_numbers] == ["（2022）甘1124刑初120号"]


def test_a_number_named_in_the_text_is_not_its_own(scan: Make) -> None:
    doc = one(
        scan(
            "=临洮县公安局\n^起诉意见书\n犯罪嫌疑人洪顺，男。\n"
            "本局以临公（刑）提捕字〔2022〕25号提请批准逮捕书提请批准逮捕，经依法侦查查明。"
        )
    )
    assert doc.number is None


def test_titles_on_two_lines_and_in_pieces(make: Make) -> None:
    two = one(make([("a.pdf", 0, "=临洮县公安局\n^犯罪嫌疑人诉讼权利\n^义务告知书\n一、诉讼权利")]))
    assert two.type == "L20"
    pieces = one(
        make(
            [
                (
                    "a.pdf",
                    0,
                    "=临洮县人民检察院\n起 | 诉 | 书\n>临检刑诉〔2022〕71号\n被告人洪顺，男。",
                )
            ]
        )
    )
    assert pieces.type == "P07"
    # the organ in the line of the title
    same = one(
        make([("a.pdf", 0, "^临洮县公安局拘留证\n>临公（刑）拘字〔2022〕61号\n兹决定执行拘留。")])
    )
    assert same.type == "L07"
    assert same.organ is not None
    assert same.organ.value == "临洮县公安局"


def test_interrogation_and_interview_differ_by_one_character(scan: Make) -> None:
    """The title is misread, the body decides."""
    docs = list(catalogue(scan(ASK.replace("^讯问笔录", "^询问笔录"))).documents)
    assert [doc.type for doc in docs] == ["E01"]


def test_who_is_asked_is_settled_by_other_papers(scan: Make) -> None:
    plain = (
        "^询问笔录\n时间：2022年6月3日20时05分至21时00分\n地点：南关派出所\n"
        "被询问人：{name} 性别：男\n问：你把情况讲一下。\n答：那天我在店里，听见外面有声音。"
    )
    request = (
        "=临洮县公安局\n^起诉意见书\n>临公（刑）诉字〔2022〕44号\n犯罪嫌疑人洪顺，男。\n"
        "经依法侦查查明：洪顺盗走被害人裴永安，手机一部。证人蒲红霞，证实上述事实。"
    )
    docs = list(
        catalogue(scan(plain.format(name="裴永安"), plain.format(name="蒲红霞"), request)).documents
    )
    types = {doc.person.value: doc.type for doc in docs if doc.person is not None}
    assert types == {"裴永安": "E03", "蒲红霞": "E04"}


def test_same_number_is_a_second_page_but_a_court_number_is_not(scan: Make) -> None:
    report = (
        "=甘肃中正司法鉴定所\n^司法鉴定意见书\n>甘中正〔2022〕临鉴字第120号\n{}\n"
        "被鉴定人：裴永安，损伤程度。"
    )
    assert (
        len(list(catalogue(scan(report.format("声明"), report.format("一、基本情况"))).documents))
        == 1
    )
    summons = (
        "=临洮县人民法院\n^传票\n>（2022）甘1124刑初120号\n被传唤人 | {}\n应到时间 | 2022年12月20日"
    )
    found = catalogue(scan(summons.format("季小龙"), summons.format("蒲红霞"))).documents
    assert [doc.type for doc in found] == ["Z04", "Z04"]


def test_long_lists_carry_on(scan: Make) -> None:
    head = "=临洮县公安局\n^扣押清单\n编号 | 名称 | 数量 | 特征\n"
    first = head + "\n".join(f"{n} | 物品{n} | 1 | 旧" for n in range(1, 9))
    second = head + "\n".join(f"{n} | 物品{n} | 1 | 旧" for n in range(9, 12)) + "\n保管人：石磊"
    other = head + "1 | 摩托车 | 1 | 红色\n2 | 钥匙 | 1 | 无\n保管人：石磊"
    found = list(catalogue(scan(first, second, other)).documents)
    assert [len(doc.keys) for doc in found] == [2, 1]


def test_a_catalogue_of_two_pages(scan: Make) -> None:
    rows = ["受案登记表", "立案决定书", "拘留证", "逮捕证", "讯问笔录", "抓获经过"]
    head = "序号 | 文号 | 责任者 | 题名 | 日期 | 页号 | 备注\n"
    page1 = (
        "^卷内目录\n"
        + head
        + "\n".join(f"{n} | 号 | 局 | {t} | 日 | {n} | 无" for n, t in enumerate(rows, 1))
    )
    page2 = head + "\n".join(f"{n} | 号 | 局 | {t} | 日 | {n} | 无" for n, t in enumerate(rows, 7))
    found = list(catalogue(scan(page1, page2, DETAIN)).documents)
    assert [(doc.type, len(doc.keys)) for doc in found] == [("X01", 2), ("L07", 1)]


def test_folders_of_single_scans(make: Make) -> None:
    pages = make(
        [
            ("证据/IMG_0001.jpg", 0, ASK),
            ("证据/IMG_0002.jpg", 0, ASK2),
            ("证据/IMG_0003.jpg", 0, ASK3),
            ("证据/IMG_0004.jpg", 0, DETAIN),
        ]
    )
    found = list(catalogue(pages).documents)
    assert sorted((doc.type, len(doc.keys)) for doc in found) == [("E01", 3), ("L07", 1)]


def test_text_files_are_documents_by_their_name(make: Make) -> None:
    pages = make(
        [
            ("拘留证.docx", 0, "兹决定执行拘留。"),
            ("随便.docx", 0, "没有题名的一页文字，看不出是什么。"),
        ],
        origin=Origin.NATIVE,
    )
    found = list(catalogue(pages).documents)
    assert sorted(doc.type for doc in found) == ["L07", "U00"]
    assert [item.code for item in catalogue(pages).findings if item.code == "C602"] == ["C602"]


def test_counters_that_count_the_volume_do_not_hide_documents(scan: Make) -> None:
    papers = [
        DETAIN,
        "=临洮县公安局\n^立案决定书\n>临公（刑）立字〔2022〕207号\n决定立案侦查。",
        "=临洮县公安局\n^逮捕证\n>临公（刑）捕字〔2022〕20号\n执行逮捕。",
        "^抓获经过\n民警将其抓获。\n>2022年6月13日",
    ]
    result = catalogue(scan(*(f"{text}\n<第{n}页 共4页" for n, text in enumerate(papers, 1))))
    assert sorted(doc.type for doc in result.documents) == ["E17", "L03", "L07", "L12"]
    assert not [item for item in result.findings if item.code.startswith(("C1", "C3"))]


COVER = (
    "=临洮县公安局\n^刑事侦查卷宗\n=（证据材料卷）\n"
    "案件名称 | 洪顺盗窃案\n立卷单位 | 公安局\n保管期限 | 长期"
)
HEADER = "序号 | 文号 | 责任者 | 题名 | 日期 | 页号 | 备注\n"
LIST = f"^卷内目录\n{HEADER}1 | 无 | 洪顺 | 讯问笔录 | 无 | 1 | 无"
END = "^备考表\n本卷情况说明：完好。\n立卷人：石磊\n检查人：汪海"


def test_volumes_by_cover_and_their_numbers(scan: Make) -> None:
    result = catalogue(scan(COVER, LIST, ASK, ASK2, ASK3, DETAIN, END))
    (volume,) = result.volumes
    assert (volume.title, volume.kind) == ("证据材料卷", "证据材料卷")
    labels = [slot.label for doc in volume.documents for slot in doc.pages]
    assert labels == [None, None, 1, 2, 3, 4, None]
    assert volume.page_count == 4
    assert [doc.form for doc in volume.documents if doc.type == "X01"] == [
        "cover",
        "listing",
        "remarks",
    ]


def test_volumes_by_folder_by_type_and_by_organ(make: Make) -> None:
    pages = make([("甲/1.pdf", 0, DETAIN)], volume="甲")
    assert [volume.title for volume in catalogue(pages).volumes] == ["甲"]
    receipt = "={}\n^送达回证\n送达文书名称 | 副本\n受送达人 | 洪顺\n送达人 | 时光"
    pages = make(
        [
            ("1.pdf", 0, ASK),
            ("2.pdf", 0, DETAIN),
            ("3.pdf", 0, receipt.format("临洮县人民法院")),
            ("4.pdf", 0, receipt.format("临洮县公安局")),
        ]
    )
    found = {doc.keys[0]: doc.volume for doc in catalogue(pages).documents}
    assert list(found.values())
    assert [found[key] for key in sorted(found)] == [
        "证据材料卷",
        "诉讼文书卷",
        "审判正卷",
        "诉讼文书卷",
    ]
    # volumes come in the order of volumes.yaml, and each starts at 1
    result = catalogue(pages)
    assert [volume.title for volume in result.volumes] == ["诉讼文书卷", "证据材料卷", "审判正卷"]
    assert [doc.labels for volume in result.volumes for doc in volume.documents] == [
        (1, 1),
        (2, 2),
        (1, 1),
        (1, 1),
    ]


def test_a_loose_paper_joins_the_sender_s_volume_of_its_kind(make: Make) -> None:
    pages = make([("1诉讼文书卷/a.pdf", 0, DETAIN)], volume="1诉讼文书卷")
    loose = make(
        [
            (
                "起诉意见书.docx",
                0,
                "=临洮县公安局\n^起诉意见书\n>临公（刑）诉字〔2022〕44号\n犯罪嫌疑人洪顺，男。",
            )
        ]
    )
    result = catalogue([*pages, *(page for page in _rekeyed(loose, 900))])
    assert [(volume.title, len(volume.documents)) for volume in result.volumes] == [
        ("诉讼文书卷", 2)
    ]


def _rekeyed(pages: list[CataloguePage], first: int) -> list[CataloguePage]:
    from dataclasses import replace

    return [replace(page, key=first + at) for at, page in enumerate(pages)]


def test_nothing_and_doubled_keys(make: Make) -> None:
    assert catalogue([]).volumes == ()
    pages = make([("a.pdf", 0, DETAIN)])
    with pytest.raises(ValueError, match="unique"):
        catalogue([*pages, *pages])


def test_pages_without_text(scan: Make) -> None:
    result = catalogue(scan(DETAIN, ""))
    (doc,) = result.documents
    assert len(doc.keys) == 2
    assert [item.code for item in result.findings] == ["C603"]
