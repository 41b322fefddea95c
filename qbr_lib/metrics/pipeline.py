"""The pipeline of a quarter from its start to its end, and how well it covered the target."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    BRIDGE_FLOWS,
    NO_AMOUNT,
    NO_EXPECTED,
    NO_HISTORY,
    NO_PLANS,
    NO_SNAPSHOT,
    NO_TARGET,
    NOT_YET,
    TARGET_REACHED,
    ZERO_TARGET,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import target
from qbr_lib.metrics.flows import movements
from qbr_lib.schema import OPEN

BARS = ("opening", *BRIDGE_FLOWS, "closing")


def missing(data: Slice) -> tuple[str, dict[str, str]] | None:
    """Return why there is no bridge of the quarter, None where there is one."""
    if not data.has("opportunities", "expected_close_on"):
        return NO_EXPECTED, {}
    if not data.has("opportunities", "amount"):
        return NO_AMOUNT, {}
    if data.history is None:
        return NO_HISTORY, {}
    if data.history_since is None:
        return NO_PLANS, {}
    before = data.quarter.first_day - dt.timedelta(days=1)
    if data.history_since > before and data.history_kind == "snapshots":
        return NO_SNAPSHOT, {"day": before.isoformat()}
    return None


def table(flows: pd.DataFrame) -> pd.DataFrame:
    """Return the bridge with one row per bar: flow, amount [money, signed], deals."""
    grouped = flows.groupby("flow")
    amounts = grouped["amount"].sum().reindex(BARS, fill_value=0.0).round(2)
    counts = grouped["opportunity_id"].nunique().reindex(BARS, fill_value=0)
    frame = pd.DataFrame({"flow": BARS, "amount": amounts.to_numpy(), "deals": counts.to_numpy()})
    return frame.assign(amount=frame["amount"] + 0.0)


def measures(data: Slice) -> list[Outcome]:
    """Return the bars of the bridge, its remainder, and the coverage of the target."""
    names = [f"pipeline.{bar}" for bar in (*BARS, "residual")]
    why = missing(data)
    if why is not None:
        reason, details = why
        return [Unavailable(one, reason, details) for one in (*names, "pipeline.coverage")]
    flows = movements(data)
    bars = table(flows)
    found = [
        Measure(f"pipeline.{row.flow}", float(row.amount), int(row.deals))
        for row in bars.itertuples()
    ]
    counted = bars.set_index("flow")["amount"]
    left = round(float(counted.drop("closing").sum() - counted["closing"]), 2) + 0.0
    rest = Measure("pipeline.residual", left, int(flows["opportunity_id"].nunique()))
    return [*found, rest, coverage(data, flows)]


def coverage(data: Slice, flows: pd.DataFrame) -> Outcome:
    """Return the open amount due in the quarter ÷ the target not yet won, at the coverage week.

    A quarter without that week is taken at its last one.
    """
    measure_id, told = "pipeline.coverage", {"quarter": str(data.quarter)}
    week = min(data.organisation.thresholds.coverage_week, data.quarter.weeks)
    moment = pd.Timestamp(data.quarter.week_starts(week))
    goal = target(data, data.quarter)
    if moment > pd.Timestamp(data.as_of):
        return Unavailable(measure_id, NOT_YET, {"week": week, **told})
    if goal is None:
        return Unavailable(measure_id, NO_TARGET, told)
    if goal == 0:
        return Unavailable(measure_id, ZERO_TARGET, told)
    running, won = standing(flows, moment)
    if goal - won <= 0:
        return Unavailable(measure_id, TARGET_REACHED, {"week": week, **told})
    return Measure(measure_id, float(running.sum()) / (goal - won), int((running != 0).sum()))


def standing(flows: pd.DataFrame, moment: pd.Timestamp) -> tuple[pd.Series, float]:
    """Return the open amount of each deal due in the quarter before a moment, and the amount won.

    Parameters
    ----------
    flows : DataFrame
        As `flows.movements` returns it.
    """
    earlier = flows.loc[((flows["at"] < moment) | (flows["flow"] == "opening"))]
    earlier = earlier.loc[earlier["flow"] != "closing"]
    running = earlier.groupby("opportunity_id")["amount"].sum().round(2)
    return running, -float(earlier.loc[earlier["flow"] == "won", "amount"].sum())


def deals_of(data: Slice, flows: pd.DataFrame, flow: str) -> pd.DataFrame:
    """Return the deals behind a bar: their rows with the bar's amount as `moved` [money]."""
    moved = (
        flows.loc[flows["flow"] == flow].groupby("opportunity_id", as_index=False)["amount"].sum()
    )
    moved = moved.rename(columns={"amount": "moved"})
    rows = data.opportunities.merge(moved, on="opportunity_id", validate="1:1")
    order = rows.assign(_size=rows["moved"].abs())
    ordered = order.sort_values(["_size", "opportunity_id"], ascending=[False, True])
    return ordered.drop(columns="_size").reset_index(drop=True)


def still_open(deals: pd.DataFrame) -> pd.DataFrame:
    """Return the deals that are open and not removed as of the day of the slice."""
    return deals.loc[(deals["status"] == OPEN) & deals["removed_on"].isna()]
