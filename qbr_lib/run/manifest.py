"""What happened: `build/<quarter>/manifest.json`, the list that index and other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from qbr_lib.run.files import put
from qbr_lib.run.outcome import Outcome
from qbr_lib.run.plan import Plan
from qbr_lib.words import Words

SCHEMA = 1
NAME = "manifest.json"
FINISHED = ("done", "cached")


def read(folder: Path) -> dict[str, Any]:
    """Read a quarter's manifest; an empty one where there is none yet or it is cut off."""
    empty: dict[str, Any] = {"schema": SCHEMA, "quarter": folder.name, "as_of": "", "workbooks": []}
    try:
        data = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return empty
    return data if isinstance(data, dict) and data.get("schema") == SCHEMA else empty


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
    place = {book.key: n for n, book in enumerate(plan.every)}
    ordered = sorted(outcomes, key=lambda outcome: place[outcome.workbook.key])
    fresh = [_entry(outcome) for outcome in ordered]
    kept = _kept(plan, {_key(entry) for entry in fresh}, words)
    known = {key: n for n, key in enumerate(_known(plan))}
    data = {
        "schema": SCHEMA,
        "quarter": str(plan.quarter),
        "as_of": plan.as_of.isoformat(),
        "workbooks": sorted([*fresh, *kept], key=lambda entry: known[_key(entry)]),
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


def _known(plan: Plan) -> list[tuple[str | None, str]]:
    return list(dict.fromkeys((book.team, book.notebook) for book in plan.every))


def _key(entry: dict[str, Any]) -> tuple[str | None, str]:
    return entry["team"], entry["notebook"]


def _kept(
    plan: Plan, replaced: set[tuple[str | None, str]], words: Words
) -> Iterator[dict[str, Any]]:
    known = {*_known(plan)}
    for entry in read(plan.folder)["workbooks"]:
        if _key(entry) in known and _key(entry) not in replaced:
            paths = [plan.folder / name for name in entry["files"] if name.endswith(".result.json")]
            day = _day(paths[0]) if paths else None
            note = words.say("An earlier run made it, as of {day}.", day=day)
            new = day not in (None, plan.as_of.isoformat()) and note not in entry["warnings"]
            yield {**entry, "warnings": [*entry["warnings"], note]} if new else entry


def _day(path: Path) -> str | None:
    """Return the day a result is as of, None where there is no such file."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["as_of"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
