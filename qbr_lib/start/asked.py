"""What `qbr init` was asked for, held against what the folder holds already."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qbr_lib.data.files import SUFFIXES
from qbr_lib.errors import ParameterError, SourceError, nearest
from qbr_lib.parameters import UNDECIDED, read_yaml, shipped

ORG, EXPORT = "parameters/org.yml", "export"
OWN = "own"  # the mapping that is begun for an export which no shipped one fits


@dataclass(frozen=True)
class Asked:
    """What `qbr init` was asked for; None where it was not said."""

    root: Path
    crm: str
    export: Path | None = None
    language: str | None = None
    company: str | None = None
    currency: str | None = None


def before(asked: Asked) -> Mapping[str, Any]:
    """Return the parameters that the folder holds already, empty for a new one.

    Raises
    ------
    ParameterError
        If the CRM is unknown, the folder is part of the project or another workspace's.
    """
    _refuse_unknown(asked)
    _refuse_project(asked.root)
    if not (asked.root / ORG).is_file():
        return {}
    found, _ = read_yaml(asked.root / ORG)
    source = found.get("source") or {}
    wanted: dict[str, tuple[object, object]] = {"mapping": (found.get("mapping"), asked.crm)}
    if asked.company:
        wanted["company"] = found.get("company"), asked.company
    if asked.export and source.get("encoding") != UNDECIDED:
        there = _resolved(asked.root / "parameters" / str(source.get("path", "")))
        wanted["source.path"] = there, _resolved(asked.export)
    for key, (got, given) in wanted.items():
        if got != given:
            raise ParameterError(
                "The folder holds another workspace",
                where=f"{asked.root.name}/{ORG}, '{key}'",
                got=f"'{got}'",
                wanted=f"'{given}', or a folder without a workspace",
                edit=f"name another folder, or change '{key}' in its org.yml",
            )
    return found


def export_folder(asked: Asked, found: Mapping[str, Any]) -> Path | None:
    """Return the folder of the export, None where the source is none of files.

    Raises
    ------
    SourceError
        If the folder asked for holds no tables.
    """
    if asked.export is None:
        source = found.get("source") or {"kind": "folder", "path": f"../{EXPORT}"}
        if source.get("kind") != "folder":
            return None
        return _resolved(asked.root / "parameters" / str(source.get("path")))
    if not has_tables(asked.export):
        raise SourceError(
            "The export holds no tables",
            where="--export",
            got=str(asked.export),
            wanted=f"a folder with files ending in {', '.join(SUFFIXES)}",
            edit="name the export's folder, or leave --export out and put the export there later",
        )
    return _resolved(asked.export)


def has_tables(folder: Path) -> bool:
    """Tell whether a folder exists and holds files that may be tables."""
    return folder.is_dir() and any(p.suffix.lower() in SUFFIXES for p in folder.iterdir())


def seen_from(base: Path, folder: Path, *, near: Path) -> str:
    """Return a folder's path from another where both lie near, else its whole path."""
    if folder.is_relative_to(near):
        return Path(os.path.relpath(folder, base)).as_posix()
    return folder.as_posix()


def _resolved(path: Path) -> Path:
    return path.expanduser().resolve()


def _refuse_unknown(asked: Asked) -> None:
    bases = (shipped("mappings"), asked.root / "parameters" / "mappings")
    folders = [path for base in bases if base.is_dir() for path in base.iterdir() if path.is_dir()]
    known = ({path.name for path in folders} | {OWN}) - {"sample"}
    if asked.crm not in known:
        raise ParameterError(
            "The CRM is unknown",
            where="--crm",
            got=f"'{asked.crm}'",
            wanted=nearest(asked.crm, known),
            edit=f"name one of these; '{OWN}' begins a mapping for any other system",
        )


def _refuse_project(root: Path) -> None:
    project = Path(__file__).resolve().parents[2]
    if (project / "pyproject.toml").is_file() and root.is_relative_to(project):
        raise ParameterError(
            "The folder lies inside the project",
            where=root.name,
            got="a folder that an update of the project may change",
            wanted="a folder outside the project",
            edit=f"name one beside it, such as ../{root.name}",
        )
