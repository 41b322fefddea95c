"""The outlook on a real export: no worse than the naive figure, and blind to what comes later."""

import dataclasses
import datetime as dt
import shutil

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data import slices, store
from qbr_lib.outlook import backtest, current
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from tests.conftest import REAL_DATA
from tests.real.conftest import HERE

pytestmark = pytest.mark.real


def _naive():
    """Return how far the quarter before lies off, from the published sums of the quarters."""
    known = pd.read_csv(REAL_DATA / "maven_reference.csv").query("region == 'ALL'")
    q2, q3, q4 = known.set_index("quarter")["won_revenue"][["2017Q2", "2017Q3", "2017Q4"]]
    return (abs(q2 / q3 - 1) + abs(q3 / q4 - 1)) / 2


@pytest.fixture(scope="module")
def weeks(opened):
    """Return the 26 weeks of the company's last two quarters."""
    place, prepared = opened("maven_crm")
    quarter = store.check_quarter(prepared, place.organisation, "2017-Q4")
    rows = backtest.looked_back(slices.load(prepared, place, team="company", quarter=quarter))
    return rows.loc[rows["quarter"].isin(["2017-Q3", "2017-Q4"]) & (rows["week"] >= 0)]


def _error(rows, way):
    return float((rows[way] / rows["actual"] - 1).abs().mean())


def test_no_worse_than_the_quarter_before(weeks):
    """Over 26 weeks the outlook lies no further off than the naive figure, which lies 4.9 % off."""
    assert len(weeks) == 26
    assert _error(weeks, "naive") == pytest.approx(_naive())
    assert _error(weeks, "p50") <= _naive()
    by_quarter = {name: f"{_error(own, 'p50'):.1%}" for name, own in weeks.groupby("quarter")}
    print(f"{_error(weeks, 'p50'):.1%} in all, {by_quarter}")


def test_ranges_hold(weeks):
    """In at least three of four weeks what came lay within the range of eight in ten."""
    inside = weeks["actual"].between(weeks["low_80"], weeks["high_80"])
    assert inside.mean() >= 0.75


def _changed(day, rng):
    """Return the export with everything after a day drawn anew: closings, amounts, new deals."""
    deals = pd.read_csv(REAL_DATA / "maven_crm" / "sales_pipeline.csv", dtype="str")
    stamp = day.isoformat()
    deals = deals.loc[deals["engage_date"].isna() | (deals["engage_date"] <= stamp)].copy()
    later = np.flatnonzero(deals["close_date"].isna() | (deals["close_date"] > stamp))
    fate = rng.choice(["Won", "Lost", "Engaging"], len(later))
    closed = [
        (day + dt.timedelta(days=int(n))).isoformat() for n in rng.integers(1, 90, len(later))
    ]
    begun = deals["engage_date"].notna().to_numpy()[later]
    fate = np.where(begun, fate, "Prospecting")
    over = np.isin(fate, ["Won", "Lost"])
    deals.iloc[later, deals.columns.get_loc("deal_stage")] = fate
    deals.iloc[later, deals.columns.get_loc("close_date")] = np.where(over, closed, None)
    value = np.where(fate == "Won", rng.integers(1, 90_000, len(later)).astype(str), "0")
    deals.iloc[later, deals.columns.get_loc("close_value")] = np.where(over, value, None)
    fresh = deals.sample(500, random_state=1).assign(
        opportunity_id=[f"NEW{n:05}" for n in range(500)],
        engage_date=(day + dt.timedelta(days=3)).isoformat(),
        deal_stage="Won",
        close_date=(day + dt.timedelta(days=20)).isoformat(),
        close_value="77777",
    )
    return pd.concat([deals, fresh], ignore_index=True)


@pytest.mark.parametrize("day", [dt.date(2017, 8, 15), dt.date(2017, 10, 31)])
def test_what_comes_later_changes_nothing(tmp_path, day):
    """Two exports that differ in everything after the day give the same outlook of it."""
    found = []
    for rng in (None, np.random.default_rng(7)):
        root = tmp_path / f"w{len(found)}"
        shutil.copytree(HERE / "maven_crm" / "parameters", root / "parameters")
        shutil.copytree(REAL_DATA / "maven_crm", root / "data", copy_function=shutil.copyfile)
        if rng is not None:
            _changed(day, rng).to_csv(root / "data" / "sales_pipeline.csv", index=False)
        place = load_workspace(root, {"as_of": day.isoformat()})
        source = place.organisation.source.model_copy(update={"path": str(root / "data")})
        organisation = place.organisation.model_copy(update={"source": source})
        place = dataclasses.replace(place, organisation=organisation)
        quarter = Quarter.containing(day, starts=1)
        data = slices.load(store.prepare(place), place, team="company", quarter=quarter)
        found.append(current.outlook(data, quarter))
    one, other = found
    assert one.booked > 0
    assert one.whole.tolist() == other.whole.tolist()
    assert one.rows.equals(other.rows)
