"""What an export's files and columns may be called: one raw table under one set of names.

A mapping's `headings.yml` names raw tables and their columns once, in whatever language or order
the export was made; the `.yml` and `.sql` files beside it use those names.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from qbr_lib.data.files import ROW
from qbr_lib.data.renames import Lines, Names, choose
from qbr_lib.data.sources import RawData, RawTable, folded
from qbr_lib.data.sql import quoted
from qbr_lib.errors import MappingError
from qbr_lib.parameters import parse, read_yaml

FILE = "headings.yml"


class NamedTable(BaseModel):
    """One raw table of `headings.yml`.

    `from` gives patterns that exactly one raw table fits; `columns` must stand in it under one of
    their headings, `optional_columns` are empty where they do not. The name of a table or column
    always counts as well. `optional` lets the table be absent: it is empty then.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Names = Field(default=(), alias="from")
    columns: dict[str, Names] = {}
    optional_columns: dict[str, Names] = {}
    optional: bool = False


def apply(raw: RawData, folder: Path) -> None:
    """Give the raw tables and columns of a mapping's `headings.yml` their names there.

    Columns that it does not name stay under their own headings.

    Raises
    ------
    MappingError
        If a needed column has none of its headings, or the source is a database.
    SourceError
        If a needed table is missing, or two fit one name.
    """
    path = folder / FILE
    if not path.is_file():
        return
    if raw.database is not None:
        raise MappingError(
            "A mapping for files cannot read a database",
            where=f"mapping {folder.name}, {FILE}",
            got="a source of kind 'database'",
            wanted="a source of kind 'folder': headings are those of exported files",
            edit="write a mapping without headings.yml for the database's own tables",
        )
    data, lines = read_yaml(path)
    named = {
        name: parse(NamedTable, table, path=path, lines=_below(lines, name))
        for name, table in data.items()
    }
    found = {name: _find(raw, (name, *table.source), table) for name, table in named.items()}
    made = {
        name: _make(raw, name, named[name], source, _below(lines, name))
        for name, source in found.items()
    }
    for source in {table.name for table in found.values() if table is not None}:
        raw.connection.execute(f"DROP TABLE raw.{quoted(source)}")
        del raw.tables[source]
    for name, table in made.items():
        raw.connection.execute(
            f"ALTER TABLE raw.{quoted('named ' + name)} RENAME TO {quoted(name)}"
        )
        raw.tables[name] = table


def _below(lines: Lines, name: str) -> Lines:
    return {key[1:] or key: line for key, line in lines.items() if key[0] == name}


def _find(raw: RawData, names: tuple[str, ...], table: NamedTable) -> RawTable | None:
    look = raw.find if table.optional else raw.table
    return look(*names, where=FILE)


def _make(
    raw: RawData, name: str, table: NamedTable, source: RawTable | None, lines: Lines
) -> RawTable:
    """Copy a raw table under its names; an absent one becomes an empty table."""
    names = (*table.columns, *table.optional_columns)
    place = quoted(f"named {name}")
    if source is None:
        columns = ", ".join(f"{quoted(one)} VARCHAR" for one in names)
        raw.connection.execute(f"CREATE TABLE raw.{place} ({columns}, {ROW} BIGINT)")
        return RawTable(name, name, names, raw.options)
    chosen: dict[str, str] = {}
    sections = {"columns": table.columns, "optional_columns": table.optional_columns}
    for section, wanted in sections.items():
        chosen |= choose(
            {one: (*headings, one) for one, headings in wanted.items()},
            source.columns,
            section=section,
            where=FILE,
            lines=lines,
            table=source.file,
        )
    taken = {folded(one) for one in (*names, *chosen.values())}
    rest = tuple(column for column in source.columns if folded(column) not in taken)
    columns = ", ".join(
        f"{quoted(chosen[one]) if one in chosen else 'NULL::VARCHAR'} AS {quoted(one)}"
        for one in names
    )
    kept = ", ".join([columns, *map(quoted, rest), ROW])
    raw.connection.execute(
        f"CREATE TABLE raw.{place} AS SELECT {kept} FROM raw.{quoted(source.name)}"
    )
    return RawTable(name, source.file, (*names, *rest), source.options)
