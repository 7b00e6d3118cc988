"""What only the tantivy engine has to watch."""

from __future__ import annotations

from pathlib import Path

import pytest

from dossier.errors import QueryError
from dossier.search import Entry, tantivy_likeness
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


def test_what_stands_in_too_many_entries_is_not_read_for_likeness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = TantivyIndex.create(str(tmp_path / "index"))
    told = [Entry(f"j{at}", "judgment", f"j{at}", "被告人盗窃手机") for at in range(20)]
    told += [
        Entry("j90", "judgment", "j90", "被告人盗窃手机，撬锁入室"),
        Entry("j91", "judgment", "j91", "撬锁"),
    ]
    index.add(told, new=True)
    index.commit()
    asked = "被告人盗窃手机，撬锁入室"
    assert len(index.more_like(asked, limit=50)) == 22
    monkeypatch.setattr(tantivy_likeness, "_OF_ONE", 5)
    assert [hit.key for hit in index.more_like(asked, limit=50)] == ["j90", "j91"]
    monkeypatch.setattr(tantivy_likeness, "_MOST_READ", 1)
    assert [hit.key for hit in index.more_like(asked, limit=50)] == ["j90"]
    monkeypatch.setattr(tantivy_likeness, "_OF_ONE", 0)
    assert index.more_like("被告人盗窃手机", limit=50), "the rarest pair is always asked for"
    index.close()
