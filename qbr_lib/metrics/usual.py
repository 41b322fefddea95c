"""What is usual for a team: the range of its own earlier quarters.

The range makes no assumption on the shape of the figures. If a quarter is like the ones before it,
its value lies between the 10th and 90th percentile positions of n earlier values with probability
8 in 10 or more; that needs at least nine of them, since between the smallest and the largest of n
values the next one lies with probability (n - 1) ÷ (n + 1).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import Better
from qbr_lib.metrics import bookings, conversion, flows, pipeline
from qbr_lib.metrics.patterns import TOO_EARLY, Claim, of_count, of_rate, of_size
from qbr_lib.periods import Quarter
from qbr_lib.schema import LOST, OPEN, WON

ENOUGH_QUARTERS = 9
ENOUGH_DEALS = 20
_TAIL = 0.1
Place = Literal["usual", "above", "below", "too_early"]


@dataclass(frozen=True)
class Range:
    """The range that eight of ten comparable quarters fall in."""

    low: float
    high: float


def range_of(values: Sequence[float]) -> Range | None:
    """Return the usual range of earlier values; None when there are fewer than nine.

    References
    ----------
    Order statistics: Wilks (1941), Annals of Mathematical Statistics 12, 91-96.

    >>> range_of([5, 1, 2, 3, 4, 6, 7, 8, 9])
    Range(low=1.0, high=9.0)
    >>> range_of([1, 2, 3]) is None
    True
    """
    known = [value for value in values if math.isfinite(value)]
    if len(known) < ENOUGH_QUARTERS:
        return None
    low, high = np.quantile(known, [_TAIL, 1 - _TAIL], method="weibull")
    return Range(float(low), float(high))


def place(value: float, usual: Range | None) -> Place:
    """Say where a value stands against the usual range."""
    if usual is None or not math.isfinite(value):
        return "too_early"
    if value < usual.low:
        return "below"
    return "above" if value > usual.high else "usual"


def klass(value: float, usual: Range | None, better: Better) -> float:
    """Return the class of a heat map's cell: -2 to 2, negative unfavourable, NaN too early.

    Outside the range is class 1; outside by more than half the range's width is class 2.
    """
    where = place(value, usual)
    if usual is None or where == "too_early":
        return float("nan")
    if where == "usual" or better == "neither":
        return 0.0
    beyond = usual.low - value if where == "below" else value - usual.high
    size = 2.0 if beyond > (usual.high - usual.low) / 2 else 1.0
    return size if (where == "above") == (better == "high") else -size


BETTER: dict[str, Better] = {
    "won": "high",
    "average": "high",
    "win_rate": "high",
    "created": "high",
    "days": "low",
    "slipped": "low",
}
_FEWEST = {"average": 2, "days": 2, "win_rate": ENOUGH_DEALS}
_NEEDED = ["opportunity_id", "team_id", "status", "closed_on", "created_on", "expected_close_on"]
_NEEDED += ["amount", "removed_on"]
COLUMNS = ["key", "value", "n", "previous", "year_ago", "series", "low", "high", "place", "klass"]
COLUMNS += ["middle", "chance"]
Known = tuple[float, int]


def figures(data: Slice, quarter: Quarter) -> dict[str, Known]:
    """Return the headline figures of one quarter, each with the number of deals behind it.

    Returns
    -------
    dict
        won [money, 0.00 without a closing], average [money], win_rate [ratio, as
        `definitions.win_rate` says], created [count], days [median days to win]; absent where
        there is no base, such as money where the source gives no amounts.
    """
    won, lost = (bookings.closed(data, quarter, status) for status in (WON, LOST))
    found: dict[str, Known] = {}
    if data.has("opportunities", "amount"):
        found["won"] = (round(float(won["amount"].sum()), 2), len(won))
    if len(won) + len(lost):
        found |= _win_rate(data, quarter, won, lost)
    amounts = won["amount"].dropna()
    if len(amounts):
        found["average"] = (float(amounts.mean()), len(amounts))
    if data.has("opportunities", "created_on"):
        cohort = bookings.created(data.at(quarter))
        found["created"] = (float(len(cohort)), len(cohort))
        days = (won["closed_on"] - won["created_on"]).dt.days.dropna()
        if len(days):
            found["days"] = (float(days.median()), len(days))
    return found


def _win_rate(
    data: Slice, quarter: Quarter, won: pd.DataFrame, lost: pd.DataFrame
) -> dict[str, Known]:
    decided = len(won) + len(lost)
    match data.organisation.definitions.win_rate:
        case "count":
            return {"win_rate": (len(won) / decided, decided)}
        case "amount":
            gained, missed = float(won["amount"].sum()), float(lost["amount"].sum())
            return {"win_rate": (gained / (gained + missed), decided)} if missed > 0 else {}
        case "created_cohort":
            age = pd.Timestamp(data.as_of) - pd.Timestamp(data.quarter.first_day)
            share, n = conversion.cohort(data.at(quarter), age)
            return {"win_rate": (share, n)} if n else {}


def table(data: Slice, quarters: int = 8) -> pd.DataFrame:
    """Return the headline figures against before and against the team's own usual range.

    Parameters
    ----------
    quarters : int
        How many quarters the small trend shows.

    Returns
    -------
    DataFrame
        key (won, average, win_rate, created, days, slipped), value, n (deals behind it), previous,
        year_ago, series (tuple, the quarter under review last), low, high (usual range or NaN),
        place, klass, middle (median of the earlier quarters), chance (of at least this difference
        from them if nothing changed; NaN too early). A figure that the data cannot give is absent.
        Of a quarter that is not over, all is too early: sums grow, the first deals are the quick
        ones, and few deals swing more than many. Only the win rate stands beside earlier ones, and
        its chance counts the deals.
    """
    past = _by_quarter(data)
    now = past.pop(data.quarter)
    keys = [key for key in BETTER if key in now]
    rows = [_row(key, data, now[key], past, quarters) for key in keys]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    if data.organisation.definitions.win_rate == "amount":  # deals of unlike size are no counts
        frame.loc[frame["key"] == "win_rate", "chance"] = TOO_EARLY
    return frame


def claims(figures: pd.DataFrame) -> list[Claim]:
    """Return what a team's headline figures may claim against its own earlier quarters.

    Parameters
    ----------
    figures : DataFrame
        As `table` returns it. What a difference was worth is told for revenue, for the deals won
        at another average, decided at another rate, and slipped.
    """
    rows = figures.set_index("key")
    value, n, middle = rows["value"], rows["n"], rows["middle"]
    size = float(value.get("average", math.nan))
    worth = {
        "won": 1.0,
        "average": float(n.get("average", 0)),
        "win_rate": float(n.get("win_rate", 0)) * size,
        "created": float(value.get("win_rate", math.nan)) * size,
        "slipped": -1.0,
    }
    return [
        Claim(
            kind="figure",
            name=str(key),
            subject="",
            value=float(value[key]),
            usual=float(middle[key]),
            money=float(value[key] - middle[key]) * worth.get(str(key), math.nan),
            chance=float(rows["chance"][key]),
            n=int(n[key]),
            favourable=bool(value[key] > middle[key]) == (BETTER[str(key)] == "high"),
        )
        for key in rows.index
    ]


def _row(
    key: str,
    data: Slice,
    known: Known,
    past: dict[Quarter, dict[str, Known]],
    quarters: int,
) -> dict[str, object]:
    value, n = known
    quarter, comparable = data.quarter, data.over or key == "win_rate"
    earlier = {q: found[key][0] for q, found in past.items() if key in found}
    enough = comparable and n >= _FEWEST.get(key, 0)
    usual = range_of(list(earlier.values())) if enough and data.over else None
    series = [earlier.get(quarter.shift(-back), math.nan) for back in range(quarters - 1, 0, -1)]
    return {
        "key": key,
        "value": value,
        "n": n,
        "previous": earlier.get(quarter.previous, math.nan) if comparable else math.nan,
        "year_ago": earlier.get(quarter.year_ago, math.nan) if comparable else math.nan,
        "series": (*series, value),
        "low": usual.low if usual else math.nan,
        "high": usual.high if usual else math.nan,
        "place": place(value, usual),
        "klass": klass(value, usual, BETTER[key]),
        "middle": float(np.median([*earlier.values()])) if earlier and comparable else math.nan,
        "chance": _chance(key, known, [found[key] for found in past.values() if key in found])
        if enough
        else TOO_EARLY,
    }


def _chance(key: str, now: Known, earlier: list[Known]) -> float:
    """Return how likely so different a figure is by itself."""
    if key == "win_rate":
        counts = [(round(rate * n), n) for rate, n in earlier]
        return of_rate(round(now[0] * now[1]), now[1], counts)
    judge = of_count if key == "created" else of_size
    return judge(now[0], [value for value, _ in earlier])


def _by_quarter(data: Slice) -> dict[Quarter, dict[str, Known]]:
    """Return the figures of the quarter under review and of every earlier whole one.

    The quarters before the first decided deal of the teams are left out: a team that did not exist
    had no quarters of 0.
    """
    narrow = data.opportunities[_NEEDED].copy()
    own = narrow.loc[narrow["team_id"].isin(data.team_ids) & (narrow["status"] != OPEN)]
    began = own["closed_on"].min()
    small = dataclasses.replace(data, tables={**data.tables, "opportunities": narrow})
    quarters = bookings.quarters_since(data, began)
    found = {quarter: figures(small, quarter) for quarter in quarters}
    told = [q for q in quarters if pipeline.missing(small.at(q)) is None]
    for quarter, known in flows.slipped(small, told).items():
        found[quarter]["slipped"] = known
    return found
