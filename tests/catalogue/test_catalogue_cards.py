"""Documents come back from the records as they went in."""

from __future__ import annotations

import json

from dossier.catalogue import Document, Evidence, Field, PageSlot, Party, Place, document_from_json
from dossier.model import Box


def test_a_full_and_an_empty_document_survive_their_json() -> None:
    place = Place(7, 3, Box(0.1, 0.2, 0.5, 0.25))
    full = Document(
        type="L07", form="副本", type_name="拘留证", title=Field("拘留证", (place,), True),
        pages=(PageSlot(7, 3), PageSlot(8)), volume="诉讼文书卷",
        number=Field("兰公城（刑）拘字〔2023〕1号"), date=Field("2023-05-08", (place, place)),
        organ=Field("兰州市公安局城关分局"), person=Field("郑大川"), responsible=Field("郑大川"),
        evidence_kind=5, parties=(Party("犯罪嫌疑人", "郑大川", (place,)),),
        case_numbers=(Field("（2023）甘0102刑初123号", (place,)),), confidence=0.75,
        evidence=(Evidence("title", "拘留证", 0.6, place), Evidence("cue", "羁押", -0.1)),
        corrected=True,
    )  # fmt: skip
    empty = Document("U00", None, "未识别", Field(""), (PageSlot(1),), "卷")
    for document in (full, empty):
        card = json.loads(json.dumps(document.to_json(), ensure_ascii=False))
        assert document_from_json(card) == document
