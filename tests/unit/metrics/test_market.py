"""Market share: own revenue in the sized markets ÷ their size."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.data.holders import TOO_FEW
from qbr_lib.measures import NO_MARKET, NO_MARKET_SIZE, NO_TERRITORIES
from qbr_lib.metrics import market
from tests.unit.metrics.test_bookings import closing

SIZED = ["territory", "segment"]
DEALS = [
    closing(1, "2026-07-01", 100.0, territory="Küste", segment="A"),
    closing(2, "2026-08-01", 60.0, territory="Küste", segment="B"),
    closing(3, "2026-08-01", 40.0, territory="Bayern", segment="A"),
    closing(4, "2026-08-01", 500.0, "lost", territory="Küste"),
]


def _size(territory, size, segment=None, as_of="2026-09-30", quarter="2026-Q3"):
    return {
        "quarter": quarter,
        "territory": territory,
        "segment": segment,
        "market_size": size,
        "source": "s",
        "as_of": as_of,
    }


@pytest.fixture
def placed(make_slice):
    """Return a function that makes a slice of a team in Küste with market sizes."""

    def make(*sizes, scope="team", **given):
        data = make_slice(DEALS, tables={"market": list(sizes)}, scope=scope, **given)
        data.teams["territory"] = pd.Series(["Küste"] * len(data.teams), dtype="str")
        return data

    return make


@pytest.mark.parametrize(
    ("sizes", "scope", "share"),
    [
        ([_size("Küste", 1600.0)], "team", 0.1),
        ([_size("Küste", 1600.0), _size("Bayern", 400.0)], "team", 0.1),
        ([_size("Küste", 1600.0), _size("Bayern", 400.0)], "company", 0.1),
        ([_size("Küste", 500.0, "A")], "team", 0.2),
        ([_size("Küste", 9.0, as_of="2026-07-01"), _size("Küste", 1600.0)], "team", 0.1),
        ([_size(None, 2000.0)], "company", 0.1),
    ],
    ids=["own territory", "not the other's", "company", "one segment", "newest size", "whole"],
)
def test_worked_by_hand(placed, values, sizes, scope, share):
    """Numerator and denominator are of the same markets and the same quarter."""
    assert values(market.measures(placed(*sizes, scope=scope)))["share"] == pytest.approx(share)


def test_what_is_missing_is_said(placed, make_slice, reasons):
    """No table, no territories and no size are told apart."""
    assert reasons(market.measures(make_slice(DEALS)))["share"] == (NO_MARKET, {})
    other = placed(_size("Küste", 1600.0, quarter="2026-Q2"))
    told = {"where": "Küste", "quarter": "2026-Q3"}
    assert reasons(market.measures(other))["share"] == (NO_MARKET_SIZE, told)
    blind = placed(_size("Küste", 1600.0), absent=("territory",))
    assert reasons(market.measures(blind))["share"] == (NO_TERRITORIES, {})


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ([_size(None, 9.0), _size("Küste", 5.0), _size(None, 4.0, "A")], [(None, None)]),
        ([_size("Küste", 5.0), _size("Küste", 4.0, "A")], [("Küste", None)]),
        ([_size(None, 5.0, "A"), _size("Küste", 4.0, "A")], [(None, "A")]),
        ([_size("Küste", 5.0), _size(None, 4.0, "A")], [("Küste", None)]),
        ([_size("Küste", 5.0, "A"), _size("Küste", 4.0, "B")], [("Küste", "A"), ("Küste", "B")]),
    ],
    ids=["all of it", "part of a territory", "part of a segment", "crossing", "apart"],
)
def test_no_money_is_counted_twice(placed, sizes, kept):
    """Of markets that overlap the larger one counts, so that their sizes may be added up."""
    rows = market.sizes(placed(*sizes, scope="company"))
    found = [tuple(None if pd.isna(one) else one for one in row) for row in rows[SIZED].to_numpy()]
    assert found == kept


def test_the_share_in_doubt():
    """A share of 12 % is 10 % of a market a fifth larger, 15 % of one a fifth smaller."""
    assert market.in_doubt(0.12) == pytest.approx((0.1, 0.15))


def test_two_factors_by_hand(placed):
    """From 60 of 1,000 to 160 of 1,600: the market gave 48, the own share 52."""
    data = placed(_size("Küste", 1600.0), _size("Küste", 1000.0, quarter="2026-Q2"))
    before = closing(9, "2026-05-01", 60.0, territory="Küste")
    data.tables["opportunities"] = pd.concat(
        [data.opportunities, data.opportunities.head(1).assign(**_dated(before))]
    )
    rows = market.changes(data, market.markets(data))
    assert rows[["against", "by_market", "by_share", "change"]].to_numpy().tolist() == [
        ["2026-Q2", 48.0, 52.0, 100.0]
    ]


def _dated(deal):
    return deal | {"closed_on": pd.Timestamp(deal["closed_on"])}


def test_compared_with_what_is_sized(placed):
    """The last sized quarter and the year ago; none where the data begins later."""
    sizes = [_size("Küste", 1600.0, quarter=f"{one}") for one in ("2026-Q3", "2026-Q1", "2025-Q3")]
    data = placed(*sizes, _size("Küste", 1.0, quarter="2024-Q3"))
    assert market.changes(data, market.markets(data))["against"].tolist() == ["2026-Q1", "2025-Q3"]
    young = placed(*sizes, data_since="2026-04-01")
    assert market.changes(young, market.markets(young)).empty


def test_few_people_hide_what_they_hold(placed):
    """With names hidden, own revenue of a territory that few hold is withheld, the sum is not."""
    sizes = (_size("Küste", 1600.0), _size("Bayern", 400.0))
    data = placed(*sizes, scope="company", privacy={"people": "off", "minimum_group": 3})
    columns = {"scope": "company", "column": "territory", "quarter": "2026-Q3"}
    held = [columns | {"value": name, "people": n} for name, n in (("Küste", 9), ("Bayern", 1))]
    data.tables["holders"] = pd.DataFrame(held)
    assert market.markets(data)["withheld"].tolist() == [True, True]
    assert market.effects(market.markets(data), market.markets(data))["withheld"].all()


def test_a_size_of_nothing_is_none(placed, values):
    """A total of 0 hides no territory, and an older size stands in for a newer one of 0."""
    zero = [_size(None, 0.0), _size("Küste", 1600.0, as_of="2026-06-30"), _size("Küste", -1.0)]
    assert values(market.measures(placed(*zero, scope="company")))["share"] == pytest.approx(0.1)


def _held(data, **people):
    columns = {"scope": "company", "column": "territory", "quarter": "2026-Q3"}
    rows = [columns | {"value": name, "people": n} for name, n in people.items()]
    data.tables["holders"] = pd.DataFrame(rows)
    return data


PRIVATE = {"scope": "company", "privacy": {"people": "off", "minimum_group": 3}}


def test_the_sum_never_tells_what_is_withheld(placed, reasons):
    """Another sized territory is withheld beside one of few, whatever else people hold."""
    sizes = (_size("Küste", 1600.0), _size("Bayern", 400.0))
    wide = _held(placed(*sizes, **PRIVATE), Küste=9, Bayern=1, Hessen=4)
    assert market.markets(wide)["withheld"].tolist() == [True, True]
    unheld = _held(placed(*sizes, **PRIVATE), Bayern=1, Hessen=4)
    assert market.markets(unheld)["withheld"].tolist() == [True, True]
    lone = _held(placed(sizes[1], **PRIVATE), Küste=9, Bayern=1)
    assert reasons(market.measures(lone))["share"] == (TOO_FEW, {"n": 3})
    named = placed(sizes[1], scope="company", privacy={"people": "named", "minimum_group": 3})
    assert reasons(market.measures(_held(named, Bayern=1))) == {}


def test_a_change_never_tells_what_is_withheld():
    """Of markets sized in both quarters none is withheld alone; a single one is not compared."""
    columns = ["territory", "segment", "size", "won", "withheld"]
    rows = [("A", None, 9.0, 1.0, True), ("B", None, 9.0, 3.0, False), ("C", None, 9.0, 2.0, False)]
    now = pd.DataFrame(rows, columns=columns)
    assert market.effects(now, now)["withheld"].tolist() == [True, False, True]
    assert market.effects(now, now.head(1)).empty


SIZES = st.integers(100, 10**11).map(lambda cents: cents / 100)
SHARES = st.floats(0, 2)
MARKETS = st.tuples(SIZES, SIZES, SHARES, SHARES)


@settings(max_examples=40, deadline=None)
@given(st.lists(MARKETS, min_size=1, max_size=6))
def test_two_factors_are_exact_and_turn_with_time(rows):
    """The parts add up to the change to the cent; backwards they change only their sign."""
    now, then = _sides(
        [(size, round(size * share, 2)) for size, _, share, _ in rows],
        [(size, round(size * share, 2)) for _, size, _, share in rows],
    )
    forward, back = market.effects(now, then), market.effects(then, now)
    for row in forward.itertuples():
        assert round(row.by_market + row.by_share, 2) == row.change
        assert row.change == round(row.won - row.won_then, 2)
    assert (forward["by_market"] + back["by_market"]).abs().max() == 0
    assert (forward["by_share"] + back["by_share"]).abs().max() == 0


def _sides(*sides):
    return [
        pd.DataFrame(
            {
                "territory": [f"t{n}" for n in range(len(side))],
                "segment": pd.array([None] * len(side), dtype="str"),
                "size": [size for size, _ in side],
                "won": [won for _, won in side],
                "withheld": False,
            }
        )
        for side in sides
    ]
