"""What earlier runs left: read as it is, refused where it is damaged."""

import pandas as pd
import pytest

from qbr_lib.data import archive
from qbr_lib.errors import StoreError
from qbr_lib.parameters import load_workspace

OPEN = pd.DataFrame({"opportunity_id": ["o1"], "owner_id": ["r1"], "taken_on": ["2026-10-05"]})


@pytest.fixture
def place(write_workspace):
    """Return a workspace with two days' snapshots."""
    place = load_workspace(write_workspace({}))
    folder = place.history / "snapshots"
    folder.mkdir(parents=True)
    for day in ("2026-10-05", "2026-09-28"):
        OPEN.assign(taken_on=day).to_parquet(folder / f"{day}.parquet")
    return place


def _refused(place, path, read):
    with pytest.raises(StoreError) as refused:
        read()
    assert refused.value.where == path.relative_to(place.root).as_posix()
    assert "restore it from a copy, or delete it" in refused.value.edit


def test_snapshots(place):
    """They come in the order of their days."""
    found = [(path.stem, *frame["taken_on"]) for path, frame in archive.snapshots(place)]
    assert found == [("2026-09-28", "2026-09-28"), ("2026-10-05", "2026-10-05")]


@pytest.mark.parametrize("damage", ["empty", "half", "text", "another table"])
def test_damaged_snapshot(place, damage):
    """One that is cut off, something else, or somebody's own table is named, with what to do."""
    path = place.history / "snapshots" / "2026-10-05.parquet"
    whole = path.read_bytes()
    if damage == "another table":
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_bytes({"empty": b"", "half": whole[: len(whole) // 2], "text": b"a,b"}[damage])
    _refused(place, path, lambda: [*archive.snapshots(place)])


def test_result(place):
    """It comes as it stands, even of a schema that is not known any more."""
    path = place.history / "r.json"
    path.write_text('{"schema": 0, "title": "Ä"}', "utf-8")
    assert archive.result(place, path) == {"schema": 0, "title": "Ä"}


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"provenance": []}', b'{"a": ', b"\xff\xfe"])
def test_damaged_result(place, damage):
    """One that is cut off or something else is named, with what to do."""
    path = place.history / "r.json"
    path.write_bytes(damage)
    _refused(place, path, lambda: archive.result(place, path))
