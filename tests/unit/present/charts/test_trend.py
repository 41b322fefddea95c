"""Bars of the trend, their targets, and what stands beside them."""

import pytest
from matplotlib.colors import to_hex

from qbr_lib.present.charts.trend import scale, size, trend
from qbr_lib.present.style import COLOURS


def words_of(ax):
    """Return every text drawn."""
    return [text.get_text() for text in ax.texts]


def test_bars_have_the_height_of_the_revenue(frames, english):
    """One bar a quarter, as high as its revenue in data units, from 0."""
    ax = trend(frames["trend"]([1e6, 2e6, 1.5e6]), formats=english)
    assert [bar.get_height() for bar in ax.patches] == [1e6, 2e6, 1.5e6]
    assert {bar.get_y() for bar in ax.patches} == {0}


def test_only_this_quarter_takes_colour(frames, english):
    """Earlier quarters are context, the current one is actual."""
    ax = trend(frames["trend"]([1e6, 2e6, 1.5e6]), formats=english)
    colours = [to_hex(bar.get_facecolor()) for bar in ax.patches]
    assert colours == [COLOURS["context"], COLOURS["context"], COLOURS["actual"]]


def test_a_target_tick_lies_on_its_target_and_is_wider_than_the_bar(frames, english):
    """The tick of each quarter lies at its target."""
    ax = trend(frames["trend"]([1e6, 2e6], target=1.5e6), formats=english)
    ticks = [line for line in ax.lines if line.get_color() == COLOURS["ink"]][:2]
    assert [set(tick.get_ydata()) for tick in ticks] == [{1.5e6}, {1.5e6}]
    assert ticks[0].get_xdata()[1] - ticks[0].get_xdata()[0] > ax.patches[0].get_width()


def test_unknown_targets_have_no_tick(frames, english):
    """Without a target only the line at 0 is drawn, and no target is named."""
    ax = trend(frames["trend"]([1e6, 2e6], target=float("nan")), formats=english)
    assert len(ax.lines) == 1
    assert not any("Target" in text for text in words_of(ax))


def test_an_unknown_quarter_is_a_dash(frames, english):
    """A quarter without a number has no bar and shows a dash, never 0."""
    ax = trend(frames["trend"]([float("nan"), 2e6]), formats=english)
    assert len(ax.patches) == 1
    assert "–" in words_of(ax)


def test_a_partial_quarter_is_hatched(frames, english):
    """An unfinished quarter is lighter and hatched, its value in ink."""
    ax = trend(frames["trend"]([1e6, 2e6], partial=[False, True]), formats=english)
    assert [bar.get_hatch() for bar in ax.patches] == [None, "/////"]
    assert to_hex(ax.patches[1].get_facecolor()) == COLOURS["actual_soft"]


def test_gap_and_changes_stand_beside_the_last_bar(frames, english):
    """Target, gap and both changes are written as the formats say."""
    frame = frames["trend"]()
    notes = {"gap": -160_000.0, "change_previous": -0.061, "change_year": 0.089}
    texts = words_of(trend(frame, formats=english, **notes))
    assert texts[-6:] == [
        "Target 2.00",
        "−€160,000",
        "vs last quarter",
        "−6.1%",
        "vs last year",
        "+8.9%",
    ]


@pytest.mark.parametrize(
    ("gap", "partial", "role"),
    [(-1.0, False, "alert"), (1.0, False, "ink"), (-1.0, True, "ink")],
    ids=["missed", "met", "unfinished"],
)
def test_only_a_missed_target_is_alert(frames, english, gap, partial, role):
    """An unfinished quarter has missed nothing yet."""
    ax = trend(frames["trend"](partial=partial), formats=english, gap=gap)
    assert ax.texts[-1].get_color() == COLOURS[role]


def test_years_are_written_once(frames, english):
    """The year stands under the first quarter and where it changes."""
    texts = words_of(trend(frames["trend"]([1e6] * 8), formats=english))
    assert [text for text in texts if text.startswith("20")] == ["2024", "2025", "2026"]


def test_values_are_in_the_unit_of_the_scale(frames, english):
    """A largest amount of two million is written in millions."""
    frame = frames["trend"]()
    assert scale(frame, formats=english).unit == "€ million"
    assert "1.84" in words_of(trend(frame, formats=english))


def test_heights_follow_the_width(frames):
    """268 px wide, 236 px half."""
    assert size(frames["trend"]()) == (816, 268)
    assert size(frames["trend"](), narrow=True) == (384, 236)
