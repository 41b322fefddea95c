"""A company's own notebook, made as README says."""

import re
from pathlib import Path

import nbformat
import pytest

from qbr_lib.data import store as stores
from qbr_lib.parameters import load_workspace
from qbr_lib.results import read
from qbr_lib.run import make_plan, run
from tests.notebooks.stubs import notebook, write_notebooks, write_workspace

pytestmark = pytest.mark.kernel
ROOT = Path(__file__).parents[2]


def test_as_readme_says(tmp_path):
    """Its cells make a workbook that is done, with a result of its name."""
    part = (
        (ROOT / "README.md")
        .read_text("utf-8")
        .split("### A notebook of your own")[1]
        .split("\n## ")[0]
    )
    cells = re.findall(r"```python\n(.*?)```", part, re.DOTALL)
    assert len(cells) == 2
    shipped = nbformat.read(ROOT / "notebooks" / "1_review.ipynb", as_version=4).cells
    first = next(one.source for one in shipped if "parameters" in one.metadata.get("tags", []))
    root = write_workspace(tmp_path / "w", teams=["nord"])
    write_notebooks(root, segments=notebook(*cells, parameters=first))
    place = load_workspace(root)
    store = stores.prepare(place)
    quarter = stores.check_quarter(store, place.organisation, "2026-Q3")
    plan = make_plan(place, store, quarter=quarter, notebooks=["segments"])
    (outcome,) = run(plan, publish="qbr_lib.cli.pages:files")
    assert (outcome.state, outcome.reason) == ("done", None)
    folder = plan.folder / "nord"
    assert read(folder / "segments.result.json").notebook == "segments"
    assert (folder / "segments.html").is_file()
