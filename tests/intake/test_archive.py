"""The archive as its users see it: taking in, finding, correcting, removing, checking."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from intake_inputs import WARRANT, draw_scan, locked_pdf

from dossier import (
    Archive,
    ExcludePage,
    JoinPrevious,
    PageRef,
    ProgressEvent,
    SetField,
    SetType,
    StartDocument,
    Status,
)
from dossier.errors import (
    ArchiveExists,
    ArchiveNotFound,
    ArchiveVersion,
    BadCorrection,
    EngineNotFound,
    NotInArchive,
)


def _statuses(report) -> dict[str, str]:
    return {outcome.name: outcome.status.value for outcome in report.outcomes}


def test_a_folder_becomes_a_catalogued_dossier(archive: Archive, case: Path) -> None:
    report = archive.add(case)
    assert report.exit_code == 0
    assert report.pages == 3
    dossier = archive.dossier("郑大川案")
    assert dossier.catalogued
    assert [volume.title for volume in dossier.volumes] == ["诉讼文书卷"]
    assert [(d.type_code, d.title, d.number, d.date) for d in dossier.documents] == [
        ("L07", "拘留证", f"兰公城（刑）拘字〔2023〕{number}号", "2023-05-08")
        for number in (1, 2, 10)
    ]
    assert [page.label for page in dossier.pages] == ["1", "2", "3"]
    line = next(line for line in dossier.pages[0].lines if "郑大川" in line.text)
    at = line.text.index("郑大川")
    box = line.part_box(at, at + 3)
    assert 0 <= box.left < box.right <= 1
    assert archive.dossier("兰公城（刑）拘字〔2023〕2号").id == dossier.id


def test_an_accompanying_paper_does_not_shift_the_volumes_page_numbers(
    archive: Archive, case: Path
) -> None:
    """起诉意见书 goes with the volume, it is not bound into it."""
    text = """兰州市公安局城关分局
