"""The outlook given before a quarter is what was known on the day before it."""

import datetime as dt

import numpy as np
import pytest

from qbr_lib.measures import Unavailable
from qbr_lib.outlook import current
from qbr_lib.periods import Quarter
from tests.unit.metrics.conftest import build_slice

FIRST, LAST = dt.date(2021, 1, 1), dt.date(2026, 9, 30)


def _deals(until):
    """Return six years of deals as they stood on a day; those closed later are open."""
    random = np.random.default_rng(5)
    deals = []
    for number in range(400):
        created = FIRST + dt.timedelta(int(random.integers(0, (LAST - FIRST).days)))
        closed = created + dt.timedelta(int(random.gamma(2.0, 30.0)))
        status, amount = random.choice(["won", "lost"]), float(random.lognormal(10.0, 0.5))
        if created > until:
            continue
        over = {"status": status, "closed_on": closed.isoformat()} if closed <= until else {}
        deal = {"opportunity_id": f"d{number}", "created_on": created.isoformat()}
        deals.append(deal | {"amount": amount, "list_amount": amount} | over)
    return deals


@pytest.mark.parametrize("quarter", [Quarter(2022, 3), Quarter(2024, 2), Quarter(2026, 3)])
def test_what_came_later_changes_nothing(quarter):
    """Looked at years later, it is the outlook of that day, with what it rests on."""
    day = quarter.first_day - dt.timedelta(days=1)
    then = build_slice(_deals(day), as_of=day.isoformat(), quarter=str(quarter.previous))
    now = build_slice(_deals(LAST), as_of=LAST.isoformat(), quarter=str(quarter))
    made, given = current.outlook(then, quarter), current.given(now, quarter)
    assert np.allclose(made.whole, given.whole)
    assert (made.held, made.quarters, made.learnt) == (given.held, given.quarters, given.learnt)
    assert given.quarters >= 4


def test_before_the_first_whole_quarter_there_is_none():
    """The quarter that the team's first deal came in was given no outlook."""
    data = build_slice(_deals(LAST), as_of=LAST.isoformat(), quarter="2021-Q1")
    assert isinstance(current.given(data, data.quarter), Unavailable)
