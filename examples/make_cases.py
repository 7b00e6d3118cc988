"""Writes the sample dossiers in `examples/cases/`. Nobody needs to run it: its output is kept.

    python examples/make_cases.py [CASE…]

Every person, number, shop and street in them is invented. Needs the fonts of the Debian packages
fonts-noto-cjk fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei, and the Python packages
fpdf2, img2pdf, fonttools beside this project's own. Same input, same bytes.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from maker.build import make

CASES = ("theft", "drunk", "injury", "traffic", "affray", "fraud")


def main(wanted: list[str]) -> None:
    # the subsetter tells of bitmap tables it drops
    logging.getLogger("fontTools.subset").setLevel(logging.ERROR)
    unknown = set(wanted) - set(CASES)
    if unknown:
        raise SystemExit(
            f"no such case: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}"
        )
    for slug in wanted or CASES:
        made = make(slug, Path(__file__).parent / "cases")
        print(f"{made['case']}: {made['documents']} documents, {made['drawn']} drawn pages, "
              f"{made['bytes'] / 1e6:.2f} MB")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
