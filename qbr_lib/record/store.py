"""The record's file: read with its digest, written only if nobody changed it in between."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import os
import stat
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.nodes import Node

from qbr_lib.errors import ParameterError, PeriodError, QbrError, RecordConflict
from qbr_lib.measures import N_
from qbr_lib.parameters import Workspace, compose, lines_of, nodes, parse
from qbr_lib.periods import Quarter
from qbr_lib.record.models import Record
from qbr_lib.record.splice import dump, splice

Change = Callable[[CommentedMap], None]
_HEADER = """\
# yaml-language-server: $schema=../../record.schema.json
# The record of {folder} for {quarter}: edited by hand and by the notebooks, which keep comments.
"""
_BINARY = getattr(os, "O_BINARY", 0)  # else Windows would write its own line ends
_SHOWN_LINES = 40
_KEPT = 32
# What was handed out lately, by digest: a conflict shows what its reader saw.
_seen: dict[str, bytes] = {}


@dataclass(frozen=True)
class Stored:
    """A record and the state of its file.

    Parameters
    ----------
    path : Path
        Where it stands or would stand.
    record : Record
        Empty where there is no file.
    digest : str
        SHA-256 of the file's bytes, "" where there is none.
    """

    path: Path
    record: Record
    digest: str


def path_of(workspace: Workspace, quarter: Quarter | str, folder: str) -> Path:
    """Return where the record of a folder (team, group, company) and cycle stands."""
    name = str(Quarter.parse(str(quarter)))
    return workspace.parameters / "records" / name / f"{folder}.yml"


def quarters(workspace: Workspace, folder: str) -> list[str]:
    """Return the cycles that have a record of this folder, oldest first."""
    found = []
    for path in (workspace.parameters / "records").glob(f"*/{folder}.yml"):
        with contextlib.suppress(PeriodError):
            if path == path_of(workspace, path.parent.name, folder):
                found.append(path.parent.name)
    return sorted(found)


def read(path: Path) -> Stored:
    """Read a record; without a file, or with nothing but comments in it, it is empty.

    Raises
    ------
    ParameterError
        With file, line and the nearest name, if the file is not a record.
    """
    content = _content(path)
    return _stored(path, content, _checked(content or b"", path))


def update(path: Path, digest: str, change: Change) -> Stored:
    """Change a record's file, keeping every line that the change does not touch.

    Parameters
    ----------
    path : Path
        As `path_of` gives it.
    digest : str
        Of the `Stored` that the change is based on.
    change : callable
        Changes the document in place. It may be called again to show a conflict, so it does
        nothing else.

    Returns
    -------
    Stored
        What stands now. A change that changes nothing writes nothing.

    Raises
    ------
    RecordConflict
        If the file is not the one the digest was taken of; nothing is written.
    ParameterError
        If the result would not be a record; nothing is written.
    """
    target = path.resolve()
    lock = _lock_of(target)
    lock.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(lock, mode=0o664, poll_interval=0.01):
        present = _content(target)
        if _digest(present) != digest:
            raise _conflict(target, present, digest, change)
        content = _changed(present, target, change)
        record = _checked(content, target)
        if content != (present or b""):
            _write(target, content)
            present = content
    return _stored(path, present, record)


def _stored(path: Path, content: bytes | None, record: Record) -> Stored:
    digest = _digest(content)
    if content is not None:
        _seen[digest] = content
        while len(_seen) > _KEPT:
            del _seen[next(iter(_seen))]
    return Stored(path, record, digest)


def _changed(present: bytes | None, path: Path, change: Change) -> bytes:
    """Return the file's content with a change made to it."""
    node, old = _composed(present or b"", _name(path))
    new = CommentedMap() if old is None else deepcopy(old)
    change(new)
    if new == (old or {}):
        return present or b""
    text = _header(path) if present is None else present.decode("utf-8")
    try:
        content = splice(text, node, old, new).encode()
        if _composed(content, _name(path))[1] == new:
            return content
    except (ParameterError, ValueError):
        pass
    return dump(new).encode()  # unusual YAML is laid out anew; ruamel keeps the comments


def _checked(content: bytes, path: Path) -> Record:
    node = nodes(content, name=_name(path))
    data = _texts(node) if node else None
    lines = lines_of(node) if node else {}
    return parse(Record, data or {}, path=path, lines=lines, name=_name(path))


@lru_cache(maxsize=16)
def _composed(content: bytes, name: str) -> tuple[Node | None, Any]:
    """Return what `compose` reads; a save asks for the same text again. Copy before changing it."""
    return compose(content, name=name)


def _texts(node: Any) -> Any:
    """Return nested data whose values are the text as written, so that quotes do not matter."""
    if node.id == "mapping":
        return {str(key.value): _texts(value) for key, value in node.value}
    if node.id == "sequence":
        return [_texts(item) for item in node.value]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return node.value.replace("\a", "") if node.style == ">" else node.value  # ruamel's folds


def _write(path: Path, content: bytes) -> None:
    """Put the whole content in the file's place; after a crash the old or the new one stands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")  # one name: what a crash left is replaced
    beside.unlink(missing_ok=True)
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o664)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(handle)
        if path.exists():
            beside.chmod(stat.S_IMODE(path.stat().st_mode))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # Windows has no handle of a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _conflict(path: Path, present: bytes | None, digest: str, change: Change) -> RecordConflict:
    """Return the error that shows what stands now and what was to be written."""
    base = _seen.get(digest, present) if digest else None
    try:
        mine = _changed(base, path, change).decode("utf-8")
    except Exception as err:  # the change need not fit what stands there now
        mine = err.sentence if isinstance(err, QbrError) else repr(err)
    theirs = (present or b"").decode("utf-8", errors="replace")
    lines = difflib.unified_diff(
        theirs.splitlines(), mine.splitlines(), "theirs, in the file", "mine", n=1, lineterm=""
    )
    shown = list(lines)
    if len(shown) > _SHOWN_LINES:
        shown = [*shown[:_SHOWN_LINES], "..."]
    return RecordConflict(
        N_("The record was changed since it was read; nothing was written"),
        where=_name(path),
        got="\n".join(["two versions", *(f"    {line}" for line in shown)]),
        wanted="the file as it was read",
        edit=N_("read the record again and repeat the change on what stands there now"),
    )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _digest(content: bytes | None) -> str:
    return "" if content is None else hashlib.sha256(content).hexdigest()


def _header(path: Path) -> str:
    return _HEADER.format(folder=path.stem, quarter=path.parent.name)


def _lock_of(path: Path) -> Path:
    """Return the lock's file, in `build/`, since people see and commit `parameters/`."""
    parts = [folder.parent for folder in path.parents if folder.name == "parameters"]
    root = parts[0] if parts else path.parent
    return root / "build" / "locks" / f"{path.parent.name}-{path.stem}.lock"


def _name(path: Path) -> str:
    return "/".join(path.parts[-3:])
