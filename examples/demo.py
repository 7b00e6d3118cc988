"""The main job on the sample dossiers: take in, catalogue, export, draft, and look at the result.

    make demo            (or: python examples/demo.py [FOLDER])

Writes everything below ./demo and starts anew each time.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pypdfium2
import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from dossier import Archive, Dossier, IngestReport, Page, ProgressEvent

CASES = Path(__file__).parent / "cases"
DRAFTS = Path(__file__).parent / "drafts"
JUDGMENTS = Path(__file__).parent / "judgments"
SHOWN = "盗窃"
PAGES = "手机 人民币 罪名:盗窃 日期:2023-03..2023-05"
SIMILAR = "罪名:盗窃 手机"
DRAFTED = ("起诉意见书", "起诉书", "刑事判决书")


def main() -> int:
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    console = Console(width=120)
    cases = [path for path in sorted(CASES.iterdir()) if path.is_dir() or path.suffix == ".zip"]
    with Archive.create(target / "archive") as archive:
        console.rule("1. 入卷 dossier add")
        report = take_in(archive, cases, console)
        show_report(report, console)
        dossier = next(d for d in archive.dossiers() if SHOWN in d.name)

        console.rule(f"2. 卷内目录 dossier catalogue “{dossier.name}”")
        show_listing(dossier, console)

        console.rule("3. 全文检索 dossier search")
        found = show_search(archive, target, console)

        console.rule("4. 双层PDF dossier export")
        pdf = target / f"{dossier.name}.pdf"
        exported = dossier.export(pdf)
        dossier.write_listing(target / f"{dossier.name} 卷内目录.docx")
        console.print(f"{pdf}: {exported.pages} pages, {exported.size / 1024:.0f} KB")
        ok = verify(pdf, dossier.pages, console)
        first = next(page for page in dossier.pages if page.origin == "ocr")
        draw(first, target / "page.png")
        console.print(f"{target / 'page.png'}: the lines found on one page")

        console.rule("5. 文书 dossier generate")
        drafted = show_documents(archive, target, console)

        console.rule("6. 类案 dossier similar")
        alike = show_similar(archive, target, console)

        console.rule("7. 核对 dossier check")
        check = archive.check()
        console.print(f"clean: {check.clean} ({check.files} files, {check.pages} pages)")
    return 0 if ok and found and drafted and alike and check.clean else 1


def take_in(archive: Archive, cases: list[Path], console: Console) -> IngestReport:
    began = time.monotonic()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bar:
        task = bar.add_task("pages", total=None)

        def progress(event: ProgressEvent) -> None:
            speed = event.pages_done / (time.monotonic() - began)
            bar.update(
                task,
                completed=event.pages_done,
                total=event.pages_total,
                description=f"files {event.files_done}/{event.files_total}, {speed:.1f} pages/s",
            )

        return archive.add(cases, progress=progress)


def show_report(report: IngestReport, console: Console) -> None:
    table = Table(title="入卷报告")
    for column in ("卷宗", "文件", "结果", "页", "说明"):
        table.add_column(column, overflow="fold")
    for outcome in report.outcomes:
        table.add_row(
            outcome.dossier, outcome.name, outcome.status, str(outcome.pages), outcome.message
        )
    console.print(table)
    speed = report.pages / report.seconds
    console.print(f"{report.pages} pages in {report.seconds:.1f} s: {speed:.2f} pages/s")


def show_listing(dossier: Dossier, console: Console) -> None:
    for title, rows in dossier.listings():
        table = Table(title=title, title_justify="left")
        for column in ("序号", "文号", "责任者", "题名", "日期", "页号", "备注"):
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*row.cells())
        console.print(table)
    for finding in dossier.findings:
        console.print(f"[yellow]{finding['code']}[/] {finding['messages']['zh']}")


def show_search(archive: Archive, target: Path, console: Console) -> bool:
    """A word and fields, grouped by dossier; a hit marked on its scan; judgments beside."""
    archive.import_judgments(JUDGMENTS)
    result = archive.search(PAGES)
    table = Table(title=f"{PAGES}   ({result.total} pages, {result.seconds * 1000:.0f} ms)")
    for column in ("卷宗", "卷", "文书", "页", "日期", "内容"):
        table.add_column(column, overflow="fold")
    for hit in result.hits[:5]:
        table.add_row(
            hit.dossier, hit.volume, hit.title, hit.label, str(hit.day or ""), hit.snippet.marked()
        )
    console.print(table)
    for hit in archive.search(SIMILAR, kind="judgment", limit=3).hits:
        console.print(f"{hit.title}  {hit.case_number}: {hit.snippet.marked()}", markup=False)
    if result.hits:
        result.hits[0].image().save(target / "hit.png")
        console.print(f"{target / 'hit.png'}: the first hit's page with the words marked")
    return result.total > 0


def show_documents(archive: Archive, target: Path, console: Console) -> bool:
    """Three documents of a case from its facts; the second call gives the same again."""
    entries = yaml.safe_load((DRAFTS / f"{SHOWN}.yaml").read_text("utf-8"))["documents"]
    same = True
    for entry in (each for each in entries if each["template"] in DRAFTED):
        title, values = entry["template"], entry["values"]
        given = {"day": entry["day"], "number": entry.get("number")} | values
        made = archive.generate(title, SHOWN, **given)
        word = made.save(target)
        table = Table(title=f"{title} {made.number}", title_justify="left")
        for column in ("字段", "内容", "出处"):
            table.add_column(column, overflow="fold")
        fields = [field for field in made.provenance()["fields"] if field["sources"]]
        for field in fields[:6]:
            source = field["sources"][0]
            # some pages of a volume bear no number: then their place in the file
            label = source["label"]
            number = f"第{label}页" if label else f"（文件第{source['number']}页）"
            text = field["text"].replace("\n", "")
            table.add_row(
                field["label"],
                text if len(text) <= 40 else f"{text[:40]}……",
                f"《{source['title']}》{number}",
            )
        console.print(table)
        again = archive.generate(title, SHOWN, **given)
        same = same and again.reused and again.docx == made.docx
        console.print(f"{word}: {len(fields)} fields with pages; made again: reused {again.reused}")
    return same


def show_similar(archive: Archive, target: Path, console: Console) -> bool:
    """The judgments most like the case, what they have in common with it, and the report."""
    found = archive.similar(SHOWN, k=5, person="韩志远")
    table = Table(title="类案（仅供参考）")
    for column in ("相似", "裁判文书", "结果", "相同"):
        table.add_column(column, overflow="fold")
    for item in found.items:
        shared = [each.mine for each in item.elements if each.relation == "shared" and each.mine]
        table.add_row(f"{item.score:+.2f}", item.judgment.title, item.result, "、".join(shared))
    console.print(table)
    answer = archive.consistency(found=found, months=10)
    for line in (*found.warnings, *(each.text for each in answer.warnings)):
        console.print(f"! {line}", markup=False)
    page = target / "类案检索报告.html"
    page.write_text(archive.similar_html(found, answer, subject=SHOWN), encoding="utf-8")
    console.print(f"{page}: the report, with the law and the guideline beside it")
    return bool(found.items)


def verify(pdf: Path, pages: list[Page], console: Console) -> bool:
    """Is each line of each page found again in the PDF, by a program that is not ours?"""
    texts: list[str]
    if shutil.which("pdftotext"):
        shown = subprocess.run(
            ["pdftotext", "-enc", "UTF-8", str(pdf), "-"], check=True, capture_output=True
        )
        texts, reader = shown.stdout.decode().split("\f"), "pdftotext"
    else:
        with pypdfium2.PdfDocument(pdf) as document:
            texts = [page.get_textpage().get_text_bounded() for page in document]
        reader = "pdfium"
    wanted = found = 0
    for page, text in zip(pages, texts, strict=False):
        flat = "".join(text.split())
        for line in page.lines:
            wanted += 1
            found += "".join(line.text.split()) in flat
    console.print(f"{reader} gives back {found} of {wanted} lines")
    return wanted > 0 and found / wanted > 0.98


def draw(page: Page, target: Path) -> None:
    from PIL import ImageDraw

    image = page.image(120)
    pen = ImageDraw.Draw(image)
    for line in page.lines:
        corners = [
            (x * image.width, y * image.height)
            for x, y in zip(line.quad[0::2], line.quad[1::2], strict=True)
        ]
        pen.polygon(corners, outline=(30, 110, 220), width=2)
    for seal in page.seals:
        box = seal.box
        pen.rectangle(
            (
                box.left * image.width,
                box.top * image.height,
                box.right * image.width,
                box.bottom * image.height,
            ),
            outline=(220, 30, 30),
            width=3,
        )
    image.save(target)


if __name__ == "__main__":
    sys.exit(main())
