"""`dossier facts`: who, what, when, how much, and where the documents contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from ..archive import Archive
from ..errors import BadCorrection
from ..facts import CaseFacts, Conflict, FactValue, PersonFacts, Source
from ..holdings import Dossier
from . import screen
from .arguments import Json

_GROUPS = {
    "defendants": "犯罪嫌疑人、被告人",
    "victims": "被害人",
    "witnesses": "证人",
    "counsel": "辩护人、代理人",
}
_LABELS = {
    "sex": "性别", "birth": "出生", "id_number": "身份号码", "ethnicity": "民族",
    "education": "文化程度", "occupation": "职业", "employer": "工作单位", "household": "户籍",
    "address": "住址", "phone": "电话", "injury": "损伤程度", "detained_at": "羁押于",
}  # fmt: skip


def facts(
    place: Annotated[
        str | None,
        typer.Argument(metavar="[DIR]", help="The archive: its folder or its URL."),
    ] = None,
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="Dossier: id, name or case number.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Correct a fact: defendants[韩志远].birth=1989-11-06. Without a value: there is "
            "no such thing. May be repeated.",
        ),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="Take a correction back. May be repeated."),
    ] = None,
    conflicts: Annotated[
        bool,
        typer.Option(
            "--conflicts", help="Only the contradictions. Exit code 1 if there is one to look at."
        ),
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="The JSON schema of what --json gives; no archive.")
    ] = False,
    as_json: Json = False,
) -> None:
    """要素: people, charges, sums, circumstances of a case, and what contradicts what."""
    if schema:
        screen.say_json(CaseFacts.json_schema())
        return
    if place is None or case is None:
        raise typer.BadParameter("an archive and a case are needed (or --schema)")
    with screen.errors(as_json), Archive.open(place) as archive:
        archive.refresh()
        changes = [*map(_change, set_ or ()), *((path, None) for path in unset or ())]
        if changes:
            archive.correct_many_facts(case, changes)
        dossier = archive.dossier(case)
        found = dossier.facts
        if as_json:
            whole = found.to_json()
            screen.say_json(whole["conflicts"] if conflicts else whole)
        else:
            where = _Where(dossier)
            if not conflicts:
                _show(found, where)
            _show_conflicts(found.conflicts, where)
    if conflicts and any(each.level != "note" for each in found.conflicts):
        raise typer.Exit(screen.SOME_FAILED)


def _change(item: str) -> tuple[str, str]:
    path, sign, value = item.partition("=")
    if not sign:
        raise BadCorrection(
            f"{item[:60]!r} is not PATH=VALUE",
            advice="for example defendants[NAME].birth=1989-11-06",
        )
    return path, value


class _Where:
    """Places as a reader finds them: title and page number in the volume."""

    def __init__(self, dossier: Dossier) -> None:
        self._pages = {
            page.id: page.label or f"{page.file}, {page.number}" for page in dossier.pages
        }

    def __call__(self, sources: Iterable[Source], most: int = 3) -> str:
        places = dict.fromkeys(
            f"《{each.title}》第{label}页"
            if (label := self._pages.get(each.page, "?")).isdecimal()
            else f"《{each.title}》{label}"
            for each in sources
        )
        shown = list(places)[:most]
        more = len(places) - len(shown)
        return "\n".join([*shown, *([f"等{len(places)}处"] if more else [])])


def _marked(value: FactValue) -> str:
    """The value, with a star if a person set it."""
    return f"{value.value} *" if value.corrected else value.value


def _show(found: CaseFacts, where: _Where) -> None:
    for group, title in _GROUPS.items():
        people: Sequence[PersonFacts] = getattr(found, group)
        for person in people:
            _person(person, title, where)
    if found.charges:
        screen.table(
            ("罪名", "当事人", "公安机关", "检察机关", "法院"),
            [
                (
                    charge.name, "、".join(charge.defendants), where(charge.police),
                    where(charge.prosecution), where(charge.court),
                )
                for charge in found.charges
            ],
        )  # fmt: skip
    if found.sentences:
        screen.table(
            ("被告人", "罪名", "刑罚", "月", "缓刑", "罚金", "出处"),
            [
                (
                    s.defendant, s.charge or "合并执行", s.penalty, s.months, s.probation, s.fine,
                    where([s.source]),
                )
                for s in found.sentences
                if s.operative
            ],
        )  # fmt: skip
    _incident(found, where)
    if found.circumstances:
        screen.table(
            ("当事人", "情节", "成立", "出处"),
            [
                (c.defendant, c.code, _marked(c.holds), where(c.holds.sources))
                for c in found.circumstances
            ],
        )
    if found.property:
        screen.table(
            ("财物", "数量", "价值（元）", "扣押", "移送", "发还"),
            [
                (
                    thing.name.value, _or_empty(thing.quantity), _or_empty(thing.value),
                    *("是" if part else "" for part in (
                        thing.seized, thing.transferred, thing.returned
                    )),
                )
                for thing in found.property
            ],
        )  # fmt: skip
    for title, values in (("法条", found.citations), ("文号", found.case_numbers)):
        if values:
            shown = "、".join(each.value for each in values)
            screen.out.print(f"{title}: {shown}", markup=False)


def _or_empty(value: FactValue | None) -> str:
    return "" if value is None else _marked(value)


def _person(person: PersonFacts, title: str, where: _Where) -> None:
    rows: list[tuple[str, str, str]] = []
    for field, label in _LABELS.items():
        value: FactValue | None = getattr(person, field)
        if value is not None:
            rows.append((label, _marked(value), where(value.sources)))
    for label, values in (
        ("别名", person.aliases), ("前科", person.convictions), ("辩护人", person.counsel),
    ):  # fmt: skip
        rows += [(label, _marked(each), where(each.sources)) for each in values]
    for measure in person.measures:
        day = measure.day
        told = f"{_marked(day) if day else ''} {measure.organ}".strip()
        rows.append((measure.kind, told, where(day.sources) if day else ""))
    screen.table(("", "", "出处"), rows, title=f"{title} {_marked(person.name)}")


def _incident(found: CaseFacts, where: _Where) -> None:
    incident = found.incident
    rows = [
        ("时间", value.value.replace("T", " "), where(value.sources)) for value in incident.times
    ]
    rows += [
        (f"价格认定 {each.what}", each.value.value, where(each.value.sources))
        for each in incident.amounts
    ]
    if incident.total is not None:
        rows.append(("价格认定合计", _marked(incident.total), where(incident.total.sources)))
    rows += [
        (f"伤情 {each.person}", _marked(each.grade), where(each.grade.sources))
        for each in incident.injuries
    ]
    if incident.alcohol is not None:
        told = f"{_marked(incident.alcohol)} mg/100ml"
        rows.append(("血液酒精含量", told, where(incident.alcohol.sources)))
    if rows:
        screen.table(("案件", "", "出处"), rows)


def _show_conflicts(conflicts: Sequence[Conflict], where: _Where) -> None:
    if not conflicts:
        screen.out.print("未发现矛盾", markup=False)
        return
    rows = []
    for each in conflicts:
        sides = [*each.sides, None, None][:2]
        cells = ["" if s is None else f"{s.value}\n{where(s.sources)}".strip() for s in sides]
        rows.append((each.code, each.message(), *cells))
    screen.table(("代码", "矛盾", "一处", "另一处"), rows)
