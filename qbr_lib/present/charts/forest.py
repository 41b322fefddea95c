"""Win rates with their possible values, one team, product or competitor a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import DASH, Formats
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, flagged, known, widest
from qbr_lib.present.style import (
    COLOURS,
    DOT,
    HALF,
    INTERVAL,
    NAME,
    TARGET,
    TEXT,
    TICK,
    WIDE,
    Role,
    points,
    text_width,
)

_HEAD, _FOOT, _ROW, _BETWEEN = 34.0, 26.0, 34.0, 24.0
_LEAST_STEP = 36.0
_STEPS = ((0.1, 0.02), (0.25, 0.05), (0.5, 0.1), (1.0, 0.2))


@dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    x: Span
    names: float
    formats: Formats
    narrow: bool
    columns: tuple[float, ...]
    heads: Sequence[str]

    @property
    def letters(self) -> float:
        return TEXT if self.narrow else NAME


def lines(frame: pd.DataFrame) -> int:
    """Return how many rows are drawn: one each, and one for every group's heading."""
    return sum(1 for _ in _entries(frame))


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:
    """Return width and height in pixels of the chart of this frame."""
    return (HALF if narrow else WIDE, round(_HEAD + _FOOT + _ROW * max(lines(frame), 1)))


def win_rates(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    reference_label: str = "",
    heads: Sequence[str] = (),
    narrow: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw win rates: dot for the rate, line for its possible values, tick for the reference.

    A row takes colour only when it is a pattern.

    Parameters
    ----------
    frame : DataFrame
        One row per line, in the organisation's order: name, group (or ""), rate, low, high
        [fraction], won, decided [count], reference [fraction or NaN], too_early, pattern (bool).
    formats : Formats
        Language and currency.
    reference_label : str
        What the ticks stand for.
    heads : sequence of str
        What the columns of rate, won and decided are called, if not so.
    narrow : bool
        Whether the drawing is for half the width.
    ax : Axes or None
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes
        The axes drawn on.
    """
    canvas = canvas_on(ax, size(frame, narrow=narrow))
    count = max(lines(frame), 1)
    plot = _plot(canvas, frame, formats, heads or _heads(formats), narrow=narrow)
    y = Span(0, count, _HEAD, canvas.height - _FOOT)
    canvas.lay(plot.x, y)
    _grid(plot, y)
    _header(plot, frame, reference_label)
    for place, entry in enumerate(_entries(frame)):
        middle = y.pixel(place + 0.5)
        if isinstance(entry, str):
            canvas.name(0, middle + 4, entry, canvas.width, role="muted", bold=True)
        else:
            _row(plot, place + 0.5, entry, middle)
    return canvas.ax


def _entries(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield the rows, with the name of a group before its first row."""
    group = ""
    for row in frame.itertuples():
        named = str(row.group) if known(row.group) else ""
        if named and named != group:
            yield named
        group = named
        yield row


def _plot(
    canvas: Canvas, frame: pd.DataFrame, formats: Formats, heads: Sequence[str], *, narrow: bool
) -> _Plot:
    letters = TEXT if narrow else NAME
    cap = canvas.width * (0.36 if narrow else 0.3)
    groups = [entry for entry in _entries(frame) if isinstance(entry, str)]
    named = widest([str(name) for name in frame["name"]], letters, bold=True)
    names = min(max(named, widest(groups, TEXT, bold=True)), cap)
    columns = _columns(frame, formats, heads, narrow=narrow)
    right = canvas.width - sum(columns) - (16 if narrow else 40)
    high = max([0.0, *(float(v) for v in frame[["rate", "high", "reference"]].max() if known(v))])
    x = Span(0, max(high, _STEPS[0][0]), names + 20, right)
    return _Plot(canvas, x, names, formats, narrow, columns, heads)


def _columns(
    frame: pd.DataFrame, formats: Formats, heads: Sequence[str], *, narrow: bool
) -> tuple[float, ...]:
    """Return the widths of the columns at the right: rate, won, decided; or one for all."""
    rates = [_rate(row, formats) for row in frame.itertuples()]
    if narrow:
        bases = [_base(row, formats) for row in frame.itertuples()]
        return (max(widest(rates, TEXT, bold=True), widest(bases, TICK)),)
    counts = [[formats.count(n) for n in frame[part]] for part in ("won", "decided")]
    return tuple(
        max(widest(texts, NAME, bold=True), text_width(head, TEXT)) + _BETWEEN
        for head, texts in zip(heads, [rates, *counts], strict=True)
    )


def _heads(formats: Formats) -> tuple[str, str, str]:
    say = formats.words.say
    return say("Rate"), say("won"), say("decided")


def _rate(row: Any, formats: Formats) -> str:
    if flagged(row.too_early):
        return formats.words.say("too early")
    return formats.percent(row.rate, 0) if known(row.rate) else DASH


def _base(row: Any, formats: Formats) -> str:
    won, decided = formats.count(row.won), formats.count(row.decided)
    return formats.words.say("{won} of {decided}", won=won, decided=decided)


def _step(high: float) -> float:
    return next((step for most, step in _STEPS if high <= most), 0.2)


def _grid(plot: _Plot, y: Span) -> None:
    step = _step(plot.x.high)
    while plot.x.pixel(step) - plot.x.start < _LEAST_STEP and step < plot.x.high:
        step *= 2
    for tick in np.arange(0, plot.x.high + 1e-9, step):
        x = plot.x.pixel(tick)
        plot.canvas.line((x, x), (y.start, y.end), order=0)
        text = plot.formats.percent(float(tick), 0)
        plot.canvas.text(x, y.end + 15, text, role="muted", size=TICK, anchor="center")


def _header(plot: _Plot, frame: pd.DataFrame, label: str) -> None:
    canvas, right = plot.canvas, plot.canvas.width
    if not plot.narrow:
        for head, width in reversed(list(zip(plot.heads, plot.columns, strict=True))):
            canvas.text(right, 14, head, role="muted", anchor="right")
            right -= width
    if label and frame["reference"].notna().any():
        x = max(min(plot.x.start, right - text_width(label, TEXT)), 0.0)
        canvas.name(x, 14, label, right - x, role="muted")


def _row(plot: _Plot, place: float, row: Any, middle: float) -> None:
    early = flagged(row.too_early)
    role = _role(row)
    ink: Role = role if role in ("alert", "actual") else "ink"
    _interval(plot, place, row, role)
    if known(row.reference):
        x = plot.x.pixel(row.reference)
        plot.canvas.line((x, x), (middle - 9, middle + 9), role="ink", stroke=TARGET, order=3)
    if known(row.rate):
        plot.canvas.ax.plot(
            [row.rate],
            [place],
            "o",
            markersize=points(2 * DOT),
            color=COLOURS[role],
            markerfacecolor=COLOURS["paper" if early else role],
            markeredgewidth=points(1.5),
            zorder=4,
        )
    bold = ink != "ink"
    plot.canvas.name(0, middle, row.name, plot.names, role=ink, size=plot.letters, bold=bold)
    _numbers(plot, row, middle, "muted" if early else ink)


def _role(row: Any) -> Role:
    if flagged(row.too_early):
        return "faint"
    if not flagged(row.pattern):
        return "level"
    return "actual" if known(row.reference) and row.rate > row.reference else "alert"


def _interval(plot: _Plot, place: float, row: Any, role: Role) -> None:
    if known(row.low) and known(row.high):
        plot.canvas.ax.plot(
            [row.low, row.high],
            [place, place],
            color=COLOURS[role],
            linewidth=points(INTERVAL),
            solid_capstyle="butt",
            zorder=2,
        )


def _numbers(plot: _Plot, row: Any, middle: float, ink: Role) -> None:
    canvas, formats, right = plot.canvas, plot.formats, plot.canvas.width
    rate = _rate(row, formats)
    if plot.narrow:
        canvas.text(right, middle - 8, rate, role=ink, bold=True, anchor="right")
        canvas.text(right, middle + 8, _base(row, formats), role="muted", size=TICK, anchor="right")
        return
    for value, width in ((row.decided, plot.columns[2]), (row.won, plot.columns[1])):
        text = formats.count(value)
        canvas.text(right, middle, text, role="muted", size=NAME, anchor="right")
        right -= width
    canvas.text(right, middle, rate, role=ink, size=NAME, bold=True, anchor="right")
