"""Tables keep their cells; columns, rows and blocks are read in order."""

from __future__ import annotations

import math

import numpy as np
import pytest
from drawn_pages import Sheet, goods
from PIL import Image

from dossier.model import Cell, Line
from dossier.ocr import OcrSettings, recognise
from dossier.ocr.lean import Lean, lean_of
from dossier.ocr.order import in_reading_order, part_of, rows_of
from dossier.ocr.tables import find_tables

BLANK = np.full((1400, 1000, 3), 255, np.uint8)


def line(x: float, y: float, text: str, size: float = 0.015, slope: float = 0.0) -> Line:
    """A line of print; x, y and size in page widths and heights of a 1000 × 1400 page."""
    length = len(text) * size * 1.4
    down = length * slope / 1.4
    return Line(text, (x, y, x + length, y + down, x + length, y + down + size, x, y + size), 0.99)


def ordered(lines: list[Line]) -> list[Line]:
    return in_reading_order(lines, BLANK, lean_of(lines, 1000, 1400))


class TestOrder:
    def test_rows_from_left_to_right(self) -> None:
        lines = [
            line(0.1 + 0.3 * c, 0.1 + 0.05 * r, f"第{r}行{c}") for c in (2, 0, 1) for r in (1, 0)
        ]
        found = [item.text for item in ordered(lines)]
        assert found == [f"第{r}行{c}" for r in range(2) for c in range(3)]

    @pytest.mark.parametrize("slope", [0.0, 0.03, -0.05])
    def test_two_columns(self, slope: float) -> None:
        """Heading across, two columns of running text, a remark across below."""

        def leaning(x: float, y: float, text: str) -> Line:
            return line(x, y + (x - 0.5) * slope / 1.4, text, slope=slope)

        left = [
            leaning(0.08, 0.2 + 0.025 * k, f"左栏正文第{k:02}行共有一十六个汉字") for k in range(12)
        ]
        right = [
            leaning(0.54, 0.2 + 0.025 * k, f"右栏正文第{k:02}行共有一十六个汉字") for k in range(12)
        ]
        head = leaning(0.1, 0.1, "这是横跨两栏的标题这是横跨两栏的标题这是横跨两栏的标题")
        foot = leaning(0.1, 0.6, "这是横跨两栏的说明这是横跨两栏的说明这是横跨两栏的说明")
        mixed = [item for pair in zip(left, right, strict=True) for item in pair]
        found = ordered([foot, *mixed, head])
        expected = [head, *left, *right, foot]
        assert [item.text for item in found] == [item.text for item in expected]
        blocks = [item.block for item in found]
        assert blocks == sorted(blocks)
        assert len({blocks[0], blocks[1], blocks[13], blocks[25]}) == 4

    def test_aligned_entries_are_rows_not_columns(self) -> None:
        """A statement of account without rules."""
        rows = [
            [
                line(x, 0.2 + 0.03 * k, text)
                for x, text in (
                    (0.08, f"12-{k + 10}"),
                    (0.3, "09:14:15"),
                    (0.55, f"-{k}50.00"),
                    (0.75, "转账"),
                )
            ]
            for k in range(10)
        ]
        found = ordered([item for row in reversed(rows) for item in reversed(row)])
        assert [item.text for item in found] == [item.text for row in rows for item in row]

    def test_wide_gaps_part_blocks(self) -> None:
        near = [line(0.1, 0.3 + 0.025 * k, "正文正文正文正文正文") for k in range(6)]
        lines = [line(0.3, 0.1, "标题", 0.03), *near, line(0.6, 0.8, "落款")]
        assert [item.block for item in ordered(lines)] == [0, *[1] * 6, 2]

    def test_nothing(self) -> None:
        assert ordered([]) == []

    def test_part_of_a_line(self) -> None:
        whole = line(0.1, 0.1, "甲乙 丙丁")
        part = part_of(whole, 2, 5)
        assert part is not None
        assert part.text == "丙丁"
        assert part.box.left == pytest.approx(whole.part_box(3, 5).left)
        assert part.box.right == pytest.approx(whole.box.right)
        assert part_of(whole, 2, 3) is None
        assert part_of(whole, 0, 5) is whole


