"""The shipped notebooks: the same inputs give the same files, and the future changes none."""

import hashlib
import shutil

import numpy as np
import pandas as pd
import pytest

from qbr_lib.cli import pages
from qbr_lib.data import sample, slices
from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.run import make_plan, run
from qbr_lib.schema import TABLES

pytestmark = pytest.mark.kernel

TEAM = "grosskunden"
AS_OF = "2026-10-05"
END = f"{AS_OF} 23:59:59"
ORG = f"company: Probe\nas_of: {AS_OF}\nsource: {{kind: folder, path: ../data}}\nmapping: sample\n"
MADE_UP = {"amount": "7.00", "expected_close_on": "2027-05-05", "stage": "Negotiation"}
DATED = {name: table.happened for name, table in TABLES.items() if table.happened}


@pytest.fixture(scope="module")
def tables():
    """Make one team of the sample organisation."""
    made = sample.tables()
    deals = made["opportunities"]
    made["opportunities"] = deals.loc[deals["team_id"] == TEAM]
    made["teams"] = made["teams"].loc[made["teams"]["team_id"] == TEAM].assign(group="")
    known = set(made["opportunities"]["opportunity_id"])
    for name in ("opportunity_events", "activities", "leads"):
        made[name] = made[name].loc[made[name]["opportunity_id"].isin(known)]
    made.pop("opportunity_snapshots")
    return made


def _workspace(root, tables):
    (root / "parameters").mkdir(parents=True)
    (root / "data").mkdir()
    (root / "parameters" / "org.yml").write_text(ORG, encoding="utf-8")
    for name, frame in tables.items():
        frame.to_csv(root / "data" / f"{name}.csv", index=False)
    return root


def _run(root):
    """Run everything and return the hash of every file that a reader gets."""
    workspace = load_workspace(root)
    store = stores.prepare(workspace, refresh=True)
    quarter = slices.check_quarter(store, workspace.organisation, "2026-Q3")
    plan = make_plan(workspace, store, quarter=quarter)
    outcomes = run(plan, jobs=2, publish_page=pages.page)
    assert {outcome.reason for outcome in outcomes} == {None}
    files = [path for path in plan.folder.rglob("*.*") if path.suffix in (".html", ".json")]
    found = {
        str(path.relative_to(plan.folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in [*files, *plan.folder.rglob("*.ipynb")]
        if path.name != "manifest.json"  # says how long each took
    }
    assert len(found) == 3 * 2  # the team's review and the company's portfolio
    return found


def _altered(tables, random):
    """Return the tables with everything later than the day changed, dropped or made up."""
    made = {name: frame.copy() for name, frame in tables.items()}
    deals, events = made["opportunities"], made["opportunity_events"]
    over = (deals["closed_on"] > AS_OF) & (deals["created_on"] <= AS_OF)
    n = int(over.sum())
    days = pd.Timestamp("2026-10-06") + pd.to_timedelta(random.integers(0, 30, n), unit="D")
    deals.loc[over, "status"] = random.choice(["won", "lost"], n)
    deals.loc[over, "closed_on"] = days.strftime("%Y-%m-%d")
    deals.loc[over, ["reason", "competitor"]] = "made up"
    future = deals["created_on"] > AS_OF
    deals.loc[future, "amount"] = [f"{value:.2f}" for value in random.random(future.sum()) * 1e6]
    at = deals.set_index("opportunity_id").index
    last = events.loc[events["changed_at"] > END].drop_duplicates(
        ["opportunity_id", "field"], keep="last"
    )
    for number, (deal, field) in last[["opportunity_id", "field"]].iterrows():
        if field in MADE_UP:
            events.loc[number, "new_value"] = MADE_UP[field]
            deals.loc[at == deal, field] = MADE_UP[field]
    assert set(MADE_UP) <= set(last["field"])
    made["opportunities"] = deals.drop(index=deals.index[future][::2])
    for name, column in DATED.items():
        if name in made and not name.startswith("opportunit"):
            frame = made[name]
            made[name] = frame.drop(index=frame.index[frame[column] > END][::2])
    return made


@pytest.fixture(scope="module")
def first(tmp_path_factory, tables):
    """Run a workspace once."""
    root = _workspace(tmp_path_factory.mktemp("same") / "w", tables)
    return root, _run(root)


def test_made_again(first):
    """All that stands under build/ is made again from the same inputs, byte for byte."""
    root, files = first
    kept = {path: path.read_bytes() for path in (root / "history").rglob("*") if path.is_file()}
    shutil.rmtree(root / "build")
    assert _run(root) == files
    assert kept
    assert {path: path.read_bytes() for path in kept} == kept


def test_the_future_changes_nothing(first, tables, tmp_path):
    """What happened after the day may be anything: results, notebooks and pages stay the same."""
    altered = _altered(tables, np.random.default_rng(7))
    assert not altered["opportunities"].equals(tables["opportunities"])
    assert _run(_workspace(tmp_path / "w", altered)) == first[1]


def test_the_day_itself_counts(first, tables, tmp_path):
    """A cent in a deal closed by the day is seen: what is compared above can differ."""
    altered = {name: frame.copy() for name, frame in tables.items()}
    deals = altered["opportunities"]
    row = deals.index[(deals["status"] == "won") & (deals["closed_on"] <= "2026-09-30")][-1]
    deals.loc[row, "amount"] = f"{float(deals.loc[row, 'amount']) + 0.01:.2f}"
    stored = [
        stores.prepare(load_workspace(root)).meta["slices"]
        for root in (first[0], _workspace(tmp_path / "w", altered))
    ]
    assert stored[0].keys() == stored[1].keys()
    assert stored[0][TEAM] != stored[1][TEAM]