起诉意见书
兰公城（刑）诉字〔2023〕7号
犯罪嫌疑人郑大川，男，1990年1月1日出生。
经依法侦查查明：犯罪嫌疑人郑大川实施盗窃。
综上所述，现将此案移送审查起诉。
此致
兰州市城关区人民检察院
兰州市公安局城关分局
二〇二三年六月八日
"""
    (case / "起诉意见书.txt").write_text(text, "utf-8")
    archive.add(case)
    [volume] = archive.dossier("郑大川案").volumes
    assert [d.title for d in volume.documents] == ["拘留证"] * 3 + ["起诉意见书"]
    assert [page.label for page in volume.pages] == ["1", "2", "3", ""]
    assert [row.title for row in volume.listing] == ["拘留证"] * 3


def test_page_image_and_lines_lie_on_each_other(archive: Archive, tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    draw_scan(scan, "CASE 0102 2023")
    archive.add(scan, ocr="fast")
    [page] = archive.dossier("scan").pages
    [line] = page.lines
    assert line.text.replace(" ", "") == "CASE01022023"
    image = page.image().convert("L")
    box = line.box
    inside = image.crop(
        (
            int(box.left * image.width), int(box.top * image.height),
            int(box.right * image.width), int(box.bottom * image.height),
        )
    )  # fmt: skip
    ink = sum(inside.histogram()[:128])
    assert ink / sum(image.histogram()[:128]) > 0.95


def test_the_same_folder_again_adds_nothing(archive: Archive, case: Path) -> None:
    archive.add(case)
    before = [page.id for page in archive.dossier("郑大川案").pages]
    report = archive.add(case)
    assert set(_statuses(report).values()) == {"duplicate"}
    assert report.exit_code == 0
    assert [page.id for page in archive.dossier("郑大川案").pages] == before
    assert len(archive.dossiers()) == 1


def test_same_file_twice_and_two_files_with_one_content(archive: Archive, case: Path) -> None:
    volume = case / "诉讼文书卷"
    (volume / "副本.txt").write_bytes((volume / "2拘留证.txt").read_bytes())
    report = archive.add([case, case])
    assert report.count(Status.ADDED) == 3
    assert report.count(Status.DUPLICATE) == 5
    assert archive.dossier("郑大川案").page_count() == 3


def test_two_folders_of_one_name_are_two_dossiers(archive: Archive, tmp_path: Path) -> None:
    for place in ("甲", "乙"):
        folder = tmp_path / place / "卷宗"
        folder.mkdir(parents=True)
        (folder / "1.txt").write_text(f"说明{place}", "utf-8")
        archive.add(folder)
    assert [d.name for d in archive.dossiers()] == ["卷宗", "卷宗 (2)"]
    # moved, with one more file: still the first one
    moved = tmp_path / "丙" / "卷宗"
    moved.parent.mkdir()
    (tmp_path / "甲" / "卷宗").rename(moved)
    (moved / "2.txt").write_text("补充材料", "utf-8")
    archive.add(moved)
    assert [d.page_count() for d in archive.dossiers()] == [2, 1]


def test_case_puts_everything_into_one_dossier(
    archive: Archive, case: Path, tmp_path: Path
) -> None:
    loose = tmp_path / "补充.txt"
    loose.write_text("补充材料", "utf-8")
    number = "（2023）甘0102刑初123号"
    archive.add([case, loose], case=number)
    assert archive.dossier(number).page_count() == 4
    archive.add(tmp_path / "郑大川案" / "诉讼文书卷" / "1拘留证.txt", case=number)
    assert archive.dossier(number).page_count() == 4


def test_content_known_from_another_dossier_is_not_read_again(
    archive: Archive, tmp_path: Path
) -> None:
    for name in ("甲案", "乙案"):
        (tmp_path / name).mkdir()
        draw_scan(tmp_path / name / "scan.png", "SHARED 2023")
    first = archive.add(tmp_path / "甲案", ocr="fast")
    second = archive.add(tmp_path / "乙案", ocr="fast")
    assert first.ocr_seconds > 0
    assert (second.pages, second.ocr_seconds) == (1, 0)
    texts = [archive.dossier(name).pages[0].text for name in ("甲案", "乙案")]
    assert texts[0] == texts[1] != ""


def test_progress_ends_with_everything_done(archive: Archive, case: Path) -> None:
    events: list[ProgressEvent] = []
    archive.add(case, progress=events.append)
    last = events[-1]
    assert (last.files_done, last.files_total, last.pages_done, last.pages_total) == (3, 3, 3, 3)
    assert [e.pages_done for e in events] == sorted(e.pages_done for e in events)


def test_any_executor_does(archive: Archive, case: Path) -> None:
    with ThreadPoolExecutor(2) as threads:
        report = archive.add(case, executor=threads)
        assert report.pages == 3
        assert threads.submit(int).result() == 0  # it was left open


def test_an_interrupted_batch_goes_on_without_reading_again(
    archive: Archive, tmp_path: Path
) -> None:
    folder = tmp_path / "案"
    folder.mkdir()
    for number in range(4):
        draw_scan(folder / f"{number}.png", f"PAGE {number} 2023")

    def stop(event: ProgressEvent) -> None:
        if event.pages_done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        archive.add(folder, ocr="fast", jobs=1, progress=stop)
    assert archive.check().clean
    report = archive.add(folder, ocr="fast")
    assert report.exit_code == 0
    assert archive.dossier("案").page_count() == 4
    assert archive.check().notes == ()


def test_locked_pdf_needs_its_password_once(archive: Archive, tmp_path: Path) -> None:
    pdf = locked_pdf(tmp_path / "locked.pdf", "秘密123")
    report = archive.add(pdf)
    assert report.exit_code == 1
    assert report.outcomes[0].code == "encrypted"
    assert archive.dossier("locked").problems[0].code == "encrypted"
    assert archive.add(pdf, passwords=["wrong"]).exit_code == 1
    assert archive.add(pdf, passwords=["wrong", "秘密123"]).exit_code == 0
    dossier = archive.dossier("locked")
    assert dossier.problems == []
    assert dossier.files[0].path.read_bytes() == pdf.read_bytes()
    assert dossier.pages[0].image().width > 0  # without a password
    assert dossier.export(tmp_path / "out.pdf").pages == 1
    assert archive.check().clean
    everything = b"".join(p.read_bytes() for p in archive.home.rglob("*") if p.is_file())
    assert "秘密123".encode() not in everything


def test_a_crashing_page_does_not_take_others_along(
    archive: Archive, tmp_path: Path, fault_engine
) -> None:
    """The engine kills its process on the page with much ink; everything else comes in."""
    engine = fault_engine(
        "        if ink > 0.02: os._exit(9)\n"
        "        return [Line('READ', Box(0.1, 0.1, 0.5, 0.2).quad())]"
    )
    folder = tmp_path / "案"
    folder.mkdir()
    for number in range(4):
        draw_scan(folder / f"{number}.png", f"PAGE {number}")
    draw_scan(folder / "2 dark.png", *["#" * 28] * 9)
    report = archive.add(folder, ocr=engine, jobs=2)
    assert _statuses(report) == {
        "0.png": "added", "1.png": "added", "2.png": "added", "3.png": "added",
        "2 dark.png": "review",
    }  # fmt: skip
    [poor] = archive.review()
    assert poor.file == "2 dark.png"
    assert poor.problem is not None
    assert poor.problem.startswith("reader-crashed")


def test_a_failing_page_is_kept_and_listed_for_review(
    archive: Archive, tmp_path: Path, fault_engine
) -> None:
    engine = fault_engine("        raise RecognitionFailed('cannot', where='page')")
    draw_scan(tmp_path / "scan.png", "X")
    report = archive.add(tmp_path / "scan.png", ocr=engine)
    assert _statuses(report) == {"scan.png": "review"}
    [page] = archive.review()
    assert page.problem == "recognition-failed: cannot"
    archive.reviewed(page.id)
    assert archive.review() == []


def test_unknown_engine_is_named_before_any_work(archive: Archive, case: Path) -> None:
    with pytest.raises(EngineNotFound, match=r"nosuch.*known engines: .*rapidocr"):
        archive.add(case, ocr="nosuch")
    assert archive.dossiers() == []


def test_corrections_win_and_survive_a_new_run(archive: Archive, case: Path) -> None:
    archive.add(case)
    dossier = archive.dossier("郑大川案")
    [page] = dossier.documents[1].pages
    ids = [document.id for document in dossier.documents]
    corrected = archive.recatalogue(
        dossier.id,
        [
            SetType(page=page.reference, type="L12"),
            SetField(page=page.reference, field="title", value="逮捕证（副本）"),
        ],
    )
    assert [(d.type_code, d.title) for d in corrected.documents][1] == ("L12", "逮捕证（副本）")
    (case / "诉讼文书卷" / "11拘留证.txt").write_text(WARRANT.format(number=11), "utf-8")
    archive.add(case)
    again = archive.dossier(dossier.id)
    assert again.documents[1].title == "逮捕证（副本）"
    assert [document.id for document in again.documents][:3] == ids
    assert len(again.documents) == 4
    assert [entry.action for entry in archive.log(dossier.id)].count("correct") == 2


def test_a_correction_that_does_not_fit_changes_nothing(archive: Archive, case: Path) -> None:
    archive.add(case)
    page = archive.dossier("郑大川案").pages[0]
    with pytest.raises(BadCorrection):
        archive.recatalogue("郑大川案", [SetType(page=page.reference, type="L99")])
    assert archive.dossier("郑大川案").corrections == []
    assert PageRef(sha256=page.reference.sha256, number=0) == page.reference


def test_removal_keeps_its_reason_and_other_dossiers_blobs(
    archive: Archive, case: Path, tmp_path: Path
) -> None:
    other = tmp_path / "另案"
    other.mkdir()
    shared = (case / "诉讼文书卷" / "1拘留证.txt").read_bytes()
    (other / "共用.txt").write_bytes(shared)
    archive.add([case, other])
    with pytest.raises(ValueError, match="reason"):
        archive.remove("郑大川案", reason=" ")
    archive.remove("郑大川案", reason="误入卷", file="诉讼文书卷/2拘留证.txt")
    assert archive.dossier("郑大川案").page_count() == 2
    archive.remove("郑大川案", reason="移送错误")
    with pytest.raises(NotInArchive):
        archive.dossier("郑大川案")
    assert archive.dossier("另案").files[0].path.read_bytes() == shared
    assert len(list((archive.home / "blobs").rglob("*"))) >= 1
    report = archive.check()
    assert (report.problems, report.notes, report.files) == ((), (), 1)
    reasons = [e.detail["reason"] for e in archive.log() if e.action == "remove"]
    assert reasons == ["误入卷", "移送错误"]


def test_check_finds_each_kind_of_damage(archive: Archive, case: Path) -> None:
    from sqlalchemy import text

    archive.add(case)
    dossier = archive.dossier("郑大川案")
    first, second, _ = dossier.files
    first.path.chmod(0o644)
    first.path.write_bytes(b"changed")
    second.path.unlink()
    with archive._database.write() as session:
        session.execute(text("UPDATE pages SET text = 'x' WHERE id = :id"), {"id": 1})
        session.execute(text("UPDATE pages SET layer = :no WHERE id = 2"), {"no": b"no layer"})
        session.execute(text("DELETE FROM pages WHERE id = :id"), {"id": 3})
    codes = sorted(problem.code for problem in archive.check().problems)
    assert codes == [
        "blob-damaged", "blob-damaged", "document-empty", "index-incomplete", "layer-damaged",
        "pages-missing", "text-differs",
    ]  # fmt: skip


def test_open_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ArchiveNotFound, match="dossier init"):
        Archive.open(tmp_path / "nowhere")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(ArchiveExists):
        Archive.create(tmp_path / "full")
    Archive.create(tmp_path / "a").close()
    config = tmp_path / "a" / "archive.toml"
    config.write_text(config.read_text().replace("format = 1", "format = 2"))
    with pytest.raises(ArchiveVersion, match="newer"):
        Archive.open(tmp_path / "a")


def test_postgresql_keeps_the_same_archive(tmp_path: Path, case: Path, postgres_url: str) -> None:
    with Archive.create(tmp_path / "office", records=postgres_url) as archive:
        archive.add(case)
        assert archive.check().clean
    with Archive.open(postgres_url) as archive:
        assert archive.home == tmp_path / "office"
        dossier = archive.dossier("郑大川案")
        assert [d.title for d in dossier.documents] == ["拘留证"] * 3
        archive.recatalogue(
            dossier.id,
            [SetField(page=dossier.pages[0].reference, field="date", value="2023-05-09")],
        )
        assert archive.dossier(dossier.id).documents[0].date == "2023-05-09"
        archive.remove(dossier.id, reason="试验")
        assert archive.dossiers() == []
        assert archive.check().notes == ()
    with pytest.raises(ArchiveExists, match="belong to the archive"):
        Archive.create(tmp_path / "second", records=postgres_url)


def test_text_that_a_database_would_refuse_is_kept(
    archive: Archive, tmp_path: Path, fault_engine
) -> None:
    engine = fault_engine(
        "        return [Line('拘留\\0证\\ud800书', Box(0.3, 0.1, 0.7, 0.15).quad())]"
    )
    draw_scan(tmp_path / "scan.png", "X")
    assert archive.add(tmp_path / "scan.png", ocr=engine).exit_code == 0
    assert archive.dossier("scan").pages[0].text == "拘留�证�书"
    assert archive.check().clean


def test_the_same_place_with_other_files_is_another_case(archive: Archive, tmp_path: Path) -> None:
    """A memory stick is always mounted in the same place."""
    stick = tmp_path / "卷宗"
    stick.mkdir()
    for text in ("甲案材料", "乙案材料"):
        (stick / "1.txt").write_text(text, "utf-8")
        archive.add(stick)
    assert [d.name for d in archive.dossiers()] == ["卷宗", "卷宗 (2)"]


def test_pages_left_unread_are_listed_and_read_later(archive: Archive, tmp_path: Path) -> None:
    scan = tmp_path / "scan.png"
    draw_scan(scan, "LATER 2023")
    assert _statuses(archive.add(scan, ocr="off")) == {"scan.png": "review"}
    [page] = archive.review()
    assert page.problem is not None
    assert page.problem.startswith("not-read")
    again = archive.add(scan, ocr="fast")
    assert (again.count(Status.ADDED), again.count(Status.DUPLICATE)) == (1, 0)
    assert archive.review() == []
    [read] = archive.dossier("scan").pages
    assert read.id == page.id
    assert read.text.replace(" ", "") == "LATER2023"
    assert archive.add(scan, ocr="fast").count(Status.DUPLICATE) == 1


def test_the_twin_of_a_file_that_fails_fails_too(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "案"
    folder.mkdir()
    for name in ("1.pdf", "2.pdf"):
        (folder / name).write_bytes(b"%PDF-1.7 broken")
    report = archive.add(folder)
    assert _statuses(report) == {"1.pdf": "failed", "2.pdf": "failed"}
    assert len(archive.dossier("案").problems) == 2
    assert archive.check().notes == ()


def test_two_dossiers_share_a_file_that_fails_in_both(archive: Archive, tmp_path: Path) -> None:
    locked = locked_pdf(tmp_path / "locked.pdf", "x").read_bytes()
    for name in ("甲案", "乙案"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "locked.pdf").write_bytes(locked)
    report = archive.add([tmp_path / "甲案", tmp_path / "乙案"])
    assert [outcome.code for outcome in report.outcomes] == ["encrypted", "encrypted"]
    assert not list(archive.home.glob("blobs/??/*"))


def test_names_numbers_and_ids_are_never_mixed_up(archive: Archive, tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        path = tmp_path / f"{name}.txt"
        path.write_text(name, "utf-8")
        archive.add(path)
    second = archive.dossier("乙")
    for odd in (str(archive.dossier("甲").id), "9" * 25):
        path = tmp_path / f"{odd}.txt"
        path.write_text(odd, "utf-8")
        archive.add(path)
    with pytest.raises(NotInArchive, match="several"):
        archive.dossier(str(archive.dossier("甲").id))
    assert archive.dossier("9" * 25).page_count() == 1
    assert archive.dossier(second.id).name == "乙"
    with pytest.raises(NotInArchive):
        archive.dossier("7" * 30)


def test_a_case_number_is_found_however_its_brackets_are_typed(
    archive: Archive, case: Path, tmp_path: Path
) -> None:
    archive.add(case, case="（2023）甘0102刑初123号")
    loose = tmp_path / "补充.txt"
    loose.write_text("补充材料", "utf-8")
    archive.add(loose, case="(2023)甘0102刑初123号")
    assert archive.dossier("〔2023〕甘0102刑初123号").page_count() == 4


def test_excluded_pages_are_kept_but_do_not_count(
    archive: Archive, case: Path, tmp_path: Path
) -> None:
    archive.add(case)
    dossier = archive.dossier("郑大川案")
    page = dossier.pages[1]
    after = archive.recatalogue(dossier.id, [ExcludePage(page=page.reference, reason="空白")])
    assert [p.id for p in after.excluded] == [page.id]
    assert page.id not in [p.id for p in after.pages]
    assert after.export(tmp_path / "out.pdf").pages == 2
    assert archive.check().clean


def test_the_later_of_two_contradicting_corrections_wins(archive: Archive, case: Path) -> None:
    archive.add(case)
    dossier = archive.dossier("郑大川案")
    page = dossier.pages[1].reference
    archive.recatalogue(dossier.id, [SetType(page=page, type="L12")])
    out = archive.recatalogue(dossier.id, [ExcludePage(page=page)])
    assert len(out.pages) == 2
    assert "C902" in [finding["code"] for finding in out.findings]
    back = archive.recatalogue(dossier.id, [StartDocument(page=page)])
    assert (len(back.pages), back.excluded) == (3, [])


def test_a_correction_that_fits_no_more_stops_nothing(archive: Archive, case: Path) -> None:
    """The page that was joined to its forerunner is the first one now."""
    archive.add(case)
    dossier = archive.dossier("郑大川案")
    archive.recatalogue(dossier.id, [JoinPrevious(page=dossier.pages[1].reference)])
    archive.remove(dossier.id, file="诉讼文书卷/1拘留证.txt", reason="重复")
    after = archive.dossier(dossier.id)
    assert after.catalogued
    assert [d.title for d in after.documents] == ["拘留证"] * 2
    assert "C902" in [finding["code"] for finding in after.findings]


def test_corrections_speak_of_the_dossiers_own_pages(
    archive: Archive, case: Path, tmp_path: Path
) -> None:
    other = tmp_path / "另案.txt"
    other.write_text("另案材料", "utf-8")
    archive.add([case, other])
    strange = archive.dossier("另案").pages[0].reference
    with pytest.raises(BadCorrection, match="not in 郑大川案"):
        archive.recatalogue("郑大川案", [StartDocument(page=strange)])


def test_empty_names_are_mistakes(archive: Archive, case: Path) -> None:
    with pytest.raises(ValueError, match="empty"):
        archive.add(case, case=" ")
    archive.add(case)
    with pytest.raises(NotInArchive):
        archive.remove("郑大川案", file="", reason="误")
    assert archive.dossier("郑大川案").page_count() == 3


def test_two_threads_add_at_once(archive: Archive, tmp_path: Path) -> None:
    """Each batch has its own place to unpack."""
    import zipfile

    for name in ("甲", "乙"):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as package:
            for number in range(30):
                package.writestr(f"{number}.txt", f"{name}{number}")
    with ThreadPoolExecutor(2) as threads:
        reports = list(
            threads.map(lambda name: archive.add(tmp_path / f"{name}.zip", jobs=1), "甲乙")
        )
    assert [report.exit_code for report in reports] == [0, 0]
    assert [archive.dossier(name).page_count() for name in "甲乙"] == [30, 30]


def test_two_versions_of_a_file_are_removed_one_by_one(archive: Archive, tmp_path: Path) -> None:
    folder = tmp_path / "案"
    folder.mkdir()
    (folder / "留.txt").write_text("不变", "utf-8")
    for text in ("第一稿", "第二稿"):
        (folder / "说明.txt").write_text(text, "utf-8")
        archive.add(folder)
    with pytest.raises(NotInArchive, match="SHA-256"):
        archive.remove("案", file="说明.txt", reason="误")
    first = next(f for f in archive.dossier("案").files if f.name == "说明.txt")
    archive.remove("案", file=first.sha256, reason="误")
    assert [f.name for f in archive.dossier("案").files] == ["留.txt", "说明.txt"]


def test_sweep_takes_only_what_nobody_needs(archive: Archive, case: Path) -> None:
    import os
    import time

    archive.add(case)
    leftovers = [archive.home / "blobs" / "tmp" / "x", archive.home / "work" / "pages" / "y" / "z"]
    orphan = archive.home / "blobs" / "00" / ("00" + "a" * 62)
    for path in (*leftovers, orphan):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")
    assert archive.sweep() == 0  # too young: a batch may be at work
    old = time.time() - 7200
    for path in (*leftovers, leftovers[1].parent, orphan, *archive.home.glob("blobs/??/*")):
        os.utime(path, (old, old))
    assert archive.sweep() == 3
    report = archive.check()
    assert (report.problems, report.notes, report.files) == ((), (), 3)


def test_odd_paths_and_addresses(tmp_path: Path) -> None:
    odd = tmp_path / "甲?mode=ro#%41" / "archive"
    Archive.create(odd).close()
    assert (odd / "records.sqlite3").is_file()
    Archive.open(odd).close()
    with pytest.raises(ValueError, match="pgpass"):
        Archive.create(tmp_path / "a", records="postgresql://user:secret@host/db")
    with pytest.raises(Exception, match="host"):
        Archive.create(tmp_path / "b", records="postgresql://user@host.invalid/db")
    assert not (tmp_path / "b").exists()


def test_indexes_hear_of_every_change(archive: Archive, case: Path) -> None:
    from dossier.records import outbox

    def heard() -> list[tuple[int, str]]:
        with archive._database.write() as session:
            changes = outbox.pending(session, "another")
            outbox.done(session, changes)
            return [(change.item_id, change.action) for change in changes]

    with archive._database.write() as session:
        outbox.register(session, "another")
    archive.add(case)
    dossier = archive.dossier("郑大川案")
    ids = {page.id for page in dossier.pages}
    assert set(heard()) == {(page_id, "put") for page_id in ids}
    archive.recatalogue(dossier.id)
    assert heard() == []  # nothing that an index shows has changed
    first = dossier.pages[0]
    archive.recatalogue(
        dossier.id, [SetField(page=first.reference, field="title", value="拘留证（副本）")]
    )
    assert heard() == [(first.id, "put")]
    archive.remove(dossier.id, reason="试验")
    assert set(heard()) == {(page_id, "delete") for page_id in ids}


def test_report_as_json_is_plain(archive: Archive, case: Path) -> None:
    data = json.loads(json.dumps(archive.add(case).to_json(), ensure_ascii=False))
    assert data["counts"] == {"added": 3, "duplicate": 0, "review": 0, "failed": 0}
    assert data["dossiers"] == ["郑大川案"]
