"""The matching form of a text and the way back to the original."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.normal import normal, normalise


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("起 诉 书", "起诉书"),
        ("起　诉\t书\n", "起诉书"),
        ("（2023）甘0102刑初123号", "(2023)甘0102刑初123号"),
        ("［２０２３］甘０１０２刑初１２３号", "(2023)甘0102刑初123号"),
        ("兰城检刑诉〔2023〕12号", "兰城检刑诉(2023)12号"),
        ("兰公城（刑）拘字【2023】12号", "兰公城(刑)拘字(2023)12号"),
        ("时间：2023年，", "时间:2023年,"),
        ("— 1 —", "-1-"),
        ("马•阿卜杜拉 马‧阿 马・阿", "马·阿卜杜拉马·阿马·阿"),
        ("“现场”", '"现场"'),
        ("⻋辆、⻔窗、⺠警", "车辆、门窗、民警"),  # what PDF fonts make of 车门民
        ("立案決定書", "立案决定书"),  # how OCR reads large print
        ("認罪认罚具結書", "认罪认罚具结书"),
        ("⾦额", "金额"),  # Kangxi radical
        ("㈠第①项", "(一)第1项"),
        ("\ufeff起\u200b诉\u00ad书", "起诉书"),
        ("《刑法》", "《刑法》"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_form(raw: str, form: str) -> None:
    assert normalise(raw).text == form
    assert normal(raw) == form


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("二〇二三年", "二0二三年"),
        ("二○二三年", "二0二三年"),
        ("二零二三年", "二0二三年"),
        ("二OO九年", "二00九年"),
        ("2O23年", "2023年"),
        ("OPPO手机", "OPPO手机"),
        ("O型血", "O型血"),
    ],
)
def test_zeros_only_where_asked(raw: str, form: str) -> None:
    assert normal(raw, zeros=True) == form
    assert normal(raw) == raw


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("Agilent  7890B 顶空 气相", "Agilent 7890B顶空气相"),
        ("起 诉 书", "起诉书"),
        ("12 34", "12 34"),
        (" A ", "A"),
        ("ئۇيغۇر تىلى", "ئۇيغۇر تىلى"),
    ],
)
def test_words_keep_their_space(raw: str, form: str) -> None:
    assert normalise(raw, spaces="words").text == form
    assert normal(raw, spaces="words") == form


def test_a_span_leads_back_to_the_original() -> None:
    raw = "  被告人 马 志 远 ，男…（２０２３）"
    form = normalise(raw)
    start = form.text.index("马志远")
    begin, end = form.span(start, start + 3)
    assert raw[begin:end] == "马 志 远"
    dots = form.text.index("...")
    assert raw[slice(*form.span(dots, dots + 3))] == "…"
    assert raw[slice(*form.span(dots + 1, dots + 2))] == "…"
    year = form.text.index("2023")
    assert raw[slice(*form.span(year, year + 4))] == "２０２３"
    assert form.span(2, 2) == (raw.index("人"), raw.index("人"))
    with pytest.raises(IndexError):
        form.span(0, len(form.text) + 1)


def test_composed_letters_lead_back_whole() -> None:
    raw = "caf" + "e\u0301" + " 书"
    form = normalise(raw)
    assert form.text == "café书"
    assert raw[slice(*form.span(3, 4))] == "e\u0301"
    assert raw[slice(*form.span(4, 5))] == "书"


TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            "起诉书（）〔〕[]２０ \n\t…①—〇ＯO0年⻋⾦é\u0301\u200b각ᄀ\uac00ᅡ가ا\ufefbབོད"
        ),
        st.characters(exclude_categories=("Cs",)),
    ),
    max_size=60,
)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_form_is_stable_and_offsets_never_fall(raw: str) -> None:
    form = normalise(raw)
    assert normal(raw) == form.text
    assert normal(form.text) == form.text
    assert unicodedata.is_normalized("NFKC", form.text)
    assert not any(char.isspace() for char in form.text)
    assert len(form.offsets) == len(form.text) + 1
    assert all(a <= b for a, b in zip(form.offsets, form.offsets[1:], strict=False))
    assert form.offsets[-1] == len(raw)
    for at in range(len(form.text)):
        begin, end = form.span(at, at + 1)
        # what stands there in the original gives this character again
        assert form.text[at] in normal(raw[begin:end])


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_words_form_is_the_same_both_ways(raw: str) -> None:
    form = normalise(raw, spaces="words")
    assert normal(raw, spaces="words") == form.text
    assert form.text.replace(" ", "") == normal(raw)
    assert len(form.offsets) == len(form.text) + 1


def test_a_page_takes_little_time() -> None:
    page = "被告人马志远，男，１９８５年３月１２日出生，公民身份号码\n" * 25
    normalise(page)
    began = time.perf_counter()
    for _ in range(100):
        normalise(page)
    assert (time.perf_counter() - began) / 100 < 0.002  # measured: 0.05 ms
