"""The one next step on the way to a first run, whatever state a workspace is in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from qbr_lib.data.check import Report
from qbr_lib.errors import DataError, MappingError, QbrError, SourceError
from qbr_lib.parameters import Organisation, Workspace, read_yaml
from qbr_lib.schema import UNASSIGNED
from qbr_lib.start import found, org
from qbr_lib.start.asked import ORG, has_tables, seen_from
from qbr_lib.start.starter import OPEN
from qbr_lib.start.template import is_empty
from qbr_lib.words import Words, in_language


def after_init(root: Path, place: str, words: Words) -> str:
    """Return the step after `qbr init`.

    Parameters
    ----------
    place : str
        The workspace as it is typed on the command line.
    """
    return _before_reading(root, _data(root / ORG), place, words) or words.say(
        "run `qbr check --workspace {place}`", place=place
    )


def after_refusal(root: Path, error: QbrError, place: str) -> tuple[str, Words] | None:
    """Return the step that a refusal leads to, and the words it is said in.

    None where the parameters themselves cannot be read, since the message says it all.
    """
    data = _data(root / ORG)
    if not data:
        return None
    words = in_language("de" if data.get("language") == "de" else "en")
    step = _before_reading(root, data, place, words)
    if step is None and isinstance(error, MappingError) and error.wanted.startswith("teams."):
        step = _teams(root, data, place, words)
    if step is None and isinstance(error, (MappingError, SourceError)):
        step = words.say(
            "make the export and the mapping fit as said above; README.md, “{section}”",
            section=words.say("A mapping of your own"),
        )
    if step is None and isinstance(error, DataError):
        step = words.say("mend what is named above")
    if step is None:
        return None
    return step, words


def after_check(report: Report, place: str, words: Words) -> str:
    """Return the step after a check that refused nothing."""
    run = words.say("run `qbr run --workspace {place}`", place=place)
    data, source = report.data, report.workspace.organisation.source
    deals, plan = data.tables["opportunities"], Path(source.plan or "").name
    lost = int((deals["team_id"] == UNASSIGNED).sum())
    if lost and plan:
        step = words.count(
            "say in {plan}, sheets teams and reps, where {n} deal without a team belongs",
            "say in {plan}, sheets teams and reps, where {n} deals without a team belong",
            lost,
            plan=plan,
        )
        return step if lost == len(deals) else _or(step, run, words)
    if "amount" not in data.columns["opportunities"]:
        step = words.say(
            "name the column of the amount, which none of the export was taken for; README.md, "
            "“{section}”",
            section=words.say("A mapping of your own"),
        )
        return _or(step, run, words)
    if report.unknown_stages:
        step = words.say(
            "write the stages in {file} as the data does", file=_shown(report.workspace.root / ORG)
        )
        return _or(step, run, words)
    if len(data.rejected):
        step = words.count(
            "look at the {n} rejected row above; build/check.json lists all",
            "look at the {n} rejected rows above; build/check.json lists all",
            len(data.rejected),
        )
        return _or(step, run, words)
    if "targets" not in data.tables and plan:
        return _or(words.say("fill the sheet targets of {plan}", plan=plan), run, words)
    return run


def _before_reading(root: Path, data: Mapping[str, Any], place: str, words: Words) -> str | None:
    """Return the step that is due before the export can be read; None where it can."""
    source = data.get("source") or {}
    if source.get("kind") != "folder":
        return None
    folder, init = (root / "parameters" / str(source.get("path"))).resolve(), _init(data, place)
    if not has_tables(folder):
        own = Workspace(root, Organisation(company="", mapping=str(data.get("mapping"))))
        return words.say(
            "put the export into {folder} ({files}), then run `{init}`",
            folder=_shown(folder),
            files=found.wanted_files(own, words),
            init=init,
        )
    deals = f"parameters/mappings/{data.get('mapping')}/opportunities.yml"
    columns = _data(root / deals).get("columns")
    if isinstance(columns, dict) and OPEN in columns.values():
        return words.say(
            "write the export's columns in place of “{open}” in {file}, then run `{init}`",
            open=OPEN,
            file=_shown(root / deals),
            init=init,
        )
    keys = org.undecided(source)
    if keys == ["encoding"] and "delimiter" not in source:
        return words.say("run `{init}`: it reads how the export is written", init=init)
    if keys:
        return words.say(
            "choose a value for {keys} in {file}; the comments there say what the export allows",
            keys=", ".join(keys),
            file=_shown(root / ORG),
        )
    return None


def _teams(root: Path, data: Mapping[str, Any], place: str, words: Words) -> str:
    plan = root / "parameters" / str((data.get("source") or {}).get("plan"))
    if plan.is_file() and is_empty(plan):
        return words.say(
            "run `{init}`: it writes the teams it finds into {plan}; or do so, in the sheet teams",
            init=_init(data, place),
            plan=plan.name,
        )
    return words.say(
        "name the teams in {plan}, sheet teams, and each owner's team in the sheet reps",
        plan=plan.name,
    )


def _shown(path: Path) -> str:
    return seen_from(Path.cwd(), path, near=Path.cwd())


def _init(data: Mapping[str, Any], place: str) -> str:
    return f"qbr init {place} --crm {data.get('mapping')}"


def _data(path: Path) -> Mapping[str, Any]:
    with suppress(QbrError, OSError):
        return read_yaml(path)[0]
    return {}


def _or(step: str, run: str, words: Words) -> str:
    return words.say("{step}; or at once {run}", step=step, run=run)
