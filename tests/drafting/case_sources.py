"""Cases made by hand: pages of lines, cards of a catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace

from dossier.catalogue import Document, Field, PageSlot, default_types
from dossier.drafting import CaseSource, SourceDocument
from dossier.drafting.source import source_volume
from dossier.facts import CaseFacts, FactPage, FactValue, Source, case_facts
from dossier.model import Box, Cell, Line
from dossier.templates import Leaf, Node

LEFT, INDENT, WIDTH = 0.134, 0.187, 0.0267
"""Of the lines of a page and of their characters, in page widths, as on real ones."""


@dataclass(frozen=True)
class CardOf:
    """What a view needs of a template's card."""

    organ: str = "procuratorate"
    stage: str = "审查起诉"
    narrative: tuple[str, ...] = ("P07", "L29", "L10")
    per: str = "case"


POLICE = CardOf("police", "侦查")
PROSECUTION = CardOf()
COURT = CardOf("court", "审判")


def lines(*texts: str) -> tuple[Line, ...]:
    """Lines of a page: two ideographic spaces indent, "a | b" is a row of a table."""
    found = []
    for row, text in enumerate(texts):
        top = 0.1 + 0.03 * row
        cells = [part.strip(" ") for part in text.split("|")]
        for column, part in enumerate(cells):
            left = (INDENT if part.startswith("　　") else LEFT) + 0.3 * column
            plain = part.removeprefix("　　")
            box = Box(left, top, min(0.9, left + WIDTH * len(plain)), top + 0.02)
            cell = Cell(0, row, column) if len(cells) > 1 else None
            found.append(Line(plain, box.quad(), block=1 if cell else 0, cell=cell))
    return tuple(found)


def document(
    key: int,
    type_code: str,
    title: str,
    *pages: tuple[Line, ...],
    number: str = "",
    day: str = "",
    organ: str = "",
    person: str = "",
    volume: int = 1,
    numbered: bool = True,
) -> SourceDocument:
    """A document; its pages have the ids 10 · key, 10 · key + 1 …"""

    def field(value: str) -> Field | None:
        return Field(value) if value else None

    ids = [10 * key + at for at in range(len(pages) or 1)]
    card = Document(
        type=type_code,
        form=None,
        type_name=title,
        title=Field(title),
        pages=tuple(PageSlot(each, each if numbered else None) for each in ids),
        volume=str(volume),
        number=field(number),
        date=field(day),
        organ=field(organ),
        person=field(person),
        responsible=field(person or organ),
        evidence_kind=default_types().of(type_code).evidence_kind,
    )
    held = tuple(FactPage(page, own) for page, own in zip(ids, pages, strict=False))
    return SourceDocument(key, card, volume, held)


def case(
    *documents: SourceDocument,
    facts: CaseFacts | None = None,
    volumes: tuple[str, ...] = ("诉讼文书卷",),
    numbers: tuple[str, ...] = (),
) -> CaseSource:
    """A case of these documents; its facts are read from them unless given."""
    if facts is None:
        facts = case_facts([each.text for each in documents if each.pages])
    return CaseSource(
        name="某案",
        facts=facts,
        documents=documents,
        volumes=tuple(
            source_volume(at, title, at, [each for each in documents if each.volume == at])
            for at, title in enumerate(volumes, start=1)
        ),
        numbers=numbers,
    )


def said(value: str, **changes: object) -> FactValue:
    source = Source(document=1, page=10, boxes=((0.1, 0.1, 0.2, 0.2),), text=value)
    return FactValue(value=value, sources=(source,)).model_copy(update=changes)


def at(view: Node, path: str) -> object:
    """The value at a path of codes; list items by key or place from 0. None if it is absent."""
    value: object = view
    for step in path.split("."):
        if isinstance(value, tuple):
            keys = [each.key if isinstance(each, Node) else "" for each in value]
            value = value[keys.index(step) if step in keys else int(step)]
        else:
            assert isinstance(value, Node), path
            value = value.values.get(step)
        if value is None:
            return None
    return value.value if isinstance(value, Leaf) else value


def leaf(view: Node, path: str) -> Leaf:
    head, _, last = path.rpartition(".")
    node = at(view, head) if head else view
    assert isinstance(node, Node)
    found = node.values[last]
    assert isinstance(found, Leaf)
    return found


def with_lines(made: SourceDocument, *pages: tuple[Line, ...]) -> SourceDocument:
    """The same document with other pages."""
    held = zip(made.card.keys, pages, strict=True)
    return replace(made, pages=tuple(FactPage(page, own) for page, own in held))


OPINION = document(
    1,
    "L29",
    "起诉意见书",
    lines(
        "云州市公安局河东分局",
        "云州市公安局河东分局",
        "起诉意见书",
        "云公河（刑）诉字〔2023〕45号",
        "　　犯罪嫌疑人尚文海，男，1990年3月5日出生，公民身",
        "份号码110101199003050011,汉族，初中文化，无业，户籍所",
        "在地云州市河东区南街1号，现住云州市河东区南街1号。无违",
        "法犯罪经历。2023年5月2日因涉嫌盗窃罪被我局刑事拘留，",
        "2023年5月9日经云州市河东区人民检察院批准，同日被执行",
        "逮捕，现羁押于云州市看守所。",
        "　　犯罪嫌疑人尚文海未委托辩护律师。",
        "　　犯罪嫌疑人尚文海涉嫌盗窃一案，由任平于2023年5月1",
        "日报案至我局。我局经审查于当日立案侦查。现已侦查终结。",
        "　　经依法侦查查明：",
        "　　一、2023年4月1日2时许，犯罪嫌疑人尚文海在河东区",
        "南街盗走任平的电动自行车1辆，价值",
    ),
    lines(
        "云州市公安局河东分局",
        "人民币2860元。",
        "　　二、2023年4月3日，犯罪嫌疑人尚文海在河东区北街盗走",
        "手机1部。",
        "　　综上，犯罪嫌疑人尚文海盗窃二次。",
        "　　认定上述事实的证据如下:",
        "　　1. 书证:受案登记表、户籍证明;2.被害人任平的陈述;3.",
        "犯罪嫌疑人尚文海的供述和辩解。",
        "　　上述犯罪事实清楚，证据确实、充分，足以认定。",
        "　　犯罪嫌疑人尚文海到案后如实供述自己的罪行，系坦白。",
        "　　综上所述，犯罪嫌疑人尚文海的行为已触犯《中华人民共和",
        "国刑法》第二百六十四条之规定，涉嫌盗窃罪。依照《中华人民",
        "共和国刑事诉讼法》第一百六十二条之规定，现将此案移送审查",
        "起诉。",
        "此致",
        "云州市河东区人民检察院",
    ),
    number="云公河（刑）诉字〔2023〕45号",
    day="2023-06-20",
    organ="云州市公安局河东分局",
    numbered=False,
)
