"""What looking back comes to: whose weeks are judged, by phase, by chance given."""

import numpy as np
import pandas as pd
import pytest

from qbr_lib.outlook import backtest, report

WAYS = (*backtest.WAYS, "run_rate", "rule")


def rows_of(team="nord", scope="team", quarters=5, learnt=4, **columns):
    """Return every week of some quarters, 100 won and 100 expected in each."""
    found = pd.DataFrame(
        [(f"2026-Q{q}", week) for q in range(quarters) for week in range(-7, 13)],
        columns=["quarter", "week"],
    ).assign(team=team, scope=scope, learnt=learnt, actual=100.0, place=0.5, target=100.0)
    found = found.assign(**dict.fromkeys(WAYS, 100.0)).assign(rule=1.0)
    for share in backtest.RANGES:
        found[[f"low_{share}", f"high_{share}"]] = 90.0, 110.0
    scored = {"crps": 1.0, "crps_naive": 2.0, "chance": 0.9, "reached": 1.0}
    return found.assign(**(scored | columns))


def test_groups_do_not_count_twice():
    """Overall is over teams alone; each scope has its own verdict beside it."""
    wide = rows_of("company", "company", low_80=0.0, high_80=1.0)
    told = report.report(pd.concat([rows_of(), rows_of("sued"), wide]))
    assert (told.overall.quarters, told.overall.ranges[80].share) == (10, 1.0)
    assert told.scopes["company"].ranges[80].share == 0.0
    assert list(told.scopes) == ["nord", "sued", "company"]
    alone = report.report(wide)
    assert alone.overall.ranges[80].share == 0.0


def test_phases_divide_the_weeks():
    """20 weeks: 8 before, 4, 4 and 4 within; the day before belongs to both sides."""
    told = report.report(rows_of(quarters=4))
    assert {name: one.origins for name, one in told.phases.items()} == {
        "before": 32,
        "early": 16,
        "middle": 16,
        "late": 16,
    }
    assert told.overall.origins == 13 * 4


def test_too_little_learnt_is_not_judged():
    """Three quarters behind a forecast are too few, and three quarters judged are not enough."""
    told = report.report(pd.concat([rows_of(learnt=3), rows_of("sued", quarters=3)]))
    assert told.overall.quarters == 3
    assert not told.overall.enough
    assert told.scopes["nord"].origins == 0
    assert np.isnan(told.scopes["nord"].skill)


def test_chances_by_what_was_said():
    """Of weeks said 15 % one in five came true, of those said 95 % all; counts of both."""
    reached = np.tile(np.arange(20) == 5, 5)
    low = rows_of(chance=0.15, reached=reached.astype(float))
    told = report.chances(pd.concat([low, rows_of("sued", chance=0.95)]))
    assert told["given"].tolist() == pytest.approx([0.15, 0.95])
    assert told["came"].tolist() == pytest.approx([0.0, 1.0])
    within = low.loc[low["week"] >= 0].assign(reached=[*[1.0] * 13, *[0.0] * 52])
    told = report.chances(within)
    assert (told["came"][0], told["n"][0], told["quarters"][0]) == (0.2, 65, 5)
    assert told["low"][0] < 0.05
    assert told["high"][0] > 0.6
    assert report.chances(within.iloc[:0]).empty


def test_an_alarm_takes_two_weeks_running():
    """A low chance counts from its second week on; one week alone, or a week left out, does not."""
    rows = rows_of(quarters=1, chance=0.5)
    rows.loc[rows["week"].isin([2, 4, 5, 6]), "chance"] = backtest.LOW
    assert rows.loc[backtest.alarmed(rows), "week"].tolist() == [5, 6]
    apart = pd.concat([rows.iloc[:5], rows_of("sued", chance=backtest.LOW, quarters=1).iloc[5:6]])
    assert not backtest.alarmed(apart.reset_index(drop=True)).any()


def test_verdict():
    """Half as far off as the naive figure is a skill of 50 %; alarms at 20 % exactly count."""
    rows = rows_of(quarters=4, chance=backtest.LOW, p50=110.0, naive=np.nan)
    told = backtest.verdict(rows)
    assert told.skill == 0.5
    assert told.error["p50"] == pytest.approx(0.1)
    assert np.isnan(told.error["naive"])
    assert (told.alarms, told.needless) == (52, 52)
    assert np.isnan(told.brier_skill["rule"])  # that was right each time
    known = backtest.verdict(rows.assign(run_rate=90.0)).brier_skill["run_rate"]
    assert known == pytest.approx(1 - (1 - backtest.LOW) ** 2)
