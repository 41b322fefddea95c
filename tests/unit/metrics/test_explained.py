"""What was planted into the sample is the first cause told; of a new team nothing is claimed."""

import dataclasses

import pandas as pd
import pytest

from qbr_lib.data import sample, slices
from qbr_lib.data.sample.organisation import STAGES
from qbr_lib.metrics import causes, explained
from tests.unit.metrics.conftest import changes_frame

# By what was planted: cause, name and subject of the first cause told.
FIRST = {
    "record_deal": ("size", "average", ""),
    "too_few_new_deals": ("volume", "created", ""),
    "lost_to_one_competitor": ("win_rate", "competitor", "Kontora"),
    "smaller_deals_through_mix": ("size", "average", ""),
    "slipped_deals": ("slipped", "slipped", ""),
    "bottleneck_in_one_stage": ("time", "days", "Proposal"),
    "beat_through_activity": ("volume", "created", ""),
}
TRUTHS = {truth.team_id: truth for truth in sample.TRUTHS}


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Return a function that opens the sample's last full quarter of a team."""
    root = tmp_path_factory.mktemp("sample")
    (root / "parameters").mkdir()
    text = f"company: Probe\nsource:\n  kind: sample\nmapping: sample\nstages: {list(STAGES)}\n"
    (root / "parameters" / "org.yml").write_text(text, encoding="utf-8")

    def one(team, quarter=sample.LAST_FULL_QUARTER, as_of="latest"):
        return slices.open_slice(team, str(quarter), as_of=as_of, workspace=root)

    return one


@pytest.mark.parametrize("team", TRUTHS)
def test_the_planted_truth_comes_first(opened, team):
    """Each team's planted cause is the first; the new team has no pattern and tells no usual."""
    found, truth = explained.explain(opened(team)), TRUTHS[team]
    if truth.cause == "too_early_to_say":
        assert not found.judged["pattern"].any()
        assert set(found.causes["kind"]) <= {"driver"}
    else:
        first = found.causes.iloc[0]
        assert (first["cause"], first["name"], first["subject"]) == FIRST[truth.cause]


def test_one_family_of_claims(opened):
    """All claims of the workbook are judged together, each cause once, the heaviest first."""
    found = explained.explain(opened("sued"))
    assert {"figure", "driver", "rate", "stage"} == set(found.judged["kind"])
    assert found.causes["cause"].is_unique
    pd.testing.assert_frame_equal(found.causes, causes.ranked(found.judged))


def test_rows_in_any_order(opened):
    """The order of the deals in the source changes no number and no order."""
    data = opened("ost")
    deals = data.opportunities[::-1].reset_index(drop=True)
    turned = dataclasses.replace(data, tables={**data.tables, "opportunities": deals})
    one, other = explained.explain(data), explained.explain(turned)
    pd.testing.assert_frame_equal(one.figures, other.figures)
    pd.testing.assert_frame_equal(one.judged, other.judged)
    pd.testing.assert_frame_equal(one.causes, other.causes)


def test_nothing_later_explains_a_past_quarter(opened):
    """Half a year later the same quarter has the same claims."""
    then, later = (
        explained.explain(opened("west", "2026-Q1", as_of)).judged
        for as_of in ("2026-03-31", "latest")
    )
    pd.testing.assert_frame_equal(then, later)


def test_an_empty_team(make_slice):
    """Without any deal nothing is claimed and nothing told, with or without a history."""
    for data in (make_slice(), make_slice(changes=[]), make_slice(stages=["A", "B"])):
        found = explained.explain(data)
        assert found.causes.empty
        assert found.drivers is None
        assert not found.judged["pattern"].any()


@pytest.mark.parametrize("status", ["won", "lost"])
def test_one_deal(make_slice, status):
    """A deal without amount, created day, product or stage; then with a history of another's only."""
    deal = {"opportunity_id": "d1", "status": status, "closed_on": "2026-08-01"}
    data = make_slice([deal], [], stages=["A", "B"])
    assert not explained.explain(data).judged["pattern"].any()
    history = changes_frame([("gone", "2026-08-01", "stage", "A", "B")])
    assert explained.explain(dataclasses.replace(data, history=history)).stages.decided == 1


def test_stages_that_the_organisation_does_not_list(make_slice):
    """Recorded changes of stages without an order tell nothing of stages, and break nothing."""
    deal = {"opportunity_id": "d1", "status": "won", "closed_on": "2026-08-01", "stage": "X"}
    changes = [("d1", "2026-07-01", "stage", None, "X"), ("d1", "2026-07-05", "stage", "X", "Y")]
    data = make_slice([deal], changes, stages=["A", "B"])
    assert explained.explain(data).stages.grade is None
    late = [
        *changes,
        ("d1", "2026-08-20", "stage", "Y", "A"),
    ]  # after its end: it counts for nothing
    assert explained.explain(make_slice([deal], late, stages=["A", "B"])).stages.decided == 1
