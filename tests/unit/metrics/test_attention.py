"""What needs attention: the same deals make one point only."""

import pandas as pd

from qbr_lib.metrics import attention, causes, quality
from qbr_lib.metrics.flows import movements
from qbr_lib.metrics.patterns import judged
from tests.unit.metrics.conftest import build_slice


def listed(**deals):
    """Return the points of waiting deals, each list given as opportunity ids."""
    frames = {
        key: pd.DataFrame({"opportunity_id": list(ids), "amount": 100.0})
        for key, ids in deals.items()
    }
    data = build_slice()
    bounds = quality.bounds(data, movements(data))
    return attention.listed(causes.ranked(judged([])), frames, bounds, {}, data)


def test_deals_make_one_point():
    """Stale deals that all slipped as well are no second point; others stay, counted whole."""
    found = listed(overdue="", slipped="abc", stale="bc")
    assert found[["key", "n"]].to_numpy().tolist() == [["slipped", 3]]
    found = listed(overdue="a", slipped="abc", stale="cd")
    points = dict(zip(found["key"], found["n"], strict=True))
    assert points == {"overdue": 1, "slipped": 3, "stale": 2}


def test_no_amount_is_no_zero():
    """Deals that wait without any amount have no money at stake that anybody knows."""
    frame = pd.DataFrame({"opportunity_id": ["a"], "amount": [float("nan")]})
    data = build_slice()
    bounds = quality.bounds(data, movements(data))
    found = attention.listed(causes.ranked(judged([])), {"stale": frame}, bounds, {}, data)
    assert found["n"].tolist() == [1]
    assert found["money"].isna().all()
