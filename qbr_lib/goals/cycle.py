"""What the commands do to records: propose goals, change a target, write verdicts."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap

from qbr_lib.data.slices import Slice
from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals import driver_plan, records
from qbr_lib.goals.grading import proposed
from qbr_lib.goals.proposals import propose
from qbr_lib.goals.wording import said
from qbr_lib.measures import Unavailable
from qbr_lib.outlook import current
from qbr_lib.periods import Quarter
from qbr_lib.record import (
    Evidence,
    Goal,
    Revision,
    Stored,
    Verdict,
    add_goal,
    judge,
    revise,
    update,
)
from qbr_lib.words import Words, in_language

Judged = list[tuple[Goal, Verdict]]


def draft(data: Slice, stored: Stored, formats: Formats, *, growth: float | None) -> Stored:
    """Write a proposed goal of each kind into a record that has no goal yet.

    Parameters
    ----------
    data : Slice
        Of the team, with the quarter under review.
    stored : Stored
        The record of that cycle; one that has goals is left as it is.
    growth : float or None
        [ratio] What the goals ask above their baselines; None for what is likely.
    """
    if stored.record.goals:
        return stored
    found = None if growth is not None else current.outlook(data, data.quarter.next)
    made = propose(data, formats, found, growth=growth)

    def change(document: CommentedMap) -> None:
        for goal in made:
            add_goal(document, goal)

    return _written(stored, _path(data), change)


def agree(data: Slice, stored: Stored, goal_id: str, revision: Revision) -> Stored:
    """Add an agreement on a target to a goal; its first target stays.

    One on the team's revenue carries the chance of the target as evidence.

    Raises
    ------
    ParameterError
        If the target is no more than 0, the record has no such goal, the goal has its verdict, or
        its quarter was over by then.
    """
    if revision.value <= 0:
        raise ParameterError(
            "A target asks for nothing",
            where=f"goal '{goal_id}'",
            got=str(revision.value),
            wanted="more than 0",
            edit="name a target above 0; a goal that is given up is dropped from its record",
        )
    goal = stored.record.goal(goal_id)
    records.refuse_late(data.quarter.next, revision.at)
    if goal == driver_plan.revenue_goal(data, stored.record):
        found = current.outlook(data, data.quarter.next)
        known = evidence(found, revision.value, data.as_of)
        revision = revision.model_copy(update={"evidence": known})
    organisation = data.organisation
    formats = Formats(in_language(organisation.language), organisation.currency)
    told = said(goal, revision.value, formats)
    return _written(stored, _path(data), lambda document: revise(document, goal_id, revision, told))


def evidence(
    found: current.Outlook | Unavailable | None, target: float, day: dt.date
) -> Evidence | None:
    """Return the chance of a revenue target as of a day; None where there is no outlook."""
    if not isinstance(found, current.Outlook):
        return None
    return Evidence(probability=round(found.chance(target), 4), as_of=day)


def grade(
    data: Slice, stored: Stored, cycle: Quarter, words: Words, *, write: bool = True
) -> tuple[Stored, Judged]:
    """Give a verdict to every goal of a cycle that has none, if its quarter is over.

    Parameters
    ----------
    data : Slice
        Of the team.
    stored : Stored
        The record of the cycle; verdicts are written where it stands.
    cycle : Quarter
        The one that was under review; the goals are for the quarter after.
    write : bool
        Whether the verdicts are written, or proposed only.

    Returns
    -------
    Stored, list of (Goal, Verdict)
        The record as it stands now, and what was judged.
    """
    judged = [
        (goal, verdict)
        for goal in stored.record.goals
        if goal.verdict is None and (verdict := proposed(data, goal, cycle.next, words)) is not None
    ]
    if not judged or not write:
        return stored, judged

    def change(document: CommentedMap) -> None:
        for goal, verdict in judged:
            judge(document, goal.id, verdict)

    return update(stored.path, stored.digest, change), judged


def _path(data: Slice) -> Path:
    return records.place(data, data.quarter)


def _written(stored: Stored, path: Path, change: Any) -> Stored:
    """Write where people's records stand, over the version that was read."""
    records.own(stored, path)
    return update(path, stored.digest, change)
