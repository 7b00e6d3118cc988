"""Word must know Chinese as Chinese and the rest as English: LibreOffice picks fonts by it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree

import dossier.templates

LIBRARY = sorted((Path(dossier.templates.__file__).parent / "library").glob("*.docx"))
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_every_language_mark_is_english_with_chinese(path: Path) -> None:
    seen = set()
    with zipfile.ZipFile(path) as word:
        for name in word.namelist():
            if not name.endswith(".xml"):
                continue
            for mark in etree.fromstring(word.read(name)).iter(f"{W}lang", f"{W}themeFontLang"):
                seen.add(mark.tag.removeprefix(W))
                assert (mark.get(f"{W}val"), mark.get(f"{W}eastAsia")) == ("en-US", "zh-CN")
    assert seen == {"lang", "themeFontLang"}
