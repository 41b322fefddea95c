"""A canonical table from a `<table>.sql`: one SELECT over the raw tables.

Files are read by the embedded DuckDB; a database runs the SELECT itself, in its own dialect.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

from qbr_lib.data.files import ROW
from qbr_lib.data.mapped import MappedTable, keep, known_column, plain_numbers
from qbr_lib.data.sources import RawData, folded
from qbr_lib.data.sql import quoted, without_values
from qbr_lib.errors import MappingError
from qbr_lib.parameters import Source
from qbr_lib.schema import Table

_DIRECTIVE = re.compile(
    r"--\s*(needs|optional|rows)\s*:\s*([^\s(]+)\s*(?:\(([^)]*)\))?\s*", re.IGNORECASE
)


def select(raw: RawData, table: Table, path: Path) -> MappedTable | None:
    """Select the canonical table, None where a raw table or column it needs is absent.

    Raises
    ------
    MappingError
        If it is not one SELECT, fails, or gives a column that is not canonical.
    """
    text = path.read_text(encoding="utf-8")
    if raw.database is None and not _prepare(raw, text, path.name):
        return None
    if raw.database is not None:
        fetch(raw, text, path.name)
    else:
        _run(raw, text, path.name)
    described = raw.connection.execute("SELECT * FROM arriving LIMIT 0").description or []
    given = [str(column[0]) for column in described]
    for name in given:
        if name != ROW:
            known_column(table, name, path.name)
    names = frozenset(given) - {ROW}
    texts = ", ".join(
        f"nullif(trim(CAST({quoted(name)} AS VARCHAR)), '') AS {quoted(name)}"
        for name in sorted(names)
    )
    row = ROW if ROW in given else f"row_number() OVER () AS {ROW}"
    file, options = path.name, plain_numbers(raw.options)
    if raw.database is None:
        file, options = _counted(raw, text) or (file, raw.options)
    return keep(
        raw.connection,
        table,
        f"SELECT {texts}, {row} FROM arriving",
        names,
        file=file,
        where=path.name,
        options=options,
    )


def fetch(raw: RawData, sql: str, where: str) -> None:
    """Run SQL in the database and stream its Arrow into the table `arriving`, as text.

    Raises
    ------
    MappingError
        If it fails there.
    """
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
        raise _failed(where, str(err), sql) from err


def _run(raw: RawData, text: str, where: str) -> None:
    _one_select(text, where)
    try:
        raw.connection.execute("SET schema = 'raw'")
        raw.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE arriving AS {text.strip().rstrip(';')}"
        )
    except duckdb.Error as err:
        raise _failed(where, str(err), text) from err
    finally:
        raw.connection.execute("SET schema = 'main'")


def _prepare(raw: RawData, text: str, where: str) -> bool:
    """Make the raw tables and columns that the SQL calls optional; tell whether it can run."""
    for kind, name, listed in _DIRECTIVE.findall(text):
        columns = [part.strip().strip('"') for part in listed.split(",") if part.strip()]
        if kind.lower() == "rows":
            continue
        there = raw.find(name, where=where)
        if kind.lower() == "needs":
            given = {folded(column) for column in there.columns} if there else set()
            if there is None or any(folded(column) not in given for column in columns):
                return False
            continue
        place = f"raw.{quoted(there.name if there else name)}"
        raw.connection.execute(f"CREATE TABLE IF NOT EXISTS {place} ({ROW} BIGINT)")
        for column in columns:
            raw.connection.execute(
                f"ALTER TABLE {place} ADD COLUMN IF NOT EXISTS {quoted(column)} VARCHAR"
            )
    return True


def _counted(raw: RawData, text: str) -> tuple[str, Source] | None:
    """Return the file that the `_row` of the SQL counts in, and its options, where it says so."""
    named = [name for kind, name, _ in _DIRECTIVE.findall(text) if kind.lower() == "rows"]
    if not named:
        return None
    table = raw.table(named[0], where="-- rows")
    return table.file, table.options


def _one_select(text: str, where: str) -> None:
    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as err:
        raise _failed(where, str(err), text) from err
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise MappingError(
            "A mapping's SQL is not one SELECT",
            where=where,
            got=", ".join(str(s.type).rsplit(".", 1)[-1] for s in statements) or "nothing",
            wanted="exactly one SELECT",
            edit=f"mend {where}",
        )


def _failed(where: str, message: str, text: str) -> MappingError:
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
