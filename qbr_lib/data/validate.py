"""Casting and checking the mapped tables: what is kept, what is rejected and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pandas as pd

from qbr_lib.data import casts
from qbr_lib.data.files import ROW
from qbr_lib.data.mapped import MappedTable
from qbr_lib.data.sql import literal, quoted
from qbr_lib.errors import DataError
from qbr_lib.measures import N_
from qbr_lib.parameters import Organisation
from qbr_lib.schema import TABLES, Table

REASONS: dict[str, str] = {
    "unreadable": N_("{column}: “{value}” cannot be read"),
    "missing": N_("{column} is missing"),
    "repeated": N_("the id stands in several rows"),
    "closed_before_created": N_("closed before it was created"),
    "closed_without_day": N_("won or lost without a closing day"),
}
_REJECTED = ["table", "file", "line", "id", "reason", "column", "value", "money", "happened"]


@dataclass(frozen=True)
class Checked:
    """The tables after casting and checking.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Kept rows, canonical columns by type, and the row number they had (`_row`).
    columns : mapping
        The columns the mapping gave, by table.
    files : mapping
        The file or mapping each table came from.
    rows_in : mapping
        Rows before checking, by table.
    rejected : DataFrame
        One row per rejected row: table, file, line, id, reason, column, value, money.
    unusable : DataFrame
        The rejected opportunities: canonical columns as far as they could be read, and fault.
    """

    tables: Mapping[str, pd.DataFrame]
    columns: Mapping[str, frozenset[str]]
    files: Mapping[str, str]
    rows_in: Mapping[str, int]
    rejected: pd.DataFrame
    unusable: pd.DataFrame


def check(
    connection: duckdb.DuckDBPyConnection,
    mapped: Mapping[str, MappedTable],
    organisation: Organisation,
) -> Checked:
    """Cast every mapped table by the schema and set aside the rows that cannot be used.

    Raises
    ------
    DataError
        If a needed table is empty, or more than `thresholds.rejected_share` of the opportunities
        are rejected.
    """
    tables, rows_in, rejected, unusable = {}, {}, [], pd.DataFrame()
    for name, source in mapped.items():
        frame = _typed(connection, TABLES[name], source, organisation.timezone)
        rows_in[name] = len(frame)
        bad = frame["_reason"].notna()
        if name == "opportunities":
            unusable = frame.loc[bad].rename(columns={"_reason": "fault"})
        if bad.any():
            rejected.append(_rejected_rows(frame.loc[bad], TABLES[name], source))
        kept = frame.loc[~bad].drop(columns=["_reason", "_column", "_value"])
        tables[name] = kept.reset_index(drop=True)
        _refuse_empty(name, rows_in[name], source)
    columns = {name: source.columns for name, source in mapped.items()}
    files = {name: source.file for name, source in mapped.items()}
    gathered = (
        pd.concat(rejected, ignore_index=True) if rejected else pd.DataFrame(columns=_REJECTED)
    )
    _refuse_share(gathered, rows_in["opportunities"], organisation)
    return Checked(tables, columns, files, rows_in, gathered, unusable)


def _typed(
    connection: duckdb.DuckDBPyConnection, table: Table, source: MappedTable, timezone: str
) -> pd.DataFrame:
    values = [
        f"{casts.cast(column, source.options, timezone)} AS {quoted(column.name)}"
        for column in table.columns
    ]
    if table.name == "opportunity_events":
        values = _event_values(values, source, timezone)
    raw = [f"{quoted(column.name)} AS {quoted('raw ' + column.name)}" for column in table.columns]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE typed AS SELECT {', '.join([*values, *raw, ROW])} "
        f"FROM mapped.{quoted(table.name)}"
    )
    key = ", ".join(f"coalesce({quoted('raw ' + name)}, '')" for name in table.key)
    repeats = f"count(*) OVER (PARTITION BY {key})" if table.key else "1"
    faults = _faults(table)
    reason = " ".join(f"WHEN {test} THEN {literal(why)}" for test, why, _ in faults)
    column = " ".join(f"WHEN {test} THEN {literal(name)}" for test, _, name in faults)
    value = " ".join(
        f"WHEN {test} THEN {quoted('raw ' + name)}" for test, _, name in faults if name
    )
    names = ", ".join([*(quoted(name) for name in table.names), ROW])
    found = connection.sql(
        f"SELECT {names}, CASE {reason} END AS _reason, CASE {column} END AS _column, "
        f"CASE {value} END AS _value FROM (SELECT *, {repeats} AS _repeats FROM typed) "
        f"ORDER BY {ROW}"
    )
    frame = found.to_arrow_table().to_pandas(date_as_object=False)
    return _plain_types(frame, table)


def _event_values(values: list[str], source: MappedTable, timezone: str) -> list[str]:
    """Write old and new values of events canonically: dot decimals, ISO days."""
    plain = [value for value in values if not value.endswith(('AS "old_value"', 'AS "new_value"'))]
    for name in ("old_value", "new_value"):
        text, low = quoted(name), f"lower({quoted(name)})"
        money = casts.number(text, source.options, "DECIMAL(18, 2)")
        day = f"CAST({casts.moment(text, source.options, timezone)} AS DATE)"
        plain.append(
            f"CASE lower(field) WHEN 'amount' THEN CAST({money} AS VARCHAR) "
            f"WHEN 'expected_close_on' THEN CAST({day} AS VARCHAR) "
            f"WHEN 'status' THEN CASE WHEN {low} IN ('open', 'won', 'lost') THEN {low} END "
            f"WHEN 'removed' THEN CASE WHEN {low} IN ('true', 'false') THEN {low} END "
            f"ELSE {text} END AS {text}"
        )
    return plain


def _faults(table: Table) -> list[tuple[str, str, str]]:
    """Return (SQL test, reason, column) in the order in which a row's first fault is told."""
    faults = []
    for column in table.columns:
        cast, raw = quoted(column.name), quoted("raw " + column.name)
        if column.required and column.name != "team_id":
            faults.append((f"{raw} IS NULL", "missing", column.name))
        faults.append((f"{raw} IS NOT NULL AND {cast} IS NULL", "unreadable", column.name))
    if table.key:
        faults.append(("_repeats > 1", "repeated", table.key[0]))
    if table.name == "opportunities":
        faults += [
            ("status <> 'open' AND closed_on IS NULL", "closed_without_day", "closed_on"),
            ("closed_on < created_on AND status <> 'open'", "closed_before_created", "closed_on"),
        ]
    return faults


