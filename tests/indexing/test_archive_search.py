"""What a judge sees: every page found at once, kept up, rebuilt when it must be."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from index_inputs import put_pages, some_pages

from dossier import Archive, SetField, SetType
from dossier.errors import IndexBusy, NotInArchive, QueryError, SearchEngineNotFound
from dossier.indexing.place import IndexPlace

WARRANT = """兰州市公安局城关分局
拘留证
兰公城（刑）拘字〔2023〕{number}号
根据《中华人民共和国刑事诉讼法》第八十二条之规定，兹决定对涉嫌盗窃罪的犯罪嫌疑人郑大川（性别男，出
生日期1990年1月1日）执行拘留，送兰州市城关区看守所羁押。
兰州市公安局城关分局
二〇二三年五月八日
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A folder of three warrants."""
    folder = tmp_path / "郑大川案"
    (folder / "诉讼文书卷").mkdir(parents=True)
    for number in (9061, 9062, 9103):
        path = folder / "诉讼文书卷" / f"{number}拘留证.txt"
        path.write_text(WARRANT.format(number=number), "utf-8")
    return folder


def test_what_came_in_is_found_and_says_where_it_stands(archive: Archive, case: Path) -> None:
    archive.add(case, jobs=1)
    result = archive.search("兰公城（刑）拘字〔2023〕9062号")
    assert result.total == 1
    (hit,) = result.hits
    assert (hit.dossier, hit.volume, hit.title, hit.type) == (
        "郑大川案", "诉讼文书卷", "拘留证", "拘留证",
    )  # fmt: skip
    assert (hit.organ, str(hit.day), hit.number) == (
        "兰州市公安局城关分局", "2023-05-08", "兰公城（刑）拘字〔2023〕9062号",
    )  # fmt: skip
    assert hit.page is not None
    assert hit.page.text == archive.page(hit.id).text
    marked = [hit.snippet.text[a:b] for a, b in hit.snippet.marks]
    assert marked == ["兰公城（刑）拘字〔2023〕9062号"]
    facets = {name: dict(values) for name, values in archive.search("拘留").facets.items()}
    assert facets == {
        "type": {"拘留证": 3}, "organ": {"兰州市公安局城关分局": 3}, "charge": {"盗窃": 3},
        "year": {"2023": 3}, "stage": {"侦查": 3},
    }  # fmt: skip
    # broken over two lines of the page, and white space that was not there
    assert archive.search('"出生日期 1990年1月1日"').total == 3
    assert archive.search("罪名:盗窃 条文:刑诉法82 日期:2023-05 人:郑大川 文书:拘留证").total == 3
    assert archive.search("罪名:诈骗").total == 0


def test_ways_to_narrow_and_to_order(archive: Archive, case: Path) -> None:
    archive.add(case, jobs=1)
    put_pages(archive._database, "另案", some_pages(30, "羁押记录"))
    assert archive.search("羁押", limit=0).total == 33
    assert archive.search("羁押", case="郑大川案").total == 3
    assert archive.search("羁押", where={"type": "拘留证"}).total == 3
    assert archive.search("羁押", kind="judgment").total == 0
    grouped = archive.search("羁押", grouped=True)
    assert (grouped.total, grouped.groups, len(grouped.hits)) == (33, 2, 2)
    assert {(hit.dossier, hit.inside) for hit in grouped.hits} == {("郑大川案", 3), ("另案", 30)}
    newest = archive.search("羁押", sort="newest", limit=40)
    assert [hit.day is None for hit in newest.hits] == [False] * 3 + [True] * 30
    pages = [archive.search("羁押", limit=10, offset=at).hits for at in (0, 10, 20, 30)]
    assert [len(hits) for hits in pages] == [10, 10, 10, 3]
    assert len({hit.id for hits in pages for hit in hits}) == 33
    with pytest.raises(NotInArchive):
        archive.search("羁押", case="没有的案子")
    with pytest.raises(ValueError, match="not a facet"):
        archive.search("羁押", where={"民族": "汉"})
    with pytest.raises(QueryError) as caught:
        archive.search("羁押 日期:2023-13")
    assert caught.value.column == 7


def test_corrections_and_removals_are_followed(archive: Archive, case: Path) -> None:
    archive.add(case, jobs=1)
    page = archive.search("9062").hits[0].page
    assert page is not None
    archive.recatalogue(
        "郑大川案",
        [
            SetType(page=page.reference, type="L12"),
            SetField(page=page.reference, field="organ", value="榆中县公安局"),
        ],
    )
    assert [hit.id for hit in archive.search("机关:榆中县公安局").hits] == [page.id]
    assert archive.search("文书:逮捕证").total == 1
    archive.remove("郑大川案", reason="重复", file="诉讼文书卷/9061拘留证.txt")
    assert archive.search("羁押").total == 2
    assert archive.search("9061").total == 0
    archive.remove("郑大川案", reason="重复")
    assert archive.search("").total == 0


def test_what_waits_in_the_outbox_is_taken_in_by_the_next_search(archive: Archive) -> None:
    put_pages(archive._database, "中断的批次", some_pages(5, "甲"))
    assert archive._index.waiting() == 5
    result = archive.search("甲第3页")
    assert (result.total, result.notes) == (1, ())
    assert archive._index.waiting() == 0


def test_readers_are_not_blocked_by_a_writer(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").total == 5
    with IndexPlace(archive.home / "index").writing(0):
        put_pages(archive._database, "卷", some_pages(4, "乙"))
        result = archive.search("甲")
        assert result.total == 5
        assert result.notes == ("4 pages or judgments are still being taken into the index",)
        with pytest.raises(IndexBusy):
            archive._index.catch_up(wait=0)
    assert archive.search("乙第1页").total == 1


def test_another_process_sees_it(archive: Archive) -> None:
    if "postgres" in str(archive._database.url):
        pytest.skip("the command line opens the folder; its PostgreSQL needs no second look")
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").total == 5
    command = [sys.executable, "-c", "from dossier.cli import main; main()"]
    ran = subprocess.run(
        [*command, "search", str(archive.home), "甲第2页", "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(ran.stdout)["total"] == 1


def test_two_processes_write_in_turn(archive: Archive) -> None:
    """Who has taken in changes lets go of the index: another one can write at once."""
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").total == 5
    with Archive.open(archive.home) as other:
        put_pages(archive._database, "卷", some_pages(5, "乙"))
        assert other._index_changes() == []
        assert other._index.waiting() == 0
        other.reindex()
        put_pages(archive._database, "卷", some_pages(5, "丙"))
        assert archive.search("丙第").total == 5
    archive.reindex()
    assert archive.search("丙第").total == 5


def test_a_thread_that_writes_does_not_hold_up_a_search(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").total == 5
    put_pages(archive._database, "卷", some_pages(5, "乙"))
    waited = threading.Event()
    with IndexPlace(archive.home / "index").writing(0):
        thread = threading.Thread(target=lambda: (archive._index_changes(), waited.set()))
        thread.start()  # waits for the file lock
        assert archive.search("甲").total == 5
        assert not waited.is_set()
    thread.join()
    assert archive.search("乙第").notes == ()


def test_what_was_removed_meanwhile_is_shown_without_its_places(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(2, "甲"))
    result = archive.search("甲第1页")
    with archive._database.write() as session:
        from sqlalchemy import delete

        from dossier.records import DossierRow

        session.execute(delete(DossierRow))
    assert result.to_json()["hits"][0]["boxes"] == []
    with pytest.raises(NotInArchive):
        result.hits[0].image()
    assert archive.search("甲第1页").hits == ()


def test_an_index_nobody_may_write_to_is_still_searched(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").total == 5
    put_pages(archive._database, "卷", some_pages(4, "乙"))
    # root may write everywhere: what a read-only folder does to others, a folder as lock file does
    lock = archive.home / "index" / "lock"
    lock.unlink()
    lock.mkdir()
    result = archive.search("甲")
    assert result.total == 5
    assert result.notes == ("4 pages or judgments are still being taken into the index",)
    lock.rmdir()
    assert archive.search("乙第").total == 4


def test_a_line_of_a_form_is_found_as_text(archive: Archive) -> None:
    put_pages(archive._database, "卷", ["询问人：冯国梁\n记录人：段文涛性别男", "人：倪小凡性别女"])
    result = archive.search("人：倪小凡性")
    assert result.total == 1
    assert result.notes == ("nothing has this field; searched for as text",)
    assert archive.search("人：").total == 2
    with pytest.raises(QueryError):
        archive.search("机关：")


@pytest.mark.parametrize(
    "options",
    [
        {"sort": "banana"},
        {"kind": "file"},
        {"facets": ("民族",)},
        {"where": {"民族": "汉"}},
        {"limit": -1},
        {"offset": -1},
    ],
)
def test_senseless_options_are_refused(archive: Archive, options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"facet|sort|kind|limit"):
        archive.search("甲", **options)  # type: ignore[arg-type]


def test_several_values_of_one_facet(archive: Archive, case: Path) -> None:
    archive.add(case, jobs=1)
    page = archive.search("9062").hits[0].page
    assert page is not None
    archive.recatalogue("郑大川案", [SetType(page=page.reference, type="L12")])
    assert archive.search("羁押", where={"type": ["拘留证", "逮捕证"]}).total == 3
    assert archive.search("羁押", where={"type": "逮捕证"}).total == 1


@pytest.mark.parametrize(
    "pointer",
    [
        "[" * 100_000,
        f'{{"engine": "x", "folder": "{"a" * 5000}"}}',
        '{"engine": "tantivy", "folder": "../blobs"}',
        "[]",
    ],
)
def test_a_forged_pointer_leads_nowhere(archive: Archive, pointer: str) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    archive._index.close()
    (archive.home / "index" / "current.json").write_text(pointer)
    assert archive.search("甲").total == 5


def test_an_engine_that_is_not_installed_is_replaced(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    current = IndexPlace(archive.home / "index").current()
    assert current is not None
    IndexPlace(archive.home / "index").point("lucene", current.place, current.content)
    result = archive.search("甲")
    assert result.total == 5
    assert "lucene" in result.notes[0]


def test_an_index_made_by_other_rules_is_rebuilt(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A law renamed, a charge added, a character folded otherwise: old entries are not as new."""
    from dossier.indexing import entries, upkeep

    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").notes == ()
    mark = entries.content_mark()
    monkeypatch.setattr(upkeep, "content_mark", lambda: mark + 1)
    assert "other rules" in archive.search("甲").notes[0]
    assert archive.search("甲").notes == ()


