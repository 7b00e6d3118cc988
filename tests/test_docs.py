"""Every command and every public name is documented, and what the README shows exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

import dossier
from dossier.cli.app import app

ROOT = Path(__file__).parent.parent
DOCS = {path.name: path.read_text("utf-8") for path in (ROOT / "docs").glob("*.md")}
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]

GROUP = typer.main.get_command(app)
COMMANDS = sorted(GROUP.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_documented_with_all_its_options(command: str) -> None:
    text = DOCS["cli.md"]
    assert f"`dossier {command} " in text
    for parameter in GROUP.commands[command].params:  # type: ignore[attr-defined]
        for option in parameter.opts:
            if option.startswith("--") and option not in ("--help", "--json"):
                assert option in text, f"{command} {option}"


@pytest.mark.parametrize("name", dossier.__all__)
def test_public_name_exists_and_is_documented(name: str) -> None:
    assert hasattr(dossier, name)
    assert any(re.search(rf"\b{name}\b", text) for text in DOCS.values()), name


@pytest.mark.parametrize("name", [n for n in dossier.__all__ if n != "__version__"])
def test_public_name_explains_itself(name: str) -> None:
    assert (getattr(dossier, name).__doc__ or "").strip(), name


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_readme_names_only_what_exists(readme: Path) -> None:
    text = readme.read_text("utf-8")
    for command in re.findall(r"^dossier (\w+)", text, re.MULTILINE):
        assert command in COMMANDS
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
    block = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert block is not None
    compile(block[1], str(readme), "exec")
    assert len(block[1].splitlines()) <= 15


@pytest.mark.parametrize("document", sorted(DOCS))
def test_links_between_documents_lead_somewhere(document: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", DOCS[document]):
        assert (ROOT / "docs" / target).exists(), target


def test_every_document_is_reachable_from_the_readme() -> None:
    linked = set(re.findall(r"docs/([\w-]+\.md)", READMES[0].read_text("utf-8")))
    for text in DOCS.values():
        linked |= set(re.findall(r"\(([\w-]+\.md)", text))
    assert set(DOCS) <= linked
