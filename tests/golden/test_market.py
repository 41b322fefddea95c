"""Published answers on markets, records and unseen differences; see PROVENANCE.md."""

import json
import math
from pathlib import Path

import pandas as pd
import pytest

from qbr_lib.metrics import effort, market, milestones
from tests.unit.metrics.test_bookings import closing
from tests.unit.metrics.test_feats import MONTHS, history
from tests.unit.metrics.test_milestones import NO_GOALS, goals_of

KNOWN = json.loads((Path(__file__).parent / "market.json").read_text(encoding="utf-8"))


def test_shift_share():
    """A published table of four industries: each part of the growth, and the parts' sum."""
    known = KNOWN["shift_share"]
    then, now, growth = (pd.Series(known[name]) for name in ("then", "now", "growth"))
    parts = market.shift_share(then, now, growth, known["overall"])
    for name in ("national", "mix", "competitive"):
        assert parts[name].sum() == pytest.approx(known[name])
    assert parts["competitive"].tolist() == pytest.approx(known["competitive_each"])
    assert parts.sum().sum() == pytest.approx(630.0)


@pytest.mark.parametrize("row", KNOWN["e_value"], ids=lambda row: str(row["ratio"]))
def test_e_value(row):
    """How strong an unseen difference would have to be, as published."""
    assert round(effort.e_value(row["ratio"]), 3) == row["value"]


@pytest.mark.parametrize("row", KNOWN["records"], ids=lambda row: str(row["n"]))
def test_records(row):
    """How many of n quarters alike are records when they come."""
    assert round(milestones.expected_records(row["n"]), 3) == row["expected"]


def test_the_best_of_six(make_slice):
    """A record among six quarters comes by chance in about 17 of 100."""
    deals = [*history(), closing("more", "2026-09-01", 60.0)]
    data = make_slice(deals, data_since=f"{MONTHS[-6][:4]}-04-01")
    best = next(one for one in milestones.found(data, NO_GOALS) if one.rule == "best_quarter")
    assert (best.n, round(best.chance, 2)) == (6, KNOWN["best_of_six"])


@pytest.mark.parametrize("reached", range(3, 10))
def test_streaks_are_longer_than_the_usual_longest_run(make_slice, reached):
    """Of n quarters of which a share p is reached the longest run is about log(n(1-p)) to 1/p.

    A shorter streak is never celebrated; at just that length one begins in n quarters on average,
    so its chance is 1 in the n(1-p) quarters in which one can begin.
    """
    n, told = len(MONTHS), []
    usual = math.log(n - reached, n / reached)
    for length in range(1, reached + 1):
        quarters = [True] * (reached - length) + [False] * (n - reached) + [True] * length
        data = make_slice(history(), tables=goals_of(*quarters))
        told += [one for one in milestones.found(data, NO_GOALS) if one.rule == "streak"]
    assert told[-1].n == reached
    for one in told:
        assert one.n >= usual
        assert one.chance == pytest.approx((n - reached) ** -(one.n / usual))
