"""Folders and ZIPs: what becomes a dossier, a volume, a file; hostile ones stay harmless."""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingest_inputs import PROSE, raw_zip, zip_bytes

from dossier.errors import DamagedFile, EmptyFile, EncryptedFile, HostileFile, UnsupportedFile
from dossier.ingest import Deposit, Limits, open_file, survey
from dossier.ingest.names import natural_key, number

TEXT = PROSE.encode()


def one(path: Path, spool: Path, limits: Limits | None = None, *passwords: str) -> Deposit:
    (deposit,) = survey([path], spool=spool, limits=limits, passwords=passwords)
    return deposit


def everything_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_a_dossier_and_its_folders_are_volumes(tmp_path: Path) -> None:
    home = tmp_path / "张三盗窃案"
    for name in (
        "10.txt", "2.txt", "1.txt", "证据卷/三.txt", "证据卷/一.txt", "证据卷/照片/二.txt",
        "诉讼文书卷/第十一页.txt", "诉讼文书卷/第二页.txt", ".DS_Store", "证据卷/Thumbs.db",
        "~$1.docx", "__MACOSX/1.txt", ".git/x.txt", "证据卷/desktop.ini",
    ):  # fmt: skip
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_bytes(TEXT)
    deposit = one(home, tmp_path / "spool")
    assert deposit.name == "张三盗窃案"
    assert deposit.origin == home
    assert [(entry.name, entry.volume) for entry in deposit.entries] == [
        ("1.txt", None),
        ("2.txt", None),
        ("10.txt", None),
        ("证据卷/一.txt", "证据卷"),
        ("证据卷/三.txt", "证据卷"),
        ("证据卷/照片/二.txt", "证据卷"),
        ("诉讼文书卷/第二页.txt", "诉讼文书卷"),
        ("诉讼文书卷/第十一页.txt", "诉讼文书卷"),
    ]
    assert all(entry.problem is None and entry.path.is_file() for entry in deposit.entries)


def test_loose_files_are_a_dossier_each_in_the_order_given(tmp_path: Path) -> None:
    paths = [tmp_path / "b.txt", tmp_path / "a.txt", tmp_path / "nothing.pdf"]
    for path in paths[:2]:
        path.write_bytes(TEXT)
    found = list(survey(paths, spool=tmp_path / "spool"))
    assert [deposit.name for deposit in found] == ["b", "a", "nothing"]
    assert isinstance(found[2].entries[0].problem, DamagedFile)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["第10页", "第9页", "第1页"], ["第1页", "第9页", "第10页"]),
        (
            ["十一、", "二、", "一、", "二十、", "十、"],
            ["一、", "二、", "十、", "十一、", "二十、"],
        ),
        (["卷宗下册", "卷宗上册", "卷宗中册"], ["卷宗上册", "卷宗中册", "卷宗下册"]),
        (["副卷", "正卷"], ["正卷", "副卷"]),
        (["笔录(2).jpg", "笔录.jpg", "笔录(1).jpg"], ["笔录.jpg", "笔录(1).jpg", "笔录(2).jpg"]),
        (["IMG_2.jpg", "img_10.jpg", "IMG_1.jpg"], ["IMG_1.jpg", "IMG_2.jpg", "img_10.jpg"]),
        (["２.jpg", "１０.jpg", "１.jpg"], ["１.jpg", "２.jpg", "１０.jpg"]),
        (["第一百零二页", "第九十九页", "第一百页"], ["第九十九页", "第一百页", "第一百零二页"]),
    ],
)
def test_natural_order(names: list[str], expected: list[str]) -> None:
    assert sorted(names, key=natural_key) == expected


@given(st.lists(st.text(), max_size=6))
def test_natural_order_takes_any_names(names: list[str]) -> None:
    ordered = sorted(set(names), key=natural_key)
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural_key) == ordered


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("十", 10),
        ("二十三", 23),
        ("一百零二", 102),
        ("一千零一十", 1010),
        ("二〇二五", 2025),
        ("7", 7),
    ],
)
def test_numerals(text: str, value: int) -> None:
    assert number(text) == value


