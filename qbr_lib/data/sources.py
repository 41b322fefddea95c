"""Raw tables, every field as text: files in the embedded DuckDB, or a database through ADBC.

Nothing is coerced unseen: a CSV field, an Excel cell and a database value all arrive as text, and
`validate` casts them by the schema with the formats the source states.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from qbr_lib.data import sample
from qbr_lib.data.databases import connect, has_table
from qbr_lib.data.files import SUFFIXES, load_file, plan_sheets, register
from qbr_lib.data.interrupts import held
from qbr_lib.errors import ParameterError, SourceError, nearest
from qbr_lib.parameters import Source, Workspace, fill_secrets

_UNIT = re.compile(r"\s*[(\[](?:[€$£]|[a-z]{3})[)\]]$")


@dataclass(frozen=True)
class RawTable:
    """One raw table: its name, the file it stands in, its columns, how its numbers are written."""

    name: str
    file: str
    columns: tuple[str, ...]
    options: Source


@dataclass
class RawData:
    """The opened source: a DuckDB connection whose schema `raw` holds the tables as text.

    Parameters
    ----------
    connection : DuckDBPyConnection
        Private to this source.
    tables : dict of str to RawTable
        By name, in the order of the files.
    database : ADBC connection or None
        Where the mapping's SQL runs when the source is a database; `tables` holds the plan then.
    """

    connection: duckdb.DuckDBPyConnection
    tables: dict[str, RawTable]
    database: Any = None
    options: Source = field(default_factory=Source)

    def find(self, *names: str, where: str) -> RawTable | None:
        """Return the one raw table that fits a name or pattern, None where none does.

        A pattern has `*` and `?`; letter case and a file's ending do not matter.

        Raises
        ------
        SourceError
            If two fit.
        """
        fits = [table for known, table in self.tables.items() if _fits(known, names)]
        if len(fits) > 1:
            raise SourceError(
                "Two tables fit one name",
                where=where,
                got=" and ".join(f"'{table.name}' ({table.file})" for table in fits),
                wanted=f"one table for {' or '.join(names)}",
                edit="remove or rename one of the files, or make the pattern narrower",
            )
        return fits[0] if fits else None

    def table(self, *names: str, where: str) -> RawTable:
        """Return the one raw table that fits a name or pattern.

        Raises
        ------
        SourceError
            If there is none, with the nearest name, or if two fit.
        """
        if found := self.find(*names, where=where):
            return found
        raise SourceError(
            "A raw table is missing",
            where=where,
            got=" or ".join(f"'{name}'" for name in names),
            wanted=nearest(names[0], self.tables),
            edit="name an existing table in the mapping, or add its file to the source's folder",
        )


def folded(name: str) -> str:
    """Return a name as names are compared: without letter case and stray spaces.

    >>> folded("Erwarteter  Abschluß ") == folded("erwarteter ABSCHLUSS")
    True
    """
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def bare(heading: str) -> str:
    """Return a heading as `folded` does, without the currency in brackets behind it.

    >>> bare("Auftragswert (€)"), bare("Value [EUR]"), bare("Close Date (UTC+1)")
    ('auftragswert', 'value', 'close date (utc+1)')
    """
    return _UNIT.sub("", folded(heading))


def _fits(name: str, wanted: tuple[str, ...]) -> bool:
    known = folded(name)
    plain = [Path(one).stem if Path(one).suffix in SUFFIXES else one for one in map(folded, wanted)]
    return known in plain or any(fnmatch.fnmatchcase(known, one) for one in plain)


@contextmanager
def open_source(workspace: Workspace) -> Iterator[RawData]:
    """Open the workspace's source; the connection closes with the context.

    Raises
    ------
    SourceError
        If a file is absent, undecodable or no table.
    ParameterError
        If a secret is missing or `files` names a file that is not there.
    """
    source = workspace.organisation.source
    with held(), duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
        connection.execute("CREATE SCHEMA raw")
        if source.kind == "sample":
            yield _open_sample(connection, source)
        elif source.kind == "folder":
            yield _with_plan(_open_folder(connection, source, workspace), workspace)
        else:
            with connect(source) as database:
                opened = RawData(connection, {}, database=database, options=source)
                yield _with_plan(opened, workspace)


def digest_of(workspace: Workspace) -> str:
    """Return the SHA-256 of the source's content without reading it as tables.

    A database counts for nothing, since its content is known only once it was read.
    """
    source = workspace.organisation.source
    if source.kind == "sample":
        return f"sample-{sample.DEFAULT_SEED}"
    paths = [] if source.kind == "database" else files_of(folder_of(workspace))
    total = hashlib.sha256()
    for path in filter(None, [*paths, _plan(workspace)]):
        total.update(path.name.encode())
        with path.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    return total.hexdigest()


def _open_sample(connection: duckdb.DuckDBPyConnection, source: Source) -> RawData:
    options = source.model_copy(update={"decimal": ".", "thousands": "", "date_formats": []})
    tables = {}
    for name, frame in sample.tables().items():
        register(connection, name, frame)
        tables[name] = RawTable(name, f"sample {name}", tuple(frame.columns), options)
    return RawData(connection, tables, options=options)


def _open_folder(
    connection: duckdb.DuckDBPyConnection, source: Source, workspace: Workspace
) -> RawData:
    paths = files_of(folder_of(workspace))
    _check_file_options(source, paths)
    tables: dict[str, RawTable] = {}
    for path in paths:
        options = _options(source, path)
        for name, columns in load_file(connection, path, options, source.files.get(path.stem)):
            _add(tables, RawTable(name, path.name, columns, options))
    return RawData(connection, tables, options=source)


def _with_plan(opened: RawData, workspace: Workspace) -> RawData:
    """Add what people planned to what the CRM knows: one table per filled sheet."""
    path = _plan(workspace)
    if path is None:
        return opened
    for name, frame in plan_sheets(path, opened.options.decimal):
        if opened.database is not None and has_table(opened.database, name):
            raise _given_twice(name, "the database", path.name)
        _add(opened.tables, RawTable(name, path.name, tuple(frame.columns), opened.options))
        register(opened.connection, name, frame)
    return opened


def _add(tables: dict[str, RawTable], one: RawTable) -> None:
    for known in tables.values():
        if known.name.casefold() == one.name.casefold():
            raise _given_twice(one.name, known.file, one.file)
    tables[one.name] = one


def _plan(workspace: Workspace) -> Path | None:
    text = workspace.organisation.source.plan
    if text is None:
        return None
    path = (workspace.parameters / Path(text).expanduser()).resolve()
    if not path.is_file():
        raise SourceError(
            "The plan does not exist",
            where="org.yml, 'source.plan'",
            got=text,
            wanted="an Excel workbook; a relative path counts from the folder of org.yml",
            edit="put it there, or remove 'source.plan' from org.yml",
        )
    return path


def _given_twice(name: str, first: str, second: str) -> SourceError:
    return SourceError(
        "Two files give the same table",
        where=f"table {name}",
        got=f"{first} and {second}",
        wanted="one place per table name",
        edit="rename or remove one of them",
    )


def folder_of(workspace: Workspace) -> Path:
    """Return the folder of a source of files.

    Raises
    ------
    SourceError
        If it does not exist.
    """
    source = workspace.organisation.source
    text = fill_secrets(str(source.path), where="org.yml, 'source.path'")
    folder = (workspace.parameters / Path(text).expanduser()).resolve()
    if not folder.is_dir():
        raise SourceError(
            "The source's folder does not exist",
            where="org.yml, 'source.path'",
            got=text,
            wanted="a folder; a relative path counts from the folder of org.yml",
            edit="change 'source.path' in org.yml",
        )
    return folder


def files_of(folder: Path) -> list[Path]:
    """Return the files of a folder that hold tables, by name.

    Raises
    ------
    SourceError
        If there is none.
    """
    paths = sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and not path.name.startswith((".", "~$"))
    )
    if not paths:
        raise SourceError(
            "The source's folder holds no tables",
            where=str(folder.name),
            got="no file with a known ending",
            wanted=f"files ending in {', '.join(SUFFIXES)}",
            edit="put the export there, or change 'source.path' in org.yml",
        )
    return paths


def _check_file_options(source: Source, paths: list[Path]) -> None:
    stems = {path.stem for path in paths}
    for name in [one for one in source.files if one not in stems]:
        raise ParameterError(
            "A file named in the source is missing",
            where="org.yml, 'source.files'",
            got=f"'{name}'",
            wanted=nearest(name, stems),
            edit="rename the key in 'source.files', or add the file",
        )


def _options(source: Source, path: Path) -> Source:
    override = source.files.get(path.stem)
    given = override.model_dump(exclude_none=True, exclude={"sheet"}) if override else {}
    return source.model_copy(update=given)
