"""Verdicts: at the edges, against the last target, and only once the quarter is over."""

import datetime as dt

import pytest

from qbr_lib.goals import grading
from qbr_lib.measures import NO_GOALS, NO_VERDICTS, Measure, Unavailable
from qbr_lib.periods import Quarter
from qbr_lib.record import Record, Revision, Verdict
from qbr_lib.words import in_language

QUARTER, DAY = Quarter(2026, 3), dt.date(2026, 10, 5)
LOWERED = Revision(at=dt.date(2026, 8, 1), by="team lead", value=90.0, reason="data")


@pytest.mark.parametrize(
    ("metric", "value", "target", "state"),
    [
        ("bookings.won_amount", 100.0, 100.0, "met"),
        ("bookings.won_amount", 99.99, 100.0, "just_missed"),
        ("bookings.won_amount", 90.0, 100.0, "just_missed"),
        ("bookings.won_amount", 89.99, 100.0, "missed"),
        ("bookings.won_amount", -5.0, 100.0, "missed"),
        ("bookings.won_amount", 0.0, 0.0, "met"),
        ("cycle.median_days_won", 45.0, 45.0, "met"),
        ("cycle.median_days_won", 50.0, 45.0, "just_missed"),
        ("cycle.median_days_won", 51.0, 45.0, "missed"),
        ("bookings.lost_count", 0.0, 5.0, "met"),
        ("bookings.lost_count", 1.0, 0.0, "missed"),
    ],
)
def test_state_at_the_edges(metric, value, target, state):
    """Met from the target on, just missed from 90 % of it; days and losses count downwards."""
    assert grading.state_of(metric, value, target) == state


def test_the_last_target_counts_and_the_first_stays(make_goal):
    """A lowered target that is reached is met, with both targets on record."""
    goal = make_goal(revisions=(LOWERED,))
    found = grading.verdict(goal, Measure(goal.metric, 92.0, 7), DAY, in_language("en")).model_dump(
        exclude_none=True
    )
    assert found == {
        "state": "met",
        "value": 92.0,
        "at": DAY,
        "by": "qbr grade",
        "original": 100.0,
        "target": 90.0,
        "attainment": 1.0222,
        "n": 7,
        "evidence": {"as_of": DAY, "value": 92.0, "n": 7},
    }


def test_what_cannot_be_measured_cannot_be_graded(make_goal):
    """The reason stands in the verdict."""
    gone = Unavailable("market.share", "needs the table market")
    found = grading.verdict(make_goal(), gone, DAY, in_language("de"))
    assert (found.state, found.value, found.reason) == (
        "not_gradable",
        None,
        "braucht die Tabelle market",
    )


@pytest.mark.parametrize(("as_of", "state"), [("2026-09-29", None), ("2026-09-30", "just_missed")])
def test_only_once_the_quarter_is_over(make_slice, make_goal, deals, as_of, state):
    """A running quarter has no verdict; on its last day it has."""
    data = make_slice(deals, as_of=as_of)
    found = grading.proposed(data, make_goal(), QUARTER, in_language("en"))
    assert (found and found.state) == state


def test_grades_show_the_verdict_or_the_data(make_slice, make_goal, deals):
    """A recorded verdict stands as it was given; without one the data's value stands, open."""
    given = Verdict(
        state="met", value=5.0, at=DAY, by="head of sales", target=4.0, attainment=1.25, n=1
    )
    record = Record(goals=(make_goal(id="a", verdict=given), make_goal(id="b")))
    frame = grading.grades(make_slice(deals), record, QUARTER)
    columns = ["id", "value", "attained", "state", "by"]
    assert frame[columns].fillna("-").to_numpy().tolist() == [
        ["a", 5.0, 1.25, "met", "head of sales"],
        ["b", 90.0, 0.9, "open", "-"],
    ]
    counted = grading.measures(frame, QUARTER)
    assert [(one.id, one.value, one.n) for one in counted] == [
        ("goals.graded", 1.0, 2),
        ("goals.met", 1.0, 1),
    ]


def test_without_goals_and_without_verdicts(make_slice, make_goal, deals):
    """A first cycle and an ungraded one are told apart."""
    empty = grading.grades(make_slice(deals), Record(), QUARTER)
    assert {one.reason for one in grading.measures(empty, QUARTER)} == {NO_GOALS}
    frame = grading.grades(make_slice(deals), Record(goals=(make_goal(),)), QUARTER)
    counted, met = grading.measures(frame, QUARTER)
    assert (counted.value, met.reason) == (0.0, NO_VERDICTS)
