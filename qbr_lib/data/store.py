"""The prepared store: one Parquet slice per team under `build/store/`, made once per input.

The folder's name is a hash of everything it was made from, so a store is never changed: other
inputs make another one. It appears by one rename, whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock

from qbr_lib.data import archive, identity, partition, sources
from qbr_lib.data.interrupts import held
from qbr_lib.data.prepare import Prepared
from qbr_lib.data.prepare import prepare as prepare_data
from qbr_lib.errors import PeriodError, StoreError
from qbr_lib.parameters import Organisation, Workspace, folder_names, group_folder_names
from qbr_lib.periods import Quarter, last_finished

# Set by a run for its notebooks: the source as the run read it, so that they neither hash it once
# more nor see another one that arrived meanwhile.
SOURCE_READ = "QBR_SOURCE_READ"
_KEPT = 4
_PARTIAL = ".partial-"


@dataclass(frozen=True)
class Store:
    """A prepared store.

    Parameters
    ----------
    folder : Path
        `build/store/<fingerprint>`.
    meta : mapping
        What `store.json` holds.
    source : str
        SHA-256 of the source it was found for (`sources.digest_of`).
    """

    folder: Path
    meta: Mapping[str, Any]
    source: str = ""

    @property
    def as_of(self) -> dt.date:
        """The day the data is as of."""
        return dt.date.fromisoformat(self.meta["as_of"])

    @property
    def latest(self) -> dt.date:
        """The newest day of the data."""
        return dt.date.fromisoformat(self.meta["latest"])

    @property
    def teams(self) -> pd.DataFrame:
        """The rows of `teams` in the order of the file."""
        return pd.DataFrame(self.meta["teams"], columns=partition.TEAM_COLUMNS)

    @property
    def folders(self) -> dict[str, str]:
        """Each team's folder."""
        return folder_names(team["team_id"] for team in self.meta["teams"])

    @property
    def group_folders(self) -> dict[str, str]:
        """Each group's folder."""
        return group_folder_names(team["group"] for team in self.meta["teams"] if team["group"])

    @property
    def first_day(self) -> dt.date | None:
        """The first closing day, None when nothing was ever closed."""
        since = self.meta["data_since"]
        return dt.date.fromisoformat(since) if since else None

    @property
    def last_day(self) -> dt.date:
        """The day the data ends: `as_of`."""
        return self.as_of

    @property
    def hygiene(self) -> Mapping[str, Any]:
        """Rows in, kept and rejected, and what absent tables make impossible."""
        hygiene: Mapping[str, Any] = self.meta["hygiene"]
        return hygiene


def prepare(workspace: Workspace, *, as_of: str | None = None, refresh: bool = False) -> Store:
    """Return the store for a workspace as of a day, making it where it is missing.

    Parameters
    ----------
    workspace : Workspace
        Its `organisation.as_of` holds unless `as_of` is given.
    as_of : str, optional
        A day such as "2026-10-05", or "latest".
    refresh : bool
        Read a database again even if a store for these parameters exists. Files are always
        compared by content.

    Raises
    ------
    QbrError
        If parameters, mapping or data are refused; nothing is written then.
    """
    wanted = as_of or workspace.organisation.as_of
    root = workspace.build / "store"
    told = os.environ.get(SOURCE_READ, "")
    if (
        told
        and not refresh
        and (found := _existing(root, identity.key(workspace, wanted, told), told))
    ):
        return found
    source = sources.digest_of(workspace)
    again = refresh and workspace.organisation.source.kind == "database"
    found = _existing(root, identity.key(workspace, wanted, source), source)
    if found is not None and not again:
        return found
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / ".lock"):
            found = _existing(root, identity.key(workspace, wanted, source), source)
            if found is not None and not again:
                return found
            data = prepare_data(workspace, wanted, own_snapshots(workspace))
            if sources.digest_of(workspace) != source:
                raise _changed(workspace)
            return _write(workspace, wanted, data, source)
    except OSError as err:
        raise StoreError(
            "The prepared store cannot be written",
            where=str(root.relative_to(workspace.root)),
            got=err.strerror or str(err),
            wanted="a writable folder with room for the slices",
            edit="free space or change the folder's permissions",
        ) from err


def keep_snapshot(workspace: Workspace, store: Store) -> Path | None:
    """Keep the open deals' state under `history/`, so that history builds from the first run.

    Only when the store is as of the newest day; the same day again replaces the day's file.
    """
    if store.as_of != store.latest or not store.meta["open_deals"]:
        return None
    target = workspace.history / "snapshots" / f"{store.as_of.isoformat()}.parquet"
    source = store.folder / "snapshot.parquet"
    if target.is_file() and target.read_bytes() == source.read_bytes():
        return target
    days = {workspace.organisation.as_of, store.as_of.isoformat()}
    named = [(day, one) for day in days for one in identity.names(workspace, store.source)]
    same = [one for one in named if _is(store, identity.key(workspace, *one))]
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".partial")
    shutil.copyfile(source, beside)
    beside.replace(target)
    for one in same:  # a snapshot of the newest day tells nothing new: the store stays the same
        _alias(store.folder.parent, identity.key(workspace, *one), store.folder.name)
    return target


