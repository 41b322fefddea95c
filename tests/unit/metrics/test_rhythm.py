"""The rhythm of a quarter holds all four measures, whatever the data lacks."""

import pytest

from qbr_lib.metrics import rhythm

IDS = {
    "cycle.won_within_60_days",
    "pipeline.stale_amount",
    "pipeline.required_coverage",
    "accuracy.signed_error",
}


@pytest.mark.parametrize(
    "given",
    [{}, {"changes": []}, {"absent": ["created_on", "amount"]}, {"data_since": None}],
    ids=["no history", "nothing", "no days and amounts", "no closings"],
)
def test_every_measure_is_told_or_missing(make_slice, given):
    """An empty quarter has each measure once, and none fails."""
    found = rhythm.gather(make_slice(**given))
    assert {one.id for one in found.outcomes} == IDS
    assert len(found.outcomes) == len(IDS)
    assert found.levers is None


def test_a_cut_quarter_before_has_no_levers(make_slice):
    """What the data begins within is not compared with."""
    won = {"status": "won", "amount": 1.0, "created_on": "2026-04-01"}
    deals = [
        {"opportunity_id": day, "closed_on": day, **won} for day in ("2026-05-01", "2026-08-01")
    ]
    assert rhythm.gather(make_slice(deals)).before is not None
    assert rhythm.gather(make_slice(deals, data_since="2026-05-01")).before is None