def test_only_folders_of_indexes_are_cleared_away(archive: Archive, tmp_path: Path) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    assert archive.search("甲").total == 5
    root = archive.home / "index"
    (root / "备份").mkdir()
    (root / "tantivy-0123456789ab").mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "whoosh-0123456789ab").symlink_to(elsewhere)
    archive.reindex()
    names = {path.name for path in root.iterdir()}
    assert "备份" in names
    assert elsewhere.is_dir()
    assert len(names) == 4  # the lock, the pointer, one index, what a person put there


def test_reindexing_swaps_and_searches_go_on_meanwhile(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(300, "甲"))
    with Archive.open(archive.home) as reader:
        assert reader.search("甲", limit=0).total == 300
        before = IndexPlace(archive.home / "index").current()
        totals: list[int] = []
        stop = threading.Event()

        def look() -> None:
            while not stop.is_set():
                totals.append(reader.search("甲", limit=0, facets=()).total)

        thread = threading.Thread(target=look)
        thread.start()
        steps: list[tuple[int, int]] = []
        try:
            rebuilt = archive.reindex(progress=lambda done, total: steps.append((done, total)))
        finally:
            stop.set()
            thread.join()
        assert (rebuilt.pages, rebuilt.judgments) == (300, 0)
        assert steps[-1] == (300, 300)
        assert totals
        assert set(totals) == {300}
        after = IndexPlace(archive.home / "index").current()
        assert before is not None
        assert after is not None
        assert before.place != after.place
        assert not before.place.exists()
        assert reader.search("甲第7页").total == 1


