"""Looking back: every week as on its day, rules of thumb beside it, and degenerate teams."""

import numpy as np
import pytest

from qbr_lib.outlook import backtest, origins
from tests.unit.outlook.conftest import SWINGS, deal, steady


@pytest.fixture(scope="module")
def rows(make):
    """Return the weeks of ten quarters alike."""
    return backtest.looked_back(make(steady(), as_of="2026-07-28"))


def test_every_week(rows):
    """Those of ten quarters and the ones before them, as far as the data goes back."""
    weeks = len(origins.WEEKS)
    assert rows.groupby("quarter").size().tolist() == [12, weeks - 1, *[weeks] * 8]
    assert rows["learnt"].max() == 8
    assert rows.loc[rows["quarter"] == "2024-Q1", "learnt"].eq(0).all()
    assert (rows["low_80"] <= rows["p50"]).all()
    assert (rows["booked"] <= rows["actual"]).all()


def test_errors_worked_out(rows):
    """The naive figure's is the median ratio of amounts to those a year before, five quarters."""
    told = backtest.verdict(rows)
    judged = range(4, 10)
    off = [abs(SWINGS[q - 4] / SWINGS[q] - 1) for q in judged]
    assert told.quarters == len(judged)
    assert told.error["naive"] == pytest.approx(np.median(off), rel=0.01)
    assert 0 < told.error["p50"] < told.error["naive"]


def test_rules_of_thumb(rows):
    """At the end of week 6: so far ÷ 42 days x all days; open deals at the won share of two thirds."""
    one = rows.loc[(rows["quarter"] == "2025-Q3") & (rows["week"] == 6)].iloc[0]
    assert one["run_rate"] == pytest.approx(one["booked"] * 92 / 42)
    due = (one["stage_weighted"] - one["booked"]) / (2 / 3)
    assert one["rule"] == float(one["booked"] + due * 2 / 3 >= one["target"])
    assert one["historic_yield"] == pytest.approx(one["actual"], rel=0.1)


def test_its_own_target_or_the_naive_figure(make):
    """A recorded target is judged; where there is none, the quarter a year before is."""
    target = {"quarter": "2025-Q2", "scope": "team", "scope_id": "nord", "kind": "revenue"}
    data = make(steady(), tables={"targets": [target | {"value": 7777.0}]})
    rows = backtest.looked_back(data).set_index("quarter")
    assert rows.loc["2025-Q2", "target"].eq(7777.0).all()
    assert rows.loc["2025-Q3", "target"].eq(rows.loc["2024-Q3", "actual"].iloc[0]).all()


def test_naive_with_its_own_errors(make):
    """Its middle is the figure; what is booked is its least."""
    told = origins.book(make(steady()))
    found = origins.past(told, 1)
    whole = backtest.naive(found)
    assert np.median(whole, axis=1) == pytest.approx(
        [max(one.naive, one.booked) for one in found], rel=0.01
    )
    assert (whole.min(axis=1) >= [one.booked for one in found]).all()
    assert backtest.naive([]).shape[0] == 0


@pytest.mark.parametrize(
    ("deals", "as_of"),
    [
        ([], "2026-11-10"),
        ([deal(1, "open")], "2026-11-10"),
        ([deal(1)], "2025-03-25"),
        ([deal(1, "lost")], "2026-11-10"),
        ([deal(1, amount=None, list_amount=None)], "2026-11-10"),
        ([deal(1, created=None)], "2026-11-10"),
    ],
    ids=["none", "all open", "no whole quarter", "all lost", "no amount", "no creation day"],
)
def test_teams_that_tell_nothing(make, deals, as_of):
    """No exception and no verdict: nothing is judged of them."""
    rows = backtest.looked_back(make(deals, as_of=as_of))
    told = backtest.verdict(rows)
    assert {"week", "chance", "run_rate", "team"} <= set(rows)
    assert not told.enough or np.isnan(told.skill)
