"""Teams whose deals are drawn day by day by another generator than the sample's.

Deals come at a rate that swings from quarter to quarter, take log-normal times to a decision that
is often held back to the quarter's end, and are won by log-odds that a shock moves together, the
same for all deals decided in a quarter. How wide the shocks are is known.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit

from qbr_lib.data.slices import Slice
from qbr_lib.periods import Quarter
from tests.simulation.worlds import STAGES, UNDER_REVIEW, changes_of
from tests.unit.metrics.conftest import build_slice, changes_frame, typed

QUARTERS = 24
_BEFORE = 2  # quarters that deals are made in before the data begins
_LATE = 14  # days at the end of a quarter that decisions are held back to


@dataclass(frozen=True)
class World:
    """What a team's quarters are like.

    Parameters
    ----------
    shock : float
        Standard deviation of the log-odds that a quarter's decisions share.
    told : {"events", "plans", "ages"}
        What the export tells: every change; planned days of the rows; neither.
    deals, swing : float
        Created a quarter; standard deviation of its logarithm from quarter to quarter.
    odds : float
        Log-odds to be won, on average; deals differ by half of one.
    days, spread : float
        Median time to a decision; standard deviation of its logarithm.
    held : float
        Share of the decisions in a quarter's second half that are held back to its end.
    sizes : float
        Standard deviation of the logarithm of the amounts.
    """

    shock: float
    told: str = "events"
    deals: float = 60.0
    swing: float = 0.15
    odds: float = -0.6
    days: float = 60.0
    spread: float = 0.6
    held: float = 0.4
    sizes: float = 0.7


WORLDS = {
    f"{told}, shock {shock}": World(shock, told)
    for told in ("events", "plans", "ages")
    for shock in (0.0, 0.3, 0.5)
}


def team(world: World, seed: int, quarters: int = QUARTERS) -> Slice:
    """Return a team's whole quarters, as of the last one's end."""
    return Drawn(world, seed, quarters).as_of(pd.Timestamp(UNDER_REVIEW.last_day))


class Drawn:
    """A team's deals with all that ever happens to them, to be seen as of any day."""

    def __init__(self, world: World, seed: int, quarters: int = QUARTERS) -> None:
        self.world, drawn = world, np.random.default_rng(seed)
        self.first = UNDER_REVIEW.shift(1 - quarters)
        every = [self.first.shift(n) for n in range(-_BEFORE, quarters)]
        deals = pd.concat([_created(world, one, drawn) for one in every], ignore_index=True)
        deals["decided"] = _held_back(deals["decided"], world.held, drawn)
        deals["days"] = (deals["decided"] - deals["created_on"]).dt.days
        quarter = deals["decided"].dt.to_period("Q")
        shocks = pd.Series(drawn.normal(0, world.shock, quarter.nunique()), quarter.unique())
        deals["won"] = drawn.random(len(deals)) < expit(deals["odds"] + quarter.map(shocks))
        deals["opportunity_id"] = [f"d{n:05}" for n in range(len(deals))]
        self.deals = deals.loc[deals["decided"] >= pd.Timestamp(self.first.first_day)].copy()
        told = changes_of(self.deals, pd.Timestamp(UNDER_REVIEW.last_day), drawn)
        self.changes = changes_frame(told)

    def won_in(self, quarter: Quarter) -> float:
        """Return what a quarter really brings [money]."""
        days = (pd.Timestamp(quarter.first_day), pd.Timestamp(quarter.last_day))
        return float(
            self.deals.loc[self.deals["won"] & self.deals["decided"].between(*days), "amount"].sum()
        )

    def as_of(self, day: pd.Timestamp) -> Slice:
        """Return what an export of that day tells, of the kind this world has."""
        known = self.changes.loc[self.changes["at"] < day + pd.Timedelta(days=1)]
        rows = self.deals.loc[self.deals["created_on"] <= day]
        over = rows["decided"] <= day
        rows = rows.assign(
            team_id="nord",
            status=np.where(over, np.where(rows["won"], "won", "lost"), "open"),
            closed_on=rows["decided"].astype("object").where(over, None),
            list_amount=rows["amount"],
        )
        for field in ("stage", "expected_close_on"):
            last = known.loc[known["field"] == field].drop_duplicates("opportunity_id", keep="last")
            rows[field] = rows["opportunity_id"].map(last.set_index("opportunity_id")["new"])
        if self.world.told != "events":
            rows["stage"] = None
        if self.world.told == "ages":
            rows["expected_close_on"] = None
        rows = rows.astype("object").where(rows.notna(), None)
        table = typed("opportunities", rows.to_dict(orient="records"))
        table["removed_on"] = pd.array([None] * len(table), dtype="datetime64[us]")
        events = self.world.told == "events"
        begins = self.first.first_day.isoformat()
        empty = build_slice(
            changes=[] if events else None,
            stages=STAGES,
            since=begins,
            data_since=begins,
            as_of=day.date().isoformat(),
        )
        tables = {"opportunities": table}
        return dataclasses.replace(empty, tables=tables, history=known if events else None)


def _created(world: World, quarter: Quarter, drawn: np.random.Generator) -> pd.DataFrame:
    length = (quarter.last_day - quarter.first_day).days + 1
    rate = world.deals / length * np.exp(drawn.normal(0, world.swing))
    each_day = drawn.poisson(rate, length)
    created = pd.Timestamp(quarter.first_day) + pd.to_timedelta(
        np.repeat(np.arange(length), each_day), "D"
    )
    n = len(created)
    days = np.maximum(1, drawn.lognormal(np.log(world.days), world.spread, n)).astype(int)
    return pd.DataFrame(
        {
            "created_on": created,
            "decided": created + pd.to_timedelta(days, "D"),
            "odds": drawn.normal(world.odds, 0.5, n),
            "amount": np.round(drawn.lognormal(np.log(20_000), world.sizes, n), 2),
        }
    )


def _held_back(decided: pd.Series, share: float, drawn: np.random.Generator) -> pd.Series:
    """Move some of the decisions of a quarter's second half into its last days."""
    end = decided.dt.to_period("Q").dt.end_time.dt.normalize()
    left = (end - decided).dt.days
    held = (left < 45) & (drawn.random(len(decided)) < share)
    late = end - pd.to_timedelta(np.minimum(drawn.integers(0, _LATE, len(decided)), left), "D")
    return decided.where(~held, late)
