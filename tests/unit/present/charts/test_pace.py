"""The pace of the quarter."""

import pytest

from qbr_lib.present.charts.pace import pace, scale, size
from qbr_lib.present.style import COLOURS


def words_of(ax):
    """Return every text drawn."""
    return [text.get_text() for text in ax.texts]


def curve_of(ax, role):
    """Return the y values of the longest line of a colour."""
    lines = [line for line in ax.lines if line.get_color() == COLOURS[role]]
    return list(max(lines, key=lambda line: len(line.get_ydata())).get_ydata())


def test_the_curve_ends_with_the_last_known_week(frames, english):
    """Weeks to come are not drawn."""
    ax = pace(frames["pace"](known=7), formats=english, target=2e6)
    assert curve_of(ax, "actual") == [120_000.0 * week for week in range(7)]


def test_the_middle_of_earlier_quarters_is_dashed(frames, english):
    """The dashed line is the column `middle`."""
    ax = pace(frames["pace"](), formats=english)
    assert curve_of(ax, "faint") == [135_000.0 * week for week in range(14)]


@pytest.mark.parametrize(("known", "bands"), [(True, 1), (False, 0)], ids=["known", "unknown"])
def test_an_unknown_band_is_not_drawn(frames, english, known, bands):
    """Without earlier quarters there is no band and no word about it."""
    frame = frames["pace"]()
    given = frame if known else frame.assign(low=float("nan"), high=float("nan"))
    ax = pace(given, formats=english, target=2e6)
    assert len(ax.collections) == bands
    assert any("earlier quarters" in text for text in words_of(ax)) is known


def test_target_and_last_value_are_named(frames, english):
    """The target line and the end of the curve carry their numbers."""
    texts = words_of(pace(frames["pace"](), formats=english, target=2e6))
    assert "Target 2.00" in texts
    assert "1.56" in texts


def test_without_a_target_none_is_named(frames, english):
    """No target, no line, no word."""
    assert not any("Target" in text for text in words_of(pace(frames["pace"](), formats=english)))


def test_weeks_are_labelled_every_third(frames, english):
    """The first week is written out."""
    texts = words_of(pace(frames["pace"](), formats=english))
    assert [text for text in texts if text.startswith("W")] == ["Week 1", "W4", "W7", "W10", "W13"]


def test_the_scale_counts_the_target(frames, english):
    """A target in the millions puts the whole picture in millions."""
    frame = frames["pace"](factor=0.0).assign(middle=0.0, low=0.0, high=0.0)
    assert scale(frame, formats=english, target=2e6).unit == "€ million"


def test_only_the_half_width_exists(frames):
    """384 by 300 px."""
    assert size(frames["pace"]()) == (384, 300)
