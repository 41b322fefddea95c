"""A goal's first and present target."""

import datetime as dt

import pytest

from qbr_lib.errors import ParameterError
from qbr_lib.measures import REGISTRY, Definition
from qbr_lib.record import Drivers, Goal, Revision, read

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


PLAN = "{decided: 120, win_rate: 0.34, average_won_amount: 42000}"  # comes to 1,713,600
PLANNED = (
    "goals:\n- {{id: g, title: Grow, kind: revenue, metric: {metric}, scope: {{team: nord}}, owner: team,"
    " target: {target}, drivers: " + PLAN.replace("{", "{{").replace("}", "}}") + "}}\n"
)


def test_a_plan_leads_to_its_target(write):
    """Deals, rate and size stand beside a target that they come to, within 1 %."""
    text = PLANNED.format(metric="bookings.won_amount", target=1_700_000)
    goal = read(write(text)).record.goals[0]
    assert (goal.plan.decided, goal.plan.win_rate, goal.plan.average_won_amount) == (
        120,
        0.34,
        42000,
    )


@pytest.mark.parametrize(
    ("metric", "target", "got", "wanted"),
    [
        (
            "bookings.won_amount",
            1_800_000,
            "1,713,600.00",
            "decided × win_rate × average_won_amount within 1 % of the target 1,800,000.00",
        ),
        (
            "bookings.won_count",
            1_713_600,
            "some",
            "none: only a goal on bookings.won_amount has them",
        ),
    ],
    ids=["another sum", "no revenue"],
)
def test_a_plan_that_leads_elsewhere_is_refused(write, metric, target, got, wanted):
    """The message says what the plan comes to and what was wanted."""
    with pytest.raises(ParameterError) as caught:
        read(write(PLANNED.format(metric=metric, target=target)))
    assert str(caught.value) == (
        "A parameter is refused.\n"
        "  Where: records/2026-Q3/nord.yml, line 2, 'goals.0.drivers'\n"
        f"  Got: '{got}'\n"
        f"  Wanted: {wanted}\n"
        "  Edit: change 'goals.0.drivers' in records/2026-Q3/nord.yml"
    )


def test_the_plan_of_the_last_agreement_counts():
    """A revision brings its own plan; one without a plan leaves none that fits."""
    plan = Drivers(decided=10, win_rate=0.5, average_won_amount=20)
    wider = Drivers(decided=12, win_rate=0.5, average_won_amount=20)
    goal = _goal()
    assert goal.plan is None
    goal = goal.model_copy(update={"drivers": plan})
    assert goal.plan == plan
    with_plan = Revision(
        at=dt.date(2026, 10, 2), by="lead", value=120, reason="agreed", drivers=wider
    )
    without = Revision(at=dt.date(2026, 10, 3), by="lead", value=150, reason="agreed")
    assert goal.model_copy(update={"revisions": (with_plan,)}).plan == wider
    assert goal.model_copy(update={"revisions": (with_plan, without)}).plan is None
