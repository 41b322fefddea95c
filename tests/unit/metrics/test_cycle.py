"""Days from creation to closing: by hand, and where no deal has them."""

from qbr_lib.measures import NO_CLOSINGS, NO_CREATED, NO_LOST, NO_WON
from qbr_lib.metrics import cycle


def closing(number, status, created_on, closed_on="2026-08-31"):
    """Return a closed deal."""
    known = {"opportunity_id": f"d{number}", "status": status, "closed_on": closed_on}
    return known | {"created_on": created_on}


DEALS = [
    closing(1, "won", "2026-08-31"),
    closing(2, "won", "2026-08-21"),
    closing(3, "won", "2026-06-12"),
    closing(4, "won", None),
    closing(5, "lost", "2026-08-11"),
    closing(6, "won", "2026-01-01", closed_on="2026-06-30"),
    {"opportunity_id": "d7", "created_on": "2025-01-01"},
]


def test_worked_example(make_slice, values):
    """Won after 0, 10 and 80 days, lost after 20; deals without a creation day are left out."""
    outcomes = cycle.measures(make_slice(DEALS))
    assert values(outcomes) == {
        "median_days_won": 10.0,
        "median_days_lost": 20.0,
        "median_days_closed": 15.0,
        "mean_days_won": 30.0,
        "mean_days_closed": 27.5,
    }
    assert [one.n for one in outcomes] == [3, 1, 4, 3, 4]


def test_reasons_name_what_is_missing(make_slice, reasons):
    """Without a deal won it says so, even where deals were lost."""
    told = {"quarter": "2026-Q3"}
    found = reasons(cycle.measures(make_slice([DEALS[4]])))
    assert found == {"median_days_won": (NO_WON, told), "mean_days_won": (NO_WON, told)}
    assert reasons(cycle.measures(make_slice(DEALS[:1])))["median_days_lost"] == (NO_LOST, told)
    assert reasons(cycle.measures(make_slice()))["median_days_closed"] == (NO_CLOSINGS, told)


def test_deals_without_a_creation_day(make_slice, reasons):
    """Deals were won, but none says when it was created: that is the reason, not the closings."""
    assert reasons(cycle.measures(make_slice([DEALS[3]])))["median_days_won"][0] == NO_CREATED


def test_source_without_the_creation_day(make_slice, reasons):
    """A source without created_on has none of these."""
    found = reasons(cycle.measures(make_slice(DEALS, absent=["created_on"])))
    assert len(found) == 5
    assert {reason for reason, _ in found.values()} == {NO_CREATED}
