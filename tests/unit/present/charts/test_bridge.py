"""The bridge: where its bars start, what colour they take, what is left out."""

import pytest
from matplotlib.colors import to_hex

from qbr_lib.present.charts.bridge import bridge, rows, scale, size
from qbr_lib.present.style import COLOURS


def bars_of(ax):
    """Return left end, length and colour of every bar, in thousands."""
    return [
        (round(bar.get_x() / 1000), round(bar.get_width() / 1000), to_hex(bar.get_facecolor()))
        for bar in ax.patches
    ]


def test_bars_run_from_where_the_last_one_ended(frames, english):
    """Opening from 0, each flow from the running sum, closing from 0 again."""
    found = bars_of(bridge(frames["bridge"](), formats=english))
    assert [bar[:2] for bar in found[:3]] == [(0, 4310), (4310, 1420), (5730, 60)]
    assert [bar[:2] for bar in found[-3:]] == [(1060, 3300), (150, 910), (0, 150)]


def test_levels_won_and_patterns_take_their_roles(frames, english):
    """Levels are level grey, won is actual, a pattern is alert, all else context."""
    frame = frames["bridge"]()
    colours = [bar[2] for bar in bars_of(bridge(frame, formats=english))]
    found = dict(zip(rows(frame)["flow"], colours, strict=True))
    assert (found["opening"], found["closing"]) == (COLOURS["level"], COLOURS["level"])
    assert (found["won"], found["slipped"]) == (COLOURS["actual"], COLOURS["alert"])
    assert (found["lost"], found["created"]) == (COLOURS["context"], COLOURS["context"])


def test_without_a_pattern_nothing_is_alert(frames, english):
    """A frame without the column `pattern` has no alert."""
    frame = frames["bridge"]().drop(columns="pattern")
    colours = [bar[2] for bar in bars_of(bridge(frame, formats=english))]
    assert COLOURS["alert"] not in colours


def test_flows_of_nothing_are_left_out(frames, english):
    """The empty transfer is not drawn, and the chart is one row lower for it."""
    frame = frames["bridge"]()
    assert "transferred" not in [text.get_text() for text in bridge(frame, formats=english).texts]
    assert size(frame) == (816, 16 + 27 * 12) == (816, 340)


def test_empty_levels_stay(frames):
    """Opening and closing are drawn even when nothing was open."""
    assert list(rows(frames["bridge"](amounts=[0] * 13))["flow"]) == ["opening", "closing"]


def test_flows_carry_their_sign(frames, english):
    """Levels are written plain, flows with their sign, all in thousands."""
    texts = [text.get_text() for text in bridge(frames["bridge"](), formats=english).texts]
    assert texts[:4] == ["opening", "4,310", "created", "+1,420"]
    assert texts[-2:] == ["closing", "150"]


@pytest.mark.parametrize(
    ("factor", "unit"), [(1.0, "€ thousand"), (1e-4, "€"), (100.0, "€ million")]
)
def test_the_scale_keeps_small_flows_visible(frames, english, factor, unit):
    """Thousands up to a hundred million, then millions."""
    assert scale(frames["bridge"](factor=factor), formats=english).unit == unit