class TestLean:
    @pytest.mark.parametrize("degrees", [-6.0, 0.0, 1.5, 10.0])
    def test_skew(self, degrees: float) -> None:
        slope = math.tan(math.radians(degrees))
        lines = [line(0.2, 0.2 + 0.05 * k, "文" * 20, slope=slope) for k in range(8)]
        assert lean_of(lines, 1000, 1400).degrees == pytest.approx(degrees, abs=0.05)

    def test_a_fan_is_levelled(self) -> None:
        """Photographed from aside: rows run apart; pieces of one row come to one height."""
        lean = Lean(1000 / 1400, flat=-0.02, down=0.04)
        for y in (0.1, 0.5, 0.9):
            left = lean.level(0.1, y)
            slope = lean.flat + lean.down * y
            right = lean.level(0.9, y + slope * 0.8 * lean.aspect)
            assert left[1] == pytest.approx(right[1], abs=0.0015)

    def test_no_lines(self) -> None:
        assert lean_of([], 100, 100).degrees == 0
        assert lean_of([line(0.1, 0.1, "文")], 1000, 1400).degrees == 0


def table_of(layer_lines: tuple[Line, ...]) -> dict[tuple[int, int], str]:
    found: dict[tuple[int, int], str] = {}
    for item in layer_lines:
        if item.cell is not None:
            place = (item.cell.row, item.cell.column)
            found[place] = found.get(place, "") + item.text
    return found


