"""What a team can celebrate, found by rule, each with the chance that a quarter brings it.

Records happen without any change: of n quarters alike, the last is the best with a chance of 1 in
n. So a record, a streak or a first time is named only where such a thing is rare, and its chance
stands beside it.
"""

from __future__ import annotations

import math
from dataclasses import replace

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.metrics import feats
from qbr_lib.metrics.bookings import quarters_since, target, total
from qbr_lib.metrics.feats import FEWEST_QUARTERS, RARE, Milestone, Rule, number

_STREAK = 3
_STEPS = [size * 10**power for power in range(2, 13) for size in (1, 5)]
_LEAST_MONEY = 1_000_000


def expected_records(n: int) -> float:
    """Return how many of n quarters alike are the best so far when they come.

    References
    ----------
    Glick (1978), American Mathematical Monthly 85, 2-26.

    >>> round(expected_records(10), 3)
    2.929
    """
    return sum(1 / i for i in range(1, n + 1))


def found(data: Slice, grades: pd.DataFrame) -> list[Milestone]:
    """Return what there is to celebrate: goals, then what is worth most, of equal worth the rarest.

    Parameters
    ----------
    grades : DataFrame
        title and state of the goals that were set for the quarter.

    Returns
    -------
    list of Milestone
        The largest deal of the quarter alone where no rule finds anything.
    """
    won = feats.won_so_far(data)
    items = [*_goals(grades), *_targets(data, won), *_best_quarter(data, won), *_steps(data, won)]
    items += feats.found(data, won)
    items = [_with_whom(one, data, won) for one in items or feats.of_quarter(won)]
    return sorted(
        items, key=lambda one: (one.rule != "goals", -_or(one.money, 0.0), _or(one.chance, 1.0))
    )


def _or(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise


def _goals(grades: pd.DataFrame) -> list[Milestone]:
    graded = grades.loc[grades["state"].isin(["met", "just_missed", "missed"])]
    met = graded.loc[graded["state"] == "met", "title"]
    if met.empty:
        return []
    about = "; ".join(str(title) for title in met)
    return [Milestone("goals", about, float(len(met)), math.nan, math.nan, n=len(graded))]


def _targets(data: Slice, won: pd.DataFrame) -> list[Milestone]:
    """Return the target reached; a streak of it where that is rare."""
    sums = won.groupby("number")["amount"].sum().round(2)
    reached, attained = [], math.nan
    for one in quarters_since(data, won["closed_on"].min()):
        goal, revenue = target(data, one), float(sums.get(number(one), 0.0))
        if not goal:
            break  # what was reached before a gap is no row with what came after
        reached.append(revenue >= goal)
        attained = revenue / goal if one == data.quarter else attained
    if not attained >= 1:
        return []
    often = sum(reached) / len(reached) if len(reached) >= FEWEST_QUARTERS else math.nan
    length = next((n for n, one in enumerate(reached) if not one), len(reached))
    revenue = float(sums.get(number(data.quarter)))
    if length >= _STREAK and often**length <= RARE:
        return [Milestone("streak", "", attained, often**length, revenue, n=length)]
    return [Milestone("target", "", attained, often, revenue, n=length)]


def _best_quarter(data: Slice, won: pd.DataFrame) -> list[Milestone]:
    n = len(quarters_since(data, won["closed_on"].min()))
    now = total(won.loc[won["now"], "amount"])
    earlier = won.loc[~won["now"]].groupby("number")["amount"].sum().round(2)
    if n < FEWEST_QUARTERS or not now > earlier.max():
        return []
    return [Milestone("best_quarter", "", now, 1 / n, now, n=n)]


def _steps(data: Slice, won: pd.DataFrame) -> list[Milestone]:
    """Return the round number of deals, and of money, that the quarter crossed."""
    n = len(quarters_since(data, won["closed_on"].min()))
    if n < FEWEST_QUARTERS:
        return []
    now, worth = won["now"], total(won.loc[won["now"], "amount"])
    kinds: list[tuple[Rule, pd.Series, int, float]] = [
        ("deals", pd.Series(1.0, won.index), 0, math.nan),
        ("money", won["amount"], _LEAST_MONEY, worth),
    ]
    items = []
    for rule, each, least, money in kinds:
        before, after = total(each.loc[~now]), total(each)
        crossed = [step for step in _STEPS if before < step <= after and step >= least]
        if crossed:
            items.append(Milestone(rule, "", float(crossed[-1]), 1 / n, money, n=n))
    return items


def _with_whom(item: Milestone, data: Slice, won: pd.DataFrame) -> Milestone:
    """Return it with how many people and activities it took; a person only where named."""
    if item.rule == "goals":
        return item
    if not item.opportunity_id:
        return replace(item, people=int(won.loc[won["now"], "owner_id"].nunique()))
    deal = won.loc[won["opportunity_id"] == item.opportunity_id].iloc[0]
    done = pd.DataFrame({"rep_id": []})
    if "activities" in data.tables:
        rows = data.tables["activities"]
        mine = rows["opportunity_id"] == item.opportunity_id
        done = rows.loc[mine & (rows["done_on"] <= deal["closed_on"])]
    people = {*done["rep_id"].dropna(), *[deal["owner_id"]][: int(pd.notna(deal["owner_id"]))]}
    person = _name(deal["owner_id"], data) if data.people.mode == "named" else ""
    return replace(item, people=len(people), activities=len(done), person=person)


def _name(rep: object, data: Slice) -> str:
    if pd.isna(rep) or "reps" not in data.tables:
        return ""
    names = data.tables["reps"].drop_duplicates("rep_id", keep="last").set_index("rep_id")["name"]
    name = names.get(rep)
    return "" if pd.isna(name) else str(name)