def test_zip_with_gbk_names(tmp_path: Path) -> None:
    path = tmp_path / "案卷.zip"
    names = ["证据卷/讯问笔录（第二次）.txt", "诉讼文书卷/立案决定书.txt", "㐂字.txt"]
    path.write_bytes(raw_zip([(name.encode("gb18030"), TEXT) for name in names]))
    deposit = one(path, tmp_path / "spool")
    assert deposit.name == "案卷"
    assert sorted(entry.name for entry in deposit.entries) == sorted(names)
    assert {entry.volume for entry in deposit.entries} == {None, "证据卷", "诉讼文书卷"}
    for entry in deposit.entries:
        assert entry.path.read_bytes() == TEXT


def test_zip_with_unflagged_utf8_and_nfd_names(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(
        raw_zip(
            [
                ("立案决定书.txt".encode(), TEXT),
                (unicodedata.normalize("NFD", "café.txt").encode(), TEXT),
            ]
        )
    )
    names = {entry.name for entry in one(path, tmp_path / "spool").entries}
    assert names == {"立案决定书.txt", unicodedata.normalize("NFC", "café.txt")}


def test_names_that_fall_together_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    nfc, nfd = (unicodedata.normalize(form, "café.txt") for form in ("NFC", "NFD"))
    path.write_bytes(
        raw_zip(
            [
                (nfc.encode(), b"1"),
                (nfd.encode(), b"2"),
                (nfc.encode(), b"3"),
                (b"CAF\xc3\x89.txt", b"4"),
            ],
            0x800,
        )
    )
    entries = one(path, tmp_path / "spool").entries
    assert len({entry.name for entry in entries}) == 4
    assert {entry.path.read_bytes() for entry in entries} == {b"1", b"2", b"3", b"4"}


@pytest.mark.skipif(os.name == "nt", reason="bytes as file names")
def test_names_on_disk_that_are_no_utf8(tmp_path: Path) -> None:
    home = tmp_path / "case"
    home.mkdir()
    raw = os.fsencode(home) + b"/" + "讯问笔录.txt".encode("gbk")
    try:
        with open(raw, "wb") as file:  # noqa: PTH123 - only bytes can name it
            file.write(TEXT)
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    (entry,) = one(home, tmp_path / "spool").entries
    assert entry.name == "讯问笔录.txt"
    with open_file(entry.path) as opened:
        assert opened.page_count == 1


@pytest.mark.parametrize(
    "name",
    ["../x.txt", "a/../../x.txt", "/etc/x.txt", "C:\\x.txt", "..\\x.txt", "c:x.txt", "a/\x00/../x"],
)
def test_names_leading_out_of_a_zip(tmp_path: Path, name: str) -> None:
    path = tmp_path / "in" / "a.zip"
    path.parent.mkdir()
    path.write_bytes(raw_zip([(name.encode(), b"bad"), ("好.txt".encode(), TEXT)], 0x800))
    before = everything_below(tmp_path)
    deposit = one(path, tmp_path / "spool")
    bad = [entry for entry in deposit.entries if entry.problem is not None]
    good = [entry for entry in deposit.entries if entry.problem is None]
    assert [entry.name for entry in good] == ["好.txt"]
    if "\x00" not in name:
        assert len(bad) == 1
        assert isinstance(bad[0].problem, HostileFile)
    written = everything_below(tmp_path) - before
    assert all(place.startswith("spool/unpacked-") for place in written)
    assert not (tmp_path / "x.txt").exists()


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        info = zipfile.ZipInfo("link.txt")
        info.external_attr = 0o120777 << 16
        package.writestr(info, "/etc/passwd")
    path = tmp_path / "a.zip"
    path.write_bytes(data.getvalue())
    (entry,) = one(path, tmp_path / "spool").entries
    assert isinstance(entry.problem, HostileFile)


def test_zip_bomb_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes({"bomb.txt": bytes(64 * 1024 * 1024), "好.txt": TEXT}))
    spool = tmp_path / "spool"
    bad, good = sorted(one(path, spool).entries, key=lambda entry: entry.problem is None)
    assert isinstance(bad.problem, HostileFile)
    assert "bomb" in str(bad.problem)
    assert good.problem is None
    assert sum(file.stat().st_size for file in spool.rglob("*") if file.is_file()) < 100_000


