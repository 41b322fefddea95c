"""Stages seen only in snapshots: what moved from one to the next, and where that leads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from qbr_lib.metrics.passages import ENDED_LOST, STILL_OPEN

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Absorbing:
    """Where a chain of steps with an end leads.

    Parameters
    ----------
    visits : array
        N: how often a state is expected to be seen, by the state begun in.
    steps : array
        How many steps until the end, by the state begun in.
    ends : array
        B: the chance of each end, by the state begun in; rows add up to 1.
    """

    visits: Matrix
    steps: Matrix
    ends: Matrix


def absorbed(within: Matrix, out: Matrix) -> Absorbing:
    """Return visits, steps and ends of an absorbing chain.

    Parameters
    ----------
    within, out : array
        Chances of a step from each passing state to each other, and to each end.

    Raises
    ------
    numpy.linalg.LinAlgError
        If the end cannot be reached.

    References
    ----------
    Kemeny and Snell (1960), Finite Markov Chains, chapter 3.
    """
    visits = np.linalg.inv(np.eye(len(within)) - within)
    return Absorbing(visits, visits.sum(axis=1), visits @ out)


def counts(seen: pd.DataFrame, days: pd.DatetimeIndex, stages: int) -> Matrix:
    """Count the steps between consecutive snapshots.

    Parameters
    ----------
    seen : DataFrame
        Visits; those of an unknown beginning count from the first day on.
    days : DatetimeIndex
        Of the snapshots, sorted.

    Returns
    -------
    array
        One row per stage; columns are the stages, won, and lost.
    """
    since = seen["since"].fillna(days[0])
    until = seen["until"].fillna(days[-1] + pd.Timedelta(days=1))
    first, last = days.searchsorted(since), days.searchsorted(until)
    found = np.zeros((stages, stages + 2))
    told = last > first  # seen in at least one snapshot
    np.add.at(found, (seen["stage"], seen["stage"]), np.maximum(last - first - 1, 0))
    column = seen["next"].replace({ENDED_LOST: stages + 1})
    moved = told & (seen["next"] != STILL_OPEN).to_numpy() & (last < len(days))
    np.add.at(found, (seen["stage"][moved], column[moved]), 1)
    return found


def onward(found: Matrix, stage: int) -> tuple[float, float]:
    """Return the chance to go on from a stage, and the snapshots until it or the loss.

    Everything beyond the stage is one end, the loss the other; steps back are followed. NaN where
    the counts tell of no end.
    """
    rows = found[: stage + 1]
    total = rows.sum(axis=1, keepdims=True)
    if (total == 0).any():
        return float("nan"), float("nan")
    chances = rows / total
    out = np.column_stack([chances[:, stage + 1 : -1].sum(axis=1), chances[:, -1]])
    try:
        told = absorbed(chances[:, : stage + 1], out)
    except np.linalg.LinAlgError:
        return float("nan"), float("nan")
    return float(told.ends[stage, 0]), float(told.steps[stage])
