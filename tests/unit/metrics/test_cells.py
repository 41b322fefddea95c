"""Deals by quarter and cell: which column divides them, what privacy joins, how they are drawn."""

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data.partition import HOLDERS
from qbr_lib.metrics import cells, drivers
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_drivers import BEFORE, NOW, several


def test_the_quarters_edges():
    """The first and the last day belong to the quarter, the days around it do not."""
    days = ["2026-06-30", "2026-07-01", "2026-09-30", "2026-10-01"]
    data = build_slice(
        [deal for day in days for deal in several(day, 1, 0, 1.0)], as_of="2026-12-31"
    )
    rows = cells.decided(data, [data.quarter.previous, data.quarter])
    assert dict(zip(rows["closed_on"].dt.strftime("%Y-%m-%d"), rows["place"], strict=True)) == {
        "2026-06-30": 0,
        "2026-07-01": 1,
        "2026-09-30": 1,
    }


@pytest.mark.parametrize(
    ("products", "absent", "column"),
    [
        (["A", "B"], (), "product"),
        (["A", "B"], ("product",), "segment"),
        ([f"P{n}" for n in range(5)], (), "segment"),
        (["A", "B"], ("product", "segment"), ""),
        (["A", "A"], (), "segment"),
    ],
    ids=["product", "no product", "as good as no two alike", "neither", "all alike"],
)
def test_what_the_mix_is_told_by(products, absent, column):
    """Products where they repeat, else segments, else nothing."""
    deals = [deal | {"segment": "S"} for one in products for deal in several(NOW, 1, 0, 1.0, one)]
    data = build_slice([*deals, *several(NOW, 0, 2, 1.0, "A")], absent=absent)
    assert cells.mixed_by(data, cells.decided(data, [data.quarter])) == column


def test_territories_of_too_few_people_are_one():
    """Below the minimum, and with the smallest of the others: no row is one person's."""
    names = {"Küste": 2, "Heide": 6, "Stadt": 9}
    held = [
        {
            "scope": "team",
            "scope_id": "nord",
            "column": "territory",
            "value": one,
            "quarter": "2026-Q3",
            "people": n,
        }
        for one, n in names.items()
    ]
    deals = [
        deal | {"territory": one}
        for one in [*names, "Alt"]
        for deal in several(NOW, 1, 0, 1.0, one)
    ]
    shown = {}
    for people in ("off", "named"):
        data = build_slice(deals, privacy={"people": people})
        data.tables[HOLDERS] = pd.DataFrame(held)
        shown[people] = list(
            cells.celled(data, cells.decided(data, [data.quarter]), "territory", [data.quarter])[1]
        )
    assert shown["off"] == ["Stadt", cells.WITHHELD]
    assert shown["named"] == ["Alt", "Heide", "Küste", "Stadt"]


def test_a_territory_of_too_few_the_quarter_before_is_not_shown_beside():
    """Six hold it now, one did before: what that one won then would stand beside today's."""
    names = {"Küste": (6, 1), "Heide": (7, 7), "Stadt": (9, 9)}
    held = [
        {"scope": "team", "scope_id": "nord", "column": "territory"}
        | {"value": one, "quarter": quarter, "people": n}
        for one, both in names.items()
        for quarter, n in zip(("2026-Q3", "2026-Q2"), both, strict=True)
    ]
    deals = [
        deal | {"territory": one}
        for one in names
        for day in (NOW, BEFORE)
        for deal in several(day, 1, 0, 1.0, one)
    ]
    data = build_slice(deals, privacy={"people": "off"})
    data.tables[HOLDERS] = pd.DataFrame(held)
    found = drivers.compared(data, data.quarter.previous, "territory")
    assert found.names == ("Stadt", cells.WITHHELD)


def test_deals_drawn_again_are_as_many_on_average():
    """Over all samples the counts and values are those of the quarter, each with its own swing."""
    data = build_slice(several(NOW, 30, 70, 10.0) + several(NOW, 5, 5, 40.0, "B"))
    rows, names = cells.celled(data, cells.decided(data, [data.quarter]), "product", [data.quarter])
    drawn = cells.drawn(rows, len(names), np.random.default_rng(1))
    assert drawn.shape == (cells.SAMPLES, 2, 3)
    assert drawn.mean(axis=0) == pytest.approx(cells.sums(rows, 1, 2)[0], rel=0.06)
    assert drawn[:, 0, 0].std() == pytest.approx(10.0, rel=0.1)
    assert (drawn[:, 0, 2] == 10.0 * drawn[:, 0, 1]).all()
