"""How long deals stay: against a count by hand, against a library, and as snapshots tell it."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from qbr_lib.metrics import passages, stage_times

STAGES = ["One", "Two"]


def passed(*rows):
    """Return passages from day entered, day until, outcome."""
    return pd.DataFrame(rows, columns=["entered", "until", "outcome"]).assign(
        stage=0, deal=range(len(rows))
    )


def test_a_median_by_hand():
    """Five deals gone after 1 to 5 days: half within 3; five more still there: within 5 at least."""
    gone = [(10, 10 + n, "on") for n in range(1, 6)]
    assert stage_times.stay(passed(*gone), 0, 50, 0.5) == (1.0, 5, True)
    whole = [(10, 10 + n, "lost") for n in range(1, 10)]
    assert stage_times.stay(passed(*whole), 0, 50, 0.5) == (5.0, 9, False)
    still = [*gone, *[(10, 50, "open")] * 9]
    assert stage_times.stay(passed(*still), 0, 50, 0.5) == (5.0, 5, True)


def test_a_few_deals_tell_nothing():
    """Nobody left, or never five there at one time: no days."""
    assert math.isnan(stage_times.stay(passed((10, 50, "open")), 0, 50, 0.5)[0])
    assert math.isnan(stage_times.stay(passed((10, 12, "on")), 0, 50, 0.5)[0])
    assert stage_times.stay(passed((10, 60, "on")), 0, 50, 0.5)[1] == 0


def test_deals_that_were_there_before_count_from_then_on():
    """Ten that were there for 100 days already say nothing of the first days of ten new ones."""
    old = [(0, 150, "on")] * 10
    new = [(100, 100 + n, "on") for n in range(1, 11)]
    assert stage_times.stay(passed(*old, *new), 100, 190, 0.5) == (5.0, 20, False)


def test_nothing_after_the_last_day_counts():
    """What happens later changes nothing: a leak would make the stay shorter or longer."""
    rows = [(n % 20, n % 20 + n % 17, "on") for n in range(60)] + [(19, 90, "on")] * 40
    then = [(e, min(u, 20), o if u <= 20 else "open") for e, u, o in rows]
    found = stage_times.stay(passed(*rows), 0, 20, 0.5)
    assert found == stage_times.stay(passed(*then), 0, 20, 0.5)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 40), st.booleans()), min_size=30, max_size=60
    )
)
def test_the_median_is_the_librarys(rows):
    """Where five are there up to the median, it is that of the product-limit estimate."""
    frame = passed(*[(e, e + d, "on" if left else "open") for e, d, left in rows])
    days, ended, _ = stage_times.stay(frame, 0, 100, 0.5)
    curve = SurvfuncRight([d + 0.5 for _, d, _ in rows], [int(left) for *_, left in rows])
    assert ended == sum(left for *_, left in rows)
    half = curve.quantile(0.5)
    if not math.isnan(half) and curve.n_risk[curve.surv_times == half][0] >= 5:
        assert days == half - 0.5


@pytest.fixture
def weekly(make_slice):
    """Return deals that stay two weeks in each stage, seen in weekly snapshots."""
    weeks = [day.strftime("%Y-%m-%d") for day in pd.date_range("2026-07-02", periods=13, freq="7D")]
    deals, changes = [], []
    for n in range(9):
        won = n % 3 == 0
        closed = str(pd.Timestamp(weeks[n + 4]).date())
        deals.append({"opportunity_id": f"d{n}", "created_on": weeks[n], "closed_on": closed,
                      "status": "won" if won else "lost"})  # fmt: skip
        changes.append((f"d{n}", weeks[n + 2], "stage", "One", "Two"))
    return make_slice(deals, changes, kind="snapshots", stages=STAGES)


def test_snapshots_tell_expected_days(weekly):
    """Two weeks in the first stage, all go on; of the second a third is won."""
    seen = passages.visits(weekly)
    found = stage_times.by_snapshots(seen, weekly, [0]).set_index("stage")
    assert found["kept"].tolist() == pytest.approx([1.0, 1 / 3], abs=0.1)
    assert found["days"][0] == pytest.approx(14, abs=2)


def test_entries_count_those_still_there(make_slice):
    """Of ten that entered six went on, two were lost, two are still there: more than six of ten."""
    changes = [("x", "2026-06-01", "stage", "One", "Two")]
    deals = [{"opportunity_id": "x", "created_on": "2026-05-01"}]
    for n in range(10):
        deals.append(
            {"opportunity_id": f"d{n}", "created_on": "2026-07-01" if n < 8 else "2026-09-29"}
        )
        if n < 6:
            changes.append((f"d{n}", "2026-07-11", "stage", "One", "Two"))
        elif n < 8:
            deals[-1] |= {"status": "lost", "closed_on": "2026-07-21"}
    data = make_slice(deals, changes, stages=STAGES)
    found = stage_times.entries(passages.passages(passages.visits(data), data), data)
    assert found["entered"].tolist() == [10, 6]
    assert found["kept"][0] == pytest.approx(
        0.75
    )  # by hand: 6/8 left after 10 days of the 8 watched so long
    assert np.isnan(found["kept"][1])


def test_steps_back_and_over(make_slice):
    """A deal that skips the second of three stages, and one that returns to the first."""
    deals = [{"opportunity_id": n, "created_on": "2026-07-01"} for n in "ab"]
    changes = [("a", "2026-07-05", "stage", "1", "3"), ("b", "2026-07-05", "stage", "2", "1")]
    data = make_slice(deals, changes, stages=["1", "2", "3"])
    found = stage_times.steps(passages.visits(data), data)
    assert found["back_steps"].tolist() == [0, 1, 0]
    assert found["skipped"].tolist() == [0, 1, 0]
