"""What happened: `build/<quarter>/manifest.json`, the list that index and other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qbr_lib.run.files import put
from qbr_lib.run.outcome import Outcome
from qbr_lib.run.plan import Plan
from qbr_lib.words import Words

SCHEMA = 1
NAME = "manifest.json"
FINISHED = ("done", "cached")
_LIST = "workbooks"
_PARTS = {"team", "notebook", "state", "seconds", "reason", "warnings", "files"}


def read(folder: Path) -> dict[str, Any]:
    """Read a quarter's manifest; an empty one where there is none yet or it is cut off."""
    empty: dict[str, Any] = {"schema": SCHEMA, "quarter": folder.name, "as_of": "", "workbooks": []}
    try:
        data: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
        whole = data["schema"] == SCHEMA and all(entry.keys() >= _PARTS for entry in data[_LIST])
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return empty
    return data if whole else empty


def entries(plan: Plan) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the manifest's entries by folder and notebook.

    A portfolio's entry names no team. Its files tell its folder; one without files takes the first
    place that is free, since portfolios stand in the order of the plan.
    """
    folders = {book.team: book.folder for book in plan.every if book.team is not None}
    free = [(book.folder, book.notebook) for book in plan.every if book.team is None]
    found, placeless = {}, []
    for entry in read(plan.folder)["workbooks"]:
        named = next((name.partition("/")[0] for name in entry["files"]), None)
        folder = folders.get(entry["team"], named)
        if folder is not None:
            found[folder, entry["notebook"]] = entry
        elif entry["team"] is None:
            placeless.append(entry)
    free = [key for key in free if key not in found]
    return found | dict(zip(free, placeless, strict=False))


def write(plan: Plan, outcomes: Iterable[Outcome], words: Words) -> Path:
    """Write the manifest: what ran now, and what earlier runs made of the other teams.

    Entries stand in the organisation's order, those of teams and notebooks that are gone are left
    out. An entry of another day than this run's says so in its warnings.
    """
    every = _earlier(plan, words) | {one.workbook.key: _entry(one) for one in outcomes}
    data = {
        "schema": SCHEMA,
        "quarter": str(plan.quarter),
        "as_of": plan.as_of.isoformat(),
        _LIST: [every[book.key] for book in plan.every if book.key in every],
    }
    path = plan.folder / NAME
    put({path: (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")})
    return path


def finished(plan: Plan, outcomes: Iterable[Outcome]) -> dict[str | None, list[Path]]:
    """Return the result files of each team all of whose workbooks are done as of the run's day."""
    states = {_key(entry): entry["state"] for entry in read(plan.folder)["workbooks"]}
    now = {(one.workbook.team, one.workbook.notebook): one.state for one in outcomes}
    found, lacking = dict[str | None, list[Path]](), set[str | None]()
    for book in plan.every:
        key, path = (book.team, book.notebook), book.output / f"{book.notebook}.result.json"
        state = now.get(key, states.get(key))
        if state in FINISHED and (key in now or _day(path) == plan.as_of.isoformat()):
            found.setdefault(book.team, []).append(path)
        elif state is not None:
            lacking.add(book.team)
    return {team: paths for team, paths in found.items() if team not in lacking}


def _entry(outcome: Outcome) -> dict[str, Any]:
    return {
        "team": outcome.workbook.team,
        "notebook": outcome.workbook.notebook,
        "state": outcome.state,
        "seconds": outcome.seconds,
        "reason": outcome.reason,
        "warnings": list(outcome.warnings),
        "files": dict(outcome.files),
    }


def _key(entry: dict[str, Any]) -> tuple[str | None, str]:
    return entry["team"], entry["notebook"]


def _earlier(plan: Plan, words: Words) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what earlier runs made, as of which day if it is another one."""
    found = entries(plan)
    for key, entry in found.items():
        paths = [plan.folder / name for name in entry["files"] if name.endswith(".result.json")]
        day = _day(paths[0]) if paths else None
        note = words.say("An earlier run made it, as of {day}.", day=day)
        if day not in (None, plan.as_of.isoformat()) and note not in entry["warnings"]:
            found[key] = {**entry, "warnings": [*entry["warnings"], note]}
    return found


def _day(path: Path) -> str | None:
    """Return the day a result is as of, None where there is no such file."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
