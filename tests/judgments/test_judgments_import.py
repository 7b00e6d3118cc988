"""Importing corpora: on both databases, again, interrupted, and from bad files."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dossier import Archive
from dossier.errors import BadData, NotInArchive, UnsupportedFile
from dossier.judgments import (
    ImportLimits,
    ImportProgress,
    Judgments,
    import_judgments,
    remove_judgments,
)
from dossier.judgments.facts import facts
from dossier.records import Database, outbox

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "judgments" / "judgments.jsonl"


@pytest.fixture
def database(records_url: str) -> Iterator[Database]:
    database = Database(records_url)
    database.migrate()
    with database.write() as session:
        outbox.register(session, "search")
    yield database
    database.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/records.sqlite3")
    database.migrate()
    yield database
    database.close()


def _lines(path: Path, *records: object) -> Path:
    path.write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), "utf-8"
    )
    return path


def _take(database: Database, path: Path, **options: object):  # type: ignore[no-untyped-def]
    return import_judgments(database, path, by="测试", **options)  # type: ignore[arg-type]


def _heard(database: Database) -> list[tuple[str, int, str]]:
    with database.write() as session:
        changes = outbox.pending(session, "search")
        outbox.done(session, changes)
    return [(change.kind, change.item_id, change.action) for change in changes]


# --- what comes in ---------------------------------------------------------------------------


def test_the_example_comes_in_whole_and_every_judgment_has_its_facts(database: Database) -> None:
    report = _take(database, EXAMPLE)
    assert (report.added, report.failed, report.source) == (48, 0, "judgments")
    assert report.fields == {
        "key": "docid", "title": "案件名称", "text": "全文", "court": "法院名称",
        "number": "案号", "day": "裁判日期",
    }  # fmt: skip
    judgments = list(Judgments(database))
    assert len(judgments) == len(Judgments(database)) == 48
    given = [json.loads(line) for line in EXAMPLE.read_text("utf-8").splitlines()]
    for judgment, record in zip(judgments, given, strict=True):
        assert judgment.text == record["全文"]
        assert judgment.size == len(judgment.text)
        assert (judgment.key, judgment.number) == (record["docid"], record["案号"])
        assert judgment.day is not None
        assert judgment.day.isoformat() == record["裁判日期"]
        assert judgment.charges
        assert judgment.statutes
        assert judgment.parties
        assert all(name in judgment.text for name in judgment.parties)
    assert _heard(database) == [("judgment", judgment.id, "put") for judgment in judgments]


def test_the_text_alone_gives_the_same_facts(local: Database) -> None:
    fields = {"court": "", "number": "", "day": ""}
    _take(local, EXAMPLE, fields=fields, source="text")
    _take(local, EXAMPLE)
    read, said = Judgments(local, "text"), Judgments(local, "judgments")
    for one, other in zip(read, said, strict=True):
        assert (one.court, one.number, one.day) == (other.court, other.number, other.day)
        assert one.charges == other.charges


def test_the_same_again_changes_nothing_and_other_content_replaces(
    database: Database, tmp_path: Path
) -> None:
    first = {"id": "1", "text": "甲犯盗窃罪"}
    corpus = _lines(tmp_path / "库.jsonl", first, {"id": "2", "text": "乙犯诈骗罪"})
    _take(database, corpus)
    ids = {judgment.key: judgment.id for judgment in Judgments(database)}
    _heard(database)
    again = _take(database, corpus)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert _heard(database) == []
    _lines(corpus, first, {"id": "2", "text": "乙犯抢劫罪"}, {"id": "3", "text": "丙犯诈骗罪"})
    report = _take(database, corpus)
    assert (report.added, report.changed, report.unchanged) == (1, 1, 1)
    changed = Judgments(database).one(ids["2"])
    assert (changed.text, changed.charges) == ("乙犯抢劫罪", ("抢劫",))
    third = next(judgment for judgment in Judgments(database) if judgment.key == "3")
    assert _heard(database) == [("judgment", ids["2"], "put"), ("judgment", third.id, "put")]


def test_a_corpus_is_removed_and_the_others_stay(database: Database, tmp_path: Path) -> None:
    record = {"id": "1", "text": "甲犯盗窃罪"}
    _take(database, _lines(tmp_path / "甲.jsonl", record))
    _take(database, _lines(tmp_path / "乙.jsonl", record))
    (gone,) = Judgments(database, "甲")
    _heard(database)
    with pytest.raises(ValueError, match="reason"):
        remove_judgments(database, "甲", reason=" ", by="测试")
    assert remove_judgments(database, "甲", reason="旧版", by="测试") == 1
    assert _heard(database) == [("judgment", gone.id, "delete")]
    assert Judgments(database).sources() == {"乙": 1}
    with pytest.raises(NotInArchive):
        gone.text  # noqa: B018
    with pytest.raises(NotInArchive):
        remove_judgments(database, "甲", reason="旧版", by="测试")


def test_a_judgment_is_found_by_id_number_and_key(local: Database) -> None:
    _take(local, EXAMPLE)
    judgments = Judgments(local)
    first = judgments.page(1)[0]
    plain = first.number.replace("（", "(").replace("）", ")")
    for key in (first.id, str(first.id), first.number, plain, first.key):
        assert judgments.one(key) == first
    for missing in (0, 10**12, "无此号", "", "（2023）甘0102刑初99999号"):
        with pytest.raises(NotInArchive):
            judgments.one(missing)
    _take(local, EXAMPLE, source="二")
    with pytest.raises(NotInArchive, match="several"):
        judgments.one(first.number)


# --- fields ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "fields", "text", "title"),
    [
        ({"ID": 7, "Title": "题", "fullText": "正文"}, None, "正文", "题"),
        ({"uuid": "x", "全文": "正文", "标题": "题"}, None, "正文", "题"),
        ({"fact": "事", "reasoning": "理", "decision": "判"}, None, "事\n理\n判", ""),
        ({"fact": "事", "meta": {"accusation": ["盗窃"]}}, None, "事", ""),
        ({"id": "8", "a": {"b": "正文"}, "text": "别的"}, {"text": "a.b"}, "正文", ""),
        ({"id": "8", "content": "", "fact": "事"}, None, "事", ""),
        ({"id": "8", "content": "正文", "fact": "事"}, None, "正文", ""),
        ({"fact": "事", "reasoning": None, "decision": "判"}, None, "事\n判", ""),
        ({"id": "8", "x": "一", "y": ["二", "三"]}, {"text": "x+y", "title": ""}, "一\n二\n三", ""),
    ],
)  # fmt: skip
def test_fields_are_guessed_or_said(
    local: Database, tmp_path: Path, record: dict, fields: dict | None, text: str, title: str
) -> None:
    report = _take(local, _lines(tmp_path / "a.jsonl", record), fields=fields)
    assert report.failed == 0
    (judgment,) = Judgments(local)
    assert (judgment.text, judgment.title) == (text, title)
    if "meta" in record:
        assert judgment.charges == ("盗窃",)


@pytest.mark.parametrize(
    "first",
    [
        {"court": None, "案号": None, "裁判日期": None},
        {"court": " ", "案号": "", "裁判日期": []},
        {"court": "临泉市人民法院", "案号": "（2023）临0102刑初1号", "裁判日期": "2023-05-08"},
        {},
    ],
)
def test_a_first_line_without_values_takes_none_from_the_others(
    local: Database, tmp_path: Path, first: dict
) -> None:
    given = {"court": "天目县人民法院", "案号": "（2023）天0111刑初2号", "裁判日期": "2023-06-09"}
    corpus = _lines(
        tmp_path / "a.jsonl",
        {"id": "1", **first, "全文": "甲犯盗窃罪，判处罚金"},
        {"id": "2", **given, "全文": "乙犯诈骗罪，判处罚金"},
        {"id": "3", "meta": {"accusation": None}, "全文": "丙犯诈骗罪，判处罚金"},
        {"id": "4", "meta": {"accusation": ["抢劫"]}, "全文": "丁，判处罚金"},
    )
    report = _take(local, corpus)
    assert report.failed == 0
    assert report.fields == {
        "key": "id", "text": "全文", "court": "court", "number": "案号", "day": "裁判日期",
        "charges": "meta.accusation",
    }  # fmt: skip
    one, two, _, four = sorted(Judgments(local), key=lambda judgment: judgment.key)
    assert (two.court, two.number) == (given["court"], given["案号"])
    assert two.day is not None
    assert two.day.isoformat() == given["裁判日期"]
    assert one.court == (first.get("court") or "").strip()
    assert four.charges == ("抢劫",)


def test_an_unknown_field_and_a_corpus_without_text_are_said(
    local: Database, tmp_path: Path
) -> None:
    corpus = _lines(tmp_path / "a.jsonl", {"id": 1, "body": "正文"})
    with pytest.raises(BadData, match="body"):
        _take(local, corpus, fields={"body": "text"})
    report = _take(local, corpus)
    assert report.failed == 1
    assert "--field text=NAME (it has: id, body)" in report.skipped[0].why


def test_without_an_id_the_content_is_the_key(local: Database, tmp_path: Path) -> None:
    corpus = _lines(tmp_path / "a.jsonl", {"text": "甲"}, {"text": "乙"}, {"text": "甲"})
    report = _take(local, corpus)
    assert (report.added, report.failed) == (2, 1)
    assert _take(local, corpus).unchanged == 2


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.xz", "jsonl.gz", "jsonl.bz2", "zip", "json.xz"])
def test_packed_corpora(local: Database, tmp_path: Path, ending: str) -> None:
    records = [{"id": str(n), "text": f"第{n}号判决书"} for n in range(5)]
    plain = "".join(json.dumps(record) + "\n" for record in records).encode()
    path = tmp_path / f"库.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("in/a.jsonl", plain)
            archive.writestr("说明.pdf", b"no corpus")
    elif ending == "json.xz":
        path.write_bytes(lzma.compress(json.dumps(records).encode()))
    elif ending == "jsonl.xz":  # two streams and zeros, as parallel packers write them
        half = plain.index(b"\n", len(plain) // 2) + 1
        path.write_bytes(lzma.compress(plain[:half]) + b"\0" * 8 + lzma.compress(plain[half:]))
    else:
        pack = {"jsonl": bytes, "jsonl.gz": gzip.compress, "jsonl.bz2": bz2.compress}[ending]
        path.write_bytes(pack(plain))
    report = _take(local, path)
    assert (report.added, report.failed, report.source) == (5, 0, "库")


def test_a_folder_of_files_in_the_encodings_they_have(local: Database, tmp_path: Path) -> None:
    folder = tmp_path / "判决"
    (folder / "一").mkdir(parents=True)
    (folder / "一" / "甲案.txt").write_bytes(
        "甲犯盗窃罪一案的判决书正文，本院认为事实清楚".encode("gb18030")
    )
    (folder / "乙.json").write_text(json.dumps({"id": "b", "text": "乙"}), "utf-8")
    lines = [{"id": "c"}, {"id": "d", "text": "丁某盗窃财物，判处有期徒刑六个月"}]
    data = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (folder / "丙.jsonl").write_bytes(data.encode("gb18030"))
    report = _take(local, folder)
    assert (report.added, report.failed) == (3, 1)
    found = {judgment.key: judgment for judgment in Judgments(local)}
    assert found["一/甲案.txt"].title == "甲案"
    assert found["d"].text.startswith("丁某盗窃")


def test_bad_lines_are_named_and_the_others_come_in(local: Database, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b'{"id": "1", "text": "\xe7\x94\xb2"}\n'
        b"{broken\n"
        b"[1, 2]\n"
        b"\n"
        b'{"id": "2", "text": ""}\n'
        b'{"id": "3", "text": "\xe7\x94\xb2\xff\xfe\xff"}\n'
        b'{"id": "1", "text": "other"}\n'
        + b"[" * 200_000 + b"\n"
        + b'{"id": "4", "text": "a\\u0000b\\ud800c", "n": ' + b"9" * 5000 + b"}\n"
        b'{"id": "5", "text": "a\\u0000b\\ud800c"}\n'
    )  # fmt: skip
    report = _take(local, path)
    assert report.added == 2
    assert [each.place for each in report.skipped] == [
        f"a.jsonl:{n}" for n in (2, 3, 5, 6, 7, 8, 9)
    ]
    whys = [each.why for each in report.skipped]
    assert "not JSON" in whys[0]
    assert "UTF-8" in whys[3]
    assert "twice" in whys[4]
    assert [judgment.text for judgment in Judgments(local)] == ["甲", "ab?c"]


def test_a_line_or_a_text_too_long_is_passed_over(local: Database, tmp_path: Path) -> None:
    path = _lines(
        tmp_path / "a.jsonl", {"id": "1", "text": "甲" * 50_000}, {"id": "2", "text": "乙" * 900},
        {"id": "3", "text": "丙"},
    )  # fmt: skip
    report = _take(local, path, limits=ImportLimits(line_bytes=10_000, text_length=800))
    assert report.added == 1
    assert [each.why for each in report.skipped] == [
        "longer than 10000 bytes", "longer than 800 characters",
    ]  # fmt: skip


def test_a_bomb_is_left_and_costs_no_memory(local: Database, tmp_path: Path) -> None:
    good = b'{"id": "1", "text": "x"}\n'
    limits = ImportLimits(ratio_floor=4 << 20)
    for ending, pack in (("xz", lzma.compress), ("gz", gzip.compress), ("bz2", bz2.compress)):
        path = tmp_path / f"{ending}.jsonl.{ending}"
        path.write_bytes(pack(good + b" " * (16 << 20)))
        report = _take(local, path, limits=limits)
        assert (report.added, report.failed) == (1, 1)
        assert "times its size" in report.skipped[0].why
    greedy = tmp_path / "g.jsonl.xz"
    greedy.write_bytes(
        lzma.compress(good, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 27}])
    )
    report = _take(local, greedy, limits=ImportLimits(packing_memory=1 << 26))
    assert report.failed == 1
    assert "cannot be read further" in report.skipped[0].why


@pytest.mark.parametrize("ending", ["xz", "gz"])
def test_of_a_torn_file_the_beginning_comes_in(
    local: Database, tmp_path: Path, ending: str
) -> None:
    lines = b"".join(
        json.dumps({"id": str(n), "text": os.urandom(200).hex()}).encode() + b"\n"
        for n in range(3000)
    )
    packed = {"xz": lzma.compress, "gz": gzip.compress}[ending](lines)
    path = tmp_path / f"a.jsonl.{ending}"
    path.write_bytes(packed[: len(packed) * 2 // 3])
    report = _take(local, path)
    assert report.added > 1000
    assert "cannot be read further" in report.skipped[-1].why
    path.write_bytes(packed)
    whole = _take(local, path)
    assert whole.added + whole.unchanged == 3000
    assert whole.failed == 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.zip", b"PK no zip", "cannot be read further"),
        ("a.jsonl.xz", b"no xz at all", "cannot be read further"),
        ("a.jsonl", '{"id": 1}\n'.encode("utf-16"), "UTF-16"),
        ("a.json", b'{"id": 1}\n{"id": 2}', "call it .jsonl"),
        ("a.txt", b"", "no text"),
    ],
)
def test_files_that_are_not_what_they_are_called(
    local: Database, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    (tmp_path / name).write_bytes(content)
    report = _take(local, tmp_path / name)
    assert report.added == 0
    assert why in report.skipped[0].why


def test_what_is_no_corpus_is_refused(local: Database, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    for path in (tmp_path / "a.pdf", tmp_path / "leer"):
        path.parent.mkdir(exist_ok=True)
        if path.name == "leer":
            path.mkdir()
        with pytest.raises(UnsupportedFile):
            _take(local, path)
    with pytest.raises(FileNotFoundError):
        _take(local, tmp_path / "nichts.jsonl")


# --- interruption ----------------------------------------------------------------------------

_IMPORTER = """
import sys
from dossier.judgments import import_judgments
from dossier.records import Database
database = Database(sys.argv[1])
import_judgments(database, sys.argv[2], by="kind")
"""


def test_killed_in_the_middle_it_goes_on(database: Database, tmp_path: Path) -> None:
    """kill -9 while transactions run: what is in is whole, and the rest comes with the next call;
    the indexes hear of each judgment exactly once."""
    template = json.loads(EXAMPLE.read_text("utf-8").splitlines()[0])
    path = _lines(tmp_path / "a.jsonl", *({**template, "docid": str(n)} for n in range(3000)))
    # str() of a URL hides what one needs to connect
    url = database.url.render_as_string(hide_password=False)
    process = subprocess.Popen([sys.executable, "-c", _IMPORTER, url, str(path)])
    deadline = time.monotonic() + 60
    while not len(Judgments(database)) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    survived = len(Judgments(database))
    assert 0 < survived < 3000
    assert survived % 500 == 0
    report = _take(database, path)
    assert (report.added, report.unchanged) == (3000 - survived, survived)
    with database.read() as session:
        heard = [change.item_id for change in outbox.pending(session, "search", limit=10_000)]
    assert len(heard) == len(set(heard)) == 3000


def test_progress_speaks_of_bytes_and_fields(local: Database) -> None:
    events: list[ImportProgress] = []
    _take(local, EXAMPLE, progress=events.append)
    assert events[-1].judgments == 48
    assert events[-1].bytes_done == events[-1].bytes_total == EXAMPLE.stat().st_size
    assert events[-1].fields["text"] == "全文"


# --- facts -----------------------------------------------------------------------------------


def _facts(title: str, text: str):  # type: ignore[no-untyped-def]
    return facts(title, text, court="", number="", day="", charges=[])


def test_facts_of_an_old_judgment_with_a_spaced_heading() -> None:
    found = _facts(
        "马建军盗窃一审刑事判决书",
        "兰州市城关区人民法院 刑 事 判 决 书 (2012)城刑初字第0258号 "
        "公诉机关兰州市城关区人民检察院。被告人马建军(绰号“小马”)，男。曾因犯诈骗罪于2009年3月1日被判刑。"
        "判决如下： 被告人马建军犯盗窃罪，判处有期徒刑六个月"
        "（刑期自2012年5月1日起至2012年10月31日止）。"
        "审判员 赵立新 二О一二年六月五日",
    )
    assert (found.court, found.number) == ("兰州市城关区人民法院", "（2012）城刑初字第0258号")
    assert found.day is not None
    assert found.day.isoformat() == "2012-06-05"
    assert found.charges == ("盗窃",)  # not the one of 2009
    assert found.parties == ("马建军",)


def test_what_speaks_of_another_case_is_not_taken() -> None:
    found = _facts(
        "", "被告人曾被兰州市城关区人民法院以（2012）甘0102刑初5号判决书判刑，2019年3月4日又作案"
    )
    assert (found.court, found.number, found.day) == ("", "", None)


# --- the archive -----------------------------------------------------------------------------


def test_judgments_of_an_archive_are_searched_and_removed(tmp_path: Path) -> None:
    with Archive.create(tmp_path / "a") as archive:
        report = archive.import_judgments(EXAMPLE)
        assert (report.added, report.problems, report.exit_code) == (48, (), 0)
        first = archive.judgment("FX0001")
        assert archive.search("罪名:贩卖毒品", kind="judgment").total == 6
        assert archive.search("条文:刑法第133条").total == 6
        assert archive.search(f'"{first.number}"').hits[0].id == first.id
        assert archive.remove_judgments("judgments", reason="测试") == 48
        assert archive.search("盗窃").total == 0
        assert [entry.action for entry in archive.log()][-2:] == [
            "import judgments",
            "remove judgments",
        ]
