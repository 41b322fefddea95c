"""Timelines and books of a few deals made by hand."""

import pandas as pd
import pytest

from tests.unit.metrics.conftest import build_slice

STAGES = ("Qualify", "Propose", "Negotiate")
SWINGS = (
    0.8,
    1.1,
    0.95,
    1.25,
    1.0,
    0.7,
    1.15,
    0.9,
    1.05,
    1.2,
)  # what a quarter's amounts are times


def deal(number, status="won", created="2025-01-15", closed="2025-03-20", **more):
    """Return a deal's row; open ones have no closing day."""
    row = {"opportunity_id": f"d{number:03}", "created_on": created, "status": status}
    row |= {"closed_on": None if status == "open" else closed, "amount": 1000.0} | more
    return {"list_amount": row["amount"]} | row


@pytest.fixture(scope="session")
def make():
    """Return a function that makes a slice with the stages of these tests."""

    def made(deals, changes=None, *, as_of="2026-11-10", data_since="2024-01-01", **more):
        return build_slice(
            deals, changes, as_of=as_of, data_since=data_since, stages=STAGES, **more
        )

    return made


def steady(quarters=10, each=12, first="2024-01-01", open_deals=8, amount=1000.0):
    """Return deals of quarters alike: a third lost, each closed 60 days after its creation.

    A quarter brings 20 times the amount, and that times its swing.
    """
    begin = pd.Timestamp(first)
    rows = []
    for q in range(quarters):
        for n in range(each):
            closed = begin + pd.DateOffset(months=3 * q) + pd.Timedelta(days=5 + 80 * n // each)
            status = "lost" if n % 3 == 2 else "won"
            born = (closed - pd.Timedelta(days=60)).date().isoformat()
            day = closed.date().isoformat()
            worth = amount * (1 + n % 4) * SWINGS[q % len(SWINGS)]
            rows.append(deal(len(rows), status, born, day, amount=worth))
    begin += pd.DateOffset(months=3 * quarters)
    for n in range(open_deals):
        born = (begin - pd.Timedelta(days=10 + 6 * n)).date().isoformat()
        rows.append(deal(len(rows), "open", born, amount=amount * (1 + n % 4)))
    return rows
