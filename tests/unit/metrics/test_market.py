"""Market share: own revenue in the sized markets ÷ their size."""

import pandas as pd
import pytest

from qbr_lib.measures import NO_MARKET, NO_MARKET_SIZE, NO_TERRITORIES
from qbr_lib.metrics import market
from tests.unit.metrics.test_bookings import closing

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