def test_a_bomb_that_lies_about_its_size(tmp_path: Path) -> None:
    data = bytearray(zip_bytes({"bomb.txt": bytes(64 * 1024 * 1024)}))
    claimed = (64 * 1024 * 1024).to_bytes(4, "little")
    while (at := data.find(claimed)) >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    spool = tmp_path / "spool"
    (entry,) = one(path, spool).entries
    assert isinstance(entry.problem, HostileFile | DamagedFile)
    assert sum(file.stat().st_size for file in spool.rglob("*") if file.is_file()) == 0


def test_total_and_member_bounds(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_bytes({f"{n}.txt": os.urandom(1000) for n in range(10)}))
    entries = one(path, tmp_path / "s1", Limits(unpacked_bytes=5500)).entries
    assert sum(entry.problem is None for entry in entries) == 5
    (entry,) = one(path, tmp_path / "s2", Limits(members=9)).entries
    assert isinstance(entry.problem, HostileFile)
    assert "10 files" in str(entry.problem)


def test_overlapping_members(tmp_path: Path) -> None:
    data = bytearray(raw_zip([(b"a.txt", TEXT), (b"b.txt", TEXT)]))
    at = data.rindex(b"PK\x01\x02")
    data[at + 42 : at + 46] = (10).to_bytes(4, "little")  # b.txt begins inside a.txt
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    (entry,) = one(path, tmp_path / "spool").entries
    assert isinstance(entry.problem, HostileFile)
    assert "overlap" in str(entry.problem)


def zip_crypto(name: str, content: bytes, password: bytes) -> bytes:
    """A member encrypted the old way, which Python can read but not write."""
    import zlib

    table = [0] * 256
    for n in range(256):
        value = n
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        table[n] = value
    keys = [0x12345678, 0x23456789, 0x34567890]

    def update(byte: int) -> None:
        keys[0] = keys[0] >> 8 ^ table[(keys[0] ^ byte) & 255]
        keys[1] = ((keys[1] + (keys[0] & 255)) * 134775813 + 1) & 0xFFFFFFFF
        keys[2] = keys[2] >> 8 ^ table[(keys[2] ^ keys[1] >> 24) & 255]

    for byte in password:
        update(byte)
    check = zlib.crc32(content)
    packed = bytearray()
    for byte in bytes(11) + bytes([check >> 24]) + content:
        low = keys[2] | 2
        packed.append(byte ^ ((low * (low ^ 1)) >> 8 & 255))
        update(byte)
    data = bytearray(raw_zip([(name.encode(), bytes(packed))], 0x801))
    real = check.to_bytes(4, "little")
    data[14:18] = real
    data[22:26] = len(content).to_bytes(4, "little")
    at = data.rindex(b"PK\x01\x02")
    data[at + 16 : at + 20] = real
    data[at + 24 : at + 28] = len(content).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_encrypted_zip(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zip_crypto("密.txt", TEXT, "案件１２".encode(encoding)))
    (locked,) = one(path, tmp_path / "s1").entries
    assert isinstance(locked.problem, EncryptedFile)
    (wrong,) = one(path, tmp_path / "s2", None, "错").entries
    assert isinstance(wrong.problem, EncryptedFile)
    (right,) = one(path, tmp_path / "s3", None, "错", "案件１２").entries
    assert right.problem is None
    assert right.path.read_bytes() == TEXT


