"""A canonical table from a `<table>.yml`: columns renamed, single texts translated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from qbr_lib.data import selects
from qbr_lib.data.databases import has_table
from qbr_lib.data.files import ROW
from qbr_lib.data.mapped import MappedTable, keep, known_column, plain_numbers
from qbr_lib.data.sources import RawData, folded
from qbr_lib.data.sql import literal, quoted
from qbr_lib.errors import MappingError, nearest
from qbr_lib.parameters import parse, read_yaml
from qbr_lib.schema import Table

Lines = Mapping[tuple[str, ...], int]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class TableMapping(BaseModel):
    """One `<table>.yml`.

    `from` names the raw table, or gives patterns that exactly one fits. `columns` must exist in
    it, `optional_columns` are taken where they do; where several headings are given for a column,
    the first that exists is taken. `constants` fill a column with one text; `values` translate
    single texts. `optional` lets the whole table be absent when the raw table is.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Names = Field(alias="from")
    columns: dict[str, Names] | Literal["same"] = {}
    optional_columns: dict[str, Names] = {}
    constants: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    optional: bool = False


def read(path: Path) -> tuple[TableMapping, Lines]:
    """Read a `<table>.yml` and the line of each of its keys."""
    data, lines = read_yaml(path)
    return parse(TableMapping, data, path=path, lines=lines), lines


def select(
    raw: RawData, table: Table, path: Path, spec: TableMapping, lines: Lines
) -> MappedTable | None:
    """Select the canonical table, None where it is optional and its raw table absent or empty.

    Raises
    ------
    MappingError
        If a column is missing or not canonical.
    SourceError
        If the raw table is missing, or two fit.
    """
    name = _source(raw, spec, path.name)
    if name is None:
        return None
    place, available = _place(raw, name, path.name)
    chosen = _chosen(spec, table, available, path.name, lines)
    for canonical in (*spec.constants, *spec.values):
        known_column(table, canonical, path.name)
    selected = [
        f"{_translated(quoted(column), spec.values.get(canonical, {}))} AS {quoted(canonical)}"
        for canonical, column in chosen.items()
    ]
    selected += [f"{literal(text)} AS {quoted(key)}" for key, text in spec.constants.items()]
    if raw.database is not None and raw.find(name, where=path.name) is None:
        columns = ", ".join(quoted(column) for column in dict.fromkeys(chosen.values()))
        selects.fetch(raw, f"SELECT {columns} FROM {place}", path.name)
        place, file, options = "arriving", name, plain_numbers(raw.options)
    else:
        known = raw.table(name, where=path.name)
        file, options = known.file, known.options
    found = keep(
        raw.connection,
        table,
        f"SELECT {', '.join(selected)}, {ROW} FROM {place}",
        frozenset(chosen) | frozenset(spec.constants),
        file=file,
        where=path.name,
        options=options,
    )
    return None if spec.optional and not found.rows else found


def choose(
    wanted: Mapping[str, tuple[str, ...]],
    available: Iterable[str],
    *,
    section: str,
    where: str,
    lines: Lines,
    table: str,
) -> dict[str, str]:
    """Return the first heading that exists for each name, no heading twice.

    Parameters
    ----------
    wanted : mapping
        Headings by name, in the order in which they are tried.
    section : str
        Where they stand in the file; those of "columns" must exist.

    Raises
    ------
    MappingError
        If a needed name has none of its headings.
    """
    free = {folded(column): column for column in available}
    chosen = {}
    for name, headings in wanted.items():
        heading = next((free[folded(one)] for one in headings if folded(one) in free), None)
        if heading is not None:
            chosen[name] = heading
        elif section == "columns":
            line = lines.get((section, name), 1)
            raise MappingError(
                "A column is missing in the export",
                where=f"{where}, line {line}",
                got=f"{' or '.join(repr(one) for one in headings)} for {name}",
                wanted=nearest(headings[0], free.values()),
                edit=f"name an existing column of {table}, or export it",
            )
    return chosen


def _source(raw: RawData, spec: TableMapping, where: str) -> str | None:
    """Return the name of the raw table, None where it is absent and may be."""
    found = raw.find(*spec.source, where=where)  # over a database, a sheet of the plan
    if found is not None:
        return found.name
    if raw.database is not None:
        there = [name for name in spec.source if has_table(raw.database, name)]
        return there[0] if there else None if spec.optional else spec.source[0]
    return None if spec.optional else raw.table(*spec.source, where=where).name


def _place(raw: RawData, name: str, where: str) -> tuple[str, tuple[str, ...]]:
    if raw.database is None or raw.find(name, where=where) is not None:
        table = raw.table(name, where=where)
        return f"raw.{quoted(table.name)}", table.columns
    place = ".".join(quoted(part) for part in name.split("."))
    selects.fetch(raw, f"SELECT * FROM {place} WHERE 1 = 0", where)
    described = raw.connection.execute("SELECT * FROM arriving LIMIT 0").description or []
    return place, tuple(str(column[0]) for column in described if column[0] != ROW)


def _chosen(
    spec: TableMapping, table: Table, available: tuple[str, ...], where: str, lines: Lines
) -> dict[str, str]:
    if spec.columns == "same":
        by_name = {folded(column): column for column in available}
        return {name: by_name[name] for name in table.names if name in by_name}
    chosen: dict[str, str] = {}
    for section, wanted in (("columns", spec.columns), ("optional_columns", spec.optional_columns)):
        for name in wanted:
            known_column(table, name, f"{where}, line {lines.get((section, name), 1)}")
        chosen |= choose(
            wanted,
            available,
            section=section,
            where=where,
            lines=lines,
            table=" or ".join(spec.source),
        )
    return chosen


def _translated(column: str, values: Mapping[str, str]) -> str:
    text = f"nullif(trim({column}), '')"
    if not values:
        return text
    cases = " ".join(f"WHEN {literal(old)} THEN {literal(new)}" for old, new in values.items())
    return f"CASE {text} {cases} ELSE {text} END"
