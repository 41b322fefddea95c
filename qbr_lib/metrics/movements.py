"""Every movement of the pipeline of a quarter, deal by deal.

A deal is in the pipeline of a quarter while it exists, is open, is not removed, belongs to a team
in scope and is planned to close within the quarter. Each recorded change moves at most one deal
into it, out of it, or to another amount; the movement is named after what changed. A closing that
was undone by `as_of` is no closing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qbr_lib.data.history import as_text, value_at
from qbr_lib.data.slices import Slice
from qbr_lib.schema import OPEN, WON

COLUMNS = ["opportunity_id", "at", "flow", "amount"]
_FIELDS = ("expected_close_on", "amount", "team_id", "removed", "status")
_END_OF_DAY = pd.Timedelta(hours=23, minutes=59, seconds=59)
Step = tuple[pd.Timestamp, str, float]


@dataclass
class _Deal:
    """What is known of one deal at a moment of the replay."""

    first: pd.Timestamp
    last: pd.Timestamp
    scope: frozenset[str]
    planned: pd.Timestamp
    amount: float
    team: str
    removed: bool
    shut: bool  # closed before the quarter and not opened again
    exists: bool

    @property
    def due(self) -> bool:
        return bool(pd.notna(self.planned) and self.first <= self.planned <= self.last)

    @property
    def inside(self) -> bool:
        open_now = self.exists and not self.removed and not self.shut
        return open_now and self.due and self.team in self.scope

    @property
    def value(self) -> float:
        return self.amount if self.inside else 0.0


def movements(data: Slice) -> pd.DataFrame:
    """Return every movement of the pipeline of the quarter under review, up to `as_of`.

    Returns
    -------
    DataFrame
        opportunity_id, at, flow (opening, created, reopened, pulled_in, pushed_in, increased,
        decreased, transferred, removed, won, lost, slipped), amount [money, signed]; by deal and
        moment. Gross from events; from snapshots net between two of them.
    """
    history = data.history
    if history is None:
        return pd.DataFrame(columns=COLUMNS)
    quarter = data.quarter
    first, end = pd.Timestamp(quarter.first_day), pd.Timestamp(_last_day(data)) + pd.Timedelta("1D")
    deals = data.opportunities
    running = deals["closed_on"].isna() | (deals["closed_on"] >= first)
    born = deals["created_on"].isna() | (deals["created_on"] < end)
    deals = deals.loc[running & born]
    start = states(deals, history, quarter.first_day - dt.timedelta(days=1))
    within = history.loc[(history["at"] >= first) & (history["at"] < end)]
    within = within.loc[within["field"].isin(_FIELDS)]
    changes = {key: rows for key, rows in within.groupby("opportunity_id", sort=False)}
    rows: list[tuple[Any, ...]] = []
    for deal, state in zip(deals.itertuples(), start.itertuples(), strict=True):
        own = changes.get(deal.opportunity_id)
        for at, flow, amount in _replay(data, deal, state, own, first, end):
            rows.append((deal.opportunity_id, at, flow, round(amount, 2)))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.assign(at=pd.to_datetime(frame["at"]), amount=frame["amount"].astype("float64"))


def states(deals: pd.DataFrame, history: pd.DataFrame, day: dt.date) -> pd.DataFrame:
    """Return planned day, amount, team, removal and closing of each deal at the end of a day."""
    present = deals.set_index("opportunity_id")
    told = {
        "expected_close_on": as_text(present["expected_close_on"]),
        "amount": as_text(present["amount"]),
        "team_id": present["team_id"],
        "removed": as_text(present["removed_on"].notna()).str.lower(),
        "status": pd.Series(OPEN, index=present.index, dtype="str"),
    }
    at = {field: value_at(history, field, day, texts)[0] for field, texts in told.items()}
    return pd.DataFrame(
        {
            "planned": pd.to_datetime(at["expected_close_on"]),
            "amount": pd.to_numeric(at["amount"]).fillna(0.0),
            "team": at["team_id"],
            "removed": at["removed"] == "true",
            "shut": at["status"] != OPEN,
        }
    )


def _last_day(data: Slice) -> dt.date:
    return min(data.quarter.last_day, data.as_of)


def _replay(
    data: Slice,
    row: Any,
    state: Any,
    changes: pd.DataFrame | None,
    first: pd.Timestamp,
    end: pd.Timestamp,
) -> Iterator[Step]:
    deal = _Deal(
        first,
        pd.Timestamp(data.quarter.last_day),
        frozenset(data.team_ids),
        state.planned,
        state.amount,
        state.team,
        state.removed,
        state.shut,
        exists=pd.isna(row.created_on) or row.created_on < first,
    )
    if deal.inside:
        yield first, "opening", deal.amount
    closing = row.closed_on + _END_OF_DAY if row.status != OPEN and row.closed_on < end else end
    told = [] if changes is None else list(changes.itertuples())
    if not deal.exists:
        told = yield from _birth(deal, row.created_on, told)
    for change in told:
        if change.at <= closing:
            yield from _change(deal, change)
    if closing < end:
        yield from _close(deal, row, closing)


def _birth(deal: _Deal, created_on: pd.Timestamp, told: list[Any]) -> Any:
    """Bring a deal into being with the values its creation recorded; return the later changes."""
    creating = [
        change
        for change in told
        if pd.isna(change.old) and change.at < created_on + pd.Timedelta("1D")
    ]
    for change in creating:
        _apply(deal, change)
    deal.exists = True
    if deal.inside:
        yield created_on, "created", deal.amount
    return [change for change in told if change not in creating]


def _apply(deal: _Deal, change: Any) -> None:
    match change.field:
        case "expected_close_on":
            deal.planned = pd.NaT if pd.isna(change.new) else pd.Timestamp(change.new)
        case "amount":
            deal.amount = 0.0 if pd.isna(change.new) else float(change.new)
        case "team_id":
            deal.team = change.new
        case "removed":
            deal.removed = change.new == "true"
        case "status":
            deal.shut = deal.shut and change.new != OPEN


def _change(deal: _Deal, change: Any) -> Iterator[Step]:
    before, planned = deal.value, deal.planned
    was_inside = deal.inside
    _apply(deal, change)
    if deal.inside == was_inside:
        difference = deal.value - before
        if difference:
            yield change.at, "increased" if difference > 0 else "decreased", difference
    else:
        flow = _reason(change.field, entered=deal.inside, planned=planned, deal=deal)
        yield change.at, flow, deal.value - before


def _reason(field: str, *, entered: bool, planned: pd.Timestamp, deal: _Deal) -> str:
    if field == "expected_close_on":
        return _moved_in(planned, deal.first) if entered else "slipped"
    return {"team_id": "transferred", "removed": "removed", "status": "reopened"}[field]


def _moved_in(planned: pd.Timestamp, first: pd.Timestamp) -> str:
    return "pushed_in" if pd.notna(planned) and planned < first else "pulled_in"


def _close(deal: _Deal, row: Any, at: pd.Timestamp) -> Iterator[Step]:
    """Close a deal: first due within the quarter, then at the amount won, then won or lost."""
    if deal.shut:
        deal.shut = False
        if deal.inside:
            yield at, "reopened", deal.amount
    if deal.team != row.team_id:
        before, deal.team = deal.value, row.team_id
        if deal.value != before:
            yield at, "transferred", deal.value - before
    if not deal.inside and not deal.due:
        planned, deal.planned = deal.planned, deal.last
        if deal.inside:
            yield at, _moved_in(planned, deal.first), deal.amount
    if not deal.inside:
        return
    if row.status == WON:
        final = 0.0 if pd.isna(row.amount) else float(row.amount)
        if final != deal.amount:
            yield at, "increased" if final > deal.amount else "decreased", final - deal.amount
        yield at, "won", -final
    else:
        yield at, "lost", -deal.amount
