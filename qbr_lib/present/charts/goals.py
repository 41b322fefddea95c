"""Goals as bars against their target: 0 to 120 % of each, with what is missing and the verdict."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from qbr_lib.formats import DASH, Formats
from qbr_lib.present.charts.canvas import Canvas, Span, canvas_on, flagged, known, widest
from qbr_lib.present.style import COLOURS, GRID, HALF, NAME, TARGET, TEXT, WIDE, Role

_TOP, _ROW, _TOP_NARROW, _ROW_NARROW = 22.0, 46.0, 18.0, 66.0
_BAR, _TICK = 14.0, 22.0
_FULL = 1.2
_LEFT = 0.38
_BESIDE = 16.0


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:
    """Return width and height in pixels of the chart of this frame."""
    top, row = (_TOP_NARROW, _ROW_NARROW) if narrow else (_TOP, _ROW)
    return (HALF if narrow else WIDE, round(top + row * max(len(frame), 1)))


def goals(
    frame: pd.DataFrame, *, formats: Formats, narrow: bool = False, ax: Axes | None = None
) -> Axes:
    """Draw how much of each goal is reached.

    Parameters
    ----------
    frame : DataFrame
        One row per goal, in the order drawn: label, told (such as "431 of 520"), attained [ratio,
        NaN where it cannot be measured], expected [ratio of the target that is usual by now, NaN
        without a mark], verdict (text), alert (whether the verdict carries the alert colour).
    formats : Formats
        Language and currency.
    narrow : bool
        Whether the drawing is for half the width; names then stand above their bars.
    ax : Axes or None
        Axes to draw on; a new figure without.

    Returns
    -------
    Axes
        The axes drawn on.
    """
    canvas = canvas_on(ax, size(frame, narrow=narrow))
    column = widest([str(text) for text in frame["verdict"]], TEXT)
    percents = [_percent(value, formats) for value in frame["attained"]]
    beside = column + widest(percents, NAME, bold=True) + 2 * _BESIDE
    left = 0.0 if narrow else canvas.width * _LEFT
    right = canvas.width if narrow else canvas.width - beside
    x = Span(0, _FULL, left, right)
    top, row = (_TOP_NARROW, _ROW_NARROW) if narrow else (_TOP, _ROW)
    canvas.lay(x, Span(0, max(len(frame), 1), top, canvas.height))
    words = formats.words
    at = x.pixel(1)
    canvas.text(at, 8, words.say("Target = 100%"), role="muted", anchor="center")
    for place, (one, percent) in enumerate(
        zip(frame.to_dict(orient="records"), percents, strict=True)
    ):
        begin = top + row * place
        if narrow:
            _named_above(canvas, one, percent, begin)
        else:
            _named_beside(canvas, one, percent, begin, right)
        _bar(canvas, x, one, begin + (row - 16 if narrow else row / 2))
        if place and not narrow:
            canvas.line((0, canvas.width), (begin, begin), role="rule", stroke=GRID, order=0)
    return canvas.ax


def _percent(value: object, formats: Formats) -> str:
    return formats.percent(float(value), 0) if known(value) else DASH  # type: ignore[arg-type]


def _role(one: dict[str, object]) -> Role:
    if not known(one["attained"]):
        return "muted"
    return "alert" if flagged(one["alert"]) else "actual"


def _named_beside(
    canvas: Canvas, one: dict[str, object], percent: str, top: float, right: float
) -> None:
    room = canvas.width * _LEFT - _BESIDE
    canvas.name(0, top + 15, str(one["label"]), room, size=NAME, bold=True)
    canvas.name(0, top + 32, str(one["told"]), room, role="muted")
    role = _role(one)
    if known(one["attained"]):
        canvas.text(right + _BESIDE, top + 23, percent, role=role, size=NAME, bold=True)
    canvas.text(canvas.width, top + 23, str(one["verdict"]), role=role, anchor="right")


def _named_above(canvas: Canvas, one: dict[str, object], percent: str, top: float) -> None:
    role = _role(one)
    end = f"{percent}  {one['verdict']}" if known(one["attained"]) else str(one["verdict"])
    room = canvas.width - widest([end], TEXT, bold=True) - 8
    canvas.name(0, top + 13, str(one["label"]), canvas.width, size=NAME, bold=True)
    canvas.name(0, top + 30, str(one["told"]), room, role="muted")
    canvas.text(canvas.width, top + 30, end, role=role, bold=True, anchor="right")


def _bar(canvas: Canvas, x: Span, one: dict[str, object], middle: float) -> None:
    """Draw one bar in pixels: what is reached, the missing piece, the target, the usual course."""
    goal = x.pixel(1)
    top = middle - _BAR / 2
    if known(one["attained"]):
        reached = x.pixel(min(max(float(one["attained"]), 0.0), _FULL))  # type: ignore[arg-type]
        if reached < goal:
            canvas.box(reached, top, (goal - reached, _BAR), role="alert_soft")
        canvas.box(x.start, top, (reached - x.start, _BAR), role="actual", order=2)
    else:
        _dashed(canvas, x.start, top, goal - x.start)
    if known(one["expected"]):
        at = x.pixel(min(float(one["expected"]), _FULL))  # type: ignore[arg-type]
        canvas.line((at, at), (top - 3, top + _BAR + 3), role="level", stroke=TARGET, order=3)
    half = _TICK / 2
    canvas.line((goal, goal), (middle - half, middle + half), role="ink", stroke=TARGET, order=4)


def _dashed(canvas: Canvas, left: float, top: float, width: float) -> None:
    frame = Rectangle(
        (left, top),
        width,
        _BAR,
        transform=canvas.pixels,
        facecolor="none",
        edgecolor=COLOURS["faint"],
        linestyle=(0, (3, 3)),
        linewidth=GRID,
    )
    canvas.ax.add_patch(frame)
