"""What notebooks and commands do to a record, each as a change that `update` takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from qbr_lib.errors import ParameterError
from qbr_lib.record.entries import Note
from qbr_lib.record.goals import Commitment, Goal, Revision, Verdict
from qbr_lib.record.models import unknown


def add_goal(document: CommentedMap, goal: Goal) -> None:
    """Record a goal; its verdict stands open as `verdict: null`."""
    entry = _entry(goal)
    entry.setdefault("verdict", None)
    _append(document, "goals", entry)


def revise(
    document: CommentedMap,
    goal_id: str,
    revision: Revision,
    said: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Record a new agreement on a goal's target, after the earlier ones.

    Parameters
    ----------
    said : mapping of str to str
        What the title says of the target so far, and what it is to say instead.

    Raises
    ------
    ParameterError
        If there is no such goal, or it has its verdict.
    """
    goal = _open_goal(document, goal_id)
    if "revisions" not in goal:
        keys = list(goal)
        goal.insert(keys.index("verdict") if "verdict" in goal else len(keys), "revisions", None)
    _append(goal, "revisions", _entry(revision, flow=True))
    title = replaced(str(goal["title"]), said)
    if title != goal["title"]:
        goal["title"] = title


def replaced(title: str, said: Mapping[str, str]) -> str:
    """Return a title that says something else instead; a number within another one stays."""
    for old, new in said.items():
        number = rf"(?<![\w.,-]){re.escape(old)}(?![\w-]|[.,]\d)"
        title = re.sub(number, new.replace("\\", r"\\"), title)
    return title


def judge(document: CommentedMap, goal_id: str, verdict: Verdict) -> None:
    """Record how a goal ended.

    Raises
    ------
    ParameterError
        If there is no such goal, or it has its verdict.
    """
    _open_goal(document, goal_id)["verdict"] = _entry(verdict)


def add_commitment(document: CommentedMap, commitment: Commitment) -> None:
    """Record what someone does by a day."""
    _append(document, "commitments", _entry(commitment, flow=True))


def settle(
    document: CommentedMap,
    commitment_id: str,
    state: Literal["open", "done", "dropped"],
    evidence: str | None = None,
) -> None:
    """Record how far a commitment is; evidence given earlier stays where none is given now.

    Raises
    ------
    ParameterError
        If there is no such commitment.
    """
    commitment = _find(document, "commitments", commitment_id)
    commitment["state"] = state
    if evidence is not None:
        commitment["evidence"] = evidence


def add_note(document: CommentedMap, note: Note) -> None:
    """Record a person's text for a section of the page."""
    _append(document, "notes", _entry(note))


def _append(parent: CommentedMap, section: str, entry: CommentedMap) -> None:
    if not parent.get(section):
        parent[section] = CommentedSeq()
    parent[section].append(entry)


def _find(document: CommentedMap, section: str, entry_id: str) -> CommentedMap:
    entries = {str(entry["id"]): entry for entry in document.get(section) or ()}
    if entry_id not in entries:
        raise unknown(section.removesuffix("s"), entry_id, entries)
    found: CommentedMap = entries[entry_id]
    return found


def _open_goal(document: CommentedMap, goal_id: str) -> CommentedMap:
    goal = _find(document, "goals", goal_id)
    if goal.get("verdict") is not None:
        raise ParameterError(
            "A goal that has its verdict is not changed",
            where=f"goal {goal_id!r}",
            got="a verdict in the record",
            wanted="a goal without one",
            edit="delete the verdict in the record's file first, if it is wrong",
        )
    return goal


def _entry(model: BaseModel, *, flow: bool = False) -> CommentedMap:
    """Return a model as people write it: what is empty left out, nested values on one line."""
    written = CommentedMap()
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if value is not None and value != ():
            written[field.alias or name] = _value(value, name)
    if flow:
        written.fa.set_flow_style()
    return written


def _value(value: Any, name: str) -> Any:
    if isinstance(value, BaseModel):
        return _entry(value, flow=name != "verdict")
    if isinstance(value, dict):
        scope = CommentedMap(value)
        scope.fa.set_flow_style()
        return scope
    if isinstance(value, tuple):
        items = CommentedSeq(_value(item, name) for item in value)
        if not isinstance(value[0], BaseModel):
            items.fa.set_flow_style()
        return items
    return int(value) if isinstance(value, float) and value.is_integer() else value
