"""The shipped notebooks keep the house style: prose first, one call a cell, no logic."""

import ast
import json
from pathlib import Path

import pytest

from qbr_lib.parameters import shipped

NOTEBOOKS = sorted(shipped("notebooks").glob("*.ipynb"))
TAGS = {
    "parameters",
    "hide-input",
    "hide-output",
    "remove-cell",
    "nbval-check-output",
    "keep_output",
}
PARAMETERS = ["team", "quarter", "as_of", "workspace", "language", "overrides"]
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda, ast.With)


def _cells(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _source(cell):
    return "".join(cell["source"])


def _tags(cell):
    return set(cell["metadata"].get("tags", []))


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def cells(request):
    """Return the cells of each shipped notebook."""
    return _cells(request.param)


def test_notebooks_are_found():
    """There are notebooks to look at."""
    assert [path.stem for path in NOTEBOOKS] == [
        "0_portfolio",
        "1_review",
        "2_goals",
        "3_follow_up",
    ]


def test_first_cells(cells):
    """First the title with its question and audience, then the one parameters cell."""
    assert _source(cells[0]).startswith("# ")
    assert "?" in _source(cells[0])
    assert [n for n, cell in enumerate(cells) if "parameters" in _tags(cell)] == [1]


def test_parameters(cells):
    """The six parameters of the contract, one a line, annotated, with their help."""
    lines = _source(cells[1]).splitlines()
    assert [line.split(":")[0] for line in lines] == PARAMETERS
    assert all("  # " in line for line in lines)


def test_code_cells(cells):
    """At most 30 code cells of at most 10 lines, without logic."""
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) <= 30
    for cell in code:
        assert len(_source(cell).splitlines()) <= 10
        tree = ast.parse(_source(cell))
        assert not [node for node in ast.walk(tree) if isinstance(node, LOGIC)]


def test_tags_are_known(cells):
    """Only tags of the closed list stand on cells."""
    assert set().union(*map(_tags, cells)) <= TAGS


def test_prose_guides_the_analyst(cells):
    """Markdown cells guide in the notebook and are not on the page."""
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    assert prose
    assert all("remove-cell" in _tags(cell) for cell in prose)


def test_outputs(cells):
    """Number cells carry the outputs that are compared; no other cell carries any."""
    compared = [cell for cell in cells if "nbval-check-output" in _tags(cell)]
    assert compared
    for cell in (cell for cell in cells if cell["cell_type"] == "code"):
        kept = "nbval-check-output" in _tags(cell)
        assert ("keep_output" in _tags(cell)) == kept
        assert bool(cell["outputs"]) == kept


def test_no_paths_of_a_machine():
    """No notebook holds a path of the machine it was made on."""
    for path in NOTEBOOKS:
        text = path.read_text(encoding="utf-8")
        assert str(Path.home()) not in text
        assert str(path.parent.parent) not in text
