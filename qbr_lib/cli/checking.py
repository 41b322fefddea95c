"""The command `qbr check`: is all a run reads as it should be, and what is next. Wiring only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from qbr_lib import record, start
from qbr_lib.cli import progress
from qbr_lib.cli.options import HERE, WorkspaceOption
from qbr_lib.data import check as checks
from qbr_lib.errors import QbrError
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
    words, teams = in_language(place.organisation.language), report.data.tables["teams"]
    team_files(place, [*teams["team_id"]])
    nobodys = [*_nobodys_records(place, teams)]
    text = json.dumps(report.to_json(), ensure_ascii=False, indent=1) + "\n"
    put({place.build / "check.json": text.encode("utf-8")})
    for line in report.lines(words):
        progress.tell(line)
    for path in nobodys:
        file = f"records/{path.parent.name}/{path.name}"
        progress.tell(words.say("{file} is the record of no team that there is now", file=file))
    step = start.after_check(report, progress.typed(place.root), words)
    progress.tell(f"\n{progress.following(step, words)}")


def _nobodys_records(place: Workspace, teams: pd.DataFrame) -> Iterator[Path]:
    """Read every record as a run would; yield those that no page shows.

    Raises
    ------
    ParameterError
        If one cannot be read.
    """
    groups = group_folder_names(teams["group"].dropna())
    folders = {*folder_names(teams["team_id"]).values(), *groups.values(), COMPANY}
    for path in sorted((place.parameters / "records").glob("*/*.yml")):
        record.read(path)
        if path.stem not in folders:
            yield path
