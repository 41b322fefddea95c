"""Early work on deals: no effect is found where there is none, and none is hidden."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2

from qbr_lib.metrics import effort
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

STRATA = [(60, 30, 40, 14), (45, 12, 80, 16)]  # with, of them won, without, of them won


def _deals(strata):
    rows = [
        (exposed, number < won, str(place))
        for place, (with_n, with_won, without_n, without_won) in enumerate(strata)
        for exposed, n, won in ((True, with_n, with_won), (False, without_n, without_won))
        for number in range(n)
    ]
    return pd.DataFrame(rows, columns=["exposed", "won", "stratum"])


def test_difference_and_ratio_by_hand():
    """Weighted within strata, as exact fractions; the ratio is statsmodels' as well."""
    found = effort.associated(_deals(STRATA))
    weights = [Fraction(a * c, a + c) for a, _, c, _ in STRATA]
    parts = [Fraction(x, a) - Fraction(y, c) for a, x, c, y in STRATA]
    exact = sum(w * d for w, d in zip(weights, parts, strict=True)) / sum(weights)
    assert found.difference == pytest.approx(float(exact))
    tables = [[[x, a - x], [y, c - y]] for a, x, c, y in STRATA]
    assert found.ratio == pytest.approx(StratifiedTable(tables).riskratio_pooled)
    assert (found.with_n, found.with_won, found.without_n, found.without_won) == (105, 42, 120, 30)


def test_the_interval_of_one_stratum_is_that_of_one_table():
    """Of a single table the bounds of the ratio are statsmodels' own."""
    found = effort.associated(_deals(STRATA[:1]))
    low, high = Table2x2(np.array([[30, 30], [14, 26]])).riskratio_confint()
    assert (found.ratio_low, found.ratio_high) == pytest.approx((low, high), rel=1e-6)


def test_unseen_is_told_by_the_bound_nearest_to_nothing():
    """It is the E-value of the lower bound of a gain, of the upper one of a loss, else 1."""
    gain = effort.associated(_deals([(100, 60, 100, 30)]))
    loss = effort.associated(_deals([(100, 30, 100, 60)]))
    assert gain.unseen == pytest.approx(effort.e_value(gain.ratio_low))
    assert loss.unseen == pytest.approx(gain.unseen)
    assert effort.associated(_deals([(50, 20, 50, 19)])).unseen == 1.0
    assert effort.associated(_deals([(50, 20, 50, 0)])).unseen == 1.0


def test_deals_without_others_like_them_do_not_count():
    """Fewer than forty of either sort that have others to compare with: too early."""
    alone = _deals([(30, 10, 100, 30), (60, 30, 0, 0)])
    assert effort.associated(alone) is None
    assert effort.associated(_deals([(39, 10, 100, 30)])) is None
    assert effort.associated(_deals([(40, 10, 100, 30)])) is not None


def _worlds(random, worlds, n=300):
    """Return deals and activities without any effect: won deals stay open longer, that is all."""
    count = worlds * n
    won = random.random(count) < 0.4
    days = np.ceil(random.gamma(4.0, np.where(won, 22.0, 11.0))).astype("int64")
    start = np.datetime64("2026-01-01") + random.integers(0, 90, count)
    at = np.repeat(np.arange(count), random.poisson((days + 1) * 0.035))
    done = start[at] + (random.random(len(at)) * (days[at] + 1)).astype("int64")
    deals = pd.DataFrame(
        {
            "opportunity_id": np.arange(count),
            "created_on": start.astype("datetime64[s]"),
            "closed_on": (start + days).astype("datetime64[s]"),
            "won": won,
            "stratum": random.integers(0, 6, count).astype(str),
            "world": np.arange(count) // n,
        }
    )
    return deals, pd.DataFrame({"opportunity_id": at, "done_on": done.astype("datetime64[s]")})


def _found(deals):
    return [effort.associated(mine) for _, mine in deals.groupby("world")]


def test_no_effect_is_none_at_the_landmark():
    """Of 600 worlds without effect ours covers none in 93 to 97 %; the naive way mostly sees one.

    Won deals are open for longer, and so are worked on more often before they end.
    """
    deals, done = _worlds(np.random.default_rng(11), 600)
    ever = effort.worked_on(deals, done, "created_on", 0, 10_000)
    naive = _found(deals.assign(exposed=ever).loc[deals["world"] < 50])
    assert np.mean([one.low > 0 for one in naive]) > 0.5
    open_then = deals.loc[(deals["closed_on"] - deals["created_on"]).dt.days > effort.EARLY]
    early = effort.worked_on(open_then, done, "created_on", 0, effort.EARLY)
    ours = _found(open_then.assign(exposed=early))
    assert 0.93 <= np.mean([one.by_luck for one in ours]) <= 0.97


def _slice(make_slice, deals, done, **given):
    data = make_slice(deals, tables={"activities": done}, **given)
    data.tables["activities"]["team_id"] = "nord"
    return data


def _activity(deal, day, kind="call"):
    return {"opportunity_id": deal, "done_on": day, "kind": kind}


