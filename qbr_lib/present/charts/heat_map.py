"""Teams by measures: the number in every cell, its distance from the usual range as colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from qbr_lib.formats import Formats
from qbr_lib.measures import N_
from qbr_lib.present.charts.canvas import (
    Canvas,
    Span,
    canvas_on,
    flagged,
    known,
    lines_of,
    plain,
    widest,
)
from qbr_lib.present.charts.marks import key as key_of
from qbr_lib.present.charts.marks import swatch
from qbr_lib.present.style import (
    COLOURS,
    HALF,
    NAME,
    TEXT,
    TICK,
    WIDE,
    Role,
    fitting_size,
)
from qbr_lib.words import Words

_HEAD, _GROUP, _ROW, _GAP, _LINE = 42.0, 26.0, 36.0, 3.0, 13.0
_LEAST_HEADER, _BESIDE = 10.5, 8.0
_CLASSES: dict[int, tuple[Role, str]] = {
    -2: ("worse2", N_("▾ clearly unfavourable")),
    -1: ("worse1", N_("▾ unfavourable")),
    0: ("usual", N_("as usual")),
    1: ("better1", N_("▴ favourable")),
    2: ("better2", N_("▴ clearly favourable")),
}


@dataclass(frozen=True)
class _Plot:
    canvas: Canvas
    names: float
    measures: Sequence[str]
    narrow: bool

    @property
    def column(self) -> float:
        return (self.canvas.width - self.names) / max(len(self.measures), 1)


def size(frame: pd.DataFrame, *, narrow: bool = False) -> tuple[int, int]:
    """Return width and height in pixels of the chart of this frame."""
    teams = _teams(frame)
    headings = sum(1 for heading, _, _ in teams if heading)
    return (HALF if narrow else WIDE, round(_HEAD + _ROW * max(len(teams), 1) + _GROUP * headings))


def key(words: Words) -> str:
    """Return the key as an HTML list: what each colour, corner and hatch means."""
    items = [(swatch(role), words.say(text)) for role, text in _CLASSES.values()]
    return key_of([*items, (swatch("paper", hatch="faint"), words.say("too early"))])


def heat_map(
    frame: pd.DataFrame,
    *,
    formats: Formats,  # noqa: ARG001 - one shape for all charts; the cells come formatted
    narrow: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw how far each team is from its own usual range, measure by measure.

    Parameters
    ----------
    frame : DataFrame
        One row per cell, in the order drawn: team, group (or ""), measure, label (header of the
        column), text (formatted value), klass (-2 clearly unfavourable to 2 clearly favourable;
        NaN where no usual range is known), too_early (bool); optional short (header on a phone).
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
    teams = _teams(frame)
    letters = TEXT if narrow else NAME
    wanted = widest([name for _, _, name in teams], letters) + _BESIDE
    names = min(max(wanted, canvas.width * 0.12), canvas.width * 0.26)
    plot = _Plot(canvas, names, list(dict.fromkeys(frame["measure"])), narrow)
    canvas.lay(Span(0, canvas.width, 0, canvas.width), Span(0, canvas.height, 0, canvas.height))
    _headers(plot, frame)
    cells = {(row.group, row.team, row.measure): row for row in frame.itertuples()}
    y = _HEAD
    for heading, group, name in teams:
        if heading:
            canvas.name(0, y + 15, heading, canvas.width, role="muted", bold=True)
            y += _GROUP
        canvas.name(0, y + (_ROW - _GAP) / 2, name, names - _BESIDE, size=letters)
        for place, measure in enumerate(plot.measures):
            cell = cells.get((group, name, measure))
            if cell is not None:
                _cell(plot, place, y, cell)
        y += _ROW
    return canvas.ax


def _teams(frame: pd.DataFrame) -> list[tuple[str, Any, str]]:
    """Return heading (or ""), group and name of every team, in order."""
    teams, before = [], ""
    for group, team in dict.fromkeys(zip(frame["group"], frame["team"], strict=True)):
        named = str(group) if known(group) else ""
        teams.append((named if named != before else "", group, team))
        before = named
    return teams


def _headers(plot: _Plot, frame: pd.DataFrame) -> None:
    wanted = "short" if plot.narrow and "short" in frame else "label"
    labels = dict(zip(frame["measure"], frame[wanted], strict=True))
    most, room = (3, plot.column) if plot.narrow else (2, plot.column - 6)
    every = (word for label in labels.values() for word in str(label).split(" "))
    longest = max(every, key=lambda word: widest([word], TEXT))
    wanted_size = fitting_size(longest, TICK if plot.narrow else TEXT, room)
    size = max(wanted_size, _LEAST_HEADER)
    for place, measure in enumerate(plot.measures):
        x = plot.names + place * plot.column + (plot.column - _GAP) / 2
        texts = lines_of(str(labels[measure]), size, room, most)
        for line, text in enumerate(reversed(texts)):
            y = _HEAD - 9 - line * _LINE
            plot.canvas.text(x, y, text, role="muted", size=size, anchor="center")


def _cell(plot: _Plot, place: int, y: float, cell: Any) -> None:
    early = flagged(cell.too_early)
    graded = known(cell.klass) and not early
    klass = int(cell.klass) if graded else 0
    x = plot.names + place * plot.column
    box = (plot.column - _GAP, _ROW - _GAP)
    role: Role = _CLASSES[klass][0] if graded else "paper"
    plot.canvas.box(x, y, box, role=role, hatch="rule" if early else None)
    middle = (x + box[0] / 2, y + box[1] / 2)
    text = plot.canvas.number(
        *middle,
        plain(cell.text),
        box[0] - 1,
        role="muted" if early else "ink",
        size=TEXT if plot.narrow else NAME,
        bold=abs(klass) == 2,
        anchor="center",
    )
    if early:
        text.set_bbox({"facecolor": COLOURS["paper"], "edgecolor": "none", "pad": 1.5})
    if klass:
        _corner(plot, x, y, up=klass > 0)


def _corner(plot: _Plot, x: float, y: float, *, up: bool) -> None:
    inset, wide = (2.5, 6.0) if plot.narrow else (6.0, 8.0)
    left, top, tall = x + inset, y + inset, wide * 0.65
    flat, tip = (top + tall, top) if up else (top, top + tall)
    triangle = Polygon(
        [(left, flat), (left + wide, flat), (left + wide / 2, tip)],
        transform=plot.canvas.pixels,
        facecolor=COLOURS["actual" if up else "alert"],
        linewidth=0,
        zorder=3,
    )
    plot.canvas.ax.add_patch(triangle)
