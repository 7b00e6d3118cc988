"""Documents from templates: looked for first, made only if they are not there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, undefer

from dossier.holdings import Keep, utc
from dossier.intake import shelve
from dossier.normal import normal
from dossier.records import DossierRow, GeneratedRow, NumberRow
from dossier.templates import Card, Gap, Leaf, Node, Template, schema
from dossier.templates.library import BUILT_IN, Library
from dossier.templates.template import missing_fields

from ..errors import NotInArchive, NumberRefused
from .asking import Asked, digest, plain_typed, series_of_document
from .changes import differences
from .converting import converted
from .keeping import Made, file_name, latest, number_taken, store
from .looking import Cases, Seen, look, subjects_of
from .numbering import Series, draw, series_of
from .values import GeneratedDocument
from .viewjson import filled_json, view_from_json, view_json

_REMEMBERED = 256
"""Documents of which a process remembers where they are."""

Key = int | str
Resolve = Callable[[Session, Key], DossierRow]


class Drafting:
    """The documents of one archive. `resolve` finds a dossier by what a person calls it."""

    def __init__(self, keep: Keep, home: Path, resolve: Resolve) -> None:
        self._keep = keep
        self._home = home
        self._resolve = resolve
        self.library = Library(home / "templates")
        self._remembered: OrderedDict[str, GeneratedDocument] = OrderedDict()
        self._guard = threading.Lock()
        self._cases = Cases(keep)
        self._found: dict[str, tuple[list[int], Template]] = {}

    # --- making ------------------------------------------------------------------------------

    def generate(
        self,
        name: str,
        case: Key,
        *,
        person: str | None,
        volume: str | None,
        day: date | str | None,
        number: str | None,
        draft: bool,
        typed: Mapping[str, Any],
        by: str,
    ) -> GeneratedDocument:
        """Everything `Archive.generate` promises."""
        template = self.template(name)
        dated = date.today() if day is None else _day(day)
        given = plain_typed(template.card, typed)
        while True:
            dossier_id, revision = self._state(case)
            asked = Asked(template, dossier_id, revision, person, volume, given)
            request = asked.request(self._home)
            if not draft:
                known = self._known(dossier_id, request)
                if known is not None:
                    return _numbered_so(known, number)
            seen = look(self._keep, self._cases, self._home, asked)
            if draft:
                return self._draft(asked, seen, dated, number, by)
            made = self._make(asked, request, seen, dated, number, by)
            if made is not None:
                return made
            # somebody changed the dossier meanwhile: look again

    def template(self, name: str) -> Template:
        """The template of this name, as `Library.find`, without looking through all of them while
        neither its files nor those of its folders change."""
        known = self._found.get(name)
        if known is not None and known[0] == self._stamps(known[1]):
            return known[1]
        template = self.library.find(name)
        self._found[name] = (self._stamps(template), template)
        return template

    def _stamps(self, template: Template) -> list[int]:
        files = (template.path, template.card_path, BUILT_IN, self._home / "templates")
        stamps = []
        for file in files:
            try:
                found = file.stat()
            except OSError:
                stamps.append(0)
            else:
                stamps += [found.st_mtime_ns, found.st_size, found.st_ino]
        return stamps

    def _state(self, case: Key) -> tuple[int, int]:
        """Id and revision of the dossier, catalogued if it was not."""
        by_id = case if isinstance(case, int) else int(case) if _is_id(case) else None
        wanted = [DossierRow.id == by_id] if by_id is not None else []
        if isinstance(case, str):
            numbered = select(NumberRow.dossier_id).where(NumberRow.form == normal(case))
            wanted += [DossierRow.name == case, DossierRow.id.in_(numbered)]
        with self._keep.database.read() as session:
            found = session.execute(
                select(DossierRow.id, DossierRow.revision, DossierRow.stale)
                .where(or_(*wanted))
                .limit(2)
            ).all()
            if len(found) != 1:
                # says what is wrong, or who is meant
                row = self._resolve(session, case)
                found = [(row.id, row.revision, row.stale)]  # type: ignore[list-item]
        dossier_id, revision, stale = found[0]
        if stale:
            shelve(self._keep.database, dossier_id, by="")
            return self._state(dossier_id)
        return dossier_id, revision

    def _known(self, dossier_id: int, request: str) -> GeneratedDocument | None:
        """The document that answered the same question before, if it still does."""
        with self._guard:
            remembered = self._remembered.get(request)
        if remembered is not None:
            return remembered
        with self._keep.database.read() as session:
            row = session.scalars(
                select(GeneratedRow).where(
                    GeneratedRow.request == request,
                    GeneratedRow.dossier_id == dossier_id,
                    GeneratedRow.file_id.is_not(None),
                )
            ).first()
        return None if row is None else self._remember(request, row)

    def _remember(self, request: str, row: GeneratedRow) -> GeneratedDocument:
        # a question names the revision: what is remembered is never out of date
        document = self.document_of(row, reused=True)
        with self._guard:
            self._remembered[request] = document
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return document

    def _draft(
        self, asked: Asked, seen: Seen, day: date, number: str | None, by: str
    ) -> GeneratedDocument:
        view = issued(seen.view, number, day)
        rendered = asked.template.render(view, draft=True)
        card = asked.template.card
        return GeneratedDocument(
            id=None,
            dossier_id=asked.dossier_id,
            template=card.title,
            code=card.code,
            version=0,
            number=number,
            day=day,
            subject=seen.subject,
            made_at=utc(),
            by=by,
            file_name=file_name(f"{card.title} 草稿", seen.subject, None),
            standing="draft",
            # a draft has no number, and that is no fault of the case
            gaps=tuple(gap for gap in rendered.gaps if gap.path != "number"),
            _template_sha256=asked.template.sha256,
            _drafted=(rendered.docx, rendered.filled, view),
            _keep=self._keep,
            _find=self.library.find,
        )

    def _make(
        self, asked: Asked, request: str, seen: Seen, day: date, number: str | None, by: str
    ) -> GeneratedDocument | None:
        """The document of this key, stored or new; None if the dossier changed meanwhile."""
        card = asked.template.card
        plan = _planned(card, seen, number, day)
        key = digest(asked.template.sha256, seen.reading, asked.typed)
        series = series_of_document(card.code, seen.subject, seen.identity)
        with self._keep.database.read() as session:
            before = latest(session, asked.dossier_id, series)
        if before is None or before.key != key or before.file_id is None:
            gaps = self._gaps(asked.template, seen, plan, before, day)
            if gaps:
                raise missing_fields(gaps, asked.template.card.title)
        with self._keep.database.write() as session:
            self._keep.database.hold_blobs(session)
            dossier = session.get(DossierRow, asked.dossier_id, with_for_update=True)
            if dossier is None:
                raise NotInArchive(
                    f"dossier {asked.dossier_id} was removed meanwhile",
                    advice="see: dossier list DIR",
                )
            if dossier.revision != asked.revision:
                return None
            before = latest(session, asked.dossier_id, series)
            if before is not None and before.key == key and before.file_id is not None:
                # the dossier changed, but nothing that this document reads
                session.execute(
                    update(GeneratedRow).where(GeneratedRow.id == before.id).values(request=request)
                )
                return _numbered_so(self._remember(request, before), number)
            own = plan.number(session, before, beside=(asked.dossier_id, series))
            view = issued(seen.view, own, day)
            rendered = asked.template.render(view)
            # making it changes the dossier, and that alone does not outdate it
            answered = replace(asked, revision=asked.revision + 1).request(self._home)
            made = Made(
                dossier_id=asked.dossier_id,
                series=series,
                version=1 if before is None else before.version + 1,
                request=answered,
                key=key,
                card=card,
                template_sha256=asked.template.sha256,
                subject=seen.subject,
                person=seen.person,
                volume=seen.volume,
                organ=seen.organ,
                number=own,
                day=day,
                docx=rendered.docx,
                typed=asked.typed,
                fields={
                    "view": view_json(issued(seen.needed, own, day)),
                    "filled": filled_json(rendered.filled),
                },
                changes=self._changes(session, asked.template, seen, before),
                by=by,
            )
            row = store(self._keep, session, made, before)
            dossier.changed()
        self._cases.still(asked.dossier_id, asked.revision, asked.revision + 1)
        return self.document_of(row, reused=False)

    def _gaps(
        self,
        template: Template,
        seen: Seen,
        plan: _Numbering,
        before: GeneratedRow | None,
        day: date,
    ) -> tuple[Gap, ...]:
        """All that is missing, the number's 机关代字 with it."""
        number = plan.sample(before)
        gaps = template.gaps(issued(seen.view, number, day))
        if number is None and template.card.number is not None:
            gaps = tuple(gap for gap in gaps if gap.path != "number")
            office = seen.organ or "制作机关"
            gap = Gap("number", "机关代字", f"文号 of {office}: offices.yaml", ())
            if template.card.number.given:
                gap = Gap("number", "文号", "案号 as it was registered: number=, --number", ())
            gaps = (*gaps, gap)
        return gaps

    def _changes(
        self, session: Session, template: Template, seen: Seen, before: GeneratedRow | None
    ) -> list[dict[str, Any]]:
        if before is None:
            return []
        fields = session.scalars(
            select(GeneratedRow)
            .options(undefer(GeneratedRow.fields))
            .where(GeneratedRow.id == before.id)
            .execution_options(populate_existing=True)
        ).one()
        old: Node = view_from_json(fields.fields["view"])
        found = differences(issued(old, None, None), seen.needed, template.card.schema)
        return [change.to_json() for change in found]

    # --- finding -----------------------------------------------------------------------------

    def generated(
        self, case: Key | None, name: str | None, *, all_versions: bool
    ) -> list[GeneratedDocument]:
        """Everything `Archive.generated` promises."""
        query = select(GeneratedRow).order_by(GeneratedRow.id)
        if not all_versions:
            query = query.where(GeneratedRow.file_id.is_not(None))
        if name is not None:
            # also of a template that is gone, by the names it had
            query = query.where(or_(GeneratedRow.template == name, GeneratedRow.title == name))
        with self._keep.database.read() as session:
            if case is not None:
                query = query.where(GeneratedRow.dossier_id == self._resolve(session, case).id)
            rows = session.scalars(query).all()
        return [self.document_of(row, reused=True) for row in rows]

    def subjects(self, template: Template, dossier_id: int) -> list[str | None]:
        """Whom or what documents of this template in this dossier are about."""
        if template.card.per == "case":
            return [None]
        dossier_id, revision = self._state(dossier_id)
        source = self._cases.source(dossier_id, revision, template.card.narrative)
        return subjects_of(template.card, source)

    def document_of(self, row: GeneratedRow, *, reused: bool) -> GeneratedDocument:
        standing: Literal["present", "replaced", "withdrawn"] = (
            "present" if row.file_id is not None else "withdrawn" if row.withdrawn else "replaced"
        )
        return GeneratedDocument(
            id=row.id,
            dossier_id=row.dossier_id,
            template=row.title,
            code=row.template,
            version=row.version,
            number=row.number,
            day=row.day,
            subject=row.subject,
            made_at=utc(row.made_at),
            by=row.by,
            file_name=row.file_name,
            standing=standing,
            reused=reused,
            _sha256=row.sha256,
            _template_sha256=row.template_sha256,
            _keep=self._keep,
            _find=self.library.find,
        )


