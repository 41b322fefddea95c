"""Notes on competitors beside the teams' own record against them."""

from qbr_lib.metrics import competitors
from tests.unit.metrics.test_bookings import closing


def test_notes_of_the_quarter_beside_the_record(make_slice):
    """Only notes of the quarter; names are alike whatever their case; none decided is 0 of 0."""
    deals = [
        closing(1, "2026-07-01", competitor="Kontora"),
        closing(2, "2026-08-01", status="lost", competitor="kontora "),
        closing(3, "2026-09-30", status="lost", competitor="Kontora"),
        closing(4, "2026-04-01", competitor="Kontora"),
    ]
    noted = [
        ("2026-09-01", "Alpha", "slow"),
        ("2026-08-01", "KONTORA", "new office"),
        ("2026-07-01", "Kontora", "cheaper"),
        ("2026-10-01", "Kontora", "later"),
    ]
    rows = [dict(zip(("noted_on", "competitor", "note"), one, strict=True)) for one in noted]
    found = competitors.notes(make_slice(deals, tables={"competitor_notes": rows}))
    assert found["note"].tolist() == ["cheaper", "new office", "slow"]
    assert found[["won", "decided"]].to_numpy().tolist() == [[1, 3], [1, 3], [0, 0]]
    assert found["competitor"].tolist() == ["Kontora", "Kontora", "Alpha"]
    assert found["low"].isna().tolist() == [False, False, True]