class TestTables:
    @pytest.mark.parametrize("degrees", [0.0, 2.0, -3.0])
    def test_cells_and_order(self, sheet: Sheet, fast: OcrSettings, degrees: float) -> None:
        goods(sheet)
        page = sheet.image.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white")
        layer = recognise(page, fast, dpi=150)
        found = table_of(layer.lines)
        assert len(found) == 20
        assert [found[0, c] for c in range(4)] == ["编号", "名称", "数量", "备注"]
        assert [found[r, 1] for r in range(5)] == ["名称", "手机", "人民币", "身份证", "银行卡"]
        assert found[2, 2] == "412元"
        assert layer.text.startswith(
            "扣押清单\n\n编号\t名称\t数量\t备注\n1\t手机\t1部\t黑色已关机\n"
        )
        assert layer.text.endswith("\n\n上列物品共计四项，以下空白。")

    def test_in_perspective(self, sheet: Sheet, fast: OcrSettings) -> None:
        goods(sheet)
        w, h = sheet.width, sheet.height
        # where the corners of the result come from: the far edge of the sheet looks shorter
        corners = (-60, -40, 10, h + 30, w + 20, h - 10, w + 90, -70)
        photo = sheet.image.transform(
            (w, h), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="white"
        )
        found = table_of(recognise(photo, fast, dpi=150).lines)
        assert len(found) == 20
        assert [found[r, 3] for r in range(5)] == ["备注", "黑色已关机", "无", "本人", "建设银行"]

    def test_merged_cells(self, sheet: Sheet, fast: OcrSettings) -> None:
        draw = sheet.draw
        for x in (120, 1100):
            draw.line((x, 300, x, 600), fill=0, width=3)
        for y in (300, 400, 600):
            draw.line((120, y, 1100, y), fill=0, width=3)
        draw.line((400, 500, 1100, 500), fill=0, width=3)
        draw.line((400, 400, 400, 600), fill=0, width=3)
        draw.line((750, 400, 750, 500), fill=0, width=3)
        for x, y, text in (
            (480, 330, "受案登记情况"), (180, 480, "报案人"), (480, 430, "张某某"),
            (800, 430, "男性"), (480, 530, "兰州市城关区某街道"),
        ):  # fmt: skip
            sheet.text(x, y, text)
        cells = {item.text: item.cell for item in recognise(sheet.image, fast, dpi=150).lines}
        assert cells == {
            "受案登记情况": Cell(0, 0, 0, 1, 3),
            "报案人": Cell(0, 1, 0, 2, 1),
            "张某某": Cell(0, 1, 1, 1, 1),
            "男性": Cell(0, 1, 2, 1, 1),
            "兰州市城关区某街道": Cell(0, 2, 1, 1, 2),
        }

    def test_open_sides(self, sheet: Sheet, fast: OcrSettings) -> None:
        """No rules at the left and right edges, as banks print them."""
        for y in (300, 370, 440, 510):
            sheet.draw.line((120, y, 1100, y), fill=0, width=3)
        for x in (450, 780):
            sheet.draw.line((x, 300, x, 510), fill=0, width=3)
        for r in range(3):
            for c in range(3):
                sheet.text(160 + 330 * c, 316 + 70 * r, f"第{r}行第{c}列")
        found = table_of(recognise(sheet.image, fast, dpi=150).lines)
        assert found == {(r, c): f"第{r}行第{c}列" for r in range(3) for c in range(3)}

    def test_text_running_through_a_rule_is_cut_there(
        self, sheet: Sheet, fast: OcrSettings
    ) -> None:
        """Entries printed so close that they look like one line."""
        sheet.grid([120, 330, 540, 800], [300, 360, 420])
        for y in (310, 370):
            sheet.text(125, y, "2022-12-0312", 33)
            sheet.text(335, y, "09:14:151234", 33)
            sheet.text(560, y, "1,860.00", 33)
        found = table_of(recognise(sheet.image, fast, dpi=150).lines)
        assert found[0, 0] == "2022-12-0312"
        assert found[0, 1] == "09:14:151234"
        assert found[1, 2] == "1,860.00"

    def test_two_tables_are_numbered(self, sheet: Sheet, fast: OcrSettings) -> None:
        for top in (200, 700):
            sheet.grid([120, 500, 900], [top, top + 80, top + 160])
            for r in range(2):
                sheet.text(160, top + 20 + 80 * r, "姓名")
                sheet.text(560, top + 20 + 80 * r, "李某某")
        layer = recognise(sheet.image, fast, dpi=150)
        assert [item.cell.table for item in layer.lines if item.cell] == [0] * 4 + [1] * 4

    def test_headings_running_downwards(self, sheet: Sheet) -> None:
        sheet.grid([130, 210, 1100], [280, 780])
        for k in range(1, 5):
            sheet.draw.line((210, 280 + 100 * k, 1100, 280 + 100 * k), fill=0, width=3)
        for k, char in enumerate("违法嫌疑人情况"):
            sheet.text(148, 320 + 60 * k, char, 44)
        for k, text in enumerate(("姓名张某某", "住址兰州市", "工作单位无", "电话不详", "其他无")):
            sheet.text(240, 305 + 100 * k, text, 40)
        lines = recognise(sheet.image, OcrSettings(), dpi=150).lines
        assert lines[0].text == "违法嫌疑人情况"
        assert lines[0].cell == Cell(0, 0, 0, 5, 1)
        assert lines[0].part_box(0, 1).top < lines[0].part_box(6, 7).top

    def test_a_frame_is_no_table(self, sheet: Sheet, fast: OcrSettings) -> None:
        sheet.grid([120, 1100], [300, 700])
        sheet.lines(200, 350, ["框内第一行文字内容", "框内第二行文字内容"])
        assert not table_of(recognise(sheet.image, fast, dpi=150).lines)

    def test_folds_are_no_rules(self, sheet: Sheet) -> None:
        goods(sheet)
        pixels = np.asarray(sheet.image, np.float32).copy()
        across = np.arange(sheet.height)[:, None, None]
        pixels -= 45 * np.exp(-(((across - 475) / 4.0) ** 2))
        folded = pixels.clip(0, 255).astype(np.uint8)
        (table,) = find_tables(folded, 0.0)
        assert len(table.cells) == 20

    def test_no_table_in_running_text(self, sheet: Sheet) -> None:
        for k in range(14):
            sheet.text(120, 200 + 70 * k, "一二三口田日中十王国" * 2, 60)
        assert not find_tables(np.asarray(sheet.image), 0.0)


def test_rows_overlap_is_enough() -> None:
    """A small remark beside a large title belongs to its row."""
    from dossier.ocr.order import Piece

    title = Piece(0.1, 0.10, 0.5, 0.16, ())
    remark = Piece(0.6, 0.12, 0.7, 0.14, ())
    below = Piece(0.1, 0.17, 0.5, 0.20, ())
    assert rows_of([below, remark, title]) == [[title, remark], [below]]


@pytest.mark.parametrize("size", [60, 90, 120])
def test_strokes_of_a_title_are_no_table(sheet: Sheet, fast: OcrSettings, size: int) -> None:
    sheet.text(120, 100, "国家自由日用品目", size)
    sheet.text(120, 400, "正文第一行文字内容")
    layer = recognise(sheet.image, fast, dpi=150)
    assert [item.text for item in layer.lines] == ["国家自由日用品目", "正文第一行文字内容"]
    assert not table_of(layer.lines)
