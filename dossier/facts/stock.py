"""Things on lists: 扣押清单, 随案移送清单, 发还清单, and what 价格认定 says they are worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ..elements.values import Amount
from ..normal import normal
from .documents import FactDocument

_NAME = re.compile(r"(?:物品|财物|涉案物品|标的)?(?:名称|品名)(?:及规格|、规格型号|规格)?")
_QUANTITY = re.compile(r"数量(?:\(.{1,4}\))?")
_VALUE = re.compile(
    r"(?:认定|鉴定|评估)?(?:价格|价值|金额|总价|价)(?:\((?P<unit>万?元|人民币元)\))?"
)
_SUM = re.compile(r"(?:合计|总计|共计|小计).*")
_END = re.compile(r"以下空白|以下无正文|\(?空白\)?|/|-+|无")
_MONEY = re.compile(r"(?:人民币|¥|￥)?(\d[\d,]*(?:\.\d+)?)元?整?")
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
            sums = [(money, c) for c in row.values() if (money := _money(c.text)) is not None]
            if sums:
                total = (sums[-1][0] * unit, sums[-1][1])
            continue
        name = row.get(columns["name"])
        if name is None or _END.fullmatch(name.text) or not _is_thing(name.text):
            continue
        priced = row.get(columns.get("value", -1))
        money = _money(priced.text) if priced else None
        items.append(
            Item(
                name,
                row.get(columns.get("quantity", -1)),
                None if money is None else money * unit,
                priced,
            )
        )
    return Stock(tuple(items), *(total or (None, None)))


def _is_thing(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fffA-Za-z]{2}", text) is not None


def _money(text: str) -> Decimal | None:
    match = _MONEY.fullmatch(text)
    return Decimal(match[1].replace(",", "")) if match else None


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


_QUANTITY_END = re.compile(r"[\d一二两三四五六七八九十]+(?:余)?[\u4e00-\u9fff]{1,2}$")


@lru_cache(maxsize=8192)
def thing(name: str) -> str:
    """A thing's name for comparing: without white space, quotes and a count at its end."""
    return re.sub(r"[\"'()·.,:、]", "", _QUANTITY_END.sub("", normal(name)) or normal(name)).lower()


def same_thing(one: str, other: str) -> bool:
    """Whether two lists mean the same: equal names, or one is the end or the middle of the other
    (北极光X30型手机, 北极光X30型手机1部; 黑色北极光X30型手机)."""
    left, right = thing(one), thing(other)
    if left == right:
        return True
    short, long = sorted((left, right), key=len)
    if len(short) >= 3 and short in long:
        return True
    if len(left) != len(right) or len(left) < 5:
        return False
    # one misread character; another digit or letter is another model
    apart = [a + b for a, b in zip(left, right, strict=True) if a != b]
    return len(apart) == 1 and not re.search(r"[\da-z]", apart[0])


def money_text(amount: Amount | Decimal) -> str:
    """2860, 2860.5: yuan without needless zeros."""
    value = amount.value if isinstance(amount, Amount) else amount
    return f"{value.normalize():f}"
