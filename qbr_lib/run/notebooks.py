"""The notebooks that can be run, shipped ones and a company's own, checked before anything runs.

papermill only logs a parameter that a notebook does not take, and without a tagged cell its
injected values are overwritten: the wrong team's page, and no failure. Both are refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from papermill.translators import PythonTranslator

from qbr_lib.errors import RunError, nearest
from qbr_lib.parameters import Workspace, shipped

PORTFOLIO = "portfolio"
PARAMETERS = ("team", "quarter", "as_of", "workspace", "language", "overrides")
_NAME = re.compile(r"(\d+)_([a-z][a-z0-9_]*)\.ipynb")


@dataclass(frozen=True)
class Notebook:
    """A notebook file that can be run.

    Parameters
    ----------
    name : str
        The file's name without number and ending: "review" for 1_review.ipynb.
    number : int
        Its place in the order.
    path : Path
        The file.
    """

    name: str
    number: int
    path: Path


def available(workspace: Workspace) -> tuple[Notebook, ...]:
    """Return every notebook in running order, the portfolio last.

    A workspace's own notebook takes the place of a shipped one of the same name.

    Raises
    ------
    RunError
        If two files of one folder have the same name behind their numbers.
    """
    found: dict[str, Notebook] = {}
    for folder in (shipped("notebooks"), workspace.root / "notebooks"):
        found |= _in(folder)
    return tuple(sorted(found.values(), key=lambda n: (n.name == PORTFOLIO, n.number, n.name)))


def choose(workspace: Workspace, wanted: tuple[str, ...]) -> tuple[Notebook, ...]:
    """Return the notebooks asked for, all where none is named.

    Raises
    ------
    RunError
        If a name is unknown, with the nearest one.
    """
    known = available(workspace)
    names = [notebook.name for notebook in known]
    for name in wanted:
        if name not in names:
            raise RunError(
                "The notebook is unknown",
                where="parameter 'notebook'",
                got=f"'{name}'",
                wanted=nearest(name, names),
                edit="name a notebook without its number and ending",
            )
    return tuple(notebook for notebook in known if not wanted or notebook.name in wanted)


def check(notebook: Notebook) -> None:
    """Refuse a notebook that would not take the parameters of a run.

    Raises
    ------
    RunError
        If the file is no notebook, no cell is tagged `parameters`, or the cell lacks a parameter.
    """
    cells = read(notebook.path).cells
    for number, cell in enumerate(cells, start=1):
        if "parameters" in cell.metadata.get("tags", []):
            return _check_names(notebook, number, cell)
    number, first = _likely(cells)
    raise RunError(
        "A notebook takes no parameters",
        where=notebook.path.name,
        got="no cell tagged 'parameters'",
        wanted=f"one cell tagged 'parameters' that sets {', '.join(PARAMETERS)}",
        edit=f"tag cell {number} ('{first}') with 'parameters'"
        if number
        else "add such a cell before all other code",
    )


def read(path: Path) -> NotebookNode:
    """Read a notebook file.

    Raises
    ------
    RunError
        If it is no notebook.
    """
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, AttributeError) as err:  # nbformat lets JSON's errors through
        raise RunError(
            "A notebook cannot be read",
            where=path.name,
            got=" ".join(str(err).split())[:120] or type(err).__name__,
            wanted="a Jupyter notebook of format 4",
            edit=f"save {path.name} again in JupyterLab",
        ) from err
    return notebook


def _in(folder: Path) -> dict[str, Notebook]:
    found: dict[str, Notebook] = {}
    for path in sorted(folder.glob("*.ipynb")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        notebook = Notebook(match[2], int(match[1]), path)
        if notebook.name in found:
            raise RunError(
                "Two notebooks have the same name",
                where=folder.name,
                got=f"{found[notebook.name].path.name} and {path.name}",
                wanted="each name once behind its number",
                edit="rename one of them",
            )
        found[notebook.name] = notebook
    return found


def _check_names(notebook: Notebook, number: int, cell: NotebookNode) -> None:
    given = [parameter.name for parameter in PythonTranslator.inspect(cell)]
    missing = [name for name in PARAMETERS if name not in given]
    if missing:
        raise RunError(
            "A notebook lacks a parameter",
            where=f"{notebook.path.name}, cell {number}, tagged 'parameters'",
            got=f"no {', '.join(missing)}; it sets {', '.join(given) or 'nothing'}",
            wanted=f"{', '.join(PARAMETERS)}, one on a line: name: type = default",
            edit=f"add {', '.join(missing)} to that cell",
        )


def _likely(cells: list[NotebookNode]) -> tuple[int, str]:
    """Return number and first line of the code cell that looks like the parameters."""
    code = [(n, cell.source) for n, cell in enumerate(cells, start=1) if cell.cell_type == "code"]
    sets = re.compile(rf"^({'|'.join(PARAMETERS)})\s*[:=]", re.MULTILINE)
    best = next((found for found in code if sets.search(found[1])), None)
    return (best[0], best[1].strip().splitlines()[0]) if best else (0, "")
