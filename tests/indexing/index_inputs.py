"""Pages put straight into the records, without reading files: for tests of the index."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from dossier import PageLayer
from dossier.model import Line
from dossier.records import Database, DossierRow, FileRow, PageRow, outbox, pack_layer

SENTENCES = (
    "被告人郑大川于二〇二三年五月八日二十二时许，在兰州市城关区某某小区楼下窃得手机一部。",
    "经兰州市城关区价格认证中心认定，被盗手机价值人民币3,860元。",
    "上述事实，有（2023）甘0102刑初123号卷宗中的扣押清单、价格认定结论书等证据证实。",
    "血液中乙醇含量为186.5mg/100ml，属醉酒驾驶机动车。",
    "被害人陈述其左侧肋骨骨折，经鉴定为轻伤二级。",
    "本院认为，被告人自愿认罪认罚，依照《中华人民共和国刑法》第二百六十四条之规定判决如下。",
)


def layer_of(text: str) -> PageLayer:
    """A page of text lines, one below the other."""
    rows = text.split("\n")
    step = 0.9 / max(len(rows), 1)
    lines = []
    for place, row in enumerate(rows):
        top, bottom = 0.05 + place * step, 0.05 + (place + 0.8) * step
        lines.append(Line(row, (0.1, top, 0.9, top, 0.9, bottom, 0.1, bottom)))
    return PageLayer(595, 842, tuple(lines))


def put_pages(database: Database, name: str, texts: Sequence[str]) -> list[int]:
    """A new file of these pages in the dossier of this name, as a batch would write it: the pages
    and word of them to the indexes in one transaction. Returns their ids."""
    with database.write() as session:
        dossier = session.scalars(select(DossierRow).where(DossierRow.name == name)).first()
        if dossier is None:
            dossier = DossierRow(name=name, origin=f"/tests/{name}", stale=False)
            session.add(dossier)
            session.flush()
        digest = hashlib.sha256("\f".join(texts).encode()).hexdigest()
        file = FileRow(
            dossier_id=dossier.id, name=f"{digest[:8]}.txt", volume=None, sha256=digest,
            working_sha256=digest, working_kind="text", size=1, kind="text", signed=False,
            page_count=len(texts), reading="", notes=[],
        )  # fmt: skip
        session.add(file)
        session.flush()
        pages = []
        for number, text in enumerate(texts):
            layer = layer_of(text)
            page = PageRow(
                dossier_id=dossier.id, file_id=file.id, number=number, layer=pack_layer(layer),
                text=layer.text, confidence=1.0, origin="native", problem=None,
            )  # fmt: skip
            session.add(page)
            pages.append(page)
        session.flush()
        ids = [page.id for page in pages]
        outbox.enqueue(session, ids, outbox.PUT)
        return ids


def some_pages(count: int, mark: str) -> list[str]:
    """Pages that differ; each holds `mark` and its number."""
    return [
        f"{mark}第{number}页\n" + "\n".join(SENTENCES[number % 3 : number % 3 + 4])
        for number in range(count)
    ]
