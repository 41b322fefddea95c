"""A portfolio's additive measures are the sums of its teams', to the cent."""

import json

import pytest

from qbr_lib.formats import Formats
from qbr_lib.results import parse
from qbr_lib.run.totals import fault
from qbr_lib.words import in_language

FORMATS = Formats(in_language("en"), "EUR")
UNITS = {"bookings.won_amount": "money", "bookings.won_count": "count", "bookings.target": "money"}


def _result(values, tables=None):
    measures = {key: {"value": value, "unit": UNITS[key], "n": 1} for key, value in values.items()}
    data = {"schema": 1, "notebook": "x", "team": None, "quarter": "2026-Q3", "as_of": "2026-10-05"}
    data |= {"measures": measures, "tables": tables or {}, "unavailable": {}, "provenance": {}}
    return parse(data, where="test")


@pytest.fixture
def parts(tmp_path):
    """Write two teams' results whose cents do not add up exactly in binary."""
    values = {"nord": (0.10, 1), "sued": (0.20, 2)}
    for team, (amount, count) in values.items():
        measures = {"bookings.won_amount": amount, "bookings.won_count": count}
        record = _result({**measures, "bookings.target": 5.0}).to_json()
        (tmp_path / f"{team}.json").write_text(json.dumps(record))
    return {team: [tmp_path / f"{team}.json"] for team in values}


@pytest.mark.parametrize(
    ("values", "row", "sentence"),
    [
        ({"bookings.won_amount": 0.30, "bookings.won_count": 3}, None, None),
        ({"bookings.target": 99.0}, None, None),
        (
            {"bookings.won_amount": 0.31},
            None,
            "bookings.won_amount is €0.31 in the portfolio and €0.30 in the teams, "
            "a difference of €0.01.",
        ),
        (
            {"bookings.won_count": 2},
            None,
            "bookings.won_count is 2 in the portfolio and 3 in the teams, a difference of −1.",
        ),
        ({"bookings.won_amount": 1.30}, {"won_amount": 1.0}, None),
        ({"bookings.won_amount": 1.30}, {"bookings.won_amount": 1.0}, None),
        ({"bookings.won_amount": 1.30}, {"won_count": 1}, None),
    ],
    ids=["sum", "not additive", "cent", "count", "unassigned", "by id", "row does not tell"],
)
def test_fault(parts, values, row, sentence):
    """The first measure that differs is named with both numbers and the difference."""
    tables = {"teams": [{"team_id": "unassigned", **row}]} if row else {}
    assert fault(_result(values, tables), parts, FORMATS) == sentence
