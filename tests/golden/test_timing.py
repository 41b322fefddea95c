"""Published answers on time, coverage, forecasts and velocity; PROVENANCE.md says where from."""

import json
from pathlib import Path

import numpy as np
import pytest

from qbr_lib.metrics import accuracy, linearity, pipeline, survival
from qbr_lib.metrics.velocity import Levers

KNOWN = json.loads((Path(__file__).parent / "timing.json").read_text(encoding="utf-8"))
ENDS = np.array(["open", "won", "lost"], dtype=object)
SWAPPED = ENDS[[0, 2, 1]]


def curve(times, ends):
    """Return the curve of subjects that are all seen from the start."""
    return survival.curve(np.zeros(len(times), dtype=int), times, ends)


def test_remission_of_leukaemia():
    """One cause: the share still in remission and its median equal the textbook's."""
    known = KNOWN["freireich_6mp"]
    events, censored = known["events"], known["censored"]
    made = curve([*events, *censored], ["won"] * len(events) + ["open"] * len(censored))
    found = dict(zip(map(str, made.age.tolist()), np.round(made.open, 4).tolist(), strict=True))
    assert found == known["open"]
    assert made.age[made.open <= 0.5][0] == known["median_of_all"]
    assert round(np.mean(events), 1) == known["mean_of_events"]
    assert made.mean() > np.mean(events)


@pytest.mark.parametrize("group", KNOWN["bmt"], ids=lambda group: f"disease {group['disease']}")
def test_bone_marrow_transplants(group):
    """Two causes: the shares and their errors equal those printed in the article's guide."""
    times, status = np.array(group["time_and_status"]).T
    first, other = curve(times, ENDS[status]), curve(times, SWAPPED[status])
    for row in group["shares"]:
        place = np.searchsorted(first.age, row["day"], side="right") - 1
        found = [round(float(made.won[place]), 4) for made in (first, other)]
        assert found == row["shares"]
        assert first.lost[place] == pytest.approx(other.won[place])
    if group["errors"]:
        day = int(first.age[-1])
        assert [round(made.error(day), 4) for made in (first, other)] == group["errors"]


def test_five_subjects():
    """Nobody censored: the shares are those counted, the variance the binomial's."""
    known = KNOWN["five_subjects"]
    ends = ["won"] * known["first_cause"] + ["lost"] * known["other_cause"]
    made = curve(range(1, 6), ends)
    assert [made.won[-1], made.lost[-1]] == pytest.approx(known["shares"])
    assert made.error(5) ** 2 == pytest.approx(known["variance"])


@pytest.mark.parametrize("row", KNOWN["forecast"], ids=lambda row: f"{row['actual']}")
def test_forecasts(row):
    """A forecast of 4.0 by each definition in use."""
    told = accuracy.variants(row["forecast"], row["actual"])
    assert {name: round(value, 3) for name, value in told.items()} == {
        name: row[name] for name in told
    }
    assert round(accuracy.signed_error(row["forecast"], row["actual"]), 3) == row["error"]


@pytest.mark.parametrize("row", KNOWN["velocity"], ids=lambda row: f"{row['deals']} deals")
def test_velocity(row):
    """Deals, average deal, win rate and days come to the published money a day."""
    made = Levers(row["deals"], row["amount"], row["win_rate"], row["days"])
    assert round(made.velocity, 2) == row["per_day"]


def test_coverage(make_slice):
    """4.8 million open for 1.6 million is 3 times; at 22 % it fills 66 % of the gap."""
    known = KNOWN["coverage"]
    goal = {"quarter": "2026-Q3", "scope": "team", "scope_id": "nord", "kind": "revenue"}
    deal = {"opportunity_id": "d", "created_on": "2026-05-01", "expected_close_on": "2026-09-15"}
    data = make_slice(
        [deal | {"amount": known["open"]}],
        [],
        tables={"targets": [goal | {"value": known["target"]}]},
    )
    outcome = pipeline.measures(data)[-1]
    assert outcome.value == known["coverage"]
    assert outcome.value * known["win_rate"] == pytest.approx(known["share_of_gap"])


def test_months(make_slice):
    """1.5, 2 and 5.5 million: 16.7, 22.2 and 61.1 %."""
    known = KNOWN["months"]
    deals = [
        {"opportunity_id": f"d{n}", "status": "won", "closed_on": f"2026-0{n}-10", "amount": amount}
        for n, amount in enumerate(known["won"], start=7)
    ]
    shares = linearity.by_month(make_slice(deals))["share"]
    assert [round(share, 3) for share in shares] == known["shares"]
