"""Canonical tables as text, before their values are cast, and what both kinds of mapping share."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from qbr_lib.data.files import ROW
from qbr_lib.data.sql import quoted
from qbr_lib.errors import MappingError, nearest
from qbr_lib.parameters import Source
from qbr_lib.schema import Table


@dataclass(frozen=True)
class MappedTable:
    """A canonical table as text in the schema `mapped`, with the place its rows come from.

    Parameters
    ----------
    name, file : str
        The table, and the file or mapping its rows count in.
    columns : frozenset of str
        The columns the source gives: mapped, and with a value in at least one row.
    rows : int
        How many there are.
    options : Source
        How the source writes numbers and days.
    """

    name: str
    file: str
    columns: frozenset[str]
    rows: int
    options: Source


def known_column(table: Table, name: str, where: str) -> None:
    """Refuse a column that the canonical table does not have.

    Raises
    ------
    MappingError
        With the nearest canonical name.
    """
    if name not in table.names:
        raise MappingError(
            "A column is not canonical",
            where=where,
            got=f"'{name}' in {table.name}",
            wanted=nearest(name, table.names),
            edit=f"rename '{name}'",
        )


def keep(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    select: str,
    names: frozenset[str],
    *,
    file: str,
    where: str,
    options: Source,
) -> MappedTable:
    """Write the canonical table a SELECT gives into the schema `mapped`.

    A column without a single value counts as not given: it makes the same things impossible.

    Raises
    ------
    MappingError
        If a required column is not among the names.
    """
    missing = [c.name for c in table.columns if c.required and c.name not in names]
    if missing:
        raise MappingError(
            "A required column is not mapped",
            where=where,
            got=f"{table.name} without {', '.join(missing)}",
            wanted=f"a source column or constant for {', '.join(missing)}",
            edit=f"add {', '.join(missing)} to {where}",
        )
    absent = [f"NULL::VARCHAR AS {quoted(n)}" for n in table.names if n not in names]
    columns = ", ".join([*(quoted(n) for n in sorted(names)), *absent, ROW])
    place = f"mapped.{quoted(table.name)}"
    connection.execute(f"CREATE OR REPLACE TABLE {place} AS SELECT {columns} FROM ({select})")
    counts = ", ".join(f"count({quoted(name)})" for name in table.names)
    rows, *filled = connection.execute(f"SELECT count(*), {counts} FROM {place}").fetchall()[0]
    given = {c.name for c, n in zip(table.columns, filled, strict=True) if n or c.required}
    return MappedTable(table.name, file, names & given, rows, options)


def plain_numbers(options: Source) -> Source:
    """Return options for values that a database wrote: a decimal point, nothing else."""
    return options.model_copy(update={"decimal": ".", "thousands": ""})
