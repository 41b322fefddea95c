"""Counts by reason as horizontal bars from 0."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import DASH, Formats
from qbr_lib.present.charts.canvas import Span, canvas_on, known, widest
from qbr_lib.present.style import COLOURS, HALF, NAME, TEXT, WIDE, ZERO

_PAD, _ROW, _STACKED, _BAR = 4.0, 32.0, 46.0, 18.0
_BETWEEN = 12.0


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:
    """Return width and height in pixels of the chart of this frame."""
    row = _STACKED if narrow else _ROW
    return (HALF if narrow else WIDE, round(2 * _PAD + row * max(len(frame), 1)))


def reasons(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    narrow: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw how many deals were won or lost for each reason.

    Parameters
    ----------
    frame : DataFrame
        One row per reason, in the order drawn: label, count, share [fraction of all, or NaN].
    formats : Formats
        Language and currency.
    narrow : bool
        Whether the drawing is for half the width; labels then stand above their bars.
    ax : Axes or None
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes
        The axes drawn on.
    """
    canvas = canvas_on(ax, size(frame, narrow=narrow))
    counts = [formats.count(count) if known(count) else DASH for count in frame["count"]]
    shares = [formats.percent(share, 0) if known(share) else "" for share in frame["share"]]
    labels = widest([str(label) for label in frame["label"]], NAME)
    left = 0.0 if narrow else min(labels, canvas.width * 0.45) + 16
    beside = widest(counts, NAME, bold=True) + 8
    column = widest(shares, TEXT)
    right = canvas.width - beside - (column + _BETWEEN if column else 0)
    most = max([0.0, *(float(count) for count in frame["count"] if known(count))])
    x = Span(0, most or 1.0, left, right)
    y = Span(0, max(len(frame), 1), _PAD, canvas.height - _PAD)
    canvas.lay(x, y)
    for place, (label, count) in enumerate(zip(frame["label"], frame["count"], strict=True)):
        value = float(count) if known(count) else 0.0
        foot = y.pixel(place + 1) - 6 - _BAR / 2 if narrow else y.pixel(place + 0.5)
        middle = y.value_at(foot)
        canvas.ax.barh(
            middle,
            max(value, 0.0),
            height=_BAR / (y.pixel(1) - y.pixel(0)),
            color=COLOURS["context"],
            linewidth=0,
            zorder=2,
        )
        room, at = (canvas.width, foot - _BAR / 2 - 11) if narrow else (left - 16, foot)
        canvas.name(0, at, str(label), room, size=NAME)
        end = x.pixel(max(value, 0.0))
        canvas.text(end + 8, foot, counts[place], size=NAME, bold=True)
        canvas.text(canvas.width, foot, shares[place], role="muted", anchor="right")
    if not narrow:
        canvas.line((left, left), (y.start, y.end), role="ink", stroke=ZERO, order=3)
    return canvas.ax
