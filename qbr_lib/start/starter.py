"""The start of a mapping for an export that no shipped one fits: its headings, to be assigned."""

from __future__ import annotations

from collections.abc import Iterator

from qbr_lib.data.files import ROW
from qbr_lib.data.sources import RawData
from qbr_lib.data.sql import quoted
from qbr_lib.schema import TABLES
from qbr_lib.start.texts import render
from qbr_lib.words import Words

OPEN = "?"  # stands where a person names a column
_NEEDED = ("opportunity_id", "team_id", "status", "closed_on")
_PLANNED = ("teams", "targets", "market", "competitor_notes")
_FEW = 12  # columns with no more values than this may be states or stages: their values are listed


def starter(raw: RawData, words: Words) -> dict[str, str]:
    """Return the files of a mapping by name: deals to be assigned, the plan's sheets as they are.

    The largest file is taken for the deals.
    """
    deals = max(raw.tables, key=lambda name: _count(raw, f"count(*) FROM raw.{quoted(name)}"))
    others = [f"{n}: {', '.join(t.columns)}" for n, t in raw.tables.items() if n != deals]
    columns = [column.name for column in TABLES["opportunities"].columns]
    texts = {f"{n}.yml": f"from: {n}\ncolumns: same\noptional: true\n" for n in _PLANNED}
    texts["reps.yml"] = render("reps.yml", words, others=[" ".join(o.split()) for o in others])
    texts["opportunities.yml"] = render(
        "opportunities.yml",
        words,
        table=deals,
        headings=list(_headings(raw, deals)),
        optional=[name for name in columns if name not in _NEEDED],
        open=OPEN,
    )
    return texts


def _headings(raw: RawData, table: str) -> Iterator[str]:
    """Yield the columns of a table, with their values where they are few and repeat."""
    for column in raw.tables[table].columns:
        place = f"FROM raw.{quoted(table)} WHERE {quoted(column)} IS NOT NULL"
        few, filled = (
            _count(raw, f"count({d} {quoted(column)}) {place}") for d in ("DISTINCT", "")
        )
        heading = column
        if 0 < few <= _FEW and filled > 2 * few:
            found = raw.connection.execute(
                f"SELECT {quoted(column)} {place} GROUP BY 1 ORDER BY min({ROW})"
            ).fetchall()
            heading += ": " + ", ".join(str(row[0])[:40] for row in found)
        yield " ".join(heading.split())


def _count(raw: RawData, what: str) -> int:
    found = raw.connection.execute(f"SELECT {what}").fetchone()
    return int(found[0]) if found else 0
