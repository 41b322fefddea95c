"""Leads of the quarter, and what became of them so far."""

from qbr_lib.measures import NO_LEADS, NO_NEW_LEADS
from qbr_lib.metrics import leads

ROWS = [
    {"lead_id": "l1", "created_on": "2026-07-01", "team_id": "nord", "converted_on": "2026-07-20"},
    {"lead_id": "l2", "created_on": "2026-09-30", "team_id": "nord"},
    {"lead_id": "l3", "created_on": "2026-08-01", "team_id": "sued", "converted_on": "2026-08-02"},
    {"lead_id": "l4", "created_on": "2026-06-30", "team_id": "nord", "converted_on": "2026-07-02"},
    {"lead_id": "l5", "created_on": "2026-08-09", "team_id": "nord", "converted_on": "2026-10-02"},
    {"lead_id": "l6", "created_on": "2026-08-09", "team_id": "nord"},
]


def test_counted_by_hand(make_slice, values):
    """Four leads of the team came in during the quarter, two of them became a deal."""
    found = leads.measures(make_slice(tables={"leads": ROWS}))
    assert values(found) == {"created": 4.0, "conversion": 0.5}
    assert (found[1].low, found[1].high) != (None, None)


def test_without_a_base(make_slice, reasons):
    """No table and no lead are told apart."""
    assert reasons(leads.measures(make_slice()))["created"] == (NO_LEADS, {})
    none = leads.measures(make_slice(tables={"leads": ROWS}, quarter="2026-Q1"))
    assert reasons(none) == {"conversion": (NO_NEW_LEADS, {"quarter": "2026-Q1"})}
