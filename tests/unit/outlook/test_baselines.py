"""Forecasts to beat, worked out by hand, and where they say nothing."""

from math import nan

import numpy as np
import pandas as pd
import pytest

from qbr_lib.outlook import baselines


@pytest.mark.parametrize(
    ("earlier", "wanted"),
    [
        ([10.0, 20.0, 30.0, 40.0, 50.0], 20.0),
        ([10.0, 20.0, 30.0, 40.0], 10.0),
        ([10.0, 20.0, 30.0], 30.0),
        ([nan, 20.0, 30.0, 40.0], 40.0),
        ([10.0, 20.0, 30.0, nan], 10.0),
        ([nan], nan),
        ([], nan),
    ],
)
def test_the_same_quarter_a_year_ago(earlier, wanted):
    """Four quarters back, else the one before; a quarter that is not known is none."""
    assert baselines.seasonal_naive(earlier) == pytest.approx(wanted, nan_ok=True)


def test_run_rate():
    """30 in 20 of 90 days come to 135; before the first day is over there is no rate."""
    assert baselines.run_rate(30.0, 20, 90) == 135.0
    assert baselines.run_rate(30.0, 90, 90) == 30.0
    assert np.isnan(baselines.run_rate(0.0, 0, 90))


def test_deals_by_the_rate_of_their_stage():
    """100 at 20 % and 50 at 60 %; stages without a rate, or without a name, at 40 % overall."""
    stages = ["a", "b", "c", None, "a"]
    deals = pd.DataFrame({"stage": stages, "amount": [100.0, 50.0, 10.0, 20.0, nan]})
    rates = pd.Series({"a": 0.2, "b": 0.6, "c": nan})
    assert baselines.stage_weighted(7.0, deals, rates, 0.4) == pytest.approx(7 + 20 + 30 + 4 + 8)
    assert baselines.stage_weighted(7.0, deals.iloc[:0], rates, nan) == 7.0
    assert np.isnan(baselines.stage_weighted(7.0, deals, rates, nan))


def test_what_open_pipeline_came_to():
    """120 of 400 open were booked from that week on, so 30 % of today's 50 are expected."""
    told = baselines.historic_yield(5.0, 50.0, [100.0, 300.0], [60.0, 60.0])
    assert told == pytest.approx(20.0)
    assert np.isnan(baselines.historic_yield(5.0, 50.0, [], []))
    assert np.isnan(baselines.historic_yield(5.0, 50.0, [0.0], [10.0]))
    assert np.isnan(baselines.historic_yield(5.0, 50.0, [100.0, nan], [60.0, 10.0]))


@pytest.mark.parametrize(("due", "chance"), [(399.0, 0.0), (400.0, 1.0), (401.0, 1.0), (nan, nan)])
def test_the_rule_knows_enough_or_not_enough(due, chance):
    """A gap of 100 at a win rate of 25 % needs 400 open."""
    assert baselines.coverage_rule(50.0, due, 0.25, 150.0) == pytest.approx(chance, nan_ok=True)
    assert np.isnan(baselines.coverage_rule(50.0, 400.0, 0.25, nan))
