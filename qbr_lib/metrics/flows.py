"""Every movement of the pipeline of a quarter, deal by deal.

A deal is in the pipeline of a quarter while it exists, is open, is not removed, belongs to a team
in scope and is planned to close within the quarter. Each recorded change moves at most one deal
into it, out of it, or to another amount; the movement is named after what changed. A closing that
was undone by `as_of` is no closing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics.journal import Change, Journal, Row, gather
from qbr_lib.periods import Quarter
from qbr_lib.schema import OPEN, WON

COLUMNS = ["opportunity_id", "at", "flow", "amount"]
_DAY = dt.timedelta(days=1)
_END_OF_DAY = _DAY - dt.timedelta(microseconds=1)
Step = tuple[dt.datetime, str, float]


class _Span(NamedTuple):
    """Whose pipeline of which quarter is replayed, its days as ISO text."""

    first: str
    last: str
    scope: frozenset[str]


@dataclass
class _Deal:
    """What is known of one deal at a moment of the replay."""

    span: _Span
    planned: str | None
    amount: float
    team: str
    removed: bool
    shut: bool  # closed before the quarter and not opened again
    exists: bool = True
    reopened_at: dt.datetime | None = None

    @property
    def due(self) -> bool:
        return self.planned is not None and self.span.first <= self.planned <= self.span.last

    @property
    def inside(self) -> bool:
        open_now = self.exists and not self.removed and not self.shut
        return open_now and self.due and self.team in self.span.scope

    @property
    def value(self) -> float:
        return self.amount if self.inside else 0.0


def movements(data: Slice, told: Journal | None = None) -> pd.DataFrame:
    """Return every movement of the pipeline of the quarter under review, up to `as_of`.

    Parameters
    ----------
    told : Journal, optional
        The slice's journal, where it has been gathered already.

    Returns
    -------
    DataFrame
        opportunity_id, at, flow (opening, created, reopened, pulled_in, pushed_in, increased,
        decreased, transferred, removed, won, lost, slipped, closing), amount [money, signed]; by
        deal and moment. Gross from events; from snapshots net between two of them. The rows with
        the flow "closing" are the deals due in the quarter by their state at its end, not by what
        moved before.
    """
    if data.history is None or data.history_since is None:
        return pd.DataFrame(columns=COLUMNS)
    known = told or gather(data)
    first, end = (
        dt.datetime.combine(day, dt.time())
        for day in (data.quarter.first_day, min(data.quarter.last_day, data.as_of) + _DAY)
    )
    days = (data.quarter.first_day.isoformat(), data.quarter.last_day.isoformat())
    span, steps = _Span(*days, frozenset(data.team_ids)), list[tuple[Any, ...]]()
    for row in known.between(first, end):
        changes = known.changes.get(row.opportunity_id, [])
        for at, flow, amount in _replay(span, row, changes, first, end):
            steps.append((row.opportunity_id, at, flow, round(amount, 2)))
    frame = pd.DataFrame(steps, columns=COLUMNS)
    return frame.assign(at=pd.to_datetime(frame["at"]), amount=frame["amount"].astype("float64"))


def slipped(data: Slice, quarters: list[Quarter]) -> dict[Quarter, tuple[float, int]]:
    """Return the amount that slipped out of each quarter [money], and the number of deals."""
    told = gather(data)
    found = {}
    for quarter in quarters:
        flows = movements(data.at(quarter), told)
        rows = flows.loc[flows["flow"] == "slipped"]
        amount = round(float(-rows["amount"].sum()), 2) + 0.0
        found[quarter] = (amount, int(rows["opportunity_id"].nunique()))
    return found


def _state(span: _Span, row: Row, changes: list[Change], moment: dt.datetime) -> _Deal:
    """Return a deal before a moment: last value before it, else the earliest later one's old."""
    values: dict[str, Any] = {
        "expected_close_on": row.planned,
        "amount": row.amount,
        "team_id": row.team_id,
        "removed": "true" if row.removed else "false",
        "status": OPEN,
    }
    told = set()
    for change in changes:
        if change.at < moment:
            values[change.field] = change.new
        elif change.field not in told:
            values[change.field] = change.old
        told.add(change.field)
    return _Deal(
        span=span,
        planned=values["expected_close_on"],
        amount=float(values["amount"] or 0.0),
        team=values["team_id"],
        removed=values["removed"] == "true",
        shut=values["status"] not in (OPEN, None),
    )


