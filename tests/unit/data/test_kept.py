"""A stricter privacy later: what was kept before tells no more than what is made now."""

import json
import re

import pandas as pd
import pytest

from qbr_lib.data import kept
from qbr_lib.data import store as stores
from qbr_lib.data.people import NOBODY, PSEUDONYM
from qbr_lib.errors import StoreError
from qbr_lib.parameters import load_workspace
from tests.conftest import OPPORTUNITIES

REPS = "rep_id,name,team_id\nr1,Änne Über,nord\nr2,Ole Ähm,sued\n"
NEWER = OPPORTUNITIES + "o5,nord,open,,2026-10-05,,Pumpe,r2,,1.00,1.00\n"
RESULT = {
    "tables": {"goals": [{"owner": "Änne Über", "by": "team lead", "title": "Ole Ähms Ziel"}]},
    "unavailable": {"bookings.target": "Ole Ähm hat keins"},
    "measures": {"bookings.won_amount": {"value": 1.5, "n": 1}},
    "provenance": {"people": "named", "slice": "x"},
}


@pytest.fixture
def lived(write_workspace):
    """Return a function that lets a workspace make a store, a snapshot and a result in a mode."""

    def live(people, deals=OPPORTUNITIES):
        files = {"opportunities.csv": deals, "reps.csv": REPS}
        place = load_workspace(write_workspace(files, privacy={"people": people}))
        store = stores.prepare(place)
        stores.keep_snapshot(place, store)
        path = place.history / "results" / "2026-Q3" / "nord" / f"review-{people}.result.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**RESULT, "provenance": {"people": people}}), "utf-8")
        return place

    return live


def _switched(place, people):
    text = (place.parameters / "org.yml").read_text("utf-8")
    switched = re.sub(r"people: \w+", f"people: {people}", text)
    (place.parameters / "org.yml").write_text(switched, "utf-8")
    return load_workspace(place.root)


def _snapshot(place):
    (path,) = (place.history / "snapshots").glob("*.parquet")
    return pd.read_parquet(path)


def _result(place, name):
    return json.loads(
        (place.history / f"results/2026-Q3/nord/review-{name}.result.json").read_text("utf-8")
    )


def test_off(lived):
    """Off empties the owners of snapshots and what results say of people; teams and numbers stay."""
    place = lived("named")
    before = _snapshot(place)
    assert before["owner_id"].notna().any()
    place = _switched(place, "off")
    assert kept.protect(place) == 2
    after = _snapshot(place)
    assert after["owner_id"].isna().all()
    pd.testing.assert_frame_equal(after.drop(columns="owner_id"), before.drop(columns="owner_id"))
    result = _result(place, "named")
    assert result["tables"]["goals"] == [
        {"owner": "a person", "by": "team lead", "title": f"{NOBODY} Ziel"}
    ]
    assert result["unavailable"] == {"bookings.target": f"{NOBODY} hat keins"}
    assert result["measures"] == RESULT["measures"]
    assert result["provenance"] == {"people": "off"}
    assert not any(path.is_dir() for path in (place.build / "store").iterdir())
    assert kept.protect(place) == 0


def test_pseudonym(lived):
    """Pseudonym writes the same pseudonyms as a run does, and leaves those that are there."""
    place = _switched(lived("named"), "pseudonym")
    assert kept.protect(place) == 2
    code = _snapshot(place)["owner_id"].iloc[0]
    assert pd.Series([code]).str.fullmatch(PSEUDONYM).all()
    fresh = pd.read_parquet(stores.prepare(place).folder / "snapshot.parquet")
    assert fresh["owner_id"].iloc[0] == code
    assert _result(place, "named")["tables"]["goals"][0]["title"].endswith(" Ziel")
    assert code in _result(place, "named")["tables"]["goals"][0]["title"]
    assert kept.protect(place) == 0


def test_more_open_changes_nothing(lived):
    """What was kept when less was shown stays as it is."""
    place = lived("off")
    files = {path: path.read_bytes() for path in place.root.rglob("*") if path.is_file()}
    place = _switched(place, "named")
    assert kept.protect(place) == 0
    changed = [path.name for path, old in files.items() if path.read_bytes() != old]
    assert changed == ["org.yml"]


def test_no_store_of_another_mode(lived):
    """Each mode has a store of its own, so none is opened that tells more."""
    place = lived("named")
    stores_of = {
        people: stores.prepare(_switched(place, people)).meta["people"]
        for people in ("named", "pseudonym", "off")
    }
    assert stores_of == {people: people for people in stores_of}


def test_nothing_kept(write_workspace):
    """A new workspace has nothing to protect, and nothing is written."""
    place = load_workspace(write_workspace(privacy={"people": "off"}))
    assert kept.protect(place) == 0
    assert not place.build.exists()
    assert not place.history.exists()


def test_snapshots_without_a_team(lived):
    """A snapshot of the time before teams were kept is given its owners' teams, then rewritten."""
    place = lived("named")
    (path,) = (place.history / "snapshots").glob("*.parquet")
    pd.read_parquet(path).drop(columns="team_id").to_parquet(path, index=False)
    assert kept.protect(_switched(lived("named", NEWER), "off")) == 3
    assert pd.read_parquet(path)["team_id"].tolist() == ["sued"]


def test_quarters_to_run_again(lived):
    """Pages made when more was shown are named by their quarter."""
    place = lived("named")
    for quarter, people in (("2026-Q1", "off"), ("2026-Q2", "named"), ("2025-Q4", "pseudonym")):
        folder = place.build / quarter / "nord"
        folder.mkdir(parents=True)
        data = {**RESULT, "provenance": {"people": people}}
        (folder / "review.result.json").write_text(json.dumps(data), "utf-8")
    assert kept.quarters(place) == []
    assert kept.quarters(_switched(place, "pseudonym")) == ["2026-Q2"]
    assert kept.quarters(_switched(place, "off")) == ["2025-Q4", "2026-Q2"]


@pytest.mark.parametrize("which", ["results/2026-Q3/nord/review-named.result.json", "snapshots/*"])
def test_damage_is_refused(lived, which):
    """A damaged file of an earlier run is refused; it stays as it is, and so do the others."""
    place = lived("named")
    (path,) = place.history.glob(which)
    path.write_bytes(b"[")
    place, others = _switched(place, "off"), [*place.history.rglob("*.*")]
    before = {one: one.read_bytes() for one in others if one.is_file()}
    with pytest.raises(StoreError):
        kept.protect(place)
    assert {one: one.read_bytes() for one in others if one.is_file()} == before


def test_a_damaged_page_is_made_again(lived):
    """A damaged result under build/ stops nobody: the run makes it anew."""
    place = lived("named")
    for team, text in (("nord", "[]"), ("sued", json.dumps(RESULT))):
        folder = place.build / "2026-Q3" / team
        folder.mkdir(parents=True)
        (folder / "review.result.json").write_text(text, "utf-8")
    assert kept.quarters(_switched(place, "off")) == ["2026-Q3"]
    (folder / "review.result.json").unlink()
    assert kept.quarters(_switched(place, "off")) == []
