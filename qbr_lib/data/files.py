"""One file to raw text tables: CSV in any encoding, Excel, Parquet."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from qbr_lib.data.sql import literal, quoted, without_values
from qbr_lib.errors import ParameterError, SourceError, nearest
from qbr_lib.parameters import FileOptions, Source

ROW = "_row"
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods", ".parquet")
_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"


def load_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    options: Source,
    override: FileOptions | None,
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Load a file's tables into the schema `raw`, every field as text; yield names and columns.

    Raises
    ------
    SourceError
        If the file cannot be decoded, has no proper header or is no table.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        yield path.stem, _load_parquet(connection, path, options)
    elif suffix in (".csv", ".txt", ".tsv"):
        yield path.stem, _load_csv(connection, path, options)
    else:
        for name, frame in _sheets(path, override.sheet if override else None, options.decimal):
            register(connection, name, frame)
            yield name, tuple(frame.columns)


def plan_sheets(path: Path, decimal: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the sheets of a workbook that people fill in, as texts, where any row is filled.

    Raises
    ------
    SourceError
        If it is no workbook, or a sheet has no proper header.
    """
    for name, frame in _sheets(path, None, decimal, alone=False):
        if frame.notna().any(axis=None):
            yield name, frame


def _load_parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, options: Source
) -> tuple[str, ...]:
    relation = connection.read_parquet(str(path))
    columns = _checked_header(list(relation.columns), path.name)
    cast = ", ".join(
        f"{as_text(c, str(t), options)} AS {quoted(c)}"
        for c, t in zip(columns, relation.types, strict=True)
    )
    _create(connection, path.stem, f"SELECT {cast} FROM read_parquet(?)", [str(path)], path.name)
    return columns


def _load_csv(
    connection: duckdb.DuckDBPyConnection, path: Path, options: Source
) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as scratch:
        text = _as_utf8(path, options.encoding, Path(scratch))
        header, delimiter = _header(text, options.delimiter, path.name)
        columns = _checked_header(header, path.name)
        spec = "{" + ", ".join(f"{literal(c)}: 'VARCHAR'" for c in columns) + "}"
        select = (
            f"SELECT * FROM read_csv(?, header = true, columns = {spec}, nullstr = '', "
            f"delim = {literal(delimiter)}, quote = '\"', escape = '\"', auto_detect = false, "
            "max_line_size = 16000000)"
        )
        _create(connection, path.stem, select, [str(text)], path.name)
    return columns


def as_text(column: str, kind: str, options: Source) -> str:
    """Return SQL that writes a typed column as the source's texts are written."""
    text = f"CAST({quoted(column)} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT") or kind.startswith("DECIMAL"):
        return f"replace({text}, '.', {literal(options.decimal)})"
    return text


def _create(
    connection: duckdb.DuckDBPyConnection, name: str, select: str, values: list[str], file: str
) -> None:
    try:
        _number_rows(connection, name, f"SELECT * FROM ({select})", values)
    except duckdb.Error as err:
        text = " ".join(without_values(str(err)).split())
        line = re.search(r"CSV Error on Line: (\d+)", text)
        raise SourceError(
            "A file cannot be read as a table",
            where=f"{file}, line {line[1]}" if line else file,
            got=text.removeprefix("Invalid Input Error: ")[:160],
            wanted="the same number of fields in every line, quotes closed",
            edit="export the file again, or set 'delimiter' for it in org.yml",
        ) from err


def _as_utf8(path: Path, encoding: str, scratch: Path) -> Path:
    try:
        decoder = codecs.getincrementaldecoder(codecs.lookup(encoding).name)("strict")
    except LookupError as err:
        raise ParameterError(
            "An encoding is unknown",
            where=f"org.yml, 'source.encoding' for {path.name}",
            got=f"'{encoding}'",
            wanted="a name such as utf-8, cp1252, mac_roman",
            edit="change 'encoding' in org.yml",
        ) from err
    target = scratch / "text.csv"
    offset = 0
    with path.open("rb") as raw, target.open("w", encoding="utf-8", newline="") as text:
        while chunk := raw.read(_CHUNK):
            try:
                decoded = decoder.decode(chunk)
            except UnicodeDecodeError as err:
                raise _undecodable(path, encoding, offset + err.start) from err
            text.write(decoded.removeprefix("\ufeff") if offset == 0 else decoded)
            offset += len(chunk)
    return target


