"""What need not be executed again: a workbook made from the inputs that there are now.

Every input counts by a hash of its content, under a name that a reader understands, so that a run
can tell why it executes a workbook. The hashes stand beside those of the files made from them,
under `build/cache/`, written together with these.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from qbr_lib.data import fingerprint, slices
from qbr_lib.errors import PeriodError
from qbr_lib.measures import N_
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.run.outcome import Outcome
from qbr_lib.run.plan import Plan, Workbook
from qbr_lib.words import Words

NEW, FILES, FORCED = "new", "files", "forced"
CHANGED = {
    "day": N_("another day"),
    "deals": N_("the team's data changed"),
    "organisation": N_("what all teams share changed"),
    "record": N_("the record changed"),
    "teams": N_("a team's workbooks changed"),
    "parameters": N_("the parameters changed"),
    "language": N_("another language"),
    "notebook": N_("the notebook changed"),
    "page": N_("the page's name or neighbours changed"),
    "library": N_("the library changed"),
    "versions": N_("other versions of packages"),
    FILES: N_("its files are changed or missing"),
    FORCED: N_("asked for"),
}
_PACKAGES = (
    *("anywidget", "babel", "duckdb", "ipykernel", "ipython", "ipywidgets"),
    *("jinja2", "lxml", "matplotlib", "nbclient", "nbconvert", "nbformat", "numpy", "pandas"),
    *("papermill", "pyarrow", "pydantic", "ruamel-yaml", "scipy", "seaborn", "statsmodels"),
    *("xlsxwriter",),
)
_LIBRARY = Path(__file__).resolve().parents[1]
_APART = ("__pycache__", "_shipped")  # what comes with the package is hashed where it is used


@dataclass(frozen=True)
class Kept:
    """What a workbook was last made from, and its files.

    Parameters
    ----------
    inputs : mapping of str to str
        Hashes by the names of `CHANGED`; empty if it was never made.
    files : mapping of str to str
        SHA-256 by name within the quarter's folder.
    warnings : tuple of str
        As in the manifest.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


class Inputs:
    """The inputs of a plan's workbooks; what they share is hashed once.

    Parameters
    ----------
    publisher : str
        The name of what makes the pages; empty for none.
    """

    def __init__(self, plan: Plan, publisher: str = "") -> None:
        self._plan, self._publisher = plan, publisher
        self._shared = {
            "day": plan.as_of.isoformat(),
            "library": library(),
            "versions": _versions(),
        }
        file = load_workspace(plan.workspace.root)  # as a notebook reads it
        self._parameters = fingerprint.of_parameters(file.organisation)
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, book: Workbook, *, proven: bool = False) -> dict[str, str]:
        """Return a workbook's inputs as hashes.

        Parameters
        ----------
        proven : bool
            Of a portfolio: whether the results of all its teams are there to be added up.
        """
        found = self._own(book)
        if book.members:
            every = [self._own(one) for one in self._plan.every if one.team in book.members]
            found = found | {"teams": _hash([proven, every])}
        return found

    def _own(self, book: Workbook) -> dict[str, str]:
        if book.key not in self._known:
            self._known[book.key] = self._made(book)
        return self._known[book.key]

    def _made(self, book: Workbook) -> dict[str, str]:
        given, store = book.parameters, self._plan.store
        organisation = self._plan.workspace.organisation
        _, teams, _, _ = slices.scope_of(store, given["team"], organisation)
        return self._shared | {
            "deals": fingerprint.of_slices(store, teams),
            "organisation": fingerprint.of_shared(store, self._plan.quarter, whole=not book.team),
            "record": _hash(_records(self._plan, book.folder)),
            "parameters": _hash([self._parameters, given["overrides"]]),
            "language": given["language"],
            "notebook": _file(book.path),
            "page": _hash([book.name, book.group, book.beside, book.members, self._publisher]),
        }


def read(book: Workbook) -> Kept:
    """Read what a workbook was last made from."""
    try:
        data: dict[str, Any] = json.loads(book.cache.read_text(encoding="utf-8"))
        return Kept(data["inputs"], data["files"], tuple(data["warnings"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Kept()


def content(inputs: Mapping[str, str], files: Mapping[str, str], warnings: Iterable[str]) -> bytes:
    """Return the file that tells what a workbook was made from."""
    data = {"inputs": dict(inputs), "files": dict(files), "warnings": list(warnings)}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def why(book: Workbook, kept: Kept, inputs: Mapping[str, str]) -> tuple[str, ...]:
    """Return what asks for a workbook to be executed; nothing where its files are up to date."""
    if not kept.inputs:
        return (NEW,)
    changed = [name for name in CHANGED if kept.inputs.get(name) != inputs.get(name)]
    return tuple(changed) or (() if _whole(book, kept.files) else (FILES,))


def cached(book: Workbook, kept: Kept) -> Outcome:
    """Return the outcome of a workbook that is up to date, whatever failed since it was made."""
    (book.output / f"{book.notebook}.failed.ipynb").unlink(missing_ok=True)
    return Outcome(book, "cached", 0.0, None, kept.warnings, kept.files)


def told(names: Iterable[str], words: Words) -> str:
    """Return in words why a workbook is executed; nothing of a new one."""
    return ", ".join(words.say(CHANGED[name]) for name in names if name in CHANGED)


@cache
def library() -> str:
    """Return the hash of the library's own files."""
    paths = [
        path
        for path in sorted(_LIBRARY.rglob("*"))
        if path.is_file() and not set(_APART) & set(path.relative_to(_LIBRARY).parts)
    ]
    return _hash([(path.relative_to(_LIBRARY).as_posix(), _file(path)) for path in paths])


def _versions() -> str:
    return _hash([platform.python_version(), [importlib.metadata.version(n) for n in _PACKAGES]])


def _records(plan: Plan, folder: str) -> list[tuple[str, str]]:
    """Return the hashes of a folder's records up to the quarter's own, by quarter."""
    found = []
    for path in sorted((plan.workspace.parameters / "records").glob(f"*/{folder}.yml")):
        try:
            cycle = Quarter.parse(path.parent.name, starts=plan.quarter.starts)
        except PeriodError:  # a folder of other things
            continue
        if cycle <= plan.quarter:
            found.append((path.parent.name, _file(path)))
    return found


def _whole(book: Workbook, files: Mapping[str, str]) -> bool:
    root = book.output.parent
    try:
        return book.kept.is_file() and all(_file(root / one) == files[one] for one in files)
    except OSError:
        return False


def _file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()
