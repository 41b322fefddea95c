"""What executing a workbook needs, and what becomes of it; light enough for every process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from qbr_lib.formats import Formats
from qbr_lib.parameters import PeopleMode
from qbr_lib.results import Result
from qbr_lib.run.plan import Workbook

if TYPE_CHECKING:  # importing nbformat takes seconds
    from nbformat import NotebookNode

State = Literal["done", "cached", "failed", "killed", "timed_out"]
Publisher = Callable[["NotebookNode", Result, Workbook], Mapping[str, bytes | None]]


@dataclass(frozen=True)
class Outcome:
    """What became of a workbook.

    Parameters
    ----------
    workbook : Workbook
        Which one.
    state : {"done", "cached", "failed", "killed", "timed_out"}
        As the manifest tells it.
    seconds : float
        How long it took.
    reason : str or None
        One sentence, unless it is done.
    warnings : tuple of str
        What a reader should know although it is done.
    files : mapping of str to str
        SHA-256 of the files written, by name within the quarter's folder.
    """

    workbook: Workbook
    state: State
    seconds: float
    reason: str | None = None
    warnings: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """A workbook with what its execution needs.

    Parameters
    ----------
    workbook : Workbook
        Which one.
    publisher : str or None
        The name, as `module:function`, of what makes the files that people open from the executed
        notebook, its result and the workbook: contents by name, None for a file of an earlier run
        that this one does not make again.
    formats : Formats
        The language of reasons.
    limit : float
        Seconds after which it is stopped.
    memory : int or None
        MiB above which it is stopped; None for a share of the machine's.
    scratch : Path
        A folder of its own, in which the notebook runs.
    parts : mapping of str to sequence of Path
        The result files of each member of a portfolio, where all of them are done.
    warm : bool
        Whether its kernel is forked from one that has imported the library.
    inputs : mapping of str to str
        Hashes of what it is made from, kept beside those of its files.
    why : tuple of str
        What asks for its execution (`cache.why`).
    source : str
        The hash of the source as the run read it.
    people : {"off", "pseudonym", "named"}
        What the store shows of people; kept with a result that does not say so itself.
    """

    workbook: Workbook
    publisher: str | None
    formats: Formats
    limit: float
    memory: int | None
    scratch: Path
    parts: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    warm: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)
    why: tuple[str, ...] = ()
    source: str = ""
    people: PeopleMode = "named"


def partial_of(workbook: Workbook) -> Path:
    """Return the file a workbook is executed into."""
    return workbook.output / f".{workbook.notebook}.partial.ipynb"