def _undecodable(path: Path, encoding: str, offset: int) -> SourceError:
    with path.open("rb") as raw:
        before = raw.read(offset)
        byte = raw.read(1)
    line = len(before.split(b"\n"))
    others = [e for e in ("utf-8", "cp1252", "mac_roman") if e != encoding and _decodes(path, e)]
    hint = f"; the file decodes as {' or '.join(others)}" if others else ""
    return SourceError(
        "A file cannot be decoded",
        where=f"{path.name}, line {line}",
        got=f"byte 0x{byte.hex()} at offset {offset}",
        wanted=f"text in {encoding}{hint}",
        edit="set 'encoding' for this file in org.yml",
    )


def _decodes(path: Path, encoding: str) -> bool:
    try:
        path.read_bytes().decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _header(path: Path, delimiter: str | None, file: str) -> tuple[list[str], str]:
    with path.open(encoding="utf-8", newline="") as stream:
        first = stream.readline()
        if not first.strip():
            raise SourceError(
                "A file is empty",
                where=file,
                got="no header line",
                wanted="a header and at least one row",
                edit="export the file again",
            )
        found = delimiter or max(_DELIMITERS, key=first.count)
        stream.seek(0)
        return next(csv.reader(stream, delimiter=found)), found


def _checked_header(names: list[str], file: str) -> tuple[str, ...]:
    cleaned = [str(name).strip() for name in names]
    empty = [str(n + 1) for n, name in enumerate(cleaned) if not name]
    repeated = sorted({name for name in cleaned if name and cleaned.count(name) > 1})
    if empty or repeated:
        got = f"no name in column {', '.join(empty)}" if empty else f"{', '.join(repeated)} twice"
        raise SourceError(
            "A header is not one name per column",
            where=f"{file}, row 1",
            got=got,
            wanted="a single header row without merged cells, every name once",
            edit="unmerge and name the header cells, or remove title rows above them",
        )
    return tuple(cleaned)


def _sheets(
    path: Path, wanted: str | None, decimal: str, *, alone: bool = True
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each sheet as texts; a sheet that stands alone is named after its file."""
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as err:
        raise SourceError(
            "A workbook cannot be opened",
            where=path.name,
            got=str(err)[:120],
            wanted="an Excel or OpenDocument workbook without a password",
            edit="save it again, or export the sheet as CSV",
        ) from err
    if wanted and wanted not in book.sheet_names:
        raise ParameterError(
            "A sheet is missing",
            where=f"org.yml, 'source.files.{path.stem}.sheet'",
            got=f"'{wanted}'",
            wanted=nearest(wanted, book.sheet_names),
            edit="name an existing sheet",
        )
    shown = [s.name for s in book.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
    names = [wanted] if wanted else shown
    for name in names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        if rows:
            place = f"{path.name}, sheet {name}"
            columns = _checked_header([_cell(value, decimal) or "" for value in rows[0]], place)
            body = [[_cell(value, decimal) for value in row] for row in rows[1:]]
            yield (
                (path.stem if alone and len(names) == 1 else name),
                pd.DataFrame(body, columns=list(columns)),
            )


def _cell(value: Any, decimal: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value).replace(".", decimal)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)


def register(connection: duckdb.DuckDBPyConnection, name: str, frame: pd.DataFrame) -> None:
    """Load a frame of texts into the schema `raw`; empty texts are missing."""
    columns = [
        pa.array(frame[c].to_numpy(dtype=object), pa.string(), from_pandas=True) for c in frame
    ]
    arrow = pa.table(columns, names=list(frame.columns))
    connection.register("arriving", arrow)
    kept = ", ".join(f"nullif({quoted(c)}, '') AS {quoted(c)}" for c in frame.columns)
    _number_rows(connection, name, f"SELECT {kept} FROM arriving", [])
    connection.unregister("arriving")


def _number_rows(
    connection: duckdb.DuckDBPyConnection, name: str, select: str, values: list[str]
) -> None:
    """Write a raw table with the number each row has in its file; rows without a value are none."""
    connection.execute(
        f"CREATE OR REPLACE TABLE raw.{quoted(name)} AS "
        f"SELECT *, row_number() OVER () + 1 AS {ROW} FROM ({select})",
        values,
    )
    columns = [row[0] for row in connection.execute(f"DESCRIBE raw.{quoted(name)}").fetchall()]
    empty = " AND ".join(f"{quoted(c)} IS NULL" for c in columns if c != ROW)
    connection.execute(f"DELETE FROM raw.{quoted(name)} WHERE {empty}")
