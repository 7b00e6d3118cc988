"""What only the tantivy engine has to watch."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.errors import QueryError
from dossier.search import Entry
from dossier.search.plan import Similar, Substring
from dossier.search.tantivy_engine import TantivyIndex


def test_text_made_to_break_a_tolerant_search_is_no_damage(tmp_path: Path) -> None:
    """的 before 20,000 different characters: tantivy gives up on patterns with as many answers."""
    index = TantivyIndex.create(str(tmp_path / "index"))
    text = "".join(f"的{chr(code)}" for code in range(0x4E00, 0x4E00 + 20_000))
    index.add([Entry("p1", "page", "d1", text), Entry("p2", "page", "d1", "的北京市场")], new=True)
    index.commit()
    asked = Similar("text", ("的", "京", "市", "场"), one_edit=True)
    with pytest.raises(QueryError):
        index.search(asked)
    assert index.count(Substring("text", "北京市场")) == 1
    index.close()
