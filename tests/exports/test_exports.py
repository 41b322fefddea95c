"""Five systems export one world, each in its own shape: the same measures, or a declared gap."""

import pytest
from ruamel.yaml import YAML

from qbr_lib.data import slices, store
from qbr_lib.measures import NO_HISTORY, NO_PLANS, Measure
from qbr_lib.metrics import bookings, conversion, cycle, pipeline
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.schema import LOST, WON
from tests.exports import shapes, world

SCOPES = dict.fromkeys(world.TEAMS, world.QUARTERS) | {"company": world.QUARTERS[-1:]}
NEVER = {"leads", "activities", "forecasts", "market", "competitor_notes", "fx_rates"}

# What each export cannot give: the reason for the whole pipeline, and what `qbr check` says is
# missing beside `NEVER`, which none of them has.
GAPS = {
    "salesforce": (None, {"accounts"}),
    "hubspot": (
        NO_PLANS,
        {"opportunity_events.expected_close_on", "opportunities.competitor", "reps"},
    ),
    "pipedrive": (
        NO_HISTORY,
        {"opportunity_events or opportunity_snapshots", "opportunities.competitor"},
    ),
    "dynamics": (
        NO_HISTORY,
        {"opportunity_events or opportunity_snapshots", "opportunities.competitor", "reps"},
    ),
    "csv": (NO_HISTORY, {"opportunity_events or opportunity_snapshots", "reps"}),
}


def _workspace(root, writer, deals):
    folder = root / "export"
    folder.mkdir(parents=True)
    given = writer(folder, deals)
    (root / "parameters").mkdir()
    organisation = {"company": "Welt", "currency": "EUR", "timezone": "Europe/Berlin"}
    organisation |= {"mapping": given["mapping"]}
    organisation["source"] = {"kind": "folder", "path": "../export", **given["source"]}
    with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(organisation, stream)
    return load_workspace(root)


@pytest.fixture(scope="module")
def deals():
    return world.deals()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory, deals):
    """Return every export prepared, and the canonical tables as "truth"."""
    found = {}
    for name, writer in {"truth": shapes.canonical, **shapes.WRITERS}.items():
        place = _workspace(tmp_path_factory.mktemp(name), writer, deals)
        found[name] = (place, store.prepare(place))
    return found


@pytest.fixture(scope="module")
def outcomes(prepared):
    """Return every outcome of every export by (scope, quarter, id)."""
    return {name: _outcomes(*one) for name, one in prepared.items()}


def _outcomes(place, made):
    found = {}
    last = Quarter.parse(world.QUARTERS[-1], starts=1)
    for scope, quarters in SCOPES.items():
        data = slices.load(made, place, team=scope, quarter=last)
        for quarter in quarters:
            then = data.at(Quarter.parse(quarter, starts=1))
            measured = [*bookings.measures(then), *conversion.measures(then)]
            measured += [*cycle.measures(then), *pipeline.measures(then)]
            found |= {(scope, quarter, one.id): one for one in measured}
    return found


@pytest.mark.parametrize("name", GAPS)
def test_identical_or_declared(outcomes, name):
    """Every measure of every team and quarter equals the truth's, or its gap is the declared one."""
    truth, found = outcomes["truth"], outcomes[name]
    gap = GAPS[name][0]
    assert set(found) == set(truth)
    differing = {
        key: (one, truth[key])
        for key, one in found.items()
        if not (gap and key[2].startswith("pipeline.")) and one != truth[key]
    }
    assert differing == {}, "\n".join(f"{k}: {v}" for k, v in differing.items())
    undeclared = {
        key: one
        for key, one in found.items()
        if gap and key[2].startswith("pipeline.") and getattr(one, "reason", None) != gap
    }
    assert undeclared == {}


@pytest.mark.parametrize("name", GAPS)
def test_the_gaps_are_told(prepared, name):
    """What an export lacks stands in its hygiene, nothing else does, and no row is rejected."""
    hygiene = prepared[name][1].hygiene
    assert {missing for missing, _ in hygiene["impossible"]} == GAPS[name][1] | NEVER
    assert (hygiene["deals"], hygiene["rejected"]) == (320, 0)


def test_the_truth_is_the_world(outcomes, deals):
    """The canonical tables give what adding up the world by hand gives."""
    for quarter in world.QUARTERS:
        first = Quarter.parse(quarter, starts=1)
        for team in world.TEAMS:
            closed = [
                deal
                for deal in deals
                if deal.team == team
                and deal.closed
                and first.first_day <= deal.closed.date() <= first.last_day
            ]
            won = [deal for deal in closed if deal.status == WON]
            found = outcomes["truth"]
            assert found[team, quarter, "bookings.won_count"].value == len(won)
            assert found[team, quarter, "bookings.won_amount"].value == round(
                sum(deal.amount for deal in won), 2
            )
            lost = sum(deal.status == LOST for deal in closed)
            assert found[team, quarter, "bookings.lost_count"].value == lost


def test_the_world_moves(outcomes):
    """The comparison has something to compare: every flow but those the world lacks occurs."""
    sums = {}
    for (_, _, name), one in outcomes["truth"].items():
        if isinstance(one, Measure):
            sums[name] = sums.get(name, 0) + abs(one.value)
    still = {name for name, value in sums.items() if value == 0}
    assert still == {
        "pipeline.reopened",
        "pipeline.transferred",
        "pipeline.removed",
        "pipeline.residual",
    }
    assert isinstance(outcomes["truth"]["Nord", "2026-Q1", "bookings.attainment"], Measure)
    assert isinstance(outcomes["truth"]["Nord", "2026-Q1", "pipeline.coverage"], Measure)
