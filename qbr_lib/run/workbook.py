"""One workbook: executed by papermill, judged, and put in place only when it is whole.

Success is neither an exit code nor the absence of an exception. It is a result in the last cell
that fits its schema and is that of this team, notebook, quarter and day.
"""

from __future__ import annotations

import contextlib
import errno
import json
import pkgutil
import time
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from qbr_lib.errors import QbrError, ResultError
from qbr_lib.formats import Formats
from qbr_lib.results import MIME, Result, parse
from qbr_lib.run import cache, clean, engine, reasons, totals
from qbr_lib.run.files import hashed, put
from qbr_lib.run.kernels import NAME, first_lines, manager
from qbr_lib.run.notebooks import unreadable
from qbr_lib.run.outcome import Outcome, Publisher, State, Task, partial_of
from qbr_lib.run.plan import Workbook
from qbr_lib.run.streams import Bounded
from qbr_lib.run.watch import Watch
from qbr_lib.words import in_language

_PATIENCE = 120
_LEAST = 0.01  # seconds; nothing would be without end
BOUNDED = f"--IPKernelApp.outstream_class={Bounded.__module__}.{Bounded.__name__}"


class _Stopped(Exception):  # noqa: N818 - a verdict, caught in this module
    """The workbook came to no result; the reason is a finished sentence."""

    def __init__(self, state: State, reason: str) -> None:
        super().__init__(reason)
        self.state, self.reason = state, reason


def execute(task: Task) -> Outcome:
    """Execute a workbook; nothing that goes wrong with it leaves this function as an exception."""
    started = time.monotonic()
    partial = partial_of(task.workbook)
    words = task.formats.words
    try:
        warnings, files = _make(task, partial)
        partial.unlink(missing_ok=True)
        return Outcome(task.workbook, "done", _since(started), None, warnings, files)
    except _Stopped as stop:
        state, reason = stop.state, stop.reason
    except OSError as err:
        full = err.errno in (errno.ENOSPC, errno.EDQUOT)
        state, reason = "failed", reasons.full(words) if full else reasons.unwritable(err, words)
    except QbrError as err:
        state, reason = "failed", err.sentence
    except Exception as err:  # a page or result that breaks must not stop the other teams
        state, reason = "failed", reasons.unexpected(err, words)
    files = _keep_failed(task, partial)
    return Outcome(task.workbook, state, _since(started), reason, (), files)


