"""The agenda: minutes that add up, and go where there is something to talk about."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.measures import Measure
from qbr_lib.metrics import agenda, patterns


def test_worked_example():
    """Ninety minutes: five for each section, sixty shared out by items, by largest remainder."""
    frame = agenda.agenda({"grades": 2, "why": 1, "attention": 4, "agenda": 4})
    assert frame["section"].tolist() == list(agenda.SECTIONS)
    # sixty in twelve steps: 2.18, 0, 1.09, 0, 4.36, 4.36
    assert frame["minutes"].tolist() == [15, 5, 10, 5, 30, 25]
    assert frame["items"].tolist() == [2, 0, 1, 0, 4, 4]


def test_without_anything_to_weigh_all_get_the_same():
    """A quiet quarter, and a length that five does not divide: the rest goes to the end."""
    assert agenda.agenda({})["minutes"].tolist() == [15] * 6
    assert agenda.agenda({}, 32)["minutes"].tolist() == [5, 5, 5, 5, 5, 7]


def test_too_short_a_meeting():
    """Six sections need thirty minutes."""
    with pytest.raises(ValueError, match="29 minutes: wanted at least 30"):
        agenda.agenda({}, 29)


@given(
    items=st.lists(st.integers(0, 1000), min_size=6, max_size=6),
    minutes=st.integers(30, 480),
)
def test_minutes_add_up(items, minutes):
    """Every section gets five at least, all together exactly the meeting, more items never less."""
    frame = agenda.agenda(dict(zip(agenda.SECTIONS, items, strict=True)), minutes)
    assert frame["minutes"].sum() == minutes
    assert (frame["minutes"] >= 5).all()
    told = frame.iloc[:-1].sort_values("items", kind="stable")  # the last takes what is left over
    steps = told.groupby("items")["minutes"].agg(["min", "max"])
    assert (steps["max"].shift(fill_value=0) <= steps["min"]).all()


def test_weights_count_what_deviates():
    """Missed goals, tenths off the target up to five, patterns, setbacks, points of attention."""
    graded = pd.DataFrame({"state": ["met", "missed", "just_missed", "not_gradable"]})
    reached = {"bookings.attainment": Measure("bookings.attainment", 0.78, 3)}
    claim = patterns.Claim("rate", "x", "", 0.1, 0.5, 1.0, 1e-9, 50, favourable=False)
    judged = patterns.judged([claim, claim])
    told = agenda.weights(graded, reached, judged, setbacks=1, attention=4)
    assert told == {"grades": 2, "result": 2, "why": 2, "wins": 1, "attention": 4, "agenda": 4}
    none = agenda.weights(graded.head(0), {}, patterns.judged([]), setbacks=0, attention=0)
    assert set(none.values()) == {0}
    far = {"bookings.attainment": Measure("bookings.attainment", 9.0, 3)}
    assert agenda.weights(graded, far, judged, setbacks=0, attention=0)["result"] == 5
    running = agenda.weights(graded, far, judged, setbacks=0, attention=0, over=False)
    assert running["result"] == 0
