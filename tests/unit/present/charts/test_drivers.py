"""The causes: bars from 0 over bands about 0, colour for a pattern alone, one row beside the sum."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from qbr_lib.present.charts.drivers import drivers, size
from qbr_lib.present.style import COLOURS


def boxes(ax, role):
    """Return left edge and width in pixels of the boxes of a colour, from the top."""
    return [
        (box.get_x(), box.get_width())
        for box in ax.patches
        if to_hex(box.get_facecolor()) == COLOURS[role]
    ]


def zero(ax):
    """Return the pixel of 0: where the ink line stands."""
    upright = [line for line in ax.lines if np.ptp(line.get_xdata()) == 0]
    return next(one.get_xdata()[0] for one in upright if to_hex(one.get_color()) == COLOURS["ink"])


@pytest.mark.parametrize("narrow", [False, True])
def test_bars_start_at_0_on_one_scale(frames, english, narrow):
    """The pattern runs left from 0, and is as long as its share of the sum's bar."""
    ax = drivers(frames["drivers"](), formats=english, narrow=narrow)
    (left, width), (_, whole) = boxes(ax, "alert")[0], boxes(ax, "ink")[0]
    assert left + width == pytest.approx(zero(ax))
    assert width / whole == pytest.approx(200 / 120)
    assert boxes(ax, "level")[0][0] == pytest.approx(zero(ax))


def test_bands_lie_about_0(frames, english):
    """Each band reaches as far to the left as to the right; where it is too early, none."""
    ax = drivers(frames["drivers"](), formats=english)
    bands = boxes(ax, "band")
    assert len(bands) == 3
    assert [left + width / 2 for left, width in bands] == pytest.approx([zero(ax)] * 3)


def test_colour_is_earned(frames, english):
    """A harmful pattern is alert, a helpful one actual, facts are level, what slipped is context."""
    frame = frames["drivers"]()
    assert len(boxes(drivers(frame, formats=english), "level")) == 3
    assert len(boxes(drivers(frame, formats=english), "context")) == 1
    helpful = frame.assign(effect=-frame["effect"])
    assert len(boxes(drivers(helpful, formats=english), "actual")) == 1
    assert boxes(drivers(frame.assign(pattern=False), formats=english), "alert") == []


def test_values_and_verdicts_are_written(frames, english):
    """Every value with its sign in thousands, every verdict in words."""
    texts = [text.get_text() for text in drivers(frames["drivers"](), formats=english).texts]
    assert {"−200", "+42", "−120", "−910", "pattern", "as usual", "not in the sum"} <= set(texts)


def test_heights(frames):
    """64 and 50 a row on a wide screen, 72 and 80 on a narrow one."""
    assert size(frames["drivers"]()) == (816, 364)
    assert size(frames["drivers"](), narrow=True) == (384, 552)
