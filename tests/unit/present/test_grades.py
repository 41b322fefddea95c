"""Goals with their verdicts, as a page shows them."""

import datetime as dt

import pandas as pd
import pytest

from qbr_lib.formats import Formats
from qbr_lib.goals.grading import GRADES
from qbr_lib.measures import Measure
from qbr_lib.present import grades
from qbr_lib.record import Commitment, Goal, Record
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice

ENGLISH = Formats(in_language("en"), "EUR")
GERMAN = Formats(in_language("de"), "EUR")


def _frame(*rows):
    known = {"kind": "revenue", "metric": "bookings.won_amount", "n": 3, "details": {}, "id": "g"}
    return pd.DataFrame([dict.fromkeys(GRADES) | known | row for row in rows], columns=GRADES)


ROWS = (
    {"title": "Revenue", "original": 2e6, "target": 1.9e6, "value": 1.84e6, "attained": 0.968,
     "state": "just_missed"},
    {"title": "Calls", "metric": "activity.calls", "original": 520.0, "target": 520.0,
     "value": 431.0, "attained": 0.829, "state": "missed"},
    {"title": "Share", "metric": "market.share", "original": 0.18, "target": 0.18,
     "state": "not_gradable", "reason": "needs the table market"},
)  # fmt: skip


def _known(*pairs):
    return {name: Measure(name, value, n) for name, value, n in pairs}


def test_the_finding_counts_what_was_graded():
    """Met of graded, kept of due, in both languages."""
    loop = _known(
        ("goals.graded", 4.0, 5), ("goals.met", 2.0, 4), ("loop.commitments_kept", 5 / 7, 7)
    )
    said = [grades.finding(_frame(*ROWS), loop, one) for one in (ENGLISH, GERMAN)]
    assert said == [
        "2 of 4 graded goals met, 5 of 7 commitments kept",
        "2 von 4 bewerteten Zielen erreicht, 5 von 7 Zusagen gehalten",
    ]


def test_first_cycle_and_ungraded_are_said():
    """Nothing to grade and nothing graded yet are two sentences; only the second warns."""
    none, waiting = _frame(), _frame({**ROWS[0], "state": "open"})
    assert grades.finding(none, {}, ENGLISH) == "No goals to grade yet"
    assert grades.finding(waiting, {}, ENGLISH) == "1 goal waits for its verdict"
    over, running = build_slice(), build_slice(as_of="2026-09-29")
    assert grades.warnings(none, over, ENGLISH) == []
    assert grades.warnings(waiting, running, ENGLISH) == []
    assert len(grades.warnings(waiting, over, GERMAN)) == 1
    assert "qbr grade" in grades.warnings(waiting, over, GERMAN)[0]


@pytest.mark.parametrize(
    ("states", "said"),
    [
        (["met", "met"], "Every goal that can be measured is reached"),
        (["met", "just_missed"], "Furthest from its target: B, €100 of €100"),
        (["not_gradable", "not_gradable"], "None of the goals can be measured"),
    ],
)
def test_the_title_goes_by_the_state(states, said):
    """Rounding never turns a goal just missed into one reached."""
    rows = [
        {"title": title, "original": 100.0, "target": 100.0, "value": 99.996, "attained": 1.0,
         "state": state}
        for title, state in zip("AB", states, strict=True)
    ]  # fmt: skip
    assert said in grades.bars(_frame(*rows), ENGLISH).text


def test_what_cannot_be_graded_does_not_wait():
    """Goals that were judged not gradable wait for nothing."""
    loop = _known(("goals.graded", 0.0, 1))
    assert grades.finding(_frame(ROWS[2]), loop, ENGLISH) == "None of the goals can be graded"


def test_plan_and_goal_that_differ_are_both_named():
    """Two targets of one quarter stand in one sentence; the goal is the team's, nobody else's."""
    measures = _known(("bookings.target", 2e6, 1))
    told = {"id": "g", "title": "t", "kind": "revenue", "metric": "bookings.won_amount"}
    goal = Goal(**told, scope={"team": "nord"}, owner="team", target=1.9e6)
    said = grades.apart(goal, measures, ENGLISH)
    assert said == ["The plan named €2,000,000, the goal agreed was €1,900,000."]
    assert grades.apart(goal.model_copy(update={"target": 2e6}), measures, ENGLISH) == []
    assert grades.apart(None, measures, ENGLISH) == grades.apart(goal, {}, ENGLISH) == []


def test_bars_tell_what_is_furthest_and_why_one_is_missing():
    """The title is the finding; a goal that cannot be graded has its reason below."""
    shown = grades.bars(_frame(*ROWS), ENGLISH)
    assert "Furthest from its target: Calls, 431 of 520" in shown.text
    assert "Share: needs the table market." in shown.text
    assert grades.bars(_frame(), ENGLISH).text == "No goal was recorded for this quarter."


def test_first_and_last_target_stand_beside_the_result():
    """An adjusted target is shown beside the first, an unchanged one is a dash."""
    text = grades.table(_frame(*ROWS), ENGLISH).text
    assert "€2,000,000" in text
    assert "€1,900,000" in text
    assert "◐ just missed" in text
    assert [line.split()[2] for line in text.splitlines() if line.startswith("Calls")] == ["–"]


@pytest.mark.parametrize(("day", "state"), [("2026-11-06", "○ open"), ("2026-11-07", "○ overdue")])
def test_commitments_say_what_is_overdue(day, state):
    """From the day after it was due an open commitment is overdue."""
    one = Commitment(id="c", what="call", owner="team", due=dt.date(2026, 11, 6))
    data = build_slice(as_of=day)
    text = grades.commitments(Record(commitments=(one,)), data, ENGLISH).text
    assert state in text
    empty = grades.commitments(Record(), data, ENGLISH).text
    assert empty == ""


@pytest.mark.parametrize(
    ("title", "kind", "metric", "shown"),
    [
        ("First meetings", "activity", "activity.meetings", "First meetings"),
        ("Grow revenue to €2.12M in 2026-Q4", "revenue", "bookings.won_amount", "Revenue won"),
        ("Win €2.12M in the North in 2026-Q4", "territory", "bookings.won_amount", "Territory: Revenue won"),
        ("Win €60,000 with the shipyard in 2026-Q4", "account", "bookings.won_amount", "Accounts: Revenue won"),
        ("Win deals with 43 accounts in 2026-Q4", "account", "bookings.won_accounts", "Accounts won"),
    ],
)  # fmt: skip
def test_a_long_title_is_shortened_to_its_measure(title, kind, metric, shown):
    """Pictures have little room, and the target stands beside the name."""
    row = {"title": title, "kind": kind, "metric": metric}
    assert grades.short(row, ENGLISH) == shown
