"""The sample organisation: the same each time, and what was planted can be found."""

import pytest

from qbr_lib.data import sample, slices
from qbr_lib.data.sample.organisation import STAGES
from qbr_lib.metrics import bookings, drivers, effort, feats, patterns, rates, stages, usual

TRUTHS = {truth.team_id: truth for truth in sample.TRUTHS}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Make a workspace of the sample organisation, apart from the project's own."""
    root = tmp_path_factory.mktemp("sample")
    (root / "parameters").mkdir()
    text = "company: Probe\nsource:\n  kind: sample\nmapping: sample\n"
    text += f"stages: {list(STAGES)}\n"
    (root / "parameters" / "org.yml").write_text(text, encoding="utf-8")
    return root


@pytest.fixture(scope="module", params=TRUTHS)
def planted(request, workspace):
    """Return a truth and the slice it was planted in."""
    quarter = str(sample.LAST_FULL_QUARTER)
    return TRUTHS[request.param], slices.open_slice(request.param, quarter, workspace=workspace)


def _largest(data):
    """Tell whether the quarter holds the largest deal so far."""
    return "largest" in [one.rule for one in feats.found(data, feats.won_so_far(data))]


def test_one_truth_a_team():
    """Every team has one, and no two teams the same."""
    assert list(TRUTHS) == [team.team_id for team in sample.TEAMS]
    assert len({truth.cause for truth in sample.TRUTHS}) == len(TRUTHS)


def test_the_figure_shows_it(planted):
    """The figure the truth names stands where the truth says, against the team's usual range."""
    truth, data = planted
    places = usual.table(data).set_index("key")["place"]
    if truth.cause == "too_early_to_say":
        assert set(places) == {"too_early"}
    elif truth.figure:
        assert places[truth.figure] == truth.place
    else:
        assert _largest(data)


def test_the_largest_cause_of_the_change(planted):
    """Where a factor of revenue was planted it is the largest one; of a new team nothing is said."""
    truth, data = planted
    found = drivers.on_previous(data)
    known = {
        "too_few_new_deals": "volume",
        "lost_to_one_competitor": "win_rate",
        "smaller_deals_through_mix": "mix",
        "slipped_deals": "volume",
    }
    if truth.cause in known:
        assert drivers.largest(found) == known[truth.cause]
    if truth.cause == "too_early_to_say":
        assert drivers.table(found)["chance"].isna().all()


def test_only_one_team_has_a_record(planted):
    """A record deal stands in one team's quarter, and is no accident of another's."""
    truth, data = planted
    assert _largest(data) == (truth.cause == "record_deal")


def test_more_meetings_are_a_pattern_of_one_team_only(planted):
    """Even in a family of fifty claims the planted meetings stand out, and nobody else's do."""
    truth, data = planted
    idle = patterns.Claim("figure", "idle", "", 1.0, 1.0, 0.0, 1.0, 9, favourable=False)
    judged = patterns.judged([*effort.claims(data), *[idle] * 48])
    named = set(judged.loc[judged["pattern"], "name"])
    assert named == ({"activity.meetings"} if truth.cause == "beat_through_activity" else set())
    if truth.cause == "too_early_to_say":
        assert judged.loc[judged["name"] != "idle", "chance"].isna().all()


def test_the_parts_show_it(planted):
    """Losses to one competitor, and the stage in which deals wait, are the largest pattern."""
    truth, data = planted
    known, funnel = rates.tables(data), stages.funnel(data)
    found = patterns.judged([*rates.claims(known), *stages.claims(funnel)])
    told = found.loc[found["pattern"], ["name", "subject", "favourable"]].to_numpy().tolist()
    expected = {
        "lost_to_one_competitor": ["competitor", "Kontora", False],
        "bottleneck_in_one_stage": ["days", "Proposal", False],
    }
    if truth.cause in expected:
        assert told[0] == expected[truth.cause]
        assert found["money"].iloc[0] < 0
    if truth.cause == "too_early_to_say":
        assert found["chance"].isna().all()


def test_attainment(planted):
    """Revenue against the recorded target is what the truth was planted with."""
    truth, data = planted
    goal = bookings.target(data, data.quarter)
    assert bookings.won_amount(data, data.quarter) / goal == pytest.approx(truth.attainment, 0.02)


def test_the_same_each_time():
    """One seed gives one organisation, another seed another one."""
    first, again, other = (sample.tables(seed) for seed in (1, 1, 2))
    assert all(first[name].equals(again[name]) for name in first)
    assert not first["opportunities"].equals(other["opportunities"])