def _plain_types(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    kinds = {"date": "datetime64[us]", "timestamp": "datetime64[us]", "boolean": "boolean"}
    kinds |= {"money": "float64", "number": "float64"}
    typed = {c.name: frame[c.name].astype(kinds.get(c.type, "str")) for c in table.columns}
    return frame.assign(**typed)


def _rejected_rows(bad: pd.DataFrame, table: Table, source: MappedTable) -> pd.DataFrame:
    money = next((c.name for c in table.columns if c.type == "money"), None)
    identity = bad[
        table.key[-1] if table.name == "opportunity_snapshots" else table.columns[0].name
    ]
    return pd.DataFrame(
        {
            "table": table.name,
            "file": source.file,
            "line": bad[ROW].astype(int),
            "id": identity.astype("str"),
            "reason": bad["_reason"],
            "column": bad["_column"],
            "value": bad["_value"],
            "money": bad[money] if money else float("nan"),
            "happened": bad[table.happened] if table.happened else pd.NaT,
        }
    )


def _refuse_empty(name: str, rows: int, source: MappedTable) -> None:
    if TABLES[name].needed and rows == 0:
        raise DataError(
            "The export is empty",
            where=source.file,
            got=f"no row for {name}",
            wanted="at least one row",
            edit="export again without filters that leave nothing",
        )


def _refuse_share(rejected: pd.DataFrame, rows: int, organisation: Organisation) -> None:
    bad = rejected.loc[rejected["table"] == "opportunities"]
    limit = organisation.thresholds.rejected_share
    if len(bad) > limit * rows:
        counts = bad["reason"].value_counts()
        first = bad.iloc[0]
        raise DataError(
            "Too many opportunities are rejected",
            where=f"{first['file']}, first in row {first['line']}",
            got=f"{len(bad)} of {rows} ("
            + ", ".join(f"{reason} {n}" for reason, n in counts.items())
            + f"), first {first['column']}"
            + (f" '{first['value']}'" if pd.notna(first["value"]) else ""),
            wanted=f"at most {limit:.0%}",
            edit=_mended(str(first["column"]), first["value"], organisation)
            + ", or raise 'thresholds.rejected_share' in org.yml",
        )


def _mended(column: str, value: object, organisation: Organisation) -> str:
    """Return what to change where most rows are rejected for this value."""
    legal = TABLES["opportunities"].column(column).values  # noqa: PD011
    if not legal or pd.isna(value):
        return "mend the mapping or the formats of the source"
    place = f"parameters/mappings/{organisation.mapping}/opportunities.yml"
    return f"write under 'values' of {place} which of {', '.join(legal)} '{value}' is"
