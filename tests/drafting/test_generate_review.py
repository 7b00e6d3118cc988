"""What a sceptical reader tried: same stages, other makers, given numbers, days as text."""

from __future__ import annotations

from datetime import date

import pytest
from drafted_cases import CASE, put_template

from dossier import Archive
from dossier.errors import BadValue, MissingFields


def _advice(archive: Archive) -> None:
    put_template(
        archive, "试建议书", "t_advice", "## 建议书\n{{ 检察员 }}，{{ 认罪情况 }}\n",
        more="""\
typed:
  - {code: prosecutor, label: 检察员, type: text, required: true}
  - {code: plea, label: 认罪情况, type: text, required: true}
""",
    )  # fmt: skip


def test_a_document_of_the_same_stage_hands_on_and_repeating_changes_nothing(
    archive: Archive,
) -> None:
    _advice(archive)
    first = archive.generate("试起诉书", CASE, 检察员="王某", 认罪情况="自愿认罪")
    made = archive.generate("试建议书", CASE)
    assert "王某，自愿认罪" in made.text
    again = archive.generate("试建议书", CASE)
    assert (again.reused, again.id) == (True, made.id)
    # what is typed wins, and never goes back to the one before
    other = archive.generate("试建议书", CASE, 检察员="李某")
    assert (other.version, "李某，自愿认罪" in other.text) == (2, True)
    with pytest.raises(MissingFields):
        archive.generate("试起诉书", CASE)
    same = archive.generate("试起诉书", CASE, 检察员="王某", 认罪情况="自愿认罪")
    assert (same.reused, same.id) == (True, first.id)


def test_a_list_is_identity_too(archive: Archive) -> None:
    put_template(
        archive, "试送达", "t_service", "## 送达\n{{ 送达文书 }}\n",
        more="""\
identity: [papers_served]
typed:
  - {code: papers_served, label: 送达文书, type: texts, required: true}
""",
    )  # fmt: skip
    one = archive.generate("试送达", CASE, 送达文书=["起诉书副本"])
    two = archive.generate("试送达", CASE, 送达文书=["判决书"])
    assert (one.version, two.version) == (1, 1)
    assert len(archive.generated(CASE, "试送达")) == 2


def test_a_day_may_be_text(archive: Archive) -> None:
    typed = {"检察员": "王某", "认罪情况": "自愿认罪"}
    made = archive.generate("试起诉书", CASE, day="2023年8月1日", **typed)
    assert made.day == date(2023, 8, 1)
    with pytest.raises(BadValue, match="成文日期"):
        archive.generate("试起诉书", CASE, day="2023-02-30", **typed)


def test_who_sends_it_gives_the_number(archive: Archive) -> None:
    put_template(
        archive, "试移送", "t_sent", "## 移送\n{{ 文号 }} {{ 移送机关 }}\n",
        organ="police", stage="侦查",
        more="""\
number: {kind: 换, by: sender}
required: [文号]
typed:
  - {code: sender, label: 移送机关, type: text}
""",
    )  # fmt: skip
    made = archive.generate("试移送", CASE, 移送机关="临泉市柳林区人民检察院", day="2023-08-01")
    assert made.number == "临柳检换〔2023〕1号"


def test_a_number_of_the_court_is_given_and_not_invented(archive: Archive) -> None:
    put_template(
        archive, "试裁判", "t_ruling", "## 裁判\n{{ 文号 }}\n", type="Z09",
        organ="court", stage="审判", more="number: {kind: 刑初, given: true}\nrequired: [文号]\n",
    )  # fmt: skip
    with pytest.raises(MissingFields) as missing:
        archive.generate("试裁判", CASE)
    assert [gap.path for gap in missing.value.gaps] == ["number"]
    made = archive.generate("试裁判", CASE, number="（2023）皖1299刑初77号")
    assert made.number == "（2023）皖1299刑初77号"
