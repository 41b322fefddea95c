"""How much open pipeline a team's own quarters needed for what they won.

At the coverage week of each earlier quarter so much was open, and so much was won from then on, by
whatever deals. The share of the two is the team's own conversion, and 1 ÷ it the coverage it needs.
The win rate does not serve: it knows nothing of deals that slip out or join later.
"""

from __future__ import annotations

import pandas as pd

from qbr_lib.data.slices import Slice
from qbr_lib.measures import FEW_QUARTERS, NONE_WON_LATER, Measure, Outcome, Unavailable
from qbr_lib.metrics import journal, pipeline
from qbr_lib.metrics.bookings import is_cut
from qbr_lib.metrics.flows import movements
from qbr_lib.periods import Quarter

FEWEST_QUARTERS = 4
_MOST = 8
COLUMNS = ["quarter", "open", "won", "share", "needed"]


def week_of(data: Slice, quarter: Quarter) -> int:
    """Return the coverage week of a quarter, its last one where it is shorter."""
    return min(data.organisation.thresholds.coverage_week, quarter.weeks)


def earlier(data: Slice) -> pd.DataFrame:
    """Return what earlier whole quarters had open at the coverage week, and won from then on.

    Returns
    -------
    DataFrame
        Newest first, at most eight with something open: quarter (text), open, won [money], share
        [won ÷ open], needed [open ÷ won; NaN where nothing was won]. None without a bridge.
    """
    rows, told = [], None
    quarters = [data.quarter.shift(-back) for back in range(1, _MOST + 1)]
    for quarter in quarters:
        then = data.at(quarter)
        if is_cut(data, quarter) or pipeline.missing(then) is not None:
            continue
        told = told or journal.gather(data)
        flows = movements(then, told)
        moment = pd.Timestamp(quarter.week_starts(week_of(data, quarter)))
        running, before = pipeline.standing(flows, moment)
        won = -float(flows.loc[flows["flow"] == "won", "amount"].sum()) - before
        due = float(running.sum())
        if due > 0:
            needed = due / won if won > 0 else float("nan")
            rows.append((str(quarter), due, won, won / due, needed))
    return pd.DataFrame(rows, columns=COLUMNS)


def measures(data: Slice, past: pd.DataFrame | None = None) -> list[Outcome]:
    """Return the coverage that the team's own quarters needed; n is how many those are.

    Parameters
    ----------
    past : DataFrame, optional
        As `earlier` returns it, where it has been gathered already.
    """
    measure_id = "pipeline.required_coverage"
    why = pipeline.missing(data)
    if why is not None:
        return [Unavailable(measure_id, *why)]
    known = earlier(data) if past is None else past
    if len(known) < FEWEST_QUARTERS:
        told = {"n": len(known), "least": FEWEST_QUARTERS}
        return [Unavailable(measure_id, FEW_QUARTERS, told)]
    usual = float(known["share"].median())
    if usual <= 0:
        return [Unavailable(measure_id, NONE_WON_LATER)]
    return [Measure(measure_id, 1 / usual, len(known))]
