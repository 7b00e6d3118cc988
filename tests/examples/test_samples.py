"""The committed sample dossiers: files, expected catalogue, truth and facts agree."""

from __future__ import annotations

import datetime
import io
import json
import lzma
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
import pypdfium2
import pytest
import yaml
from PIL import Image

from dossier import extract
from dossier.similarity.guidelines import load_guidelines

EXAMPLES = Path(__file__).parents[2] / "examples"
CASES = EXAMPLES / "cases"
NAMES = ("盗窃", "危险驾驶", "故意伤害", "交通肇事", "寻衅滋事", "诈骗")
FLOWING = {".docx", ".txt", ".html"}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Case:
    name: str
    facts: dict[str, Any]
    expected: dict[str, Any]
    truth: dict[str, Any]
    files: dict[str, bytes]

    @property
    def documents(self) -> list[dict[str, Any]]:
        return [d for v in self.expected["volumes"] for d in v["documents"]]

    def drawn(self) -> dict[tuple[str, int], dict[str, Any]]:
        return {(p["file"], p["page"]): p for p in self.truth["pages"]}


@lru_cache
def load(name: str) -> Case:
    expected = json.loads((CASES / f"{name}.expected.json").read_text("utf-8"))
    return Case(
        name,
        yaml.safe_load((CASES / f"{name}.facts.yaml").read_text("utf-8")),
        expected,
        json.loads(lzma.decompress((CASES / f"{name}.truth.json.xz").read_bytes())),
        dict(_members(CASES / expected["source"])),
    )


def _members(source: Path) -> Iterator[tuple[str, bytes]]:
    if source.suffix == ".zip":
        with zipfile.ZipFile(source) as package:
            for info in package.infolist():
                yield info.filename.encode("cp437").decode("gbk"), package.read(info)
        return
    for path in sorted(source.rglob("*")):
        if path.is_file():
            yield path.relative_to(source).as_posix(), path.read_bytes()


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest) -> Case:
    return load(request.param)


def page_count(name: str, data: bytes) -> int:
    match Path(name).suffix:
        case ".pdf":
            with pypdfium2.PdfDocument(data) as document:
                return len(document)
        case ".tif" | ".png" | ".jpg":
            with Image.open(io.BytesIO(data)) as image:
                return int(getattr(image, "n_frames", 1))
        case ".ofd":
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                return len([n for n in package.namelist() if n.endswith("Content.xml")])
        case _:
            return 1


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def native_text(name: str, data: bytes) -> str:
    """Text of a file that is not drawn."""
    match Path(name).suffix:
        case ".docx":
            document = docx.Document(io.BytesIO(data))
            cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
            return "\n".join([p.text for p in document.paragraphs] + cells)
        case ".pdf":
            with pypdfium2.PdfDocument(data) as document:
                return "\n".join(page.get_textpage().get_text_bounded() for page in document)
        case ".ofd":
            with zipfile.ZipFile(io.BytesIO(data)) as package:
                pages = [n for n in package.namelist() if n.endswith("Content.xml")]
                xml = "".join(package.read(n).decode() for n in sorted(pages))
            return "".join(re.findall(r"<ofd:TextCode[^>]*>([^<]*)<", xml))
        case ".txt":
            return data.decode("gb18030")
        case ".html":
            return re.sub(r"<[^>]+>", "\n", data.decode("utf-8"))
        case _:
            return ""


@lru_cache
def document_texts(name: str) -> tuple[str, ...]:
    """The text of each document without blanks, in the order of the expected catalogue."""
    case = load(name)
    drawn = case.drawn()
    texts = []
    for document in case.documents:
        parts = []
        for file, number in document["pages"]:
            page = drawn.get((file, number))
            if page is not None:
                parts += [line["text"] for line in page["lines"]]
            elif number == 1:
                parts.append(native_text(file, case.files[file]))
        texts.append(squeeze("".join(parts)))
    return tuple(texts)


def flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from flat(part)
    elif isinstance(value, list):
        for part in value:
            yield from flat(part)
    else:
        yield value


# --- files -----------------------------------------------------------------------------------


def test_every_page_of_every_file_belongs_to_one_document(case: Case) -> None:
    pages = [(f, n) for d in case.documents for f, n in d["pages"]]
    assert len(pages) == len(set(pages))
    whole = {
        (file, number)
        for file, data in case.files.items()
        if file not in case.expected["broken"]
        for number in range(1, page_count(file, data) + 1)
    }
    assert set(pages) == whole
    flowing = {f for f in case.files if Path(f).suffix in FLOWING}
    assert set(case.expected["flowing"]) == flowing


def test_there_are_enough_documents_and_volumes(case: Case) -> None:
    inside = [d for d in case.documents if d["type"] != "X01"]
    assert 12 <= len(inside) <= 28
    assert all(re.fullmatch(r"[LWEPZFX]\d\d", d["type"]) for d in case.documents)


def test_sizes() -> None:
    files = [path for path in CASES.rglob("*") if path.is_file()]
    assert max(path.stat().st_size for path in files) < 2_000_000
    assert sum(path.stat().st_size for path in files) <= 12_000_000
    assert 100 <= sum(len(load(name).truth["pages"]) for name in NAMES) <= 145


def test_every_form_occurs() -> None:
    seen = {Path(f).suffix for name in NAMES for f in load(name).files}
    assert seen == {".pdf", ".docx", ".jpg", ".png", ".tif", ".ofd", ".txt", ".html"}
    assert [n for n in NAMES if load(n).expected["source"].endswith(".zip")] == ["故意伤害"]
    volumes = {v["title"] for name in NAMES for v in load(name).expected["volumes"]}
    assert volumes == {
        "诉讼文书卷",
        "证据材料卷",
        "侦查工作卷",
        "检察卷",
        "审判正卷",
        "审判副卷",
    }


def test_zip_names_are_gbk() -> None:
    with zipfile.ZipFile(CASES / "故意伤害.zip") as package:
        infos = package.infolist()
    assert all(not info.flag_bits & 0x800 for info in infos)
    assert "诉讼文书卷/诉讼文书卷.pdf" in load("故意伤害").files


def test_exactly_one_file_is_broken() -> None:
    broken = [(name, f) for name in NAMES for f in load(name).expected["broken"]]
    assert broken == [("诈骗", "证据材料卷/补充询问笔录.pdf")]
    data = load("诈骗").files[broken[0][1]]
    assert data.startswith(b"%PDF")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(data)


def test_scans_have_no_text_and_digital_files_have(case: Case) -> None:
    drawn = {file for file, _ in case.drawn()}
    for file, data in case.files.items():
        if file in case.expected["broken"] or Path(file).suffix != ".pdf":
            continue
        text = native_text(file, data).strip()
        assert bool(text) == (file not in drawn), file


# --- truth -----------------------------------------------------------------------------------


def test_truth_covers_every_drawn_page(case: Case) -> None:
    drawn = case.drawn()
    for file, data in case.files.items():
        if Path(file).suffix in {".jpg", ".png", ".tif"}:
            assert {n for f, n in drawn if f == file} == set(range(1, page_count(file, data) + 1))
    assert {f for f, _ in drawn} <= set(case.files)


def test_truth_boxes_lie_on_the_page_in_reading_direction(case: Case) -> None:
    unit = case.truth["unit"]
    for page in case.truth["pages"]:
        for line in page["lines"]:
            boxes = line["boxes"]
            assert len(boxes) == len(line["text"])
            for left, top, right, bottom in boxes:
                assert 0 <= left < right <= unit, (page["file"], page["page"], line["text"])
                assert 0 <= top < bottom <= unit
            assert boxes == sorted(boxes, key=lambda box: box[0])


