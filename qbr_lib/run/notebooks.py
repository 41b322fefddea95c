"""The notebooks that can be run, shipped ones and a company's own, checked before anything runs.

papermill only logs a parameter that a notebook does not take, and without a tagged cell its
injected values are overwritten: the wrong team's page, and no failure. Both are refused here.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qbr_lib.errors import RunError, nearest
from qbr_lib.parameters import Workspace, shipped

PORTFOLIO = "portfolio"
TAKEN = ("minutes", "roadmap")  # pages made from the record
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
        If two files of one folder have the same name behind their numbers, or one that is taken.
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
    cells = _cells(notebook.path)
    for number, (tags, source) in enumerate(cells, start=1):
        if "parameters" in tags:
            return _check_names(notebook, number, source)
    number, first = _likely([source for _, source in cells])
    raise RunError(
        "A notebook takes no parameters",
        where=notebook.path.name,
        got="no cell tagged 'parameters'",
        wanted=f"one cell tagged 'parameters' that sets {', '.join(PARAMETERS)}",
        edit=f"tag cell {number} ('{first}') with 'parameters'"
        if number
        else "add such a cell before all other code",
    )


def unreadable(path: Path, err: Exception) -> RunError:
    """Return the refusal of a file that is no notebook."""
    return RunError(
        "A notebook cannot be read",
        where=path.name,
        got=" ".join(str(err).split())[:120] or type(err).__name__,
        wanted="a Jupyter notebook of format 4",
        edit=f"save {path.name} again in JupyterLab",
    )


def _in(folder: Path) -> dict[str, Notebook]:
    found: dict[str, Notebook] = {}
    for path in sorted(folder.glob("*.ipynb")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        notebook = Notebook(match[2], int(match[1]), path)
        if notebook.name in TAKEN:
            raise RunError(
                "A notebook has the name of another page",
                where=folder.name,
                got=path.name,
                wanted=f"another name than {' and '.join(TAKEN)}",
                edit="rename it",
            )
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


def _cells(path: Path) -> list[tuple[list[str], str]]:
    """Return tags and source of each cell, the source of other than code as nothing.

    The file is read as JSON: nbformat takes seconds to import, and a refusal should not.
    """
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return [
            (
                cell["metadata"].get("tags", []),
                "".join(cell["source"]) if cell["cell_type"] == "code" else "",
            )
            for cell in data["cells"]
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as err:
        raise unreadable(path, err) from err


def _check_names(notebook: Notebook, number: int, source: str) -> None:
    given = _assigned(source)
    missing = [name for name in PARAMETERS if name not in given]
    if missing:
        raise RunError(
            "A notebook lacks a parameter",
            where=f"{notebook.path.name}, cell {number}, tagged 'parameters'",
            got=f"no {', '.join(missing)}; it sets {', '.join(given) or 'nothing'}",
            wanted=f"{', '.join(PARAMETERS)}, one on a line: name: type = default",
            edit=f"add {', '.join(missing)} to that cell",
        )


def _assigned(source: str) -> list[str]:
    """Return the names a cell sets; none where it is no Python."""
    try:
        statements = ast.parse(source).body
    except SyntaxError:
        return []
    targets = [
        target
        for statement in statements
        if isinstance(statement, (ast.Assign, ast.AnnAssign))
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
    ]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _likely(sources: list[str]) -> tuple[int, str]:
    """Return number and first line of the code cell that looks like the parameters."""
    for number, source in enumerate(sources, start=1):
        if set(_assigned(source)) & set(PARAMETERS):
            return number, source.strip().splitlines()[0]
    return 0, ""
