"""What a prepared store is named by: everything it was made from."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
from pathlib import Path
from typing import Any

from qbr_lib.data import mapping, sources
from qbr_lib.data.people import key_of
from qbr_lib.parameters import Workspace

FORMAT = 3
_KEY_PARTS = ("source", "mapping", "currency", "timezone", "fiscal_year_starts", "privacy")
_PACKAGES = ("duckdb", "pandas", "pyarrow", "python-calamine")


def key(workspace: Workspace, as_of: str, source: str) -> str:
    """Hash what the store depends on: content, mapping, parameters, code, own snapshots."""
    organisation = workspace.organisation.model_dump(mode="json")
    parts: list[Any] = [FORMAT, as_of]
    parts += [organisation[name] for name in _KEY_PARTS]
    parts.append(organisation["thresholds"]["rejected_share"])
    parts.append(source)
    if workspace.organisation.privacy.people != "named":
        secret = key_of(workspace.history, make=False)
        parts.append(hashlib.sha256(secret).hexdigest())
    for path in sorted(mapping.folder_of(workspace).rglob("*")):
        if path.suffix in (".yml", ".sql"):
            parts.append([path.name, hashlib.sha256(path.read_bytes()).hexdigest()])
    parts.append(_code())
    for path in sorted((workspace.history / "snapshots").glob("*.parquet")):
        parts.append([path.name, hashlib.sha256(path.read_bytes()).hexdigest()])
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:24]


def names(workspace: Workspace, source: str) -> set[str]:
    """Return what a source is called: by its content, and what a database is called unread."""
    database = workspace.organisation.source.kind == "database"
    return {source, sources.digest_of(workspace)} if database else {source}


def content(folder: Path) -> str:
    """Hash what a store holds."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(path.relative_to(folder).as_posix().encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@functools.cache
def _code() -> str:
    """Hash what the data is prepared with: the floors up to this one, and what reads files."""
    library, total = Path(__file__).parents[1], hashlib.sha256()
    places = [library / name for name in ("data", "measures", "parameters")]
    paths = [*library.glob("*.py"), *(path for place in places for path in place.rglob("*.*"))]
    for path in sorted(path for path in paths if path.suffix in (".yml", ".sql", ".py")):
        total.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    for name in _PACKAGES:
        total.update(importlib.metadata.version(name).encode())
    return total.hexdigest()
