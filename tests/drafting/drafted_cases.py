"""A fictional case in an archive, and tiny templates beside it."""

from __future__ import annotations

from pathlib import Path

import yaml

from dossier import Archive, Dossier
from dossier.templates.skeleton import build_docx

CASE = "尚文海案"
_FILES = Path(__file__).parent.parent / "facts" / "clean_case.yaml"

OFFICES = """\
version: 1
source: test
effective_from: 2020-01-01
offices:
  临泉市公安局柳林分局: {prefix: 临公柳}
  临泉市柳林区人民检察院: {prefix: 临柳检}
  临泉市柳林区人民法院: {prefix: 皖1299}
"""

_CARD = """\
code: {code}
title: {title}
type: {type}
organ: {organ}
stage: {stage}
version: "1"
source: test
effective_from: 2020-01-01
per: {per}
{more}"""


def put_template(
    archive: Archive,
    title: str,
    code: str,
    markup: str,
    *,
    type: str = "P07",
    organ: str = "procuratorate",
    stage: str = "审查起诉",
    per: str = "case",
    more: str = "",
) -> None:
    """A template in the archive's own folder."""
    folder = archive.home / "templates"
    folder.mkdir(exist_ok=True)
    (folder / f"{title}.docx").write_bytes(build_docx(markup))
    card = _CARD.format(
        code=code, title=title, type=type, organ=organ, stage=stage, per=per, more=more
    )
    (folder / f"{title}.yaml").write_text(card, "utf-8")


def take_in_case(archive: Archive, folder: Path, case: str = CASE) -> Dossier:
    """The clean case of the tests of facts."""
    for name, text in yaml.safe_load(_FILES.read_text("utf-8")).items():
        path = folder / case / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    assert archive.add(folder / case, ocr="off", jobs=1).exit_code == 0
    return archive.dossier(case)


def put_all(archive: Archive) -> None:
    """Test templates of every kind, and the offices."""
    (archive.home / "offices.yaml").write_text(OFFICES, "utf-8")
    put_template(
        archive, "试起诉意见书", "t_opinion",
        "# {{ 公安机关 }}\n## 起诉意见书\n@ {{ 文号 }}\n认罪情况：{{ 认罪情况 }}\n"
        "> {{ 承办人 }}\n> {{ 成文日期|汉字日期 }}\n",
        type="L29", organ="police", stage="侦查",
        more="""\
number: {kind: 诉}
required: [公安机关, 文号, 成文日期]
typed:
  - {code: handler, label: 承办人, type: text, required: true}
  - {code: plea, label: 认罪情况, type: text, required: true}
""",
    )  # fmt: skip
    put_template(
        archive, "试起诉书", "t_indictment",
        "# {{ 检察院 }}\n## 起诉书\n@ {{ 文号 }}\n"
        "{%p for 人 in 各当事人 %}\n被告人{{ 人.姓名 }}，{{ 人.性别 }}，"
        "{{ 人.出生日期|日期 }}出生，住{{ 人.住址 }}。\n{%p endfor %}\n"
        "认罪情况：{{ 认罪情况 }}\n> {{ 检察员 }}\n> {{ 成文日期|汉字日期 }}\n",
        more="""\
number: {kind: 检刑诉}
required: [检察院, 文号, 成文日期, 各当事人.姓名, 各当事人.性别, 各当事人.出生日期]
optional: [各当事人.住址]
typed:
  - {code: prosecutor, label: 检察员, type: text, required: true}
  - {code: plea, label: 认罪情况, type: text, required: true}
""",
    )  # fmt: skip
    put_template(
        archive, "试判决书", "t_judgment",
        "# {{ 法院 }}\n## 判决书\n@ {{ 文号 }}\n认罪情况：{{ 认罪情况 }}\n公诉人{{ 检察员 }}\n"
        "> {{ 成文日期|汉字日期 }}\n",
        type="Z09", organ="court", stage="审判",
        more="""\
number: {kind: 刑初}
required: [法院, 文号, 成文日期]
typed:
  - {code: prosecutor, label: 检察员, type: text, required: true}
  - {code: plea, label: 认罪情况, type: text, required: true}
""",
    )  # fmt: skip
    put_template(
        archive, "试换押证", "t_transfer",
        "## 换押证\n被告人{{ 当事人.姓名 }}，{{ 当事人.出生日期|日期 }}出生。\n",
        type="L19", organ="police", stage="侦查", per="defendant",
        more="required: [当事人.姓名, 当事人.出生日期]\n",
    )  # fmt: skip
    put_template(
        archive, "试封面", "t_cover", "## 卷宗封面\n{{ 本卷.卷名 }}\n共{{ 本卷.页数 }}页\n",
        type="X01", organ="police", stage="侦查", per="volume",
        more="required: [本卷.卷名, 本卷.页数]\n",
    )  # fmt: skip
    put_template(
        archive, "试回证", "t_receipt",
        "## 送达回证\n送达文书：{{ 送达文书 }}\n收件人：{{ 收件人 }}\n",
        type="L30", organ="police", stage="侦查",
        more="""\
identity: [paper]
typed:
  - {code: paper, label: 送达文书, type: text, required: true}
  - {code: receiver, label: 收件人, type: text, required: false}
""",
    )  # fmt: skip
