"""A document as PDF, laid out by LibreOffice with the fonts that are here."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from dossier.durable import sync_folder, write_whole
from dossier.ingest import Limits
from dossier.ingest.office import laid_out, require

# What stands in for the fonts official documents name, the best first; all of them with the forms
# of characters used on the mainland. The name itself comes first: it may be installed.
_STAND_INS = {
    ("方正小标宋简体", "方正小标宋_GBK"): (
        "bold",
        ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "STZhongsong", "Source Han Serif SC",
         "Noto Serif CJK SC", "SimSun", "AR PL UMing CN", "Noto Sans CJK SC"),
    ),
    ("仿宋_GB2312", "仿宋", "FangSong", "FangSong_GB2312", "华文仿宋"): (
        "",
        ("FangSong", "FangSong_GB2312", "STFangsong", "FZFangSong-Z02", "FZFangSong-Z02S",
         "Source Han Serif SC", "Noto Serif CJK SC", "AR PL UMing CN", "SimSun",
         "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    ),
    ("楷体_GB2312", "楷体", "KaiTi", "KaiTi_GB2312", "华文楷体"): (
        "",
        ("KaiTi", "KaiTi_GB2312", "STKaiti", "FZKai-Z03", "FZKai-Z03S", "LXGW WenKai",
         "AR PL UKai CN", "Noto Serif CJK SC", "Noto Sans CJK SC"),
    ),
    ("黑体", "SimHei"): (
        "",
        ("SimHei", "STHeiti", "Source Han Sans SC", "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    ),
    ("宋体", "SimSun"): (
        "",
        ("SimSun", "STSong", "Source Han Serif SC", "Noto Serif CJK SC", "AR PL UMing CN",
         "Noto Sans CJK SC", "WenQuanYi Zen Hei"),
    ),
}  # fmt: skip
_SYSTEM = Path("/etc/fonts/fonts.conf")


def write_pdf(docx: bytes, target: Path, *, limits: Limits | None = None) -> Path:
    """Lay out a DOCX and write it to `target`, in one step; returns it.

    ProgramMissing without LibreOffice, DamagedFile if it cannot read the DOCX or takes longer than
    `limits.office_seconds`, OSError where nothing can be written.
    """
    limits = limits or Limits()
    require(target.name, limits)
    with tempfile.TemporaryDirectory(prefix="pdf-") as made:
        room = Path(made)
        source = room / "document.docx"
        source.write_bytes(docx)
        fonts = room / "fonts.conf"
        base = _system_fonts()
        if base is not None:
            fonts.write_text(font_rules(base), encoding="utf-8")
        pdf, done_with = laid_out(
            source, ".docx", target.name, limits, fonts if base is not None else None
        )
        try:
            write_whole(target, pdf.read_bytes())
        finally:
            if done_with is not None:
                shutil.rmtree(done_with, ignore_errors=True)
    sync_folder(target.parent)
    return target


def _system_fonts() -> Path | None:
    """The fontconfig file of this system; None where fonts are found in another way (macOS)."""
    named = os.environ.get("FONTCONFIG_FILE")
    if named:
        return Path(named)
    return _SYSTEM if _SYSTEM.is_file() else None


def font_rules(base: Path) -> str:
    """A fontconfig file: the stand-ins above, then what the system says."""
    rules = [
        _rule(name, weight, (name, *others))
        for names, (weight, others) in _STAND_INS.items()
        for name in names
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        + "\n".join(rules)
        + f'\n<include ignore_missing="yes">{escape(str(base))}</include>\n</fontconfig>\n'
    )


def _rule(name: str, weight: str, families: tuple[str, ...]) -> str:
    strings = "".join(f"<string>{family}</string>" for family in dict.fromkeys(families))
    bold = (
        f'<edit name="weight" mode="assign" binding="strong"><const>{weight}</const></edit>'
        if weight
        else ""
    )
    return (
        '<match target="pattern"><test name="family" qual="any" compare="eq">'
        f"<string>{name}</string></test>"
        f'<edit name="family" mode="assign" binding="strong">{strings}</edit>{bold}</match>'
    )
