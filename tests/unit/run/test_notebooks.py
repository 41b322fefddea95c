"""Notebooks that would not take a run's parameters are refused before anything runs."""

import nbformat
import pytest

from qbr_lib.errors import RunError
from qbr_lib.run.notebooks import Notebook, check
from tests.notebooks.stubs import PARAMETERS, notebook

NAMES = "team, quarter, as_of, workspace, language, overrides"


def _refused(path):
    with pytest.raises(RunError) as caught:
        check(Notebook("review", 1, path))
    return str(caught.value)


@pytest.fixture
def path(tmp_path):
    """Return where the notebook is to be."""
    return tmp_path / "1_review.ipynb"


def test_accepted(path):
    """A tagged cell with every parameter is accepted, also where a shell line stands elsewhere."""
    nbformat.write(notebook("!ls"), path)
    check(Notebook("review", 1, path))


def test_no_tag(path):
    """Without the tag, papermill's values would be overwritten: the cell to tag is named."""
    nbformat.write(notebook(tag=None), path)
    assert _refused(path) == (
        "A notebook takes no parameters.\n"
        "  Where: 1_review.ipynb\n"
        "  Got: no cell tagged 'parameters'\n"
        f"  Wanted: one cell tagged 'parameters' that sets {NAMES}\n"
        "  Edit: tag cell 2 ('team: str = \"nord\"  # team id') with 'parameters'"
    )


def test_nothing_to_tag(path):
    """Where no cell looks like it, one is to be added."""
    nbformat.write(notebook("1 + 1", parameters="%matplotlib inline", tag="other"), path)
    assert _refused(path).endswith("  Edit: add such a cell before all other code")


def test_lacking_parameter(path):
    """A parameter that the cell does not set would be passed and ignored: refused by name."""
    lacking = "".join(line for line in PARAMETERS.splitlines(keepends=True) if "as_of" not in line)
    nbformat.write(notebook(parameters=lacking), path)
    assert _refused(path) == (
        "A notebook lacks a parameter.\n"
        "  Where: 1_review.ipynb, cell 2, tagged 'parameters'\n"
        "  Got: no as_of; it sets team, quarter, workspace, language, overrides\n"
        f"  Wanted: {NAMES}, one on a line: name: type = default\n"
        "  Edit: add as_of to that cell"
    )


@pytest.mark.parametrize(
    ("content", "got"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ('{"worksheets": []}', "'cells'"),
    ],
    ids=["no JSON", "format 3"],
)
def test_unreadable(path, content, got):
    """A file that is no notebook of format 4 is refused."""
    path.write_text(content)
    assert _refused(path) == (
        "A notebook cannot be read.\n"
        "  Where: 1_review.ipynb\n"
        f"  Got: {got}\n"
        "  Wanted: a Jupyter notebook of format 4\n"
        "  Edit: save 1_review.ipynb again in JupyterLab"
    )
