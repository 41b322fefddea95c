"""The canonical tables as data: every column, its type, and what it is for (DESIGN 3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "date", "timestamp", "money", "number", "boolean"]

OPEN, WON, LOST = "open", "won", "lost"
UNASSIGNED = "unassigned"


@dataclass(frozen=True)
class Column:
    """One column: its type, whether every row needs it, and its legal values if they are few.

    The text of a quarter is read as one and stands as 2026-Q3.
    """

    name: str
    type: Type = "text"
    required: bool = False
    values: tuple[str, ...] = ()
    is_quarter: bool = False


@dataclass(frozen=True)
class Table:
    """One canonical table.

    Parameters
    ----------
    name : str
        As in the mapping's file name.
    columns : tuple of Column
        In their order in the store.
    key : tuple of str
        Columns that identify a row; empty where rows may repeat.
    happened : str or None
        The column that says when a row came to be: rows later than `as_of` do not exist.
    needed : bool
        Whether there is no workbook without it.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    happened: str | None = None
    needed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return a column by name."""
        return next(column for column in self.columns if column.name == name)


def _text(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


_STATUS = Column("status", required=True, values=(OPEN, WON, LOST))
_QUARTER = Column("quarter", required=True, is_quarter=True)
_CATEGORY = ("omitted", "pipeline", "best_case", "commit")
EVENT_FIELDS = (
    "stage",
    "amount",
    "expected_close_on",
    "owner_id",
    "forecast_category",
    "status",
    "removed",
)

_ALL = (
    Table(
        "opportunities",
        (
            Column("opportunity_id", required=True),
            Column("team_id", required=True),
            _STATUS,
            Column("closed_on", "date"),
            Column("created_on", "date"),
            Column("expected_close_on", "date"),
            *_text("name", "account_id", "owner_id", "stage"),
            Column("amount", "money"),
            Column("list_amount", "money"),
            *_text("currency", "lead_source", "product", "segment", "territory"),
            *_text("competitor", "reason"),
            Column("forecast_category", values=_CATEGORY),
            Column("is_renewal", "boolean"),
            Column("url"),
        ),
        key=("opportunity_id",),
        happened="created_on",
        needed=True,
    ),
    Table(
        "opportunity_events",
        (
            Column("opportunity_id", required=True),
            Column("changed_at", "timestamp", required=True),
            Column("field", required=True, values=EVENT_FIELDS),
            *_text("old_value", "new_value"),
        ),
        happened="changed_at",
    ),
    Table(
        "opportunity_snapshots",
        (
            Column("taken_on", "date", required=True),
            Column("opportunity_id", required=True),
            Column("status", values=(OPEN, WON, LOST)),
            Column("stage"),
            Column("amount", "money"),
            Column("expected_close_on", "date"),
            Column("owner_id"),
            Column("forecast_category", values=_CATEGORY),
        ),
        key=("taken_on", "opportunity_id"),
        happened="taken_on",
    ),
    Table(
        "accounts",
        (
            Column("account_id", required=True),
            *_text("name", "segment", "industry", "territory", "owner_id"),
        ),
        key=("account_id",),
    ),
    Table(
        "reps",
        (
            Column("rep_id", required=True),
            Column("name"),
            Column("team_id", required=True),
            *_text("role", "manager_id", "territory"),
            Column("joined_on", "date"),
            Column("left_on", "date"),
            Column("ramp", "number"),
        ),
        key=("rep_id", "team_id", "joined_on"),
    ),
    Table(
        "teams",
        (Column("team_id", required=True), *_text("name", "manager", "territory", "group")),
        key=("team_id",),
        needed=True,
    ),
    Table(
        "leads",
        (
            Column("lead_id", required=True),
            Column("created_on", "date", required=True),
            *_text("source", "owner_id", "team_id"),
            Column("converted_on", "date"),
            Column("opportunity_id"),
        ),
        key=("lead_id",),
        happened="created_on",
    ),
    Table(
        "activities",
        (
            Column("activity_id", required=True),
            Column("rep_id"),
            Column("kind", required=True),
            Column("done_on", "date", required=True),
            *_text("opportunity_id", "account_id"),
        ),
        key=("activity_id",),
        happened="done_on",
    ),
    Table(
        "targets",
        (
            _QUARTER,
            Column(
                "scope",
                required=True,
                values=("company", "group", "team", "rep", "territory", "account"),
            ),
            Column("scope_id"),
            Column(
                "kind",
                required=True,
                values=("revenue", "account", "activity", "territory", "market_share"),
            ),
            Column("metric"),
            Column("value", "number", required=True),
        ),
        key=("quarter", "scope", "scope_id", "kind", "metric"),
    ),
    Table(
        "forecasts",
        (
            Column("submitted_on", "date", required=True),
            _QUARTER,
            Column("scope", required=True),
            Column("scope_id", required=True),
            Column("category", required=True),
            Column("amount", "money", required=True),
        ),
        happened="submitted_on",
    ),
    Table(
        "market",
        (
            _QUARTER,
            *_text("territory", "segment"),
            Column("market_size", "money", required=True),
            Column("source", required=True),
            Column("as_of", "date", required=True),
        ),
        happened="as_of",
    ),
    Table(
        "competitor_notes",
        (
            Column("noted_on", "date", required=True),
            Column("competitor", required=True),
            Column("note", required=True),
            Column("source"),
        ),
        happened="noted_on",
    ),
    Table(
        "fx_rates",
        (
            Column("currency", required=True),
            Column("valid_from", "date", required=True),
            Column("rate", "number", required=True),
        ),
        key=("currency", "valid_from"),
    ),
)
TABLES: dict[str, Table] = {table.name: table for table in _ALL}

# Events of the past, whose newest day is `as_of: latest`; planned days are not among them.
PAST_EVENTS: tuple[tuple[str, str], ...] = (
    ("opportunities", "created_on"),
    ("opportunities", "closed_on"),
    ("opportunity_events", "changed_at"),
    ("opportunity_snapshots", "taken_on"),
    ("leads", "created_on"),
    ("activities", "done_on"),
    ("forecasts", "submitted_on"),
)
