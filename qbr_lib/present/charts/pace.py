"""Revenue won since the quarter began, week by week, against earlier quarters and the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from qbr_lib.formats import Formats, Scale
from qbr_lib.present.charts import canvas as sheet
from qbr_lib.present.charts.canvas import Anchor, Canvas, Span, canvas_on, known, scaled, widest
from qbr_lib.present.style import (
    COLOURS,
    DOT,
    HALF,
    LINE,
    TARGET,
    TEXT,
    TICK,
    ZERO,
    Role,
    points,
    text_width,
)

_TOP, _FOOT, _BESIDE = 40.0, 26.0, 8.0
_LABELLED_EVERY = 3
_LINE_OF_TEXT = 16.0
_LEAST_BAND, _LEAST_BESIDE = 3, 8.0


@dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    x: Span
    y: Span
    used: Scale
    formats: Formats


def size(frame: pd.DataFrame, *, narrow: bool = True) -> tuple[int, int]:  # noqa: ARG001
    """Return width and height in pixels; this chart has only the half width."""
    return (HALF, 300)


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


def _amounts(frame: pd.DataFrame, target: float | None) -> list[float]:
    """Return every known amount of the picture, and 0."""
    cells = frame[["won", "middle", "low", "high"]].to_numpy(dtype=float).ravel()
    found = [float(value) for value in cells if known(value)]
    return [0.0, *found, *([target] if target is not None else [])]


def _plot(
    canvas: Canvas, frame: pd.DataFrame, used: Scale, formats: Formats, target: float | None
) -> _Plot:
    amounts = _amounts(frame, target)
    low, high = min(amounts), max(amounts)
    y = Span(high if high > low else low + 1.0, low, _TOP, canvas.height - _FOOT)
    ticks, decimals = _ticks(y, used)
    left = max(text_width(_tick(v, used, decimals, formats), TICK) for v in ticks) + _BESIDE + 4
    ends = [_target_text(target, used, formats), *_end_text(frame, used, formats)]
    beside = max(text_width(text, TEXT, bold=True) for text in ends)
    right = canvas.width - 12 - max(beside, _LEAST_BESIDE)
    weeks = [float(week) for week in frame["week"]] or [0.0]
    last = max(weeks) if max(weeks) > min(weeks) else min(weeks) + 1
    return _Plot(canvas, Span(min(weeks), last, left, right), y, used, formats)


def _ticks(y: Span, used: Scale) -> tuple[list[float], int]:
    """Return the heights of the grid in money, and the decimals that tell them apart."""
    locator = MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10])
    shown = locator.tick_values(y.low / used.divisor, y.high / used.divisor)
    low, high = sorted((y.low / used.divisor, y.high / used.divisor))
    inside = [float(v) for v in shown if low - 1e-9 <= v <= high + 1e-9]
    decimals = next((d for d in range(4) if np.allclose(np.round(inside, d), inside)), 4)
    return [value * used.divisor for value in inside], decimals


def _tick(value: float, used: Scale, decimals: int, formats: Formats) -> str:
    return formats.number(value / used.divisor, decimals if value else 0)


def _target_text(target: float | None, used: Scale, formats: Formats) -> str:
    if target is None:
        return ""
    return formats.words.say("Target {value}", value=scaled(target, used, formats))


def _end_text(frame: pd.DataFrame, used: Scale, formats: Formats) -> list[str]:
    return [scaled(value, used, formats) for value in frame["won"].dropna().iloc[-1:]]


def _grid(plot: _Plot, frame: pd.DataFrame) -> None:
    canvas, say = plot.canvas, plot.formats.words.say
    canvas.text(0, 12, plot.used.unit, role="muted", size=TICK)
    ticks, decimals = _ticks(plot.y, plot.used)
    for value in ticks:
        y = plot.y.pixel(value)
        if value:
            canvas.line((plot.x.start, plot.x.end), (y, y), order=0)
        text = _tick(value, plot.used, decimals, plot.formats)
        canvas.text(plot.x.start - _BESIDE, y, text, role="muted", size=TICK, anchor="right")
    zero = plot.y.pixel(0)
    canvas.line((plot.x.start, plot.x.end), (zero, zero), role="ink", stroke=ZERO, order=1)
    weeks = [int(week) for week in frame["week"] if week >= 1]
    every = _LABELLED_EVERY * max(1, -(-len(weeks) // 16))
    for week in weeks[::every]:
        first = week == weeks[0]
        text = say("Week {n}", n=week) if first else say("W{n}", n=week)
        x = plot.x.pixel(week)
        half = text_width(text, TICK) / 2
        canvas.text(
            max(x, half), canvas.height - 10, text, role="muted", size=TICK, anchor="center"
        )


def _earlier(plot: _Plot, frame: pd.DataFrame) -> None:
    ax, band = plot.canvas.ax, frame.dropna(subset=["low", "high"])
    if len(band):
        weeks, low, high = (band[name].to_numpy(dtype=float) for name in ("week", "low", "high"))
        ax.fill_between(weeks, low, high, color=COLOURS["band"], linewidth=0, zorder=0.5)
        _band_note(plot, frame, band)
    _curve(plot, frame, "middle", role="faint", stroke=ZERO, dashes=(4, 3), order=2)


def _curve(
    plot: _Plot, frame: pd.DataFrame, column: str, *, role: Role, stroke: float, **look: Any
) -> pd.DataFrame:
    """Draw one column over the weeks, and return its known rows."""
    found = frame.dropna(subset=[column])
    look["zorder"] = look.pop("order")
    if len(found):
        colour, width = COLOURS[role], points(stroke)
        axes = {"x": "week", "y": column, "ax": plot.canvas.ax, "estimator": None}
        sns.lineplot(found, **axes, color=colour, linewidth=width, **look)
    return found


def _won(plot: _Plot, frame: pd.DataFrame) -> None:
    last = _curve(plot, frame, "won", role="actual", stroke=LINE, order=4).tail(1)
    dot: dict[str, Any] = {
        "color": COLOURS["actual"],
        "markersize": points(2 * DOT),
        "markeredgewidth": 0,
    }
    plot.canvas.ax.plot(last["week"], last["won"], "o", zorder=5, **dot)


def _ends(plot: _Plot, frame: pd.DataFrame, target: float | None) -> None:
    """Write the target and what was won so far, apart where they would meet."""
    canvas, x = plot.canvas, plot.x.end + 10
    aim = plot.y.pixel(target) if target is not None else None
    if aim is not None:
        canvas.line((plot.x.start, plot.x.end), (aim, aim), role="ink", stroke=TARGET, order=3)
        canvas.text(x, aim, _target_text(target, plot.used, plot.formats), bold=True)
    won = frame.dropna(subset=["won"])
    for text in _end_text(frame, plot.used, plot.formats):
        end, y = plot.x.pixel(won["week"].iloc[-1]), plot.y.pixel(won["won"].iloc[-1])
        if end < plot.x.end - 1:
            behind = bool(won["won"].iloc[-1] < won["middle"].iloc[-1])
            _so_far(plot, text, (end, y), ahead=not behind)
            return
        if aim is not None and abs(y - aim) < 17:
            below = y >= aim and aim + 17 < plot.y.end - 8
            y = aim + 17 if below else aim - 17
        canvas.text(x, y, text, role="actual", bold=True)


def _so_far(plot: _Plot, text: str, end: tuple[float, float], *, ahead: bool) -> None:
    """Write what was won so far on the side of the curve where no earlier quarter lies."""
    x, y = end
    width = text_width(text, TEXT, bold=True)
    if ahead:
        x, y = max(x - 8 - width, plot.x.start), max(y - 12, 8.0)
    else:
        x, y = min(x + 8, plot.canvas.width - width), min(y + 11, plot.y.end - 8)
    plot.canvas.text(x, y, text, role="actual", bold=True)


def _band_note(plot: _Plot, frame: pd.DataFrame, band: pd.DataFrame) -> None:
    """Say what the band is where the curves leave room: below them, else above."""
    thick = (band["high"] - band["low"]).max()
    if len(band) < _LEAST_BAND or plot.y.pixel(0) - plot.y.pixel(float(thick)) < _LINE_OF_TEXT / 2:
        return
    said = plot.formats.words.say("8 of 10 earlier quarters lay here")
    texts = sheet.lines_of(said, TEXT, 180, 2)
    wide, tall = widest(texts, TEXT), _LINE_OF_TEXT * len(texts)
    bottom, top = plot.y.pixel(0) - 8, plot.y.start + 10
    first, last = float(band["week"].min()), float(band["week"].max())
    free = not _label_reaches(plot, frame, plot.x.end - wide, bottom - tall)
    if free and _depth(plot, frame, plot.x.end - wide - 4, plot.x.end, lowest=True) < bottom - tall:
        edge = (last - (last - first) / 10, bottom - tall)
        _note(plot, texts, bottom - tall, edge, band, right=True)
    elif _depth(plot, frame, 0, plot.x.start + wide + 12, lowest=False) > top + tall + 12:
        edge = (first + (last - first) * 0.3, top + tall)
        _note(plot, texts, top, edge, band, right=False)


def _label_reaches(plot: _Plot, frame: pd.DataFrame, left: float, top: float) -> bool:
    """Tell whether what was won so far is written into the space right of and below a corner."""
    won = frame.dropna(subset=["won"]).tail(1)
    if won.empty:
        return False
    width = widest(_end_text(frame, plot.used, plot.formats), TEXT, bold=True)
    down = plot.y.pixel(float(won["won"].iloc[0])) + 11 + _LINE_OF_TEXT / 2
    return plot.x.pixel(float(won["week"].iloc[0])) + 16 + width > left and down > top


def _depth(plot: _Plot, frame: pd.DataFrame, left: float, right: float, *, lowest: bool) -> float:
    """Return how far down the lowest curve reaches between two pixels, or up the highest."""
    slack = (plot.x.pixel(plot.x.high) - plot.x.start) / max(len(frame), 1)
    places = frame["week"].map(plot.x.pixel)
    near = frame[(places >= left - slack) & (places <= right + slack)]
    cells = near[["won", "middle", "low", "high"]].to_numpy(dtype=float).ravel()
    heights = [plot.y.pixel(float(value)) for value in cells if known(value)]
    return (max if lowest else min)(heights, default=plot.y.start if lowest else plot.y.end)


def _note(
    plot: _Plot,
    texts: Sequence[str],
    top: float,
    leader: tuple[float, float],
    band: pd.DataFrame,
    *,
    right: bool,
) -> None:
    anchor: Anchor = "right" if right else "left"
    x = plot.x.end if right else plot.x.start + 8
    for place, text in enumerate(texts):
        y = top + _LINE_OF_TEXT * (place + 0.5)
        plot.canvas.text(x, y, text, role="muted", anchor=anchor)
    week, start = leader
    weeks = band["week"].to_numpy(dtype=float)
    middle = np.interp(week, weeks, band[["low", "high"]].mean(axis=1).to_numpy(dtype=float))
    at = plot.x.pixel(week)
    plot.canvas.line((at, at), (start, plot.y.pixel(float(middle))), role="faint", order=1)
