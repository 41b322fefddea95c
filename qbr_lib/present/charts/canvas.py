"""A sheet in pixels under every chart: where data fall, and where words stand beside them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from qbr_lib.formats import Formats, Scale
from qbr_lib.present.style import (
    COLOURS,
    DPI,
    GRID,
    TEXT,
    Role,
    fitting_size,
    points,
    shortened,
    text_width,
)

Anchor = Literal["left", "center", "right"]
_RISE = 0.36  # of the letters' height: puts the middle of figures on the asked height


@dataclass(frozen=True)
class Span:
    """One direction of the data and the pixels it is laid on.

    Parameters
    ----------
    low, high : float
        Data values at the two ends.
    start, end : float
        Their pixels, counted from the left or the top.
    """

    low: float
    high: float
    start: float
    end: float

    def pixel(self, value: float) -> float:
        """Return where a value falls."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def value_at(self, pixel: float) -> float:
        """Return the value that falls on a pixel."""
        share = (pixel - self.start) / (self.end - self.start)
        return self.low + share * (self.high - self.low)


@dataclass(frozen=True)
class Canvas:
    """The axes of one chart, seen as a sheet of pixels with its origin at the top left."""

    ax: Axes
    width: float
    height: float

    @property
    def pixels(self) -> Transform:
        """Places an artist by pixels from the top left."""
        shares = Affine2D().scale(1 / self.width, -1 / self.height).translate(0, 1)
        return shares + self.ax.transAxes

    def lay(self, x: Span, y: Span) -> None:
        """Set the limits of the axes so that both spans fall on their pixels."""
        self.ax.set_xlim(x.value_at(0), x.value_at(self.width))
        self.ax.set_ylim(y.value_at(self.height), y.value_at(0))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        role: Role = "ink",
        size: float = TEXT,
        bold: bool = False,
        anchor: Anchor = "left",
        turned: bool = False,
    ) -> Text:
        """Write one line, its figures centred on the height `y`."""
        sideways = turned * _RISE * size
        return self.ax.text(
            x + sideways,
            y + (0 if turned else _RISE * size),
            plain(words),
            transform=self.pixels,
            fontsize=points(size),
            color=COLOURS[role],
            weight=700 if bold else 400,
            ha=anchor,
            va="baseline",
            rotation=90 if turned else 0,
            rotation_mode="anchor",
            parse_math=False,
        )

    def name(
        self,
        x: float,
        y: float,
        words: str,
        room: float,
        *,
        role: Role = "ink",
        size: float = TEXT,
        bold: bool = False,
        anchor: Anchor = "left",
    ) -> Text:
        """Write a name, its end cut where the room ends."""
        cut = shortened(plain(words), size, room, bold=bold)
        return self.text(x, y, cut, role=role, size=size, bold=bold, anchor=anchor)

    def number(
        self,
        x: float,
        y: float,
        words: str,
        room: float,
        *,
        role: Role = "ink",
        size: float = TEXT,
        bold: bool = False,
        anchor: Anchor = "right",
    ) -> Text:
        """Write a number, smaller where the room is short, but whole."""
        fitted = fitting_size(words, size, room, bold=bold)
        return self.text(x, y, words, role=role, size=fitted, bold=bold, anchor=anchor)

    def line(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        role: Role = "rule",
        stroke: float = GRID,
        order: float = 1,
    ) -> Line2D:
        """Draw a straight stroke from pixel to pixel."""
        stroke_line = Line2D(
            x,
            y,
            transform=self.pixels,
            color=COLOURS[role],
            linewidth=points(stroke),
            solid_capstyle="butt",
            zorder=order,
        )
        return self.ax.add_line(stroke_line)

    def box(
        self,
        x: float,
        y: float,
        size: tuple[float, float],
        *,
        role: Role,
        hatch: Role | None = None,
        order: float = 1,
    ) -> Rectangle:
        """Fill a rectangle whose top left corner is at a pixel."""
        patch = Rectangle(
            (x, y),
            *size,
            transform=self.pixels,
            facecolor=COLOURS[role],
            edgecolor=COLOURS[hatch] if hatch else "none",
            hatch="/////" if hatch else None,
            linewidth=0,
            zorder=order,
        )
        self.ax.add_patch(patch)
        return patch


def canvas_on(ax: Axes | None, size: tuple[float, float]) -> Canvas:
    """Return the sheet of the given axes, or of a new figure of that size in pixels."""
    if ax is None:
        sheet = Figure(figsize=(size[0] / DPI, size[1] / DPI), dpi=DPI, facecolor=COLOURS["paper"])
        FigureCanvasSVG(sheet)
        ax = sheet.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    ax.set_autoscale_on(False)
    extent = ax.get_window_extent()
    figure = ax.get_figure(root=True)
    scale = DPI / figure.dpi if figure is not None else 1.0
    return Canvas(ax, extent.width * scale, extent.height * scale)


def plain(text: str) -> str:
    """Return a text as one line without control characters, which no SVG may hold."""
    line = " ".join(str(text).split("\n"))
    return "".join(letter for letter in line if unicodedata.category(letter)[0] != "C")


def widest(texts: Sequence[str], size: float, *, bold: bool = False) -> float:
    """Return the width of the widest of some texts, 0 for none."""
    return max((text_width(plain(text), size, bold=bold) for text in texts), default=0.0)


def lines_of(text: str, size: float, room: float, most: int) -> list[str]:
    """Break a header into at most `most` lines of the given room, at its spaces."""
    lines: list[str] = []
    for word in plain(text).split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and (text_width(joined, size) <= room or len(lines) == most):
            lines[-1] = joined
        else:
            lines.append(word)
    return [shortened(line, size, room) for line in lines]


def scaled(value: float, used: Scale, formats: Formats, *, signed: bool = False) -> str:
    """Return an amount in the short unit of its chart, without the unit."""
    return formats.number(value / used.divisor, used.decimals, signed=signed)


def known(value: Any) -> bool:
    """Tell whether a cell holds a value."""
    return bool(pd.notna(value))


def flagged(value: Any) -> bool:
    """Tell whether a cell says yes; an unknown cell does not."""
    return known(value) and bool(value)
