"""Which workbooks are up to date, and the tasks of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from qbr_lib.run import cache, manifest
from qbr_lib.run.cache import Inputs
from qbr_lib.run.outcome import Outcome, Task
from qbr_lib.run.plan import Plan, Workbook


def sorted_out(
    books: Iterable[Workbook],
    plan: Plan,
    inputs: Inputs,
    outcomes: Sequence[Outcome],
    task: Callable[..., Task],
    *,
    scratch: Path,
    force: bool,
) -> tuple[list[Outcome], list[Task]]:
    """Return the outcomes of the workbooks that are up to date, and the tasks of the others.

    Parameters
    ----------
    outcomes : sequence of Outcome
        What this run has made so far: a portfolio is held against its teams' results.
    task : callable
        Makes a task from what is its own.
    scratch : Path
        Where each has a folder of its own.
    force : bool
        Whether none counts as up to date.
    """
    finished, cached, tasks = manifest.finished(plan, outcomes), [], []
    for book in books:
        parts = {team: finished.get(team, []) for team in book.members}
        parts = parts if all(parts.values()) else {}  # none while a member lacks its own
        made_of, kept = inputs.of(book, proven=bool(parts)), cache.read(book)
        why = cache.why(book, kept, made_of) or ((cache.FORCED,) if force else ())
        if not why:
            cached.append(cache.cached(book, kept))
            continue
        folder = scratch / str(plan.workbooks.index(book))  # short, since sockets stand in it
        tasks.append(task(workbook=book, scratch=folder, parts=parts, inputs=made_of, why=why))
    return cached, tasks
