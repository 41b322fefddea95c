"""How far goals, commitments and obstacles have come."""

import datetime as dt

import pytest

from qbr_lib.goals import course, progress
from qbr_lib.measures import NO_GOALS, NOTHING_DUE, Measure
from qbr_lib.periods import Quarter
from qbr_lib.record import Commitment, Obstacle, Record, Trigger
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

QUARTER = Quarter(2026, 3)


def _even(number):
    """Return the deals of four earlier quarters, each with half of its 200 by day 46."""
    deals = []
    for back in range(1, 5):
        quarter = QUARTER.shift(-back)
        half = quarter.first_day + dt.timedelta(days=45)
        for n, day in enumerate((half, quarter.last_day)):
            deals.append(closing(number + 2 * back + n, day.isoformat(), 100.0))
    return deals


def _slice(won, as_of="2026-08-15"):
    now = [closing(1, "2026-07-10", won)] if won else []
    return build_slice([*_even(10), *now], as_of=as_of, data_since="2025-01-01")


@pytest.mark.parametrize(
    ("won", "state"),
    [(500.0, "on_course"), (1000.0, "reached"), (450.0, "just_behind"), (449.0, "behind")],
)
def test_against_the_usual_course(make_goal, won, state):
    """Half of the quarter is usual by the day: half of the target is on course."""
    record = Record(goals=(make_goal(target=1000.0),))
    row = progress.goals(_slice(won), record, QUARTER).iloc[0]
    assert (row["share"], row["expected"], row["value"]) == (0.5, 500.0, won)
    assert (row["state"], row["earlier"]) == (state, 4)


def test_before_the_quarter_begins(make_goal):
    """Nothing is behind on the day before."""
    record = Record(goals=(make_goal(),))
    row = progress.goals(_slice(0, as_of="2026-06-30"), record, QUARTER).iloc[0]
    assert row["state"] == "not_begun"


def test_a_rate_is_held_against_its_whole_target(make_goal):
    """A win rate does not fill up over the quarter."""
    goal = make_goal(metric="conversion.win_rate", target=0.5)
    row = progress.goals(_slice(10.0), Record(goals=(goal,)), QUARTER).iloc[0]
    assert (row["share"], row["state"], row["attained"]) == (1.0, "on_course", 2.0)


def test_what_cannot_be_measured_stands_with_its_reason(make_goal):
    """The row stays, without a value."""
    goal = make_goal(metric="market.share", kind="market_share")
    row = progress.goals(_slice(10.0), Record(goals=(goal,)), QUARTER).iloc[0]
    assert (row["state"], row["reason"]) == ("unavailable", "needs the table market")


def _commitment(number, due, state="open"):
    return Commitment(id=f"c{number}", what="call", owner="team", due=due, state=state)


def test_commitments_by_hand():
    """Kept are two of the three due; a dropped one and one due later count in neither."""
    record = Record(
        commitments=(
            _commitment(1, "2026-08-01", "done"),
            _commitment(2, "2026-08-10", "done"),
            _commitment(3, "2026-08-14"),
            _commitment(4, "2026-08-01", "dropped"),
            _commitment(5, "2026-09-01", "done"),
            _commitment(6, "2026-08-16"),
        )
    )
    kept, late = progress.commitments(record, dt.date(2026, 8, 15))
    assert (kept.value, kept.n, late.value) == (pytest.approx(2 / 3), 3, 1.0)


def test_due_today_is_not_overdue():
    """A commitment is overdue from the day after."""
    one = _commitment(1, "2026-08-15")
    assert [progress.overdue(one, dt.date(2026, 8, d)) for d in (14, 15, 16)] == [0, 0, 1]
    kept, _ = progress.commitments(Record(commitments=(one,)), dt.date(2026, 8, 14))
    assert (kept.reason, kept.details) == (NOTHING_DUE, {"day": "2026-08-14"})


