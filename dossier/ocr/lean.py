"""How the lines of a page lean: skew of a scan, and the fan of lines in a photograph.

Recognition reads leaning lines as they are (measured: no loss up to 12°). Only questions like
"are these two in one row?" need the page level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..model import Line


@dataclass(frozen=True, slots=True)
class Lean:
    """Slope of the text at a point: `flat + across · x + down · y`.

    x and y are in page heights; slopes are dy/dx.
    """

    aspect: float
    """Width of the page in page heights."""
    flat: float = 0.0
    across: float = 0.0
    down: float = 0.0

    @property
    def degrees(self) -> float:
        """Lean at the middle of the page, clockwise positive."""
        middle = self.flat + self.across * self.aspect / 2 + self.down / 2
        return math.degrees(math.atan(middle))

    def level(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page (shares [0, 1]) would lie if the page were level.

        Both results in page heights.
        """
        x = x * self.aspect
        middle = self.aspect / 2
        slope = self.flat + self.across * (x + middle) / 2 + self.down * y
        turned = self.flat + self.across * middle + self.down / 2
        return x + turned * (y - 0.5), y - slope * (x - middle)


def lean_of(lines: Sequence[Line], width: float, height: float) -> Lean:
    """The lean of a page (any unit of width and height) from its longer lines."""
    aspect = width / height
    rows = []
    for line in lines:
        q = line.quad
        x0, y0 = (q[0] + q[6]) / 2 * aspect, (q[1] + q[7]) / 2
        x1, y1 = (q[2] + q[4]) / 2 * aspect, (q[3] + q[5]) / 2
        thick = math.hypot((q[6] - q[0]) * aspect, q[7] - q[1])
        length = math.hypot(x1 - x0, y1 - y0)
        if x1 - x0 > 4 * thick > 0 and abs(y1 - y0) < 0.4 * (x1 - x0):
            rows.append(((y1 - y0) / (x1 - x0), (x0 + x1) / 2, (y0 + y1) / 2, length))
    if not rows:
        return Lean(aspect)
    slopes, xs, ys, weights = (np.array(column) for column in zip(*rows, strict=True))
    order = np.argsort(slopes)
    share = np.cumsum(weights[order]) / weights.sum()
    middle = float(slopes[order][np.searchsorted(share, 0.5)])
    near = np.abs(slopes - middle) < 0.035
    if np.count_nonzero(near) < 6 or np.ptp(ys[near]) < 0.2:
        return Lean(aspect, middle)
    slopes, xs, ys, weights = slopes[near], xs[near], ys[near], weights[near]
    # short lines are exact in proportion to their length; a little ridge keeps the fan modest
    design = np.stack([np.ones_like(xs), xs - aspect / 2, ys - 0.5], axis=1)
    squared = weights**2
    normal = design.T @ (design * squared[:, None])
    normal += np.diag([0, 0.02, 0.02]) * squared.sum() / len(squared)
    flat, across, down = np.linalg.solve(normal, design.T @ (slopes * squared))
    return Lean(
        aspect,
        float(flat - across * aspect / 2 - down / 2),
        float(across),
        float(down),
    )
