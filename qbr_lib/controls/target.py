"""The revenue target as a pure model: its value, its limits, and how it gets into the record."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedMap

from qbr_lib.errors import ParameterError
from qbr_lib.formats import Formats
from qbr_lib.goals import records
from qbr_lib.goals.wording import said
from qbr_lib.measures import N_
from qbr_lib.record import (
    Drivers,
    Evidence,
    Goal,
    Revision,
    Stored,
    add_goal,
    replaced,
    revise,
    update,
)

_STEPS = 100


@dataclass(frozen=True)
class Target:
    """What the slider sets.

    Parameters
    ----------
    value : float
        [money] Where the slider stands.
    stored : float or None
        [money] The target recorded last, None while none is.
    low, high : float
        [money] The range of the slider.
    baseline : float
        [money] Revenue won in the quarter under review.
    draft : Goal
        The goal that is recorded if there is none yet.
    goal_id : str or None
        Of the recorded goal.
    """

    value: float
    stored: float | None
    low: float
    high: float
    baseline: float
    draft: Goal
    goal_id: str | None = None

    @property
    def dirty(self) -> bool:
        """Whether the slider stands elsewhere than the record."""
        return self.stored is None or self.value != self.stored

    @property
    def growth(self) -> float | None:
        """The growth asked for [ratio], None without a baseline."""
        return self.value / self.baseline - 1 if self.baseline > 0 else None

    @property
    def step(self) -> float:
        """A round step, of which a hundred to a thousand reach the upper end."""
        return float(10 ** int(math.log10(max(self.high / _STEPS, 1.0))))

    def moved(self, value: float) -> Target:
        """Return the target at another value, in whole money.

        Raises
        ------
        ParameterError
            If it is no number or lies outside the range; nothing is clamped unseen.
        """
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise ParameterError(
                N_("The target lies outside the slider's range"),
                where="revenue target",
                got=f"{value:,.0f}",
                wanted=f"{self.low:,.0f} to {self.high:,.0f}",
                edit=N_("choose a value in the range, or write the goal into the record by hand"),
            )
        return dataclasses.replace(self, value=float(round(value)))


def save(
    target: Target,
    shown: Stored,
    path: Path,
    *,
    by: str,
    reason: str,
    at: dt.date,
    drivers: Drivers | None = None,
    evidence: Evidence | None = None,
    parts: Sequence[tuple[Goal, float]] = (),
    formats: Formats | None = None,
) -> Stored:
    """Write the target into the record with who and why, and return the record.

    Parameters
    ----------
    shown : Stored
        The record the slider was opened with.
    path : Path
        Where people's record of the team and cycle stands or would stand.
    drivers : Drivers, optional
        What the target consists of, recorded with the agreement.
    evidence : Evidence, optional
        How likely the target is, recorded with the agreement.
    parts : sequence of (Goal, float)
        Goals that the target is split to, with the value of each: all are written at once.
    formats : Formats, optional
        How a title says its target, which follows the new one.

    Raises
    ------
    ParameterError
        If `by` or `reason` is empty.
    RecordConflict
        If the record was changed by someone else since it was opened; nothing is written then.
    """
    for name, text in (("by", by), ("reason", reason)):
        if not text.strip():
            raise ParameterError(
                N_("A target needs who and why"),
                where="revenue target",
                got=f"an empty field '{name}'",
                wanted="who agreed on it, and the reason",
                edit=N_("fill in who agreed on it, and why"),
            )
    plain = Revision(at=at, by=by.strip(), value=target.value, reason=reason.strip())
    revision = Revision(**dict(plain) | {"evidence": evidence, "drivers": drivers})
    known = next((one for one in shown.record.goals if one.id == target.goal_id), None)

    told = said(known or target.draft, target.value, formats) if formats else {}

    def change(document: CommentedMap) -> None:
        if known is None:
            draft = {"target": target.value, "revisions": (revision,)}
            titled = {"title": replaced(target.draft.title, told)}
            add_goal(document, target.draft.model_copy(update=draft | titled))
        elif not parts or (known.current, known.plan) != (target.value, drivers):
            revise(document, known.id, revision, told)
        for goal, value in parts:
            _agree(document, shown, goal, plain.model_copy(update={"value": value}))

    records.own(shown, path)
    return update(path, shown.digest, change)


def _agree(document: CommentedMap, shown: Stored, goal: Goal, revision: Revision) -> None:
    """Record a goal's value: a new goal with it, or an agreement where it is another one."""
    if goal.id not in {one.id for one in shown.record.goals}:
        target = {"target": revision.value, "revisions": (revision,)}
        add_goal(document, goal.model_copy(update=target))
    elif goal.current != revision.value:
        revise(document, goal.id, revision)


def opened(goal: Goal | None, draft: Goal, limits: tuple[float, float], baseline: float) -> Target:
    """Return the target of the recorded goal; the proposed one where there is none."""
    value = goal.current if goal else draft.target
    low, high = limits
    return Target(
        value=value,
        stored=goal.current if goal else None,
        low=min(low, value),
        high=max(high, value),
        baseline=baseline,
        draft=draft,
        goal_id=goal.id if goal else None,
    )
