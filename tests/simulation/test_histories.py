"""What must add up does, over random histories; and where it does not, that is named."""

import dataclasses

import pytest

from qbr_lib.data import slices
from qbr_lib.data.store import prepare
from qbr_lib.errors import ResultError
from qbr_lib.measures import Measure
from qbr_lib.metrics import bookings, pipeline, portfolio, reconcile
from qbr_lib.periods import Quarter
from tests.simulation import histories

COUNT = 12


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Prepare a few random histories; `python -m tests.simulation.histories` takes 1,000."""
    workspace = histories.write(tmp_path_factory.mktemp("histories") / "w", COUNT, seed=20)
    return prepare(workspace), workspace


def test_every_difference_is_nothing(prepared):
    """Bridge, revenue, causes and owners of every team, and both teams' sum, agree to the cent."""
    store, workspace = prepared
    for number in range(COUNT):
        counted = histories.check(store, workspace, number)
        assert counted[reconcile.BRIDGE] == counted[reconcile.WON_BOTH] == 12
    assert histories.check_company(store, workspace)["The teams add up to the company"] == 1


def test_the_histories_hold_what_they_are_for(prepared):
    """Every movement of the bridge occurs, so that none is proved by its absence."""
    store, workspace = prepared
    quarter = Quarter.parse("2026-Q3", starts=1)
    data = slices.load(store, workspace, team="company", quarter=quarter)
    teams = portfolio.team_slices(data)
    moved = {m.id for one in teams for m in pipeline.measures(one) if getattr(m, "value", 0)}
    assert {f"pipeline.{bar}" for bar in pipeline.BARS} <= moved


@pytest.mark.parametrize(
    ("measure_id", "identity"),
    [
        ("pipeline.slipped", reconcile.BRIDGE),
        ("bookings.won_amount", reconcile.WON_BOTH),
        ("pipeline.won", reconcile.BRIDGE),
    ],
)
def test_a_cent_is_named(prepared, measure_id, identity):
    """One cent more in one measure: what does not add up is named, with both numbers."""
    store, workspace = prepared
    quarter = Quarter.parse("2026-Q3", starts=1)
    data = slices.load(store, workspace, team="t0003a", quarter=quarter)
    outcomes = [*bookings.measures(data), *pipeline.measures(data)]
    seeded = [_dearer(one) if one.id == measure_id else one for one in outcomes]
    with pytest.raises(ResultError) as refused:
        reconcile.proved(data, seeded)
    assert identity in str(refused.value)
    assert "0.01" in str(refused.value)
    assert len(reconcile.proved(data, outcomes)) >= 3


def _dearer(one: Measure) -> Measure:
    return dataclasses.replace(one, value=one.value + 0.01)
