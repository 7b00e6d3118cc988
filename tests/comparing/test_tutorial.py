"""The lines of docs/similarity.md run as they are printed."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest
from test_similar import INDICTMENT, SAMPLE

ROOT = Path(__file__).parents[2]


def test_every_line_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(
        r"```python\n(.*?)```", (ROOT / "docs/similarity.md").read_text("utf-8"), re.S
    )
    assert len(blocks) >= 3
    later = (textwrap.indent(textwrap.dedent(block), "    ") for block in blocks[1:])
    code = blocks[0] + "".join(later)
    # a dossier of one paper in place of the scans, so that nothing must be recognised
    dossier = tmp_path / "examples/cases/盗窃/检察卷"
    dossier.mkdir(parents=True)
    (dossier / "起诉书.txt").write_text(INDICTMENT.replace("郑大川", "韩志远"), "utf-8")
    (tmp_path / "examples/judgments").mkdir()
    shutil.copy(SAMPLE, tmp_path / "examples/judgments")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(compile(code, "similarity.md", "exec"), names)  # noqa: S102
    assert "韩志远盗窃案" in str(names["page"])
    assert len(names["found"].items) == 20  # type: ignore[attr-defined]