def _replay(
    span: _Span, row: Row, changes: list[Change], first: dt.datetime, end: dt.datetime
) -> Iterator[Step]:
    deal = _state(span, row, changes, first)
    deal.exists = row.created_on is None or row.created_on < first
    if deal.inside:
        yield first, "opening", deal.amount
    closes = row.status != OPEN and row.closed_on < end
    closing = row.closed_on + _END_OF_DAY if closes else end
    told = [change for change in changes if first <= change.at < end]
    if not deal.exists:
        told = yield from _birth(deal, row.created_on, told)
    for change in told:
        if change.at <= closing:
            yield from _change(deal, change)
    if closes:
        yield from _close(deal, row, closing)
        return
    left = _state(span, row, changes, end)
    left.shut = deal.shut  # a closing that was undone since does not count
    if left.inside:
        yield end - _DAY, "closing", left.amount


def _birth(
    deal: _Deal, created_on: dt.datetime, told: list[Change]
) -> Generator[Step, None, list[Change]]:
    """Bring a deal into being with the values its creation recorded; return the later changes.

    The first change of a field on the day of creation, from nothing, is the value it began with.
    """
    begun: set[str] = set()
    later = []
    for change in told:
        if change.field in begun or change.old is not None or change.at >= created_on + _DAY:
            later.append(change)
        else:
            _apply(deal, change)
        begun.add(change.field)
    deal.exists = True
    if deal.inside:
        yield created_on, "created", deal.amount
    return later


def _apply(deal: _Deal, change: Change) -> None:
    match change.field:
        case "expected_close_on":
            deal.planned = change.new
        case "amount":
            deal.amount = float(change.new or 0.0)
        case "team_id":
            deal.team = change.new
        case "removed":
            deal.removed = change.new == "true"
        case "status":
            if deal.shut and change.new == OPEN:
                deal.shut, deal.reopened_at = False, change.at


def _change(deal: _Deal, change: Change) -> Iterator[Step]:
    before, planned, was_inside = deal.value, deal.planned, deal.inside
    _apply(deal, change)
    difference = deal.value - before
    if deal.inside != was_inside:
        yield change.at, _reason(change, deal, planned), difference
    elif difference:
        yield change.at, "increased" if difference > 0 else "decreased", difference


def _reason(change: Change, deal: _Deal, planned: str | None) -> str:
    if change.field == "expected_close_on":
        return _moved_in(deal, planned, change.at) if deal.inside else "slipped"
    return {"team_id": "transferred", "removed": "removed", "status": "reopened"}[change.field]


def _moved_in(deal: _Deal, planned: str | None, at: dt.datetime) -> str:
    """Name an entry by its day; a deal opened again and re-dated at one moment is reopened."""
    if deal.reopened_at == at:
        return "reopened"
    return "pushed_in" if planned is not None and planned < deal.span.first else "pulled_in"


def _close(deal: _Deal, row: Row, at: dt.datetime) -> Iterator[Step]:
    """Close a deal: first due within the quarter, then at the amount won, then won or lost."""
    if deal.shut:
        deal.shut, deal.reopened_at = False, at
        if deal.inside:
            yield at, "reopened", deal.amount
    if deal.removed:  # the closing counts, so the removal was undone since
        deal.removed = False
        if deal.inside:
            yield at, "removed", deal.amount
    if deal.team != row.team_id:
        before, deal.team = deal.value, row.team_id
        if deal.value != before:
            yield at, "transferred", deal.value - before
    if not deal.due:
        planned, deal.planned = deal.planned, deal.span.last
        if deal.inside:
            yield at, _moved_in(deal, planned, at), deal.amount
    if not deal.inside:
        return
    if row.status == WON:
        if row.amount != deal.amount:
            flow = "increased" if row.amount > deal.amount else "decreased"
            yield at, flow, row.amount - deal.amount
        yield at, "won", -row.amount
    else:
        yield at, "lost", -deal.amount
