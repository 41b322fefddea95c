"""Colour roles, sizes and the drawing theme that every chart shares.

A role has one hex of its own in light and one in dark: pictures are recoloured for dark by hex, so
two roles never share one, even where they look alike.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Literal

import matplotlib as mpl
import seaborn as sns
from matplotlib.font_manager import FontProperties, findfont, get_font

Role = Literal[
    "paper",
    "surface",
    "ink",
    "muted",
    "faint",
    "rule",
    "band",
    "context",
    "level",
    "actual",
    "actual_soft",
    "alert",
    "alert_soft",
    "on_actual",
    "warn_bg",
    "warn_rule",
    "worse2",
    "worse1",
    "usual",
    "better1",
    "better2",
]

_ROLES: dict[Role, tuple[str, str]] = {
    "paper": ("#ffffff", "#14181d"),
    "surface": ("#f4f6f7", "#1c2229"),
    "ink": ("#1a1f25", "#e9edf0"),
    "muted": ("#57616b", "#a7b2bc"),
    "faint": ("#7f8a94", "#7d8995"),
    "rule": ("#d5dade", "#39434d"),
    "band": ("#e5e9ec", "#2b333b"),
    "context": ("#b3bec8", "#5c6a77"),
    "level": ("#5f6b77", "#95a2ae"),
    "actual": ("#0f5a99", "#6cb4f2"),
    "actual_soft": ("#cfe1f0", "#1d3e5c"),
    "alert": ("#b3400a", "#ff9a6b"),
    "alert_soft": ("#f7dccd", "#5a2e19"),
    "on_actual": ("#fefefe", "#0e1318"),
    "warn_bg": ("#fff6df", "#2f2812"),
    "warn_rule": ("#a86c00", "#d9a441"),
    "worse2": ("#e8a17a", "#8f441f"),
    "worse1": ("#f6d5c3", "#56301e"),
    "usual": ("#eef1f3", "#262e36"),
    "better1": ("#c6dcef", "#203f5b"),
    "better2": ("#8fbde3", "#2d6798"),
}
COLOURS: Mapping[Role, str] = MappingProxyType({role: pair[0] for role, pair in _ROLES.items()})
DARK: Mapping[str, str] = MappingProxyType(dict(_ROLES.values()))

WIDE, HALF = 816, 384
DPI = 96
NAME, TEXT, TICK = 13.0, 12.0, 11.5
GRID, ZERO, TARGET, LINE, INTERVAL, DOT = 1.0, 1.5, 2.5, 2.75, 3.0, 5.0
FONT_STACK = (
    '-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,'
    '"Liberation Sans",sans-serif'
)
_MEASURED = "DejaVu Sans"
_SLACK = 1.05  # letters set on whole pixels run a little wider than their outlines
_THEME: dict[Any, Any] = {
    "font.family": [_MEASURED],
    "svg.fonttype": "none",
    "svg.hashsalt": "qbr",
    "hatch.linewidth": 1.0,
    "path.simplify": False,
    "axes.unicode_minus": True,
}


def points(pixels: float) -> float:
    """Return a length in points, in which matplotlib takes strokes and letters."""
    return pixels * 72 / DPI


@contextmanager
def theme() -> Iterator[None]:
    """Draw under the house theme; the settings found before are restored after."""
    with mpl.rc_context({**sns.axes_style("white"), **_THEME}):
        yield


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide a text runs, in pixels, in the widest font that is likely.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Height of the letters in pixels.
    bold : bool
        Whether it is set in bold.
    """
    return _SLACK * size * sum(_advance(letter, bold) for letter in text)


def shortened(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """Return a name cut to the room it has, its end replaced by an ellipsis.

    Only for names, which stand in full in the numbers behind the picture; a cut number would lie.
    """
    if text_width(text, size, bold=bold) <= room:
        return text
    left = room - text_width("…", size, bold=bold)
    for end in range(len(text) - 1, 0, -1):
        if text_width(text[:end].rstrip(), size, bold=bold) <= left:
            return text[:end].rstrip() + "…"
    return "…"


def fitting_size(text: str, size: float, room: float, *, bold: bool = False) -> float:
    """Return the size at which a number fits its room: numbers shrink, they are never cut."""
    width = text_width(text, size, bold=bold)
    return size if width <= room else size * max(room, 1.0) / width


@functools.cache
def _advance(letter: str, bold: bool) -> float:
    font = get_font(_font_file(bold))
    font.set_size(100, 72)
    if not font.get_char_index(ord(letter)):
        return 1.0
    return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / 100


@functools.cache
def _font_file(bold: bool) -> str:
    return str(findfont(FontProperties(family=_MEASURED, weight="bold" if bold else "normal")))
