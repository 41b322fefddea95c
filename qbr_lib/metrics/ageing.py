"""How soon a team's deals are won, and which open ones are so old that they hardly ever are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import (
    NO_CREATED,
    NO_STALE_AMOUNT,
    NOT_SO_OLD,
    TOO_FEW_WON,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics.bookings import total
from qbr_lib.metrics.pipeline import still_open
from qbr_lib.metrics.survival import Curve, curve
from qbr_lib.periods import Quarter
from qbr_lib.schema import OPEN

AGES = (30, 60, 90)
FEWEST_WON = 20
_QUARTERS = 4


def observed(data: Slice) -> pd.DataFrame:
    """Return the deals that were open at some time in the four quarters up to the one under review.

    Nothing after its last day counts: deals closed later are open. Removed deals are seen until
    then; deals without a creation day are left out.

    Returns
    -------
    DataFrame
        entry, age [days], end (won, lost, open), present (still open on the last day).
    """
    last = pd.Timestamp(min(data.quarter.last_day, data.as_of))
    first = pd.Timestamp(data.quarter.shift(1 - _QUARTERS).first_day)
    since = max(first, pd.Timestamp(data.data_since or data.as_of))
    deals = data.opportunities
    deals = deals.loc[deals["team_id"].isin(data.team_ids) & (deals["created_on"] <= last)]
    closed = (deals["status"] != OPEN) & (deals["closed_on"] <= last)
    removed = deals["removed_on"].where(deals["removed_on"] <= last)
    seen = deals["closed_on"].where(closed, removed).fillna(last)
    frame = pd.DataFrame(
        {
            "entry": (since - deals["created_on"]).dt.days.clip(lower=0),
            "age": (seen - deals["created_on"]).dt.days,
            "end": deals["status"].where(closed, OPEN),
            "present": ~closed & removed.isna(),
        }
    )
    return frame.loc[frame["age"] >= frame["entry"]].reset_index(drop=True)


def of(data: Slice) -> Curve:
    """Return the curve of `observed`."""
    seen = observed(data)
    return curve(seen["entry"], seen["age"], seen["end"])


def within(known: Curve) -> pd.DataFrame:
    """Return the chance to be won by 30, 60 and 90 days of age: days, share, low, high.

    NaN where no deal was followed for so long.
    """
    rows = []
    for days in AGES:
        share = known.share(days)
        bounds = (share, share) if np.isnan(share) else known.interval(days)
        rows.append((days, share, *bounds))
    return pd.DataFrame(rows, columns=["days", "share", "low", "high"])


def today(data: Slice) -> Curve:
    """Return the curve of the four quarters up to the day of the data, to judge open deals by."""
    starts = data.organisation.fiscal_year_starts
    return of(data.at(Quarter.containing(data.as_of, starts=starts)))


def stale(data: Slice, known: Curve | None = None) -> pd.DataFrame:
    """Return the open deals that, at their age, are hardly ever won.

    Open as of the day; hardly ever is a chance below the threshold `stale_chance`, by `today`.

    Returns
    -------
    DataFrame
        Rows of `opportunities`; none where too few deals were won to say so.
    """
    deals = still_open(data.opportunities)
    deals = deals.loc[deals["team_id"].isin(data.team_ids) & deals["created_on"].notna()]
    told = known or today(data)
    if not _tells(told):
        return deals.head(0)
    ages = (pd.Timestamp(data.as_of) - deals["created_on"]).dt.days
    return deals.loc[told.chance(ages) < data.organisation.thresholds.stale_chance]


def _tells(known: Curve) -> bool:
    """Tell whether enough deals were won to say at what age winning becomes rare."""
    return known.whole and int(known.wins.sum()) >= FEWEST_WON


def measures(data: Slice) -> list[Outcome]:
    """Return the chance to be won within 60 days, and the amount of the stale deals."""
    ids = ("cycle.won_within_60_days", "pipeline.stale_amount")
    if not data.has("opportunities", "created_on"):
        return [Unavailable(one, NO_CREATED) for one in ids]
    return [_within_60(ids[0], of(data)), _stale(ids[1], data)]


def _within_60(measure_id: str, known: Curve) -> Outcome:
    share = known.share(60)
    if np.isnan(share):
        return Unavailable(measure_id, NOT_SO_OLD, {"days": 60})
    return Measure(measure_id, share, known.n, *known.interval(60))


def _stale(measure_id: str, data: Slice) -> Outcome:
    known = today(data)
    if not _tells(known):
        return Unavailable(measure_id, TOO_FEW_WON, {"least": FEWEST_WON})
    rows = stale(data, known)
    if len(rows) and rows["amount"].isna().all():
        return Unavailable(measure_id, NO_STALE_AMOUNT)
    return Measure(measure_id, total(rows["amount"]), len(rows))
