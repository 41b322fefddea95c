"""Renewals beside new business."""

import pytest

from qbr_lib.measures import NO_AMOUNT, NO_RENEWAL, NO_RENEWALS
from qbr_lib.metrics import renewals
from tests.unit.metrics.test_bookings import closing

DEALS = [
    closing(1, "2026-07-01", 100.0, is_renewal=True),
    closing(2, "2026-08-01", 60.0, "lost", is_renewal=True),
    closing(3, "2026-08-01", 40.5, is_renewal=True),
    closing(4, "2026-08-01", 500.0, is_renewal=False),
    closing(5, "2026-08-01", 7.0, "lost"),
    closing(6, "2026-05-01", 9.0, is_renewal=True),
]


def test_worked_by_hand(make_slice, values):
    """Two of three renewals of the quarter were won, worth 140.50."""
    found = renewals.measures(make_slice(DEALS))
    assert values(found) == {"rate": pytest.approx(2 / 3), "won_amount": 140.5}
    assert found[0].n == 3


def test_what_is_not_stated_stands_apart(make_slice):
    """A deal of which neither is said is no new business."""
    rows = renewals.table(make_slice(DEALS))
    assert rows["renewal"].isna().tolist() == [False, False, True]
    counts = rows[["won", "decided", "won_amount", "lost_amount"]].to_numpy().tolist()
    assert counts == [[2, 3, 140.5, 60.0], [1, 1, 500.0, 0.0], [0, 1, 0.0, 7.0]]


def test_what_is_missing_is_said(make_slice, reasons, values):
    """No column, no renewal and no amounts are told apart."""
    blind = renewals.measures(make_slice(DEALS, absent=("is_renewal",)))
    assert reasons(blind) == {"rate": (NO_RENEWALS, {}), "won_amount": (NO_RENEWALS, {})}
    none = renewals.measures(make_slice(DEALS[3:]))
    assert reasons(none) == {"rate": (NO_RENEWAL, {"quarter": "2026-Q3"})}
    assert values(none)["won_amount"] == 0.0
    free = renewals.measures(make_slice(DEALS, absent=("amount",)))
    assert reasons(free) == {"won_amount": (NO_AMOUNT, {})}
    assert renewals.table(make_slice()).empty
