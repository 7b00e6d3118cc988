"""Templates and cases made for tests."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from docx import Document
from docx.document import Document as Word

from dossier.facts import Source
from dossier.templates import Leaf, Node, Template

CARD = """
code: paper
title: 文书
organ: procuratorate
stage: 审查起诉
version: "1.0"
source: test
effective_from: 2020-01-01
"""


def from_page(title: str, page: int) -> tuple[Source, ...]:
    return (Source(document=1, page=page, boxes=((0.1, 0.1, 0.5, 0.2),), text="…", title=title),)


def person(name: str, **more: object) -> Node:
    values: dict[str, object] = {"name": Leaf(name, "facts", from_page("户籍证明", 3)), **more}
    return Node(values, key=name)  # type: ignore[arg-type]


HAN = person(
    "韩志远",
    sex=Leaf("男", "facts", from_page("户籍证明", 3)),
    birth=Leaf(date(1990, 5, 1), "facts", from_page("户籍证明", 3)),
    charges=(Leaf("盗窃罪", "facts"), Leaf("诈骗罪", "facts")),
)
LI = person("李四", birth=Leaf(date(1985, 12, 31), "typed"))
CASE = Node(
    {
        "procuratorate": Leaf("某市人民检察院", "office"),
        "defendants": (HAN, LI),
        "person": HAN,
        "case": Node({"charges": (Leaf("盗窃罪", "facts"), Leaf("诈骗罪", "facts"))}),
        "incident": Node({"total": Leaf(Decimal("1200.50"), "facts")}),
        "narrative": Node(
            {"facts": Leaf("第一段。\n第二段。", "document", from_page("起诉意见书", 2))}
        ),
    }
)


def write_paper(folder: Path, *paragraphs: str, card: str = "", word: Word | None = None) -> Path:
    """A template of these paragraphs; its file."""
    document = word or Document()
    for text in paragraphs:
        document.add_paragraph(text)
    path = folder / "文书.docx"
    document.save(str(path))
    path.with_suffix(".yaml").write_text(CARD + card, encoding="utf-8")
    return path


def paper(folder: Path, *paragraphs: str, card: str = "", word: Word | None = None) -> Template:
    return Template(write_paper(folder, *paragraphs, card=card, word=word))


def opened(docx: bytes) -> Word:
    return Document(io.BytesIO(docx))


def lines(docx: bytes) -> list[str]:
    return [paragraph.text for paragraph in opened(docx).paragraphs]
