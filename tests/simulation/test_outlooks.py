"""Drawn teams: ranges hold as often as they say, chances beat rules, few alarms are needless.

`python -m tests.simulation.outlooks` judges the sample's other seeds and every world.
"""

import pandas as pd
import pytest

from qbr_lib.outlook import backtest
from tests.simulation import daily, outlooks

SEEDS = range(301, 305)


@pytest.fixture(scope="module")
def rows():
    """Judge a few teams of a world with a shock, by what one export of each tells."""
    found = [outlooks.of_world("events, shock 0.3", seed) for seed in SEEDS]
    return pd.concat(found, ignore_index=True)


def test_ranges_hold(rows):
    """80 % lies within what luck leaves open, the weeks of a quarter counted as one."""
    found = outlooks.held(rows)[80]
    assert found.clusters == outlooks.JUDGED * len(SEEDS)
    assert found.low <= 0.8 <= found.high


def test_ranges_half_as_wide_do_not(rows):
    """The gate is not one that never closes."""
    middle = rows["p50"]
    narrow = {f"{side}_80": (rows[f"{side}_80"] + middle) / 2 for side in ("low", "high")}
    assert outlooks.held(rows.assign(**narrow))[80].high < 0.8


def test_chances_beat_rules(rows):
    """Run rate and gap ÷ win rate tell less; at most one alarm in five is needless."""
    told = backtest.verdict(rows)
    assert told.skill > 0
    assert min(told.brier_skill.values()) > 0
    assert told.alarms > 50
    assert told.needless <= backtest.LOW * told.alarms


def test_each_export_tells_as_much_as_its_world():
    """Stages and planned days with their changes; planned days alone; neither."""
    day = pd.Timestamp("2026-05-12")
    told = {
        one: daily.Drawn(daily.World(0.3, one), 1, 4).as_of(day)
        for one in ("events", "plans", "ages")
    }
    assert {name: one.history is not None for name, one in told.items()} == {
        "events": True,
        "plans": False,
        "ages": False,
    }
    rows = {name: one.opportunities for name, one in told.items()}
    assert rows["plans"]["stage"].isna().all()
    assert rows["ages"]["expected_close_on"].isna().all()
    assert rows["plans"]["expected_close_on"].notna().all()
    assert all((one["created_on"] <= day).all() for one in rows.values())
    assert not (rows["events"]["closed_on"] > day).any()


def test_the_worlds_shock_is_as_wide_as_known():
    """Win rates of quarters swing by the shock on top of chance, and closings come in waves."""
    wide, none = (daily.Drawn(daily.World(s, deals=2000.0), 5, 12).deals for s in (0.5, 0.0))
    swings = [
        one.groupby(one["decided"].dt.to_period("Q"))["won"].mean().iloc[1:-2]
        for one in (wide, none)
    ]
    assert swings[0].std() == pytest.approx(0.5 * 0.225, rel=0.5)
    assert swings[1].std() < 0.025
    left = (wide["decided"].dt.to_period("Q").dt.end_time - wide["decided"]).dt.days
    assert (left < 14).mean() > 1.5 * 14 / 91
