"""The parts of the default engine: CTC decoding, close boxes, strips."""

from __future__ import annotations

import numpy as np
import pytest

from dossier.ocr.detect import order_corners
from dossier.ocr.fit import fitted, page_em
from dossier.ocr.scale import turn, within
from dossier.ocr.strips import along_text, cut
from dossier.ocr.transcribe import Reading, small_reader, tiny_reader


def test_repeated_letters_and_blanks() -> None:
    """CTC: a run is one character; a blank between two runs makes them two."""
    reader = tiny_reader()
    three = reader._alphabet.index("3")
    output = np.zeros((10, len(reader._alphabet)), np.float32)
    output[:, 0] = 0.9
    for step in (2, 3, 6):
        output[step] = 0
        output[step, three] = 0.8
    reading = reader._decode(output, 1.0)
    assert reading.text == "33"
    assert reading.confidence == pytest.approx(0.8)
    begin, first_end, second, end = reading.spans
    assert 0 <= begin < 0.3 < first_end <= second < 0.65 < end <= 1


@pytest.mark.parametrize("reader", [small_reader, tiny_reader])
def test_alphabet_fits_the_network(reader: object) -> None:
    made = reader()  # type: ignore[operator]
    strip = np.full((48, 320, 3), 255, np.uint8)
    steps = made._network(np.zeros((1, 3, 48, 320), np.float32))
    assert steps.shape[2] == len(made._alphabet)
    assert made.read([strip])[0].text == ""
    assert made.read([]) == []


def test_strips_too_small_to_read_are_nothing() -> None:
    tiny = np.zeros((1, 1, 3), np.uint8)
    assert [r.text for r in tiny_reader().read([tiny, tiny])] == ["", ""]


def test_close_boxes() -> None:
    box = np.array([[100, 100], [500, 100], [500, 140], [100, 140]], np.float32)
    spans = tuple(x for k in range(10) for x in (0.05 + 0.075 * k, 0.05 + 0.075 * (k + 1)))
    reading = Reading("一二三四五六七八九十", 0.9, spans, 0.075)
    usual = page_em(np.stack([box] * 3), [reading] * 3)
    assert usual == pytest.approx(0.75)
    close, on_it = fitted(box, reading, usual)
    assert close[0] == pytest.approx([120, 105])
    assert close[2] == pytest.approx([420, 135])
    assert on_it[0] == 0
    assert on_it[-1] == pytest.approx(1)


@pytest.mark.parametrize("shift", range(4))
def test_corners_in_order(shift: int) -> None:
    box = np.array([[10, 10], [110, 14], [109, 44], [9, 40]], np.float32)
    assert order_corners(np.roll(box, shift, axis=0)).tolist() == box.tolist()
    assert order_corners(np.roll(box[::-1], shift, axis=0)).tolist() == box.tolist()


def test_tall_boxes_are_cut_from_top_to_bottom() -> None:
    image = np.zeros((100, 60, 3), np.uint8)
    image[:50, 20:40] = 200
    box = np.array([[20, 0], [40, 0], [40, 100], [20, 100]], np.float32)
    strip = cut(image, along_text(box))
    assert strip.shape == (20, 100, 3)
    assert strip[2:-2, 2:48].min() == 200
    assert strip[2:-2, 52:].max() == 0


@pytest.mark.parametrize(
    ("size", "side", "expected"),
    [
        ((3508, 2480), 1754, (1754, 1240)),
        ((500, 400), 1754, (500, 400)),
        ((9000, 1080), 1280, (7111, 853)),
        ((40, 2000), 1280, (40, 2000)),
    ],
)
def test_scaled_down(size: tuple[int, int], side: int, expected: tuple[int, int]) -> None:
    image = np.zeros((*size, 3), np.uint8)
    assert within(image, side).shape[:2] == expected


def test_turns() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 255
    assert turn(image, 0) is image
    assert turn(image, 90)[0, 1].max() == 255
    assert turn(image, 180)[1, 2].max() == 255
    assert turn(image, 270)[2, 0].max() == 255
