"""Which workbooks are up to date, and the tasks of all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from qbr_lib.run import cache, manifest
from qbr_lib.run.cache import Inputs
from qbr_lib.run.outcome import Outcome, Task
from qbr_lib.run.plan import Plan, Workbook

WARM_FROM = 2  # workbooks; importing the library once costs about one workbook's start


class Desk:
    """Tells what is up to date, and makes tasks of the rest.

    Parameters
    ----------
    task : callable
        Makes a task from what is its own.
    inputs : Inputs
        Of the plan's workbooks.
    force : bool
        Whether none counts as up to date.
    """

    def __init__(
        self, plan: Plan, task: Callable[..., Task], inputs: Inputs, *, force: bool
    ) -> None:
        self._plan, self._task, self._inputs, self._force = plan, task, inputs, force
        self.place = {book.key: place for place, book in enumerate(plan.workbooks)}
        self._due = 0

    def sorted_out(
        self, books: Iterable[Workbook], outcomes: Sequence[Outcome], scratch: Path
    ) -> tuple[list[Outcome], list[Task]]:
        """Return the outcomes of the workbooks that are up to date, and the tasks of the others.

        Parameters
        ----------
        outcomes : sequence of Outcome
            What this run has made so far: a portfolio is held against its teams' results.
        scratch : Path
            Where each has a folder of its own.
        """
        finished, cached, due = manifest.finished(self._plan, outcomes), [], []
        for book in books:
            parts = {team: finished.get(team, []) for team in book.members}
            parts = parts if all(parts.values()) else {}  # none while a member lacks its own
            inputs, kept = self._inputs.of(book, proven=bool(parts)), cache.read(book)
            why = cache.why(book, kept, inputs) or ((cache.FORCED,) if self._force else ())
            folder = scratch / str(self.place[book.key])  # short: it holds sockets
            if why:
                own = {"scratch": folder, "parts": parts, "inputs": inputs, "why": why}
                due.append({"workbook": book, **own})
            else:
                cached.append(cache.cached(book, kept))
        self._due += len(due)
        return cached, [self._task(warm=self._warm, **one) for one in due]

    @property
    def _warm(self) -> bool:
        """Whether enough is due to earn a process that has imported the library."""
        follow = any(book.members for book in self._plan.workbooks)
        return self._due + follow >= WARM_FROM
