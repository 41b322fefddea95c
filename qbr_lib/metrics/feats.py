"""Single deals to celebrate: the largest and the fastest so far, and the first of their kind."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from qbr_lib.data.holders import too_few
from qbr_lib.data.slices import Slice
from qbr_lib.metrics.bookings import quarters_since
from qbr_lib.periods import Quarter
from qbr_lib.schema import WON

RARE = 0.2
FEWEST_QUARTERS = 5
_BEGINNING = 4  # quarters in which a young table meets everything for the first time
Rule = Literal[
    "goals",
    "target",
    "streak",
    "best_quarter",
    "deals",
    "money",
    "largest",
    "fastest",
    "first",
    "largest_of_quarter",
]


@dataclass(frozen=True)
class Milestone:
    """Something to celebrate.

    Parameters
    ----------
    rule : str
        Which rule found it.
    about : str
        The goals or the deal, as people call them.
    value : float
        Money, days, a count or a share, as the rule says.
    chance : float
        That a quarter brings it if nothing changed; NaN where that is unknown.
    money : float
        What it is worth [money]; NaN unknown.
    n : int
        Goals graded, quarters compared, or length of the streak.
    column, what : str
        Of a first time: product, segment, territory or industry, and which.
    opportunity_id, person : str
        The deal, and who won it where people are named.
    people, activities : int
        How many people and activities it took, 0 where that is unknown.
    """

    rule: Rule
    about: str
    value: float
    chance: float
    money: float
    n: int = 0
    column: str = ""
    what: str = ""
    opportunity_id: str = ""
    person: str = ""
    people: int = 0
    activities: int = 0


def won_so_far(data: Slice) -> pd.DataFrame:
    """Return the deals won up to the end of the quarter, in order.

    Returns
    -------
    DataFrame
        Rows of `opportunities`, with number (of their quarter, counted on)
        and now (whether in the quarter under review).
    """
    rows, quarter = data.decided, data.quarter
    last = pd.Timestamp(quarter.last_day)
    rows = rows.loc[(rows["status"] == WON) & (rows["closed_on"] <= last)]
    rows = rows.sort_values(["closed_on", "opportunity_id"])
    day = rows["closed_on"]
    counted = (day.dt.year * 12 + day.dt.month - quarter.starts) // 3
    return rows.assign(number=counted, now=day >= pd.Timestamp(quarter.first_day))


def number(quarter: Quarter) -> int:
    """Return a quarter as `won_so_far` counts them."""
    day = quarter.first_day
    return (day.year * 12 + day.month - quarter.starts) // 3


def found(data: Slice, won: pd.DataFrame) -> list[Milestone]:
    """Return the deals of the quarter that are records or first times, each once.

    Parameters
    ----------
    won : DataFrame
        As `won_so_far` returns it.
    """
    quarters = len(quarters_since(data, won["closed_on"].min()))
    if quarters < FEWEST_QUARTERS or not won["now"].any():
        return []
    items = [
        *_largest(won, quarters),
        *_fastest(data, won, quarters),
        *_firsts(data, won, quarters),
    ]
    rarest = sorted(items, key=lambda one: one.chance)
    return list({one.opportunity_id: one for one in reversed(rarest)}.values())


def of_quarter(won: pd.DataFrame) -> list[Milestone]:
    """Return the largest deal of the quarter, which every quarter has."""
    mine = won.loc[won["now"] & won["amount"].notna()]
    if mine.empty:
        return []
    return [_deal(mine.loc[mine["amount"].idxmax()], "largest_of_quarter", "amount", math.nan)]


def _largest(won: pd.DataFrame, quarters: int) -> list[Milestone]:
    return _record(won.assign(_size=won["amount"]), "largest", "amount", quarters)


def _fastest(data: Slice, won: pd.DataFrame, quarters: int) -> list[Milestone]:
    """Return the fastest win among the larger half; one entered when it was won tells nothing."""
    if not data.has("opportunities", "created_on"):
        return []
    days = (won["closed_on"] - won["created_on"]).dt.days
    alike = won.assign(_size=-days, days=days)
    larger = (days > 0) & (won["amount"] >= won["amount"].median())
    return _record(alike.loc[larger], "fastest", "days", quarters)


def _record(rows: pd.DataFrame, rule: Rule, column: str, quarters: int) -> list[Milestone]:
    """Return the best deal so far if it is of the quarter.

    Its share of the deals is the chance that it holds the best, but never less than 1 in as many
    quarters as there are, which is the chance of quarters alike.
    """
    rows = rows.loc[rows["_size"].notna()]
    mine, earlier = rows.loc[rows["now"]], rows.loc[~rows["now"], "_size"]
    chance = max(len(mine) / max(len(rows), 1), 1 / quarters)
    if chance > RARE or not mine["_size"].max() > earlier.max():
        return []
    return [_deal(mine.loc[mine["_size"].idxmax()], rule, column, chance)]


def _firsts(data: Slice, won: pd.DataFrame, quarters: int) -> list[Milestone]:
    """Return the largest first deal with a product, segment, territory and industry each.

    The chance is the share of quarters that had one, those in which the data began apart.
    """
    n, items = quarters - _BEGINNING, []
    if n < FEWEST_QUARTERS:
        return []
    for column, values in _kinds(data, won).items():
        kinds = won.assign(_kind=values).dropna(subset="_kind")
        first = kinds.drop_duplicates("_kind")
        mine = first.loc[first["now"]]
        recent = first.loc[first["number"] > number(data.quarter) - n, "number"]
        chance = recent.nunique() / n  # of quarters that had one
        if len(mine) and chance <= RARE:
            row = mine.loc[mine["amount"].fillna(0.0).idxmax()]
            items.append(_deal(row, "first", "amount", chance, column, str(row["_kind"])))
    return items


def _kinds(data: Slice, won: pd.DataFrame) -> dict[str, pd.Series]:
    """Return what a won deal may be the first of; territories of few people stay untold."""
    kinds = {
        column: won[column]
        for column in ("product", "segment", "territory")
        if data.has("opportunities", column)
    }
    if "territory" in kinds:
        few = too_few(data.holders("territory"), data.organisation.privacy)
        kinds["territory"] = won["territory"].where(~won["territory"].isin(few.index[few]))
    if data.has("accounts", "industry"):
        known = data.tables["accounts"].set_index("account_id")["industry"]
        kinds["industry"] = won["account_id"].map(known)
    return kinds


def _deal(
    row: pd.Series, rule: Rule, measure: str, chance: float, column: str = "", what: str = ""
) -> Milestone:
    name, deal = row["name"], str(row["opportunity_id"])
    return Milestone(
        rule,
        deal if pd.isna(name) else str(name),
        value=float(row[measure]),
        chance=chance,
        money=float(row["amount"]),
        column=column,
        what=what,
        opportunity_id=deal,
    )
