"""What needs attention: at most seven points, ordered by money and certainty."""

import itertools
import math

import pandas as pd
import pytest

from qbr_lib.measures import Measure
from qbr_lib.metrics import attention, causes, patterns, quality
from tests.unit.metrics.test_causes import LUCK, SURE, claim

RATE = {"conversion.win_rate": Measure("conversion.win_rate", 0.25, 40)}
LATE = {"loop.commitments_overdue": Measure("loop.commitments_overdue", 2.0, 5)}
GOALS = {"goals.graded": Measure("goals.graded", 4.0, 4), "goals.met": Measure("goals.met", 3.0, 4)}
NUMBER = itertools.count()
CLEAN = pd.DataFrame(columns=quality.COLUMNS)


def deals(*amounts):
    """Return deals with these amounts, no deal in two lists."""
    ids = [f"d{next(NUMBER)}" for _ in amounts]
    return pd.DataFrame({"opportunity_id": ids, "amount": pd.array(amounts, dtype="float64")})


def listed(make_slice, *claims, waiting=None, bounds=CLEAN, measures=RATE):
    """Return what needs attention, as key, subject, n and money."""
    found = causes.ranked(patterns.judged(claims))
    return attention.listed(found, waiting or {}, bounds, measures, make_slice())


def doubtful(low, high):
    """Return bounds of a revenue of 100."""
    why = [("rejected", 3), ("missing_amount", 1)]
    rows = [("bookings.won_amount", 100.0, low, high, why)]
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high", "why"])


def test_nothing(make_slice):
    """Without claims, deals, doubts and agreements there is no point."""
    found = listed(make_slice, measures={})
    assert found.empty
    assert found.columns.tolist() == attention.COLUMNS


def test_by_money_and_certainty(make_slice):
    """A harmful pattern, deals at the team's win rate, stale ones at the threshold, bad rows."""
    harm = claim("figure", "created", -30.0, SURE)
    waiting = {"overdue": deals(90.0, 110.0), "slipped": deals(100.0), "stale": deals(1000.0)}
    found = listed(make_slice, harm, waiting=waiting, bounds=doubtful(80.0, 160.0))
    assert found[["key", "n", "money", "owner"]].to_numpy().tolist() == [
        ["overdue", 2, 200.0, "owners"],  # 200 × 0.25
        ["stale", 1, 1000.0, "owners"],  # 1000 × 0.05
        ["quality", 4, 80.0, "data"],  # 80 × 0.5
        ["cause", 30, -30.0, "lead"],
        ["slipped", 1, 100.0, "owners"],  # 100 × 0.25
    ]
    assert found["certainty"].tolist() == [0.25, 0.05, 0.5, 1 - SURE, 0.25]
    assert found.loc[found["key"] == "cause", "subject"].tolist() == ["volume"]


def test_only_harm_that_is_a_pattern(make_slice):
    """What is favourable, and what chance explains, asks for nothing."""
    good = claim("figure", "created", 90.0, SURE, good=True)
    assert listed(make_slice, good, claim("figure", "slipped", -90.0, LUCK)).empty


def test_seven_at_most(make_slice):
    """Five causes, three lists and bad rows: the lightest go, agreements keep the last places."""
    names = [
        ("figure", "created"), ("figure", "win_rate"), ("figure", "average"),
        ("figure", "slipped"), ("figure", "days"),
    ]  # fmt: skip
    harm = [claim(*one, -1000.0 + n, SURE) for n, one in enumerate(names)]
    waiting = {"overdue": deals(9.0), "slipped": deals(8.0), "stale": deals(7.0)}
    everything = {"waiting": waiting, "bounds": doubtful(80.0, 160.0)}
    found = listed(make_slice, *harm, **everything)
    assert found["key"].tolist() == [*["cause"] * 5, "quality", "overdue"]
    agreed = listed(make_slice, *harm, **everything, measures=RATE | LATE | GOALS)
    assert agreed["key"].tolist() == [*["cause"] * 5, "commitments", "goals"]
    assert agreed["n"].tolist()[-2:] == [2, 1]
    assert agreed["money"].isna().tolist() == [False] * 5 + [True] * 2


@pytest.mark.parametrize(("amounts", "money"), [((5.0, None), 5.0), ((None, None), math.nan)])
def test_amounts_that_are_not_known(make_slice, amounts, money):
    """Deals without any amount are listed, at no money; never as if they were worth nothing."""
    found = listed(make_slice, waiting={"overdue": deals(*amounts)})
    assert found["n"].tolist() == [2]
    assert found["money"].tolist() == pytest.approx([money], nan_ok=True)


def test_bad_rows_that_move_little(make_slice):
    """Less than one twentieth of the revenue is not told."""
    assert listed(make_slice, bounds=doubtful(98.0, 102.0)).empty


def test_deals_make_one_point(make_slice):
    """Stale deals that all slipped as well are no second point; others stay, counted whole."""
    both = deals(1.0, 2.0, 3.0)
    found = listed(make_slice, waiting={"slipped": both, "stale": both.tail(2)})
    assert found[["key", "n"]].to_numpy().tolist() == [["slipped", 3]]
    one_more = pd.concat([both.tail(1), deals(9.0)])
    found = listed(make_slice, waiting={"slipped": both, "stale": one_more})
    assert dict(zip(found["key"], found["n"], strict=True)) == {"slipped": 3, "stale": 2}
