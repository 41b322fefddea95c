"""What a mapping finds in an export before anything else is complete: teams, owners, raw names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import duckdb

from qbr_lib.data import headings, mapping
from qbr_lib.data.files import ROW
from qbr_lib.data.sources import RawData, open_source
from qbr_lib.data.sql import quoted
from qbr_lib.errors import MappingError, QbrError, SourceError
from qbr_lib.parameters import Workspace, read_yaml
from qbr_lib.schema import UNASSIGNED
from qbr_lib.start.starter import starter
from qbr_lib.start.template import SHEETS, Rows
from qbr_lib.words import Words

_NAMED = re.compile(
    r"^from:[ ]*([^#\n]+)|^--\s*(?:needs|optional|rows)\s*:\s*([^\s(]+)", re.MULTILINE
)


@dataclass(frozen=True)
class Found:
    """What is known of an export through its mapping.

    Parameters
    ----------
    sheets : tuple of str
        Sheets of the plan that the mapping reads and the export has no file for.
    rows : mapping
        Teams and owners for the sheets of those names, as far as the deals name them.
    starter : mapping of str to str
        The files of a mapping begun from the export's own headings.
    """

    sheets: tuple[str, ...] = SHEETS
    rows: Rows = field(default_factory=dict)
    starter: Mapping[str, str] = field(default_factory=dict)


def look(workspace: Workspace, words: Words) -> Found:
    """Look through the mapping at the export; what cannot be read yet is simply not found."""
    organisation = workspace.organisation
    source = organisation.source.model_copy(update={"plan": None})
    place = Workspace(workspace.root, organisation.model_copy(update={"source": source}))
    with suppress(QbrError), open_source(place) as raw:
        begun = starter(raw, words) if raw.tables else {}
        taken = {name.casefold() for name in raw.tables}
        sheets = tuple(sheet for sheet in SHEETS if sheet not in taken)
        with suppress(MappingError, SourceError):  # tables mapped before the fault are there
            mapping.apply(raw, place)
        return Found(sheets, {"teams": _teams(raw), "reps": _reps(raw)}, begun)
    return Found()


def wanted_files(workspace: Workspace, words: Words) -> str:
    """Return what an export should hold: the files behind the deals by their names or patterns."""
    names: dict[str, None] = {}
    called: Mapping[str, Any] = {}
    with suppress(QbrError):
        files = [*mapping.folder_of(workspace).glob("*.*")]
        for path in sorted(files, key=lambda path: (path.stem != "opportunities", path.name)):
            for given, named in _NAMED.findall(path.read_text(encoding="utf-8")):
                listed = (given.strip(" []") or named).split(",")
                names |= dict.fromkeys(name.strip("\"' ") for name in listed)
            called = read_yaml(path)[0] if path.name == headings.FILE else called
    patterns = [called.get(n, {}).get("from") or [n] for n in names if n not in SHEETS]
    listed = [[one] if isinstance(one, str) else one for one in patterns]
    if not listed:
        return words.say("one file with a row per deal")
    first, others = " / ".join(listed[0]), ", ".join(one[0] for one in listed[1:])
    if not others:
        return first
    return words.say("{file}, and if there are {others}", file=first, others=others)


def _teams(raw: RawData) -> list[dict[str, str | None]]:
    own = _select(raw, "teams", ["team_id", "name", "manager", "territory", "group"])
    named = own or _select(raw, "reps", ["team_id"]) or _select(raw, "opportunities", ["team_id"])
    return [row for row in named or [] if row["team_id"] != UNASSIGNED]


def _reps(raw: RawData) -> list[dict[str, str | None]]:
    """Return the owners of deals where the export does not say which of several teams is theirs.

    What it says itself, of owners or of deals, is not copied: a copy would hide later changes.
    """
    teams = {row["team_id"] for row in _select(raw, "opportunities", ["team_id"]) or []}
    if len(teams) > 1 or _select(raw, "reps", ["rep_id"]):
        return []
    team = next(iter(teams - {UNASSIGNED}), None)
    owners = _select(raw, "opportunities", ["owner_id"]) or []
    return [{"rep_id": row["owner_id"], "team_id": team} for row in owners]


def _select(raw: RawData, table: str, columns: Sequence[str]) -> list[dict[str, str | None]] | None:
    """Return the distinct rows of a mapped table, in its order; None where there is none."""
    chosen = ", ".join(quoted(name) for name in columns)
    try:
        found = raw.connection.execute(
            f"SELECT {chosen} FROM mapped.{quoted(table)} WHERE {quoted(columns[0])} IS NOT NULL "
            f"GROUP BY ALL ORDER BY min({ROW})"
        )
    except duckdb.Error:
        return None
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
