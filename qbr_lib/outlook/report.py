"""What looking back came to: verdicts by phase of the quarter and by team, and chances held."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qbr_lib.outlook import scores
from qbr_lib.outlook.backtest import EDGES, WITHIN, Verdict, told, verdict
from qbr_lib.outlook.origins import WEEKS

PHASES = {"before": (WEEKS[0], 0), "early": (1, 4), "middle": (5, 8), "late": (9, WEEKS[-1])}


@dataclass(frozen=True)
class Report:
    """How good past outlooks were.

    Parameters
    ----------
    overall : Verdict
        Over the weeks within quarters; of the teams, since groups repeat them.
    phases : mapping of str to Verdict
        By `PHASES`.
    scopes : mapping of str to Verdict
        Within quarters, by team, group and company.
    chances : DataFrame
        See `chances`.
    """

    overall: Verdict
    phases: Mapping[str, Verdict]
    scopes: Mapping[str, Verdict]
    chances: pd.DataFrame


def report(rows: pd.DataFrame) -> Report:
    """Return what rows come to.

    Parameters
    ----------
    rows : DataFrame
        As `backtest.looked_back` returns them, with scope ("team", "group", "company").
    """
    teams = rows.loc[rows["scope"] == "team"]
    every = teams if len(teams) else rows
    return Report(
        overall=verdict(every, WITHIN),
        phases={name: verdict(every, weeks) for name, weeks in PHASES.items()},
        scopes={str(name): verdict(own, WITHIN) for name, own in rows.groupby("team", sort=False)},
        chances=chances(every),
    )


def chances(rows: pd.DataFrame) -> pd.DataFrame:
    """Return how often chances of a target came true, by the chance that was given.

    Returns
    -------
    DataFrame
        One row per bin of `EDGES` that occurs: given, came [ratios], low, high (95 %, by quarter),
        reached, n (forecasts), quarters.
    """
    rows, cluster = told(rows)
    chance, reached = rows["chance"].to_numpy(), rows["reached"].to_numpy()
    place, given = scores.binned(chance, EDGES)
    found = []
    for one in range(int(place.max(initial=-1)) + 1):
        own = place == one
        half = np.full(own.sum(), 0.5)
        true = scores.coverage(half, 3 * half, reached[own], cluster[own])
        ends = (true.share, true.low, true.high)
        found.append((given[own][0], *ends, int(reached[own].sum()), true.n, true.clusters))
    columns = ["given", "came", "low", "high", "reached", "n", "quarters"]
    return pd.DataFrame(found, columns=columns)