def upright(page: dict[str, Any], data: bytes) -> Image.Image:
    """The page's picture as a reader wants it, grey."""
    if page["file"].endswith(".pdf"):
        with pypdfium2.PdfDocument(data) as document:
            image = document[page["page"] - 1].render(scale=150 / 72).to_pil()
    else:
        image = Image.open(io.BytesIO(data))
        image.seek(page["page"] - 1)
    angle = -int(page["turn"])
    grey: Image.Image = image.convert("L")
    return grey.rotate(angle, expand=True)


def test_ink_lies_in_the_truth_boxes(case: Case) -> None:
    """Printed lines are darker inside their boxes than in a strip just above and below them."""
    for page in case.truth["pages"][::4]:
        image = upright(page, case.files[page["file"]])
        wide, high = image.size
        inside = outside = 0.0
        count = 0
        for line in page["lines"]:
            if line["kind"] != "print" or len(line["text"]) < 8:
                continue
            left, right = line["boxes"][0][0], line["boxes"][-1][2]
            top = sum(box[1] for box in line["boxes"]) / len(line["boxes"])
            tall = line["boxes"][0][3] - line["boxes"][0][1]
            ends = (left * wide / 1e4, right * wide / 1e4)
            middle = image.crop(
                (int(ends[0]), int(top * high / 1e4), int(ends[1]), int((top + tall) * high / 1e4))
            )
            above = image.crop(
                (
                    int(ends[0]),
                    int((top - tall * 0.28) * high / 1e4),
                    int(ends[1]),
                    int((top - tall * 0.08) * high / 1e4),
                )
            )
            inside += mean(middle)
            outside += mean(above)
            count += 1
        if count >= 3:
            assert outside / count - inside / count > 12, (page["file"], page["page"])


def mean(image: Image.Image) -> float:
    shades = image.histogram()
    return sum(i * n for i, n in enumerate(shades)) / max(1, sum(shades))


def test_turned_pages_carry_the_mark_a_reader_expects(case: Case) -> None:
    turns = {0: 1, 90: 6, 180: 3, 270: 8}
    for page in case.truth["pages"]:
        if page["file"].endswith(".jpg"):
            with Image.open(io.BytesIO(case.files[page["file"]])) as image:
                assert image.getexif()[0x0112] == turns[page["turn"]]
                turned = page["turn"] in {90, 270}
                assert (image.width > image.height) == turned


def test_some_scans_stand_on_their_head_or_side() -> None:
    turns = [p["turn"] for n in NAMES for p in load(n).truth["pages"] if p["file"].endswith(".pdf")]
    assert sorted(t for t in turns if t) == [90, 180]


# --- catalogue and text -----------------------------------------------------------------------


def test_titles_and_numbers_stand_in_the_documents(case: Case) -> None:
    for document, text in zip(case.documents, document_texts(case.name), strict=True):
        title = "刑事侦查卷宗" if document["title"] == "卷宗封面" else document["title"]
        assert title in text[:400], document["title"]
        assert squeeze(document["number"]) in text


def test_dates_stand_in_the_documents(case: Case) -> None:
    for document, text in zip(case.documents, document_texts(case.name), strict=True):
        if document["date"]:
            day = datetime.date.fromisoformat(document["date"])
            digits = "".join("〇一二三四五六七八九"[int(d)] for d in str(day.year))
            arabic = f"{day.year}年{day.month}月{day.day}日"
            iso = day.isoformat()
            assert arabic in text or digits in text or iso in text, document["title"]


def test_listing_pages_name_the_documents_of_the_volume(case: Case) -> None:
    """卷内目录 of a volume lists exactly the numbered documents bound in the same file."""
    texts = document_texts(case.name)
    for document, text in zip(case.documents, texts, strict=True):
        if document["title"] != "卷内目录":
            continue
        bound = [
            d
            for d in case.documents
            if d["pages"][0][0] == document["pages"][0][0] and d["type"] != "X01"
        ]
        assert all(d["title"] in text and squeeze(d["number"]) in text for d in bound)


