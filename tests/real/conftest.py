"""The workspaces of this folder, opened with their build elsewhere."""

from pathlib import Path

import pytest

from qbr_lib.data import store
from qbr_lib.parameters import load_workspace
from tests.conftest import REAL_DATA

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Return a function that opens a workspace of this folder with its build elsewhere."""
    kept = {}

    def open_one(name):
        if name not in kept:
            root = tmp_path_factory.mktemp(name)
            (root / "parameters").symlink_to(HERE / name / "parameters")
            place = load_workspace(root)
            source = place.organisation.source
            there = source.model_copy(update={"path": str(REAL_DATA / Path(source.path).name)})
            organisation = place.organisation.model_copy(update={"source": there})
            place = type(place)(place.root, organisation)
            kept[name] = (place, store.prepare(place))
        return kept[name]

    return open_one
