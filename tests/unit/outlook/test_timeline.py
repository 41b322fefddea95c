"""Deals as they were known day by day, worked out by hand."""

import numpy as np
import pytest

from qbr_lib.data.endings import NEVER
from qbr_lib.outlook.timeline import timeline
from tests.unit.outlook.conftest import deal


def _day(text):
    return int(np.datetime64(text, "D").astype("int64"))


def _spells(line):
    rows = zip(line.deal, line.start, line.end, line.won, strict=True)
    return sorted((int(d), int(start), int(end), bool(won)) for d, start, end, won in rows)


@pytest.mark.parametrize(
    ("changes", "plan", "grade"),
    [
        ([("d001", "2026-02-01", "stage", "Qualify", "Propose")], None, "events"),
        ([("d001", "2026-02-01", "amount", "500", "1000")], "2026-12-01", "plans"),
        (None, "2026-12-01", "plans"),
        (None, None, "ages"),
    ],
)
def test_what_an_outlook_rests_on(make, changes, plan, grade):
    """Changes of stage or plan; planned days of open rows; else ages alone."""
    rows = [deal(1, expected_close_on="2025-03-01"), deal(2, "open", expected_close_on=plan)]
    assert timeline(make(rows, changes)).grade == grade


def test_a_reopened_deal_was_open_twice(make):
    """Won on the 20th, reopened on 2 June, lost on 1 July: two times at risk, one win undone."""
    changes = [
        ("d001", "2025-03-20 10:00", "status", "open", "won"),
        ("d001", "2025-06-02 10:00", "status", "won", "open"),
        ("d001", "2025-07-01 10:00", "status", "open", "lost"),
    ]
    line = timeline(make([deal(1, "lost", closed="2025-07-01")], changes))
    assert _spells(line) == [
        (0, _day("2025-01-15"), _day("2025-03-20"), True),
        (0, _day("2025-06-02"), _day("2025-07-01"), False),
    ]


def test_open_removed_and_undated_deals(make):
    """Open ones end never, removed ones as not won, and those without a first day are no risk."""
    rows = [
        deal(1, "open"),
        deal(2, "open", removed_on="2026-01-10"),
        deal(3, created=None),
    ]
    assert _spells(timeline(make(rows))) == [
        (0, _day("2025-01-15"), NEVER, False),
        (1, _day("2025-01-15"), _day("2026-01-10"), False),
        (2, NEVER, _day("2025-03-20"), True),
    ]


def test_values_as_they_were_known(make):
    """The list amount until the deal closes, its own from then on; changes count from their day."""
    rows = [
        deal(1, amount=1500.0, list_amount=1000.0),
        deal(2, "open", amount=700.0, list_amount=400.0),
    ]
    line = timeline(make(rows))
    days = np.array([_day("2025-03-19"), _day("2025-03-20")])
    assert line.amount.at(np.array([0, 0]), days).tolist() == [1000.0, 1500.0]
    assert line.amount.at(np.array([1]), days[:1]).tolist() == [400.0]
    changes = [("d002", "2025-05-05 23:00", "amount", "400", "700")]
    days = np.array([_day("2025-05-04"), _day("2025-05-05")])
    line = timeline(make(rows, changes))
    assert line.amount.at(np.array([1, 1]), days).tolist() == [400.0, 700.0]


def test_a_closed_row_tells_no_stage(make):
    """Its stage was written when it closed; only recorded changes tell one."""
    changes = [("d002", "2025-02-01", "stage", "Qualify", "Propose")]
    line = timeline(make([deal(1, stage="Negotiate"), deal(2, stage="Propose")], changes))
    days = np.full(2, _day("2025-02-15"))
    stages = line.stage.at(np.array([0, 1]), days)
    assert np.isnan(stages[0])
    assert stages[1] == 1.0


def test_booked(make):
    """First and last day count; lost deals and unknown amounts bring nothing."""
    rows = [
        deal(1, closed="2025-03-31"),
        deal(2, closed="2025-04-01"),
        deal(3, "lost", closed="2025-04-02"),
        deal(4, closed="2025-06-30", amount=None, list_amount=None),
        deal(5, closed="2025-06-30", amount=250.0),
    ]
    line = timeline(make(rows))
    assert line.booked(_day("2025-04-01"), _day("2025-06-30"), _day("2025-06-30")) == 1250.0


@pytest.mark.parametrize(
    ("data_since", "first"), [("2024-06-01", "2025-01-15"), ("2025-02-01", "2025-02-01")]
)
def test_what_came_before_the_data_is_not_in_sight(make, data_since, first):
    """From the organisation's first closing on, and not before the team's first deal."""
    assert timeline(make([deal(1)], data_since=data_since)).since == _day(first)
