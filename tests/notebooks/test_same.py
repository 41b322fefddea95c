"""The shipped notebooks: the same inputs give the same files, and the future changes none."""

import shutil

import numpy as np
import pandas as pd
import pytest

from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.schema import TABLES
from tests.notebooks.shipped import AS_OF, TEAM, hashes, run_all, tables, write

pytestmark = pytest.mark.kernel

END = f"{AS_OF} 23:59:59"
MADE_UP = {"amount": "7.00", "expected_close_on": "2027-05-05", "stage": "Negotiation"}
DATED = {name: table.happened for name, table in TABLES.items() if table.happened}


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


def test_made_again(finished, tmp_path):
    """All that stands under build/ is made again from the same inputs, byte for byte."""
    root = tmp_path / "w"
    shutil.copytree(finished, root, ignore=shutil.ignore_patterns("build"))
    kept = {path: path.read_bytes() for path in (root / "history").rglob("*") if path.is_file()}
    run_all(root)
    assert hashes(root) == hashes(finished)
    assert kept
    assert {path: path.read_bytes() for path in kept} == kept


def _stored(root):
    """Return all that notebooks can open in a workspace, and the hash of each team's slice."""
    store = stores.prepare(load_workspace(root))
    files = {
        str(path.relative_to(store.folder)): path.read_bytes()
        for path in store.folder.rglob("*")
        if path.is_file() and path.name != "store.json"  # holds the export's own hash
    }
    assert len(files) > len(TABLES) / 2
    return files, store.meta["slices"], store.meta["hygiene"]


def test_the_future_changes_nothing(finished, tmp_path):
    """What happened after the day may be anything: not a byte that a notebook reads differs."""
    before = tables()
    altered = _altered(before, np.random.default_rng(7))
    assert not altered["opportunities"].equals(before["opportunities"])
    assert _stored(write(tmp_path / "w", altered)) == _stored(finished)


def test_the_day_itself_counts(finished, tmp_path):
    """A cent in a deal closed by the day is seen: what is compared above can differ."""
    altered = tables()
    deals = altered["opportunities"]
    row = deals.index[(deals["status"] == "won") & (deals["closed_on"] <= "2026-09-30")][-1]
    deals.loc[row, "amount"] = f"{float(deals.loc[row, 'amount']) + 0.01:.2f}"
    changed, kept = _stored(write(tmp_path / "w", altered)), _stored(finished)
    assert changed[0].keys() == kept[0].keys()
    assert [name for name in kept[0] if changed[0][name] != kept[0][name]] == [
        f"teams/{TEAM}/opportunities.parquet"
    ]
    assert changed[1] != kept[1]
