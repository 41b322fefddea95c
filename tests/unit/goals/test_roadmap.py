"""From goals to weeks, and what each person adds: shares of wholes, milestones that end in the goal."""

import math
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.goals import roadmap
from qbr_lib.periods import Quarter
from qbr_lib.record import Record
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

PLAN = {"quarter": "2026-Q4", "kind": "revenue"}
REPS = [{"rep_id": "r1", "name": "Anna Muster", "team_id": "nord"}]


def _rep(number, value):
    return PLAN | {"scope": "rep", "scope_id": f"r{number}", "value": value}


def _quarters(shares, many=4):
    """Return deals of earlier quarters won on the first day of these weeks, each of 10."""
    made = []
    for back in range(many):
        quarter = Quarter(2026, 3).shift(-back)
        made += [
            closing(100 * back + n, quarter.week_starts(week).isoformat(), 10.0, territory="Küste")
            for n, week in enumerate(shares)
        ]
    return made


def test_a_person_s_share_by_hand(make_slice, make_goal):
    """Your 120,000 is 8 % of the team's 1,500,000 and 2 % of the company's 6,000,000."""
    rows = [_rep(1, 120_000.0), PLAN | {"scope": "company", "value": 6_000_000.0}]
    tables = {"targets": rows, "reps": REPS}
    data = make_slice(tables=tables, privacy={"people": "named"})
    record = Record(goals=(make_goal(target=1_500_000.0),))
    row = roadmap.individual(data, record).iloc[0]
    assert (row["person"], row["value"], row["source"]) == ("Anna Muster", 120_000.0, "targets")
    assert (row["of_team"], row["of_company"]) == pytest.approx((0.08, 0.02))


def test_without_a_goal_of_the_team_the_plan_s_counts(make_slice):
    """Where nothing is agreed on, a person's share is of the plan's figure."""
    rows = [_rep(1, 30.0), PLAN | {"scope": "team", "scope_id": "nord", "value": 120.0}]
    data = make_slice(tables={"targets": rows}, privacy={"people": "named"})
    row = roadmap.individual(data, Record()).iloc[0]
    assert row["of_team"] == 0.25
    assert math.isnan(row["of_company"])


@pytest.mark.parametrize(
    ("people", "reps", "told"),
    [("named", 1, 1), ("pseudonym", 4, 0), ("pseudonym", 5, 5), ("off", 5, 0)],
)
def test_the_plan_s_figures_of_people_as_privacy_asks(make_slice, people, reps, told):
    """Named, or by pseudonym where enough people have one; else none is told."""
    tables = {"targets": [_rep(n, 30.0) for n in range(reps)]}
    data = make_slice(tables=tables, privacy={"people": people})
    assert len(roadmap.individual(data, Record())) == told


def test_a_recorded_goal_goes_before_the_plan_s(make_slice, make_goal):
    """A person's goal in the record takes the place of the plan's on the same measure."""
    goal = make_goal(id="p", title="Mine", scope={"team": "nord", "rep": "r1"}, target=40.0)
    tables = {"targets": [_rep(1, 30.0), _rep(2, 30.0)], "reps": REPS}
    data = make_slice(tables=tables, privacy={"people": "named"})
    found = roadmap.individual(data, Record(goals=(goal,)))
    assert found[["person", "title", "value"]].to_numpy().tolist() == [
        ["Anna Muster", "Mine", 40.0], ["r2", "", 30.0],
    ]  # fmt: skip


def test_a_rate_has_no_share(make_slice, make_goal):
    """A win rate of 30 % is no part of another."""
    goal = make_goal(id="p", metric="conversion.win_rate", scope={"rep": "r1"}, target=0.3)
    whole = make_goal(metric="conversion.win_rate", target=0.4)
    row = roadmap.individual(make_slice(), Record(goals=(goal, whole))).iloc[0]
    assert math.isnan(row["of_team"])


def test_milestones_follow_the_team_s_own_quarters(make_goal):
    """Half of the earlier quarters' wins came in week 3, half in week 13."""
    data = build_slice(_quarters([3, 13]), data_since="2025-01-01", as_of="2026-09-30")
    record = Record(goals=(make_goal(target=500_000.0),))
    found = roadmap.weeks(data, record, roadmap.individual(data, record)).set_index("week")
    assert found.loc[[2, 3, 12, 13, 14], "value"].to_list() == [0.0, 250e3, 250e3, 500e3, 500e3]
    assert (found["quarters"] == 4).all()
    assert found["day"].iloc[[0, -1]].to_list() == ["2026-10-07", "2026-12-31"]


def test_a_person_s_milestones_have_the_team_s_shares(make_slice, make_goal):
    """A person's own past plays no part: a fifth of the goal is a fifth of every week."""
    tables = {"targets": [_rep(1, 100_000.0)]}
    data = build_slice(
        _quarters([3, 13]), tables=tables, data_since="2025-01-01", privacy={"people": "named"}
    )
    record = Record(goals=(make_goal(target=500_000.0),))
    found = roadmap.weeks(data, record, roadmap.individual(data, record))
    team, own = (found.loc[found["person"] == one, "value"].to_numpy() for one in ("", "r1"))
    assert (own * 5 == team).all()


@pytest.mark.parametrize("metric", ["conversion.win_rate", "market.share"])
def test_what_does_not_fill_up_has_no_weeks(make_slice, make_goal, metric):
    """A rate, and a share of a market whose size is not known yet."""
    record = Record(goals=(make_goal(metric=metric, target=0.4),))
    assert roadmap.weeks(
        make_slice(_quarters([3])), record, roadmap.individual(make_slice(), record)
    ).empty


@given(
    st.lists(st.integers(1, 13), min_size=1, max_size=8),
    st.integers(1, 3_000_000),
    st.sampled_from(["bookings.won_amount", "bookings.won_count"]),
    st.integers(1, 6),
)
def test_weeks_rise_and_end_in_the_goal(shares, target, metric, many):
    """Never falling, never above the goal, and in the last week the goal itself."""
    from qbr_lib.record import Goal

    data = build_slice(_quarters(shares, many), data_since="2024-01-01")
    goal = Goal(id="g", title="t", kind="revenue", metric=metric, scope={"team": "nord"},
                owner="team", target=float(target))  # fmt: skip
    found = roadmap.weeks(data, Record(goals=(goal,)), roadmap.individual(data, Record()))
    assert found["value"].is_monotonic_increasing
    assert found["value"].iloc[-1] == target
    assert (found["quarters"] == (many if many >= 4 else 0)).all()


def _need(**given):
    known = {
        "last_day": Quarter(2026, 4).first_day,
        "a_week": lambda _: 7.2,
        "possible": lambda _: True,
    }
    return SimpleNamespace(**(known | given))


def test_the_last_day_for_new_deals(make_goal):
    """With how many a week; no number where the team never created as many; nothing unknown."""
    goal = make_goal()
    assert roadmap.dates(_need(), goal).to_numpy().tolist() == [["2026-10-01", "last_new_deal", 8]]
    assert math.isnan(roadmap.dates(_need(possible=lambda _: False), goal)["value"].iloc[0])
    assert roadmap.dates(_need(last_day=None), goal).empty
    assert roadmap.dates(None, goal).empty
