"""How far the decided deals came, one bar a stage, and the share that went on between them."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import Formats
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, flagged, known, widest
from qbr_lib.present.style import COLOURS, HALF, NAME, TEXT, Role

_PITCH, _BAR, _BETWEEN = 60.0, 26.0, 8.0


def size(frame: pd.DataFrame, *, narrow: bool = True) -> tuple[int, int]:  # noqa: ARG001
    """Return width and height in pixels of the chart of this frame; it has one width only."""
    return (HALF, round(_PITCH * max(len(frame), 1) - 24))


def stages(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    narrow: bool = True,  # noqa: ARG001 - as `size`
    ax: Axes | None = None,
) -> Axes:
    """Draw how many deals reached each stage, the last bar those won.

    A share takes colour only where it is a pattern.

    Parameters
    ----------
    frame : DataFrame
        One row per bar, in order: name, reached, share (that went on to the next bar [fraction];
        NaN below the last), usual_low, usual_high, before [fraction or NaN], pattern (bool),
        favourable (bool).
    formats : Formats
        Language and currency.
    narrow : bool
        Taken as every chart takes it.
    ax : Axes or None
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes
        The axes drawn on.
    """
    canvas = canvas_on(ax, size(frame))
    counts = [formats.count(count) for count in frame["reached"]]
    names = min(widest([*frame["name"]], TEXT, bold=True), canvas.width * 0.36)
    left = names + 12
    most = max([1.0, *(float(count) for count in frame["reached"])])
    x = Span(0, most, left, canvas.width - widest(counts, NAME, bold=True) - _BETWEEN)
    canvas.lay(x, Span(0, canvas.height, 0, canvas.height))
    for place, row in enumerate(frame.itertuples()):
        middle = place * _PITCH + _BAR / 2 + 4
        last = place == len(frame) - 1
        role: Role = "actual" if last else "context"
        end = x.pixel(float(row.reached))
        canvas.ax.barh(middle, row.reached, height=_BAR, color=COLOURS[role], linewidth=0, zorder=2)
        ink: Role = "actual" if last else "ink"
        canvas.name(0, middle, row.name, names, bold=last)
        canvas.text(end + _BETWEEN, middle, counts[place], role=ink, size=NAME, bold=True)
        if not last and known(row.share):
            _step(canvas, left, middle + _PITCH / 2, row, formats)
    return canvas.ax


def _step(canvas: Canvas, left: float, middle: float, row: Any, formats: Formats) -> None:
    role: Role = "ink"
    if flagged(row.pattern):
        role = "actual" if row.favourable else "alert"
    share = f"↓ {formats.percent(row.share, 0)}"
    canvas.text(left, middle, share, role=role, bold=True)
    beside = left + widest([share], TEXT, bold=True) + 20
    room = canvas.width - beside
    canvas.name(beside, middle, usual(row, formats), room, role="muted")


def usual(row: Any, formats: Formats) -> str:
    """Return the usual share of a step in words, empty where none is known."""
    say = formats.words.say
    if known(row.usual_low):
        low, high = (formats.percent(side, 0) for side in (row.usual_low, row.usual_high))
        return say("usual {low} to {high}", low=low, high=high)
    return say("usual {value}", value=formats.percent(row.before, 0)) if known(row.before) else ""
