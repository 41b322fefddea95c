"""The QBR record of a team and cycle: what was agreed, kept as people wrote it."""

from qbr_lib.record.edits import add_commitment, add_goal, add_note, judge, revise, settle
from qbr_lib.record.entries import (
    Celebration,
    Contribution,
    Decision,
    Experiment,
    Feedback,
    Idea,
    Note,
    Participant,
    Setback,
    Strategy,
)
from qbr_lib.record.goals import (
    Commitment,
    Evidence,
    Goal,
    Obstacle,
    Revision,
    Support,
    Trigger,
    Verdict,
)
from qbr_lib.record.models import Record, export_schema, json_schema, schema_text
from qbr_lib.record.store import Stored, path_of, quarters, read, update

__all__ = [
    "Celebration",
    "Commitment",
    "Contribution",
    "Decision",
    "Evidence",
    "Experiment",
    "Feedback",
    "Goal",
    "Idea",
    "Note",
    "Obstacle",
    "Participant",
    "Record",
    "Revision",
    "Setback",
    "Stored",
    "Strategy",
    "Support",
    "Trigger",
    "Verdict",
    "add_commitment",
    "add_goal",
    "add_note",
    "export_schema",
    "json_schema",
    "judge",
    "path_of",
    "quarters",
    "read",
    "revise",
    "schema_text",
    "settle",
    "update",
]
