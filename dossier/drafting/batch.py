"""One template for many cases: a document of each, going on past those that lack something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import DossierError, MissingFields
from .generating import Drafting, Key
from .values import Drafted, DraftReport

Progress = Callable[[Drafted, int, int], None]
"""Called after each document: what became of it, cases done, cases in all."""


def generate_many(
    drafting: Drafting,
    name: str,
    cases: Iterable[tuple[Key, int, str]],
    *,
    typed: Mapping[Any, Mapping[str, Any]],
    by: str,
    progress: Progress | None = None,
) -> DraftReport:
    """Everything `Archive.generate_many` promises; `cases` are the key given, id and name."""
    template = drafting.template(name)
    wanted = list(cases)
    outcomes: list[Drafted] = []

    def tell(outcome: Drafted, done: int) -> None:
        outcomes.append(outcome)
        if progress is not None:
            progress(outcome, done, len(wanted))

    for done, (key, dossier_id, case) in enumerate(wanted, 1):
        given = typed.get(key, typed.get(case, typed.get(dossier_id, {})))
        try:
            subjects = drafting.subjects(template, dossier_id)
        except DossierError as error:
            tell(Drafted(case, dossier_id, "", "failed", error=str(error)), done)
            continue
        if not subjects:
            what = "accused" if template.card.per == "defendant" else "volume"
            error_text = f"{template.card.title}: {case} has no {what}"
            tell(Drafted(case, dossier_id, "", "failed", error=error_text), done)
        for subject in subjects:
            tell(
                _one(drafting, name, dossier_id, case, subject, template.card.per, given, by), done
            )
    return DraftReport(template.card.title, tuple(outcomes))


def _one(
    drafting: Drafting,
    name: str,
    dossier_id: int,
    case: str,
    subject: str | None,
    per: str,
    typed: Mapping[str, Any],
    by: str,
) -> Drafted:
    about = subject or ""
    try:
        document = drafting.generate(
            name,
            dossier_id,
            person=subject if per == "defendant" else None,
            volume=subject if per == "volume" else None,
            day=None,
            number=None,
            draft=False,
            typed=typed,
            by=by,
        )
    except MissingFields as error:
        return Drafted(case, dossier_id, about, "gaps", gaps=error.gaps, error=str(error))
    except DossierError as error:
        return Drafted(case, dossier_id, about, "failed", error=str(error))
    return Drafted(case, dossier_id, about, "reused" if document.reused else "made", document)
