"""Reading one line of text: a CTC network (arXiv:2009.09941, PP-OCR), with character positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from .models import SMALL_READER, TINY_ALPHABET, TINY_READER, Network, locate, network

HEIGHT = 48
_BLANK = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one strip.

    `text`, `confidence` (0 to 1), and `spans`: start and end of each character as shares of the
    strip's width. `em` is the width of a full-width character in the same measure, 0 if unknown.
    """

    text: str
    confidence: float
    spans: tuple[float, ...]
    em: float = 0.0


NOTHING = Reading("", 0.0, ())


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """`batch`      strips run at once
    `least`, `step` narrowest strip and the step its width is rounded up to (pixels at 48 high)
    `most`          widest strip; longer lines are squeezed
    """

    batch: int = 8
    least: int = 160
    step: int = 32
    most: int = 3200


class Reader:
    """Reads strips of text."""

    def __init__(self, network: Network, alphabet: Sequence[str], settings: ReaderSettings) -> None:
        self._network = network
        # CTC: class 0 is "no character", the last one a space
        self._alphabet = ["", *alphabet, " "]
        self.settings = settings

    def read(self, strips: Sequence[NDArray[np.uint8]]) -> list[Reading]:
        """Read RGB strips (any size, text running left to right), in the order given."""
        readings = [NOTHING] * len(strips)
        usable = [k for k, strip in enumerate(strips) if min(strip.shape[:2]) > 1]
        shrunk = {k: self._shrink(strips[k]) for k in usable}
        usable.sort(key=lambda k: shrunk[k].shape[1])
        for group in self._groups([(k, shrunk[k].shape[1]) for k in usable]):
            width = max(self.settings.least, shrunk[group[-1]].shape[1])
            width = -(-width // self.settings.step) * self.settings.step
            batch = np.zeros((len(group), 3, HEIGHT, width), np.float32)
            for slot, k in enumerate(group):
                strip = shrunk[k]
                normal = strip[:, :, ::-1].astype(np.float32) / 127.5 - 1
                batch[slot, :, :, : strip.shape[1]] = normal.transpose(2, 0, 1)
            output = self._network(batch)
            for slot, k in enumerate(group):
                readings[k] = self._decode(output[slot], shrunk[k].shape[1] / width)
        return readings

    def _shrink(self, strip: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = strip.shape[:2]
        target = round(min(max(width * HEIGHT / height, 8), self.settings.most))
        how = cv2.INTER_AREA if height > 1.2 * HEIGHT else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(strip, (target, HEIGHT), interpolation=how), np.uint8)

    def _groups(self, sized: Sequence[tuple[int, int]]) -> list[list[int]]:
        """Strips, sorted by width, into batches that waste little on padding."""
        groups: list[list[int]] = []
        narrowest = 0
        for k, width in sized:
            fits = (
                groups
                and len(groups[-1]) < self.settings.batch
                and width <= max(self.settings.least, narrowest * 1.1)
            )
            if fits:
                groups[-1].append(k)
            else:
                groups.append([k])
                narrowest = width
        return groups

    def _decode(self, output: NDArray[np.float32], share: float) -> Reading:
        """Greedy CTC: `output` is steps × classes; the strip fills `share` of the steps."""
        classes = output.argmax(axis=1)
        fresh = np.ones(len(classes), bool)
        fresh[1:] = classes[1:] != classes[:-1]
        starts = np.flatnonzero(fresh & (classes != _BLANK))
        if not len(starts):
            return NOTHING
        changes = np.append(np.flatnonzero(fresh), len(classes))
        ends = changes[np.searchsorted(changes, starts, side="right")]
        text = [self._alphabet[k] for k in classes[starts]]
        scores = [float(output[a:b, classes[a]].max()) for a, b in zip(starts, ends, strict=True)]
        steps = len(classes) * share
        centres = (starts + ends) / 2 / steps
        return _clean(text, scores, centres)


def _clean(text: list[str], scores: list[float], centres: NDArray[np.float64]) -> Reading:
    """Drop outer spaces and give each character a span."""
    first, last = 0, len(text)
    while first < last and text[first].isspace():
        first += 1
    while last > first and text[last - 1].isspace():
        last -= 1
    if first == last:
        return NOTHING
    text, scores, centres = text[first:last], scores[first:last], centres[first:last]
    widths = np.array([usual_width(entry[0]) for entry in text])
    em = em_of(widths, centres)
    spans: list[float] = []
    for entry, (start, end) in zip(text, character_edges(widths, centres, em), strict=True):
        # an entry of the alphabet may be more than one code point
        step = (end - start) / len(entry)
        for k in range(len(entry)):
            spans += [start + k * step, start + (k + 1) * step]
    return Reading("".join(text), float(np.mean(scores)), tuple(spans), em)


def usual_width(char: str) -> float:
    """In em: half for Latin letters and digits, 1 for everything else."""
    return 0.5 if ord(char) < 0x2000 else 1.0


def em_of(widths: NDArray[np.float64], centres: NDArray[np.float64]) -> float:
    """One em in the measure of the centres: the typical distance of neighbours."""
    if len(centres) < 2:
        return 0.0
    usual = (widths[:-1] + widths[1:]) / 2
    steps = np.diff(centres) / usual
    # positions come in steps of a fifth of an em: the mean of the middle half is finer
    low, high = np.percentile(steps, [25, 75])
    inner = steps[(steps >= low - 1e-9) & (steps <= high + 1e-9)]
    return float(inner.mean() if len(inner) else np.median(steps))


def character_edges(
    widths: NDArray[np.float64], centres: NDArray[np.float64], em: float
) -> list[tuple[float, float]]:
    """Start and end of each character from the places where the network saw them.

    Neighbours meet between their centres, shared out by their usual widths; no character is much
    wider than usual. Without `em` (a single character) it takes the whole strip.
    """
    if not em:
        return [(0.0, 1.0)] * len(centres)
    share = widths[:-1] / (widths[:-1] + widths[1:])
    borders = centres[:-1] + np.diff(centres) * share
    edges: list[tuple[float, float]] = []
    for k, centre in enumerate(centres):
        half = em * widths[k] * 0.5
        first, last = k == 0, k == len(centres) - 1
        start = centre - half if first else max(borders[k - 1], centre - 1.2 * half)
        end = centre + half if last else min(borders[k], centre + 1.2 * half)
        start, end = max(0.0, float(start)), min(1.0, float(end))
        edges.append((start, max(start, end)))
    return edges


@lru_cache(maxsize=1)
def small_reader() -> Reader:
    """The good reader (21 MB), once per process."""
    small = network(SMALL_READER)
    return Reader(small, _entries(small.metadata["character"]), ReaderSettings())


@lru_cache(maxsize=1)
def tiny_reader() -> Reader:
    """The quick reader (4 MB), once per process."""
    alphabet = locate(TINY_ALPHABET).read_text("utf-8")
    return Reader(network(TINY_READER), _entries(alphabet), ReaderSettings())


def _entries(alphabet: str) -> list[str]:
    # not splitlines(): entries may themselves be exotic spaces
    return alphabet.removesuffix("\n").split("\n")
