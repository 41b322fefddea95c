"""What a revenue target asks of the team, if win rate and deal size stay as they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.goals.proposals import GROWTH, company_target
from qbr_lib.measures import (
    NO_AMOUNT,
    NO_COMPANY_GOAL,
    NO_EARLIER,
    NO_REVENUE_GOAL,
    Measure,
    Outcome,
    Unavailable,
)
from qbr_lib.metrics import bookings
from qbr_lib.metrics.usual import range_of
from qbr_lib.record import Drivers, Goal, Record
from qbr_lib.schema import LOST, WON

STEPS = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25)
_QUARTERS = 12


def steps(data: Slice, agreed: Goal | None) -> pd.DataFrame:
    """Return what each growth on the quarter under review asks for.

    Parameters
    ----------
    agreed : Goal or None
        The recorded revenue goal, whose target gets a row of its own.

    Returns
    -------
    DataFrame
        As `asked` returns it, growing, with chosen (the agreed target; without one the proposed
        growth).
    """
    known = base(data)
    targets = [round(known.amount * (1 + growth), 2) for growth in STEPS]
    chosen = round(known.amount * (1 + GROWTH) if agreed is None else agreed.current, 2)
    others = [target for target in targets if round(target) != round(chosen)]
    frame = asked(data, sorted([*others, chosen]), known)
    return frame.assign(chosen=frame["target"] == chosen)


class Base(NamedTuple):
    """What targets are held against: the quarter under review, and the revenue of whole ones.

    Parameters
    ----------
    amount : float
        [money] Won in the quarter under review.
    won, lost : int
        Deals.
    before : tuple of float
        [money] Of the whole quarters up to it.
    """

    amount: float
    won: int
    lost: int
    before: tuple[float, ...]


def base(data: Slice) -> Base:
    """Return what targets are held against."""
    amount = bookings.won_amount(data, data.quarter)
    won, lost = (len(bookings.closed(data, data.quarter, status)) for status in (WON, LOST))
    return Base(amount, won, lost, tuple(history(data)["won"]))


def asked(data: Slice, targets: Sequence[float], known: Base | None = None) -> pd.DataFrame:
    """Return what targets ask for, if average deal and win rate stay those of the quarter.

    Parameters
    ----------
    known : Base, optional
        As `base` returns it, where it is known already.

    Returns
    -------
    DataFrame
        One row per target: target [money], growth on the quarter under review [ratio, NaN without
        revenue], won and decided [count, NaN without an average deal or a win rate], more_won and
        more_decided than in it, reached [how many whole earlier quarters came to as much].
    """
    amount, won, lost, before = known or base(data)
    average = amount / won if won else math.nan  # deals without an amount bring none
    frame = pd.DataFrame({"target": pd.Series(targets, dtype="float64")})
    exact = frame["target"] / average if amount > 0 else frame["target"] * math.nan
    needed, decided = _up(exact), _up(exact * (won + lost) / max(won, 1))
    return frame.assign(
        growth=frame["target"] / amount - 1 if amount > 0 else math.nan,
        won=needed,
        decided=decided,
        more_won=needed - won,
        more_decided=decided - won - lost,
        reached=[sum(one >= target for one in before) for target in frame["target"]],
    )


def drivers(
    data: Slice,
    target: float,
    known: Base | None = None,
    *,
    win_rate: float | None = None,
    size: float | None = None,
) -> Drivers | None:
    """Return a target as deals to decide × win rate × average deal.

    None where the quarter under review has no win rate or no average deal. As many deals
    as `asked` names; the average deal takes what that leaves over, so that the three come to the
    target.

    Parameters
    ----------
    known : Base, optional
        As `base` returns it, where it is known already.
    win_rate : float, optional
        [ratio] As planned; without one, of the quarter under review.
    size : float, optional
        [money] The average won deal as planned; without one, of the quarter under review.
    """
    amount, won, lost, _ = known or base(data)
    if amount <= 0 or won == 0 or target <= 0:
        return None
    rate = max(round(win_rate or won / (won + lost), 4), 0.0001)
    exact = target / (size or amount / won) / (win_rate or won / (won + lost))
    decided = math.ceil(round(exact, 6))
    average = round(target / (decided * rate), 2)
    return Drivers(decided=decided, win_rate=rate, average_won_amount=average)


def _up(counts: pd.Series) -> pd.Series:
    """Round up to whole deals; what is whole but for the last digits stays."""
    return pd.Series(np.ceil(counts.round(6)), index=counts.index)


def history(data: Slice) -> pd.DataFrame:
    """Return the whole quarters up to the one under review, at most twelve, as `trend` does."""
    frame = bookings.trend(data, _QUARTERS)
    return frame.loc[~frame["partial"]].reset_index(drop=True)


def limits(data: Slice) -> tuple[float, float]:
    """Return the range a revenue slider covers [money]: nothing to half more than ever reached.

    Never narrower than twice the quarter under review.
    """
    best = max([0.0, *history(data)["won"]])
    base = bookings.won_amount(data, data.quarter)
    return 0.0, max(best * 1.5, base * 2, 1.0)


def usual_revenue(data: Slice) -> tuple[float, float]:
    """Return what eight of ten earlier quarters lay between [money], NaN with fewer than nine."""
    usual = range_of(list(history(data)["won"]))
    return (usual.low, usual.high) if usual else (math.nan, math.nan)


def revenue_goal(data: Slice, record: Record) -> Goal | None:
    """Return the goal on the whole team's revenue, None where none is recorded."""
    whole = {"team": data.team_ids[0]} if data.team_ids else {}
    for goal in record.goals:
        if goal.kind == "revenue" and goal.metric == bookings.METRIC and goal.scope == whole:
            return goal
    return None


def aim(data: Slice, agreed: Goal | None) -> float | None:
    """Return the target of the coming quarter [money]: as agreed, else as planned, else None."""
    return agreed.current if agreed else bookings.target(data, data.quarter.next)


def measures(data: Slice, record: Record) -> list[Outcome]:
    """Return baseline, revenue goal, growth asked for, and the share of the company's goal."""
    after, base = data.quarter.next, bookings.won_amount(data, data.quarter)
    won = len(bookings.closed(data, data.quarter, WON))
    found: list[Outcome] = [Measure("goals.baseline", base, won)]
    if not data.has("opportunities", "amount"):
        found = [Unavailable("goals.baseline", NO_AMOUNT)]
    goal, told = revenue_goal(data, record), {"quarter": str(after)}
    if goal is None:
        ids = ("goals.target", "goals.growth", "goals.company_share")
        return found + [Unavailable(one, NO_REVENUE_GOAL, told) for one in ids]
    found.append(Measure("goals.target", goal.current, 1))
    if base > 0:
        found.append(Measure("goals.growth", goal.current / base - 1, won))
    else:
        found.append(Unavailable("goals.growth", NO_EARLIER, {"quarter": str(data.quarter)}))
    whole = company_target(data, after)
    if whole is None or whole <= 0:
        return [*found, Unavailable("goals.company_share", NO_COMPANY_GOAL, told)]
    return [*found, Measure("goals.company_share", goal.current / whole, 1)]
