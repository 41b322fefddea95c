"""A team's deals as they were known day by day, in arrays: what an outlook learns from.

Days are whole days since 1970. A deal is at risk from the day it came into sight to the day it
ended; what ended before the data begins is not seen, so older deals come into sight at the age
they had by then (left truncation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.data.endings import NEVER, Whole, day_of, days_of
from qbr_lib.data.slices import Slice
from qbr_lib.schema import LOST, OPEN, WON

Grade = Literal["events", "plans", "ages"]
Floats = npt.NDArray[np.float64]
_SPAN = 1 << 24  # more days than any calendar holds


@dataclass(frozen=True)
class Field:
    """One field of the deals over time: recorded changes, and the row's value without one.

    Parameters
    ----------
    key : array of int
        deal x span + day of each change, ascending; a change of a day counts from its end.
    old, new : array
        Values before and after each change.
    present : array
        The rows' values.
    """

    key: Whole
    old: Floats
    new: Floats
    present: Floats

    def at(self, deal: Whole, day: Whole) -> Floats:
        """Return the values of deals at the ends of days."""
        if not len(self.key):
            return self.present[deal]
        place = np.searchsorted(self.key, deal * _SPAN + day, side="right")
        last, following = np.maximum(place - 1, 0), np.minimum(place, len(self.key) - 1)
        had = (place > 0) & (self.key[last] // _SPAN == deal)
        will = self.key[following] // _SPAN == deal
        value = np.where(will, self.old[following], self.present[deal])
        return np.where(had, self.new[last], value)


@dataclass(frozen=True)
class Timeline:
    """A team's deals up to a day.

    Parameters
    ----------
    grade : {"events", "plans", "ages"}
        What is known of the way of a deal: recorded stages or planned days; planned days of the
        rows alone; or no more than ages.
    deal, start, end : array of int
        One row per time a deal was open: the deal's number, its first day (`NEVER` where it is
        unknown), its last (the day it was won, lost or removed; `NEVER` while it is open). A
        reopened deal has several.
    won : array of bool
        Whether it ended as won.
    undone : array of int
        The day on which that was taken back, `NEVER` where it stands.
    created : array of int
        Per deal: the day it was created, `NEVER` where unknown.
    stage, plan, amount : Field
        Place of the stage in the organisation's order (NaN unknown), planned day (NaN unknown),
        amount [money].
    planned : array of float
        Per deal: the planned day its row gives (NaN unknown): only of use on the last day.
    product : array of int
        Per deal: a number for its product.
    stages : int
        How many stages the organisation has.
    since, until : int
        First day in sight, at the earliest that of the team's first deal, and the last.
    """

    grade: Grade
    deal: Whole
    start: Whole
    end: Whole
    won: npt.NDArray[np.bool_]
    undone: Whole
    created: Whole
    stage: Field
    plan: Field
    amount: Field
    planned: Floats
    product: Whole
    stages: int
    since: int
    until: int

    @cached_property
    def _wins(self) -> tuple[Whole, Whole, Whole, Floats]:
        rows = np.flatnonzero(self.won)
        rows = rows[np.lexsort([self.deal[rows], self.end[rows]])]
        deals, days = self.deal[rows], self.end[rows]
        return deals, days, self.undone[rows], np.nan_to_num(self.amount.at(deals, days))

    def wins(self, day: int) -> tuple[Whole, Whole, Floats]:
        """Return the deals that were won at the end of a day, by the day they were.

        Returns
        -------
        tuple of array
            The deals' numbers, the days, and what they brought [money, 0 where unknown].
        """
        deals, days, undone, values = self._wins
        n = int(np.searchsorted(days, day, side="right"))
        rows = slice(n) if (undone[:n] > day).all() else np.flatnonzero(undone[:n] > day)
        return deals[rows], days[rows], values[rows]

    @cached_property
    def visited(self) -> Whole:
        """Pairs of a deal and a stage that it is known to have been in."""
        known = np.arange(len(self.created))
        deals = np.concatenate([np.tile(self.stage.key // _SPAN, 2), known])
        stages = np.concatenate([self.stage.old, self.stage.new, self.stage.present])
        pairs = np.column_stack([deals[np.isfinite(stages)], stages[np.isfinite(stages)]])
        return np.unique(pairs.astype("int64"), axis=0)

    def booked(self, first: int, last: int, day: int) -> float:
        """Return what was won from one day to another, as known at the end of a third [money]."""
        _, days, values = self.wins(day)
        low, high = np.searchsorted(days, [first, last + 1])
        return float(values[low:high].sum())


def timeline(data: Slice) -> Timeline:
    """Return a slice's deals as a timeline; those without a creation day are never at risk."""
    deals = data.opportunities
    deals = deals.loc[deals["team_id"].isin(data.team_ids)]
    deals = deals.sort_values("opportunity_id", ignore_index=True)  # an export has any order
    changes = _changes(data, deals)
    order = {name: float(n) for n, name in enumerate(data.organisation.stages)}
    stage = _field(changes, "stage", deals["stage"], lambda texts: texts.map(order))
    plan = _field(changes, "expected_close_on", deals["expected_close_on"], _plan)
    amount = _field(changes, "amount", deals["amount"], pd.to_numeric)
    tracked = len(stage.key) > 0 or len(plan.key) > 0
    closed = (deals["status"] != OPEN).to_numpy()
    spells = _spells(deals, changes)
    born = spells[["start", "end"]].to_numpy().min(initial=NEVER)
    plans = bool(np.isfinite(plan.present[~closed]).any())
    return Timeline(
        grade="events" if tracked else "plans" if plans else "ages",
        deal=spells["deal"].to_numpy(),
        start=spells["start"].to_numpy(),
        end=spells["end"].to_numpy(),
        won=spells["won"].to_numpy(),
        undone=spells["undone"].to_numpy(),
        created=days_of(deals["created_on"]),
        stage=_without(stage, closed) if tracked else _unknown(len(deals)),
        plan=plan if len(plan.key) else _without(plan, closed),
        amount=_valued(amount, deals, day_of(data.as_of)),
        planned=plan.present,
        product=pd.factorize(deals["product"])[0].astype("int64"),
        stages=len(order),
        since=min(max(day_of(data.data_since or data.as_of), int(born)), day_of(data.as_of)),
        until=day_of(data.as_of),
    )


