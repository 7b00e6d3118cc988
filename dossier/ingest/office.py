"""LibreOffice as layout engine: DOCX, DOC, WPS and ODT become a PDF, in a locked room.

One run per file with a profile of its own, macros and active content off, links to outside
blocked, and a time limit. The PDF is the only thing taken from it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import zipfile
from functools import lru_cache
from pathlib import Path

from lxml import etree

from ..errors import DamagedFile, ProgramMissing
from .limits import Limits
from .numbering import W
from .package import parse_xml

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Field" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""  # noqa: E501

_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"


@lru_cache(maxsize=1)
def program() -> str | None:
    """The LibreOffice of this system, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def require(name: str, limits: Limits) -> None:
    """Raise ProgramMissing if a file that only LibreOffice reads cannot be read here."""
    if limits.office == "never" or program() is None:
        why = "LibreOffice is switched off" if limits.office == "never" else "it is not installed"
        raise ProgramMissing(
            f"only LibreOffice reads this kind of file, and {why}",
            where=name,
            advice="install libreoffice-writer, or save the file as DOCX or PDF",
        )


def laid_out(
    path: Path, suffix: str, name: str, limits: Limits, fonts: Path | None = None
) -> tuple[Path, Path | None]:
    """The PDF LibreOffice makes of a file, and the folder to remove when done with it.

    With `limits.spool` the PDF is kept there by the content of the file, so that workers opening
    the same file share one run; then there is no folder to remove. Raises DamagedFile if nothing
    comes out, or not in time. `fonts` is a fontconfig file for this run; then nothing is kept.
    """
    kept: Path | None = None
    if limits.spool is not None and fonts is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        kept = limits.spool / f"{digest}.laid-out.pdf"
        if kept.is_file():
            return kept, None
        limits.spool.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="office-", dir=limits.spool))
    try:
        made = _run(path, suffix, name, limits, room, fonts)
        if kept is None:
            return made, room
        made.replace(kept)
    except BaseException:
        shutil.rmtree(room, ignore_errors=True)
        raise
    shutil.rmtree(room, ignore_errors=True)
    return kept, None


def _run(
    path: Path, suffix: str, name: str, limits: Limits, room: Path, fonts: Path | None
) -> Path:
    source = room / f"input{suffix}"
    if suffix == ".docx":
        _without_links(path, source, name)
    else:
        shutil.copyfile(path, source)
    profile = room / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    found = program()
    assert found is not None
    command = [
        found,
        f"-env:UserInstallation={profile.resolve().as_uri()}",
        "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        "--convert-to", "pdf:writer_pdf_Export", "--outdir", str(room / "out"), str(source),
    ]  # fmt: skip
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": str(room),
        "TMPDIR": str(room),
        "LANG": os.environ.get("LANG", "C.UTF-8"),
        "LC_ALL": "C.UTF-8",
        # nothing answers there: the last fence, links are blocked already
        "http_proxy": "http://127.0.0.1:9",
        "https_proxy": "http://127.0.0.1:9",
        "SAL_USE_VCLPLUGIN": "svp",
    }
    if fonts is not None:
        environment["FONTCONFIG_FILE"] = str(fonts.resolve())
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=room,
        start_new_session=True,
    )
    try:
        process.wait(timeout=limits.office_seconds)
    except subprocess.TimeoutExpired as error:
        raise DamagedFile(
            f"LibreOffice did not finish within {limits.office_seconds:g} seconds",
            where=name,
            advice="save it as PDF",
        ) from error
    finally:
        # soffice is a script: what it started has to go with it
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    made = room / "out" / "input.pdf"
    if not made.is_file() or made.stat().st_size == 0:
        raise DamagedFile(
            "LibreOffice could not read it",
            where=name,
            advice="open it in Word or WPS and save it as DOCX or PDF",
        )
    return made


def _without_links(path: Path, target: Path, name: str) -> None:
    """A copy of a DOCX without macros, tracked deletions and parts to be fetched from elsewhere.

    Sizes were checked before (see `Package`): the copy is no larger than what was allowed.
    """
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as copy:
        for info in source.infolist():
            lower = info.filename.lower()
            if lower.endswith(("vbaproject.bin", "vbadata.xml")) or info.is_dir():
                continue
            data = source.read(info)
            if lower.endswith(".rels"):
                data = _local_only(data, name)
            elif lower.startswith("word/") and lower.endswith(".xml") and b":del " in data:
                data = _accepted(data, name)
            copy.writestr(info.filename, data, zipfile.ZIP_DEFLATED)


def _accepted(data: bytes, name: str) -> bytes:
    """Without tracked deletions, which LibreOffice would print struck through."""
    root = parse_xml(data, name)
    for tag in ("del", "moveFrom"):
        for element in list(root.iter(f"{W}{tag}")):
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _local_only(data: bytes, name: str) -> bytes:
    root = parse_xml(data, name)
    for relation in list(root.iter(f"{_RELATIONSHIPS}Relationship")):
        outside = (relation.get("TargetMode") or "").lower() == "external"
        kind = (relation.get("Type") or "").rpartition("/")[2].lower()
        # a hyperlink is only text until somebody clicks on it
        if (outside and kind != "hyperlink") or kind in ("vbaproject", "wordvbadata"):
            root.remove(relation)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
