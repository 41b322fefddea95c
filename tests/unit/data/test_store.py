"""The prepared store: found again by what it was made from, and never made of half an export."""

import json
import re
import shutil
import sqlite3
from contextlib import closing

import pandas as pd
import pytest

from qbr_lib.data import identity, slices, store
from qbr_lib.errors import DataError, StoreError
from qbr_lib.parameters import load_workspace
from tests.notebooks.stubs import write_workspace


@pytest.fixture
def place(tmp_path):
    """Write a workspace of two teams."""
    return load_workspace(write_workspace(tmp_path / "w"))


def _grow(place):
    path = place.root / "data" / "opportunities.csv"
    path.write_text(path.read_text() + "o-new,nord,won,2026-08-01,2026-07-01,5.00\n")


def test_as_the_run_read_it(place, monkeypatch):
    """What a run tells counts as long as it goes on; a new export is found by the next one."""
    first = store.prepare(place)
    _grow(place)
    monkeypatch.setenv(store.SOURCE_READ, first.source)
    assert store.prepare(place) == first
    assert store.prepare(place, refresh=True).folder != first.folder
    monkeypatch.delenv(store.SOURCE_READ)
    assert store.prepare(place).folder != first.folder


def test_another_source_is_told(place, monkeypatch):
    """A store that was never made from the source told is looked for as if nothing was told."""
    first = store.prepare(place)
    monkeypatch.setenv(store.SOURCE_READ, "0" * 64)
    assert store.prepare(place) == first


def test_an_export_being_written(place, monkeypatch):
    """An export that changes while it is read is refused, and no store is made of it."""
    prepare = store.prepare_data

    def slowly(*given):
        _grow(place)
        return prepare(*given)

    monkeypatch.setattr(store, "prepare_data", slowly)
    with pytest.raises(StoreError, match=r"^The export changed while it was read"):
        store.prepare(place)
    assert not list((place.build / "store").glob("*/store.json"))


@pytest.mark.parametrize("team", ["company", "unassigned", "group:Küste"])
def test_an_id_that_means_something_else(tmp_path, team):
    """A team whose id names the company, a group or deals without a team is refused by name."""
    place = load_workspace(write_workspace(tmp_path / "w", teams=("nord", team)))
    with pytest.raises(DataError, match=re.escape(repr(team))):
        store.prepare(place)


def test_a_database_read_again(tmp_path):
    """What a run read of a database stays as it is while another run reads it again."""
    root = write_workspace(tmp_path / "w")
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as database:
        for name in ("opportunities", "teams"):
            frame = pd.read_csv(root / "data" / f"{name}.csv", dtype=str)
            frame.to_sql(name, database, index=False)
    org = (root / "parameters" / "org.yml").read_text()
    source = {"kind": "database", "url": f"sqlite:///{path}"}
    (root / "parameters" / "org.yml").write_text(
        re.sub(r"source:\n(  .*\n)+", f"source: {json.dumps(source)}\n", org)
    )
    place = load_workspace(root)
    first = store.prepare(place, refresh=True)
    assert store.prepare(place, refresh=True) == first
    before = identity.content(first.folder)
    with closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE opportunities SET amount = '999.00' WHERE team_id = 'sued'")
        database.commit()
    assert store.prepare(place).folder == first.folder
    second = store.prepare(place, refresh=True)
    assert second.folder != first.folder
    assert store.prepare(place).folder == second.folder
    assert identity.content(first.folder) == before
    assert store.keep_snapshot(place, second) is not None
    assert store.prepare(place).folder == second.folder


@pytest.mark.parametrize("damage", ["", "[]", '{"as_of": '])
def test_a_damaged_store_is_made_again(place, damage):
    """A store that does not say what it holds, as after a power failure, is none."""
    first = store.prepare(place)
    path = first.folder / "store.json"
    whole = path.read_bytes()
    path.write_text(damage)
    assert store.prepare(place) == first
    assert path.read_bytes() == whole


def test_a_damaged_slice_is_named(place):
    """A slice that is no table is named, with what to do; done so, all is as before."""
    first = store.prepare(place)
    path = first.folder / "teams" / "nord" / "opportunities.parquet"
    whole = path.read_bytes()
    path.write_bytes(whole[:100])
    with pytest.raises(StoreError, match=r"nord/opportunities\.parquet") as refused:
        slices.open_slice("nord", "2026-Q3", workspace=place.root)
    assert "delete the folder build/store" in refused.value.edit
    shutil.rmtree(place.build / "store")
    assert store.prepare(place) == first
    assert path.read_bytes() == whole
