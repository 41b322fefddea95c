"""Revenue of the last quarters as bars with their targets; gap and changes beside the last."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import DASH, Formats, Scale
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, flagged, known, scaled, widest
from qbr_lib.present.style import (
    COLOURS,
    HALF,
    NAME,
    TARGET,
    TEXT,
    TICK,
    WIDE,
    ZERO,
    Role,
    points,
    text_width,
)

_TOP, _FOOT, _BELOW_ZERO, _BESIDE, _UNDER, _APART = 14.0, 46.0, 20.0, 12.0, 18.0, 5.0
_MOST_BESIDE = 128.0
_LEAST_SLOT = 32.0


@dataclasses.dataclass(frozen=True)
class _Note:
    text: str
    role: Role
    bold: bool
    gap: float


@dataclasses.dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    frame: pd.DataFrame
    x: Span
    y: Span
    share: float
    letters: float

    @property
    def bar(self) -> float:
        return self.share * (self.x.pixel(1) - self.x.pixel(0))


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:  # noqa: ARG001
    """Return width and height in pixels of the chart of this frame."""
    return (HALF, 236) if narrow else (WIDE, 268)


def scale(frame: pd.DataFrame, *, formats: Formats) -> Scale:
    """Return how the amounts of this frame are shortened; its unit belongs in the subtitle."""
    largest = frame[["won", "target"]].abs().max().max()
    return formats.scale(float(largest) if known(largest) else 0.0)


def trend(
    frame: pd.DataFrame,
    *,
    formats: Formats,
    gap: float | None = None,
    change_previous: float | None = None,
    change_year: float | None = None,
    narrow: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw won revenue by quarter with its target.

    Parameters
    ----------
    frame : DataFrame
        One row per quarter, oldest first: quarter ("2026-Q3"), won, target [money, NaN where
        unknown], current, partial (a cut or unfinished quarter, drawn lighter and hatched).
    formats : Formats
        Language and currency.
    gap : float or None
        [money] Won less target of the last quarter.
    change_previous, change_year : float or None
        [fraction] Change on the quarter before and on the same quarter a year before.
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
    notes = _notes(frame, used, (gap, change_previous, change_year), formats)
    widths = [text_width(note.text, TEXT, bold=note.bold) for note in notes]
    beside = min(max(widths, default=0.0), _MOST_BESIDE)
    right = canvas.width - (beside + _BESIDE if notes else 0)
    places = Span(-0.5, max(len(frame), 1) - 0.5, 0, right)
    share, letters = (0.92, TEXT) if narrow else (0.66, NAME)
    plot = _Plot(canvas, frame, places, _amounts(frame, canvas), share, letters)
    canvas.lay(plot.x, plot.y)
    for place, row in enumerate(frame.itertuples()):
        _bar(plot, place, row)
        _target(plot, place, row)
    zero = plot.y.pixel(0)
    canvas.line((0, right), (zero, zero), role="ink", stroke=ZERO, order=3)
    _values(plot, used, formats)
    _quarters(plot)
    _write_notes(plot, notes, beside)
    return canvas.ax


def _amounts(frame: pd.DataFrame, canvas: Canvas) -> Span:
    amounts = [float(value) for value in frame[["won", "target"]].to_numpy().ravel()]
    low = min([0.0, *(value for value in amounts if known(value))])
    high = max([0.0, *(value for value in amounts if known(value))])
    foot = canvas.height - _FOOT - (_BELOW_ZERO if low < 0 else 0)
    return Span(high if high > low else 1.0, low, _TOP, foot)


def _bar(plot: _Plot, place: int, row: Any) -> None:
    if not known(row.won):
        return
    strong, soft = _roles(row)
    plot.canvas.ax.bar(
        place,
        row.won,
        width=plot.share,
        facecolor=COLOURS[soft if flagged(row.partial) else strong],
        edgecolor=COLOURS[strong],
        hatch="/////" if flagged(row.partial) else None,
        linewidth=0,
        zorder=2,
    )


def _roles(row: Any) -> tuple[Role, Role]:
    return ("actual", "actual_soft") if flagged(row.current) else ("context", "band")


def _target(plot: _Plot, place: int, row: Any) -> None:
    if not known(row.target):
        return
    reach = plot.share / 2 + (1 - plot.share) * 0.28
    plot.canvas.ax.plot(
        [place - reach, place + reach],
        [row.target, row.target],
        color=COLOURS["ink"],
        linewidth=points(TARGET),
        solid_capstyle="butt",
        zorder=4,
    )


def _values(plot: _Plot, used: Scale, formats: Formats) -> None:
    """Write every value at one size; turned upright where one decimal less is still too wide."""
    texts, upright = [], True
    for decimals in (used.decimals, max(used.decimals - 1, 0)):
        shorter = dataclasses.replace(used, decimals=decimals)
        texts = [scaled(won, shorter, formats) if known(won) else DASH for won in plot.frame["won"]]
        if widest(texts, plot.letters, bold=True) <= plot.bar:
            upright = False
            break
    letters = min(plot.letters, plot.bar * 0.95) if upright else plot.letters
    for place, (row, text) in enumerate(zip(plot.frame.itertuples(), texts, strict=True)):
        _value(plot, place, row, text, letters, upright=upright)


def _value(plot: _Plot, place: int, row: Any, text: str, letters: float, *, upright: bool) -> None:
    length = text_width(text, letters, bold=True) if upright else letters
    y, inside = _value_at(plot, row, length)
    role: Role = "ink" if known(row.won) else "muted"
    if flagged(row.current) and not flagged(row.partial):
        role = "on_actual" if inside else "actual"
    written = plot.canvas.text(
        plot.x.pixel(place),
        y,
        text,
        role=role,
        size=letters,
        bold=flagged(row.current),
        anchor="center",
        turned=upright,
    )
    written.set_zorder(5)
    if flagged(row.partial) and inside:
        soft = COLOURS[_roles(row)[1]]
        written.set_bbox({"facecolor": soft, "edgecolor": "none", "pad": 1.5})


def _value_at(plot: _Plot, row: Any, length: float) -> tuple[float, bool]:
    """Return the height of the middle of a value, and whether it stands inside its bar."""
    zero, half = plot.y.pixel(0), length / 2
    if not known(row.won):
        return zero - half - _APART, False
    top = plot.y.pixel(row.won)
    tick = plot.y.pixel(row.target) if known(row.target) else math.nan
    if row.won < 0:
        return top + half + _APART, False
    under = tick if top - 2 <= tick <= top + _UNDER + half else top
    inside = under + _UNDER - plot.letters / 2 + half
    if inside + half + 3 <= zero:
        return inside, True
    over = tick if top - length - 2 * _APART <= tick <= top else top
    return max(over - half - _APART, half + 1), False


def _quarters(plot: _Plot) -> None:
    slot = plot.x.pixel(1) - plot.x.pixel(0)
    step = math.ceil(_LEAST_SLOT / slot)
    last, written_year, free = len(plot.frame) - 1, "", 0.0
    y = plot.canvas.height - _FOOT + 15
    for place, row in enumerate(plot.frame.itertuples()):
        if (last - place) % step:
            continue
        year, _, quarter = str(row.quarter).rpartition("-")
        x, strong = plot.x.pixel(place), flagged(row.current)
        role: Role = "ink" if strong else "muted"
        half = text_width(year, TICK) / 2 + 1
        x = max(x, half)
        plot.canvas.name(
            x, y, quarter, slot * step, role=role, size=TICK, bold=strong, anchor="center"
        )
        if year != written_year and x - half >= free:
            plot.canvas.text(x, y + 17, year, role="muted", size=TICK, anchor="center")
            written_year, free = year, x + half


def _notes(
    frame: pd.DataFrame,
    used: Scale,
    changes: tuple[float | None, float | None, float | None],
    formats: Formats,
) -> list[_Note]:
    say, (gap, previous, year) = formats.words.say, changes
    notes = []
    last = frame.iloc[-1] if len(frame) else None
    if last is not None and known(last["target"]):
        target = scaled(last["target"], used, formats)
        notes.append(_Note(say("Target {value}", value=target), "ink", bold=True, gap=0))
    if known(gap) and gap is not None:
        missed: Role = "ink" if last is None or flagged(last["partial"]) or gap >= 0 else "alert"
        notes.append(_Note(formats.money_short(gap, signed=True), missed, bold=False, gap=18))
    for change, label in ((previous, say("vs last quarter")), (year, say("vs last year"))):
        if change is not None and known(change):
            notes.append(_Note(label, "muted", bold=False, gap=30 if notes else 0))
            notes.append(_Note(formats.percent(change, signed=True), "ink", bold=True, gap=16))
    return notes


def _write_notes(plot: _Plot, notes: list[_Note], room: float) -> None:
    if not notes:
        return
    last = plot.frame.iloc[-1]
    marks = [plot.y.pixel(v) for v in (last["target"], last["won"]) if known(v)]
    length = sum(note.gap for note in notes)
    lowest = plot.canvas.height - _FOOT - length
    y = min(max(min(marks, default=_TOP), _TOP / 2 + 2), lowest)
    for note in notes:
        y += note.gap
        x = plot.x.end + _BESIDE
        plot.canvas.number(x, y, note.text, room, role=note.role, bold=note.bold, anchor="left")