def _mixed(make_slice, touched):
    """Return a slice of 200 like deals; `touched` says on which day a won one is worked on."""
    deals, done = [], []
    for n in range(200):
        won = n % 5 < (3 if n % 2 else 1)
        deals.append(
            closing(n, "2026-09-01", 100.0, "won" if won else "lost", created_on="2026-07-01")
        )
        done += [_activity(f"d{n}", day) for day in touched(n, won)]
    return _slice(make_slice, deals, done)


def test_early_work_is_found_late_work_is_not(make_slice):
    """Only the first fourteen days count, and only deals still open after them."""
    found = effort.early(_mixed(make_slice, lambda n, _won: ["2026-07-15"] if n % 2 else []))
    assert (found.with_n, found.with_won, found.without_n, found.without_won) == (100, 60, 100, 20)
    assert not found.by_luck
    assert effort.early(_mixed(make_slice, lambda n, _won: ["2026-07-16"] if n % 2 else [])) is None
    brief = _mixed(make_slice, lambda n, _won: ["2026-07-02"] if n % 2 else [])
    brief.opportunities["closed_on"] = pd.Timestamp("2026-07-15")
    assert effort.early(brief) is None


def test_logging_after_closing_is_seen(make_slice):
    """Where won deals are logged afterwards the placebo differs; where nothing is, it is silent."""
    logged = effort.after_closing(
        _mixed(make_slice, lambda n, won: ["2026-09-03"] if won and n % 10 else [])
    )
    assert logged.low > 0
    assert effort.after_closing(_mixed(make_slice, lambda _n, _won: ["2026-09-01"])) is None
    even = effort.after_closing(
        _mixed(make_slice, lambda n, _won: ["2026-09-02"] if n % 4 < 2 else [])
    )
    assert even.by_luck


def test_the_cohort_is_that_of_four_quarters(make_slice):
    """Created from a year before the quarter's end on; open, removed and uncreated deals are out."""
    days = {"a": "2025-09-30", "b": "2025-10-01", "c": "2026-09-30", "d": "2026-10-01", "e": None}
    deals = [closing(name, "2026-10-20", created_on=day, segment="X") for name, day in days.items()]
    deals += [{"opportunity_id": "open", "created_on": "2026-08-01"}]
    deals += [closing("gone", "2026-08-02", created_on="2026-08-01", removed_on="2026-09-01")]
    found = effort.cohort(make_slice(deals, as_of="2026-11-11"))
    assert found["opportunity_id"].tolist() == ["db", "dc"]
    assert found["stratum"].nunique() == 2


def test_strata_part_at_the_quarters(make_slice):
    """Deals of the last day of March and of the first of April are of two quarters."""
    days = ("2026-01-01", "2026-03-31", "2026-04-01", "2026-06-30")
    deals = [closing(day, "2026-07-20", created_on=day) for day in days]
    first, second, third, fourth = effort.cohort(make_slice(deals))["stratum"]
    assert first == second != third == fourth


def _met(per_quarter, kind="Meeting"):
    days = ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01"]
    days.append("2026-07-01")
    return [
        _activity(None, day, kind)
        for day, n in zip(days, per_quarter, strict=True)
        for _ in range(n)
    ]


@pytest.mark.parametrize(
    ("counts", "given", "low", "high"),
    [
        ((100, 95, 105, 98, 102, 100, 180), {}, 0.0, 0.01),
        ((100, 95, 105, 98, 102, 100, 104), {}, 1.0, 1.0),
        ((100, 95, 105, 98, 102, 100, 0), {}, 0.0, 0.01),
        ((9, 8, 9, 8, 9, 8, 60), {}, None, None),
        ((0, 0, 0, 98, 102, 100, 180), {}, None, None),
        ((100, 95, 105, 98, 102, 100, 180), {"as_of": "2026-09-29"}, None, None),
    ],
    ids=["more", "as usual", "none at all", "few", "young table", "quarter runs"],
)
def test_meetings_are_held_against_the_own_quarters(make_slice, counts, given, low, high):
    """A change is claimed against enough earlier quarters with enough meetings, else too early."""
    (claim,) = effort.claims(_slice(make_slice, [], _met(counts), **given))
    assert (claim.kind, claim.name, claim.value) == ("figure", "activity.meetings", counts[-1])
    assert np.isnan(claim.chance) if low is None else low <= claim.chance <= high


def test_the_quarter_in_which_logging_began_is_no_usual_one():
    """From mid-February on: that quarter is no whole one, the next is."""
    days = pd.Series(pd.to_datetime(["2026-02-15", "2026-02-16", "2026-05-01", "2026-09-30"]))
    assert effort.pace(build_slice(), days) == (1, [1])
    assert effort.pace(build_slice(), days[3:]) == (1, [])
    assert effort.pace(build_slice(data_since="2026-05-01"), days) == (1, [])


def test_what_is_claimed_of_what_is_there(make_slice):
    """All activities where no meeting is named; leads; nothing of absent or empty tables."""
    data = _slice(make_slice, [], _met((10,) * 7, kind="call"))
    assert [one.name for one in effort.claims(data)] == ["activity.done"]
    rows = [{"lead_id": "l", "created_on": "2026-07-01", "team_id": "nord"}]
    assert [one.name for one in effort.claims(make_slice(tables={"leads": rows}))] == [
        "leads.created"
    ]
    assert effort.claims(make_slice()) == []
    assert effort.claims(_slice(make_slice, [], [])) == []
