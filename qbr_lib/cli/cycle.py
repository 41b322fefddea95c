"""The commands of the cycle: goals and their verdicts. Wiring only."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from qbr_lib.cli import progress
from qbr_lib.cli.options import (
    HERE,
    AsOfOption,
    LanguageOption,
    TeamOption,
    WorkspaceOption,
    day,
    given,
)
from qbr_lib.data import slices
from qbr_lib.data import store as stores
from qbr_lib.data.slices import Slice
from qbr_lib.data.store import Store
from qbr_lib.errors import ParameterError, RunError
from qbr_lib.formats import Formats
from qbr_lib.goals import records
from qbr_lib.parameters import load_workspace
from qbr_lib.periods import Quarter
from qbr_lib.record import Goal, Revision, Stored, Verdict, quarters
from qbr_lib.words import Words, in_language


def goals(
    workspace: WorkspaceOption = HERE,
    quarter: Annotated[str, typer.Option(help="Under review; default: last finished.")] = "",
    team: TeamOption = None,
    draft: Annotated[bool, typer.Option("--draft", help="Propose goals where none are.")] = False,
    growth: Annotated[
        float | None,
        typer.Option(help="What proposals ask for, such as 0.15; default: what is likely."),
    ] = None,
    goal: Annotated[str, typer.Option(help="Id of the goal whose target changes.")] = "",
    target: Annotated[float | None, typer.Option("--set", help="Its new target.")] = None,
    by: Annotated[str, typer.Option(help="Who agreed on it.")] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    on: Annotated[str, typer.Option(help="The day it was agreed; default: today.")] = "",
    as_of: AsOfOption = None,
    language: LanguageOption = None,
) -> None:
    """List the goals of a cycle; with --draft propose some, with --set agree on a target."""
    from qbr_lib.goals import cycle as cycles  # slow, as is all that measures

    teams = list(_opened(workspace, quarter, team or [], as_of, language))
    if target is not None:
        _one_team(teams, target, goal, by, reason)
    for data, formats in teams:
        stored = records.raw(data, data.quarter)
        if draft:
            if data.quarter.days_left(data.as_of):
                progress.tell(_unfinished(data, formats))
            stored = cycles.draft(data, stored, formats, growth=growth)
        if target is not None:
            told = Revision(at=_agreed_on(on), by=by, value=target, reason=reason)
            cycles.agree(data, stored, goal, told)
        for line in _listed(data, records.of(data, data.quarter), formats):
            progress.tell(line)


def grade(
    workspace: WorkspaceOption = HERE,
    quarter: Annotated[
        str, typer.Option(help="Under review when the goals were set; default: all past ones.")
    ] = "",
    team: TeamOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Propose, write nothing.")] = False,
    as_of: AsOfOption = None,
    language: LanguageOption = None,
) -> None:
    """Give past goals their verdicts from the data, with what they rest on."""
    from qbr_lib.goals import cycle as cycles  # slow, as is all that measures

    judged = 0
    for data, formats in _opened(workspace, "", team or [], as_of, language):
        for cycle in _cycles(data, quarter):
            stored, shown = records.raw(data, cycle), records.of(data, cycle).record.goals
            _, verdicts = cycles.grade(data, stored, cycle, formats.words, write=not dry_run)
            judged += len(verdicts)
            told = dict(zip((one.id for one in stored.record.goals), shown, strict=True))
            for one, verdict in verdicts:
                progress.tell(_judged(data, cycle, told[one.id], verdict, formats))
    words = in_language(load_workspace(workspace, given(None, language)).organisation.language)
    progress.tell(words.count("{n} goal judged", "{n} goals judged", judged))
    if not judged:
        progress.tell(words.say("A goal is judged once its quarter is over and it has no verdict."))


def _unfinished(data: Slice, formats: Formats) -> str:
    return formats.words.say(
        "{quarter} is not finished: the baselines are those up to {day}.",
        quarter=str(data.quarter),
        day=formats.day(data.as_of),
    )


def _opened(
    root: Path, quarter: str, teams: Sequence[str], as_of: str | None, language: str | None
) -> Iterator[tuple[Slice, Formats]]:
    place = load_workspace(root, given(as_of, language))
    organisation = place.organisation
    store = stores.prepare(place)
    reviewed = stores.check_quarter(store, organisation, quarter)
    formats = Formats(in_language(organisation.language), organisation.currency)
    for one in teams or store.teams["team_id"]:
        yield slices.load(store, place, team=one, quarter=reviewed), formats


def _cycles(data: Slice, quarter: str) -> list[Quarter]:
    """Return the cycles asked for, else every one that has a record of people's."""
    starts = data.organisation.fiscal_year_starts
    if quarter:
        return [Quarter.parse(quarter, starts=starts)]
    place = load_workspace(data.root)
    return [Quarter.parse(name, starts=starts) for name in quarters(place, data.folder)]


def _one_team(teams: Sequence[object], target: float, goal: str, by: str, reason: str) -> None:
    missing = [name for name, text in (("goal", goal), ("by", by), ("reason", reason)) if not text]
    if missing or len(teams) != 1 or not math.isfinite(target):
        raise ParameterError(
            "A target is agreed on for one goal of one team",
            where="qbr goals --set",
            got=", ".join([f"teams: {len(teams)}", *(f"no --{one}" for one in missing)]),
            wanted="--team, --goal, --set, --by and --reason",
            edit="name them all; `qbr goals` lists the goals",
        )


def _agreed_on(text: str) -> dt.date:
    return day(text, "qbr goals --on") if text else dt.date.today()


def _listed(data: Slice, stored: Stored, formats: Formats) -> Iterator[str]:
    yield f"{data.name} ({progress.shown(stored.path)})"
    for goal in stored.record.goals:
        first, last = (formats.measure(goal.metric, v) for v in (goal.original, goal.current))
        target = f"{first} > {last}" if goal.adjusted else first
        verdict = f", {_state(goal.verdict, formats.words)}" if goal.verdict else ""
        yield f"  {goal.id}: {goal.title}, {target}{verdict}"
    if not stored.record.goals:
        quarter = str(data.quarter.next)
        yield "  " + formats.words.say("No goal is recorded for {quarter} yet", quarter=quarter)


def _judged(data: Slice, cycle: Quarter, goal: Goal, verdict: Verdict, formats: Formats) -> str:
    words, state = formats.words, _state(verdict, formats.words)
    line = f"{data.name}, {cycle.next}, {goal.id}: {state}"
    if verdict.value is None:
        return f"{line} ({verdict.reason})"
    value, target = (formats.measure(goal.metric, v) for v in (verdict.value, goal.current))
    told = words.say("{value} of {target}", value=value, target=target)
    return f"{line} ({told})"


def _state(verdict: Verdict, words: Words) -> str:
    from qbr_lib.present.grades import STATES  # slow, since it draws

    return words.say(STATES[verdict.state][1])


def running(cycle: Quarter, store: Store) -> str:
    """Return the cycle whose goals the running quarter has.

    Raises
    ------
    RunError
        If the data begins after it: then nobody can have set goals for this quarter.
    """
    if store.first_day is None or cycle.last_day < store.first_day:
        raise RunError(
            "There is no cycle to follow up yet",
            where="qbr weekly",
            got=f"data that begins in {cycle.next}",
            wanted=f"a review of {cycle} in which goals for {cycle.next} were set",
            edit="use `qbr run`; follow up from the next quarter on",
        )
    return str(cycle)
