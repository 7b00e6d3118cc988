"""What is read from a text: values with the place they were read from.

`start`, `stop` are offsets into the text that was given: `text[start:stop]`. Everything is in the
order of the text unless it says otherwise. Absent is None or empty, never a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from .citations import Citation

Speaker = Literal["prosecution", "defence", "court", "document"]
"""Who says it: 公诉机关指控; 被告人、辩护人; 经审理查明、本院认为; elsewhere the document."""

PenaltyKind = Literal["死刑", "死刑缓期执行", "无期徒刑", "有期徒刑", "拘役", "管制"]

NumberKind = Literal["court", "procuratorate", "police"]

IdentifierKind = Literal["id_card", "credit_code", "plate", "bank_card", "phone"]

MeasureKind = Literal["alcohol", "weight", "injury", "disability", "speed", "count"]


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """案号 or 文号. `number` in customary writing (（2023）甘0102刑初123号), `court` its name and
    `region` its place as far as the data go (codes of courts), else ""."""

    kind: NumberKind
    number: str
    year: int
    start: int
    stop: int
    court: str = ""
    region: str = ""
    procedure: str = ""
    """类型代字: 刑初, 刑终 …"""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money. `value` in `currency` (ISO 4217), `approximate` for 余元, 左右, 约, 多元."""

    value: Decimal
    start: int
    stop: int
    currency: str = "CNY"
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, as exact as the text is: `month`, `day`, `hour`, `minute` may be None. `relative`:
    resolved against an earlier date of the text (次日, 同年同月, 当日, 同月8日)."""

    year: int
    start: int
    stop: int
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    relative: bool = False

    @property
    def date(self) -> date | None:
        """The day, if it is known."""
        if self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number that names a person or a thing. `valid`: its check digit is right (True where the
    kind has none)."""

    kind: IdentifierKind
    value: str
    valid: bool
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A measured quantity: alcohol in mg/100ml, weight in grams, injury as grade text
    ("轻伤二级"), disability as grade ("九级")."""

    kind: MeasureKind
    value: Decimal | None
    text: str
    """Canonical: "186.5mg/100ml", "0.67克", "轻伤二级"."""
    start: int
    stop: int
    what: str = ""
    """Of what, where the text says so directly ("甲基苯丙胺")."""


SegmentKind = Literal[
    "head",  # 首部
    "parties",  # 当事人
    "history",  # 案件由来、审理经过
    "prosecution",  # 指控
    "defence",  # 辩解、辩护意见
    "facts",  # 经审理查明 / 经依法审查查明 / 经侦查查明
    "evidence",  # 证据
    "reasoning",  # 本院认为 / 综上所述
    "decision",  # 判决主文
    "appeal",  # 上诉
    "foot",  # 尾部
    "appendix",  # 附法条、附件
    "question",  # 笔录: 问
    "answer",  # 笔录: 答
    "conclusion",  # 鉴定意见、认定结论
    "procedure",  # 检验过程、认定依据
    "other",
]


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the text with one function; segments follow one another without gaps."""

    kind: SegmentKind
    start: int
    stop: int


TextKind = Literal[
    "judgment",  # 判决书
    "ruling",  # 裁定书
    "indictment",  # 起诉书
    "opinion",  # 起诉意见书, 提请批准逮捕书
    "interrogation",  # 讯问笔录, 询问笔录
    "appraisal",  # 鉴定意见
    "valuation",  # 价格认定
    "alcohol",  # 酒精检验
    "accident",  # 事故认定书
    "other",
]


@dataclass(frozen=True, slots=True)
class CoerciveMeasure:
    """强制措施: 拘传, 取保候审, 监视居住, 拘留, 逮捕; `organ` who decided or carried it out."""

    kind: str
    day: date | None
    start: int
    stop: int
    organ: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Conviction:
    """前科: an earlier punishment. `text` as written."""

    text: str
    start: int
    stop: int
    day: date | None = None
    charge: str = ""
    months: int | None = None
    released: date | None = None
    kind: Literal["criminal", "administrative"] = "criminal"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing said of a party. `value` canonical (sex 男/女, birth ISO date or year)."""

    value: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class PartyElements:
    """A person or unit of the case. Personal fields are for documents and checks; they are never
    features of a comparison.

    `fields`: sex, birth, ethnicity, id_number, education, occupation, employer, address, household,
    nationality, birthplace, credit_code, representative, phone
    """

    role: str
    """被告人, 被告单位, 犯罪嫌疑人, 被害人, 证人, 辩护人, 法定代理人, 诉讼代表人 …"""
    name: str
    start: int
    stop: int
    unit: bool = False
    aliases: tuple[str, ...] = ()
    fields: tuple[tuple[str, Field], ...] = ()
    convictions: tuple[Conviction, ...] = ()
    measures: tuple[CoerciveMeasure, ...] = ()
    detained_at: str = ""
    """看守所"""
    counsel: tuple[str, ...] = ()
    """Names of its defenders."""

    def field(self, name: str) -> str:
        """The value of a field, "" if the text does not say."""
        return next((field.value for key, field in self.fields if key == name), "")


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is imposed on one defendant for one charge (`charge`), or, with `total`, in all.

    `charge`     its whole name (走私、贩卖、运输、制造毒品); a name that no table knows as written
    `charge_text` what the text says (贩卖毒品)
    `months`     of 有期徒刑, 拘役 or 管制; `days` beyond whole months
    `probation`  缓刑考验期 in months
    `deprivation` 剥夺政治权利 in months, -1 for life
    `fine`       罚金; `confiscation` 没收财产: "全部", "部分", an amount as text, or ""
    `exempt`     免予刑事处罚; `acquitted` 宣告无罪
    `term_from`, `term_to`  刑期自…起至…止
    `operative`  False for what an appeal court quotes or revokes, True for what holds
    """

    defendant: str
    start: int
    stop: int
    charge: str = ""
    charge_text: str = ""
    total: bool = False
    penalty: PenaltyKind | None = None
    months: int | None = None
    days: int = 0
    probation: int | None = None
    fine: Amount | None = None
    confiscation: str = ""
    deprivation: int | None = None
    expelled: bool = False
    exempt: bool = False
    acquitted: bool = False
    term_from: date | None = None
    term_to: date | None = None
    operative: bool = True


@dataclass(frozen=True, slots=True)
class Restitution:
    """退赔, 赔偿, 追缴, 没收 of things: an item of the 主文 that is no penalty."""

    kind: Literal["退赔", "赔偿", "追缴", "没收", "返还"]
    text: str
    start: int
    stop: int
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Circumstance:
    """量刑情节. `code` as in circumstances.yaml ("自首"), `holds` False where the text denies it
    (不构成自首; 辩护意见不予采纳), `defendants` it is said of (empty: all or unknown)."""

    code: str
    holds: bool
    speaker: Speaker
    start: int
    stop: int
    defendants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargeMention:
    """A charge and who names it: `speaker`, `defendants` (empty: all or unknown)."""

    name: str
    speaker: Speaker
    start: int
    stop: int
    defendants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elements:
    """All that `extract` reads from one text."""

    kind: TextKind
    segments: tuple[Segment, ...] = ()
    numbers: tuple[CaseNumber, ...] = ()
    citations: tuple[Citation, ...] = ()
    amounts: tuple[Amount, ...] = ()
    moments: tuple[Moment, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    measures: tuple[Measure, ...] = ()
    parties: tuple[PartyElements, ...] = ()
    charges: tuple[ChargeMention, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    restitutions: tuple[Restitution, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
