"""What a revenue target asks for: the article's example of 15 % more."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbr_lib.goals import driver_plan, proposals
from qbr_lib.measures import NO_COMPANY_GOAL, NO_EARLIER, NO_REVENUE_GOAL
from qbr_lib.record import Record, Revision
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing


def _deals(won=46, lost=98, amount=40_000.0):
    """Return the example's quarter: 46 won of 144 decided, 1,840,000 in all."""
    return [
        *(closing(n, "2026-08-01", amount) for n in range(won)),
        *(closing(1000 + n, "2026-08-01", amount, "lost") for n in range(lost)),
    ]


def test_fifteen_percent_more(make_slice):
    """1,840,000 + 15 % is 2,116,000: 53 wins and 166 decisions at the same rate and size."""
    frame = driver_plan.steps(make_slice(_deals()), None).set_index("target")
    assert frame.index.to_list() == [
        1_840_000,
        1_932_000,
        2_024_000,
        2_116_000,
        2_208_000,
        2_300_000,
    ]
    row = frame.loc[2_116_000]
    assert (row["won"], row["more_won"], row["decided"], row["more_decided"]) == (53, 7, 166, 22)
    assert frame["chosen"].to_list() == [False, False, False, True, False, False]


def test_every_step_of_the_example(make_slice):
    """The wins and decisions of each growth are those worked out by hand for the example."""
    frame = driver_plan.steps(make_slice(_deals()), None)
    assert frame["won"].to_list() == [46, 49, 51, 53, 56, 58]
    assert frame["decided"].to_list() == [144, 152, 159, 166, 173, 180]


def test_deals_without_an_amount_bring_none(make_slice):
    """Holding the revenue asks for as many wins as there were, also those without an amount."""
    deals = [closing(1, "2026-08-01", 100.0), closing(2, "2026-08-01", None)]
    assert driver_plan.steps(make_slice(deals), None)["more_won"].iloc[0] == 0


def test_an_agreed_target_has_its_own_row(make_slice, make_goal):
    """What is recorded is the chosen row, in its place."""
    frame = driver_plan.steps(make_slice(_deals()), make_goal(target=2_000_000.0))
    assert frame.loc[frame["chosen"], "target"].to_list() == [2_000_000.0]
    assert frame["target"].is_monotonic_increasing


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (0, 9)])
def test_without_revenue_nothing_is_asked(make_slice, won, lost):
    """No average deal, no win rate: no number."""
    frame = driver_plan.steps(make_slice(_deals(won, lost)), None)
    assert frame["won"].isna().all()
    assert frame["growth"].isna().all()


def test_how_often_a_target_was_reached(make_slice):
    """Whole earlier quarters that came to as much are counted."""
    before = [closing(5000, "2026-05-01", 2e6), closing(5001, "2026-02-01", 1.9e6)]
    data = make_slice([*_deals(), *before], data_since="2026-01-01")
    asked = driver_plan.asked(data, [1e6, 1.9e6, 2e6, 3e6])
    assert asked["reached"].to_list() == [3, 2, 1, 0]


def test_measures_by_hand(make_slice, make_goal):
    """Baseline, last agreed target, growth, and the share of the company's goal."""
    lowered = Revision(at="2026-10-05", by="lead", value=2_024_000.0, reason="data")
    record = Record(goals=(make_goal(target=2_116_000.0, revisions=(lowered,)),))
    target = {"quarter": "2026-Q4", "scope": "company", "kind": "revenue", "value": 20_240_000.0}
    data = make_slice(_deals(), tables={"targets": [target]})
    found = {one.id: getattr(one, "value", None) for one in driver_plan.measures(data, record)}
    assert found == {
        "goals.baseline": 1_840_000.0,
        "goals.target": 2_024_000.0,
        "goals.growth": pytest.approx(0.1),
        "goals.company_share": pytest.approx(0.1),
    }


def test_what_is_missing_is_said(make_slice, make_goal):
    """No goal, no revenue and no company goal each have their reason."""
    reasons = [one.reason for one in driver_plan.measures(make_slice(_deals()), Record())[1:]]
    assert reasons == [NO_REVENUE_GOAL] * 3
    record = Record(goals=(make_goal(),))
    _, _, growth, share = driver_plan.measures(make_slice(), record)
    assert (growth.reason, share.reason) == (NO_EARLIER, NO_COMPANY_GOAL)


def test_the_slider_reaches_beyond_the_best_quarter(make_slice):
    """From nothing to half more than ever, at least twice the quarter."""
    assert driver_plan.limits(make_slice(_deals())) == (0.0, 3_680_000.0)
    low, high = driver_plan.limits(make_slice())
    assert (low, high) == (0.0, 1.0)
    young = make_slice(_deals(), data_since="2026-01-01")
    assert math.isnan(driver_plan.usual_revenue(young)[0])


def test_only_the_team_s_whole_revenue_is_the_revenue_goal(make_slice, make_goal):
    """A goal of one person, territory or other team is not the team's."""
    data = make_slice()
    other = make_goal(id="o", scope={"team": "sued"})
    part = make_goal(id="p", scope={"team": "nord", "rep": "r1"})
    whole = make_goal(id="w")
    assert driver_plan.revenue_goal(data, Record(goals=(part, other, whole))) == whole
    assert driver_plan.revenue_goal(data, Record(goals=(part, other))) is None


def test_proposed_growth_is_the_same_everywhere():
    """The example's 15 % is one of the steps."""
    assert proposals.GROWTH in driver_plan.STEPS


@pytest.mark.parametrize("target", [2_116_000.0, 123.0, 9_999_999.99])
def test_a_target_as_deals_rate_and_size(make_slice, target):
    """Rate and average stay as they are, but for the last deal: the three come to the target."""
    plan = driver_plan.drivers(make_slice(_deals()), target)
    assert plan.leads_to(target)
    assert plan.win_rate == round(46 / 144, 4)
    if target > 1e6:
        assert plan.average_won_amount == pytest.approx(40_000, rel=0.005)


@pytest.mark.parametrize("deals", [[], _deals(won=0), _deals(amount=None)])
def test_without_rate_or_average_there_is_no_plan(make_slice, deals):
    """Nothing won, or nothing known of what it was worth."""
    assert driver_plan.drivers(make_slice(deals), 100.0) is None


@given(target=st.floats(1e3, 1e8), won=st.integers(1, 60), lost=st.integers(0, 90))
def test_plan_and_table_name_the_same_deals(target, won, lost):
    """The plan recorded with a target holds as many deals to decide as the page named for it."""
    data = build_slice(_deals(won, lost))
    plan = driver_plan.drivers(data, target)
    assert plan is not None
    assert plan.decided == driver_plan.asked(data, [target])["decided"].iloc[0]
