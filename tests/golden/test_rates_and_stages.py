"""Published answers on rates of few deals and on chains of stages; see PROVENANCE.md."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data import priors
from qbr_lib.metrics import chain, conversion, shrinkage

KNOWN = json.loads((Path(__file__).parent / "rates_and_stages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", KNOWN["wilson"], ids=lambda row: f"{row['won']}/{row['decided']}")
def test_two_small_teams(row):
    """Five and eight of fifteen: possible values that overlap widely."""
    low, high = conversion.wilson(row["won"], row["decided"])
    assert (round(low, 3), round(high, 3)) == (row["low"], row["high"])


@pytest.mark.parametrize("row", KNOWN["jeffreys"], ids=lambda row: f"{row['won']}/{row['decided']}")
def test_a_prior_worth_one_deal(row):
    """Half a win and half a loss before the first deal: Jeffreys' intervals."""
    won, decided = pd.Series([row["won"]]), pd.Series([row["decided"]])
    made = shrinkage.posterior(won, decided, priors.Prior(mean=0.5, strength=1.0, units=0))
    found = [round(float(made[f"steady_{side}"][0]), 4) for side in ("low", "high")]
    assert found == [row["low"], row["high"]]


def test_two_small_teams_are_not_told_apart():
    """Five and eight of fifteen: their difference may be either way."""
    counts = [row[name] for row in KNOWN["wilson"] for name in ("won", "decided")]
    low, high = shrinkage.difference(*(pd.Series([n]) for n in counts))
    assert low[0] < 0 < high[0]


@pytest.mark.parametrize(
    "row", KNOWN["difference"], ids=lambda row: "-".join(map(str, row["counts"]))
)
def test_difference(row):
    """The interval of a difference equals the published one to its last digit."""
    low, high = shrinkage.difference(*(pd.Series([n]) for n in row["counts"]))
    digits = max(len(str(row[side]).partition(".")[2]) for side in ("low", "high"))
    assert (round(low[0], digits), round(high[0], digits)) == (row["low"], row["high"])


def test_batters():
    """Eighteen batters: the steadied averages foretell the season far better than their own."""
    known = KNOWN["batters"]
    hits = pd.Series(known["hits"])
    bats = pd.Series(known["at_bats"], hits.index)
    season = np.array(known["rest_of_season"])
    prior = priors.fit(hits, bats)
    assert round(prior.mean, 3) == known["mean"]
    steady = shrinkage.posterior(hits, bats, prior)["steady"]
    assert round(float(((hits / bats - season) ** 2).sum()), 4) == known["squares_of_raw"]
    assert round(float(((steady - season) ** 2).sum()), 4) == known["squares_of_steady"]


def test_walk_between_two_ends():
    """The walk over three corners between two ends: visits, steps and ends as in the textbook."""
    known = KNOWN["walk"]
    found = chain.absorbed(np.array(known["within"]), np.array(known["out"]))
    for name in ("visits", "steps", "ends"):
        assert np.allclose(getattr(found, name), known[name], atol=1e-12), name
