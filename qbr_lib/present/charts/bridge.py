"""The pipeline from the quarter's start to its end, one movement a row, running down the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import DASH, Formats, Scale
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, flagged, known, scaled, widest
from qbr_lib.present.style import COLOURS, GRID, HALF, NAME, TEXT, WIDE, ZERO, Role

_TOP, _ROW, _BAR, _SLIVER = 8.0, 27.0, 17.0, 2.0
_LEVELS = ("opening", "closing")
_THOUSANDS_UP_TO = 100_000_000


@dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    x: Span
    y: Span
    names: float
    values: float
    letters: float


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are drawn: both levels, and every flow that is not 0."""
    moved = frame["amount"].notna() & (frame["amount"] != 0)
    return frame[moved | frame["flow"].isin(_LEVELS)]


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:
    """Return width and height in pixels of the chart of this frame."""
    return (HALF if narrow else WIDE, round(2 * _TOP + _ROW * max(len(rows(frame)), 1)))


def scale(frame: pd.DataFrame, *, formats: Formats) -> Scale:
    """Return how the amounts are shortened; thousands, so that small flows stay visible."""
    largest = max([0.0, *(abs(float(v)) for v in frame["amount"] if known(v))])
    bounded = largest if largest >= _THOUSANDS_UP_TO else min(largest, 999_999)
    return formats.scale(bounded)


def bridge(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    narrow: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw how the open deals of a quarter became what is open at its end.

    Parameters
    ----------
    frame : DataFrame
        One row per flow, in the order drawn: flow (opening, created, ..., closing), label,
        amount [money, signed]; optional pattern (bool: outside the usual, drawn as alert).
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
    shown, used = rows(frame), scale(frame, formats=formats)
    texts = [_text(row, used, formats) for row in shown.itertuples()]
    letters = TEXT if narrow else NAME
    spans = _spans(shown)
    plot = _plot(canvas, shown, spans, texts, letters)
    canvas.lay(plot.x, plot.y)
    for place, row in enumerate(shown.itertuples()):
        _row(plot, place, row, spans[place], texts[place])
    _connect(plot, spans)
    _frame_lines(plot, shown)
    return canvas.ax


def _text(row: Any, used: Scale, formats: Formats) -> str:
    if not known(row.amount):
        return DASH
    return scaled(row.amount, used, formats, signed=row.flow not in _LEVELS)


def _spans(shown: pd.DataFrame) -> list[tuple[float, float]]:
    """Return from where to where each bar runs."""
    spans, running = [], 0.0
    for flow, amount in zip(shown["flow"], shown["amount"].fillna(0.0), strict=True):
        start = 0.0 if flow in _LEVELS else running
        running = start + float(amount)
        spans.append((start, running))
    return spans


def _plot(
    canvas: Canvas,
    shown: pd.DataFrame,
    spans: list[tuple[float, float]],
    texts: list[str],
    letters: float,
) -> _Plot:
    names = min(widest(list(shown["label"]), letters, bold=True), canvas.width * 0.47)
    values = min(widest(texts, letters, bold=True), canvas.width * 0.25)
    ends = [0.0, *(end for span in spans for end in span)]
    high = max(ends) if max(ends) > min(ends) else min(ends) + 1.0
    x = Span(min(ends), high, names + 16, canvas.width - values - 16)
    y = Span(0, max(len(shown), 1), _TOP, canvas.height - _TOP)
    return _Plot(canvas, x, y, names, values, letters)


def _row(plot: _Plot, place: int, row: Any, span: tuple[float, float], text: str) -> None:
    middle = plot.y.pixel(place + 0.5)
    fill, ink = _roles(row)
    strong = row.flow in (*_LEVELS, "won") or ink == "alert"
    left, right = sorted(plot.x.pixel(end) for end in span)
    if span[0] != span[1]:  # a sliver still shows where it stands
        right = max(right, left + _SLIVER)
    plot.canvas.ax.barh(
        place + 0.5,
        plot.x.value_at(right) - plot.x.value_at(left),
        left=plot.x.value_at(left),
        height=_BAR / _ROW,
        color=COLOURS[fill],
        linewidth=0,
        zorder=2,
    )
    plot.canvas.name(0, middle, row.label, plot.names, role=ink, size=plot.letters, bold=strong)
    end = plot.canvas.width
    plot.canvas.number(end, middle, text, plot.values, role=ink, size=plot.letters, bold=strong)


def _roles(row: Any) -> tuple[Role, Role]:
    if flagged(getattr(row, "pattern", False)):
        return "alert", "alert"
    if row.flow in _LEVELS:
        return "level", "ink"
    return ("actual", "actual") if row.flow == "won" else ("context", "ink")


def _connect(plot: _Plot, spans: list[tuple[float, float]]) -> None:
    inset = (_ROW - _BAR) / 2
    for place, (_, end) in enumerate(spans[:-1]):
        x = plot.x.pixel(end)
        y = plot.y.pixel(place + 1)
        plot.canvas.line((x, x), (y - inset, y + inset), role="faint", stroke=GRID, order=3)


def _frame_lines(plot: _Plot, shown: pd.DataFrame) -> None:
    zero = plot.x.pixel(0)
    top, bottom = plot.y.start - 4, plot.y.end + 4
    plot.canvas.line((zero, zero), (top, bottom), role="ink", stroke=ZERO, order=4)
    flows = list(shown["flow"])
    for place, flow in enumerate(flows):
        if flow in _LEVELS and len(flows) > 1:
            y = plot.y.pixel(place + (1 if flow == "opening" else 0))
            plot.canvas.line((0, plot.canvas.width), (y, y), order=0)
