"""What goals measure, for whom, and what is refused with its reason."""

import pytest

from qbr_lib.goals.kinds import evaluate
from qbr_lib.measures import NO_SUCH, NOBODY, NOT_BY_SCOPE, NOT_HERE, OTHER_TEAM, Measure
from qbr_lib.periods import Quarter

QUARTER = Quarter(2026, 3)
ACCOUNTS = {"accounts": [{"account_id": "a", "name": "Werft"}]}


@pytest.mark.parametrize(
    ("scope", "metric", "value", "n"),
    [
        ({"team": "nord"}, "bookings.won_amount", 90.0, 2),
        ({"team": "nord", "territory": "Küste"}, "bookings.won_amount", 60.0, 1),
        ({"team": "nord", "account": "a"}, "bookings.won_amount", 60.0, 1),
        ({"account": "Werft"}, "bookings.won_amount", 60.0, 1),
        ({"territory": "Küste"}, "conversion.win_rate", 0.5, 2),
        ({"team": "nord"}, "bookings.won_accounts", 2.0, 2),
        ({"team": "nord", "rep": "r2"}, "bookings.won_amount", 30.0, 1),
    ],
    ids=["team", "territory", "account", "account by name", "rate", "accounts", "person"],
)
def test_value_by_hand(make_slice, make_goal, deals, scope, metric, value, n):
    """A goal counts only the deals of its scope."""
    data = make_slice(deals, tables=ACCOUNTS, privacy={"people": "named"})
    found = evaluate(data, make_goal(scope=scope, metric=metric), QUARTER)
    assert isinstance(found, Measure)
    assert (found.id, found.value, found.n) == (metric, value, n)


def test_the_baseline_is_of_the_earlier_quarter(make_slice, make_goal, deals):
    """The same goal measured in the quarter before gives its baseline."""
    found = evaluate(make_slice(deals), make_goal(), QUARTER.previous)
    assert (found.value, found.n) == (50.0, 1)


@pytest.mark.parametrize(
    ("scope", "metric", "people", "reason"),
    [
        ({"team": "sued"}, "bookings.won_amount", "named", OTHER_TEAM),
        ({"company": "Probe"}, "bookings.won_amount", "named", OTHER_TEAM),
        ({"rep": "r1"}, "bookings.won_amount", "off", NOBODY),
        ({"rep": "r1"}, "bookings.won_amount", "pseudonym", NOBODY),
        ({"account": "x"}, "bookings.won_amount", "named", NO_SUCH),
        ({"account": "a"}, "leads.created", "named", NOT_BY_SCOPE),
        ({"team": "nord"}, "goals.met", "named", NOT_HERE),
    ],
)
def test_what_cannot_be_measured_says_why(
    make_slice, make_goal, deals, scope, metric, people, reason
):
    """Another team, a person, an unknown account and a foreign measure have their reason."""
    data = make_slice(deals, privacy={"people": people})
    found = evaluate(data, make_goal(scope=scope, metric=metric), QUARTER)
    assert (found.id, found.reason) == (metric, reason)


def test_a_market_of_its_own_territory(make_slice, make_goal, deals):
    """A market share goal of a territory is held against that territory's market alone."""
    size = {"quarter": "2026-Q3", "source": "s", "as_of": "2026-09-30"}
    markets = [
        size | {"territory": "Küste", "market_size": 600.0},
        size | {"territory": "Heide", "market_size": 900.0},
    ]
    data = make_slice(deals, tables={"market": markets})
    goal = make_goal(kind="market_share", metric="market.share", scope={"territory": "Heide"})
    assert evaluate(data, goal, QUARTER).value == pytest.approx(30 / 900)
