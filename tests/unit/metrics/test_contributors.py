"""Where the change came from: sums across and down, and the deals behind it."""

import numpy as np
import pandas as pd
from hypothesis import given, settings

from qbr_lib.metrics import contributors, drivers
from qbr_lib.metrics.decomposition import EFFECTS
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing
from tests.unit.metrics.test_decomposition import sales
from tests.unit.metrics.test_drivers import BEFORE, NOW, several

DEALS = [
    *several(BEFORE, 4, 4, 10.0),
    *several(NOW, 2, 6, 11.0),
    *several(BEFORE, 3, 3, 30.0, "B"),
    *several(NOW, 3, 4, 35.5, "B"),
    *several(NOW, 1, 1, 5.0, "C"),
]


def comparison(sums):
    """Return a comparison of cells without deals."""
    names = tuple(f"c{n}" for n in range(sums.shape[1]))
    then, now = sums[:, :, 2].sum(axis=1).round(2)
    empty = np.empty((0, len(EFFECTS)))
    return drivers.Comparison(
        "2026-Q2", "product", names, sums, round(now - then, 2), empty, empty, None
    )


@given(sales())
@settings(max_examples=80, deadline=None)
def test_sums_across_and_down(sides):
    """Rows add up to the change of their part, columns to their effect, to the cent."""
    found = comparison(sides)
    rows = contributors.drill(found)
    across = rows[list(EFFECTS)].sum(axis=1)
    assert (across - rows["change"]).abs().max() < 0.005
    down = rows[list(EFFECTS)].sum()
    assert (down - pd.Series(found.effects)).abs().max() < 0.005
    assert rows["change"].abs().is_monotonic_decreasing


def test_by_every_column_that_divides():
    """Each table adds up to the same change; a column of one value tells nothing."""
    deals = [deal | {"segment": "S", "territory": f"T{n % 3}"} for n, deal in enumerate(DEALS)]
    data = build_slice(deals, privacy={"people": "named"})
    by = contributors.drills(data, data.quarter.previous)
    assert list(by) == ["product", "territory"]
    for one in by.values():
        assert round(contributors.drill(one)["change"].sum(), 2) == one.change


def test_the_deals_behind_a_factor():
    """Those of the part that moved it most; for deal size the won ones, largest first."""
    data = build_slice([*DEALS, closing("big", NOW, 500.0, "lost", product="B")])
    found = drivers.on_previous(data)
    rows = contributors.behind(data, found, "win_rate")
    assert set(rows["cell"]) == {"B"}
    assert rows["opportunity_id"].iloc[0] == "dbig"
    assert set(rows["status"]) == {"won", "lost"}
    size = contributors.behind(data, found, "deal_size", n=4)
    assert size["amount"].tolist() == [35.5, 35.5, 35.5, 30.0]
    assert size["quarter"].tolist() == ["2026-Q3"] * 3 + ["2026-Q2"]
    assert set(size["cell"]) == {"B"}


def test_what_shifted_and_what_is_on_one_side():
    """The share that grew most and fell most; the products decided on one side alone."""
    found = drivers.on_previous(build_slice(DEALS))
    assert contributors.shifted(found) == ("C", "A")
    assert contributors.only(found, "new") == ["C"]
    assert contributors.only(found, "vanished") == []
    still = several(BEFORE, 2, 2, 1.0) + several(NOW, 4, 4, 1.0)
    assert contributors.shifted(drivers.on_previous(build_slice(still))) == ("", "")
