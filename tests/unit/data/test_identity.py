"""What a store is named by: whatever it would be another store with."""

import pytest

from qbr_lib.data import identity
from qbr_lib.parameters import load_workspace
from tests.notebooks.stubs import write_workspace


@pytest.fixture
def place(tmp_path):
    """Write a workspace."""
    return load_workspace(write_workspace(tmp_path / "w"))


def test_every_part_counts(place, monkeypatch):
    """Source, day, parameters, and the code that prepares: another one is another store."""
    first = identity.key(place, "latest", "a")
    assert identity.key(place, "latest", "a") == first
    other = load_workspace(place.root, {"thresholds": {"rejected_share": 0.2}})
    keys = {
        first,
        identity.key(place, "latest", "b"),
        identity.key(place, "2026-10-05", "a"),
        identity.key(other, "latest", "a"),
    }
    monkeypatch.setattr(identity, "_code", lambda: "other")
    keys.add(identity.key(place, "latest", "a"))
    assert len(keys) == 5
