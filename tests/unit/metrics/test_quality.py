"""How far repaired rows could move a headline: by hand, and against every way to repair them."""

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbr_lib.metrics import quality
from qbr_lib.metrics.flows import movements
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import closing

DAYS = {"created_on": "2026-06-01"}


def bad(**known):
    """Return a rejected deal of which only this is known."""
    return dict.fromkeys(quality.UNUSABLE_COLUMNS) | {"team_id": "nord"} | known


def with_bad(data, *rows):
    """Return a slice with rejected deals."""
    frame = pd.DataFrame(rows, columns=quality.UNUSABLE_COLUMNS)
    days = ("created_on", "closed_on", "expected_close_on")
    frame = frame.astype(
        dict.fromkeys(days, "datetime64[us]") | {"amount": "float64", "status": "str"}
    )
    return dataclasses.replace(data, tables={**data.tables, "unusable": frame})


def found(data, flows=None):
    """Return value, low, high and why by the last part of a measure's id."""
    frame = quality.bounds(data, movements(data) if flows is None else flows)
    rows = frame.to_dict(orient="records")
    return {
        row["measure"].split(".")[1]: (row["value"], row["low"], row["high"], row["why"])
        for row in rows
    }


def test_nothing_doubtful_moves_nothing():
    """Without bad rows every bound is the figure itself, and nothing is worth a sentence."""
    data = build_slice([closing(1, "2026-07-10", 100.0, **DAYS)], changes=[])
    frame = quality.bounds(data, movements(data))
    assert frame["value"].tolist() == frame["low"].tolist() == frame["high"].tolist()
    assert set(frame["why"]) == {()}
    assert quality.noteworthy(frame).empty


def test_missing_amounts_count_up_to_what_is_usual():
    """Two won deals without amount: up to twice what nine of ten own deals stay below."""
    deals = [closing(n, "2026-07-10", 10.0 * n, **DAYS) for n in range(1, 12)]
    deals += [closing(n, "2026-07-10", None, **DAYS) for n in (20, 21)]
    told = found(build_slice(deals))
    assert told["won_amount"] == (660.0, 660.0, 860.0, (("missing_amount", 2),))
    low, high = (660 + 2 * 20) / 13, (660 + 2 * 100) / 13
    assert told["average_won_amount"] == (60.0, low, high, (("missing_amount", 2),))


def test_a_negative_amount_may_have_the_wrong_sign():
    """A deal of -50 may be one of +50: 100 more, never less than counted."""
    deals = [closing(1, "2026-07-10", 200.0), closing(2, "2026-07-10", -50.0)]
    told = found(build_slice(deals))
    assert told["won_amount"] == (150.0, 150.0, 250.0, (("negative_amount", 1),))
    assert told["average_won_amount"][1:3] == (75.0, 125.0)


def test_rejected_rows_count_where_they_can_belong():
    """By closing day, else by planned day, else in every quarter since creation; never if open."""
    data = build_slice([closing(1, "2026-07-10", 100.0, **DAYS)])
    rows = [
        bad(status="won", closed_on="2026-09-30", amount=7.0),
        bad(status="won", closed_on="2026-10-01", amount=1000.0),
        bad(status="won", expected_close_on="2026-07-01", amount=11.0),
        bad(status="won", expected_close_on="2026-06-30", amount=1000.0),
        bad(status="won", created_on="2026-01-01", amount=13.0),
        bad(status="won", created_on="2026-10-01", amount=1000.0),
        bad(status="open", expected_close_on="2026-07-01", amount=1000.0),
        bad(status=None, closed_on="2026-08-01", amount=17.0),
    ]
    told = found(with_bad(data, *rows))
    assert told["won_amount"] == (100.0, 100.0, 148.0, (("rejected", 4),))
    assert told["won_count"] == (1.0, 1.0, 5.0, (("rejected", 4),))
    assert told["win_rate"] == (1.0, 0.5, 1.0, (("rejected", 4),))


def test_the_middle_deal_moves_by_what_is_known_of_the_days():
    """Rejected deals with days count with them, deals without a creation day with any days."""
    deals = [closing(n, "2026-07-31", created_on=f"2026-07-{n:02d}") for n in (1, 11, 21)]
    data = with_bad(
        build_slice(deals), bad(status="won", closed_on="2026-08-01", created_on="2026-07-31")
    )
    assert found(data)["median_days_won"] == (20.0, 15.0, 20.0, (("rejected", 1),))
    unknown = build_slice([*deals, closing(9, "2026-07-31")])
    assert found(unknown)["median_days_won"] == (20.0, 15.0, 25.0, (("missing_created", 1),))


