"""The four levers and what they come to a day."""

import pytest

from qbr_lib.metrics import velocity


def deal(number, status="open", **given):
    """Return a deal created on the first of July."""
    return {"opportunity_id": f"d{number}", "status": status, "created_on": "2026-07-01"} | given


CLOSED = {"closed_on": "2026-07-11", "amount": 100.0}


def test_worked_example(make_slice):
    """Three open deals, 100 on average, one of two won in 10 days: 15 a day."""
    deals = [
        deal(1),
        deal(2),
        deal(3, status="won", closed_on="2026-10-05"),
        deal(4, "won", **CLOSED),
    ]
    found = velocity.levers(make_slice([*deals, deal(5, "lost", **CLOSED)], as_of="2026-10-10"))
    assert found == velocity.Levers(deals=3, amount=100.0, win_rate=0.5, days=10.0)
    assert found.velocity == 15.0


@pytest.mark.parametrize(
    ("deals", "given"),
    [
        ([deal(1)], {}),
        ([deal(1, "won", closed_on="2026-07-11")], {}),
        ([deal(1, "won", closed_on="2026-07-01", amount=1.0)], {}),
        ([deal(1, "won", **CLOSED)], {"absent": ["created_on"]}),
    ],
    ids=["nothing won", "no amount", "no day", "no creation days"],
)
def test_unknown(make_slice, deals, given):
    """Without one of the levers there is no velocity."""
    assert velocity.levers(make_slice(deals, **given)) is None