def own_snapshots(workspace: Workspace) -> pd.DataFrame | None:
    """Return the snapshots that earlier runs kept."""
    kept = [frame for _, frame in archive.snapshots(workspace)]
    return pd.concat(kept, ignore_index=True) if kept else None


def _is(store: Store, key: str) -> bool:
    found = _existing(store.folder.parent, key)
    return found is not None and found.folder == store.folder


def _alias(root: Path, key: str, store: str) -> None:
    (root / f"{key}.alias").write_text(store, encoding="utf-8")


def _existing(root: Path, key: str, source: str = "") -> Store | None:
    alias = root / f"{key}.alias"
    key = alias.read_text(encoding="utf-8") if alias.is_file() else key
    meta = meta_of(root / key)
    return None if meta is None else Store(root / key, meta, source)


def meta_of(folder: Path) -> dict[str, Any] | None:
    """Return what a store says of itself; None where there is none, or a damaged one."""
    try:
        data = json.loads((folder / "store.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _write(workspace: Workspace, wanted: str, data: Prepared, source: str) -> Store:
    """Write a store and the names it is found by; one of the same content stays as it is.

    What a database holds is known only once it was read: its content counts as the source, so that
    what another run goes on with is not changed under it.
    """
    root = workspace.build / "store"
    for left in root.glob(f"{_PARTIAL}*"):  # by a process that was killed: the lock is ours
        shutil.rmtree(left, ignore_errors=True)
    partial = root / f"{_PARTIAL}new"
    partial.mkdir(parents=True)
    try:
        with held():
            meta = partition.write(partial, data)
        text = json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True)
        (partial / "store.json").write_text(text + "\n", encoding="utf-8")
        if workspace.organisation.source.kind == "database":
            source = identity.content(partial)
        key = identity.key(workspace, wanted, source)
        if meta_of(root / key) is None:
            shutil.rmtree(root / key, ignore_errors=True)
            partial.replace(root / key)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    days = {wanted, data.as_of.isoformat()} if wanted == "latest" else {wanted}
    called = identity.names(workspace, source)
    for name in {identity.key(workspace, day, one) for day in days for one in called} - {key}:
        _alias(root, name, key)
    if not os.environ.get(SOURCE_READ):  # a run's notebooks drop nothing that the run goes on with
        _drop_old(root, key)
    return Store(root / key, meta_of(root / key) or meta, source)


def _changed(workspace: Workspace) -> StoreError:
    return StoreError(
        "The export changed while it was read",
        where="org.yml, 'source'",
        got=f"other files in {workspace.organisation.source.path} than a moment ago",
        wanted="an export that is written to its end before it is read",
        edit="run again once the export is complete",
    )


def _drop_old(root: Path, key: str) -> None:
    """Keep the newest few stores; the rest can be made again."""
    others = [
        path for path in root.iterdir() if (path / "store.json").is_file() and path.name != key
    ]
    for path in sorted(others, key=lambda p: p.stat().st_mtime)[: -(_KEPT - 1)]:
        shutil.rmtree(path, ignore_errors=True)


def check_quarter(store: Store, organisation: Organisation, text: str) -> Quarter:
    """Return the quarter asked for, or the last one finished when none is.

    Raises
    ------
    PeriodError
        If it is malformed, or the data holds nothing of it.
    """
    starts = organisation.fiscal_year_starts
    newest = Quarter.containing(store.last_day, starts=starts)
    first_day = store.first_day or store.last_day
    oldest = Quarter.containing(first_day, starts=starts)
    if text:
        quarter = Quarter.parse(text, starts=starts)
    else:
        finished = last_finished(store.last_day, starts=starts)
        quarter = finished if oldest <= finished else newest
    if oldest <= quarter <= newest:
        return quarter
    raise PeriodError(
        "The quarter lies outside the data",
        where="parameter 'quarter'",
        got=str(quarter),
        wanted=f"{oldest} to {newest}: the first closing was on {first_day.isoformat()}, "
        f"the data is as of {store.last_day.isoformat()}",
        edit="choose a quarter in this range, or export more",
    )


def running_cycle(store: Store, organisation: Organisation) -> Quarter:
    """Return the quarter whose review set the goals of the quarter that the data ends in."""
    return Quarter.containing(store.last_day, starts=organisation.fiscal_year_starts).previous
