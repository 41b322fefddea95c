"""What leaves the organisation to steady small teams' rates: two numbers a column."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.data import priors
from qbr_lib.data.slices import open_slice
from tests.conftest import OPPORTUNITIES

BEGUN, LATER = dt.date(2026, 10, 1), dt.date(2027, 1, 9)


def deals(teams=4, values=3, closed_on="2026-08-01", lost="lost"):
    """Return ten decided deals of each team and product, more won of some products."""
    rows = [
        {"team_id": f"t{t}", "product": f"p{v}", "status": "won" if n < 2 + 3 * v else lost}
        for t in range(teams)
        for v in range(values)
        for n in range(10)
    ]
    frame = pd.DataFrame(rows).assign(closed_on=pd.Timestamp(closed_on))
    return frame.assign(competitor=pd.NA, segment=pd.NA, lead_source=pd.NA, territory=pd.NA)


def test_units_that_differ_and_units_that_do_not():
    """Forty units of one chance are capped; of chances apart the spread is found."""
    random = np.random.default_rng(1)
    alike = priors.fit(random.binomial(60, 0.3, 40), [60] * 40)
    apart = priors.fit(random.binomial(60, random.beta(6, 14, 400)), [60] * 400)
    assert alike.strength == priors.MOST
    assert (apart.mean, apart.strength) == pytest.approx((0.3, 20), rel=0.15)


@pytest.mark.parametrize(
    ("won", "decided", "mean"),
    [([1, 2, 3], [4, 4, 4], 6.5 / 13), ([0] * 9, [5] * 9, 0.5 / 46), ([0, 3], [0, 3], 3.5 / 4)],
    ids=["few units", "none won", "a unit without deals"],
)
def test_a_weak_prior(won, decided, mean):
    """What tells nothing of a spread gives a weak prior around the common rate."""
    assert priors.fit(won, decided) == priors.Prior(mean, 15.0, 0)


def test_nothing_decided():
    """Without a decided deal there is no prior."""
    with pytest.raises(ValueError, match="a prior needs decided deals"):
        priors.fit([0], [0])


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(sum), min_size=8, max_size=20
    ),
    st.randoms(),
)
def test_order_does_not_matter(counts, random):
    """The units may come in any order."""
    turned = random.sample(counts, len(counts))
    one, other = (priors.fit([w for w, _ in c], [w + x for w, x in c]) for c in (counts, turned))
    assert (one.mean, one.strength) == pytest.approx((other.mean, other.strength), rel=1e-3)


def told(frame):
    """Return the priors for the review of 2026-Q4."""
    return priors.of_quarters(frame, since=BEGUN, as_of=BEGUN, starts=1)


def test_of_quarters():
    """A unit is a value within a team; only columns with enough of them and three teams."""
    found = told(deals())
    assert found[["quarter", "column", "units"]].to_numpy().tolist() == [["2026-Q4", "product", 12]]
    assert found["mean"].tolist() == pytest.approx([0.5], abs=0.01)
    assert told(deals(teams=2, values=9)).empty


@pytest.mark.parametrize("day", ["2025-09-30", "2026-10-01", "2026-11-20"])
def test_only_the_year_before_the_quarter(day):
    """Deals decided in the quarter or more than a year before it, and open ones, count nothing."""
    both = pd.concat([deals(), deals(closed_on=day, lost="won")], ignore_index=True)
    running = deals(lost="open").assign(status="open")
    more = told(pd.concat([both, running], ignore_index=True))
    pd.testing.assert_frame_equal(more, told(deals()))


def test_each_quarter_has_its_own():
    """Quarters of the data stand in order; the one in which the deals closed has none yet."""
    found = priors.of_quarters(deals(), since=dt.date(2026, 7, 1), as_of=LATER, starts=1)
    assert found["quarter"].tolist() == ["2026-Q4", "2027-Q1"]


def test_a_team_reads_the_organisations_priors(write_workspace):
    """Every team finds the same table, which has no place for a count or a team."""
    lines = [OPPORTUNITIES.splitlines()[0] + ",product"]
    lines += [
        f"o{t}{v}{n},t{t},{'won' if n < 2 + v else 'lost'},2026-06-01,2026-05-01,,,,,9,9,p{v}"
        for t in range(4)
        for v in range(3)
        for n in range(8)
    ]
    lines.append("later,t0,open,,2026-07-05,,,,,9,9,p0")
    teams = "team_id,name,group\n" + "".join(f"t{t},T{t},G\n" for t in range(4))
    files = {"opportunities.csv": "\n".join(lines), "teams.csv": teams}
    root = write_workspace(files)
    found = [open_slice(team, "2026-Q3", workspace=root).tables["priors"] for team in ("t0", "t3")]
    assert found[0].equals(found[1])
    assert list(found[0].columns) == ["column", "mean", "strength", "units"]
    assert found[0][["column", "units"]].to_numpy().tolist() == [["product", 12]]