def _plan(texts: pd.Series) -> pd.Series:
    days = pd.to_datetime(texts, errors="coerce")
    return pd.Series(days_of(days), texts.index, dtype="float64").where(days.notna())


def _changes(data: Slice, deals: pd.DataFrame) -> pd.DataFrame:
    if data.history is None:
        return pd.DataFrame({"deal": [], "day": [], "field": [], "old": [], "new": []})
    place = pd.Index(deals["opportunity_id"]).get_indexer(data.history["opportunity_id"])
    told = data.history.assign(deal=place, day=days_of(data.history["at"]))
    return told.loc[told["deal"] >= 0]


def _field(
    changes: pd.DataFrame, name: str, rows: pd.Series, read: Callable[[pd.Series], pd.Series]
) -> Field:
    own = changes.loc[changes["field"] == name]
    values = (own["old"], own["new"], rows)
    old, new, present = (
        read(one).to_numpy(dtype="float64", na_value=np.nan) if len(one) else np.empty(0)
        for one in values
    )
    key = own["deal"].to_numpy(dtype="int64") * _SPAN + own["day"].to_numpy(dtype="int64")
    order = np.argsort(key, kind="stable")
    return Field(key[order], old[order], new[order], present)


def _without(field: Field, closed: npt.NDArray[np.bool_]) -> Field:
    """Forget what the row of a closed deal says: it was written when the deal closed, or later."""
    return Field(field.key, field.old, field.new, np.where(closed, np.nan, field.present))


def _unknown(count: int) -> Field:
    nothing = np.empty(0)
    return Field(np.empty(0, dtype="int64"), nothing, nothing, np.full(count, np.nan))


def _valued(amount: Field, deals: pd.DataFrame, until: int) -> Field:
    """Let a deal without recorded amounts be worth its list amount until the row's is known.

    That is the day it closes; where no amounts are recorded at all, the last day for open ones.
    """
    listed = deals["list_amount"].to_numpy(dtype="float64")
    closed = (deals["status"] != OPEN).to_numpy()
    recorded = np.zeros(len(deals), dtype=bool)
    recorded[amount.key // _SPAN] = True
    told = np.flatnonzero(~recorded & (closed | (len(amount.key) == 0)))
    known = np.where(closed, days_of(deals["closed_on"]), until)[told]
    value = amount.present[told]
    value = np.where(np.isnan(value) & ~closed[told], listed[told], value)
    key = np.concatenate([amount.key, told * _SPAN + known])
    order = np.argsort(key, kind="stable")
    old = np.concatenate([amount.old, listed[told]])[order]
    new = np.concatenate([amount.new, value])[order]
    return Field(key[order], old, new, np.where(np.isnan(amount.present), listed, amount.present))


def _spells(deals: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Return deal, start, end, won, undone of the times deals were open, reopened ones several."""
    ended = deals["closed_on"].where(deals["status"] != OPEN, deals["removed_on"])
    start = days_of(deals["created_on"])
    earlier = []
    told = changes.loc[changes["field"] == "status", ["deal", "day", "old", "new"]]
    undone = told.loc[(told["new"] == OPEN) & told["old"].isin([WON, LOST])]
    closings = told.loc[told["new"].isin([WON, LOST])]
    for place, deal, day, old in undone[["deal", "day", "old"]].itertuples(name=None):
        own = closings.loc[(closings["deal"] == deal) & (closings.index < place), "day"]
        closed = own.iloc[-1] if len(own) else day
        earlier.append((deal, start[deal], closed, old == WON, day))
        start[deal] = max(day, closed + 1)
    last = pd.DataFrame(
        {
            "deal": np.arange(len(deals)),
            "start": start,
            "end": days_of(ended),
            "won": (deals["status"] == WON).to_numpy(),
            "undone": NEVER,
        }
    )
    first = pd.DataFrame(earlier, columns=last.columns).astype(last.dtypes.to_dict())
    return pd.concat([last, first]).sort_values(["deal", "start"], ignore_index=True)
