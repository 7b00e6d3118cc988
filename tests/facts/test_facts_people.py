"""The same person across documents, and never two people as one."""

from __future__ import annotations

import pytest

from dossier.elements.values import Field, PartyElements
from dossier.facts import CaseFacts, FactDocument, FactPage
from dossier.facts.conflicts import contradictions
from dossier.facts.people import Mention, id_is_valid, same_people, unplaced
from dossier.model import Line

A, B = "341221198803092913", "341221198803092948"
C = "34122119961121292x"


def _mention(document: int, name: str, role: str = "犯罪嫌疑人", **fields: str) -> Mention:
    page = FactPage(document, (Line(name, (0, 0, 1, 0, 1, 1, 0, 1)),))
    paper = FactDocument(document, "L29", "起诉意见书", None, (page,))
    given = tuple((key, Field(value, 0, 1)) for key, value in fields.items())
    return Mention(paper, PartyElements(role, name, 0, len(name), fields=given), False)


@pytest.mark.parametrize(
    ("mentions", "people"),
    [
        # one person
        ([_mention(1, "尚文海"), _mention(2, "尚文海")], 1),
        ([_mention(1, "尚文海", id_number=A), _mention(2, "肖文海", id_number=A)], 1),
        ([_mention(1, "韩志远", birth="1989-11-06"), _mention(2, "韩忘远")], 2),  # no look-alikes
        ([_mention(1, "白未央", birth="1989-11-06"), _mention(2, "白末央", birth="1989-11-06")], 1),
        ([_mention(1, "张某某"), _mention(2, "张建国"), _mention(3, "李娜")], 1 + 1),
        # two people
        ([_mention(1, "曹立民", birth="1984-09-15"), _mention(2, "曹立国", birth="1979-03-02")], 2),
        ([_mention(1, "白未央"), _mention(1, "白末央")], 2),  # both in one document
        ([_mention(1, "白未央", id_number=A), _mention(2, "白末央", id_number=B)], 2),
        ([_mention(1, "张伟", id_number=A), _mention(1, "张伟", id_number=B)], 2),
        ([_mention(1, "张伟", id_number=A), _mention(2, "张伟", "被害人", id_number=C)], 2),
        ([_mention(1, "张伟", birth="1988-03-09"), _mention(1, "张伟", birth="1996-11-21")], 2),
        ([_mention(1, "张伟", birth="1988-03-09"), _mention(2, "张伟", birth="1996-11-21")], 1),
        (
            [_mention(1, "张伟", id_number=A), _mention(2, "张伟", id_number=B)],
            1,
        ),  # a contradiction
        ([_mention(1, "张某某"), _mention(2, "张建国"), _mention(3, "张建民")], 3),  # which one?
        ([_mention(1, "张建国"), _mention(1, "张某某")], 2),  # both in one document
        ([_mention(1, "张某甲"), _mention(1, "张某乙"), _mention(2, "张建国")], 3),  # which one?
        ([_mention(1, "张某甲"), _mention(2, "张某乙"), _mention(3, "张建国")], 3),
        ([_mention(1, "张某某"), _mention(2, "张建某"), _mention(3, "张建国")], 3),
        ([_mention(1, "张某某", "被害人"), _mention(2, "张建国")], 2),  # another role
    ],
)
def test_who_is_who(mentions: list[Mention], people: int) -> None:
    assert len(same_people(mentions)) == people


@pytest.mark.parametrize(
    ("role", "fields", "place"),
    [
        ("被告人", {}, 0),
        ("被害人", {}, 1),
        ("被害人", {"birth": "1988-03-09"}, 0),
        ("", {"id_number": C[:17] + "1"}, 1),  # one digit misread
        ("证人", {}, None),
        ("", {}, None),
    ],
)
def test_which_namesake(role: str, fields: dict[str, str], place: int | None) -> None:
    loose = _mention(3, "张伟", role, **fields)
    told = [_mention(1, "张伟", id_number=A), _mention(2, "张伟", "被害人", id_number=C)]
    people = same_people([loose, *told])
    assert [loose in person.mentions for person in people] == [place == 0, place == 1]
    assert unplaced([loose, *told], people) == ([] if place is not None else [loose])


def test_namesakes_with_one_birthday_keep_their_mentions() -> None:
    told = [_mention(1, "张伟", id_number=A), _mention(1, "张伟", id_number=B)]
    loose = _mention(2, "张伟", birth="1988-03-09")
    people = same_people([*told, loose])
    assert [len(person.mentions) for person in people] == [1, 1]
    assert unplaced([*told, loose], people) == [loose]


def test_a_mention_of_nobody_is_a_note() -> None:
    loose = _mention(3, "张伟", "证人")
    (found,) = contradictions(CaseFacts(), (), (), [loose])
    assert (found.code, found.level, found.values["name"]) == ("F108", "note", "张伟")


def test_check_digits_of_id_numbers() -> None:
    assert id_is_valid(A)
    assert id_is_valid("34122119961121292x")
    assert not id_is_valid("341221198803092914")
    assert not id_is_valid("34122119880309291")