@dataclass(frozen=True, slots=True)
class _Numbering:
    """Where the number of a document comes from: an earlier version, a person, the case, or a
    counter."""

    rule: Series | None
    first: int
    given: str | None
    of_case: str | None = None

    def sample(self, before: GeneratedRow | None) -> str | None:
        """Some number of this form, to see whether all else is there; None if it gets none."""
        if before is not None and before.number is not None:
            return before.number
        if self.given is not None:
            return self.given
        if self.of_case is not None:
            return self.of_case
        return None if self.rule is None else self.rule.text(self.first)

    def number(
        self, session: Session, before: GeneratedRow | None, *, beside: tuple[int, str]
    ) -> str | None:
        """The number, drawn from the counter only if nothing else gives it. Raises
        NumberRefused."""
        if before is not None and before.number is not None:
            _same_number(before.number, self.given, before.title)
            return before.number
        given = self.given if self.given is not None else self.of_case
        if given is not None:
            whose = number_taken(session, given, beside=beside, on_paper=False)
            if whose is not None:
                raise NumberRefused(
                    f"the number {given} is that of {whose}",
                    advice="leave the number out: the counter gives the next free one",
                )
            return given
        if self.rule is None:
            return None

        def taken(number: str) -> bool:
            return number_taken(session, number, beside=beside, on_paper=True) is not None

        return draw(session, self.rule, first=self.first, taken=taken)[1]


