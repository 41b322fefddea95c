"""Where a quarter will end: the likely range, its middle, what is booked, and the target."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from qbr_lib.formats import Formats, Scale
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, known, scaled
from qbr_lib.present.style import HALF, LINE, TARGET, TEXT, WIDE, ZERO, Role, text_width

_TOP, _TALL, _BAR, _LINE = 44.0, 36.0, 14.0, 18.0
_HEIGHT, _ROOM, _GAP, _ABOVE, _BELOW = 124, 1.06, 8.0, 14.0, 12.0


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:  # noqa: ARG001
    """Return width and height in pixels; the height is the same for any outlook."""
    return (HALF if narrow else WIDE, _HEIGHT)


def scale(frame: pd.DataFrame, *, formats: Formats) -> Scale:
    """Return how the amounts are shortened; its unit belongs in the subtitle."""
    return formats.scale(max(abs(value) for value in _amounts(frame)))


def outlook(
    frame: pd.DataFrame, *, formats: Formats, narrow: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw the range on one line that begins at 0.

    Parameters
    ----------
    frame : DataFrame
        One row: low, low_half, middle, high_half, high, booked, target [money; target NaN
        without one].
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
    amounts = _amounts(frame)
    low, high = min(amounts), max(amounts) * _ROOM
    x = Span(low, high if high > low else low + 1.0, 1, canvas.width)
    canvas.lay(x, Span(0, 1, 0, canvas.height))
    _bands(canvas, x, frame.iloc[0])
    _labels(canvas, x, frame.iloc[0], scale(frame, formats=formats), formats)
    return canvas.ax


def _amounts(frame: pd.DataFrame) -> list[float]:
    return [0.0, *(float(value) for value in frame.iloc[0] if known(value))]


def _bands(canvas: Canvas, x: Span, row: pd.Series) -> None:
    for low, high, role, order in (
        ("low", "high", "band", 1),
        ("low_half", "high_half", "context", 2),
    ):
        left, right = x.pixel(row[low]), x.pixel(row[high])
        canvas.box(left, _TOP, (max(right - left, 2), _TALL), role=role, order=order)  # type: ignore[arg-type]
    across = _TOP + _TALL / 2
    canvas.line((x.start, canvas.width), (across, across), role="rule", stroke=ZERO, order=0)
    start, booked = sorted((x.pixel(0), x.pixel(row["booked"])))
    bar = _TOP + (_TALL - _BAR) / 2
    canvas.box(start, bar, (booked - start, _BAR), role="actual", order=3)
    _upright(canvas, x.pixel(row["middle"]), "level", LINE, 0)
    _upright(canvas, x.pixel(0), "ink", ZERO, 0)
    if known(row["target"]):
        _upright(canvas, x.pixel(row["target"]), "ink", TARGET, 6)


def _upright(canvas: Canvas, at: float, role: Role, stroke: float, beyond: float) -> None:
    ends = (_TOP - beyond, _TOP + _TALL + beyond)
    canvas.line((at, at), ends, role=role, stroke=stroke, order=4)


def _labels(canvas: Canvas, x: Span, row: pd.Series, used: Scale, formats: Formats) -> None:
    """Write target and middle above, the ends and what is booked below, apart where they meet."""
    say = formats.words.say
    told = {name: scaled(row[name], used, formats) for name in row.index if known(row[name])}
    middle = _Label(canvas, x.pixel(row["middle"]), say("middle {value}", value=told["middle"]))
    middle.write(_TOP - _ABOVE, "muted")
    if known(row["target"]):
        target = _Label(canvas, x.pixel(row["target"]), say("Target {value}", value=told["target"]))
        target.write(_TOP - _ABOVE - _LINE * target.meets(middle), "ink")
    ends = [_Label(canvas, x.pixel(row[name]), told[name]) for name in ("low", "high")]
    _part(*ends)
    for end in ends:
        end.write(_TOP + _TALL + _BELOW, "muted")
    if row["booked"]:
        text = say("booked {value}", value=told["booked"])
        booked = _Label(canvas, x.pixel(row["booked"] / 2), text)
        lower = _LINE * any(booked.meets(end) for end in ends)
        booked.write(_TOP + _TALL + _BELOW + lower, "actual")


class _Label:
    """A text over or under a place, moved in where the picture ends."""

    def __init__(self, canvas: Canvas, at: float, text: str) -> None:
        self.canvas, self.text = canvas, text
        self.half = text_width(text, TEXT, bold=True) / 2
        self.at = min(max(at, self.half), canvas.width - self.half)

    def meets(self, other: _Label) -> bool:
        """Tell whether the two would touch in one line."""
        return abs(self.at - other.at) < self.half + other.half + _GAP

    def write(self, y: float, role: Role) -> None:
        """Write it at a height; what is not muted is bold."""
        bold = role != "muted"
        self.canvas.text(self.at, y, self.text, role=role, bold=bold, anchor="center")


def _part(low: _Label, high: _Label) -> None:
    """Move the labels of two ends apart, evenly, within the picture."""
    if low.meets(high):
        apart = low.half + high.half + _GAP
        first, last = low.half, low.canvas.width - high.half - apart
        low.at = min(max((low.at + high.at - apart) / 2, first), last)
        high.at = low.at + apart
