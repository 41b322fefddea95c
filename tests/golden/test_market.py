"""Published answers on markets, records and unseen differences; see PROVENANCE.md."""

import json
from pathlib import Path

import pytest

from qbr_lib.metrics import effort, milestones

KNOWN = json.loads((Path(__file__).parent / "market.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", KNOWN["e_value"], ids=lambda row: str(row["ratio"]))
def test_e_value(row):
    """How strong an unseen difference would have to be, as published."""
    assert round(effort.e_value(row["ratio"]), 3) == row["value"]


@pytest.mark.parametrize("row", KNOWN["records"], ids=lambda row: str(row["n"]))
def test_records(row):
    """How many of n quarters alike are records when they come."""
    assert round(milestones.expected_records(row["n"]), 3) == row["expected"]
