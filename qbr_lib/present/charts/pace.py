"""Revenue won since the quarter began, week by week, against earlier quarters and the target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import seaborn as sns  # type: ignore[import-untyped]
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qbr_lib.formats import Formats, Scale
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, known, scaled
from qbr_lib.present.style import (
    COLOURS,
    DOT,
    HALF,
    LINE,
    TARGET,
    TEXT,
    TICK,
    ZERO,
    points,
    text_width,
)

_TOP, _FOOT, _BESIDE = 40.0, 26.0, 8.0
_LABELLED_EVERY = 3


@dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    x: Span
    y: Span
    used: Scale
    formats: Formats


def height(n: int = 13, *, narrow: bool = True) -> int:  # noqa: ARG001 - alike in all charts
    """Return the height in pixels; it is the same for any number of weeks."""
    return 300


def size(frame: pd.DataFrame, *, narrow: bool = True) -> tuple[int, int]:
    """Return width and height in pixels; this chart has only the half width."""
    return (HALF, height(len(frame), narrow=narrow))


def scale(frame: pd.DataFrame, *, formats: Formats, target: float | None = None) -> Scale:
    """Return how the amounts are shortened; its unit belongs in the subtitle."""
    amounts = [abs(value) for value in _amounts(frame, target)]
    return formats.scale(max(amounts))


def pace(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    target: float | None = None,
    narrow: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Draw what was won since the quarter's first day, summed up week by week.

    Parameters
    ----------
    frame : DataFrame
        One row per week, in order: week (number), won [money since the first day, NaN for weeks
        to come], middle, low, high [money, of earlier quarters; NaN where unknown].
    formats : Formats
        Language and currency.
    target : float or None
        [money] Target of the quarter.
    narrow : bool
        The chart has only the half width.
    ax : Axes or None
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes
        The axes drawn on.
    """
    canvas = canvas_on(ax, size(frame, narrow=narrow))
    aim = float(target) if target is not None and known(target) else None
    used = scale(frame, formats=formats, target=aim)
    plot = _plot(canvas, frame, used, formats, aim)
    canvas.lay(plot.x, plot.y)
    _grid(plot, frame)
    _earlier(plot, frame)
    _won(plot, frame)
    _ends(plot, frame, aim)
    return canvas.ax
