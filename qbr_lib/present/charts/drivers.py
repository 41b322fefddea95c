"""What moved revenue, one factor a row: its bar from 0 over the swing that is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import Formats, Scale
from qbr_lib.present.charts import bridge
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, flagged, known, scaled, widest
from qbr_lib.present.style import HALF, NAME, TEXT, WIDE, ZERO, Role

_EDGES, _EDGES_NARROW = (44.0, 20.0), (52.0, 20.0)
_ROW, _ROW_NARROW = 50.0, 80.0
_BAR, _BAND = 17.0, 30.0


@dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    x: Span
    y: Span
    names: float
    values: float
    tags: float
    narrow: bool

    def middle(self, place: int) -> float:
        """Return the height of a row's bar: its middle, on a narrow screen below its name."""
        return self.y.pixel(place + 0.5) + (20 if self.narrow else 0)


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:
    """Return width and height in pixels of the chart of this frame."""
    (head, foot), row = (_EDGES_NARROW, _ROW_NARROW) if narrow else (_EDGES, _ROW)
    return (HALF if narrow else WIDE, round(head + foot + row * max(len(frame), 1)))


def scale(frame: pd.DataFrame, *, formats: Formats) -> Scale:
    """Return how the amounts are shortened, alike for all rows."""
    return bridge.scale(frame.rename(columns={"effect": "amount"}), formats=formats)


def drivers(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    narrow: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each factor added to the change of revenue.

    Parameters
    ----------
    frame : DataFrame
        One row per bar: kind ("factor", "sum", "beside"), label, comment, effect [money, signed],
        usual [money, half the width of the band; NaN for none], pattern (bool), verdict (text).
        The row of the sum is ink; one beside it is no part of it.
    formats : Formats
        Language and currency.
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
    used = scale(frame, formats=formats)
    texts = [scaled(float(value), used, formats, signed=True) for value in frame["effect"]]
    plot = _plot(canvas, frame, texts, narrow=narrow)
    canvas.lay(plot.x, plot.y)
    for place, (row, text) in enumerate(zip(frame.itertuples(), texts, strict=True)):
        _bar(plot, place, row)
        _words(plot, place, row, text)
    _lines(plot, list(frame["kind"]))
    return canvas.ax


def _plot(canvas: Canvas, frame: pd.DataFrame, texts: list[str], *, narrow: bool) -> _Plot:
    head, foot = _EDGES_NARROW if narrow else _EDGES
    names = (
        canvas.width * 0.62
        if narrow
        else min(
            max(
                widest(list(frame["label"]), NAME, bold=True), widest(list(frame["comment"]), TEXT)
            ),
            canvas.width * 0.3,
        )
    )
    values = min(widest(texts, NAME, bold=True), canvas.width * 0.2)
    tags = min(widest(list(frame["verdict"]), TEXT, bold=True), canvas.width * 0.17)
    ends = [0.0, *frame["effect"], *frame["usual"].dropna(), *-frame["usual"].dropna()]
    low, high = min(ends), max(ends)
    left, right = (
        (8.0, canvas.width - 8) if narrow else (names + 24, canvas.width - values - tags - 36)
    )
    x = Span(low, high if high > low else low + 1.0, left, right)
    return _Plot(
        canvas,
        x,
        Span(0, max(len(frame), 1), head, canvas.height - foot),
        names,
        values,
        tags,
        narrow,
    )


def _bar(plot: _Plot, place: int, row: Any) -> None:
    middle, zero = plot.middle(place), plot.x.pixel(0)
    if known(row.usual):
        left, right = plot.x.pixel(-row.usual), plot.x.pixel(row.usual)
        top = middle - _BAND / 2
        plot.canvas.box(left, top, (right - left, _BAND), role="band", order=0.5)
    end = plot.x.pixel(float(row.effect))
    left, width = min(zero, end), abs(end - zero)
    plot.canvas.box(left, middle - _BAR / 2, (width, _BAR), role=_roles(row)[0], order=2)


def _words(plot: _Plot, place: int, row: Any, text: str) -> None:
    canvas, ink = plot.canvas, _roles(row)[1]
    middle, end = plot.y.pixel(place + 0.5), plot.canvas.width
    strong = row.kind != "beside"
    upper, lower = (middle - 26, middle - 10) if plot.narrow else (middle - 8, middle + 9)
    first = upper if row.comment or plot.narrow else middle
    canvas.name(0, first, row.label, plot.names, size=NAME, bold=strong)
    canvas.name(0, lower, row.comment, plot.names, role="muted", size=TEXT)
    quiet: Role = "muted" if ink == "ink" else ink
    if plot.narrow:
        canvas.number(end, upper, text, end - plot.names, role=ink, size=NAME, bold=strong)
        canvas.name(end, lower, row.verdict, end - plot.names, role=quiet, anchor="right")
        return
    canvas.number(end - plot.tags - 12, middle, text, plot.values, role=ink, size=NAME, bold=strong)
    marked = flagged(row.pattern)
    canvas.name(end - plot.tags, middle, row.verdict, plot.tags, role=quiet, bold=marked)


def _roles(row: Any) -> tuple[Role, Role]:
    """Return the colours of a bar and of its number."""
    if flagged(row.pattern):
        return ("alert", "alert") if row.effect < 0 else ("actual", "actual")
    fill: dict[str, Role] = {"factor": "level", "sum": "ink", "beside": "context"}
    return fill[row.kind], "ink"


def _lines(plot: _Plot, kinds: list[str]) -> None:
    zero, end = plot.x.pixel(0), plot.canvas.width
    plot.canvas.text(zero, plot.y.start - 14, "0", role="muted", anchor="center")
    for place, kind in enumerate(kinds):
        y = plot.y.pixel(place)
        if kind == "sum":
            plot.canvas.line((0, end), (y, y), role="ink", stroke=ZERO, order=0)
        elif place:
            plot.canvas.line((0, end), (y, y), order=0)
    for place, kind in enumerate(kinds):
        _zero(plot, place, kind)


def _zero(plot: _Plot, place: int, kind: str) -> None:
    """Draw the line of 0 through a row: apart beside the sum, and never through words."""
    zero, middle, reach = plot.x.pixel(0), plot.middle(place), _BAND / 2 + 2
    top, bottom = middle - reach, middle + reach
    if kind == "beside":
        plot.canvas.line((zero, zero), (top, bottom), role="faint", order=4)
        return
    if not plot.narrow:
        top, bottom = plot.y.pixel(place), plot.y.pixel(place + 1)
    plot.canvas.line((zero, zero), (top, bottom), role="ink", stroke=ZERO, order=4)
