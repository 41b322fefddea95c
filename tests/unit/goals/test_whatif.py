"""Chances of a target under levers, and what a target takes in the time left."""

import numpy as np
import pytest

from qbr_lib.goals import requirement as takes
from qbr_lib.goals.whatif import HELPS, SURE, Levers, WhatIf
from qbr_lib.outlook import current
from tests.simulation.worlds import WORLDS, team


@pytest.fixture(scope="module")
def running():
    """Open a steady team at the end of a quarter, with the next one ahead of it."""
    data = team(WORLDS["steady"], 7)
    found = current.outlook(data, data.quarter.next)
    return data, found


@pytest.mark.parametrize(
    ("lever", "values"),
    [
        *((name, (0.5, 1.0, 1.5)) for name in ("win_rate", "size", "pace")),
        ("further", (-20, 0, 20)),
    ],
)
def test_more_of_each_lever_raises_the_chance(running, lever, values):
    """Half as much again helps, half as much hurts, and as usual changes nothing."""
    _, found = running
    whatif, target = WhatIf(found), found.at(0.5)
    low, usual, high = (whatif.chance(target, Levers(**{lever: value})) for value in values)
    assert low < usual < high
    assert usual == found.chance(target)


def test_twice_the_size_doubles_what_comes(running):
    """Size changes what is still to come, not what is booked."""
    _, found = running
    whatif = WhatIf(found)
    usual, twice = (np.median(whatif.whole(Levers(size=by))) for by in (1.000001, 2.0))
    ratio = (twice - found.booked) / (usual - found.booked)
    assert ratio == pytest.approx(2**found.known.width, rel=0.03)


def test_the_usual_is_what_the_deals_were(running):
    """Win rate, average and new deals a week of the last year, from the deals themselves."""
    data, found = running
    deals, end = data.opportunities, data.as_of
    year = (deals["closed_on"] > np.datetime64(end) - np.timedelta64(365, "D")).to_numpy()
    closed = deals.loc[year & (deals["status"] != "open").to_numpy()]
    usual = WhatIf(found).usual
    assert usual.win_rate == pytest.approx((closed["status"] == "won").mean())
    won = closed.loc[closed["status"] == "won", "amount"]
    assert usual.size == pytest.approx(won.mean())


def test_more_is_asked_for_a_higher_target(running):
    """Nothing on top for what is likely; then more and more; out of reach is said."""
    data, found = running
    need = takes.requirement(data, found)
    assert need.deals(found.at(0.1)) == 0
    asked = [need.deals(found.at(0.5) * by) for by in (1.0, 1.2, 1.5)]
    assert asked == sorted(asked)
    assert asked[0] > 0
    assert np.isnan(need.deals(need.levels[-1] * 2))
    assert need.possible(found.at(0.1))
    assert not need.possible(need.levels[-1] * 2)


def test_as_many_deals_as_asked_for_reach_the_target_in_seven_of_ten(running):
    """The requirement put back into the outlook gives the chance it promises."""
    data, found = running
    need, target = takes.requirement(data, found), found.at(0.5) * 1.1
    reached = WhatIf(found).level(Levers(further=need.deals(target)))
    assert reached == pytest.approx(target, rel=0.02)


def test_a_deal_created_later_is_won_in_time_less_often(running):
    """The last day on which one helps lies within the quarter, and after it hardly any is won."""
    data, found = running
    need = takes.requirement(data, found)
    assert data.as_of < need.last_day <= found.quarter.last_day
    assert need.in_time > need.each > HELPS


def test_nothing_moved_is_the_outlook(running):
    """As the deals stand, the requirement, the levers and the page have one set of values."""
    data, found = running
    np.testing.assert_array_equal(found.under(found.standing), found.whole)
    assert takes.requirement(data, found).levels[0] == found.level(SURE)