def test_findings() -> None:
    by_case = {name: load(name).expected["findings"] for name in NAMES}
    assert {n: [f["code"] for f in found] for n, found in by_case.items() if found} == {
        "寻衅滋事": ["duplicate", "missing"],
        "诈骗": ["foreign", "misordered"],
    }
    for name, found in by_case.items():
        pages = {(f, n) for d in load(name).documents for f, n in d["pages"]}
        assert all((f, n) in pages for finding in found for f, n in finding["pages"])


def strip(case: Case, file: str, number: int) -> str:
    lines = case.drawn()[(file, number)]["lines"]
    return next(squeeze(line["text"]) for line in lines if re.match(r"第.*页", line["text"]))


def test_planted_faults_are_on_the_pages() -> None:
    affray, fraud = load("寻衅滋事"), load("诈骗")
    duplicate, missing = affray.expected["findings"]
    first, second = (affray.drawn()[(f, n)] for f, n in duplicate["pages"])
    assert [x["text"] for x in first["lines"]] == [x["text"] for x in second["lines"]]
    assert first["lines"] != second["lines"]  # scanned twice, not copied
    assert [strip(affray, f, n) for f, n in missing["pages"]] == ["第2页共4页", "第4页共4页"]
    foreign, misordered = fraud.expected["findings"]
    text = "".join(x["text"] for x in fraud.drawn()[tuple(foreign["pages"][0])]["lines"])
    assert fraud.facts["stranger"]["name"] in text
    assert fraud.facts["suspects"][0]["name"] not in text
    order = sorted((tuple(p) for p in misordered["pages"]), key=lambda p: p[1])
    assert [strip(fraud, f, n) for f, n in order] == ["第3页共4页", "第2页共4页"]


# --- facts -----------------------------------------------------------------------------------


def check_digit(number: str) -> str:
    return "10X98765432"[sum(int(d) * w for d, w in zip(number, WEIGHTS, strict=False)) % 11]


def test_id_numbers_are_sound_and_known(case: Case) -> None:
    everything = "".join(document_texts(case.name))
    found = set(re.findall(r"(?<!\d)[1-9]\d{16}[\dX](?!\d)", everything))
    known = {
        value
        for value in map(str, flat(case.facts))
        if re.fullmatch(r"\d{17}[\dX]", value) and value != case.facts["numbers"]["case"]
    }
    assert found <= known, found - known
    for number in known:
        assert number[17] == check_digit(number)
        assert number[14] == "9"  # serial numbers 990 to 999: plainly invented


def test_id_numbers_agree_with_birth_and_sex(case: Case) -> None:
    people = case.facts["suspects"] + case.facts["victims"] + case.facts["witnesses"]
    for person in people:
        assert person["id_number"][6:14] == person["birth"].strftime("%Y%m%d")
        assert (int(person["id_number"][16]) % 2 == 1) == (person["sex"] == "男"), person["name"]


def test_telephones_are_of_the_invented_range(case: Case) -> None:
    everything = "".join(document_texts(case.name))
    for number in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", everything):
        assert number.startswith("1990000")


def test_facts_stand_in_the_documents(case: Case) -> None:
    everything = "".join(document_texts(case.name))
    for amount in (v for v in flat(case.facts["amounts"]) if v):
        assert f"{amount}元" in everything or f"{amount}.00" in everything, amount
    for person in case.facts["suspects"] + case.facts["victims"]:
        assert person["name"] in everything
        for measure in person.get("measures", []):
            assert squeeze(measure.get("number", "")) in everything
    for number in case.facts["numbers"].values():
        if not number.startswith("A62"):
            assert squeeze(number) in everything, number
    for fact in case.facts["facts"]:
        for injury in fact.get("injuries", []):
            assert injury.get("finding", "") in everything
            assert f"属{injury['grade']}" in everything


