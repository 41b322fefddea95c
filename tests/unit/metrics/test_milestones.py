"""What a team can celebrate, and how likely any quarter brings it."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data.people import People
from qbr_lib.metrics import milestones
from tests.unit.metrics.test_bookings import closing
from tests.unit.metrics.test_feats import MONTHS, history

NO_GOALS = pd.DataFrame(columns=["title", "state"])


def _targets(**values):
    known = {"scope": "team", "scope_id": "nord", "kind": "revenue"}
    return {
        "targets": [
            known | {"quarter": f"{month[:4]}-Q{int(month[5:]) // 3 + 1}", "value": value}
            for month, value in values.items()
        ]
    }


def goals_of(*reached):
    """Return targets of the eleven quarters that were reached (or not), the newest last."""
    return _targets(**{m: 90.0 if one else 110.0 for m, one in zip(MONTHS, reached, strict=True)})


def _found(data, grades=NO_GOALS):
    return {one.rule: one for one in milestones.found(data, grades)}


def test_goals_reached_of_those_graded(make_slice):
    """Met goals are named, those without a verdict do not count, none met is nothing."""
    rows = [("Calls", "met"), ("Share", "missed"), ("Visits", "met"), ("Later", "open")]
    grades = pd.DataFrame(rows, columns=["title", "state"])
    found = milestones.found(make_slice(history()), grades)
    assert (found[0].rule, found[0].about, found[0].value, found[0].n) == (
        *("goals", "Calls; Visits", 2.0, 3),
    )
    assert "goals" not in _found(make_slice(history()), grades.loc[grades["state"] != "met"])


def test_a_target_reached_and_how_often_that_is(make_slice):
    """Reached in 6 of 11 quarters: that is its chance, and no streak of one."""
    reached = (True, False) * 5 + (True,)
    one = _found(make_slice(history(), tables=goals_of(*reached)))["target"]
    assert (one.chance, one.value, one.money) == (
        *(pytest.approx(6 / 11), pytest.approx(100 / 90), 100.0),
    )
    missed = (True, False) * 5 + (False,)
    assert "target" not in _found(make_slice(history(), tables=goals_of(*missed)))


@pytest.mark.parametrize(
    ("reached", "rule", "chance"),
    [
        ((False,) * 8 + (True,) * 3, "streak", (3 / 11) ** 3),
        ((False,) * 9 + (True,) * 2, "target", 2 / 11),
        ((True,) * 11, "target", 1.0),
    ],
    ids=["three of eleven", "two are none", "always is no streak"],
)
def test_a_streak_only_where_it_is_rare(make_slice, reached, rule, chance):
    """As likely as the usual rate to the power of its length."""
    found = _found(make_slice(history(), tables=goals_of(*reached)))
    assert found[rule].chance == pytest.approx(chance)
    assert len({"target", "streak"} & found.keys()) == 1


def test_a_quarter_without_a_target_ends_a_streak(make_slice):
    """What was reached before the gap is in no row with what came after."""
    reached = (False,) * 7 + (True,) * 4
    goals = goals_of(*reached)
    del goals["targets"][-2]
    found = _found(make_slice(history(), tables=goals))
    assert "streak" not in found
    assert found["target"].n == 1


def test_the_best_quarter_is_one_in_as_many(make_slice):
    """The eleventh quarter is the best of eleven alike with a chance of 1 in 11."""
    more = [closing("m", "2026-09-01", 60.0)]
    one = _found(make_slice([*history(), *more]))["best_quarter"]
    assert (one.value, one.n, one.chance) == (160.0, 11, pytest.approx(1 / 11))
    assert "best_quarter" not in _found(make_slice(history()))
    cut = make_slice([*history(), *more, closing("o", "2024-01-20", 90.0)], data_since="2024-01-20")
    assert "best_quarter" not in _found(cut)


def test_round_numbers_crossed_in_the_quarter(make_slice):
    """The hundredth deal and the first million, counted since the data begins."""
    deals = [one | {"amount": 10_000.0} for one in history(each=9)]
    found = _found(make_slice([*deals, closing("x", "2026-09-01", 10_000.0)]))
    assert found["deals"].value == 100.0
    assert (found["money"].value, found["money"].money) == (1_000_000.0, 100_000.0)
    assert not {"deals", "money"} & _found(make_slice([*deals])).keys()


def test_with_whom_as_counts_and_by_name_only_where_named(make_slice):
    """Owner and those who worked on the deal up to its closing; elsewhere the owners of wins."""
    deal = closing("big", "2026-09-01", 500.0, owner_id="r1")
    done = [("r1", "2026-08-01"), ("r2", "2026-08-02"), ("r3", "2026-09-02")]
    acts = [
        {"opportunity_id": "dbig", "rep_id": rep, "done_on": day, "kind": "call"}
        for rep, day in done
    ]
    reps = [{"rep_id": "r1", "name": "Ada", "team_id": "nord"}]
    data = make_slice([*history(), deal], tables={"activities": acts, "reps": reps})
    found = _found(data)
    one = found["largest"]
    assert (one.people, one.activities, one.person) == (2, 2, "Ada")
    assert (found["best_quarter"].people, found["best_quarter"].person) == (1, "")
    coded = _found(replace(data, people=People("pseudonym")))["largest"]
    assert (coded.people, coded.person) == (2, "")


def test_goals_then_money_then_rarity(make_slice):
    """A quarter without anything rare shows its largest deal alone; one without wins nothing."""
    assert [one.rule for one in milestones.found(make_slice(history()), NO_GOALS)] == [
        "largest_of_quarter"
    ]
    assert milestones.found(make_slice(), NO_GOALS) == []
    grades = pd.DataFrame([("Calls", "met")], columns=["title", "state"])
    data = make_slice(
        [*history(), closing("x", "2026-09-01", 500.0)],
        tables=goals_of(*(True, False) * 5, True),
    )
    rules = [one.rule for one in milestones.found(data, grades)]
    assert rules == ["goals", "best_quarter", "target", "largest"]


def test_unknown_amounts_are_no_records(make_slice):
    """Deals without amounts neither raise nor win a record."""
    deals = [one | {"amount": None} for one in history()]
    assert _found(make_slice(deals, absent=("amount",))) == {}


def test_records_come_as_often_as_said():
    """Of quarters alike the last is the best in 1 of n, and H(n) of n are records."""
    drawn = np.random.default_rng(3).random((20_000, 10))
    assert np.mean(drawn.argmax(axis=1) == 9) == pytest.approx(0.1, abs=0.01)
    best = (drawn >= np.maximum.accumulate(drawn, axis=1)).sum(axis=1)
    assert best.mean() == pytest.approx(milestones.expected_records(10), abs=0.03)
    assert math.isclose(milestones.expected_records(1), 1.0)
