"""Documents of the six sample dossiers from their scans as recognised, against golden texts.

`golden/<case>/<document>.txt` were read line by line against `examples/cases/<case>.facts.yaml`.
Where recognition misread or left out something, `golden/differs.yaml` says what and why.
To write them anew: `GOLDEN=write pytest tests/drafting/test_golden.py`; then read `git diff`.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml
from whole_way import CASE_NAMES

from dossier import Archive, Box, GeneratedDocument, IngestReport
from dossier.errors import MissingFields

pytestmark = pytest.mark.xdist_group("samples")

DRAFTS = Path(__file__).parent.parent.parent / "examples" / "drafts"
GOLDEN = Path(__file__).parent / "golden"
DOCUMENTS = (
    "起诉意见书", "起诉书", "量刑建议书", "换押证",
    "刑事判决书", "送达回证", "卷宗封面", "卷内目录",
)  # fmt: skip
DAY = re.compile(r"\d{4}-\d\d-\d\d")
ROUND = re.compile(r"（第.+次）$")
"""Read from the body of a 讯问笔录: it does not stand in the title's line."""
BAILED = ("交通肇事", "危险驾驶", "故意伤害")
"""Nobody is in custody when these cases are handed over: they have no 换押证."""

WRITTEN = [
    (case, title)
    for case in CASE_NAMES
    for title in DOCUMENTS
    if title != "换押证" or case not in BAILED
]
every_document = pytest.mark.parametrize(("case", "title"), WRITTEN)

Made = dict[tuple[str, str], GeneratedDocument]


@pytest.fixture(scope="module")
def copied(
    samples_taken_in: tuple[Archive, IngestReport], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Archive]:
    """The sample archive once more: documents go into it."""
    home, target = samples_taken_in[0].home, tmp_path_factory.mktemp("golden") / "archive"
    shutil.copytree(home, target, ignore=shutil.ignore_patterns("records.sqlite3*", "index"))
    with (
        closing(sqlite3.connect(home / "records.sqlite3")) as here,
        closing(sqlite3.connect(target / "records.sqlite3")) as there,
    ):
        here.backup(there)
        there.execute("UPDATE settings SET value = ? WHERE key = 'home'", (str(target),))
        there.commit()
    with Archive.open(target) as opened:
        yield opened


def generate(archive: Archive, case: str, entry: dict[str, Any]) -> GeneratedDocument:
    return archive.generate(
        entry["template"],
        case,
        person=entry.get("person"),
        volume=entry.get("volume"),
        day=entry["day"],
        number=entry.get("number"),
        **entry["values"],
    )


def drafts(case: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = yaml.safe_load((DRAFTS / f"{case}.yaml").read_text("utf-8"))[
        "documents"
    ]
    return loaded


@pytest.fixture(scope="module")
def made(copied: Archive) -> Made:
    return {
        (case, entry["template"]): generate(copied, case, entry)
        for case in CASE_NAMES
        for entry in drafts(case)
    }


def test_drafts_are_of_these_documents(made: Made) -> None:
    assert sorted(made) == sorted(WRITTEN)
    assert not any(each.reused or each.gaps for each in made.values())


@every_document
def test_text_is_the_golden_text(made: Made, case: str, title: str) -> None:
    path = GOLDEN / case / f"{title}.txt"
    text = made[case, title].text.rstrip("\n") + "\n"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


DIFFERS = [
    (case, title, each)
    for case, documents in yaml.safe_load((GOLDEN / "differs.yaml").read_text("utf-8")).items()
    for title, differences in documents.items()
    for each in differences
]


@pytest.mark.parametrize(("case", "title", "difference"), DIFFERS)
def test_what_recognition_makes_of_the_scans_is_told(
    made: Made, case: str, title: str, difference: dict[str, str]
) -> None:
    text = made[case, title].text
    assert difference["stands"] in text
    assert difference["truth"] not in text


@every_document
def test_each_field_leads_to_its_page_and_words(
    made: Made, copied: Archive, case: str, title: str
) -> None:
    pages = {page.id: page for page in copied.dossier(case).pages}
    ours = {each.file_name for each in copied.generated(case)}
    of_facts = 0
    for field in made[case, title].provenance()["fields"]:
        if field["origin"] in ("typed", "issued"):
            continue
        for source in field["sources"]:
            page = pages[source["page"]]
            assert (page.file, page.number) == (source["file"], source["number"])
            if page.file in ours:  # a page made here has words and no print to show them on
                continue
            assert source["boxes"], field
            assert source["text"], field
            boxes = [Box(*box) for box in source["boxes"]]
            words = {
                flat(char)
                for line in page.lines
                if any(line.box.intersection(box) > 0 for box in boxes)
                for char in line.text
            }
            if DAY.fullmatch(source["text"]):  # said as a day, written as people write days
                assert words & set("〇零○O0123456789一二三四五六七八九十年月日"), (field, words)
            else:  # every figure and character said to stand there stands there
                said = set(flat(ROUND.sub("", source["text"])))
                # of a title on two lines the first is shown
                first = source["text"] == source["title"] and words <= said
                assert first or said <= words, (field["label"], source)
            of_facts += 1
        if field["origin"] == "facts":
            assert field["sources"], field
    assert of_facts > 0


def flat(text: str) -> str:
    return "".join(text.split())


@every_document
def test_the_second_call_gives_the_same_bytes(
    made: Made, copied: Archive, case: str, title: str
) -> None:
    entry = next(each for each in drafts(case) if each["template"] == title)
    again = generate(copied, case, entry)
    assert again.reused
    assert again.docx == made[case, title].docx


@pytest.mark.parametrize("case", ["交通肇事", "危险驾驶"])
def test_nobody_in_custody_is_handed_over(made: Made, copied: Archive, case: str) -> None:
    with pytest.raises(MissingFields) as raised:
        copied.generate("换押证", case)
    assert "看守所" in {gap.label for gap in raised.value.gaps}, raised.value.gaps
