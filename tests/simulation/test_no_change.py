"""Teams that never change: little is claimed of them, and intervals hold what they were drawn from.

`python -m tests.simulation.no_change` simulates 400 quarters of each world.
"""

import dataclasses

import pytest
from scipy import stats

from qbr_lib.metrics import patterns
from tests.simulation import no_change, worlds

QUARTERS = 12


@pytest.fixture(scope="module")
def simulated():
    """Simulate a few quarters of three worlds that are least alike."""
    names = ("few deals", "large single deals", "restless")
    return [no_change.simulate(name, QUARTERS, seed=400) for name in names]


def test_little_is_claimed(simulated):
    """No more quarters carry a claim than one of twenty would, with a chance of 1 in 1,000."""
    claimed, quarters = (sum(getattr(w, n) for w in simulated) for n in ("claimed", "quarters"))
    assert claimed <= stats.binom.ppf(0.999, quarters, patterns.LEVEL)


def test_intervals_hold_the_truth(simulated):
    """The 95 % intervals hold it no less often than by bad luck of 1 in 1,000."""
    told = sum((world.told for world in simulated), no_change.Counted().told)
    held = sum((world.held for world in simulated), no_change.Counted().held)
    assert {"conversion.win_rate", "cycle.won_within_60_days", "drivers.volume"} <= set(told)
    for measure, n in told.items():
        assert held[measure] >= stats.binom.ppf(0.001, n, 0.95), measure


def test_a_change_is_seen(monkeypatch):
    """A team that really changed is claimed to: the gate is not one that never opens."""
    changed = dataclasses.replace(worlds.WORLDS["many deals"], deals=160.0)
    monkeypatch.setattr(no_change, "WORLDS", {"changed": changed})
    monkeypatch.setattr(no_change, "drawn_team", _halved)
    assert no_change.simulate("changed", 3, covered=False).claimed == 3


def _halved(world, seed):
    """Return a team that lost half of the quarter's new deals."""
    data, deals = worlds.drawn_team(world, seed)
    rows = data.opportunities
    fresh = rows["created_on"] >= str(data.quarter.first_day)
    kept = rows.loc[~fresh | (rows.index % 2 == 0)].reset_index(drop=True)
    history = data.history.loc[data.history["opportunity_id"].isin(kept["opportunity_id"])]
    return dataclasses.replace(data, tables={"opportunities": kept}, history=history), deals
