"""Small pictures that stand in a line of text, a table or the glance: one image each.

Written as SVG by hand, since a page holds dozens; widths are set by the page's style.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

from qbr_lib.present.charts.canvas import Span, known
from qbr_lib.present.style import COLOURS, Role
from qbr_lib.present.svg import adapting, image

_GLANCE, _SPARK, _BULLET = (168, 26), (116, 26), (150, 26)
_FULL = 1.2
_MARGIN = 7.0


def glance_bullet(value: float, target: float, *, alt: str) -> str:
    """Return value against target as an `img` of 168 × 26 px: bar, missing piece, tick.

    Parameters
    ----------
    value, target : float
        In the same unit; the mark runs from 0 to 120 % of the target.
    alt : str
        What the mark says.
    """
    return _image(_GLANCE, _bullet(value, target, _GLANCE[0], 11), alt)


def bullet(value: float, target: float, *, alt: str) -> str:
    """Return value against target as an `img` of 150 × 26 px, for a table.

    Parameters
    ----------
    value, target : float
        In the same unit; the mark runs from 0 to 120 % of the target.
    alt : str
        What the mark says.
    """
    return _image(_BULLET, _bullet(value, target, _BULLET[0], 11), alt)


def glance_band(
    value: float, low: float, high: float, *, alt: str, alert: bool = False, good: bool = False
) -> str:
    """Return a value beside its usual range as an `img` of 168 × 26 px, on its own scale.

    Parameters
    ----------
    value, low, high : float
        In the same unit; an unknown value has no dot, an unknown range no band.
    alt : str
        What the mark says.
    alert, good : bool
        Whether the value is a harmful or a helpful pattern; grey without.
    """
    width, middle = _GLANCE[0], _GLANCE[1] / 2
    parts = [_stroke((0, middle), (width, middle), "rule", 1.5)]
    ends = [v for v in (value, low, high) if known(v)]
    x = _own_scale(ends, width, known(low) and known(high), (low, high))
    if known(low) and known(high):
        left, right = x.pixel(low), x.pixel(high)
        parts.append(_rect(left, middle - 7, max(right - left, 1), 14, "band"))
    if known(value):
        at = min(max(x.pixel(value), _MARGIN), width - _MARGIN)
        parts.append(_dot(at, middle, 6, _role(alert=alert, good=good)))
    return _image(_GLANCE, parts, alt)


def sparkline(
    values: Sequence[float],
    *,
    alt: str,
    low: float | None = None,
    high: float | None = None,
    alert: bool = False,
) -> str:
    """Return the last quarters as an `img` of 116 × 26 px: line, usual band, dot for the last.

    Parameters
    ----------
    values : sequence of float
        Oldest first; unknown quarters are NaN and leave a gap.
    alt : str
        What the mark says.
    low, high : float or None
        Usual range.
    alert : bool
        Whether the last value is a harmful pattern.
    """
    width, tall = _SPARK
    found = [float(v) for v in values if known(v)]
    banded = low is not None and high is not None and known(low) and known(high)
    ends = [*found, *([low, high] if banded and low is not None and high is not None else [])]
    lowest, highest = min(ends, default=0.0), max(ends, default=0.0)
    flat = highest <= lowest
    y = Span(highest + flat, lowest - flat, 5, tall - 5)
    x = Span(0, max(len(values) - 1, 1), 4, width - 6)
    parts = []
    if banded and low is not None and high is not None:
        top, bottom = y.pixel(high), y.pixel(low)
        parts.append(_rect(0, top, width, max(bottom - top, 1), "band"))
    for place, (before, after) in enumerate(pairwise(values)):
        if known(before) and known(after):
            start, end = (x.pixel(place), y.pixel(before)), (x.pixel(place + 1), y.pixel(after))
            parts.append(_stroke(start, end, "level", 1.5))
    if len(values) and known(values[-1]):
        role: Role = "alert" if alert else "actual"
        parts.append(_dot(x.pixel(len(values) - 1), y.pixel(values[-1]), 4, role))
    return _image(_SPARK, parts, alt)


def swatch(role: Role, *, hatch: Role | None = None) -> str:
    """Return a small field of a colour for a key; its words stand beside it."""
    parts = [_rect(0, 0, 16, 12, role)]
    if hatch:
        parts += [_stroke((x, 12), (x + 12, 0), hatch, 1) for x in (-8, -4, 0, 4, 8, 12)]
    return image(_svg((16, 12), parts), alt="", kind="qbr-swatch")


def key(items: Sequence[tuple[str, str]]) -> str:
    """Return a key as an HTML list.

    Parameters
    ----------
    items : sequence of (str, str)
        HTML of the swatch and plain text of its meaning.
    """
    lines = "".join(f"<li>{mark} {escape(text)}</li>" for mark, text in items)
    return f'<ul class="qbr-key">{lines}</ul>'


def _bullet(value: float, target: float, width: float, tall: float) -> list[str]:
    middle, graded = 13.0, known(target) and target > 0
    parts = [_stroke((0, middle), (width, middle), "rule", 1.5)]
    if not known(value):
        return parts
    largest = target * _FULL if graded else max(abs(value), 1.0)
    x = Span(0, largest, 0, width)
    end = min(max(x.pixel(value), 0.0), float(width))
    top = middle - tall / 2
    if graded:
        tick = x.pixel(target)
        if end < tick:
            parts.append(_rect(end, top, tick - end, tall, "alert_soft"))
    parts.append(_rect(0, top, end, tall, "actual"))
    if graded:
        parts.append(_stroke((tick, middle - 10), (tick, middle + 10), "ink", 2.5))
    return parts


def _own_scale(
    ends: Sequence[float],
    width: float,
    banded: bool,
    band: tuple[float, float],
) -> Span:
    lowest, highest = min(ends, default=0.0), max(ends, default=0.0)
    room = (band[1] - band[0]) * 0.6 if banded else 0.0
    low = min(lowest, band[0] - room) if banded else lowest
    high = max(highest, band[1] + room) if banded else highest
    return (
        Span(low, high, _MARGIN, width - _MARGIN)
        if high > low
        else Span(low - 1, low + 1, _MARGIN, width - _MARGIN)
    )


def _role(*, alert: bool, good: bool) -> Role:
    if alert:
        return "alert"
    return "actual" if good else "level"


def _image(size: tuple[int, int], parts: Sequence[str], alt: str) -> str:
    ground = [_rect(0, 0, *_GLANCE, "paper")] if size == _GLANCE else []
    return image(_svg(size, [*ground, *parts]), alt=alt, kind="qbr-mark")


def _svg(size: tuple[int, int], parts: Sequence[str]) -> str:
    width, tall = size
    return adapting(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{tall}" '
        f'viewBox="0 0 {width} {tall}">{"".join(parts)}</svg>'
    )


def _rect(x: float, y: float, width: float, tall: float, role: Role) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{tall:.1f}"'
    return f'<rect {place} fill="{COLOURS[role]}"/>'


def _stroke(start: tuple[float, float], end: tuple[float, float], role: Role, width: float) -> str:
    place = f'd="M{start[0]:.1f} {start[1]:.1f}L{end[0]:.1f} {end[1]:.1f}"'
    return f'<path {place} stroke="{COLOURS[role]}" stroke-width="{width}"/>'


def _dot(x: float, y: float, radius: float, role: Role) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{COLOURS[role]}"/>'
