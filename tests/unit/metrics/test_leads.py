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


def _lead(number, day, source="Fair", converted=None):
    known = {"lead_id": f"s{number}", "team_id": "nord", "created_on": day, "source": source}
    return known | {"converted_on": converted}


def test_earlier_leads_have_had_as_long(make_slice):
    """Ten days after the quarter, an earlier lead that converted twelve days after its own waits."""
    rows = [
        _lead(1, "2026-07-05", converted="2026-10-08"),
        _lead(2, "2026-09-30"),
        _lead(3, "2026-08-01", source=None),
        _lead(4, "2026-05-01", converted="2026-07-10"),
        _lead(5, "2026-06-01", converted="2026-07-12"),
        _lead(6, "2026-04-01", source="Web", converted="2026-04-02"),
        _lead(7, "2026-04-01"),
    ]
    found = leads.by_source(make_slice(tables={"leads": rows}, as_of="2026-10-10"))
    assert found["source"].fillna("none").tolist() == ["Fair", "none"]
    counts = ["leads", "converted", "leads_before", "converted_before"]
    assert found[counts].to_numpy().tolist() == [[2, 1, 3, 1], [1, 0, 0, 0]]


def test_a_running_quarter_is_held_against_the_same_days(make_slice):
    """After a month, earlier quarters count their first month as it stood then."""
    rows = [
        _lead(1, "2026-07-05"),
        _lead(2, "2026-04-02", converted="2026-05-30"),
        _lead(3, "2026-04-30", converted="2026-04-30"),
        _lead(4, "2026-05-20", converted="2026-05-20"),
        _lead(5, "2026-01-01"),
    ]
    found = leads.by_source(make_slice(tables={"leads": rows}, as_of="2026-07-31"))
    assert found[["leads_before", "converted_before"]].to_numpy().tolist() == [[3, 1]]


def test_the_quarter_in_which_leads_began_is_no_earlier_one(make_slice):
    """A table that begins in mid-quarter has no whole quarter to compare with."""
    rows = [_lead(1, "2026-07-05"), _lead(2, "2026-05-20")]
    found = leads.by_source(make_slice(tables={"leads": rows}))
    assert found[["leads", "leads_before"]].to_numpy().tolist() == [[1, 0]]
