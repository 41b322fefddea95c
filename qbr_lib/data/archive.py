"""What earlier runs left under `history/`, read: it cannot be made again, so damage is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from qbr_lib.errors import StoreError
from qbr_lib.parameters import Workspace

_NEEDED = {"opportunity_id", "owner_id", "taken_on"}


def snapshots(workspace: Workspace) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Yield the open deals' states that earlier runs kept, oldest first.

    Raises
    ------
    StoreError
        If a file is damaged.
    """
    for path in sorted((workspace.history / "snapshots").glob("*.parquet")):
        wanted = "a snapshot in Parquet, as a run writes it"
        try:
            frame = pd.read_parquet(path)
        except pa.ArrowException as err:
            raise _damaged(workspace, path, wanted) from err
        if _NEEDED - {*frame}:
            raise _damaged(workspace, path, wanted)
        yield path, frame


def result(workspace: Workspace, path: Path) -> dict[str, Any]:
    """Return a result as it was kept, of whatever schema.

    Raises
    ------
    StoreError
        If the file is damaged.
    """
    wanted = "a result in JSON, as a run writes it"
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as err:  # JSON or UTF-8
        raise _damaged(workspace, path, wanted) from err
    if not isinstance(data, dict) or not isinstance(data.get("provenance", {}), dict):
        raise _damaged(workspace, path, wanted)
    return data


def _damaged(workspace: Workspace, path: Path, wanted: str) -> StoreError:
    return StoreError(
        "A file that an earlier run kept is damaged",
        where=path.relative_to(workspace.root).as_posix(),
        got=f"{path.stat().st_size} bytes that are no such file",
        wanted=wanted,
        edit="restore it from a copy, or delete it: what it tells is lost then",
    )
