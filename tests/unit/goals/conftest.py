"""Slices and goals made by hand."""

import pytest

from qbr_lib.record import Goal
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing


@pytest.fixture
def make_slice():
    """Return a function that makes a slice from a few deals."""
    return build_slice


@pytest.fixture
def make_goal():
    """Return a function that makes a goal from what matters."""

    def make(**given):
        known = {
            "id": "g",
            "title": "Revenue",
            "kind": "revenue",
            "metric": "bookings.won_amount",
            "scope": {"team": "nord"},
            "owner": "team",
            "target": 100.0,
        }
        return Goal(**(known | given))

    return make


@pytest.fixture
def deals():
    """Return deals of two quarters, two accounts, two territories and two people."""
    return [
        closing(1, "2026-07-01", 60.0, account_id="a", territory="Küste", owner_id="r1"),
        closing(2, "2026-07-10", 30.0, account_id="b", territory="Heide", owner_id="r2"),
        closing(3, "2026-05-01", 50.0, account_id="a", territory="Küste", owner_id="r1"),
        closing(4, "2026-07-20", 9.0, "lost", account_id="a", territory="Küste", owner_id="r1"),
    ]
