"""Look for judgments like a case: takes in the sample judgments and asks with a few sentences.

    python examples/similar_cases.py [ARCHIVE] [--text FILE] [--charge 盗窃] [-k 5]

Without ARCHIVE a new one is made and thrown away. The sample has 48 fictional judgments: enough to
see how it works, far too few to rely on, and the warnings say so.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from dossier import Archive, SimilarJudgments

SAMPLE = Path(__file__).parent / "judgments" / "judgments.jsonl"
FACTS = (
    "2023年6月8日15时许，被告人在兰州市城关区某商场二楼，趁被害人不备，窃得其手机一部。"
    "经价格认证中心认定，被盗手机价值人民币3860元。被告人到案后如实供述自己的罪行，自愿认罪认罚。"
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Judgments like a case.")
    parser.add_argument("archive", type=Path, nargs="?", help="made when it is not there")
    parser.add_argument("--text", type=Path, help="file with the facts of the case, in UTF-8")
    parser.add_argument("--charge", help="known charge")
    parser.add_argument("-k", type=int, default=5, help="how many judgments")
    given = parser.parse_args()
    try:
        facts = given.text.read_text("utf-8-sig") if given.text else FACTS
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"{given.text}: {error}")
    with tempfile.TemporaryDirectory() as temporary:
        home = given.archive or Path(temporary) / "archive"
        exists = (home / "archive.toml").is_file()
        with Archive.open(home) if exists else Archive.create(home) as archive:
            if not len(archive.judgments()):
                archive.import_judgments(SAMPLE)
            show(archive.similar(text=facts, charge=given.charge, k=given.k))


def show(found: SimilarJudgments) -> None:
    """Each judgment with what it has in common with the case."""
    for line in (*found.notes, *found.warnings):
        print(f"! {line}")
    for item in found.items:
        shared = [e.mine for e in item.elements if e.relation == "shared" and e.mine]
        print(f"\n{item.score:+.2f}  {item.judgment.title}  {item.judgment.number}")
        print(f"  结果：{item.result or '—'}")
        print(f"  相同：{'、'.join(shared) or '—'}")
        for each in item.passages[:2]:
            print(f"  本案：{found.text[slice(*each.mine)].strip()}")
            print(f"  该案：{item.judgment.text[slice(*each.theirs)].strip()}")


if __name__ == "__main__":
    main()
