"""A goal's first and present target."""

import datetime as dt

import pytest

from qbr_lib.measures import REGISTRY, Definition
from qbr_lib.record import Goal, Revision, read

SHARE = "goals: [{id: share, title: A tenth, kind: market_share, metric: market.share, scope: {company: ''}, owner: team, target: 0.1}]\n"


def _goal(*values):
    revisions = tuple(
        Revision(at=dt.date(2026, 10, day), by="lead", value=value, reason="agreed")
        for day, value in enumerate(values, 1)
    )
    return Goal(
        id="g",
        title="Grow",
        kind="revenue",
        metric="bookings.won_amount",
        scope={"team": "nord"},
        owner="team",
        target=100,
        revisions=revisions,
    )


@pytest.mark.parametrize(
    ("values", "current", "adjusted"),
    [((), 100, False), ((100,), 100, False), ((100, 120), 120, True), ((120, 100), 100, False)],
)
def test_targets(values, current, adjusted):
    """The first target stays; the present one is the one agreed last."""
    goal = _goal(*values)
    assert (goal.original, goal.current, goal.adjusted) == (100, current, adjusted)


def test_measures_are_those_of_the_registry(monkeypatch, write):
    """A measure that the registry has is accepted, whenever it came there."""
    monkeypatch.setitem(REGISTRY, "market.share", Definition("ratio", "Share", "Won ÷ market."))
    assert read(write(SHARE)).record.goal("share").metric == "market.share"