def test_created_deals():
    """Deals without a creation day may be of this quarter unless they closed before it."""
    deals = [
        {"opportunity_id": "a", "created_on": "2026-07-01"},
        {"opportunity_id": "b"},
        closing(1, "2026-06-30"),
        closing(2, "2026-08-01"),
        {"opportunity_id": "c", "team_id": "sued"},
    ]
    data = with_bad(
        build_slice(deals),
        bad(created_on="2026-08-01"),
        bad(created_on="2026-06-01"),
        bad(closed_on="2026-06-01"),
    )
    why = (("rejected", 1), ("missing_created", 2))
    assert found(data)["created_count"] == (1.0, 1.0, 4.0, why)


def test_the_start_of_the_pipeline():
    """Overdue deals, deals without amount and rejected ones could have stood there."""
    due = {"created_on": "2026-05-01", "expected_close_on": "2026-08-15"}
    deals = [
        {"opportunity_id": "a", "amount": 100.0} | due,
        {"opportunity_id": "b"} | due,
        {"opportunity_id": "late", "amount": 30.0} | due | {"expected_close_on": "2026-06-15"},
        {"opportunity_id": "new", "amount": 9.0} | due | {"created_on": "2026-07-15"},
    ]
    data = build_slice(deals, changes=[])
    flags = pd.DataFrame({"flag": ["overdue"], "opportunity_id": ["late"]})
    data = with_bad(
        dataclasses.replace(data, flags=flags),
        bad(status="open", amount=5.0, **due),
        bad(status="open", amount=6.0, **(due | {"created_on": "2026-07-15"})),
    )
    told = found(data)
    why = (("rejected", 1), ("missing_amount", 1), ("overdue", 1))
    assert told["opening"] == (100.0, 100.0, 235.0, why)
    assert told["created"] == (9.0, 9.0, 15.0, (("rejected", 1),))


def test_what_the_data_lacks_has_no_bounds():
    """Without amounts, creation days, closings or a history only what is known is bounded."""
    told = found(build_slice([], absent=("amount", "created_on")))
    assert told == {"won_count": (0.0, 0.0, 0.0, ())}
    assert set(found(build_slice([]))) == {"won_amount", "won_count", "created_count"}


def test_only_large_doubts_are_worth_a_sentence():
    """More than a twentieth of a figure, five points of a rate; the largest first."""
    rows = [
        ("bookings.won_amount", 100.0, 100.0, 105.0, (("rejected", 1),)),
        ("bookings.won_count", 10.0, 10.0, 11.0, (("rejected", 1),)),
        ("conversion.win_rate", 0.3, 0.24, 0.3, (("rejected", 1),)),
        ("conversion.win_rate", 0.3, 0.26, 0.3, (("rejected", 1),)),
        ("pipeline.opening", 0.0, 0.0, 0.0, ()),
    ]
    told = quality.noteworthy(pd.DataFrame(rows, columns=quality.COLUMNS))
    assert told["measure"].tolist() == ["bookings.won_count", "conversion.win_rate"]
    nothing = [("bookings.won_amount", 0.0, 0.0, 9.0, (("rejected", 1),))]
    assert len(quality.noteworthy(pd.DataFrame(nothing, columns=quality.COLUMNS))) == 1


AMOUNTS = st.integers(1, 9).map(float)
STATUSES = st.sampled_from(["won", "lost", None])


@settings(max_examples=30)
@given(
    won=st.lists(AMOUNTS, min_size=1, max_size=4),
    lost=st.integers(0, 3),
    doubtful=st.lists(st.tuples(STATUSES, AMOUNTS), max_size=4),
)
def test_bounds_are_the_extremes_of_all_repairs(won, lost, doubtful):
    """No way to repair the rejected rows leaves the bounds, and some way reaches each."""
    deals = [closing(n, "2026-08-01", amount) for n, amount in enumerate(won)]
    deals += [closing(100 + n, "2026-08-01", 1.0, "lost") for n in range(lost)]
    rows = [bad(status=s, closed_on="2026-08-02", amount=a) for s, a in doubtful]
    told = found(with_bad(build_slice(deals), *rows))
    fates = [("won", "lost", "none") if s is None else (s, "none") for s, _ in doubtful]
    seen = []
    for fate in itertools.product(*fates):
        amounts = [*won, *(a for (_, a), end in zip(doubtful, fate, strict=True) if end == "won")]
        missed = lost + fate.count("lost")
        n = len(amounts)
        seen.append((sum(amounts), n, n / (n + missed), np.mean(amounts)))
    names = ("won_amount", "won_count", "win_rate", "average_won_amount")
    for name, values in zip(names, zip(*seen, strict=True), strict=True):
        assert told[name][1:3] == pytest.approx((min(values), max(values))), name
