"""The small marks: what they draw, what they say, and that nothing slips in."""

import base64
import re

import pytest

from qbr_lib.present.charts import marks
from qbr_lib.present.style import COLOURS, DARK

NAN = float("nan")


def svg_of(html):
    """Return the SVG text of an image."""
    return base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]).decode()


def rects_of(html, role):
    """Return left end and width of every rectangle of a role."""
    pattern = rf'<rect x="([\d.]+)"[^>]* width="([\d.]+)"[^>]* fill="{COLOURS[role]}"'
    return [(float(x), float(width)) for x, width in re.findall(pattern, svg_of(html))]


def test_a_bullet_runs_to_120_percent():
    """Half of the target is 50 of 120 parts; what is missing follows up to the target."""
    found = marks.bullet(50, 100, alt="half")
    assert rects_of(found, "actual") == [(0.0, 62.5)]
    assert rects_of(found, "alert_soft") == [(62.5, 62.5)]


@pytest.mark.parametrize("value", [300, 120])
def test_a_bullet_never_leaves_its_mark(value):
    """Beyond 120 % the bar is full, and nothing is missing."""
    found = marks.glance_bullet(value, 100, alt="beyond")
    assert rects_of(found, "actual") == [(0.0, 168.0)]
    assert rects_of(found, "alert_soft") == []


@pytest.mark.parametrize("target", [NAN, 0.0, -5.0])
def test_a_bullet_without_a_target_has_no_tick(target):
    """No target, no tick and no missing piece."""
    assert COLOURS["ink"] not in svg_of(marks.bullet(50, target, alt="no target"))


@pytest.mark.parametrize(
    ("flags", "role"), [({}, "level"), ({"alert": True}, "alert"), ({"good": True}, "actual")]
)
def test_the_dot_takes_the_role_of_the_pattern(flags, role):
    """Grey inside, alert for harm, actual for help."""
    svg = svg_of(marks.glance_band(118, 128, 170, alt="new deals", **flags))
    assert re.findall(r'<circle[^>]*fill="([^"]+)"', svg) == [COLOURS[role]]


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(NAN, 1, 2), (5, NAN, NAN), (NAN, NAN, NAN), (0, 0, 0), (1e12, 1, 2), (-3, -9, 9)],
)
def test_a_band_survives_what_is_unknown_or_far(value, low, high):
    """Dot and band stay inside the mark, or are left out."""
    svg = svg_of(marks.glance_band(value, low, high, alt="odd"))
    assert "nan" not in svg
    assert all(7 <= float(x) <= 161 for x in re.findall(r'cx="([^"]+)"', svg))


def test_a_sparkline_leaves_a_gap_where_a_quarter_is_unknown():
    """Four known neighbours of six make two strokes and the last value a dot."""
    svg = svg_of(marks.sparkline([1, 2, NAN, 3, 4, 5], alt="six quarters"))
    assert svg.count("<path") == 3
    assert svg.count("<circle") == 1


@pytest.mark.parametrize("values", [[], [1.0], [NAN], [0.0, 0.0], [5.0] * 25, [-1.0, 1e15]])
def test_a_sparkline_survives_odd_series(values):
    """None, one, unknown, flat, many, huge: all draw."""
    assert "nan" not in svg_of(marks.sparkline(values, alt="odd", low=0.0, high=1.0, alert=True))


def test_what_a_mark_says_is_escaped():
    """Quotes and tags in the text cannot leave the attribute."""
    found = marks.bullet(1, 2, alt='"><script>alert(1)</script>')
    assert "<script>" not in found
    assert 'alt="&quot;&gt;&lt;script&gt;' in found


def test_a_key_escapes_its_words():
    """The words of a key are text."""
    assert "&lt;b&gt;" in marks.key([(marks.swatch("alert"), "<b>")])


def test_marks_recolour_in_the_dark():
    """Every hex used has its rule."""
    svg = svg_of(marks.sparkline([1, 2], alt="two", low=1, high=2))
    assert f'[fill="{COLOURS["actual"]}"]{{fill:{DARK[COLOURS["actual"]]}!important}}' in svg
    assert "prefers-color-scheme:dark" in svg
