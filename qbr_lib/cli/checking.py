"""The command `qbr check`: is all a run reads as it should be, and what is next. Wiring only."""

from __future__ import annotations

import json
from pathlib import Path

from qbr_lib import record, start
from qbr_lib.cli import progress
from qbr_lib.cli.options import HERE, WorkspaceOption
from qbr_lib.data import check as checks
from qbr_lib.errors import ParameterError, QbrError, nearest
from qbr_lib.parameters import COMPANY, Workspace, folder_names, group_folder_names, load_workspace
from qbr_lib.run.files import put
from qbr_lib.run.plan import team_files
from qbr_lib.words import in_language


def check(workspace: WorkspaceOption = HERE) -> None:
    """Check all that a run reads, count deals to hold against the CRM, say what is next."""
    try:
        place = load_workspace(workspace)
        report = checks.check(place)
    except QbrError as err:
        root = workspace.expanduser().resolve()
        if step := start.after_refusal(root, err, progress.typed(root)):
            err.add_note(progress.following(*step))
        raise
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n"
    put({place.build / "check.json": text.encode("utf-8")})
    words = in_language(place.organisation.language)
    for line in report.lines(words):
        progress.tell(line)
    teams = report.data.tables["teams"]
    team_files(place, [*teams["team_id"]])
    groups = group_folder_names([*teams["group"].dropna()]) if "group" in teams else {}
    _records(place, {*folder_names(teams["team_id"]).values(), *groups.values(), COMPANY})
    step = start.after_check(report, progress.typed(place.root), words)
    progress.tell(f"\n{progress.following(step, words)}")


def _records(place: Workspace, folders: set[str]) -> None:
    """Refuse a record that cannot be read, or that no team would ever read."""
    for path in sorted((place.parameters / "records").glob("*/*.yml")):
        record.read(path)
        if path.stem not in folders:
            raise _nobodys(path, folders)


def _nobodys(path: Path, folders: set[str]) -> ParameterError:
    return ParameterError(
        "A record belongs to no team",
        where=f"records/{path.parent.name}/{path.name}",
        got=f"'{path.stem}'",
        wanted=nearest(path.stem, folders),
        edit="rename the file, or keep it elsewhere if the team is gone",
    )
