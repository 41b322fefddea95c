"""From raw tables to canonical ones, still as text: the folder of a mapping and its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qbr_lib.data import headings, renames, selects
from qbr_lib.data.mapped import MappedTable
from qbr_lib.data.sources import RawData
from qbr_lib.errors import MappingError, nearest
from qbr_lib.parameters import Workspace, shipped
from qbr_lib.schema import TABLES, Table


def folder_of(workspace: Workspace) -> Path:
    """Return the mapping's folder: the workspace's own, else the shipped one of that name.

    Raises
    ------
    MappingError
        If neither exists.
    """
    name = workspace.organisation.mapping
    bases = [workspace.parameters / "mappings", shipped("mappings")]
    for base in bases:
        if (base / name).is_dir():
            return base / name
    known = {
        path.name for base in bases if base.is_dir() for path in base.iterdir() if path.is_dir()
    }
    raise MappingError(
        "The mapping does not exist",
        where="org.yml, 'mapping'",
        got=f"'{name}'",
        wanted=nearest(name, known),
        edit="name a folder under parameters/mappings",
    )


def apply(raw: RawData, workspace: Workspace) -> dict[str, MappedTable]:
    """Select every canonical table the mapping names into the schema `mapped`.

    Where a table has both an optional `.yml` and an `.sql`, the first that gives rows is taken. A
    table without rows counts as absent unless there is no workbook without it.

    Returns
    -------
    dict of str to MappedTable
        In the order of the schema; tables the export lacks are absent.

    Raises
    ------
    MappingError
        If a file, table or column does not fit, or SQL fails.
    SourceError
        If a raw table is missing, or two fit one name.
    """
    folder = folder_of(workspace)
    raw.connection.execute("CREATE SCHEMA IF NOT EXISTS mapped")
    headings.apply(raw, folder)
    files = _files(folder)
    mapped: dict[str, MappedTable] = {}
    for name, table in TABLES.items():
        found = next(_found(raw, table, files.get(name, [])), None)
        if found is not None:
            mapped[name] = found
        elif table.needed:
            raise MappingError(
                "A needed table is not mapped",
                where=f"mapping {folder.name}",
                got=f"no raw table behind {' or '.join(path.name for path in files[name])}"
                if name in files
                else f"no {name}",
                wanted=f"{name}.yml or {name}.sql whose raw table is in the export",
                edit=f"write {name}.yml, or add the missing file to the export",
            )
    return mapped


def _found(raw: RawData, table: Table, paths: list[Path]) -> Iterator[MappedTable]:
    """Yield what each file of a table gives, where it gives something."""
    for path in paths:
        if path.suffix == ".yml":
            spec, lines = renames.read(path)
            if len(paths) > 1 and not spec.optional:
                raise _twice(path)
            found = renames.select(raw, table, path, spec, lines)
        else:
            found = selects.select(raw, table, path)
        if found is not None and (found.rows or table.needed):
            yield found


def _files(folder: Path) -> dict[str, list[Path]]:
    """Return the files of each table, `.yml` before `.sql`."""
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir(), key=lambda path: (path.stem, path.suffix != ".yml")):
        if path.suffix not in (".yml", ".sql") or path.name == headings.FILE:
            continue
        if path.stem not in TABLES:
            raise MappingError(
                "A mapping file fits no table",
                where=f"mapping {folder.name}",
                got=path.name,
                wanted=nearest(path.stem, TABLES),
                edit=f"rename or remove {path.name}",
            )
        files.setdefault(path.stem, []).append(path)
    return files


def _twice(path: Path) -> MappingError:
    return MappingError(
        "A table is mapped twice",
        where=f"mapping {path.parent.name}",
        got=f"{path.name} and {path.stem}.sql",
        wanted=f"one of them, or 'optional: true' in {path.name} to prefer it where it gives rows",
        edit=f"remove one, or add 'optional: true' to {path.name}",
    )