def _make(task: Task, partial: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    workbook = task.workbook
    for folder in (workbook.output, task.scratch):
        folder.mkdir(parents=True, exist_ok=True)
    executed = clean.cleaned(_papermill(task, partial), workbook, task.scratch)
    result = _judged(executed, workbook, task.formats)
    if task.parts and (fault := totals.fault(result, task.parts, task.formats)):
        raise _Stopped("failed", fault)
    told = result.to_json()
    told["provenance"] = {"people": task.people, **told["provenance"]}
    record = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    name = workbook.output / workbook.notebook
    contents = {Path(f"{name}.ipynb"): clean.as_bytes(executed)}
    stale = [Path(f"{name}.failed.ipynb")]
    if task.publisher is not None:
        publisher: Publisher = pkgutil.resolve_name(task.publisher)
        made = publisher(executed, result, workbook)
        contents |= {workbook.output / one: data for one, data in made.items() if data is not None}
        stale += [workbook.output / one for one, data in made.items() if data is None]
    contents[Path(f"{name}.result.json")] = record.encode("utf-8")
    files = hashed(workbook.output.parent, contents)
    warnings = tuple(str(text) for text in result.provenance.get("warnings", ()))
    contents[workbook.kept] = record.encode("utf-8")
    put(contents | {workbook.cache: cache.content(task.inputs, files, warnings)})
    for path in stale:
        path.unlink(missing_ok=True)
    return warnings, files


def _papermill(task: Task, partial: Path, *, starts: int = 3) -> NotebookNode:
    """Execute the notebook; a kernel that dies before the first cell is started again.

    Where kernels have no sockets, two that start at one moment may draw the same port.
    """
    words = task.formats.words
    partial.unlink(missing_ok=True)
    watch = Watch(task.memory, task.scratch)
    try:
        with watch:
            return _executed(task, partial, watch)
    except PapermillExecutionError as err:
        reason = reasons.cell(err.ename, err.evalue, err.exec_count, words)
        raise _Stopped("failed", reason) from err
    except CellTimeoutError as err:
        text = reasons.timeout(_cells_started(partial), task.limit, task.formats)
        raise _Stopped("timed_out", text) from err
    except DeadKernelError as err:
        number = _cells_started(partial)
        text = reasons.killed(number, words)
        if watch.exceeded:
            text = reasons.memory(number, watch.limit, task.formats)
        raise _Stopped("killed", text) from err
    except RuntimeError as err:
        if _cells_started(partial):
            raise
        if starts == 1:
            raise _Stopped("failed", reasons.no_kernel(err, words)) from err
    return _papermill(task, partial, starts=starts - 1)


def _executed(task: Task, partial: Path, watch: Watch) -> NotebookNode:
    deadline, workbook = time.monotonic() + task.limit, task.workbook
    executed: NotebookNode = papermill.execute_notebook(
        translated(workbook),
        str(partial).replace("{", "{{").replace("}", "}}"),  # papermill fills braces
        dict(workbook.parameters),
        engine_name=engine.NAME,
        kernel_name=NAME,
        language="python",
        progress_bar=False,
        cwd=str(task.scratch),
        start_timeout=_PATIENCE,
        iopub_timeout=_PATIENCE,
        timeout_func=lambda _: max(_LEAST, deadline - time.monotonic()),
        shutdown_kernel="immediate",
        kernel_manager_class=watch.manager(manager(warm=task.warm)),
        extra_arguments=[
            *first_lines(" ".join(workbook.output.parts[-2:]) + workbook.notebook),
            BOUNDED,
        ],
    )
    return executed


def translated(workbook: Workbook) -> NotebookNode:
    """Read the notebook with its Markdown in the workbook's language, where it is translated."""
    notebook = _read(workbook.path)
    words = in_language(workbook.parameters["language"])
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell.source:
            cell.source = words.say(cell.source)
    return notebook


def _read(path: Path) -> NotebookNode:
    try:
        notebook: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, AttributeError) as err:  # nbformat lets JSON's errors through
        raise unreadable(path, err) from err
    return notebook


def _cells_started(partial: Path) -> int:
    """Count the code cells that were begun: the number Jupyter shows beside the last one."""
    if not partial.is_file():
        return 0
    return sum(
        cell.cell_type == "code" and bool(cell.source.strip()) and "start_time" in timing
        for cell in _read(partial).cells
        if (timing := {k: v for k, v in cell.metadata.get("papermill", {}).items() if v})
    )


def _judged(executed: NotebookNode, workbook: Workbook, formats: Formats) -> Result:
    """Return the result the last cell displays, if it is this workbook's."""
    code = [cell for cell in executed.cells if cell.cell_type == "code"]
    outputs = code[-1].outputs if code else []
    found = [output.data[MIME] for output in outputs if MIME in output.get("data", {})]
    if len(found) != 1:
        raise _Stopped("failed", reasons.no_result(formats.words))
    result = parse(found[0], where=f"{workbook.notebook}, last cell")
    names = ("notebook", "team", "quarter", "as_of")
    wanted = {**workbook.parameters, "notebook": workbook.notebook, "team": workbook.team}
    for name in names:
        got = getattr(result, name)
        if got != wanted[name]:
            raise ResultError(
                "The result is another workbook's",
                where=f"{workbook.notebook}, last cell, {name}: {got} instead of {wanted[name]}",
                got=str(got),
                wanted=str(wanted[name]),
                edit="build the result from the notebook's own parameters",
            )
    return result


def _keep_failed(task: Task, partial: Path) -> dict[str, str]:
    """Keep the notebook with its traceback beside the last good one, if there is room for it."""
    try:
        if not partial.is_file():
            return {}
        workbook = task.workbook
        notebook = clean.cleaned(_read(partial), workbook, task.scratch)
        contents = {workbook.output / f"{workbook.notebook}.failed.ipynb": clean.as_bytes(notebook)}
        put(contents)
        return hashed(workbook.output.parent, contents)
    except (OSError, QbrError):  # a full disk, or a notebook cut off by it
        return {}
    finally:
        with contextlib.suppress(OSError):  # a folder that is none
            partial.unlink(missing_ok=True)


def _since(started: float) -> float:
    return round(time.monotonic() - started, 2)
