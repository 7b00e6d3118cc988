"""Make the documents of a case from templates, with what a clerk adds to them in a YAML file.

    python examples/generate_documents.py ARCHIVE CASE drafts/盗窃.yaml [--out FOLDER] [--pdf]

Run it again and nothing is made twice; correct a fact and only what reads it gets a new version.
Exit code 1 if a document lacks something: all of it is listed, and nothing half-filled is written.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console

from dossier import Archive, GeneratedDocument
from dossier.errors import MissingFields


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("archive", help="archive folder")
    parser.add_argument("case", help="id, name or a number of the dossier")
    parser.add_argument("drafts", type=Path, help="which documents, and what is given by hand")
    parser.add_argument("--out", type=Path, help="write Word and JSON files into this folder")
    parser.add_argument("--pdf", action="store_true", help="write PDFs too (LibreOffice)")
    given = parser.parse_args()
    console = Console(highlight=False)
    wanted = yaml.safe_load(given.drafts.read_text("utf-8"))["documents"]
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    with Archive.open(given.archive) as archive:
        for entry in wanted:
            try:
                made = generate(archive, given.case, entry)
            except MissingFields as error:
                failed += 1
                console.print(f"缺字段 {entry['template']}", style="red")
                for gap in error.gaps:
                    console.print(f"    {gap.label} {gap.problem} {'、'.join(gap.found_in)}")
                continue
            print_document(made, console)
            if given.out is not None:
                write(made, given.out, pdf=given.pdf)
    return int(failed > 0)


def generate(archive: Archive, case: str, entry: dict[str, Any]) -> GeneratedDocument:
    """One entry of the file: the document that is there already, or a new one."""
    return archive.generate(
        entry["template"],
        case,
        person=entry.get("person"),
        volume=entry.get("volume"),
        day=entry.get("day"),
        number=entry.get("number"),
        **entry.get("values", {}),
    )


def print_document(made: GeneratedDocument, console: Console) -> None:
    state = "已有　" if made.reused else "新制作"
    parts = (made.template, made.subject, made.number, f"第{made.version}版")
    console.print(state, *filter(None, parts), markup=False)
    for change in () if made.reused else made.changes:
        console.print(f"    {change.label}: {change.before} → {change.after}", markup=False)


def write(made: GeneratedDocument, folder: Path, *, pdf: bool) -> None:
    word = made.save(folder)
    text = json.dumps(made.provenance(), ensure_ascii=False, indent=2)
    word.with_suffix(".json").write_text(text + "\n", "utf-8")
    if pdf:
        made.pdf(word.with_suffix(".pdf"))


if __name__ == "__main__":
    raise SystemExit(main())
