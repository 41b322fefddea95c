"""The range of a quarter on one line."""

import pytest
from matplotlib.colors import to_hex

from qbr_lib.present.charts.outlook import outlook, scale, size
from qbr_lib.present.style import COLOURS


def _box(ax, role):
    (found,) = [p for p in ax.patches if to_hex(p.get_facecolor()) == COLOURS[role]]
    return found.get_x(), found.get_x() + found.get_width()


@pytest.mark.parametrize("narrow", [False, True])
def test_the_bands_lie_where_their_amounts_do(frames, english, narrow):
    """Distances from 0 are in proportion to the amounts: booked, eight in ten, half."""
    frame = frames["outlook"]()
    ax = outlook(frame, formats=english, narrow=narrow)
    start, booked = _box(ax, "actual")
    euro = (booked - start) / frame["booked"].iloc[0]
    for role, low, high in (("band", "low", "high"), ("context", "low_half", "high_half")):
        ends = [(end - start) / euro for end in _box(ax, role)]
        assert ends == pytest.approx(frame[[low, high]].iloc[0].tolist())


def test_the_amounts_are_written(frames, english):
    """Ends, middle, what is booked and the target, in the unit of the scale."""
    texts = {text.get_text() for text in outlook(frames["outlook"](), formats=english).texts}
    assert texts == {"Target 2.49", "middle 1.49", "1.07", "2.04", "booked 0.47"}
    assert scale(frames["outlook"](), formats=english).unit == "€ million"


def test_nothing_booked_and_no_target_are_no_marks(frames, english):
    """What is not there has neither a bar nor words."""
    frame = frames["outlook"](booked=0.0, target=float("nan"))
    texts = [text.get_text() for text in outlook(frame, formats=english).texts]
    assert not [text for text in texts if "Target" in text or "booked" in text]


def test_size():
    """One height for both widths."""
    assert (size(None), size(None, narrow=True)) == ((816, 124), (384, 124))
