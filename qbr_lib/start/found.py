"""What a mapping finds in an export before anything else is complete: teams, owners, raw names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import duckdb

from qbr_lib.data import mapping
from qbr_lib.data.files import ROW
from qbr_lib.data.sources import RawData, open_source
from qbr_lib.data.sql import quoted
from qbr_lib.errors import MappingError, QbrError, SourceError
from qbr_lib.parameters import Workspace
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
    fits : bool
        Whether the mapping finds the deals.
    starter : mapping of str to str
        The files of a mapping begun from the export's own headings.
    """

    sheets: tuple[str, ...] = SHEETS
    rows: Rows = field(default_factory=dict)
    fits: bool = False
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
        fits = _select(raw, "opportunities", ["opportunity_id"]) is not None
        return Found(sheets, {"teams": _teams(raw), "reps": _reps(raw)}, fits, begun)
    return Found()


def wanted_files(workspace: Workspace, words: Words) -> str:
    """Return what an export should hold by its raw names, those behind the deals first."""
    names: dict[str, None] = {}
    with suppress(MappingError):
        files = [*mapping.folder_of(workspace).glob("*.*")]
        for path in sorted(files, key=lambda path: (path.stem != "opportunities", path.name)):
            for given, named in _NAMED.findall(path.read_text(encoding="utf-8")):
                listed = (given.strip(" []") or named).split(",")
                names |= dict.fromkeys(name.strip("\"' ") for name in listed)
    first, *others = [name for name in names if name not in SHEETS] or [""]
    if not first:
        return words.say("one file with a row per deal")
    if not others:
        return first
    return words.say("{file}, and if there are {others}", file=first, others=", ".join(others))


def _teams(raw: RawData) -> list[dict[str, str | None]]:
    own = _select(raw, "teams", ["team_id", "name", "manager", "territory", "group"])
    named = own or _select(raw, "reps", ["team_id"]) or _select(raw, "opportunities", ["team_id"])
    return [row for row in named or [] if row["team_id"] != UNASSIGNED]


def _reps(raw: RawData) -> list[dict[str, str | None]]:
    """Return the owners of deals where the export does not say itself to which team they belong.

    What it says itself is not copied: a copy would hide the reps who come later.
    """
    if _select(raw, "reps", ["rep_id"]):
        return []
    owners = _select(raw, "opportunities", ["owner_id"]) or []
    return [{"rep_id": row["owner_id"]} for row in owners]


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
