"""The QBR record of a team and cycle (DESIGN 7), as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from qbr_lib.errors import ParameterError, nearest
from qbr_lib.record.entries import (
    Celebration,
    Contribution,
    Decision,
    Entry,
    Experiment,
    Feedback,
    Idea,
    Note,
    Participant,
    Setback,
    Strategy,
)
from qbr_lib.record.goals import Commitment, Goal, Obstacle, Support, refusal


class Record(Entry):
    """The record of a team and cycle; people edit it by hand, notebooks add to it."""

    minutes: int | None = Field(None, ge=30, le=480, description="How long the review lasts.")
    participants: tuple[Participant, ...] = Field((), description="Who takes part.")
    contributions: tuple[Contribution, ...] = Field((), description="Who brought what.")
    notes: tuple[Note, ...] = Field((), description="Texts shown in the page's sections.")
    strategies: tuple[Strategy, ...] = Field((), description="What we do differently.")
    goals: tuple[Goal, ...] = Field((), description="Goals for the next quarter.")
    obstacles: tuple[Obstacle, ...] = Field((), description="What may come between.")
    support: tuple[Support, ...] = Field((), description="What help is needed.")
    commitments: tuple[Commitment, ...] = Field((), description="Who does what by when.")
    decisions: tuple[Decision, ...] = Field((), description="What was decided.")
    ideas: tuple[Idea, ...] = Field((), description="Ideas.")
    experiments: tuple[Experiment, ...] = Field((), description="What is being tried.")
    setbacks: tuple[Setback, ...] = Field((), description="What went otherwise.")
    celebrations: tuple[Celebration, ...] = Field((), description="What was celebrated.")
    feedback: tuple[Feedback, ...] = Field((), description="On the review itself.")

    @field_validator("goals", "obstacles", "support", "commitments", "strategies", "experiments")
    @classmethod
    def _unique(cls, entries: tuple[Any, ...]) -> tuple[Any, ...]:
        seen: set[str] = set()
        for position, entry in enumerate(entries):
            if entry.id in seen:
                raise refusal("an id that no other entry has", at=(position, "id"), got=entry.id)
            seen.add(entry.id)
        return entries

    def goal(self, goal_id: str) -> Goal:
        """Return a goal by its id.

        Raises
        ------
        ParameterError
            If there is none, with the nearest id.
        """
        for goal in self.goals:
            if goal.id == goal_id:
                return goal
        raise unknown("goal", goal_id, (goal.id for goal in self.goals))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema by which editors complete, explain and check a record."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **Record.model_json_schema(by_alias=True)}


def export_schema(folder: Path) -> Path:
    """Write the JSON Schema to a `parameters/` folder, where each record's first line names it."""
    path = folder / "record.schema.json"
    path.write_text(schema_text(), encoding="utf-8", newline="\n")
    return path


def schema_text() -> str:
    """Return the JSON Schema as the text of its file."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False) + "\n"


def unknown(what: str, got: str, known: Iterable[str]) -> ParameterError:
    """Return the error that an entry is not in the record."""
    return ParameterError(
        f"The record has no such {what}",
        got=repr(got),
        wanted=nearest(got, known),
        edit=f"give the id of a {what} of this record",
    )
