"""Trying a template out before anybody relies on it."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import docx

from dossier.errors import DossierError, MissingFields

from .analysis import TemplateProblem, declared_problems
from .pdf import write_pdf
from .preview import plain_text
from .synthetic import synthetic
from .template import Template
from .values import Gap, Node, Rendered

_LEFT = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
_PYTHON = re.compile(r"\bNone\b|\bUndefined\b|<dossier\.|Decimal\(|datetime\.")
# what stands where a field that may be absent is absent
_DOUBLE = re.compile(
    r"[，、；。：][，、；。]|（）|《》|〔〕|^[，、；。]|[（《〔“][，、；。]|[，、；][）》〕]", re.M
)
_MOST_PARTS = 60
# texts with a form that a filter wants: tried where the text made of the label does not do
_FORMS = ("《中华人民共和国刑法》第二百六十四条", "一年六个月")


def check_template(template: Template, *, office: bool = False) -> list[TemplateProblem]:
    """Everything that is wrong with a template; empty if nothing is.

    Its tags against the fields and filters there are, its card against its tags and the catalogue,
    then fillings: with every field, with only the required ones, without and with only each of
    the others, and a draft with none.
    `office` also lays out the first with LibreOffice (ProgramMissing where there is none).
    """
    problems = list(_card(template))
    try:
        reading = template.reads
    except DossierError as error:
        return [*problems, _problem("refused", error, template)]
    problems += reading.problems
    problems += declared_problems(reading, template.card, template.card_path.name)
    if problems and any(each.code != "unused" for each in problems):
        return problems  # fillings would say the same again
    made = _filled(template, template.needs, "full", problems)
    if made is not None:
        problems += _looked_at(template, made, "every field")
        if office:
            problems += _laid_out(template, made)
    made = _filled(template, template.card.required_paths, "required", problems, rows=1)
    if made is not None:
        problems += _looked_at(template, made, "only the required fields")
    if not problems:
        problems += _in_parts(template)
    try:
        made = template.render(Node(), draft=True)
    except DossierError as error:
        problems.append(_problem("draft", error, template))
    else:
        problems += _opened(template, made)
    return list(dict.fromkeys(problems))


def _card(template: Template) -> Iterator[TemplateProblem]:
    card, where = template.card, template.card_path.name
    if template.path.stem != card.title:
        yield TemplateProblem(
            "title", where, f"the file is called {template.path.stem}, the card says {card.title}"
        )
    if card.effective_to is not None and card.effective_to < card.effective_from:
        yield TemplateProblem("dates", where, "effective_to is before effective_from")


def _filled(
    template: Template,
    paths: Collection[str],
    which: str,
    problems: list[TemplateProblem],
    rows: int = 2,
) -> Rendered | None:
    """A filling of a made-up case that has these fields; what keeps it from being made is added
    to the problems."""
    texts: dict[str, str] = {}
    fields = template.card.schema.fields
    gaps: tuple[Gap, ...] = ()
    try:
        for form in (*_FORMS, ""):
            view = synthetic(fields, paths, rows=rows, texts=texts)
            try:
                return template.render(view, trace=False)
            except MissingFields as error:
                gaps = error.gaps
            unfit = [gap for gap in gaps if gap.problem]
            if not unfit:
                break
            texts |= {re.sub(r"\[[^\]]*\]", "", gap.path): form for gap in unfit}
    except DossierError as error:
        problems.append(_problem(which, error, template))
    problems += [
        TemplateProblem(
            which,
            f"{template.path.name}: “{gap.stands[:60]}”",
            f"{gap.label}: {gap.problem or 'is wanted, though the card does not require it'}",
        )
        for gap in gaps
    ]
    return None


def _looked_at(template: Template, made: Rendered, which: str) -> Iterator[TemplateProblem]:
    """What must not stand in a finished document."""
    yield from _opened(template, made)
    name = template.path.name
    for line in plain_text(made.docx).splitlines():
        for code, pattern, what in (
            ("leftover", _LEFT, "a tag is left in the text"),
            ("leftover", _PYTHON, "something that is no text"),
            ("punctuation", _DOUBLE, "two marks together, or brackets around nothing"),
        ):
            if (found := pattern.search(line)) is not None:
                shown = line[max(0, found.start() - 15) : found.end() + 15]
                yield TemplateProblem(code, f"{name}: “{shown}”", f"{what}, filled with {which}")


def _in_parts(template: Template) -> Iterator[TemplateProblem]:
    """Fillings that lack one of the fields that may be absent, and that have only one of them."""
    card = template.card
    optional = [path for path in card.optional_paths if not card.schema.find(path)[-1].fields]
    for path in optional[:_MOST_PARTS]:
        label = card.schema.label_path(path)
        for which, paths in (
            (f"everything but {label}", {*template.needs} - {path}),
            (f"only {label} of what may be absent", {*card.required_paths, path}),
        ):
            problems: list[TemplateProblem] = []
            made = _filled(template, paths, "parts", problems)
            yield from problems
            if made is not None:
                yield from _looked_at(template, made, which)


def _opened(template: Template, made: Rendered) -> Iterator[TemplateProblem]:
    try:
        document = docx.Document(io.BytesIO(made.docx))
    except Exception as error:
        yield TemplateProblem("opens", template.path.name, f"what it makes does not open: {error}")
        return
    for section in document.sections:
        for part in (section.header, section.footer):
            text = "\n".join(paragraph.text for paragraph in part.paragraphs)
            if _LEFT.search(text):
                yield TemplateProblem("leftover", f"{template.path.name}: “{text[:60]}”",
                                      "a tag is left in a header or footer")  # fmt: skip


def _laid_out(template: Template, made: Rendered) -> Iterator[TemplateProblem]:
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        try:
            write_pdf(made.docx, Path(folder) / f"{template.card.code}.pdf")
        except DossierError as error:
            if error.code == "program-missing":
                raise
            yield _problem("office", error, template)


def _problem(code: str, error: DossierError, template: Template) -> TemplateProblem:
    message = f"{error.what} — {error.advice}" if error.advice else error.what
    return TemplateProblem(code, error.where or template.path.name, message)
