"""What was known on a day is all that an outlook of that day uses."""

import dataclasses
import datetime as dt

import numpy as np
import pytest
from ruamel.yaml import YAML

from qbr_lib.data import slices, store
from qbr_lib.data.endings import day_of
from qbr_lib.data.sample.tables import tables
from qbr_lib.outlook import origins
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from tests.simulation import histories

HISTORIES = 6


def same(one, other):
    """Hold two origins against each other, number by number."""
    for name in ("booked", "rest", "draws", "naive", "naive_error"):
        pair = (getattr(one, name), getattr(other, name))
        np.testing.assert_allclose(*pair, rtol=1e-9, atol=1e-6, err_msg=name)
    assert one.key == other.key


def _end(text, week):
    """Return a quarter and the last day of one of its weeks; 0 is the day before it."""
    quarter = Quarter.parse(text, starts=1)
    return quarter, quarter.first_day + dt.timedelta(days=7 * week - 1)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Prepare the sample in one currency, since open deals are converted at the day's rate."""
    root = tmp_path_factory.mktemp("sample") / "w"
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    for name, frame in tables().items():
        frame = frame.assign(currency="EUR") if name == "opportunities" else frame
        if name in ("opportunities", "opportunity_events", "teams", "reps"):
            frame.to_csv(root / "data" / f"{name}.csv", index=False)
    org = {"company": "Probe", "mapping": "sample", "source": {"kind": "folder", "path": "../data"}}
    org |= {"stages": ["Qualified", "Needs analysed", "Proposal", "Negotiation"]}
    with (root / "parameters" / "org.yml").open("w", encoding="utf-8") as stream:
        YAML().dump(org, stream)
    return load_workspace(root)


@pytest.fixture(scope="module")
def random(tmp_path_factory):
    """Write a few random histories: deals that are reopened, removed and re-dated."""
    histories_ = pytest.MonkeyPatch()
    histories_.setattr(histories, "DEALS", 80)
    root = tmp_path_factory.mktemp("random") / "w"
    yield histories.write(root, HISTORIES, 5, tidy=True)
    histories_.undo()


def _pairs(place, teams, quarter, day):
    """Yield what the whole history and an export of the day say of it, team by team."""
    back = store.prepare(place, as_of=day.isoformat())
    early = [slices.load(back, place, team=one, quarter=quarter.previous) for one in teams]
    full = store.prepare(place)
    for one, then in zip(teams, early, strict=True):
        now = slices.load(full, place, team=one, quarter=quarter.previous)
        then = dataclasses.replace(then, data_since=now.data_since)
        yield tuple(origins.at(origins.book(one), quarter, day_of(day)) for one in (now, then))


@pytest.mark.parametrize(("text", "week"), [("2026-Q3", 1), ("2025-Q4", 7), ("2026-Q4", 0)])
def test_nothing_later_is_used(sample, text, week):
    """The sample's teams and the company, whole and as exported on the day: the same outlook."""
    teams = ["rhein-main", "behoerden", "berlin", "company"]
    for now, then in _pairs(sample, teams, *_end(text, week)):
        same(now, then)


@pytest.mark.parametrize(("text", "week"), [("2026-Q2", 5), ("2026-Q3", 9), ("2026-Q3", 0)])
def test_whatever_happened_later(random, text, week):
    """Deals reopened, removed, re-dated and revalued after the day are as they were on it."""
    groups = [f"group:g{n:04}" for n in range(HISTORIES)]
    for now, then in _pairs(random, groups, *_end(text, week)):
        same(now, then)
