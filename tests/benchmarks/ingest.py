"""A scanned dossier of 200 pages: pages/s, peak memory, share of time outside recognition.

    python tests/benchmarks/ingest.py [--pages 200] [--jobs 1 2] [--ocr auto fast]

Builds the scan from the pages of `examples/cases` (each page a little different from its copies),
so it needs no other data.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2
from PIL import Image
from rich.console import Console
from rich.table import Table

CASES = Path(__file__).parents[2] / "examples" / "cases"


def build(target: Path, count: int) -> int:
    """Write volumes of 50 scanned pages each; returns the number of bytes."""
    scans = [scan for pdf in sorted(CASES.rglob("*.pdf")) for scan in _scans(pdf)]
    if not scans:
        sys.exit(f"{CASES} holds no scanned PDFs: run examples/make_cases.py")
    size = 0
    for first in range(0, count, 50):
        sheets = []
        for number in range(first, min(first + 50, count)):
            image = scans[number % len(scans)].copy()
            # another copy of a page is not the same bytes: nothing may be saved by caching
            image.putpixel((number % image.width, 0), 0)
            buffer = io.BytesIO()
            image.save(buffer, "jpeg", quality=60)
            sheets.append(Image.open(io.BytesIO(buffer.getvalue())))
        path = target / f"第{first // 50 + 1}卷.pdf"
        sheets[0].save(path, save_all=True, append_images=sheets[1:], resolution=150, quality=60)
        size += path.stat().st_size
    return size


def _scans(pdf: Path) -> list[Image.Image]:
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return []  # the sample that is broken on purpose
    with document:
        return [
            page.render(scale=150 / 72).to_pil().convert("L")
            for page in document
            if not page.get_textpage().count_chars()
        ]


def run(folder: Path, jobs: int, ocr: str) -> None:
    """One measured run, in a process of its own so that peak memory is its own."""
    from dossier import Archive

    with tempfile.TemporaryDirectory() as home, Archive.create(Path(home) / "a") as archive:
        report = archive.add(folder, jobs=jobs, ocr=ocr)
    own = resource.getrusage(resource.RUSAGE_SELF)
    workers = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + workers.ru_utime + workers.ru_stime
    print(
        report.pages, report.seconds, report.ocr_seconds, cpu,
        own.ru_maxrss / 1024, workers.ru_maxrss / 1024,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, os.cpu_count() or 1])
    parser.add_argument("--ocr", nargs="*", default=["auto", "fast"])
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        run(Path(given.one[0]), int(given.one[1]), given.one[2])
        return
    table = Table(title=f"{given.pages} scanned pages")
    for column in (
        "ocr", "workers", "pages/s", "wall s", "CPU s/page", "outside recognition",
        "peak MB main", "peak MB worker",
    ):  # fmt: skip
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "扫描卷"
        folder.mkdir()
        size = build(folder, given.pages)
        for ocr in given.ocr:
            for jobs in given.jobs:
                done = subprocess.run(
                    [sys.executable, __file__, "--one", str(folder), str(jobs), ocr],
                    check=True, capture_output=True, text=True,
                )  # fmt: skip
                pages, wall, inside, cpu, main_mb, worker_mb = map(float, done.stdout.split())
                table.add_row(
                    ocr, str(jobs), f"{pages / wall:.2f}", f"{wall:.0f}", f"{cpu / pages:.2f}",
                    f"{1 - inside / (wall * jobs):.1%}", f"{main_mb:.0f}", f"{worker_mb:.0f}",
                )  # fmt: skip
    console = Console(width=110)
    console.print(f"{size / 1e6:.1f} MB of scans")
    console.print(table)


if __name__ == "__main__":
    main()
