"""All teams as the page tells them: a running quarter misses no target, and no team is no error."""

import pytest

from qbr_lib.formats import Formats
from qbr_lib.metrics import bookings, portfolio
from qbr_lib.metrics.usual import COLUMNS
from qbr_lib.present import portfolio as page
from qbr_lib.present.sentences import known
from qbr_lib.words import in_language
from tests.unit.metrics.conftest import build_slice
from tests.unit.metrics.test_bookings import TARGET, closing

ENGLISH = Formats(in_language("en"), "EUR")


def company(as_of):
    """Return a company of one team, 300 of 1,000 won."""
    targets = [TARGET | {"value": 1000.0}]
    targets.append({"quarter": "2026-Q3", "scope": "company", "kind": "revenue", "value": 1000.0})
    deals = [closing(1, "2026-07-10", 300.0, created_on="2026-07-01")]
    return build_slice(deals, scope="company", tables={"targets": targets}, as_of=as_of)


@pytest.mark.parametrize(
    ("as_of", "said", "klass", "alerts"),
    [("2026-09-29", "€700 to go", None, 0), ("2026-09-30", "€700 short of target", -2.0, 1)],
    ids=["running", "over"],
)
def test_a_target_is_missed_once_the_quarter_is_over(as_of, said, klass, alerts):
    """Before the last day there is so much to go; no colour and no alert says more."""
    data = company(as_of)
    each = portfolio.each(data)
    rows, heat = portfolio.teams(each), portfolio.heat(each).set_index("key")
    shown = page.answer(data, known(bookings.measures(data)), rows, ENGLISH)
    assert f"1. Nord: {said}" in shown.text
    assert shown.html.count("verdict alert") == alerts
    assert page.team_table(rows, data, ENGLISH).html.count("alert") == alerts
    assert heat["klass"].dropna().tolist() == ([] if klass is None else [klass])


def test_without_teams():
    """Deals of no team give no matrix and no chart, but sentences."""
    frame = portfolio.heat([])
    assert frame.columns.tolist() == ["team_id", "name", "group", *COLUMNS]
    assert page.heat(frame, ENGLISH).text == "Without teams there is nothing to compare."
