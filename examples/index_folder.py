"""Take a folder of dossiers into an archive, as a nightly batch would.

    python examples/index_folder.py ARCHIVE FOLDER [--jobs 2] [--ocr fast] [--export FOLDER]

Each sub-folder or ZIP of FOLDER is one dossier. May be interrupted and started again: what
is in stays in. Exit code 0: everything is in; 1: some files failed, the report says which and why.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from dossier import Archive, Dossier, IngestReport, ProgressEvent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("archive", type=Path, help="archive folder, made when it is not there")
    parser.add_argument("folder", type=Path, help="folder of dossiers")
    parser.add_argument("--jobs", type=int, help="worker processes (default: one per core)")
    parser.add_argument("--ocr", default="auto", help="auto, fast, tesseract, off …")
    parser.add_argument("--export", type=Path, help="write a searchable PDF per dossier here")
    given = parser.parse_args()
    console = Console()
    deposits = sorted(p for p in given.folder.iterdir() if p.is_dir() or p.suffix == ".zip")

    exists = (given.archive / "archive.toml").is_file()
    with Archive.open(given.archive) if exists else Archive.create(given.archive) as archive:
        report = take_in(archive, deposits, given.jobs, given.ocr, console)
        print_report(report, console)
        for name in report.dossiers:
            dossier = archive.dossier(name)
            print_listing(dossier, console)
            if given.export:
                given.export.mkdir(parents=True, exist_ok=True)
                written = dossier.export(given.export / f"{dossier.name}.pdf")
                console.print(f"→ {dossier.name}.pdf, {written.pages} 页")
    return report.exit_code


def take_in(
    archive: Archive, deposits: list[Path], jobs: int | None, ocr: str, console: Console
) -> IngestReport:
    """Add everything, with a progress bar of pages."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    ) as bar:
        task = bar.add_task("入卷", total=None)

        def progress(event: ProgressEvent) -> None:
            bar.update(
                task, completed=event.pages_done, total=event.pages_total, description=event.file
            )

        return archive.add(deposits, jobs=jobs, ocr=ocr, progress=progress)


def print_report(report: IngestReport, console: Console) -> None:
    """Every file that did not simply go in, then the sum."""
    for outcome in report.outcomes:
        if outcome.message:
            console.print(
                f"{outcome.status}: {outcome.dossier} / {outcome.name}: {outcome.message}"
            )
    console.print(f"{len(report.outcomes)} 个文件，{report.pages} 页，{report.seconds:.0f} 秒")


def print_listing(dossier: Dossier, console: Console) -> None:
    """卷内目录 of each volume, and what is wrong with the dossier."""
    for title, rows in dossier.listings():
        console.print(f"\n{dossier.name} {title}")
        for row in rows:
            console.print("  ".join(str(cell) for cell in row.cells()))
    for finding in dossier.findings:
        console.print(f"! {finding['messages']['zh']}")


if __name__ == "__main__":
    raise SystemExit(main())
