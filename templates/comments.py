"""Word comments that say where a filled text is from."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from docx import Document
from lxml import etree

from .package import Opened, W
from .values import Filled, Origin
from .zipping import packed, zipped

_AUTHOR = "卷宗"
_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_ORIGINS: dict[Origin, str] = {
    "facts": "案件要素",
    "catalogue": "卷宗目录",
    "document": "已有文书",
    "derived": "由要素推算",
    "typed": "手工录入",
    "office": "机关设置",
    "issued": "制作时给定",
}


def source_text(filled: Filled) -> str:
    """Where a filled text is from, in words: 《户籍证明》第3页, or 手工录入."""
    places = dict.fromkeys(
        f"《{source.title}》第{source.page}页" if source.title else f"第{source.page}页"
        for source in filled.sources
    )
    shown = "、".join(list(places)[:5]) + ("等" if len(places) > 5 else "")
    if filled.origin in ("typed", "office", "issued") or not shown:
        return _ORIGINS[filled.origin]
    return f"由{shown}推算" if filled.origin == "derived" else shown


def first_comment(opened: Opened) -> int:
    """The number from which on comments are free."""
    numbers = [-1]
    for part, data in opened.parts.items():
        if part == "word/comments.xml":
            root = etree.fromstring(data, etree.XMLParser(resolve_entities=False))
            numbers += [int(each.get(f"{W}id") or 0) for each in root.iter(f"{W}comment")]
    return max(numbers) + 1


def with_comments(docx: bytes, comments: Sequence[tuple[Filled, ...]]) -> bytes:
    """The document with the comments whose places its text marks already, in their order."""
    document = Document(io.BytesIO(docx))
    for filled in comments:
        text = "\n".join(f"{each.label}：{source_text(each)}" for each in filled[:20])
        comment = document.comments.add_comment(text, author=_AUTHOR, initials="卷")
        # the day of making would make each copy another
        comment._comment_elm.date = _DAY
    made = io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as package:
        return zipped(packed(info.filename, package.read(info)) for info in package.infolist())
