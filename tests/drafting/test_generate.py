"""archive.generate: once, then reused; versions; what stands in the dossier afterwards."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from drafted_cases import CASE, put_template
from sqlalchemy import event, func, select

from dossier import Archive
from dossier.catalogue import PageRef, SetType
from dossier.drafting import Change, GeneratedDocument
from dossier.errors import (
    BadCorrection,
    BadValue,
    DocumentRefused,
    MissingFields,
    NotInArchive,
    NumberRefused,
    SubjectNeeded,
)
from dossier.factkeeping import _key
from dossier.ingest.office import program
from dossier.records import CounterRow, DossierRow, FileRow, GeneratedRow

GIVEN = {"检察员": "王某", "认罪情况": "认罪认罚"}
DAY = date(2026, 3, 5)


def indict(archive: Archive, **more: Any) -> GeneratedDocument:
    return archive.generate("试起诉书", CASE, **{"day": DAY, **GIVEN, **more})


@contextmanager
def statements(archive: Archive) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    said: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            said.append(statement)

    engine = archive._database._engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


def rows(archive: Archive) -> dict[str, int]:
    with archive._database.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (FileRow, GeneratedRow, CounterRow)
        }


def revision(archive: Archive) -> int:
    with archive._database.read() as session:
        return session.scalars(select(DossierRow.revision)).one()


def clean(archive: Archive) -> None:
    report = archive.check()
    assert (report.problems, report.notes) == ((), ())


# --- once ------------------------------------------------------------------------------------


def test_a_document_is_made_of_the_facts_and_numbered(archive: Archive) -> None:
    made = indict(archive)
    assert made.text.splitlines() == [
        "临泉市柳林区人民检察院", "起诉书", "临柳检刑诉〔2026〕1号",
        "被告人尚文海，男，1988年3月9日出生，住临泉市柳林区槐香路14号2单元301室。",
        "被告人高小禾，女，1996年11月21日出生，住临泉市柳林区杏坛巷7号。",
        "认罪情况：认罪认罚", "王某", "二〇二六年三月五日",
    ]  # fmt: skip
    assert (made.version, made.number, made.day, made.reused) == (
        1, "临柳检刑诉〔2026〕1号", DAY, False,
    )  # fmt: skip
    assert made.changes == ()
    clean(archive)


def test_the_same_call_gives_the_same_document_with_two_small_queries(archive: Archive) -> None:
    first = indict(archive)
    with statements(archive) as said:
        second = indict(archive, day=date(2027, 1, 1))
    assert len(said) == 2
    assert all(text.startswith("SELECT") for text in said)
    with statements(archive) as said:
        third = indict(archive)
    assert len(said) == 1
    assert {first.id} == {second.id, third.id}
    assert first.docx == second.docx == third.docx
    assert (second.number, second.day, second.reused) == (first.number, DAY, True)
    assert rows(archive) == {"files": rows(archive)["files"], "generated": 1, "counters": 1}


def test_another_process_finds_it_too(archive: Archive) -> None:
    first = indict(archive)
    with Archive.open(archive.home) as other:
        again = other.generate("t_indictment", 1, prosecutor="王某", plea="认罪认罚")
    assert (again.id, again.reused, again.docx) == (first.id, True, first.docx)


def test_what_it_does_not_read_makes_no_new_version(archive: Archive) -> None:
    first = indict(archive)
    archive.correct_facts(CASE, "defendants[尚文海].education", "大学")
    again = indict(archive)
    assert (again.id, again.reused) == (first.id, True)
    with statements(archive) as said:
        indict(archive)
    assert len(said) <= 2
    clean(archive)


# --- versions --------------------------------------------------------------------------------


def test_a_changed_fact_makes_a_new_version_that_says_what_changed(archive: Archive) -> None:
    first = indict(archive)
    archive.correct_facts(CASE, "defendants[尚文海].birth", "1988-03-10")
    second = indict(archive, day=date(2026, 4, 1))
    assert second.changes == (
        Change("defendants[尚文海].birth", "各当事人·尚文海·出生日期", "1988-03-09", "1988-03-10"),
    )
    assert (second.version, second.number, second.reused) == (2, first.number, False)
    assert second.day == date(2026, 4, 1)
    assert "1988年3月10日" in second.text

    assert [each.id for each in archive.generated(CASE)] == [second.id]
    old, new = archive.generated(CASE, "试起诉书", all_versions=True)
    assert (old.standing, old.docx, old.document) == ("replaced", first.docx, None)
    assert (new.standing, new.docx) == ("present", second.docx)
    names = [file.name for file in archive.dossier(CASE).files if "试起诉书" in file.name]
    assert names == [second.file_name]
    hits = [hit for hit in archive.search("认罪情况").hits if hit.title == "试起诉书"]
    assert ["1988年3月10日" in archive.page(hit.id).text for hit in hits] == [True]
    clean(archive)
    archive.sweep()
    assert old.docx == first.docx


def test_typed_values_and_people_that_come_and_go_are_in_the_difference(archive: Archive) -> None:
    indict(archive)
    archive.correct_facts(CASE, "defendants[高小禾]", "")
    second = indict(archive, 检察员="李某")
    assert {change.path: (change.before, change.after) for change in second.changes} == {
        "prosecutor": ("王某", "李某"),
        "defendants[高小禾].name": ("高小禾", None),
        "defendants[高小禾].sex": ("女", None),
        "defendants[高小禾].birth": ("1996-11-21", None),
        "defendants[高小禾].address": ("临泉市柳林区杏坛巷7号", None),
    }


def test_a_value_by_hand_wins_over_the_facts(archive: Archive) -> None:
    made = indict(archive, **{"各当事人[高小禾].住址": "临泉市某路1号"})
    assert "住临泉市某路1号。" in made.text
    [filled] = [each for each in made.filled if each.path == "defendants[高小禾].address"]
    assert (filled.origin, filled.text) == ("typed", "临泉市某路1号")


def test_a_changed_template_makes_a_new_version(archive: Archive) -> None:
    first = archive.generate("试回证", CASE, 送达文书="起诉书")
    put_template(
        archive, "试回证", "t_receipt", "## 送达回证\n送达的文书：{{ 送达文书 }}\n{{ 收件人 }}\n",
        type="L30", organ="police", stage="侦查",
        more="identity: [paper]\ntyped:\n"
        "  - {code: paper, label: 送达文书, type: text, required: true}\n"
        "  - {code: receiver, label: 收件人, type: text, required: false}\n",
    )  # fmt: skip
    second = archive.generate("试回证", CASE, 送达文书="起诉书")
    assert (second.version, second.changes) == (2, ())
    assert "送达的文书" in second.text
    with pytest.raises(DocumentRefused, match="template was changed"):
        first.annotated()


def test_typed_fields_of_identity_make_another_document(archive: Archive) -> None:
    one = archive.generate("试回证", CASE, 送达文书="起诉书")
    two = archive.generate("试回证", CASE, 送达文书="传票")
    assert (one.version, two.version) == (1, 1)
    assert one.id != two.id
    again = archive.generate("试回证", CASE, 送达文书="起诉书", 收件人="高小禾")
    assert (again.version, again.changes) == (
        2, (Change("receiver", "收件人", None, "高小禾"),),
    )  # fmt: skip
    assert [each.id for each in archive.generated(CASE)] == [two.id, again.id]
    clean(archive)


def test_a_withdrawn_version_is_followed_by_the_next_with_the_same_number(
    archive: Archive,
) -> None:
    first = indict(archive)
    archive.remove(CASE, reason="印错", file=first.file_name)
    assert archive.generated(CASE) == []
    assert [each.standing for each in archive.generated(CASE, all_versions=True)] == ["withdrawn"]
    clean(archive)
    second = indict(archive)
    assert (second.version, second.number, second.reused) == (2, first.number, False)
    assert archive.generated(CASE, all_versions=True)[0].docx == first.docx
    clean(archive)


def test_removing_the_dossier_removes_its_documents_and_never_the_counter(
    archive: Archive,
) -> None:
    indict(archive)
    archive.correct_facts(CASE, "defendants[尚文海].birth", "1988-03-10")
    second = indict(archive)
    archive.remove(CASE, reason="销毁")
    assert archive.generated(all_versions=True) == []
    assert rows(archive) == {"files": 0, "generated": 0, "counters": 1}
    assert list(archive._keep.blobs) == []
    with pytest.raises(NotInArchive):
        indict(archive)
    with pytest.raises(DocumentRefused, match="removed"):
        _ = second.filled
    clean(archive)


# --- in the dossier --------------------------------------------------------------------------


def test_it_is_catalogued_as_its_card_says_and_found_at_once(archive: Archive) -> None:
    made = indict(archive)
    document = made.document
    assert document is not None
    assert (
        document.type_code, document.title, document.number, document.date,
        document.responsible, document.volume,
    ) == (
        "P07", "试起诉书", "临柳检刑诉〔2026〕1号", "2026-03-05",
        "临泉市柳林区人民检察院", "检察卷",
    )  # fmt: skip
    assert document.card["organ"]["value"] == "临泉市柳林区人民检察院"
    assert [page.label for page in document.pages] == ["2"]
    hits = archive.search("认罪情况 王某").hits
    assert [hit.title for hit in hits] == ["试起诉书"]
    assert archive.dossier("临柳检刑诉〔2026〕1号").name == CASE
    row = archive.dossier(CASE).volume("检察卷").listing[-1]
    assert (row.number, row.title, row.pages) == ("临柳检刑诉〔2026〕1号", "试起诉书", "2")


def test_it_stays_as_it_is_when_the_dossier_is_catalogued_anew(
    archive: Archive, tmp_path: Any
) -> None:
    made = indict(archive)
    archive.generate("试封面", CASE, volume="检察卷")
    before = made.document
    assert before is not None
    more = tmp_path / "more" / "检察卷"
    more.mkdir(parents=True)
    (more / "02换押证.txt").write_text(
        "临泉市柳林区人民检察院\n换押证\n临柳检换〔2023〕9111号\n二〇二三年八月十日\n", "utf-8"
    )
    archive.add(tmp_path / "more", case=CASE, ocr="off", jobs=1)
    after = made.document
    assert after is not None
    same = {"pages", "volume"}
    assert {k: v for k, v in after.card.items() if k not in same} == {
        k: v for k, v in before.card.items() if k not in same
    }
    assert after.id == before.id
    assert [page.label for page in after.pages] == ["3"]  # behind what was handed in
    assert archive.dossier("临柳检刑诉〔2026〕1号").name == CASE
    assert [d.title for d in archive.dossier(CASE).volume("检察卷").documents][-2:] == [
        "试起诉书", "试封面",
    ]  # fmt: skip
    assert archive.dossier(CASE).corrections == []
    again = indict(archive)
    assert (again.id, again.reused) == (made.id, True)
    clean(archive)


def test_a_volume_of_its_own_is_made_where_it_belongs(archive: Archive) -> None:
    archive.generate("试判决书", CASE, 检察员="王某", 认罪情况="认罪")
    volumes = [volume.title for volume in archive.dossier(CASE).volumes]
    assert volumes == ["诉讼文书卷", "证据材料卷", "检察卷", "审判正卷"]
    archive.recatalogue(CASE)
    assert [volume.title for volume in archive.dossier(CASE).volumes] == volumes
    clean(archive)


def test_a_new_version_stands_where_the_old_one_stood(archive: Archive) -> None:
    indict(archive)
    archive.generate("试回证", CASE, 送达文书="起诉书")
    put_template(archive, "试函", "t_letter", "## 函\n{{ 检察院 }}\n", more="required: [检察院]\n")
    archive.generate("试函", CASE)
    archive.correct_facts(CASE, "defendants[尚文海].birth", "1988-03-10")
    indict(archive)
    documents = archive.dossier(CASE).volume("检察卷").documents
    assert [(d.title, [p.label for p in d.pages]) for d in documents] == [
        ("起诉书", ["1"]), ("试起诉书", ["2"]), ("试函", ["3"]),
    ]  # fmt: skip
    archive.recatalogue(CASE)
    assert [d.title for d in archive.dossier(CASE).volume("检察卷").documents] == [
        d.title for d in documents
    ]


def test_facts_are_not_read_from_it(archive: Archive) -> None:
    dossier = archive.dossier(CASE)
    facts = dossier.facts.to_json()
    with archive._database.read() as session:
        key = _key(session, dossier.id)
    indict(archive, **{"各当事人[尚文海].出生日期": "1990-01-01"})
    archive.generate("试判决书", CASE, 检察员="王某", 认罪情况="认罪")
    with archive._database.read() as session:
        assert _key(session, dossier.id) == key
    assert archive.dossier(CASE).facts.to_json() == facts
    archive.recatalogue(CASE)
    found = archive.dossier(CASE).facts
    assert found.conflicts == dossier.facts.conflicts
    assert "1990-01-01" not in str(found.to_json())


def test_its_pages_take_no_corrections_of_the_catalogue(archive: Archive) -> None:
    document = indict(archive).document
    assert document is not None
    page = document.pages[0].reference
    assert isinstance(page, PageRef)
    with pytest.raises(BadCorrection, match="template"):
        archive.recatalogue(CASE, [SetType(page=page, type="L07")])


@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_its_pages_can_be_drawn(archive: Archive) -> None:
    document = indict(archive).document
    assert document is not None
    image = document.pages[0].image(dpi=50)
    assert image.width > 200
    assert image.convert("L").getextrema()[0] < 128


# --- numbers ---------------------------------------------------------------------------------


def test_a_number_by_hand_leaves_the_counter_alone_and_is_no_one_elses(
    archive: Archive, tmp_path: Any
) -> None:
    from drafted_cases import take_in_case

    by_hand = indict(archive, number="临柳检刑诉〔2026〕2号")
    assert (by_hand.number, rows(archive)["counters"]) == ("临柳检刑诉〔2026〕2号", 0)
    assert indict(archive, number="临柳检刑诉(2026)2号").id == by_hand.id
    with pytest.raises(NumberRefused, match="has the number"):
        indict(archive, number="临柳检刑诉〔2026〕9号")
    take_in_case(archive, tmp_path / "two", "乙案")
    before = rows(archive)
    with pytest.raises(NumberRefused, match="is that of 试起诉书"):
        archive.generate("试起诉书", "乙案", number="临柳检刑诉[2026]2号", **GIVEN)
    assert rows(archive) == before
    drawn = [archive.generate("试起诉书", "乙案", day=DAY, **GIVEN).number]
    take_in_case(archive, tmp_path / "three", "丙案")
    drawn.append(archive.generate("试起诉书", "丙案", day=DAY, **GIVEN).number)
    # 2 is on paper already
    assert drawn == ["临柳检刑诉〔2026〕1号", "临柳检刑诉〔2026〕3号"]
    clean(archive)


def test_a_number_on_paper_is_not_given_again(archive: Archive) -> None:
    """The case holds 临柳检刑诉〔2023〕9222号."""
    text = (archive.home / "offices.yaml").read_text("utf-8")
    (archive.home / "offices.yaml").write_text(
        text.replace("{prefix: 临柳检}", "{prefix: 临柳检, start: {刑诉: {2023: 9222}}}"), "utf-8"
    )
    assert indict(archive, day=date(2023, 8, 1)).number == "临柳检刑诉〔2023〕9223号"


def test_without_a_prefix_the_report_names_it(archive: Archive) -> None:
    (archive.home / "offices.yaml").unlink()
    with pytest.raises(MissingFields) as caught:
        archive.generate("试判决书", CASE, 检察员="王某", 认罪情况="认罪")
    assert [gap.label for gap in caught.value.gaps] == ["机关代字"]


# --- what is missing -------------------------------------------------------------------------


def test_one_report_of_all_that_is_missing_and_nothing_is_written(archive: Archive) -> None:
    archive.correct_facts(CASE, "defendants[尚文海].birth", "")
    before, blobs, state = rows(archive), list(archive._keep.blobs), revision(archive)
    with pytest.raises(MissingFields) as caught:
        archive.generate("试起诉书", CASE)
    assert [gap.label for gap in caught.value.gaps] == [
        "各当事人·尚文海·出生日期", "认罪情况", "检察员",
    ]  # fmt: skip
    assert "户籍证明" in str(caught.value) or caught.value.gaps[0].found_in
    assert (rows(archive), list(archive._keep.blobs), revision(archive)) == (before, blobs, state)


def test_a_draft_is_given_and_not_kept(archive: Archive) -> None:
    before, state = rows(archive), revision(archive)
    draft = archive.generate("试起诉书", CASE, draft=True, 检察员="王某")
    assert [gap.label for gap in draft.gaps] == ["认罪情况"]
    assert (draft.id, draft.number, draft.standing, draft.document) == (None, None, "draft", None)
    assert "被告人尚文海" in draft.text
    assert draft.provenance()["gaps"][0]["label"] == "认罪情况"
    assert zipfile.ZipFile(io.BytesIO(draft.annotated())).testzip() is None
    assert (rows(archive), revision(archive)) == (before, state)


def test_a_name_that_is_no_field_is_refused_with_those_near_it(archive: Archive) -> None:
    with pytest.raises(BadValue, match="检察员"):
        archive.generate("试起诉书", CASE, 检查员="王某")


# --- about whom ------------------------------------------------------------------------------


def test_of_several_one_must_be_named(archive: Archive) -> None:
    with pytest.raises(SubjectNeeded, match="尚文海、高小禾"):
        archive.generate("试换押证", CASE)
    with pytest.raises(SubjectNeeded, match="诉讼文书卷、证据材料卷、检察卷"):
        archive.generate("试封面", CASE)
    with pytest.raises(NotInArchive, match="张三"):
        archive.generate("试换押证", CASE, person="张三")
    made = [archive.generate("试换押证", CASE, person=name) for name in ("尚文海", "高小禾")]
    assert [each.subject for each in made] == ["尚文海", "高小禾"]
    assert [each.version for each in made] == [1, 1]
    assert made[1].document is not None
    assert made[1].document.card["person"]["value"] == "高小禾"
    cover = archive.generate("试封面", CASE, volume="2")
    assert (cover.subject, cover.text.splitlines()) == (
        "证据材料卷", ["卷宗封面", "证据材料卷", "共8页"],
    )  # fmt: skip
    assert cover.document is not None
    assert cover.document.volume == "证据材料卷"
    assert [page.label for page in cover.document.pages] == [""]
    assert archive.generate("试封面", CASE, volume="证据材料卷").id == cover.id
    clean(archive)


# --- parts go on -----------------------------------------------------------------------------


def test_nothing_is_typed_twice_from_stage_to_stage(archive: Archive) -> None:
    opinion = archive.generate("试起诉意见书", CASE, 承办人="赵某", 认罪情况="自愿认罪")
    indictment = archive.generate("试起诉书", CASE, 检察员="王某")
    judgment = archive.generate("试判决书", CASE)
    assert "认罪情况：自愿认罪" in indictment.text
    assert judgment.text.splitlines()[3:5] == ["认罪情况：自愿认罪", "公诉人王某"]
    [filled] = [each for each in judgment.filled if each.path == "plea"]
    assert filled.origin == "document"
    assert opinion.document is not None
    assert [source.document for source in filled.sources] == [opinion.document.id]
    # what changes there goes on too
    archive.generate("试起诉意见书", CASE, 承办人="赵某", 认罪情况="认罪认罚")
    changed = archive.generate("试判决书", CASE)
    assert changed.changes == (Change("plea", "认罪情况", "自愿认罪", "认罪认罚"),)


def test_the_next_document_names_the_number_of_the_one_made_before(archive: Archive) -> None:
    put_template(
        archive, "试量刑建议", "t_proposal", "## 建议\n{{ 已有文书.起诉书.文号 }}\n",
        type="P05", more="required: [已有文书.起诉书.文号]\n",
    )  # fmt: skip
    on_paper = archive.generate("试量刑建议", CASE)
    assert on_paper.text.splitlines()[1] == "临柳检刑诉〔2023〕9222号"
    made = indict(archive)
    after = archive.generate("试量刑建议", CASE)
    assert after.changes == (
        Change(
            "papers.indictment.number", "已有文书·起诉书·文号", "临柳检刑诉〔2023〕9222号",
            made.number,
        ),
    )  # fmt: skip
    # and what was made does not name itself
    assert indict(archive).id == made.id


# --- where it is from ------------------------------------------------------------------------


def test_provenance_names_page_and_box_of_every_field(archive: Archive) -> None:
    told = indict(archive).provenance()
    assert told["schema"] == 1
    assert told["document"]["number"] == "临柳检刑诉〔2026〕1号"
    fields = {each["path"]: each for each in told["fields"]}
    birth = fields["defendants[尚文海].birth"]
    assert (birth["label"], birth["text"], birth["origin"]) == (
        "各当事人·尚文海·出生日期", "1988年3月9日", "facts",
    )  # fmt: skip
    source = birth["sources"][0]
    assert source["file"].endswith(".txt")
    assert source["number"] == 1
    assert len(source["boxes"][0]) == 4
    assert fields["prosecutor"]["origin"] == "typed"
    assert fields["number"]["origin"] == "issued"


def test_comments_on_an_old_version_speak_of_that_version(archive: Archive) -> None:
    first = indict(archive)
    archive.correct_facts(CASE, "defendants[尚文海].birth", "1988-03-10")
    indict(archive)
    with zipfile.ZipFile(io.BytesIO(first.annotated())) as package:
        assert "word/comments.xml" in package.namelist()
        assert "1988年3月9日" in package.read("word/document.xml").decode()


# --- what outdates ---------------------------------------------------------------------------


def test_the_revision_goes_up_with_every_change(archive: Archive, tmp_path: Any) -> None:
    seen = [revision(archive)]

    def moved() -> bool:
        seen.append(revision(archive))
        return seen[-1] > seen[-2]

    made = indict(archive)
    assert moved()
    archive.correct_facts(CASE, "defendants[尚文海].birth", "1988-03-10")
    assert moved()
    archive.correct_facts(CASE, "defendants[尚文海].birth", None)
    assert moved()
    archive.recatalogue(CASE)
    assert moved()
    more = tmp_path / "more"
    more.mkdir()
    (more / "说明.txt").write_text("情况说明\n无。\n", "utf-8")
    archive.add(more, case=CASE, ocr="off", jobs=1)
    assert moved()
    archive.remove(CASE, reason="错", file="说明.txt")
    assert moved()
    archive.remove(CASE, reason="错", file=made.file_name)
    assert moved()
    with archive._database.write() as session:
        session.get_one(DossierRow, 1).stale = True
    archive.refresh()
    assert moved()
    # looking changes nothing
    archive.search("起诉书")
    archive.check()
    archive.generated(CASE, all_versions=True)
    assert archive.dossier(CASE).facts
    archive.reviewed(archive.dossier(CASE).pages[0].id)
    assert not moved()


def test_the_log_names_no_one(archive: Archive) -> None:
    archive.generate("试换押证", CASE, person="高小禾")
    [entry] = [each for each in archive.log(CASE) if each.action == "generate"]
    assert "高小禾" not in str(entry.detail)
    assert entry.detail["template"] == "t_transfer"
