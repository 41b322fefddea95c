"""From raw tables to canonical ones, still as text: one `.yml` or `.sql` file per table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import BaseModel, ConfigDict, Field

from qbr_lib.data.databases import has_table
from qbr_lib.data.files import ROW
from qbr_lib.data.sources import RawData
from qbr_lib.data.sql import literal, quoted, without_values
from qbr_lib.errors import MappingError, nearest
from qbr_lib.parameters import Source, Workspace, parse, read_yaml, shipped
from qbr_lib.schema import TABLES, Table

_DIRECTIVE = re.compile(
    r"--\s*(needs|optional|rows)\s*:\s*([^\s(]+)\s*(?:\(([^)]*)\))?\s*", re.IGNORECASE
)


class TableMapping(BaseModel):
    """One `<table>.yml`.

    `columns` must exist in the raw table, `optional_columns` are taken where they do; `constants`
    fill a column with one text; `values` translate single texts. `optional` lets the whole table be
    absent when the raw table is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str = Field(alias="from")
    columns: dict[str, str] | Literal["same"] = {}
    optional_columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    optional: bool = False


@dataclass(frozen=True)
class MappedTable:
    """A canonical table as text in the schema `mapped`, with the place its rows come from."""

    name: str
    file: str
    columns: frozenset[str]
    options: Source


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

    Returns
    -------
    dict of str to MappedTable
        In the order of the schema; tables the export lacks are absent.

    Raises
    ------
    MappingError
        If a file, table or column does not fit, or SQL fails.
    """
    folder = folder_of(workspace)
    raw.connection.execute("CREATE SCHEMA IF NOT EXISTS mapped")
    files = dict(_mapping_files(folder))
    mapped: dict[str, MappedTable] = {}
    for name, table in TABLES.items():
        if name in files:
            path = files[name]
            found = (
                _from_yaml(raw, table, path)
                if path.suffix == ".yml"
                else _from_sql(raw, table, path)
            )
            if found is not None:
                mapped[name] = found
        if table.needed and name not in mapped:
            raise MappingError(
                "A needed table is not mapped",
                where=f"mapping {folder.name}",
                got=f"no {name}"
                if name not in files
                else f"no raw table behind {files[name].name}",
                wanted=f"{name}.yml or {name}.sql whose raw table is in the export",
                edit=f"write {name}.yml, or add the missing file to the export",
            )
    return mapped


def _mapping_files(folder: Path) -> Iterator[tuple[str, Path]]:
    seen: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".yml", ".sql"):
            continue
        if path.stem not in TABLES or path.stem in seen:
            raise MappingError(
                "A mapping file fits no table"
                if path.stem not in TABLES
                else "A table is mapped twice",
                where=f"mapping {folder.name}",
                got=path.name,
                wanted=nearest(path.stem, TABLES),
                edit=f"rename or remove {path.name}",
            )
        seen[path.stem] = path
        yield path.stem, path


def _from_yaml(raw: RawData, table: Table, path: Path) -> MappedTable | None:
    data, lines = read_yaml(path)
    spec = parse(TableMapping, data, path=path, lines=lines)
    if spec.optional and not _has_table(raw, spec.source):
        return None
    source, available = _source_table(raw, spec.source, path.name)
    chosen = _chosen_columns(spec, table, available, path, lines)
    for canonical in (*spec.constants, *spec.values):
        _known_column(table, canonical, path.name)
    selected = [
        f"{_translated(quoted(column), spec.values.get(name, {}))} AS {quoted(name)}"
        for name, column in chosen.items()
    ]
    selected += [f"{literal(text)} AS {quoted(name)}" for name, text in spec.constants.items()]
    if raw.database is not None:
        columns = ", ".join(quoted(column) for column in dict.fromkeys(chosen.values()))
        _fetch(raw, f"SELECT {columns} FROM {source}", path.name)
        source, file, options = "arriving", spec.source, _plain_numbers(raw.options)
    else:
        known = raw.table(spec.source, where=path.name)
        file, options = known.file, known.options
    names = frozenset(chosen) | frozenset(spec.constants)
    _check_required(table, names, path.name)
    _store(raw, table, f"SELECT {', '.join(selected)}, {ROW} FROM {source}", names)
    return MappedTable(table.name, file, names, options)


def _chosen_columns(
    spec: TableMapping,
    table: Table,
    available: tuple[str, ...],
    path: Path,
    lines: Mapping[tuple[str, ...], int],
) -> dict[str, str]:
    by_name = {column.casefold(): column for column in available}
    if spec.columns == "same":
        return {name: by_name[name] for name in table.names if name in by_name}
    chosen: dict[str, str] = {}
    for section, wanted in (("columns", spec.columns), ("optional_columns", spec.optional_columns)):
        for canonical, column in wanted.items():
            where = f"{path.name}, line {lines.get((section, canonical), 1)}"
            _known_column(table, canonical, where)
            if column.casefold() in by_name:
                chosen[canonical] = by_name[column.casefold()]
            elif section == "columns":
                raise MappingError(
                    "A column is missing in the export",
                    where=where,
                    got=f"'{column}' for {canonical}",
                    wanted=nearest(column, available),
                    edit=f"name an existing column of {spec.source}, or export it",
                )
    return chosen


def _from_sql(raw: RawData, table: Table, path: Path) -> MappedTable | None:
    text = path.read_text(encoding="utf-8")
    if raw.database is None and not _prepare_raw(raw, text, path.name):
        return None
    _one_select(text, path.name, embedded=raw.database is None)
    if raw.database is not None:
        _fetch(raw, text, path.name)
    else:
        try:
            raw.connection.execute("SET schema = 'raw'")
            raw.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE arriving AS {text.strip().rstrip(';')}"
            )
        except duckdb.Error as err:
            raise _sql_error(path.name, str(err), text) from err
        finally:
            raw.connection.execute("SET schema = 'main'")
    described = raw.connection.execute("SELECT * FROM arriving LIMIT 0").description or []
    given = [str(column[0]) for column in described]
    for name in given:
        if name != ROW:
            _known_column(table, name, path.name)
    names = frozenset(given) - {ROW}
    _check_required(table, names, path.name)
    cast = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in sorted(names))
    row = ROW if ROW in given else f"row_number() OVER () AS {ROW}"
    _store(raw, table, f"SELECT {cast}, {row} FROM arriving", names)
    plain = raw.options if raw.database is None else _plain_numbers(raw.options)
    return MappedTable(table.name, _rows_from(raw, text) or path.name, names, plain)


def _prepare_raw(raw: RawData, text: str, where: str) -> bool:
    """Make the raw tables and columns that the SQL calls optional; tell whether it can run."""
    for kind, name, listed in _DIRECTIVE.findall(text):
        columns = [part.strip().strip('"') for part in listed.split(",") if part.strip()]
        if kind.lower() == "rows":
            continue
        if kind.lower() == "needs":
            if not _has_table(raw, name):
                return False
            given = {column.casefold() for column in raw.table(name, where=where).columns}
            if any(column.casefold() not in given for column in columns):
                return False
            continue
        table = raw.table(name, where=where).name if _has_table(raw, name) else name
        place = f"raw.{quoted(table)}"
        raw.connection.execute(f"CREATE TABLE IF NOT EXISTS {place} ({ROW} BIGINT)")
        for column in columns:
            raw.connection.execute(
                f"ALTER TABLE {place} ADD COLUMN IF NOT EXISTS {quoted(column)} VARCHAR"
            )
    return True


def _rows_from(raw: RawData, text: str) -> str | None:
    """Return the file that the `_row` of an SQL mapping counts in, where it says so."""
    named = [name for kind, name, _ in _DIRECTIVE.findall(text) if kind.lower() == "rows"]
    return raw.table(named[0], where="-- rows").file if named and raw.database is None else None


def _has_table(raw: RawData, name: str) -> bool:
    if raw.database is not None:
        return has_table(raw.database, name)
    return name.casefold() in {known.casefold() for known in raw.tables}


def _source_table(raw: RawData, name: str, where: str) -> tuple[str, tuple[str, ...]]:
    if raw.database is None:
        table = raw.table(name, where=where)
        return f"raw.{quoted(table.name)}", table.columns
    source = ".".join(quoted(part) for part in name.split("."))
    _fetch(raw, f"SELECT * FROM {source} WHERE 1 = 0", where)
    described = raw.connection.execute("SELECT * FROM arriving LIMIT 0").description or []
    return source, tuple(str(column[0]) for column in described if column[0] != ROW)


def _fetch(raw: RawData, sql: str, where: str) -> None:
    """Run SQL in the database and stream its Arrow into the table `arriving`, as text."""
    connection = raw.connection
    try:
        with raw.database.cursor() as cursor:
            cursor.execute(sql)
            reader = cursor.fetch_record_batch()
            connection.register("streamed", reader)
            described = connection.execute("DESCRIBE streamed").fetchall()
            columns = ", ".join(
                f"{'decode(' + quoted(name) + ')' if kind == 'BLOB' else quoted(name)}::VARCHAR "
                f"AS {quoted(name)}"
                for name, kind, *_ in described
            )
            connection.execute(
                f"CREATE OR REPLACE TEMP TABLE arriving AS "
                f"SELECT {columns}, row_number() OVER () AS {ROW} FROM streamed"
            )
            connection.unregister("streamed")
    except Exception as err:
        raise _sql_error(where, str(err), sql) from err


def _sql_error(where: str, message: str, text: str) -> MappingError:
    lines = [line.strip() for line in without_values(message).splitlines() if line.strip()]
    at = next((line for line in lines if line.upper().startswith("LINE ")), "")
    number = re.match(r"LINE (\d+)", at, re.IGNORECASE)
    place = f"{where}, line {number[1]}" if number else where
    if number and 0 < int(number[1]) <= text.count("\n") + 1:
        at = text.splitlines()[int(number[1]) - 1].strip()
    return MappingError(
        "The SQL of a mapping fails",
        where=place,
        got=" ".join(lines)[:240] if not number else f"{lines[0][:200]} at: {at[:80]}",
        wanted="one SELECT over the raw tables, named as their files or database tables",
        edit=f"mend {where}",
    )


def _one_select(text: str, where: str, *, embedded: bool) -> None:
    if not embedded:
        return
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as err:
        raise _sql_error(where, str(err), text) from err
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise MappingError(
            "A mapping's SQL is not one SELECT",
            where=where,
            got=", ".join(str(s.type).rsplit(".", 1)[-1] for s in statements) or "nothing",
            wanted="exactly one SELECT",
            edit=f"mend {where}",
        )


def _known_column(table: Table, name: str, where: str) -> None:
    if name not in table.names:
        raise MappingError(
            "A column is not canonical",
            where=where,
            got=f"'{name}' in {table.name}",
            wanted=nearest(name, table.names),
            edit=f"rename '{name}'",
        )


def _check_required(table: Table, names: frozenset[str], where: str) -> None:
    missing = [c.name for c in table.columns if c.required and c.name not in names]
    if missing:
        raise MappingError(
            "A required column is not mapped",
            where=where,
            got=f"{table.name} without {', '.join(missing)}",
            wanted=f"a source column or constant for {', '.join(missing)}",
            edit=f"add {', '.join(missing)} to {where}",
        )


def _translated(column: str, values: Mapping[str, str]) -> str:
    text = f"nullif(trim({column}), '')"
    if not values:
        return text
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in values.items())
    return f"CASE {text} {cases} ELSE {text} END"


def _store(raw: RawData, table: Table, select: str, names: frozenset[str]) -> None:
    absent = [f"NULL::VARCHAR AS {quoted(n)}" for n in table.names if n not in names]
    columns = ", ".join([*(quoted(n) for n in sorted(names)), *absent, ROW])
    raw.connection.execute(
        f"CREATE TABLE mapped.{quoted(table.name)} AS SELECT {columns} FROM ({select})"
    )


def _plain_numbers(options: Source) -> Source:
    return options.model_copy(update={"decimal": ".", "thousands": ""})