def test_the_engine_can_be_changed(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(20, "甲"))
    current = IndexPlace(archive.home / "index").current()
    assert current is not None
    other = {"tantivy": "whoosh", "whoosh": "tantivy"}[current.engine]
    assert archive.reindex(engine=other).engine == other
    assert archive.search("甲第7页").total == 1
    put_pages(archive._database, "卷", some_pages(20, "乙"))
    assert archive.search("乙第7页").total == 1
    with pytest.raises(SearchEngineNotFound):
        archive.reindex(engine="lucene")
    assert archive.search("乙第7页").total == 1


@pytest.mark.parametrize("damage", ["gone", "pointer", "truncated", "foreign", "empty"])
def test_a_damaged_index_is_rebuilt_with_a_message(archive: Archive, damage: str) -> None:
    put_pages(archive._database, "卷", some_pages(50, "甲"))
    assert archive.search("甲", limit=0).total == 50
    archive._index.close()
    current = IndexPlace(archive.home / "index").current()
    assert current is not None
    match damage:
        case "gone":
            shutil.rmtree(archive.home / "index")
        case "pointer":
            (archive.home / "index" / "current.json").write_text("{")
        case "truncated":
            for path in current.place.iterdir():
                if path.stat().st_size > 100:
                    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "foreign":
            marker = current.place / "dossier-index.json"
            marker.write_text(json.dumps({**json.loads(marker.read_text()), "form": 999}))
        case "empty":
            shutil.rmtree(current.place)
            current.place.mkdir()
    result = archive.search("甲第7页")
    assert result.total == 1
    (note,) = result.notes
    assert note.startswith("the search index was rebuilt from the records (50 pages")
    assert archive.search("甲第7页").notes == ()


def test_an_archive_from_before_there_was_an_index(archive: Archive) -> None:
    put_pages(archive._database, "卷", some_pages(5, "甲"))
    archive._index.close()
    shutil.rmtree(archive.home / "index")
    with archive._database.write() as session:
        from sqlalchemy import delete

        from dossier.records import OutboxConsumerRow

        session.execute(delete(OutboxConsumerRow))
    assert archive.search("甲").total == 5
    put_pages(archive._database, "卷", some_pages(5, "乙"))
    assert archive.search("乙第").total == 5


def test_an_unknown_engine_makes_no_archive(tmp_path: Path) -> None:
    with pytest.raises(SearchEngineNotFound):
        Archive.create(tmp_path / "档案", engine="lucene")
    assert not (tmp_path / "档案").exists()
