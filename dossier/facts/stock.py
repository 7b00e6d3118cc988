"""Things on lists: 扣押清单, 随案移送清单, 发还清单, and what 价格认定 says they are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..elements.amounts import amounts
from ..elements.numerals import FIGURES, UNITS, quantity
from ..elements.values import Amount
from ..normal import normal
from .documents import FactDocument

_NAME = re.compile(r"(?:物品|财物|涉案物品|标的)?(?:名称|品名)(?:及规格|、规格型号|规格)?")
_QUANTITY = re.compile(r"数量(?:\(.{1,4}\))?")
_VALUE = re.compile(
    r"(?:价格)?(?:认定|鉴定|评估|核定)?(?:总|合计)?(?:价格|价值|金额|总价|总额|价|(?<=定)(?:结果|结论))(?:合计)?"
    r"(?:\((?:单位:?)?(?:人民币)?[:,/]?(?P<unit>万?元)?\))?"
)
_SUM = re.compile(r"(?:合计|总计|共计|小计).*")
_END = re.compile(r"以下空白|以下无正文|\(?空白\)?|/|-+|无")
_MONEY = re.compile(rf"(?:人民币|¥)?(?P<number>[\d.,{FIGURES}{UNITS}]+)(?P<own>[元圆])?[整正]?")
_BESIDE = re.compile(r"(?:合计|总计|共计|小计|人民币|大写|小写|[为计整正():,、])*")
"""What may stand in a cell with a sum of money."""
_NUMBER = re.compile(r"\d{1,3}[.、]?")


@dataclass(frozen=True, slots=True)
class Cell:
    """Text without white space, and where it stands in the document's text."""

    text: str
    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Item:
    """One row. `value` in yuan, None where the list gives none."""

    name: Cell
    quantity: Cell | None = None
    value: Decimal | None = None
    value_cell: Cell | None = None


@dataclass(frozen=True, slots=True)
class Stock:
    """The rows of a list, and its sum if it gives one."""

    items: tuple[Item, ...] = ()
    total: Decimal | None = None
    total_cell: Cell | None = None


def stock_of(document: FactDocument) -> Stock:
    """What stands in the tables of a list; nothing if it has none that can be read."""
    items: list[Item] = []
    total: tuple[Decimal, Cell] | None = None
    columns: dict[str, int] = {}
    unit = Decimal(1)
    for row in _rows(document):
        header = _header(row)
        if header is not None:
            columns, unit = header
            continue
        if not columns:
            continue
        first = next((cell for cell in row.values() if _SUM.fullmatch(cell.text)), None)
        if first is not None:
            sums = [(m, c) for c in row.values() if (m := _money(c.text, unit)) is not None]
            # a number beside a sum in 元 counts the things
            sums = [each for each in sums if re.search("[元圆¥]", each[1].text)] or sums
            if sums:
                total = sums[-1]
            continue
        name = row.get(columns["name"])
        if name is None or _END.fullmatch(name.text) or not _is_thing(name.text):
            continue
        priced = row.get(columns.get("value", -1))
        money = _money(priced.text, unit) if priced else None
        items.append(Item(name, row.get(columns.get("quantity", -1)), money, priced))
    return Stock(tuple(items), *(total or (None, None)))


def _is_thing(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fffA-Za-z]{2}", text) is not None


def _money(text: str, unit: Decimal) -> Decimal | None:
    """Yuan that a cell says: in figures or words, in the `unit` of the column unless it gives its
    own."""
    match = _MONEY.fullmatch(text)
    if match is not None:
        with suppress(ValueError):
            own = match["own"] or re.search("[万萬亿億]", text)
            return quantity(match["number"]) * (1 if own else unit)
    found = amounts(text)
    values = {amount.value for amount in found if amount.currency == "CNY"}
    beside = text
    for amount in reversed(found):
        beside = beside[: amount.start] + beside[amount.stop :]
    return values.pop() if len(values) == 1 and _BESIDE.fullmatch(beside) else None


def _header(row: dict[int, Cell]) -> tuple[dict[str, int], Decimal] | None:
    columns: dict[str, int] = {}
    unit = Decimal(1)
    for place, cell in row.items():
        if _NAME.fullmatch(cell.text):
            columns.setdefault("name", place)
        elif _QUANTITY.fullmatch(cell.text):
            columns.setdefault("quantity", place)
        elif match := _VALUE.fullmatch(cell.text):
            columns["value"] = place
            unit = Decimal(10000 if match["unit"] == "万元" else 1)
    return (columns, unit) if "name" in columns and len(columns) > 1 else None


