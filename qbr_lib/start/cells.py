"""How numbers and days are written in a table of texts: evidence, cell by cell.

Every cell is looked at by its shape: "1.054,00" is `9.999,99`, "02/23/26 08:55 PM" is
`99/99/99 99:99 aa`. Few shapes stand for millions of cells.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Literal

import duckdb
import pandas as pd

from qbr_lib.data.files import ROW
from qbr_lib.data.sql import quoted

DAY_FIRST, MONTH_FIRST = "%d%m", "%m%d"
_DAYS, _MONTHS = 31, 12
Key = Literal["encoding", "delimiter", "decimal", "thousands", "date_formats", "order"]

_NUMBER = re.compile(r"[+-]?[9z]+([.,'’ ]9+)*")
_EITHER = re.compile(r"[+-]?9{1,3}[.,]999")  # "1.054": a thousand, or a little more than one
_POINT = re.compile(r"[+-]?(9{1,3}(?P<group>[.,'’ ])999((?P=group)999)*|[9z]+)(?P<point>[.,])9+")
_GROUPS = re.compile(r"[+-]?9{1,3}(?P<group>[.,'’ ])999((?P=group)999)*")
_OTHER = {".": ",", ",": "."}
_DATE = re.compile(
    r"(?P<one>9{1,2}|9{4}|a{3,9})(?P<first>[-./ ])(?P<two>9{1,2}|a{3,9})(?P<second>[-./ ]|, )"
    r"(?P<three>9{1,2}|9{4})"
    r"((?P<gap>,? |T)9{1,2}:99(?P<seconds>:99)?(?P<parts>\.9+)?(?P<half> aa)?)?"
)
# What a cell's shape is made by, in this order; a column's cells of one shape are counted together.
_STEPS = (
    (r"^(\p{Sc}|[A-Z]{3})\s*|\s*(\p{Sc}|[A-Z]{3}|%)$", ""),
    (r"[\s\x{00A0}\x{202F}]", " "),
    (r"\p{L}", "a"),
    (r"^([+-]?)0([.,])", r"\1z\2"),  # "0,123" cannot be a thousand
    (r"^([+-]?)0(\d+)$", r"\1a\2"),  # an id, no number
    (r"\d", "9"),
)
_LONGEST = 40
_LIKELY = r"^([A-Za-z]{3,9}[ ./-]|[^\pL]{0,3}|[A-Z]{3})\d"  # other texts are neither number nor day


@dataclass(frozen=True)
class Evidence:
    """What cells of one column show, or a whole file about its encoding and delimiter.

    Parameters
    ----------
    key : str
        A key of the source; or "order", a separator and whether day or month comes first there.
    value : str
        What they show; empty where they fit either way ("order" is the separator then). A format
        holds `%1` and `%2` where the order of day and month is another piece of evidence.
    cells : int
        How many show it.
    column, example : str
        Where, and one of the cells.
    """

    key: Key
    value: str
    cells: int
    column: str
    example: str


def evidence(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[Evidence]:
    """Yield what the cells of a raw table show, column by column.

    A column counts where at least half of its filled cells are numbers, or days.
    """
    for name, frame in _shapes(connection, table).groupby("name", sort=False):
        shapes = frame.to_dict(orient="records")
        filled = sum(row["n"] for row in shapes)
        for pattern, read in ((_NUMBER, _numbers), (_DATE, _days)):
            fitting = [row for row in shapes if pattern.fullmatch(row["shape"])]
            if 2 * sum(row["n"] for row in fitting) >= filled:
                yield from _together(read(str(name), fitting))


def _together(found: Iterator[Evidence]) -> Iterator[Evidence]:
    """Yield one piece of evidence for all shapes that show the same."""
    pieces = sorted(found, key=lambda piece: (piece.key, piece.value, -piece.cells))
    for _, alike in groupby(pieces, key=lambda piece: (piece.key, piece.value)):
        first, *others = alike
        yield replace(first, cells=first.cells + sum(piece.cells for piece in others))


def _shapes(connection: duckdb.DuckDBPyConnection, table: str) -> pd.DataFrame:
    """Return name, shape, n, one, two, example: the greatest first and second number of each."""
    shape = "value"
    for pattern, by in _STEPS:
        shape = f"regexp_replace({shape}, '{pattern}', '{by}', 'g')"
    parts = [f"TRY_CAST(regexp_extract(value, '^(\\d+)\\D+(\\d+)', {n}) AS INT)" for n in (1, 2)]
    cells = f"UNPIVOT raw.{quoted(table)} ON COLUMNS(* EXCLUDE {ROW}) INTO NAME name VALUE value"
    likely = f"length(value) <= {_LONGEST} AND regexp_matches(value, '{_LIKELY}')"
    found: pd.DataFrame = connection.sql(
        f"SELECT name, CASE WHEN {likely} THEN {shape} ELSE '' END AS shape, "
        f"sum(n)::BIGINT AS n, max({parts[0]}) AS one, max({parts[1]}) AS two, "
        "max(value) AS example "
        f"FROM (SELECT name, trim(value) AS value, count(*) AS n FROM ({cells}) GROUP BY ALL) "
        "GROUP BY 1, 2 ORDER BY 1, n DESC, 2"
    ).df()
    return found


def _numbers(column: str, shapes: Sequence[Mapping[Hashable, Any]]) -> Iterator[Evidence]:
    for row in shapes:
        shape, where = row["shape"], (row["n"], column, row["example"])
        if _EITHER.fullmatch(shape):
            yield Evidence("decimal", "", *where)
        elif match := _GROUPS.fullmatch(shape):
            if match["group"] in _OTHER:
                yield Evidence("decimal", _OTHER[match["group"]], *where)
            yield from _thousands(match["group"], where)
        elif (match := _POINT.fullmatch(shape)) and match["group"] != match["point"]:
            yield Evidence("decimal", match["point"], *where)
            yield from _thousands(match["group"], where)


def _thousands(group: str | None, where: tuple[int, str, str]) -> Iterator[Evidence]:
    if group and group.strip():  # a blank between digits is read anyway
        yield Evidence("thousands", group, *where)


def _days(column: str, shapes: Sequence[Mapping[Hashable, Any]]) -> Iterator[Evidence]:
    found = [(form, row) for row in shapes if (form := _format(row["shape"]))]
    parts: dict[str, tuple[int, int]] = {}
    for form, row in found:
        if "%1" in form:
            one, two = parts.get(form[2], (0, 0))
            parts[form[2]] = max(one, row["one"]), max(two, row["two"])
    if any(max(both) > _DAYS or min(both) > _MONTHS for both in parts.values()):
        return  # three numbers with separators, but no days
    for form, row in found:
        where = row["n"], column, row["example"]
        yield Evidence("date_formats", form, *where)
        if "%1" in form:
            one, two = parts[form[2]]
            order = DAY_FIRST if one > _MONTHS else MONTH_FIRST if two > _MONTHS else ""
            yield Evidence("order", f"{form[2]}{order}", *where)


def _format(shape: str) -> str | None:
    """Return the strptime format of a shape; None for ISO 8601, which needs none, and no day."""
    match = _DATE.fullmatch(shape)
    if match is None:
        return None
    one, two, three = match["one"], match["two"], match["three"]
    first, second = match["first"], match["second"]
    year = "%Y" if three == "9999" else "%y"
    month = {"a": "%b" if "aaa" in (one, two) else "%B"}
    if one == "9999":
        form = f"%Y{first}%m{second}%d" if first != "-" and first == second else ""
    elif len(three) not in (2, 4):
        form = ""
    elif one[0] == "a":
        form = f"{month['a']}{first}%d{second}{year}" if two[0] == "9" else ""
    elif two[0] == "a":
        form = f"%d{first}{month['a']}{second}{year}"
    else:
        form = f"%1{first}%2{second}{year}" if first == second and first != " " else ""
    return f"{form}{_clock(match)}" if form else None


def _clock(match: re.Match[str]) -> str:
    if match["gap"] is None:
        return ""
    hour, half = ("%I", " %p") if match["half"] else ("%H", "")
    seconds = f"{':%S' if match['seconds'] else ''}{'.%f' if match['parts'] else ''}"
    return f"{match['gap']}{hour}:%M{seconds}{half}"
