"""A plan carried out: workbooks in parallel processes, the portfolios after their teams."""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from qbr_lib.errors import RunError
from qbr_lib.formats import Formats
from qbr_lib.run import cache, manifest, reasons
from qbr_lib.run.due import sorted_out
from qbr_lib.run.outcome import Outcome, Publisher, Task, partial_of
from qbr_lib.run.plan import Plan, Workbook
from qbr_lib.run.pool import WARM, Pool
from qbr_lib.words import in_language

LIMIT = 600.0
WARM_FROM = 2  # workbooks; importing the library once costs about one workbook's start


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
    jobs: int = 1,
    publish: Publisher | str | None = None,
    on_event: Callable[[Event], None] | None = None,
    limit: float = LIMIT,
    force: bool = False,
) -> tuple[Outcome, ...]:
    """Execute what is not up to date of a plan and write the manifest.

    A workbook that fails stops no other.

    Parameters
    ----------
    jobs : int
        How many run at a time.
    publish : callable or str, optional
        Makes the files that people open, see `Task`. A function of a module's top level or its
        name, since it travels to other processes.
    on_event : callable, optional
        Told of each beginning and end.
    limit : float
        Seconds that one workbook may take.
    force : bool
        Whether what is up to date is executed as well.

    Raises
    ------
    RunError
        If another run of the same quarter is under way.
    """
    organisation = plan.workspace.organisation
    formats = Formats(in_language(organisation.language), organisation.currency)
    plan.folder.mkdir(parents=True, exist_ok=True)
    outcomes, events = list[Outcome](), _Events(len(plan.workbooks), on_event)
    lock, executed = _alone(plan), 0
    try:
        with (
            tempfile.TemporaryDirectory(prefix="qbr-", ignore_cleanup_errors=True) as scratch,
            _Workers(min(jobs, len(plan.workbooks))) as workers,
        ):
            name = f"{publish.__module__}:{publish.__name__}" if callable(publish) else publish
            inputs = cache.Inputs(plan, name or "")
            make = partial(Task, publisher=name, formats=formats, limit=limit)
            for portfolios in (False, True):
                books = [book for book in plan.workbooks if bool(book.members) == portfolios]
                cached, tasks = sorted_out(
                    books, plan, inputs, outcomes, make, scratch=Path(scratch), force=force
                )
                outcomes.extend(events.finished(outcome) for outcome in cached)
                executed += len(tasks)
                warm = executed >= WARM_FROM
                tasks = [replace(task, warm=warm) for task in tasks]
                outcomes.extend(_in_parallel(tasks, workers, events))
    finally:
        for workbook in plan.workbooks:
            partial_of(workbook).unlink(missing_ok=True)
        if outcomes:
            manifest.write(plan, outcomes, formats.words)
        lock.release()
    return tuple(sorted(outcomes, key=lambda outcome: plan.workbooks.index(outcome.workbook)))


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
        lock.acquire(timeout=0)
    except Timeout as err:
        raise RunError(
            "Another run of this quarter is under way",
            where=f"build/{plan.quarter}",
            got="a locked folder",
            wanted="one run of a quarter at a time",
            edit="wait for the other run to end",
        ) from err
    return lock


def _in_parallel(tasks: Iterable[Task], workers: _Workers, events: _Events) -> Iterator[Outcome]:
    """Yield outcomes as they come.

    When a process is gone (most often for lack of memory) its pool is lost with everything in it:
    what was under way is then executed again, each in a pool of its own.
    """
    waiting, lost = deque(tasks), list[Task]()
    while waiting:
        yield from _until_broken(waiting, lost, workers, events)
        while lost:
            workers.end()
            task = lost.pop(0)
            yield events.finished(_once_more(task), task.why)


def _until_broken(
    waiting: deque[Task], lost: list[Task], workers: _Workers, events: _Events
) -> Iterator[Outcome]:
    """Work off the tasks in one pool; once it is broken, say what it held and stop."""
    running: dict[Future[Outcome], Task] = {}
    while running or (waiting and not lost):
        while waiting and not lost and len(running) < workers.jobs:
            task = waiting.popleft()
            events.started(task)
            try:
                running[workers.submit(task)] = task
            except BrokenProcessPool:
                lost.append(task)
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            task = running.pop(future)
            try:
                yield events.finished(future.result(), task.why)
            except BrokenProcessPool:
                lost.append(task)


def _once_more(task: Task) -> Outcome:
    with _Workers(1) as alone:
        try:
            return alone.submit(task).result()
        except BrokenProcessPool:
            return Outcome(task.workbook, "killed", 0.0, reasons.lost(task.formats.words))


class _Workers:
    """The processes that execute workbooks; begun when first needed, and anew after a loss."""

    def __init__(self, jobs: int) -> None:
        self.jobs = max(1, jobs)
        self._pool: Pool | None = None

    def submit(self, task: Task) -> Future[Outcome]:
        if self._pool is None:
            publisher, _, _ = (task.publisher or "").partition(":")
            modules = ["qbr_lib.run.workbook", publisher, WARM if task.warm else None]
            self._pool = Pool(self.jobs, modules)
        return self._pool.submit(_work, task)

    def end(self, *, interrupted: bool = False) -> None:
        if self._pool is not None:
            self._pool.end(interrupted=interrupted)
            self._pool = None

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, kind: object, *rest: object) -> None:
        self.end(interrupted=kind is not None)


def _work(task: Task) -> Outcome:
    from qbr_lib.run.workbook import execute  # only where notebooks are executed: it is slow

    return execute(task)