def _rows(document: FactDocument) -> Iterator[dict[int, Cell]]:
    """Rows of tables, from cells where the page has them, else from lines parted by tabs, bars
    or wide gaps."""
    row: dict[int, list[tuple[str, int]]] = {}
    place: tuple[int, int, int] | None = None
    for page, line, start in document.placed_lines:
        if line.cell is None:
            if row:
                yield _joined(row)
            row, place = {}, None
            cells = _parted(line.text, start)
            if len(cells) > 1:
                yield dict(enumerate(cells))
            continue
        here = (page, line.cell.table, line.cell.row)
        if here != place:
            if row:
                yield _joined(row)
            row, place = {}, here
        row.setdefault(line.cell.column, []).append((line.text, start))
    if row:
        yield _joined(row)


def _joined(row: dict[int, list[tuple[str, int]]]) -> dict[int, Cell]:
    """Cells from their lines (text and where it begins)."""
    return {
        column: Cell(
            normal("\n".join(text for text, _ in lines)),
            lines[0][1],
            lines[-1][1] + len(lines[-1][0]),
        )
        for column, lines in row.items()
    }


_GAP = re.compile(r"\t|[|｜]|\u3000+|\s{2,}")
_LONE = re.compile(r"\s+")


def _parted(line: str, start: int) -> list[Cell]:
    pieces, at = [], 0
    for gap in [*_GAP.finditer(line), None]:
        end = len(line) if gap is None else gap.start()
        part = line[at:end]
        if part.strip():
            left = at + len(part) - len(part.lstrip())
            pieces.append(Cell(normal(part), start + left, start + at + len(part.rstrip())))
        at = end if gap is None else gap.end()
    return pieces


COUNT = (
    r"(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)余?"
    "(?:部|台|辆|个|只|件|条|枚|支|把|块|副|付|对|双|套|张|本|册|瓶|箱|袋|盒|包|捆|桶|根|株|粒|片|颗|顶|架|艘|头|匹"
    "|幅|串|组|批|扇|公斤|千克|毫克|克|市?斤|吨|(?:平方|立方)?米|毫?升)"
)
"""A number of things, as it stands behind their name. 号 counts nothing (甘A12345号)."""
# nor does the number of a model (iPhone12个人版)
_QUANTITY_END = re.compile(rf"(?<![\da-zA-Z.-]){COUNT}$")


@lru_cache(maxsize=8192)
def thing(name: str) -> str:
    """A thing's name for comparing: without white space, quotes and a count at its end."""
    return re.sub(r"[\"'()·.,:、]", "", _QUANTITY_END.sub("", normal(name)) or normal(name)).lower()


def same_thing(one: str, other: str) -> bool:
    """Whether two lists mean the same: equal names, or one is the end or the middle of the other
    (北极光X30型手机, 北极光X30型手机1部; 黑色北极光X30型手机). Of two characters only the end
    (手机, 黑色手机)."""
    left, right = thing(one), thing(other)
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    if (len(short) >= 3 and short in long) or (len(short) == 2 and long.endswith(short)):
        return True
    if len(left) != len(right) or len(left) < 5:
        return False
    # one misread character; another digit or letter is another model
    apart = [a + b for a, b in zip(left, right, strict=True) if a != b]
    return len(apart) == 1 and not re.search(r"[\da-z]", apart[0])


_COUNT = re.compile(
    rf"(?:净重)?[共计]{{0,2}}(?P<number>[\d.,{FIGURES}{UNITS}]+)(?P<unit>(?![余多几])[\u4e00-\u9fff]{{0,2}}|kg|mg|g)",
    re.IGNORECASE,
)
_WEIGHTS = {
    "吨": Decimal(10**6), "kg": Decimal(1000), "公斤": Decimal(1000), "斤": Decimal(500),
    "市斤": Decimal(500), "克": Decimal(1), "g": Decimal(1), "毫克": Decimal("0.001"),
    "mg": Decimal("0.001"),
}  # fmt: skip
_PACKS = frozenset("包箱袋盒捆套批桶瓶条")


def count_of(cell: Cell) -> tuple[Decimal, str] | None:
    """How many a cell says, and of what: grams (克), 元, packs by their word, else single things
    (""). None if it cannot be read."""
    match = _COUNT.fullmatch(cell.text)
    if match is None:
        return None
    try:
        number = quantity(match["number"])
    except ValueError:
        return None
    unit = match["unit"].lower()
    if unit in _WEIGHTS:
        return number * _WEIGHTS[unit], "克"
    return number, unit if unit == "元" or unit in _PACKS else ""


def money_text(amount: Amount | Decimal) -> str:
    """2860, 2860.5: yuan without needless zeros."""
    value = amount.value if isinstance(amount, Amount) else amount
    return f"{value.normalize():f}"
