"""Activities of the quarter, by kind."""

import pandas as pd
import pytest

from qbr_lib.measures import NO_ACTIVITIES, NO_KIND
from qbr_lib.metrics import activity


def _slice(make_slice, *rows):
    data = make_slice(tables={"activities": []})
    frame = pd.DataFrame(rows, columns=["team_id", "kind", "done_on"])
    frame["done_on"] = pd.to_datetime(frame["done_on"])
    data.tables["activities"] = frame
    return data


def test_counted_by_hand(make_slice, values):
    """Only the team's own activities of the quarter count, each under one kind at most."""
    data = _slice(
        make_slice,
        ("nord", "Meeting", "2026-07-01"),
        ("nord", "Phone Call", "2026-09-30"),
        ("nord", "fax", "2026-08-01"),
        ("sued", "Meeting", "2026-08-01"),
        ("nord", "Meeting", "2026-10-01"),
        ("nord", "email", "2026-04-01"),
    )
    found = values(activity.measures(data))
    assert found == {"done": 3.0, "calls": 1.0, "meetings": 1.0, "demos": None, "emails": 0.0}


def test_a_kind_never_named_is_missing_not_zero(make_slice, reasons):
    """A table that never names a kind cannot say that none was done."""
    found = reasons(activity.measures(_slice(make_slice, ("nord", "call", "2026-07-01"))))
    assert found["meetings"] == (NO_KIND, {})
    assert reasons(activity.measures(make_slice()))["done"] == (NO_ACTIVITIES, {})


@pytest.mark.parametrize(
    ("name", "kind"),
    [("Anruf", "calls"), ("Produkt-Demo", "demos"), ("E-Mail", "emails"), ("Besuch", "meetings")],
)
def test_kinds_of_other_systems(name, kind):
    """German and English names of a kind count alike."""
    assert activity.kind_of(pd.Series([name], dtype="str")).to_list() == [kind]