def months_later(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.month - 1 + months, 12)
    return datetime.date(day.year + year, month + 1, min(day.day, 28))


def test_dates_follow_the_statutory_flow(case: Case) -> None:
    """Order of the stages; the time limits of arrest, investigation and prosecution."""
    dates = case.facts["dates"]
    assert dates["report"] <= dates["filed"] <= dates["closed"] <= dates["transferred"]
    for person in case.facts["suspects"]:
        steps = {m["kind"]: m for m in person["measures"]}
        order = [m["date"] for m in person["measures"]]
        assert order == sorted(order)
        assert all(dates["filed"] <= day <= dates["transferred"] for day in order)
        if "拘留" in steps and "逮捕" in steps:
            held, caught = steps["拘留"], steps["逮捕"]
            assert dates["arrest_request"] <= held["until"]
            assert held["until"] - held["date"] <= datetime.timedelta(30)
            assert (caught["date"] - dates["arrest_request"]).days <= 7
            assert dates["transferred"] <= months_later(caught["date"], 2)
            assert caught["date"] == dates["arrest_approved"]
    if "indicted" in dates:
        assert dates["indicted"] <= months_later(dates["transferred"], 1)
        assert dates["hearing"] - dates["court_received"] <= datetime.timedelta(20)
        assert dates["served"] - dates["judgment"] <= datetime.timedelta(5)
        assert dates["effective"] - dates["served"] > datetime.timedelta(10)


def test_dangerous_driving_is_never_sent_for_arrest() -> None:
    types = {d["type"] for d in load("危险驾驶").documents}
    assert not types & {"L07", "L10", "L11", "L12"}
    assert load("危险驾驶").facts["facts"][0]["bac"] >= 150


def test_nothing_names_a_place_of_the_makers_machine() -> None:
    texts = [*CASES.glob("*.json"), *CASES.glob("*.yaml"), *EXAMPLES.rglob("*.py")]
    for path in texts:
        assert not re.search(r"/(home|work|root|tmp)/", path.read_text("utf-8")), path.name


# --- maker -----------------------------------------------------------------------------------


def test_maker_writes_what_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("fpdf", reason="fpdf2, a development package of the maker, is missing")
    pytest.importorskip("img2pdf", reason="img2pdf, a development package, is missing")
    monkeypatch.syspath_prepend(EXAMPLES)
    fonts = __import__("maker.fonts", fromlist=["FACES"])
    try:
        for face in fonts.FACES:
            fonts.font_file(face)
    except SystemExit as missing:
        pytest.skip(str(missing))
    build = __import__("maker.build", fromlist=["make"])
    facts = "危险驾驶.facts.yaml"
    (tmp_path / facts).write_bytes((CASES / facts).read_bytes())
    build.make("drunk", tmp_path)
    made = json.loads((tmp_path / "危险驾驶.expected.json").read_text("utf-8"))
    assert made == load("危险驾驶").expected
    truth = json.loads(lzma.decompress((tmp_path / "危险驾驶.truth.json.xz").read_bytes()))
    assert truth == load("危险驾驶").truth
    assert set(dict(_members(tmp_path / "危险驾驶"))) == set(load("危险驾驶").files)


def test_sample_judgments_impose_nothing_that_the_law_forbids() -> None:
    """刑法 72, 73: probation only of terms up to three years, and never shorter than the term."""
    limits = load_guidelines().limits
    rows = (CASES.parent / "judgments" / "judgments.jsonl").read_text("utf-8").splitlines()
    sentences = [each for row in map(json.loads, rows) for each in extract(row["全文"]).sentences]
    suspended = [each for each in sentences if each.probation and each.months]
    assert len(suspended) > 5
    for each in suspended:
        assert each.months <= limits.probation.most
        assert each.probation >= each.months
        assert each.probation <= limits.probation.trial[1]
