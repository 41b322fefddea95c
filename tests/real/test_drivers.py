"""Why the third quarter of 2017 was weaker than the second, in a real export."""

import pytest

from qbr_lib.data import slices
from qbr_lib.measures import CUT_QUARTER, Measure, Unavailable
from qbr_lib.metrics import contributors, drivers, patterns

pytestmark = pytest.mark.real

# Effects, and the ends of the ranges that hold 90 % of the resampled quarters.
KNOWN = {"volume": 22_280, "mix": -18_376, "win_rate": -91_066, "deal_size": -16_694}
BANDS = {"volume": (-118_000, 191_000), "win_rate": (-282_000, 87_000)}


def _slice(opened, name, scope, quarter):
    place, prepared = opened(name)
    checked = slices.check_quarter(prepared, place.organisation, quarter)
    return slices.load(prepared, place, team=scope, quarter=checked)


@pytest.mark.parametrize("name", ["maven_crm", "maven_de_derived"])
def test_second_to_third_quarter_of_2017(opened, name):
    """The effects by product are met, and none of them stands out of what chance does."""
    found = drivers.on_previous(_slice(opened, name, "company", "2017-Q3"))
    assert (found.column, found.change) == ("product", -103_856)
    assert {one: round(found.effects[one]) for one in KNOWN} == KNOWN
    assert (found.effects["new"], found.effects["vanished"]) == (0, 0)
    rows = drivers.table(found).set_index("factor")
    for factor, ends in BANDS.items():
        assert rows.loc[factor, ["low", "high"]].tolist() == pytest.approx(ends, abs=35_000)
    ranged = rows.drop("mix")
    assert ((ranged["low"] < 0) & (ranged["high"] > 0)).all()
    assert not patterns.judged(drivers.claims(found))["pattern"].any()


@pytest.mark.parametrize("region", ["Central", "East", "West"])
def test_by_region(opened, region):
    """Every region's change is its own revenue's, and its tables add up to it."""
    data = _slice(opened, "maven_crm", f"group:{region}", "2017-Q3")
    found = drivers.on_previous(data)
    values = {one.id: one.value for one in drivers.measures(data) if isinstance(one, Measure)}
    assert values["drivers.residual"] == 0
    assert sum(values.values()) == pytest.approx(found.change, abs=0.01)
    for by in contributors.drills(data, data.quarter.previous).values():
        assert round(contributors.drill(by)["change"].sum(), 2) == found.change


@pytest.mark.parametrize(("quarter", "cut"), [("2017-Q1", "2017-Q1"), ("2017-Q2", "2017-Q1")])
def test_the_history_is_cut(opened, quarter, cut):
    """The data begins within the first quarter: neither it nor a comparison with it is whole."""
    data = _slice(opened, "maven_crm", "company", quarter)
    gone = [one for one in drivers.measures(data) if isinstance(one, Unavailable)]
    reasons = {one.id: (one.reason, one.details["quarter"]) for one in gone}
    assert reasons["drivers.volume"] == (CUT_QUARTER, cut)