@pytest.mark.parametrize(
    ("trigger", "state"),
    [
        (Trigger(metric="bookings.won_amount", below=100.0), "quiet"),  # half of it is due
        (Trigger(metric="bookings.won_amount", below=100.02), "met"),
        (Trigger(metric="conversion.win_rate", below=1.0), "quiet"),
        (Trigger(metric="conversion.win_rate", above=0.99), "met"),
        (Trigger(metric="bookings.won_amount", above=50.0), "quiet"),
        (Trigger(metric="bookings.won_amount", above=49.99), "met"),
        (Trigger(metric="market.share", below=0.1), "unavailable"),
        (None, "watched"),
    ],
)
def test_obstacles_occur_beyond_their_threshold(trigger, state):
    """On the threshold nothing has occurred yet."""
    record = Record(obstacles=(Obstacle(id="o", what="price", trigger=trigger),))
    frame = progress.obstacles(_slice(50.0), record, QUARTER)
    assert frame["state"].to_list() == [state]


def test_before_the_quarter_no_obstacle_occurs():
    """What is 0 on the day before the quarter says nothing yet."""
    trigger = Trigger(metric="bookings.won_amount", below=50.0)
    record = Record(obstacles=(Obstacle(id="o", what="price", trigger=trigger),))
    frame = progress.obstacles(_slice(0, as_of="2026-06-30"), record, QUARTER)
    assert frame["state"].to_list() == ["not_begun"]


@pytest.mark.parametrize(("target", "state"), [(0.0, "behind"), (-2.0, "on_course")])
def test_targets_of_nothing_and_below(make_goal, target, state):
    """A change of -100 % misses a target of 0 and passes one of -200 %."""
    goal = make_goal(metric="bookings.change_on_previous_quarter", target=target)
    data = build_slice(
        [closing(1, "2026-05-01", 100.0), closing(2, "2026-08-01", 1.0, "lost")],
        as_of="2026-09-30",
        data_since="2025-01-01",
    )
    row = progress.goals(data, Record(goals=(goal,)), QUARTER).iloc[0]
    assert (row["value"], row["state"]) == (-1.0, state)


def test_all_measures_of_a_follow_up(make_goal):
    """Every id is there once, measured or with its reason."""
    record = Record(goals=(make_goal(target=1000.0), make_goal(id="m", metric="market.share")))
    data = _slice(500.0)
    frame, met = (f(data, record, QUARTER) for f in (progress.goals, progress.obstacles))
    found = progress.measures(record, QUARTER, data.as_of, frame, met)
    values = {one.id: getattr(one, "value", None) for one in found}
    assert values == {
        "goals.recorded": 2.0,
        "goals.measurable": 1.0,
        "goals.on_course": 1.0,
        "loop.commitments_kept": None,
        "loop.commitments_overdue": 0.0,
        "loop.obstacles_met": 0.0,
    }
    none = progress.measures(Record(), QUARTER, data.as_of, frame.head(0), met)
    assert [o.reason for o in none if not isinstance(o, Measure)][:2] == [NO_GOALS, NO_GOALS]


def test_leading_measures_at_the_same_point(make_goal):
    """The earlier quarter is looked at as it stood as many days into it."""
    goal = make_goal(leading=("bookings.won_amount", "market.share"))
    frame = course.leading(_slice(70.0), Record(goals=(goal,)), QUARTER)
    assert frame["metric"].to_list() == ["bookings.won_amount", "market.share"]
    assert frame.loc[0, ["value", "before"]].to_list() == [70.0, 100.0]
    assert frame.loc[1].isna().sum() == 2


def test_until_opens_later_closings():
    """A deal closed after the day is open again, one created after it is gone."""
    deals = [
        closing(1, "2026-07-10", created_on="2026-06-01"),
        closing(2, "2026-08-20", created_on="2026-06-01"),
        closing(3, "2026-08-20", created_on="2026-08-01"),
    ]
    cut = course.until(build_slice(deals), dt.date(2026, 7, 31))
    assert dict(
        zip(cut.opportunities["opportunity_id"], cut.opportunities["status"], strict=True)
    ) == {"d1": "won", "d2": "open"}


def test_the_revenue_goal_week_by_week(make_goal):
    """The weeks follow the goal's own target; without a goal there are none."""
    weeks = course.weekly(_slice(50.0), make_goal(target=400.0), QUARTER)
    assert weeks["middle"].iloc[-1] == 400.0
    assert course.weekly(_slice(50.0), None, QUARTER) is None
