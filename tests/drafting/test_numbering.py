"""文号: forms, counters without gaps, numbers that are taken."""

from __future__ import annotations

import threading

import pytest

from dossier.drafting.numbering import draw, series_of
from dossier.errors import BadData
from dossier.records import CounterRow, Database


@pytest.fixture
def database(records_url: str):
    database = Database(records_url)
    database.migrate()
    yield database
    database.close()


def _free(_number: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("organ", "prefix", "kind", "number"),
    [
        ("police", "兰公城", "诉", "兰公城（刑）诉字〔2023〕9046号"),
        ("procuratorate", "兰城检", "刑诉", "兰城检刑诉〔2023〕9046号"),
        ("procuratorate", "兰城检", "检刑诉", "兰城检刑诉〔2023〕9046号"),
        ("procuratorate", "兰城", "检刑诉", "兰城检刑诉〔2023〕9046号"),
        ("court", "甘0102", "刑初", "（2023）甘0102刑初9046号"),
        ("detention", "兰看", "换", "兰看换字〔2023〕9046号"),
    ],
)
def test_each_organ_writes_numbers_in_its_own_form(
    organ: str, prefix: str, kind: str, number: str
) -> None:
    assert series_of(organ, prefix, kind, 2023).text(9046) == number


def test_two_writings_of_one_series_share_a_counter() -> None:
    assert series_of("procuratorate", "兰城", "检刑诉", 2023) == series_of(
        "procuratorate", "兰城检", "刑诉", 2023
    )


def test_an_organ_without_a_form_is_named() -> None:
    with pytest.raises(BadData, match=r"'army'.*police"):
        series_of("army", "军", "诉", 2023)


def test_counters_of_office_kind_and_year_go_their_own_ways(database: Database) -> None:
    with database.write() as session:
        drawn = [
            draw(session, series_of("police", prefix, kind, year), taken=_free)[1]
            for prefix, kind, year in [
                ("兰公城", "诉", 2023), ("兰公城", "诉", 2023), ("兰公七", "诉", 2023),
                ("兰公城", "拘", 2023), ("兰公城", "诉", 2024), ("兰公城", "诉", 2023),
            ]
        ]  # fmt: skip
    assert drawn == [
        "兰公城（刑）诉字〔2023〕1号", "兰公城（刑）诉字〔2023〕2号", "兰公七（刑）诉字〔2023〕1号",
        "兰公城（刑）拘字〔2023〕1号", "兰公城（刑）诉字〔2024〕1号", "兰公城（刑）诉字〔2023〕3号",
    ]  # fmt: skip


def test_a_series_begins_where_the_office_says_even_if_it_says_so_later(
    database: Database,
) -> None:
    series = series_of("police", "兰公城", "诉", 2023)
    with database.write() as session:
        serials = [draw(session, series, first=first, taken=_free)[0] for first in (7, 7, 100, 7)]
    assert serials == [7, 8, 100, 101]


def test_numbers_that_are_taken_are_stepped_over(database: Database) -> None:
    series = series_of("court", "甘0102", "刑初", 2023)
    taken = {series.text(1), series.text(2), series.text(4)}
    with database.write() as session:
        serials = [draw(session, series, taken=lambda n: n in taken)[0] for _ in range(3)]
    assert serials == [3, 5, 6]


def test_a_failed_transaction_gives_its_number_back(database: Database) -> None:
    series = series_of("police", "兰公城", "诉", 2023)
    with pytest.raises(RuntimeError), database.write() as session:
        assert draw(session, series, taken=_free)[0] == 1
        raise RuntimeError
    with database.write() as session:
        assert draw(session, series, taken=_free)[0] == 1


def test_drawers_at_the_same_time_get_every_number_once(database: Database) -> None:
    series = series_of("police", "兰公城", "诉", 2023)
    drawn: list[int] = []

    def work() -> None:
        for turn in range(30):
            try:
                with database.write() as session:
                    serial, _ = draw(session, series, taken=_free)
                    if turn % 3 == 2:
                        raise RuntimeError  # given back
                drawn.append(serial)
            except RuntimeError:
                continue

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 81))
    with database.read() as session:
        row = session.get_one(CounterRow, (series.organ, series.kind, series.year))
        assert row.last == 80