def _day(given: date | str) -> date:
    """成文日期 as a date. Raises BadValue."""
    leaf = converted(schema().find("day")[-1], given)
    assert isinstance(leaf, Leaf)  # the field is a date
    assert isinstance(leaf.value, date)
    return leaf.value


def _planned(card: Card, seen: Seen, given: str | None, day: date) -> _Numbering:
    rule = card.number
    if rule is None or given is not None:
        return _Numbering(None, 1, given)
    if rule.given:
        # the court registered the case: no counter knows its number
        return _Numbering(None, 1, None, seen.case_number or None)
    if not seen.prefix:
        return _Numbering(None, 1, None)
    series = series_of(seen.organ_kind, seen.prefix, rule.kind, day.year)
    return _Numbering(series, seen.first_serial(rule.kind, day.year), None)


def _is_id(case: str) -> bool:
    return case.isascii() and case.isdecimal() and len(case) < 10


def _same_number(present: str, given: str | None, title: str) -> None:
    if given is not None and normal(given) != normal(present):
        raise NumberRefused(
            f"this document has the number {present} already",
            where=title,
            advice="versions of a document keep its number",
        )


def _numbered_so(document: GeneratedDocument, number: str | None) -> GeneratedDocument:
    _same_number(document.number or "", number, document.template)
    return document


def issued(view: Node, number: str | None, day: date | None) -> Node:
    """The view with what is given when the document is made; None takes it out."""
    values = {code: value for code, value in view.values.items() if code not in ("number", "day")}
    if number is not None:
        values["number"] = Leaf(number, "issued")
    if day is not None:
        values["day"] = Leaf(day, "issued")
    return Node(values, view.key)
