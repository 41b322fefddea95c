"""A plan carried out: workbooks in parallel processes, the portfolios after their teams."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from qbr_lib.errors import RunError
from qbr_lib.formats import Formats
from qbr_lib.run import cache, manifest
from qbr_lib.run.due import Desk
from qbr_lib.run.files import PARTIAL
from qbr_lib.run.outcome import Outcome, Publisher, Task, partial_of
from qbr_lib.run.plan import Plan, Workbook
from qbr_lib.run.workers import Cluster, Workers
from qbr_lib.words import in_language

LIMIT = 600.0


@dataclass(frozen=True)
class Event:
    """A workbook that begins or ends.

    Parameters
    ----------
    kind : {"started", "finished"}
        Which of the two.
    workbook : Workbook
        Which one.
    done, total : int
        How many are finished, of how many.
    outcome : Outcome or None
        What became of it, once it is finished.
    why : tuple of str
        What asked for its execution (`cache.why`). A workbook that is up to date ends without
        having begun, for no reason.
    """

    kind: Literal["started", "finished"]
    workbook: Workbook
    done: int
    total: int
    outcome: Outcome | None = None
    why: tuple[str, ...] = ()


def run(
    plan: Plan,
    *,
    jobs: int | None = None,
    publish: Publisher | str | None = None,
    on_event: Callable[[Event], None] | None = None,
    limit: float = LIMIT,
    memory: int | None = None,
    force: bool = False,
    scheduler: str = "",
) -> tuple[Outcome, ...]:
    """Execute what is not up to date of a plan and write the manifest.

    A workbook that fails stops no other.

    Parameters
    ----------
    jobs : int, optional
        How many run at a time; one, or on a cluster all.
    publish : callable or str, optional
        Makes the files that people open, see `Task`. A function of a module's top level or its
        name, since it travels to other processes.
    on_event : callable, optional
        Told of each beginning and end.
    limit : float
        Seconds that one workbook may take.
    memory : int, optional
        MiB that one workbook may take; else three quarters of the machine's.
    force : bool
        Whether what is up to date is executed as well.
    scheduler : str, optional
        The address of a Dask scheduler whose workers execute instead of this machine. They see the
        workspace under the same path.

    Raises
    ------
    RunError
        If another run of the same quarter is under way, its folder cannot be written, or the
        scheduler does not answer.
    OSError
        If there is no room for the manifest.
    """
    organisation = plan.workspace.organisation
    formats = Formats(in_language(organisation.language), organisation.currency)
    outcomes, events = list[Outcome](), _Events(len(plan.workbooks), on_event)
    name = f"{publish.__module__}:{publish.__name__}" if callable(publish) else publish
    limits: dict[str, Any] = {"limit": limit, "memory": memory}
    told: dict[str, Any] = {"source": plan.store.source, "people": plan.store.meta["people"]}
    make = partial(Task, publisher=name, formats=formats, **limits, **told)
    desk = Desk(plan, make, cache.Inputs(plan, name or ""), force=force)
    lock = _alone(plan)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="qbr-", ignore_cleanup_errors=True) as scratch,
            Cluster(scheduler, jobs)
            if scheduler
            else Workers(min(jobs or 1, len(plan.workbooks))) as workers,
        ):
            for portfolios in (False, True):
                books = [book for book in plan.workbooks if bool(book.members) == portfolios]
                cached, tasks = desk.sorted_out(books, outcomes, Path(scratch))
                outcomes.extend(events.finished(outcome) for outcome in cached)
                outcomes.extend(_in_parallel(tasks, workers, events))
    finally:
        _sweep(plan, outcomes)
        if outcomes:
            manifest.write(plan, outcomes, formats.words)
        lock.release()
    return tuple(sorted(outcomes, key=lambda one: desk.place[one.workbook.key]))


class _Events:
    """Counts what is finished and tells whoever listens."""

    def __init__(self, total: int, listener: Callable[[Event], None] | None) -> None:
        self.total, self.done, self._listener = total, 0, listener

    def started(self, task: Task) -> None:
        self._tell(Event("started", task.workbook, self.done, self.total, why=task.why))

    def finished(self, outcome: Outcome, why: tuple[str, ...] = ()) -> Outcome:
        self.done += 1
        self._tell(Event("finished", outcome.workbook, self.done, self.total, outcome, why))
        return outcome

    def _tell(self, event: Event) -> None:
        if self._listener is not None:
            self._listener(event)


def _alone(plan: Plan) -> FileLock:
    lock = FileLock(plan.folder / ".lock")
    try:
        plan.folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except Timeout as err:
        raise RunError(
            "Another run of this quarter is under way",
            where=f"build/{plan.quarter}",
            got="a locked folder",
            wanted="one run of a quarter at a time",
            edit="wait for the other run to end",
        ) from err
    except OSError as err:
        raise RunError(
            "The results cannot be written",
            where=f"build/{plan.quarter}",
            got=err.strerror or str(err),
            wanted="a folder in which files can be made",
            edit="change its permissions, or free space",
        ) from err
    return lock


def _sweep(plan: Plan, outcomes: Iterable[Outcome]) -> None:
    """Remove what processes that were ended had begun to write."""
    whole = {one.workbook.key for one in outcomes if one.state != "killed"}
    for book in plan.workbooks:
        if book.key not in whole:
            folders = (book.output, book.kept.parent, book.cache.parent)
            with suppress(OSError):  # a folder that is none
                left = [path for folder in folders for path in folder.glob(f".*{PARTIAL}")]
                for path in (partial_of(book), *left):
                    path.unlink(missing_ok=True)


def _in_parallel(tasks: Iterable[Task], workers: Workers, events: _Events) -> Iterator[Outcome]:
    """Yield outcomes as they come.

    Only what a process was lost with is executed again, never a workbook that failed by itself.
    When a process is gone (most often for lack of memory) its pool is lost with everything in it:
    what was under way is then executed again, each in a pool of its own.
    """
    waiting, lost = deque(tasks), list[Task]()
    while waiting:
        yield from _until_broken(waiting, lost, workers, events)
        while lost:
            workers.restart()
            task = lost.pop(0)
            yield events.finished(workers.again(task), task.why)


def _until_broken(
    waiting: deque[Task], lost: list[Task], workers: Workers, events: _Events
) -> Iterator[Outcome]:
    """Work off the tasks in one pool; once it is broken, say what it held and stop."""
    running: dict[Future[Outcome], Task] = {}
    while running or (waiting and not lost):
        while waiting and not lost and len(running) < workers.jobs:
            task = waiting.popleft()
            events.started(task)
            try:
                running[workers.submit(task)] = task
            except workers.lost:
                lost.append(task)
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            try:
                yield events.finished(future.result(), task.why)
            except workers.lost:
                lost.append(task)
