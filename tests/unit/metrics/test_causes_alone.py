"""What made the quarter: which claim tells a cause, and when a single deal did."""

import pandas as pd
import pytest

from qbr_lib.metrics import causes
from qbr_lib.metrics.patterns import Claim, judged


def claim(kind, name, *, subject="", money=1_000.0, chance=0.9, usual=100.0):
    """Return a claim about something that was 150 and is usually another number."""
    return Claim(kind, name, subject, 150.0, usual, money, chance, 40, favourable=True)


def test_a_part_without_a_name_is_still_a_part():
    """The deals without a competitor do not stand for the whole team's win rate."""
    whole = claim("figure", "win_rate", money=10.0)
    part = claim("rate", "competitor", money=900.0)
    ranked = causes.ranked(judged([part, whole]))
    assert ranked[["cause", "kind"]].to_numpy().tolist() == [["win_rate", "figure"]]


@pytest.mark.parametrize(
    ("claims", "amount", "named"),
    [
        ([claim("figure", "average")], 600.0, True),
        ([claim("figure", "average")], 599.0, False),
        ([claim("figure", "average")], float("nan"), False),
        ([claim("figure", "average"), claim("figure", "created", money=5e6)], 600.0, False),
        ([claim("driver", "deal_size")], 600.0, False),
        ([], 600.0, False),
    ],
    ids=["half", "less", "no amount", "not the heaviest", "not on usual", "no cause"],
)
def test_one_deal_alone(claims, amount, named):
    """A deal is named where what it brought above the usual deal is half of the cause or more."""
    won = pd.DataFrame({"name": ["Pumpe"], "amount": [amount]})
    found = causes.alone(causes.ranked(judged(claims)), won)
    assert (found is not None and found["name"] == "Pumpe") == named


def test_no_deal_alone():
    """Without a win, or where deals were smaller than usual, no deal is named."""
    ranked = causes.ranked(judged([claim("figure", "average")]))
    assert causes.alone(ranked, pd.DataFrame({"name": [], "amount": []})) is None
    smaller = ranked.assign(favourable=False, money=-1_000.0)
    assert causes.alone(smaller, pd.DataFrame({"name": ["A"], "amount": [1e6]})) is None
