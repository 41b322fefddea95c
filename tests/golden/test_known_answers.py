"""Published answers, reproduced; PROVENANCE.md says where each comes from."""

import json
from pathlib import Path

import pytest

from qbr_lib.metrics import bookings, conversion, pipeline

KNOWN = json.loads((Path(__file__).parent / "known_answers.json").read_text(encoding="utf-8"))
INSIDE, AFTER = "2026-09-15", "2026-11-01"


def found(outcomes):
    """Return the values of the measures by id."""
    return {one.id: one.value for one in outcomes if hasattr(one, "value")}


@pytest.mark.parametrize("row", KNOWN["wilson"], ids=lambda row: f"{row['won']}/{row['decided']}")
def test_wilson(row):
    """The interval of a win rate equals the published one to its last digit."""
    low, high = conversion.wilson(row["won"], row["decided"])
    digits = max(len(str(row[side]).partition(".")[2]) for side in ("low", "high"))
    assert (round(low, digits), round(high, digits)) == (row["low"], row["high"])


def test_created_and_closed_win_rate(make_slice):
    """Three won, seven lost, ninety open: 30 % of the decided deals, 3 % of the created ones."""
    known = KNOWN["created_and_closed_win_rate"]
    decided = [("won", known["won"]), ("lost", known["lost"])]
    states = [status for status, count in decided for _ in range(count)] + ["open"] * known["open"]
    deals = [
        {
            "opportunity_id": f"d{number}",
            "status": status,
            "created_on": "2026-07-02",
            "closed_on": None if status == "open" else "2026-08-01",
        }
        for number, status in enumerate(states)
    ]
    rates = found(conversion.measures(make_slice(deals)))
    assert rates["conversion.win_rate"] == known["closed"]
    assert rates["conversion.win_rate_created_cohort"] == known["created"]


def test_month_3_share(make_slice):
    """1.5, 2 and 5.5 million by month: 61.1 % in the third."""
    known = KNOWN["month_3_share"]
    deals = [
        {"opportunity_id": f"d{n}", "status": "won", "closed_on": f"2026-0{n}-10", "amount": amount}
        for n, amount in enumerate(known["months"], start=7)
    ]
    share = found(bookings.measures(make_slice(deals)))["bookings.month_3_share"]
    assert round(share, 3) == known["share"]


def test_bridge(make_slice):
    """A published waterfall, rebuilt deal by deal, ends at its published end."""
    known = KNOWN["bridge"]
    lowered, left = -known["decreased"], known["closing"] - known["created"] - known["pulled_in"]
    stays = known["opening"] + known["won"] + known["lost"]
    deals = [
        _deal("won", status="won", closed_on="2026-08-20", amount=-known["won"]),
        _deal("lost", status="lost", closed_on="2026-08-20", amount=-known["lost"]),
        _deal("new", created_on="2026-07-10", amount=known["created"]),
        _deal("pulled", amount=known["pulled_in"]),
        _deal("changed", amount=left),
    ]
    raised = stays + known["increased"]
    changes = [
        ("pulled", "2026-08-01", "expected_close_on", AFTER, INSIDE),
        ("changed", "2026-08-01", "amount", f"{stays:.2f}", f"{raised:.2f}"),
        ("changed", "2026-08-02", "amount", f"{raised:.2f}", f"{raised - lowered:.2f}"),
    ]
    bars = found(pipeline.measures(make_slice(deals, changes)))
    assert {name: bars[f"pipeline.{name}"] for name in known} == known
    assert bars["pipeline.residual"] == 0.0


def _deal(name, **given):
    usual = {"created_on": "2026-04-01", "expected_close_on": INSIDE}
    return {"opportunity_id": name} | usual | given
