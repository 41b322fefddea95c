"""Published answers on markets, records and unseen differences; see PROVENANCE.md."""

import json
from pathlib import Path

import pandas as pd
import pytest

from qbr_lib.metrics import effort, market, milestones

KNOWN = json.loads((Path(__file__).parent / "market.json").read_text(encoding="utf-8"))


def test_shift_share():
    """A published table of four industries: each part of the growth, and the parts' sum."""
    known = KNOWN["shift_share"]
    then, now, growth = (pd.Series(known[name]) for name in ("then", "now", "growth"))
    parts = market.shift_share(then, now, growth, known["overall"])
    for name in ("national", "mix", "competitive"):
        assert parts[name].sum() == pytest.approx(known[name])
    assert parts["competitive"].tolist() == pytest.approx(known["competitive_each"])
    assert parts.sum().sum() == pytest.approx(630.0)


@pytest.mark.parametrize("row", KNOWN["e_value"], ids=lambda row: str(row["ratio"]))
def test_e_value(row):
    """How strong an unseen difference would have to be, as published."""
    assert round(effort.e_value(row["ratio"]), 3) == row["value"]


@pytest.mark.parametrize("row", KNOWN["records"], ids=lambda row: str(row["n"]))
def test_records(row):
    """How many of n quarters alike are records when they come."""
    assert round(milestones.expected_records(row["n"]), 3) == row["expected"]
