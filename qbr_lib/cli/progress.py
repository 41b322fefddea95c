"""How a run is told: a bar on a terminal, plain lines elsewhere, JSON lines for programs."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from qbr_lib.formats import Formats
from qbr_lib.run import Event, Outcome, Plan, Workbook, cache, manifest
from qbr_lib.start import Made
from qbr_lib.words import Words

Listener = Callable[[Event], None]
DONE = manifest.FINISHED
_SLOWEST, _MANY = 3, 10


def tell(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextlib.contextmanager
def told(plan: Plan, formats: Formats, *, as_json: bool) -> Iterator[Listener]:
    """Give a run its listener: one bar with time left on a terminal, else a line a workbook."""
    console = Console()
    if as_json:
        yield lambda event: tell(json.dumps(_record(event), ensure_ascii=False))
    elif not console.is_terminal:
        yield lambda event: _line(event, formats)
    else:
        with _bar(console) as bar:
            task = bar.add_task("", total=len(plan.workbooks), hand="", count="")
            yield lambda event: _move(bar, task, event, formats.words)


def end(
    plan: Plan, outcomes: Sequence[Outcome], index: Path | None, formats: Formats, *, as_json: bool
) -> Iterator[str]:
    """Yield what a run came to: what is done, what failed and why, what took longest, the index."""
    words = formats.words
    if as_json:
        yield json.dumps(_ended(plan, outcomes, index), ensure_ascii=False)
        return
    failed = [outcome for outcome in outcomes if outcome.state not in DONE]
    done = [outcome for outcome in outcomes if outcome.state == "done"]
    cached = len(outcomes) - len(failed) - len(done)
    if done or not cached:
        yield words.count("{n} workbook done", "{n} workbooks done", len(done))
    if cached:
        yield words.count("{n} workbook up to date", "{n} workbooks up to date", cached)
    if len(done) > _MANY:
        slow = sorted(done, key=lambda outcome: -outcome.seconds)[:_SLOWEST]
        told = [f"{title(one.workbook)} ({_seconds(one, formats)})" for one in slow]
        yield words.say("Slowest: {workbooks}", workbooks=" · ".join(told))
    if failed:
        yield words.count("{n} workbook failed:", "{n} workbooks failed:", len(failed))
        yield from (f"  {title(outcome.workbook)}: {outcome.reason}" for outcome in failed)
    if index is not None:
        yield words.say("Index: {path}", path=shown(index))


def protected(files: int, words: Words) -> Iterator[str]:
    """Yield what was done to the history of a time when more of people was shown."""
    if files:
        yield words.count(
            "{n} file under history/ told more of people than is shown now; it was rewritten.",
            "{n} files under history/ told more of people than is shown now; they were rewritten.",
            files,
        )


def still_open(quarters: Sequence[str], words: Words) -> Iterator[str]:
    """Yield which pages were made when more of people was shown."""
    if quarters:
        yield words.say(
            "Pages made when more of people was shown: {quarters}. "
            "Run these quarters again, or delete their folders under build/.",
            quarters=", ".join(quarters),
        )


def made(workspace: Made, step: str) -> Iterator[str]:
    """Yield what a workspace consists of now, what was left alone, and the next step."""
    words = workspace.words
    yield words.say("In {folder}:", folder=shown(workspace.root))
    yield from (f"  {name}" for name in workspace.written)
    if workspace.kept:
        kept = ", ".join(workspace.kept)
        yield words.say("Left as it was, since it is yours: {files}", files=kept)
    yield ""
    yield following(step, words)


def following(step: str, words: Words) -> str:
    """Return the line that says what to do next."""
    return words.say("Next: {step}", step=step)


def _ended(plan: Plan, outcomes: Sequence[Outcome], index: Path | None) -> dict[str, Any]:
    done = sum(outcome.state in DONE for outcome in outcomes)
    slow = [
        {"folder": one.workbook.folder, "notebook": one.workbook.notebook, "seconds": one.seconds}
        for one in sorted(outcomes, key=lambda one: -one.seconds)[:_SLOWEST]
        if one.seconds
    ]
    told = (plan.folder if index is None else index.parent) / manifest.NAME
    return {
        "event": "ended",
        "quarter": str(plan.quarter),
        "as_of": plan.as_of.isoformat(),
        "done": done,
        "failed": len(outcomes) - done,
        "cached": sum(outcome.state == "cached" for outcome in outcomes),
        "slowest": slow,
        "manifest": shown(told) if told.is_file() else None,
        "index": shown(index) if index is not None else None,
    }


def title(workbook: Workbook) -> str:
    """Name a workbook as its files are named, behind what a reader calls the team."""
    return f"{workbook.name}, {workbook.notebook}"


def shown(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def typed(path: Path) -> str:
    """Return a path as it can be typed here."""
    text = shown(path)
    return f'"{text}"' if " " in text else text


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.fields[count]}"),
        BarColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[hand]}", markup=False),
        console=console,
        transient=True,
    )


def _move(bar: Progress, task: Any, event: Event, words: Words) -> None:
    count = words.say("{n} of {total}", n=event.done, total=event.total)
    bar.update(task, completed=event.done, count=count, hand=title(event.workbook))


def _line(event: Event, formats: Formats) -> None:
    if event.outcome is None or event.outcome.state == "cached":  # their number is told at the end
        return
    count = formats.words.say("{n} of {total}", n=event.done, total=event.total)
    tell(f"{count}  {title(event.workbook)}: {_ended_as(event, event.outcome, formats)}")


def _ended_as(event: Event, outcome: Outcome, formats: Formats) -> str:
    """Return how a workbook ended, and behind it why it was executed."""
    why = cache.told(event.why, formats.words)
    return (outcome.reason or _seconds(outcome, formats)) + (f" ({why})" if why else "")


def _seconds(outcome: Outcome, formats: Formats) -> str:
    return formats.words.say("{seconds} s", seconds=formats.number(outcome.seconds, 1))


def _record(event: Event) -> dict[str, Any]:
    book = event.workbook
    data: dict[str, Any] = {"event": event.kind, "team": book.team, "notebook": book.notebook}
    data |= {"folder": book.folder, "done": event.done, "total": event.total}
    data["why"] = list(event.why)
    if event.outcome is not None:
        outcome = event.outcome
        data |= {
            "state": outcome.state,
            "seconds": outcome.seconds,
            "reason": outcome.reason,
            "warnings": list(outcome.warnings),
            "files": dict(outcome.files),
        }
    return data