def test_a_zip_in_a_zip_is_a_folder_one_level_deep(tmp_path: Path) -> None:
    deepest = zip_bytes({"c.txt": TEXT})
    inner = zip_bytes({"一.txt": TEXT, "deeper.zip": deepest})
    path = tmp_path / "案.zip"
    path.write_bytes(zip_bytes({"证据卷.zip": inner, "a.txt": TEXT}))
    found = {entry.name: entry for entry in one(path, tmp_path / "spool").entries}
    assert set(found) == {"a.txt", "证据卷.zip/一.txt", "证据卷.zip/deeper.zip"}
    assert found["证据卷.zip/一.txt"].volume == "证据卷.zip"
    assert isinstance(found["证据卷.zip/deeper.zip"].problem, UnsupportedFile)


def test_a_wrapping_folder_in_a_zip_is_looked_through(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    path = tmp_path / "李四案.zip"
    path.write_bytes(zip_bytes({"李四案/1.txt": TEXT, "李四案/2.txt": TEXT}))
    assert [entry.name for entry in one(path, spool).entries] == ["1.txt", "2.txt"]
    path.write_bytes(zip_bytes({"全部/证据卷/1.txt": TEXT, "全部/文书卷/2.txt": TEXT}))
    assert {entry.volume for entry in one(path, spool).entries} == {"证据卷", "文书卷"}
    path.write_bytes(zip_bytes({"证据卷/1.txt": TEXT, "证据卷/2.txt": TEXT}))
    assert {entry.volume for entry in one(path, spool).entries} == {"证据卷"}


def test_broken_and_empty_zips(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    path = tmp_path / "a.zip"
    data = zip_bytes({"a.txt": TEXT})
    path.write_bytes(data[: len(data) // 2])
    (entry,) = one(path, spool).entries
    assert isinstance(entry.problem, DamagedFile)
    path.write_bytes(zip_bytes({}))
    (entry,) = one(path, spool).entries
    assert isinstance(entry.problem, EmptyFile)
    spoiled = bytearray(zip_bytes({"a.txt": TEXT, "b.txt": TEXT}, method=zipfile.ZIP_STORED))
    spoiled[50] ^= 0xFF
    path.write_bytes(spoiled)
    bad, good = sorted(one(path, spool).entries, key=lambda entry: entry.name)
    assert isinstance(bad.problem, DamagedFile)
    assert good.problem is None


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_leading_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_bytes(TEXT)
    home = tmp_path / "case"
    home.mkdir()
    (home / "a.txt").write_bytes(TEXT)
    (home / "same.txt").symlink_to(home / "a.txt")
    (home / "out.txt").symlink_to(outside / "secret.txt")
    (home / "folder").symlink_to(outside)
    (home / "loop").symlink_to(home)
    (home / "broken.txt").symlink_to(home / "nowhere")
    found = {entry.name: entry.problem for entry in one(home, tmp_path / "spool").entries}
    assert set(found) == {"a.txt", "same.txt", "out.txt", "folder", "loop", "broken.txt"}
    assert found["a.txt"] is None
    assert found["same.txt"] is None
    assert isinstance(found["out.txt"], HostileFile)
    assert isinstance(found["folder"], HostileFile)
    assert isinstance(found["broken.txt"], DamagedFile)


def test_errors_keep_their_parts_across_processes(tmp_path: Path) -> None:
    import pickle

    path = tmp_path / "a.zip"
    path.write_bytes(b"PK\x03\x04 broken")
    (entry,) = one(path, tmp_path / "spool").entries
    again = pickle.loads(pickle.dumps(entry))  # noqa: S301 - our own bytes
    assert again.problem is not None
    assert again.problem.code == "damaged"
    assert str(again.problem) == str(entry.problem)
    assert pickle.loads(pickle.dumps(Limits())) == Limits()  # noqa: S301
