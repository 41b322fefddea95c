"""Plans over a small workspace, without executing anything."""

import pytest

from qbr_lib.data import slices
from qbr_lib.data.store import Store
from qbr_lib.parameters import load_workspace
from qbr_lib.run import make_plan, notebooks
from tests.notebooks.stubs import notebook, write_notebooks, write_workspace


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Write a workspace of three teams with notebooks of its own; none is shipped."""
    monkeypatch.setattr(notebooks, "shipped", lambda kind: tmp_path / "shipped" / kind)
    root = write_workspace(tmp_path / "w")
    write_notebooks(root, portfolio=notebook(), review=notebook(), extra=notebook())
    return root


@pytest.fixture
def planned(root):
    """Return a function that plans a run over a store of 2026-07-10 to 2026-10-05."""
    rows = [("nord", "Nord", "Küste"), ("sued", None, None), ("ÖST", "Ost", "Küste")]
    teams = [{"team_id": i, "name": n, "group": g, "territory": None} for i, n, g in rows]
    days = {"as_of": "2026-10-05", "latest": "2026-10-05", "data_since": "2026-07-10"}
    store = Store(root / "build" / "store" / "0", {"teams": teams, **days})

    def plan(quarter="2026-Q3", **chosen):
        workspace = load_workspace(root)
        checked = slices.check_quarter(store, workspace.organisation, quarter)
        return make_plan(workspace, store, quarter=checked, **chosen)

    return plan
